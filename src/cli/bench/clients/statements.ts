import { join } from "node:path"
import { type Connection, connect } from "../../../../db/dialect.ts"
import { type Form, fill, type Known, makeUp } from "../booking-statements.ts"
import { beTold } from "./told.ts"

/*
 * The raw loop: the statements of a booking and nothing else, prepared once, so many bookings to a COMMIT, over connections that are set up
 * as the house's own. Their values are ready before the clock starts.
 */

export interface Loop {
  do: "loop"
  data: string
  form: Form
  bookings: Known[]
  batch: number
}

export interface Looped {
  perSecond: number
  /** Microseconds of processor on each. */
  work: number
  /** By how many the store's bookings have grown. */
  kept: number
}

beTold({ loop })

async function loop({ data, form, bookings, batch }: Loop): Promise<Looped> {
  const file = join(data, "dawr.db")
  const [writing, reading] = [connect(file, "write"), connect(file, "read")]
  const writer = form.steps.find(({ inside }) => inside)?.connection
  const steps = form.steps.map(({ connection, how, text, inside }, index) => {
    const prepared = (connection === writer ? writing : reading).raw.prepare(text)
    const run = how === "exec" ? prepared.run.bind(prepared) : prepared[how].bind(prepared)
    return { inside, index, run: run as (...values: unknown[]) => unknown }
  })
  const outside = steps.filter((step) => !step.inside)
  const inside = steps.filter((step) => step.inside)
  const runAll = (some: unknown[][][], which: typeof steps) => {
    for (const values of some) for (const { index, run } of which) run(...(values[index] ?? []))
  }
  const all = bookings.map((known, index) => fill(form, known, form.counted + 1 + index, makeUp))
  const [begin, commit] = [writing.raw.prepare("BEGIN IMMEDIATE"), writing.raw.prepare("COMMIT")]
  const before = countBookings(writing)
  const [began, workBefore] = [performance.now(), process.cpuUsage()]
  for (let first = 0; first < all.length; first += batch) {
    const some = all.slice(first, first + batch)
    runAll(some, outside)
    begin.run()
    runAll(some, inside)
    commit.run()
  }
  const seconds = (performance.now() - began) / 1000
  const spent = process.cpuUsage(workBefore)
  const kept = countBookings(writing) - before
  reading.raw.close()
  writing.raw.close()
  return { perSecond: bookings.length / seconds, work: (spent.user + spent.system) / bookings.length, kept }
}

function countBookings({ raw }: Connection): number {
  return raw.query<{ n: number }, []>("SELECT count(*) AS n FROM booking").get()?.n ?? 0
}
