import { and, asc, desc, eq, gt, isNull, lt, ne, type SQL, type SQLWrapper, sql } from "drizzle-orm"
import { clear } from "../../../db/clearing.ts"
import { accountsStream } from "../../../db/facts.ts"
import { type SessionLevel, sessions, staff } from "../../../db/schema/access.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant, minute } from "../../base/day.ts"
import { token } from "../../base/id.ts"
import { Refusal } from "../../base/refusal.ts"
import { sha256 } from "../../base/seal.ts"
import { citizenOf, staffOf } from "./keys.ts"
import type { Owner } from "./owner.ts"
import type { Citizen, Staff } from "./subject.ts"

export type SessionRow = typeof sessions.$inferSelect
export type SessionKind = SessionRow["kind"]

/**
 * Idle and absolute limits (NIST SP 800-63B-4 §2.2.3 allows up to 1 h and 24 h at AAL2; staff sit in open halls, so less). Idle means that
 * nobody does anything: a page that is open and its live wire do not count.
 */
const limits = {
  citizen: { idle: 30 * minute, whole: 12 * hour },
  staff: { idle: 15 * minute, whole: 12 * hour },
  /** Opened by a code by SMS, often on somebody else's telephone: long enough to book, and then over, whatever is done. */
  unproven: { idle: 30 * minute, whole: 30 * minute },
} as const

const limitsOf = ({ kind, level }: { kind: SessionKind; level?: SessionLevel }) =>
  level === "unproven" ? limits.unproven : limits[kind]

/** How many sessions somebody may have at once; one more ends the oldest. People have several devices, whoever decides much has one. */
const atOnce: Record<string, number> = { citizen: 5, agent: 2 }
const atOnceOthers = 1
/** Counted apart: whoever comes in by a code by SMS ends no session that a passkey has opened. */
const atOnceUnproven = 2

/** How long a passkey's word is fresh enough for what is sensitive; whoever decides about others gives it again for each thing. */
const freshFor: Record<string, number> = { citizen: 5 * minute, agent: 5 * minute }
const freshForOthers = minute

/** A session is written at most this often, so that reading pages does not become writing rows. */
const seenEvery = minute

/** How long rows of sessions that are over are kept for whoever asks what happened. */
const keptFor = 90 * 24 * hour

const insertSession = statement((db) => db.insert(sessions).values(placeholders(sessions)))
const sessionById = statement((db) =>
  db
    .select()
    .from(sessions)
    .where(eq(sessions.id, sql.placeholder("id"))),
)
const isOpen = and(
  isNull(sessions.revokedAt),
  gt(sessions.idleUntil, sql.placeholder("now")),
  gt(sessions.until, sql.placeholder("now")),
)
const ofOwner = and(eq(sessions.kind, sql.placeholder("kind")), eq(sessions.subject, sql.placeholder("id")))
const openOnes = statement((db) =>
  db.select().from(sessions).where(and(ofOwner, isOpen)).orderBy(desc(sessions.seenAt), asc(sessions.id)),
)
const touch = statement((db) =>
  db
    .update(sessions)
    .set({ seenAt: sql`${sql.placeholder("now")}`, idleUntil: sql`${sql.placeholder("idleUntil")}` })
    .where(and(eq(sessions.id, sql.placeholder("id")), isOpen))
    .returning({ idleUntil: sessions.idleUntil }),
)
const revoke = statement((db) =>
  db
    .update(sessions)
    .set({ revokedAt: sql`${sql.placeholder("now")}`, revokedWhy: sql`${sql.placeholder("why")}` })
    .where(and(eq(sessions.id, sql.placeholder("id")), isNull(sessions.revokedAt)))
    .returning(),
)
const revokeAll = statement((db) =>
  db
    .update(sessions)
    .set({ revokedAt: sql`${sql.placeholder("now")}`, revokedWhy: sql`${sql.placeholder("why")}` })
    .where(and(ofOwner, isNull(sessions.revokedAt), ne(sessions.id, sql.placeholder("but"))))
    .returning({ id: sessions.id }),
)

export interface SignedIn {
  /** For the cookie, and nowhere else. */
  token: string
  session: SessionRow
  /** Sessions that ended for this one; their sockets are to be closed. */
  ended: string[]
}

