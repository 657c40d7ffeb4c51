/*
 * What is kept about people, for how long, and what then becomes of it: the record of processing (PDPL 31; GDPR 30). The page that shows it
 * and the job that carries it out both read it here. A table that stands nowhere here fails the build.
 */

/** `request`: until the person asks for erasure. `house`, `daily`: by the job of that name. `never`: it stays. */
export type ClearedBy = "request" | "house" | "daily" | "never"

export interface RecordKind {
  /** As they are named in the database; of a table whose rows stay, the columns that are emptied. */
  tables: readonly string[]
  /** After it has ended, or was made where it has no end; `null`: no time of its own. */
  days: number | null
  /** What the rows become: gone, or about nobody. */
  becomes: "deleted" | "anonymised" | "kept"
  clearedBy: ClearedBy
  /** Whether a legal hold on the person keeps it beyond its time. */
  heldBack: boolean
}

const year = 365

export const records = {
  /** Who it is, with the keys of the account. */
  account: {
    tables: [
      ...["person", "person_key", "relation", "civil_record", "contact", "message_mute"],
      ...["passkey", "passkey_owner", "recovery_code"],
    ],
    days: null,
    becomes: "deleted",
    clearedBy: "request",
    heldBack: true,
  },
  /** Whom somebody has named to act in the own name. */
  proxies: { tables: ["proxy"], days: 400, becomes: "deleted", clearedBy: "house", heldBack: false },
  bookings: {
    tables: ["booking", "booking_person"],
    days: 400,
    becomes: "anonymised",
    clearedBy: "daily",
    heldBack: true,
  },
  visits: { tables: ["ticket"], days: 400, becomes: "anonymised", clearedBy: "daily", heldBack: true },
  /** Of people without an account: nothing but a keyed hash of the number that they gave, so that one number has one ticket a day. */
  walkIns: { tables: ["ticket.holder"], days: 7, becomes: "deleted", clearedBy: "daily", heldBack: false },
  /** What staff wrote in words of their own. */
  notes: {
    tables: ["ticket.note", "ticket.undo", "booking.reason"],
    days: 90,
    becomes: "deleted",
    clearedBy: "daily",
    heldBack: true,
  },
  places: {
    tables: ["hold", "held_place", "held_person"],
    days: 30,
    becomes: "deleted",
    clearedBy: "daily",
    heldBack: true,
  },
  waiting: { tables: ["waitlist"], days: 90, becomes: "deleted", clearedBy: "daily", heldBack: true },
  /** How a video visit went, who was in it, what was written in it. */
  calls: {
    tables: [
      ...["visit", "participant", "visit_message", "visit_test", "visit_key", "visit_consent"],
      ...["identity_check", "identity_step", "identity_picture", "visit_file"],
    ],
    days: 90,
    becomes: "deleted",
    clearedBy: "daily",
    heldBack: true,
  },
  /** Services that were carried out in visits, with what was filled in and what came of it. */
  services: { tables: ["request"], days: 400, becomes: "deleted", clearedBy: "daily", heldBack: true },
  /** After their last day. */
  permits: { tables: ["travel_permit"], days: 400, becomes: "deleted", clearedBy: "daily", heldBack: true },
  /** Sound and picture of a video visit; of some services they are kept for longer. */
  recordings: {
    tables: ["recording_segment", "recording_chunk", "recording_gap", "recording_review"],
    days: 90,
    becomes: "deleted",
    clearedBy: "daily",
    heldBack: true,
  },
  messages: { tables: ["message", "delivery"], days: 90, becomes: "deleted", clearedBy: "house", heldBack: true },
  sessions: { tables: ["session", "enrolment"], days: 90, becomes: "deleted", clearedBy: "house", heldBack: true },
  /** What failed, and what was begun at the door and is over in minutes. */
  attempts: {
    tables: ["throttle", "pre_session", "ceremony", "one_time_code"],
    days: 1,
    becomes: "deleted",
    clearedBy: "house",
    heldBack: false,
  },
  /** What staff asked for that takes two: also resets at a counter, with the last characters of the paper that was shown. */
  approvals: { tables: ["access_request"], days: 400, becomes: "deleted", clearedBy: "house", heldBack: true },
  answers: { tables: ["idempotency"], days: 1, becomes: "deleted", clearedBy: "house", heldBack: false },
  keys: { tables: ["api_key"], days: year, becomes: "deleted", clearedBy: "daily", heldBack: false },
  /** With what somebody confirmed something by a passkey. */
  proofs: {
    tables: ["confirmation", "confirmation_evidence"],
    days: 10 * year,
    becomes: "deleted",
    clearedBy: "daily",
    heldBack: true,
  },
  /** What the house has issued and signed. Erased is whose it is: the paper stays checkable, without anybody's name. */
  documents: {
    tables: ["issued_document"],
    days: 10 * year,
    becomes: "deleted",
    clearedBy: "daily",
    heldBack: true,
  },
  /** Complaints may be made for ninety days (PDPL IR 37), a year is good practice, and two audits see it. */
  reads: { tables: ["read_log"], days: 400, becomes: "deleted", clearedBy: "daily", heldBack: true },
  /** Five years after their end (PDPL IR 33). */
  rights: {
    tables: ["privacy_request", "legal_hold"],
    days: 5 * year + 1,
    becomes: "deleted",
    clearedBy: "daily",
    heldBack: true,
  },
  staff: { tables: ["staff"], days: null, becomes: "kept", clearedBy: "never", heldBack: false },
  /** Ids, codes and instants; who an id is, only the account knows. */
  facts: { tables: ["fact"], days: null, becomes: "kept", clearedBy: "never", heldBack: false },
} as const satisfies Record<string, RecordKind>

export type RecordName = keyof typeof records

export const recordNames = Object.keys(records) as RecordName[]

/** Tables that say nothing about a citizen. */
export const impersonal = [
  ...["meta", "agency", "sector", "service", "office", "line", "season", "holiday", "opening_rule", "day_change"],
  ...["setup_mark", "device", "device_token", "pairing", "slot", "held_back", "counter", "ticket_series"],
  ...["retention_run", "passkey_rule", "reminder_mark", "recording_anchor"],
] as const
