import { and, eq, gte, inArray, lt, sql } from "drizzle-orm"
import type { FactBodies } from "../../../db/facts.ts"
import { firstSince } from "../../../db/heads.ts"
import { facts } from "../../../db/schema/facts.ts"
import { type CounterState, type ProfileLine, tickets } from "../../../db/schema/queue.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import { type Day, type Instant, minute } from "../../base/day.ts"
import { office } from "../offices/reads.ts"
import { type HallNow, hallNow, minutesBehind, openCounters, startsIn } from "./hall.ts"
import { sessionsNear } from "./sessions.ts"

/* The supervisor's day: what waits, who serves, what will be late, and what one more counter would change. */

export interface LateTicket {
  id: string
  number: number
  line: string
  due: Instant
  /** `null`: no open counter serves its line. */
  expectedStart: Instant | null
  missesByMinutes: number
}

export interface Outlook {
  /** Tickets that will probably be called after their due, or not at all. */
  late: number
  lastCallAt: Instant | null
}

export interface HalfHour {
  from: Instant
  onTime: number
  late: number
  /** Starts that the estimate expects, for the rest of the session. */
  expected: number
}

export interface CounterDay {
  id: string
  number: number
  state: CounterState
  staff: string | null
  profile: ProfileLine[]
  /** How long it has been as it is: open and idle, paused, with this ticket. */
  sinceMinutes: number
  ticket: { id: string; number: number; state: string; service: string; expectedMinutes: number } | null
  served: number
  /** The mean of today's visits there; `null` before the first. */
  meanMinutes: number | null
}

export interface DayView {
  office: string
  now: Instant
  day: Day
  session: { startsAt: Instant; endsAt: Instant } | null
  counts: { waiting: number; early: number; away: number; absent: number; parked: number; served: number; left: number }
  openCounters: number
  pausedCounters: number
  longestWait: { id: string; number: number; minutes: number } | null
  /** Those who will probably miss their due, the worst first. */
  late: LateTicket[]
  outlook: Outlook
  /** The same with one more counter, the first that is closed or on a pause; `null` where all are open. */
  withOneMore: (Outlook & { counter: number }) | null
  halfHours: HalfHour[]
  counters: CounterDay[]
}

export async function dayView(store: Store, code: string, now: Instant): Promise<DayView> {
  const here = await office(store, code)
  const { current, nearestDay, sessions } = await sessionsNear(store, here, now)
  const hall = await hallNow(store, here, current, now)
  const starts = startsIn(hall)
  const late = lateIn(hall, starts)
  const states = new Map(
    (await byState(store).execute({ office: code, day: nearestDay })).map((row) => [row.state, row.n]),
  )
  const count = (state: string) => states.get(state as "waiting") ?? 0
  const spare = hall.counters.find(({ id, state }) => state !== "open" && !hall.inHand.has(id))
  const longest = hall.waiting.reduce<(typeof hall.waiting)[number] | null>(
    (first, row) => (first && first.arrivedAt <= row.arrivedAt ? first : row),
    null,
  )
  return {
    office: code,
    now,
    day: nearestDay,
    session: current && { startsAt: current.startsAt, endsAt: current.endsAt },
    counts: {
      waiting: count("waiting"),
      early: count("early"),
      away: count("away"),
      absent: count("absent"),
      parked: count("parked"),
      served: count("served"),
      left: count("left"),
    },
    openCounters: hall.counters.filter(({ state }) => state === "open").length,
    pausedCounters: hall.counters.filter(({ state }) => state === "paused").length,
    longestWait: longest && { id: longest.id, number: longest.number, minutes: minutesSince(longest.arrivedAt, now) },
    late,
    outlook: outlookOf(hall, starts),
    withOneMore: spare
      ? {
          counter: spare.number,
          ...outlookOf(
            hall,
            startsIn(hall, {
              counters: [...openCounters(hall), { id: spare.id, profile: spare.profile, freeAt: now }],
            }),
          ),
        }
      : null,
    halfHours: await halfHoursOf(
      store,
      hall,
      sessions.filter(({ day }) => day === nearestDay),
      starts,
    ),
    counters: await countersOfDay(store, hall, nearestDay),
  }
}

function lateIn(hall: HallNow, starts: Map<string, Instant>): LateTicket[] {
  const all = [...hall.waiting, ...hall.asleep].map((row) => {
    const { id, number, line, due } = row
    const expectedStart = starts.get(id) ?? null
    const missesByMinutes = minutesBehind(row, expectedStart ?? hall.now)
    return { id, number, line, due, expectedStart, missesByMinutes }
  })
  return all
    .filter(({ expectedStart, missesByMinutes }) => expectedStart === null || missesByMinutes > 0)
    .sort((a, b) => b.missesByMinutes - a.missesByMinutes || a.due - b.due)
}

