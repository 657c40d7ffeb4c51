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

/** Processes in which a seed lasts until it is let go. */
function held() {
  const going = new Map<number, (outcome: Outcome) => void>()
  const start = (): Other => ({
    live: ({ seed }) => new Promise((resolve) => going.set(seed, resolve)),
    end: () => {},
  })
  return { going, start }
}

test("the first seed that is broken is named, whichever was the fastest, and none after it is waited for", async () => {
  const { going, start } = held()
  const [told, broken] = [[] as number[], [3, 5, 6]]
  const all = runSeeds(
    { first: 1, last: 1_000, days, processes: 4 },
    ({ seed }) => {
      told.push(seed)
      return !broken.includes(seed)
    },
    start,
  )
  /** Lets a seed come to its end, and whatever that sets going begin. */
  const end = async (seed: number) => {
    going.get(seed)?.({ seed } as Outcome)
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  }
  await end(1)
  expect([...going.keys()]).toEqual([1, 2, 3, 4, 5])
  await end(5)
  // A good one after a broken one, and a second broken one that came later and lies behind.
  await end(2)
  await end(4)
  expect(told).toEqual([1, 5, 2, 4])
  await end(3)
  await all
  expect([told, [...going.keys()]]).toEqual([
    [1, 5, 2, 4, 3],
    [1, 2, 3, 4, 5],
  ])
})

test("of what lies behind a broken seed nothing is told any more", async () => {
  const { going, start } = held()
  const told: number[] = []
  const all = runSeeds({ first: 1, last: 3, days, processes: 3 }, ({ seed }) => told.push(seed) > 100, start)
  for (const seed of [2, 3, 1]) going.get(seed)?.({ seed } as Outcome)
  await all
  expect(told).toEqual([2, 1])
}, 20_000)

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
