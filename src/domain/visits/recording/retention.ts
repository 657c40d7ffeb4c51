import { and, eq, inArray, isNotNull, lt } from "drizzle-orm"
import { recordingSegments } from "../../../../db/schema/recordings.ts"
import { visitKeys, visits } from "../../../../db/schema/visits.ts"
import type { Store } from "../../../../db/store.ts"
import type { Tx } from "../../../../db/write.ts"
import { hour, type Instant } from "../../../base/day.ts"
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
  const old: string[] = []
  for (const name of Object.keys(recordingClasses) as RecordingClass[]) {
    const rows = await store.db
      .selectDistinct({ thread: recordingSegments.thread })
      .from(recordingSegments)
      .where(
        and(
          eq(recordingSegments.class, name),
          lt(recordingSegments.startedAt, now - recordingClasses[name] * 24 * hour),
          isNotNull(recordingSegments.closedAt),
          notHeld(recordingSegments.person, realNow),
        ),
      )
      .limit(threadsMax)
    old.push(...rows.map(({ thread }) => thread))
  }
  const all = await store.db.select().from(recordingSegments).where(inArray(recordingSegments.thread, old))
  const isOld = ({ class: name, startedAt, closedAt }: (typeof all)[number]) =>
    closedAt !== null && startedAt < now - (recordingClasses[name as RecordingClass] ?? 0) * 24 * hour
  return [...new Set(old)].filter((thread) => all.every((one) => one.thread !== thread || isOld(one)))
}

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
