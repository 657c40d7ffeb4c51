import { and, eq, sql } from "drizzle-orm"
import { alias } from "drizzle-orm/sqlite-core"
import { identityPictures, visitFiles } from "../../../../db/schema/identity.ts"
import { recordingSegments } from "../../../../db/schema/recordings.ts"
import { visitKeys, visits } from "../../../../db/schema/visits.ts"
import type { Store } from "../../../../db/store.ts"
import type { Tx } from "../../../../db/write.ts"
import { hour, type Instant } from "../../../base/day.ts"
import { madeAt } from "../../../base/id.ts"
import { notHeld } from "../../people/legal-holds.ts"
import { records } from "../../people/records.ts"
import { dropRecordings } from "../../people/video.ts"

/*
 * How long a recording is kept: by what it was about. A legal hold on its person keeps it longer, however old it is.
 */

/** Days after it began, by class. */
export const recordingClasses = {
  standard: records.recordings.days,
  /** What changes who somebody is in the eyes of the law: birth, marriage, death. */
  status: 400,
} as const satisfies Record<string, number>

export type RecordingClass = keyof typeof recordingClasses

const ofSector: Readonly<Record<string, RecordingClass>> = { CIV: "status" }

/** The class of a service; each that stands nowhere has the standard one. */
export function classOf({ sector }: { sector: string }): RecordingClass {
  return ofSector[sector] ?? "standard"
}

/** So many are deleted in a turn. */
const threadsMax = 50

/** Threads all of whose recordings are old enough, and whose people nobody holds. */
export async function threadsToClear(store: Store, now: Instant, realNow: Instant): Promise<string[]> {
  const other = alias(recordingSegments, "other")
  const spans = Object.entries(recordingClasses).map(([name, days]) => sql`when ${name} then ${days * 24 * hour}`)
  const span = sql`case ${other.class} ${sql.join(spans, sql` `)} else ${longest} end`
  const kept = sql`select 1 from ${recordingSegments} "other" where ${other.thread} = ${recordingSegments.thread}
    and (${other.closedAt} is null or ${other.startedAt} >= ${now} - ${span})`
  const rows = await store.db
    .selectDistinct({ thread: recordingSegments.thread })
    .from(recordingSegments)
    // Decided here for the whole thread: what is not to be cleared yet takes nobody's place among the first.
    .where(and(sql`not exists (${kept})`, notHeld(recordingSegments.person, realNow)))
    .orderBy(recordingSegments.thread)
    .limit(threadsMax)
  return rows.map(({ thread }) => thread)
}

const longest = Math.max(...Object.values(recordingClasses)) * 24 * hour

/** Deletes what is kept of these recordings; a fact of each says what it was. Their files go after the turn. */
export async function clearRecordings(tx: Tx, threads: readonly string[]): Promise<void> {
  await dropRecordings(tx, threads, "time")
  for (const thread of threads) {
    // The key goes with the last that it opens.
    const [left] = await tx.db.select({ id: visits.id }).from(visits).where(eq(visits.thread, thread)).limit(1)
    if (!left) await tx.db.delete(visitKeys).where(eq(visitKeys.thread, thread))
  }
}

/**
 * Of which of these threads nothing names the files of the recording any more, or the other ones: a recording may be kept for longer than
 * its visit, and a visit for longer than its recording.
 */
export async function forgottenFiles(
  store: Store,
  threads: readonly string[],
): Promise<{ thread: string; recording: boolean; others: boolean }[]> {
  const recorded = await store.db.selectDistinct({ thread: recordingSegments.thread }).from(recordingSegments)
  const open = await store.db.selectDistinct({ thread: visits.thread }).from(visits)
  const has = (rows: { thread: string }[]) => new Set(rows.map(({ thread }) => thread))
  const [withRecording, withVisit] = [has(recorded), has(open)]
  return threads
    .map((thread) => ({ thread, recording: !withRecording.has(thread), others: !withVisit.has(thread) }))
    .filter(({ recording, others }) => recording || others)
}

/** Threads whose first visit is deleted while a later one is kept: files of the first may still lie there. */
export async function threadsCutShort(store: Store): Promise<string[]> {
  const first = sql`select 1 from ${visits} "first" where "first".id = ${visits.thread}`
  const rows = await store.db.selectDistinct({ thread: visits.thread }).from(visits).where(sql`not exists (${first})`)
  return rows.map(({ thread }) => thread)
}

/** Which of these files of a thread nothing names any more. What may still be on its way, put there and not yet named, is none of them. */
export async function unnamedFiles(
  store: Store,
  thread: string,
  names: readonly string[],
  now: Instant,
): Promise<string[]> {
  const files = await store.db.select({ id: visitFiles.id }).from(visitFiles).where(eq(visitFiles.thread, thread))
  const pictures = await store.db
    .select({ id: identityPictures.id })
    .from(identityPictures)
    .where(eq(identityPictures.thread, thread))
  const named = new Set([...files, ...pictures].map(({ id }) => id))
  return names.filter((name) => {
    const id = name.replace(/^(file|picture)-/, "")
    return madeAt(id) < now - hour && !named.has(id)
  })
}
