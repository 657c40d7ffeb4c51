import type { Chance } from "../../base/clock.ts"
import { asciiDigits, withoutMarks } from "../../base/text.ts"

/** Crockford's base 32: no letter that is taken for another when it is read from paper. Five bits each. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

/** A code of so many letters for a person to copy, in groups: `4KX7-…`. */
export function makeCode(chance: Chance, letters: number, group: number): string {
  const code = [...chance.bytes(letters)].map((byte) => alphabet[byte % alphabet.length]).join("")
  return code.match(new RegExp(`.{1,${group}}`, "g"))?.join("-") ?? code
}

/** The letters of a code, however it was typed: small letters, spaces, hyphens, O for 0, I and L for 1. `null` for what is none. */
export function readCode(text: string, letters: number): string | null {
  if (text.length > letters * 4) return null
  const read = asciiDigits(withoutMarks(text))
    .toUpperCase()
    .replace(/[\s\u2010-\u2015-]/g, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1")
  return read.length === letters && [...read].every((letter) => alphabet.includes(letter)) ? read : null
}
