import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { readRealDay } from "./day.ts"
import type { Policy } from "./hall.ts"
import { measure, quantile, reallyWaited, report } from "./measure.ts"
import { memoryHall } from "./memory.ts"
import { midnightOf, openingOf, peopleOf, type Shape } from "./people.ts"
import { live } from "./run.ts"

const csv = readFileSync(join(import.meta.dir, "made-up-day.csv"), "utf8")
const day = readRealDay(csv, "2026-03-02")
const shape: Shape = { booked: 0.5, stretch: 3, needs: 0.05 }

/** The same people with fewer agents. */
const with3 = (left: number) => ({ ...day, seats: day.seats.filter((_, index) => index !== left) })

async function played(policy: Policy, wanted: Shape = shape, on = day) {
  const hall = await memoryHall(on, wanted.stretch)
  try {
    return await live(hall, on, midnightOf(on), wanted, policy)
  } finally {
    await hall.close()
  }
}

test("a day is read without its noise, with who worked when and on what", () => {
  expect(day.callers.length).toBe(
    csv.split("\n").filter((line) => line.startsWith("2026-03-02") && !line.includes("PHANTOM")).length,
  )
  expect(day.seats).toHaveLength(4)
  expect(day.seats.every(({ kinds, from, until }) => kinds.length > 0 && from < until)).toBe(true)
  expect(openingOf(day.seats).from).toBe(8 * 3600)
  expect(readRealDay(csv, "2026-03-03").callers).toHaveLength(1)
})

test("a table of another form and a day that it does not have are said in a sentence", () => {
  expect(() => readRealDay("a,b,c\n1,2,3", "2026-03-02")).toThrow("no column date")
  expect(() => readRealDay(csv, "2026-03-09")).toThrow("no rows of 2026-03-09")
  expect(() => readRealDay(csv, "yesterday")).toThrow("YYYY-MM-DD")
})

test("the same day and shape give the same people; stretching thins them and lengthens their visits", () => {
  expect(peopleOf(day, shape)).toEqual(peopleOf(day, shape))
  const [all, third] = [
    peopleOf(day, { booked: 0, stretch: 1, needs: 0 }),
    peopleOf(day, { booked: 0, stretch: 3, needs: 0 }),
  ]
  expect(third.length).toBeLessThan(all.length / 2)
  expect(third[0]?.serviceSeconds).toBe((all[0]?.serviceSeconds ?? 0) * 3)
  expect(peopleOf(day, { booked: 1, stretch: 3, needs: 0 }).every(({ bookedAt }) => bookedAt !== null)).toBe(true)
})

test("everybody of the day is served, sent home at the door with other times, or has left; nobody is lost", async () => {
  const { lived, unserved, busyMs, openMs } = await played("due")
  expect(lived).toHaveLength(peopleOf(day, shape).length)
  const accounted = lived.filter(
    ({ calledAt, refused, gaveUp }) => calledAt !== null || refused !== null || gaveUp,
  ).length
  expect(accounted + unserved).toBe(lived.length)
  expect(lived.every(({ calledAt, arrivedAt }) => calledAt === null || calledAt >= arrivedAt)).toBe(true)
  expect(busyMs).toBeLessThanOrEqual(openMs * 1.2)
}, 60_000)

test("in a full hall booked people are called nearer to their time by due than in the order of coming", async () => {
  const busy: Shape = { booked: 0.5, stretch: 2, needs: 0.05 }
  const [due, fifo] = [await played("due", busy, with3(2)), await played("fifo", busy, with3(2))]
  const late = ({ lived }: typeof due) => measure(lived.filter((one) => one.class === "booked")).lateP95 ?? 0
  expect(late(due)).toBeLessThan(late(fifo))
  expect(report([due, fifo], false)).toContain("policy fifo")
}, 60_000)

test("whoever comes for what no counter works on is named and not kept waiting", async () => {
  const outcome = await played("due", shape, with3(3))
  const alone = outcome.lived.filter(({ kind }) => kind === "CC")
  expect(alone.length).toBeGreaterThan(0)
  expect(alone.every(({ refused }) => refused?.code === "nobody_serves")).toBe(true)
  expect(report([outcome], false)).toContain(`CC: nobody serves this line (people: ${alone.length})`)
}, 60_000)

test("early people are called at their time in the order of coming too, though nobody else comes", async () => {
  const allBooked: Shape = { booked: 1, stretch: 1, needs: 0 }
  const alone = day.callers
    .map((caller) => ({ ...day, callers: [caller] }))
    .find((one) => peopleOf(one, allBooked).some(({ arrivesAt, bookedAt }) => (bookedAt ?? 0) > arrivesAt + 60))
  if (!alone) throw new Error("nobody of the day comes early")
  const { lived, unserved } = await played("fifo", allBooked, alone)
  expect([lived.length, unserved, lived[0]?.class]).toEqual([1, 0, "booked"])
}, 60_000)

test("whoever finds no time to book comes as anybody without a booking", async () => {
  const early = day.callers.filter(({ arrivesAt }) => arrivesAt < 9.5 * 3600)
  const crowd = { ...with3(3), callers: [...early, ...early, ...early, ...early] }
  crowd.seats = crowd.seats.map((seat) => ({ ...seat, until: 10 * 3600 }))
  const outcome = await played("due", { booked: 1, stretch: 1, needs: 0 }, crowd)
  const without = outcome.lived.filter((one) => one.class === "walk-in").length
  expect(without).toBeGreaterThan(0)
  expect(outcome.notes.join()).toContain(`bookings that were not to be had: ${without}`)
}, 60_000)

test("without stretch people give up as they did, and what really happened stands beside", async () => {
  const outcome = await played("fifo", { booked: 0, stretch: 1, needs: 0 })
  expect(reallyWaited(outcome.lived).mean).toBeGreaterThan(0)
  expect(report([outcome], true)).toContain("really")
}, 60_000)

test("a quantile is the value below which the share lies", () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  expect([quantile(values, 0.5), quantile(values, 0.9), quantile(values, 0.95), quantile([], 0.5)]).toEqual([
    5,
    9,
    10,
    null,
  ])
})
