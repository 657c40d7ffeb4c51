import { and, asc, eq, inArray, or, sql } from "drizzle-orm"
import { type BookingRow, bookingPeople, bookings } from "../../../db/schema/bookings.ts"
import { people } from "../../../db/schema/people.ts"
import type { Need, TicketRow } from "../../../db/schema/queue.ts"
import { statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import { type Instant, minute } from "../../base/day.ts"
import { birthYearsOf } from "../../base/hijri.ts"
import { Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import type { Subject } from "../access/subject.ts"
import { nearestAlternatives } from "../availability/reads.ts"
import { bookingByCode, ofWhomNow, peopleOf } from "../bookings/reads.ts"
import { type Service, service } from "../catalogue/reads.ts"
import { type Session, sessionAt } from "../offices/hours.ts"
import { type Line, mustServe, type Office, sessionsAround } from "../offices/reads.ts"
import { actingFor, standsFor } from "../people/acting.ts"
import { personByNumber } from "../people/reads.ts"
import { bookingArrived } from "./booked.ts"
import { workplace } from "./desk.ts"
import { hallNow } from "./hall.ts"
import { leadingDigit, type NumberKind, ticketNumber } from "./numbers.ts"
import { chainsOf, joinedStart } from "./places.ts"
import { hasAgeNeed, type Place, placeOf } from "./rules.ts"
import { officeClosed, sessionNow, sessionOfArrival } from "./sessions.ts"
import { count, liveTicketOf, liveTicketOfBooking, type NewTicket, writeTicket } from "./tickets.ts"
import { writeWish } from "./wishes.ts"

/** So long before the start may somebody come in for a booking of the next service day. */
const otherDayMinutes = 120

/** One ticket is one visit; a larger family comes to the counter with two. */
export const partyMax = 10

export type Lang = "ar" | "en"

export interface CheckingIn {
  office: string
  /** The booking's code, or the blind index of the person's number with the birth year of either calendar that must agree. */
  by: { code: string } | { numberIndex: string; birthYear: number }
  lang: Lang
  /** A need that staff see and confirm; age is known from the record. */
  need?: Need | null
  /** "I am ready": also long before the booked time, and called as soon as it is due. */
  ready?: boolean
}

export interface CheckedIn {
  ticket: TicketRow
  /** Minutes after the booked time; 0 where the person is not late. */
  lateMinutes: number
}

/**
 * A booked person is here: one booking becomes one ticket. Called by the kiosk and the staff of the office, and by the owner of the booking
 * who has proved to stand in the hall.
 *
 * Refuses `booking_unknown` (also for a booking of another office or another person, and a wrong birth year), `already_arrived`,
 * `wrong_state`, `not_today` with the day, `too_early` with `comeAt`, `office_closed`, `already_waiting`, and what `actingFor` refuses.
 */
export async function checkIn(tx: Tx, by: Subject, asked: CheckingIn): Promise<CheckedIn> {
  const here = await workplace(tx, by, "visitor.check_in", asked.office)
  const booking = await bookingFor(tx, by, here, asked)
  const { session, current } = await sessionsOfBooking(tx, here, booking, asked.ready ?? false)
  const line = here.lines.find(({ code }) => code === booking.line)
  if (!line) throw new Refusal("booking_unknown")
  const visitors = await peopleOf(tx, booking.id)
  if (by.role === "citizen") await actingFor(tx, by, visitors, { act: "arrive", service: booking.service }, tx.now)
  // Whoever comes in by the own account holds the number, also where somebody else had booked for them.
  const visitor = by.role === "citizen" ? by.id : await comerOf(tx, booking, visitors)
  const live = await liveTicketOf(tx, session.day, visitor)
  if (live) throw new Refusal("already_waiting")

  const need = await needOf(tx, by, asked.need ?? null, booking.id, visitor)
  const who = { arrivedAt: tx.now, bookedAt: booking.startsAt, need: need.counts, ready: asked.ready ?? false }
  const placeIn = async (on: Session) =>
    placeOf(who, line, await chainsOf(tx, await hallNow(tx, here, on, tx.now), line, on), on)
  const booked = await placeIn(session)
  // Who may be called this morning with a booking for this evening has a place of this morning.
  const place = booked.wakeAt === null && current !== session ? await placeIn(current) : booked
  const ticket = await enter(tx, here, line, session, place, {
    kind: "booked",
    service: booking.service,
    person: visitor,
    holder: visitor,
    booking: booking.id,
    people: booking.people,
    need: need.named,
    lang: asked.lang,
  })
  await bookingArrived(tx, booking, { ticket: ticket.id, people: visitors, by: by.id })
  const wished = booking.wants ? await writeWish(tx, ticket, booking.wants) : ticket
  return { ticket: wished, lateMinutes: Math.max(0, Math.floor((tx.now - booking.startsAt) / minute)) }
}

export interface WalkingIn {
  office: string
  service: string
  /** Who it is bound to: the person where the number is known here, else a keyed hash of the number or mobile; agents may leave it out. */
  person?: string | null
  holder?: string | null
  people?: number
  need?: Need | null
  lang: Lang
}

/**
 * A ticket for somebody without a booking. Called by the kiosk, which must bind it to somebody, by the staff of the office, and for
 * themselves by citizens where the office is a video office.
 *
 * Refuses `number_required`, `service_not_here`, `service_online_only`, `booking_only`, `office_closed` with `opensAt`,
 * `already_waiting` (telling nothing about that ticket), `too_many_people`, and `day_full` with the next bookings where today can
 * probably not honour the ticket any more.
 */
export async function issueTicket(tx: Tx, by: Subject, asked: WalkingIn): Promise<TicketRow> {
  const here = await workplace(tx, by, by.role === "citizen" ? "visit.walk_in" : "ticket.issue", asked.office)
  // Into a hall one walks on one's feet.
  if (by.role === "citizen" && !(here.video && asked.person === by.id)) throw new Refusal("forbidden")
  const wanted = await service(tx, asked.service)
  const line = mustServe(here, wanted)
  const visitors = asked.people ?? 1
  if (!Number.isInteger(visitors) || visitors < 1 || visitors > partyMax) {
    throw new Refusal("too_many_people", { max: partyMax })
  }
  const holder = asked.person ?? asked.holder ?? null
  if (holder === null && by.role === "kiosk") throw new Refusal("number_required")
  const session = await sessionNow(tx, here, tx.now)
  if (wanted.bookingOnly || session.bookingOnly) throw new Refusal("booking_only", { service: wanted.code })
  if (holder !== null && (await liveTicketOf(tx, session.day, holder))) throw new Refusal("already_waiting")

  const need = await needOf(tx, by, asked.need ?? null, null, asked.person ?? null)
  const hall = await hallNow(tx, here, session, tx.now)
  const chains = await chainsOf(tx, hall, line, session)
  const who = { arrivedAt: tx.now, bookedAt: null, need: need.counts, ready: false }
  const place = placeOf(who, line, chains, session)
  const visit = { line: line.code, service: wanted.code, people: visitors }
  const start = joinedStart(hall, { ...visit, due: place.due })
  if (start === null || start + hall.minutesFor(visit) * minute > session.endsAt) {
    throw await dayFull(tx, here, wanted, visitors)
  }
  return enter(tx, here, line, session, place, {
    kind: need.counts ? "need" : "walkin",
    service: wanted.code,
    person: asked.person ?? null,
    holder,
    booking: null,
    people: visitors,
    need: need.named,
    lang: asked.lang,
  })
}

async function dayFull(tx: Tx, here: Office, wanted: Service, visitors: number): Promise<Refusal> {
  const alternatives = await nearestAlternatives(tx, {
    office: here.code,
    service: wanted.code,
    people: visitors,
    now: tx.now,
    around: tx.now,
  })
  return new Refusal("day_full", { office: here.code, service: wanted.code, alternatives })
}

interface Entering {
  kind: NumberKind
  service: string
  person: string | null
  holder: string | null
  booking: string | null
  people: number
  need: Need | null
  lang: Lang
  cameFrom?: string
  arrivedAt?: Instant
}

/** Gives the number and the place in the order of arrival, and writes the ticket. */
export async function enter(
  tx: Tx,
  here: Office,
  line: Line,
  session: Session,
  place: Place,
  { kind, ...given }: Entering,
): Promise<TicketRow> {
  const digit = leadingDigit(here.lines.indexOf(line), here.lines.length, kind)
  const row: NewTicket = {
    arrivedAt: tx.now,
    cameFrom: null,
    ...given,
    ...place,
    id: tx.id(),
    office: here.code,
    day: session.day,
    line: line.code,
    number: ticketNumber(digit, await count(tx, here.code, session.day, String(digit))),
    arrival: await count(tx, here.code, session.day, "*"),
    state: place.wakeAt === null ? "waiting" : "early",
    live: true,
  }
  return writeTicket(tx, row)
}

async function bookingFor(tx: Tx, by: Subject, here: Office, asked: CheckingIn): Promise<BookingRow> {
  const found = "code" in asked.by ? await coded(tx, asked.by.code) : await bookingsOf(tx, asked.by)
  const own: BookingRow[] = []
  for (const row of found) if (row.office === here.code && (await mayCome(tx, by, row))) own.push(row)
  const today = dayIn(tx.now, here.zone)
  // Of several bookings the next one that is still to come; a code names just one.
  const booking =
    own.find((row) => row.state === "confirmed" && row.endsAt > tx.now) ??
    own.find((row) => row.state === "confirmed" && row.day === today) ??
    own.find((row) => row.state === "arrived") ??
    ("code" in asked.by ? own[0] : undefined)
  if (!booking) throw new Refusal("booking_unknown")
  if (booking.state === "arrived") {
    const ticket = await liveTicketOfBooking(tx, booking.id)
    throw new Refusal("already_arrived", ticket ? { ticket: ticket.id, number: ticket.number } : {})
  }
  if (booking.state !== "confirmed") throw new Refusal("wrong_state", { state: booking.state })
  return booking
}

/** With which bookings a citizen may come in: what they made, and what is for them alone. By whichever way they signed in: they are here. */
async function mayCome(tx: Tx, by: Subject, row: BookingRow): Promise<boolean> {
  if (by.role !== "citizen") return true
  const own = await ofWhomNow(tx, { id: by.id, level: "full" }, row, await peopleOf(tx, row.id), tx.now)
  return own.person === by.id
}

/** Whose the ticket is: of whoever made the booking, and where that was a proxy who is none any more, of whom it is for. */
async function comerOf(tx: Tx, booking: BookingRow, visitors: string[]): Promise<string> {
  const [first] = visitors
  const isTheirs = !booking.byProxy || (await standsFor(tx, booking.person, visitors, booking.service, tx.now))
  return isTheirs || first === undefined ? booking.person : first
}

async function coded(tx: Tx, code: string): Promise<BookingRow[]> {
  const booking = await bookingByCode(tx, code)
  return booking ? [booking] : []
}

async function bookingsOf(
  tx: Tx,
  { numberIndex, birthYear }: { numberIndex: string; birthYear: number },
): Promise<BookingRow[]> {
  const found = await personByNumber(tx, numberIndex)
  if (found?.birthYear == null || !birthYearsOf(birthYear).includes(found.birthYear)) return []
  const rows = await byPerson(tx).execute({ person: found.id })
  return rows.map(({ booking }) => booking)
}

/** The booking's session, provided that the person may come in for it now, and the session that is on, where it is of the same day. */
async function sessionsOfBooking(
  tx: Tx,
  here: Office,
  booking: BookingRow,
  ready: boolean,
): Promise<{ session: Session; current: Session }> {
  const sessions = await sessionsAround(tx, here, tx.now)
  const today = sessionAt(sessions, tx.now)?.day ?? dayIn(tx.now, here.zone)
  const { startsAt } = booking
  // A change of hours may have struck the booked time; who comes all the same is served while the office is open.
  const session =
    sessionAt(sessions, startsAt) ??
    (booking.day === today ? sessionOfArrival(sessions, today, Math.max(startsAt, tx.now)) : null)
  // Another service day is meant only close to its start, as half an hour before a session at midnight.
  const early = booking.day === today ? here.earlyMinutes : Math.min(here.earlyMinutes, otherDayMinutes)
  const comeAt = startsAt - early * minute
  if (tx.now < comeAt && booking.day !== today) throw new Refusal("not_today", { day: booking.day, startsAt })
  if (!session || (tx.now >= session.endsAt && booking.day === today)) throw await officeClosed(tx, here, tx.now)
  if (tx.now >= session.endsAt) throw new Refusal("not_today", { day: booking.day, startsAt })
  const current = sessionAt(sessions, tx.now)
  if (tx.now < comeAt && !(ready && current)) throw new Refusal("too_early", { startsAt, comeAt })
  return { session, current: current?.day === session.day ? current : session }
}

/** `named`: as it was asked for or is known. `counts`: whether it gives a smaller due; a need that nobody has confirmed does not yet. */
async function needOf(
  tx: Tx,
  by: Subject,
  asked: Need | null,
  booking: string | null,
  person: string | null,
): Promise<{ named: Need | null; counts: boolean }> {
  const year = new Date(tx.now).getUTCFullYear()
  const visitors = booking ? await birthYearsOfBooking(tx).execute({ booking }) : []
  const own = person ? await birthYearOf(tx).execute({ person }) : []
  if ([...visitors, ...own].some(({ birthYear }) => hasAgeNeed(birthYear, year))) return { named: "age", counts: true }
  return { named: asked, counts: asked !== null && (by.role === "agent" || by.role === "supervisor") }
}

// One by whom it is for and one by who made it: asked for together, the engine would read every booking that there is.
const byPerson = statement((db) => {
  const whoComes = db
    .select({ id: bookingPeople.booking })
    .from(bookingPeople)
    .where(and(eq(bookingPeople.person, sql.placeholder("person")), sql`${bookingPeople.open}`))
  const whoMade = db
    .select({ id: bookings.id })
    .from(bookings)
    .innerJoin(bookingPeople, and(eq(bookingPeople.booking, bookings.id), eq(bookingPeople.open, true)))
    .where(eq(bookings.person, sql.placeholder("person")))
  return db
    .select({ booking: bookings })
    .from(bookings)
    .where(or(inArray(bookings.id, whoComes), inArray(bookings.id, whoMade)))
    .orderBy(asc(bookings.startsAt))
})
const birthYearsOfBooking = statement((db) =>
  db
    .select({ birthYear: people.birthYear })
    .from(bookingPeople)
    .innerJoin(people, eq(people.id, bookingPeople.person))
    .where(eq(bookingPeople.booking, sql.placeholder("booking"))),
)
const birthYearOf = statement((db) =>
  db
    .select({ birthYear: people.birthYear })
    .from(people)
    .where(eq(people.id, sql.placeholder("person"))),
)
