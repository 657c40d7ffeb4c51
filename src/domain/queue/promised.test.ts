import { describe, expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { riyadh, testHall } from "../../testing/hall.ts"
import { refusal } from "../../testing/office.ts"
import { closeCounter } from "./counters.ts"

/** Minutes between the places of two tickets. */
const between = (first: { due: number }, second: { due: number }) => (second.due - first.due) / minute

describe("walk-ins of two lines", () => {
  test("that the same counters serve stand in one chain, each its own line's gap behind the last", async () => {
    const hall = await testHall()
    for (let number = 1; number <= 4; number++) await hall.open(number, ["PAS", "RES"])
    const first = await hall.walkIn()
    expect(riyadh(first.due)).toBe("10:45")
    const crowd = []
    for (let count = 0; count < 10; count++) crowd.push(await hall.walkIn())
    const last = crowd.at(-1)
    const other = await hall.walkIn({ service: "RES-01" })
    // Visits take 16 minutes on average in the one line and 55/3 in the other, and four counters serve both.
    expect(between(first, crowd[0] ?? first)).toBeCloseTo(16 / 4, 3)
    expect(between(last ?? first, other)).toBeCloseTo(55 / 3 / 4, 3)
  })

  test("with counters of their own do not stand behind each other's crowd", async () => {
    const hall = await testHall()
    for (let number = 1; number <= 4; number++) await hall.open(number, [number > 2 ? "RES" : "PAS"])
    for (let count = 0; count < 10; count++) await hall.walkIn()
    const other = await hall.walkIn({ service: "RES-01" })
    expect(riyadh(other.due)).toBe("10:45")
  })

  test("stand in one chain by way of a third line that links their counters", async () => {
    const hall = await testHall({ lines: [{ code: "PAS" }, { code: "RES" }, { code: "CIV" }] })
    for (let number = 1; number <= 4; number++) await hall.open(number, ["CIV", number > 2 ? "RES" : "PAS"])
    for (let count = 0; count < 10; count++) await hall.walkIn()
    const other = await hall.walkIn({ service: "RES-01" })
    expect(other.due).toBeGreaterThan(hall.at("11:05"))
  })
})

test("the bookings of the next two hours widen the gap; those of the afternoon do not yet", async () => {
  const gapWith = async (time: string) => {
    const hall = await testHall({ lines: [{ code: "PAS" }] })
    for (let number = 1; number <= 4; number++) await hall.open(number)
    for (let count = 1; count <= 16; count++) await hall.booked(hall.citizen(count), time)
    return between(await hall.walkIn(), await hall.walkIn())
  }
  // Sixteen visits of a quarter of an hour are two counters for two hours.
  const [none, soon] = [await gapWith("13:00"), await gapWith("11:00")]
  expect(soon).toBeCloseTo(2 * none, 3)
})

test("a promise that is given while the hall is behind is given as much later, and a break is nobody's delay", async () => {
  const hours = [
    { start: "07:30", minutes: 420 },
    { layer: "break" as const, start: "12:00", minutes: 30 },
  ]
  const hall = await testHall({ now: "2026-11-22T10:00", lines: [{ code: "PAS" }], hours })
  for (let number = 1; number <= 4; number++) await hall.open(number)
  const first = await hall.walkIn()
  expect(riyadh(first.due)).toBe("10:45")
  hall.time("11:00")
  const second = await hall.walkIn()
  expect(riyadh(second.due)).toBe("12:00")
  hall.time("12:35")
  // The first has been overdue since 10:45, 75 minutes before the break and five after it: 13:20 and 80 minutes more, but by closing time.
  expect(riyadh((await hall.walkIn()).due)).toBe("14:30")
  await hall.serveNext()
  await hall.serveNext(2)
  await hall.serveNext(3)
  expect(riyadh((await hall.walkIn()).due)).toBe("13:20")
})

test("a line that is on no counter's list is taken on by whoever opens next, and its people are not turned away", async () => {
  const hall = await testHall({ now: "2026-11-22T09:00", counters: 2 })
  for (const number of [1, 2]) {
    await hall.open(number, ["RES"])
    await hall.write((tx) => closeCounter(tx, hall.agent(number), hall.counter(number)))
  }
  for (let count = 0; count < 3; count++) expect((await hall.walkIn()).state).toBe("waiting")
})

test("an empty line is not an empty hall: late in the day what the counters are busy with counts", async () => {
  const hall = await testHall({ now: "2026-11-22T13:50", counters: 1 })
  await hall.open(1, ["PAS", "RES"])
  for (let count = 0; count < 2; count++) await hall.walkIn()
  expect((await refusal(hall.walkIn({ service: "RES-01" }))).code).toBe("day_full")
})
