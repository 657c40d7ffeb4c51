import { and, eq, gt, sql } from "drizzle-orm"
import { idempotency } from "../../../db/schema/access.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import { hour } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"

/** Who asked, and the key and the content of what was asked. */
export interface Repeatable {
  caller: string
  key: string
  /** A hash of the call and its body: the same key with another request is a mistake of the caller. */
  requestHash: string
}

export interface KeptAnswer {
  status: number
  /** The body as JSON text; empty where there was none. */
  answer: string
}

/** A retry later than this is a new request. */
export const keptHours = 24

const answerTo = statement((db) =>
  db
    .select()
    .from(idempotency)
    .where(
      and(
        eq(idempotency.caller, sql.placeholder("caller")),
        eq(idempotency.key, sql.placeholder("key")),
        gt(idempotency.at, sql.placeholder("after")),
      ),
    ),
)

const keep = statement((db) =>
  db
    .insert(idempotency)
    .values(placeholders(idempotency))
    .onConflictDoUpdate({
      target: [idempotency.caller, idempotency.key],
      set: {
        requestHash: sql`excluded.request_hash`,
        status: sql`excluded.status`,
        answer: sql`excluded.answer`,
        at: sql`excluded.at`,
      },
    }),
)

/** The answer that this request got before, or `null`. Refuses `idempotency_mismatch` where the key stood over another request. */
export async function answerBefore(tx: Tx, { caller, key, requestHash }: Repeatable): Promise<KeptAnswer | null> {
  const [kept] = await answerTo(tx).execute({ caller, key, after: tx.now - keptHours * hour })
  if (!kept) return null
  if (kept.requestHash !== requestHash) throw new Refusal("idempotency_mismatch")
  return kept
}

/** Keeps an answer, in the turn of the change that it tells of: there is never one without the other. */
export async function keepAnswer(tx: Tx, asked: Repeatable, given: KeptAnswer): Promise<void> {
  const { caller, key, requestHash } = asked
  const { status, answer } = given
  await keep(tx).execute({ caller, key, requestHash, status, answer, at: tx.now })
}
