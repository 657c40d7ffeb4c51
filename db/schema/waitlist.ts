import { text } from "drizzle-orm/sqlite-core"
import { day, instant, json, table, whole, word, words } from "../dialect.ts"

/**
 * `offered`: a place is held for it. `lapsed`: nobody took what was offered, or its days are over. `left`: the person gave it up.
 * `taken`: it came to a booking, or to an earlier time for the one there was.
 */
export type WaitState = "waiting" | "offered" | "taken" | "lapsed" | "left"

/** Somebody's wish for a place that comes free at an office for a service. Who joined earlier is offered one earlier. */
export const waitlist = table("waitlist", {
  id: text().primaryKey(),
  person: words().notNull(),
  office: words().notNull(),
  line: words().notNull(),
  service: words().notNull(),
  /** Who comes. */
  people: json<string[]>().notNull(),
  /** Both included. */
  firstDay: day().notNull(),
  lastDay: day().notNull(),
  state: word<WaitState>().notNull(),
  /** The place in the office's list: what joined at the same instant came one after the other all the same. */
  place: whole().notNull(),
  joinedAt: instant().notNull(),
  /** When its days are looked through again, whatever comes free meanwhile: a new day may have opened, or its last one ended. */
  lookAt: instant().notNull(),
  /** The hold that was made for it last. */
  hold: words(),
  /** What came of it. */
  booking: words(),
  endedAt: instant(),
})

export type WaitRow = typeof waitlist.$inferSelect
