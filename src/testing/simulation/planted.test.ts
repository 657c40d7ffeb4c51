import { expect, test } from "bun:test"
import { plantEach, within } from "./planted.ts"
import { planted } from "./planted-list.ts"

test(`each planted mistake is noticed within ${within.seeds} seeds of ${within.days} days`, async () => {
  expect(planted.length).toBeGreaterThanOrEqual(15)
  const found = await plantEach(planted)
  const missed = found.filter(({ seed }) => seed === null)
  expect(missed.map(({ planted: { name }, said }) => `${name}: ${said}`)).toEqual([])
  expect(found).toHaveLength(planted.length)
}, 600_000)
