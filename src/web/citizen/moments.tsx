import type { Store } from "../../../db/store.ts"
import { type Instant, minute } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import { plannedAt } from "../../domain/availability/plan.ts"
import type { Office } from "../../domain/offices/reads.ts"
import { dayText, hijriText, relativeDay, timeParts } from "../../i18n/dates.ts"
import type { Lang } from "../../i18n/lang.ts"

/* Days and hours as a person reads them, in both calendars. */

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
