import { and, eq, sql } from "drizzle-orm"
import type { HoldRow } from "../../../db/schema/availability.ts"
import {
  type BookingRow,
  type BookingState,
  bookingPeople,
  bookings,
  type EndedBy,
} from "../../../db/schema/bookings.ts"
import { people } from "../../../db/schema/people.ts"
import { changing, placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { bookingCode } from "../../base/id.ts"
import { isRefusal, Refusal, type RefusalCode } from "../../base/refusal.ts"
import { authorize } from "../access/authorize.ts"
import { type Citizen, type Integrator, isStaff, type Staff } from "../access/subject.ts"
import { endWaitFor } from "../availability/earlier.ts"
import { slotId } from "../availability/grid.ts"
import { endHold, liveHold, ownHold, type WantedHold } from "../availability/holds.ts"
import { hasRoom, partyOf, whyNoRoom } from "../availability/party.ts"
import { nearestAlternatives } from "../availability/reads.ts"
import { holdBack, passOn } from "../availability/release.ts"
import { readVisit, type TakenPlaces, type Visit } from "../availability/visit.ts"
import { freePlaces, takePlaces } from "../availability/writes.ts"
import { office } from "../offices/reads.ts"
import { type ActingFor, actingFor, peopleIn } from "../people/acting.ts"
import { subjectOf, tellCancelled, tellConfirmed, tellMoved } from "./notices.ts"
import { type Booking, bookingById, bookingFor, peopleOf } from "./reads.ts"
import { aheadStates, ofWhom } from "./rules.ts"

/** A hold to confirm, or a visit that nobody has held. */
export type WantedBooking = { hold: string } | WantedHold

const p = sql.placeholder

const insertBooking = changing((db) => db.insert(bookings).values(placeholders(bookings)).onConflictDoNothing())

const countFor = changing((db) =>
  db
    .insert(bookingPeople)
    .select(
      db
        .select({
          booking: sql<string>`${p("booking")}`.as("booking"),
          person: people.id,
          service: sql<string>`${p("service")}`.as("service"),
          open: sql<boolean>`true`.as("open"),
        })
        .from(people)
        .where(and(eq(people.id, p("person")), hasRoom)),
    )
    .onConflictDoNothing(),
)

const settle = statement((db) =>
  db
    .update(bookings)
    .set({
      state: sql`'cancelled'`,
      proposed: sql`false`,
      endedAt: sql`${p("endedAt")}`,
      endedBy: sql`${p("endedBy")}`,
      reason: sql`${p("reason")}`,
    })
    .where(and(eq(bookings.id, p("id")), eq(bookings.state, p("was"))))
    .returning(),
)

const closeFor = statement((db) =>
  db
    .update(bookingPeople)
    .set({ open: sql`false` })
    .where(eq(bookingPeople.booking, p("booking"))),
)

/** Who books: the citizen, the staff of the office, or another system with the citizen's consent. */
export type Booker = Citizen | Staff | Integrator

const reasonLengthMax = 500

/**
 * Makes a booking: of a hold, or straight away. In an office that answers first it is `requested`, unless its own staff book.
 * A hold that has run out is confirmed while there is room, else `hold_expired` with three alternatives; a hold that has become a booking
 * is answered with that booking, so that pressing twice does no harm.
 * Refuses `hold_gone` (given up, or moved by another page: then `now` is the hold that stands), `not_found`, `already_booked`,
 * `limit_reached`, what `partyOf` refuses, and what reading and taking a visit refuse.
 */
export async function book(tx: Tx, citizen: Citizen, wanted: WantedBooking, by: Booker = citizen): Promise<Booking> {
  return "hold" in wanted ? confirm(tx, citizen, wanted.hold, by) : bookAtOnce(tx, citizen, wanted, by)
}

async function confirm(tx: Tx, citizen: Citizen, id: string, by: Booker): Promise<Booking> {
  const held = await ownHold(tx, citizen, id)
  if (held.state === "used" && held.booking) return bookingFor(tx, citizen, held.booking, tx.now)
  const isLive = held.state === "live" && held.until > tx.now
  if (!isLive) {
    // Another page of the same person may have chosen anew since; that choice counts, not this one.
    const standing = await liveHold(tx, citizen.id, held.service, tx.now)
    const now = standing ? { now: { hold: standing.id, startsAt: standing.startsAt } } : {}
    if (standing || (held.state !== "live" && held.state !== "expired")) throw new Refusal("hold_gone", now)
  }
  const { office, service, startsAt } = held
  // The right to act may have ended since the place was kept.
  const party = await partyOf(tx, citizen, held.people, service, tx.now)
  // What was in time when the place was kept is in time until the hold ends.
  const asking = { people: party.length, now: tx.now, forStaff: isStaff(by), maySoon: isLive || isStaff(by) }
  try {
    const visit = await readVisit(tx, { office, service, slot: slotId(office, held.line, startsAt) }, asking)
    return await make(tx, citizen, visit, party, held, by)
  } catch (thrown) {
    if (isLive || !isRefusal(thrown) || !lostWithTime.has(thrown.code)) throw thrown
    const alternatives = await nearestAlternatives(tx, { office, service, around: startsAt, ...asking })
    throw new Refusal("hold_expired", { alternatives })
  }
}

const lostWithTime = new Set<RefusalCode>(["slot_full", "office_closed", "slot_past", "too_soon"])

async function bookAtOnce(tx: Tx, citizen: Citizen, wanted: WantedHold, by: Booker): Promise<Booking> {
  const party = await partyOf(tx, citizen, wanted.for, wanted.service, tx.now)
  const visit = await readVisit(tx, wanted, { people: party.length, now: tx.now, forStaff: isStaff(by) })
  // Who books has no more use for a place kept for the same service; it may well be this very one.
  const held = await liveHold(tx, citizen.id, visit.service.code, tx.now)
  return make(tx, citizen, visit, party, held, by)
}

/** `isFirst`: the places of the staff are this person's too, and nobody answers first. */
export async function make(
  tx: Tx,
  citizen: Citizen,
  visit: Visit,
  party: readonly ActingFor[],
  held: HoldRow | null,
  by: Booker,
  isFirst = isStaff(by),
): Promise<Booking> {
  if (isStaff(by)) authorize(by, "booking.make", visit.office)
  const { office, line, service, startsAt, endsAt, width, length } = visit
  const id = tx.id()
  const kept = held && keptOf(held, visit, await endHold(tx, held, "used", id))
  if (held && !isFor(held, visit)) await passOn(tx, held)
  const day = await takePlaces(tx, visit, { forStaff: isFirst, kept })
  const row: Omit<BookingRow, "code"> = {
    id,
    state: office.bookingMode === "request" && !isFirst ? "requested" : "confirmed",
    person: citizen.id,
    office: office.code,
    line: line.code,
    service: service.code,
    day,
    startsAt,
    endsAt,
    width,
    length,
    people: party.length,
    madeAt: tx.now,
    madeBy: isStaff(by) ? "agent" : by.role === "citizen" && by.level !== "full" ? "visitor" : by.role,
    byProxy: party.every(({ right }) => right === "proxy"),
    proposed: false,
    endedAt: null,
    endedBy: null,
    reason: null,
    struckAt: null,
    wants: null,
  }
  const code = await insertWithCode(tx, row)
  for (const { person } of party) {
    const counted = await countFor(tx).execute({ booking: id, person, service: row.service, now: tx.now })
    if (counted === 0) throw await whyNoRoom(tx, citizen.id, person, row.service)
  }
  await tx.say(row.office, row.state === "requested" ? "booking.requested" : "booking.made", {
    booking: id,
    hold: held?.id ?? null,
    state: row.state,
    line: row.line,
    service: row.service,
    day,
    startsAt,
    endsAt,
    width,
    length,
    people: peopleIn(party),
    rights: party.map(({ right }) => right),
    by: by.id,
    subject: citizen.id,
  })
  if (row.state === "confirmed") await tellConfirmed(tx, row, party)
  return { ...row, code, who: peopleIn(party) }
}

/** What a live hold kept, where it is the very slots of the visit: they are the asker's, though the slot may have been filled around them. */
function keptOf(held: HoldRow, visit: Visit, starts: Instant[] | null): TakenPlaces | null {
  const { startsAt, endsAt, length } = visit
  const { office, line, width } = held
  const last = endsAt - (endsAt - startsAt) / length
  const isWhole = starts?.length === length && Math.max(...starts) === last
  return isWhole && isFor(held, visit) ? { office, line, startsAt, endsAt, width, length } : null
}

function isFor(held: HoldRow, { office, line, startsAt, length }: Visit): boolean {
  const isThere = held.office === office.code && held.line === line.code
  return isThere && held.startsAt === startsAt && held.length === length
}

/** The code is drawn at random; in the rare clash nothing is inserted and another is drawn. */
async function insertWithCode(tx: Tx, row: Omit<BookingRow, "code">): Promise<string> {
  for (let tries = 0; tries < 8; tries++) {
    const code = bookingCode(tx.chance)
    const inserted = await insertBooking(tx).execute({ ...row, code })
    if (inserted > 0) return code
  }
  throw new Error("no free booking code was found in eight draws")
}

/**
 * Cancels a booking and gives its places back: the owner until it starts, the staff of its office as long as nobody has arrived. The
 * public is offered them only after a while (see `release.ts`), and who cancelled no sooner than anybody else. `endedBy`: whose wish it is,
 * where an agent does it for somebody at the desk.
 * Refuses `wrong_state`, `not_found` to a stranger, `forbidden` to another office's staff, `invalid_field` for a reason too long.
 */
export async function cancel(
  tx: Tx,
  actor: Citizen | Staff,
  id: string,
  reason?: string,
  endedBy: EndedBy = isStaff(actor) ? "office" : "citizen",
): Promise<Booking> {
  const { acting, ...row } = await mineToChange(tx, actor, id)
  const people = await peopleOf(tx, id)
  const { ended, heldBackUntil } = await end(tx, row, { by: actor.id, endedBy, reason: readReason(reason) })
  const said = { booking: id, people, by: actor.id, endedBy, heldBackUntil, subject: await subjectOf(tx, row) }
  await tx.say(row.office, "booking.cancelled", said)
  await tellCancelled(tx, row, endedBy, acting)
  return { ...ended, who: people }
}

/**
 * Moves a booking to another time of the same office and service: all of it in one turn, so that nobody ever sees it with two places or
 * with none. A request, and in an office that answers first every move of a citizen, waits for the office's answer again.
 * Refuses `same_slot`, `wrong_state`, `not_found`, `forbidden`, and what reading and taking a visit refuse; then the old place stays.
 */
export async function move(tx: Tx, actor: Citizen | Staff, id: string, slot: string): Promise<Booking> {
  const { acting, ...row } = await mineToChange(tx, actor, id)
  const { bookingMode } = await office(tx, row.office)
  const state = bookingMode === "request" && !isStaff(actor) ? "requested" : "confirmed"
  const moving = await moveTo(tx, row, slot, { state, proposed: false, forStaff: isStaff(actor) })
  return sayMoved(tx, row, moving, { by: actor.id, acting })
}

/** Says and tells that a booking has another time; `acting` as `mineToChange` answered it. Answers the booking as it is now. */
export async function sayMoved(
  tx: Tx,
  before: BookingRow,
  moving: Moved,
  { by, acting }: { by: string; acting: readonly ActingFor[] },
): Promise<Booking> {
  const people = await peopleOf(tx, before.id)
  const subject = await subjectOf(tx, before)
  await tx.say(before.office, "booking.moved", { ...movedBody(before, moving, people), by, subject })
  await tellMoved(tx, moving.moved, before.startsAt, acting)
  return { ...moving.moved, who: people }
}

export interface Moved {
  moved: BookingRow
  /** Until when the public is not offered the old places; `null`: they are free at once. */
  heldBackUntil: Instant | null
}

/**
 * Gives a booking another time. The old places are given back first: a visit of two slots that moves by one needs the place that it has
 * itself, and should the new ones not be had, the turn is undone and nothing has happened.
 * `kept`: what this turn has just given back of a hold for the new time.
 */
export async function moveTo(
  tx: Tx,
  row: BookingRow,
  slot: string,
  to: { state: BookingState; proposed: boolean; forStaff: boolean; maySoon?: boolean; kept?: TakenPlaces | null },
): Promise<Moved> {
  const { office, service, people } = row
  const { forStaff, maySoon } = to
  const visit = await readVisit(tx, { office, service, slot }, { people, now: tx.now, forStaff, maySoon })
  if (visit.startsAt === row.startsAt && visit.line.code === row.line) throw new Refusal("same_slot")
  await freePlaces(tx, row)
  const day = await takePlaces(tx, visit, { ...to, moved: row })
  const { startsAt, endsAt, width, length } = visit
  const changes = { day, startsAt, endsAt, width, length, line: visit.line.code, struckAt: null }
  const [moved] = await tx.db
    .update(bookings)
    .set({ ...changes, state: to.state, proposed: to.proposed })
    .where(and(eq(bookings.id, row.id), eq(bookings.state, row.state)))
    .returning()
  if (!moved) throw wrongState(row)
  return { moved, heldBackUntil: await holdBack(tx, row, moved) }
}

/** What the fact of a move says; `people`: for whom it is. */
export function movedBody(before: BookingRow, { moved, heldBackUntil }: Moved, people: string[]) {
  const { id, state, day, startsAt, endsAt, width, length } = moved
  return { booking: id, state, from: before.startsAt, day, startsAt, endsAt, width, length, heldBackUntil, people }
}

/**
 * Ends a booking that is still ahead: its places are given back, it no longer counts for anybody, and nobody waits for an earlier time of it.
 * Refuses `wrong_state`.
 */
export async function end(
  tx: Tx,
  row: BookingRow,
  { by, endedBy, reason }: { by: string; endedBy: EndedBy; reason: string | null },
): Promise<{ ended: BookingRow; heldBackUntil: Instant | null }> {
  const [ended] = await settle(tx).execute({ id: row.id, was: row.state, endedAt: tx.now, endedBy, reason })
  if (!ended || !aheadStates.includes(row.state)) throw wrongState(row)
  // First of all: what is given back is not kept for a wish that has ended with it.
  await endWaitFor(tx, row, await peopleOf(tx, row.id), { by, endedBy })
  await freePlaces(tx, row)
  await closeFor(tx).execute({ booking: row.id })
  return { ended, heldBackUntil: await holdBack(tx, row) }
}

/** A booking with the proof for each of whom it is that a citizen may change it; none where it is the staff who may. */
type Changeable = BookingRow & { acting: readonly ActingFor[] }

/**
 * The booking, when this person may change it: whoever made it, for as long as they may act for everybody whom it is for; whom alone it is
 * for; or the staff of its office. The public until it starts, and everybody while it is still ahead.
 * Refuses `not_found` to a stranger, what `actingFor` refuses, `forbidden` to another office's staff, `wrong_state`.
 */
export async function changeable(store: Store, actor: Citizen | Staff, id: string, now: Instant): Promise<Changeable> {
  const row = await bookingById(store, id)
  if (!row) throw new Refusal("not_found", { what: "booking" })
  let acting: readonly ActingFor[] = []
  if (isStaff(actor)) authorize(actor, "booking.change", await office(store, row.office))
  else {
    const who = await peopleOf(store, id)
    authorize(actor, "booking.change", ofWhom(actor, row, who))
    acting = await actingFor(store, actor, who, { act: "change", service: row.service }, now)
  }
  const inTime = isStaff(actor) || row.startsAt > now
  if (!aheadStates.includes(row.state) || !inTime) throw wrongState(row)
  return { ...row, acting }
}

/** `changeable`, in the turn of the change. */
export async function mineToChange(tx: Tx, actor: Citizen | Staff, id: string): Promise<Changeable> {
  return changeable(tx, actor, id, tx.now)
}

export function wrongState({ state, startsAt }: BookingRow): Refusal {
  return new Refusal("wrong_state", { state, startsAt })
}

/** The reason as it is kept: trimmed, `null` when empty. Refuses `invalid_field` beyond 500 characters. */
export function readReason(text: string | undefined): string | null {
  const reason = text?.trim() ?? ""
  if (reason.length > reasonLengthMax) throw new Refusal("invalid_field", { field: "reason", most: reasonLengthMax })
  return reason === "" ? null : reason
}
