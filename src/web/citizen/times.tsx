import { dayIn } from "../../base/time.ts"
import type { OfferedDay, OfferedSlot } from "../../domain/availability/reads.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { dayText, hijriText, monthText, timeText, weekdayText, zoneName } from "../../i18n/dates.ts"
import { householdWords } from "../../i18n/household.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import { theirTime } from "../clocks.tsx"
import { paths } from "../paths.ts"
import { Remembered } from "../remembered.tsx"
import { Empty } from "../shell/cards.tsx"
import { Button, Choices, PostForm } from "../shell/controls.tsx"
import type { Choice, Times } from "./choice.ts"

/** Days side by side in the strip. */
const stripDays = 7
/** The address of this page with something else chosen. */
export type Link = (changed: Partial<Choice>) => string

/** Oneself or those for whom one may book. The number of people decides which times have room, so it comes before them. */
export function ForWhom({ times, choice, lang, href }: { times: Times; choice: Choice; lang: Lang; href: string }) {
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
  const options = family.map(({ id, name, right }) => ({
    value: id,
    label: name ? (
      <>
        <bdi>{inLang(name, lang)}</bdi> <span class="quiet small">{householdWords[lang].rights[right]}</span>
      </>
    ) : (
      words.myself
    ),
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
export function DayStrip({ times, lang, link }: { times: Times; lang: Lang; link: Link }) {
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
  /** How many come together. */
  people: number
  stranger: boolean
  /** An appointment is being moved. */
  moving: boolean
  shown: OfferedDay | undefined
}

/** The times of the day, one of them to be chosen. A stranger's choice goes along to the sign-in and back; nothing is taken before. */
export function TimesForm(props: TimesFormProps) {
  const { action, token, fields, choice, lang, zone, reader, people, stranger, moving, shown } = props
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
      <Remembered
        of={shown}
        as={choice.slot === null ? `times ${lang} ${reader} ${people}` : null}
        make={() => <TimeTiles {...{ shown, zone, reader, lang, people }} chosen={choice.slot} />}
      />
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

interface TimeTilesProps {
  shown: OfferedDay
  zone: string
  reader: string | null
  lang: Lang
  people: number
  chosen: string | null
}

function TimeTiles({ shown, zone, reader, lang, people, chosen }: TimeTilesProps) {
  return grouped(shown, zone, lang).map(({ title, slots }) => (
    <fieldset class="stack">
      <legend class="times-part">{title}</legend>
      <div class="tiles time-tiles">
        {slots.map((slot) => (
          <TimeTile {...{ slot, zone, reader, lang, people }} chosen={slot.id === chosen} />
        ))}
      </div>
    </fieldset>
  ))
}

interface TimeTileProps {
  slot: OfferedSlot
  zone: string
  reader: string | null
  lang: Lang
  people: number
  chosen: boolean
}

function TimeTile({ slot: { id, startsAt, free }, zone, reader, lang, people, chosen }: TimeTileProps) {
  const words = citizenWords[lang]
  const theirs = theirTime(startsAt, zone, reader, lang)
  const inside = (
    <>
      <span class="tile-time">{timeText(startsAt, zone, lang)}</span>
      {theirs && <small>{words.yourTime(theirs)}</small>}
      <small>{free === 0 ? words.full : people > 1 ? words.roomForAll : words.placesFree(free)}</small>
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
