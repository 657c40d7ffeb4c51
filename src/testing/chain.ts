import { asc } from "drizzle-orm"
import { type AnyFact, chainHash } from "../../db/facts.ts"
import { facts } from "../../db/schema/facts.ts"
import type { Store } from "../../db/store.ts"

/** Where a stream's chain of facts does not hold; empty where every one does. */
export async function brokenChains(store: Store): Promise<string[]> {
  const heads = new Map<string, string>()
  const broken: string[] = []
  for (const { hash, ...fact } of await store.db.select().from(facts).orderBy(asc(facts.stream), asc(facts.seq))) {
    const expected = chainHash(heads.get(fact.stream) ?? "", fact as AnyFact)
    if (expected !== hash) broken.push(`${fact.stream} ${fact.seq}`)
    heads.set(fact.stream, hash)
  }
  return broken
}
