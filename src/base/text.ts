import { Refusal } from "./refusal.ts"

/** Digits as every keyboard of the region writes them (U+0660…, U+06F0…) as ASCII ones. */
export function asciiDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf))
}

/**
 * Text for a search column and for what is typed into a search: spellings that a reader takes for the same word are the same text
 * (hamza seats, alef maqsura, taa marbuta, vowel marks, tatweel, digits, case). Never for showing.
 */
export function searchable(text: string): string {
  return asciiDigits(text.normalize("NFKC"))
    .toLowerCase()
    .replace(/[\u064b-\u065f\u0670\u0640\u200e\u200f\u061c]/g, "")
    .replace(/[أإآٱ]/g, "ا")
    .replace(/ى/g, "ي")
    .replace(/ة/g, "ه")
    .replace(/ؤ/g, "و")
    .replace(/ئ/g, "ي")
    .replace(/\s+/g, " ")
    .trim()
}

/** A national (1…) or resident (2…) number of ten digits, in ASCII; `null` for anything else. Spaces between groups are forgiven. */
export function readNumber(text: string): string | null {
  const digits = asciiDigits(text).replace(/[\s\u00a0-]/g, "")
  return /^[12]\d{9}$/.test(digits) ? digits : null
}

/** Whether the number's last digit fits (Luhn). A hint for who types, never a wall: the rule is not officially published. */
export function hasCheckDigit(number: string): boolean {
  let sum = 0
  for (const [place, digit] of [...number].entries()) {
    const value = Number(digit) * (place % 2 === 0 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}

/** A Saudi mobile as +9665XXXXXXXX, however it is typed (05…, 5…, 9665…, 009665…); `null` for anything else. */
export function readMobile(text: string): string | null {
  const digits = asciiDigits(text).replace(/[\s\u00a0()-]/g, "")
  const local = /^(?:\+966|00966|966|0)?(5\d{8})$/.exec(digits)?.[1]
  return local ? `+966${local}` : null
}

/** Letters that no name or note needs and that are used to deceive: controls, bidirectional overrides, lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the letters that are refused
const forbidden =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** Free text as it is kept: NFC, trimmed. Refuses `invalid_field` for what is too long or holds letters that only deceive. */
export function cleanText(text: string, field: string, most: number): string {
  const clean = text.normalize("NFC").trim()
  if (clean.length > most) throw new Refusal("invalid_field", { field, most })
  if (forbidden.test(clean)) throw new Refusal("invalid_field", { field, why: "letters" })
  return clean
}
