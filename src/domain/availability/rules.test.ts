import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { minute } from "../../base/day.ts"
import { earliestStart, holdMinutesInAll, holdTimes, nearest, visitsThatFit } from "./rules.ts"

const now = Date.parse("2026-11-22T07:00:00Z")

describe("how long a place is kept", () => {
  test("a first hold stands for ten minutes", () => {
    expect(holdTimes(now, null)).toEqual({ since: now, until: now + 10 * minute })
  })

  test("a hold taken again after seven minutes counts those seven", () => {
    const last = { since: now - 7 * minute, until: now + 3 * minute, used: false }
    expect(holdTimes(now, last)).toEqual({ since: now - 7 * minute, until: now + 10 * minute })
  })

  test("the last hold of a chain is cut where thirty minutes are full", () => {
    const last = { since: now - 24 * minute, until: now + 6 * minute, used: false }
    expect(holdTimes(now, last)?.until).toBe(now + 6 * minute)
  })

  test("who has kept places for thirty minutes has to pause", () => {
    expect(holdTimes(now, { since: now - 30 * minute, until: now, used: false })).toBeNull()
    expect(holdTimes(now + 29 * minute, { since: now - 30 * minute, until: now, used: false })).toBeNull()
    expect(holdTimes(now + 30 * minute, { since: now - 30 * minute, until: now, used: false })?.since).toBe(
      now + 30 * minute,
    )
  })

  test("a pause costs nothing: only the minutes kept are counted", () => {
    const last = { since: now - 10 * minute, until: now, used: false }
    expect(holdTimes(now + 25 * minute, last)).toEqual({ since: now + 15 * minute, until: now + 35 * minute })
  })

  test("a hold that became a booking begins no chain", () => {
    expect(holdTimes(now, { since: now - 29 * minute, until: now, used: true })?.since).toBe(now)
  })

  test("however often it is renewed within half an hour, places are never kept longer than thirty minutes in all", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 25 * minute }), { maxLength: 30 }), (waits) => {
        let at = now
        let last: { since: number; until: number; used: boolean } | null = null
        let kept = 0
        for (const wait of waits) {
          at += wait
          const times = holdTimes(at, last)
          if (!times) break
          if (last) kept -= Math.max(0, last.until - at)
          kept += times.until - at
          last = { ...times, used: false }
        }
        expect(kept).toBeLessThanOrEqual(holdMinutesInAll * minute)
      }),
    )
  })
})

describe("how many visits fit", () => {
  const slot = (places: number, taken: number, held = 0) => ({ places, taken, held })

  test("the fullest of the slots decides", () => {
    expect(visitsThatFit([slot(3, 0), slot(3, 2), slot(3, 1)], 1)).toBe(1)
  })

  test("a family of two fits twice where five places are free", () => {
    expect(visitsThatFit([slot(6, 1)], 2)).toBe(2)
  })

  test("places kept by others are not free", () => {
    expect(visitsThatFit([slot(3, 1, 2)], 1)).toBe(0)
  })

  test("fewer places than were taken is none free, never less", () => {
    expect(visitsThatFit([slot(3, 4)], 1)).toBe(0)
  })

  test("no slots, no visits", () => {
    expect(visitsThatFit([], 1)).toBe(0)
  })
})

test("the nearest three are given in the order of time, the earlier first where two are as near", () => {
  const at = (minutes: number) => ({ startsAt: now + minutes * minute })
  const among = [at(-60), at(-15), at(15), at(30), at(-30)]
  expect(nearest(among, now, 3)).toEqual([at(-30), at(-15), at(15)])
})

test("an office without notice still offers nothing that has begun", () => {
  expect(earliestStart(now, { soonestMinutes: 0 }, false)).toBe(now + 1)
  expect(earliestStart(now, { soonestMinutes: 60 }, false)).toBe(now + 60 * minute)
  expect(earliestStart(now, { soonestMinutes: 60 }, true)).toBe(now + 1)
})
