import { and, eq, isNull, ne, sql } from "drizzle-orm"
import type { TicketRow } from "../../../db/schema/queue.ts"
import {
  type ParticipantKind,
  type ParticipantRow,
  type Phase,
  participants,
  type VisitRow,
  visits,
} from "../../../db/schema/visits.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import { authorize, may } from "../access/authorize.ts"
import { type Citizen, isStaff, type Staff, type Subject } from "../access/subject.ts"
import { office } from "../offices/reads.ts"
import { mustBeAtHand, ticketHere } from "../queue/desk.ts"
import { counter, ticket } from "../queue/tickets.ts"
import { lapse } from "./identity.ts"
import { mustPass, phaseOf } from "./phases.ts"
import { follow } from "./recording/gaps.ts"

/** A visit with its ticket, and the phase that holds between the two. */
export interface Visit {
  row: VisitRow
  ticket: TicketRow
  phase: Phase
}

/** Refuses `not_found`. */
export async function visit(store: Store, id: string): Promise<Visit> {
  const [row] = await byId(store).execute({ id })
  if (!row) throw new Refusal("not_found", { what: "visit" })
  const of = await ticket(store, id)
  return { row, ticket: of, phase: phaseOf(of, row.phase) }
}

/**
 * The visit of a ticket; made where it is not there yet, since a ticket may have come in at the desk. `null` where there is no call to be
 * had: the office is none for video, or nobody knows whose ticket it is.
 */
export async function visitOf(tx: Tx, of: TicketRow): Promise<Visit | null> {
  const [found] = await byId(tx).execute({ id: of.id })
  if (found) return { row: found, ticket: of, phase: phaseOf(of, found.phase) }
  if (of.person === null || !(await office(tx, of.office)).video) return null
  const [before] = of.cameFrom === null ? [] : await byId(tx).execute({ id: of.cameFrom })
  const row: VisitRow = {
    id: of.id,
    office: of.office,
    person: of.person,
    thread: before?.thread ?? of.id,
    phase: phaseOf(of, "lobby"),
    since: tx.now,
    ...{
      privateWith: null,
      thirds: 0,
      unanswered: 0,
      lateAt: null,
      overAt: null,
      wordSealed: null,
      minutesAt: null,
    },
    ...{ sentBy: before?.sentBy ?? null, forAgent: before?.forAgent ?? null, noteSealed: before?.noteSealed ?? null },
    openedAt: tx.now,
  }
  await insertVisit(tx).execute({ ...row })
  await addParticipant(tx, row, { kind: "citizen", subject: of.person, subjectKind: "citizen" })
  await tx.say(row.office, "visit.opened", { visit: row.id, thread: row.thread, subject: row.person })
  return { row, ticket: of, phase: phaseOf(of, row.phase) }
}

/** The visit, provided that it is this citizen's own. Refuses `not_found`. */
export async function ownVisit(tx: Tx, citizen: Citizen, id: string): Promise<Visit> {
  const of = await ticket(tx, id)
  authorize(citizen, "visit.attend", of)
  return (await visitOf(tx, of)) ?? notThere()
}

/** The visit, provided that its ticket is in this agent's hand; a supervisor's is every hand. Refuses `not_found`, `not_your_counter`. */
export async function visitAtHand(tx: Tx, agent: Staff, id: string): Promise<Visit> {
  authorize(agent, "visit.serve")
  const of = await ticketHere(tx, agent, id)
  await mustBeAtHand(tx, agent, of)
  // Called by nobody: it is in no hand yet.
  if (of.counter === null && agent.role !== "supervisor") throw new Refusal("not_your_counter", { counter: null })
  return (await visitOf(tx, of)) ?? notThere()
}

function notThere(): never {
  throw new Refusal("not_found", { what: "visit" })
}

/** Writes the phase and says so. `by`: who pressed, or `time`. Refuses `wrong_state`. */
export async function pass(
  tx: Tx,
  { row, phase, ticket: of }: Visit,
  to: Phase,
  { by, why = null, privateWith = null }: { by: string; why?: string | null; privateWith?: string | null },
): Promise<VisitRow> {
  mustPass(phase, to)
  const overAt = to === "over" ? tx.now : null
  const [after] = await setPhase(tx).execute({
    id: row.id,
    was: row.phase,
    phase: to,
    now: tx.now,
    privateWith,
    overAt,
  })
  if (!after) throw new Refusal("wrong_state", { state: (await visit(tx, row.id)).phase })
  if (to !== "call") await lapse(tx, row, "unseen", privateWith)
  const said = { visit: row.id, counter: of.counter, from: phase, to, by, with: privateWith, why, subject: row.person }
  await tx.say(row.office, "visit.moved", said)
  await follow(tx, row.id, by)
  return after
}

/** Everybody in a visit whose invitation or presence stands. */
export function roster(store: Store, id: string): Promise<ParticipantRow[]> {
  return byVisit(store).execute({ visit: id })
}

/** The participant that this one is in the visit; `null` where none, and for who was removed. */
export async function participantOf(store: Store, id: string, subject: string): Promise<ParticipantRow | null> {
  return (await bySubject(store).execute({ visit: id, subject }))[0] ?? null
}

/** As `participantOf`, also for who was removed: the row that stands, else that of the last leave. */
export async function everIn(store: Store, id: string, subject: string): Promise<ParticipantRow | null> {
  return (await anyBySubject(store).execute({ visit: id, subject }))[0] ?? null
}

