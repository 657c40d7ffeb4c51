import { eq, sql } from "drizzle-orm"
import type { Words } from "../../../db/schema/catalogue.ts"
import { type people, personKeys } from "../../../db/schema/people.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Day } from "../../base/day.ts"
import type { Keys, PersonKey } from "../../base/seal.ts"

/** What of a person's row is sealed. */
export interface Sealable {
  name: Words
  nationalId: string
  birthDay: Day
  mobile: string
}

type Columns = Pick<typeof people.$inferSelect, "nameSealed" | "numberSealed" | "birthSealed" | "mobileSealed">

const insertKey = statement((db) => db.insert(personKeys).values(placeholders(personKeys)))
const keyOf = statement((db) =>
  db
    .select({ sealed: personKeys.sealed })
    .from(personKeys)
    .where(eq(personKeys.person, sql.placeholder("person"))),
)

export async function keepKey(tx: Tx, person: string, sealed: string): Promise<void> {
  await insertKey(tx).execute({ person, sealed })
}

/** The person's own key; `null` where there is none any more, or never was such a person. */
export async function personKey(store: Store, keys: Keys, person: string): Promise<PersonKey | null> {
  const [row] = await keyOf(store).execute({ person })
  return row ? keys.personKey(person, row.sealed) : null
}

/** The columns of what is given; what is left out is null. */
export function sealedColumns(key: PersonKey, given: Partial<Sealable>, { chance }: Pick<Tx, "chance">): Columns {
  const seal = (place: string, text: string | undefined) => (text ? key.seal(place, text, chance) : null)
  return {
    nameSealed: seal("person.name", given.name && JSON.stringify(given.name)),
    numberSealed: seal("person.number", given.nationalId),
    birthSealed: seal("person.birth", given.birthDay),
    mobileSealed: seal("person.mobile", given.mobile),
  }
}

/** Throws where a column was moved or bent: nobody may be shown as somebody else. */
export function openedColumns(key: PersonKey, row: Columns): { [K in keyof Sealable]: Sealable[K] | null } {
  const open = (place: string, sealed: string | null) => (sealed === null ? null : key.open(place, sealed))
  return {
    name: openedName(key, row.nameSealed),
    nationalId: open("person.number", row.numberSealed),
    birthDay: open("person.birth", row.birthSealed) as Day | null,
    mobile: open("person.mobile", row.mobileSealed),
  }
}

export function openedName(key: PersonKey, sealed: string | null): Words | null {
  return sealed === null ? null : (JSON.parse(key.open("person.name", sealed)) as Words)
}
