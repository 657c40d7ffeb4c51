import { primaryKey, text } from "drizzle-orm/sqlite-core"
import { instant, json, table, whole, word, words } from "../dialect.ts"

export type ConsentState = "not_asked" | "noticed" | "given" | "refused" | "withdrawn"

/** What somebody in a visit has answered to its being recorded, and to which words. It goes with the visit when that is sent on. */
export const visitConsents = table(
  "visit_consent",
  {
    thread: words().notNull(),
    /** The account. */
    subject: words().notNull(),
    participant: words().notNull(),
    state: word<ConsentState>().notNull(),
    /** Of the text that was shown, its language, and the SHA-256 of what stood there, in hexadecimal as all of them here. */
    version: words().notNull(),
    lang: words().notNull(),
    textHash: words().notNull(),
    /** Who else was there beside the agent and the person: whoever comes later was not agreed to. */
    company: json<string[]>().notNull(),
    at: instant().notNull(),
  },
  (consent) => [primaryKey({ columns: [consent.thread, consent.subject] })],
)

export type SegmentWhat = "camera" | "screen"
export type SegmentEnd = "stopped" | "page" | "track" | "over" | "refused" | "incomplete"

/** Sound and picture of one person from one page without a break. */
export const recordingSegments = table("recording_segment", {
  id: text().primaryKey(),
  visit: words().notNull(),
  thread: words().notNull(),
  office: words().notNull(),
  /** Whose visit it is. */
  person: words().notNull(),
  /** The agent whose page records. */
  by: words().notNull(),
  /** The participant who is seen and heard. */
  of: words().notNull(),
  what: word<SegmentWhat>().notNull(),
  mime: words().notNull(),
  /** How long it is kept: `retention.ts` of the recordings has the classes. */
  class: words().notNull(),
  /** SHA-256 of the answers that stood when it began. */
  consent: words().notNull(),
  startedAt: instant().notNull(),
  /** The head of the chain before the first chunk, and after the last. */
  first: words().notNull(),
  head: words().notNull(),
  chunks: whole().notNull(),
  bytes: whole().notNull(),
  /** When the last chunk came, and until when what came was taken. */
  receiptAt: instant(),
  heldUntil: instant(),
  closedAt: instant(),
  closedWhy: word<SegmentEnd>(),
})

export const recordingChunks = table(
  "recording_chunk",
  {
    segment: words().notNull(),
    /** From 1 on, without a hole. */
    seq: whole().notNull(),
    /** SHA-256 of the bytes as they came. */
    hash: words().notNull(),
    length: whole().notNull(),
    at: instant().notNull(),
    /** Of the chain, with this chunk. */
    head: words().notNull(),
  },
  (chunk) => [primaryKey({ columns: [chunk.segment, chunk.seq] })],
)

/** `late`: nothing came although it should have; every other one is meant. */
export type GapWhy = "hold" | "private" | "pause" | "interruption" | "asked" | "withdrawn" | "late" | "camera"

/** From when to when a visit was not recorded, and why. */
export const recordingGaps = table("recording_gap", {
  id: text().primaryKey(),
  visit: words().notNull(),
  thread: words().notNull(),
  why: word<GapWhy>().notNull(),
  /** Of a pause: one of the agent's reasons. */
  reason: words(),
  /** Who pressed, or `time`. */
  by: words().notNull(),
  since: instant().notNull(),
  until: instant(),
})

export interface Finding {
  segment: string
  /** Which chunk is wrong; 0 for what is wrong with the whole segment. */
  seq: number
  why: "missing" | "altered" | "chain" | "cut" | "anchor"
}

/** Somebody of the staff opened a recording, and what its chain was found to be. */
export const recordingReviews = table("recording_review", {
  id: text().primaryKey(),
  visit: words().notNull(),
  thread: words().notNull(),
  office: words().notNull(),
  person: words().notNull(),
  staff: words().notNull(),
  /** Sealed under the key of the visit's person. */
  reasonSealed: words().notNull(),
  findings: json<Finding[]>().notNull(),
  at: instant().notNull(),
})

/** The heads of everything that is chained, signed by the house. */
export const recordingAnchors = table("recording_anchor", {
  at: instant().primaryKey(),
  /** As the text that was signed names them. */
  heads: json<AnchorHeads>().notNull(),
  digest: words().notNull(),
  signature: words().notNull(),
})

export interface AnchorHeads {
  /** Of each stream of facts: its last number and hash. */
  streams: Record<string, [seq: number, hash: string]>
  /** Of each segment that has grown since the anchor before: how many chunks, and the head. */
  segments: Record<string, [chunks: number, head: string]>
}

export type ConsentRow = typeof visitConsents.$inferSelect
export type SegmentRow = typeof recordingSegments.$inferSelect
export type ChunkRow = typeof recordingChunks.$inferSelect
export type GapRow = typeof recordingGaps.$inferSelect
export type ReviewRow = typeof recordingReviews.$inferSelect
