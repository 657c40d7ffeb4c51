import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { day, minute } from "../../base/day.ts"
import { isoWithOffset, wallToInstant } from "../../base/time.ts"
import { type OfficeHours, type Session, sessionsBetween } from "../offices/hours.ts"
import { readSlotId, slotId, slotsNeeded, slotsOf } from "./grid.ts"

function session(on: string, start: string, minutes: number, pause?: { start: string; minutes: number }): Session {
  const plain = { id: "1", rrule: "FREQ=DAILY", season: null, validFrom: null, validTo: null, bookingOnly: false }
  const rules: OfficeHours["rules"] = [
    { ...plain, layer: "base", start, minutes },
    ...(pause ? [{ ...plain, layer: "break" as const, ...pause }] : []),
  ]
  const hours = { zone: "Europe/Berlin", rules, seasons: [], holidays: [], changes: [] }
  const [found] = sessionsBetween(hours, day(on), day(on))
  if (!found) throw new Error(`closed on ${on}`)
  return found
}

function times(of: Session, gridMinutes: number): string[] {
  return slotsOf(of, gridMinutes).map((at) => isoWithOffset(at, "Europe/Berlin").slice(11, 16))
}

describe("the slots of a session", () => {
  test("begin with it and end with it", () => {
    expect(times(session("2026-11-22", "09:00", 60), 15)).toEqual(["09:00", "09:15", "09:30", "09:45"])
  })

  test("leave a tail that holds no whole slot unused: none runs past closing", () => {
    expect(times(session("2026-11-22", "10:00", 120), 25)).toEqual(["10:00", "10:25", "10:50", "11:15"])
    expect(times(session("2026-11-22", "10:00", 20), 25)).toEqual([])
  })

  test("leave the break out, and nothing runs into it", () => {
    const abha = session("2026-11-22", "11:30", 120, { start: "12:00", minutes: 30 })
    expect(times(abha, 15)).toEqual(["11:30", "11:45", "12:30", "12:45", "13:00", "13:15"])
    expect(times(abha, 20)).toEqual(["11:30", "12:30", "12:50", "13:10"])
  })

  test("of a quarter of an hour offer five hours of places from midnight to four when the clocks go back", () => {
    const found = slotsOf(session("2026-10-25", "00:00", 240), 15)
    expect(found).toHaveLength(20)
    expect(new Set(found).size).toBe(20)
    // The hour from two to three comes twice by the clock, each of its moments once.
    const shown = times(session("2026-10-25", "00:00", 240), 60)
    expect(shown).toEqual(["00:00", "01:00", "02:00", "02:00", "03:00"])
  })

  test("offer seven hours of places from nine to five when they go forward, and none in the skipped hour", () => {
    const night = session("2026-03-28", "21:00", 480)
    expect(slotsOf(night, 15)).toHaveLength(28)
    expect(times(night, 60)).toEqual(["21:00", "22:00", "23:00", "00:00", "01:00", "03:00", "04:00"])
  })

  test("are at one o'clock on a Sunday afternoon whatever happened to the clocks that night", () => {
    for (const on of ["2026-03-29", "2026-10-25"]) {
      const found = slotsOf(session(on, "13:00", 300), 30)
      expect(found).toHaveLength(10)
      expect(found[0]).toBe(wallToInstant(day(on), "13:00", "Europe/Berlin"))
    }
  })

  test("after midnight belong to the session of the evening: 23:30 and 00:45 are both there", () => {
    const shown = times(session("2026-11-22", "21:00", 270), 15)
    expect(shown).toContain("23:30")
    expect(shown).toContain("00:45")
  })

  test("need a grid: one of no minutes is a mistake, not an endless list", () => {
    for (const wrong of [0, -15, Number.NaN]) {
      expect(() => slotsOf(session("2026-11-22", "09:00", 60), wrong)).toThrow(RangeError)
    }
  })

  test("never overlap, whatever the grid, the session and its break", () => {
    const start = session("2026-10-25", "00:00", 240).startsAt
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 120 }),
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: 1, max: 120 }),
        (grid, length, breakAt, breakLength) => {
          const pause = { startsAt: start + breakAt * minute, endsAt: start + (breakAt + breakLength) * minute }
          const endsAt = start + length * minute
          const of = {
            day: day("2026-10-25"),
            startsAt: start,
            endsAt,
            breaks: [pause],
            bookingOnly: false,
            shifted: false,
          }
          const found = slotsOf(of, grid)
          for (const [index, at] of found.entries()) {
            expect(at + grid * minute).toBeLessThanOrEqual(endsAt)
            expect(at + grid * minute <= pause.startsAt || at >= pause.endsAt).toBe(true)
            expect(at).toBeGreaterThanOrEqual((found[index - 1] ?? start - grid * minute) + grid * minute)
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe("a slot's id", () => {
  const startsAt = Date.parse("2026-11-22T07:30:00Z")

  test("says office, line and the start in UTC", () => {
    expect(slotId("RUH-RML", "PAS", startsAt)).toBe("RUH-RML.PAS.20261122T0730")
    expect(readSlotId("RUH-RML.PAS.20261122T0730")).toEqual({ office: "RUH-RML", line: "PAS", startsAt })
  })

  test("differs between the two half past twos of an autumn night", () => {
    const ids = slotsOf(session("2026-10-25", "02:00", 60), 30).map((at) => slotId("BER-MIS", "CIV", at))
    expect(ids).toHaveLength(4)
    expect(new Set(ids).size).toBe(4)
  })

  test("is read back as it was made", () => {
    const whole = fc.integer({
      min: Date.parse("1900-01-02T00:00Z") / minute,
      max: Date.parse("2200-12-31T23:59Z") / minute,
    })
    fc.assert(
      fc.property(whole, (minutes) => {
        expect(readSlotId(slotId("A1-B2", "PAS", minutes * minute))?.startsAt).toBe(minutes * minute)
      }),
    )
  })

  for (const wrong of [
    "RUH-RML.PAS.20260230T0730",
    "RUH-RML.PAS.20261122T2400",
    "RUH-RML.PAS.20261122T0760",
    "RUH-RML.PAS.20261122T0730Z",
    "RUH-RML.PAS.20261122T0730\n",
    "ruh-rml.PAS.20261122T0730",
    "RUH-RML.PAS",
    "RUH-RML..20261122T0730",
    "RUH.RML.PAS.20261122T0730",
    "RUH-RML.PAS.00001122T0730",
    "RUH-RML.PAS.99991231T2359",
    "RUH-RML.PAS.٢٠٢٦1122T0730",
    "",
  ]) {
    test(`is nothing else: ${JSON.stringify(wrong)}`, () => expect(readSlotId(wrong)).toBeNull())
  }
})

describe("the places of a visit", () => {
  test("one person's twenty minutes take two slots of a quarter", () => {
    expect(slotsNeeded(20, 1, 3, 15)).toEqual({ width: 1, length: 2 })
    expect(slotsNeeded(15, 1, 3, 15)).toEqual({ width: 1, length: 1 })
  })

  test("three people sit side by side where there are three places", () => {
    expect(slotsNeeded(15, 3, 3, 15)).toEqual({ width: 3, length: 1 })
  })

  test("a family larger than the places takes the following slots too", () => {
    expect(slotsNeeded(15, 4, 3, 15)).toEqual({ width: 3, length: 2 })
    expect(slotsNeeded(20, 5, 2, 15)).toEqual({ width: 2, length: 5 })
  })

  test("a line without public places still counts one at a time", () => {
    expect(slotsNeeded(15, 2, 0, 15)).toEqual({ width: 1, length: 2 })
  })

  test("hold everybody's time, and not one slot more than that needs", () => {
    const small = (max: number) => fc.integer({ min: 1, max })
    fc.assert(
      fc.property(small(480), small(6), small(9), small(60), (minutes, people, places, grid) => {
        const { width, length } = slotsNeeded(minutes, people, places, grid)
        const each = Math.ceil(minutes / grid)
        expect(width * length).toBeGreaterThanOrEqual(each * people)
        expect(width * (length - 1)).toBeLessThan(each * people)
        expect(width).toBeLessThanOrEqual(Math.min(people, places))
      }),
    )
  })
})
