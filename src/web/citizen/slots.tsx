import type { Instant } from "../../base/day.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import type { Citizen } from "../../domain/access/subject.ts"
import { readSlotId } from "../../domain/availability/grid.ts"
import { hold, liveHold } from "../../domain/availability/holds.ts"
import { nearestAlternatives, type OfferedDay, type OfferedSlot } from "../../domain/availability/reads.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { dayText, hijriText, momentText, monthText, timeText, weekdayText, zoneName } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Empty, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, Choices, PostForm } from "../shell/controls.tsx"
import { type Choice, choiceFields, choiceIn, slotsHref, type Times, timesFor } from "./choice.ts"
import { readerZone, theirTime } from "./moments.tsx"
import { RefusedCard } from "./refused.tsx"

/** Days side by side in the strip. */
const stripDays = 7

/** An appointment that is to have another time: the times are shown for it, and the old one stays until a new one is taken. */
export interface Moving {
  booking: string
  startsAt: Instant
  people: string[]
}

export function citizenOf(c: Context): Citizen | null {
  const { subject } = c.var
  return subject?.role === "citizen" ? subject : null
}

/** Day and time of an office for a service. Anybody may look; whoever takes a time signs in then, and comes back to the same place. */
export async function slotsPage(c: Context): Promise<Response> {
  const code = c.req.param("code") ?? ""
  const service = c.req.query("service") ?? ""
  if (service === "") return c.redirect(paths.office(code), 303)
  return slotsAnswer(c, choiceIn(c, code, service))
}

/** Where signing in leads back to: the same times, with the chosen one chosen. It changes nothing. */
export function chosen(c: Context): Response {
  const query = (name: string) => c.req.query(name) ?? ""
  return c.redirect(slotsHref(choiceIn(c, query("office"), query("service"))), 303)
}

/** Keeps a place for ten minutes. Where it is not to be had, the same page again with what is possible instead. */
export async function takeHold(c: Context): Promise<Response> {
  const { house } = c.var
  const citizen = citizenOf(c)
  if (!citizen) throw new Refusal("not_signed_in")
  const given = await readForm(c, choiceFields)
  const choice = { ...given, slot: given.slot || null, day: null, people: 1 }
  const { office, service, slot } = given
  if (slot === "") return slotsAnswer(c, choice, { refused: new Refusal("bad_time") })
  try {
    const wanted = { office, service, slot, for: given.for }
    const held = await house.writer.write((tx) => hold(tx, citizen, wanted), {
      scopes: [`office:${office}`, `person:${citizen.id}`],
    })
    return c.redirect(paths.hold(held.id), 303)
  } catch (thrown) {
    if (isRefusal(thrown) && !lost.has(thrown.code)) return slotsAnswer(c, choice, { refused: thrown })
    throw thrown
  }
}

/** Where there are no times to show. */
const lost = new Set(["not_found", "service_not_here", "service_online_only"])

/** The page of times: as asked for, after a refusal with what was chosen kept, or to move an appointment. */
export async function slotsAnswer(
  c: Context,
  choice: Choice,
  { refused, moving }: { refused?: Refusal; moving?: Moving } = {},
): Promise<Response> {
  const { house, lang, requestId, formToken } = c.var
  const words = citizenWords[lang]
  const citizen = citizenOf(c)
  const held = citizen && (await liveHold(house.store, citizen.id, choice.service, house.clock.office()))
  const wanted = moving ? { ...choice, for: moving.people } : choice
  const times = await timesFor(house, wanted, citizen, held?.id)
  const { office, service } = times
  const zone = office.zone
  const told = refused ?? (await goneBefore(c, choice, times))
  const action = moving ? paths.bookingMove(moving.booking) : paths.holds
  const fields: [string, string][] = moving
    ? []
    : [["office", office.code], ["service", service.code], ...times.who.map((id): [string, string] => ["for", id])]
  const title = moving ? words.moveTitle : words.chooseTime
  // For oneself alone goes without saying: the address stays one that can be handed on.
  const forOthers = times.who.some((id) => id !== citizen?.id)
  const link: Link = (changed) =>
    moving
      ? moveHref(moving.booking, changed)
      : slotsHref({ ...choice, for: forOthers ? times.who : [], people: times.people }, changed)
  const reader = readerZone(c)
  const shown = times.days.find(({ day }) => day === times.shown)
  const hasAny = times.days.some(({ slots }) => slots.some(({ free }) => free > 0))
  return show(
    c,
    // A title is what a screen reader says first.
    {
      title: refused ? refusalWords(refused.code, lang).title : title,
      status: refused?.status,
      styles: ["citizen"],
      scripts: ["slots"],
    },
    <div class="column column-wide slots" data-zone={zone}>
      <header class="stack">
        <h1>{title}</h1>
        <p class="quiet">
          <a href={paths.service(service.code)}>{inLang(service.name, lang)}</a> ·{" "}
          <a href={paths.office(office.code)}>{inLang(office.name, lang)}</a>
        </p>
      </header>
      {told && (
        <RefusedCard
          refusal={told}
          lang={lang}
          zone={zone}
          reference={requestId}
          take={citizen ? { action, token: formToken, fields } : undefined}
          allTimes="#times"
        />
      )}
      {moving && (
        <Notice icon="clock">
          <p>{words.moveLead(momentText(moving.startsAt, zone, lang))}</p>
        </Notice>
      )}
      {!moving && <ForWhom times={times} choice={choice} lang={lang} href={link({ slot: null })} />}
      {times.people > 1 && <p class="quiet">{words.forPeople(times.people)}</p>}
      {!hasAny && (
        <Empty title={words.noTimesAll}>
          <p>{words.noTimesAllHelp}</p>
          <ButtonLink href={paths.service(service.code)}>{inLang(service.name, lang)}</ButtonLink>
        </Empty>
      )}
      <DayStrip times={times} lang={lang} link={link} />
      <TimesForm
        {...{ action, token: formToken, fields, choice, lang, zone, reader, now: times.now }}
        stranger={!citizen}
        moving={moving}
        shown={shown}
      />
    </div>,
  )
}

