import { type RealDay, readRealDay } from "./day.ts"
import { type Policy, policies } from "./hall.ts"
import { ending, isUnserved, meanOf, measure, utilisation, waitOf, within } from "./measure.ts"
import { memoryHall } from "./memory.ts"
import type { Shape } from "./people.ts"
import { live, type Outcome } from "./run.ts"
import { readSettings, usual } from "./settings.ts"

/** What is played on every day: the house's rule with these settings, or another way of calling with the usual ones. */
interface Way {
  name: string
  policy: Policy
  settings: string
}

/** One day lived in one way. Minutes, shares and people. */
interface Figures {
  bookedLate: number | null
  bookedWait: number | null
  walkIns: number | null
  needsInTarget: number | null
  needsWait: number | null
  unserved: number
  beforeClosing: number | null
  afterClosing: number
  refused: number
  busy: number | null
}

export interface Comparing {
  csv: string
  days: readonly string[]
  shape: Shape
  /** How often each day is played, each time with other people of it. */
  rounds: number
  settings: readonly string[]
  /** Told of each day that has been played. */
  played: (day: string, round: number) => void
}

/** Plays the days by each of the settings, and in the two plain ways; answers two tables in Markdown: the means, and each day. */
export async function compare({ csv, days, shape, rounds, settings, played }: Comparing): Promise<string> {
  const ways: Way[] = [
    ...policies.flatMap((policy) => (policy === "due" ? [] : [{ name: policy, policy, settings: "usual" }])),
    ...settings.map((one) => ({
      name: `due, ${one === "usual" ? nameOfUsual() : one}`,
      policy: "due" as const,
      settings: one,
    })),
  ]
  const found = new Map<Way, Figures[]>(ways.map((way) => [way, []]))
  for (const wanted of days) {
    const day = readRealDay(csv, wanted)
    for (let round = 0; round < rounds; round++) {
      const lived = await livedBy(ways, day, { ...shape, round })
      for (const [way, figures] of lived) found.get(way)?.push(figures)
      played(wanted, round)
    }
  }
  return [means(found), "", byDay(found, days, rounds), ""].join("\n")
}

async function livedBy(ways: readonly Way[], day: RealDay, shape: Shape): Promise<Map<Way, Figures>> {
  const outcomes = new Map<Way, Outcome>()
  for (const way of ways) {
    const hall = await memoryHall(day, shape.stretch, readSettings(way.settings))
    try {
      outcomes.set(way, await live(hall, day, shape, way.policy))
    } finally {
      await hall.close()
    }
  }
  // Whoever was sent away in one of the ways is left out of all: the waits compared are those of the same people.
  const served = (name: string) =>
    [...outcomes.values()].every(({ lived }) => lived.some((one) => one.name === name && one.calledAt !== null))
  const names = [...outcomes.values()][0]?.lived.map(({ name }) => name) ?? []
  const same = new Set(names.filter(served))
  return new Map([...outcomes].map(([way, outcome]) => [way, figuresOf(outcome, same)]))
}

function figuresOf(outcome: Outcome, same: ReadonlySet<string>): Figures {
  const of = (kind: string) => outcome.lived.filter((one) => one.class === kind)
  const booked = measure(of("booked"))
  const walkIns = of("walk-in").filter(({ name }) => same.has(name))
  return {
    bookedLate: booked.lateP95,
    bookedWait: booked.p95,
    walkIns: meanOf(walkIns.flatMap((one) => (waitOf(one) ?? 0) / 60_000)),
    needsInTarget: within(of("need"), usual.need),
    needsWait: measure(of("need")).mean,
    unserved: outcome.lived.filter(isUnserved).length,
    ...ending(outcome),
    refused: measure(outcome.lived).refused,
    busy: utilisation(outcome),
  }
}

function means(found: ReadonlyMap<Way, readonly Figures[]>): string {
  const rows = [...found].map(([{ name }, days]) => {
    const of = (pick: (figures: Figures) => number | null) => days.flatMap((day) => pick(day) ?? [])
    const mean = (pick: (figures: Figures) => number | null) => meanOf(of(pick)) ?? 0
    const worst = (pick: (figures: Figures) => number | null) => Math.max(...of(pick)).toFixed(1)
    return cells([
      name,
      `${mean((day) => day.bookedLate).toFixed(1)} (${worst((day) => day.bookedLate)})`,
      `${mean((day) => day.bookedWait).toFixed(1)} (${worst((day) => day.bookedWait)})`,
      mean((day) => day.walkIns).toFixed(1),
      `${Math.round(mean((day) => day.needsInTarget) * 100)} %, ${mean((day) => day.needsWait).toFixed(1)}`,
      String(of((day) => day.unserved).reduce((sum, one) => sum + one, 0)),
      `${mean((day) => day.beforeClosing).toFixed(0)} (${Math.min(...of((day) => day.beforeClosing)).toFixed(0)})`,
      mean((day) => day.afterClosing).toFixed(1),
      mean((day) => day.refused).toFixed(1),
      `${Math.round(mean((day) => day.busy) * 100)} %`,
    ])
  })
  const heads = [
    "way of calling",
    "booked: p95 after the due (worst day)",
    "booked: p95 after the booked time (worst day)",
    "walk-ins: mean wait",
    `needs: within ${usual.need} min, mean wait`,
    "with a number, not served",
    "last call before closing (worst day)",
    "called after closing, a day",
    "refused at the door, a day",
    "busy",
  ]
  return [cells(heads), rule(heads.length), ...rows].join("\n")
}

/** The first settings beside the two plain ways, day by day. */
function byDay(found: ReadonlyMap<Way, readonly Figures[]>, days: readonly string[], rounds: number): string {
  const ways = [...found.keys()]
  const shown = [ways.find(({ policy }) => policy === "due"), ...ways.filter(({ policy }) => policy !== "due")]
  const heads = shown.flatMap((way) =>
    way ? [`${way.policy}: booked p95 after the due`, `${way.policy}: walk-ins`] : [],
  )
  const rows = days.map((day, index) => {
    const of = (way: Way | undefined) => (way ? (found.get(way) ?? []).slice(index * rounds, (index + 1) * rounds) : [])
    const mean = (way: Way | undefined, pick: (figures: Figures) => number | null) =>
      (meanOf(of(way).flatMap((one) => pick(one) ?? [])) ?? 0).toFixed(1)
    return cells([
      day,
      ...shown.flatMap((way) => [mean(way, (one) => one.bookedLate), mean(way, (one) => one.walkIns)]),
    ])
  })
  return [cells(["day", ...heads]), rule(heads.length + 1), ...rows].join("\n")
}

const cells = (values: readonly string[]) => `| ${values.join(" | ")} |`
const rule = (count: number) => cells(Array.from({ length: count }, () => "---"))
const nameOfUsual = () =>
  Object.entries(usual)
    .map(([name, value]) => `${name}=${value}`)
    .join(",")
