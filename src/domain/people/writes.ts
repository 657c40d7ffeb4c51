import { eq, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { type PersonKind, people } from "../../../db/schema/people.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { keepKey, personKey, type Sealable, sealedColumns } from "./sealed.ts"

export interface NewPerson extends Partial<Sealable> {
  kind: PersonKind
  name: Sealable["name"]
  birthYear?: number
  passwordHash?: string
}

const insertPerson = statement((db) => db.insert(people).values(placeholders(people)))

const mobileOf = statement((db) =>
  db
    .select({ sealed: people.mobileSealed })
    .from(people)
    .where(eq(people.id, sql.placeholder("person"))),
)
const changeMobile = statement((db) =>
  db
    .update(people)
    .set({ mobileSealed: sql`${sql.placeholder("sealed")}`, mobileIndex: sql`${sql.placeholder("index")}` })
    .where(eq(people.id, sql.placeholder("person"))),
)

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

/**
 * Gives a person another mobile, which has been proved to be theirs: by a code that was sent there, or by the person's own confirmation
 * before an agent who has seen who it is. Answers the sealed one that it takes the place of; `null` where there
 * was none. Refuses `not_found` for nobody and for somebody who has been erased.
 */
export async function setMobile(
  tx: Tx,
  keys: Keys,
  person: string,
  mobile: string,
  by: string,
): Promise<string | null> {
  const key = await personKey(tx, keys, person)
  const [before] = await mobileOf(tx).execute({ person })
  if (!key || !before) throw new Refusal("not_found", { what: "person" })
  const { mobileSealed } = sealedColumns(key, { mobile }, tx)
  await changeMobile(tx).execute({ person, sealed: mobileSealed, index: keys.index("mobile", mobile) })
  await tx.say(accountsStream, "contact.mobile_set", { by, subject: person })
  return before.sealed
}

/** Somebody has seen everything that is held about a person in one place: the person, or one of the staff who answers a request. */
export async function sayExported(tx: Tx, person: string, by: string, form: "page" | "file"): Promise<void> {
  await tx.say(accountsStream, "data.exported", { by, form, subject: person })
}
