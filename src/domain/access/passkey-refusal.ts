import { Refusal } from "../../base/refusal.ts"

/** Why a ceremony was refused. It stands in the log and in a fact, never in an answer. */
export type Why =
  | "shape"
  | "ceremony"
  | "type"
  | "challenge"
  | "origin"
  | "frame"
  | "party"
  | "presence"
  | "verification"
  | "attestation"
  | "algorithm"
  | "credential"
  | "passkey"
  | "disabled"
  | "owner"
  | "handle"
  | "signature"
  | "backup"
  | "counter"
  | "library"

/** One refusal for whatever is wrong with what an authenticator said. */
export class PasskeyRefusal extends Refusal {
  readonly why: Why

  constructor(why: Why, cause?: unknown) {
    super("passkey_refused")
    this.why = why
    if (cause !== undefined) this.cause = cause
  }
}
