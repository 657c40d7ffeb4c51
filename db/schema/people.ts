import { primaryKey, text } from "drizzle-orm/sqlite-core"
import { instant, json, table, whole, word, words } from "../dialect.ts"

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

/** What binds two people, as the registry of civil status says it. */
export type RelationKind = "child" | "ward" | "spouse"

/**
 * The registry's word: from `since` (or ever) until `until` (or without end) the guardian has this relation to the dependant. Of a child
 * the end is the day on which it comes of age. Nobody types these in.
 */
export const relations = table(
  "relation",
  {
    guardian: words().notNull(),
    dependant: words().notNull(),
    kind: word<RelationKind>().notNull(),
    since: instant(),
    until: instant(),
    /** The number of the deed by which a ward was given into custody, under the ward's key. */
    deedSealed: words(),
  },
  (relation) => [primaryKey({ columns: [relation.guardian, relation.dependant] })],
)

/** What the registry says of somebody beside the family: JSON of `CivilRecord`, under the person's key. */
export const civilRecords = table("civil_record", {
  person: text().primaryKey(),
  sealed: words().notNull(),
  /** When the registry said so. */
  asOf: instant().notNull(),
})

/** What a proxy may be given to do: keep and book times; move and cancel them; come in with them. */
export type ProxyAct = "book" | "change" | "arrive"

/** Somebody whom a person has named to act in the own name. */
export const proxies = table("proxy", {
  id: text().primaryKey(),
  giver: words().notNull(),
  /** Null where nobody here has the number and the name that were typed: the giver is not told which. */
  holder: words(),
  /** As the giver typed it: JSON of `name` and the number's last four digits, under the giver's key. */
  namedSealed: words().notNull(),
  acts: json<ProxyAct[]>().notNull(),
  /** Codes of sectors and services; none: every service. */
  services: json<string[]>().notNull(),
  askedAt: instant().notNull(),
  /** When the giver confirmed it; before that it is nothing. */
  since: instant(),
  until: instant().notNull(),
  endedAt: instant(),
  /** The giver, or the holder who gave it back. */
  endedBy: words(),
})
