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

/** Processes in which each seed takes until it is let go. */
function slow() {
  const going = new Map<number, () => void>()
  const start = (): Other => ({
    live: ({ seed }) => new Promise((resolve) => going.set(seed, () => resolve({ seed } as Outcome))),
    end: () => {},
  })
  const go = async (seed: number) => {
    while (!going.has(seed)) await Bun.sleep(1)
    going.get(seed)?.()
    await Bun.sleep(1)
  }
  return { start, go, begun: () => [...going.keys()] }
}

test("the first seed that is broken is named, whichever was the fastest, and none after it is waited for", async () => {
  const { start, go, begun } = slow()
  const told: number[] = []
  const all = runSeeds(
    { first: 1, last: 1_000, days, processes: 3 },
    ({ seed }) => {
      told.push(seed)
      return seed < 2
    },
    start,
  )
  await go(1)
  await go(3)
  expect(begun()).toEqual([1, 2, 3, 4])
  await go(2)
  await all
  expect([told, begun()]).toEqual([
    [1, 3, 2],
    [1, 2, 3, 4],
  ])
})

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
