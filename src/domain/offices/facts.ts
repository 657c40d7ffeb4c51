import { and, asc, eq, gt, sql } from "drizzle-orm"
import type { AnyFact } from "../../../db/facts.ts"
import { facts } from "../../../db/schema/facts.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"

const after = statement((db) =>
  db
    .select({
      stream: facts.stream,
      seq: facts.seq,
      at: facts.at,
      kind: facts.kind,
      subject: facts.subject,
      body: facts.body,
    })
    .from(facts)
    .where(and(eq(facts.stream, sql.placeholder("stream")), gt(facts.seq, sql.placeholder("since"))))
    .orderBy(asc(facts.seq))
    .limit(sql.placeholder("limit")),
)

/** What was said in an office's stream after the fact numbered `since` (0 = from the beginning), in order. */
export async function factsSince(store: Store, stream: string, since: number, limit: number): Promise<AnyFact[]> {
  return (await after(store).execute({ stream, since, limit })) as unknown as AnyFact[]
}
