import { and, eq, gt, isNull, lt, sql } from "drizzle-orm"
import { clear } from "../../../db/clearing.ts"
import { accountsStream, canonical } from "../../../db/facts.ts"
import { confirmationEvidence, confirmations } from "../../../db/schema/passkeys.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Scope, Tx } from "../../../db/write.ts"
import { hour, type Instant, minute } from "../../base/day.ts"
import { token } from "../../base/id.ts"
import { Refusal } from "../../base/refusal.ts"
import { sha256 } from "../../base/seal.ts"
import { bytesOf } from "./authenticator-said.ts"
import { openCeremony } from "./ceremonies.ts"
import type { Owner } from "./owner.ts"
import { PasskeyRefusal } from "./passkey-refusal.ts"
import { mustHaveNone } from "./passkeys.ts"
import { prove, type Room, withAccounts } from "./proof.ts"
import { isEvidence } from "./webauthn.ts"

/*
 * "Confirm this, and nothing else." What is to be confirmed is frozen first, with the very lines that the page shows; the challenge that
 * the passkey signs is a hash of it. So a signature stands for one record, and the record is kept with it.
 *
 *     challenge = SHA-256("dawr:tx:v1" 00 nonce[32] 00 canonical JSON, UTF-8)
 *
 * What it shows is which record was confirmed with which key. It cannot show what was on the screen: WebAuthn has no display of its own.
 * The page is therefore made on the server from the frozen text, and nothing on it comes from elsewhere.
 */

const openFor = 10 * minute
/** Confirmations that nobody gave. */
const keptFor = 24 * hour

/** What is confirmed. `text` is what the page shows, line by line, in both languages; `data` is what the change is made from. */
export interface Transaction {
  action: string
  object: string
  text: { ar: string[]; en: string[] }
  data?: Record<string, unknown>
}

export interface Frozen extends Required<Transaction> {
  id: string
  owner: Owner
  until: Instant
}

const insertConfirmation = statement((db) => db.insert(confirmations).values(placeholders(confirmations)))
const isTheirs = and(
  eq(confirmations.id, sql.placeholder("id")),
  eq(confirmations.kind, sql.placeholder("kind")),
  eq(confirmations.owner, sql.placeholder("owner")),
)
const isOpen = and(isTheirs, isNull(confirmations.usedAt), gt(confirmations.until, sql.placeholder("now")))
const theirs = statement((db) => db.select().from(confirmations).where(isTheirs))
const renonce = statement((db) =>
  db
    .update(confirmations)
    .set({ nonce: sql`${sql.placeholder("nonce")}` })
    .where(isOpen)
    .returning({ frozen: confirmations.frozen }),
)
const use = statement((db) =>
  db
    .update(confirmations)
    .set({ usedAt: sql`${sql.placeholder("now")}` })
    .where(isOpen)
    .returning(),
)
const insertEvidence = statement((db) => db.insert(confirmationEvidence).values(placeholders(confirmationEvidence)))
const evidenceFor = statement((db) =>
  db
    .select()
    .from(confirmationEvidence)
    .where(eq(confirmationEvidence.confirmation, sql.placeholder("confirmation"))),
)

/** Freezes what shall be confirmed, for ten minutes unless it is said otherwise. From here on nobody can change it, also not who asks. */
export async function freeze(
  tx: Tx,
  owner: Owner,
  asked: Transaction,
  now: Instant,
  milliseconds = openFor,
): Promise<Frozen> {
  const { action, object, text, data = {} } = asked
  const frozen: Frozen = { id: tx.id(), owner, action, object, text, data, until: now + milliseconds }
  await insertConfirmation(tx).execute({
    ...{ id: frozen.id, kind: owner.kind, owner: owner.id, action, object, until: frozen.until },
    ...{ frozen: canonical(frozen), nonce: null, usedAt: null },
  })
  return frozen
}

/** What is to be confirmed, for the page that shows it. Refuses `not_found` where it is not theirs, and `confirmation_over`. */
export async function frozenFor(store: Store, owner: Owner, id: string, now: Instant): Promise<Frozen> {
  const [row] = await theirs(store).execute({ id, kind: owner.kind, owner: owner.id })
  if (!row) throw new Refusal("not_found")
  if (row.usedAt !== null || row.until <= now) throw new Refusal("confirmation_over")
  return JSON.parse(row.frozen)
}

