import { and, asc, desc, eq, gte, sql } from "drizzle-orm"
import { bookings } from "../../../db/schema/bookings.ts"
import { services } from "../../../db/schema/catalogue.ts"
import { type CounterRow, counters, type TicketRow, tickets } from "../../../db/schema/queue.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import { type Instant, minute } from "../../base/day.ts"
import type { Session } from "../offices/hours.ts"
import type { Office } from "../offices/reads.ts"
import { expectedStarts, freeAt, horizon, pace, type StaffedCounter, type Waiter } from "./estimate.ts"
import { countersOf } from "./tickets.ts"

/** Everything that decides how the rest of the day goes, as it stands at `now`. Read once, it answers for every ticket of the office. */
export interface HallNow {
  office: Office
  now: Instant
  /** The session that is on, or `null`. */
  session: Session | null
  /** Those who may be called, each line in its order, as far as anybody estimates. */
  waiting: TicketRow[]
  /** Early and away. */
  asleep: TicketRow[]
  counters: CounterRow[]
  /** The ticket in a counter's hand, by the counter's id. */
  inHand: Map<string, TicketRow>
  /** Booked for the rest of the session and not here yet. */
  coming: { id: string; line: string; startsAt: Instant; minutes: number }[]
  /** How long a visit takes today. */
  minutesFor(visit: { line: string; service: string; people: number }): number
  /** The mean of a visit in a line, in minutes. */
  meanMinutes(line: string): number
}

const usualMinutes = 15

export async function hallNow(store: Store, office: Office, session: Session | null, now: Instant): Promise<HallNow> {
  const planned = new Map((await plannedMinutes(store).execute()).map((row) => [row.code, row]))
  const plannedFor = ({ service, people }: { service: string; people: number }) =>
    (planned.get(service)?.minutes ?? usualMinutes) * people
  const [waiting, paces, means]: [TicketRow[], Map<string, number>, Map<string, number>] = [[], new Map(), new Map()]
  for (const { code } of office.lines) {
    waiting.push(...(await waitingIn(store).execute({ office: office.code, line: code })))
    const served = session ? await lastServed(store).execute({ office: office.code, line: code, day: session.day }) : []
    const visits = served.reverse().map((visit) => ({
      tookMinutes: Math.max(0, visit.endedAt - (visit.servingAt ?? visit.endedAt)) / minute,
      plannedMinutes: plannedFor(visit),
    }))
    paces.set(code, pace(visits))
    const asPlanned = [...planned.values()].flatMap((row) =>
      row.minutes !== null && (office.video || row.sector === code) ? [row.minutes] : [],
    )
    means.set(
      code,
      pace(visits) * (visits.length > 0 ? mean(visits.map((visit) => visit.plannedMinutes)) : mean(asPlanned)),
    )
  }
  const minutesFor = (visit: { line: string; service: string; people: number }) =>
    plannedFor(visit) * (paces.get(visit.line) ?? 1)
  const expected = session
    ? await bookedFrom(store).execute({ office: office.code, day: session.day, from: now - graceMax(office) * minute })
    : []
  const held = await ticketsInHand(store).execute({ office: office.code })
  return {
    office,
    now,
    session,
    waiting,
    asleep: await asleepIn(store).execute({ office: office.code }),
    counters: await countersOf(store, office.code),
    inHand: new Map(held.map(({ counter, ticket }) => [counter, ticket])),
    coming: expected
      .filter(({ startsAt }) => session !== null && startsAt < session.endsAt)
      .map((booking) => ({ ...booking, minutes: minutesFor(booking) })),
    minutesFor,
    meanMinutes: (line) => means.get(line) ?? usualMinutes,
  }
}

/** By how many minutes a start lies behind the ticket's due. Who is away is late only from when they wanted to be back. */
export function minutesBehind({ due, wakeAt }: TicketRow, start: Instant): number {
  return Math.max(0, Math.floor((start - Math.max(due, wakeAt ?? due)) / minute))
}

