import { text } from "drizzle-orm/sqlite-core"
import { instant, table, word, words } from "../dialect.ts"

/** What a document is; each kind has words of its own in `i18n/verify.ts`. */
export type DocumentKind = "minutes" | "permit" | "certificate" | "decision" | "receipt"

/** Why it holds no more. */
export type RevokedWhy = "replaced" | "withdrawn" | "mistake" | "cancelled_by_guardian"

/** What the house has issued and anybody who holds its code may have checked. */
export const issuedDocuments = table("issued_document", {
  id: text().primaryKey(),
  /** SHA-256 of the code. */
  mark: words().notNull(),
  kind: word<DocumentKind>().notNull(),
  /** Null once the person is erased: what was issued then stands without anybody's name. */
  person: words(),
  office: words().notNull(),
  /** What it is about: one document of a kind is in force for it. */
  ref: words().notNull(),
  /** Under the person's key. */
  codeSealed: words(),
  bodySealed: words(),
  /** SHA-256 of the body, in hexadecimal, and the house's signature over what stands for the document. */
  sha256: words().notNull(),
  signature: words().notNull(),
  issuedAt: instant().notNull(),
  /** Null: it holds without an end. */
  until: instant(),
  revokedAt: instant(),
  revokedWhy: word<RevokedWhy>(),
})

export type DocumentRow = typeof issuedDocuments.$inferSelect
