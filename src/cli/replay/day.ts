import { type Day, readDay } from "../../base/day.ts"
import { type Call, type Shift, shiftsOf } from "./shifts.ts"

/*
 * A real day of a queue, as a table: a row a person, times by the wall clock, "0:00:00" where a thing did not happen. The form is that of
 * the public records of a bank's call centre (Technion, "Anonymous Bank"): date, service, priority, arrived, queue_start, queue_end, wait_s,
 * outcome (AGENT, HANG, PHANTOM), service_start, service_end, service_s, agent.
 */

export interface Caller {
  /** Seconds after midnight. */
  arrivesAt: number
  kind: string
  priority: number
  /** Seconds of service; for whoever was not served the mean of the kind. */
  serviceSeconds: number
  /** Whoever gave up: after so many seconds of waiting. */
  gaveUpAfter: number | null
  /** What really happened: seconds of waiting until served, null where it never came to that. */
  reallyWaited: number | null
}

export interface RealDay {
  day: Day
  callers: Caller[]
  shifts: Shift[]
}

const columns = [
  "date",
  "service",
  "priority",
  "arrived",
  "wait_s",
  "outcome",
  "service_start",
  "service_end",
  "service_s",
  "agent",
] as const

type Row = Record<(typeof columns)[number], string>

/** Reads one day out of the records. Throws a sentence where the table is not of this form or has no such day. */
export function readRealDay(csv: string, wanted: string): RealDay {
  const day = readDay(wanted)
  if (!day) throw new RangeError(`--day is written YYYY-MM-DD (got ${wanted})`)
  const [head = "", ...lines] = csv.split(/\r?\n/)
  const names = head.split(",").map((name) => name.trim())
  const missing = columns.filter((name) => !names.includes(name))
  if (missing.length > 0) throw new RangeError(`the table has no column ${missing.join(", ")}`)
  const days = [...new Set(lines.map((line) => line.slice(0, 10)))].filter((day) => readDay(day) !== null)
  const rows = lines
    .filter((line) => line.startsWith(wanted))
    .map((line) => Object.fromEntries(line.split(",").map((cell, index) => [names[index] ?? "", cell.trim()])) as Row)
    .filter(({ outcome }) => outcome !== "PHANTOM")
  if (rows.length === 0) throw new RangeError(`the table has no rows of ${wanted}, but of ${days.join(", ")}`)
  const [means, kindOf] = [meanService(rows), linesOf(rows)]
  const shifts = shiftsOf(callsByAgent(rows, kindOf))
  if (shifts.length === 0) throw new RangeError(`nobody was served on ${wanted}`)
  const callers = rows.map((row) => callerOf(row, kindOf, means)).sort((a, b) => a.arrivesAt - b.arrivesAt)
  return { day, callers, shifts }
}

/** The days of the records that have the most people, at most `count` of them, in the order of the calendar. */
export function busiestDays(csv: string, count: number): string[] {
  const people = new Map<string, number>()
  for (const [day] of csv.matchAll(/^\d{4}-\d{2}-\d{2}(?=,)/gm)) people.set(day, (people.get(day) ?? 0) + 1)
  const busiest = [...people].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).slice(0, count)
  return busiest.map(([day]) => day).sort()
}

/** A counter works on eight lines at most. */
const linesMax = 8
const other = "OTHER"

/** What each kind of service is called here: itself, and where the records have too many kinds the rarest are one. */
function linesOf(rows: Row[]): (kind: string) => string {
  const counts = new Map<string, number>()
  for (const { service } of rows) counts.set(service, (counts.get(service) ?? 0) + 1)
  const kinds = [...counts].sort((a, b) => b[1] - a[1]).map(([kind]) => kind)
  const own = new Set(kinds.slice(0, kinds.length > linesMax ? linesMax - 1 : linesMax))
  return (kind) => (own.has(kind) ? kind : other)
}

function callerOf(row: Row, kindOf: (kind: string) => string, means: Map<string, number>): Caller {
  const served = row.outcome === "AGENT"
  const waited = Number(row.wait_s)
  return {
    arrivesAt: seconds(row.arrived),
    kind: kindOf(row.service),
    priority: Number(row.priority),
    serviceSeconds: served ? Math.max(1, Number(row.service_s)) : (means.get(row.service) ?? 180),
    gaveUpAfter: served ? null : waited,
    reallyWaited: served ? waited : null,
  }
}

function meanService(rows: Row[]): Map<string, number> {
  const sums = new Map<string, { sum: number; count: number }>()
  for (const row of rows.filter(({ outcome }) => outcome === "AGENT")) {
    const sum = sums.get(row.service) ?? { sum: 0, count: 0 }
    sums.set(row.service, { sum: sum.sum + Number(row.service_s), count: sum.count + 1 })
  }
  return new Map([...sums].map(([kind, { sum, count }]) => [kind, sum / count]))
}

function callsByAgent(rows: Row[], kindOf: (kind: string) => string): Call[][] {
  const byAgent = new Map<string, Call[]>()
  for (const row of rows) {
    if (row.outcome !== "AGENT" || row.agent === "") continue
    const from = seconds(row.service_start)
    const call = { kind: kindOf(row.service), from, until: from + Number(row.service_s) }
    byAgent.set(row.agent, [...(byAgent.get(row.agent) ?? []), call])
  }
  return [...byAgent.values()]
}

function seconds(clock: string): number {
  const [hours = 0, minutes = 0, rest = 0] = clock.split(":").map(Number)
  return hours * 3600 + minutes * 60 + rest
}
