import { expect, test } from "bun:test"
import { runHistory } from "./run.ts"

test("of all that was asked and said while the process was killed three times, nothing contradicts what it promises", async () => {
  const { faults, kills, counts } = await runHistory({ seed: 1, answers: 800, killEvery: 250, persons: 12 })
  expect(faults).toEqual([])
  expect(kills).toBeGreaterThanOrEqual(2)
  // A history in which nothing came of anything would prove nothing.
  expect(counts.ok).toBeGreaterThan(200)
  expect(counts.refused).toBeGreaterThan(50)
  expect(counts.unknown).toBeGreaterThan(5)
  expect(counts.hears).toBeGreaterThan(100)
}, 120_000)
