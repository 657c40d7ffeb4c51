import { primaryKey, text } from "drizzle-orm/sqlite-core"
import { flag, instant, json, table, whole, word, words } from "../dialect.ts"

/*
 * With what people prove who they are, and what they have confirmed with it. An owner is a citizen or somebody of the staff. Instants here
 * are the real clock's.
 */

export type OwnerKind = "citizen" | "staff"

/** `handle` is what an authenticator knows its owner by: 32 random bytes that say nothing (W3C WebAuthn L3 §14.6.1). */
export const passkeyOwners = table(
  "passkey_owner",
  {
    kind: word<OwnerKind>().notNull(),
    owner: words().notNull(),
    handle: text().notNull().unique(),
    /** Since when and until when nothing sensitive is done, because the account was won back: with codes again and again, since the first. */
    heldFrom: instant(),
    heldUntil: instant(),
    /** When a demonstration offered them a passkey: it asks once. */
    offeredAt: instant(),
  },
  (row) => [primaryKey({ columns: [row.kind, row.owner] })],
)

/** `id` is the credential's id and `publicKey` its COSE key, both base64url. */
export const passkeys = table("passkey", {
  id: text().primaryKey(),
  kind: word<OwnerKind>().notNull(),
  owner: words().notNull(),
  publicKey: words().notNull(),
  algorithm: whole().notNull(),
  signCount: whole().notNull(),
  /** Whether the key may leave its device, which never changes, and whether it has. */
  backupEligible: flag().notNull(),
  backedUp: flag().notNull(),
  transports: json<string[]>().notNull(),
  aaguid: words().notNull(),
  name: words().notNull(),
  createdAt: instant().notNull(),
  usedAt: instant(),
  /** Refused in a row since it was last right. */
  failures: whole().notNull(),
  disabledAt: instant(),
})

export type CeremonyPurpose = "sign_in" | "second" | "enrol" | "step_up" | "confirm"

/** A question that an authenticator shall answer. `id` is the SHA-256 of the challenge; whoever answers brings the challenge back. */
export const ceremonies = table("ceremony", {
  id: text().primaryKey(),
  purpose: word<CeremonyPurpose>().notNull(),
  kind: word<OwnerKind>(),
  owner: words(),
  /** The session, or the one that is half signed in. */
  session: words(),
  /** The confirmation that it is for. */
  of: words(),
  until: instant().notNull(),
})

/** `id` is a keyed hash of owner and code; the code itself is nowhere. */
export const recoveryCodes = table("recovery_code", {
  id: text().primaryKey(),
  kind: word<OwnerKind>().notNull(),
  owner: words().notNull(),
  madeAt: instant().notNull(),
  usedAt: instant(),
})

export type EnrolmentChannel = "counter" | "letter" | "kiosk"

/** A code with which an owner gets a first passkey. `codeHash` is keyed; the code itself is nowhere. */
export const enrolments = table("enrolment", {
  id: text().primaryKey(),
  codeHash: text().notNull().unique(),
  kind: word<OwnerKind>().notNull(),
  owner: words().notNull(),
  channel: word<EnrolmentChannel>().notNull(),
  madeBy: words().notNull(),
  madeAt: instant().notNull(),
  until: instant().notNull(),
  usedAt: instant(),
})

/** What a one-time code is for: a new mobile, or coming in without an account. One is never good for the other. */
export type OneTimePurpose = "mobile" | "sign_in"

/** A code that was sent to be typed in again. An owner has one of each purpose. `codeHash` is keyed; the code itself is nowhere. */
export const oneTimeCodes = table("one_time_code", {
  id: text().primaryKey(),
  kind: word<OwnerKind>().notNull(),
  owner: words().notNull(),
  purpose: word<OneTimePurpose>().notNull(),
  codeHash: words().notNull(),
  /** What it proves, e.g. the mobile that it was sent to, sealed as its owner's are. */
  about: words(),
  tries: whole().notNull(),
  until: instant().notNull(),
})

export type PreSessionStep = "second" | "enrol" | "recover" | "code"

/** Somebody who is half signed in. `id` is the SHA-256 of the cookie's token. */
export const preSessions = table("pre_session", {
  id: text().primaryKey(),
  kind: word<OwnerKind>().notNull(),
  owner: words().notNull(),
  step: word<PreSessionStep>().notNull(),
  /** The enrolment that is spent when its owner's passkey is added. */
  enrolment: words(),
  /** Where to go afterwards. */
  next: words().notNull(),
  until: instant().notNull(),
})

/** What somebody was asked to confirm, in one fixed form, and the nonce of the question asked last. */
export const confirmations = table("confirmation", {
  id: text().primaryKey(),
  kind: word<OwnerKind>().notNull(),
  owner: words().notNull(),
  action: words().notNull(),
  object: words().notNull(),
  frozen: words().notNull(),
  nonce: words(),
  until: instant().notNull(),
  usedAt: instant(),
})

/** Enough to show again, with nothing else at hand, that this key has confirmed this text. Bytes are base64url. */
export const confirmationEvidence = table("confirmation_evidence", {
  confirmation: text().primaryKey(),
  frozen: words().notNull(),
  nonce: words().notNull(),
  credential: words().notNull(),
  publicKey: words().notNull(),
  rpId: words().notNull(),
  origin: words().notNull(),
  clientData: words().notNull(),
  authenticatorData: words().notNull(),
  signature: words().notNull(),
  at: instant().notNull(),
})
