import { primaryKey, text } from "drizzle-orm/sqlite-core"
import type { Instant } from "../../src/base/day.ts"
import { day, flag, instant, json, table, whole, word, words } from "../dialect.ts"

export type CounterState = "closed" | "open" | "paused"

/** A line that a counter serves, and how many minutes later than its own work it takes that line's people. */
export interface ProfileLine {
  line: string
  handicap: number
}

export const counters = table("counter", {
  /** `<office>.<number>` */
  id: text().primaryKey(),
  office: words().notNull(),
  number: whole().notNull(),
  state: word<CounterState>().notNull(),
  staff: words(),
  profile: json<ProfileLine[]>().notNull(),
  /** The ticket in hand: called or being served. */
  ticket: words(),
  changedAt: instant().notNull(),
})

export type TicketState =
  | "early"
  | "waiting"
  | "away"
  | "called"
  | "serving"
  | "served"
  | "parked"
  | "absent"
  | "left"
  | "transferred"

export type Need = "age" | "disability" | "pregnancy" | "infant"

/** What gave the ticket its due time: a booking, a place among the walk-ins, a confirmed need, a next step after another counter. */
export type DueBy = "booking" | "walkin" | "need" | "step"

/** What a step can change of a ticket, as it was before. */
export interface TicketBefore {
  state: TicketState
  line: string
  service: string
  need: Need | null
  due: Instant
  dueBy: DueBy
  wakeAt: Instant | null
  keptUntil: Instant | null
  counter: string | null
  calledAt: Instant | null
  calls: number
  servingAt: Instant | null
  endedAt: Instant | null
  outcome: string | null
  note: string | null
  returns: number
}

/** The last step of an agent on a ticket: the fact that said it, whose it was, and what "undo" goes back to. */
export interface UndoStep {
  fact: number
  at: Instant
  by: string
  before: TicketBefore
}

export const tickets = table("ticket", {
  id: text().primaryKey(),
  office: words().notNull(),
  day: day().notNull(),
  /** Unique in its office and service day; the first digit tells line and kind. */
  number: whole().notNull(),
  line: words().notNull(),
  service: words().notNull(),
  state: word<TicketState>().notNull(),
  person: words(),
  /** Tells one holder from another without saying who: a person's id, or a keyed hash of the number or mobile that was given. */
  holder: words(),
  booking: words(),
  people: whole().notNull(),
  need: word<Need>(),
  arrivedAt: instant().notNull(),
  /** The order in which people came, within the service day: decides between equal due times. */
  arrival: whole().notNull(),
  due: instant().notNull(),
  dueBy: word<DueBy>().notNull(),
  /** When an early or an away ticket begins to wait. */
  wakeAt: instant(),
  /** Until when an absent person comes back to the front. */
  keptUntil: instant(),
  /** Where it is in hand, or was last. */
  counter: words(),
  /** The last call; empty again as soon as it waits again. */
  calledAt: instant(),
  calls: whole().notNull(),
  servingAt: instant(),
  endedAt: instant(),
  outcome: words(),
  note: words(),
  cameFrom: words(),
  returns: whole().notNull(),
  live: flag().notNull(),
  lang: word<"ar" | "en">().notNull(),
  undo: json<UndoStep>(),
  /** By whom alone the person wants to be called; null: by anybody. */
  wants: word<"female">(),
})

/** The last number given in a series of an office's service day; series `*` counts arrivals. */
export const ticketSeries = table(
  "ticket_series",
  {
    office: words().notNull(),
    day: day().notNull(),
    series: words().notNull(),
    last: whole().notNull(),
  },
  (series) => [primaryKey({ columns: [series.office, series.day, series.series] })],
)

export type TicketRow = typeof tickets.$inferSelect
export type CounterRow = typeof counters.$inferSelect
