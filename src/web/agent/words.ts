import type { Instant } from "../../base/day.ts"
import { minute } from "../../base/day.ts"
import type { QueueRow } from "../../domain/queue/reads.ts"
import { timeText } from "../../i18n/dates.ts"
import { deskWords } from "../../i18n/desk.ts"
import type { Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import type { Sign } from "../shell/marks.tsx"

/** What a row of the waiting list says, in the reader's words. */

export function kindOf({ why }: QueueRow, zone: string, lang: Lang): string {
  const words = deskWords[lang]
  switch (why.by) {
    case "booking":
      return words.kindBooked(timeText(why.bookedAt, zone, lang))
    case "walkin":
      return why.bookedAt === null ? words.kindWalkin : words.kindBooked(timeText(why.bookedAt, zone, lang))
    case "need":
      return words.kindNeed
    case "step":
      return words.kindStep
  }
}

export function whyText(row: QueueRow, zone: string, lang: Lang): string {
  const words = deskWords[lang]
  const { why, state, wakeAt, people } = row
  const at = (instant: Instant) => timeText(instant, zone, lang)
  if (state === "early" && wakeAt !== null) return words.whyEarly(at(wakeAt))
  if (state === "away" && wakeAt !== null) return words.whyAway(at(wakeAt))
  if (people > 1) return words.peopleCount(counted("people", people, lang))
  switch (why.by) {
    case "booking":
      return why.lateMinutes > 0
        ? words.whyBookedLate(at(row.arrivedAt), counted("minutesAfter", why.lateMinutes, lang))
        : words.whyBooked(at(row.arrivedAt))
    case "walkin":
      return why.behind === null ? words.whyWalkin(at(row.arrivedAt)) : words.whyBehind(at(row.arrivedAt), why.behind)
    case "need":
      return words.whyNeed(words.needs[why.need], at(row.arrivedAt))
    case "step":
      return words.whyStep(at(row.arrivedAt))
  }
}

/** Shape and word of a row. */
export function signOf(row: QueueRow, now: Instant, lang: Lang): [Sign, string] {
  const words = deskWords[lang]
  const lateMinutes = Math.floor((now - row.due) / minute)
  switch (row.state) {
    case "early":
      return ["early", words.stateEarly]
    case "away":
      return ["early", words.stateAway]
    case "parked":
      return ["parked", words.stateParked]
    case "absent":
      return ["missed", words.stateAbsent]
    case "called":
      return ["called", words.called]
    case "serving":
      return ["serving", words.serving]
    default:
      if (lateMinutes > 0) return ["late", words.stateLate(counted("minutesAfter", lateMinutes, lang))]
      return ["waiting", words.stateWaiting]
  }
}
