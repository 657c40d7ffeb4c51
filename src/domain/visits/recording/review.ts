import { and, asc, desc, eq, gt, gte, inArray, lt, lte, max, min, or, sql } from "drizzle-orm"
import type { FactBodies } from "../../../../db/facts.ts"
import { bookings } from "../../../../db/schema/bookings.ts"
import { facts } from "../../../../db/schema/facts.ts"
import { tickets } from "../../../../db/schema/queue.ts"
import {
  type ChunkRow,
  type Finding,
  type GapRow,
  type ReviewRow,
  recordingChunks,
  recordingGaps,
  recordingReviews,
  recordingSegments,
  type SegmentRow,
} from "../../../../db/schema/recordings.ts"
import { requests } from "../../../../db/schema/requests.ts"
import type { Store } from "../../../../db/store.ts"
import type { Tx } from "../../../../db/write.ts"
import type { Instant } from "../../../base/day.ts"
import { Refusal } from "../../../base/refusal.ts"
import type { Keys } from "../../../base/seal.ts"
import { authorize } from "../../access/authorize.ts"
import type { Staff } from "../../access/subject.ts"
import { office } from "../../offices/reads.ts"
import { noteRead } from "../../people/read-log.ts"
import { personKey } from "../../people/sealed.ts"
import { anchoredHeads } from "./anchors.ts"
import { findingsOf, type Read } from "./chain.ts"
import { recordingLimits, recordingTimes } from "./times.ts"

/* Looking at a recording: what there is of an office, and who opened which and why. */

export interface RecordingRow {
  visit: string
  number: number
  service: string
  by: string
  startedAt: Instant
  /** Until when there is something; `null` where nothing came. */
  heldUntil: Instant | null
  segments: number
  /** How many have not been brought to an end. */
  open: number
  incomplete: number
  bytes: number
}

/** One page of the list. */
const pageRows = 50

/** What is looked for in an office's recordings; all of it must fit. Nobody's name and no number of a person's. */
export interface RecordingSearch {
  /** Of which the first segment began from then on, and before then. */
  from?: Instant
  before?: Instant
  /** The ticket's. */
  number?: number
  /** Ten digits: the number of the booking, or of the receipt of a service that was carried out in the visit. */
  reference?: string
  /** Where the page before ended. */
  after?: RecordingPlace
}

/** A place in the list: when the first segment began, and of which visit. */
export interface RecordingPlace {
  startedAt: Instant
  visit: string
}

/**
 * The recordings of an office, the last first; no names stand here. `next`: where the following page begins; `null` on the last one. A page is
 * found by its first segments along the index, however many there are.
 */
export async function recordingsOf(
  store: Store,
  officeCode: string,
  { from, before, number, reference, after }: RecordingSearch = {},
  most = pageRows,
): Promise<{ rows: RecordingRow[]; next: RecordingPlace | null }> {
  const { startedAt, visit, id } = recordingSegments
  const isFirst = sql`not exists (select 1 from ${recordingSegments} as "earlier" where "earlier"."visit" = ${visit}
    and ("earlier"."started_at" < ${startedAt} or ("earlier"."started_at" = ${startedAt} and "earlier"."id" < ${id})))`
  const isReferred = sql`(${tickets.booking} in (select ${bookings.id} from ${bookings} where ${bookings.code} = ${reference})
    or ${tickets.id} in (select ${requests.visit} from ${requests} where ${requests.number} = ${reference}))`
  const first = await store.db
    .select({ startedAt, visit })
    .from(recordingSegments)
    .innerJoin(tickets, eq(tickets.id, visit))
    .where(
      and(
        eq(recordingSegments.office, officeCode),
        isFirst,
        from === undefined ? undefined : gte(startedAt, from),
        before === undefined ? undefined : lt(startedAt, before),
        number === undefined ? undefined : eq(tickets.number, number),
        reference === undefined ? undefined : isReferred,
        after && lte(startedAt, after.startedAt),
        after && or(lt(startedAt, after.startedAt), lt(visit, after.visit)),
      ),
    )
    .orderBy(desc(startedAt), desc(visit))
    .limit(most + 1)
  const shown = first.slice(0, most)
  const rows = await rowsOf(
    store,
    shown.map((one) => one.visit),
  )
  return { rows, next: first.length > most ? (shown.at(-1) ?? null) : null }
}

function rowsOf(store: Store, visits: string[]): Promise<RecordingRow[]> {
  return store.db
    .select({
      visit: recordingSegments.visit,
      number: tickets.number,
      service: tickets.service,
      by: sql<string>`max(${recordingSegments.by})`,
      startedAt: sql<Instant>`min(${recordingSegments.startedAt})`,
      heldUntil: max(recordingSegments.heldUntil),
      segments: sql<number>`count(*)`,
      open: sql<number>`count(*) - count(${recordingSegments.closedAt})`,
      incomplete: sql<number>`sum(coalesce(${recordingSegments.closedWhy} = 'incomplete', 0))`,
      bytes: sql<number>`sum(${recordingSegments.bytes})`,
    })
    .from(recordingSegments)
    .innerJoin(tickets, eq(tickets.id, recordingSegments.visit))
    .where(inArray(recordingSegments.visit, visits))
    .groupBy(recordingSegments.visit)
    .orderBy(desc(min(recordingSegments.startedAt)), desc(recordingSegments.visit))
}

