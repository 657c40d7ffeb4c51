import { and, eq, or, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import type { Words } from "../../../db/schema/catalogue.ts"
import { type PersonKind, people, personKeys, type RelationKind, relations } from "../../../db/schema/people.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Day, Instant } from "../../base/day.ts"
import type { Keys } from "../../base/seal.ts"
import { isBinding } from "./acting.ts"
import { type CivilRecord, dropCivilRecord, keepCivilRecord } from "./civil.ts"
import { personByNumber } from "./reads.ts"
import { comesOfAge } from "./rules.ts"
import { openedName, personKey } from "./sealed.ts"
import { enrol } from "./writes.ts"

/** Somebody of a family, as the registry of civil status gives it. Instants are the registry's own. */
export interface Member {
  nationalId: string
  kind: PersonKind
  name: Words
  birthDay?: Day
  birthYear?: number
  /** What the person who was asked about is to this one: the guardian of a child or a ward, the wife or husband. */
  relation: RelationKind
  /** The number of the court's deed of custody. */
  deed?: string
  since?: Instant | null
  /** Of a child it need not be said: it ends with the coming of age. */
  until?: Instant | null
  /** Left out where the registry does not say it: then what it said last stands. */
  civil?: CivilRecord
}

const p = sql.placeholder
const putRelation = statement((db) =>
  db
    .insert(relations)
    .values(placeholders(relations))
    .onConflictDoUpdate({
      target: [relations.guardian, relations.dependant],
      set: {
        kind: sql`excluded.kind`,
        since: sql`excluded.since`,
        until: sql`excluded.until`,
        deedSealed: sql`excluded.deed_sealed`,
      },
    }),
)
const relationsOf = statement((db) =>
  db
    .select()
    .from(relations)
    .where(eq(relations.guardian, p("guardian"))),
)

/**
 * Takes over what the registry says of somebody's family: who is new comes in, what changed is changed, and whom it names no more is a
 * relation that has ended now. Answers the ids of the members, in the registry's order. It is the only way in which a relation comes to be.
 */
export async function keepFamily(tx: Tx, keys: Keys, guardian: string, members: readonly Member[]): Promise<string[]> {
  const before = new Map((await relationsOf(tx).execute({ guardian })).map((row) => [row.dependant, row]))
  const ids: string[] = []
  for (const member of members) {
    const id = await idOf(tx, keys, member)
    if (id === guardian) continue
    ids.push(id)
    if (member.civil) await keepCivilRecord(tx, keys, id, member.civil)
    const { relation: kind, since = null, deed, birthDay } = member
    const ofAge = kind === "child" && birthDay ? comesOfAge(birthDay) : null
    const until = earliest(member.until ?? null, ofAge)
    const was = before.get(id)
    if (
      was?.kind === kind &&
      was.since === since &&
      was.until === until &&
      (was.deedSealed !== null) === (deed !== undefined)
    )
      continue
    const key = deed === undefined ? null : await personKey(tx, keys, id)
    const deedSealed = deed === undefined || !key ? null : key.seal("relation.deed", deed, tx.chance)
    await putRelation(tx).execute({ guardian, dependant: id, kind, since, until, deedSealed })
    await tx.say(accountsStream, "relation.kept", { guardian, kind, since, until, subject: id })
  }
  for (const { dependant, kind, since, until } of before.values()) {
    if (ids.includes(dependant) || (until !== null && until <= tx.now)) continue
    await tx.db
      .update(relations)
      .set({ until: tx.now })
      .where(and(eq(relations.guardian, guardian), eq(relations.dependant, dependant)))
    await tx.say(accountsStream, "relation.kept", { guardian, kind, since, until: tx.now, subject: dependant })
  }
  return ids
}

async function idOf(tx: Tx, keys: Keys, { nationalId, kind, name, birthDay, birthYear }: Member): Promise<string> {
  const known = await personByNumber(tx, keys.index("number", nationalId))
  return known?.id ?? enrol(tx, keys, { kind, name, nationalId, birthDay, birthYear })
}

function earliest(one: Instant | null, other: Instant | null): Instant | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other)
}

/** Somebody of a household, as its page shows it. */
export interface OfFamily {
  id: string
  name: Words
  relation: RelationKind
  since: Instant | null
  until: Instant | null
  deed: string | null
  /** Whether the guardian may act for this one now. */
  mayAct: boolean
}

/** A person's family as it is kept here, what has ended with it. */
export async function familyOf(store: Store, keys: Keys, guardian: string, now: Instant): Promise<OfFamily[]> {
  const rows = await store.db
    .select({ relation: relations, kind: people.kind, nameSealed: people.nameSealed, keySealed: personKeys.sealed })
    .from(relations)
    .innerJoin(people, eq(people.id, relations.dependant))
    .innerJoin(personKeys, eq(personKeys.person, people.id))
    .where(eq(relations.guardian, guardian))
  return rows.map(({ relation, kind, nameSealed, keySealed }) => {
    const key = keys.personKey(relation.dependant, keySealed)
    return {
      id: relation.dependant,
      name: openedName(key, nameSealed) ?? { ar: "", en: "" },
      relation: relation.kind,
      since: relation.since,
      until: relation.until,
      deed: relation.deedSealed === null ? null : key.open("relation.deed", relation.deedSealed),
      mayAct: isBinding(relation, kind, now),
    }
  })
}

/** Everything that binds this person to others goes with the person. */
export async function dropFamily(tx: Tx, person: string): Promise<void> {
  await tx.db.delete(relations).where(or(eq(relations.guardian, person), eq(relations.dependant, person)))
  await dropCivilRecord(tx, person)
}