/** Whose session it shall be, and what was shown for it. */
export interface NewSession {
  kind: SessionKind
  subject: string
  role: string
  /** E.g. `password+passkey`. */
  factors: string
  userAgent: string
  /** `full` where it is left out. */
  level?: SessionLevel
  /** The credential id of the passkey that was used. */
  passkey?: string | null
  /** When that passkey said that it is this person. */
  provenAt?: Instant | null
  /** A keyed hash of the address. */
  address?: string
}

/**
 * Starts a session for somebody whose factors have been checked. `now` is the real clock's. A new token every time: one that was known
 * before the sign-in is worth nothing after it. Where this is one too many, the oldest end.
 */
export async function startSession(tx: Tx, who: NewSession, now: Instant): Promise<SignedIn> {
  const { idle, whole } = limitsOf(who)
  const times = { createdAt: now, seenAt: now, idleUntil: now + idle, until: now + whole }
  const made = await insert(tx, { ...who, ...times })
  const isUnproven = who.level === "unproven"
  const most = isUnproven ? atOnceUnproven : (atOnce[who.role] ?? atOnceOthers)
  const others = (await sessionsOf(tx, { kind: who.kind, id: who.subject }, now)).filter(
    ({ id, level }) => id !== made.session.id && (level === "unproven") === isUnproven,
  )
  const oldest = others.sort((left, right) => right.createdAt - left.createdAt).slice(most - 1)
  for (const { id } of oldest) await endSession(tx, id, "too_many", now)
  return { ...made, ended: oldest.map(({ id }) => id) }
}

/**
 * Puts a new session in the place of one whose owner has just shown more, or is now somebody who may do more: another token, so that
 * whoever knew the old one has nothing. The absolute limit stays. Refuses `not_signed_in` where the old one is over.
 */
export async function replaceSession(
  tx: Tx,
  old: Pick<SessionRow, "id">,
  role: string,
  more: Partial<Pick<SessionRow, "factors" | "level" | "passkey" | "provenAt">>,
  now: Instant,
): Promise<SignedIn> {
  const [was] = await revoke(tx).execute({ id: old.id, now, why: "replaced" })
  if (!was || was.idleUntil <= now || was.until <= now) throw new Refusal("not_signed_in")
  const idleUntil = Math.min(was.until, now + limitsOf(was).idle)
  const made = await insert(tx, { ...was, ...more, role, seenAt: now, idleUntil })
  await tx.say(accountsStream, "session.ended", { why: "replaced", session: was.id, subject: was.subject })
  return { ...made, ended: [was.id] }
}

type Times = Pick<SessionRow, "createdAt" | "seenAt" | "idleUntil" | "until">

async function insert(tx: Tx, who: NewSession & Times): Promise<{ token: string; session: SessionRow }> {
  const secret = token(tx.chance, 32)
  const { kind, subject, factors, level = "full", createdAt, seenAt, idleUntil, until } = who
  const session: SessionRow = {
    ...{ id: sha256(secret), kind, subject, factors, level, createdAt, seenAt, idleUntil, until },
    passkey: who.passkey ?? null,
    provenAt: who.provenAt ?? null,
    address: who.address ?? "",
    userAgent: who.userAgent.slice(0, 200),
    revokedAt: null,
    revokedWhy: null,
  }
  await insertSession(tx).execute(session)
  const told = level === "full" ? {} : { level }
  await tx.say(accountsStream, "session.started", { role: who.role, factors, ...told, subject })
  return { token: secret, session }
}

/** The live session that this cookie names, and whose it is. */
export async function sessionOf(
  store: Store,
  secret: string,
  now: Instant,
): Promise<{ session: SessionRow; subject: Citizen | Staff } | null> {
  if (!/^[A-Za-z0-9_-]{43}$/.test(secret)) return null
  return liveSession(store, sha256(secret), now)
}

/** As `sessionOf`, by the session's id: for a socket that was opened under it. */
export async function liveSession(
  store: Store,
  id: string,
  now: Instant,
): Promise<{ session: SessionRow; subject: Citizen | Staff } | null> {
  const [session] = await sessionById(store).execute({ id })
  if (!session || session.revokedAt !== null || session.idleUntil <= now || session.until <= now) return null
  const { kind, subject: whose, level } = session
  const subject = await (kind === "citizen" ? citizenOf(store, whose, level) : staffOf(store, whose))
  return subject ? { session, subject } : null
}

