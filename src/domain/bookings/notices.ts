import type { BookingRow } from "../../../db/schema/bookings.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import type { Owner } from "../access/owner.ts"
import { callOff, type Notice, notify } from "../notifications/outbox.ts"
import type { ActingFor } from "../people/acting.ts"

/* What the person of a booking is told of it, said in the turn in which it comes to be. */

type Told = Pick<BookingRow, "id" | "person" | "office" | "service" | "startsAt">

/** It stands. */
export async function tellConfirmed(tx: Tx, booking: Told): Promise<void> {
  const said = { to: ownerOf(booking), kind: "booking_confirmed" as const, data: bodyOf(booking) }
  await notify(tx, { ...said, dedupe: anew(tx), until: whileAhead(tx, booking) })
}

/** Whoever is acted for by a proxy is told what is done in their name, as the proxy is. */
export async function tellGivers(
  tx: Tx,
  acting: readonly ActingFor[],
  said: Pick<Notice<"booking_confirmed" | "booking_moved" | "booking_cancelled">, "kind" | "data">,
): Promise<void> {
  for (const { person, right } of acting) {
    if (right !== "proxy") continue
    const to = { kind: "citizen" as const, id: person }
    await notify(tx, { ...said, to, dedupe: anew(tx) })
  }
}

/** It has another time. */
export async function tellMoved(tx: Tx, booking: Told, from: Instant): Promise<void> {
  await callOff(tx, booking.id)
  const said = { to: ownerOf(booking), kind: "booking_moved" as const, data: { ...bodyOf(booking), from } }
  await notify(tx, { ...said, dedupe: anew(tx), until: whileAhead(tx, booking) })
}

/** `by`: the person, the office, or time that ran out. */
export async function tellCancelled(tx: Tx, booking: Told, by: string): Promise<void> {
  await callOff(tx, booking.id)
  const said = { to: ownerOf(booking), kind: "booking_cancelled" as const, data: { ...bodyOf(booking), by } }
  await notify(tx, { ...said, dedupe: `booking_cancelled:${booking.id}` })
}

/** A change of hours took its time away. */
export async function tellStruck(tx: Tx, booking: Told): Promise<void> {
  await callOff(tx, booking.id)
  const said = { to: ownerOf(booking), kind: "booking_struck" as const, data: bodyOf(booking) }
  await notify(tx, { ...said, dedupe: anew(tx) })
}

/** Its time is open again. */
export async function tellRestored(tx: Tx, booking: Told & Pick<BookingRow, "state">): Promise<void> {
  await callOff(tx, booking.id)
  if (booking.state !== "confirmed") return
  const said = { to: ownerOf(booking), kind: "booking_confirmed" as const, data: bodyOf(booking) }
  await notify(tx, { ...said, dedupe: anew(tx), until: whileAhead(tx, booking) })
}

/** The office names another time. */
export async function tellProposed(tx: Tx, booking: Told, from: Instant): Promise<void> {
  await callOff(tx, booking.id)
  const said = { to: ownerOf(booking), kind: "booking_proposed" as const, data: { ...bodyOf(booking), from } }
  await notify(tx, { ...said, dedupe: anew(tx), until: whileAhead(tx, booking) })
}

/** Nobody came at the booked time. */
export async function tellMissed(tx: Tx, { id: booking, person, office, service, startsAt }: Told): Promise<void> {
  await callOff(tx, booking)
  const data = { ticket: null, booking, office, service, number: null, keptUntil: null, startsAt }
  await notify(tx, { to: { kind: "citizen", id: person }, kind: "missed", data, dedupe: `missed:${booking}` })
}

export function ownerOf({ person }: Told): Owner {
  return { kind: "citizen", id: person }
}

export function bodyOf({ id, office, service, startsAt }: Told) {
  return { booking: id, office, service, startsAt }
}

/**
 * What may come to be more than once is told each time. The turn's time does not tell one time from the next: turns that come together
 * have the same, and so have all until a clock that was set back has caught up.
 */
function anew(tx: Tx): string {
  return tx.id()
}

/** Nobody needs to hear of an appointment that has begun. */
function whileAhead({ now }: Tx, { startsAt }: Told): Instant {
  return Math.max(now, startsAt)
}
