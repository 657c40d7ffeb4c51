import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import type { Citizen } from "../access/subject.ts"
import { bookAgain, comesFirst } from "../bookings/again.ts"
import { type Booking, bookingFor } from "../bookings/reads.ts"
import { officeFault } from "../queue/fault.ts"
import { passedOver } from "../queue/states.ts"
import { liveTicketOfBooking } from "../queue/tickets.ts"
import { goHome } from "./arriving.ts"

/**
 * The visit that waits for this booking while the office is late for it, or has no woman at work for who waits for one; `null` where there
 * is none.
 */
async function lateVisit(store: Store, booking: string, now: Instant): Promise<string | null> {
  const ticket = await liveTicketOfBooking(store, booking)
  if (ticket === null || !passedOver.includes(ticket.state)) return null
  return (await officeFault(store, ticket, now)) === null ? null : ticket.id
}

/** Whether this booking's person may take another time before everybody else: the office is late, or was. */
export async function mayTakeOther(store: Store, booking: Booking, now: Instant): Promise<boolean> {
  return comesFirst(booking, now) || (await lateVisit(store, booking.id, now)) !== null
}

/**
 * Another time in the place of the one for which the office is late, or was: the place in line is given up for it in the same turn, and not
 * before. Refuses what `bookAgain` and `goHome` refuse.
 */
export async function takeOther(tx: Tx, citizen: Citizen, booking: string, slot: string): Promise<Booking> {
  await bookingFor(tx, citizen, booking, tx.now)
  const waits = await lateVisit(tx, booking, tx.now)
  if (waits !== null) await goHome(tx, citizen, waits)
  return bookAgain(tx, citizen, booking, slot)
}
