import { and, count, eq, isNull, lt, sql } from "drizzle-orm"
import {
  type ChunkRow,
  recordingChunks,
  recordingSegments,
  type SegmentEnd,
  type SegmentRow,
  type SegmentWhat,
} from "../../../../db/schema/recordings.ts"
import { placeholders, statement } from "../../../../db/statement.ts"
import type { Store } from "../../../../db/store.ts"
import type { Tx } from "../../../../db/write.ts"
import type { Instant } from "../../../base/day.ts"
import { Refusal } from "../../../base/refusal.ts"
import type { Keys } from "../../../base/seal.ts"
import { authorize } from "../../access/authorize.ts"
import type { Staff } from "../../access/subject.ts"
import { service } from "../../catalogue/reads.ts"
import { office } from "../../offices/reads.ts"
import { counter } from "../../queue/tickets.ts"
import { fileKey, folderOf } from "../files.ts"
import { participantOf, roster, type Visit, visit } from "../visits.ts"
import { firstHead, nextHead } from "./chain.ts"
import { consentHash } from "./consents.ts"
import { standingAt } from "./earlier.ts"
import { endGap, followLate, mustNotBeStopped, openGaps } from "./gaps.ts"
import { classOf } from "./retention.ts"
import { recordingLimits, recordingTimes } from "./times.ts"

/* What an agent's page records, as it comes: segments, and their chunks in order. */

/** What a page needs to go on: how many chunks the server has, and the head that the next one names. */
export interface SegmentState {
  segment: string
  seq: number
  head: string
  isClosed: boolean
}

export const stateOfSegment = ({ id, chunks, head, closedAt }: SegmentRow): SegmentState => ({
  segment: id,
  seq: chunks,
  head,
  isClosed: closedAt !== null,
})

export interface Opening {
  /** Made by the page, before the server is asked: 32 letters of `0-9a-f`. */
  segment: string
  /** The participant who is seen and heard. */
  of: string
  what: SegmentWhat
  mime: string
  /** How long ago it began. */
  ageMilliseconds: number
}

/**
 * Begins a segment; asked twice it is begun once. Refuses `recording_stopped` where not everybody had agreed when it began, at a time that is
 * not to be recorded, and where a visit has more than any visit could have, `not_your_counter` to whoever has not the visit in hand, `wrong_state` outside a call, `not_found`.
 */
export async function openSegment(tx: Tx, keys: Keys, agent: Staff, id: string, given: Opening): Promise<SegmentState> {
  const [found] = await byId(tx).execute({ id: given.segment })
  if (found) return stateOfSegment(mustBeOwn(found, agent, id))
  const startedAt = tx.now - given.ageMilliseconds
  const of = await inOwnHand(tx, agent, id, startedAt)
  if (!(await roster(tx, id)).some((one) => one.id === given.of))
    throw new Refusal("not_found", { what: "participant" })
  const { row, ticket } = of
  const answered = await standingAt(tx, row, startedAt)
  if (answered !== "yes") throw new Refusal("recording_stopped", { why: answered })
  await followLate(tx, row, agent.id)
  await mustNotBeStopped(tx, id, startedAt, 0)
  // Made now, so that every chunk finds it.
  await fileKey(tx, keys, row.thread)
  const consent = await consentHash(tx, id)
  const first = firstHead({ visit: id, segment: given.segment, startedAt, consent })
  const segment: SegmentRow = {
    ...{ id: given.segment, visit: id, thread: row.thread, office: row.office, person: row.person, by: agent.id },
    ...{
      of: given.of,
      what: given.what,
      mime: given.mime,
      class: classOf(await service(tx, ticket.service)),
      consent,
      startedAt,
    },
    ...{ first, head: first, chunks: 0, bytes: 0 },
    ...{ receiptAt: null, heldUntil: null, closedAt: null, closedWhy: null },
  }
  await insertSegment(tx).execute({ ...segment })
  const [all] = await segmentsIn(tx).execute({ visit: id })
  if ((all?.segments ?? 0) > recordingLimits.visitSegments) throw new Refusal("recording_stopped", { why: "limit" })
  const said = { visit: id, segment: segment.id, of: segment.of, what: segment.what, by: agent.id, consent, first }
  await tx.say(row.office, "recording.opened", { ...said, subject: row.person })
  return stateOfSegment(segment)
}

export interface ChunkGiven {
  seq: number
  /** The head that the page knows. */
  prev: string
  /** SHA-256 of the bytes. */
  hash: string
  length: number
  /** How long ago the last of it was taken. */
  ageMilliseconds: number
}

/**
 * Before a chunk's bytes are put anywhere: whose segment it is, and whether it is the next one. `isKnown`: it has come before, and there is
 * nothing to do. Refuses `recording_moved` with the state to go on from, `recording_stopped` as `acceptChunk`, `not_found`.
 */