/**
 * Whether this one may follow the visit and connect to it: who is in it, and the agent in whose hand its ticket is. Everybody else is told
 * that there is no such visit.
 */
export async function mustFollow(
  store: Store,
  subject: Subject | null,
  id: string,
): Promise<ParticipantRow | "at_hand"> {
  authorize(subject, "visit.listen")
  const found = subject && (await participantOf(store, id, subject.id))
  if (found && !(found.kind === "agent" && found.state === "gone")) return found
  if (subject && isStaff(subject)) {
    const of = await ticket(store, id)
    const isInHand = of.counter !== null && (of.state === "called" || of.state === "serving")
    if (isInHand && (await counter(store, of.counter ?? "")).staff === subject.id) return "at_hand"
  }
  return notThere()
}

/**
 * Whether somebody of the staff who is not in the visit may look at it: while the person waits, all who serve the office; from the call on
 * the agent who has or had it, and supervisors.
 */
export async function mayLookIn(store: Store, { row, ticket: of, phase }: Visit, staff: Staff): Promise<boolean> {
  if (!may(staff, "visit.serve", await office(store, row.office))) return false
  if (phase === "lobby" || staff.role === "supervisor") return true
  if (of.counter !== null && (await counter(store, of.counter)).staff === staff.id) return true
  return (await everIn(store, row.id, staff.id)) !== null
}

/**
 * Whether this one may hear how the visit goes: who may follow it, and, while the person waits, all who serve the office. They are in it no more
 * than before: nothing is connected. Everybody else is told that there is no such visit.
 */
export async function mustWatch(store: Store, subject: Subject | null, id: string): Promise<void> {
  if (subject && isStaff(subject)) {
    const of = await visit(store, id)
    if (of.phase === "lobby" && (await mayLookIn(store, of, subject))) return
  }
  await mustFollow(store, subject, id)
}

/** Writes somebody new into the visit. */
export async function addParticipant(
  tx: Tx,
  of: Pick<VisitRow, "id">,
  given: Pick<ParticipantRow, "subject" | "subjectKind"> & Partial<ParticipantRow> & { kind: ParticipantKind },
): Promise<ParticipantRow> {
  const row: ParticipantRow = {
    id: tx.id(),
    visit: of.id,
    ...{ nameSealed: null, state: "invited", epoch: 0, page: null, tab: null, session: null },
    ...{ presence: "offline", presenceAt: tx.now, invitedBy: null, joinedAt: null, leftAt: null },
    ...given,
  }
  await tx.db.insert(participants).values(row)
  return row
}

/** The agent's own row, made where it is not there yet, admitted. */
export async function seatAgent(tx: Tx, { row }: Visit, agent: string): Promise<ParticipantRow> {
  const found = await everIn(tx, row.id, agent)
  if (!found) {
    const admitted = { state: "admitted" as const, joinedAt: tx.now }
    return addParticipant(tx, row, { kind: "agent", subject: agent, subjectKind: "staff", ...admitted })
  }
  const kind = found.kind === "supervisor" ? found.kind : ("agent" as const)
  return change(tx, found, { kind, state: "admitted", joinedAt: found.joinedAt ?? tx.now, leftAt: null })
}

export async function change(tx: Tx, { id }: ParticipantRow, to: Partial<ParticipantRow>): Promise<ParticipantRow> {
  const [row] = await tx.db.update(participants).set(to).where(eq(participants.id, id)).returning()
  if (!row) throw new Refusal("not_found", { what: "participant" })
  return row
}

const byId = statement((db) =>
  db
    .select()
    .from(visits)
    .where(eq(visits.id, sql.placeholder("id"))),
)
const byVisit = statement((db) =>
  db
    .select()
    .from(participants)
    .where(and(eq(participants.visit, sql.placeholder("visit")), ne(participants.state, "removed")))
    .orderBy(participants.id),
)
const bySubject = statement((db) =>
  db
    .select()
    .from(participants)
    .where(
      and(
        eq(participants.visit, sql.placeholder("visit")),
        eq(participants.subject, sql.placeholder("subject")),
        ne(participants.state, "removed"),
      ),
    ),
)
const anyBySubject = statement((db) =>
  db
    .select()
    .from(participants)
    .where(and(eq(participants.visit, sql.placeholder("visit")), eq(participants.subject, sql.placeholder("subject"))))
    // Whoever was put out and asked in once more has another row for that.
    .orderBy(sql`${participants.state} = 'removed'`, sql`${participants.leftAt} desc`),
)
const insertVisit = statement((db) => db.insert(visits).values(placeholders(visits)))
const setPhase = statement((db) =>
  db
    .update(visits)
    .set({
      phase: sql`${sql.placeholder("phase")}`,
      since: sql`${sql.placeholder("now")}`,
      privateWith: sql`${sql.placeholder("privateWith")}`,
      overAt: sql`${sql.placeholder("overAt")}`,
    })
    .where(and(eq(visits.id, sql.placeholder("id")), eq(visits.phase, sql.placeholder("was"))))
    .returning(),
)
const open = statement((db) =>
  db
    .select()
    .from(visits)
    .where(and(eq(visits.office, sql.placeholder("office")), isNull(visits.overAt))),
)

/** The visits of an office that are not over. */
export function openVisits(store: Store, officeCode: string): Promise<VisitRow[]> {
  return open(store).execute({ office: officeCode })
}
