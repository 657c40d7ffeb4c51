import type { CounterRow, TicketRow } from "../../../db/schema/queue.ts"
import { minute } from "../../base/day.ts"
import { openMinutesBetween, type Session } from "../offices/hours.ts"
import type { StaffedCounter } from "./estimate.ts"
import { type HallNow, staffed } from "./hall.ts"
import { walkInGap } from "./rules.ts"

/* On which counters a promise may count, and how far apart they let the places of those stand who come without a booking. */

/** In the first half hour counters open one after the other; nobody is turned away because the staff are still hanging up their coats. */
const openingMinutes = 30

/** Bookings of so many minutes to come are left room. Further ahead the day may look different, and a place is stamped now. */
const aheadMinutes = 120

/**
 * The counters that a new promise may count on: those at work or on a pause, and at least half of the planned ones, because that many a
 * supervisor can open as soon as the day's page says that they are needed. In the session's first half hour, and where nobody serves the
 * line at all, all that are planned; a line that is on no counter's list is taken on by whoever opens next.
 */
export function promisedCounters(hall: HallNow, line: string): StaffedCounter[] {
  const opening = hall.session !== null && hall.now < hall.session.startsAt + openingMinutes * minute
  const [working, closed] = [atWork(hall), hall.counters.filter(({ state }) => state === "closed")]
  const half = Math.ceil(hall.counters.length / 2)
  const counted = [...working, ...closed.slice(0, Math.max(0, half - working.length))]
  if (hall.counters.some(serving(line))) {
    return staffed(hall, opening || !counted.some(serving(line)) ? hall.counters : counted)
  }
  const takingOn = { line, handicap: 0 }
  return staffed(hall, hall.counters).map((desk) => ({ ...desk, profile: [...desk.profile, takingOn] }))
}

/** Lines that the same counters serve, directly or one by way of another, and how many counters they have together. */
export interface Pool {
  lines: string[]
  counters: number
}

/**
 * The lines among which this one is served. Their people stand in one chain of places, for whoever is called to a counter is not called
 * there from another line. Lines that have counters of their own have a chain of their own.
 */
export function poolOf(hall: HallNow, line: string): Pool {
  const working = atWork(hall)
  const counted = working.some(serving(line)) ? working : hall.counters
  const lines = new Set([line])
  for (let before = 0; before < lines.size; ) {
    before = lines.size
    for (const { profile } of counted.filter(servingAny(lines))) for (const entry of profile) lines.add(entry.line)
  }
  const promised = promisedCounters(hall, line).filter(servingAny(lines))
  return { lines: [...lines], counters: promised.length }
}

/** Minutes between the places of two walk-ins of the line: what the pool's counters can do beside its bookings of the next two hours. */
export function gapOf(hall: HallNow, line: string, pool: Pool, session: Session): number {
  const until = Math.min(session.endsAt, hall.now + aheadMinutes * minute)
  return walkInGap({
    meanMinutes: hall.meanMinutes(line),
    plannedCounters: pool.counters,
    bookedMinutesLeft: bookedMinutes(hall, pool.lines, until),
    openMinutesLeft: openMinutesBetween(session, hall.now, until),
  })
}

/** Minutes of bookings that are still to be served in these lines before `until`: those to come and those who are early. */
function bookedMinutes(hall: HallNow, lines: readonly string[], until: number): number {
  const coming = hall.coming.filter(({ startsAt }) => startsAt < until)
  const early = hall.asleep.filter(({ state, wakeAt }: TicketRow) => state === "early" && (wakeAt ?? hall.now) < until)
  const own = <T extends { line: string }>(visits: T[]) => visits.filter(({ line }) => lines.includes(line))
  const minutes = [...own(coming).map((booking) => booking.minutes), ...own(early).map(hall.minutesFor)]
  return minutes.reduce((sum, one) => sum + one, 0)
}

const atWork = (hall: HallNow): CounterRow[] => hall.counters.filter(({ state }) => state !== "closed")
const serving = (line: string) => servingAny(new Set([line]))
const servingAny =
  (lines: ReadonlySet<string>) =>
  ({ profile }: { profile: StaffedCounter["profile"] }): boolean =>
    profile.some((entry) => lines.has(entry.line))
