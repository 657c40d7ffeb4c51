import type { Chance } from "../../base/clock.ts"
import { asciiDigits, withoutMarks } from "../../base/text.ts"

/*
 * The code of a document: 130 random bits in twenty-six letters, two more that check them, in seven groups of four, e.g.
 * `7Q2M-0XKD-…`. Digits and capitals without those that are mistaken for one another (Crockford's base 32), so that it can be read out.
 */

const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
const length = 26
const bits = BigInt(length * 5)

/** A prime below 32²: no single wrong letter and no two swapped ones leave the remainder as it was. */
const prime = 1021n

export function documentCode(chance: Chance): string {
  const drawn = BigInt(`0x${Buffer.from(chance.bytes(17)).toString("hex")}`)
  const value = BigInt.asUintN(Number(bits), drawn)
  return grouped(written(value, length) + written(value % prime, 2))
}

/**
 * A code as it is kept, from however it was typed, said or copied: small letters, O and 0, I, L and 1, any digits, any hyphens, or the whole
 * address. `null` for what cannot be one.
 */
export function readDocumentCode(typed: string): string | null {
  if (typed.length > 300) return null
  const last = typed.trim().split("/").at(-1) ?? ""
  const plain = asciiDigits(withoutMarks(last))
    .toUpperCase()
    .replace(/[\s\u2010-\u2015_-]/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1")
  if (plain.length !== length + 2) return null
  const values = [...plain].map((letter) => letters.indexOf(letter))
  if (values.includes(-1)) return null
  const value = values.slice(0, length).reduce((all, one) => all * 32n + BigInt(one), 0n)
  return written(value % prime, 2) === plain.slice(length) ? grouped(plain) : null
}

function written(value: bigint, places: number): string {
  let text = ""
  for (let place = 0, rest = value; place < places; place++, rest /= 32n) text = letters[Number(rest % 32n)] + text
  return text
}

function grouped(text: string): string {
  return text.match(/.{4}/g)?.join("-") ?? text
}
