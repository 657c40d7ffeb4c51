import { and, asc, eq, gte, inArray, lt, lte, sql } from "drizzle-orm"
import type { AnyFact } from "../../../db/facts.ts"
import { firstSince } from "../../../db/heads.ts"
import { bookings } from "../../../db/schema/bookings.ts"
import { facts } from "../../../db/schema/facts.ts"
import { tickets } from "../../../db/schema/queue.ts"
import type { Store } from "../../../db/store.ts"
import { type Day, daysBetween, hour, type Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"

/*
 * How the visits of a video office went: figures without people, from the facts and from what is left of a ticket when its person is
 * forgotten. What each figure means stands with it here and is said on the page in the same words.
 */

export const reportDaysMax = 92
/** Whoever has not come again for the same service within so long had it done the first time. */
export const againDays = 14

/** Milliseconds; `null` where there is nothing to speak of. */
export interface Spread {
  mean: number | null
  p50: number | null
  p90: number | null
}

export interface Figures {
  /** Who came into the waiting room. */
  visits: number
  /** In how many visits somebody answered. */
  calls: number
  /** From coming, or the booked time where that is later, to the first ring. */
  wait: Spread
  /** From the first answer to the end of the talk, holds and interruptions included. */
  length: Spread
  /** How often an agent called, each with up to two rings, and how often nobody answered both. */
  called: number
  unanswered: number
  /** Talks that broke off; how many of them went on, and after how long. */
  interruptions: number
  recovered: number
  recovery: Spread
  /** What came of the visits that were served, by outcome. */
  outcomes: Record<string, number>
  /** Visits with a call of which it is known by now whether their person came again for the same service within two weeks; who did not. */
  known: number
  firstContact: number
  /** Who came with a booking, and for how many of them the office was late. */
  booked: number
  late: number
  /** Bookings of these days that were not cancelled, and at how many of them nobody came. */
  due: number
  noShows: number
  /** Ended by a supervisor because they hung. */
  ended: number
}

export interface Report {
  total: Figures
  byDay: { day: Day; figures: Figures }[]
  byService: { service: string; figures: Figures }[]
}

/** The days from `from` to `to`, both included. Refuses `invalid_field` for more than 92 of them or none. */
export async function report(
  store: Store,
  office: string,
  { from, to }: { from: Day; to: Day },
  now: Instant,
): Promise<Report> {
  const days = daysBetween(from, to) + 1
  if (days < 1 || days > reportDaysMax) throw new Refusal("invalid_field", { field: "to", most: reportDaysMax })
  const visits = await visitsIn(store, office, from, to, now)
  await fill(store, office, visits)
  const due = await dueIn(store, office, from, to)
  const of = (chosen: Gone[], those: Due[]) => figures(chosen, those)
  const all = [...visits.values()]
  const named = <K extends string>(keys: readonly K[]) => [...new Set(keys)].sort()
  return {
    total: of(all, due),
    byDay: named([...all.map(({ day }) => day), ...due.map(({ day }) => day)]).map((day) => ({
      day,
      figures: of(
        all.filter((one) => one.day === day),
        due.filter((one) => one.day === day),
      ),
    })),
    byService: named([...all.map(({ service }) => service), ...due.map(({ service }) => service)]).map((service) => ({
      service,
      figures: of(
        all.filter((one) => one.service === service),
        due.filter((one) => one.service === service),
      ),
    })),
  }
}

/** One visit, as far as figures go. */
interface Gone {
  day: Day
  service: string
  cameAt: Instant
  isBooked: boolean
  outcome: string | null
  /** `null`: not known yet. */
  cameAgain: boolean | null
  firstRingAt: Instant | null
  answeredAt: Instant | null
  talkedUntil: Instant | null
  called: number
  unanswered: number
  brokeAt: Instant | null
  interruptions: number
  recovery: number[]
  isLate: boolean
  isEnded: boolean
}

async function visitsIn(store: Store, office: string, from: Day, to: Day, now: Instant): Promise<Map<string, Gone>> {
  const again = sql<number>`exists (select 1 from ${tickets} as later where later.holder = ${tickets.holder}
    and later.service = ${tickets.service} and later.arrived_at > ${tickets.endedAt}
    and later.arrived_at <= ${tickets.endedAt} + ${againDays * 24 * hour})`
  const rows = await store.db
    .select({
      ...{ id: tickets.id, day: tickets.day, service: tickets.service, arrivedAt: tickets.arrivedAt },
      ...{ outcome: tickets.outcome, endedAt: tickets.endedAt, state: tickets.state, holder: tickets.holder, again },
      bookedAt: bookings.startsAt,
    })
    .from(tickets)
    .leftJoin(bookings, eq(bookings.id, tickets.booking))
    .where(and(eq(tickets.office, office), gte(tickets.day, from), lte(tickets.day, to)))
  return new Map(
    rows.map(({ id, day, service, arrivedAt, outcome, endedAt, state, holder, again, bookedAt }) => {
      // Whom nothing names any more may have come again or not.
      const isKnown = holder !== null && endedAt !== null && now >= endedAt + againDays * 24 * hour
      return [
        id,
        {
          ...{ day, service, isBooked: bookedAt !== null, cameAt: Math.max(arrivedAt, bookedAt ?? arrivedAt) },
          outcome: state === "served" ? outcome : null,
          cameAgain: isKnown ? Boolean(again) : null,
          ...{ firstRingAt: null, answeredAt: null, talkedUntil: null, called: 0, unanswered: 0, brokeAt: null },
          ...{ interruptions: 0, recovery: [], isLate: false, isEnded: false },
        },
      ]
    }),
  )
}

const kinds = [
  ...(["ticket.called", "visit.moved", "visit.no_answer", "visit.late", "visit.ended_by_supervisor"] as const),
]

/** Goes through what was said in the office meanwhile, once. */
async function fill(store: Store, office: string, visits: Map<string, Gone>): Promise<void> {
  if (visits.size === 0) return
  const came = [...visits.values()].map(({ cameAt }) => cameAt)
  const first = await firstSince(store, office, Math.min(...came) - 24 * hour)
  const last = await firstSince(store, office, Math.max(...came) + 24 * hour)
  const said = (await store.db
    .select()
    .from(facts)
    .where(and(eq(facts.stream, office), gte(facts.seq, first), lt(facts.seq, last), inArray(facts.kind, kinds)))
    .orderBy(asc(facts.seq))) as unknown as AnyFact[]
  for (const fact of said) {
    const { visit, ticket } = fact.body as { visit?: string; ticket?: string }
    const gone = visits.get(visit ?? ticket ?? "")
    if (gone) hear(gone, fact)
  }
}

function hear(gone: Gone, fact: AnyFact): void {
  switch (fact.kind) {
    case "ticket.called":
      gone.firstRingAt ??= fact.at
      gone.called++
      return
    case "visit.no_answer":
      gone.unanswered++
      return
    case "visit.late":
      gone.isLate = true
      return
    case "visit.ended_by_supervisor":
      gone.isEnded = true
      return
    case "visit.moved":
      heardMove(gone, fact.body.to, fact.at)
      return
    default:
  }
}

function heardMove(gone: Gone, to: string, at: Instant): void {
  if (to === "call") {
    gone.answeredAt ??= at
    if (gone.brokeAt !== null) gone.recovery.push(at - gone.brokeAt)
    gone.brokeAt = null
  } else if (to === "interrupted") {
    gone.interruptions++
    gone.brokeAt = at
  }
  // The end of the talk is the last of these, whatever came in between.
  if (gone.answeredAt !== null && (to === "wrapUp" || (to === "over" && gone.talkedUntil === null)))
    gone.talkedUntil = at
  if (to === "call") gone.talkedUntil = null
}

interface Due {
  day: Day
  service: string
  isMissed: boolean
}

async function dueIn(store: Store, office: string, from: Day, to: Day): Promise<Due[]> {
  const rows = await store.db
    .select({ day: bookings.day, service: bookings.service, state: bookings.state })
    .from(bookings)
    .where(
      and(
        eq(bookings.office, office),
        gte(bookings.day, from),
        lte(bookings.day, to),
        inArray(bookings.state, ["arrived", "done", "missed"]),
      ),
    )
  return rows.map(({ day, service, state }) => ({ day, service, isMissed: state === "missed" }))
}

function figures(visits: readonly Gone[], due: readonly Due[]): Figures {
  const count = (which: (one: Gone) => boolean) => visits.filter(which).length
  const sum = (of: (one: Gone) => number) => visits.reduce((all, one) => all + of(one), 0)
  const talked = visits.filter(({ answeredAt }) => answeredAt !== null)
  const known = talked.filter(({ cameAgain }) => cameAgain !== null)
  const outcomes: Record<string, number> = {}
  for (const { outcome } of visits) if (outcome !== null) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  const recovery = visits.flatMap((one) => one.recovery)
  return {
    visits: visits.length,
    calls: talked.length,
    wait: spread(
      visits.flatMap(({ firstRingAt, cameAt }) => (firstRingAt === null ? [] : Math.max(0, firstRingAt - cameAt))),
    ),
    length: spread(
      talked.flatMap(({ answeredAt, talkedUntil }) =>
        answeredAt === null || talkedUntil === null ? [] : talkedUntil - answeredAt,
      ),
    ),
    called: sum(({ called }) => called),
    unanswered: sum(({ unanswered }) => unanswered),
    interruptions: sum(({ interruptions }) => interruptions),
    recovered: recovery.length,
    recovery: spread(recovery),
    outcomes,
    known: known.length,
    firstContact: known.filter(({ cameAgain }) => cameAgain === false).length,
    booked: count(({ isBooked }) => isBooked),
    late: count(({ isLate }) => isLate),
    due: due.length,
    noShows: due.filter(({ isMissed }) => isMissed).length,
    ended: count(({ isEnded }) => isEnded),
  }
}

/** The nearest rank: of ten values the ninth is the one below which nine tenths lie. */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) return { mean: null, p50: null, p90: null }
  const sorted = values.toSorted((a, b) => a - b)
  const rank = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? null
  return { mean: values.reduce((all, one) => all + one, 0) / values.length, p50: rank(0.5), p90: rank(0.9) }
}
