import { eq, sql } from "drizzle-orm"
import type { TicketRow } from "../../../db/schema/queue.ts"
import { visits } from "../../../db/schema/visits.ts"
import type { Tx } from "../../../db/write.ts"
import type { Citizen, Staff } from "../access/subject.ts"
import { callThis, next, recall } from "../queue/calling.ts"
import { ticketHere } from "../queue/desk.ts"
import { answered, callOff, ringAgain, unanswered } from "../queue/remote.ts"
import { counter } from "../queue/tickets.ts"
import { mustBeIn } from "./phases.ts"
import { visitTimes } from "./times.ts"
import { change, ownVisit, pass, roster, seatAgent, type Visit, visit, visitAtHand, visitOf } from "./visits.ts"

/*
 * Calling somebody who sits before a camera. A ring is the ticket's call: `calls` counts the rings and `calledAt` says when the last one
 * began, so the desk may call as it always does.
 */

/** Until when this ring waits for an answer; `null` where nobody rings. */
export function ringUntil({ state, calledAt }: Pick<TicketRow, "state" | "calledAt">): number | null {
  return state === "called" && calledAt !== null ? calledAt + visitTimes.ring : null
}

/** Rings for the next person of the counter's lines; `null` where nobody waits. Refuses what `next` refuses. */
export async function ringNext(tx: Tx, agent: Staff, counterId: string): Promise<Visit | null> {
  const ticket = await next(tx, agent, counterId)
  return ticket && ringing(tx, ticket, agent)
}

/**
 * Rings for this person and nobody else. Of two agents who ask in the same instant one gets the person; the other is refused
 * `wrong_state` with the counter that did. Refuses what `callThis` refuses.
 */
export async function ring(tx: Tx, agent: Staff, id: string, counterId?: string): Promise<Visit | null> {
  return ringing(tx, await callThis(tx, agent, id, counterId), agent)
}

/** Rings once more before the time is up. Refuses `wrong_state`, `not_your_counter`. */
export async function ringOnceMore(tx: Tx, agent: Staff, id: string): Promise<TicketRow> {
  return recall(tx, agent, id)
}

/** Somebody was about to ring and did not: nothing has happened to the person, and that it was so is kept. Refuses `not_found`. */
export async function leaveWaiting(tx: Tx, agent: Staff, id: string): Promise<void> {
  await ticketHere(tx, agent, id)
  const { row } = await visit(tx, id)
  await tx.say(row.office, "visit.not_rung", { visit: id, by: agent.id })
}

/** It was the wrong person: nobody has been called, and the place is as it was. Refuses `wrong_state`, `not_your_counter`. */
export async function ringOff(tx: Tx, agent: Staff, id: string): Promise<Visit> {
  const found = await visitAtHand(tx, agent, id)
  const ticket = await callOff(tx, agent, id)
  const row = await toLobby(tx, found, agent.id, "called_off")
  await tx.say(row.office, "visit.called_off", { visit: id, by: agent.id })
  return { row, ticket, phase: "lobby" }
}

/**
 * The citizen answers: the ticket is being served, both are admitted, the call begins. A second answer, from another window, changes
 * nothing. Refuses `wrong_state` when nobody rings any more, `not_found`.
 */
export async function answer(tx: Tx, citizen: Citizen, id: string): Promise<Visit> {
  const found = await ownVisit(tx, citizen, id)
  if (found.phase === "call") return found
  mustBeIn(found.phase, "ringing")
  const ticket = await answered(tx, found.ticket)
  const { staff } = await counter(tx, ticket.counter ?? "")
  if (staff !== null) await seatAgent(tx, found, staff)
  for (const one of await roster(tx, id)) {
    if (one.kind === "citizen")
      await change(tx, one, { state: "admitted", joinedAt: one.joinedAt ?? tx.now, leftAt: null })
    // Left over from a call that the desk has ended: another agent's talk is nobody's who was in the one before.
    else if (one.kind === "agent" && one.subject !== staff) await change(tx, one, { state: "gone", leftAt: tx.now })
    else if (one.kind !== "agent" && one.state !== "gone") await change(tx, one, { state: "invited" })
  }
  return { row: await pass(tx, found, "call", { by: citizen.id }), ticket, phase: "call" }
}

/**
 * A ring ran out: the second one rings by itself; after it nobody is there, the counter is free, and the place at the front is kept for
 * five minutes. A step of the clock; answers what it came to, `null` where the ring still waits.
 */
export async function ringRanOut(tx: Tx, found: Visit): Promise<"rang" | "no_answer" | null> {
  const until = ringUntil(found.ticket)
  if (until === null || tx.now < until) return null
  if (found.ticket.calls < visitTimes.rings) {
    await ringAgain(tx, found.ticket)
    return "rang"
  }
  await keepPlace(tx, found, "time")
  return "no_answer"
}

/**
 * The citizen cannot answer now and says so: the counter is free at once, and the place is kept as if nobody had been there. Refuses
 * `wrong_state` when nobody rings any more, `not_found`.
 */
export async function putOff(tx: Tx, citizen: Citizen, id: string): Promise<void> {
  const found = await ownVisit(tx, citizen, id)
  mustBeIn(found.phase, "ringing")
  await keepPlace(tx, found, citizen.id)
}

async function keepPlace(tx: Tx, found: Visit, by: string): Promise<void> {
  await unanswered(tx, found.ticket, visitTimes.keptMinutes)
  await tx.db
    .update(visits)
    .set({ unanswered: sql`${visits.unanswered} + 1` })
    .where(eq(visits.id, found.row.id))
  await toLobby(tx, found, by, "no_answer")
  const said = { visit: found.row.id, rings: found.ticket.calls, subject: found.row.person }
  await tx.say(found.row.office, "visit.no_answer", said)
}

async function ringing(tx: Tx, ticket: TicketRow, agent: Staff): Promise<Visit | null> {
  const found = await visitOf(tx, ticket)
  if (!found) return null
  // The ticket was called a line above; what the visit had written is from before.
  const row = await pass(tx, { ...found, phase: "lobby" }, "ringing", { by: agent.id })
  return { row, ticket, phase: "ringing" }
}

/** Back where one waits: only who was admitted by the call that is over is asked to wait again. */
async function toLobby(tx: Tx, found: Visit, by: string, why: string) {
  return pass(tx, found, "lobby", { by, why })
}
