import type { AnyFact } from "../../db/facts.ts"
import type { MessageRow } from "../../db/schema/messages.ts"
import type { CounterRow } from "../../db/schema/queue.ts"
import type { Store } from "../../db/store.ts"
import { type Instant, minute } from "../base/day.ts"
import { Refusal } from "../base/refusal.ts"
import { isoWithOffset } from "../base/time.ts"
import { slotId } from "../domain/availability/grid.ts"
import type { Waiting } from "../domain/availability/waitlist.ts"
import type { Booking } from "../domain/bookings/reads.ts"
import type { Service } from "../domain/catalogue/reads.ts"
import { type OfficeRow, office } from "../domain/offices/reads.ts"
import { type QueueRow, ticketView } from "../domain/queue/reads.ts"
import { told } from "../i18n/telling.ts"
import type { House } from "./house.ts"

/* How the office's rows look to a program. */

const pageLength = 100

/** A page of what is there in full, by the key of each thing. A cursor names the last one that was seen. */
export function paged<T, R>(all: T[], cursor: string | undefined, keyOf: (one: T) => string, show: (one: T) => R) {
  const last = cursor === undefined ? null : readCursor(cursor)
  const begin = last === null ? 0 : all.findIndex((one) => keyOf(one) === last) + 1
  // What the cursor names is gone: going on from the beginning would show everything again, so nothing follows.
  const from = last !== null && begin === 0 ? all.length : begin
  const page = all.slice(from, from + pageLength)
  const end = page.at(-1)
  const more = from + pageLength < all.length && end !== undefined
  return { items: page.map(show), next: more ? writeCursor(keyOf(end)) : null }
}

/** By which a cursor is known from any other text. */
const cursorMark = "after:"

const writeCursor = (key: string) => Buffer.from(cursorMark + key).toString("base64url")

/** Refuses `invalid_field` for what was never a cursor: taken for one whose row is gone, it would look like the end of the list. */
function readCursor(text: string): string {
  const read = Buffer.from(text, "base64url").toString()
  if (!read.startsWith(cursorMark))
    throw new Refusal("invalid_field", { fields: [{ path: "cursor", message: "no_cursor" }] })
  return read.slice(cursorMark.length)
}

export function presentService(row: Service) {
  const { code, sector, name, audience, channels, minutes, documents, feeHalalas, feeNote, bookingOnly } = row
  return { code, sector, name, audience, channels, minutes, documents, feeHalalas, feeNote, bookingOnly }
}

export function presentBooking(row: Booking, zone: string) {
  const { id, code, state, office, line, service, day, people, madeBy, proposed, endedBy, reason } = row
  return {
    ...{ id, code, state, office, line, service },
    slot: slotId(office, line, row.startsAt),
    day,
    startsAt: isoWithOffset(row.startsAt, zone),
    endsAt: isoWithOffset(row.endsAt, zone),
    people,
    for: row.who,
    madeAt: isoWithOffset(row.madeAt, zone),
    madeBy,
    proposed,
    struck: row.struckAt !== null,
    endedAt: orNull(row.endedAt, zone),
    ...{ endedBy, reason },
  }
}

/** A wish on a waiting list, with the place that is held for it now. */
export function presentWaiting(row: Waiting, { zone, gridMinutes }: OfficeRow) {
  const { id, state, office, line, service, firstDay, lastDay, booking, offer } = row
  return {
    ...{ id, state, office, line, service },
    for: row.people,
    ...{ firstDay, lastDay },
    joinedAt: isoWithOffset(row.joinedAt, zone),
    endedAt: orNull(row.endedAt, zone),
    booking,
    offer: offer && {
      hold: offer.id,
      slot: slotId(office, offer.line, offer.startsAt),
      startsAt: isoWithOffset(offer.startsAt, zone),
      endsAt: isoWithOffset(offer.startsAt + offer.length * gridMinutes * minute, zone),
      expiresAt: isoWithOffset(offer.until, zone),
    },
  }
}

