import { and, eq, sql } from "drizzle-orm"
import { type BookingRow, bookingPeople, bookings } from "../../../db/schema/bookings.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import { addDays, type Day, type Instant, minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import type { Office } from "../offices/reads.ts"
import { daysMax, type OfferedSlot, slotsOffered } from "./reads.ts"
import { offerMinutes } from "./rules.ts"

/** What somebody on a waiting list wishes for. */
export interface Wish {
  person: string
  office: string
  service: string
  people: string[]
  /** Both included. */
  firstDay: Day
  lastDay: Day
}

const openBookings = statement((db) =>
  db
    .select({ booking: bookings })
    .from(bookingPeople)
    .innerJoin(bookings, eq(bookings.id, bookingPeople.booking))
    .where(
      and(
        eq(bookingPeople.person, sql.placeholder("person")),
        eq(bookingPeople.service, sql.placeholder("service")),
        sql`${bookingPeople.open}`,
      ),
    ),
)

/**
 * The booking that would move to an earlier time: the person's own, at this office, for just these people, and not begun. `null` where
 * none of them has the service booked. Refuses `already_booked` where what they have booked is another matter.
 */
export async function bookedInstead(store: Store, wish: Omit<Wish, "firstDay" | "lastDay">, now: Instant) {
  const found: (BookingRow | null)[] = []
  for (const person of wish.people) {
    const [row] = await openBookings(store).execute({ person, service: wish.service })
    found.push(row?.booking ?? null)
  }
  const booking = found.find((row) => row !== null)
  if (!booking) return null
  const isAhead = booking.state === "requested" || booking.state === "confirmed"
  const isOwn = booking.person === wish.person && booking.office === wish.office && isAhead && booking.startsAt > now
  if (isOwn && booking.people === found.length && found.every((row) => row?.id === booking.id)) return booking
  const own = booking.person === wish.person ? { booking: booking.id } : {}
  throw new Refusal("already_booked", { service: wish.service, ...own })
}

/**
 * What the public could have at `now` of what is wished for, the earliest first: far enough ahead that there is time to answer. Refuses what
 * `slotsOffered` refuses.
 */
export async function placesFor(store: Store, wish: Omit<Wish, "person">, now: Instant): Promise<OfferedSlot[]> {
  return (await startsFor(store, wish, now)).filter(({ free }) => free > 0)
}

/**
 * The same with those that are full: what is free or may yet come free. `before`: where the person has a place already. `look`: how the times
 * are read, by a page as they are shown.
 */
export async function startsFor(
  store: Store,
  { office, service, people, firstDay, lastDay }: Omit<Wish, "person">,
  now: Instant,
  before = Number.POSITIVE_INFINITY,
  look = slotsOffered,
): Promise<OfferedSlot[]> {
  const places: OfferedSlot[] = []
  for (let from = firstDay; from <= lastDay; from = addDays(from, daysMax)) {
    const asked = { office, service, people: people.length, from, days: daysMax, now }
    for (const { day, slots } of (await look(store, asked)).days) if (day <= lastDay) places.push(...slots)
  }
  const answerable = now + offerMinutes * minute
  return places.filter(({ startsAt }) => startsAt >= answerable && startsAt < before)
}

/** The days of a wish, within what may be booked now. Refuses `invalid_field` for days that are none, `too_far`, `none_earlier`. */
export function readDays(
  { zone, furthestDays }: Office,
  wanted: { first?: Day; last?: Day },
  now: Instant,
  until: Day | undefined,
): { firstDay: Day; lastDay: Day } {
  const today = dayIn(now, zone)
  const furthest = addDays(today, furthestDays)
  // A night that began yesterday: nothing is waited for in what is left of it.
  if (until !== undefined && until < today) throw new Refusal("none_earlier")
  const firstDay = later(wanted.first ?? today, today)
  const lastDay = earlier(earlier(wanted.last ?? furthest, until ?? furthest), furthest)
  if (firstDay > furthest) throw new Refusal("too_far", { furthestDays, lastDay: furthest })
  if (lastDay < firstDay) throw new Refusal("invalid_field", { field: "last" })
  return { firstDay, lastDay }
}

const later = (one: Day, other: Day): Day => (one > other ? one : other)
const earlier = (one: Day, other: Day): Day => (one < other ? one : other)
