import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { day, type Instant, minute } from "../../base/day.ts"
import { wallToInstant } from "../../base/time.ts"
import type { Session } from "../offices/hours.ts"
import { leadingDigit, ticketNumber } from "./numbers.ts"
import { type Chain, hasAgeNeed, type LinePromise, placeOf, stepDue, walkInDue, walkInGap } from "./rules.ts"

const today = day("2026-11-22")
const at = (time: string): Instant => wallToInstant(today, time, "Asia/Riyadh")
const clock = (instant: Instant) => new Date(instant + 3 * 60 * minute).toISOString().slice(11, 16)

const morning: Session = {
  day: today,
  startsAt: at("07:30"),
  endsAt: at("14:30"),
  breaks: [],
  bookingOnly: false,
  shifted: false,
}
const withBreak: Session = { ...morning, breaks: [{ startsAt: at("12:00"), endsAt: at("12:30") }] }
const line: LinePromise = { targetMinutes: 45, needTargetMinutes: 10, graceMinutes: 15 }
const empty: Chain = { latestDue: null, gapMinutes: 6 }
const behind = (time: string): Chain => ({ latestDue: at(time), gapMinutes: 6 })

interface Who {
  comes: string
  booked?: string
  need?: boolean
  ready?: boolean
  walkIn?: Chain
  session?: Session
}

function place({ comes, booked, need = false, ready = false, walkIn = empty, session = morning }: Who) {
  const who = { arrivedAt: at(comes), bookedAt: booked ? at(booked) : null, need, ready }
  const given = placeOf(who, line, { walkIn, need: empty }, session)
  return { due: clock(given.due), by: given.dueBy, early: given.wakeAt === null ? null : clock(given.wakeAt) }
}

describe("a person's due time", () => {
  test("booked for 13:00 and there at 08:00 without being ready: no place before the booked one", () => {
    expect(place({ booked: "13:00", comes: "08:00" })).toEqual({ due: "13:05", by: "booking", early: "13:00" })
  })

  test("booked for 10:00 and there at 09:50: due 10:05, left in peace until 10:00", () => {
    expect(place({ booked: "10:00", comes: "09:50" })).toEqual({ due: "10:05", by: "booking", early: "10:00" })
  })

  test("booked for 10:00 and there at 10:15, within the grace: due 10:20", () => {
    expect(place({ booked: "10:00", comes: "10:15" })).toEqual({ due: "10:20", by: "booking", early: null })
  })

  test("booked for 10:00 and there at 10:20, five minutes beyond the grace: due 10:35", () => {
    expect(place({ booked: "10:00", comes: "10:20" })).toEqual({ due: "10:35", by: "booking", early: null })
  })

  test("booked for 10:00 and there at 10:40 in an empty line: a walk-in's 11:25 is better than 11:35", () => {
    expect(place({ booked: "10:00", comes: "10:40" })).toEqual({ due: "11:25", by: "walkin", early: null })
  })

  test("a walk-in at 09:00 in an empty line: due 09:45", () => {
    expect(place({ comes: "09:00" })).toEqual({ due: "09:45", by: "walkin", early: null })
  })

  test("a walk-in at 09:01 behind one who is due at 09:45: six minutes later, 09:51", () => {
    expect(place({ comes: "09:01", walkIn: behind("09:45") })).toEqual({ due: "09:51", by: "walkin", early: null })
  })

  test("where the first walk-in is ten minutes overdue, a walk-in is promised ten minutes more: 09:55, behind another 10:01", () => {
    expect(place({ comes: "09:00", walkIn: { ...empty, overdueMinutes: 10 } }).due).toBe("09:55")
    expect(place({ comes: "09:01", walkIn: { ...behind("09:45"), overdueMinutes: 10 } }).due).toBe("10:01")
    expect(place({ comes: "11:30", walkIn: { ...empty, overdueMinutes: 10 }, session: withBreak }).due).toBe("12:55")
    expect(place({ comes: "14:00", walkIn: { ...empty, overdueMinutes: 10 } }).due).toBe("14:30")
  })

  test("a walk-in at 14:00 in an empty hall: due by closing time, 14:30", () => {
    expect(place({ comes: "14:00" })).toEqual({ due: "14:30", by: "walkin", early: null })
  })

  test("an elderly person booked for 10:00 and there at 09:40: due 09:50 and may be called now", () => {
    expect(place({ booked: "10:00", comes: "09:40", need: true })).toEqual({ due: "09:50", by: "need", early: null })
  })

  test("booked for 13:00, there at 08:00 and ready, behind a walk-in due at 09:30: takes the walk-in's 09:36", () => {
    const who = { booked: "13:00", comes: "08:00", ready: true, walkIn: behind("09:30") }
    expect(place(who)).toEqual({ due: "09:36", by: "walkin", early: null })
  })

  test("a walk-in at 11:40 before a break from 12:00 to 12:30: only open minutes count, 12:55", () => {
    expect(place({ comes: "11:40", session: withBreak })).toEqual({ due: "12:55", by: "walkin", early: null })
  })

  test("needs have their own places: two of them stand twice a walk-in's gap apart, and no worse than a walk-in", () => {
    const who = { arrivedAt: at("09:00"), bookedAt: null, need: true, ready: false }
    const dueAt = (latest: string) => clock(placeOf(who, line, { walkIn: empty, need: behind(latest) }, morning).due)
    expect(dueAt("09:08")).toBe("09:20")
    expect(dueAt("10:30")).toBe("09:45")
  })

  test("a next step is due its line's target from now", () => {
    expect(clock(stepDue(at("11:40"), line, withBreak))).toBe("12:55")
    expect(clock(stepDue(at("14:20"), line, withBreak))).toBe("14:30")
  })
})

