import type { Child } from "hono/jsx"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { endOfDay } from "../../base/time.ts"
import { readSlotId } from "../../domain/availability/grid.ts"
import { hold, liveHold } from "../../domain/availability/holds.ts"
import { nearestAlternatives, type OfferAsked } from "../../domain/availability/reads.ts"
import { peopleMax } from "../../domain/availability/rules.ts"
import type { TakenPlaces } from "../../domain/availability/visit.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { momentText } from "../../i18n/dates.ts"
import { inLang } from "../../i18n/lang.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { readerZone } from "../clocks.tsx"
import { readForm } from "../form.ts"
import { type Shown, show, showAnybody } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Remembered } from "../remembered.tsx"
import { Empty, Notice } from "../shell/cards.tsx"
import { ButtonLink } from "../shell/controls.tsx"
import {
  asksForTooMany,
  type Choice,
  choiceFields,
  choiceIn,
  daysShown,
  offerFor,
  slotsHref,
  type Times,
  timesFor,
} from "./choice.ts"
import { RefusedCard } from "./refused.tsx"
import { DayStrip, ForWhom, type Link, TimesForm } from "./times.tsx"
import { JoinWaitlist, waitsHere } from "./waiting.tsx"
import { citizenOf } from "./who.ts"

/** An appointment that is to have another time: the times are shown for it, and the old one stays until a new one is taken. */
export interface Moving {
  booking: string
  places: TakenPlaces
  people: number
}

/** Day and time of an office for a service. Anybody may look; whoever takes a time signs in then, and comes back to the same place. */
export async function slotsPage(c: Context): Promise<Response> {
  const code = c.req.param("code") ?? ""
  const service = c.req.query("service") ?? ""
  if (service === "") return c.redirect(paths.office(code), 303)
  const choice = choiceIn(c, code, service)
  const refused =
    c.var.subject === null && asksForTooMany(c) ? new Refusal("too_many_people", { most: peopleMax }) : undefined
  if (c.var.subject !== null || choice.slot !== null || refused) return slotsAnswer(c, choice, { refused })
  // Whoever is nobody yet sees what everybody sees.
  const { offer, people, office, today } = await offerFor(c.var.house, choice, choice.people)
  // A day that is not shown is refused, with the number of the answer: that is nobody else's.
  const isShown = choice.day === null || daysShown(offer, today).some(({ day }) => day === choice.day)
  if (!isShown) return slotsAnswer(c, choice)
  const as = JSON.stringify([choice.day, people, readerZone(c)])
  const until = endOfDay(today, office.zone)
  return showAnybody(c, { of: offer, as, until, make: () => slotsFor(c, choice, {}) })
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

interface How {
  refused?: Refusal
  moving?: Moving
}

/** The page of times: as asked for, after a refusal with what was chosen kept, or to move an appointment. */
export async function slotsAnswer(c: Context, choice: Choice, how: How = {}): Promise<Response> {
  const { page, body } = await slotsFor(c, choice, how)
  return show(c, page, body)
}

async function slotsFor(c: Context, choice: Choice, { refused, moving }: How): Promise<{ page: Shown; body: Child }> {
  const { house, lang, requestId, formToken } = c.var
  const words = citizenWords[lang]
  const citizen = citizenOf(c)
  const held = citizen && (await liveHold(house.store, citizen.id, choice.service, house.clock.office()))
  // Who comes is settled where an appointment is moved; only how many counts.
  const own = moving ? { moving: moving.places } : { ignoring: held?.id }
  const times = moving
    ? await timesFor(house, { ...choice, people: moving.people }, null, own)
    : await timesFor(house, choice, citizen, own)
  const { office, service, people } = times
  const zone = office.zone
  const told = refused ?? outOfReach(choice, times) ?? (await goneBefore(c, choice, times, own))
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
      : slotsHref({ ...choice, for: forOthers ? times.who : [], people }, changed)
  const reader = readerZone(c)
  const shown = times.days.find(({ day }) => day === times.shown)
  const waits = moving ? [] : await waitsHere(c)
  const isFull = shown !== undefined && shown.slots.length > 0 && shown.slots.every(({ free }) => free === 0)
  const hasAny = times.days.some(({ slots }) => slots.some(({ free }) => free > 0))
  const body = (
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
          isKept={choice.slot !== null || choice.day === times.shown}
          take={citizen ? { action, token: formToken, fields } : undefined}
          allTimes="#times"
        />
      )}
      {moving && (
        <Notice icon="clock">
          <p>{words.moveLead(momentText(moving.places.startsAt, zone, lang))}</p>
        </Notice>
      )}
      {!moving && <ForWhom times={times} choice={choice} lang={lang} href={link({ slot: null })} />}
      {people > 1 && <p class="quiet">{words.forPeople(people)}</p>}
      {!hasAny && (
        <Empty title={words.noTimesAll}>
          <p>{words.noTimesAllHelp}</p>
          <ButtonLink href={paths.service(service.code)}>{inLang(service.name, lang)}</ButtonLink>
        </Empty>
      )}
      <Remembered
        of={times.offer}
        as={moving || forOthers ? null : `days ${lang} ${times.shown} ${times.today} ${people}`}
        make={() => <DayStrip times={times} lang={lang} link={link} />}
      />
      <TimesForm
        {...{ action, token: formToken, fields, choice, lang, zone, reader, people }}
        stranger={!citizen}
        moving={moving !== undefined}
        shown={shown}
      />
      {!moving && citizen?.level !== "unproven" && (isFull || !hasAny) && (
        <JoinWaitlist c={c} times={times} of={waits} here={link({ slot: null })} whole={!hasAny} />
      )}
    </div>
  )
  // A title is what a screen reader says first.
  const said = refused ? refusalWords(refused.code, lang).title : title
  return { page: { title: said, status: refused?.status, styles: ["citizen"], scripts: ["slots"] }, body }
}

/** A day that was asked for and is none of those that can be booked. */
function outOfReach({ day, slot }: Choice, { days, today }: Times): Refusal | null {
  if (day === null || slot !== null || days.some((offered) => offered.day === day)) return null
  return new Refusal(day < today ? "day_past" : "too_far")
}

/** A time that was chosen before signing in, and taken meanwhile. */
async function goneBefore(
  c: Context,
  { slot }: Choice,
  times: Times,
  own: Pick<OfferAsked, "ignoring" | "moving">,
): Promise<Refusal | null> {
  if (slot === null) return null
  const offered = times.days.flatMap(({ slots }) => slots).find(({ id }) => id === slot)
  const around = readSlotId(slot)?.startsAt
  if ((offered && offered.free > 0) || around === undefined) return null
  const { office, service, people, now } = times
  const asked = { office: office.code, service: service.code, people, now, around, ...own }
  const code = offered ? "slot_full" : around <= now ? "slot_past" : "slot_unknown"
  return new Refusal(code, { alternatives: await nearestAlternatives(c.var.house.store, asked) })
}

function moveHref(booking: string, { day, slot }: Partial<Choice>): string {
  const query = new URLSearchParams()
  if (day) query.set("day", day)
  if (slot) query.set("slot", slot)
  const rest = query.toString()
  return paths.bookingMove(booking) + (rest ? `?${rest}` : "")
}
