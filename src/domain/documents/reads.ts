import { asc, eq, sql } from "drizzle-orm"
import { type DocumentKind, type DocumentRow, issuedDocuments, type RevokedWhy } from "../../../db/schema/documents.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"
import { type Keys, type PersonKey, sha256 } from "../../base/seal.ts"
import { personKey } from "../people/sealed.ts"
import { readDocumentCode } from "./codes.ts"
import { type DocumentBody, hexOf, type Standing, standingOf } from "./rules.ts"
import { signedText } from "./signed.ts"

/** A document as its code finds it. `body` is for the house: what of it a stranger is shown, the page says. */
export interface Verified {
  id: string
  code: string
  kind: DocumentKind
  office: string
  standing: Standing
  issuedAt: Instant
  until: Instant | null
  revokedAt: Instant | null
  revokedWhy: RevokedWhy | null
  /** Null where it is broken, or about somebody who has been erased. */
  body: DocumentBody | null
  sha256: string
  /** What was signed, and the signature: Ed25519, base64url. */
  signed: string
  signature: string
}

/** What belongs to a code, however it was typed; `null` for a code of nothing and for what is no code alike. */
export async function verifiedDocument(
  store: Store,
  keys: Keys,
  typed: string,
  now: Instant,
): Promise<Verified | null> {
  const code = readDocumentCode(typed)
  const [row] = code === null ? [] : await byMark(store).execute({ mark: sha256(code) })
  if (!row || code === null) return null
  const key = row.person === null ? null : await personKey(store, keys, row.person)
  return opened(keys, key, row, code, now)
}

/** A document in its holder's hands: with all that it says, as text, whose SHA-256 is the one that was signed. */
export interface Held extends Verified {
  ref: string
  /** Whose it is. */
  person: string
  text: string
}

/** What was issued about this, the first first, to show it to its holder again: with code and text. */
export async function documentsOf(store: Store, keys: Keys, ref: string, now: Instant): Promise<Held[]> {
  const held: Held[] = []
  for (const row of await byRef(store).execute({ ref })) {
    const key = row.person === null ? null : await personKey(store, keys, row.person)
    if (!key || row.codeSealed === null || row.bodySealed === null) continue
    const code = key.open("issued_document.code", row.codeSealed)
    const text = key.open("issued_document.body", row.bodySealed)
    held.push({ ...opened(keys, key, row, code, now), ref: row.ref, person: row.person ?? "", text })
  }
  return held
}

/** Whether there is a document of this kind about this. */
export async function isIssued(store: Store, kind: DocumentKind, ref: string): Promise<boolean> {
  return (await byRef(store).execute({ ref })).some((row) => row.kind === kind)
}

function opened(keys: Keys, key: PersonKey | null, row: DocumentRow, code: string, now: Instant): Verified {
  const text = key && row.bodySealed !== null ? opening(key, row.bodySealed) : null
  const signed = signedText(code, row)
  const isWhole =
    text !== "bent" && (text === null || hexOf(text) === row.sha256) && keys.isSignature(signed, row.signature)
  const { id, kind, office, issuedAt, until, revokedAt, revokedWhy, sha256: hash, signature } = row
  return {
    ...{ id, code, kind, office, issuedAt, until, revokedAt, revokedWhy, sha256: hash, signature, signed },
    standing: standingOf(row, isWhole, now),
    body: isWhole && text !== null ? (JSON.parse(text) as DocumentBody) : null,
  }
}

/** A body that does not open was changed by somebody: that is what the check is there to say, and no bug. */
function opening(key: PersonKey, sealed: string): string {
  try {
    return key.open("issued_document.body", sealed)
  } catch {
    return "bent"
  }
}

const byMark = statement((db) =>
  db
    .select()
    .from(issuedDocuments)
    .where(eq(issuedDocuments.mark, sql.placeholder("mark"))),
)
const byRef = statement((db) =>
  db
    .select()
    .from(issuedDocuments)
    .where(eq(issuedDocuments.ref, sql.placeholder("ref")))
    .orderBy(asc(issuedDocuments.issuedAt)),
)
