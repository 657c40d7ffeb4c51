import { and, eq, isNull } from "drizzle-orm"
import { canonical } from "../../../db/facts.ts"
import { type DocumentKind, issuedDocuments, type RevokedWhy } from "../../../db/schema/documents.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { token } from "../../base/id.ts"
import { Refusal } from "../../base/refusal.ts"
import { type Keys, sha256 } from "../../base/seal.ts"
import { personKey } from "../people/sealed.ts"
import { documentCode, readDocumentCode } from "./codes.ts"
import { type DocumentBody, hexOf } from "./rules.ts"
import { signedText } from "./signed.ts"

export interface Issued {
  kind: DocumentKind
  /** Under whose key it is sealed. */
  person: string
  office: string
  /** The id of what it is about; a second one of this kind for it is refused while the first is in force. */
  ref: string
  /** Until when it holds; null: without an end. */
  until: Instant | null
  body: DocumentBody
  /** The video visit in which it came about: both sides see it at once. */
  visit?: string
}

/**
 * Issues a document: kept sealed, signed by the house, checked by anybody who has its code. The code is answered here and by `documentsOf`,
 * and stands nowhere in clear. The turn names the office's scope. Refuses `wrong_state` where there is one in force, `not_found` for
 * somebody who has been erased.
 */
export async function issueDocument(
  tx: Tx,
  keys: Keys,
  { kind, person, office, ref, until, body, visit }: Issued,
): Promise<{ id: string; code: string }> {
  const key = await personKey(tx, keys, person)
  if (!key) throw new Refusal("not_found", { what: "person" })
  const [id, code] = [tx.id(), documentCode(tx.chance)]
  // Salted: whoever has the code is shown the hash, and must not find out a name by trying names.
  const text = canonical({ ...body, salt: token(tx.chance, 16) })
  const hash = hexOf(text)
  const made = { kind, office, issuedAt: tx.now, until, sha256: hash }
  const rows = await insertDocument(tx).execute({
    ...{ ...made, id, person, ref, mark: sha256(code) },
    codeSealed: key.seal("issued_document.code", code, tx.chance),
    bodySealed: key.seal("issued_document.body", text, tx.chance),
    signature: keys.sign(signedText(code, made)),
    ...{ revokedAt: null, revokedWhy: null },
  })
  if (rows.length === 0) throw new Refusal("wrong_state", { what: "document" })
  await tx.say(office, "document.issued", {
    ...{ document: id, kind, ref, until, subject: person },
    ...(visit === undefined ? {} : { visit }),
  })
  return { id, code }
}

/** From now on it holds no more, and whoever checks it is told so and why. Refuses `not_found`, and `wrong_state` where that was said before. */
export async function revokeDocument(tx: Tx, code: string, why: RevokedWhy, by = "office"): Promise<void> {
  const read = readDocumentCode(code)
  const [found] = read
    ? await tx.db
        .select({ id: issuedDocuments.id })
        .from(issuedDocuments)
        .where(eq(issuedDocuments.mark, sha256(read)))
    : []
  if (!found) throw new Refusal("not_found", { what: "document" })
  const [row] = await tx.db
    .update(issuedDocuments)
    .set({ revokedAt: tx.now, revokedWhy: why })
    .where(and(eq(issuedDocuments.id, found.id), isNull(issuedDocuments.revokedAt)))
    .returning()
  if (!row) throw new Refusal("wrong_state", { what: "document" })
  await tx.say(row.office, "document.revoked", {
    ...{ document: row.id, kind: row.kind, ref: row.ref, why, by },
    ...(row.person === null ? {} : { subject: row.person }),
  })
}

const insertDocument = statement((db) =>
  db
    .insert(issuedDocuments)
    .values(placeholders(issuedDocuments))
    .onConflictDoNothing()
    .returning({ id: issuedDocuments.id }),
)
