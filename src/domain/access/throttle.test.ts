import { expect, test } from "bun:test"
import { refusal, testOffice } from "../../testing/office.ts"
import { countedForNothing, keepPace } from "./throttle.ts"

const office = await testOffice({ citizens: 1, counters: 1 })
const pace = { burst: 3, every: 10_000 }
const now = () => office.clock.real()
const go = (key: string) => office.write((tx) => keepPace(tx, key, pace, now()))
const told = async (key: string) => (await refusal(go(key))).details["retryAfterSeconds"]

test("three at once, and then one for every ten seconds that have gone by", async () => {
  for (let times = 0; times < 3; times++) await go("a")
  expect(await told("a")).toBe(10)
  office.clock.advance(4_000)
  expect(await told("a")).toBe(6)
  office.clock.advance(6_000)
  await go("a")
  expect(await told("a")).toBe(10)
  // Whoever was quiet for long has three again, and not more.
  office.clock.advance(3_600_000)
  for (let times = 0; times < 3; times++) await go("a")
  expect(await told("a")).toBe(10)
  await go("b")
})

test("of many in the same instant three are let through", async () => {
  const all = await Promise.allSettled(Array.from({ length: 40 }, () => go("c")))
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(3)
})

test("what was right is not counted; a restart forgives nothing, and a clock that was set back takes nobody longer than the burst", async () => {
  for (let times = 0; times < 20; times++) {
    await go("d")
    await office.write((tx) => countedForNothing(tx, "d", pace))
  }
  for (let times = 0; times < 3; times++) await go("d")
  await office.restart()
  expect(await told("d")).toBe(10)
  office.clock.advance(-86_400_000)
  await go("d")
})
