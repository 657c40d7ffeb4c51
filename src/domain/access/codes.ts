import { and, eq, gt, lte, sql } from "drizzle-orm"
import { clear } from "../../../db/clearing.ts"
import { accountsStream } from "../../../db/facts.ts"
import { type OneTimePurpose, oneTimeCodes } from "../../../db/schema/passkeys.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Chance } from "../../base/clock.ts"
import { hour, type Instant, minute } from "../../base/day.ts"
import { type Keys, sameText } from "../../base/seal.ts"
import { asciiDigits, withoutMarks } from "../../base/text.ts"
import type { Owner } from "./owner.ts"
import { spendTry } from "./throttle.ts"

/* Codes that people copy: letters to read from paper, and digits that were sent to them a moment ago. */

/** Crockford's base 32: no letter that is taken for another when it is read from paper. Five bits each. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

/** A code of so many letters for a person to copy, in groups: `4KX7-…`. */
export function makeCode(chance: Chance, letters: number, group: number): string {
  const code = [...chance.bytes(letters)].map((byte) => alphabet[byte % alphabet.length]).join("")
  return inGroups(code, group)
}

/** Letters that belong to a text under the house's key, and to nobody without it: half of a code need not be kept to be shown again. */
export function lettersOf(keys: Keys, what: string, text: string, letters: number): string {
  const drawn = keys.capability(what, text, letters)
  return [...drawn].map((letter) => alphabet[base64url.indexOf(letter) % alphabet.length]).join("")
}

const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/** A code as people copy it: `4KX7-…`. */
export function inGroups(code: string, group: number): string {
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

/*
 * A one-time code proves that somebody has the telephone or mailbox that it was sent to. Six digits are few: five tries, ten minutes, and
 * one code at a time, so that whoever guesses has five chances in a million (NIST SP 800-63B-4 3.1.3 and 3.2.2).
 */

const digits = 6
const oneTimeFor = 10 * minute
const triesMax = 5

/** So many are sent for one owner, and so many to one address, whoever asks: a stranger's telephone is not to be filled. */
const sent = { most: 5, window: hour }

const p = sql.placeholder
const ofPurpose = and(
  eq(oneTimeCodes.kind, p("kind")),
  eq(oneTimeCodes.owner, p("owner")),
  eq(oneTimeCodes.purpose, p("purpose")),
)
const isOpen = and(ofPurpose, gt(oneTimeCodes.until, p("now")), sql`${oneTimeCodes.tries} < ${triesMax}`)
const putOneTime = statement((db) =>
  db
    .insert(oneTimeCodes)
    .values(placeholders(oneTimeCodes))
    .onConflictDoUpdate({
      target: [oneTimeCodes.kind, oneTimeCodes.owner, oneTimeCodes.purpose],
      set: {
        id: sql`excluded.id`,
        codeHash: sql`excluded.code_hash`,
        about: sql`excluded.about`,
        tries: 0,
        until: sql`excluded.until`,
      },
    }),
)
const tryOneTime = statement((db) =>
  db
    .update(oneTimeCodes)
    .set({ tries: sql`${oneTimeCodes.tries} + 1` })
    .where(isOpen)
    .returning(),
)
const openOneTime = statement((db) => db.select().from(oneTimeCodes).where(isOpen))
const dropOneTime = statement((db) => db.delete(oneTimeCodes).where(eq(oneTimeCodes.id, p("id"))))

/**
 * Makes a code of six digits; an earlier one of the same purpose is worth nothing any more. `to` is a keyed hash of the address that it
 * goes to, `about` what it proves. `now` is the real clock's. The answer is the only time that it is seen.
 * Refuses `too_many_requests` with `retryAfterSeconds` after five in an hour for this owner or to this address.
 */
export async function makeOneTimeCode(
  tx: Tx,
  keys: Keys,
  owner: Owner,
  { purpose, to, about = null }: { purpose: OneTimePurpose; to: string; about?: string | null },
  now: Instant,
): Promise<{ id: string; code: string; until: Instant }> {
  await spendTry(tx, `one_time:${purpose}:${owner.kind}:${owner.id}`, sent, now)
  await spendTry(tx, `one_time:to:${to}`, sent, now)
  const number = new DataView(tx.chance.bytes(8).slice().buffer).getBigUint64(0) % 10n ** BigInt(digits)
  const code = String(number).padStart(digits, "0")
  const [id, until] = [tx.id(), now + oneTimeFor]
  const codeHash = oneTimeHash(keys, id, code)
  await putOneTime(tx).execute({ id, kind: owner.kind, owner: owner.id, purpose, codeHash, about, tries: 0, until })
  await tx.say(accountsStream, "one_time.made", { code: id, purpose, until, subject: owner.id })
  return { id, code, until }
}

/**
 * Tries a code, however its digits were typed; a right one is used up. `over`: there is none that may still be tried, because it was used,
 * replaced, tried five times, or its ten minutes have passed. A wrong one is counted in this turn, so it answers and does not throw.
 */
export async function useOneTimeCode(
  tx: Tx,
  keys: Keys,
  owner: Owner,
  purpose: OneTimePurpose,
  typed: string,
  now: Instant,
): Promise<{ is: "right"; about: string | null } | { is: "wrong" | "over" }> {
  const [row] = await tryOneTime(tx).execute({ kind: owner.kind, owner: owner.id, purpose, now })
  const isRight = row !== undefined && sameText(oneTimeHash(keys, row.id, readDigits(typed)), row.codeHash)
  if (!isRight) {
    const why = row ? "wrong" : "over"
    await tx.say(accountsStream, "one_time.refused", { purpose, why, subject: owner.id })
    return { is: why }
  }
  await dropOneTime(tx).execute({ id: row.id })
  await tx.say(accountsStream, "one_time.used", { code: row.id, purpose, subject: owner.id })
  return { is: "right", about: row.about }
}

/** The code of this purpose that may still be typed in; `null` where there is none. */
export async function openOneTimeCode(
  store: Store,
  owner: Owner,
  purpose: OneTimePurpose,
  now: Instant,
): Promise<{ about: string | null; until: Instant } | null> {
  return (await openOneTime(store).execute({ kind: owner.kind, owner: owner.id, purpose, now }))[0] ?? null
}

/** Forgets codes that are over; answers how many, see `clear`. */
export function forgetOneTimeCodes(tx: Tx, now: Instant): Promise<number> {
  return clear(tx, oneTimeCodes, [oneTimeCodes.id], lte(oneTimeCodes.until, now))
}

/** Nobody but whoever has the keys can try the million codes against what is kept. */
function oneTimeHash(keys: Keys, id: string, code: string): string {
  return keys.capability("one_time_code", `${id}\n${code}`, 43)
}

function readDigits(text: string): string {
  return asciiDigits(withoutMarks(text.slice(0, 60))).replace(/[\s\u2010-\u2015-]/g, "")
}
