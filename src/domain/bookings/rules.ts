import type { BookingState } from "../../../db/schema/bookings.ts"
import type { Instant } from "../../base/day.ts"

/** Still ahead: it counts towards the limits, and it can be moved or cancelled. */
export const aheadStates: BookingState[] = ["requested", "confirmed"]

/** Still counted towards the limits of those it is for. */
export const openStates: BookingState[] = ["requested", "confirmed", "arrived"]

export interface Span {
  startsAt: Instant
  endsAt: Instant
}

/** Whether a visit does not lie within one of the sessions: it starts outside, or would go on after closing or into a break. */
export function sticksOut(visit: Span, sessions: (Span & { breaks: Span[] })[]): boolean {
  const within = sessions.find((session) => session.startsAt <= visit.startsAt && visit.endsAt <= session.endsAt)
  return !within || within.breaks.some((pause) => visit.startsAt < pause.endsAt && pause.startsAt < visit.endsAt)
}

/** Open first, the nearest before the later; then what is over, the latest first. */
export function inOrder<T extends { state: BookingState; startsAt: Instant }>(bookings: T[]): T[] {
  const isOpen = (booking: T) => openStates.includes(booking.state)
  return bookings.toSorted((left, right) => {
    if (isOpen(left) !== isOpen(right)) return isOpen(left) ? -1 : 1
    return isOpen(left) ? left.startsAt - right.startsAt : right.startsAt - left.startsAt
  })
}
