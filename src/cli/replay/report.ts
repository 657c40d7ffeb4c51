import { ending, meanOf, measure, reallyWaited, utilisation, within } from "./measure.ts"
import { type Class, classes } from "./people.ts"
import type { Lived, Outcome } from "./run.ts"
import { usual } from "./settings.ts"

/**
 * The figures of one day for the terminal. First how each policy's day went as a whole, then for each line and class of people a row a
 * policy, one under the other; with `withReal` what really happened to the same people below them.
 */
export function report(outcomes: readonly Outcome[], withReal: boolean): string {
  const out: string[] = []
  out.push(wide("policy", ["busy", "last call", "called after closing", "with a number, not called", "stopped"]))
  for (const outcome of outcomes) out.push(wide(outcome.policy, dayOf(outcome)))
  out.push("", doorOf(outcomes), "")
  const heads = ["people", "served", "refused", "offered", "left", "mean", "p50", "p90", "p95", "max", "late", "target"]
  out.push(row(["line", "class", "policy"], heads))
  for (const kind of [null, ...kindsIn(outcomes)]) {
    for (const one of ["all", ...classes] as const) {
      const ofLine = (life: Lived) => kind === null || life.kind === kind
      const isHere = (life: Lived) => ofLine(life) && (one === "all" || life.class === one)
      const groups = outcomes.map(({ policy, lived }) => ({ policy, people: lived.filter(isHere) }))
      if (groups.every(({ people }) => people.length === 0)) continue
      // Where all are of one class its rows would say the same again.
      const all = outcomes.map(({ lived }) => lived.filter(ofLine).length)
      if (one !== "all" && one !== "need" && groups.every(({ people }, index) => people.length === all[index])) continue
      for (const { policy, people } of groups) out.push(row([kind ?? "all", one, policy], figuresOf(people)))
      const really = reallyWaited(groups[0]?.people ?? [])
      const waits = [really.mean, really.p50, really.p90, really.p95, really.max].map(minutes)
      if (withReal) out.push(row([kind ?? "all", one, "really"], ["", String(really.served), "", "", "", ...waits]))
    }
  }
  out.push("")
  out.push(
    "Minutes of waiting: of booked people from their booked time, or from when they came where that was later; of others from",
  )
  out.push(
    "when they came. late: after the due, the 95th of a hundred. left: gave up. offered: other times, to whom was refused.",
  )
  out.push(`target: called within ${usual.need} minutes of coming.`)
  for (const { policy, notes } of outcomes)
    if (notes.length > 0) out.push("", `${policy}:`, ...notes.map((n) => `  ${n}`))
  return `${out.join("\n")}\n`
}

/** The same figures for a program: of everybody and of each line, all together and by classes. */
export function figures(outcomes: readonly Outcome[]): object[] {
  return outcomes.map((outcome) => {
    const { lived, ...rest } = outcome
    const lines = kindsIn([outcome]).map((kind) => {
      const people = lived.filter((life) => life.kind === kind)
      return [kind, { ...measure(people), ...byClass(people) }]
    })
    return {
      ...rest,
      ...ending(outcome),
      utilisation: utilisation(outcome),
      all: measure(lived),
      ...byClass(lived),
      lines: Object.fromEntries(lines),
    }
  })
}

function byClass(people: readonly Lived[]): object {
  const of = (one: Class) => people.filter((life) => life.class === one)
  return {
    needsInTarget: within(of("need"), usual.need),
    ...Object.fromEntries(classes.map((one) => [one, measure(of(one))])),
  }
}

function dayOf(outcome: Outcome): string[] {
  const { beforeClosing, afterClosing } = ending(outcome)
  const { stoppedAt, closesAt } = outcome
  const clock = stoppedAt === null ? "" : new Date(stoppedAt).toISOString().slice(11, 16)
  return [
    percent(utilisation(outcome)),
    beforeClosing === null
      ? "none"
      : `${Math.abs(Math.round(beforeClosing))} min ${beforeClosing < 0 ? "after" : "before"} closing`,
    String(afterClosing),
    String(measure(outcome.lived).unserved),
    stoppedAt !== null && stoppedAt < closesAt ? `at ${clock}` : "",
  ]
}

/** Who was sent away at the door, why, and what they were offered. */
function doorOf(outcomes: readonly Outcome[]): string {
  const lines = outcomes.map(({ policy, lived }) => {
    const away = lived.flatMap(({ refused, arrivedAt }) => (refused ? [{ ...refused, arrivedAt }] : []))
    const codes = [...new Set(away.map(({ code }) => code))].sort()
    const why = codes.map((code) => `${code} ${away.filter((one) => one.code === code).length}`).join(", ")
    const offered = away.filter((one) => one.offered > 0)
    const later = meanOf(offered.flatMap((one) => (one.firstOffered ?? one.arrivedAt) - one.arrivedAt))
    const hours = later === null ? "" : `, the first of them ${(later / 3_600_000).toFixed(1)} hours later on average`
    const what = away.length > 0 ? ` (${why}); offered other times: ${offered.length}${hours}` : ""
    return `refused at the door, ${policy}: ${away.length}${what}`
  })
  return lines.join("\n")
}

function figuresOf(people: readonly Lived[]): string[] {
  const m = measure(people)
  const needs = people.filter((life) => life.class === "need")
  return [
    ...[m.people, m.served, m.refused, m.offered, m.gaveUp].map(String),
    ...[m.mean, m.p50, m.p90, m.p95, m.max, m.lateP95].map(minutes),
    needs.length === people.length ? percent(within(needs, usual.need)) : "",
  ]
}

function kindsIn(outcomes: readonly Outcome[]): string[] {
  return [...new Set(outcomes.flatMap(({ lived }) => lived.map(({ kind }) => kind)))].sort()
}

function row(names: string[], cells: string[]): string {
  const [line = "", kind = "", policy = ""] = names
  const numbers = cells.map((cell) => cell.padStart(8)).join("")
  return `${line.padEnd(7)}${kind.padEnd(9)}${policy.padEnd(13)}${numbers}`.trimEnd()
}

function wide(name: string, [busy = "", last = "", after = "", unserved = "", stopped = ""]: string[]): string {
  const cells = `${busy.padEnd(8)}${last.padEnd(24)}${after.padEnd(23)}${unserved.padEnd(28)}${stopped}`
  return `${name.padEnd(15)}${cells}`.trimEnd()
}

function minutes(value: number | null): string {
  return value === null ? "-" : value.toFixed(1)
}

function percent(share: number | null): string {
  return share === null ? "-" : `${Math.round(share * 100)} %`
}
