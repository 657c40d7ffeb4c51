import { and, eq, inArray, isNull, lt, sql } from "drizzle-orm"
import {
  type ParticipantKind,
  type ParticipantRow,
  type Phase,
  type PresenceState,
  participants,
  type VisitRow,
  visits,
} from "../../../db/schema/visits.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { authorize } from "../access/authorize.ts"
import { isStaff, type Staff, type Subject } from "../access/subject.ts"
import { office } from "../offices/reads.ts"
import { personKey } from "../people/sealed.ts"
import { interrupt } from "./calls.ts"
import { carry, lapse } from "./identity.ts"
import { mustBeIn, talking } from "./phases.ts"
import { follow } from "./recording/gaps.ts"
import { visitLimits } from "./times.ts"
import { addParticipant, change, everIn, mustFollow, seatAgent, visit, visitAtHand } from "./visits.ts"

/* Who is in a visit: asked in, let in, put out; and by which page they are there. */

export type ThirdKind = Exclude<ParticipantKind, "citizen" | "agent" | "supervisor">

/**
 * Asks a third person in. The invitation is for the account that first opens it (`takeUp`); its secret is `keys.capability("visit",
 * participant)`. The person waits until the agent lets them in. Refuses `limit_reached` when four are in, `invalid_field`,
 * `wrong_state`, `not_your_counter`.
 */
export async function invite(
  tx: Tx,
  keys: Keys,
  agent: Staff,
  id: string,
  { kind, name }: { kind: ThirdKind; name: string },
): Promise<ParticipantRow> {
  const { row, phase } = await visitAtHand(tx, agent, id)
  mustBeIn(phase, "ringing", ...talking)
  const shown = name.trim()
  if (shown === "" || shown.length > visitLimits.nameLength) throw new Refusal("invalid_field", { field: "name" })
  await takeChair(tx, id)
  const key = await personKey(tx, keys, row.person)
  const nameSealed = key?.seal("participant.name", shown, tx.chance) ?? null
  const given = { kind, subject: null, subjectKind: "citizen" as const, nameSealed, invitedBy: agent.id }
  const invited = await addParticipant(tx, row, given)
  await tx.say(row.office, "visit.invited", { visit: id, participant: invited.id, kind, by: agent.id })
  return invited
}

/**
 * Opens an invitation: it belongs to the first account that does. `null` for any other: that is said in the visit, so that the agent
 * sees it; show it as `not_found`. Refuses `not_found` for an invitation that was withdrawn.
 */
export async function takeUp(tx: Tx, by: Subject, participant: string): Promise<ParticipantRow | null> {
  authorize(by, "visit.listen")
  const [found] = await byId(tx).execute({ id: participant })
  if (!found || found.state === "removed" || found.state === "gone") {
    throw new Refusal("not_found", { what: "participant" })
  }
  const of = await visit(tx, found.visit)
  if (found.subject === by.id) return found
  // Whoever is in the visit already is not a second person of it. Whoever was put out comes in by an invitation that was made since then, and
  // not by one that lay about.
  const before = await everIn(tx, found.visit, by.id)
  const isAnew = before?.state === "removed" && isThird(before) && found.presenceAt >= (before.leftAt ?? tx.now)
  const isTaken = found.subject !== null || (before !== null && !isAnew)
  const subjectKind = isStaff(by) ? ("staff" as const) : ("citizen" as const)
  const [mine] = isTaken ? [] : await claim(tx).execute({ id: participant, subject: by.id, subjectKind })
  if (mine) return mine
  const said = { visit: found.visit, participant, by: by.id }
  await tx.say(of.row.office, "visit.invitation_refused", said)
  return null
}

/** Lets in who was asked in, or who is back after being gone. Refuses `not_found`, `wrong_state`, `not_your_counter`. */
export async function admit(tx: Tx, agent: Staff, id: string, participant: string): Promise<ParticipantRow> {
  const { row, phase } = await visitAtHand(tx, agent, id)
  mustBeIn(phase, ...talking)
  const found = await thirdIn(tx, id, participant)
  if (found.subject === null) throw new Refusal("not_found", { what: "participant" })
  if (found.state === "admitted") return found
  // Two talk alone: who comes now waits until all of them talk again.
  if (phase === "private") throw new Refusal("wrong_state", { state: phase })
  const admitted = await change(tx, found, { state: "admitted", joinedAt: found.joinedAt ?? tx.now, leftAt: null })
  await tx.say(row.office, "visit.joined", { visit: id, participant, kind: found.kind, by: agent.id })
  await follow(tx, id, agent.id)
  return admitted
}

/** Was about to let somebody in and did not: they wait as before, and that it was so is kept. Refuses `not_found`, `not_your_counter`. */
export async function leaveOutside(tx: Tx, agent: Staff, id: string, participant: string): Promise<void> {
  const { row } = await visitAtHand(tx, agent, id)
  const { id: one } = await thirdIn(tx, id, participant)
  await tx.say(row.office, "visit.not_admitted", { visit: id, participant: one, by: agent.id })
}

