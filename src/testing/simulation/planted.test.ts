import { expect, test } from "bun:test"
import { invariants } from "./list.ts"
import { plantEach, within } from "./planted.ts"
import { planted } from "./planted-list.ts"

test(`each planted mistake is noticed within ${within.seeds} seeds of ${within.days} days, by the promise that it breaks`, async () => {
  expect(planted.length).toBeGreaterThanOrEqual(15)
  const known = new Set([...invariants.map(({ name }) => name), "no bug"])
  expect(planted.filter(({ by }) => !known.has(by)).map(({ name }) => name)).toEqual([])
  const found = await plantEach(planted)
  const missed = found.filter(({ isNoticed }) => !isNoticed)
  expect(missed.map(({ planted: { name }, said }) => `${name}: ${said}`)).toEqual([])
  expect(found).toHaveLength(planted.length)
}, 600_000)
