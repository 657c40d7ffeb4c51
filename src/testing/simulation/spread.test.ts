import { expect, test } from "bun:test"
import { type Outcome, runSeed } from "./run.ts"
import { type Other, runSeeds, startOther } from "./spread.ts"

const days = 1

test("seeds spread over processes come to what each comes to alone, each once", async () => {
  const told: Outcome[] = []
  await runSeeds({ first: 1, last: 3, days, processes: 2 }, (outcome) => told.push(outcome) > 0)
  expect(told.map(({ seed }) => seed).sort()).toEqual([1, 2, 3])
  expect(told.find(({ seed }) => seed === 2)).toEqual(await runSeed(2, { days }))
}, 120_000)

test("when one is enough nobody waits for those that are under way", async () => {
  const told: number[] = []
  await runSeeds({ first: 1, last: 1_000, days, processes: 2 }, ({ seed }) => told.push(seed) < 1)
  expect(told).toHaveLength(1)
}, 120_000)

test("a process that ends in the midst of a seed is said, and not waited for", async () => {
  const others: Other[] = []
  const start = () => {
    others.push(startOther())
    return others.at(-1) as Other
  }
  const all = runSeeds(
    { first: 1, last: 1_000, days, processes: 2 },
    () => {
      for (const other of others) other.end()
      return true
    },
    start,
  )
  await expect(all).rejects.toThrow("a process of the simulation ended")
}, 120_000)