/** Puts a third person out: their invitation is void, and they come back by another one alone. Refuses `not_found`, `not_your_counter`. */
export async function remove(tx: Tx, agent: Staff, id: string, participant: string, why = "agent"): Promise<void> {
  const { row } = await visitAtHand(tx, agent, id)
  await goesOut(tx, row, await thirdIn(tx, id, participant), agent.id, why)
}

/**
 * Who was asked in leaves by themselves: from then on as if their invitation had never been taken up. Refuses `not_found` to everybody else, and
 * once they have left.
 */
export async function leaveAsGuest(tx: Tx, by: Subject, participant: string): Promise<void> {
  const found = await participantBy(tx, participant)
  if (!found || found.subject !== by.id || !isThird(found) || found.state === "removed") {
    throw new Refusal("not_found", { what: "participant" })
  }
  const { row } = await visit(tx, found.visit)
  await goesOut(tx, row, found, by.id, "left")
}

/** A chair is free, and everybody in the visit is told. */
async function goesOut(tx: Tx, { id, office: where }: VisitRow, one: ParticipantRow, by: string, why: string) {
  await change(tx, one, { state: "removed", leftAt: tx.now })
  await tx.db
    .update(visits)
    .set({ thirds: sql`${visits.thirds} - 1` })
    .where(eq(visits.id, id))
  await tx.say(where, "visit.removed", { visit: id, participant: one.id, by, why })
  await follow(tx, id, by)
}

/**
 * A supervisor of the office joins. Never in silence: `visit.joined` is shown to everybody in the visit. Refuses `forbidden` to agents,
 * `limit_reached`, `wrong_state`, `not_found`.
 */
export async function joinAsSupervisor(tx: Tx, supervisor: Staff, id: string): Promise<ParticipantRow> {
  if (supervisor.role !== "supervisor") throw new Refusal("forbidden")
  const { row, phase } = await visit(tx, id)
  authorize(supervisor, "visit.serve", await office(tx, row.office))
  mustBeIn(phase, ...talking)
  const found = await everIn(tx, id, supervisor.id)
  if (found?.state === "admitted") return found
  // Two who talk alone go on doing so; the supervisor comes in with all others.
  const state = phase === "private" ? ("held" as const) : ("admitted" as const)
  const kind = "supervisor" as const
  const admitted = { kind, state, joinedAt: tx.now, leftAt: null }
  // Who served the visit before sat in the agent's chair, not in one of these.
  if (!found || found.state === "removed" || found.kind !== kind) await takeChair(tx, id)
  const given = { subject: supervisor.id, subjectKind: "staff" as const, ...admitted }
  const joined = found ? await change(tx, found, admitted) : await addParticipant(tx, row, given)
  const said = { visit: id, participant: joined.id, kind: "supervisor", by: supervisor.id }
  await tx.say(row.office, "visit.joined", said)
  await follow(tx, id, supervisor.id)
  return joined
}

/** A supervisor leaves, as openly as they came. Refuses `not_found` to who is not in the visit. */
export async function leaveAsSupervisor(tx: Tx, supervisor: Staff, id: string): Promise<void> {
  const { row } = await visit(tx, id)
  const found = await everIn(tx, id, supervisor.id)
  if (found?.kind !== "supervisor" || found.state === "removed") throw new Refusal("not_found", { what: "participant" })
  await goesOut(tx, row, found, supervisor.id, "left")
}

/** By which page somebody is there. */
export interface Page {
  /** Random for each load of a page. */
  page: string
  /** Kept over a reload and copied with the tab; for telling windows apart only. */
  tab: string
  /** By which it was let in. Others in the visit learn the name of the page, and nobody learns this. */
  session: string
}

/** Who this one is in the visit; an agent with its ticket in hand becomes its agent. Refuses `not_found`, `wrong_state` when it is over. */
export async function attend(tx: Tx, subject: Subject, id: string): Promise<ParticipantRow> {
  const found = await mustFollow(tx, subject, id)
  const of = await visit(tx, id)
  if (of.phase === "over") throw new Refusal("wrong_state", { state: of.phase })
  return found === "at_hand" ? seatAgent(tx, of, subject.id) : found
}

/**
 * A connection is let in: its epoch is the next one, and what comes with a smaller one is void. `isTakeover`: it goes on in the place of
 * another window that was still there. The page that was there before, back under its own session, is the same person before the same camera:
 * sound and picture never went through us, and what was looked at stands. Any other page begins anew. Refuses `not_found` to whoever is not in the visit.
 */
export async function connect(
  tx: Tx,
  subject: Subject,
  id: string,
  { page, tab, session }: Page,
  isTakeover: boolean,
): Promise<ParticipantRow> {
  const row = await attend(tx, subject, id)
  const of = await visit(tx, id)
  const wasOnline = row.presence === "online"
  const presenceAt = wasOnline ? row.presenceAt : tx.now
  const after = await change(tx, row, { page, tab, session, epoch: row.epoch + 1, presence: "online", presenceAt })
  if (!wasOnline) {
    await tx.say(of.row.office, "visit.presence", { visit: id, participant: row.id, state: "online" })
  }
  const isSame = !isTakeover && row.page === page && row.tab === tab && row.session === session
  if (row.kind === "citizen" && isSame) await carry(tx, { participant: row.id, page, from: row.epoch, to: after.epoch })
  else if (row.kind === "citizen") await lapse(tx, of.row, isTakeover ? "takeover" : "page")
  if (isTakeover) {
    await tx.say(of.row.office, "visit.taken_over", { visit: id, participant: row.id, epoch: after.epoch })
  }
  return after
}

