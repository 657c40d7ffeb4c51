import { and, eq, lte, sql } from "drizzle-orm"
import { tickets } from "../../../db/schema/queue.ts"
import { statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"

/** Lets everybody wait whose time has come: early people at the booked time, away people when they said they would be back. */
export async function wake(tx: Tx, office: string): Promise<number> {
  const woken = await wakeDue(tx).execute({ office, now: tx.now })
  for (const { id, person } of woken) await tx.say(office, "ticket.woken", { ticket: id, subject: person })
  return woken.length
}

const wakeDue = statement((db) =>
  db
    .update(tickets)
    .set({ state: "waiting", wakeAt: null })
    .where(
      and(
        eq(tickets.office, sql.placeholder("office")),
        // Word for word as in the index `ticket_asleep`, or the engine would not use it.
        sql`${tickets.state} in ('early', 'away')`,
        lte(tickets.wakeAt, sql.placeholder("now")),
      ),
    )
    .returning({ id: tickets.id, person: tickets.person }),
)
