import { eq } from "drizzle-orm"
import { type ParticipantRow, type ParticipantState, visits } from "../../../db/schema/visits.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import type { Staff } from "../access/subject.ts"
import { personKey } from "../people/sealed.ts"
import { cutOff, rejoin, toFront } from "../queue/remote.ts"
import { finish, type Outcome } from "../queue/serving.ts"
import { ticket as ticketOf } from "../queue/tickets.ts"
import { type Transferring, transfer } from "../queue/transfer.ts"
import { tellInterrupted, tellLate, untell } from "./notices.ts"
import { mustBeIn, talking } from "./phases.ts"
import { visitLimits, visitTimes } from "./times.ts"
import { change, pass, roster, seatAgent, type Visit, visitAtHand, visitOf } from "./visits.ts"

/*
 * What an agent does with a call. Who is held is really cut off: their state says so, the wire refuses every signal to and from them, and
 * both pages close the connection.
 */

/**
 * The person waits while the agent looks something up; agent and interpreter may go on talking. Refuses `wrong_state`,
 * `not_your_counter`, `not_found`.
 */
export async function hold(tx: Tx, agent: Staff, id: string): Promise<Visit> {
  const found = await visitAtHand(tx, agent, id)
  mustBeIn(found.phase, ...talking)
  for (const one of await roster(tx, id)) {
    if (one.kind === "citizen" || one.kind === "guardian") await set(tx, one, ["admitted"], "held")
    else await set(tx, one, ["held"], "admitted")
  }
  return { ...found, row: await pass(tx, found, "hold", { by: agent.id }), phase: "hold" }
}

/**
 * The agent and one other talk alone; everybody else is held. Refuses `not_found` for who is not in the call, `wrong_state`,
 * `not_your_counter`.
 */
export async function talkPrivately(tx: Tx, agent: Staff, id: string, participant: string): Promise<Visit> {
  const found = await visitAtHand(tx, agent, id)
  mustBeIn(found.phase, ...talking)
  const all = await roster(tx, id)
  const other = all.find((one) => one.id === participant && one.kind !== "agent" && isIn(one))
  if (!other) throw new Refusal("not_found", { what: "participant" })
  for (const one of all) {
    if (one === other || one.kind === "agent") await set(tx, one, ["held"], "admitted")
    else await set(tx, one, ["admitted"], "held")
  }
  const row = await pass(tx, found, "private", { by: agent.id, privateWith: participant })
  return { ...found, row, phase: "private" }
}

/**
 * Everybody talks again: after a hold, a private talk, an interruption, a talk that was ended too early, or where an undo has brought the
 * ticket back. Who was gone and is back is let in again by this and not before. Refuses `wrong_state`, also while the person has not come
 * back, `not_your_counter`.
 */
export async function resume(tx: Tx, agent: Staff, id: string): Promise<Visit> {
  const found = await visitAtHand(tx, agent, id)
  mustBeServing(found)
  const before = await roster(tx, id)
  const person = before.find((one) => one.kind === "citizen")
  // Said to be in the call, and not: the ticket was brought back, and the visit as it was written last knows better.
  const isBrought = found.phase === "call" && person !== undefined && !isIn(person)
  if (!isBrought) mustBeIn(found.phase, "hold", "private", "interrupted", "wrapUp")
  const was = isBrought ? { ...found, phase: "lobby" as const } : found
  const isBack = (one: ParticipantRow) => isIn(one) || one.presence === "online"
  if (person && !isBack(person)) throw new Refusal("wrong_state", { state: "gone", participant: person.id })
  await seatAgent(tx, found, agent.id)
  for (const one of await roster(tx, id)) {
    const states = one.kind === "citizen" ? anyState : heldOrGone
    if (isBack(one)) await set(tx, one, states, "admitted")
  }
  if (found.phase === "interrupted") await untell(tx, id)
  return { ...found, row: await pass(tx, was, "call", { by: agent.id }), phase: "call" }
}