/** One ticket as its holder or the staff may see it, with its place at `now`. */
export async function presentTicket(store: Store, id: string, now: Instant) {
  const view = await ticketView(store, id, now)
  const { zone } = await office(store, view.office)
  const { number, state, day, line, service, booking, people, need, dueBy, ahead, wait, calls, outcome, cameFrom } =
    view
  return {
    ...{ id, number, state, office: view.office, day, line, service, booking, people, need },
    bookedAt: orNull(view.bookedAt, zone),
    arrivedAt: isoWithOffset(view.arrivedAt, zone),
    due: isoWithOffset(view.due, zone),
    ...{ dueBy, ahead, wait },
    wakeAt: orNull(view.wakeAt, zone),
    keptUntil: orNull(view.keptUntil, zone),
    ...(view.counter === null ? {} : { counter: view.counter.id, counterNumber: view.counter.number }),
    calledAt: orNull(view.calledAt, zone),
    calls,
    endedAt: orNull(view.endedAt, zone),
    ...{ outcome, cameFrom, wentOnAs: view.wentOnAs },
  }
}

/** A row of the waiting list. `why` is data: by which right it stands there, and since when. */
export function presentQueueRow(row: QueueRow, zone: string) {
  const { id, number, state, line, service, people, need, missesByMinutes, counter, calls } = row
  return {
    ...{ id, number, state, line, service, people, need },
    arrivedAt: isoWithOffset(row.arrivedAt, zone),
    due: isoWithOffset(row.due, zone),
    why: withWrittenInstants(row.why, zone) as object,
    expectedStart: orNull(row.expectedStart, zone),
    missesByMinutes,
    ...(counter === null ? {} : { counter: counter.id, counterNumber: counter.number }),
    wakeAt: orNull(row.wakeAt, zone),
    calls,
  }
}

/** The holder's page: a link that opens this one ticket and nothing else. Only for whom the ticket was issued to. */
export function ticketLink({ env, keys }: House, ticket: string): string {
  return `${env.origin}/t/${ticket}/${keys.capability("ticket", ticket)}`
}

export function presentCounter(row: CounterRow, zone: string) {
  const { id, office, number, state, profile, staff, ticket } = row
  return { id, office, number, state, lines: profile, staff, ticket, changedAt: isoWithOffset(row.changedAt, zone) }
}

/** A message as its owner's program may see it: its words in both languages, and what they are made of. */
export async function presentMessage(store: Store, row: MessageRow) {
  const zone = row.office === null ? "Asia/Riyadh" : await zoneOf(store, row.office)
  const [ar, en] = [await told(store, row, "ar", "own"), await told(store, row, "en", "own")]
  return {
    id: row.id,
    kind: row.kind,
    title: { ar: ar.title, en: en.title },
    text: { ar: ar.text.join("\n"), en: en.text.join("\n") },
    data: withWrittenInstants(row.data, zone) as object,
    at: isoWithOffset(row.at, zone),
    readAt: orNull(row.readAt, zone),
  }
}

export function presentFact({ seq, at, kind, subject, body }: AnyFact, zone: string) {
  return { seq, at: isoWithOffset(at, zone), kind, subject, body: withWrittenInstants(body, zone) as object }
}

/**
 * What a refusal says to help on, with its instants written as everywhere else and a field that it names in the place for fields.
 * `of`: the office that the request is about; where the details name another one, that one's zone counts.
 */
export async function writtenRefusal(store: Store, { code, details }: Refusal, of: string | null): Promise<Refusal> {
  const { field, ...others } = details
  const named = typeof details["office"] === "string" ? details["office"] : of
  const written = withWrittenInstants(others, named ? await zoneOf(store, named) : "UTC") as Record<string, unknown>
  if (typeof field !== "string") return new Refusal(code, written)
  return new Refusal(code, { fields: [{ path: field, message: "form" }], ...written })
}

async function zoneOf(store: Store, code: string): Promise<string> {
  try {
    return (await office(store, code)).zone
  } catch {
    return "UTC"
  }
}

/** Milliseconds of 2001: no count, number or price in a body comes near it, and no instant lies before it. */
const leastInstant = 1e12

/** Instants lie in bodies as they are stored; outside they are written. */
function withWrittenInstants(value: unknown, zone: string): unknown {
  if (typeof value === "number") return value >= leastInstant ? isoWithOffset(value, zone) : value
  if (Array.isArray(value)) return value.map((inner) => withWrittenInstants(inner, zone))
  if (value === null || typeof value !== "object") return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withWrittenInstants(inner, zone)]))
}

export function orNull(at: Instant | null, zone: string): string | null {
  return at === null ? null : isoWithOffset(at, zone)
}
