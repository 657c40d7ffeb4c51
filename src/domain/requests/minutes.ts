import { and, asc, eq, gt, inArray, isNull, lte, or, sql } from "drizzle-orm"
import { headOfStream } from "../../../db/heads.ts"
import type { Words } from "../../../db/schema/catalogue.ts"
import { facts } from "../../../db/schema/facts.ts"
import {
  type CheckKind,
  type CheckState,
  identityChecks,
  identitySteps,
  type LapseReason,
  type StepKind,
  type StepResult,
  visitFiles,
} from "../../../db/schema/identity.ts"
import { type TicketRow, tickets } from "../../../db/schema/queue.ts"
import {
  type GapWhy,
  recordingGaps,
  recordingSegments,
  type SegmentEnd,
  type SegmentWhat,
} from "../../../db/schema/recordings.ts"
import { type RequestState, requests } from "../../../db/schema/requests.ts"
import {
  type ParticipantKind,
  type ParticipantRow,
  participants,
  type VisitRow,
  visits,
} from "../../../db/schema/visits.ts"
import type { Store } from "../../../db/store.ts"
import type { Scope, Tx, Writer } from "../../../db/write.ts"
import { type Instant, minute } from "../../base/day.ts"
import type { Keys, PersonKey } from "../../base/seal.ts"
import { staffNames } from "../access/names.ts"
import { service as serviceOf } from "../catalogue/reads.ts"
import { documentsOf, type Held } from "../documents/reads.ts"
import { type Issued, issueDocument } from "../documents/writes.ts"
import { notify } from "../notifications/outbox.ts"
import { office as officeOf } from "../offices/reads.ts"
import { personalData } from "../people/reads.ts"
import { personKey } from "../people/sealed.ts"
import { bookedStart } from "../queue/tickets.ts"
import { undoSeconds } from "../queue/undo.ts"
import { type Gap, gapsIn, type Happening, happenings, type Spent, spent } from "./happened.ts"
import { type Outcome, requestsIn, toldOf, withdrawLeft } from "./requests.ts"
import type { Line } from "./service.ts"

/*
 * The minutes of a video visit: who, when, how sure the office was of who sat there, what was done and what came of it. Issued once for every
 * visit that had a call, as a document that anybody may check. In it stands what both sides have seen: the note that an agent leaves for
 * colleagues, what was written with who waits, and what the calls themselves held stay out; what the agent wrote for the person stands in it.
 */

export interface MinutesPerson {
  kind: ParticipantKind
  name: Words | null
  joinedAt: Instant | null
  leftAt: Instant | null
  /** When the connection was lost in between; minutes of before it was said do not have it. */
  gaps?: Gap[]
}

export interface MinutesCheck {
  kind: CheckKind
  state: CheckState
  drawnAt: Instant
  endedAt: Instant | null
  lapsed: LapseReason | null
  second: "confirmed" | "overturned" | null
  /** `of`: what a picture is of; minutes of before it was said do not have it. */
  steps: { kind: StepKind; result: StepResult | null; of?: string | null }[]
}

export interface MinutesFile {
  from: "citizen" | "staff"
  type: string
  bytes: number
  /** Of the bytes as they came: base64url. */
  sha256: string
  at: Instant
}

/** A service that was carried out, or was not: as its receipt says it. */
export interface MinutesRequest {
  number: string | null
  service: Words
  state: RequestState
  endedAt: Instant | null
  lines: Line[]
  /** Why it was not done. */
  reason: Words | null
}

/** Whether and how a visit was recorded: the chain's ends, from which anybody who holds the recording finds whether it is whole. */
export interface MinutesRecording {
  segments: {
    of: ParticipantKind
    what: SegmentWhat
    from: Instant
    until: Instant | null
    chunks: number
    /** The head of the chain after the last piece: SHA-256 in hexadecimal. */
    head: string
    end: SegmentEnd | null
  }[]
  /** When it was not recorded, and why. */
  gaps: { why: GapWhy; reason: string | null; from: Instant; until: Instant | null }[]
}

/** What the minutes say beside title and people; all of it under the person's key. */
export interface Minutes {
  visit: string
  office: Words
  service: Words
  number: number
  bookedAt: Instant | null
  people: MinutesPerson[]
  happened: Happening[]
  spent: Spent
  /** 1: an account; 2: and a passkey's confirmation; 3: and a list that stood verified. */
  level: 1 | 2 | 3
  checks: MinutesCheck[]
  requests: MinutesRequest[]
  files: MinutesFile[]
  /** `null`: nothing was recorded. */
  recording: MinutesRecording | null
  outcome: string | null
  /** What the agent wrote for the person. */
  word: string | null
}