/** A time that was chosen before signing in, and taken meanwhile. */
async function goneBefore(c: Context, { slot }: Choice, times: Times): Promise<Refusal | null> {
  if (slot === null) return null
  const offered = times.days.flatMap(({ slots }) => slots).find(({ id }) => id === slot)
  const around = readSlotId(slot)?.startsAt
  if ((offered && offered.free > 0) || around === undefined) return null
  const { office, service, people, now } = times
  const asked = { office: office.code, service: service.code, people, now, around }
  const code = offered ? "slot_full" : around <= now ? "slot_past" : "slot_unknown"
  return new Refusal(code, { alternatives: await nearestAlternatives(c.var.house.store, asked) })
}

type Link = (changed: Partial<Choice>) => string

function moveHref(booking: string, { day, slot }: Partial<Choice>): string {
  const query = new URLSearchParams()
  if (day) query.set("day", day)
  if (slot) query.set("slot", slot)
  const rest = query.toString()
  return paths.bookingMove(booking) + (rest ? `?${rest}` : "")
}

/** Oneself or those for whom one may book. The number of people decides which times have room, so it comes before them. */
function ForWhom({ times, choice, lang, href }: { times: Times; choice: Choice; lang: Lang; href: string }) {
  const words = citizenWords[lang]
  const { family, who, shown } = times
  if (family.length === 0) {
    const next = encodeURIComponent(href)
    return (
      <p class="quiet small">
        <a href={`${paths.signIn}?next=${next}`}>{words.familySignIn}</a>
      </p>
    )
  }
  if (family.length === 1) return null
  const options = family.map(({ id, name }) => ({
    value: id,
    label: name ? <bdi>{inLang(name, lang)}</bdi> : words.myself,
    checked: who.includes(id),
  }))
  return (
    <form method="get" action={`${paths.office(choice.office)}/slots`} class="for-whom stack" data-resend>
      <input type="hidden" name="service" value={choice.service} />
      <input type="hidden" name="day" value={shown} />
      <Choices name="for" type="checkbox" legend={words.forWhom} hint={words.forWhomHint} options={options} />
      <Button class="for-whom-send">{words.showTimes}</Button>
    </form>
  )
}

/** A week of days; the weeks before and after are a link away. */
function DayStrip({ times, lang, link }: { times: Times; lang: Lang; link: Link }) {
  const words = citizenWords[lang]
  const { days, shown, today } = times
  const index = Math.max(
    0,
    days.findIndex(({ day }) => day === shown),
  )
  const first = Math.floor(index / stripDays) * stripDays
  const [before, after] = [days[first - stripDays], days[first + stripDays]]
  return (
    <nav class="stack" aria-label={words.days}>
      <ul class="day-strip">
        {days.slice(first, first + stripDays).map((offered) => (
          <li>
            <DayTile offered={offered} chosen={offered.day === shown} today={today} lang={lang} link={link} />
          </li>
        ))}
      </ul>
      <p class="row row-apart">
        {before ? <a href={link({ day: before.day, slot: null })}>{words.earlierDays}</a> : <span />}
        {after ? <a href={link({ day: after.day, slot: null })}>{words.laterDays}</a> : <span />}
      </p>
    </nav>
  )
}

interface DayTileProps {
  offered: OfferedDay
  chosen: boolean
  today: OfferedDay["day"]
  lang: Lang
  link: Link
}

