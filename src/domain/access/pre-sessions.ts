import { and, eq, gt, lt, sql } from "drizzle-orm"
import { clear } from "../../../db/clearing.ts"
import { type PreSessionStep, preSessions } from "../../../db/schema/passkeys.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { type Instant, minute } from "../../base/day.ts"
import { token } from "../../base/id.ts"
import { Refusal } from "../../base/refusal.ts"
import { sha256 } from "../../base/seal.ts"
import type { Owner } from "./owner.ts"

/*
 * Somebody who is half signed in: the password was right and a passkey is still to come (`second`) or a recovery code (`recover`), or an
 * enrolment code was right and its passkey is still to be made (`enrol`). It opens no page but the one that finishes it.
 */

const openFor = 10 * minute

export interface PreSession {
  id: string
  owner: Owner
  step: PreSessionStep
  /** The enrolment to spend, for `enrol`. */
  enrolment: string | null
  /** Where to go afterwards; checked again by whoever goes there. */
  next: string
  until: Instant
}

const insertPre = statement((db) => db.insert(preSessions).values(placeholders(preSessions)))
const isOpen = and(eq(preSessions.id, sql.placeholder("id")), gt(preSessions.until, sql.placeholder("now")))
const openWith = statement((db) => db.select().from(preSessions).where(isOpen))
const takeOut = statement((db) => db.delete(preSessions).where(isOpen).returning({ id: preSessions.id }))
const dropOwners = statement((db) =>
  db
    .delete(preSessions)
    .where(and(eq(preSessions.kind, sql.placeholder("kind")), eq(preSessions.owner, sql.placeholder("owner")))),
)

/** Opens one for ten minutes. The token is for the cookie, and nowhere else. */
export async function openPreSession(
  tx: Tx,
  {
    owner,
    step,
    enrolment = null,
    next,
  }: { owner: Owner; step: PreSessionStep; enrolment?: string | null; next: string },
  now: Instant,
): Promise<{ token: string; id: string; until: Instant }> {
  const secret = token(tx.chance, 32)
  const id = sha256(secret)
  const until = now + openFor
  await insertPre(tx).execute({ id, kind: owner.kind, owner: owner.id, step, enrolment, next, until })
  return { token: secret, id, until }
}

/** The one that this cookie names, while it lasts. */
export async function preSessionOf(store: Store, secret: string, now: Instant): Promise<PreSession | null> {
  if (!/^[A-Za-z0-9_-]{43}$/.test(secret)) return null
  const [row] = await openWith(store).execute({ id: sha256(secret), now })
  if (!row) return null
  const { id, kind, owner, step, enrolment, next, until } = row
  return { id, owner: { kind, id: owner }, step, enrolment, next, until }
}

/** Ends it in the turn that starts the session: of two that finish it at once, one does. Refuses `not_signed_in` where it is over. */
export async function finishPreSession(tx: Tx, id: string, now: Instant): Promise<void> {
  const [taken] = await takeOut(tx).execute({ id, now })
  if (!taken) throw new Refusal("not_signed_in")
}

/** For whoever loses the account, or has it back: nobody is half way in any more. */
export async function dropPreSessionsOf(tx: Tx, owner: Owner): Promise<void> {
  await dropOwners(tx).execute({ kind: owner.kind, owner: owner.id })
}

/** Forgets those that came to nothing; answers how many, see `clear`. */
export function forgetPreSessions(tx: Tx, now: Instant): Promise<number> {
  return clear(tx, preSessions, [preSessions.id], lt(preSessions.until, now))
}
