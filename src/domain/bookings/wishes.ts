import { and, count, eq, isNotNull, sql } from "drizzle-orm"
import { type BookingRow, bookings } from "../../../db/schema/bookings.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Day } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Citizen } from "../access/subject.ts"
import { office } from "../offices/reads.ts"
import { subjectOf } from "./notices.ts"
import { bookingById } from "./reads.ts"
import { mineToChange } from "./writes.ts"

/*
 * Who has booked a video visit says ahead by whom they want to be called. The booking keeps it, also when it moves; when the person comes,
 * the ticket has it from the first (`queue/arrivals.ts`).
 */

export type Wants = BookingRow["wants"]

/**
 * Makes the wish, or takes it back, until the booked time. Refuses `not_found` to a stranger and where the office is none for video, and what
 * `changeable` refuses.
 */
export async function wishAhead(tx: Tx, citizen: Citizen, id: string, wants: Wants): Promise<void> {
  const { office: code } = await mineToChange(tx, citizen, id)
  if (!(await office(tx, code)).video) throw new Refusal("not_found", { what: "booking" })
  await keepWish(tx, id, wants)
}

/** Writes it where it is another, and says so; for who has proved that they may. */
export async function keepWish(tx: Tx, id: string, wants: Wants): Promise<void> {
  const row = await bookingById(tx, id)
  if (!row || row.wants === wants) return
  await tx.db.update(bookings).set({ wants }).where(eq(bookings.id, id))
  await tx.say(row.office, "booking.wished", { booking: id, wants, subject: await subjectOf(tx, row) })
}

/** How many of those who are booked in an office on a day, or have come and wait, ask for a woman: so many need one at work. */
export async function wishedOn(store: Store, office: string, day: Day): Promise<number> {
  return (await wished(store).execute({ office, day }))[0]?.n ?? 0
}

const wished = statement((db) =>
  db
    .select({ n: count() })
    .from(bookings)
    .where(
      and(
        eq(bookings.office, sql.placeholder("office")),
        eq(bookings.day, sql.placeholder("day")),
        sql`${bookings.state} in ('confirmed', 'arrived')`,
        isNotNull(bookings.wants),
      ),
    ),
)
