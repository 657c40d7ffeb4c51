import { expect, test } from "bun:test"
import { callNext } from "./next.ts"

test("the bench calls people who wait, and says how long that took", async () => {
  const figures = await callNext(40, 20)
  expect(figures.waiting).toBe(40)
  expect(figures.p50).toBeGreaterThan(0)
  expect(figures.p99).toBeGreaterThanOrEqual(figures.p50)
})
