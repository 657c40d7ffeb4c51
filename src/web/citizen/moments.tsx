import { getCookie } from "hono/cookie"
import type { Store } from "../../../db/store.ts"
import { type Instant, minute } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import { plannedAt } from "../../domain/availability/plan.ts"
import type { Office } from "../../domain/offices/reads.ts"
import { dayText, hijriText, relativeDay, timeParts, timeText, weekdayText, zoneName } from "../../i18n/dates.ts"
import type { Lang } from "../../i18n/lang.ts"
import type { Context } from "../house.ts"

/* Days and hours as a person reads them: in both calendars, and by both clocks where the reader sits elsewhere. */

/** A day in both calendars, the Hijri one smaller. */
export function BothCalendars({ at, zone, lang }: { at: Instant; zone: string; lang: Lang }) {
  const day = dayIn(at, zone)
  const hijri = hijriText(day, lang, { year: true })
  return (
    <p class="both-calendars">
      <time datetime={day} class="strong">
        {dayText(day, lang, { year: true })}
      </time>
      {hijri !== "" && <span class="quiet small">{hijri}</span>}
    </p>
  )
}

/** The hour as the largest thing there is; the half of the day stands small beside it. */
export function BigHour({ at, zone, lang }: { at: Instant; zone: string; lang: Lang }) {
  const { figure, half } = timeParts(at, zone, lang)
  return (
    <p class="big-hour">
      <time datetime={new Date(at).toISOString()}>
        <span class="number">{figure}</span>
        {half && <span class="big-hour-half">{`\u00a0${half}`}</span>}
      </time>
    </p>
  )
}

/** "in two days": how far a moment's day is from the office's today. */
export function howFar(at: Instant, now: Instant, zone: string, lang: Lang): string {
  return relativeDay(dayIn(at, zone), dayIn(now, zone), lang)
}

/** As a heading begins. */
export function asHeading(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** From when on one may check in: so many minutes before, but not before the office opens. */
export async function arrivalFrom(store: Store, office: Office, startsAt: Instant): Promise<Instant> {
  const at = await plannedAt(store, office, startsAt)
  return Math.max(startsAt - office.earlyMinutes * minute, at?.planned.session.startsAt ?? 0)
}

/** The zone in which the reader's browser sits, as its script has said; `null` where it has not, or says what is no zone. */
export function readerZone(c: Context): string | null {
  const zone = getCookie(c, "zone") ?? ""
  if (!/^[A-Za-z_]{1,30}(\/[A-Za-z0-9_+-]{1,30}){0,2}$/.test(zone)) return null
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone })
    return zone
  } catch {
    return null
  }
}

/** A moment by the reader's own clock, with the weekday where that is another day; `null` where both clocks show the same. */
export function theirTime(at: Instant, zone: string, reader: string | null, lang: Lang): string | null {
  if (reader === null) return null
  const [here, there] = [dayIn(at, zone), dayIn(at, reader)]
  const time = timeText(at, reader, lang)
  if (here === there) return time === timeText(at, zone, lang) ? null : time
  return `${weekdayText(there, lang, "short")} ${time}`
}

/** Both clocks in one line under the hour, where they differ. */
export function OtherClock(props: { at: Instant; zone: string; reader: string | null; lang: Lang; words: Words }) {
  const { at, zone, reader, lang, words } = props
  const theirs = theirTime(at, zone, reader, lang)
  if (theirs === null) return null
  return (
    <p class="quiet small">
      {zoneName(zone, lang)} · {words.yourTime(theirs)}
    </p>
  )
}

interface Words {
  yourTime: (time: string) => string
}
