import type { Need, TicketRow } from "../../../db/schema/queue.ts"
import type { Tx } from "../../../db/write.ts"
import { minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Staff } from "../access/subject.ts"
import { office } from "../offices/reads.ts"
import { bookingMissed, bookingOfOursFailed } from "./booked.ts"
import { type Bearer, heldTicket, mustBeAtHand, ticketHere } from "./desk.ts"
import { officeFault } from "./fault.ts"
import { hallNow } from "./hall.ts"
import { chainsOf, comeBack, walkInPlace } from "./places.ts"
import { needDue } from "./rules.ts"
import { sessionFor } from "./sessions.ts"
import { mustBe, mustMove } from "./states.ts"
import { change, letGo, step, uncalled } from "./tickets.ts"

export const awayMinutesMax = 30

/**
 * "I am ready", "I am back", "I am here": an early person waits at once, with the smaller of the booked place and a walk-in's of this
 * minute; who was away waits again; who was absent comes back to the front once while the place is kept, later as a walk-in.
 * Refuses `wrong_state`, `not_found`.
 */
export async function ready(tx: Tx, by: Bearer, ticketId: string): Promise<TicketRow> {
  const before = await heldTicket(tx, by, ticketId)
  mustBe(before, "early", "away", "absent")
  const place = await readyPlace(tx, before)
  await tx.say(before.office, "ticket.ready", { ticket: before.id, ...place, subject: before.person })
  return change(tx, before, { ...uncalled, ...place, state: "waiting" })
}

async function readyPlace(tx: Tx, before: TicketRow): Promise<Pick<TicketRow, "due" | "dueBy" | "returns">> {
  const { due, dueBy, returns } = before
  if (before.state === "absent") return comeBack(tx, before)
  if (before.state === "away") return { due, dueBy, returns }
  const walkIn = await walkInPlace(tx, before)
  return walkIn.due < due ? { ...walkIn, returns } : { due, dueBy, returns }
}

/** "I will be back in … minutes": nobody calls until then, and the place is kept. Refuses `wrong_state`, `invalid_field`. */
export async function away(tx: Tx, by: Bearer, ticketId: string, minutes: number): Promise<TicketRow> {
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > awayMinutesMax) {
    throw new Refusal("invalid_field", { field: "minutes", max: awayMinutesMax })
  }
  const before = await heldTicket(tx, by, ticketId)
  mustBe(before, "waiting")
  const until = tx.now + minutes * minute
  await tx.say(before.office, "ticket.away", { ticket: before.id, until, subject: before.person })
  return change(tx, before, { state: "away", wakeAt: until })
}

/**
 * The person goes home; staff may say it for somebody. A booking behind the ticket is missed, unless the fault is the office's own: that is
 * asked here, so that no door forgets it. Refuses `wrong_state`, `not_found`.
 */
export async function leave(tx: Tx, by: Bearer, ticketId: string): Promise<TicketRow> {
  const before = await heldTicket(tx, by, ticketId)
  const staff = by !== "bearer" && (by.role === "agent" || by.role === "supervisor") ? by : null
  // Whoever is being served has come; that visit is finished by its agent.
  if (before.state === "serving") throw new Refusal("wrong_state", { state: before.state, counter: before.counter })
  mustMove(before, "left")
  if (staff && before.state === "called") await mustBeAtHand(tx, staff, before)
  const fault = await officeFault(tx, before, tx.now)
  const why = fault ?? (staff ? "agent" : "holder")
  const fact = await tx.say(before.office, "ticket.left", { ticket: before.id, why, subject: before.person })
  await letGo(tx, before.id)
  await (fault ? bookingOfOursFailed(tx, before, fault) : bookingMissed(tx, before))
  const left = { state: "left", endedAt: tx.now, live: false, wakeAt: null } satisfies Partial<TicketRow>
  return staff ? step(tx, staff, before, left, fact) : change(tx, before, left)
}

/**
 * Staff have seen that a need is real. The person is due as if it had been known on arrival, and never later than before.
 * Refuses `wrong_state` unless the ticket is still to be called.
 */
export async function confirmNeed(tx: Tx, agent: Staff, ticketId: string, need: Need): Promise<TicketRow> {
  const before = await ticketHere(tx, agent, ticketId)
  mustBe(before, "early", "waiting", "away")
  const here = await office(tx, before.office)
  const session = await sessionFor(tx, here, before.day, tx.now)
  const line = here.lines.find(({ code }) => code === before.line)
  if (!session || !line) throw new Refusal("office_closed", { office: here.code })
  const chains = await chainsOf(tx, await hallNow(tx, here, session, tx.now), line, session)
  const due = needDue(before.arrivedAt, line.needTargetMinutes, chains.need, session)
  const sooner = due < before.due
  const place = { due: sooner ? due : before.due, dueBy: sooner ? ("need" as const) : before.dueBy }
  // A need that makes somebody due before the booked time is a reason not to wait for it.
  const state = before.state === "early" && sooner ? ("waiting" as const) : before.state
  const wakeAt = state === before.state ? before.wakeAt : null
  const fact = await tx.say(before.office, "ticket.need_confirmed", {
    ticket: before.id,
    need,
    ...place,
    state,
    wakeAt,
    subject: before.person,
  })
  return step(tx, agent, before, { ...place, state, wakeAt, need }, fact)
}
