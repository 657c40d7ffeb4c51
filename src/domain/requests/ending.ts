import type { TicketRow } from "../../../db/schema/queue.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import type { Staff } from "../access/subject.ts"
import * as serving from "../queue/serving.ts"
import * as sending from "../queue/transfer.ts"
import * as queue from "../queue/undo.ts"
import * as calls from "../visits/calls.ts"
import * as stuck from "../visits/stuck.ts"
import type { Visit } from "../visits/visits.ts"
import { bringBack, isOpen, requestsIn, withdrawLeft } from "./requests.ts"

/*
 * A visit that is ended with a service begun in it. What is open is given up by that, and not by a slip. Each of these does first what it is
 * for, so that whoever may not do it, or cannot now, is told that and nothing of what is open; what is refused after it leaves nothing of it.
 */

interface Confirmed {
  /** What was said to be given up: these requests, of which somebody was asked, or whatever is open. Nothing, where it is left out. */
  confirmed?: readonly string[] | boolean
}

export interface Result extends Confirmed {
  outcome: serving.Outcome
  note?: string | null
}

/** Ends a visit. Refuses what `calls.end` refuses, then `unfinished_request` with the ids and services of what is open, unless `confirmed`. */
export async function end(tx: Tx, agent: Staff, id: string, { confirmed = false, ...result }: Result): Promise<Visit> {
  const after = await calls.end(tx, agent, id, result)
  await giveUp(tx, agent, id, confirmed)
  return after
}

/** Finishes with a ticket, of a visit or not, as `serving.finish` does, then refuses as `end`. */
export async function finish(
  tx: Tx,
  agent: Staff,
  id: string,
  { confirmed = false, ...result }: Result,
): Promise<TicketRow> {
  const after = await serving.finish(tx, agent, id, result)
  await giveUp(tx, agent, id, confirmed)
  return after
}

/** Sends a person on, as `calls.sendOn` does. To another office that ends the visit here, and refuses as `end`. */
export async function sendOn(
  tx: Tx,
  keys: Keys,
  agent: Staff,
  id: string,
  { confirmed = false, ...to }: calls.SendingOn & Confirmed,
): Promise<Visit> {
  const after = await calls.sendOn(tx, keys, agent, id, to)
  if (after.row.id !== id) await giveUp(tx, agent, id, confirmed)
  return after
}

/** Sends a ticket on, of a visit or not, as `transfer` of the queue does, and refuses as `sendOn`. */
export async function transfer(
  tx: Tx,
  agent: Staff,
  id: string,
  { confirmed = false, ...to }: sending.Transferring & Confirmed,
): Promise<TicketRow> {
  const after = await sending.transfer(tx, agent, id, to)
  if (after.id !== id) await giveUp(tx, agent, id, confirmed)
  return after
}

/** Ends a visit that hangs, as `stuck.endStuck` does: the supervisor has read that what is open goes with a visit that is over by it. */
export async function endStuck(
  tx: Tx,
  supervisor: Staff,
  id: string,
  how: Parameters<typeof stuck.endStuck>[3],
): Promise<Visit> {
  const after = await stuck.endStuck(tx, supervisor, id, how)
  if (after.phase === "over") await giveUp(tx, supervisor, id, true)
  return after
}

/** Takes back the last step, as `undo` of the queue does: what was given up with the visit is open again. */
export async function undo(tx: Tx, agent: Staff, id: string): Promise<TicketRow> {
  const after = await queue.undo(tx, agent, id)
  await bringBack(tx, id, agent.id)
  return after
}

async function giveUp(tx: Tx, agent: Staff, visit: string, confirmed: readonly string[] | boolean): Promise<void> {
  const left = (await requestsIn(tx, visit)).filter(isOpen)
  if (left.length === 0) return
  const isSaid = typeof confirmed === "boolean" ? confirmed : left.every(({ id }) => confirmed.includes(id))
  if (isSaid) return withdrawLeft(tx, visit, agent.id)
  throw new Refusal("unfinished_request", {
    visit,
    requests: left.map(({ id }) => id),
    services: left.map(({ service }) => service),
  })
}
