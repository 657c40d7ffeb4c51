import { eq, sql } from "drizzle-orm"
import type { Words } from "../../../db/schema/catalogue.ts"
import { type PersonKind, people, personKeys } from "../../../db/schema/people.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"
import type { Keys } from "../../base/seal.ts"
import { actedFor, type Right } from "./acting.ts"
import { openedColumns, openedName, type Sealable } from "./sealed.ts"

/** As it lies in the store: what is personal in it is sealed. */
export type PersonRow = typeof people.$inferSelect

/** Somebody with a name. It is opened where it is shown, each time: some ten microseconds, and no list of names stays in memory. */
export interface Person {
  id: string
  kind: PersonKind
  name: Words
}

const named = { id: people.id, kind: people.kind, nameSealed: people.nameSealed, keySealed: personKeys.sealed }

const byId = statement((db) =>
  db
    .select(named)
    .from(people)
    .innerJoin(personKeys, eq(personKeys.person, people.id))
    .where(eq(people.id, sql.placeholder("id"))),
)
const wholeById = statement((db) =>
  db
    .select({ row: people, keySealed: personKeys.sealed })
    .from(people)
    .innerJoin(personKeys, eq(personKeys.person, people.id))
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
/** Nobody, where there is no such person or everything about the person has been erased. */
export async function person(store: Store, keys: Keys, id: string): Promise<Person | null> {
  const [row] = await byId(store).execute({ id })
  return row ? opened(keys, row) : null
}

/** Everything that is sealed of a person, opened: for the person, and for whoever must compare it. */
export async function personalData(
  store: Store,
  keys: Keys,
  id: string,
): Promise<(PersonRow & { [K in keyof Sealable]: Sealable[K] | null }) | null> {
  const [found] = await wholeById(store).execute({ id })
  return found ? { ...found.row, ...openedColumns(keys.personKey(id, found.keySealed), found.row) } : null
}

/** The person with this national or resident number, given its blind index. */
export async function personByNumber(store: Store, index: string): Promise<PersonRow | null> {
  return (await byNumber(store).execute({ index }))[0] ?? null
}

/** The one person with this mobile; `null` also where a family shares it, because then it names nobody. */
export async function personByMobile(store: Store, index: string): Promise<PersonRow | null> {
  const found = await byMobile(store).execute({ index })
  return found.length === 1 ? (found[0] ?? null) : null
}

/** For whom somebody may book at `now`: the family as the registry says it, and whoever has named them a proxy (for this `service`). */
export async function dependants(
  store: Store,
  keys: Keys,
  actor: string,
  now: Instant,
  service: string | null = null,
): Promise<{ person: Person; kind: Right }[]> {
  const found: { person: Person; kind: Right }[] = []
  for (const { person: id, right } of await actedFor(store, actor, now, service)) {
    const who = await person(store, keys, id)
    if (who) found.push({ person: who, kind: right })
  }
  return found
}

interface Named {
  id: string
  kind: PersonKind
  nameSealed: string | null
  keySealed: string
}

function opened(keys: Keys, { id, kind, nameSealed, keySealed }: Named): Person {
  const name = openedName(keys.personKey(id, keySealed), nameSealed)
  return { id, kind, name: name ?? nameless }
}

/** Whoever was enrolled by a number alone. */
const nameless: Words = { ar: "", en: "" }
