import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { addDays, type Day, day, daysBetween } from "./day.ts"
import {
  ageOn,
  anniversary,
  birthYearsOf,
  fromHijri,
  hijriDay,
  hijriYears,
  readBirth,
  readHijri,
  toHijri,
} from "./hijri.ts"

const firstDay = "1882-11-12" as Day
const lastDay = day("2174-11-25")
const tabled = fc.integer({ min: 0, max: daysBetween(firstDay, lastDay) }).map((count) => addDays(firstDay, count))

describe("the calendar of Umm al-Qura", () => {
  const known: [day: string, hijri: string, what: string][] = [
    ["2026-03-20", "1447-10-01", "the feast of 1447"],
    ["2026-02-18", "1447-09-01", "the first of Ramadan 1447"],
    ["2027-02-08", "1448-09-01", "the first of Ramadan 1448"],
    ["2027-03-08", "1448-09-29", "the last of Ramadan 1448, which has 29 days"],
    ["2027-03-09", "1448-10-01", "the feast of 1448"],
    ["2027-05-16", "1448-12-10", "the feast of sacrifice of 1448"],
    ["2027-06-06", "1449-01-01", "the new year 1449"],
    ["2030-01-05", "1451-09-01", "the first Ramadan of 2030"],
    ["2030-12-26", "1452-09-01", "the second Ramadan of 2030"],
    ["1882-11-12", "1300-01-01", "the first day of the tables"],
    ["2174-11-25", "1600-12-30", "the last day of the tables"],
  ]
  for (const [on, hijri, what] of known) {
    test(`has ${what} on ${on}`, () => {
      expect(hijriDay(on as Day)).toBe(hijri)
      expect(readHijri(hijri)).toBe(on as Day)
    })
  }

  test("goes there and back on every day of its tables, and onwards by one day each", () => {
    fc.assert(
      fc.property(tabled, (on) => {
        const hijri = toHijri(on)
        if (!hijri) throw new Error(`no table for ${on}`)
        expect(fromHijri(hijri)).toBe(on)
        const next = toHijri(addDays(on, 1))
        const goesOn = next === null || next.date === hijri.date + 1 || (next.date === 1 && hijri.date >= 29)
        expect(goesOn).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test("gives every month 29 or 30 days", () => {
    for (let year: number = hijriYears.first; year <= hijriYears.last; year += 7) {
      for (let month = 1; month <= 12; month++) {
        expect(fromHijri({ year, month, date: 29 })).not.toBeNull()
        expect(fromHijri({ year, month, date: 31 })).toBeNull()
      }
    }
  })

  test("says nothing outside its tables, where there would only be arithmetic", () => {
    for (const on of ["1882-11-11" as Day, day("2174-11-26"), day("2200-12-31")]) {
      expect(toHijri(on)).toBeNull()
      expect(hijriDay(on)).toBeNull()
    }
    for (const year of [1299, 1601, 0, -1, 1447.5, Number.NaN]) {
      expect(fromHijri({ year, month: 1, date: 1 })).toBeNull()
    }
  })
})

describe("a Hijri date that is typed", () => {
  test("is read in any digits and with any sign between them", () => {
    for (const text of [
      ...["1447-10-01", "1447/10/1", "1447.10.1", "1447 10 1", " 1447-10-1 ", "١٤٤٧/١٠/١", "۱۴۴۷/۱۰/۱", "١٤٤٧-١٠-٠١"],
      ...["1/10/1447", "01-10-1447", "١/١٠/١٤٤٧", "\u200f1447/10/1\u200f"],
    ]) {
      expect(readHijri(text)).toBe(day("2026-03-20"))
    }
  })

  test("that is in no month is refused: 30 Ramadan of a year with 29, a thirteenth month", () => {
    expect(readHijri("1448-09-29")).toBe(day("2027-03-08"))
    for (const text of ["1448-09-30", "1448-13-01", "1448-00-01", "1448-01-00", "1448-01-31"]) {
      expect(readHijri(text)).toBeNull()
    }
  })

  test("that lies outside the tables is refused", () => {
    for (const text of ["1299-12-29", "1601-01-01", "2026-03-20", "0001-01-01"]) expect(readHijri(text)).toBeNull()
  })

  test("that is no date is refused", () => {
    for (const text of ["", "1447", "1447-10", "1447/10-1", "1447--10-1", "47-10-1", "1447-10-1-1", "1 شوال 1447"]) {
      expect(readHijri(text)).toBeNull()
    }
  })
})

describe("age", () => {
  const born = day("2005-08-01")

  test("a son born on 1 August 2005 is 21 by the Hijri calendar on 17 December 2025, not a day earlier", () => {
    expect(ageOn(born, day("2025-12-16"), "hijri")).toBe(20)
    expect(ageOn(born, day("2025-12-17"), "hijri")).toBe(21)
  })

  test("and by the Gregorian on 1 August 2026", () => {
    expect(ageOn(born, day("2025-12-17"), "gregorian")).toBe(20)
    expect(ageOn(born, day("2026-07-31"), "gregorian")).toBe(20)
    expect(ageOn(born, day("2026-08-01"), "gregorian")).toBe(21)
  })

  test("born on the 30th, the 29th counts where the month is short", () => {
    const lastOfMonth = day("2006-04-28")
    expect(hijriDay(lastOfMonth)).toBe("1427-03-30")
    expect(fromHijri({ year: 1448, month: 3, date: 30 })).toBeNull()
    expect(ageOn(lastOfMonth, day("2026-09-10"), "hijri")).toBe(20)
    expect(ageOn(lastOfMonth, day("2026-09-11"), "hijri")).toBe(21)
    expect(hijriDay(day("2026-09-11"))).toBe("1448-03-29")
  })

  test("born on 29 February, the 28th counts in other years", () => {
    expect(ageOn(day("2004-02-29"), day("2025-02-27"), "gregorian")).toBe(20)
    expect(ageOn(day("2004-02-29"), day("2025-02-28"), "gregorian")).toBe(21)
    expect(ageOn(day("2004-02-29"), day("2028-02-28"), "gregorian")).toBe(23)
    expect(ageOn(day("2004-02-29"), day("2028-02-29"), "gregorian")).toBe(24)
  })

  test("is nought on the day of birth and below it before", () => {
    expect(ageOn(born, born, "hijri")).toBe(0)
    expect(ageOn(born, addDays(born, -1), "gregorian")).toBe(-1)
  })

  test("never falls as days go by, rises by one at most, and is higher in the shorter year", () => {
    const birth = fc.integer({ min: 0, max: 40_000 }).map((count) => addDays(day("1930-01-01"), count))
    fc.assert(
      fc.property(birth, fc.integer({ min: 0, max: 30_000 }), (from, days) => {
        const on = addDays(from, days)
        for (const calendar of ["hijri", "gregorian"] as const) {
          const step = ageOn(from, addDays(on, 1), calendar) - ageOn(from, on, calendar)
          expect(step === 0 || step === 1).toBe(true)
        }
        expect(ageOn(from, on, "hijri")).toBeGreaterThanOrEqual(ageOn(from, on, "gregorian"))
      }),
    )
  })

  test("by the Hijri calendar is what year, month and day say, with a short month's last day for the 30th", () => {
    fc.assert(
      fc.property(tabled, fc.integer({ min: 0, max: 30_000 }), (from, days) => {
        const on = addDays(from, days)
        const [birth, today, tomorrow] = [toHijri(from), toHijri(on), toHijri(addDays(on, 1))]
        if (!birth || !today || !tomorrow) return
        const lastOfMonth = tomorrow.date === 1
        const reached =
          today.month > birth.month || (today.month === birth.month && (today.date >= birth.date || lastOfMonth))
        expect(ageOn(from, on, "hijri")).toBe(today.year - birth.year - (reached ? 0 : 1))
      }),
      { numRuns: 300 },
    )
  })
})

describe("a date of birth in three fields", () => {
  test("is of the calendar that its year says, in any digits", () => {
    const read = (day: string, month: string, year: string) => readBirth({ day, month, year })
    expect(read("11", "12", "1989")).toBe(day("1989-12-11"))
    expect(read("12", "5", "1410")).toBe(day("1989-12-11"))
    expect(read("١٢", "٠٥", "١٤١٠")).toBe(day("1989-12-11"))
    expect(read(" 1 ", "۱", "1990")).toBe(day("1990-01-01"))
  })

  test("is nothing where there is no such day, however near", () => {
    for (const [day, month, year] of [
      ["30", "2", "1990"],
      ["30", "6", "1410"],
      ["1", "13", "1410"],
      ["1", "1", "90"],
      ["1", "1", "1299"],
      ["1", "1", "1700"],
      ["", "1", "1990"],
      ["1e0", "1", "1990"],
    ] as const) {
      expect([day, month, year, readBirth({ day, month, year })]).toEqual([day, month, year, null])
    }
  })
})

describe("a birthday so many years on", () => {
  test("of the thirtieth of a Hijri month falls on the twenty-ninth where that month is short", () => {
    expect(anniversary(day("2006-04-28"), 21, "hijri")).toBe(day("2026-09-11"))
    expect(anniversary(day("2004-02-29"), 21, "gregorian")).toBe(day("2025-02-28"))
  })

  test("agrees with the age: on that day somebody is so old, and the day before not yet", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), (count) => {
        const born = addDays(day("1910-01-01"), count)
        const when = anniversary(born, 21, "hijri")
        expect([ageOn(born, when, "hijri"), ageOn(born, addDays(when, -1), "hijri")]).toEqual([21, 20])
      }),
    )
  })
})

test("a year of birth in the Hijri calendar stands for the one or two Gregorian years that it lies in", () => {
  expect(birthYearsOf(1410)).toEqual([1989, 1990])
  expect(birthYearsOf(1379)).toEqual([1959, 1960])
  // Began on 4 January 1943 and ended on 27 December.
  expect(birthYearsOf(1362)).toEqual([1943])
  expect([birthYearsOf(1990), birthYearsOf(0)]).toEqual([[1990], [0]])
})
