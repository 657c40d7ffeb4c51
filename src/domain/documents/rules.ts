import type { Words } from "../../../db/schema/catalogue.ts"
import type { DocumentRow } from "../../../db/schema/documents.ts"
import type { Instant } from "../../base/day.ts"

/** What a document says. All of it is sealed; of people, who checks it is shown initials and last digits, of `content` nothing. */
export interface DocumentBody {
  title: Words
  /** What it is good for, in a sentence. */
  goodFor: Words | null
  /** What holds once it is cancelled, where that is not simply nothing. */
  onceCancelled?: Words
  /** Whom it is about. */
  people: { name: Words; number: string | null }[]
  /** What anybody who holds it may compare with the paper: no names, no numbers of people. */
  lines: { label: Words; value: Words }[]
  /** Everything else that it says, for its holder and the office. Must survive JSON. */
  content: Record<string, unknown>
}

/** `broken`: what is kept is not what was signed, so nothing of it is to be believed. */
export type Standing = "valid" | "expired" | "cancelled" | "broken"

export function standingOf(
  { until, revokedAt }: Pick<DocumentRow, "until" | "revokedAt">,
  isWhole: boolean,
  now: Instant,
): Standing {
  if (!isWhole) return "broken"
  if (revokedAt !== null) return "cancelled"
  return until !== null && now >= until ? "expired" : "valid"
}

/** The first letter of each part of a name, without the Arabic article: `ع. م. ع.` */
export function initials(name: string): string {
  return name
    .split(/\s+/)
    .map((part) => [...part.replace(/^ال(?=..)/, "")][0] ?? "")
    .filter((letter) => /\p{L}/u.test(letter))
    .map((letter) => `${letter.toUpperCase()}.`)
    .join(" ")
}

/** The last four letters of a number, of a short one two. */
export function lastOf(number: string): string {
  return number.slice(number.length >= 8 ? -4 : -2)
}

/** SHA-256 in hexadecimal, as `sha256sum` writes it. */
export function hexOf(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex")
}