function DayTile({ offered: { day, slots }, chosen, today, lang, link }: DayTileProps) {
  const words = citizenWords[lang]
  const free = slots.filter((slot) => slot.free > 0).length
  const inside = (
    <>
      <span>{day === today ? words.today : weekdayText(day, lang, "short")}</span>
      <span class="nowrap">
        {Number(day.slice(8))} {monthText(day, lang, "short")}
      </span>
      <small>{hijriText(day, lang)}</small>
      <small class="day-free">
        {slots.length === 0 ? words.noTimes : free === 0 ? words.full : counted("freeTimes", free, lang)}
      </small>
    </>
  )
  const look = `tile day-tile${free === 0 ? " tile-full" : ""}`
  if (slots.length === 0) return <span class={chosen ? `${look} day-shown` : look}>{inside}</span>
  return (
    <a class={look} href={`${link({ day, slot: null })}#times`} aria-current={chosen ? "true" : undefined}>
      {inside}
    </a>
  )
}

interface TimesFormProps {
  action: string
  token: string
  fields: [string, string][]
  choice: Choice
  lang: Lang
  zone: string
  reader: string | null
  now: Instant
  stranger: boolean
  moving?: Moving
  shown: OfferedDay | undefined
}

/** The times of the day, one of them to be chosen. A stranger's choice goes along to the sign-in and back; nothing is taken before. */
function TimesForm(props: TimesFormProps) {
  const { action, token, fields, choice, lang, zone, reader, stranger, moving, shown } = props
  const words = citizenWords[lang]
  const hasFree = shown?.slots.some(({ free }) => free > 0) ?? false
  if (!shown || shown.slots.length === 0) {
    return (
      <section id="times">
        <Empty title={words.noTimesDay}>
          <p>{words.noTimesDayHelp}</p>
        </Empty>
      </section>
    )
  }
  const differs = shown.slots.some(({ startsAt }) => theirTime(startsAt, zone, reader, lang) !== null)
  const inside = (
    <>
      {fields.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {grouped(shown, zone, lang).map(({ title, slots }) => (
        <fieldset class="stack">
          <legend class="times-part">{title}</legend>
          <div class="tiles time-tiles">
            {slots.map((slot) => (
              <TimeTile {...{ slot, zone, reader, lang }} chosen={slot.id === choice.slot} />
            ))}
          </div>
        </fieldset>
      ))}
      {hasFree && (
        <div class="foot-bar">
          <Button weight="main" wide>
            {moving ? words.takeNew : stranger ? words.goOnSignIn : words.goOn}
          </Button>
        </div>
      )}
    </>
  )
  return (
    <section id="times" class="stack">
      <h2>{words.timesOf(dayText(shown.day, lang))}</h2>
      <p class="quiet small">
        {differs ? words.zoneNote(zoneName(zone, lang)) : words.zonePlain(zoneName(zone, lang))}
      </p>
      {stranger ? (
        <form method="get" action={paths.newHold} class="stack times-form">
          {inside}
        </form>
      ) : (
        <PostForm action={action} token={token} class="stack times-form">
          {inside}
        </PostForm>
      )}
    </section>
  )
}

interface TimeTileProps {
  slot: OfferedSlot
  zone: string
  reader: string | null
  lang: Lang
  chosen: boolean
}

function TimeTile({ slot: { id, startsAt, free }, zone, reader, lang, chosen }: TimeTileProps) {
  const words = citizenWords[lang]
  const theirs = theirTime(startsAt, zone, reader, lang)
  const inside = (
    <>
      <span class="tile-time">{timeText(startsAt, zone, lang)}</span>
      {theirs && <small>{words.yourTime(theirs)}</small>}
      <small>{free > 0 ? words.placesFree(free) : words.full}</small>
    </>
  )
  if (free === 0) return <span class="tile tile-full">{inside}</span>
  return (
    <label class="tile time-tile">
      <input type="radio" name="slot" value={id} checked={chosen} required />
      {inside}
    </label>
  )
}

/** Morning, afternoon, evening, and what lies after midnight: it belongs to the day before, and says on which date it falls. */
function grouped({ day: own, slots }: OfferedDay, zone: string, lang: Lang) {
  const words = citizenWords[lang]
  const groups = new Map<string, OfferedSlot[]>()
  for (const slot of slots) {
    const day = dayIn(slot.startsAt, zone)
    const hours = Number(timeText(slot.startsAt, zone, "en").slice(0, 2))
    const part = hours < 12 ? words.morning : hours < 17 ? words.afternoon : words.evening
    const title = day === own ? part : words.night(dayText(day, lang))
    groups.set(title, [...(groups.get(title) ?? []), slot])
  }
  return [...groups].map(([title, inPart]) => ({ title, slots: inPart }))
}
