import { addDays, type Day, hour, type Instant, minute } from "./day.ts"
import { remember } from "./remember.ts"

/*
 * Wall clocks and instants. Conversions go through Temporal, because its answer depends on nothing but its arguments: a wall time that a
 * clock change skips becomes the later one, one that comes twice is the first. No result depends on the machine's own zone.
 */

if (typeof Temporal === "undefined") {
  throw new Error("this runtime has no Temporal; run with the Bun version that package.json names")
}

export interface Wall {
  day: Day
  /** HH:mm */
  time: string
}

/** The instant of a wall time in a zone. */
export function wallToInstant(day: Day, time: string, zone: string): Instant {
  return Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(zone, { disambiguation: "compatible" })
    .epochMilliseconds
}

/** What the clocks in a zone show at an instant. */
export function instantToWall(at: Instant, zone: string): Wall {
  const text = wallText(at, offsetAt(at, zone))
  return { day: text.slice(0, 10) as Day, time: text.slice(11, 16) }
}

/** As ISO 8601 without an offset, to the second. */
function wallText(at: Instant, offset: number): string {
  return new Date(Math.floor(at) + offset).toISOString().slice(0, 19)
}

/** Offsets by zone and hour. Asked for several times with every time that is shown, and the calendar's answer costs a hundred times this. */
const offsets = new Map<string, Map<number, number>>()
const offsetsMax = 20_000

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
function offsetAt(at: Instant, zone: string): number {
  let ofZone = offsets.get(zone)
  if (!ofZone) {
    ofZone = new Map()
    offsets.set(zone, ofZone)
  }
  const which = Math.floor(at / hour)
  const known = ofZone.get(which)
  if (known !== undefined) return known
  const [first, last] = [calendarOffset(which * hour, zone), calendarOffset((which + 1) * hour - 1, zone)]
  // In an hour in which the clocks change nothing is kept.
  if (first !== last) return calendarOffset(at, zone)
  if (ofZone.size >= offsetsMax) ofZone.clear()
  ofZone.set(which, first)
  return first
}

function calendarOffset(at: Instant, zone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(zone).offsetNanoseconds / 1_000_000
}

/** The calendar day in a zone at an instant. */
export function dayIn(at: Instant, zone: string): Day {
  return dayWritten(Math.floor((at + offsetAt(at, zone)) / wholeDay))
}

/** When the next day begins in a zone: nothing that says "today" is true from then on. */
export const endOfDay = (today: Day, zone: string): Instant => endOfDayIn(`${today} ${zone}`)

const endOfDayIn = remember(5_000, (both: string): Instant => {
  const [today, zone] = both.split(" ") as [Day, string]
  return wallToInstant(addDays(today, 1), "00:00", zone)
})

const wholeDay = 24 * hour
/** By the number of the day since 1970. Every page and every turn asks for today. */
const dayWritten = remember(5_000, (number: number) => new Date(number * wholeDay).toISOString().slice(0, 10) as Day)

/** A wall time `minutes` later by the wall clock. */
export function addWall({ day, time }: Wall, minutes: number): Wall {
  const text = Temporal.PlainDateTime.from(`${day}T${time}`).add({ minutes }).toString()
  return { day: text.slice(0, 10) as Day, time: text.slice(11, 16) }
}

/** ISO 8601 with the zone's offset at that instant, to the second: 2026-11-22T10:00:00+03:00. */
export function isoWithOffset(at: Instant, zone: string): string {
  return secondsIn(zone)(Math.floor(at / second))
}

const second = 1_000
/** The same times are shown over and over: the slots of the days that can be booked, and this very second. */
const secondsIn = remember(100, (zone: string) => remember(20_000, (at: number) => writtenIn(at * second, zone)))

function writtenIn(at: Instant, zone: string): string {
  const offset = offsetAt(at, zone)
  // Before there were zones, towns had seconds of their own; ISO 8601 has none.
  const minutes = Math.round(Math.abs(offset) / minute)
  const two = (figure: number) => String(figure).padStart(2, "0")
  return `${wallText(at, offset)}${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** Reads an ISO instant with its offset or Z; `null` for anything else. */
export function readInstant(text: string): Instant | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return null
  try {
    return Temporal.Instant.from(text).epochMilliseconds
  } catch {
    return null
  }
}

/** 1 = Monday … 7 = Sunday (ISO 8601). */
export function weekday(day: Day): number {
  return Temporal.PlainDate.from(day).dayOfWeek
}
