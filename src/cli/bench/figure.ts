/*
 * What a bench says: a figure of this run beside a baseline of the same run. Machines differ and are shared with others, so what counts is
 * the ratio; an aim is said where there is one.
 */

export type Unit = "/s" | "ms" | "µs" | "bytes" | "MB"

export interface Figure {
  what: string
  value: number
  unit: Unit
  baseline: { what: string; value: number }
  aim?: Aim
  /** Microseconds of processor that the serving process spent on each, and the baseline's; where the machine says so. */
  work?: { value: number; baseline: number }
  /** The share of the time in which the serving process had to wait for a processor. */
  waited?: number
  /** What else has to be known to read it. */
  note?: string
}

/** What the figure, or its ratio to the baseline, should come to. */
export type Aim = { least: number } | { most: number } | { ratioLeast: number } | { ratioMost: number }

/** A part of the bench: its figures, and what it has to say beside them. */
export interface Part {
  figures: Figure[]
  notes?: string[]
}

export const ratioOf = ({ value, baseline }: Figure): number => value / baseline.value

/**
 * What the ratio would be if each side had had a processor to itself and nothing else to wait for. On a machine that is shared it says more
 * than the clock.
 */
export function ratioByWork({ work, unit }: Figure): number | null {
  if (!work || work.value <= 0 || work.baseline <= 0) return null
  return unit === "/s" ? work.baseline / work.value : work.value / work.baseline
}

export function reaches(figure: Figure, aim: Aim): boolean {
  if ("least" in aim) return figure.value >= aim.least
  if ("most" in aim) return figure.value <= aim.most
  return "ratioLeast" in aim ? ratioOf(figure) >= aim.ratioLeast : ratioOf(figure) <= aim.ratioMost
}

/** The figures as a table of plain text, a line each. */
export function table(figures: readonly Figure[]): string {
  const rows = [["what", "figure", "baseline", "ratio", "by work", "aim"]]
  for (const figure of figures) {
    const { what, value, unit, baseline, aim } = figure
    rows.push([
      what,
      amount(value, unit),
      `${amount(baseline.value, unit)} ${baseline.what}`,
      ratioOf(figure).toFixed(2),
      ratioByWork(figure)?.toFixed(2) ?? "",
      aim ? `${aimText(aim, unit)}${reaches(figure, aim) ? "" : "  missed"}` : "",
    ])
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`
}

function aimText(aim: Aim, unit: Unit): string {
  if ("least" in aim) return `≥ ${amount(aim.least, unit)}`
  if ("most" in aim) return `≤ ${amount(aim.most, unit)}`
  return "ratioLeast" in aim ? `≥ ${aim.ratioLeast.toFixed(2)}` : `≤ ${aim.ratioMost.toFixed(2)}`
}

function amount(value: number, unit: Unit): string {
  const digits = unit === "/s" || unit === "bytes" ? 0 : value < 10 ? 2 : 1
  const text = value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return unit === "/s" ? `${text}/s` : `${text} ${unit}`
}

/** The value below which `share` of them lie, e.g. 0.99; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** How often something was done, and what it cost the process that did it; zeros where the machine does not say. */
export interface Rate {
  perSecond: number
  /** Microseconds of processor on each. */
  work: number
  /** The share of the time in which the process had to wait for a processor, because others had them all. */
  waited: number
}

/** Two things that were done by turns: of each the median of its rounds. */
export function beside(what: string, own: readonly Rate[], baseline: string, others: readonly Rate[]): Figure {
  const [value, other] = [own, others].map((rates) => median(rates.map(({ perSecond }) => perSecond)))
  const [work, otherWork] = [own, others].map((rates) => median(rates.map((rate) => rate.work)))
  const waited = median(own.map((rate) => rate.waited))
  return {
    ...{ what, value: value ?? 0, unit: "/s", baseline: { what: baseline, value: other ?? 0 } },
    ...(work && otherWork ? { work: { value: work, baseline: otherWork } } : {}),
    ...(waited > 0 ? { waited } : {}),
  }
}

let told: (what: string) => void = () => {}

/** Says what is being done, because some of it takes a while; nobody hears it until somebody listens. */
export const progress = (what: string): void => told(what)

export function onProgress(hear: (what: string) => void): void {
  told = hear
}
