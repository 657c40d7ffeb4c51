import { and, eq, gte, inArray, isNotNull, isNull, lt, ne, notInArray, or, type SQL, sql } from "drizzle-orm"
import { clear, rowsMax } from "../../../db/clearing.ts"
import { accountsStream } from "../../../db/facts.ts"
import { apiKeys } from "../../../db/schema/access.ts"
import { heldPeople, heldPlaces, holds } from "../../../db/schema/availability.ts"
import { type BookingState, bookingPeople, bookings } from "../../../db/schema/bookings.ts"
import { issuedDocuments } from "../../../db/schema/documents.ts"
import { confirmationEvidence, confirmations } from "../../../db/schema/passkeys.ts"
import { people } from "../../../db/schema/people.ts"
import { legalHolds, privacyRequests, readLog, retentionRuns } from "../../../db/schema/privacy.ts"
import { tickets } from "../../../db/schema/queue.ts"
import { visits } from "../../../db/schema/visits.ts"
import { waitlist } from "../../../db/schema/waitlist.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { addDays, type Day, day, hour, type Instant } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import { dropOldPermits, dropOldRequests } from "./carried-out.ts"
import { markSettled, notHeld, released } from "./legal-holds.ts"
import { type RecordName, records } from "./records.ts"
import { dropVisits } from "./video.ts"

/*
 * Carries out what `records` says, once a day. Visits and bookings go by the days of their office, each day once, so that the work of a run
 * is that of one day however long the house has stood. Facts are never touched: they hold ids only.
 */

/** Whose an old booking is: somebody whom nothing names. */
export const nobody = "nobody"

export const clearedByDay = ["walkIns", "notes", "visits", "bookings"] as const satisfies RecordName[]
type ByDay = (typeof clearedByDay)[number]

/** So many days of what goes by an office are cleared in a turn. */
const daysMax = 31

const open: BookingState[] = ["requested", "confirmed", "arrived"]

/** The days of an office that are old enough for a kind of record and have not been gone through. */
export async function daysToClear(
  store: Store,
  record: ByDay,
  office: { code: string; zone: string },
  now: Instant,
): Promise<{ from: Day; before: Day; isLast: boolean } | null> {
  const before = addDays(dayIn(now, office.zone), -records[record].days)
  const [run] = await store.db
    .select({ through: retentionRuns.through })
    .from(retentionRuns)
    .where(and(eq(retentionRuns.record, record), eq(retentionRuns.office, office.code)))
  const from = run?.through ?? (await firstDay(store, office.code)) ?? before
  if (from >= before) return null
  const most = addDays(from, daysMax)
  return most < before ? { from, before: most, isLast: false } : { from, before, isLast: true }
}

async function firstDay(store: Store, office: string): Promise<Day | null> {
  const [ofTickets] = await store.db
    .select({ day: sql<Day | null>`min(${tickets.day})` })
    .from(tickets)
    .where(eq(tickets.office, office))
  const [ofBookings] = await store.db
    .select({ day: sql<Day | null>`min(${bookings.day})` })
    .from(bookings)
    .where(eq(bookings.office, office))
  return [ofTickets?.day ?? null, ofBookings?.day ?? null].filter((one) => one !== null).sort()[0] ?? null
}

/** Clears these days of an office, and remembers that they are done. Answers how many rows were. */
export async function clearDays(
  tx: Tx,
  record: ByDay,
  office: string,
  { from, before }: { from: Day; before: Day },
  realNow: Instant,
): Promise<number> {
  const count = await clearBy[record](tx, (row) => within(row, office, from, before), realNow)
  if (count > 0) await tx.say(office, "records.cleared", { record, count })
  await markRun(tx, record, office, before, realNow)
  return count
}

interface OfDay {
  office: SQL | typeof tickets.office | typeof bookings.office
  day: SQL | typeof tickets.day | typeof bookings.day
}

const within = (row: OfDay, office: string, from: Day, before: Day): SQL =>
  sql`${row.office} = ${office} and ${row.day} >= ${from} and ${row.day} < ${before}`

type Which = (row: typeof tickets | typeof bookings) => SQL

