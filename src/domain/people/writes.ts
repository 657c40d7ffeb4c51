import { accountsStream } from "../../../db/facts.ts"
import type { Words } from "../../../db/schema/catalogue.ts"
import type { PersonKind, RelationKind } from "../../../db/schema/people.ts"
import { people, relations } from "../../../db/schema/people.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import type { Day } from "../../base/day.ts"
import type { Keys } from "../../base/seal.ts"

export interface NewPerson {
  kind: PersonKind
  name: Words
  nationalId?: string
  birthDay?: Day
  birthYear?: number
  mobile?: string
  passwordHash?: string
}

const insertPerson = statement((db) => db.insert(people).values(placeholders(people)))
const insertRelation = statement((db) => db.insert(relations).values(placeholders(relations)))

/** Enrols a person; the number and the mobile are sealed here and nowhere else kept. Answers the id. */
export async function enrol(tx: Tx, keys: Keys, given: NewPerson): Promise<string> {
  const id = tx.id()
  await insertPerson(tx).execute({
    id,
    kind: given.kind,
    name: given.name,
    numberSealed: given.nationalId ? keys.seal(given.nationalId, tx.chance) : null,
    numberIndex: given.nationalId ? keys.index("number", given.nationalId) : null,
    birthDay: given.birthDay ?? null,
    birthYear: given.birthYear ?? (given.birthDay ? Number(given.birthDay.slice(0, 4)) : null),
    mobileSealed: given.mobile ? keys.seal(given.mobile, tx.chance) : null,
    mobileIndex: given.mobile ? keys.index("mobile", given.mobile) : null,
    passwordHash: given.passwordHash ?? null,
    createdAt: tx.now,
  })
  await tx.say(accountsStream, "person.enrolled", { kind: given.kind, subject: id })
  return id
}

/** Lets `guardian` act for `dependant`. */
export async function relate(tx: Tx, guardian: string, dependant: string, kind: RelationKind): Promise<void> {
  await insertRelation(tx).execute({ guardian, dependant, kind, until: null })
}
