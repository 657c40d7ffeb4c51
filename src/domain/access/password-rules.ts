import { searchable } from "../../base/text.ts"
import { passwordLengthMax } from "./passwords.ts"

/** As a part of two factors eight would do (NIST SP 800-63B-4 §3.1.1.2); twelve cost nothing where nothing else is asked of it. */
export const passwordLengthMin = 12

export type WeakPassword = "short" | "long" | "common" | "about"

/**
 * Why a password is too weak to be chosen; `null` where it is not. Only length, a list of the passwords that attackers try first, and what
 * everybody knows of its owner: rules about kinds of letters make passwords worse (OWASP ASVS 5.0 6.2.5). `about` are the owner's number and
 * names, and the agency's.
 */
export async function weaknessOf(password: string, about: readonly string[]): Promise<WeakPassword | null> {
  const letters = [...password.normalize("NFC")].length
  if (letters < passwordLengthMin) return "short"
  if (letters > passwordLengthMax) return "long"
  const plain = searchable(password).replace(/\s/g, "")
  const common = await commonOnes()
  // A well-known one with figures behind it is what attackers try next.
  if (isMonotonous(plain) || common.has(plain) || common.has(plain.replace(/[\d\p{P}]+$/u, ""))) return "common"
  const words = about.flatMap((text) => searchable(text).split(/\s+/)).filter((word) => word.length >= 4)
  const rest = words.reduce((left, word) => left.replaceAll(word, ""), plain)
  return rest.length < passwordLengthMin / 2 ? "about" : null
}

/** One short piece over and over: "abcabcabcabc", "111111111111". */
function isMonotonous(text: string): boolean {
  return /^(.{1,4}?)\1+.{0,3}$/u.test(text)
}

let known: Promise<Set<string>> | null = null

/** Tens of thousands of passwords that were found in leaks; read when the first one is chosen. Doubled, they are no better. */
function commonOnes(): Promise<Set<string>> {
  known ??= import("@zxcvbn-ts/language-common").then(({ dictionary }) => {
    const listed = Object.entries(dictionary).flatMap(([name, words]) =>
      name.startsWith("passwords") && Array.isArray(words) ? (words as string[]) : [],
    )
    return new Set(listed.flatMap((word) => [searchable(word), searchable(word + word)]))
  })
  return known
}
