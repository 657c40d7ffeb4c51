import { getCookie } from "hono/cookie"
import type { Instant } from "../base/day.ts"
import { remember } from "../base/remember.ts"
import { dayIn } from "../base/time.ts"
import { timeText, weekdayText, zoneName } from "../i18n/dates.ts"
import type { Lang } from "../i18n/lang.ts"
import type { Context } from "./house.ts"

/* An hour by both clocks, where the reader sits in another zone than the office. */

/** The zone in which the reader's browser sits, as its script has said; `null` where it has not, or says what is no zone. */
export function readerZone(c: Context): string | null {
  const said = getCookie(c, "zone")
  return said === undefined || said.length > 90 ? null : zoneOf(said)
}

/** A zone under its own name. Intl takes every spelling of it, and what is kept by zone would grow with each. */
const zoneOf = remember(2_000, (said: string): string | null => {
  if (!/^[A-Za-z_]{1,30}(\/[A-Za-z0-9_+-]{1,30}){0,2}$/.test(said)) return null
  try {
    return new Intl.DateTimeFormat("en", { timeZone: said }).resolvedOptions().timeZone
  } catch {
    return null
  }
})

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
