import { and, eq, gt, gte, lt, ne, sql } from "drizzle-orm"
import { known } from "../../../db/known.ts"
import { heldBack, heldPlaces, slots } from "../../../db/schema/availability.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import { addDays, type Day, daysBetween, type Instant, minute } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import { service } from "../catalogue/reads.ts"
import { mustServe, office as officeWith } from "../offices/reads.ts"
import { slotId, slotsNeeded } from "./grid.ts"
import { type PlannedSession, plannedDays } from "./plan.ts"
import { earliestStart, nearest, type Places, visitsThatFit } from "./rules.ts"
import type { TakenPlaces } from "./visit.ts"

export interface OfferedSlot {
  /** The visit's first slot. */
  id: string
  startsAt: Instant
  endsAt: Instant
  /** How many more visits like this one fit. */
  free: number
}

export interface OfferedDay {
  /** The service day: what begins after midnight in a night's session belongs to the day before. */
  day: Day
  /** No slots: closed, or nothing that can be booked any more. */
  slots: OfferedSlot[]
}

export interface Offer {
  zone: string
  days: OfferedDay[]
  /**
   * Until when this may be shown without asking again: the first hold in it ends, the first place held back comes free, or its first start
   * can no longer be booked.
   */
  validUntil: Instant | null
}

export interface OfferAsked {
  office: string
  service: string
  from: Day
  days: number
  /** How many come together; one when left out. */
  people?: number
  now: Instant
  forStaff?: boolean
  /** A hold of the asker's own, whose places are free to him. */
  ignoring?: string
  /**
   * A booking of the asker's own that is to be moved: its places are free to it, and its own start is no other time.
   * `isFreed`: the turn that asks has given them back already.
   */
  moving?: TakenPlaces & { isFreed?: boolean }
}

/** Days of one answer. */
export const daysMax = 62

const p = sql.placeholder

const touchedSlots = statement((db) =>
  db
    .select({
      startsAt: slots.startsAt,
      publicPlaces: slots.publicPlaces,
      staffExtra: slots.staffExtra,
      taken: slots.taken,
    })
    .from(slots)
    .where(
      and(
        eq(slots.office, p("office")),
        eq(slots.line, p("line")),
        gte(slots.startsAt, p("from")),
        lt(slots.startsAt, p("until")),
      ),
    ),
)

const liveHolds = statement((db) =>
  db
    .select({
      startsAt: heldPlaces.startsAt,
      width: sql<number>`sum(${heldPlaces.width})`,
      until: sql<number>`min(${heldPlaces.until})`,
    })
    .from(heldPlaces)
    .where(
      and(
        eq(heldPlaces.office, p("office")),
        eq(heldPlaces.line, p("line")),
        gte(heldPlaces.startsAt, p("from")),
        lt(heldPlaces.startsAt, p("until")),
        gt(heldPlaces.until, p("now")),
        ne(heldPlaces.hold, p("ignoring")),
      ),
    )
    .groupBy(heldPlaces.startsAt),
)

const restingPlaces = statement((db) =>
  db
    .select({
      startsAt: heldBack.startsAt,
      width: sql<number>`sum(${heldBack.width})`,
      until: sql<number>`min(${heldBack.until})`,
    })
    .from(heldBack)
    .where(
      and(
        eq(heldBack.office, p("office")),
        eq(heldBack.line, p("line")),
        gte(heldBack.startsAt, p("from")),
        lt(heldBack.startsAt, p("until")),
        gt(heldBack.until, p("now")),
      ),
    )
    .groupBy(heldBack.startsAt),
)

/**
 * The starts of an office for a service that can be booked, day by day. Full ones are listed with `free` 0, so that a person sees that
 * the office is open; what is past, too soon or too far is not listed. Days are clipped to 62.
 * Refuses `not_found`, `service_not_here`, `service_online_only`.
 */