/**
 * Somebody's connection did not come back in time. In a two-sided call nobody is left to talk with, whoever's fault it is; a third one who
 * leaves changes nothing of the phase. Media must not come back by itself: who is gone is let in again by the agent.
 */
export async function interrupt(tx: Tx, found: Visit, gone: ParticipantRow): Promise<Visit> {
  await set(tx, gone, ["admitted", "held"], "gone")
  const ends = (gone.kind === "citizen" || gone.kind === "agent") && talking.includes(found.phase)
  if (!ends) return found
  const row = await pass(tx, found, "interrupted", { by: "time", why: `${gone.kind}_gone` })
  if (gone.kind === "citizen") await tellInterrupted(tx, row)
  return { ...found, row, phase: "interrupted" }
}

/** The agent does not wait for who was cut off: the counter is free, the visit is kept. Refuses `wrong_state`, `not_your_counter`. */
export async function goOnWithOthers(tx: Tx, agent: Staff, id: string): Promise<Visit> {
  const found = await visitAtHand(tx, agent, id)
  mustBeIn(found.phase, "interrupted")
  mustBeServing(found)
  await letPeopleGo(tx, id, "away")
  return { ...found, ticket: await cutOff(tx, found.ticket) }
}

/** The talk is over and the citizen gone; the agent writes down what came of it. Refuses `wrong_state`, `not_your_counter`. */
export async function hangUp(tx: Tx, agent: Staff, id: string): Promise<Visit> {
  const found = await visitAtHand(tx, agent, id)
  return wrapUp(tx, found, { by: agent.id })
}

/** The person ends the call; the agent writes down what came of it. Refuses `wrong_state`. */
export async function leaveTalk(tx: Tx, found: Visit, citizen: string): Promise<Visit> {
  mustBeServing(found)
  return wrapUp(tx, found, { by: citizen, why: "citizen_left" })
}

async function wrapUp(tx: Tx, found: Visit, why: { by: string; why?: string }): Promise<Visit> {
  const row = await pass(tx, found, "wrapUp", why)
  await letPeopleGo(tx, row.id, "wrapUp")
  return { ...found, row, phase: "wrapUp" }
}

/** The visit is over, with what came of it; also straight from the call. Refuses `wrong_state`, `not_your_counter`. */
export async function end(
  tx: Tx,
  agent: Staff,
  id: string,
  { outcome, note = null }: { outcome: Outcome; note?: string | null },
): Promise<Visit> {
  const found = await visitAtHand(tx, agent, id)
  const ticket = await finish(tx, agent, id, { outcome, note })
  const row = await pass(tx, found, "over", { by: agent.id })
  await letPeopleGo(tx, id, "over")
  return { row, ticket, phase: "over" }
}

export interface SendingOn extends Transferring {
  /** For the next agent, who sees by whom the person was sent. At most 2,000 letters. */
  note?: string | null
  /** For whom it is meant, where it is for somebody. */
  forAgent?: string | null
}

/**
 * To another service, office or agent: time of arrival, what was written and tested, and the note go along. To another office a new visit
 * goes on there, whose id is answered; the turn's scopes name both. Refuses what `transfer` refuses, and `invalid_field` for the note.
 */
export async function sendOn(tx: Tx, keys: Keys, agent: Staff, id: string, to: SendingOn): Promise<Visit> {
  const found = await visitAtHand(tx, agent, id)
  const { note = null, forAgent = null, ...transferring } = to
  if (note !== null && note.length > visitLimits.textLength) throw new Refusal("invalid_field", { field: "note" })
  const key = note === null ? null : await personKey(tx, keys, found.row.person)
  const noteSealed = key && note !== null ? key.seal("visit.note", note, tx.chance) : null
  await tx.db.update(visits).set({ sentBy: agent.id, forAgent, noteSealed }).where(eq(visits.id, id))
  const ticket = await transfer(tx, agent, id, transferring)
  const isElsewhere = ticket.id !== id
  await letPeopleGo(tx, id, isElsewhere ? "over" : "waiting")
  if (found.phase !== "lobby" || isElsewhere) {
    await pass(tx, found, isElsewhere ? "over" : "lobby", { by: agent.id, why: "sent_on" })
  }
  const said = { visit: id, to: ticket.id, by: agent.id, forAgent, subject: found.row.person }
  await tx.say(found.row.office, "visit.sent_on", said)
  const after = await visitOf(tx, ticket)
  if (!after) throw new Refusal("target_closed", { office: ticket.office })
  return after
}

