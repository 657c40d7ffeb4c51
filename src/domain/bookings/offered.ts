import type { HoldRow } from "../../../db/schema/availability.ts"
import type { Tx } from "../../../db/write.ts"
import { type Instant, minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Citizen } from "../access/subject.ts"
import { slotId } from "../availability/grid.ts"
import { endHold, ownHold } from "../availability/holds.ts"
import { settleTaken } from "../availability/offers.ts"
import { nearestAlternatives } from "../availability/reads.ts"
import type { TakenPlaces } from "../availability/visit.ts"
import { ownEntry } from "../availability/waitlist.ts"
import { bookedInstead } from "../availability/wish.ts"
import { office as officeWith } from "../offices/reads.ts"
import { type Booking, bookingFor } from "./reads.ts"
import { book, mineToChange, moveTo, sayMoved } from "./writes.ts"

/**
 * Takes what is held for somebody who waited: as a new booking, or by moving the one there is, in one turn. Taking twice is answered with
 * the same booking. After the quarter of an hour it is still taken while nobody else has been offered it.
 * Refuses `offer_over` and `hold_expired` with `alternatives`, `hold_gone` where the person has chosen something else since, `not_found`,
 * `already_booked`, and what moving refuses.
 */
export async function takeOffer(tx: Tx, citizen: Citizen, id: string): Promise<Booking> {
  const entry = await ownEntry(tx, citizen, id)
  if (entry.state === "taken" && entry.booking) return bookingFor(tx, citizen, entry.booking, tx.now)
  const held = entry.hold ? await ownHold(tx, citizen, entry.hold) : null
  if (entry.state !== "offered" || !held) throw new Refusal("offer_over", await instead(tx, held))
  const standing = held.state === "used" ? null : await bookedInstead(tx, entry, tx.now)
  const booking = standing ? await moveInto(tx, citizen, held, standing.id) : await book(tx, citizen, { hold: held.id })
  await settleTaken(tx, entry, booking.id)
  return booking
}

async function moveInto(tx: Tx, citizen: Citizen, held: HoldRow, id: string): Promise<Booking> {
  const { acting, ...row } = await mineToChange(tx, citizen, id)
  const kept = await endHold(tx, held, "used", id)
  if (!kept) throw new Refusal("hold_gone")
  const { bookingMode, gridMinutes } = await officeWith(tx, row.office)
  const state = bookingMode === "request" ? "requested" : "confirmed"
  const moving = await moveTo(tx, row, slotId(held.office, held.line, held.startsAt), {
    ...{ state, proposed: false, forStaff: false, maySoon: kept.length > 0 },
    kept: placesOf(held, kept, gridMinutes * minute),
  })
  return sayMoved(tx, row, moving, { by: citizen.id, acting })
}

/** What a hold kept until now; nothing where it had run out. */
function placesOf(held: HoldRow, kept: Instant[], step: number): TakenPlaces | null {
  const { office, line, startsAt, width, length } = held
  return kept.length === length ? { office, line, startsAt, endsAt: startsAt + length * step, width, length } : null
}

async function instead(tx: Tx, held: HoldRow | null) {
  if (!held) return {}
  const { office, service, startsAt: around, people } = held
  const asked = { office, service, around, people: people.length, now: tx.now }
  return { alternatives: await nearestAlternatives(tx, asked) }
}