const clearBy: Record<ByDay, (tx: Tx, which: Which, realNow: Instant) => Promise<number>> = {
  async walkIns(tx, which) {
    const rows = await tx.db
      .update(tickets)
      .set({ holder: null })
      .where(and(which(tickets), eq(tickets.live, false), isNull(tickets.person), isNotNull(tickets.holder)))
      .returning({ id: tickets.id })
    return rows.length
  },
  async notes(tx, which, realNow) {
    const written = or(isNotNull(tickets.note), isNotNull(tickets.undo))
    const ofTickets = await tx.db
      .update(tickets)
      .set({ note: null, undo: null })
      .where(and(which(tickets), eq(tickets.live, false), written, personNotHeld(tickets.person, realNow)))
      .returning({ id: tickets.id })
    const ofBookings = await tx.db
      .update(bookings)
      .set({ reason: null })
      .where(and(which(bookings), isNotNull(bookings.reason), notHeld(bookings.person, realNow)))
      .returning({ id: bookings.id })
    return ofTickets.length + ofBookings.length
  },
  async visits(tx, which, realNow) {
    const rows = await tx.db
      .update(tickets)
      .set({ person: null, holder: null, note: null, undo: null })
      .where(
        and(which(tickets), eq(tickets.live, false), isNotNull(tickets.holder), personNotHeld(tickets.person, realNow)),
      )
      .returning({ id: tickets.id })
    return rows.length
  },
  async bookings(tx, which, realNow) {
    await tx.db
      .insert(people)
      .values({ id: nobody, kind: "citizen", createdAt: 0, erasedAt: 0 })
      .onConflictDoNothing({ target: people.id })
    const comesHeld = sql`exists (select 1 from ${bookingPeople} where ${bookingPeople.booking} = ${bookings.id}
      and not (${notHeld(bookingPeople.person, realNow)}))`
    const rows = await tx.db
      .update(bookings)
      .set({ person: nobody, reason: null })
      .where(
        and(
          which(bookings),
          ne(bookings.person, nobody),
          notInArray(bookings.state, open),
          notHeld(bookings.person, realNow),
          sql`not ${comesHeld}`,
        ),
      )
      .returning({ id: bookings.id })
    const ids = rows.map(({ id }) => id)
    for (let first = 0; first < ids.length; first += rowsMax) {
      await tx.db.delete(bookingPeople).where(inArray(bookingPeople.booking, ids.slice(first, first + rowsMax)))
    }
    return rows.length
  },
}

const personNotHeld = (person: typeof tickets.person, realNow: Instant) =>
  or(isNull(person), notHeld(person, realNow)) as SQL

/** What goes by no office. Answers whether a further turn would find more. */
export async function clearOld(tx: Tx, realNow: Instant): Promise<boolean> {
  let full = false
  for (const [record, clear] of Object.entries(clearAnywhere) as [Anywhere, (typeof clearAnywhere)[Anywhere]][]) {
    const days = records[record].days * 24 * hour
    const count = await clear(tx, { office: tx.now - days, real: realNow - days }, realNow)
    if (count > 0) await tx.say(accountsStream, "records.cleared", { record, count })
    await markRun(tx, record, "", day(new Date(realNow - days).toISOString().slice(0, 10)), realNow)
    full ||= count >= rowsMax
  }
  return full
}

type Anywhere =
  | "calls"
  | "services"
  | "permits"
  | "places"
  | "waiting"
  | "keys"
  | "proofs"
  | "documents"
  | "reads"
  | "rights"
type Before = { office: Instant; real: Instant }

