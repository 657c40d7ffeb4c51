import { and, eq, isNull, sql } from "drizzle-orm"
import { type GapRow, type GapWhy, recordingGaps, recordingSegments } from "../../../../db/schema/recordings.ts"
import { type VisitRow, visits } from "../../../../db/schema/visits.ts"
import { statement } from "../../../../db/statement.ts"
import type { Store } from "../../../../db/store.ts"
import type { Tx } from "../../../../db/write.ts"
import type { Instant } from "../../../base/day.ts"
import { Refusal } from "../../../base/refusal.ts"
import type { Staff } from "../../access/subject.ts"
import { visitAtHand } from "../visits.ts"
import { standingOf, unansweredSince } from "./consents.ts"
import { recordingTimes } from "./times.ts"

/*
 * When a visit is not recorded although it has been: on hold, in private talk, by the agent's pause, while it is interrupted, while somebody
 * is asked, after somebody no longer wants it; and when a telephone call or the like has taken somebody's camera, of whom there is the sound
 * alone then. Each such time is kept with who, why, from and until, so that whoever sees the recording
 * later knows that the gap was meant.
 */

export const pauseReasons = ["document", "private", "technical", "other"] as const
export type PauseReason = (typeof pauseReasons)[number]

/** The agent pauses the recording. Refuses `wrong_state` outside a call and where it is paused already, `not_your_counter`, `not_found`. */
export async function pauseRecording(tx: Tx, agent: Staff, id: string, reason: PauseReason): Promise<void> {
  const { row, phase } = await visitAtHand(tx, agent, id)
  if (phase !== "call") throw new Refusal("wrong_state", { state: phase })
  if ((await openGaps(tx, id)).some(({ why }) => why === "pause")) throw new Refusal("wrong_state", { state: "pause" })
  await begin(tx, row, "pause", { by: agent.id, reason })
  await follow(tx, id, agent.id)
}

/** Goes on after a pause. Refuses `wrong_state` where there is none, `not_your_counter`, `not_found`. */
export async function resumeRecording(tx: Tx, agent: Staff, id: string): Promise<void> {
  const { row } = await visitAtHand(tx, agent, id)
  const pause = (await openGaps(tx, id)).find(({ why }) => why === "pause")
  if (!pause) throw new Refusal("wrong_state", { state: "recorded" })
  await endGap(tx, row, pause, agent.id)
}

/**
 * Makes the gaps what phase and answers ask for at this moment. Called by whatever changes one of them; says nothing twice. A visit of which
 * nothing has been recorded has no gaps.
 */
export async function follow(tx: Tx, id: string, by: string): Promise<void> {
  const [row] = await rowOf(tx).execute({ id })
  if (!row || !(await hasRecording(tx, id))) return
  const open = await openGaps(tx, id)
  const isTalk = row.phase in whyOf || row.phase === "call"
  const wanted = isTalk ? await wantedIn(tx, row) : null
  for (const gap of open) {
    const stays =
      isTalk &&
      (gap.why === wanted || gap.why === "pause" || gap.why === "camera" || (gap.why === "late" && wanted === null))
    if (!stays) await endGap(tx, row, gap, by)
  }
  if (wanted !== null && !open.some(({ why }) => why === wanted)) await begin(tx, row, wanted, { by })
}

/**
 * For a first segment that comes late: the recording may have been stopped since, when there was nothing yet that could be stopped. `since`:
 * when what stops it by now began.
 */
export async function followLate(tx: Tx, row: VisitRow, by: string): Promise<void> {
  if (!(row.phase in whyOf) && row.phase !== "call") return
  const wanted = await wantedIn(tx, row)
  if (wanted === null || (await openGaps(tx, row.id)).some(({ why }) => why === wanted)) return
  const since = row.phase in whyOf ? row.since : await unansweredSince(tx, row.id)
  await begin(tx, row, wanted, { by, since })
}

const whyOf: Partial<Record<VisitRow["phase"], GapWhy>> = {
  ...({ hold: "hold", private: "private", interrupted: "interruption" } as const),
}

