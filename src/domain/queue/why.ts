import type { Need, TicketRow } from "../../../db/schema/queue.ts"
import { type Instant, minute } from "../../base/day.ts"

/** Why a ticket stands where it stands, as data: the words are made in the reader's language. */
export type Why =
  | { by: "booking"; bookedAt: Instant; lateMinutes: number }
  | { by: "walkin"; arrivedAt: Instant; behind: number | null; bookedAt: Instant | null }
  | { by: "need"; need: Need; arrivedAt: Instant; bookedAt: Instant | null }
  | { by: "step"; arrivedAt: Instant }

/**
 * `behind` is the number of the walk-in whose place is the one before; `null` where there is none. `chain`: who waits for the same counters.
 */
export function whyOf(row: TicketRow, bookedAt: Instant | null, chain: readonly TicketRow[]): Why {
  const { arrivedAt } = row
  switch (row.dueBy) {
    case "booking":
      return {
        by: "booking",
        bookedAt: bookedAt ?? arrivedAt,
        lateMinutes: Math.max(0, Math.floor((arrivedAt - (bookedAt ?? arrivedAt)) / minute)),
      }
    case "need":
      return { by: "need", need: row.need ?? "age", arrivedAt, bookedAt }
    case "step":
      return { by: "step", arrivedAt }
    case "walkin":
      return { by: "walkin", arrivedAt, behind: before(row, chain)?.number ?? null, bookedAt }
  }
}

function before(row: TicketRow, chain: readonly TicketRow[]): TicketRow | null {
  let last: TicketRow | null = null
  for (const other of chain) {
    const earlier = other.due < row.due || (other.due === row.due && other.arrival < row.arrival)
    if (other.dueBy !== "walkin" || !earlier) continue
    if (!last || other.due >= last.due) last = other
  }
  return last
}