function outlookOf(hall: HallNow, starts: Map<string, Instant>): Outlook {
  const last = [...starts.values()].reduce((latest, start) => Math.max(latest, start), 0)
  return { late: lateIn(hall, starts).length, lastCallAt: last || null }
}

const halfHour = 30 * minute

/** From the facts, so that what was called and came back counts too, and what was undone does not. */
async function halfHoursOf(
  store: Store,
  hall: HallNow,
  sessions: { startsAt: Instant; endsAt: Instant }[],
  starts: Map<string, Instant>,
): Promise<HalfHour[]> {
  const [first, last] = [sessions[0], sessions.at(-1)]
  if (!first || !last) return []
  const office = hall.office.code
  const said = await callsBetween(store).execute({
    office,
    from: await firstSince(store, office, first.startsAt),
    until: await firstSince(store, office, last.endsAt + 4 * halfHour),
  })
  const undone = new Set(
    said.flatMap(({ kind, body }) => (kind === "ticket.undone" ? [(body as FactBodies["ticket.undone"]).cancels] : [])),
  )
  const slots = new Map<Instant, HalfHour>()
  for (const session of sessions) {
    for (let from = session.startsAt; from < session.endsAt; from += halfHour) {
      slots.set(from, { from, onTime: 0, late: 0, expected: 0 })
    }
  }
  const all = [...slots.values()]
  // What is called after closing time belongs to the last half hour.
  const slotOf = (at: Instant) => all.findLast(({ from }) => from <= at) ?? all[0]
  for (const { kind, seq, at, body } of said) {
    if (kind !== "ticket.called" || undone.has(seq)) continue
    const slot = slotOf(at)
    if (slot) slot[at <= (body as FactBodies["ticket.called"]).due ? "onTime" : "late"]++
  }
  for (const start of starts.values()) {
    const slot = slotOf(start)
    if (slot) slot.expected++
  }
  return all
}

async function countersOfDay(store: Store, hall: HallNow, day: Day): Promise<CounterDay[]> {
  const served = new Map(
    (await servedBy(store).execute({ office: hall.office.code, day })).map((row) => [row.counter ?? "", row]),
  )
  return hall.counters.map(({ id, number, state, staff, profile, changedAt }) => {
    const held = hall.inHand.get(id)
    const today = served.get(id)
    return {
      ...{ id, number, state, staff, profile },
      sinceMinutes: minutesSince(held ? (held.servingAt ?? held.calledAt ?? changedAt) : changedAt, hall.now),
      ticket: held
        ? {
            id: held.id,
            number: held.number,
            state: held.state,
            service: held.service,
            expectedMinutes: Math.round(hall.minutesFor(held)),
          }
        : null,
      served: today?.n ?? 0,
      meanMinutes: today && today.n > 0 ? Math.round((today.milliseconds / today.n / minute) * 10) / 10 : null,
    }
  })
}

const minutesSince = (at: Instant, now: Instant) => Math.max(0, Math.floor((now - at) / minute))

const byState = statement((db) =>
  db
    .select({ state: tickets.state, n: sql<number>`count(*)` })
    .from(tickets)
    .where(and(eq(tickets.office, sql.placeholder("office")), eq(tickets.day, sql.placeholder("day"))))
    .groupBy(tickets.state),
)
const servedBy = statement((db) =>
  db
    .select({
      counter: tickets.counter,
      n: sql<number>`count(*)`,
      milliseconds: sql<number>`coalesce(sum(${tickets.endedAt} - ${tickets.servingAt}), 0)`,
    })
    .from(tickets)
    .where(
      and(
        eq(tickets.office, sql.placeholder("office")),
        eq(tickets.day, sql.placeholder("day")),
        sql`${tickets.state} = 'served'`,
      ),
    )
    .groupBy(tickets.counter),
)
const callsBetween = statement((db) =>
  db
    .select({ kind: facts.kind, seq: facts.seq, at: facts.at, body: facts.body })
    .from(facts)
    .where(
      and(
        eq(facts.stream, sql.placeholder("office")),
        gte(facts.seq, sql.placeholder("from")),
        lt(facts.seq, sql.placeholder("until")),
        inArray(facts.kind, ["ticket.called", "ticket.undone"]),
      ),
    ),
)
