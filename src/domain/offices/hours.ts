import { RRule } from "rrule"
import { addDays, type Day, daysFrom, type Instant, minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { addWall, instantToWall, wallToInstant } from "../../base/time.ts"

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
  /** The wall time of its start does not exist on that day (a clock went forward); it starts when the clocks have moved. */
  shifted: boolean
}

/**
 * The sessions whose service day lies from `first` to `last`, in order. The highest layer that speaks of a day wins whole: a supervisor's
 * change, then a holiday, then a season (which replaces the base for its dates), then the base and its exceptions. A change opens on a
 * holiday only where it says so. Sessions of one day that overlap or touch with the same terms are one session.
 */
export function sessionsBetween(hours: OfficeHours, first: Day, last: Day): Session[] {
  const starts = startsByDay(hours, first, last)
  return daysFrom(first, last).flatMap((day) => sessionsOn(hours, day, starts))
}

interface Start {
  time: string
  minutes: number
  bookingOnly: boolean
}

type Starts = Map<OpeningRule, Set<Day>>

function sessionsOn(hours: OfficeHours, day: Day, starts: Starts): Session[] {
  const change = hours.changes.find((one) => one.day === day)
  const holiday = hours.holidays.some((one) => one.first <= day && day <= one.last)
  if (change?.kind === "closed") return []
  const opened = change && (!holiday || change.openOnHoliday)
  if (opened) {
    return merged(
      change.sessions.map((one) =>
        toSession(hours.zone, day, { time: one.start, minutes: one.minutes, bookingOnly: one.bookingOnly ?? false }),
      ),
    ).map((session) => withBreaks(session, breaksOn(hours, day, starts)))
  }
  if (holiday) return []
  const season = hours.seasons.find((one) => one.first <= day && day <= one.last)
  const ofDay = hours.rules.filter((rule) => starts.get(rule)?.has(day))
  const seasonal = season ? ofDay.filter((rule) => rule.layer === "season" && rule.season === season.id) : []
  const replaced =
    season !== undefined && hours.rules.some((rule) => rule.layer === "season" && rule.season === season.id)
  const open = replaced ? seasonal : ofDay.filter((rule) => rule.layer === "base" || rule.layer === "exception")
  const breaks = breaksOn(hours, day, starts)
  return merged(
    open.map((rule) =>
      toSession(hours.zone, day, { time: rule.start, minutes: rule.minutes, bookingOnly: rule.bookingOnly }),
    ),
  ).map((session) => withBreaks(session, breaks))
}

/** A break counts on its day where no season is on, or where it names the season that is. */
function breaksOn(hours: OfficeHours, day: Day, starts: Starts): Span[] {
  const season = hours.seasons.find((one) => one.first <= day && day <= one.last)?.id ?? null
  return hours.rules
    .filter((rule) => rule.layer === "break" && starts.get(rule)?.has(day) && rule.season === season)
    .map((rule) => toSession(hours.zone, day, { time: rule.start, minutes: rule.minutes, bookingOnly: false }))
}

function toSession(zone: string, day: Day, start: Start): Session {
  const startsAt = wallToInstant(day, start.time, zone)
  // The duration runs on the wall clock: 21:00 and four hours is one o'clock, however many hours that night has.
  const end = addWall({ day, time: start.time }, start.minutes)
  const shown = instantToWall(startsAt, zone)
  const shifted = shown.time !== start.time || shown.day !== day
  return {
    day,
    startsAt,
    endsAt: wallToInstant(end.day, end.time, zone),
    breaks: [],
    bookingOnly: start.bookingOnly,
    shifted,
  }
}

function merged(sessions: Session[]): Session[] {
  const out: Session[] = []
  for (const session of sessions.filter((one) => one.endsAt > one.startsAt).sort((a, b) => a.startsAt - b.startsAt)) {
    const before = out.at(-1)
    if (
      before &&
      session.startsAt <= before.endsAt &&
      (session.startsAt < before.endsAt || session.bookingOnly === before.bookingOnly)
    ) {
      before.endsAt = Math.max(before.endsAt, session.endsAt)
      before.bookingOnly = before.bookingOnly && session.bookingOnly
    } else out.push({ ...session })
  }
  return out
}

