import type { CounterRow, TicketRow } from "../../../db/schema/queue.ts"
import type { Store } from "../../../db/store.ts"
import { Refusal } from "../../base/refusal.ts"
import { type Action, authorize } from "../access/authorize.ts"
import type { Citizen, Staff, Subject } from "../access/subject.ts"
import { bookingById } from "../bookings/reads.ts"
import { isOpenTo } from "../bookings/rules.ts"
import { type Office, office } from "../offices/reads.ts"
import { counter, counterOf, ticket } from "./tickets.ts"

/*
 * Who may do what at a counter: an agent in his own office, at his own counter, with the ticket in his own hand; a supervisor with any.
 */

/** The office, provided that this one may do this there. Refuses `forbidden`. */
export async function workplace(store: Store, by: Subject, action: Action, code: string): Promise<Office> {
  const here = await office(store, code)
  authorize(by, action, here)
  return here
}

/** The counter at which this agent sits. Refuses `counter_closed` where nobody does and `not_your_counter` where somebody else does. */
export async function ownCounter(store: Store, agent: Staff, counterId: string): Promise<CounterRow> {
  const desk = await counter(store, counterId)
  await workplace(store, agent, "counter.run", desk.office)
  if (desk.state === "closed") throw new Refusal("counter_closed", { counter: desk.id })
  if (desk.staff !== agent.id) throw new Refusal("not_your_counter", { counter: desk.id })
  return desk
}

/** The counter in this office at which the agent sits. Refuses `no_counter`. */
export async function seatOf(store: Store, agent: Staff, officeCode: string): Promise<CounterRow> {
  const desk = await counterOf(store, agent.id)
  if (!desk || desk.office !== officeCode) throw new Refusal("no_counter")
  return desk
}

/** Refuses `counter_busy`, with the ticket in hand, where the counter has one. */
export async function mustBeFree(store: Store, desk: CounterRow): Promise<void> {
  if (desk.ticket === null) return
  const { id, number, state } = await ticket(store, desk.ticket)
  throw new Refusal("counter_busy", { counter: desk.id, ticket: { id, number, state } })
}

/** The ticket, provided that it is in this agent's office. Refuses `not_found`, also for a ticket of elsewhere. */
export async function ticketHere(store: Store, agent: Staff, ticketId: string): Promise<TicketRow> {
  authorize(agent, "ticket.serve")
  const row = await ticket(store, ticketId)
  await workplace(store, agent, "ticket.serve", row.office)
  return row
}

/** Refuses `not_your_counter` unless the ticket is, or was last, at this agent's counter. A supervisor may act at any. */
export async function mustBeAtHand(store: Store, agent: Staff, row: TicketRow): Promise<void> {
  if (agent.role === "supervisor" || row.counter === null) return
  const desk = await counter(store, row.counter)
  if (desk.staff !== agent.id) throw new Refusal("not_your_counter", { counter: desk.id, number: desk.number })
}

/** Whoever asks for a ticket on somebody's behalf or on their own: a signed-in subject, or the bearer of the ticket's own link. */
export type Bearer = Subject | "bearer"

/**
 * The ticket, provided that this one may act for its holder: the holder, the bearer of its link, the staff of its office. A kiosk may read it.
 * Refuses `not_found`, so that nobody learns of a ticket that is not theirs.
 */
export async function heldTicket(
  store: Store,
  by: Bearer,
  ticketId: string,
  action: "ticket.read" | "ticket.steer" = "ticket.steer",
): Promise<TicketRow> {
  if (by === "bearer") return ticket(store, ticketId)
  authorize(by, action)
  const row = await ticket(store, ticketId)
  authorize(by, action, by.role === "citizen" ? await ticketOfWhom(store, by, row) : await office(store, row.office))
  return row
}

/**
 * Whose a ticket is to this citizen: its holder's. Whoever came in without an account opens what came of a booking made without one, and
 * what was taken in the hall, as with bookings; of any other they see the number, where and when, and say nothing for its holder.
 */
export async function ticketOfWhom(
  store: Store,
  { id, level }: Pick<Citizen, "id" | "level">,
  row: TicketRow,
): Promise<{ person: string | null }> {
  if (row.person !== id || level === "full") return { person: row.person }
  // A next step in another line bears no booking of its own.
  let first = row
  while (first.booking === null && first.cameFrom !== null) first = await ticket(store, first.cameFrom)
  const booking = first.booking === null ? null : await bookingById(store, first.booking)
  return { person: booking === null || isOpenTo(level, booking.madeBy) ? id : null }
}
