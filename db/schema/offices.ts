import { primaryKey, text } from "drizzle-orm/sqlite-core"
import type { Day } from "../../src/base/day.ts"
import { day, flag, instant, json, table, whole, word, words } from "../dialect.ts"
import type { Words } from "./catalogue.ts"

/** `instant`: a booking stands at once. `request`: the office answers first. */
export type BookingMode = "instant" | "request"

export const offices = table("office", {
  code: text().primaryKey(),
  agency: words().notNull(),
  name: json<Words>().notNull(),
  city: words(),
  region: json<Words>(),
  address: json<Words>().notNull(),
  zone: words().notNull(),
  sectors: json<string[]>().notNull(),
  video: flag().notNull(),
  bookingMode: word<BookingMode>().notNull(),
  gridMinutes: whole().notNull(),
  /** Staffed seats as planned; what is open now is in `counter`. */
  counters: whole().notNull(),
  /** Earliest and latest bookable start, from now. */
  soonestMinutes: whole().notNull(),
  furthestDays: whole().notNull(),
  /** Earliest check-in before a booked start. */
  earlyMinutes: whole().notNull(),
  /** The bounds between which chance draws how long a cancelled place is held back from the public; both 0: not at all. */
  releaseMinutesMin: whole().notNull(),
  releaseMinutesMax: whole().notNull(),
  position: whole().notNull(),
  /** Rises with every change of hours or lines, so that what was computed from them can be told apart. */
  version: whole().notNull(),
})

/** A queue within an office: the services of one sector there. Its places a slot are what may be promised. */
export const lines = table(
  "line",
  {
    office: words().notNull(),
    code: words().notNull(),
    name: json<Words>().notNull(),
    position: whole().notNull(),
    publicPlaces: whole().notNull(),
    staffExtra: whole().notNull(),
    targetMinutes: whole().notNull(),
    needTargetMinutes: whole().notNull(),
    graceMinutes: whole().notNull(),
  },
  (line) => [primaryKey({ columns: [line.office, line.code] })],
)

export type RuleLayer = "base" | "season" | "break" | "exception"

export const openingRules = table("opening_rule", {
  id: text().primaryKey(),
  office: words().notNull(),
  layer: word<RuleLayer>().notNull(),
  rrule: words().notNull(),
  /** Local wall time, HH:mm. */
  start: words().notNull(),
  minutes: whole().notNull(),
  season: words(),
  validFrom: day(),
  validTo: day(),
  bookingOnly: flag().notNull(),
})

/** First and last day by the civil calendar, or as announced; both included. */
export const seasons = table("season", {
  id: text().primaryKey(),
  name: json<Words>().notNull(),
  first: day().notNull(),
  last: day().notNull(),
  provisional: flag().notNull(),
})

export const holidays = table("holiday", {
  id: text().primaryKey(),
  name: json<Words>().notNull(),
  first: day().notNull(),
  last: day().notNull(),
  provisional: flag().notNull(),
})

export interface ChangedSession {
  start: string
  minutes: number
  bookingOnly?: boolean
}

/** A supervisor's word about one day of one office; it wins over every rule. */
export const dayChanges = table(
  "day_change",
  {
    office: words().notNull(),
    day: day().notNull(),
    kind: word<"closed" | "hours">().notNull(),
    sessions: json<ChangedSession[]>().notNull(),
    openOnHoliday: flag().notNull(),
    reason: words(),
    by: words().notNull(),
    at: instant().notNull(),
  },
  (change) => [primaryKey({ columns: [change.office, change.day] })],
)

export type DayChange = typeof dayChanges.$inferSelect & { day: Day }