/** Whether nobody has ended this session; its limits are the gate's to look at. */
export async function stands(store: Store, id: string): Promise<boolean> {
  const [session] = await sessionById(store).execute({ id })
  return session !== undefined && session.revokedAt === null
}

/** In the turn of what somebody does: refuses `not_signed_in` where their session has been ended. */
export async function mustStand(tx: Tx, id: string): Promise<void> {
  if (!(await stands(tx, id))) throw new Refusal("not_signed_in")
}

/** The open sessions of an owner, the one that was used last first. */
export async function sessionsOf(store: Store, { kind, id }: Owner, now: Instant): Promise<SessionRow[]> {
  return openOnes(store).execute({ kind, id, now })
}

export function wantsTouch(session: SessionRow, now: Instant): boolean {
  return now - session.seenAt >= seenEvery
}

export async function touchSession(tx: Tx, session: SessionRow, now: Instant): Promise<void> {
  await touch(tx).execute({ id: session.id, now, idleUntil: Math.min(session.until, now + limitsOf(session).idle) })
}

/**
 * "I am still here": puts the idle limit off and answers when it ends now. The absolute limit stays. Refuses `not_signed_in` where the
 * session is over.
 */
export async function extendSession(
  tx: Tx,
  session: Pick<SessionRow, "id" | "kind" | "level" | "until">,
  now: Instant,
): Promise<Instant> {
  const idleUntil = Math.min(session.until, now + limitsOf(session).idle)
  const [extended] = await touch(tx).execute({ id: session.id, now, idleUntil })
  if (!extended) throw new Refusal("not_signed_in")
  return extended.idleUntil
}

export async function endSession(tx: Tx, id: string, why: string, now: Instant): Promise<void> {
  const [ended] = await revoke(tx).execute({ id, now, why })
  if (ended) await tx.say(accountsStream, "session.ended", { why, session: id, subject: ended.subject })
}

/** Ends every session of the owner but `keep`; answers which ended, so that their sockets can be closed. */
export async function endOthers(tx: Tx, owner: Owner, keep: string, why: string, now: Instant): Promise<string[]> {
  const ended = await revokeAll(tx).execute({ kind: owner.kind, id: owner.id, but: keep, now, why })
  for (const { id } of ended) {
    await tx.say(accountsStream, "session.ended", { why, session: id, subject: owner.id })
  }
  return ended.map(({ id }) => id)
}

/** Ends every session of the owner; answers which ended. */
export function endAll(tx: Tx, owner: Owner, why: string, now: Instant): Promise<string[]> {
  return endOthers(tx, owner, "", why, now)
}

/**
 * Whoever does something sensitive must have said with a passkey, a moment ago, that it is still they: within five minutes, and within one
 * for those who decide about others. False also where there is no session, because a program cannot say it.
 */
export function isFresh(session: Pick<SessionRow, "provenAt"> | null, role: string, now: Instant): boolean {
  if (!session || session.provenAt === null) return false
  return now - session.provenAt < (freshFor[role] ?? freshForOthers)
}

const staffByLogin = statement((db) =>
  db
    .select()
    .from(staff)
    .where(eq(staff.login, sql.placeholder("login"))),
)

/** The staff row of a login, for checking a password; `null` where there is none or it is disabled. */
export async function staffForSignIn(store: Store, login: string) {
  const [row] = await staffByLogin(store).execute({ login: login.trim().toLowerCase() })
  return row && row.disabledAt === null ? row : null
}

/** For a statement that clears rows: this column names nobody whose data must be kept for longer at `now`. */
export type MayGo = (person: SQLWrapper, now: Instant) => SQL

/** Forgets sessions that have been over for three months; what the facts say of them stays. Answers how many, see `clear`. */
export function forgetSessions(tx: Tx, mayGo: MayGo, now: Instant): Promise<number> {
  return clear(tx, sessions, [sessions.id], and(lt(sessions.until, now - keptFor), mayGo(sessions.subject, now)))
}
