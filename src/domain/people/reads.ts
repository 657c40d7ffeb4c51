import { and, eq, gt, isNull, or, sql } from "drizzle-orm"
import { people, relations } from "../../../db/schema/people.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"

export type Person = typeof people.$inferSelect
export type Relation = typeof relations.$inferSelect

const byId = statement((db) =>
  db
    .select()
    .from(people)
    .where(eq(people.id, sql.placeholder("id"))),
)
const byNumber = statement((db) =>
  db
    .select()
    .from(people)
    .where(eq(people.numberIndex, sql.placeholder("index"))),
)
const byMobile = statement((db) =>
  db
    .select()
    .from(people)
    .where(eq(people.mobileIndex, sql.placeholder("index")))
    .limit(2),
)
const dependantsNow = statement((db) =>
  db
    .select({ person: people, kind: relations.kind })
    .from(relations)
    .innerJoin(people, eq(people.id, relations.dependant))
    .where(
      and(
        eq(relations.guardian, sql.placeholder("guardian")),
        or(isNull(relations.until), gt(relations.until, sql.placeholder("now"))),
      ),
    ),
)

export async function person(store: Store, id: string): Promise<Person | null> {
  return (await byId(store).execute({ id }))[0] ?? null
}

/** The person with this national or resident number, given its blind index. */
export async function personByNumber(store: Store, index: string): Promise<Person | null> {
  return (await byNumber(store).execute({ index }))[0] ?? null
}

/** The one person with this mobile; `null` also where a family shares it, because then it names nobody. */
export async function personByMobile(store: Store, index: string): Promise<Person | null> {
  const found = await byMobile(store).execute({ index })
  return found.length === 1 ? (found[0] ?? null) : null
}

/** For whom `guardian` may act at `now`. */
export async function dependants(
  store: Store,
  guardian: string,
  now: Instant,
): Promise<{ person: Person; kind: string }[]> {
  return dependantsNow(store).execute({ guardian, now })
}
