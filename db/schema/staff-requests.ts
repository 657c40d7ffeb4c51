import { text } from "drizzle-orm/sqlite-core"
import { flag, instant, json, table, word, words } from "../dialect.ts"
import type { ScopeKind, StaffRole } from "./access.ts"
import type { Words } from "./catalogue.ts"

/** `citizen_reset` begins at a counter, with the person there; the others are about somebody of the staff. */
export type AccessRequestKind = "invite" | "grant" | "enable" | "reset" | "citizen_reset"
/** `stopped`: its owner said that it was not they, before it was decided or after. */
export type AccessRequestState = "open" | "approved" | "refused" | "withdrawn" | "expired" | "stopped"
export type IdentityDocument = "national_id" | "resident_id" | "passport" | "family_record"

export interface Grant {
  role: StaffRole
  scopeKind: ScopeKind
  scope: string
}

/**
 * What one person of the staff has asked for and a second one decides. Nothing in it is ever changed but its state. Instants are the real
 * clock's.
 */
export const accessRequests = table("access_request", {
  id: text().primaryKey(),
  kind: word<AccessRequestKind>().notNull(),
  /** Whom it is about; of an invitation, who it made. */
  subject: words(),
  /** Of an invitation. */
  login: words(),
  name: json<Words>(),
  /** What is asked for, or over what one must have authority to decide. */
  role: word<Grant["role"]>().notNull(),
  scopeKind: word<ScopeKind>().notNull(),
  scope: words().notNull(),
  /** What the person may do at the time of asking. */
  was: json<Grant>(),
  /** How the person's identity was seen at the counter, and the last four characters of that document. */
  document: word<IdentityDocument>(),
  documentEnd: words(),
  state: word<AccessRequestState>().notNull(),
  askedBy: words().notNull(),
  askedAt: instant().notNull(),
  /** The confirmations that stand for it. */
  askedWith: words(),
  until: instant().notNull(),
  decidedBy: words(),
  decidedAt: instant(),
  decidedWith: words(),
  reason: words(),
})

/** Whether passkeys of an agency's staff must stay on their device; `agency` is empty for those who belong to several. */
export const passkeyRules = table("passkey_rule", {
  agency: text().primaryKey(),
  agentsBound: flag().notNull(),
  leadsBound: flag().notNull(),
})
