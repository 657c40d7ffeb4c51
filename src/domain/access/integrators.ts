import { and, asc, eq, gt, isNull, lte, or, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { apiKeys, type SubjectKind } from "../../../db/schema/access.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { type KeyRow, seenEvery } from "./keys.ts"

/* The keys of programs that are nobody's own: other systems of the agency, reports, a website that shows the hall. */

/** What such a key can be allowed. A citizen's own matters are in none of them but booking. */
export const integratorScopes = ["bookings:write", "facts:read", "board:read"] as const
export type IntegratorScope = (typeof integratorScopes)[number]

export function isIntegratorScope(text: string): text is IntegratorScope {
  return integratorScopes.some((one) => one === text)
}

/** All keys of programs that are in force, and those that were until `since`; the newest last. */
export async function integratorKeys(store: Store, since: Instant): Promise<KeyRow[]> {
  return store.db
    .select()
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.kind, "integrator"),
        gt(apiKeys.until, since),
        or(isNull(apiKeys.revokedAt), gt(apiKeys.revokedAt, since)),
      ),
    )
    .orderBy(asc(apiKeys.createdAt), asc(apiKeys.id))
}

/** Refuses `not_found`; so it does for a key that acts as a person or a device, which has its own place. */
export async function integratorKey(store: Store, id: string): Promise<KeyRow> {
  const [row] = await store.db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.id, id), eq(apiKeys.kind, "integrator")))
  if (!row) throw new Refusal("not_found", { what: "key" })
  return row
}

/** The keys that act as this person, device or program. */
export async function keysOf(store: Store, kind: SubjectKind, subject: string): Promise<string[]> {
  const rows = await store.db
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(and(eq(apiKeys.kind, kind), eq(apiKeys.subject, subject)))
  return rows.map(({ id }) => id)
}

/** Ends a key for good, of whatever kind. Answers whether it was this that ended it: whoever asks twice changes nothing. */
export async function revokeKey(tx: Tx, id: string, by: string, now: Instant): Promise<boolean> {
  const revoked = await tx.db
    .update(apiKeys)
    .set({ revokedAt: now })
    .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
    .returning({ id: apiKeys.id })
  if (revoked.length === 0) return false
  await tx.say(accountsStream, "key.revoked", { key: id, by })
  return true
}

const markSeen = statement((db) =>
  db
    .update(apiKeys)
    .set({ seenAt: sql`${sql.placeholder("now")}` })
    .where(
      and(
        eq(apiKeys.id, sql.placeholder("id")),
        or(isNull(apiKeys.seenAt), lte(apiKeys.seenAt, sql.placeholder("before"))),
      ),
    ),
)

/** Writes down that the key was used. */
export async function markKeySeen(tx: Tx, id: string, now: Instant): Promise<void> {
  await markSeen(tx).execute({ id, now, before: now - seenEvery })
}
