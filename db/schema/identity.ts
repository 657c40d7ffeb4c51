import { primaryKey, text } from "drizzle-orm/sqlite-core"
import { flag, instant, json, table, whole, word, words } from "../dialect.ts"

/** `full`: everything. `again`: that the person is still the one who was checked in this visit. */
export type CheckKind = "full" | "again"
/** `rejected` waits for a second person as long as `second` is null, and stands if that one confirmed it. */
export type CheckState = "open" | "verified" | "inconclusive" | "rejected"
/** Why a check counts no longer. */
export type LapseReason = "page" | "takeover" | "unseen" | "camera_off"

/** What the agent's page received of the person's picture, at the moment when it was looked at. */
export interface Measured {
  w: number
  h: number
  fps: number
  loss: number
}

/**
 * Who somebody before a camera is, looked at by a list that the server drew. It counts for one page of one participant, and for the connection
 * that this page has: where the page itself comes back on another one, the check goes on with it.
 */
export const identityChecks = table("identity_check", {
  id: text().primaryKey(),
  visit: words().notNull(),
  participant: words().notNull(),
  page: words().notNull(),
  /** The browser's tab, by which a reload of the page is told from another device. */
  tab: words(),
  epoch: whole().notNull(),
  kind: word<CheckKind>().notNull(),
  state: word<CheckState>().notNull(),
  /** The agent for whom it was drawn, and who alone answers it. */
  agent: words().notNull(),
  drawnAt: instant().notNull(),
  /** The place of the step that the person is asked for now; null between steps. */
  asked: whole(),
  endedAt: instant(),
  /** Since when the person's camera has been off; null while it is on. */
  darkSince: instant(),
  /** Since when the agent's page has got no picture of the person, whatever the person's page says; null while it gets one. */
  unseenSince: instant(),
  lapsedAt: instant(),
  lapsed: word<LapseReason>(),
  second: word<"confirmed" | "overturned">(),
  secondBy: words(),
  secondAt: instant(),
  /** Under the person's key. */
  secondNoteSealed: words(),
})

export type StepKind =
  | "measured"
  | "consent"
  | "turn_head"
  | "hand_across"
  | "digits"
  | "document_beside"
  | "repeat_digits"
  | "repeat_word"
  | "diffractive"
  | "personalisation"
  | "material"
  | "print"
  | "picture"
  | "data"
  | "talk"
  | "same_person"

/** `exchanged`: the person asked for another way, which is the next row of the same place. */
export type StepResult = "pass" | "fail" | "not_possible" | "exchanged"

/** One line of a list. Rows are only added, and answered once. */
export const identitySteps = table(
  "identity_step",
  {
    check: words().notNull(),
    place: whole().notNull(),
    /** 0, and 1 for the way that came in its place. */
    turn: whole().notNull(),
    kind: word<StepKind>().notNull(),
    /** Whether it takes no sight of the person who does it. */
    withoutSight: flag().notNull(),
    /** What was drawn for it: digits, the code of a word. */
    drawn: words(),
    measured: json<Measured>(),
    result: word<StepResult>(),
    /** Under the person's key. */
    noteSealed: words(),
    by: words(),
    at: instant(),
  },
  (step) => [primaryKey({ columns: [step.check, step.place, step.turn] })],
)

/** A still picture of a step: as the person's page took it, and as the agent's page received it. The bytes lie in the visit's folder. */
export const identityPictures = table("identity_picture", {
  id: text().primaryKey(),
  check: words().notNull(),
  /** The visit's thread. */
  thread: words().notNull(),
  place: whole().notNull(),
  side: word<"sent" | "received">().notNull(),
  /** Of the bytes as they came, before they were sealed: base64url. */
  sha256: words().notNull(),
  bytes: whole().notNull(),
  by: words().notNull(),
  at: instant().notNull(),
})

export type FileType = "application/pdf" | "image/png" | "image/jpeg" | "image/webp"

/** A paper that one side gave the other in a visit. */
export const visitFiles = table("visit_file", {
  id: text().primaryKey(),
  visit: words().notNull(),
  /** The visit's thread. */
  thread: words().notNull(),
  sender: words().notNull(),
  senderKind: word<"citizen" | "staff">().notNull(),
  /** Under the key of the visit's person. */
  nameSealed: words().notNull(),
  /** By its own first bytes. */
  type: word<FileType>().notNull(),
  bytes: whole().notNull(),
  /** Of the bytes as they came: base64url. */
  sha256: words().notNull(),
  at: instant().notNull(),
})

export type CheckRow = typeof identityChecks.$inferSelect
export type StepRow = typeof identitySteps.$inferSelect
export type PictureRow = typeof identityPictures.$inferSelect
export type FileRow = typeof visitFiles.$inferSelect
