import { primaryKey, text } from "drizzle-orm/sqlite-core"
import { day, instant, json, table, whole, word, words } from "../dialect.ts"
import type { Words } from "./catalogue.ts"

export type PersonKind = "citizen" | "resident"

/**
 * A person. The national or resident number and the mobile are sealed (AES-256-GCM); the `…Index` columns are keyed hashes for looking
 * up and for uniqueness, because a plain hash of ten digits can be searched.
 */
export const people = table("person", {
  id: text().primaryKey(),
  kind: word<PersonKind>().notNull(),
  name: json<Words>().notNull(),
  numberSealed: words(),
  numberIndex: text().unique(),
  birthDay: day(),
  birthYear: whole(),
  mobileSealed: words(),
  mobileIndex: words(),
  passwordHash: words(),
  createdAt: instant().notNull(),
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
