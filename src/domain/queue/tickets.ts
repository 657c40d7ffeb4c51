import { and, desc, eq, gt, sql } from "drizzle-orm"
import { bookings } from "../../../db/schema/bookings.ts"
import {
  type CounterRow,
  counters,
  type DueBy,
  type TicketBefore,
  type TicketRow,
  ticketSeries,
  tickets,
} from "../../../db/schema/queue.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Day, Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Staff } from "../access/subject.ts"
import { mayMove } from "./states.ts"

/** The ticket with this id. Refuses `not_found`. */
export async function ticket(store: Store, id: string): Promise<TicketRow> {
  const [row] = await byId(store).execute({ id })
  if (!row) throw new Refusal("not_found", { what: "ticket" })
  return row
}

/** The ticket that bears this number on a service day; `null` where there is none. */
export async function ticketByNumber(
  store: Store,
  office: string,
  day: Day,
  number: number,
): Promise<TicketRow | null> {
  return (await byNumber(store).execute({ office, day, number }))[0] ?? null
}

/** The person's live ticket of a day, in whatever office. `holder`: a person's id, or the keyed hash that the ticket was bound to. */
export async function liveTicketOf(store: Store, day: Day, holder: string): Promise<TicketRow | null> {
  return (await liveByHolder(store).execute({ day, holder }))[0] ?? null
}

export async function liveTicketOfBooking(store: Store, booking: string): Promise<TicketRow | null> {
  return (await liveByBooking(store).execute({ booking }))[0] ?? null
}

/** The counter with this id. Refuses `not_found`. */
export async function counter(store: Store, id: string): Promise<CounterRow> {
  const [row] = await counterById(store).execute({ id })
  if (!row) throw new Refusal("not_found", { what: "counter" })
  return row
}

/** The counter at which this person of the staff sits; `null` where none. */
export async function counterOf(store: Store, staff: string): Promise<CounterRow | null> {
  return (await counterByStaff(store).execute({ staff }))[0] ?? null
}

export async function countersOf(store: Store, office: string): Promise<CounterRow[]> {
  return countersByOffice(store).execute({ office })
}

/** The latest due among those who wait in a line by this right: where its chain of places ends. */
export async function latestDue(store: Store, office: string, line: string, dueBy: DueBy): Promise<Instant | null> {
  return (await chainEnd(store).execute({ office, line, dueBy }))[0]?.due ?? null
}

/** The next count of a series of an office's service day; series `*` counts arrivals. */
export async function count(tx: Tx, office: string, day: Day, series: string): Promise<number> {
  const [row] = await countUp(tx).execute({ office, day, series })
  if (!row) throw new Error(`the series ${series} of ${office} could not be counted`)
  return row.last
}

export type NewTicket = Omit<
  TicketRow,
  | "keptUntil"
  | "counter"
  | "calledAt"
  | "calls"
  | "servingAt"
  | "endedAt"
  | "outcome"
  | "note"
  | "returns"
  | "undo"
  | "wants"
>

/** Writes a new ticket and says `ticket.issued`. Refuses `already_waiting`, telling nothing about the ticket that is there. */
export async function writeTicket(tx: Tx, given: NewTicket): Promise<TicketRow> {
  const row: TicketRow = {
    ...given,
    keptUntil: null,
    counter: null,
    calledAt: null,
    calls: 0,
    servingAt: null,
    endedAt: null,
    outcome: null,
    note: null,
    returns: 0,
    undo: null,
    wants: null,
  }
  const written = await insertTicket(tx).execute({ ...row })
  if (written.length === 0) throw new Refusal("already_waiting")
  await tx.say(row.office, "ticket.issued", {
    ticket: row.id,
    number: row.number,
    day: row.day,
    line: row.line,
    service: row.service,
    state: row.state,
    booking: row.booking,
    people: row.people,
    need: row.need,
    due: row.due,
    dueBy: row.dueBy,
    wakeAt: row.wakeAt,
    arrivedAt: row.arrivedAt,
    arrival: row.arrival,
    lang: row.lang,
    cameFrom: row.cameFrom,
    subject: row.person,
  })
  return row
}

/**
 * Writes a changed ticket, provided that nobody has moved it since `before` was read; else refuses `wrong_state`.
 * A step that is not an agent's leaves nothing to undo.
 */
export async function change(tx: Tx, before: TicketRow, changes: Partial<TicketRow>): Promise<TicketRow> {
  const after = { ...before, undo: null, ...changes }
  if (after.state !== before.state && !mayMove(before.state, after.state)) {
    throw new Error(`a ticket cannot go from ${before.state} to ${after.state}`)
  }
  return put(tx, before, after)
}

/** As `change`, for a step of an agent: it remembers the fact that says it and how the ticket was, so that it can be undone. */
export async function step(
  tx: Tx,
  by: Staff,
  before: TicketRow,
  changes: Partial<TicketRow>,
  fact: number,
): Promise<TicketRow> {
  return change(tx, before, { ...changes, undo: { fact, at: tx.now, by: by.id, before: snapshot(before) } })
}

/** Writes `after` over `before` whatever the table of moves says: for `change` and for an undo. */
export async function put(tx: Tx, before: TicketRow, after: TicketRow): Promise<TicketRow> {
  const { office, day, number, person, holder, booking, arrivedAt, arrival, cameFrom, lang, people, wants, ...rest } =
    after
  const [row] = await updateTicket(tx).execute({ ...rest, was: before.state })
  if (!row) throw new Refusal("wrong_state", { state: (await ticket(tx, before.id)).state })
  return row
}