export async function slotsOffered(store: Store, asked: OfferAsked): Promise<Offer> {
  const office = await officeWith(store, asked.office)
  const wanted = await service(store, asked.service)
  const line = mustServe(office, wanted)
  const { now, forStaff = false } = asked
  const need = slotsNeeded(wanted.minutes ?? 0, asked.people ?? 1, line.publicPlaces, office.gridMinutes)
  const step = office.gridMinutes * minute

  const today = dayIn(now, office.zone)
  const lastDay = addDays(today, office.furthestDays)
  const to = addDays(asked.from, Math.min(daysMax, Math.max(1, asked.days)) - 1)
  const plan = await plannedDays(store, office, asked.from, to)
  const [from, until] = reach([...plan.values()].flat())
  const range = { office: office.code, line: line.code, from, until }
  const places = new Map<Instant, Places>()
  for (const row of from < until ? await touchedSlots(store).execute(range) : []) {
    places.set(row.startsAt, { places: row.publicPlaces + (forStaff ? row.staffExtra : 0), taken: row.taken, held: 0 })
  }
  const untouched = { places: line.publicPlaces + (forStaff ? line.staffExtra : 0), taken: 0, held: 0 }
  let validUntil = Number.POSITIVE_INFINITY
  const counted = from < until ? await liveHolds(store).execute({ ...range, now, ignoring: asked.ignoring ?? "" }) : []
  if (from < until && !forStaff) counted.push(...(await restingPlaces(store).execute({ ...range, now })))
  // What is held or held back has planted the rows of its day, so there is a row to count it on.
  for (const { startsAt, width, until } of counted) {
    const row = places.get(startsAt)
    if (row) row.held += width
    validUntil = Math.min(validUntil, until)
  }
  const moving = asked.moving?.line === line.code ? asked.moving : null
  for (const start of moving ? startsOf(moving) : []) {
    const row = places.get(start)
    if (!moving || !row || row.places === 0) continue
    if (!moving.isFreed) row.taken -= moving.width
    row.isOwn = moving.width >= need.width
  }

  const earliest = earliestStart(now, office, forStaff)
  const days: OfferedDay[] = []
  for (const [day, sessions] of plan) {
    const offered: OfferedSlot[] = []
    for (const { starts } of day <= lastDay ? sessions : []) {
      for (let at = 0; at + need.length <= starts.length; at++) {
        const visit = starts.slice(at, at + need.length)
        const [startsAt] = visit
        if (startsAt === undefined || startsAt < earliest || hasGap(visit, step)) continue
        const free =
          startsAt === moving?.startsAt
            ? 0
            : visitsThatFit(
                visit.map((start) => places.get(start) ?? untouched),
                need.width,
              )
        const id = slotId(office.code, line.code, startsAt)
        offered.push({ id, startsAt, endsAt: startsAt + need.length * step, free })
        validUntil = Math.min(validUntil, startsAt - (earliest - now) + 1)
      }
    }
    days.push({ day, slots: offered })
  }
  return { zone: office.zone, days, validUntil: Number.isFinite(validUntil) ? validUntil : null }
}

/**
 * As `slotsOffered`, for pages and programs that look: worked out once for all who ask the same, as long as it is true. Not for turns,
 * which see what nobody has been told yet. Nobody may change what it answers.
 */
export async function slotsShown(store: Store, asked: OfferAsked): Promise<Offer> {
  const { office, service, from, days, people = 1, now, forStaff = false } = asked
  // Whoever has a place in it already sees what nobody else does.
  if (asked.ignoring !== undefined || asked.moving) return slotsOffered(store, asked)
  const today = dayIn(now, (await officeWith(store, office)).zone)
  const key = JSON.stringify(["slots", office, service, from, days, people, forStaff, today])
  return known(store, { kind: "times", stream: office, key, now }, () => slotsOffered(store, asked))
}

/**
 * The free starts nearest to `around`, in the order of time: what is possible instead. Looks at the neighbouring days first, and at the
 * whole window of the office only when they are full.
 */
export async function nearestAlternatives(
  store: Store,
  asked: Omit<OfferAsked, "from" | "days"> & { around: Instant },
  count = 3,
): Promise<OfferedSlot[]> {
  const { zone, furthestDays } = await officeWith(store, asked.office)
  const today = dayIn(asked.now, zone)
  const around = dayIn(asked.around, zone)
  let found: OfferedSlot[] = []
  for (const reach of [1, 7, furthestDays]) {
    const first = addDays(around, -reach)
    const from = first < today ? addDays(today, -1) : first
    const days = daysBetween(from, addDays(around, reach)) + 1
    if (days < 1) continue
    const offer = await slotsOffered(store, { ...asked, from, days })
    found = offer.days.flatMap(({ slots }) => slots).filter(({ free }) => free > 0)
    if (found.length >= count) break
  }
  return nearest(found, asked.around, count)
}

/** The starts of the slots in which a booking has its places. */
function startsOf({ startsAt, endsAt, length }: TakenPlaces): Instant[] {
  return Array.from({ length }, (_, index) => startsAt + (index * (endsAt - startsAt)) / length)
}

/** From the first start to past the last one. */
function reach(sessions: PlannedSession[]): [from: Instant, until: Instant] {
  const starts = sessions.flatMap((session) => session.starts)
  return [Math.min(...starts), Math.max(...starts) + 1]
}

const hasGap = (visit: Instant[], step: number) =>
  visit.some((start, index) => start !== (visit[0] ?? 0) + index * step)
