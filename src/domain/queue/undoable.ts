import { and, desc, eq, sql } from "drizzle-orm"
import { type TicketRow, tickets } from "../../../db/schema/queue.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"
import { undoSeconds } from "./undo.ts"

const lately = statement((db) =>
  db
    .select()
    .from(tickets)
    .where(
      and(
        eq(tickets.office, sql.placeholder("office")),
        sql`json_extract(${tickets.undo}, '$.before.counter') = ${sql.placeholder("counter")}`,
        sql`json_extract(${tickets.undo}, '$.at') >= ${sql.placeholder("after")}`,
        sql`${tickets.calledAt} >= ${sql.placeholder("today")}`,
      ),
    )
    .orderBy(desc(sql`json_extract(${tickets.undo}, '$.at')`))
    .limit(1),
)

/** The ticket that this counter let go of within the time in which that can be undone; `null` where there is none. */
export async function lastTouched(store: Store, counterId: string, now: Instant): Promise<TicketRow | null> {
  const office = counterId.slice(0, counterId.lastIndexOf("."))
  const [row] = await lately(store).execute({
    office,
    counter: counterId,
    after: now - undoSeconds * 1000,
    today: now - 24 * 3_600_000,
  })
  return row ?? null
}
