import { parseArgs } from "node:util"
import { isMistyped, whatWasTyped } from "../../cli/usage.ts"
import { cleanUp } from "../cleanup.ts"
import { rigs } from "./list.ts"
import { seeded } from "./rig.ts"

/*
 * What `npm run crash` runs. Ends with 1 where a promise was broken, after saying which and how to see it again.
 */

const usage = `Usage: npm run crash -- [--rig ${Object.keys(rigs).join("|")}] [--rounds N] [--short] [--seed 1]
  --rig kill    this one alone (default: all)
  --rounds 200  how many rounds (default: each rig's own)
  --short       the rounds of the tests
  --seed 1      by which numbers chance is drawn (default: 1)
`

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      rig: { type: "string", multiple: true },
      rounds: { type: "string" },
      seed: { type: "string", default: "1" },
      short: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  let isBroken = false
  for (const name of values.rig ?? Object.keys(rigs)) {
    const rig = rigs[name]
    if (!rig) throw new RangeError(`there is no rig ${name}`)
    const missing = rig.needs?.() ?? null
    if (missing !== null) {
      process.stdout.write(`${name}: not tried, ${missing}\n`)
      isBroken ||= values.rig !== undefined
      continue
    }
    const rounds =
      values.rounds === undefined ? rig.rounds[values.short ? "short" : "long"] : count("--rounds", values.rounds)
    const began = performance.now()
    const { findings, counts } = await rig.run(rounds, seeded(count("--seed", values.seed)))
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    const seen = Object.entries(counts).map(([what, number]) => `${number} ${what}`)
    process.stdout.write(
      `${name}: ${rounds === 1 ? "1 round" : `${rounds} rounds`} in ${seconds} s, ${seen.join(", ")}; ${told(findings.length)}\n`,
    )
    if (findings.length === 0) continue
    isBroken = true
    process.stderr.write(`Not kept: ${rig.promise}.\n${findings.map((line) => `  - ${line}\n`).join("")}`)
    process.stderr.write(`Again: npm run crash -- --rig ${name} --rounds ${rounds} --seed ${values.seed}\n`)
  }
  return isBroken ? 1 : 0
}

const told = (findings: number) => (findings === 0 ? "every promise kept" : `${findings} broken`)

function count(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} is a whole number from 1 on (got ${text})`)
  return value
}

main(process.argv.slice(2)).then(
  async (code) => {
    await cleanUp()
    process.exit(code)
  },
  async (thrown: unknown) => {
    const expected = thrown instanceof RangeError || isMistyped(thrown)
    process.stderr.write(expected ? `${whatWasTyped(thrown)}\n${usage}` : `${(thrown as Error).stack}\n`)
    await cleanUp()
    process.exit(expected ? 64 : 70)
  },
)
