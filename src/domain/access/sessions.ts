import { and, eq, isNull, lt, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { sessions, staff } from "../../../db/schema/access.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant, minute } from "../../base/day.ts"
import { token } from "../../base/id.ts"
import { sha256 } from "../../base/seal.ts"
import { citizenOf, staffOf } from "./keys.ts"
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
} as const

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
const touch = statement((db) =>
  db
    .update(sessions)
    .set({ seenAt: sql`${sql.placeholder("now")}`, idleUntil: sql`${sql.placeholder("idleUntil")}` })
    .where(and(eq(sessions.id, sql.placeholder("id")), isNull(sessions.revokedAt))),
)
const revoke = statement((db) =>
  db
    .update(sessions)
    .set({ revokedAt: sql`${sql.placeholder("now")}`, revokedWhy: sql`${sql.placeholder("why")}` })
    .where(and(eq(sessions.id, sql.placeholder("id")), isNull(sessions.revokedAt)))
    .returning({ kind: sessions.kind, subject: sessions.subject }),
)

export interface SignedIn {
  /** For the cookie, and nowhere else. */
  token: string
  session: SessionRow
}

/**
 * Starts a session for somebody whose factors have been checked. `now` is the real clock's. A new token every time: one that was known
 * before the sign-in is worth nothing after it.
 */
export async function startSession(
  tx: Tx,
  who: { kind: SessionKind; subject: string; role: string; factors: string; userAgent: string },
  now: Instant,
): Promise<SignedIn> {
  const secret = token(tx.chance, 32)
  const session: SessionRow = {
    id: sha256(secret),
    kind: who.kind,
    subject: who.subject,
    factors: who.factors,
    createdAt: now,
    seenAt: now,
    idleUntil: now + limits[who.kind].idle,
    until: now + limits[who.kind].whole,
    userAgent: who.userAgent.slice(0, 200),
    revokedAt: null,
    revokedWhy: null,
  }
  await insertSession(tx).execute(session)
  await tx.say(accountsStream, "session.started", { role: who.role, factors: who.factors, subject: who.subject })
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
  const subject = await (session.kind === "citizen" ? citizenOf : staffOf)(store, session.subject)
  return subject ? { session, subject } : null
}

export function wantsTouch(session: SessionRow, now: Instant): boolean {
  return now - session.seenAt >= seenEvery
}

export async function touchSession(tx: Tx, session: SessionRow, now: Instant): Promise<void> {
  await touch(tx).execute({ id: session.id, now, idleUntil: Math.min(session.until, now + limits[session.kind].idle) })
}

export async function endSession(tx: Tx, id: string, why: string, now: Instant): Promise<void> {
  const [ended] = await revoke(tx).execute({ id, now, why })
  if (ended) await tx.say(accountsStream, "session.ended", { why, subject: ended.subject })
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

const forget = statement((db) => db.delete(sessions).where(lt(sessions.until, sql.placeholder("before"))))

/** Forgets sessions that have been over for three months; what the facts say of them stays. */
export async function forgetSessions(tx: Tx, now: Instant): Promise<void> {
  await forget(tx).execute({ before: now - keptFor })
}
