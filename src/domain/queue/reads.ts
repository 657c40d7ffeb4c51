import { and, desc, eq, sql } from "drizzle-orm"
import {
  type CounterRow,
  type CounterState,
  type DueBy,
  type Need,
  type ProfileLine,
  type TicketRow,
  type TicketState,
  tickets,
} from "../../../db/schema/queue.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"
import { office } from "../offices/reads.ts"
import { waitingIn } from "./counters.ts"
import { type WaitRange, waitRange } from "./estimate.ts"
import { type HallNow, hallNow, minutesBehind, startsIn } from "./hall.ts"
import { poolOf } from "./promised.ts"
import { sessionsNear } from "./sessions.ts"
import { bookedStart, counter, countersOf, ticket } from "./tickets.ts"
import { type Why, whyOf } from "./why.ts"

/* What the screens show: ids, codes, numbers and instants. Words are made where the reader's language is known. */

/** The hall of an office with what its rest of the day will probably be. Read once for many tickets of the same moment. */
export interface HallView {
  hall: HallNow
  starts: Map<string, Instant>
}

export async function hallView(store: Store, code: string, now: Instant): Promise<HallView> {
  const here = await office(store, code)
  const { current } = await sessionsNear(store, here, now)
  const hall = await hallNow(store, here, current, now)
  return { hall, starts: startsIn(hall) }
}

export interface TicketView {
  id: string
  number: number
  office: string
  day: string
  state: TicketState
  line: string
  service: string
  people: number
  need: Need | null
  booking: string | null
  bookedAt: Instant | null
  arrivedAt: Instant
  due: Instant
  dueBy: DueBy
  /** How many of the line are called before, should nobody come. */
  ahead: number
  /** `null`: not known, because no counter that serves the line is open, or because the ticket does not wait. */
  wait: WaitRange | null
  expectedStart: Instant | null
  /** The counter to go to, while called or being served. */
  counter: { id: string; number: number } | null
  calls: number
  calledAt: Instant | null
  /** When an early or away ticket begins to wait. */
  wakeAt: Instant | null
  /** Until when an absent person comes back to the front. */
  keptUntil: Instant | null
  outcome: string | null
  endedAt: Instant | null
  cameFrom: string | null
  /** The ticket in another office that goes on where this one ended. */
  wentOnAs: string | null
}

/** One ticket as its holder sees it. Refuses `not_found`. Give `view` where the hall of this moment has been read already. */
export async function ticketView(store: Store, id: string, now: Instant, view?: HallView): Promise<TicketView> {
  const row = await ticket(store, id)
  const waits = row.state === "waiting" || row.state === "early" || row.state === "away"
  const seen = waits ? (view ?? (await hallView(store, row.office, now))) : null
  const expectedStart = seen?.starts.get(row.id) ?? null
  const atCounter = row.counter !== null && (row.state === "called" || row.state === "serving")
  const desk = atCounter ? await counter(store, row.counter ?? "") : null
  const { number, day, state, line, service, people, need, booking, arrivedAt, due, dueBy } = row
  return {
    ...{ id, number, office: row.office, day, state, line, service, people, need, booking, arrivedAt, due, dueBy },
    bookedAt: await bookedStart(store, booking),
    ahead: waits ? await aheadOf(store, row) : 0,
    wait: expectedStart === null ? null : waitRange(now, expectedStart),
    expectedStart,
    counter: desk ? { id: desk.id, number: desk.number } : null,
    calls: row.calls,
    calledAt: row.calledAt,
    wakeAt: row.wakeAt,
    keptUntil: row.state === "absent" && row.returns === 0 ? row.keptUntil : null,
    outcome: row.outcome,
    endedAt: row.endedAt,
    cameFrom: row.cameFrom,
    wentOnAs: state === "transferred" ? ((await wentOn(store).execute({ ticket: id }))[0]?.id ?? null) : null,
  }
}

export interface QueueRow {
  id: string
  number: number
  line: string
  service: string
  state: TicketState
  people: number
  need: Need | null
  arrivedAt: Instant
  due: Instant
  why: Why
  expectedStart: Instant | null
  /** By how many minutes the due will probably be missed, or has been; 0 where it is kept. */
  missesByMinutes: number
  counter: { id: string; number: number } | null
  wakeAt: Instant | null
  calls: number
}

export interface QueueView {
  office: string
  now: Instant
  /** Who may be called, in the order of due times, at most `window` of them. */
  waiting: QueueRow[]
  /** Early, away, parked and absent. */
  aside: QueueRow[]
  /** At a counter: called or being served. */
  atCounters: QueueRow[]
  lines: { line: string; waiting: number; openCounters: number; wait: WaitRange | null }[]
}

/** The waiting list of an office as its staff see it: who stands where, and why. */
export async function queueView(store: Store, code: string, now: Instant, window = 50): Promise<QueueView> {
  const view = await hallView(store, code, now)
  const { hall } = view
  const inOrder = [...hall.waiting].sort((a, b) => a.due - b.due || a.arrival - b.arrival)
  const set = await setAside(store).execute({ office: code })
  const rows = async (from: TicketRow[]) => Promise.all(from.map((row) => queueRow(store, view, row)))
  return {
    office: code,
    now,
    waiting: await rows(inOrder.slice(0, window)),
    aside: await rows([...hall.asleep, ...set].slice(0, window)),
    atCounters: await rows([...hall.inHand.values()]),
    lines: await linesNow(store, view),
  }
}

