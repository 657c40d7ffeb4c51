import { addDays, type Day, daysFrom, type Instant, minute } from "../../base/day.ts"
import { addWall, instantToWall, wallToInstant } from "../../base/time.ts"
import { daysOf } from "./recurrence.ts"

export interface OpeningRule {
  id: string
  layer: "base" | "season" | "break" | "exception"
  rrule: string
  /** Local wall time, HH:mm. */
  start: string
  minutes: number
  season: string | null
  validFrom: Day | null
  validTo: Day | null
  bookingOnly: boolean
}

export interface OfficeHours {
  zone: string
  rules: readonly OpeningRule[]
  seasons: readonly { id: string; first: Day; last: Day }[]
  holidays: readonly { first: Day; last: Day }[]
  changes: readonly DayChange[]
}

export interface DayChange {
  day: Day
  kind: "closed" | "hours"
  sessions: readonly { start: string; minutes: number; bookingOnly?: boolean }[]
  openOnHoliday: boolean
}

export interface Span {
  startsAt: Instant
  endsAt: Instant
}

/** A stretch in which the office is open. It belongs to the local day on which it starts, also where it runs past midnight. */
export interface Session extends Span {
  day: Day
  breaks: Span[]
  bookingOnly: boolean
  /** The wall time of its start does not exist on that day (a clock went forward); it starts as much later as the clocks moved. */
  shifted: boolean
}

/**
 * The sessions whose service day lies from `first` to `last`, in order. The highest layer that speaks of a day wins whole: a supervisor's
 * change, then a holiday, then a season (which replaces the base for its dates, where the office has hours for it), then the base and its
 * exceptions. A change opens on a holiday only where it says so, whatever its length.
 *
 * Sessions of one day that overlap are one session, booking-only where all of them are; sessions that touch are one where their terms are
 * the same. A night that runs into the next day's hours keeps them: no moment belongs to two service days.
 */
export function sessionsBetween(hours: OfficeHours, first: Day, last: Day): Session[] {
  const starts = startsByDay(hours, addDays(first, -1), addDays(last, 1))
  let before = sessionsOn(hours, addDays(first, -1), starts)
  return daysFrom(first, last).flatMap((day) => {
    const nightEnds = Math.max(...before.map((session) => session.endsAt))
    before = sessionsOn(hours, day, starts)
    const breaks = breaksAround(hours, day, starts)
    return before.flatMap((session) => startingFrom(session, nightEnds)).map((session) => withBreaks(session, breaks))
  })
}

/** What is said of one day alone, whether or not the night before runs into it: to find hours that overlap. Without breaks. */
export function ownSessions(hours: OfficeHours, day: Day): Session[] {
  return sessionsOn(hours, day, startsByDay(hours, day, day))
}

type Start = Pick<OpeningRule, "start" | "minutes"> & { bookingOnly?: boolean }

type Starts = ReadonlyMap<OpeningRule, ReadonlySet<Day>>

/** On which days each rule starts. */
function startsByDay(hours: OfficeHours, first: Day, last: Day): Starts {
  return new Map(hours.rules.map((rule) => [rule, new Set(daysOf(rule, first, last))]))
}

function sessionsOn(hours: OfficeHours, day: Day, starts: Starts): Session[] {
  const change = hours.changes.find((one) => one.day === day)
  if (change?.kind === "closed") return []
  const holiday = hours.holidays.some((one) => one.first <= day && day <= one.last)
  if (holiday && !change?.openOnHoliday) return []
  const open: readonly Start[] = change?.sessions ?? rulesOn(hours, day, starts)
  return merged(open.map((start) => toSession(hours.zone, day, start)))
}

function rulesOn(hours: OfficeHours, day: Day, starts: Starts): OpeningRule[] {
  const season = seasonOn(hours, day)
  const counts = ({ layer, season: named }: OpeningRule) =>
    season === null ? layer === "base" || layer === "exception" : layer === "season" && named === season
  return hours.rules.filter((rule) => counts(rule) && starts.get(rule)?.has(day))
}

/** The season whose hours the office keeps on a day; where two lie over each other, the one that began later. */
function seasonOn(hours: OfficeHours, day: Day): string | null {
  const own = hours.seasons.filter(
    ({ id, first, last }) =>
      first <= day && day <= last && hours.rules.some((rule) => rule.layer === "season" && rule.season === id),
  )
  return own.sort((a, b) => (a.first < b.first ? 1 : -1))[0]?.id ?? null
}

