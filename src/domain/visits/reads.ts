import { and, eq, isNull, sql } from "drizzle-orm"
import type { Words } from "../../../db/schema/catalogue.ts"
import { tickets } from "../../../db/schema/queue.ts"
import {
  type ParticipantKind,
  type ParticipantRow,
  type ParticipantState,
  type Phase,
  participants,
  type VisitTestRow,
  visits,
  visitTests,
} from "../../../db/schema/visits.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { staffOf } from "../access/keys.ts"
import { staffNames } from "../access/names.ts"
import { person } from "../people/reads.ts"
import { personKey } from "../people/sealed.ts"
import { type QueueRow, queueView, type TicketView, ticketView } from "../queue/reads.ts"
import { type Message, messagesOf } from "./chat.ts"
import { phaseOf } from "./phases.ts"
import { ringUntil } from "./ringing.ts"
import { testOf } from "./self-test.ts"
import { visitTimes } from "./times.ts"
import { mayLookIn, openVisits, participantOf, roster, type Visit, visit } from "./visits.ts"

/* What the pages of a visit show: ids, codes, instants, and the names of those who are in it. */

/** How somebody's connection looks: `late` has said nothing for twelve seconds, and is shown before anything is done about it. */
export type Connectivity = "offline" | "online" | "late" | "reconnecting" | "gone"

/** What the running process knows beyond the store: who is late, and who looks at something else. */
export type Watch = (participant: string) => { isLate: boolean; isAway: boolean } | null

export interface PersonIn {
  id: string
  kind: ParticipantKind
  /** `null` for an invitation that nobody has taken up and that has no name. */
  name: Words | null
  state: ParticipantState
  connectivity: Connectivity
  /** Since when, as far as it is kept: of `online`, `reconnecting` and `gone`. */
  connectivitySince: Instant
  isAway: boolean
  /** A signal must name it. */
  epoch: number
  /** Another page than a moment ago means another connection for media. */
  page: string | null
  isSelf: boolean
}

export interface VisitView {
  id: string
  office: string
  service: string
  phase: Phase
  /** Since when this phase. */
  since: Instant
  /** When the person answered, or the ticket began to be served; `null` before. */
  answeredAt: Instant | null
  self: { id: string; kind: ParticipantKind; state: ParticipantState } | null
  people: PersonIn[]
  /** Of the person and the office only; `null` for whom it does not concern. */
  place: Pick<TicketView, "number" | "state" | "ahead" | "wait" | "expectedStart" | "bookedAt" | "keptUntil"> | null
  ring: { number: number; of: number; until: Instant } | null
  /** Until when the own place is kept after an interruption. */
  rejoinUntil: Instant | null
  /** Since when the office has been late. */
  lateAt: Instant | null
  /** How often two rings found nobody. */
  unanswered: number
  messages: Message[]
  test: VisitTestRow | null
  /** For the staff: who sent the person on, for whom, and with what note. */
  sentOn: { by: Words | null; forAgent: string | null; note: string | null } | null
}

/**
 * A visit as this account sees it: the person everything but what staff write to each other, the staff all of it, who was asked in and
 * not yet let in only that there is a visit. Refuses `not_found` to everybody else, also to who was removed.
 */
export async function visitView(
  store: Store,
  keys: Keys,
  id: string,
  reader: string,
  now: Instant,
  watch: Watch = () => null,
): Promise<VisitView> {
  const found = await visit(store, id)
  const { row, ticket, phase } = found
  const own = await participantOf(store, id, reader)
  if (own === null) await mustLookIn(store, found, reader)
  const isStaff = own === null || own.kind === "agent" || own.kind === "supervisor"
  const isPerson = own?.kind === "citizen"
  const isIn = isStaff || isPerson || own?.state === "admitted" || own?.state === "held"
  const until = ringUntil(ticket)
  const from = isStaff || isPerson ? null : (own?.joinedAt ?? null)
  const key = isStaff && row.noteSealed ? await personKey(store, keys, row.person) : null
  const names = await staffNames(store, row.sentBy ? [row.sentBy] : [])
  return {
    ...{
      id,
      office: row.office,
      service: ticket.service,
      phase,
      since: row.since,
      answeredAt: ticket.servingAt,
      unanswered: row.unanswered,
    },
    self: own && { id: own.id, kind: own.kind, state: own.state },
    people: isIn ? await peopleIn(store, keys, row, reader, watch) : [],
    place: isStaff || isPerson ? placeOf(await ticketView(store, id, now)) : null,
    ring: until === null ? null : { number: ticket.calls, of: visitTimes.rings, until },
    rejoinUntil: phase === "interrupted" ? row.since + visitTimes.interruption : null,
    lateAt: row.lateAt,
    messages: isIn ? await messagesOf(store, keys, row, { reader, from, until: isStaff ? row.overAt : null }) : [],
    test: isStaff || isPerson ? await testOf(store, row.thread) : null,
    sentOn:
      isStaff && row.sentBy
        ? {
            by: names.get(row.sentBy) ?? null,
            forAgent: row.forAgent,
            note: key && row.noteSealed ? key.open("visit.note", row.noteSealed) : null,
          }
        : null,
  }
}

async function mustLookIn(store: Store, found: Visit, reader: string): Promise<void> {
  const staff = await staffOf(store, reader)
  if (!staff || !(await mayLookIn(store, found, staff))) throw new Refusal("not_found", { what: "visit" })
}

