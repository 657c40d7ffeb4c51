import { and, count, eq, isNull, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { recoveryCodes } from "../../../db/schema/passkeys.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { makeCode, readCode } from "./codes.ts"
import type { Owner } from "./owner.ts"
import { giveBackTry, spendTry } from "./throttle.ts"

/*
 * Codes for whoever has lost every passkey. One never opens an account by itself: the password comes first. 130 bits each, so that a
 * keyed hash without salt is enough and finding one is one look-up (NIST SP 800-63B-4 §3.1.2.2, look-up secrets of at least 112 bits).
 */

export const recoveryCodesMade = 10
const letters = 26

/** Wrong ones for an account in an hour. With so many bits it is not about guessing: whoever tries that often needs help. */
const tries = { most: 5, window: hour }

const ofOwner = and(eq(recoveryCodes.kind, sql.placeholder("kind")), eq(recoveryCodes.owner, sql.placeholder("owner")))
const dropAll = statement((db) => db.delete(recoveryCodes).where(ofOwner))
const insertCode = statement((db) => db.insert(recoveryCodes).values(placeholders(recoveryCodes)))
const left = statement((db) =>
  db
    .select({ count: count() })
    .from(recoveryCodes)
    .where(and(ofOwner, isNull(recoveryCodes.usedAt))),
)
const spend = statement((db) =>
  db
    .update(recoveryCodes)
    .set({ usedAt: sql`${sql.placeholder("now")}` })
    .where(and(eq(recoveryCodes.id, sql.placeholder("id")), isNull(recoveryCodes.usedAt)))
    .returning({ id: recoveryCodes.id }),
)
const unused = statement((db) =>
  db
    .select({ id: recoveryCodes.id })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.id, sql.placeholder("id")), isNull(recoveryCodes.usedAt))),
)

/**
 * Whether somebody's codes lead back in. For the staff the way back is that two others see to it: a code that lies in a drawer would be a
 * way to a new passkey that nobody approves.
 */
export function mayRecover({ kind }: Owner): boolean {
  return kind === "citizen"
}

/**
 * Ten new codes in the place of all earlier ones. The answer is the only time that they are seen. Refuses `forbidden` to whom codes lead
 * nowhere.
 */
export async function makeCodes(tx: Tx, keys: Keys, owner: Owner, now: Instant): Promise<string[]> {
  if (!mayRecover(owner)) throw new Refusal("forbidden")
  await dropAll(tx).execute({ kind: owner.kind, owner: owner.id })
  const codes = Array.from({ length: recoveryCodesMade }, () => makeCode(tx.chance, letters, 5))
  for (const code of codes) {
    const id = indexOf(keys, owner, code.replaceAll("-", ""))
    await insertCode(tx).execute({ id, kind: owner.kind, owner: owner.id, madeAt: now, usedAt: null })
  }
  await tx.say(accountsStream, "recovery.codes_made", { count: codes.length, subject: owner.id })
  return codes
}

/** Whoever found a list of codes has nothing any more: the owner's factors are reset. */
export async function dropCodes(tx: Tx, { kind, id }: Owner): Promise<void> {
  await dropAll(tx).execute({ kind, owner: id })
}

/** The one code that everybody in a demonstration has. It is not used up there, and opens everything. */
export const demoCode = "DAWR0-DEM00-DAWR0-DEM00-DAWR0-2"

/** Gives it to somebody of a demonstration. */
export async function keepDemoCode(tx: Tx, keys: Keys, owner: Owner, now: Instant): Promise<void> {
  const id = indexOf(keys, owner, demoCode.replaceAll("-", ""))
  await insertCode(tx).execute({ id, kind: owner.kind, owner: owner.id, madeAt: now, usedAt: null })
}

/** How many codes of the owner are unused. */
export async function codesLeft(store: Store, owner: Owner): Promise<number> {
  return (await left(store).execute({ kind: owner.kind, owner: owner.id }))[0]?.count ?? 0
}

/**
 * Uses up one of the owner's codes and answers whether it was one. Ask only once the password was right. A wrong one is counted in this
 * turn, so it answers and does not throw: what throws is undone. `keep` leaves the code unused, for demonstrations alone. Refuses
 * `too_many_requests` with `retryAfterSeconds` after five in an hour.
 */
export async function useRecoveryCode(
  tx: Tx,
  keys: Keys,
  owner: Owner,
  text: string,
  now: Instant,
  { keep = false }: { keep?: boolean } = {},
): Promise<boolean> {
  const key = `recovery:${owner.kind}:${owner.id}`
  await spendTry(tx, key, tries, now)
  const code = readCode(text, letters)
  const id = indexOf(keys, owner, code ?? "")
  const [used] = keep ? await unused(tx).execute({ id }) : await spend(tx).execute({ id, now })
  if (code === null || !used) {
    await tx.say(accountsStream, "recovery.refused", { why: code === null ? "shape" : "unknown", subject: owner.id })
    return false
  }
  if (keep) await giveBackTry(tx, key)
  await tx.say(accountsStream, "recovery.code_used", { left: await codesLeft(tx, owner), subject: owner.id })
  return true
}

/** Bound to its owner: somebody else's code is nobody's. */
function indexOf(keys: Keys, { kind, id }: Owner, code: string): string {
  return keys.capability("recovery code", `${kind}\n${id}\n${code}`, 43)
}
