import { primaryKey, text } from "drizzle-orm/sqlite-core"
import { instant, json, table, whole, word, words } from "../dialect.ts"
import type { Words } from "./catalogue.ts"

export type StaffRole = "agent" | "supervisor" | "administrator" | "auditor"
export type ScopeKind = "office" | "region" | "agency" | "all"

export const staff = table("staff", {
  id: text().primaryKey(),
  login: text().notNull().unique(),
  name: json<Words>().notNull(),
  passwordHash: words().notNull(),
  role: word<StaffRole>().notNull(),
  scopeKind: word<ScopeKind>().notNull(),
  /** Office, region (its Arabic name) or agency; empty for `all`. */
  scope: words().notNull(),
  /** Only said where somebody may wish for a woman at the counter; nobody has to say it. */
  sex: word<"female" | "male">(),
  createdAt: instant().notNull(),
  disabledAt: instant(),
})

export type SubjectKind = "citizen" | "staff" | "device" | "integrator"

/** Good for everything; for getting a new passkey only, after a recovery code; for booking and waiting only, without an account. */
export type SessionLevel = "full" | "recovered" | "unproven"

/** `id` is the SHA-256 of the cookie's token; the token itself is nowhere. Instants here are the real clock's. */
export const sessions = table("session", {
  id: text().primaryKey(),
  kind: word<"citizen" | "staff">().notNull(),
  subject: words().notNull(),
  /** What was shown to get it, e.g. `password`; a second factor adds to it. */
  factors: words().notNull(),
  level: word<SessionLevel>().notNull(),
  /** The passkey that it was opened with. */
  passkey: words(),
  /** When a passkey last said that it is this very person. */
  provenAt: instant(),
  createdAt: instant().notNull(),
  seenAt: instant().notNull(),
  idleUntil: instant().notNull(),
  until: instant().notNull(),
  /** Where it was opened from, as a keyed hash: enough to say "another place". */
  address: words().notNull(),
  userAgent: words().notNull(),
  revokedAt: instant(),
  revokedWhy: words(),
})

/** `id` is the readable part of the key; only a hash of the rest is kept. Instants here are the real clock's. */
export const apiKeys = table("api_key", {
  id: text().primaryKey(),
  secretHash: words().notNull(),
  kind: word<SubjectKind>().notNull(),
  subject: words().notNull(),
  name: words().notNull(),
  scopes: json<string[]>().notNull(),
  office: words(),
  /** From where alone it is good: addresses and networks, e.g. `192.0.2.0/24`. None: from anywhere. */
  addresses: json<string[]>().notNull(),
  madeBy: words().notNull(),
  createdAt: instant().notNull(),
  until: instant().notNull(),
  seenAt: instant(),
  revokedAt: instant(),
})

/** Failed sign-ins, as rows so that a restart forgives nothing. */
export const throttles = table("throttle", {
  key: text().primaryKey(),
  failures: whole().notNull(),
  blockedUntil: instant().notNull(),
  at: instant().notNull(),
})

/** The answer that a write gave, for 24 hours, so that a retry gets the same. */
export const idempotency = table(
  "idempotency",
  {
    caller: words().notNull(),
    key: words().notNull(),
    requestHash: words().notNull(),
    status: whole().notNull(),
    answer: words().notNull(),
    at: instant().notNull(),
  },
  (kept) => [primaryKey({ columns: [kept.caller, kept.key] })],
)

/** What the store remembers about itself: whether it is a demo, how far its clock is shifted, the agency's look. */
export const meta = table("meta", {
  key: text().primaryKey(),
  value: words().notNull(),
})
