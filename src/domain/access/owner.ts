import { and, eq, gt, isNull, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { type OwnerKind, passkeyOwners, passkeys } from "../../../db/schema/passkeys.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant } from "../../base/day.ts"
import { token } from "../../base/id.ts"
import { Refusal } from "../../base/refusal.ts"

/** Whose account it is: a citizen's, or that of somebody of the staff. */
export interface Owner {
  readonly kind: OwnerKind
  readonly id: string
}

export function sameOwner(left: Owner, right: Owner): boolean {
  return left.kind === right.kind && left.id === right.id
}

/** NIST and others let somebody who took an account over wait, so that its owner has time to say no; a day is what login.gov takes. */
const heldFor = 24 * hour

const byOwner = and(eq(passkeyOwners.kind, sql.placeholder("kind")), eq(passkeyOwners.owner, sql.placeholder("id")))
const ownerRow = statement((db) => db.select().from(passkeyOwners).where(byOwner))
const addOwner = statement((db) =>
  db
    .insert(passkeyOwners)
    .values({
      kind: sql.placeholder("kind"),
      owner: sql.placeholder("id"),
      handle: sql.placeholder("handle"),
      heldFrom: null,
      heldUntil: null,
      offeredAt: null,
    })
    .onConflictDoNothing(),
)
const hold = statement((db) =>
  db
    .update(passkeyOwners)
    .set({
      heldFrom: sql`case when ${passkeyOwners.heldUntil} > ${sql.placeholder("now")} then ${passkeyOwners.heldFrom} else ${sql.placeholder("now")} end`,
      heldUntil: sql`${sql.placeholder("until")}`,
    })
    .where(byOwner),
)
const offer = statement((db) =>
  db
    .update(passkeyOwners)
    .set({ offeredAt: sql`${sql.placeholder("now")}` })
    .where(and(byOwner, isNull(passkeyOwners.offeredAt)))
    .returning({ owner: passkeyOwners.owner }),
)
const heldNow = statement((db) =>
  db
    .select({ until: passkeyOwners.heldUntil })
    .from(passkeyOwners)
    .where(
      and(
        byOwner,
        gt(passkeyOwners.heldUntil, sql.placeholder("now")),
        sql`not exists (select 1 from ${passkeys} as own where own.id = ${sql.placeholder("passkey")}
          and own.kind = ${passkeyOwners.kind} and own.owner = ${passkeyOwners.owner}
          and own.disabled_at is null and own.created_at < ${passkeyOwners.heldFrom})`,
      ),
    ),
)

/** What an authenticator knows the owner by: 32 random bytes, drawn when they are first needed, as base64url. */
export async function handleFor(tx: Tx, { kind, id }: Owner): Promise<string> {
  await addOwner(tx).execute({ kind, id, handle: token(tx.chance, 32) })
  const [row] = await ownerRow(tx).execute({ kind, id })
  if (!row) throw new Error("an owner that was just added is not there")
  return row.handle
}

/** The handle that the owner has; `null` before there was need of one. */
export async function handleOf(store: Store, { kind, id }: Owner): Promise<string | null> {
  return (await ownerRow(store).execute({ kind, id }))[0]?.handle ?? null
}

/** The account was won back with a recovery code: for a day nothing sensitive is done with it. Answers until when. */
export async function holdSensitive(tx: Tx, owner: Owner, now: Instant): Promise<Instant> {
  await handleFor(tx, owner)
  const until = now + heldFor
  await hold(tx).execute({ kind: owner.kind, id: owner.id, now, until })
  await tx.say(accountsStream, "recovery.held", { until, subject: owner.id })
  return until
}

/**
 * Until when the owner's sensitive actions are on hold for whoever came in by this passkey; `null` where they are not. The passkeys that
 * were there before the account was won back are not held: if somebody else did that, with a stolen code, their owner can undo it at once.
 */
export async function heldUntil(
  store: Store,
  { kind, id }: Owner,
  now: Instant,
  passkey: string | null,
): Promise<Instant | null> {
  return (await heldNow(store).execute({ kind, id, now, passkey: passkey ?? "" }))[0]?.until ?? null
}

/** Refuses `account_held` with `until` while sensitive actions are on hold for whoever came in by this passkey. */
export async function mustNotBeHeld(store: Store, owner: Owner, now: Instant, passkey: string | null): Promise<void> {
  const until = await heldUntil(store, owner, now, passkey)
  if (until !== null) throw new Refusal("account_held", { until })
}

/** Answers true the first time, and never again: nobody is offered a passkey twice. */
export async function offerOnce(tx: Tx, owner: Owner, now: Instant): Promise<boolean> {
  await handleFor(tx, owner)
  return (await offer(tx).execute({ kind: owner.kind, id: owner.id, now })).length > 0
}
