import type { Lived, Outcome } from "./run.ts"

const minute = 60_000

/** Waits and lateness in minutes over some people; null where there is nobody to measure. */
export interface Measured {
  people: number
  served: number
  refused: number
  /** Of the refused, who was offered other times. */
  offered: number
  gaveUp: number
  /** With a number and not called. */
  unserved: number
  mean: number | null
  p50: number | null
  p90: number | null
  p95: number | null
  max: number | null
  /** Minutes called after the due; the 95th of a hundred. */
  lateP95: number | null
}

/**
 * How long somebody waited, milliseconds; null for who was never called. Booked people wait from their booked time, or from when they came
 * where that was later; everybody else from when they came.
 */
export function waitOf({ class: kind, arrivedAt, bookedAt, calledAt }: Lived): number | null {
  if (calledAt === null) return null
  const from = kind === "booked" ? Math.max(arrivedAt, bookedAt ?? arrivedAt) : arrivedAt
  return Math.max(0, calledAt - from)
}

export function measure(lived: readonly Lived[]): Measured {
  const waits = minutesOf(lived.map(waitOf))
  const late = minutesOf(
    lived.map(({ calledAt, due }) => (calledAt === null || due === null ? null : Math.max(0, calledAt - due))),
  )
  return {
    people: lived.length,
    served: waits.length,
    refused: lived.filter(({ refused }) => refused !== null).length,
    offered: lived.filter(({ refused }) => refused !== null && refused.offered > 0).length,
    gaveUp: lived.filter(({ gaveUp }) => gaveUp).length,
    unserved: lived.filter(isUnserved).length,
    ...spread(waits),
    lateP95: quantile(late, 0.95),
  }
}

/** Somebody with a number whom nobody called, and who had not gone away by themselves. */
export function isUnserved({ due, calledAt, gaveUp }: Lived): boolean {
  return due !== null && calledAt === null && !gaveUp
}

/** What really happened to the same people. */
export function reallyWaited(lived: readonly Lived[]): ReturnType<typeof spread> & { served: number } {
  const waits = minutesOf(lived.map(({ reallyWaited }) => (reallyWaited === null ? null : reallyWaited * 1000)))
  return { served: waits.length, ...spread(waits) }
}

/** The share of people who were called within so many minutes of coming. */
export function within(lived: readonly Lived[], minutes: number): number | null {
  const served = lived.filter(({ calledAt }) => calledAt !== null)
  const inTime = served.filter((one) => (waitOf(one) ?? Infinity) <= minutes * minute)
  return served.length > 0 ? inTime.length / served.length : null
}

/** How the day ended: the last call, minutes before closing (negative: after), and how many were called after closing. */
export function ending({ lived, closesAt }: Outcome): { beforeClosing: number | null; afterClosing: number } {
  const calls = lived.flatMap(({ calledAt }) => calledAt ?? [])
  return {
    beforeClosing: calls.length > 0 ? (closesAt - Math.max(...calls)) / minute : null,
    afterClosing: calls.filter((at) => at > closesAt).length,
  }
}

/** Of open counters' time, the part in which they served somebody. */
export function utilisation({ busyMs, openMs }: Outcome): number | null {
  return openMs > 0 ? busyMs / openMs : null
}

export function meanOf(values: readonly number[]): number | null {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null
}

/** Of sorted values the one below which the share lies (nearest rank). */
export function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? null
}

function spread(sorted: readonly number[]) {
  const [p50, p90, p95] = [quantile(sorted, 0.5), quantile(sorted, 0.9), quantile(sorted, 0.95)]
  return { mean: meanOf(sorted), p50, p90, p95, max: sorted.at(-1) ?? null }
}

/** Milliseconds as sorted minutes. */
function minutesOf(milliseconds: readonly (number | null)[]): number[] {
  return milliseconds.flatMap((one) => (one === null ? [] : [one / minute])).sort((a, b) => a - b)
}
