import { join } from "node:path"
import { connect } from "../../../db/dialect.ts"
import { type Form, fill, type Known, makeUp } from "./booking-statements.ts"

/** One booking's values, a list for each step of its form. */
export type Filled = unknown[][]

/** The values of so many more bookings, so that none is made while the clock runs. */
export function fillAll(form: Form, bookings: readonly Known[]): Filled[] {
  return bookings.map((known, index) => fill(form, known, form.counted + 1 + index, makeUp))
}

/** The statements of a booking, prepared once, over connections that are set up as the house's own. */
export function openLoop(data: string, form: Form) {
  const file = join(data, "dawr.db")
  const [writing, reading] = [connect(file, "write"), connect(file, "read")]
  const writer = form.steps.find(({ inside }) => inside)?.connection
  const steps = form.steps.map(({ connection, how, text, inside }, index) => {
    const prepared = (connection === writer ? writing : reading).raw.prepare(text)
    const run = how === "exec" ? prepared.run.bind(prepared) : prepared[how].bind(prepared)
    return { inside, index, run: run as (...values: unknown[]) => unknown }
  })
  const [begin, commit] = [writing.raw.prepare("BEGIN IMMEDIATE"), writing.raw.prepare("COMMIT")]
  const before = steps.filter((step) => !step.inside)
  const inside = steps.filter((step) => step.inside)
  const runEach = (which: typeof steps, values: Filled) => {
    for (const { index, run } of which) run(...(values[index] ?? []))
  }
  return {
    /** What a booking asks before its turn. */
    before: (values: Filled) => runEach(before, values),
    /** So many bookings in one COMMIT. */
    commit(batch: readonly Filled[]): void {
      begin.run()
      for (const values of batch) runEach(inside, values)
      commit.run()
    },
    countBookings: () => writing.raw.query<{ n: number }, []>("SELECT count(*) AS n FROM booking").get()?.n ?? 0,
    close(): void {
      reading.raw.close()
      writing.raw.close()
    },
  }
}
