import type { Class } from "./people.ts"
import type { Lived, Outcome } from "./run.ts"

/** Waits and lateness in minutes over some people; null where there is nobody to measure. */
export interface Measured {
  people: number
  served: number
  refused: number
  offered: number
  gaveUp: number
  mean: number | null
  p50: number | null
  p90: number | null
  max: number | null
  /** Minutes called after the due; the 95th of a hundred. */
  lateP95: number | null
}

export const classes = ["booked", "walk-in", "need"] as const satisfies Class[]

export function measure(lived: readonly Lived[]): Measured {
  const waits: number[] = []
  const late: number[] = []
  for (const { arrivedAt, calledAt, due } of lived) {
    if (calledAt === null) continue
    waits.push((calledAt - arrivedAt) / 60_000)
    if (due !== null) late.push(Math.max(0, calledAt - due) / 60_000)
  }
  waits.sort((a, b) => a - b)
  late.sort((a, b) => a - b)
  return {
    people: lived.length,
    served: waits.length,
    refused: lived.filter(({ refused }) => refused !== null).length,
    offered: lived.filter(({ refused }) => refused !== null && refused.offered > 0).length,
    gaveUp: lived.filter(({ gaveUp }) => gaveUp).length,
    mean: waits.length > 0 ? waits.reduce((sum, wait) => sum + wait, 0) / waits.length : null,
    p50: quantile(waits, 0.5),
    p90: quantile(waits, 0.9),
    max: waits.at(-1) ?? null,
    lateP95: quantile(late, 0.95),
  }
}

/** What really happened to the same people. */
export function reallyWaited(lived: readonly Lived[]): Pick<Measured, "mean" | "p50" | "p90" | "max"> {
  const waits = lived
    .flatMap(({ reallyWaited }) => (reallyWaited === null ? [] : [reallyWaited / 60]))
    .sort((a, b) => a - b)
  return {
    mean: waits.length > 0 ? waits.reduce((sum, wait) => sum + wait, 0) / waits.length : null,
    p50: quantile(waits, 0.5),
    p90: quantile(waits, 0.9),
    max: waits.at(-1) ?? null,
  }
}

/** Of sorted values the one below which the share lies (nearest rank). */
export function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? null
}

/** A table for the terminal: a row a line and class. */
export function report(outcomes: readonly Outcome[], withReal: boolean): string {
  const out: string[] = []
  for (const outcome of outcomes) {
    const { lived, busyMs, openMs, lastCallAt, closesAt, unserved, notes } = outcome
    const used = openMs > 0 ? Math.round((100 * busyMs) / openMs) : 0
    const before = lastCallAt === null ? "none" : `${Math.round((closesAt - lastCallAt) / 60_000)} min before closing`
    out.push(
      `policy ${outcome.policy}: counters ${used} % busy, last call ${before}, ${unserved} with a number and not called`,
    )
    out.push(
      row(["line", "class", "people", "served", "refused", "offered", "left", "mean", "p50", "p90", "max", "late p95"]),
    )
    for (const [line, people] of byLine(lived)) {
      for (const one of ["all", ...classes] as const) {
        const own = one === "all" ? people : people.filter((life) => life.class === one)
        if (own.length === 0) continue
        const m = measure(own)
        const counts = [m.people, m.served, m.refused, m.offered, m.gaveUp].map(String)
        out.push(row([line, one, ...counts, ...[m.mean, m.p50, m.p90, m.max, m.lateP95].map(minutes)]))
      }
    }
    if (withReal) {
      const real = reallyWaited(lived)
      out.push(
        row(["really", "served", "", "", "", "", "", ...[real.mean, real.p50, real.p90, real.max].map(minutes), ""]),
      )
    }
    out.push(...notes.map((note) => `  ${note}`), "")
  }
  return out.join("\n")
}

function byLine(lived: readonly Lived[]): [string, Lived[]][] {
  const kinds = [...new Set(lived.map(({ kind }) => kind))].sort()
  return [
    ["all", [...lived]],
    ...kinds.map((kind): [string, Lived[]] => [kind, lived.filter((life) => life.kind === kind)]),
  ]
}

function row(cells: string[]): string {
  return cells.map((cell, index) => (index < 2 ? cell.padEnd(8) : cell.padStart(8))).join(" ")
}

function minutes(value: number | null): string {
  return value === null ? "-" : value.toFixed(1)
}