const anyMoment = fc.integer({ min: at("07:00"), max: at("14:29") })
const anyChain = fc.record({
  latestDue: fc.option(fc.integer({ min: at("07:30"), max: at("14:30") }), { nil: null }),
  gapMinutes: fc.double({ min: 0.5, max: 40, noNaN: true }),
  overdueMinutes: fc.option(fc.nat(90), { nil: undefined }),
})
const anyLine = fc.record({
  targetMinutes: fc.integer({ min: 1, max: 180 }),
  needTargetMinutes: fc.integer({ min: 1, max: 180 }),
  graceMinutes: fc.integer({ min: 0, max: 60 }),
})
const anySession = fc.constantFrom(morning, withBreak)

describe("whatever rights a person has", () => {
  test("no right makes anybody later than a plain walk-in of the same minute", () => {
    const who = fc.record({
      arrivedAt: anyMoment,
      bookedAt: fc.option(anyMoment, { nil: null }),
      need: fc.boolean(),
      ready: fc.boolean(),
    })
    const chains = fc.record({ walkIn: anyChain, need: anyChain })
    fc.assert(
      fc.property(who, anyLine, chains, anySession, (who, line, chains, session) => {
        const plain = walkInDue(who.arrivedAt, line.targetMinutes, chains.walkIn, session)
        const { due, wakeAt } = placeOf(who, line, chains, session)
        if (wakeAt === null) expect(due).toBeLessThanOrEqual(plain)
        else expect(due).toBeLessThanOrEqual(walkInDue(wakeAt, line.targetMinutes, chains.walkIn, session))
        expect(placeOf({ ...who, ready: true }, line, chains, session).due).toBeLessThanOrEqual(plain)
        expect(due).toBeLessThanOrEqual(session.endsAt)
        expect(Number.isInteger(due)).toBe(true)
        const less = placeOf({ ...who, need: false }, line, chains, session)
        expect(placeOf({ ...who, need: true }, line, chains, session).due).toBeLessThanOrEqual(less.due)
      }),
    )
  })

  test("nobody gains by coming later, and nothing jumps: a minute later costs at most three", () => {
    fc.assert(
      fc.property(anyMoment, anyMoment, anyLine, anyChain, (arrivedAt, bookedAt, line, walkIn) => {
        const dueOf = (arrivedAt: Instant) =>
          placeOf({ arrivedAt, bookedAt, need: false, ready: false }, line, { walkIn, need: walkIn }, morning).due
        const [now, later] = [dueOf(arrivedAt), dueOf(arrivedAt + minute)]
        expect(later).toBeGreaterThanOrEqual(now)
        expect(later - now).toBeLessThanOrEqual(3 * minute)
      }),
    )
  })

  test("walk-ins of a line are due in the order in which they came", () => {
    fc.assert(
      fc.property(anyMoment, fc.nat(60), anyLine, anyChain, anySession, (first, after, line, chain, session) => {
        const due = walkInDue(first, line.targetMinutes, chain, session)
        const next = walkInDue(first + after * minute, line.targetMinutes, { ...chain, latestDue: due }, session)
        expect(next).toBeGreaterThanOrEqual(due)
      }),
    )
  })
})

test("the gap between walk-ins leaves room for the bookings, and at least one counter's worth stays for them", () => {
  const line = { meanMinutes: 15, plannedCounters: 4, openMinutesLeft: 300 }
  expect(walkInGap({ ...line, bookedMinutesLeft: 0 })).toBe(3.75)
  expect(walkInGap({ ...line, bookedMinutesLeft: 600 })).toBe(7.5)
  expect(walkInGap({ ...line, bookedMinutesLeft: 6000 })).toBe(15)
})

test("age is a need from sixty on, and an unknown year gives none", () => {
  expect([1966, 1967, null].map((year) => hasAgeNeed(year, 2026))).toEqual([true, false, false])
})

describe("ticket numbers", () => {
  test("the first digit tells line and kind", () => {
    const two = (["booked", "walkin", "need"] as const).flatMap((kind) =>
      [0, 1].map((line) => leadingDigit(line, 2, kind)),
    )
    expect(two).toEqual([1, 3, 2, 4, 5, 5])
    expect(leadingDigit(3, 4, "walkin")).toBe(8)
    expect(leadingDigit(0, 4, "need")).toBe(9)
    expect([0, 4, 8].map((line) => leadingDigit(line, 9, "walkin"))).toEqual([1, 5, 9])
  })

  test("after 199 comes 1100, after 1999 comes 11000", () => {
    expect([1, 99, 100, 999, 1000, 1001].map((nth) => ticketNumber(1, nth))).toEqual([
      101, 199, 1100, 1999, 11000, 11001,
    ])
  })

  test("no two series ever meet, and a series only rises", () => {
    const seen = new Set<number>()
    for (let digit = 1; digit <= 9; digit++) {
      let last = 0
      for (let nth = 1; nth <= 1200; nth++) {
        const number = ticketNumber(digit, nth)
        expect(number).toBeGreaterThan(last)
        expect(String(number)).toStartWith(String(digit))
        last = number
        seen.add(number)
      }
    }
    expect(seen.size).toBe(9 * 1200)
  })
})
