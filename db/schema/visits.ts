import { text } from "drizzle-orm/sqlite-core"
import { instant, json, table, whole, word, words } from "../dialect.ts"

/** What a video visit is in, seen by both sides. `phases.ts` of the visits' room has the moves. */
export type Phase = "lobby" | "ringing" | "call" | "hold" | "private" | "interrupted" | "wrapUp" | "over"

/** The face-to-face half of a ticket of a video office. The place in the queue is the ticket's and stands there. */
export const visits = table("visit", {
  /** The ticket's own. */
  id: text().primaryKey(),
  office: words().notNull(),
  /** Whose visit it is. */
  person: words().notNull(),
  /** The visit with which it began: what was said and tested before a transfer to another office is still there. */
  thread: words().notNull(),
  /** As it was last written; the ticket decides what holds (`phaseOf`). */
  phase: word<Phase>().notNull(),
  since: instant().notNull(),
  /** With whom the agent talks alone: a participant. */
  privateWith: words(),
  /** How many people there are beside the citizen and the agent, invited or in. */
  thirds: whole().notNull(),
  /** How often nobody answered two rings. */
  unanswered: whole().notNull(),
  /** When the office was found to be late for the booked time, and said so. */
  lateAt: instant(),
  /** Who sent the person on, and for which agent the visit is meant; the note for the next one is sealed under the person's key. */
  sentBy: words(),
  forAgent: words(),
  noteSealed: words(),
  openedAt: instant().notNull(),
  overAt: instant(),
  /** What the agent wrote for the person to keep: it stands in the minutes. Under the person's key. */
  wordSealed: words(),
  /** When the minutes were issued, or were found not to be needed. */
  minutesAt: instant(),
})

export type ParticipantKind = "citizen" | "agent" | "interpreter" | "guardian" | "supervisor"
export type ParticipantState = "invited" | "admitted" | "held" | "gone" | "removed"
export type PresenceState = "offline" | "online" | "reconnecting" | "gone"

/** Somebody in a visit. A row outlives every socket, page and device. */
export const participants = table("participant", {
  id: text().primaryKey(),
  visit: words().notNull(),
  kind: word<ParticipantKind>().notNull(),
  /** The account; null for an invitation that nobody has taken up. */
  subject: words(),
  subjectKind: word<"citizen" | "staff">().notNull(),
  /** As shown, for who is neither the citizen nor staff: sealed under the key of the visit's person. */
  nameSealed: words(),
  state: word<ParticipantState>().notNull(),
  /** Grows with every connection that is let in; what comes with a smaller one is dropped. */
  epoch: whole().notNull(),
  /** One load of a page: what media belong to. */
  page: words(),
  /** The browser's tab, which a reload keeps and a duplicate shares. */
  tab: words(),
  /** The session under which the page said hello: nobody else's page goes on as this one. */
  session: words(),
  presence: word<PresenceState>().notNull(),
  presenceAt: instant().notNull(),
  invitedBy: words(),
  joinedAt: instant(),
  leftAt: instant(),
})

/** What was written in a visit, sealed under the person's key. */
export const visitMessages = table("visit_message", {
  id: text().primaryKey(),
  /** The visit's thread. */
  thread: words().notNull(),
  /** An account: the citizen, somebody of the staff, or who was invited. */
  sender: words().notNull(),
  senderKind: word<"citizen" | "staff">().notNull(),
  /** As whom they were in the visit. */
  wroteAs: word<ParticipantKind>().notNull(),
  /** The accounts for whom it is, where it was written while some were kept out; null: for everybody in the visit. */
  heardBy: json<string[]>(),
  /** The visit in whose office somebody has had it before their eyes, of what was written to the office. */
  readIn: words(),
  textSealed: words().notNull(),
  at: instant().notNull(),
})

export type DeviceResult = "ok" | "denied" | "missing" | "busy" | "failed" | "untested"
/** `direct`: no relay to ask; `relay`: it answers; `blocked`: it does not; `none`: the browser opens no connection at all. */
export type NetworkResult = "direct" | "relay" | "blocked" | "none" | "untested"

/** What the device and the network of the person could do when it was last tried. */
export const visitTests = table("visit_test", {
  thread: text().primaryKey(),
  camera: word<DeviceResult>().notNull(),
  microphone: word<DeviceResult>().notNull(),
  speaker: word<DeviceResult>().notNull(),
  network: word<NetworkResult>().notNull(),
  rttMilliseconds: whole(),
  at: instant().notNull(),
})

/** The key of a visit's own files, under the installation's. Where the row is gone, nobody opens them any more. */
export const visitKeys = table("visit_key", {
  thread: text().primaryKey(),
  sealed: words().notNull(),
})

export type VisitRow = typeof visits.$inferSelect
export type ParticipantRow = typeof participants.$inferSelect
export type VisitTestRow = typeof visitTests.$inferSelect
