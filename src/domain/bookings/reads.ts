import { and, asc, eq, ne, sql } from "drizzle-orm"
import { type BookingRow, bookingPeople, bookings } from "../../../db/schema/bookings.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Day, Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { authorize, type Thing } from "../access/authorize.ts"
import type { Citizen, Subject } from "../access/subject.ts"
import { office } from "../offices/reads.ts"
import { standsFor } from "../people/acting.ts"
import { inOrder, ofWhom } from "./rules.ts"

/** A booking and the ids of those who come. */
export interface Booking extends BookingRow {
  who: string[]
}

const p = sql.placeholder

/** Written out and not bound: the index over what is ahead is a partial one, and the engine must see that the condition fits it. */
export const isAhead = sql`(${bookings.state} = 'requested' or ${bookings.state} = 'confirmed')`

const bookingWith = statement((db) =>
  db
    .select()
    .from(bookings)
    .where(eq(bookings.id, p("id"))),
)
const bookingCoded = statement((db) =>
  db
    .select()
    .from(bookings)
    .where(eq(bookings.code, p("code"))),
)
const bookingsBy = statement((db) =>
  db
    .select()
    .from(bookings)
    .where(eq(bookings.person, p("person"))),
)
/** What somebody else has made for this person alone, while it is open. */
const bookedFor = statement((db) =>
  db
    .select({ booking: bookings })
    .from(bookingPeople)
    .innerJoin(bookings, eq(bookings.id, bookingPeople.booking))
    .where(
      and(
        eq(bookingPeople.person, p("person")),
        sql`${bookingPeople.open}`,
        sql`${bookings.people} = 1`,
        ne(bookings.person, p("person")),
      ),
    ),
)
const bookingsOn = statement((db) =>
  db
    .select()
    .from(bookings)
    .where(and(eq(bookings.office, p("office")), eq(bookings.day, p("day"))))
    .orderBy(asc(bookings.startsAt), asc(bookings.id)),
)
const whoComes = statement((db) =>
  db
    .select({ person: bookingPeople.person })
    .from(bookingPeople)
    .where(eq(bookingPeople.booking, p("booking"))),
)

export async function bookingById(store: Store, id: string): Promise<BookingRow | null> {
  return (await bookingWith(store).execute({ id }))[0] ?? null
}

/** The booking with this ten-digit code. */
export async function bookingByCode(store: Store, code: string): Promise<BookingRow | null> {
  return (await bookingCoded(store).execute({ code }))[0] ?? null
}

/**
 * What a person has booked, for whomever, and what others have booked for the person alone: open ones first. What was booked as a proxy
 * is among them for as long as that stands at `now`.
 */
export async function bookingsOf(store: Store, person: string, now: Instant): Promise<Booking[]> {
  const byOthers = (await bookedFor(store).execute({ person })).map(({ booking }) => booking)
  const all = await withPeople(store, inOrder([...(await bookingsBy(store).execute({ person })), ...byOthers]))
  const theirs: Booking[] = []
  for (const one of all) if (!(await isOfEndedProxy(store, person, one, one.who, now))) theirs.push(one)
  return theirs
}

/** Whether this person made the booking as a proxy and is none any more at `now`. Only what was made so is asked about. */
async function isOfEndedProxy(
  store: Store,
  person: string,
  row: BookingRow,
  who: readonly string[],
  now: Instant,
): Promise<boolean> {
  return row.byProxy && row.person === person && !(await standsFor(store, person, who, row.service, now))
}

/** Whose a booking is to this citizen at `now`: as `ofWhom`, and nobody's to whoever made it as a proxy and is none any more. */
export async function ofWhomNow(
  store: Store,
  citizen: Pick<Citizen, "id" | "level">,
  row: BookingRow,
  who: readonly string[],
  now: Instant,
): Promise<{ person: string | null }> {
  return (await isOfEndedProxy(store, citizen.id, row, who, now)) ? { person: null } : ofWhom(citizen, row, who)
}

/** Every booking of an office's service day, ended ones too, in the order of time. */
export function bookingsOfDay(store: Store, office: string, day: Day): Promise<BookingRow[]> {
  return bookingsOn(store).execute({ office, day })
}

/** What a change of hours has struck and nobody has settled yet, in the order of time. */
export function struckBookings(store: Store, office: string): Promise<BookingRow[]> {
  return store.db
    .select()
    .from(bookings)
    .where(and(eq(bookings.office, office), isAhead, sql`${bookings.struckAt} is not null`))
    .orderBy(asc(bookings.startsAt), asc(bookings.id))
}

/** What waits for an answer of an office in request mode, in the order of time. */
export function requestsOf(store: Store, office: string): Promise<BookingRow[]> {
  return store.db
    .select()
    .from(bookings)
    .where(and(eq(bookings.office, office), sql`${bookings.state} = 'requested'`))
    .orderBy(asc(bookings.startsAt), asc(bookings.id))
}

/** The ids of those for whom a booking is. */
export async function peopleOf(store: Store, booking: string): Promise<string[]> {
  return (await whoComes(store).execute({ booking })).map(({ person }) => person)
}

/** Bookings together with those who come. */
export async function withPeople(store: Store, rows: BookingRow[]): Promise<Booking[]> {
  const found: Booking[] = []
  for (const row of rows) found.push({ ...row, who: await peopleOf(store, row.id) })
  return found
}

/**
 * The booking as its owner or the staff of its office may see it at `now`.
 * Refuses `not_found` where there is none or it is not the asker's: the answer does not tell which.
 */
export async function bookingFor(store: Store, asker: Subject, id: string, now: Instant): Promise<Booking> {
  const row = await bookingById(store, id)
  if (!row) throw new Refusal("not_found", { what: "booking" })
  const who = await peopleOf(store, id)
  authorize(asker, "booking.read", await thingFor(store, asker, row, who, now))
  return { ...row, who }
}

async function thingFor(store: Store, asker: Subject, row: BookingRow, who: string[], now: Instant): Promise<Thing> {
  return asker.role === "citizen" ? ofWhomNow(store, asker, row, who, now) : office(store, row.office)
}