export async function expectChunk(
  store: Store,
  agent: Staff,
  id: string,
  segment: string,
  given: ChunkGiven,
  now: Instant,
): Promise<{ row: SegmentRow; isKnown: boolean }> {
  const row = await segmentOf(store, agent, id, segment)
  if (given.seq <= row.chunks) {
    const [chunk] = await chunkAt(store).execute({ segment, seq: given.seq })
    if (chunk?.hash !== given.hash) throw moved(row)
    return { row, isKnown: true }
  }
  if (!isNext(row, given)) throw moved(row)
  await mustNotBeStopped(store, id, heldWith(row, given, now))
  const [within] = await roomFor(store).execute({ segment, seq: given.seq, length: given.length, now })
  if (!within) throw new Refusal("recording_stopped", { why: "limit" })
  return { row, isKnown: false }
}

/** Whether these very bytes are in the chain: what is not may be taken from the disk again. */
export async function isChained(store: Store, segment: string, { seq, hash }: ChunkGiven): Promise<boolean> {
  const [chunk] = await chunkAt(store).execute({ segment, seq })
  return chunk?.hash === hash
}

const isNext = (row: SegmentRow, { seq, prev }: ChunkGiven) =>
  seq === row.chunks + 1 && prev === row.head && row.closedAt === null

/** Until when everything has been taken, with this chunk. */
const heldWith = ({ heldUntil, startedAt }: SegmentRow, { ageMilliseconds }: ChunkGiven, now: Instant) =>
  Math.max(heldUntil ?? startedAt, now - ageMilliseconds)

/**
 * Takes a chunk whose bytes are on the disk. One statement decides that it is the next; two at once, and one of them is told to go on from
 * the other, and that there is not more of it than any page could have taken. Refuses `recording_moved`, `recording_stopped` for what was
 * taken when nothing is to be recorded and for what is too much, `not_found`.
 */
export async function acceptChunk(
  tx: Tx,
  agent: Staff,
  id: string,
  segment: string,
  given: ChunkGiven,
): Promise<SegmentState> {
  const { seq, prev, hash, length } = given
  const before = await segmentOf(tx, agent, id, segment)
  const heldUntil = heldWith(before, given, tx.now)
  await mustNotBeStopped(tx, id, heldUntil)
  const head = nextHead(prev, { hash, seq, length, at: tx.now })
  const [row] = await takeNext(tx).execute({
    segment,
    before: seq - 1,
    seq,
    prev,
    head,
    length,
    now: tx.now,
    heldUntil,
  })
  if (!row) throw isNext(before, given) ? new Refusal("recording_stopped", { why: "limit" }) : moved(before)
  await insertChunk(tx).execute({ segment, seq, hash, length, at: tx.now, head })
  const isAfterSilence = before.receiptAt === null || tx.now - before.receiptAt > recordingTimes.silent
  if (isAfterSilence) await tx.say(row.office, "recording.begun", { visit: id, segment, subject: row.person })
  const isCaughtUp = tx.now - heldUntil <= recordingTimes.silent
  for (const gap of isCaughtUp ? await openGaps(tx, id) : []) {
    if (gap.why === "late") await endGap(tx, { id, office: row.office, person: row.person }, gap, "time")
  }
  return stateOfSegment(row)
}

/** Ends a segment after its last chunk; asked twice it ends once. Refuses `recording_moved` where the server has another number of chunks. */
export async function closeSegment(
  tx: Tx,
  agent: Staff,
  id: string,
  segment: string,
  { seq, why }: { seq: number; why: SegmentEnd },
): Promise<SegmentState> {
  const row = await segmentOf(tx, agent, id, segment)
  if (row.chunks !== seq) throw moved(row)
  return row.closedAt === null ? stateOfSegment(await close(tx, row, why)) : stateOfSegment(row)
}

/** What a page of the agent's has not brought to an end within a day is closed as it is. */
export async function closeForgotten(tx: Tx, officeCode: string): Promise<void> {
  const before = tx.now - recordingTimes.late
  const open = await tx.db
    .select()
    .from(recordingSegments)
    .where(
      and(
        eq(recordingSegments.office, officeCode),
        isNull(recordingSegments.closedAt),
        lt(recordingSegments.startedAt, before),
        sql`coalesce(${recordingSegments.receiptAt}, 0) < ${before}`,
      ),
    )
  for (const row of open) await close(tx, row, "incomplete")
}

/** The offices in which segments stand open. */
export async function officesWithSegments(store: Store): Promise<string[]> {
  const rows = await store.db
    .selectDistinct({ office: recordingSegments.office })
    .from(recordingSegments)
    .where(isNull(recordingSegments.closedAt))
  return rows.map(({ office: code }) => code)
}