/** After this nobody takes the end of a visit back any more. */
const settled = undoSeconds * 1_000

/** A page that was lost in the call brings what it has recorded when it is there again. */
const recordingWaits = 15 * minute

const awaited = (now: Instant) =>
  and(sql`${visits.overAt} is not null`, isNull(visits.minutesAt), lte(visits.overAt, now - settled))

/** Neither brought back by an undo, which is looked at again when it is over, nor still to get pieces of its recording. */
const isDue = (now: Instant) => {
  const open = sql`select 1 from ${recordingSegments}
    where ${recordingSegments.visit} = ${visits.id} and ${recordingSegments.closedAt} is null`
  return and(
    awaited(now),
    eq(tickets.live, false),
    or(lte(visits.overAt, now - recordingWaits), sql`not exists (${open})`),
  )
}

/** The offices that owe somebody minutes. */
export async function officesOwingMinutes(store: Store, now: Instant): Promise<string[]> {
  const rows = await store.db
    .selectDistinct({ office: visits.office })
    .from(visits)
    .innerJoin(tickets, eq(tickets.id, visits.id))
    .where(isDue(now))
  return rows.map(({ office }) => office)
}

const batch = 20

/**
 * Issues what an office owes, a few at a time, and tells the person of each. Everything is read and put together before the turn that writes:
 * while a visit's whole story is looked through, others get on with theirs. A visit of which anything was said or written in between is left
 * for the next round. A step of a job; answers how many were issued.
 */
export async function issueMinutes(
  { store, writer }: { store: Store; writer: Pick<Writer, "write" | "now"> },
  keys: Keys,
  office: string,
): Promise<number> {
  const scopes: Scope[] = [`office:${office}`, "accounts"]
  const owed = await owedIn(store, office, writer.now())
  // What was left open in the visit is given up first: so it stands in them.
  const open = owed.filter(({ isOpen }) => isOpen).map(({ row }) => row.id)
  if (open.length > 0) {
    await writer.write(
      async (tx) => {
        for (const id of open) await withdrawLeft(tx, id, "time")
      },
      { scopes },
    )
  }
  const gathered: Gathered[] = []
  for (const { row } of owed) {
    const found = await gather(store, keys, row.id)
    if (found) gathered.push(found)
  }
  if (gathered.length === 0) return 0
  return writer.write(
    async (tx) => {
      let issued = 0
      for (const one of gathered) if (await issue(tx, keys, one)) issued++
      return issued
    },
    { scopes },
  )
}

async function owedIn(store: Store, office: string, now: Instant): Promise<{ row: VisitRow; isOpen: boolean }[]> {
  const left = sql<number>`exists (select 1 from ${requests}
    where ${requests.visit} = ${visits.id} and ${requests.state} in ('draft', 'asked'))`
  const rows = await store.db
    .select({ row: visits, isOpen: left })
    .from(visits)
    .innerJoin(tickets, eq(tickets.id, visits.id))
    .where(and(eq(visits.office, office), isDue(now)))
    .orderBy(asc(visits.overAt))
    .limit(batch)
  return rows.map(({ row, isOpen }) => ({ row, isOpen: Boolean(isOpen) }))
}

/** A visit as it was when it was looked through, and what its minutes are to say; `null`: it gets none. */
interface Gathered {
  row: VisitRow
  ticket: TicketRow
  /** What the office had said by then. */
  head: number
  said: Pick<Issued, "body"> | null
}

async function visitWith(store: Store, id: string): Promise<{ row: VisitRow; ticket: TicketRow } | null> {
  const [found] = await store.db
    .select({ row: visits, ticket: tickets })
    .from(visits)
    .innerJoin(tickets, eq(tickets.id, visits.id))
    .where(eq(visits.id, id))
  return found ?? null
}

async function gather(store: Store, keys: Keys, id: string): Promise<Gathered | null> {
  const found = await visitWith(store, id)
  if (!found) return null
  const { row, ticket } = found
  const head = await headOfStream(store, row.office)
  const all = await store.db
    .select()
    .from(participants)
    .where(eq(participants.visit, row.id))
    .orderBy(asc(participants.id))
  const hadCall = all.some(({ kind, joinedAt }) => kind === "citizen" && joinedAt !== null)
  const [data, key] = [await personalData(store, keys, row.person), await personKey(store, keys, row.person)]
  if (!hadCall || !data || !key) return { row, ticket, head, said: null }
  const service = await serviceOf(store, ticket.service)
  const minutes = await written(store, key, { row, ticket, all, own: data.name, service: service.name })
  const outcome = outcomes[minutes.outcome ?? ""]
  const body = {
    title: { ar: "محضر زيارة مرئية", en: "Minutes of a video visit" },
    goodFor: {
      ar: "إثبات ما جرى في الزيارة. ليس قرارًا ولا تصريحًا.",
      en: "Showing what happened in the visit. It is no decision and no permit.",
    },
    people: [{ name: data.name ?? nameless, number: data.nationalId }],
    lines: [
      { label: { ar: "الخدمة", en: "Service" }, value: service.sensitive ? hidden : service.name },
      ...(outcome ? [{ label: { ar: "النتيجة", en: "Outcome" }, value: outcome }] : []),
    ],
    content: { ...minutes },
  }
  return { row, ticket, head, said: { body } }
}