/** When each waiting or sleeping ticket, and each booking to come, will probably be served; with `more` in the hall too. */
export function startsIn(
  hall: HallNow,
  { counters = openCounters(hall), more = [] }: { counters?: StaffedCounter[]; more?: Waiter[] } = {},
): Map<string, Instant> {
  const waiters = [
    ...hall.waiting.map((row) => waiterOf(hall, row, hall.now)),
    ...hall.asleep.map((row) => waiterOf(hall, row, row.wakeAt ?? hall.now)),
    ...hall.coming.map(({ id, line, startsAt, minutes }, index) => ({
      id,
      line,
      minutes,
      due: Math.max(startsAt, hall.now) + 5 * minute,
      from: Math.max(startsAt, hall.now + 1),
      arrival: 1_000_000 + index,
    })),
    ...more,
  ]
  return expectedStarts({ now: hall.now, breaks: hall.session?.breaks ?? [], counters, waiters })
}

/** The counters that call people now, and when each will be free. */
export function openCounters(hall: HallNow): StaffedCounter[] {
  return staffed(
    hall,
    hall.counters.filter(({ state }) => state === "open"),
  )
}

/** Counters with the time at which each can take the next person. */
export function staffed(hall: HallNow, rows: CounterRow[]): StaffedCounter[] {
  return rows.map(({ id, profile }) => {
    const held = hall.inHand.get(id)
    const since = held ? (held.servingAt ?? held.calledAt ?? hall.now) : hall.now
    return { id, profile, freeAt: held ? freeAt(hall.now, since, hall.minutesFor(held)) : hall.now }
  })
}

function waiterOf(hall: HallNow, row: TicketRow, from: Instant): Waiter {
  const { id, line, due, arrival } = row
  return { id, line, due, arrival, minutes: hall.minutesFor(row), from }
}

const mean = (values: number[]) =>
  values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : usualMinutes
const graceMax = (office: Office) => Math.max(0, ...office.lines.map((line) => line.graceMinutes))

const plannedMinutes = statement((db) =>
  db.select({ code: services.code, sector: services.sector, minutes: services.minutes }).from(services),
)
const waitingIn = statement((db) =>
  db
    .select()
    .from(tickets)
    .where(
      and(
        eq(tickets.office, sql.placeholder("office")),
        eq(tickets.line, sql.placeholder("line")),
        sql`${tickets.state} = 'waiting'`,
      ),
    )
    .orderBy(asc(tickets.due), asc(tickets.arrival))
    .limit(horizon),
)
const asleepIn = statement((db) =>
  db
    .select()
    .from(tickets)
    .where(and(eq(tickets.office, sql.placeholder("office")), sql`${tickets.state} in ('early', 'away')`))
    .orderBy(asc(tickets.wakeAt))
    .limit(horizon),
)
const lastServed = statement((db) =>
  db
    .select({
      servingAt: tickets.servingAt,
      endedAt: sql<number>`${tickets.endedAt}`,
      service: tickets.service,
      people: tickets.people,
    })
    .from(tickets)
    .where(
      and(
        eq(tickets.office, sql.placeholder("office")),
        eq(tickets.line, sql.placeholder("line")),
        eq(tickets.day, sql.placeholder("day")),
        sql`${tickets.state} = 'served'`,
      ),
    )
    .orderBy(desc(tickets.endedAt))
    .limit(20),
)
const ticketsInHand = statement((db) =>
  db
    .select({ counter: counters.id, ticket: tickets })
    .from(counters)
    .innerJoin(tickets, eq(tickets.id, counters.ticket))
    .where(eq(counters.office, sql.placeholder("office"))),
)
const bookedFrom = statement((db) =>
  db
    .select({
      id: bookings.id,
      line: bookings.line,
      service: bookings.service,
      people: bookings.people,
      startsAt: bookings.startsAt,
    })
    .from(bookings)
    .where(
      and(
        eq(bookings.office, sql.placeholder("office")),
        eq(bookings.day, sql.placeholder("day")),
        gte(bookings.startsAt, sql.placeholder("from")),
        eq(bookings.state, "confirmed"),
      ),
    )
    .orderBy(asc(bookings.startsAt)),
)
