import { writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { isMistyped, whatWasTyped } from "../../cli/usage.ts"
import { cleanUp } from "../cleanup.ts"
import { runHistory } from "./run.ts"

/*
 *   npm run histories -- [--seconds 120] [--seed 1] [--persons 24] [--kill-every 800]
 *
 * The real process under many clients, killed and started again, and what it said held against what it promises. A history that cannot
 * be true is written to a file, to be looked at.
 */

const usage = "Usage: npm run histories -- [--seconds 120] [--seed 1] [--persons 24] [--kill-every 800]"

async function main(args: string[]): Promise<number> {
  const text = { type: "string" } as const
  const options = {
    seconds: text,
    seed: text,
    persons: text,
    "kill-every": text,
    help: { type: "boolean", short: "h" },
  } as const
  const { values } = parseArgs({ args, options })
  if (values.help) {
    process.stdout.write(`${usage}\n`)
    return 0
  }
  const whole = (name: "seconds" | "seed" | "persons" | "kill-every", usual: number) => {
    const value = Number(values[name] ?? usual)
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`--${name} is a whole number above 0`)
    return value
  }
  const plan = {
    seconds: whole("seconds", 120),
    seed: whole("seed", 1),
    persons: whole("persons", 24),
    killEvery: whole("kill-every", 800),
  }
  const { faults, kills, counts, events, history, end } = await runHistory({
    ...plan,
    tell: (line) => process.stderr.write(`${line}\n`),
  })
  process.stdout.write(
    `${events} events in ${plan.seconds} s, seed ${plan.seed}: ${counts.ok} granted, ${counts.refused} refused, ${counts.unknown} unknown, ` +
      `${counts.hears} messages heard, killed ${kills} times\n`,
  )
  if (faults.length === 0) {
    process.stdout.write("Nothing in it contradicts what is promised.\n")
    return 0
  }
  const file = join(tmpdir(), `dawr-history-${plan.seed}.json`)
  writeFileSync(file, JSON.stringify({ faults, events: history.events, end }, null, 1))
  process.stdout.write(`${faults.map((fault) => `  - ${fault}\n`).join("")}All of it stands in ${file}.\n`)
  return 1
}

let code = 64
try {
  code = await main(process.argv.slice(2))
} catch (thrown) {
  const isOurs = thrown instanceof RangeError || isMistyped(thrown)
  process.stderr.write(`${isOurs ? `${whatWasTyped(thrown as Error)}\n${usage}` : (thrown as Error).stack}\n`)
}
await cleanUp()
process.exit(code)
