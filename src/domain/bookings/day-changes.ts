import { and, asc, between, eq, gt, sql } from "drizzle-orm"
import { type HoldRow, holds } from "../../../db/schema/availability.ts"
import { type BookingRow, bookings } from "../../../db/schema/bookings.ts"
import { type ChangedSession, dayChanges, offices } from "../../../db/schema/offices.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { addDays, type Day, type Instant, minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import { authorize } from "../access/authorize.ts"
import type { Staff } from "../access/subject.ts"
import { endHold } from "../availability/holds.ts"
import { offerPlaces, waitAgain } from "../availability/offers.ts"
import { replan } from "../availability/writes.ts"
import { type OfficeHours, ownSessions, type Session, sessionsBetween } from "../offices/hours.ts"
import { type Office, officeHours, office as officeWith } from "../offices/reads.ts"
import { subjectOf, tellRestored, tellStruck } from "./notices.ts"
import { isAhead } from "./reads.ts"
import { sticksOut } from "./rules.ts"
import { readReason } from "./writes.ts"

/** A supervisor's word about one day. `null` takes an earlier word back: the rules count again. */
export type WantedDay =
  | { kind: "closed" }
  | { kind: "hours"; sessions: ChangedSession[]; openOnHoliday?: boolean }
  | null

/** What a change of a day meets. */
export interface Struck {
  /** Bookings whose time is no longer open, in the order of time. They stand until the person or the office settles them. */
  struck: BookingRow[]
  /** Bookings that had been struck and whose time is open again. */
  restored: BookingRow[]
  /** Live holds whose time is no longer open. */
  released: HoldRow[]
}

const sessionsMax = 8
/** No office may be booked further ahead than this. */
const furthestDaysMax = 366

/** What a change would strike, for the supervisor to see before saying it. Refuses `hours_overlap`, `invalid_field`, `office_closed`. */
export async function struckBy(store: Store, code: string, day: Day, wanted: WantedDay, now: Instant): Promise<Struck> {
  const office = await officeWith(store, code)
  const sessions = readSessions(await hoursWith(store, office, day, wanted), day, wanted)
  return meet(store, office, { from: day, to: day, sessions }, now)
}

/**
 * Closes a day of an office. Bookings on it are listed and marked, never dropped; live holds are released; nobody can book it any more.
 * Refuses `forbidden`, `day_past`.
 */
export function closeDay(tx: Tx, by: Staff, day: { office: string; day: Day; reason?: string }): Promise<Struck> {
  return changeDay(tx, by, day, { kind: "closed" })
}

/**
 * Gives a day of an office other hours. What lies outside them, or would go on beyond them, is listed and marked as by `closeDay`.
 * On a holiday it has to be flagged: an exception made before the holiday was known must not open the office by accident.
 * Refuses `forbidden`, `day_past`, `invalid_field`, `hours_overlap`, `office_closed` (a holiday, not flagged).
 */
export function changeHours(
  tx: Tx,
  by: Staff,
  day: { office: string; day: Day; sessions: ChangedSession[]; openOnHoliday?: boolean; reason?: string },
): Promise<Struck> {
  const { sessions, openOnHoliday } = day
  return changeDay(tx, by, day, { kind: "hours", sessions, openOnHoliday })
}

/** Takes the word about a day back. Bookings whose time is open again are no longer marked. Refuses `not_found`, `forbidden`, `day_past`. */
export function restoreDay(tx: Tx, by: Staff, day: { office: string; day: Day }): Promise<Struck> {
  return changeDay(tx, by, day, null)
}

async function changeDay(
  tx: Tx,
  by: Staff,
  { office: code, day, reason }: { office: string; day: Day; reason?: string },
  wanted: WantedDay,
): Promise<Struck> {
  const office = await officeWith(tx, code)
  authorize(by, "day.change", office)
  // The evening's session of yesterday may still be running after midnight, but its day has been.
  if (day < dayIn(tx.now, office.zone)) throw new Refusal("day_past")
  const sessions = readSessions(await hoursWith(tx, office, day, wanted), day, wanted)

  const ofDay = and(eq(dayChanges.office, code), eq(dayChanges.day, day))
  const before = await tx.db.delete(dayChanges).where(ofDay).returning({ day: dayChanges.day })
  if (!wanted && before.length === 0) throw new Refusal("not_found", { what: "day_change" })
  if (wanted) {
    const row = { office: code, day, ...rowOf(wanted), reason: readReason(reason), by: by.id, at: tx.now }
    await tx.db.insert(dayChanges).values(row)
  }
  await replan(tx, office, day, day)
  const [raised] = await tx.db
    .update(offices)
    .set({ version: sql`${offices.version} + 1` })
    .where(eq(offices.code, code))
    .returning({ version: offices.version })

  const met = await meet(tx, office, { from: day, to: day, sessions }, tx.now)
  const said = { day, by: by.id, version: raised?.version ?? office.version }
  if (!wanted) await tx.say(code, "office.day_restored", said)
  else if (wanted.kind === "closed") await tx.say(code, "office.day_closed", { ...said, struck: met.struck.length })
  else {
    const { sessions, openOnHoliday = false } = wanted
    const body = { ...said, sessions, openOnHoliday, struck: met.struck.length }
    await tx.say(code, "office.day_hours_changed", body)
  }
  await settle(tx, by, met)
  await offerPlaces(tx, code)
  return met
}

/**
 * Brings all that is ahead in line with hours, seasons, holidays, lines or grid that have just been changed in this turn, for whoever
 * has changed them and raised the office's version: what no longer fits is listed and marked, as by `closeDay`.
 */
