import type { TicketRow } from "../../../db/schema/queue.ts"
import type { Tx } from "../../../db/write.ts"
import { minute } from "../../base/day.ts"
import type { Staff } from "../access/subject.ts"
import { mustBeAtHand, ticketHere } from "./desk.ts"
import { tellAbsent } from "./notices.ts"
import { comeBack, headOf, walkInPlace } from "./places.ts"
import { mustBe } from "./states.ts"
import { change, letGo, step, uncalled } from "./tickets.ts"

/*
 * Moves of a ticket whose holder does not stand in the hall but sits before a camera: they answer and fail to answer by themselves, and
 * no agent presses anything. Whoever calls these has made sure who asks.
 */

/** The holder has answered the call: the service begins. Refuses `wrong_state`. */
export async function answered(tx: Tx, before: TicketRow): Promise<TicketRow> {
  mustBe(before, "called")
  const counter = before.counter ?? ""
  await tx.say(before.office, "ticket.serving", { ticket: before.id, counter, subject: before.person })
  return change(tx, before, { state: "serving", servingAt: tx.now })
}

/** Rings once more by itself. Refuses `wrong_state`. */
export async function ringAgain(tx: Tx, before: TicketRow): Promise<TicketRow> {
  mustBe(before, "called")
  const calls = before.calls + 1
  const counter = before.counter ?? ""
  await tx.say(before.office, "ticket.recalled", {
    ...{ ticket: before.id, number: before.number, counter, calls },
    counterNumber: Number(counter.slice(counter.lastIndexOf(".") + 1)),
    subject: before.person,
  })
  return change(tx, before, { calls, calledAt: tx.now })
}

/** Nobody answered: absent, with the place at the front kept for so many minutes. Refuses `wrong_state`. */
export async function unanswered(tx: Tx, before: TicketRow, keptMinutes: number): Promise<TicketRow> {
  mustBe(before, "called")
  const keptUntil = tx.now + keptMinutes * minute
  const body = { ticket: before.id, counter: before.counter ?? "", keptUntil, subject: before.person }
  const fact = await tx.say(before.office, "ticket.absent", body)
  await tellAbsent(tx, before, keptUntil, fact)
  await letGo(tx, before.id)
  return change(tx, before, { state: "absent", keptUntil })
}

/** The agent thought better of the call: the ticket waits where it waited. Refuses `wrong_state`, `not_your_counter`. */
export async function callOff(tx: Tx, agent: Staff, ticketId: string): Promise<TicketRow> {
  const before = await ticketHere(tx, agent, ticketId)
  mustBe(before, "called")
  await mustBeAtHand(tx, agent, before)
  const { due, dueBy, returns } = before
  const said = { ticket: before.id, due, dueBy, returns, subject: before.person }
  const fact = await tx.say(before.office, "ticket.returned", said)
  await letGo(tx, before.id)
  return step(tx, agent, before, { ...uncalled, due, dueBy, returns, state: "waiting" }, fact)
}

/** The connection did not come back: set aside, so that the counter is free again. Refuses `wrong_state`. */
export async function cutOff(tx: Tx, before: TicketRow): Promise<TicketRow> {
  mustBe(before, "serving")
  const said = { ticket: before.id, counter: before.counter ?? "", subject: before.person }
  await tx.say(before.office, "ticket.parked", said)
  await letGo(tx, before.id)
  return change(tx, before, { state: "parked" })
}

/**
 * Back after the connection was lost and the agent went on with others: with the own place while it is kept, later with that of a walk-in
 * of this minute. Refuses `wrong_state`.
 */
export async function rejoin(tx: Tx, before: TicketRow, isKept: boolean): Promise<TicketRow> {
  mustBe(before, "parked", "absent")
  const { due, dueBy, returns } = before
  const parked = isKept ? { due, dueBy, returns } : { ...(await walkInPlace(tx, before)), returns }
  const place = before.state === "absent" ? await comeBack(tx, before) : parked
  await tx.say(before.office, "ticket.returned", { ticket: before.id, ...place, subject: before.person })
  return change(tx, before, { ...uncalled, ...place, state: "waiting" })
}

/** The office is late: whoever has waited past the booked time is first in the line now. Refuses `wrong_state`. */
export async function toFront(tx: Tx, before: TicketRow): Promise<TicketRow> {
  mustBe(before, "waiting")
  const head = await headOf(tx, before)
  const { dueBy, returns } = before
  const place = { due: head === null ? before.due : Math.min(before.due, head - 1), dueBy, returns }
  await tx.say(before.office, "ticket.returned", { ticket: before.id, ...place, subject: before.person })
  return change(tx, before, { ...uncalled, ...place, state: "waiting" })
}