async function queueRow(store: Store, { hall, starts }: HallView, row: TicketRow): Promise<QueueRow> {
  const { id, number, line, service, state, people, need, arrivedAt, due, wakeAt, calls } = row
  const expectedStart = starts.get(id) ?? null
  const served = state === "called" || state === "serving"
  const pool = poolOf(hall, line).lines
  const chain = hall.waiting.filter((other) => pool.includes(other.line))
  const desk = row.counter === null ? undefined : hall.counters.find((other) => other.id === row.counter)
  return {
    ...{ id, number, line, service, state, people, need, arrivedAt, due, expectedStart, wakeAt, calls },
    why: whyOf(row, await bookedStart(store, row.booking), chain),
    missesByMinutes: served ? 0 : minutesBehind(row, expectedStart ?? hall.now),
    counter: desk ? { id: desk.id, number: desk.number } : null,
  }
}

export interface BoardCall {
  ticket: string
  number: number
  counter: number
  at: Instant
  calls: number
  /** The person is still expected at the counter: ring for this one, not for the others. */
  active: boolean
}

export interface BoardView {
  office: string
  /** The last calls, the newest first. */
  called: BoardCall[]
  lines: { line: string; waiting: number; openCounters: number; wait: WaitRange | null }[]
}

const boardCalls = 8

/** What hangs on the wall: numbers and counters, never more. Calls older than the session's day are not shown. */
export async function boardView(store: Store, code: string, now: Instant): Promise<BoardView> {
  const view = await hallView(store, code, now)
  const { nearestDay } = await sessionsNear(store, view.hall.office, now)
  const rows = await lastCalled(store).execute({ office: code, day: nearestDay, limit: boardCalls })
  const numbers = new Map(view.hall.counters.map(({ id, number }) => [id, number]))
  const called = rows.map(({ id, number, counter, calledAt, calls, state }) => ({
    ticket: id,
    number,
    counter: numbers.get(counter ?? "") ?? 0,
    at: calledAt ?? now,
    calls,
    active: state === "called",
  }))
  return { office: code, called, lines: await linesNow(store, view) }
}

export interface CounterView {
  id: string
  office: string
  number: number
  state: CounterState
  staff: string | null
  profile: ProfileLine[]
  changedAt: Instant
  /** The ticket in hand, with what may be undone. */
  ticket: (TicketRow & { bookedAt: Instant | null }) | null
}

/** A counter as the person at it sees it. Refuses `not_found`. */
export async function counterView(store: Store, id: string): Promise<CounterView> {
  return withTicket(store, await counter(store, id))
}

/** All counters of an office, in the order of their numbers. */
export async function counterViews(store: Store, code: string): Promise<CounterView[]> {
  return Promise.all((await countersOf(store, code)).map((row) => withTicket(store, row)))
}

async function withTicket(store: Store, row: CounterRow): Promise<CounterView> {
  const held = row.ticket === null ? null : await ticket(store, row.ticket)
  return { ...row, ticket: held && { ...held, bookedAt: await bookedStart(store, held.booking) } }
}

/** Each line with how many wait, and the wait of the last of them; a walk-in of this minute waits at least as long. */
async function linesNow(store: Store, { hall, starts }: HallView): Promise<BoardView["lines"]> {
  const open = hall.counters.filter(({ state }) => state === "open")
  return Promise.all(
    hall.office.lines.map(async ({ code }) => {
      const serving = open.filter(({ profile }) => profile.some((entry) => entry.line === code)).length
      const ends = hall.waiting.flatMap((row) => (row.line === code ? [starts.get(row.id) ?? hall.now] : []))
      const last = ends.reduce((latest, start) => Math.max(latest, start), hall.now)
      return {
        line: code,
        waiting: await waitingIn(store, hall.office.code, code),
        openCounters: serving,
        wait: serving > 0 ? waitRange(hall.now, last) : null,
      }
    }),
  )
}

async function aheadOf(store: Store, row: TicketRow): Promise<number> {
  const { office, line, due, arrival } = row
  return (await countAhead(store).execute({ office, line, due, arrival }))[0]?.n ?? 0
}

const countAhead = statement((db) =>
  db
    .select({ n: sql<number>`count(*)` })
    .from(tickets)
    .where(
      and(
        eq(tickets.office, sql.placeholder("office")),
        eq(tickets.line, sql.placeholder("line")),
        sql`${tickets.state} = 'waiting'`,
        sql`(${tickets.due}, ${tickets.arrival}) < (${sql.placeholder("due")}, ${sql.placeholder("arrival")})`,
      ),
    ),
)
const setAside = statement((db) =>
  db
    .select()
    .from(tickets)
    .where(
      and(
        eq(tickets.office, sql.placeholder("office")),
        sql`${tickets.live} = 1`,
        sql`${tickets.state} in ('parked', 'absent')`,
      ),
    ),
)
const lastCalled = statement((db) =>
  db
    .select()
    .from(tickets)
    .where(
      and(
        eq(tickets.office, sql.placeholder("office")),
        sql`${tickets.calledAt} is not null`,
        eq(tickets.day, sql.placeholder("day")),
      ),
    )
    .orderBy(desc(tickets.calledAt))
    .limit(sql.placeholder("limit")),
)
const wentOn = statement((db) =>
  db
    .select({ id: tickets.id })
    .from(tickets)
    .where(eq(tickets.cameFrom, sql.placeholder("ticket"))),
)
