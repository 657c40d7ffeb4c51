import type { BookingRow } from "../../../db/schema/bookings.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import type { Owner } from "../access/owner.ts"
import { callOff, type Notice, notify } from "../notifications/outbox.ts"
import type { MessageKind } from "../notifications/rules.ts"
import { type ActingFor, standsFor } from "../people/acting.ts"
import { peopleOf } from "./reads.ts"

/* What the person of a booking is told of it, said in the turn in which it comes to be. */

type Told = Pick<BookingRow, "id" | "person" | "office" | "service" | "startsAt" | "byProxy">

/** It stands. `acting`: with the proof of each for whom somebody made it in this turn. */
export async function tellConfirmed(tx: Tx, booking: Told, acting: readonly ActingFor[] = []): Promise<void> {
  const said = { kind: "booking_confirmed" as const, data: bodyOf(booking) }
  await tell(tx, booking, acting, { ...said, dedupe: anew(tx), until: whileAhead(tx, booking) })
}

/** It has another time. */
export async function tellMoved(
  tx: Tx,
  booking: Told,
  from: Instant,
  acting: readonly ActingFor[] = [],
): Promise<void> {
  await callOff(tx, booking.id)
  const said = { kind: "booking_moved" as const, data: { ...bodyOf(booking), from } }
  await tell(tx, booking, acting, { ...said, dedupe: anew(tx), until: whileAhead(tx, booking) })
}

/** `by`: the person, the office, time that ran out, or what of the office's own it was (`OfficeFault`). */
export async function tellCancelled(
  tx: Tx,
  booking: Told,
  by: string,
  acting: readonly ActingFor[] = [],
): Promise<void> {
  await callOff(tx, booking.id)
  const said = { kind: "booking_cancelled" as const, data: { ...bodyOf(booking), by } }
  await tell(tx, booking, acting, { ...said, dedupe: `booking_cancelled:${booking.id}` })
}

/** A change of hours took its time away. */
export async function tellStruck(tx: Tx, booking: Told): Promise<void> {
  await callOff(tx, booking.id)
  await tell(tx, booking, [], { kind: "booking_struck", data: bodyOf(booking), dedupe: anew(tx) })
}

/** Its time is open again. */
export async function tellRestored(tx: Tx, booking: Told & Pick<BookingRow, "state">): Promise<void> {
  await callOff(tx, booking.id)
  if (booking.state === "confirmed") await tellConfirmed(tx, booking)
}

/** The office names another time. */
export async function tellProposed(tx: Tx, booking: Told, from: Instant): Promise<void> {
  await callOff(tx, booking.id)
  const said = { kind: "booking_proposed" as const, data: { ...bodyOf(booking), from } }
  await tell(tx, booking, [], { ...said, dedupe: anew(tx), until: whileAhead(tx, booking) })
}

/** Nobody came at the booked time. */
export async function tellMissed(tx: Tx, booking: Told): Promise<void> {
  const { id, office, service, startsAt } = booking
  await callOff(tx, id)
  const data = { ticket: null, booking: id, office, service, number: null, keptUntil: null, startsAt }
  await tell(tx, booking, [], { kind: "missed", data, dedupe: `missed:${id}` })
}

async function tell<K extends MessageKind>(
  tx: Tx,
  booking: Told,
  acting: readonly ActingFor[],
  said: Omit<Notice<K>, "to">,
): Promise<void> {
  const owners = await ownersOf(tx, booking)
  // Whoever comes along and has named a proxy hears what the proxy does in their name.
  const givers = acting.filter(({ right }) => right === "proxy").map(({ person }) => person)
  const others = givers.filter((giver) => owners.every(({ id }) => id !== giver))
  for (const to of [...owners, ...others.map(citizen)]) await notify(tx, { ...said, to } as Notice<K>)
}

/**
 * Who is told of a booking now: whoever made it. What a proxy made is told to those whom it is for, and to the proxy only for as long as
 * the right stands; of any other booking nothing more is asked.
 */
export async function ownersOf(tx: Tx, { id, person, service, byProxy }: Told): Promise<Owner[]> {
  if (!byProxy) return [citizen(person)]
  const givers = await peopleOf(tx, id)
  const stands = await standsFor(tx, person, givers, service, tx.now)
  return (stands ? [person, ...givers] : givers).map(citizen)
}

/** Whom a fact about a booking is about: whoever made it, and where that was a proxy who is none any more, the first of whom it is for. */
export async function subjectOf(tx: Tx, booking: Told): Promise<string> {
  return booking.byProxy ? ((await ownersOf(tx, booking))[0]?.id ?? booking.person) : booking.person
}

function citizen(id: string): Owner {
  return { kind: "citizen", id }
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
