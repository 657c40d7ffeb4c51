import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { addDays, day, daysBetween, daysFrom, readDay } from "./day.ts"

const someDay = fc
  .integer({ min: Date.parse("1900-01-01") / 86_400_000, max: Date.parse("2200-12-31") / 86_400_000 })
  .map((count) => day(new Date(count * 86_400_000).toISOString().slice(0, 10)))

describe("a day that is typed", () => {
  test("is a date of the calendar, written with four, two and two digits", () => {
    for (const text of ["2026-11-22", "1900-01-01", "2200-12-31", "2028-02-29", "2000-02-29"])
      expect(readDay(text)).toBe(day(text))
  })

  const wrong = ["2026-02-29", "1900-02-29", "2100-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00"]
  const unread = ["1899-12-31", "2201-01-01", "26-01-01", "2026-1-1", "2026-11-22T00:00", " 2026-11-22", "2026-11-22\n"]
  for (const text of [...wrong, ...unread, "٢٠٢٦-١١-٢٢", "-2026-11-22", "20261122", ""]) {
    test(`is nothing else: ${JSON.stringify(text)}`, () => {
      expect(readDay(text)).toBeNull()
      expect(() => day(text)).toThrow(RangeError)
    })
  }

  test("stays that date, though this machine stands west of Greenwich", () => {
    expect(new Date(2026, 2, 1).getTimezoneOffset()).toBeGreaterThan(0)
    expect(readDay("2026-03-01")).toBe(day("2026-03-01"))
    expect(addDays(day("2026-03-01"), 0)).toBe(day("2026-03-01"))
    expect(daysFrom(day("2026-03-01"), day("2026-03-01"))).toEqual([day("2026-03-01")])
  })
})

describe("days later", () => {
  test("go over the ends of months and years, and over 29 February where there is one", () => {
    expect(addDays(day("2026-12-31"), 1)).toBe(day("2027-01-01"))
    expect(addDays(day("2028-02-28"), 1)).toBe(day("2028-02-29"))
    expect(addDays(day("2028-02-29"), 1)).toBe(day("2028-03-01"))
    expect(addDays(day("2027-02-28"), 1)).toBe(day("2027-03-01"))
    expect(addDays(day("2028-02-29"), 366)).toBe(day("2029-03-01"))
  })

  test("take no notice of a clock change, here or anywhere", () => {
    // This machine's clocks change on 8 March and 1 November 2026, Berlin's on 29 March and 25 October.
    for (const on of ["2026-03-07", "2026-03-28", "2026-10-24", "2026-10-31"]) {
      expect(daysBetween(day(on), addDays(day(on), 2))).toBe(2)
      expect(daysFrom(day(on), addDays(day(on), 2))).toHaveLength(3)
    }
  })

  test("and as many days back are the same day", () => {
    fc.assert(
      fc.property(someDay, fc.integer({ min: -40_000, max: 40_000 }), (from, count) => {
        const there = addDays(from, count)
        expect(there).toMatch(/^\d{4}-\d{2}-\d{2}$/)
        expect(addDays(there, -count)).toBe(from)
        expect(daysBetween(from, there)).toBe(count)
        // Days sort as text.
        expect(Math.sign(count)).toBe(there === from ? 0 : there > from ? 1 : -1)
      }),
    )
  })

  test("one after the other are all the days between", () => {
    fc.assert(
      fc.property(someDay, fc.integer({ min: 0, max: 800 }), (first, count) => {
        const all = daysFrom(first, addDays(first, count))
        expect(all).toHaveLength(count + 1)
        expect(all).toEqual(all.toSorted())
        expect(new Set(all).size).toBe(count + 1)
      }),
      { numRuns: 30 },
    )
  })

  test("from a later day to an earlier one are none", () => {
    expect(daysFrom(day("2026-11-23"), day("2026-11-22"))).toEqual([])
    expect(daysBetween(day("2026-11-23"), day("2026-11-22"))).toBe(-1)
  })
})