/** What a confirmation was about that they have given; `null` where there is none, or it was not given. */
export async function givenBefore(
  store: Store,
  owner: Owner,
  id: string,
): Promise<Pick<Frozen, "action" | "object"> | null> {
  const [row] = await theirs(store).execute({ id, kind: owner.kind, owner: owner.id })
  return row && row.usedAt !== null ? { action: row.action, object: row.object } : null
}

/**
 * Opens the ceremony in which it is confirmed. Each press of the button asks anew, under another nonce: only what answers the last one
 * counts. Refuses `confirmation_over`.
 */
export async function challengeOf(
  tx: Tx,
  { id, owner, session }: { id: string; owner: Owner; session: string },
  now: Instant,
): Promise<string> {
  const nonce = token(tx.chance, 32)
  const [asked] = await renonce(tx).execute({ id, kind: owner.kind, owner: owner.id, nonce, now })
  if (!asked) throw new Refusal("confirmation_over")
  const challenge = challengeFor(nonce, asked.frozen)
  await openCeremony(tx, { purpose: "confirm", owner, session, of: id }, now, challenge)
  return challenge
}

/**
 * Takes the passkey's answer and, in one turn, uses the confirmation up, makes the change from what was frozen and keeps the evidence:
 * all of it or nothing. Refuses `passkey_refused` and `confirmation_over`, and whatever `change` refuses.
 */
export async function confirm<T>(
  room: Room,
  response: string,
  asked: { id: string; owner: Owner; session: string; scopes?: Scope[] },
  now: Instant,
  change: (tx: Tx, frozen: Frozen) => Promise<T>,
): Promise<T> {
  const { id, owner, session, scopes } = asked
  const { party } = room
  return prove(room, response, { purpose: "confirm", owner, session, of: id, scopes }, now, async (tx, proof) => {
    const [row] = await use(tx).execute({ id, kind: owner.kind, owner: owner.id, now })
    if (!row) throw new Refusal("confirmation_over")
    const { frozen, nonce } = row
    if (nonce === null || challengeFor(nonce, frozen) !== proof.challenge) throw new PasskeyRefusal("challenge")
    const { credential, publicKey, clientData, authenticatorData, signature } = proof.evidence
    await insertEvidence(tx).execute({
      ...{ confirmation: id, frozen, nonce, credential, publicKey, clientData, authenticatorData, signature },
      ...{ rpId: party.id, origin: party.origin, at: now },
    })
    const { action, object } = row
    const told = { confirmation: id, action, object, passkey: credential, frozen: sha256(frozen) }
    await tx.say(accountsStream, "confirmation.given", { ...told, subject: owner.id })
    return change(tx, JSON.parse(frozen))
  })
}

/**
 * In a demonstration, for whoever has no passkey: as `confirm`, by the press alone. Nothing is kept that could show who it was. Refuses
 * `step_up_needed` to whoever has a passkey.
 */
export function confirmBare<T>(
  { writer }: Pick<Room, "writer">,
  { id, owner, scopes }: { id: string; owner: Owner; scopes?: Scope[] },
  now: Instant,
  change: (tx: Tx, frozen: Frozen) => Promise<T>,
): Promise<T> {
  return writer.write(
    async (tx) => {
      await mustHaveNone(tx, owner)
      const [row] = await use(tx).execute({ id, kind: owner.kind, owner: owner.id, now })
      if (!row) throw new Refusal("confirmation_over")
      return change(tx, JSON.parse(row.frozen))
    },
    { scopes: withAccounts(scopes) },
  )
}

export type ConfirmationEvidence = typeof confirmationEvidence.$inferSelect

export async function evidenceOf(store: Store, confirmation: string): Promise<ConfirmationEvidence | null> {
  return (await evidenceFor(store).execute({ confirmation }))[0] ?? null
}

/** Whether kept evidence still shows that its key confirmed its text. It needs nothing but itself. */
export function verify(kept: Omit<ConfirmationEvidence, "confirmation" | "at">): Promise<boolean> {
  const { rpId: id, origin, ...evidence } = kept
  return isEvidence({ id, origin }, evidence, challengeFor(kept.nonce, kept.frozen))
}

/** Forgets what nobody confirmed; answers how many, see `clear`. */
export function forgetConfirmations(tx: Tx, now: Instant): Promise<number> {
  const over = and(isNull(confirmations.usedAt), lt(confirmations.until, now - keptFor))
  return clear(tx, confirmations, [confirmations.id], over)
}

function challengeFor(nonce: string, frozen: string): string {
  return new Bun.CryptoHasher("sha256")
    .update("dawr:tx:v1\0")
    .update(bytesOf(nonce))
    .update("\0")
    .update(frozen)
    .digest("base64url")
}
