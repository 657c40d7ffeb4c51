import { eq, inArray } from "drizzle-orm"
import { participants, visitMessages, visits, visitTests } from "../../../db/schema/visits.ts"
import type { Tx } from "../../../db/write.ts"

/*
 * What is kept of video visits, as far as it is somebody's: how it goes when its time is over, or its person is erased.
 */

type Old = Pick<typeof visits.$inferSelect, "id" | "thread">

/** Deletes these visits and everything that was said, tested and shown in them. */
export async function dropVisits(tx: Tx, old: readonly Old[]): Promise<void> {
  const ids = old.map(({ id }) => id)
  await tx.db.delete(participants).where(inArray(participants.visit, ids))
  await tx.db.delete(visits).where(inArray(visits.id, ids))
  for (const { thread } of old) {
    // What was written goes with the last visit of its thread.
    const [other] = await tx.db.select({ id: visits.id }).from(visits).where(eq(visits.thread, thread)).limit(1)
    if (other) continue
    await tx.db.delete(visitMessages).where(eq(visitMessages.thread, thread))
    await tx.db.delete(visitTests).where(eq(visitTests.thread, thread))
  }
}

/** Deletes the visits of a person; in those of others the person was somebody whom nothing names any more. */
export async function dropVisitsOf(tx: Tx, person: string): Promise<void> {
  const own = await tx.db.select({ id: visits.id, thread: visits.thread }).from(visits).where(eq(visits.person, person))
  await dropVisits(tx, own)
  await tx.db.update(participants).set({ subject: null, nameSealed: null }).where(eq(participants.subject, person))
}