async function close(tx: Tx, row: SegmentRow, why: SegmentEnd): Promise<SegmentRow> {
  const ended = { closedAt: tx.now, closedWhy: why }
  await tx.db.update(recordingSegments).set(ended).where(eq(recordingSegments.id, row.id))
  const { visit: of, id: segment, chunks, bytes, head } = row
  await tx.say(row.office, "recording.closed", { visit: of, segment, why, chunks, bytes, head, subject: row.person })
  return { ...row, ...ended }
}

/** The segment, for the agent whose page records it. Refuses `not_found`. */
export async function segmentOf(store: Store, agent: Staff, id: string, segment: string): Promise<SegmentRow> {
  authorize(agent, "visit.serve")
  const [row] = await byId(store).execute({ id: segment })
  return mustBeOwn(row, agent, id)
}

function mustBeOwn(row: SegmentRow | undefined, agent: Staff, id: string): SegmentRow {
  if (!row || row.visit !== id || row.by !== agent.id) throw new Refusal("not_found", { what: "segment" })
  return row
}

/** Where the bytes of a chunk lie, by what they are: two that claim one place do not write over each other. */
export function pathOfChunk(
  row: Pick<SegmentRow, "thread" | "id">,
  { seq, hash }: Pick<ChunkRow, "seq" | "hash">,
): string {
  return `${folderOf(row.thread)}/recording/${row.id}/${String(seq).padStart(6, "0")}-${hash.slice(0, 16)}`
}

/** What a sealed chunk says it is. */
export const placeOfChunk = (segment: string, seq: number) => `recording:${segment}:${seq}`

const moved = (row: SegmentRow) => new Refusal("recording_moved", { ...stateOfSegment(row) })

/**
 * The visit, for the agent in whose hand it is or was when this began: what a page could not bring in time it brings when the visit is over.
 * A supervisor, whose is every hand, is none of them. Refuses `not_found`, `not_your_counter`, `wrong_state`.
 */
async function inOwnHand(store: Store, agent: Staff, id: string, at: number): Promise<Visit> {
  authorize(agent, "visit.serve")
  const found = await visit(store, id)
  authorize(agent, "visit.serve", await office(store, found.row.office))
  const { state, counter: seat } = found.ticket
  const isHeld = state === "serving" && seat !== null && (await counter(store, seat)).staff === agent.id
  const own = await participantOf(store, id, agent.id)
  const wasIn = own?.joinedAt != null && own.joinedAt <= at && (own.leftAt === null || at <= own.leftAt)
  if (!isHeld && !(own?.kind === "agent" && wasIn)) throw new Refusal("not_your_counter")
  if (own === null || found.phase === "ringing" || (found.phase === "lobby" && !wasIn)) {
    throw new Refusal("wrong_state", { state: found.phase })
  }
  return found
}

const byId = statement((db) =>
  db
    .select()
    .from(recordingSegments)
    .where(eq(recordingSegments.id, sql.placeholder("id"))),
)
const chunkAt = statement((db) =>
  db
    .select()
    .from(recordingChunks)
    .where(
      and(eq(recordingChunks.segment, sql.placeholder("segment")), eq(recordingChunks.seq, sql.placeholder("seq"))),
    ),
)
/** Not more than a page could have taken since it began, and not more than a visit may have. */
const isWithin = sql`(${sql.placeholder("seq")} - ${recordingLimits.chunksAtOnce}) * ${recordingLimits.chunkEvery}
    <= ${sql.placeholder("now")} - ${recordingSegments.startedAt}
  and ${sql.placeholder("length")} + (select sum(one.bytes) from ${recordingSegments} one
    where one.visit = ${recordingSegments.visit}) <= ${recordingLimits.visitBytes}`
const roomFor = statement((db) =>
  db
    .select({ id: recordingSegments.id })
    .from(recordingSegments)
    .where(and(eq(recordingSegments.id, sql.placeholder("segment")), isWithin)),
)
const segmentsIn = statement((db) =>
  db
    .select({ segments: count() })
    .from(recordingSegments)
    .where(eq(recordingSegments.visit, sql.placeholder("visit"))),
)
const insertSegment = statement((db) => db.insert(recordingSegments).values(placeholders(recordingSegments)))
const insertChunk = statement((db) => db.insert(recordingChunks).values(placeholders(recordingChunks)))
const takeNext = statement((db) =>
  db
    .update(recordingSegments)
    .set({
      chunks: sql`${sql.placeholder("seq")}`,
      head: sql`${sql.placeholder("head")}`,
      bytes: sql`${recordingSegments.bytes} + ${sql.placeholder("length")}`,
      receiptAt: sql`${sql.placeholder("now")}`,
      heldUntil: sql`${sql.placeholder("heldUntil")}`,
    })
    .where(
      and(
        eq(recordingSegments.id, sql.placeholder("segment")),
        sql`${recordingSegments.chunks} = ${sql.placeholder("before")}`,
        sql`${recordingSegments.head} = ${sql.placeholder("prev")}`,
        isNull(recordingSegments.closedAt),
        isWithin,
      ),
    )
    .returning(),
)
