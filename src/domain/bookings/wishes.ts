import { eq } from "drizzle-orm"
import { type BookingRow, bookings } from "../../../db/schema/bookings.ts"
import type { Tx } from "../../../db/write.ts"
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
