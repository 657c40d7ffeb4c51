import type { BookingState } from "../../../db/schema/bookings.ts"
import type { Instant } from "../../base/day.ts"
import type { Citizen } from "../access/subject.ts"

/** Still ahead: it counts towards the limits, and it can be moved or cancelled. */
export const aheadStates: BookingState[] = ["requested", "confirmed"]

/** Still counted towards the limits of those it is for. */
export const openStates: BookingState[] = ["requested", "confirmed", "arrived"]

/** Made without the person's own account: in a session that a code by SMS has opened, or by an agent at the desk. */
const madeWithoutAccount: readonly string[] = ["visitor", "agent"]

/** Whether what was booked in this way is opened to whoever came in at this level. */
export function isOpenTo(level: Citizen["level"], madeBy: string): boolean {
  return level === "full" || madeWithoutAccount.includes(madeBy)
}

/**
 * Whose a booking is to this citizen: their own, where they made it or it is for them alone, else nobody's. Whoever came in without an
 * account opens only what was made without one: a code by SMS is less than a passkey, and what an account has booked may be about matters
 * that are nobody's who happens to hold the telephone. Of those the list shows when, where and by which number, so that nobody misses a
 * visit or books it twice.
 */
export function ofWhom(
  { id, level }: Pick<Citizen, "id" | "level">,
  { person, madeBy }: { person: string; madeBy: string },
  who: readonly string[],
): { person: string | null } {
  const isOwn = person === id || (who.length === 1 && who[0] === id)
  return { person: isOwn && isOpenTo(level, madeBy) ? id : null }
}

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
