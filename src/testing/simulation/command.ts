import { availableParallelism } from "node:os"
import { parseArgs } from "node:util"
import { isMistyped, whatWasTyped } from "../../cli/usage.ts"
import { plantEach, within } from "./planted.ts"
import { planted } from "./planted-list.ts"
import { type Outcome, runSeed } from "./run.ts"
import { runSeeds } from "./spread.ts"

/*
 * What `npm run simulate` runs. Ends with 1 where a promise was broken, after saying which and how to see it again.
 */

export const usage = `Usage: npm run simulate -- [--seeds 100] [--days 7] [--from 1] [--processes 2]
  --seeds 1000      how many seeds (default: 100)
  --days 7          virtual days of each (default: 7)
  --from 1          the first seed (default: 1)
  --seed 17         this one alone
  --processes 2     over how many processes they are spread (default: as many as the machine has processors)
  --trace           says everything that happens
  --planted [name]  plants each known mistake, or the named ones, in a copy of the source, and sees whether it is noticed
  --json            figures for a program
`

/** A seed of a week takes seconds; how far it is, is said so often at most. */
const tellEvery = 5_000

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      seeds: { type: "string", default: "100" },
      days: { type: "string", default: "7" },
      from: { type: "string", default: "1" },
      seed: { type: "string" },
      processes: { type: "string" },
      trace: { type: "boolean", default: false },
      planted: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  if (values.planted) return plant(positionals)
  if (positionals.length > 0) throw new RangeError(`what is ${positionals[0]}?`)
  const days = count("--days", values.days)
  const first = values.seed === undefined ? count("--from", values.from) : count("--seed", values.seed)
  const last = values.seed === undefined ? first + count("--seeds", values.seeds) - 1 : first
  if (values.trace) return trace(first, last, days)
  const wanted = values.processes === undefined ? availableParallelism() : count("--processes", values.processes)
  // Never more than there is to do.
  const processes = Math.min(wanted, last - first + 1)
  const sum = { seeds: 0, requests: 0, turns: 0, faults: 0 }
  const began = performance.now()
  let broken: Outcome | null = null
  const tellProgress = () => {
    const seconds = Math.round((performance.now() - began) / 1000)
    process.stderr.write(`  seed ${sum.seeds + 1} of ${last - first + 1}, ${sum.requests} requests, ${seconds} s …\n`)
  }
  tellProgress()
  const telling = setInterval(tellProgress, tellEvery)
  try {
    await runSeeds({ first, last, days, processes }, (outcome) => {
      sum.seeds++
      sum.requests += outcome.requests
      sum.turns += outcome.turns
      for (const times of outcome.faults.values()) sum.faults += times
      if (values.seed !== undefined) process.stdout.write(`seed ${outcome.seed}: ${outcome.hash}\n`)
      const isWhole = outcome.breaches.length === 0
      if (!isWhole) broken = outcome
      return isWhole
    })
  } finally {
    clearInterval(telling)
  }
  if (broken) return tellBroken(broken, days)
  const seconds = (performance.now() - began) / 1000
  process.stdout.write(values.json ? `${JSON.stringify({ ...sum, days, seconds })}\n` : told(sum, days, seconds))
  return 0
}

/** Says everything that happens in these seeds. */
async function trace(first: number, last: number, days: number): Promise<number> {
  for (let seed = first; seed <= last; seed++) {
    const outcome = await runSeed(seed, { days, say: (line) => process.stdout.write(`${line}\n`) })
    process.stdout.write(`seed ${seed}: ${outcome.hash}\n`)
    if (outcome.breaches.length > 0) return tellBroken(outcome, days)
  }
  return 0
}

function tellBroken({ seed, breaches: [breach] }: Outcome, days: number): number {
  process.stderr.write(`Seed ${seed} breaks a promise: ${breach?.invariant}.\n  ${breach?.what}\n`)
  process.stderr.write(`See it step by step:\n  npm run simulate -- --seed ${seed} --days ${days} --trace\n`)
  return 1
}

/** Whether each mistake, or each of these, is noticed. */
async function plant(names: readonly string[]): Promise<number> {
  const wanted = names.length === 0 ? planted : planted.filter(({ name }) => names.includes(name))
  const stranger = names.find((name) => !wanted.some((one) => one.name === name))
  if (stranger !== undefined) {
    throw new RangeError(`There is no mistake "${stranger}". Known are ${planted.map(({ name }) => name).join(", ")}.`)
  }
  const found = await plantEach(wanted, {}, ({ planted: one, seed, said, isNoticed }) => {
    const what =
      seed === null
        ? `not noticed in ${within.seeds} seeds`
        : `seed ${seed}: ${said.replace(/\s+/g, " ").slice(0, 140)}${isNoticed ? "" : `, and not: ${one.by}`}`
    process.stdout.write(`${isNoticed ? "✓" : "✗"} ${one.name} (${one.breaks})\n    ${what}\n`)
  })
  const missed = found.filter(({ isNoticed }) => !isNoticed)
  process.stdout.write(`${found.length - missed.length} of ${found.length} planted mistakes were noticed.\n`)
  return missed.length === 0 ? 0 : 1
}

function told(sum: { seeds: number; requests: number; turns: number; faults: number }, days: number, seconds: number) {
  const each = (number: number) => `${number} (${(number / seconds).toFixed(number / seconds < 10 ? 1 : 0)} a second)`
  return (
    `Nothing was broken in ${seconds.toFixed(1)} s.\n` +
    `  seeds     ${each(sum.seeds)} of ${days === 1 ? "1 day" : `${days} days`}\n` +
    `  requests  ${each(sum.requests)}\n  turns     ${each(sum.turns)}\n  faults    ${each(sum.faults)}\n`
  )
}

function count(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} is a whole number from 1 on (got ${text})`)
  return value
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    const expected = thrown instanceof RangeError || isMistyped(thrown)
    process.stderr.write(expected ? `${whatWasTyped(thrown)}\n${usage}` : `${(thrown as Error).stack}\n`)
    process.exit(expected ? 64 : 70)
  },
)
