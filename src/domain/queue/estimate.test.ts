import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { minute } from "../../base/day.ts"
import { expectedStarts, freeAt, type Hall, horizon, pace, type Waiter, waitRange } from "./estimate.ts"

const now = 1_000_000_000_000
const profile = [{ line: "PAS", handicap: 0 }]
const after = (minutes: number) => now + minutes * minute

function waiter(id: string, dueIn: number, more: Partial<Waiter> = {}): Waiter {
  return { id, line: "PAS", due: after(dueIn), arrival: dueIn, minutes: 10, from: now, ...more }
}
const counters = (count: number, free = 0): Hall["counters"] =>
  Array.from({ length: count }, (_, index) => ({ id: `c${index}`, profile, freeAt: after(free) }))

function startsOf(hall: Partial<Hall>): Record<string, number> {
  const starts = expectedStarts({ now, breaks: [], counters: counters(1), waiters: [], ...hall })
  return Object.fromEntries([...starts].map(([id, at]) => [id, (at - now) / minute]))
}

describe("the rest of the day, run ahead", () => {
  test("people are taken in the order of their due times, one after the other", () => {
    const waiters = [waiter("late", 30), waiter("first", 10), waiter("second", 20)]
    expect(startsOf({ waiters })).toEqual({ first: 0, second: 10, late: 20 })
    expect(startsOf({ waiters, counters: counters(2) })).toEqual({ first: 0, second: 0, late: 10 })
  })

  test("a counter that is busy takes the next one when it is free", () => {
    expect(startsOf({ waiters: [waiter("a", 5)], counters: counters(1, 7) })).toEqual({ a: 7 })
  })

  test("a start is an instant, also where the pace of the day gives no whole minutes", () => {
    const waiters = [waiter("a", 5, { minutes: 10 / 3 }), waiter("b", 6, { minutes: 7.123456789 }), waiter("c", 7)]
    const starts = expectedStarts({ now, breaks: [], counters: counters(1, 1 / 3), waiters })
    for (const at of starts.values()) expect(Number.isInteger(at)).toBe(true)
    expect(starts.size).toBe(3)
  })

  test("where no counter serves a line, its people have no time at all", () => {
    expect(startsOf({ waiters: [waiter("a", 5, { line: "RES" })] })).toEqual({})
    expect(startsOf({ waiters: [waiter("a", 5)], counters: [] })).toEqual({})
  })

  test("a counter helps another line once that line's person is due by more than the handicap earlier", () => {
    const helper = [{ id: "c", freeAt: now, profile: [...profile, { line: "RES", handicap: 20 }] }]
    const own = waiter("own", 40)
    expect(startsOf({ waiters: [own, waiter("res", 25, { line: "RES" })], counters: helper })).toEqual({
      own: 0,
      res: 10,
    })
    expect(startsOf({ waiters: [own, waiter("res", 15, { line: "RES" })], counters: helper })).toEqual({
      res: 0,
      own: 10,
    })
  })

  test("who is early, away or still to come is not taken before the time, and nobody waits for them", () => {
    const waiters = [waiter("booked", 5, { from: after(12) }), waiter("walkin", 45), waiter("next", 50)]
    expect(startsOf({ waiters })).toEqual({ walkin: 0, next: 10, booked: 20 })
  })

  test("an idle counter wakes for who comes next", () => {
    expect(startsOf({ waiters: [waiter("a", 5, { from: after(25) })] })).toEqual({ a: 25 })
  })

  test("nobody is called in a break", () => {
    const breaks = [{ startsAt: after(15), endsAt: after(45) }]
    expect(startsOf({ waiters: [waiter("a", 1), waiter("b", 2), waiter("c", 3)], breaks })).toEqual({
      a: 0,
      b: 10,
      c: 45,
    })
  })

  test("of the same due who came first is first", () => {
    const waiters = [waiter("b", 5, { arrival: 2 }), waiter("a", 5, { arrival: 1 })]
    expect(startsOf({ waiters })).toEqual({ a: 0, b: 10 })
  })

  test("a crowd is looked at only as far as the horizon", () => {
    const waiters = Array.from({ length: horizon + 500 }, (_, index) => waiter(`w${index}`, index))
    expect(Object.keys(startsOf({ waiters, counters: counters(8) }))).toHaveLength(horizon)
  })

  test("the same hall gives the same answer, in whatever order it was read, and nobody is started before coming", () => {
    const anyone = fc.record({
      due: fc.integer({ min: 0, max: 300 }),
      minutes: fc.integer({ min: 1, max: 40 }),
      from: fc.integer({ min: 0, max: 120 }),
    })
    fc.assert(
      fc.property(
        fc.array(anyone, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 6 }),
        (people, count) => {
          const waiters = people.map(({ due, minutes, from }, index) =>
            waiter(`w${index}`, due, { minutes, from: after(from), arrival: index }),
          )
          const once = startsOf({ waiters, counters: counters(count) })
          expect(startsOf({ waiters: [...waiters].reverse(), counters: counters(count) })).toEqual(once)
          expect(Object.keys(once)).toHaveLength(waiters.length)
          for (const { id, from } of waiters) expect(once[id]).toBeGreaterThanOrEqual((from - now) / minute)
        },
      ),
    )
  })
})

test("a wait is said in fives, wider the further away it is", () => {
  const said = (minutes: number) => {
    const { lowMinutes, highMinutes } = waitRange(now, after(minutes))
    return `${lowMinutes}-${highMinutes}`
  }
  expect([0, 4, 12, 30, 100].map(said)).toEqual(["0-5", "0-5", "5-15", "20-40", "80-120"])
  expect(waitRange(now, now - 5 * minute)).toEqual({ lowMinutes: 0, highMinutes: 5 })
})

test("today's pace counts from ten people on, and only the last twenty", () => {
  const served = (count: number, tookMinutes: number) =>
    Array.from({ length: count }, () => ({ tookMinutes, plannedMinutes: 14 }))
  expect(pace(served(9, 7))).toBe(1)
  expect(pace(served(10, 7))).toBe(0.5)
  expect(pace([...served(30, 70), ...served(20, 7)])).toBe(0.5)
})

test("who stays longer than planned is given a little more, again and again", () => {
  expect(freeAt(now, after(-5), 20)).toBe(after(15))
  expect(freeAt(now, after(-60), 20)).toBe(after(5))
})
