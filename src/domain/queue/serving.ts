import type { TicketRow } from "../../../db/schema/queue.ts"
import type { Tx } from "../../../db/write.ts"
import { minute } from "../../base/day.ts"
import type { Staff } from "../access/subject.ts"
import { service } from "../catalogue/reads.ts"
import { mustServe } from "../offices/reads.ts"
import { bookingDone } from "./booked.ts"
import { mustBeAtHand, ticketHere, workplace } from "./desk.ts"
import { tellAbsent } from "./notices.ts"
import { comeBack } from "./places.ts"
import { mustBe } from "./states.ts"
import { letGo, step, uncalled } from "./tickets.ts"

/** How long somebody who did not come is kept a place at the front. */
export const keptMinutes = 10

export type Outcome = "done" | "referred" | "not_possible"

/** The person stands at the counter. Refuses `wrong_state`, `not_your_counter`. */
export async function serve(tx: Tx, agent: Staff, ticketId: string): Promise<TicketRow> {
  const before = await inHand(tx, agent, ticketId, "called")
  const fact = await tx.say(before.office, "ticket.serving", {
    ticket: before.id,
    counter: before.counter ?? "",
    subject: before.person,
  })
  return step(tx, agent, before, { state: "serving", servingAt: tx.now }, fact)
}

/** The visit is over, with what came of it. The booking behind it is done. Refuses `wrong_state`, `not_your_counter`. */
export async function finish(
  tx: Tx,
  agent: Staff,
  ticketId: string,
  { outcome, note = null }: { outcome: Outcome; note?: string | null },
): Promise<TicketRow> {
  const before = await inHand(tx, agent, ticketId, "serving")
  const fact = await tx.say(before.office, "ticket.served", {
    ticket: before.id,
    counter: before.counter ?? "",
    outcome,
    servedMs: tx.now - (before.servingAt ?? tx.now),
    subject: before.person,
  })
  await letGo(tx, before.id)
  await bookingDone(tx, before)
  return step(tx, agent, before, { state: "served", endedAt: tx.now, live: false, outcome, note }, fact)
}

/**
 * Called, and did not come. The person is not handed on to another counter: only the holder's "I am here" or an agent brings the ticket
 * back. Refuses `wrong_state`, `not_your_counter`.
 */
export async function absent(tx: Tx, agent: Staff, ticketId: string): Promise<TicketRow> {
  const before = await inHand(tx, agent, ticketId, "called")
  const keptUntil = tx.now + keptMinutes * minute
  const fact = await tx.say(before.office, "ticket.absent", {
    ticket: before.id,
    counter: before.counter ?? "",
    keptUntil,
    subject: before.person,
  })
  await tellAbsent(tx, before, keptUntil, fact)
  await letGo(tx, before.id)
  return step(tx, agent, before, { state: "absent", keptUntil }, fact)
}

/** Set aside while the person copies, prays or fetches a paper. It stays with this counter. Refuses `wrong_state`, `not_your_counter`. */
export async function park(tx: Tx, agent: Staff, ticketId: string): Promise<TicketRow> {
  const before = await inHand(tx, agent, ticketId, "serving")
  const fact = await tx.say(before.office, "ticket.parked", {
    ticket: before.id,
    counter: before.counter ?? "",
    subject: before.person,
  })
  await letGo(tx, before.id)
  return step(tx, agent, before, { state: "parked" }, fact)
}

/**
 * Lets somebody wait again who was parked or absent. Who was absent comes back to the front once and within ten minutes, later with the
 * place of a walk-in of this minute. Refuses `wrong_state`, and `not_your_counter` for who is parked at another counter.
 */
export async function returnTicket(tx: Tx, agent: Staff, ticketId: string): Promise<TicketRow> {
  const before = await ticketHere(tx, agent, ticketId)
  mustBe(before, "parked", "absent")
  // An absent person who stands before any agent is helped there; a parked one is in the middle of something.
  if (before.state === "parked") await mustBeAtHand(tx, agent, before)
  const { due, dueBy } = before
  const { returns } = before
  const back = before.state === "absent" ? await comeBack(tx, before) : { due, dueBy, returns }
  const fact = await tx.say(before.office, "ticket.returned", { ticket: before.id, ...back, subject: before.person })
  return step(tx, agent, before, { ...uncalled, ...back, state: "waiting" }, fact)
}

/** Another service than the one that was asked for, at the same counter. Refuses `service_not_here`, `wrong_state`, `not_your_counter`. */
export async function changeService(tx: Tx, agent: Staff, ticketId: string, code: string): Promise<TicketRow> {
  const before = await inHand(tx, agent, ticketId, "called", "serving")
  const here = await workplace(tx, agent, "ticket.serve", before.office)
  const line = mustServe(here, await service(tx, code)).code
  const changed = { line, service: code }
  const fact = await tx.say(before.office, "ticket.service_changed", {
    ticket: before.id,
    ...changed,
    subject: before.person,
  })
  return step(tx, agent, before, changed, fact)
}

/** The ticket in this agent's hand, in one of these states. */
export async function inHand(
  tx: Tx,
  agent: Staff,
  ticketId: string,
  ...states: TicketRow["state"][]
): Promise<TicketRow> {
  const row = await ticketHere(tx, agent, ticketId)
  mustBe(row, ...states)
  await mustBeAtHand(tx, agent, row)
  return row
}