/**
 * The breaks that can fall into a day's sessions. A break lies on the calendar day on which its rule falls, so that the one at half past
 * midnight pauses the session that began the evening before. It goes with the hours: of its season, or of the base.
 */
function breaksAround(hours: OfficeHours, day: Day, starts: Starts): Span[] {
  const season = seasonOn(hours, day)
  const breaks = hours.rules.filter((rule) => rule.layer === "break" && rule.season === season)
  return breaks.flatMap((rule) =>
    [addDays(day, -1), day, addDays(day, 1)]
      .filter((one) => starts.get(rule)?.has(one))
      .map((one) => toSession(hours.zone, one, rule)),
  )
}

function toSession(zone: string, day: Day, { start, minutes, bookingOnly = false }: Start): Session {
  const startsAt = wallToInstant(day, start, zone)
  const shown = instantToWall(startsAt, zone)
  // The duration runs on the wall clock: 21:00 and four hours is one o'clock, however many hours that night has. It runs from what the
  // clocks show, so that what begins in a skipped hour keeps its length instead of ending as it begins.
  const end = addWall(shown, minutes)
  return {
    day,
    startsAt,
    endsAt: wallToInstant(end.day, end.time, zone),
    breaks: [],
    bookingOnly,
    shifted: shown.time !== start,
  }
}

function merged(sessions: readonly Session[]): Session[] {
  const out: Session[] = []
  for (const session of sessions.toSorted((a, b) => a.startsAt - b.startsAt || a.endsAt - b.endsAt)) {
    const before = out.at(-1)
    const overlaps = before && session.startsAt < before.endsAt
    const goesOn = before && session.startsAt === before.endsAt && session.bookingOnly === before.bookingOnly
    if (overlaps || goesOn) {
      before.shifted &&= session.shifted || session.startsAt > before.startsAt
      before.endsAt = Math.max(before.endsAt, session.endsAt)
      before.bookingOnly &&= session.bookingOnly
    } else out.push({ ...session })
  }
  return out
}

/** The part of a session from `at` on; nothing where it has ended by then. */
function startingFrom(session: Session, at: Instant): Session[] {
  if (session.startsAt >= at) return [session]
  return session.endsAt > at ? [{ ...session, startsAt: at, shifted: false }] : []
}

/** Cuts breaks to the session; those that overlap or touch are one, so that no minute is paused twice. */
function withBreaks(session: Session, breaks: readonly Span[]): Session {
  const inside: Span[] = []
  for (const one of breaks.toSorted((a, b) => a.startsAt - b.startsAt)) {
    const startsAt = Math.max(one.startsAt, session.startsAt)
    const endsAt = Math.min(one.endsAt, session.endsAt)
    const before = inside.at(-1)
    if (endsAt <= startsAt) continue
    if (before && startsAt <= before.endsAt) before.endsAt = Math.max(before.endsAt, endsAt)
    else inside.push({ startsAt, endsAt })
  }
  return { ...session, breaks: inside }
}

/** The service day's session that is on at `now`; `null` between sessions. */
export function sessionAt(sessions: readonly Session[], now: Instant): Session | null {
  return sessions.find((one) => one.startsAt <= now && now < one.endsAt) ?? null
}

/** The first session that starts after `now`. */
export function nextSession(sessions: readonly Session[], now: Instant): Session | null {
  return sessions.filter((one) => one.startsAt > now).sort((a, b) => a.startsAt - b.startsAt)[0] ?? null
}

/** The instant `minutes` of open time after `at`: breaks do not count, and it never lies beyond the session's end. */
export function openMinutesAfter(session: Session, at: Instant, minutes: number): Instant {
  let left = minutes * minute
  let now = Math.max(at, session.startsAt)
  for (const pause of session.breaks) {
    if (pause.endsAt <= now) continue
    const until = Math.max(now, pause.startsAt)
    // What ends just as the break begins ends then; what needs a moment more goes on after it.
    if (left <= until - now) return Math.min(now + left, session.endsAt)
    left -= until - now
    now = pause.endsAt
  }
  return Math.min(now + left, session.endsAt)
}

/** Open minutes between two instants of a session. */
export function openMinutesBetween(session: Session, from: Instant, until: Instant): number {
  const [first, last] = [Math.max(from, session.startsAt), Math.min(until, session.endsAt)]
  if (last <= first) return 0
  const paused = session.breaks.reduce(
    (sum, one) => sum + Math.max(0, Math.min(one.endsAt, last) - Math.max(one.startsAt, first)),
    0,
  )
  return (last - first - paused) / minute
}
