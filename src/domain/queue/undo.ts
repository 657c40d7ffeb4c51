import type { TicketRow } from "../../../db/schema/queue.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Staff } from "../access/subject.ts"
import { bookingReopened } from "./booked.ts"
import { mustBeFree, ticketHere } from "./desk.ts"
import { untell } from "./notices.ts"
import { liveStates } from "./states.ts"
import { counter, letGo, liveTicketOf, put, take } from "./tickets.ts"

export const undoSeconds = 30

/**
 * Takes back the last step of an agent on a ticket: the ticket stands exactly as before, and a fact cancels the fact of the step, because
 * nothing that was said is ever unsaid. Once; what came before the last step stays.
 *
 * Refuses `nothing_to_undo` where the last change was no agent's step, `undo_too_late` after 30 seconds, `not_your_counter` for another
 * agent's step (a supervisor may undo any), `counter_busy` where the counter has somebody else in hand by now, `counter_closed`, and
 * `already_waiting` where the person has a new ticket by now.
 */
export async function undo(tx: Tx, agent: Staff, ticketId: string): Promise<TicketRow> {
  const now = await ticketHere(tx, agent, ticketId)
  const last = now.undo
  if (last === null) throw new Refusal("nothing_to_undo")
  if (last.by !== agent.id && agent.role !== "supervisor") {
    throw new Refusal("not_your_counter", { counter: now.counter })
  }
  if (tx.now > last.at + undoSeconds * 1000) throw new Refusal("undo_too_late", { seconds: undoSeconds })
  const { before } = last
  const live = liveStates.includes(before.state)
  if (live && !now.live && now.holder !== null && (await liveTicketOf(tx, now.day, now.holder))) {
    throw new Refusal("already_waiting")
  }

  await letGo(tx, now.id)
  if (before.state === "called" || before.state === "serving") await takeBack(tx, before.counter ?? "", now.id)
  const restored = await put(tx, now, { ...now, ...before, live, undo: null })
  if (live && !now.live) await bookingReopened(tx, restored)
  await untell(tx, now)
  const { note: _note, ...said } = before
  await tx.say(now.office, "ticket.undone", { ticket: now.id, cancels: last.fact, ...said, subject: now.person })
  return restored
}

async function takeBack(tx: Tx, counterId: string, ticketId: string): Promise<void> {
  const desk = await counter(tx, counterId)
  await mustBeFree(tx, desk)
  if (!(await take(tx, desk.id, ticketId))) throw new Refusal("counter_closed", { counter: desk.id })
}
