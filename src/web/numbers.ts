import type { Store } from "../../db/store.ts"
import { isBookingCode } from "../base/id.ts"
import { Refusal } from "../base/refusal.ts"
import type { Keys } from "../base/seal.ts"
import { asciiDigits, hasCheckDigit, readMobile, readNumber, withoutMarks } from "../base/text.ts"
import { personByMobile, personByNumber } from "../domain/people/reads.ts"
import { signInWords } from "../i18n/common.ts"
import type { Lang } from "../i18n/lang.ts"

/* Numbers as people type them. Refuses `number_invalid`, naming the field. */

export function nationalIdOf(text: string): string {
  return readNumber(text) ?? wrong("nationalId")
}

export function mobileOf(text: string): string {
  return readMobile(text) ?? wrong("mobile")
}

function wrong(path: string): never {
  throw new Refusal("number_invalid", { fields: [{ path, message: "no_number" }] })
}

/**
 * What is added where nothing was found for a number whose check digit does not fit; by the typed number alone, so that it tells nothing of
 * whom we know. Empty where the digit fits, and for what is no such number.
 */
export function digitHint(typed: string, lang: Lang): string {
  const number = readNumber(typed)
  return number !== null && !hasCheckDigit(number) ? signInWords[lang].digit : ""
}

/** These words, with `digitHint` behind them. */
export function withDigitHint(words: string, typed: string, lang: Lang): string {
  return `${words} ${digitHint(typed, lang)}`.trimEnd()
}

/**
 * A booking's code in plain digits, as it is typed or as a reader types what the QR holds: the code alone, or an address that ends in it.
 * Refuses `booking_unknown` for what cannot be one: no booking bears it.
 */
export function bookingCodeOf(text: string): string {
  const typed = asciiDigits(withoutMarks(text)).replace(/[\s-]/g, "")
  const code = /(?:^|\D)(\d{10})\D*$/.exec(typed)?.[1] ?? ""
  if (!isBookingCode(code)) throw new Refusal("booking_unknown")
  return code
}

/**
 * To whom a ticket is bound: to the person where the number is known here, else to a keyed hash of what was given, so that one number
 * has one ticket a day and nobody can read it back.
 */
export async function holderOf(
  store: Store,
  keys: Keys,
  { nationalId, mobile }: { nationalId: string | null; mobile: string | null },
): Promise<{ person: string | null; holder: string | null }> {
  const known = nationalId
    ? await personByNumber(store, keys.index("number", nationalId))
    : mobile && (await personByMobile(store, keys.index("mobile", mobile)))
  if (known) return { person: known.id, holder: known.id }
  const given = nationalId ?? mobile
  return { person: null, holder: given === null ? null : keys.index("holder", given) }
}
