import { parseArgs } from "node:util"
import { bookings } from "./bench/bookings.ts"
import { callNext } from "./bench/next.ts"

/*
 *   npm run bench [-- --json] [--quick]
 *
 * Figures of this machine, each beside a baseline of the same run: machines differ and are shared, so what counts is the ratio.
 */

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, quick: { type: "boolean", default: false } },
})

const calls = values.quick ? 200 : 1_000
const few = await callNext(100 + calls, calls)
const many = await callNext(100_000, calls)
const http = await bookings([64, 256], values.quick ? 1_500 : 6_000)

if (values.json) {
  process.stdout.write(`${JSON.stringify({ callNext: { few, many }, bookings: http }, null, 2)}\n`)
} else {
  const rows: string[][] = [["what", "figure", "baseline", "ratio"]]
  const ms = (value: number) => `${value.toFixed(3)} ms`
  rows.push([
    `call next, ${many.waiting} waiting, p50`,
    ms(many.p50),
    `${ms(few.p50)} with ${few.waiting}`,
    (many.p50 / few.p50).toFixed(2),
  ])
  rows.push([
    `call next, ${many.waiting} waiting, p99`,
    ms(many.p99),
    `${ms(few.p99)} with ${few.waiting}`,
    (many.p99 / few.p99).toFixed(2),
  ])
  for (const { connections, bookingsPerSecond, barePerSecond, refused } of http) {
    const figure = `${Math.round(bookingsPerSecond)}/s${refused > 0 ? ` (${refused} refused)` : ""}`
    const ratio = (bookingsPerSecond / barePerSecond).toFixed(2)
    rows.push([
      `durable bookings over HTTP, ${connections} connections`,
      figure,
      `${Math.round(barePerSecond)}/s bare JSON`,
      ratio,
    ])
  }
  process.stdout.write(
    `${rows
      .map((row) =>
        row
          .map((cell, index) => cell.padEnd(index === 0 ? 48 : 34))
          .join("")
          .trimEnd(),
      )
      .join("\n")}\n`,
  )
}
process.exit(0)
