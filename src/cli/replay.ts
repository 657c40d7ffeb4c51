import { existsSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { readRealDay } from "./replay/day.ts"
import { readDemoKeys } from "./replay/demo-file.ts"
import { policies } from "./replay/hall.ts"
import { httpHall } from "./replay/http.ts"
import { measure, report } from "./replay/measure.ts"
import { memoryHall } from "./replay/memory.ts"
import { midnightOf } from "./replay/people.ts"
import { live, type Outcome } from "./replay/run.ts"

/*
 *   npm run replay -- --calls calls.csv --day 1999-08-02 [--policy due|fifo|booked-first|all] [--booked 0.5] [--stretch 5] [--needs 0.05] [--json]
 *   npm run replay -- --calls calls.csv --day 1999-08-02 --url http://localhost:3000 --demo data/demo.json [--speed 60] [--office RUH-RML] …
 *
 * Plays a real day through the house's own turns and says how long people waited and how late they were called, side by side for the
 * policies: in this process on a clock that only moves when told, or in a running demonstration as its kiosk, agents and citizens.
 */

const usage = `Usage: npm run replay -- --calls <csv> --day YYYY-MM-DD
  --policy due|fifo|booked-first|all   who is called next (default: due)
  --booked 0.5                         the share of people who come with a booking (default: 0)
  --stretch 5                          services so many times as long, and as many fewer people (default: 1)
  --needs 0.05                         the share of people with a confirmed need (default: 0)
  --json                               figures for a program
In a running demonstration:
  --url http://localhost:3000          where it is
  --demo data/demo.json                its keys
  --office RUH-RML                     which of its offices (default: RUH-RML)
  --speed 60                           so many times as fast as it really was (default: 60)`

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
      url: { type: "string" },
      demo: { type: "string" },
      office: { type: "string" },
      speed: { type: "string" },
    },
  })
  const wanted = values.policy === "all" ? [...policies] : policies.filter((one) => one === values.policy)
  const shape = {
    booked: share("--booked", values.booked),
    stretch: factor("--stretch", values.stretch, 50),
    needs: share("--needs", values.needs),
  }
  if (!values.calls || !values.day || wanted.length === 0) {
    process.stderr.write(`${usage}\n`)
    return 64
  }
  const calls = fromHere(values.calls)
  if (!existsSync(calls)) throw new RangeError(`there is no file ${values.calls}`)
  const day = readRealDay(readFileSync(calls, "utf8"), values.day)
  const running = elsewhere(values)
  if (running && wanted.length > 1 && shape.booked > 0) {
    throw new RangeError("a running office's times are booked only once: with --booked play one --policy at a time")
  }
  const outcomes: Outcome[] = []
  for (const policy of wanted) {
    const played = running ? await httpHall({ ...running, day }) : { hall: await memoryHall(day, shape.stretch), day }
    try {
      outcomes.push(await live(played.hall, played.day, midnightOf(day), shape, policy))
    } finally {
      await played.hall.close()
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

function factor(name: string, text: string, most: number): number {
  const value = Number(text)
  if (!(value >= 1 && value <= most)) throw new RangeError(`${name} is a number from 1 to ${most} (got ${text})`)
  return value
}

/** What a replay in a running process needs besides; `null` where the day is to be played in this one. */
function elsewhere({ url, demo, office, speed }: { url?: string; demo?: string; office?: string; speed?: string }) {
  if (url === undefined || demo === undefined) {
    if (url === undefined && demo === undefined && office === undefined && speed === undefined) return null
    throw new RangeError("a running process is named by --url and its keys by --demo, both together")
  }
  const fast = factor("--speed", speed ?? "60", 10_000)
  return { url, office: office ?? "RUH-RML", speed: fast, keys: readDemoKeys(fromHere(demo)) }
}

/** A file as it was named where the command was typed. */
function fromHere(path: string): string {
  return resolve(process.env.INIT_CWD ?? ".", path)
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    const expected = thrown instanceof RangeError || (thrown instanceof TypeError && /option/i.test(thrown.message))
    process.stderr.write(`${expected ? (thrown as Error).message : thrown instanceof Error ? thrown.stack : thrown}\n`)
    process.exit(65)
  },
)