export interface Recording {
  visit: string
  thread: string
  office: string
  person: string
  segments: SegmentRow[]
  gaps: GapRow[]
}

/** What is kept of a visit's recording, for who may review it there. Refuses `not_found`. */
export async function recordingOf(store: Store, staff: Staff, visit: string): Promise<Recording> {
  authorize(staff, "recording.review")
  const segments = await store.db
    .select()
    .from(recordingSegments)
    .where(eq(recordingSegments.visit, visit))
    .orderBy(asc(recordingSegments.startedAt), asc(recordingSegments.id))
  const [first] = segments
  if (!first) throw new Refusal("not_found", { what: "recording" })
  authorize(staff, "recording.review", await office(store, first.office))
  const gaps = await store.db
    .select()
    .from(recordingGaps)
    .where(eq(recordingGaps.visit, visit))
    .orderBy(asc(recordingGaps.since))
  const { thread, office: code, person } = first
  return { visit, thread, office: code, person, segments, gaps }
}

export function chunksOf(store: Store, segment: string): Promise<ChunkRow[]> {
  const all = store.db.select().from(recordingChunks).where(eq(recordingChunks.segment, segment))
  return all.orderBy(asc(recordingChunks.seq)).then((rows) => rows)
}

/** Goes through every chunk of a recording: what is wrong, and nothing where it is whole. */
export async function checkRecording(
  store: Store,
  keys: Keys,
  { segments, person, office: code }: Pick<Recording, "segments" | "person" | "office">,
  read: (segment: SegmentRow) => Read,
): Promise<Finding[]> {
  const said = await store.db
    .select({ body: facts.body })
    .from(facts)
    .where(and(eq(facts.subject, person), eq(facts.stream, code), sql`${facts.kind} = 'recording.closed'`))
  const ends = said.map(({ body }) => body as FactBodies["recording.closed"])
  const found: Finding[] = []
  for (const segment of segments) {
    const closed = ends.find((one) => one.segment === segment.id) ?? null
    const anchored = await anchoredHeads(store, keys, segment)
    found.push(...(await findingsOf(segment, await chunksOf(store, segment.id), read(segment), { closed, anchored })))
  }
  return found
}

/**
 * Somebody opens a recording, for a reason; it stands open to them for an hour of the real clock. Refuses `invalid_field` for a reason of
 * fewer than ten letters, `not_found`.
 */
export async function openReview(
  tx: Tx,
  keys: Keys,
  staff: Staff,
  visit: string,
  given: { reason: string; findings: Finding[] },
  realNow: Instant,
): Promise<string> {
  const of = await recordingOf(tx, staff, visit)
  const reason = given.reason.trim()
  if (reason.length < recordingLimits.reasonLeast || reason.length > recordingLimits.reasonMost) {
    throw new Refusal("invalid_field", { field: "reason" })
  }
  const key = await personKey(tx, keys, of.person)
  if (!key) throw new Refusal("not_found", { what: "recording" })
  const id = tx.id()
  const { findings } = given
  await tx.db.insert(recordingReviews).values({
    ...{ id, visit, thread: of.thread, office: of.office, person: of.person, staff: staff.id },
    ...{ reasonSealed: key.seal("recording_review.reason", reason, tx.chance), findings, at: realNow },
  })
  const look = { staff: staff.id, person: of.person, what: "recording" as const, office: of.office, about: visit }
  await noteRead(tx, look, realNow)
  const said = { visit, review: id, by: staff.id, wrong: findings.length }
  await tx.say(of.office, "recording.reviewed", { ...said, subject: of.person })
  return id
}

/** A review that this one opened within the last hour. Refuses `not_found`. */
export async function reviewOf(store: Store, staff: Staff, id: string, realNow: Instant): Promise<ReviewRow> {
  authorize(staff, "recording.review")
  const [row] = await store.db
    .select()
    .from(recordingReviews)
    .where(
      and(
        eq(recordingReviews.id, id),
        eq(recordingReviews.staff, staff.id),
        gt(recordingReviews.at, realNow - recordingTimes.review),
      ),
    )
  if (!row) throw new Refusal("not_found", { what: "review" })
  return row
}

/** Who opened this recording before, the last first. */
export async function reviewsOf(store: Store, keys: Keys, visit: string) {
  const rows = await store.db
    .select()
    .from(recordingReviews)
    .where(eq(recordingReviews.visit, visit))
    .orderBy(desc(recordingReviews.at))
    .limit(50)
  const key = rows[0] ? await personKey(store, keys, rows[0].person) : null
  return rows.map(({ id, staff, at, findings, reasonSealed }) => ({
    ...{ id, staff, at, wrong: findings.length },
    reason: key?.open("recording_review.reason", reasonSealed) ?? "",
  }))
}
