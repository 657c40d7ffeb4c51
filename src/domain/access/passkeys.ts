import { and, asc, eq, isNotNull, isNull, lt, or, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { sessions } from "../../../db/schema/access.ts"
import { passkeys } from "../../../db/schema/passkeys.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { cleanText } from "../../base/text.ts"
import { handleFor, type Owner } from "./owner.ts"
import { PasskeyRefusal, type Why } from "./passkey-refusal.ts"
import { endSession } from "./sessions.ts"
import type { NewPasskey, Verified } from "./webauthn.ts"

export type Passkey = typeof passkeys.$inferSelect

/** More than anybody has devices. */
export const passkeysMax = 20
export const passkeyNameMax = 60

/** NIST SP 800-63B-4 §3.2.2: no authenticator is tried more often in a row than this. */
const failuresMax = 100

const byId = eq(passkeys.id, sql.placeholder("id"))
const ofOwner = and(eq(passkeys.kind, sql.placeholder("kind")), eq(passkeys.owner, sql.placeholder("owner")))

const insertPasskey = statement((db) =>
  db.insert(passkeys).values(placeholders(passkeys)).onConflictDoNothing().returning({ id: passkeys.id }),
)
const ownersPasskeys = statement((db) =>
  db.select().from(passkeys).where(ofOwner).orderBy(asc(passkeys.createdAt), asc(passkeys.id)),
)
const passkeyById = statement((db) => db.select().from(passkeys).where(byId))
const rename = statement((db) =>
  db
    .update(passkeys)
    .set({ name: sql`${sql.placeholder("name")}` })
    .where(and(byId, ofOwner))
    .returning({ id: passkeys.id }),
)
// One statement: two last ones removed at the same moment must not both go. A citizen may also come back with a recovery code.
const remove = statement((db) =>
  db
    .delete(passkeys)
    .where(
      and(
        byId,
        ofOwner,
        or(
          isNotNull(passkeys.disabledAt),
          sql`EXISTS (SELECT 1 FROM passkey other WHERE other.kind = passkey.kind AND other.owner = passkey.owner
            AND other.id <> passkey.id AND other.disabled_at IS NULL)`,
          sql`(passkey.kind = 'citizen' AND EXISTS (SELECT 1 FROM recovery_code code
            WHERE code.kind = passkey.kind AND code.owner = passkey.owner AND code.used_at IS NULL))`,
        ),
      ),
    )
    .returning({ id: passkeys.id }),
)
const removeAll = statement((db) => db.delete(passkeys).where(ofOwner).returning({ id: passkeys.id }))
const use = statement((db) =>
  db
    .update(passkeys)
    .set({
      signCount: sql`${sql.placeholder("signCount")}`,
      backedUp: sql`${sql.placeholder("backedUp")}`,
      usedAt: sql`${sql.placeholder("now")}`,
      failures: 0,
    })
    .where(
      and(
        byId,
        isNull(passkeys.disabledAt),
        or(
          lt(passkeys.signCount, sql.placeholder("signCount")),
          and(eq(passkeys.signCount, sql`0`), sql`${sql.placeholder("signCount")} = 0`),
        ),
      ),
    )
    .returning({ id: passkeys.id }),
)
const countFailure = statement((db) =>
  db
    .update(passkeys)
    .set({
      failures: sql`${passkeys.failures} + 1`,
      disabledAt: sql`CASE WHEN ${passkeys.failures} + 1 >= ${failuresMax} THEN ${sql.placeholder("now")} END`,
    })
    .where(and(byId, isNull(passkeys.disabledAt)))
    .returning(),
)
const openedWith = statement((db) =>
  db
    .select({ id: sessions.id })
    .from(sessions)
    .where(
      and(
        eq(sessions.kind, sql.placeholder("kind")),
        eq(sessions.subject, sql.placeholder("owner")),
        eq(sessions.passkey, sql.placeholder("id")),
        isNull(sessions.revokedAt),
      ),
    ),
)

/** The owner's passkeys, the oldest first; disabled ones too. */
export async function passkeysOf(store: Store, { kind, id }: Owner): Promise<Passkey[]> {
  return ownersPasskeys(store).execute({ kind, owner: id })
}

/** Those of the owner that still open something. */
export async function usablePasskeys(store: Store, owner: Owner): Promise<Passkey[]> {
  return (await passkeysOf(store, owner)).filter(({ disabledAt }) => disabledAt === null)
}

/** For what a demonstration lets newcomers do without a passkey. Refuses `step_up_needed` to whoever has one: nothing stands for it. */
export async function mustHaveNone(store: Store, owner: Owner): Promise<void> {
  if ((await usablePasskeys(store, owner)).length > 0) throw new Refusal("step_up_needed")
}

export async function passkeyWith(store: Store, id: string): Promise<Passkey | null> {
  return (await passkeyById(store).execute({ id }))[0] ?? null
}

/** Adds a passkey whose registration was verified. Refuses `passkey_known` where anybody has it, `passkey_limit` and `invalid_field`. */
export async function addPasskey(tx: Tx, owner: Owner, made: NewPasskey, name: string, now: Instant): Promise<Passkey> {
  await handleFor(tx, owner)
  const row: Passkey = {
    ...made,
    ...{ kind: owner.kind, owner: owner.id, name: cleanText(name, "name", passkeyNameMax), createdAt: now },
    ...{ usedAt: null, failures: 0, disabledAt: null },
  }
  const [added] = await insertPasskey(tx).execute(row)
  if (!added) throw new Refusal("passkey_known")
  // Asked of what this turn has written: a second one at the same moment stands before it or behind it.
  if ((await passkeysOf(tx, owner)).length > passkeysMax) throw new Refusal("passkey_limit", { limit: passkeysMax })
  const { id: passkey, algorithm, backupEligible } = made
  await tx.say(accountsStream, "passkey.added", { passkey, algorithm, backupEligible, subject: owner.id })
  return row
}

/** Refuses `not_found` where the owner has no such passkey, and `invalid_field`. */
export async function namePasskey(tx: Tx, owner: Owner, id: string, name: string): Promise<void> {
  const [named] = await rename(tx).execute({
    id,
    kind: owner.kind,
    owner: owner.id,
    name: cleanText(name, "name", passkeyNameMax),
  })
  if (!named) throw new Refusal("not_found")
  await tx.say(accountsStream, "passkey.named", { passkey: id, subject: owner.id })
}

/**
 * Removes a passkey, and ends the sessions that were opened with it, but for `keep`; answers which. Refuses `not_found` where the owner has
 * none such, and `last_passkey` where nothing would be left to come back with: for staff another passkey, for citizens that or a
 * recovery code that is unused.
 */
export async function removePasskey(
  tx: Tx,
  owner: Owner,
  id: string,
  { by, keep }: { by: string; keep: string | null },
  now: Instant,
): Promise<string[]> {
  const [removed] = await remove(tx).execute({ id, kind: owner.kind, owner: owner.id })
  if (!removed) {
    const isTheirs = (await passkeysOf(tx, owner)).some((passkey) => passkey.id === id)
    throw new Refusal(isTheirs ? "last_passkey" : "not_found")
  }
  await tx.say(accountsStream, "passkey.removed", { passkey: id, by, subject: owner.id })
  const ended = (await openedWith(tx).execute({ id, kind: owner.kind, owner: owner.id })).filter(
    (session) => session.id !== keep,
  )
  for (const session of ended) await endSession(tx, session.id, "passkey_removed", now)
  return ended.map((session) => session.id)
}

/** Removes every passkey of an owner whose factors are reset: whoever found one has nothing. */
export async function dropPasskeys(tx: Tx, owner: Owner, { by }: { by: string }): Promise<void> {
  const dropped = await removeAll(tx).execute({ kind: owner.kind, owner: owner.id })
  for (const { id } of dropped) await tx.say(accountsStream, "passkey.removed", { passkey: id, by, subject: owner.id })
}

/**
 * Keeps that a passkey was used. The statement itself sees that its counter goes on, also where two answers come at once. Refuses
 * `passkey_refused` where it does not, or the passkey is gone or disabled by now.
 */
export async function recordUse(tx: Tx, id: string, verified: Verified, now: Instant): Promise<void> {
  const { signCount, backedUp } = verified
  const [used] = await use(tx).execute({ id, signCount, backedUp: backedUp ? 1 : 0, now })
  if (used) return
  const found = await passkeyWith(tx, id)
  throw new PasskeyRefusal(!found ? "passkey" : found.disabledAt !== null ? "disabled" : "counter")
}

/** What only a copy of a key, or another key, does: its owner is told. */
const alarming: Why[] = ["counter", "backup"]

/** What the owner of a passkey has to be told when it was refused: it may have been copied, or was tried so often that it is off now. */
export interface Alarm {
  owner: Owner
  passkey: string
  is: "copied" | "disabled"
}

/**
 * Keeps that a passkey was refused; the hundredth time in a row disables it. `passkey` is null where none was named that is theirs to
 * use. Where neither a passkey nor an owner is known nothing is kept: a stranger could fill the disk with it. Answers what its owner is to
 * be told.
 */
export async function recordRefusal(
  tx: Tx,
  { passkey: id, owner, purpose, why }: { passkey: string | null; owner: Owner | null; purpose: string; why: Why },
  now: Instant,
): Promise<Alarm[]> {
  const known = id === null ? null : await passkeyWith(tx, id)
  const subject = known?.owner ?? owner?.id ?? null
  if (subject === null) return []
  await tx.say(accountsStream, "passkey.refused", { passkey: known?.id ?? null, purpose, why, subject })
  if (!known) return []
  const alarm = { owner: { kind: known.kind, id: known.owner }, passkey: known.id }
  const alarms: Alarm[] = []
  if (alarming.includes(why)) {
    await tx.say(accountsStream, "passkey.alarm", { passkey: known.id, why, subject })
    alarms.push({ ...alarm, is: "copied" })
  }
  const [counted] = await countFailure(tx).execute({ id: known.id, now })
  if (counted && counted.disabledAt !== null) {
    await tx.say(accountsStream, "passkey.disabled", { passkey: known.id, failures: counted.failures, subject })
    alarms.push({ ...alarm, is: "disabled" })
  }
  return alarms
}