const clearAnywhere: Record<Anywhere, (tx: Tx, before: Before, realNow: Instant) => Promise<number>> = {
  async calls(tx, before, realNow) {
    const old = await tx.db
      .select({ id: visits.id, thread: visits.thread })
      .from(visits)
      .where(and(lt(visits.overAt, before.office), notHeld(visits.person, realNow)))
      .limit(rowsMax)
    await dropVisits(tx, old)
    return old.length
  },
  services: (tx, before, realNow) => dropOldRequests(tx, before.office, realNow, rowsMax),
  permits: (tx, before, realNow) => dropOldPermits(tx, before.office, realNow, rowsMax),
  async places(tx, before, realNow) {
    const old = tx.db
      .select({ id: holds.id })
      .from(holds)
      .where(and(sql`${holds.state} <> 'live'`, lt(holds.until, before.office), notHeld(holds.person, realNow)))
      .limit(rowsMax)
    const ids = (await old).map(({ id }) => id)
    await tx.db.delete(heldPlaces).where(inArray(heldPlaces.hold, ids))
    await tx.db.delete(heldPeople).where(inArray(heldPeople.hold, ids))
    await tx.db.delete(holds).where(inArray(holds.id, ids))
    return ids.length
  },
  async waiting(tx, before, realNow) {
    const old = and(lt(waitlist.endedAt, before.office), notHeld(waitlist.person, realNow))
    return clear(tx, waitlist, [waitlist.id], old)
  },
  async keys(tx, before) {
    const old = or(lt(apiKeys.until, before.office), lt(apiKeys.revokedAt, before.office))
    return clear(tx, apiKeys, [apiKeys.id], old)
  },
  async proofs(tx, before, realNow) {
    const old = await tx.db
      .select({ id: confirmations.id })
      .from(confirmations)
      .where(and(lt(confirmations.usedAt, before.real), notHeld(confirmations.owner, realNow)))
      .limit(rowsMax)
    const ids = old.map(({ id }) => id)
    await tx.db.delete(confirmationEvidence).where(inArray(confirmationEvidence.confirmation, ids))
    await tx.db.delete(confirmations).where(inArray(confirmations.id, ids))
    return ids.length
  },
  async documents(tx, before, realNow) {
    const ended = sql`max(${issuedDocuments.issuedAt}, coalesce(${issuedDocuments.until}, 0)) < ${before.office}`
    const ofNobodyHeld = or(isNull(issuedDocuments.person), notHeld(issuedDocuments.person, realNow))
    const old = and(lt(issuedDocuments.issuedAt, before.office), ended, ofNobodyHeld)
    return clear(tx, issuedDocuments, [issuedDocuments.id], old)
  },
  async reads(tx, before, realNow) {
    const old = and(lt(readLog.at, before.real), notHeld(readLog.person, realNow))
    return clear(tx, readLog, [readLog.person, readLog.staff, readLog.what, readLog.at], old)
  },
  async rights(tx, before, realNow) {
    const ended = and(lt(privacyRequests.endedAt, before.real), notHeld(privacyRequests.person, realNow))
    const asked = await clear(tx, privacyRequests, [privacyRequests.id], ended)
    const held = await tx.db
      .delete(legalHolds)
      .where(and(isNotNull(legalHolds.settledAt), lt(legalHolds.settledAt, before.real)))
      .returning({ id: legalHolds.id })
    return asked + held.length
  },
}

/** Goes through what had been kept because of a hold that is over. */
export async function settleReleased(tx: Tx, realNow: Instant): Promise<void> {
  for (const person of await released(tx, realNow)) {
    for (const record of ["notes", "visits", "bookings"] as const) {
      const before = addDays(dayIn(tx.now, "UTC"), -records[record].days)
      const count = await clearBy[record](
        tx,
        (row) => sql`${row.person} = ${person} and ${row.day} < ${before}`,
        realNow,
      )
      if (count > 0) await tx.say(accountsStream, "records.cleared", { record, count })
    }
    await markSettled(tx, person, realNow)
  }
}

async function markRun(tx: Tx, record: RecordName, office: string, through: Day, ranAt: Instant): Promise<void> {
  await tx.db
    .insert(retentionRuns)
    .values({ record, office, through, ranAt })
    .onConflictDoUpdate({ target: [retentionRuns.record, retentionRuns.office], set: { through, ranAt } })
}

/** When each kind of record was gone through last. */
export async function lastRuns(store: Store): Promise<Map<string, Instant>> {
  const rows = await store.db
    .select({ record: retentionRuns.record, ranAt: sql<Instant>`max(${retentionRuns.ranAt})` })
    .from(retentionRuns)
    .groupBy(retentionRuns.record)
  return new Map(rows.map(({ record, ranAt }) => [record, ranAt]))
}

/** Whether everything was gone through within the last day. */
export async function isCleared(store: Store, realNow: Instant): Promise<boolean> {
  const [run] = await store.db
    .select({ ranAt: retentionRuns.ranAt })
    .from(retentionRuns)
    .where(and(eq(retentionRuns.record, "rights"), gte(retentionRuns.ranAt, realNow - 24 * hour)))
  return run !== undefined
}
