import { Refusal } from "./refusal.ts"

/** Digits as every keyboard of the region writes them (U+0660…, U+06F0…) as ASCII ones. */
export function asciiDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf))
}

/** Marks of direction, which come along unseen when a number is copied from an Arabic page or out of a telephone's contacts. */
export function withoutMarks(text: string): string {
  return text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, "")
}

/**
 * Text for a search column and for what is typed into a search: spellings that a reader takes for the same word are the same text
 * (hamza seats, alef maqsura, taa marbuta, vowel marks, tatweel, digits, case, the Persian and Urdu keyboards' kaf, yeh and heh).
 * Never for showing.
 */
export function searchable(text: string): string {
  return asciiDigits(withoutMarks(text).normalize("NFKC"))
    .toLowerCase()
    .replace(/[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u200b-\u200f]/g, "")
    .replace(/[أإآٱ]/g, "ا")
    .replace(/[ىی]/g, "ي")
    .replace(/[ةہۀە]/g, "ه")
    .replace(/ک/g, "ك")
    .replace(/ؤ/g, "و")
    .replace(/ئ/g, "ي")
    .replace(/\s+/g, " ")
    .trim()
}

/** A national (1…) or resident (2…) number of ten digits, in ASCII; `null` for anything else. Spaces between groups are forgiven. */
export function readNumber(text: string): string | null {
  const digits = asciiDigits(withoutMarks(text)).replace(betweenGroups, "")
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

/** What people put between the groups of a number: spaces, hyphens and dashes. */
const betweenGroups = /[\s\u2010-\u2015-]/g

/** A Saudi mobile as +9665XXXXXXXX, however it is typed (05…, 5…, 9665…, 009665…, +966 05…); `null` for anything else. */
export function readMobile(text: string): string | null {
  const digits = asciiDigits(withoutMarks(text)).replace(betweenGroups, "").replace(/[().]/g, "")
  const local = /^(?:(?:\+|00)?9660?|0)?(5\d{8})$/.exec(digits)?.[1]
  return local ? `+966${local}` : null
}

/**
 * A mobile of any country in the international form (ITU-T E.164: at most fifteen digits): a Saudi one as `readMobile` reads it, any other
 * with its country, after + or 00. `null` for anything else.
 */
export function readPhone(text: string): string | null {
  const saudi = readMobile(text)
  if (saudi) return saudi
  const typed = asciiDigits(withoutMarks(text)).replace(betweenGroups, "").replace("(0)", "").replace(/[().]/g, "")
  const abroad = /^(?:\+|00)([1-9]\d{7,14})$/.exec(typed)?.[1]
  return abroad && !abroad.startsWith("966") ? `+${abroad}` : null
}

/** Letters that no name or note needs and that are used to deceive: controls, bidirectional overrides, lone surrogates, non-characters. */
const forbidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the letters that are refused
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufffe\uffff\p{Cs}]/u

/** What is not seen at the ends of a text: spaces, and the marks that join or turn letters where letters are. */
const unseen = "[\\s\\u061c\\u180e\\u200b-\\u200f\\u2060\\ufeff]"
const unseenEnds = new RegExp(`^${unseen}+|${unseen}+$`, "g")

/**
 * Free text as it is kept: NFC, without spaces and unseen marks at its ends, so that what looks empty is. Refuses `invalid_field` for
 * what is longer than `most` (UTF-16 units, after NFC) or holds letters that only deceive.
 */
export function cleanText(text: string, field: string, most: number): string {
  const clean = text.normalize("NFC").replace(unseenEnds, "")
  if (clean.length > most) throw new Refusal("invalid_field", { field, most })
  if (forbidden.test(clean)) throw new Refusal("invalid_field", { field, why: "letters" })
  return clean
}
