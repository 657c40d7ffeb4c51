import { remember } from "./remember.ts"

/** A calendar date without time or zone, written YYYY-MM-DD. Compares and sorts as text. */
export type Day = string & { readonly __day: unique symbol }

/** An instant: whole milliseconds since 1970-01-01T00:00Z. */
export type Instant = number

export const minute = 60_000
export const hour = 60 * minute

/** Reads a day; `null` for anything that is not a real date of the proleptic Gregorian calendar between 1900 and 2200. */
export function readDay(text: string): Day | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!parts) return null
  const [year, month, date] = parts.slice(1).map(Number) as [number, number, number]
  if (year < 1900 || year > 2200) return null
  const instant = new Date(Date.UTC(year, month - 1, date))
  return instant.getUTCMonth() === month - 1 && instant.getUTCDate() === date ? (text as Day) : null
}

/** For literals in code and tests; throws on what is not a day. */
export function day(text: string): Day {
  const read = readDay(text)
  if (!read) throw new RangeError(`not a day: ${text}`)
  return read
}

/** The day `count` days later (earlier when negative). Calendar arithmetic, so no zone and no clock change can move it. */
export function addDays(from: Day, count: number): Day {
  return later(count)(from)
}

const later = remember(400, (count: number) =>
  remember(100, (from: Day): Day => {
    const [year, month, date] = from.split("-").map(Number) as [number, number, number]
    return new Date(Date.UTC(year, month - 1, date + count)).toISOString().slice(0, 10) as Day
  }),
)

/** Whole days from `first` to `last`; negative when `last` is earlier. */
export function daysBetween(first: Day, last: Day): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / (24 * hour))
}

/** Every day from `first` to `last`, both included. */
export function daysFrom(first: Day, last: Day): Day[] {
  const count = daysBetween(first, last)
  return Array.from({ length: Math.max(0, count + 1) }, (_, index) => addDays(first, index))
}
