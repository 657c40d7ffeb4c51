import { expect, test } from "bun:test"
import { mostAtWork, openingOf, plannedShifts, type Shift, shiftsOf } from "./shifts.ts"

const hour = 3600
const call = (kind: string, from: number, minutes: number) => ({
  kind,
  from: from * hour,
  until: from * hour + minutes * 60,
})
/** Somebody who takes people one after the other. */
const calls = (kind: string, from: number, until: number) =>
  Array.from({ length: (until - from) * 4 }, (_, index) => call(kind, from + index / 4, 12))
const shift = (from: number, until: number, ...kinds: string[]): Shift => ({
  kinds,
  from: from * hour,
  until: until * hour,
})
const hours = ({ from, until }: { from: number; until: number }) => [from / hour, until / hour]

test("a long pause ends a shift, a meal does not, and who took one call by the way had none", () => {
  const agents = [
    [...calls("AA", 8, 10), ...calls("AA", 10.75, 12)],
    [...calls("AA", 8, 10), ...calls("BB", 14, 16)],
    [call("CC", 9, 3)],
  ]
  expect(shiftsOf(agents).map((one) => hours(one).map(Math.round))).toEqual([
    [8, 10],
    [8, 12],
    [14, 16],
  ])
  expect(shiftsOf([[call("CC", 9, 3)]])).toHaveLength(1)
})

test("the day is the longest stretch in which somebody works, on the half hour; the rest of the night before is not", () => {
  const shifts = [shift(0, 0.6, "AA"), shift(6.93, 14, "AA"), shift(13.5, 19.6, "AA"), shift(22.2, 23.9, "AA")]
  expect(hours(openingOf(shifts))).toEqual([7, 20])
})

test("at any moment two work on every kind, or else all who are there", () => {
  const shifts = [shift(8, 12, "AA", "BB"), shift(8, 12, "AA"), shift(10, 16, "AA", "BB"), shift(12, 16, "CC")]
  const planned = plannedShifts(shifts, ["AA", "BB", "CC"])
  for (let at = 8; at < 16; at += 0.5) {
    const there = planned.filter(({ from, until }) => from <= at * hour && at * hour < until)
    for (const kind of ["AA", "BB", "CC"]) {
      expect(there.filter(({ kinds }) => kinds.includes(kind)).length).toBeGreaterThanOrEqual(Math.min(2, there.length))
    }
  }
  // What was somebody's own work comes first.
  expect(planned.map(({ kinds }) => kinds[0])).toEqual(["AA", "AA", "AA", "CC"])
  expect(mostAtWork(planned)).toBe(3)
})

test("who still served in the last hour is there until closing, unless the truth is to stand beside", () => {
  const shifts = [shift(8, 12, "AA"), shift(8, 15.2, "AA"), shift(8, 15.9, "AA")]
  expect(plannedShifts(shifts, ["AA"]).map(({ until }) => until / hour)).toEqual([12, 16, 16])
  const asItWas = plannedShifts(shifts, ["AA"], { toTheEnd: false })
  expect(asItWas.map(({ until }) => until / hour)).toEqual([12, 15.2, 15.9])
})
