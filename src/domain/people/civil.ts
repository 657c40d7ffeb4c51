import { eq, sql } from "drizzle-orm"
import { civilRecords, type RelationKind, relations } from "../../../db/schema/people.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Day, Instant } from "../../base/day.ts"
import type { Keys } from "../../base/seal.ts"
import { personalData } from "./reads.ts"
import { comesOfAge } from "./rules.ts"
import { personKey } from "./sealed.ts"

/* What the registry of civil status knows of somebody beyond the family, and whose guardian somebody is for what lasts longer than childhood. */

/** A paper to travel with. `until`: its last day. */
export interface Paper {
  kind: "passport" | "national_id"
  number: string
  until: Day
}

export interface CivilRecord {
  sex: "female" | "male"
  marital: "unmarried" | "married"
  /** Serves in the military, or studies there. */
  military: boolean
  papers: Paper[]
}

const p = sql.placeholder
const put = statement((db) =>
  db
    .insert(civilRecords)
    .values(placeholders(civilRecords))
    .onConflictDoUpdate({
      target: civilRecords.person,
      set: { sealed: sql`excluded.sealed`, asOf: sql`excluded.as_of` },
    }),
)
const recordOf = statement((db) =>
  db
    .select()
    .from(civilRecords)
    .where(eq(civilRecords.person, p("person"))),
)
const relationTo = statement((db) =>
  db
    .select()
    .from(relations)
    .where(sql`${relations.guardian} = ${p("guardian")} and ${relations.dependant} = ${p("dependant")}`),
)
const minorsOf = statement((db) =>
  db
    .select()
    .from(relations)
    .where(sql`${relations.guardian} = ${p("guardian")} and ${relations.kind} <> 'spouse'`)
    .orderBy(relations.dependant),
)

/** Takes over what the registry says of somebody, in place of what it said before. */
export async function keepCivilRecord(tx: Tx, keys: Keys, person: string, record: CivilRecord): Promise<void> {
  const key = await personKey(tx, keys, person)
  if (!key) return
  const sealed = key.seal("civil_record", JSON.stringify(record), tx.chance)
  await put(tx).execute({ person, sealed, asOf: tx.now })
}

/** `null` where the registry has said nothing, or the person's key is gone. */
export async function civilRecord(store: Store, keys: Keys, person: string): Promise<CivilRecord | null> {
  const [row] = await recordOf(store).execute({ person })
  const key = row ? await personKey(store, keys, person) : null
  return row && key ? (JSON.parse(key.open("civil_record", row.sealed)) as CivilRecord) : null
}

export async function dropCivilRecord(tx: Tx, person: string): Promise<void> {
  await tx.db.delete(civilRecords).where(eq(civilRecords.person, person))
}

/** Whose guardian somebody is by birth or deed, as far as no court has ended it. */
export interface Guardianship {
  kind: Exclude<RelationKind, "spouse">
  /** The dependant's; `null` where the registry does not say it. */
  born: Day | null
  /** When a court or a deed ends it; `null` where only age does. */
  until: Instant | null
}

/**
 * Whether `guardian` is the guardian of `dependant` at `now`: by the registry and not as a proxy. Coming of age alone does not end it here,
 * because by which calendar that is counted is for whoever asks to say. `ended`: there was such a right, and it is over.
 */
export async function guardianship(
  store: Store,
  keys: Keys,
  guardian: string,
  dependant: string,
  now: Instant,
): Promise<Guardianship | "ended" | null> {
  const [row] = await relationTo(store).execute({ guardian, dependant })
  if (!row || row.kind === "spouse") return null
  return standing(store, keys, row, now)
}

/** Everybody whose guardian somebody is at `now`, whatever their age. */
export async function dependantsOf(store: Store, keys: Keys, guardian: string, now: Instant): Promise<string[]> {
  const found: string[] = []
  for (const row of await minorsOf(store).execute({ guardian })) {
    const stands = await standing(store, keys, row, now)
    if (stands !== "ended" && stands !== null) found.push(row.dependant)
  }
  return found
}

async function standing(
  store: Store,
  keys: Keys,
  { dependant, kind, since, until }: typeof relations.$inferSelect,
  now: Instant,
): Promise<Guardianship | "ended" | null> {
  if (kind === "spouse" || (since !== null && since > now)) return null
  const who = await personalData(store, keys, dependant)
  // Whoever was erased is nobody here.
  if (!who) return null
  const { birthDay: born } = who
  const isOverByAge = kind === "child" && born !== null && until === comesOfAge(born)
  if (until !== null && until <= now && !isOverByAge) return "ended"
  return { kind, born, until: isOverByAge ? null : until }
}
