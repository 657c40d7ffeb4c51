import { and, eq, gt, isNull, lt, sql } from "drizzle-orm"
import { clear } from "../../../db/clearing.ts"
import { accountsStream } from "../../../db/facts.ts"
import { type EnrolmentChannel, enrolments } from "../../../db/schema/passkeys.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant, minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { inGroups, lettersOf, makeCode, readCode } from "./codes.ts"
import type { Owner } from "./owner.ts"
import type { MayGo } from "./sessions.ts"
import { giveBackTry, spendTry } from "./throttle.ts"

/*
 * A code with which somebody whose identity was checked gets a first passkey, or the first after all were lost: handed over at a counter or
 * a kiosk, or sent by letter; an invitation of staff is one too. 80 bits, because it is enough by itself to say whose it is.
 *
 * It is read when it is typed in and spent in the turn that adds the passkey. Whoever has trouble with the passkey may type it in again;
 * however many do so at once, it brings one passkey.
 */

const letters = 16

/** As long as the way to it: in hand for minutes, on the post for a week (OWASP ASVS 5.0 6.6.2). */
const goodFor: Record<EnrolmentChannel, number> = { counter: 10 * minute, kiosk: 10 * minute, letter: 7 * 24 * hour }

/** Wrong ones from one address. Right ones do not count: a whole office may share an address. */
const tries = { most: 10, window: 10 * minute }

const keptFor = 90 * 24 * hour

const ofOwner = and(eq(enrolments.kind, sql.placeholder("kind")), eq(enrolments.owner, sql.placeholder("owner")))
const insertEnrolment = statement((db) => db.insert(enrolments).values(placeholders(enrolments)))
const dropUnused = statement((db) => db.delete(enrolments).where(and(ofOwner, isNull(enrolments.usedAt))))
const isOpen = and(isNull(enrolments.usedAt), gt(enrolments.until, sql.placeholder("now")))
const openWith = statement((db) =>
  db
    .select()
    .from(enrolments)
    .where(and(eq(enrolments.codeHash, sql.placeholder("codeHash")), isOpen)),
)
const unusedOf = statement((db) =>
  db
    .select({ madeBy: enrolments.madeBy, madeAt: enrolments.madeAt, until: enrolments.until })
    .from(enrolments)
    .where(and(ofOwner, isNull(enrolments.usedAt))),
)
const isOpenById = and(eq(enrolments.id, sql.placeholder("id")), ofOwner, isOpen)
const stillOpen = statement((db) => db.select({ id: enrolments.id }).from(enrolments).where(isOpenById))
const spend = statement((db) =>
  db
    .update(enrolments)
    .set({ usedAt: sql`${sql.placeholder("now")}` })
    .where(isOpenById)
    .returning({ id: enrolments.id }),
)

export type Enrolment = typeof enrolments.$inferSelect

/**
 * Makes a code; an earlier one that was not used is worth nothing any more. The answer is the only time that it is seen. `first`: with which
 * letters it begins, where somebody else has them.
 */
export async function makeEnrolment(
  tx: Tx,
  keys: Keys,
  owner: Owner,
  { channel, by, first = "" }: { channel: EnrolmentChannel; by: string; first?: string },
  now: Instant,
): Promise<{ id: string; code: string; until: Instant }> {
  await dropEnrolments(tx, owner)
  const code = inGroups(first + makeCode(tx.chance, letters - first.length, letters), 4)
  const id = tx.id()
  const until = now + goodFor[channel]
  await insertEnrolment(tx).execute({
    ...{ id, codeHash: hashOf(keys, code.replaceAll("-", "")), kind: owner.kind, owner: owner.id, channel },
    ...{ madeBy: by, madeAt: now, until, usedAt: null },
  })
  await tx.say(accountsStream, "enrolment.made", { enrolment: id, channel, until, by, subject: owner.id })
  return { id, code, until }
}

/** How much of a code each of two people has: neither can do anything with it alone. */
const half = letters / 2

/** The letters that whoever asked has of a code that a second person approved. */
export function firstHalf(keys: Keys, request: string): string {
  return lettersOf(keys, "first half of a code", request, half)
}

/** A code in its two halves, as they are shown. */
export function halvesOf(code: string): [string, string] {
  const bare = code.replaceAll("-", "")
  return [inGroups(bare.slice(0, half), 4), inGroups(bare.slice(half), 4)]
}

/** Who made the code that the owner has not used, when, and until when it is or was good; `null` where there is none. */
export async function unusedEnrolment(
  store: Store,
  { kind, id }: Owner,
): Promise<{ madeBy: string; madeAt: Instant; until: Instant } | null> {
  return (await unusedOf(store).execute({ kind, owner: id }))[0] ?? null
}

/** Whatever code the owner has that was not used is worth nothing from now on. */
export async function dropEnrolments(tx: Tx, owner: Owner): Promise<void> {
  await dropUnused(tx).execute({ kind: owner.kind, owner: owner.id })
}

/**
 * Whose this code is; `null` for a wrong, used or late one, and for one that is not for whom `isTheirs` expects: numbers are not to be tried
 * beside a code that was found. `from` is a keyed hash of the address that asks; a wrong one is counted there in this turn, so it answers
 * and does not throw. Refuses `too_many_requests` with `retryAfterSeconds` after ten wrong ones in ten minutes.
 */
export async function readEnrolment(
  tx: Tx,
  keys: Keys,
  text: string,
  from: string,
  now: Instant,
  isTheirs: (found: Enrolment) => boolean = () => true,
): Promise<Enrolment | null> {
  const key = `enrolment:${from}`
  await spendTry(tx, key, tries, now)
  const code = readCode(text, letters)
  const [found] = await openWith(tx).execute({ codeHash: hashOf(keys, code ?? ""), now })
  if (code === null || !found || !isTheirs(found)) return null
  await giveBackTry(tx, key)
  return found
}

/** In the turn of what comes before the passkey. Refuses `code_refused` where the code is used, over, or another one has taken its place. */
export async function mustBeOpen(tx: Tx, { kind, id: owner }: Owner, id: string, now: Instant): Promise<void> {
  if ((await stillOpen(tx).execute({ id, kind, owner, now })).length === 0) throw new Refusal("code_refused")
}

/** Uses the code up, in the turn that adds its owner's passkey. Refuses `code_refused` where it is used or over by now. */
export async function spendEnrolment(tx: Tx, owner: Owner, id: string, passkey: string, now: Instant): Promise<void> {
  const [spent] = await spend(tx).execute({ id, kind: owner.kind, owner: owner.id, now })
  if (!spent) throw new Refusal("code_refused")
  await tx.say(accountsStream, "enrolment.used", { enrolment: id, passkey, subject: owner.id })
}

/** Forgets codes that have been over for three months; what the facts say of them stays. Answers how many, see `clear`. */
export function forgetEnrolments(tx: Tx, mayGo: MayGo, now: Instant): Promise<number> {
  const over = and(lt(enrolments.until, now - keptFor), mayGo(enrolments.owner, now))
  return clear(tx, enrolments, [enrolments.id], over)
}

function hashOf(keys: Keys, code: string): string {
  return keys.capability("enrolment code", code, 43)
}
