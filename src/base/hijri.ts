import type { Day } from "./day.ts"
import { asciiDigits } from "./text.ts"

/** A date of the Umm al-Qura calendar, the civil calendar of the Kingdom. */
export interface HijriDate {
  year: number
  month: number
  date: number
}

/** The years that the tables of Umm al-Qura cover (CLDR `islamic-umalqura`); outside them the calendar is only arithmetic. */
export const hijriYears = { first: 1300, last: 1600 } as const

export function toHijri(day: Day): HijriDate {
  const { year, month, day: date } = Temporal.PlainDate.from(day).withCalendar("islamic-umalqura")
  return { year, month, date }
}

/** The Gregorian day of a Hijri date; `null` where there is no such date or no table for it. */
export function fromHijri({ year, month, date }: HijriDate): Day | null {
  if (!Number.isInteger(year) || year < hijriYears.first || year > hijriYears.last) return null
  try {
    const found = Temporal.PlainDate.from(
      { year, month, day: date, calendar: "islamic-umalqura" },
      { overflow: "reject" },
    )
    return found.withCalendar("iso8601").toString() as Day
  } catch {
    return null
  }
}

/** Reads a Hijri date written year, month, day with -, / or spaces, in any digits. */
export function readHijri(text: string): Day | null {
  const parts = /^(\d{4})[-/\s](\d{1,2})[-/\s](\d{1,2})$/.exec(asciiDigits(text).trim())
  if (!parts) return null
  const [year, month, date] = parts.slice(1).map(Number) as [number, number, number]
  return fromHijri({ year, month, date })
}

/** YYYY-MM-DD in the Hijri calendar, for programs. */
export function hijriDay(day: Day): string {
  const { year, month, date } = toHijri(day)
  return `${year}-${String(month).padStart(2, "0")}-${String(date).padStart(2, "0")}`
}

/** Whole years of age on `on` in either calendar. Born on the 30th counts on the 29th where the month is short. */
export function ageOn(born: Day, on: Day, calendar: "hijri" | "gregorian"): number {
  const name = calendar === "hijri" ? "islamic-umalqura" : "iso8601"
  const [from, until] = [born, on].map((day) => Temporal.PlainDate.from(day).withCalendar(name)) as [
    Temporal.PlainDate,
    Temporal.PlainDate,
  ]
  let years = until.year - from.year
  if (Temporal.PlainDate.compare(from.add({ years }), until) > 0) years--
  return years
}
