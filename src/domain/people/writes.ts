import { accountsStream } from "../../../db/facts.ts"
import type { PersonKind, RelationKind } from "../../../db/schema/people.ts"
import { people, relations } from "../../../db/schema/people.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import type { Keys } from "../../base/seal.ts"
import { keepKey, type Sealable, sealedColumns } from "./sealed.ts"

export interface NewPerson extends Partial<Sealable> {
  kind: PersonKind
  name: Sealable["name"]
  birthYear?: number
  passwordHash?: string
}

const insertPerson = statement((db) => db.insert(people).values(placeholders(people)))
const insertRelation = statement((db) => db.insert(relations).values(placeholders(relations)))

/** Enrols a person, under a key of the person's own. Answers the id. */
export async function enrol(tx: Tx, keys: Keys, given: NewPerson): Promise<string> {
  const id = tx.id()
  await putPerson(tx, keys, id, given)
  await tx.say(accountsStream, "person.enrolled", { kind: given.kind, subject: id })
  return id
}

/** Writes the rows of a new person. What is sealed is sealed here and nowhere else kept. */
export async function putPerson(tx: Tx, keys: Keys, id: string, given: NewPerson): Promise<void> {
  const { key, sealed } = keys.makePersonKey(id, tx.chance)
  await insertPerson(tx).execute({
    id,
    kind: given.kind,
    ...sealedColumns(key, given, tx),
    numberIndex: given.nationalId ? keys.index("number", given.nationalId) : null,
    birthYear: given.birthYear ?? (given.birthDay ? Number(given.birthDay.slice(0, 4)) : null),
    mobileIndex: given.mobile ? keys.index("mobile", given.mobile) : null,
    passwordHash: given.passwordHash ?? null,
    createdAt: tx.now,
    erasedAt: null,
  })
  await keepKey(tx, id, sealed)
}

/** Lets `guardian` act for `dependant`. */
export async function relate(tx: Tx, guardian: string, dependant: string, kind: RelationKind): Promise<void> {
  await insertRelation(tx).execute({ guardian, dependant, kind, until: null })
}

/** Somebody has seen everything that is held about a person in one place: the person, or one of the staff who answers a request. */
export async function sayExported(tx: Tx, person: string, by: string, form: "page" | "file"): Promise<void> {
  await tx.say(accountsStream, "data.exported", { by, form, subject: person })
}
