import type { Tx } from "../../../db/write.ts"
import { minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Citizen } from "../access/subject.ts"
import { bookingByCode } from "../bookings/reads.ts"
import { office } from "../offices/reads.ts"
import { checkIn, issueTicket, type Lang } from "../queue/arrivals.ts"
import { leave, ready } from "../queue/holder.ts"
import { rejoin } from "../queue/remote.ts"
import { leaveTalk } from "./calls.ts"
import { untell } from "./notices.ts"
import { mustBeIn } from "./phases.ts"
import { visitTimes } from "./times.ts"
import { ownVisit, pass, type Visit, visitOf } from "./visits.ts"

/* How somebody comes into the waiting room of a video office, and back into it. */

/**
 * "I am here" for a booked video visit, from fifteen minutes before: the booking becomes a ticket through the queue's own door.
 * Refuses `too_early` with `comeAt`, `not_found` where the office is none for video, and what `checkIn` refuses.
 */
export async function arrive(tx: Tx, citizen: Citizen, asked: { code: string; lang: Lang }): Promise<Visit> {
  const booking = await bookingByCode(tx, asked.code)
  if (!booking) throw new Refusal("booking_unknown")
  await mustBeVideo(tx, booking.office)
  const comeAt = booking.startsAt - visitTimes.arriveMinutes * minute
  if (booking.state === "confirmed" && tx.now < comeAt) {
    throw new Refusal("too_early", { startsAt: booking.startsAt, comeAt })
  }
  const { ticket } = await checkIn(tx, citizen, { office: booking.office, by: { code: asked.code }, lang: asked.lang })
  return opened(tx, ticket)
}

/** Without a booking, where the office's line takes people without one. Refuses `not_found`, and what `issueTicket` refuses. */
export async function walkIn(
  tx: Tx,
  citizen: Citizen,
  asked: { office: string; service: string; lang: Lang },
): Promise<Visit> {
  await mustBeVideo(tx, asked.office)
  return opened(tx, await issueTicket(tx, citizen, { ...asked, person: citizen.id, holder: citizen.id }))
}

/**
 * "I am here" again: after a while away, after rings that nobody answered, after an interruption that the agent did not wait for. The place
 * is the own one while it is kept. Says nothing new of who waits already. Refuses `wrong_state`, `not_found`.
 */
export async function comeBack(tx: Tx, citizen: Citizen, id: string): Promise<Visit> {
  const found = await ownVisit(tx, citizen, id)
  const { row, ticket, phase } = found
  if (ticket.state === "waiting") return found
  if (ticket.state === "parked") {
    const isKept = tx.now <= row.since + visitTimes.interruption
    const after = await rejoin(tx, ticket, isKept)
    await untell(tx, id)
    const back = phase === "lobby" ? row : await pass(tx, found, "lobby", { by: citizen.id, why: "rejoined" })
    return { row: back, ticket: after, phase: "lobby" }
  }
  return { row, ticket: await ready(tx, citizen, id), phase: "lobby" }
}

/**
 * Goes home, from the waiting room or out of the call, whose outcome the agent then writes down. Whose fault it is that nobody called, the
 * queue's own door says (`leave`). Refuses `wrong_state`, `not_found`.
 */
export async function goHome(tx: Tx, citizen: Citizen, id: string): Promise<Visit> {
  const found = await ownVisit(tx, citizen, id)
  if (found.ticket.state === "serving" && found.phase !== "wrapUp") return leaveTalk(tx, found, citizen.id)
  mustBeIn(found.phase, "lobby", "ringing", "interrupted")
  const ticket = await leave(tx, citizen, id)
  return { row: await pass(tx, found, "over", { by: citizen.id, why: "left" }), ticket, phase: "over" }
}

async function mustBeVideo(tx: Tx, code: string): Promise<void> {
  if (!(await office(tx, code)).video) throw new Refusal("not_found", { what: "visit" })
}

async function opened(tx: Tx, ticket: Visit["ticket"]): Promise<Visit> {
  const found = await visitOf(tx, ticket)
  if (!found) throw new Error(`the ticket ${ticket.id} of a video office has no visit`)
  return found
}
