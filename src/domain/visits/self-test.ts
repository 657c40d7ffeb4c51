import { eq } from "drizzle-orm"
import { type DeviceResult, type NetworkResult, type VisitTestRow, visitTests } from "../../../db/schema/visits.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Citizen } from "../access/subject.ts"
import { ownVisit } from "./visits.ts"

/* What the person's device and network could do, so that the agent knows before ringing. */

export const deviceResults: readonly DeviceResult[] = ["ok", "denied", "missing", "busy", "failed", "untested"]
export const networkResults: readonly NetworkResult[] = ["direct", "relay", "blocked", "none", "untested"]

export type SelfTest = Omit<VisitTestRow, "thread" | "at">

/** Keeps the last results in place of those before. Refuses `invalid_field`, `not_found`. */
export async function keepTest(tx: Tx, citizen: Citizen, id: string, given: SelfTest): Promise<void> {
  const { camera, microphone, speaker, network, rttMilliseconds } = given
  for (const [field, result] of Object.entries({ camera, microphone, speaker })) {
    if (!deviceResults.includes(result)) throw new Refusal("invalid_field", { field })
  }
  if (!networkResults.includes(network)) throw new Refusal("invalid_field", { field: "network" })
  const isTime = rttMilliseconds === null || (Number.isInteger(rttMilliseconds) && rttMilliseconds >= 0)
  if (!isTime) throw new Refusal("invalid_field", { field: "rttMilliseconds" })
  const { row } = await ownVisit(tx, citizen, id)
  const results = { camera, microphone, speaker, network, rttMilliseconds, at: tx.now }
  await tx.db
    .insert(visitTests)
    .values({ thread: row.thread, ...results })
    .onConflictDoUpdate({ target: visitTests.thread, set: results })
  await tx.say(row.office, "visit.tested", { visit: id, camera, microphone, speaker, network })
}

/** `null` where nothing was tested. */
export async function testOf(store: Store, thread: string): Promise<VisitTestRow | null> {
  const [row] = await store.db.select().from(visitTests).where(eq(visitTests.thread, thread))
  return row ?? null
}
