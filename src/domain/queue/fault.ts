import { and, eq, isNotNull, sql } from "drizzle-orm"
import type { TicketRow } from "../../../db/schema/queue.ts"
import { visits } from "../../../db/schema/visits.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"
import type { OfficeFault } from "../bookings/again.ts"
import { isLeftWaiting } from "./wishes.ts"

/**
 * Why it is the office's fault that somebody goes home now, whoever says it and by whichever door: no woman is at work for who waits for one,
 * or the office is late for a video visit. `null` where it is not. Who waits in vain for a woman is told that: late the office is as well.
 */
export async function officeFault(store: Store, ticket: TicketRow, now: Instant): Promise<OfficeFault | null> {
  if (await isLeftWaiting(store, ticket, now)) return "no_woman"
  const [late] = await lateOf(store).execute({ id: ticket.id })
  return late ? "office_late" : null
}

const lateOf = statement((db) =>
  db
    .select({ id: visits.id })
    .from(visits)
    .where(and(eq(visits.id, sql.placeholder("id")), isNotNull(visits.lateAt))),
)
