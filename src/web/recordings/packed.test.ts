import { expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { handTimers } from "../../testing/live.ts"
import { keepPacked } from "./packed.ts"

function opening() {
  const timers = handTimers()
  const packed = keepPacked(timers)
  let [opened, closed] = [0, 0]
  const open = async () => {
    opened++
    return { size: 1, read: async () => new Uint8Array(1), close: () => void closed++ }
  }
  return { timers, get: () => packed.get("review segment", open), counts: () => [opened, closed] }
}

test("what is packed for a review is opened once, and closed ten minutes after the last look though nobody comes again", async () => {
  const { timers, get, counts } = opening()
  await get()
  timers.advance(9 * minute)
  await get()
  timers.advance(9 * minute)
  await Promise.resolve()
  expect(counts()).toEqual([1, 0])
  timers.advance(minute)
  await Promise.resolve()
  expect(counts()).toEqual([1, 1])
  await get()
  expect(counts()).toEqual([2, 1])
})

test("what could not be packed is tried again", async () => {
  const packed = keepPacked(handTimers())
  const failing = packed.get("one", () => Promise.reject(new Error("no")))
  await expect(failing).rejects.toThrow("no")
  expect(
    (await packed.get("one", async () => ({ size: 3, read: async () => new Uint8Array(), close() {} }))).size,
  ).toBe(3)
})
