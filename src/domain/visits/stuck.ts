import { eq } from "drizzle-orm"
import { visits } from "../../../db/schema/visits.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import { authorize } from "../access/authorize.ts"
import type { Staff } from "../access/subject.ts"
import { office } from "../offices/reads.ts"
import { callOff, cutOff, rejoin, toFront, unanswered } from "../queue/remote.ts"
import { finish, type Outcome } from "../queue/serving.ts"
import { letPeopleGo } from "./calls.ts"
import { tellLate } from "./notices.ts"
import { visitTimes } from "./times.ts"
import { pass, type Visit, visit } from "./visits.ts"

/** Why a supervisor ends a visit. The first two are the office's fault, and the person keeps the place at the front. */
export const stuckReasons = ["agent_away", "technical", "person_away", "finished"] as const
export type StuckReason = (typeof stuckReasons)[number]

const ours: readonly StuckReason[] = ["agent_away", "technical"]

/**
 * Ends a visit that hangs in a call, a ring or the writing up: the counter is free, everybody is out of the call, and the person is told.
 * Where it was the office's fault, they wait as the first in line; else a ring ends as unanswered, and a call with `outcome`.
 * Refuses `wrong_state` for a visit that only waits or is over, `not_found`, `forbidden`.
 */
export async function endStuck(
  tx: Tx,
  supervisor: Staff,
  id: string,
  { reason, outcome = "not_possible" }: { reason: StuckReason; outcome?: Outcome },
): Promise<Visit> {
  const found = await visit(tx, id)
  const { row, ticket, phase } = found
  authorize(supervisor, "room.end", await office(tx, row.office))
  if (ticket.state !== "called" && ticket.state !== "serving") throw new Refusal("wrong_state", { state: phase })
  const isOurs = ours.includes(reason)
  const said = { visit: id, by: supervisor.id, reason, ours: isOurs }
  await tx.say(row.office, "visit.ended_by_supervisor", { ...said, subject: row.person })
  if (isOurs) return toTheFront(tx, supervisor, found)
  if (ticket.state === "called") {
    const after = await unanswered(tx, ticket, visitTimes.keptMinutes)
    return { row: await pass(tx, found, "lobby", { by: supervisor.id, why: "ended" }), ticket: after, phase: "lobby" }
  }
  const after = await finish(tx, supervisor, id, { outcome })
  const over = await pass(tx, found, "over", { by: supervisor.id, why: "ended" })
  await letPeopleGo(tx, id, "over")
  return { row: over, ticket: after, phase: "over" }
}

async function toTheFront(tx: Tx, supervisor: Staff, found: Visit): Promise<Visit> {
  const { row, ticket } = found
  const waits =
    ticket.state === "called" ? await callOff(tx, supervisor, row.id) : await rejoin(tx, await cutOff(tx, ticket), true)
  const first = await toFront(tx, waits)
  await pass(tx, found, "lobby", { by: supervisor.id, why: "ended" })
  await letPeopleGo(tx, row.id, "waiting")
  const [after] = await tx.db.update(visits).set({ lateAt: tx.now }).where(eq(visits.id, row.id)).returning()
  await tx.say(row.office, "visit.late", { visit: row.id, since: tx.now, subject: row.person })
  await tellLate(tx, first)
  return { row: after ?? row, ticket: first, phase: "lobby" }
}
