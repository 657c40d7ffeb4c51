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

/** The number of a stream's latest fact; 0 where nothing has been said. What is on disk the write door knows; a turn sees its own facts too. */
export async function headOfStream(store: Store, stream: string): Promise<number> {
  store.mustBeOpen()
  const { heads } = store
  const known = heads?.get(stream)
  if (known !== undefined) return known
  const seq = (await lastOf(store).execute({ stream }))[0]?.seq ?? 0
  // What was said since it was asked for is later than the answer.
  if (heads && !heads.has(stream)) heads.set(stream, seq)
  return seq
}

/** How many facts there are about a person: it rises with each, as a stream's head does. */
export async function factsAbout(store: Store, subject: string): Promise<number> {
  return (await countAbout(store).execute({ subject }))[0]?.seq ?? 0
}
