import { eq, sql } from "drizzle-orm"
import { meta } from "../../../db/schema/access.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"

/** What the store remembers about itself. `shift`: milliseconds between a demo's clock and the real one. `look`: the agency's look. */
export type Memory = "demo" | "shift" | "look"

const valueOf = statement((db) => db.select({ value: meta.value }).from(meta).where(eq(meta.key, sql.placeholder("key"))))

export async function kept(store: Store, key: Memory): Promise<string | null> {
  return (await valueOf(store).execute({ key }))[0]?.value ?? null
}

export async function keep(tx: Tx, key: Memory, value: string): Promise<void> {
  await tx.db.insert(meta).values({ key, value }).onConflictDoUpdate({ target: meta.key, set: { value } })
}
