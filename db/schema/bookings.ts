import { sql } from "drizzle-orm"
import { primaryKey, text } from "drizzle-orm/sqlite-core"
import { day, flag, instant, table, whole, word, words } from "../dialect.ts"

/** Who ended it: the person, the office, or time that ran out without an answer. */
export type EndedBy = "citizen" | "office" | "time"

export type BookingState = "requested" | "confirmed" | "arrived" | "cancelled" | "missed" | "done"

export const bookings = table("booking", {
  id: text().primaryKey(),
  code: text().notNull().unique(),
  state: word<BookingState>().notNull(),
  /** Whose it is; the people it is for are in `booking_person`. */
  person: words().notNull(),
  office: words().notNull(),
  line: words().notNull(),
  service: words().notNull(),
  day: day().notNull(),
  startsAt: instant().notNull(),
  endsAt: instant().notNull(),
  /** `width` places in each of `length` consecutive slots. */
  width: whole().notNull(),
  length: whole().notNull(),
  people: whole().notNull(),
  madeAt: instant().notNull(),
  /** `citizen`, `agent`, `integrator`. */
  madeBy: words().notNull(),
  /** Those whom it is for have named `person` as their proxy, and none of them is `person`: it is theirs for as long as that stands. */
  byProxy: flag().notNull(),
  /** In request mode: the office has named another time and the person has not answered. */
  proposed: flag().notNull(),
  endedAt: instant(),
  endedBy: word<EndedBy>(),
  /** Why it was cancelled or declined: a code, or the office's words. */
  reason: words(),
  /** A change of hours took its time away; it stands until the person or the office settles it. */
  struckAt: instant(),
  /** By whom alone the person wants to be called when the day has come; only in offices for video visits. */
  wants: word<"female">(),
})

/** Word for word as in the index `booking_ahead`, or the engine would not use it. */
export const isAhead = sql`(${bookings.state} = 'requested' or ${bookings.state} = 'confirmed')`

/** Who comes. `open` rows are what the limits count; one person has one open booking a service. */
export const bookingPeople = table(
  "booking_person",
  {
    booking: words().notNull(),
    person: words().notNull(),
    service: words().notNull(),
    open: flag().notNull(),
  },
  (who) => [primaryKey({ columns: [who.booking, who.person] })],
)

export type BookingRow = typeof bookings.$inferSelect
