import { eq, lt, sql } from "drizzle-orm"
import { clear } from "../../../db/clearing.ts"
import { idempotency, meta } from "../../../db/schema/access.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant } from "../../base/day.ts"

/**
 * What the store remembers about itself. `shift`: milliseconds between a demo's clock and the real one. `look`: the agency's look.
 * `keys`: which keys seal it.
 */
export type Memory = "demo" | "shift" | "look" | "keys"

const valueWith = statement((db) =>
  db
    .select({ value: meta.value })
    .from(meta)
    .where(eq(meta.key, sql.placeholder("key"))),
)

export async function kept(store: Store, key: Memory): Promise<string | null> {
  return (await valueWith(store).execute({ key }))[0]?.value ?? null
}

export async function keep(tx: Tx, key: Memory, value: string): Promise<void> {
  await tx.db.insert(meta).values({ key, value }).onConflictDoUpdate({ target: meta.key, set: { value } })
}

export async function forget(tx: Tx, key: Memory): Promise<void> {
  await tx.db.delete(meta).where(eq(meta.key, key))
}

/** Answers are kept for retries of a day. Says how many went, see `clear`. */
export function forgetAnswers(tx: Tx, now: Instant): Promise<number> {
  return clear(tx, idempotency, [idempotency.caller, idempotency.key], lt(idempotency.at, now - 24 * hour))
}
