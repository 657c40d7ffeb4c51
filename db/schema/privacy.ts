import { primaryKey, text } from "drizzle-orm/sqlite-core"
import type { Day } from "../../src/base/day.ts"
import { day, instant, table, word, words } from "../dialect.ts"

/** How somebody of the staff came to see something of a person. */
export type ReadWhat = "visit" | "found" | "booking" | "data" | "identity" | "file" | "recording"

/** Who of the staff saw something of whom. Within ten minutes the same look is one row. */
export const readLog = table(
  "read_log",
  {
    person: words().notNull(),
    staff: words().notNull(),
    what: word<ReadWhat>().notNull(),
    at: instant().notNull(),
    /** Where; null for what belongs to no office. */
    office: words(),
    /** The booking or ticket. */
    about: words(),
  },
  (read) => [primaryKey({ columns: [read.person, read.staff, read.what, read.at] })],
)

/** While one stands, nothing about the person is deleted or anonymised. The reason is sealed under the person's key. */
export const legalHolds = table("legal_hold", {
  id: text().primaryKey(),
  person: words().notNull(),
  reasonSealed: words().notNull(),
  placedBy: words().notNull(),
  placedAt: instant().notNull(),
  until: instant().notNull(),
  liftedBy: words(),
  liftedAt: instant(),
  /** When what had been kept because of it was gone through. */
  settledAt: instant(),
})

export type PrivacyRequestKind = "access" | "erasure" | "correction"
export type PrivacyRequestState = "open" | "done" | "declined"

/** What a person has asked at a counter or in writing. The note is sealed under the person's key. */
export const privacyRequests = table("privacy_request", {
  id: text().primaryKey(),
  kind: word<PrivacyRequestKind>().notNull(),
  person: words().notNull(),
  state: word<PrivacyRequestState>().notNull(),
  askedAt: instant().notNull(),
  dueAt: instant().notNull(),
  prolongedAt: instant(),
  takenBy: words().notNull(),
  noteSealed: words(),
  endedBy: words(),
  endedAt: instant(),
})

/** How far the daily clearing has come: of a kind of record, in an office where it goes by offices (else empty). */
export const retentionRuns = table(
  "retention_run",
  {
    record: words().notNull(),
    office: words().notNull(),
    /** Days before this one have been gone through. */
    through: day().$type<Day>().notNull(),
    ranAt: instant().notNull(),
  },
  (run) => [primaryKey({ columns: [run.record, run.office] })],
)
