import { existsSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { compare } from "./replay/compare.ts"
import { busiestDays, readRealDay } from "./replay/day.ts"
import { readDemoKeys } from "./replay/demo-file.ts"
import { policies } from "./replay/hall.ts"
import { httpHall } from "./replay/http.ts"
import { memoryHall } from "./replay/memory.ts"
import type { Shape } from "./replay/people.ts"
import { figures, report } from "./replay/report.ts"
import { live, type Outcome } from "./replay/run.ts"
import { readSettings } from "./replay/settings.ts"
import { helped, Mistyped, understood } from "./usage.ts"

/*
 *   npm run replay -- --calls calls.csv --day 1999-08-02 [--policy due|fifo|booked-first|all] [--booked 0.5] [--stretch 5] [--needs 0.05] [--json]
 *   npm run replay -- --calls calls.csv --day 1999-08-02 --url http://localhost:3000 --demo data/demo.json [--speed 60] [--office RUH-RML] …
 *   npm run replay -- --calls calls.csv --days 10 --compare "usual;target=45" [--rounds 5] …
 *
 * Plays a real day through the house's own turns and says how long people waited and how late they were called, side by side for the
 * policies: in this process on a clock that only moves when told, or in a running demonstration as its kiosk, agents and citizens.
 */

const usage = `Usage: npm run replay -- --calls <csv> --day YYYY-MM-DD
  --policy due|fifo|booked-first|all   who is called next (default: due)
  --booked 0.5                         the share of people who come with a booking (default: 0)
  --stretch 5                          services so many times as long, and as many fewer people (default: 1)
  --needs 0.05                         the share of people with a confirmed need, or "file": those whom the file puts first (default: 0)
  --ready 1                            of those who come before their booked time, the share who say that they are ready (default: 1)
  --json                               figures for a program
Over several days, to choose settings by:
  --days 10                            the days with the most people; or named, with commas
  --compare "usual;target=45,help=5"   settings, beside the two plain ways: target, need, grace, help, booked
  --rounds 5                           each day so often, each time with other people of it (default: 1)
In a running demonstration:
  --url http://localhost:3000          where it is
  --demo data/demo.json                its keys
  --office RUH-RML                     which of its offices (default: RUH-RML)
  --speed 60                           so many times as fast as it really was (default: 60)
`

const options = {
  calls: { type: "string" },
  day: { type: "string" },
  days: { type: "string" },
  policy: { type: "string", default: "due" },
  booked: { type: "string", default: "0" },
  stretch: { type: "string", default: "1" },
  needs: { type: "string", default: "0" },
  ready: { type: "string", default: "1" },
  json: { type: "boolean", default: false },
  compare: { type: "string" },
  rounds: { type: "string", default: "1" },
  url: { type: "string" },
  demo: { type: "string" },
  office: { type: "string" },
  speed: { type: "string" },
} as const

/** Ctrl-C reaches a command more than once where several programs pass it on; only one that comes later means it again. */
const impatientAfterMilliseconds = 2_000

async function main(args: string[]): Promise<number> {
  if (helped(args, usage)) return 0
  const { values } = understood(() => parseArgs({ args, options }), usage)
  const wanted = values.policy === "all" ? [...policies] : policies.filter((one) => one === values.policy)
  const shape: Shape = {
    booked: share("--booked", values.booked),
    stretch: factor("--stretch", values.stretch, 50),
    needs: values.needs === "file" ? "file" : share("--needs", values.needs),
    ready: share("--ready", values.ready),
  }
  const isComparing = values.compare !== undefined && values.days !== undefined
  const asked = understood(() => {
    if (!values.calls) throw new Mistyped("There is no --calls: a table of a day.")
    if (!values.day && !isComparing) throw new Mistyped("There is no --day.")
    if (wanted.length === 0) throw new Mistyped(`"${values.policy}" is no policy.`)
    return { calls: values.calls }
  }, usage)
  const path = fromHere(asked.calls)
  if (!existsSync(path)) throw new RangeError(`there is no file ${asked.calls}`)
  const csv = readFileSync(path, "utf8")
  if (values.compare !== undefined && values.days !== undefined) {
    await comparing(csv, values.days, values.compare, factor("--rounds", values.rounds, 50), shape)
    return 0
  }
  const day = readRealDay(csv, values.day ?? "")
  const running = elsewhere(values)
  if (running && wanted.length > 1 && shape.booked > 0) {
    throw new RangeError("a running office's times are booked only once: with --booked play one --policy at a time")
  }
  const signal = untilStopped()
  const outcomes: Outcome[] = []
  for (const policy of wanted) {
    if (signal.aborted) break
    const { hall, day: fitted } = running
      ? await httpHall({ ...running, day, signal })
      : { hall: await memoryHall(day, shape.stretch), day }
    let tidied: string[] = []
    try {
      outcomes.push(await live(hall, fitted, shape, policy, signal))
      if (signal.aborted) process.stderr.write("Stopping: the counters close and the people leave …\n")
    } finally {
      tidied = await hall.close()
    }
    if (signal.aborted) process.stderr.write(`${["Stopped.", ...tidied].join("\n")}\n`)
  }
  if (values.json) process.stdout.write(`${JSON.stringify(figures(outcomes), null, 2)}\n`)
  else process.stdout.write(report(outcomes, shape.stretch === 1))
  return signal.aborted ? 130 : 0
}

async function comparing(csv: string, wanted: string, settings: string, rounds: number, shape: Shape): Promise<void> {
  const days = /^\d+$/.test(wanted) ? busiestDays(csv, Number(wanted)) : wanted.split(",")
  const candidates = settings.split(";").filter((one) => one !== "")
  for (const one of candidates) readSettings(one)
  const played = (day: string, round: number) => {
    process.stderr.write(`played ${day}${rounds > 1 ? `, round ${round + 1} of ${rounds}` : ""}\n`)
  }
  process.stdout.write(await compare({ csv, days, shape, rounds, settings: candidates, played }))
}

/** Ends when somebody stops the program, so that a running office can be left as it was found; who insists is not held up. */
function untilStopped(): AbortSignal {
  const stopping = new AbortController()
  let firstAt = 0
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (!stopping.signal.aborted) firstAt = performance.now()
      else if (performance.now() - firstAt > impatientAfterMilliseconds) process.exit(130)
      stopping.abort()
    })
  }
  return stopping.signal
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
    const expected = thrown instanceof RangeError
    process.stderr.write(`${expected ? thrown.message : thrown instanceof Error ? thrown.stack : thrown}\n`)
    process.exit(65)
  },
)
