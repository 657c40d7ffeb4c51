import { and, asc, desc, eq, inArray, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { identityChecks, identityPictures, identitySteps, visitFiles } from "../../../db/schema/identity.ts"
import {
  recordingChunks,
  recordingGaps,
  recordingReviews,
  recordingSegments,
  visitConsents,
} from "../../../db/schema/recordings.ts"
import { participants, visitKeys, visitMessages, visits, visitTests } from "../../../db/schema/visits.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { PersonKey } from "../../base/seal.ts"

/*
 * What is kept of video visits, as far as it is somebody's: how it goes when its time is over, or its person is erased.
 */

type Old = Pick<typeof visits.$inferSelect, "id" | "thread">

/** The visits of a person, with what was written in them in clear: for the person's own data. */
export async function videoVisitsOf({ db }: Store, person: string, key: PersonKey) {
  const rows = await db.select().from(visits).where(eq(visits.person, person)).orderBy(desc(visits.openedAt))
  const threads = [...new Set(rows.map(({ thread }) => thread))]
  const written = await db
    .select()
    .from(visitMessages)
    .where(inArray(visitMessages.thread, threads))
    .orderBy(asc(visitMessages.at))
  const given = await db
    .select()
    .from(visitFiles)
    .where(inArray(visitFiles.thread, threads))
    .orderBy(asc(visitFiles.at), asc(visitFiles.id))
  const checks = await db
    .select()
    .from(identityChecks)
    .where(
      inArray(
        identityChecks.visit,
        rows.map(({ id }) => id),
      ),
    )
    .orderBy(asc(identityChecks.drawnAt))
  const steps = await db
    .select()
    .from(identitySteps)
    .where(
      inArray(
        identitySteps.check,
        checks.map(({ id }) => id),
      ),
    )
    .orderBy(asc(identitySteps.place), asc(identitySteps.turn))
  const pictures = await db.select().from(identityPictures).where(inArray(identityPictures.thread, threads))
  const tested = await db.select().from(visitTests).where(inArray(visitTests.thread, threads))
  const answered = await db
    .select()
    .from(visitConsents)
    .where(and(inArray(visitConsents.thread, threads), eq(visitConsents.subject, person)))
  const recorded = await db.select().from(recordingSegments).where(eq(recordingSegments.person, person))
  return rows.map(({ id, office, phase, openedAt, overAt, unanswered, lateAt, noteSealed, wordSealed, thread }) => ({
    ...{ id, office, phase, openedAt, overAt, unanswered, lateAt },
    word: wordSealed === null ? null : key.open("visit.word", wordSealed),
    note: noteSealed === null ? null : key.open("visit.note", noteSealed),
    messages: written
      .filter((one) => one.thread === thread && (one.heardBy?.includes(person) ?? true))
      .map(({ senderKind, textSealed, at }) => ({ senderKind, text: key.open("visit_message.text", textSealed), at })),
    files: given
      .filter((one) => one.thread === thread)
      .map(({ senderKind, nameSealed, type, bytes, sha256, at }) => {
        return { senderKind, name: key.open("visit_file.name", nameSealed), type, bytes, sha256, at }
      }),
    checks: checks
      .filter((one) => one.visit === id)
      .map(({ id: check, kind, state, drawnAt, endedAt, lapsed, lapsedAt, second, secondAt }) => ({
        ...{ kind, state, drawnAt, endedAt, lapsed, lapsedAt, second, secondAt },
        steps: steps
          .filter((one) => one.check === check)
          .map(({ kind: step, result, noteSealed, at }) => {
            return { step, result, note: noteSealed && key.open("identity_step.note", noteSealed), at }
          }),
        pictures: pictures
          .filter((one) => one.check === check)
          .map(({ side, sha256, bytes, at }) => ({ side, sha256, bytes, at })),
      })),
    tests: tested.filter((one) => one.thread === thread).map(({ thread: _thread, ...test }) => test),
    consents: answered
      .filter((one) => one.thread === thread)
      .map(({ state, version, lang, at }) => ({ state, version, lang, at })),
    recordings: recorded
      .filter((one) => one.visit === id)
      .map(({ what, startedAt, heldUntil, bytes }) => ({ what, startedAt, heldUntil, bytes })),
  }))
}

/** Deletes these visits and everything that was said, tested and shown in them. */
export async function dropVisits(tx: Tx, old: readonly Old[]): Promise<void> {
  const ids = old.map(({ id }) => id)
  const checks = tx.db.select({ id: identityChecks.id }).from(identityChecks).where(inArray(identityChecks.visit, ids))
  await tx.db.delete(identityPictures).where(inArray(identityPictures.check, checks))
  await tx.db.delete(identitySteps).where(inArray(identitySteps.check, checks))
  await tx.db.delete(identityChecks).where(inArray(identityChecks.visit, ids))
  await tx.db.delete(visitFiles).where(inArray(visitFiles.visit, ids))
  await tx.db.delete(participants).where(inArray(participants.visit, ids))
  await tx.db.delete(visits).where(inArray(visits.id, ids))
  for (const { thread } of old) {
    // What was written goes with the last visit of its thread.
    const [other] = await tx.db.select({ id: visits.id }).from(visits).where(eq(visits.thread, thread)).limit(1)
    if (other) continue
    await tx.db.delete(visitMessages).where(eq(visitMessages.thread, thread))
    await tx.db.delete(visitTests).where(eq(visitTests.thread, thread))
    await tx.db.delete(visitConsents).where(eq(visitConsents.thread, thread))
    // A recording may be kept for longer, and its key with it.
    const [kept] = await tx.db
      .select({ id: recordingSegments.id })
      .from(recordingSegments)
      .where(eq(recordingSegments.thread, thread))
      .limit(1)
    if (!kept) await tx.db.delete(visitKeys).where(eq(visitKeys.thread, thread))
  }
}

/** Deletes what is kept of the recordings of these threads. Of each segment a fact stays: what it was, without what was in it. */
export async function dropRecordings(tx: Tx, threads: readonly string[], why: "time" | "erased"): Promise<void> {
  const all = await tx.db
    .select()
    .from(recordingSegments)
    .where(inArray(recordingSegments.thread, [...threads]))
  for (const { id: segment, visit, head, bytes, chunks, class: kind, startedAt, person } of all) {
    await tx.db.delete(recordingChunks).where(eq(recordingChunks.segment, segment))
    const said = { visit, segment, head, bytes, chunks, class: kind, startedAt, why }
    await tx.say(accountsStream, "recording.deleted", { ...said, subject: person })
  }
  for (const table of [recordingSegments, recordingGaps, recordingReviews]) {
    await tx.db.delete(table).where(inArray(table.thread, [...threads]))
  }
}

/** Deletes the visits of a person; in those of others the person was somebody whom nothing names any more. */
export async function dropVisitsOf(tx: Tx, person: string): Promise<void> {
  const own = await tx.db.select({ id: visits.id, thread: visits.thread }).from(visits).where(eq(visits.person, person))
  const recorded = await tx.db
    .selectDistinct({ thread: recordingSegments.thread })
    .from(recordingSegments)
    .where(eq(recordingSegments.person, person))
  await dropRecordings(
    tx,
    recorded.map(({ thread }) => thread),
    "erased",
  )
  await dropVisits(tx, own)
  for (const { thread } of recorded) await tx.db.delete(visitKeys).where(eq(visitKeys.thread, thread))
  await tx.db
    .update(visitConsents)
    .set({ subject: sql`${visitConsents.participant}` })
    .where(eq(visitConsents.subject, person))
  await tx.db
    .update(participants)
    .set({ subject: null, nameSealed: null, session: null })
    .where(eq(participants.subject, person))
}
