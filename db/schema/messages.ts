import { primaryKey, text } from "drizzle-orm/sqlite-core"
import { instant, json, table, whole, word, words } from "../dialect.ts"
import type { OwnerKind } from "./passkeys.ts"

/** A way to somebody outside these pages. */
export type Channel = "mail" | "sms"

/**
 * How somebody is reached and in which language, beside the mobile that stands with the person. A citizen's address is sealed under the
 * person's own key; somebody of the staff has none, so theirs stands beside it.
 */
export const contacts = table(
  "contact",
  {
    kind: word<OwnerKind>().notNull(),
    owner: words().notNull(),
    /** `null`: none was ever chosen. */
    lang: word<"ar" | "en">(),
    emailSealed: words(),
    keySealed: words(),
  },
  (contact) => [primaryKey({ columns: [contact.kind, contact.owner] })],
)

/** What somebody does not want on a channel. What is not here is sent. */
export const mutes = table(
  "message_mute",
  {
    kind: word<OwnerKind>().notNull(),
    owner: words().notNull(),
    theme: words().notNull(),
    channel: word<Channel>().notNull(),
  },
  (mute) => [primaryKey({ columns: [mute.kind, mute.owner, mute.theme, mute.channel] })],
)

/** One entry of somebody's inbox. It holds what its words are made of, ids, codes, numbers and instants, and no words. */
export const messages = table(
  "message",
  {
    owner: words().notNull(),
    /** Made of the owner and of what is told (`messageId` of the outbox): the same is one message, however often it is said. */
    id: words().notNull(),
    ownerKind: word<OwnerKind>().notNull(),
    kind: words().notNull(),
    data: json<Record<string, string | number | null>>().notNull(),
    /** The booking or ticket that it speaks of. */
    about: words(),
    /** The office that it comes from; null where it comes from the accounts. */
    office: words(),
    /** When it was told: it came into the inbox and its deliveries were made. */
    at: instant().notNull(),
    /** After this it is of no use to anybody. */
    until: instant().notNull(),
    readAt: instant(),
  },
  (message) => [primaryKey({ columns: [message.owner, message.id] })],
)

/** `failed`: to be tried again at `nextAt`. `dead`: given up, until somebody of the staff has it tried again. `called_off`: no longer true. */
export type DeliveryState = "pending" | "sent" | "failed" | "dead" | "called_off"

/** A message on its way over one channel. Its id is what providers know it by. */
export const deliveries = table("delivery", {
  id: text().primaryKey(),
  owner: words().notNull(),
  message: words().notNull(),
  /** As its message's. */
  about: words(),
  channel: word<Channel>().notNull(),
  /** The address as it was when the message was made, sealed as its owner's are; null: that of the hour in which it is sent. */
  addressSealed: words(),
  /** A code or link that stands in it, sealed under its owner's key and gone once it is sent. */
  secretSealed: words(),
  state: word<DeliveryState>().notNull(),
  /** How often it was begun. */
  tries: whole().notNull(),
  /** Not before then; the earliest go first, and 0 before everything else. */
  nextAt: instant().notNull(),
  /** Until then somebody is at it. */
  leaseUntil: instant(),
  lastError: words(),
  endedAt: instant(),
})

/** Up to which booking, by when it begins and its id, the reminders that come so many hours ahead have been looked at. */
export const reminderMarks = table("reminder_mark", {
  hours: whole().primaryKey(),
  startsAt: instant().notNull(),
  booking: words().notNull(),
})

export type MessageRow = typeof messages.$inferSelect
export type DeliveryRow = typeof deliveries.$inferSelect
