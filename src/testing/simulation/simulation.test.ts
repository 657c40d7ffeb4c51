import { describe, expect, test } from "bun:test"
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { actors, faults, invariants } from "./list.ts"
import { planted } from "./planted-list.ts"
import { runSeed } from "./run.ts"

/** Seeds that this project keeps: the first ones, and those that have found something once. */
const kept: { seed: number; days: number; found?: string }[] = [
  { seed: 1, days: 2 },
  { seed: 3, days: 2 },
  { seed: 4, days: 2, found: "a disk that was full within a turn was answered as a bug" },
  {
    seed: 29,
    days: 2,
    found: "a request that came once more after its key had ended was taken for one whose answer was lost",
  },
]

describe("whatever happens to the house in virtual days", () => {
  for (const { seed, days, found } of kept) {
    test(`every promise holds in seed ${seed}${found ? `, where once ${found}` : ""}`, async () => {
      const { breaches, requests, faults: struck } = await runSeed(seed, { days })
      expect(breaches).toEqual([])
      expect(requests).toBeGreaterThan(200)
      expect(struck.size).toBeGreaterThan(0)
    }, 120_000)
  }

  test("one seed comes to the same in every process and in every time zone", () => {
    const hashes = ["Asia/Riyadh", "America/St_Johns"].map((TZ) => {
      const script = join(import.meta.dir, "command.ts")
      const { PATH = "", HOME = "" } = process.env
      const run = spawnSync(process.execPath, [script, "--seed", "1", "--days", "1"], { env: { PATH, HOME, TZ } })
      // Who waits for many seeds sees that something goes on.
      expect(run.stderr.toString()).toContain("seed 1 of 1")
      return /^seed 1: ([0-9a-f]{64})$/m.exec(run.stdout.toString())?.[1] ?? run.stderr.toString()
    })
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set(hashes).size).toBe(1)
  }, 120_000)
})

test("whoever takes part in a simulation has a name of its own", () => {
  for (const all of [actors, faults, invariants, planted]) {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  }
})

test("what a planted mistake changes stands in the source exactly once", () => {
  const root = join(import.meta.dir, "..", "..", "..")
  const changes = planted.flatMap(({ name, changes }) => changes.map((change) => ({ name, ...change })))
  const astray = changes.filter(({ file, find }) => readFileSync(join(root, file), "utf8").split(find).length !== 2)
  expect(astray.map(({ name, file }) => `${name} in ${file}`)).toEqual([])
})