/** Everybody in a visit, with names and connections. */
export async function peopleIn(
  store: Store,
  keys: Keys,
  { id, person: whose }: { id: string; person: string },
  reader: string,
  watch: Watch = () => null,
): Promise<PersonIn[]> {
  const rows = await roster(store, id)
  const names = await staffNames(
    store,
    rows.flatMap((row) => (row.subjectKind === "staff" && row.subject ? [row.subject] : [])),
  )
  const key = rows.some(({ nameSealed }) => nameSealed !== null) ? await personKey(store, keys, whose) : null
  return Promise.all(
    rows.map(async (row): Promise<PersonIn> => {
      const { kind, state, epoch, page, presenceAt } = row
      const given = row.nameSealed && key ? key.open("participant.name", row.nameSealed) : null
      const own =
        given === null && row.subject !== null ? ((await person(store, keys, row.subject))?.name ?? null) : null
      const name = row.subjectKind === "staff" ? (names.get(row.subject ?? "") ?? null) : given ? both(given) : own
      const isAway = watch(row.id)?.isAway ?? false
      return {
        ...{ id: row.id, kind, name, state, epoch, page, isAway },
        ...{ connectivity: connectivityOf(row, watch), connectivitySince: presenceAt, isSelf: row.subject === reader },
      }
    }),
  )
}

export interface PanelRow extends QueueRow {
  /** `null`: there is no visit, or none yet. */
  phase: Phase | null
  /** A ticket of nobody known, who cannot be called by video and is called as everywhere. */
  isNobodys: boolean
  /** The person's connection. `offline`: has not opened the waiting room yet. */
  connectivity: Connectivity
  connectivitySince: Instant | null
  isAway: boolean
  /** Since when the person is here. */
  waitingMilliseconds: number
  lateAt: Instant | null
  unanswered: number
  test: VisitTestRow | null
  sentBy: Words | null
  forAgent: string | null
}

/** More people than this never wait for one office. */
const everybody = 5_000

/**
 * Everybody whom a video office has to do with now, in the order in which they are called: waiting, set aside, in a call. Rows come from
 * the queue alone; a connection that is lost changes how a row looks and hides nobody. Refuses `not_found` for no such office.
 */
export async function panel(
  store: Store,
  officeCode: string,
  now: Instant,
  watch: Watch = () => null,
): Promise<{ waiting: PanelRow[]; aside: PanelRow[]; atCounters: PanelRow[] }> {
  const queue = await queueView(store, officeCode, now, everybody)
  const open = new Map((await openVisits(store, officeCode)).map((row) => [row.id, row]))
  const people = new Map((await citizensIn(store).execute({ office: officeCode })).map(({ row }) => [row.visit, row]))
  const tests = new Map((await testsOf(store).execute({ office: officeCode })).map(({ row }) => [row.thread, row]))
  const nobodys = new Set((await nobodysIn(store).execute({ office: officeCode })).map(({ id }) => id))
  const names = await staffNames(
    store,
    [...open.values()].flatMap(({ sentBy }) => (sentBy ? [sentBy] : [])),
  )
  const rows = (all: QueueRow[]) =>
    all.map((of): PanelRow => {
      const row = open.get(of.id)
      const own = people.get(of.id)
      return {
        ...of,
        phase: row ? phaseOf(of, row.phase) : null,
        isNobodys: nobodys.has(of.id),
        connectivity: own ? connectivityOf(own, watch) : "offline",
        connectivitySince: own?.presenceAt ?? null,
        isAway: own ? (watch(own.id)?.isAway ?? false) : false,
        waitingMilliseconds: now - of.arrivedAt,
        lateAt: row?.lateAt ?? null,
        unanswered: row?.unanswered ?? 0,
        test: row ? (tests.get(row.thread) ?? null) : null,
        sentBy: row?.sentBy ? (names.get(row.sentBy) ?? null) : null,
        forAgent: row?.forAgent ?? null,
      }
    })
  return {
    waiting: rows(queue.waiting),
    aside: rows(queue.aside),
    atCounters: rows(queue.atCounters),
  }
}

const isOpenAt = and(eq(visits.office, sql.placeholder("office")), isNull(visits.overAt))
const citizensIn = statement((db) =>
  db
    .select({ row: participants })
    .from(visits)
    .innerJoin(participants, eq(participants.visit, visits.id))
    .where(and(isOpenAt, eq(participants.kind, "citizen"))),
)
const nobodysIn = statement((db) =>
  db
    .select({ id: tickets.id })
    .from(tickets)
    .where(and(eq(tickets.office, sql.placeholder("office")), sql`${tickets.live} = 1`, isNull(tickets.person))),
)
const testsOf = statement((db) =>
  db
    .select({ row: visitTests })
    .from(visits)
    .innerJoin(visitTests, eq(visitTests.thread, visits.thread))
    .where(isOpenAt),
)

export function connectivityOf({ id, presence }: ParticipantRow, watch: Watch): Connectivity {
  return presence === "online" && watch(id)?.isLate ? "late" : presence
}

function placeOf({ number, state, ahead, wait, expectedStart, bookedAt, keptUntil }: TicketView) {
  return { number, state, ahead, wait, expectedStart, bookedAt, keptUntil }
}

const both = (text: string): Words => ({ ar: text, en: text })
