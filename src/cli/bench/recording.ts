import { Database, type Statement } from "bun:sqlite"

/*
 * Read in before the house's own program (`--preload`), it writes down every statement that the house runs, with its values, while it is
 * told to. Nothing else of the program is different. `start` begins anew, `stop` answers what was run.
 */

export interface Run {
  /** Which of the connections, in the order of their opening. */
  connection: number
  /** How it was run: `all`, `get`, `run` or `values`; `exec` where it was never prepared. */
  how: How
  text: string
  values: unknown[]
}

export type How = (typeof hows)[number] | "exec"

const hows = ["all", "get", "run", "values"] as const
const numbers = new Map<Database, number>()
let runs: Run[] = []
let isOn = false

function note(database: Database, how: How, text: string, values: unknown[]): void {
  if (!isOn) return
  const connection = numbers.get(database) ?? numbers.size
  numbers.set(database, connection)
  runs.push({ connection, how, text, values })
}

const { prepare, run } = Database.prototype as unknown as {
  prepare(text: string, ...rest: unknown[]): Statement
  run(text: string, ...values: unknown[]): unknown
}

/** `query` comes through here as well. */
function preparing(this: Database, text: string, ...rest: unknown[]): Statement {
  const made = prepare.call(this, text, ...rest)
  const noted = made as unknown as Record<string, (...values: unknown[]) => unknown>
  for (const how of hows) {
    const own = made[how].bind(made) as (...values: unknown[]) => unknown
    noted[how] = (...values) => {
      note(this, how, text, values)
      return own(...values)
    }
  }
  return made
}

function running(this: Database, text: string, ...values: unknown[]): unknown {
  note(this, "exec", text, values)
  return run.call(this, text, ...values)
}

Object.assign(Database.prototype, { prepare: preparing, run: running })

process.on("message", (said) => {
  isOn = said === "start"
  if (isOn) runs = []
  process.send?.(isOn ? "recording" : runs)
})