/** Writes what was gathered, where the visit is still as it was then. */
async function issue(tx: Tx, keys: Keys, { row, ticket, head, said }: Gathered): Promise<boolean> {
  const now = await visitWith(tx, row.id)
  if (!now || !Bun.deepEquals(now, { row, ticket }) || (await isSpokenOf(tx, row, head))) return false
  await tx.db.update(visits).set({ minutesAt: tx.now }).where(eq(visits.id, row.id))
  // Erased in between: nothing of theirs could be read any more.
  if (!said || !(await personKey(tx, keys, row.person))) return false
  await issueDocument(tx, keys, {
    ...{ kind: "minutes", person: row.person, office: row.office, ref: row.id, until: null, visit: row.id },
    ...said,
  })
  const about = { ticket: row.id, office: row.office, service: ticket.service }
  const to = { kind: "citizen" as const, id: row.person }
  await notify(tx, { to, kind: "visit_minutes", data: about, dedupe: `visit_minutes:${row.id}` })
  return true
}

/** Whether the office has said anything of the visit after `head`. */
async function isSpokenOf(store: Store, { id, office }: VisitRow, head: number): Promise<boolean> {
  const about = sql`coalesce(json_extract(${facts.body}, '$.visit'), json_extract(${facts.body}, '$.ticket'))`
  const rows = await store.db
    .select({ seq: facts.seq })
    .from(facts)
    .where(and(eq(facts.stream, office), gt(facts.seq, head), sql`${about} = ${id}`))
    .limit(1)
  return rows.length > 0
}

const nameless: Words = { ar: "", en: "" }
const hidden: Words = { ar: "خدمة خاصة", en: "A private service" }
const outcomes: Record<string, Words> = {
  done: { ar: "تمّت", en: "Done" },
  referred: { ar: "أُحيلت", en: "Referred" },
  not_possible: { ar: "تعذّرت", en: "Not possible" },
}

interface Source {
  row: VisitRow
  ticket: TicketRow
  all: ParticipantRow[]
  own: Words | null
  service: Words
}

async function written(store: Store, key: PersonKey, { row, ticket, all, own, service }: Source): Promise<Minutes> {
  const bookedAt = await bookedStart(store, ticket.booking)
  const kinds = new Map(all.map(({ id, kind }) => [id, kind as string]))
  const span = { from: Math.min(ticket.arrivedAt, row.openedAt), until: row.overAt ?? row.since }
  const gaps = await gapsIn(store, { id: row.id, office: row.office, ...span })
  const happened = await happenings(store, { id: row.id, office: row.office, ...span, kinds })
  const checks = await checksOf(store, row.id)
  return {
    visit: row.id,
    office: (await officeOf(store, row.office)).name,
    ...{ service, number: ticket.number, bookedAt, happened },
    people: await peopleOf(store, key, all, own, gaps),
    spent: spent(happened, bookedAt),
    level: levelOf(happened, checks),
    checks: checks.map(({ lapsedAt: _, ...check }) => check),
    requests: await requestsOf(store, key, row.id),
    files: await filesOf(store, row.id),
    recording: await recordingOf(store, row.id, new Map(all.map(({ id, kind }) => [id, kind]))),
    outcome: ticket.outcome,
    word: row.wordSealed === null ? null : key.open("visit.word", row.wordSealed),
  }
}

/** By what was confirmed: a list that was gone through is worth what was confirmed while it stood. */
function levelOf(
  happened: Happening[],
  checks: { state: CheckState; endedAt: Instant | null; lapsedAt: Instant | null }[],
) {
  const confirmed = happened.filter(({ what }) => what === "confirmed")
  const stood = checks.filter(({ state }) => state === "verified")
  const isThree = confirmed.some(({ at }) =>
    stood.some(({ endedAt, lapsedAt }) => endedAt !== null && endedAt <= at && (lapsedAt === null || at < lapsedAt)),
  )
  return isThree ? 3 : confirmed.length > 0 ? 2 : 1
}