/** What the time has ended: everybody leaves. */
export async function close(tx: Tx, found: Visit, why: string): Promise<void> {
  if (found.row.phase === "over") return
  const { row } = found
  // The ticket is over already, so the phase that is left is the one that was written.
  await pass(tx, { ...found, phase: row.phase }, "over", { by: "time", why })
  await letPeopleGo(tx, row.id, "over")
}

/** The desk has taken the ticket out of the call: whoever talked in it talks no more, and the person waits. */
export async function endTalk(tx: Tx, found: Visit): Promise<void> {
  await pass(tx, { ...found, phase: found.row.phase }, "lobby", { by: "time", why: "desk" })
  await letPeopleGo(tx, found.row.id, "waiting")
}

/**
 * The agent is gone and the person is there: that is the office's fault, and the person is first in line for any other agent. Answers
 * whether it is so.
 */
export async function leftAlone(tx: Tx, found: Visit): Promise<boolean> {
  const { row } = found
  const all = await roster(tx, row.id)
  const isThere = (kind: ParticipantRow["kind"]) => all.some((one) => one.kind === kind && one.presence === "online")
  if (!isThere("citizen") || isThere("agent") || tx.now < row.since + visitTimes.agentBack) return false
  await toFront(tx, await rejoin(tx, await cutOff(tx, found.ticket), true))
  await pass(tx, found, "lobby", { by: "time", why: "agent_gone" })
  await letPeopleGo(tx, row.id, "waiting")
  await tx.db.update(visits).set({ lateAt: tx.now }).where(eq(visits.id, row.id))
  await tx.say(row.office, "visit.late", { visit: row.id, since: row.since, subject: row.person })
  await tellLate(tx, found.ticket)
  return true
}

/**
 * Nobody talks any more. `over`: all leave. `wrapUp`: all but the agent, who has still to write down what came of it. `waiting`: the office
 * leaves, and the person and who came along wait again. `away`: the office leaves, and whoever was there is gone until they come back.
 */
export async function letPeopleGo(tx: Tx, id: string, whereTo: "over" | "wrapUp" | "waiting" | "away"): Promise<void> {
  for (const one of await roster(tx, id)) {
    const isOffice = one.kind === "agent" || one.kind === "supervisor"
    const leaves = whereTo === "over" || (whereTo === "wrapUp" ? one.kind !== "agent" : isOffice)
    if (leaves) await leave(tx, one)
    else if (whereTo !== "wrapUp") await set(tx, one, ["admitted", "held"], whereTo === "waiting" ? "invited" : "gone")
  }
}

/** An interruption lasted too long: the counter is free, and the person may come back as long as the office is open. */
export async function giveUpWaiting(tx: Tx, found: Visit): Promise<void> {
  await letPeopleGo(tx, found.row.id, "away")
  await cutOff(tx, await ticketOf(tx, found.row.id))
}

function mustBeServing({ ticket }: Visit): void {
  if (ticket.state !== "serving") throw new Refusal("wrong_state", { state: ticket.state })
}

const isIn = ({ state }: ParticipantRow) => state === "admitted" || state === "held"
const heldOrGone = ["held", "gone"] as const satisfies ParticipantState[]
const anyState = ["invited", ...heldOrGone] as const satisfies ParticipantState[]

async function leave(tx: Tx, one: ParticipantRow): Promise<void> {
  if (one.state !== "gone") await change(tx, one, { state: "gone", leftAt: tx.now })
}

async function set(
  tx: Tx,
  one: ParticipantRow,
  from: readonly ParticipantState[],
  to: ParticipantState,
): Promise<void> {
  if (from.includes(one.state)) await change(tx, one, { state: to })
}
