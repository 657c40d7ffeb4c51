import { primaryKey, text } from "drizzle-orm/sqlite-core"
import { instant, table, whole, word, words } from "../dialect.ts"

export type PersonKind = "citizen" | "resident"

/**
 * A person. What tells who it is stands under the person's own key (`…Sealed`; a name is JSON of both languages); the `…Index` columns
 * are keyed hashes for looking up and for uniqueness, because a plain hash of ten digits can be searched. The year of birth is plain:
 * turns that hold no keys decide a right by it, and beside a random id it names nobody.
 */
export const people = table("person", {
  id: text().primaryKey(),
  kind: word<PersonKind>().notNull(),
  nameSealed: words(),
  numberSealed: words(),
  numberIndex: text().unique(),
  birthSealed: words(),
  birthYear: whole(),
  mobileSealed: words(),
  mobileIndex: words(),
  passwordHash: words(),
  createdAt: instant().notNull(),
  /** The row stays so that what happened still has somebody to whom it happened; everything else of it is gone. */
  erasedAt: instant(),
})

/** Each person's own key, under the installation's. Where the row is gone, what it sealed is gone. */
export const personKeys = table("person_key", {
  person: text().primaryKey(),
  sealed: words().notNull(),
})

export type RelationKind = "child" | "ward" | "spouse" | "proxy"

/** `guardian` may act for `dependant`, until an instant or without end. */
export const relations = table(
  "relation",
  {
    guardian: words().notNull(),
    dependant: words().notNull(),
    kind: word<RelationKind>().notNull(),
    until: instant(),
  },
  (relation) => [primaryKey({ columns: [relation.guardian, relation.dependant] })],
)
