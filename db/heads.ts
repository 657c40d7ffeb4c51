import { and, count, eq, max, sql } from "drizzle-orm"
import type { Instant } from "../src/base/day.ts"
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

const atSeq = statement((db) =>
  db
    .select({ at: facts.at })
    .from(facts)
    .where(and(eq(facts.stream, sql.placeholder("stream")), eq(facts.seq, sql.placeholder("seq")))),
)

/**
 * The number of a stream's first fact from this moment on; one more than the last where there is none. Time never goes back within a stream, so
 * it is found by halving, and what was said between two moments need not be looked for in all that was ever said.
 */
export async function firstSince(store: Store, stream: string, at: Instant): Promise<number> {
  let [low, high] = [1, (await headOfStream(store, stream)) + 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [fact] = await atSeq(store).execute({ stream, seq: middle })
    if (fact && fact.at < at) low = middle + 1
    else high = middle
  }
  return low
}

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
