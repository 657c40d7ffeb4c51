import { canonical } from "../../../db/facts.ts"
import type { DocumentKind } from "../../../db/schema/documents.ts"
import type { Instant } from "../../base/day.ts"

interface Signed {
  kind: DocumentKind
  office: string
  issuedAt: Instant
  until: Instant | null
  sha256: string
}

/**
 * What is signed: it names the document, the office, its time and the body's SHA-256, and nobody. One form, so that whoever has the text has
 * its bytes: JSON without spaces, members in the order of their names (as RFC 8785 writes them).
 */
export function signedText(code: string, { kind, office, issuedAt, until, sha256 }: Signed): string {
  return canonical({ v: 1, code, kind, office, issuedAt, until, sha256 })
}