/**
 * What the connection of a participant has become. Gone in a call is an interruption; gone in the waiting room costs nothing: the place is
 * the ticket's. Says nothing where nothing is new.
 */
export async function presenceIs(tx: Tx, participant: string, state: Exclude<PresenceState, "offline">): Promise<void> {
  const [found] = await byId(tx).execute({ id: participant })
  if (!found || found.presence === state) return
  const row = await change(tx, found, { presence: state, presenceAt: tx.now })
  const of = await visit(tx, found.visit)
  await tx.say(of.row.office, "visit.presence", { visit: found.visit, participant, state })
  if (state !== "gone" || !talking.includes(of.phase)) return
  await interrupt(tx, of, row)
  await follow(tx, found.visit, "time")
}

export type Lease = ParticipantRow & { office: string; phase: Phase }

/**
 * The process begins: of those who were there nobody knows whether they still are. They are given their whole grace from now. The answer
 * is for the presence that begins with them. Its turn names the offices' scopes.
 */
export async function reconnectAll(tx: Tx): Promise<Lease[]> {
  const there = await thereNow(tx).execute()
  const leases: Lease[] = []
  for (const { row, office: code } of there) {
    await change(tx, row, { presence: "reconnecting", presenceAt: tx.now })
    leases.push({ ...row, office: code, phase: (await visit(tx, row.visit)).phase })
    if (row.presence === "reconnecting") continue
    await tx.say(code, "visit.presence", { visit: row.visit, participant: row.id, state: "reconnecting" })
  }
  return leases
}

/** The offices in which somebody was there when the process ended. */
export async function officesWithLeases(store: Store): Promise<string[]> {
  const rows = await store.db
    .selectDistinct({ office: visits.office })
    .from(participants)
    .innerJoin(visits, eq(visits.id, participants.visit))
    .where(and(inArray(participants.presence, ["online", "reconnecting"]), isNull(visits.overAt)))
  return rows.map(({ office: code }) => code)
}

/**
 * Whether a signal of the one may reach the other: both admitted to the same visit, which is in a call. Who is held, gone, waiting or only
 * asked in reaches nobody.
 */
export async function maySignal(store: Store, id: string, from: string, to: string): Promise<boolean> {
  if (from === to) return false
  const of = await visit(store, id)
  if (!talking.includes(of.phase)) return false
  const both = await admittedOf(store).execute({ visit: id, one: from, other: to })
  return both.length === 2
}

/** A row of somebody in a visit, whatever has become of them; `null` for no such one. */
export async function participantBy(store: Store, id: string): Promise<ParticipantRow | null> {
  return (await byId(store).execute({ id }))[0] ?? null
}

async function thirdIn(tx: Tx, id: string, participant: string): Promise<ParticipantRow> {
  const [found] = await byId(tx).execute({ id: participant })
  const isHere = found && found.visit === id && found.kind !== "citizen" && found.kind !== "agent"
  if (!isHere || found.state === "removed") throw new Refusal("not_found", { what: "participant" })
  return found
}

const isThird = ({ kind }: ParticipantRow) => kind === "interpreter" || kind === "guardian"

/** The limit is in the statement. Refuses `limit_reached`. */
async function takeChair(tx: Tx, id: string): Promise<void> {
  const [row] = await tx.db
    .update(visits)
    .set({ thirds: sql`${visits.thirds} + 1` })
    .where(and(eq(visits.id, id), lt(visits.thirds, visitLimits.thirds)))
    .returning({ id: visits.id })
  if (!row) throw new Refusal("limit_reached", { max: visitLimits.thirds + 2 })
}

const byId = statement((db) =>
  db
    .select()
    .from(participants)
    .where(eq(participants.id, sql.placeholder("id"))),
)
const claim = statement((db) =>
  db
    .update(participants)
    .set({ subject: sql`${sql.placeholder("subject")}`, subjectKind: sql`${sql.placeholder("subjectKind")}` })
    .where(and(eq(participants.id, sql.placeholder("id")), sql`${participants.subject} is null`))
    .returning(),
)
const thereNow = statement((db) =>
  db
    .select({ row: participants, office: visits.office })
    .from(participants)
    .innerJoin(visits, eq(visits.id, participants.visit))
    .where(and(sql`${participants.presence} in ('online', 'reconnecting')`, isNull(visits.overAt))),
)
const admittedOf = statement((db) =>
  db
    .select({ id: participants.id })
    .from(participants)
    .where(
      and(
        eq(participants.visit, sql.placeholder("visit")),
        sql`${participants.id} in (${sql.placeholder("one")}, ${sql.placeholder("other")})`,
        sql`${participants.state} = 'admitted'`,
      ),
    ),
)
