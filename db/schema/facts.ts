import { primaryKey } from "drizzle-orm/sqlite-core"
import { instant, json, table, whole, word, words } from "../dialect.ts"
import type { FactBodies, FactKind } from "../facts.ts"

/** The spine. Written by the write door alone; triggers refuse every change and removal. */
export const facts = table(
  "fact",
  {
    stream: words().notNull(),
    seq: whole().notNull(),
    at: instant().notNull(),
    kind: word<FactKind>().notNull(),
    subject: words(),
    body: json<FactBodies[FactKind]>().notNull(),
    hash: words().notNull(),
  },
  (fact) => [primaryKey({ columns: [fact.stream, fact.seq] })],
)