export function snapshot(row: TicketRow): TicketBefore {
  const { state, line, service, need, due, dueBy, wakeAt, keptUntil, counter, calledAt } = row
  const { calls, servingAt, endedAt, outcome, note, returns } = row
  return {
    ...{ state, line, service, need, due, dueBy, wakeAt, keptUntil, counter, calledAt },
    ...{ calls, servingAt, endedAt, outcome, note, returns },
  }
}

/** What a ticket looks like that waits again: nobody has called it. */
export const uncalled = {
  counter: null,
  calledAt: null,
  calls: 0,
  servingAt: null,
  wakeAt: null,
  keptUntil: null,
} satisfies Partial<TicketRow>

/** Puts a ticket into a counter's hand. `false` where the counter is not open or holds one already. */
export async function take(tx: Tx, counterId: string, ticketId: string): Promise<boolean> {
  return (await takeInHand(tx).execute({ id: counterId, ticket: ticketId, now: tx.now })).length === 1
}

/** Empties the hand that holds this ticket, if any. */
export async function letGo(tx: Tx, ticketId: string): Promise<void> {
  await emptyHand(tx).execute({ ticket: ticketId, now: tx.now })
}

const byId = statement((db) =>
  db
    .select()
    .from(tickets)
    .where(eq(tickets.id, sql.placeholder("id"))),
)
const byNumber = statement((db) =>
  db
    .select()
    .from(tickets)
    .where(
      and(
        eq(tickets.office, sql.placeholder("office")),
        eq(tickets.day, sql.placeholder("day")),
        eq(tickets.number, sql.placeholder("number")),
      ),
    ),
)
// The engine uses a partial index only where the query repeats its condition as written, so these are literals and not bound values.
const live = sql`${tickets.live} = 1`
const waiting = sql`${tickets.state} = 'waiting'`

const liveByHolder = statement((db) =>
  db
    .select()
    .from(tickets)
    .where(and(eq(tickets.day, sql.placeholder("day")), eq(tickets.holder, sql.placeholder("holder")), live)),
)
const liveByBooking = statement((db) =>
  db
    .select()
    .from(tickets)
    .where(and(eq(tickets.booking, sql.placeholder("booking")), live)),
)
const chainEnd = statement((db) =>
  db
    .select({ due: tickets.due })
    .from(tickets)
    .where(
      and(
        eq(tickets.office, sql.placeholder("office")),
        eq(tickets.line, sql.placeholder("line")),
        eq(tickets.dueBy, sql.placeholder("dueBy")),
        waiting,
      ),
    )
    .orderBy(desc(tickets.due))
    .limit(1),
)
const countUp = statement((db) =>
  db
    .insert(ticketSeries)
    .values({ ...placeholders(ticketSeries), last: 1 })
    .onConflictDoUpdate({
      target: [ticketSeries.office, ticketSeries.day, ticketSeries.series],
      set: { last: sql`${ticketSeries.last} + 1` },
    })
    .returning({ last: ticketSeries.last }),
)
const insertTicket = statement((db) =>
  db.insert(tickets).values(placeholders(tickets)).onConflictDoNothing().returning({ id: tickets.id }),
)
const updateTicket = statement((db) => {
  const cells = placeholders(tickets)
  const { state, line, service, need, due, dueBy, wakeAt, keptUntil, counter, calledAt, calls, servingAt } = cells
  const { endedAt, outcome, note, returns, live, undo } = cells
  return db
    .update(tickets)
    .set({
      ...{ state, line, service, need, due, dueBy, wakeAt, keptUntil, counter, calledAt, calls, servingAt },
      ...{ endedAt, outcome, note, returns, live, undo },
    })
    .where(and(eq(tickets.id, sql.placeholder("id")), eq(tickets.state, sql.placeholder("was"))))
    .returning()
})

const counterById = statement((db) =>
  db
    .select()
    .from(counters)
    .where(eq(counters.id, sql.placeholder("id"))),
)
const counterByStaff = statement((db) =>
  db
    .select()
    .from(counters)
    .where(eq(counters.staff, sql.placeholder("staff"))),
)
const countersByOffice = statement((db) =>
  db
    .select()
    .from(counters)
    // A counter that the office no longer has is numbered below zero.
    .where(and(eq(counters.office, sql.placeholder("office")), gt(counters.number, 0)))
    .orderBy(counters.number),
)
const takeInHand = statement((db) =>
  db
    .update(counters)
    .set({ ticket: sql`${sql.placeholder("ticket")}`, changedAt: sql`${sql.placeholder("now")}` })
    .where(
      and(eq(counters.id, sql.placeholder("id")), sql`${counters.ticket} is null`, sql`${counters.staff} is not null`),
    )
    .returning({ id: counters.id }),
)
const emptyHand = statement((db) =>
  db
    .update(counters)
    .set({ ticket: null, changedAt: sql`${sql.placeholder("now")}` })
    .where(eq(counters.ticket, sql.placeholder("ticket"))),
)

/** The booking of a ticket, where it has one. */
export async function bookedStart(store: Store, booking: string | null): Promise<Instant | null> {
  if (booking === null) return null
  return (await bookedStartOf(store).execute({ booking }))[0]?.startsAt ?? null
}

const bookedStartOf = statement((db) =>
  db
    .select({ startsAt: bookings.startsAt })
    .from(bookings)
    .where(eq(bookings.id, sql.placeholder("booking"))),
)

const liveOfPerson = statement((db) =>
  db
    .select()
    .from(tickets)
    .where(and(eq(tickets.person, sql.placeholder("person")), sql`${tickets.live} = 1`)),
)

/** The live tickets of a person: one at the most on a day. */
export function ticketsOf(store: Store, person: string): Promise<TicketRow[]> {
  return liveOfPerson(store).execute({ person })
}
