import { and, eq } from "drizzle-orm"
import { type BookingRow, bookings } from "../../../db/schema/bookings.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Citizen, Staff } from "../access/subject.ts"
import { subjectOf, tellCancelled, tellConfirmed, tellProposed } from "./notices.ts"
import { type Booking, peopleOf } from "./reads.ts"
import { end, mineToChange, movedBody, moveTo, readReason, wrongState } from "./writes.ts"

/*
 * An office in request mode is asked instead of taken: it says yes, no with a reason, or another time. The places are taken from the
 * moment of asking, so that a yes never comes to nothing.
 */

/** The office says yes. Refuses `wrong_state` (also while the person has yet to answer a proposal), `forbidden`, `not_found`. */
export async function accept(tx: Tx, staff: Staff, id: string): Promise<Booking> {
  const row = await requested(tx, staff, id)
  if (row.proposed || row.startsAt <= tx.now) throw wrongState(row)
  const accepted = await confirmRequest(tx, row)
  await tx.say(row.office, "booking.accepted", { booking: id, by: staff.id, subject: await subjectOf(tx, row) })
  await tellConfirmed(tx, accepted)
  return { ...accepted, who: await peopleOf(tx, id) }
}

/** The office says no, and why; the places are free again. Refuses `invalid_field` without a reason, `wrong_state`, `forbidden`. */
export async function decline(tx: Tx, staff: Staff, id: string, reason: string): Promise<Booking> {
  const why = readReason(reason)
  if (why === null) throw new Refusal("invalid_field", { field: "reason" })
  const row = await requested(tx, staff, id)
  const { ended, heldBackUntil } = await end(tx, row, { by: staff.id, endedBy: "office", reason: why })
  await tx.say(row.office, "booking.declined", {
    booking: id,
    by: staff.id,
    heldBackUntil,
    subject: await subjectOf(tx, row),
  })
  await tellCancelled(tx, row, "office")
  return { ...ended, who: await peopleOf(tx, id) }
}

/**
 * The office names another time. The request stands there from now on, until the person takes it, moves it or cancels.
 * Refuses `wrong_state`, `same_slot`, `slot_full` and what else taking a visit refuses.
 */
export async function propose(tx: Tx, staff: Staff, id: string, slot: string): Promise<Booking> {
  const row = await requested(tx, staff, id)
  const moving = await moveTo(tx, row, slot, { state: "requested", proposed: true, forStaff: true })
  const people = await peopleOf(tx, id)
  const body = movedBody(row, moving, people)
  await tx.say(row.office, "booking.proposed", { ...body, by: staff.id, subject: await subjectOf(tx, row) })
  await tellProposed(tx, moving.moved, row.startsAt)
  return { ...moving.moved, who: people }
}

/** The person takes the time that the office has named. Refuses `wrong_state` where there is none, `not_found`. */
export async function acceptProposal(tx: Tx, citizen: Citizen, id: string): Promise<Booking> {
  const row = await requested(tx, citizen, id)
  if (!row.proposed) throw wrongState(row)
  const accepted = await confirmRequest(tx, row)
  await tx.say(row.office, "booking.proposal_accepted", {
    booking: id,
    by: citizen.id,
    subject: await subjectOf(tx, row),
  })
  await tellConfirmed(tx, accepted)
  return { ...accepted, who: await peopleOf(tx, id) }
}

async function requested(tx: Tx, actor: Citizen | Staff, id: string): Promise<BookingRow> {
  const row = await mineToChange(tx, actor, id)
  if (row.state !== "requested") throw wrongState(row)
  return row
}

async function confirmRequest(tx: Tx, row: BookingRow): Promise<BookingRow> {
  const [confirmed] = await tx.db
    .update(bookings)
    .set({ state: "confirmed", proposed: false })
    .where(and(eq(bookings.id, row.id), eq(bookings.state, "requested"), eq(bookings.proposed, row.proposed)))
    .returning()
  if (!confirmed) throw wrongState(row)
  return confirmed
}
