import { and, eq, sql } from "drizzle-orm"
import { type BookingRow, type BookingState, bookingPeople, bookings } from "../../../db/schema/bookings.ts"
import type { TicketRow } from "../../../db/schema/queue.ts"
import { statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import { endWaitFor } from "../availability/earlier.ts"
import { isOfficeFault, type OfficeFault } from "../bookings/again.ts"
import { subjectOf, tellCancelled } from "../bookings/notices.ts"
import { bookingById, peopleOf } from "../bookings/reads.ts"
import { callOff } from "../notifications/outbox.ts"

/* What a visit does to the booking behind it. */

/** The person of the booking is here. Refuses `wrong_state` where it is not confirmed. */
export async function bookingArrived(
  tx: Tx,
  booking: BookingRow,
  { ticket, people, by }: { ticket: string; people: string[]; by: string },
): Promise<void> {
  const moved = await settle(tx).execute({ id: booking.id, was: "confirmed", state: "arrived", endedAt: null })
  if (moved.length === 0) throw new Refusal("wrong_state", { state: booking.state })
  await tx.say(booking.office, "booking.arrived", {
    booking: booking.id,
    ticket,
    people,
    by,
    subject: await subjectOf(tx, booking),
  })
  // Who is here needs no reminder.
  await callOff(tx, booking.id)
}

/** The visit is over; the booking no longer counts against its people's limits. */
export async function bookingDone(tx: Tx, { booking, id }: TicketRow): Promise<void> {
  const ended = await end(tx, booking, "arrived", "done")
  if (ended)
    await tx.say(ended.office, "booking.done", { booking: ended.id, ticket: id, subject: await subjectOf(tx, ended) })
}

/** The person was here and was not served: gone home, not back, or the office closed. */
export async function bookingMissed(tx: Tx, { booking }: TicketRow): Promise<void> {
  const ended = await end(tx, booking, "arrived", "missed")
  if (ended) await tx.say(ended.office, "booking.missed", { booking: ended.id, subject: await subjectOf(tx, ended) })
}

/**
 * The person was here in time and the office was not: it ends as the office's own cancellation, and the person finds another time before
 * everybody else (`bookings/again.ts`).
 */
export async function bookingOfOursFailed(
  tx: Tx,
  { booking }: Pick<TicketRow, "booking">,
  fault: OfficeFault,
): Promise<void> {
  const ended = await end(tx, booking, "arrived", "cancelled")
  if (!ended) return
  await tx.db.update(bookings).set({ endedBy: "office", reason: fault }).where(eq(bookings.id, ended.id))
  const people = await peopleOf(tx, ended.id)
  await endWaitFor(tx, ended, people, { by: "office", endedBy: "office" })
  const said = { booking: ended.id, people, by: "office", endedBy: "office" }
  await tx.say(ended.office, "booking.cancelled", {
    ...{ ...said, heldBackUntil: null, subject: await subjectOf(tx, ended) },
  })
  await tellCancelled(tx, ended, fault)
}

/**
 * An undo has brought the visit back, and the booking counts for its people again, save who has booked the service anew since. What had ended
 * by the office's fault is open again as well, unless it was made good by another time: that one stands, and this one with it.
 */
export async function bookingReopened(tx: Tx, { booking, id }: TicketRow): Promise<void> {
  if (booking === null) return
  const before = await bookingById(tx, booking)
  const wasOurs = before?.state === "cancelled" && before.endedBy === "office" && isOfficeFault(before.reason)
  for (const was of ["done", "missed", ...(wasOurs ? ["cancelled" as const] : [])] satisfies BookingState[]) {
    const [row] = await settle(tx).execute({ id: booking, was, state: "arrived", endedAt: null })
    if (!row) continue
    if (was === "cancelled") {
      await tx.db.update(bookings).set({ endedBy: null, reason: null }).where(eq(bookings.id, booking))
      await callOff(tx, booking)
    }
    await reopenPeople(tx).execute({ booking })
    await tx.say(row.office, "booking.reopened", { booking, ticket: id, subject: await subjectOf(tx, row) })
  }
}

async function end(tx: Tx, booking: string | null, was: BookingState, state: BookingState): Promise<BookingRow | null> {
  if (booking === null) return null
  const [row] = await settle(tx).execute({ id: booking, was, state, endedAt: tx.now })
  if (row) await closePeople(tx).execute({ booking })
  return row ?? null
}

const settle = statement((db) =>
  db
    .update(bookings)
    .set({ state: sql`${sql.placeholder("state")}`, endedAt: sql`${sql.placeholder("endedAt")}` })
    .where(and(eq(bookings.id, sql.placeholder("id")), eq(bookings.state, sql.placeholder("was"))))
    .returning(),
)
const closePeople = statement((db) =>
  db
    .update(bookingPeople)
    .set({ open: false })
    .where(eq(bookingPeople.booking, sql.placeholder("booking"))),
)
const reopenPeople = statement((db) =>
  db
    .update(bookingPeople)
    .set({ open: true })
    .where(
      and(
        eq(bookingPeople.booking, sql.placeholder("booking")),
        sql`not exists (select 1 from ${bookingPeople} as since where since.person = ${bookingPeople.person}
          and since.service = ${bookingPeople.service} and since.open)`,
      ),
    ),
)
