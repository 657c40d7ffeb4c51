import { and, eq, isNull, max, sql } from "drizzle-orm"
import { recordingGaps, recordingSegments, visitConsents } from "../../../../db/schema/recordings.ts"
import { participants, visits } from "../../../../db/schema/visits.ts"
import { statement } from "../../../../db/statement.ts"
import type { Store } from "../../../../db/store.ts"
import type { Tx } from "../../../../db/write.ts"
import type { Instant } from "../../../base/day.ts"
import { roster, type Visit, visit } from "../visits.ts"
import { lastAnswerAt, standingOf } from "./consents.ts"
import { begin, openGaps } from "./gaps.ts"
import { recordingTimes } from "./times.ts"

/*
 * Whether a visit is recorded, by what the server has got and by nothing that a page says of itself.
 */

export interface RecordingState {
  /** `off`: not recorded, nobody has said no; `interrupted`: it should be, and nothing comes. */
  state: "off" | "recorded" | "interrupted" | "paused" | "refused"
  /** When a chunk of what goes on came last. */
  lastReceiptAt: Instant | null
  /** Since when there is nothing, where that is kept. */
  since: Instant | null
}

/** What both sides are shown. */
export async function recordingState(store: Store, of: Visit, now: Instant): Promise<RecordingState> {
  const as = (state: RecordingState["state"], more: Partial<RecordingState> = {}): RecordingState => ({
    ...{ state, lastReceiptAt: null, since: null },
    ...more,
  })
  const { row, phase } = of
  const standing = await standingOf(store, row.id)
  if (standing === "refused" || standing === "withdrawn") return as("refused")
  if (standing === "asked") return as("off")
  if (phase === "hold" || phase === "private") return as("paused", { since: row.since })
  if (phase !== "call") return as("off")
  const gaps = await openGaps(store, row.id)
  const pause = gaps.find(({ why }) => why === "pause")
  if (pause) return as("paused", { since: pause.since })
  const from = await shouldFrom(store, of)
  const { lastReceiptAt, behind } = await held(store, row.id, from, now)
  if (
    now - (lastReceiptAt ?? from) > recordingTimes.silent ||
    (lastReceiptAt !== null && behind > recordingTimes.behind)
  ) {
    return as("interrupted", { lastReceiptAt, since: lastReceiptAt ?? from })
  }
  return lastReceiptAt === null ? as("off") : as("recorded", { lastReceiptAt })
}

/**
 * Whether what happens in a visit now is being recorded, for services that may not do without: everybody has agreed, nothing has stopped it,
 * and what the server has of everybody in the call is not older than thirty seconds. Refuses `not_found`.
 */
export async function recordingStands(store: Store, visitId: string, now: Instant): Promise<boolean> {
  const of = await visit(store, visitId)
  if (of.phase !== "call" || (await standingOf(store, visitId)) !== "yes") return false
  if ((await openGaps(store, visitId)).some(({ why }) => why !== "late")) return false
  const { lastReceiptAt, behind } = await held(store, visitId, await shouldFrom(store, of), now)
  return lastReceiptAt !== null && behind <= recordingTimes.behind
}

/** Since when a visit in a call is to be recorded: the call, the last answer, or the end of the last gap that was meant. */
async function shouldFrom(store: Store, { row }: Visit): Promise<Instant> {
  const [gap] = await lastMeant(store).execute({ visit: row.id })
  return Math.max(row.since, await lastAnswerAt(store, row.id), gap?.until ?? 0)
}

/** What has come of those who are in the call now. Of the person there must be something; of everybody else, as soon as there is anything. */
async function held(store: Store, id: string, from: Instant, now: Instant) {
  const there = (await roster(store, id)).filter(({ state }) => state === "admitted")
  const segments = (await byPerson(store).execute({ visit: id })).filter(({ of }) => there.some((one) => one.id === of))
  const person = there.find(({ kind }) => kind === "citizen")
  const fresh = segments.filter(({ heldUntil }) => heldUntil !== null && heldUntil >= from)
  const isWhole = fresh.some(({ of }) => of === person?.id)
  const lastReceiptAt = isWhole ? Math.max(...fresh.map(({ receiptAt }) => receiptAt ?? 0)) : null
  const oldest = Math.min(...segments.map(({ heldUntil }) => Math.max(heldUntil ?? 0, from)))
  const behind = isWhole ? now - oldest : Number.POSITIVE_INFINITY
  return { lastReceiptAt, behind }
}

/** Says of each visit of an office that should be recorded and is not. May be run at any rhythm; says nothing twice. */
export async function recordingStep(tx: Tx, officeCode: string): Promise<void> {
  for (const id of await recordingsDue(tx, officeCode, tx.now)) {
    const of = await visit(tx, id)
    const { state, since } = await recordingState(tx, of, tx.now)
    if (state !== "interrupted" || (await openGaps(tx, id)).some(({ why }) => why === "late")) continue
    await begin(tx, of.row, "late", { by: "time", since: since ?? tx.now })
  }
}

/**
 * The calls of an office of which nothing, or nothing fresh, has come lately although somebody has agreed: one statement, for all that are recorded
 * as they should be. It may name one too many.
 */
export async function recordingsDue(store: Store, officeCode: string, now: Instant): Promise<string[]> {
  const spans = { silent: now - recordingTimes.silent, behind: now - recordingTimes.behind }
  return (await due(store).execute({ office: officeCode, ...spans })).map(({ id }) => id)
}

const isAgreed = sql`exists (select 1 from ${visitConsents} where ${visitConsents.thread} = ${visits.thread}
  and ${visitConsents.state} in ('given', 'noticed'))`
const isSaid = sql`exists (select 1 from ${recordingGaps} where ${recordingGaps.visit} = ${visits.id}
  and ${recordingGaps.why} = 'late' and ${recordingGaps.until} is null)`
const hasPerson = sql`exists (select 1 from ${recordingSegments} inner join ${participants}
  on ${participants.id} = ${recordingSegments.of} and ${participants.kind} = 'citizen'
  where ${recordingSegments.visit} = ${visits.id} and ${recordingSegments.receiptAt} >= ${sql.placeholder("silent")}
  and ${recordingSegments.heldUntil} >= ${sql.placeholder("silent")})`
const isBehind = sql`exists (select 1 from ${recordingSegments} where ${recordingSegments.visit} = ${visits.id}
  group by ${recordingSegments.of} having coalesce(max(${recordingSegments.heldUntil}), 0) < ${sql.placeholder("behind")})`
const due = statement((db) =>
  db
    .select({ id: visits.id })
    .from(visits)
    .where(
      and(
        eq(visits.office, sql.placeholder("office")),
        isNull(visits.overAt),
        eq(visits.phase, "call"),
        isAgreed,
        sql`not ${isSaid}`,
        sql`(not ${hasPerson} or ${isBehind})`,
      ),
    ),
)
const lastMeant = statement((db) =>
  db
    .select({ until: max(recordingGaps.until) })
    .from(recordingGaps)
    .where(
      sql`${recordingGaps.visit} = ${sql.placeholder("visit")} and ${recordingGaps.why} not in ('late', 'camera')`,
    ),
)
const byPerson = statement((db) =>
  db
    .select({
      of: recordingSegments.of,
      receiptAt: max(recordingSegments.receiptAt),
      heldUntil: max(recordingSegments.heldUntil),
    })
    .from(recordingSegments)
    .where(eq(recordingSegments.visit, sql.placeholder("visit")))
    .groupBy(recordingSegments.of),
)
