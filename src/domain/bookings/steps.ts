import { and, asc, eq, lte, sql } from "drizzle-orm"
import { type BookingRow, bookingPeople, bookings, isAhead } from "../../../db/schema/bookings.ts"
import { statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import { plannedAt } from "../availability/plan.ts"
import { office as officeWith } from "../offices/reads.ts"
import { subjectOf, tellCancelled, tellMissed } from "./notices.ts"
import { end } from "./writes.ts"

/* What time does to bookings by itself. Each is one step of a job: call it again until it answers 0. */

const stepMax = 100

/** Bookings of a state that should have begun, the earliest first. */
const begun = statement((db) =>
  db
    .select()
    .from(bookings)
    // Few are ahead and have begun, of all offices; behind the plus the office's own index, with all that it ever had, is not considered.
    .where(
      and(
        isAhead,
        lte(bookings.startsAt, sql.placeholder("now")),
        sql`+${bookings.office} = ${sql.placeholder("office")}`,
        eq(bookings.state, sql.placeholder("state")),
      ),
    )
    .orderBy(asc(bookings.startsAt), asc(bookings.id)),
)

/**
 * Bookings whose session has ended and whose people have not come are missed. One whose time had been struck by the office is not held
 * against anybody: it ends as the office's own cancellation. Answers how many bookings ended.
 */
export async function markMissed(tx: Tx, office: string): Promise<number> {
  const began = await begun(tx).execute({ office, state: "confirmed", now: tx.now })
  const place = began.length > 0 ? await officeWith(tx, office) : null
  let ended = 0
  for (const row of place ? began : []) {
    const at = place && (await plannedAt(tx, place, row.startsAt))
    if (at && at.planned.session.endsAt > tx.now) continue
    if (ended++ === stepMax) break
    if (row.struckAt !== null) {
      const { heldBackUntil } = await end(tx, row, { by: "time", endedBy: "office", reason: "office_closed" })
      const body = { booking: row.id, by: "time", endedBy: "office", heldBackUntil, subject: await subjectOf(tx, row) }
      await tx.say(office, "booking.cancelled", body)
      await tellCancelled(tx, row, "office")
    } else {
      await miss(tx, row)
      await tx.say(office, "booking.missed", { booking: row.id, subject: await subjectOf(tx, row) })
      await tellMissed(tx, row)
    }
  }
  return ended
}

/** Requests whose time has come without an answer end. Answers how many. */
export async function expireRequests(tx: Tx, office: string): Promise<number> {
  const over = (await begun(tx).execute({ office, state: "requested", now: tx.now })).slice(0, stepMax)
  for (const row of over) {
    const { heldBackUntil } = await end(tx, row, { by: "time", endedBy: "time", reason: "not_answered" })
    const body = { booking: row.id, by: "time", endedBy: "time", heldBackUntil, subject: await subjectOf(tx, row) }
    await tx.say(office, "booking.cancelled", body)
    await tellCancelled(tx, row, "time")
  }
  return over.length
}

async function miss(tx: Tx, row: BookingRow): Promise<void> {
  await tx.db.update(bookings).set({ state: "missed", endedAt: tx.now }).where(eq(bookings.id, row.id))
  await tx.db.update(bookingPeople).set({ open: false }).where(eq(bookingPeople.booking, row.id))
}
