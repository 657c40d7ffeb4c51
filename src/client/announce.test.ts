import { expect, test } from "bun:test"
import { type Place, worthSaying } from "./announce.ts"

const waiting = (ahead: number | null): Place => ({ state: "waiting", ahead })

test("a place that comes nearer is worth hearing only from the third on", () => {
  expect(worthSaying(waiting(5), waiting(4))).toBeNull()
  expect(worthSaying(waiting(4), waiting(3))).toBe("polite")
  expect(worthSaying(waiting(2), waiting(1))).toBe("polite")
})

test("a place that stays, or moves back because somebody with a right came in between, is not", () => {
  expect(worthSaying(waiting(2), waiting(2))).toBeNull()
  expect(worthSaying(waiting(2), waiting(3))).toBeNull()
  expect(worthSaying(waiting(2), waiting(null))).toBeNull()
})

test("the call interrupts, also when the page has just been opened", () => {
  const called = { state: "called", ahead: 0 }
  expect(worthSaying(waiting(0), called)).toBe("assertive")
  expect(worthSaying(null, called)).toBe("assertive")
  expect(worthSaying(called, called)).toBeNull()
})

test("a page that opens is read by its reader and not to him", () => {
  expect(worthSaying(null, waiting(1))).toBeNull()
})

test("a call that was missed is said, the beginning of the visit is not", () => {
  const called = { state: "called", ahead: 0 }
  expect(worthSaying(called, { state: "absent", ahead: null })).toBe("polite")
  expect(worthSaying(called, { state: "serving", ahead: null })).toBeNull()
})
