import { type Day, readDay } from "./day.ts"
import { asciiDigits, withoutMarks } from "./text.ts"

/** A date of the Umm al-Qura calendar, the civil calendar of the Kingdom. */
export interface HijriDate {
  year: number
  month: number
  date: number
}

/**
 * The years that the tables of Umm al-Qura cover (CLDR `islamic-umalqura`): 12 November 1882 to 25 November 2174. Outside them the
 * library goes on by arithmetic, days away from any calendar on a wall; so nothing here answers there.
 */
export const hijriYears = { first: 1300, last: 1600 } as const

/** The Hijri date of a day; `null` where there is no table for it. */
export function toHijri(day: Day): HijriDate | null {
  const { year, month, day: date } = Temporal.PlainDate.from(day).withCalendar("islamic-umalqura")
  return year < hijriYears.first || year > hijriYears.last ? null : { year, month, date }
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

/**
 * Reads a Hijri date as it is typed: year, month, day or day, month, year (the year has four digits) with one of - / . or spaces between
 * them, in any digits. `null` where there is no such date or no table for it.
 */
export function readHijri(text: string): Day | null {
  const typed = asciiDigits(withoutMarks(text)).trim()
  const parts =
    /^(?<year>\d{4})(?<sign>[-/.]|\s+)(?<month>\d{1,2})\k<sign>(?<date>\d{1,2})$/.exec(typed) ??
    /^(?<date>\d{1,2})(?<sign>[-/.]|\s+)(?<month>\d{1,2})\k<sign>(?<year>\d{4})$/.exec(typed)
  if (!parts?.groups) return null
  const { year, month, date } = parts.groups
  return fromHijri({ year: Number(year), month: Number(month), date: Number(date) })
}

/** YYYY-MM-DD in the Hijri calendar, for programs; `null` where there is no table for it. */
export function hijriDay(day: Day): string | null {
  const hijri = toHijri(day)
  if (!hijri) return null
  const { year, month, date } = hijri
  return `${year}-${String(month).padStart(2, "0")}-${String(date).padStart(2, "0")}`
}

/**
 * Whole years of age on `on` in either calendar, negative before birth. Where the month is too short for the day of birth (the 30th of a
 * Hijri month, 29 February) its last day counts.
 */
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

/**
 * The day on which somebody born on `born` has been alive for so many years of the calendar. Where the month is too short for the day of
 * birth its last day counts.
 */
export function anniversary(born: Day, years: number, calendar: "hijri" | "gregorian"): Day {
  const name = calendar === "hijri" ? "islamic-umalqura" : "iso8601"
  const from = Temporal.PlainDate.from(born).withCalendar(name)
  return from.add({ years }).withCalendar("iso8601").toString() as Day
}

/**
 * A date of birth as it stands in a document, in three fields and any digits, of whichever calendar: the year tells. A Hijri year of anybody
 * who lives lies between 1300 and 1600, a Gregorian one from 1900 on. `null` where there is no such date.
 */
export function readBirth({ day, month, year }: { day: string; month: string; year: string }): Day | null {
  const [date, which, of] = [day, month, year].map((text) => asciiDigits(withoutMarks(text)).trim()) as [
    string,
    string,
    string,
  ]
  if (!/^\d{1,2}$/.test(date) || !/^\d{1,2}$/.test(which) || !/^\d{4}$/.test(of)) return null
  if (Number(of) <= hijriYears.last) return fromHijri({ year: Number(of), month: Number(which), date: Number(date) })
  return readDay(`${of}-${which.padStart(2, "0")}-${date.padStart(2, "0")}`)
}

/**
 * The Gregorian years in which somebody was born who gives this as the year of birth. A Hijri year lies in two of them, now and then in
 * one; a Gregorian one is itself.
 */
export function birthYearsOf(year: number): number[] {
  const first = fromHijri({ year, month: 1, date: 1 })
  if (first === null) return [year]
  const last = Temporal.PlainDate.from(first).withCalendar("islamic-umalqura").add({ years: 1 }).subtract({ days: 1 })
  const [from, until] = [Number(first.slice(0, 4)), last.withCalendar("iso8601").year]
  return from === until ? [from] : [from, until]
}
