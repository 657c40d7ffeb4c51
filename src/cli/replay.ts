import { existsSync, readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { readRealDay } from "./replay/day.ts"
import { type Policy, policies } from "./replay/hall.ts"
import { measure, report } from "./replay/measure.ts"
import { memoryHall, midnightOf } from "./replay/memory.ts"
import { live, type Outcome } from "./replay/run.ts"

/*
 *   npm run replay -- --calls calls.csv --day 1999-08-02 [--policy due|fifo|booked-first|all] [--booked 0.5] [--stretch 5] [--needs 0.05] [--json]
 *
 * Plays a real day through the house's own turns, on a clock that only moves when told, and says how long people waited and how late
 * they were called, side by side for the policies.
 */

const usage = `Usage: npm run replay -- --calls <csv> --day YYYY-MM-DD
  --policy due|fifo|booked-first|all   who is called next (default: due)
  --booked 0.5                         the share of people who come with a booking (default: 0)
  --stretch 5                          services so many times as long, and as many fewer people (default: 1)
  --needs 0.05                         the share of people with a confirmed need (default: 0)
  --json                               figures for a program`

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      calls: { type: "string" },
      day: { type: "string" },
      policy: { type: "string", default: "due" },
      booked: { type: "string", default: "0" },
      stretch: { type: "string", default: "1" },
      needs: { type: "string", default: "0" },
      json: { type: "boolean", default: false },
    },
  })
  const wanted = values.policy === "all" ? [...policies] : policies.filter((one) => one === values.policy)
  const shape = {
    booked: share("--booked", values.booked),
    stretch: stretchOf(values.stretch),
    needs: share("--needs", values.needs),
  }
  if (!values.calls || !values.day || wanted.length === 0) {
    process.stderr.write(`${usage}\n`)
    return 64
  }
  if (!existsSync(values.calls)) throw new RangeError(`there is no file ${values.calls}`)
  const day = readRealDay(readFileSync(values.calls, "utf8"), values.day)
  const outcomes: Outcome[] = []
  for (const policy of wanted as Policy[]) {
    const hall = await memoryHall(day, shape.stretch)
    try {
      outcomes.push(await live(hall, day, midnightOf(day), shape, policy))
    } finally {
      await hall.close()
    }
  }
  if (values.json) {
    const figures = outcomes.map(({ lived, ...rest }) => ({
      ...rest,
      all: measure(lived),
      booked: measure(lived.filter((one) => one.class === "booked")),
    }))
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
  } else process.stdout.write(report(outcomes, shape.stretch === 1))
  return 0
}

function share(name: string, text: string): number {
  const value = Number(text)
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${name} is a share between 0 and 1 (got ${text})`)
  return value
}

function stretchOf(text: string): number {
  const value = Number(text)
  if (!(value >= 1 && value <= 50)) throw new RangeError(`--stretch is a number from 1 to 50 (got ${text})`)
  return value
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    const expected = thrown instanceof RangeError || (thrown instanceof TypeError && /option/i.test(thrown.message))
    process.stderr.write(`${expected ? (thrown as Error).message : thrown instanceof Error ? thrown.stack : thrown}\n`)
    process.exit(65)
  },
)
