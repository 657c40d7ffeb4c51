import { count, eq, max, sql } from "drizzle-orm"
import { facts } from "./schema/facts.ts"
import { statement } from "./statement.ts"
import type { Store } from "./store.ts"

const lastOf = statement((db) =>
  db
    .select({ seq: max(facts.seq) })
    .from(facts)
    .where(eq(facts.stream, sql.placeholder("stream"))),
)
const countAbout = statement((db) =>
  db
    .select({ seq: count() })
    .from(facts)
    .where(eq(facts.subject, sql.placeholder("subject"))),
)

/** The number of a stream's latest fact; 0 where nothing has been said. */
export async function headOfStream(store: Store, stream: string): Promise<number> {
  return (await lastOf(store).execute({ stream }))[0]?.seq ?? 0
}

/** How many facts there are about a person: it rises with each, as a stream's head does. */
export async function factsAbout(store: Store, subject: string): Promise<number> {
  return (await countAbout(store).execute({ subject }))[0]?.seq ?? 0
}
