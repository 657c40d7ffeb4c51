import type { TicketRow, TicketState } from "../../../db/schema/queue.ts"
import { Refusal } from "../../base/refusal.ts"

/**
 * Every move that a ticket can make, and nothing else.
 *
 * - `called → parked` is left out on purpose: who has not come to the counter is absent, not set aside.
 * - `absent → left` and `parked → left` happen when the holder goes home and when the session ends.
 * - `served → serving` and the like do not stand here: an undo puts the ticket back as it was, it is not a move.
 */
export const moves = {
  early: ["waiting", "left"],
  waiting: ["called", "away", "left", "waiting", "transferred"],
  away: ["waiting", "left"],
  called: ["serving", "waiting", "absent", "left", "transferred"],
  serving: ["served", "parked", "waiting", "left", "transferred"],
  parked: ["waiting", "called", "left"],
  absent: ["waiting", "left"],
  served: [],
  left: [],
  transferred: [],
} as const satisfies Record<TicketState, readonly TicketState[]>

/** States in which a person is still waiting for something from this office today. */
export const liveStates = Object.keys(moves).filter(
  (state) => moves[state as TicketState].length > 0,
) as readonly TicketState[]

/** Of these the states in which the person's time has come and nobody has them in hand. */
export const passedOver: readonly TicketState[] = ["waiting", "away", "absent", "parked"]

export function mayMove(from: TicketState, to: TicketState): boolean {
  return (moves[from] as readonly TicketState[]).includes(to)
}

/** Refuses `wrong_state`, naming the state that was found, unless the ticket is in one of `states`. */
export function mustBe(ticket: TicketRow, ...states: TicketState[]): void {
  if (!states.includes(ticket.state)) throw wrongState(ticket)
}

/** Refuses `wrong_state` unless the table allows the move. */
export function mustMove(ticket: TicketRow, to: TicketState): void {
  if (!mayMove(ticket.state, to)) throw wrongState(ticket)
}

function wrongState(ticket: TicketRow): Refusal {
  return new Refusal("wrong_state", { state: ticket.state, counter: ticket.counter })
}
