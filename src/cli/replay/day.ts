import { type Day, readDay } from "../../base/day.ts"

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

export interface Seat {
  /** Kinds that this agent served, the most frequent first. */
  kinds: string[]
  /** Seconds after midnight: the first service's start and the last one's end. */
  from: number
  until: number
}

export interface RealDay {
  day: Day
  callers: Caller[]
  seats: Seat[]
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
  const rows = lines
    .filter((line) => line.startsWith(wanted))
    .map((line) => Object.fromEntries(line.split(",").map((cell, index) => [names[index] ?? "", cell.trim()])) as Row)
    .filter(({ outcome }) => outcome !== "PHANTOM")
  if (rows.length === 0) throw new RangeError(`the table has no rows of ${wanted}`)
  const means = meanService(rows)
  return {
    day,
    callers: rows.map((row) => callerOf(row, means)).sort((a, b) => a.arrivesAt - b.arrivesAt),
    seats: seatsOf(rows),
  }
}

function callerOf(row: Row, means: Map<string, number>): Caller {
  const served = row.outcome === "AGENT"
  const waited = Number(row.wait_s)
  return {
    arrivesAt: seconds(row.arrived),
    kind: row.service,
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

/** Who worked, from when to when, and on what. An agent who served a kind once by the way does not count as serving it. */
function seatsOf(rows: Row[]): Seat[] {
  const byAgent = new Map<string, Row[]>()
  for (const row of rows) {
    if (row.outcome === "AGENT" && row.agent !== "") byAgent.set(row.agent, [...(byAgent.get(row.agent) ?? []), row])
  }
  return [...byAgent.values()].map((own) => {
    const counts = new Map<string, number>()
    for (const { service } of own) counts.set(service, (counts.get(service) ?? 0) + 1)
    const kinds = [...counts].sort((a, b) => b[1] - a[1])
    const often = kinds.filter(([, count]) => count >= own.length * 0.05)
    return {
      kinds: often.map(([kind]) => kind),
      from: Math.min(...own.map((row) => seconds(row.service_start))),
      until: Math.max(...own.map((row) => seconds(row.service_end))),
    }
  })
}

function seconds(clock: string): number {
  const [hours = 0, minutes = 0, rest = 0] = clock.split(":").map(Number)
  return hours * 3600 + minutes * 60 + rest
}