function withBreaks(session: Session, breaks: Span[]): Session {
  const inside = breaks
    .map((one) => ({
      startsAt: Math.max(one.startsAt, session.startsAt),
      endsAt: Math.min(one.endsAt, session.endsAt),
    }))
    .filter((one) => one.endsAt > one.startsAt)
    .sort((a, b) => a.startsAt - b.startsAt)
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

/**
 * On which days each rule starts. Rules are expanded as if their wall time were UTC and read back the same way: a zone given to the
 * library makes its answer depend on the machine's own (github.com/jakubroztocil/rrule/issues/571).
 */
function startsByDay(hours: OfficeHours, first: Day, last: Day): Starts {
  const out: Starts = new Map()
  for (const rule of hours.rules) {
    const from = rule.validFrom && rule.validFrom > first ? rule.validFrom : first
    const to = rule.validTo && rule.validTo < last ? rule.validTo : last
    if (from <= to) out.set(rule, new Set(daysOf(rule, from, to)))
  }
  return out
}

const parsed = new Map<string, RRule>()
const parsedMax = 2_000

/** Where a rule's phase begins when it has no first day of its own: a Sunday, and a first of the month's week that any rule can start in. */
const epoch = "2023-01-01" as Day

/** What was worked out: the same few days around today are asked for again and again, and a rule counts from its very first day. */
const expanded = new Map<string, Day[]>()
const expandedMax = 5_000

function daysOf(rule: OpeningRule, from: Day, to: Day): Day[] {
  const key = `${rule.rrule}|${rule.validFrom ?? ""}|${from}|${to}`
  let days = expanded.get(key)
  if (!days) {
    days = expand(rule, from, to)
    if (expanded.size >= expandedMax) expanded.clear()
    expanded.set(key, days)
  }
  return days
}

function expand(rule: OpeningRule, from: Day, to: Day): Day[] {
  const key = `${rule.rrule}|${rule.validFrom ?? ""}`
  let recurrence = parsed.get(key)
  if (!recurrence) {
    readRule(rule.rrule)
    const dtstart = new Date(`${rule.validFrom ?? epoch}T00:00:00Z`)
    recurrence = new RRule({ ...RRule.parseString(rule.rrule), dtstart, tzid: null }, true)
    if (parsed.size >= parsedMax) parsed.clear()
    parsed.set(key, recurrence)
  }
  const [after, before] = [new Date(`${from}T00:00:00Z`), new Date(`${addDays(to, 1)}T00:00:00Z`)]
  return recurrence
    .between(after, before, true)
    .map((at) => at.toISOString().slice(0, 10) as Day)
    .filter((day) => from <= day && day <= to)
}

const grammar: Record<string, RegExp> = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: /^([1-9]|[1-9]\d)$/,
  COUNT: /^[1-9]\d{0,3}$/,
  UNTIL: /^\d{8}T\d{6}Z$/,
  WKST: /^(MO|TU|WE|TH|FR|SA|SU)$/,
  BYDAY: /^([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*$/,
  BYMONTH: /^([1-9]|1[0-2])(,([1-9]|1[0-2]))*$/,
  BYMONTHDAY: /^-?([1-9]|[12]\d|3[01])(,-?([1-9]|[12]\d|3[01]))*$/,
  BYSETPOS: /^-?([1-9]|[1-9]\d)(,-?([1-9]|[1-9]\d))*$/,
}

/**
 * Checks a recurrence rule (RFC 5545 §3.3.10) by a grammar of our own, because the library takes nonsense without a word. Times of day,
 * DTSTART and zones have no place in it: those are the opening rule's. Refuses `setup_invalid` with `why`.
 */
export function readRule(text: string): string {
  const refuse = (why: string) => new Refusal("setup_invalid", { field: "rrule", given: text.slice(0, 100), why })
  if (text.length > 200) throw refuse("the rule is too long")
  const seen = new Set<string>()
  for (const part of text.split(";")) {
    const [name = "", value = ""] = part.split("=")
    if (!(name in grammar) || part.split("=").length !== 2)
      throw refuse(`"${part}" has no place in a rule of opening hours`)
    if (seen.has(name)) throw refuse(`${name} stands twice`)
    if (!grammar[name]?.test(value)) throw refuse(`${name}=${value} is not a value that it can have`)
    seen.add(name)
  }
  if (!seen.has("FREQ")) throw refuse("a rule begins with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
  if (seen.has("COUNT") && seen.has("UNTIL")) throw refuse("COUNT and UNTIL exclude each other")
  return text
}