async function wantedIn(store: Store, row: VisitRow): Promise<GapWhy | null> {
  const byPhase = whyOf[row.phase]
  if (byPhase) return byPhase
  const standing = await standingOf(store, row.id)
  return standing === "yes" ? null : standing === "asked" ? "asked" : "withdrawn"
}

export async function begin(
  tx: Tx,
  row: Pick<VisitRow, "id" | "thread" | "office" | "person">,
  why: GapWhy,
  { by, reason = null, since = tx.now }: { by: string; reason?: string | null; since?: Instant },
): Promise<void> {
  const gap = { id: tx.id(), visit: row.id, thread: row.thread, why, reason, by, since, until: null }
  await tx.db.insert(recordingGaps).values(gap)
  await tx.say(row.office, "recording.stopped", {
    ...{ visit: row.id, gap: gap.id, why, reason, by, since },
    subject: row.person,
  })
}

export async function endGap(
  tx: Tx,
  row: Pick<VisitRow, "id" | "office" | "person">,
  { id, why, since }: GapRow,
  by: string,
): Promise<void> {
  await tx.db.update(recordingGaps).set({ until: tx.now }).where(eq(recordingGaps.id, id))
  const said = { visit: row.id, gap: id, why, by, since, until: tx.now }
  await tx.say(row.office, "recording.went_on", { ...said, subject: row.person })
}

export function openGaps(store: Store, id: string): Promise<GapRow[]> {
  return openOf(store).execute({ visit: id })
}

/**
 * Refuses `recording_stopped` for what was taken at a time that is not to be recorded. What ran when the recording was stopped comes to its
 * end: `slack`.
 */
export async function mustNotBeStopped(
  store: Store,
  id: string,
  takenAt: Instant,
  slack: number = recordingTimes.slack,
): Promise<void> {
  const all = await allOf(store).execute({ visit: id })
  const gap = all.find(
    ({ why, since, until }) =>
      why !== "late" && why !== "camera" && takenAt >= since + slack && (until === null || takenAt < until),
  )
  if (gap) throw new Refusal("recording_stopped", { why: gap.why, since: gap.since })
}

/** Whether `cameraTaken` would change something; asked before each turn for it, because pages report every few seconds. */
export async function isNewsOfTaken(store: Store, id: string, subject: string, isTaken: boolean): Promise<boolean> {
  const gap = (await openGaps(store, id)).find(({ why, by }) => why === "camera" && by === subject)
  return isTaken !== (gap !== undefined) && (!isTaken || (await hasRecording(store, id)))
}

/** A telephone call or another program has taken somebody's camera, or they have it again, as their page reports. Of a visit of which nothing is recorded nothing is noted. */
export async function cameraTaken(tx: Tx, id: string, subject: string, isTaken: boolean): Promise<void> {
  const [row] = await rowOf(tx).execute({ id })
  if (!row || !(await isNewsOfTaken(tx, id, subject, isTaken))) return
  const gap = (await openGaps(tx, id)).find(({ why, by }) => why === "camera" && by === subject)
  if (gap) await endGap(tx, row, gap, subject)
  else if (row.phase === "call") await begin(tx, row, "camera", { by: subject })
}

async function hasRecording(store: Store, id: string): Promise<boolean> {
  return (await anySegment(store).execute({ visit: id })).length > 0
}

const rowOf = statement((db) =>
  db
    .select()
    .from(visits)
    .where(eq(visits.id, sql.placeholder("id"))),
)
const anySegment = statement((db) =>
  db
    .select({ id: recordingSegments.id })
    .from(recordingSegments)
    .where(eq(recordingSegments.visit, sql.placeholder("visit")))
    .limit(1),
)
const openOf = statement((db) =>
  db
    .select()
    .from(recordingGaps)
    .where(and(eq(recordingGaps.visit, sql.placeholder("visit")), isNull(recordingGaps.until)))
    .orderBy(recordingGaps.id),
)
const allOf = statement((db) =>
  db
    .select()
    .from(recordingGaps)
    .where(eq(recordingGaps.visit, sql.placeholder("visit")))
    .orderBy(recordingGaps.since),
)