async function peopleOf(
  store: Store,
  key: PersonKey,
  all: ParticipantRow[],
  own: Words | null,
  lost: ReadonlyMap<string, Gap[]>,
): Promise<MinutesPerson[]> {
  const staff = all.flatMap(({ subjectKind, subject }) => (subjectKind === "staff" && subject ? [subject] : []))
  const names = await staffNames(store, staff)
  // Who was asked in and never let in was not there.
  return all
    .filter(({ joinedAt }) => joinedAt !== null)
    .map(({ id, kind, subject, subjectKind, nameSealed, joinedAt, leftAt }) => {
      const typed = nameSealed === null ? null : key.open("participant.name", nameSealed)
      const given = typed === null ? null : { ar: typed, en: typed }
      const name = subjectKind === "staff" ? (names.get(subject ?? "") ?? null) : kind === "citizen" ? own : given
      // Before somebody was let in, and after they had left, nobody missed them.
      const gaps = (lost.get(id) ?? []).filter(
        ({ from, until }) => (until === null || until > (joinedAt ?? 0)) && (leftAt === null || from < leftAt),
      )
      return { kind, name, joinedAt, leftAt, gaps }
    })
}

async function checksOf(store: Store, visit: string): Promise<(MinutesCheck & { lapsedAt: Instant | null })[]> {
  const rows = await store.db
    .select()
    .from(identityChecks)
    .where(eq(identityChecks.visit, visit))
    .orderBy(asc(identityChecks.drawnAt))
  const ids = rows.map(({ id }) => id)
  const steps = await store.db
    .select()
    .from(identitySteps)
    .where(inArray(identitySteps.check, ids))
    .orderBy(asc(identitySteps.place), asc(identitySteps.turn))
  return rows.map(({ id, kind, state, drawnAt, endedAt, lapsedAt, lapsed, second }) => ({
    ...{ kind, state, drawnAt, endedAt, lapsedAt, lapsed, second },
    steps: steps
      .filter(({ check }) => check === id)
      .map(({ kind: step, result, drawn }) => {
        return step === "picture" ? { kind: step, result, of: drawn } : { kind: step, result }
      }),
  }))
}

async function requestsOf(store: Store, key: PersonKey, visit: string): Promise<MinutesRequest[]> {
  const rows = (await requestsIn(store, visit)).toSorted((a, b) => a.startedAt - b.startedAt)
  return Promise.all(
    rows.map(async ({ number, service, state, endedAt, outcomeSealed }) => {
      const sealed = outcomeSealed === null ? null : key.open("request.outcome", outcomeSealed)
      const outcome = sealed === null ? null : (JSON.parse(sealed) as Outcome)
      const lines = outcome === null ? [] : toldOf(outcome)
      const reason = state === "failed" ? (outcome?.reason.words ?? null) : null
      return { number, service: (await serviceOf(store, service)).name, state, endedAt, lines, reason }
    }),
  )
}

async function filesOf(store: Store, visit: string): Promise<MinutesFile[]> {
  const rows = await store.db.select().from(visitFiles).where(eq(visitFiles.visit, visit)).orderBy(asc(visitFiles.at))
  return rows.map(({ senderKind, type, bytes, sha256, at }) => ({ from: senderKind, type, bytes, sha256, at }))
}

async function recordingOf(
  store: Store,
  visit: string,
  kinds: ReadonlyMap<string, ParticipantKind>,
): Promise<MinutesRecording | null> {
  const segments = await store.db
    .select()
    .from(recordingSegments)
    .where(eq(recordingSegments.visit, visit))
    .orderBy(asc(recordingSegments.startedAt), asc(recordingSegments.id))
  const held = segments.filter(({ chunks }) => chunks > 0)
  if (held.length === 0) return null
  const gaps = await store.db
    .select()
    .from(recordingGaps)
    .where(eq(recordingGaps.visit, visit))
    .orderBy(asc(recordingGaps.since))
  return {
    segments: held.map(({ of, what, startedAt, heldUntil, chunks, head, closedWhy }) => ({
      ...{ of: kinds.get(of) ?? "citizen", what, from: startedAt, until: heldUntil, chunks, head, end: closedWhy },
    })),
    gaps: gaps.map(({ why, reason, since, until }) => ({ why, reason, from: since, until })),
  }
}

/** The minutes of a visit as they were issued, for whoever may read them; `null` where there are none. */
export async function minutesOf(
  store: Store,
  keys: Keys,
  visit: string,
  now: Instant,
): Promise<(Held & { minutes: Minutes | null }) | null> {
  const held = (await documentsOf(store, keys, visit, now)).filter(({ kind }) => kind === "minutes").at(-1)
  return held ? { ...held, minutes: (held.body?.content as unknown as Minutes | undefined) ?? null } : null
}
