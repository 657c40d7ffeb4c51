import { text } from "drizzle-orm/sqlite-core"
import { instant, table, whole, word, words } from "../dialect.ts"

/** `requests.ts` of the requests' room has the moves between these. */
export type RequestState = "draft" | "asked" | "done" | "failed" | "withdrawn"

/** Why what was asked last is not waited for any more: the person said no, the time is over, something had changed. */
export type Unconfirmed = "declined" | "over" | "changed"

/**
 * A service that is carried out in a video visit: filled in by the agent before the person's eyes, confirmed by the person, done. What was
 * filled in, decided and carried out is sealed under the person's key.
 */
export const requests = table("request", {
  id: text().primaryKey(),
  visit: words().notNull(),
  office: words().notNull(),
  /** Code of the service in the catalogue. */
  service: words().notNull(),
  person: words().notNull(),
  agent: words().notNull(),
  state: word<RequestState>().notNull(),
  /** Grows with each change of what is filled in. */
  version: whole().notNull(),
  /** JSON of the fields. */
  fieldsSealed: words().notNull(),
  /** What was last asked of the person, and until when it can be confirmed. */
  confirmation: words(),
  askedUntil: instant(),
  unconfirmed: word<Unconfirmed>(),
  /** What came of it: JSON of `Outcome`. */
  outcomeSealed: words(),
  /** Why it failed; of what was given up with the visit, that. */
  code: words(),
  /** By which the person asks for it later: ten digits, given when it is done or has failed. */
  number: text().unique(),
  startedAt: instant().notNull(),
  endedAt: instant(),
})

export type PermitState = "valid" | "cancelled" | "expired"
export type PermitKind = "single" | "multiple"
export type TravelPaper = "passport" | "national_id"

/** A permit to travel, given by a guardian. There is at most one valid one of each dependant: an index holds it. */
export const permits = table("travel_permit", {
  id: text().primaryKey(),
  number: text().notNull().unique(),
  dependant: words().notNull(),
  guardian: words().notNull(),
  request: words().notNull(),
  kind: word<PermitKind>().notNull(),
  paper: word<TravelPaper>().notNull(),
  state: word<PermitState>().notNull(),
  issuedAt: instant().notNull(),
  /** The end of its last day. */
  until: instant().notNull(),
  endedAt: instant(),
  /** JSON of the countries and of the decision with the rule by which it was made, under the dependant's key. */
  detailSealed: words(),
})

export type RequestRow = typeof requests.$inferSelect
export type PermitRow = typeof permits.$inferSelect
