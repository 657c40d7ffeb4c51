import { type Instant, minute } from "../../base/day.ts"

const step = 5 * minute

/**
 * The time that a ticket's holder is told: by when the turn will have come. Never earlier than what is expected, never earlier than the
 * due, and in round figures, because a promise to the minute is one that is not kept.
 */
export function promisedBy({ due, expectedStart }: { due: Instant; expectedStart: Instant | null }): Instant {
  return Math.ceil(Math.max(due, expectedStart ?? due) / step) * step
}