export async function applyNewHours(tx: Tx, by: { id: string }, code: string): Promise<Struck> {
  const office = await officeWith(tx, code)
  // Yesterday too: a session that began then may still be running.
  const from = addDays(dayIn(tx.now, office.zone), -1)
  const to = addDays(from, furthestDaysMax + 1)
  await replan(tx, office, from)
  const sessions = sessionsBetween(await officeHours(tx, office), from, to)
  const met = await meet(tx, office, { from, to, sessions }, tx.now)
  await settle(tx, by, met)
  await offerPlaces(tx, code)
  return met
}

/** The hours of an office as they would be. */
async function hoursWith(store: Store, office: Office, day: Day, wanted: WantedDay): Promise<OfficeHours> {
  const hours = await officeHours(store, office)
  const others = hours.changes.filter((change) => change.day !== day)
  if (!wanted) return { ...hours, changes: others }
  const change = { office: office.code, day, ...rowOf(wanted), reason: null, by: "", at: 0 }
  return { ...hours, changes: [...others, change] }
}

function rowOf(wanted: NonNullable<WantedDay>) {
  if (wanted.kind === "closed") return { kind: wanted.kind, sessions: [], openOnHoliday: false }
  return { kind: wanted.kind, sessions: wanted.sessions, openOnHoliday: wanted.openOnHoliday ?? false }
}

/** The sessions of a day by hours that are being considered. */
function readSessions(hours: OfficeHours, day: Day, wanted: WantedDay): Session[] {
  if (wanted?.kind === "hours") mustBeSessions(wanted.sessions)
  if (wanted?.kind === "hours") {
    const around = [-1, 0, 1].flatMap((days) => ownSessions(hours, addDays(day, days)))
    if (!around.some((session) => session.day === day)) throw new Refusal("office_closed", { day, holiday: true })
    if (overlap(around.map(({ startsAt, endsAt }) => [startsAt, endsAt]))) throw new Refusal("hours_overlap", { day })
  }
  return sessionsBetween(hours, day, day)
}

/** Refuses `invalid_field` for what are no sessions, `hours_overlap` for two at a time. */
function mustBeSessions(sessions: ChangedSession[]): void {
  const isWhole = (minutes: number) => Number.isInteger(minutes) && minutes >= 1 && minutes <= 24 * 60
  const right = sessions.every(({ start, minutes }) => /^([01]\d|2[0-3]):[0-5]\d$/.test(start) && isWhole(minutes))
  if (!right || sessions.length === 0 || sessions.length > sessionsMax) {
    throw new Refusal("invalid_field", { field: "sessions", most: sessionsMax })
  }
  const spans = sessions.map(({ start, minutes }): [number, number] => {
    const from = Number(start.slice(0, 2)) * 60 + Number(start.slice(3))
    return [from, from + minutes]
  })
  if (overlap(spans)) throw new Refusal("hours_overlap")
}

function overlap(spans: [from: number, until: number][]): boolean {
  const sorted = spans.toSorted(([left], [right]) => left - right)
  return sorted.some(([, until], index) => until > (sorted[index + 1]?.[0] ?? until))
}

/** What of the days from `from` to `to` does not lie within these sessions, and what does again. */
async function meet(
  store: Store,
  office: Office,
  { from, to, sessions }: { from: Day; to: Day; sessions: Session[] },
  now: Instant,
): Promise<Struck> {
  const ahead = await store.db
    .select()
    .from(bookings)
    .where(and(eq(bookings.office, office.code), between(bookings.day, from, to), isAhead))
    .orderBy(asc(bookings.startsAt), asc(bookings.id))
  const isLive = and(gt(holds.until, now), sql`${holds.state} = 'live'`)
  const live = await store.db
    .select()
    .from(holds)
    .where(and(eq(holds.office, office.code), between(holds.day, from, to), isLive))
    .orderBy(asc(holds.startsAt), asc(holds.id))
  const grid = office.gridMinutes * minute
  return {
    struck: ahead.filter((booking) => sticksOut(booking, sessions)),
    restored: ahead.filter((booking) => booking.struckAt !== null && !sticksOut(booking, sessions)),
    released: live.filter((hold) => sticksOut({ ...hold, endsAt: hold.startsAt + hold.length * grid }, sessions)),
  }
}

async function settle(tx: Tx, by: { id: string }, { struck, restored, released }: Struck): Promise<void> {
  for (const row of struck.filter(({ struckAt }) => struckAt === null)) {
    await tx.db.update(bookings).set({ struckAt: tx.now }).where(eq(bookings.id, row.id))
    await tx.say(row.office, "booking.struck", {
      booking: row.id,
      day: row.day,
      by: by.id,
      subject: await subjectOf(tx, row),
    })
    await tellStruck(tx, row)
    row.struckAt = tx.now
  }
  for (const row of restored) {
    await tx.db.update(bookings).set({ struckAt: null }).where(eq(bookings.id, row.id))
    await tx.say(row.office, "booking.unstruck", {
      booking: row.id,
      day: row.day,
      by: by.id,
      subject: await subjectOf(tx, row),
    })
    await tellRestored(tx, row)
    row.struckAt = null
  }
  for (const hold of released) {
    await endHold(tx, hold, "released")
    await tx.say(hold.office, "hold.released", { hold: hold.id, by: by.id, subject: hold.person })
  }
  await waitAgain(
    tx,
    released.flatMap(({ waiting }) => waiting ?? []),
  )
}
