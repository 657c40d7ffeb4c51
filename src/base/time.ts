import type { Day, Instant } from "./day.ts"

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
  const text = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime().toString()
  return { day: text.slice(0, 10) as Day, time: text.slice(11, 16) }
}

/** The calendar day in a zone at an instant. */
export function dayIn(at: Instant, zone: string): Day {
  return instantToWall(at, zone).day
}

/** A wall time `minutes` later by the wall clock. */
export function addWall({ day, time }: Wall, minutes: number): Wall {
  const text = Temporal.PlainDateTime.from(`${day}T${time}`).add({ minutes }).toString()
  return { day: text.slice(0, 10) as Day, time: text.slice(11, 16) }
}

/** ISO 8601 with the zone's offset at that instant, to the second: 2026-11-22T10:00:00+03:00. */
export function isoWithOffset(at: Instant, zone: string): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  return zoned.toString({ timeZoneName: "never", fractionalSecondDigits: 0 })
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
