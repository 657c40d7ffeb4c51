import { describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { compare } from "./compare.ts"
import { busiestDays, type Caller, type RealDay, readRealDay } from "./day.ts"
import type { Policy } from "./hall.ts"
import { ending, type Measured, measure, quantile, reallyWaited, utilisation, within } from "./measure.ts"
import { memoryHall } from "./memory.ts"
import { type Class, classes, peopleOf, type Shape } from "./people.ts"
import { figures, report } from "./report.ts"
import { live, type Outcome } from "./run.ts"
import { readSettings, usual } from "./settings.ts"
import { openingOf, type Shift } from "./shifts.ts"

const csv = readFileSync(join(import.meta.dir, "made-up-day.csv"), "utf8")
const day = readRealDay(csv, "2026-03-02")
/** The same people with one agent fewer: a full hall. */
const full: RealDay = { ...day, shifts: day.shifts.slice(0, 3) }
const shape: Shape = { booked: 0.5, stretch: 2, needs: 0.05, ready: 1 }
const plain: Shape = { booked: 0, stretch: 1, needs: 0, ready: 1 }

async function played(policy: Policy, on: RealDay, wanted: Shape = shape): Promise<Outcome> {
  const hall = await memoryHall(on, wanted.stretch)
  try {
    return await live(hall, on, wanted, policy)
  } finally {
    await hall.close()
  }
}

/** The full hall lived by each policy, once for all that is said of it below. */
const lives = new Map<Policy, Promise<Outcome>>()
function fullHall(policy: Policy): Promise<Outcome> {
  const life = lives.get(policy) ?? played(policy, full)
  lives.set(policy, life)
  return life
}
const of = ({ lived }: Outcome, kind: string) => lived.filter((one) => one.class === kind)

describe("a day's table", () => {
  test("is read without its noise, with who worked when and on what", () => {
    expect(day.callers.length).toBe(
      csv.split("\n").filter((line) => line.startsWith("2026-03-02") && !line.includes("PHANTOM")).length,
    )
    expect(day.shifts).toHaveLength(4)
    expect(day.shifts.every(({ kinds, from, until }) => kinds.length > 0 && from < until)).toBe(true)
    expect(openingOf(day.shifts).from).toBe(8 * 3600)
    expect(readRealDay(csv, "2026-03-03").callers).toHaveLength(1)
    expect([busiestDays(csv, 1), busiestDays(csv, 5)]).toEqual([["2026-03-02"], ["2026-03-02", "2026-03-03"]])
  })

  test("of another form, and a day that it does not have, are said in a sentence", () => {
    expect(() => readRealDay("a,b,c\n1,2,3", "2026-03-02")).toThrow("no column date")
    expect(() => readRealDay(csv, "2026-03-09")).toThrow("no rows of 2026-03-09")
    expect(() => readRealDay(csv, "yesterday")).toThrow("YYYY-MM-DD")
    const unserved = csv.replaceAll(",AGENT,", ",HANG,")
    expect(() => readRealDay(unserved, "2026-03-02")).toThrow("nobody was served")
  })

  test("of more kinds than a counter has lines keeps the frequent ones; the others are one", () => {
    const kinds = ["K0", "K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9"]
    const [head = "", ...rows] = csv.split("\n")
    const many = rows.map((row, index) =>
      row.replace(/,(AA|BB|CC),/, `,${kinds[Math.floor(Math.sqrt(index / 3.2)) % 10]},`),
    )
    const read = new Set(readRealDay([head, ...many].join("\n"), "2026-03-02").callers.map(({ kind }) => kind))
    expect(read.size).toBe(8)
    expect(read.has("OTHER")).toBe(true)
  })
})

describe("the people of a day", () => {
  test("are the same each time; stretching thins them and lengthens their visits", () => {
    expect(peopleOf(day, shape)).toEqual(peopleOf(day, shape))
    const [all, third] = [peopleOf(day, plain), peopleOf(day, { ...plain, stretch: 3 })]
    expect(third.length).toBeLessThan(all.length / 2)
    expect(third[0]?.serviceSeconds).toBe((all[0]?.serviceSeconds ?? 0) * 3)
    expect(peopleOf(day, { ...plain, booked: 1 }).every(({ bookedAt }) => bookedAt !== null)).toBe(true)
  })

  test("come in parts: each round has others, and together they are all", () => {
    const rounds = [0, 1, 2].map((round) => peopleOf(day, { ...shape, stretch: 3, round }))
    const came = rounds.flat().map(({ arrivesAt }) => arrivesAt)
    const all = peopleOf(day, { ...plain, stretch: 1 }).map(({ arrivesAt }) => arrivesAt)
    expect(came.sort((a, b) => a - b)).toEqual(all)
  })

  test("who hung up at once had not come to wait; the others stay in a stretched day, and go as they did in the plain one", () => {
    const gaveUp = (after: number | null, index: number): Caller => ({
      ...(day.callers[0] as Caller),
      arrivesAt: 9 * 3600 + index,
      gaveUpAfter: after,
    })
    const on = { ...day, callers: [10, 50, null].map(gaveUp) }
    expect(peopleOf(on, plain).map(({ gaveUpAfter }) => gaveUpAfter)).toEqual([10, 50, null])
    expect(peopleOf(on, { ...plain, stretch: 1.4 }).map(({ gaveUpAfter }) => gaveUpAfter)).toEqual([null, null])
  })
})

describe("in a full hall", () => {
  test("everybody is served, or sent home at the door with other times; nobody is lost", async () => {
    const { lived, busyMs, openMs } = await fullHall("due")
    expect(lived).toHaveLength(peopleOf(full, shape).length)
    expect(lived.every(({ calledAt, refused }) => (calledAt === null) !== (refused === null))).toBe(true)
    expect(lived.every(({ calledAt, arrivedAt }) => calledAt === null || calledAt >= arrivedAt)).toBe(true)
    expect(lived.every(({ refused }) => refused === null || refused.offered > 0)).toBe(true)
    expect(busyMs).toBeLessThanOrEqual(openMs)
  }, 60_000)

  test("what due times promise is kept: booked people in time, needs first, walk-ins sooner than where bookings always go first", async () => {
    const [due, bookedFirst] = [await fullHall("due"), await fullHall("booked-first")]
    expect(utilisation(due)).toBeGreaterThan(0.8)
    expect(measure(of(due, "booked")).lateP95).toBeLessThanOrEqual(10)
    expect(measure(due.lived).unserved).toBe(0)
    expect(ending(due).afterClosing).toBe(0)
    expect(within(of(due, "need"), usual.need)).toBe(1)
    const served = new Set(due.lived.filter((one) => one.calledAt !== null).map(({ name }) => name))
    const walkIns = (outcome: Outcome) => of(outcome, "walk-in").filter(({ name }) => served.has(name))
    expect(measure(walkIns(due)).mean).toBeLessThan(measure(walkIns(bookedFirst)).mean ?? 0)
  }, 60_000)

  test("booked people are called nearer to their time by due than in the order of coming", async () => {
    const [due, fifo] = [await fullHall("due"), await fullHall("fifo")]
    expect(measure(of(due, "booked")).p95).toBeLessThan(measure(of(fifo, "booked")).p95 ?? 0)
    expect(measure(of(due, "need")).mean).toBeLessThan(measure(of(fifo, "need")).mean ?? 0)
  }, 60_000)

  test("the figures stand side by side, for people and for programs", async () => {
    const outcomes = [await fullHall("due"), await fullHall("fifo")]
    const text = report(outcomes, false)
    const first = text.split("\n").filter((line) => line.startsWith("AA     booked"))
    expect(first.map((line) => line.split(/\s+/)[2])).toEqual(["due", "fifo"])
    expect(text).toMatch(/^due +\d+ % +\d+ min before closing +0 +0$/m)
    expect(text).toContain("refused at the door, due: 1 (day_full 1); offered other times: 1, the first of them ")
    expect(figures(outcomes)).toMatchObject([
      {
        policy: "due",
        afterClosing: 0,
        needsInTarget: 1,
        all: { unserved: 0 },
        lines: { AA: { refused: 1, needsInTarget: 1 } },
      },
      { policy: "fifo" },
    ])
    // What the table says of a line and a class stands for programs too, and the classes of a line are all of it.
    const [told] = figures(outcomes) as { lines: Record<string, Measured & Record<Class, Measured>> }[]
    for (const [line, whole] of Object.entries(told?.lines ?? {})) {
      const there = outcomes[0]?.lived.filter(({ kind }) => kind === line) ?? []
      for (const one of classes) expect(whole[one]).toEqual(measure(there.filter((life) => life.class === one)))
      expect(classes.reduce((sum, one) => sum + whole[one].people, 0)).toBe(whole.people)
    }
    const [, , , people, served] = first[0]?.split(/\s+/).map(Number) ?? []
    expect(told?.lines["AA"]?.booked).toMatchObject({ people, served })
  }, 60_000)
})

test("who is early and has not said to be ready is called at the booked time, though nobody else comes", async () => {
  const patient: Shape = { booked: 1, stretch: 1, needs: 0, ready: 0 }
  const alone = day.callers
    .map((caller) => ({ ...day, callers: [caller] }))
    .find((one) => peopleOf(one, patient).some(({ arrivesAt, bookedAt }) => (bookedAt ?? 0) > arrivesAt + 60))
  if (!alone) throw new Error("nobody of the day comes early")
  for (const [ready, early] of [
    [0, false],
    [1, true],
  ] as const) {
    const [one] = (await played("fifo", alone, { ...patient, ready })).lived
    expect((one?.calledAt ?? 0) < (one?.bookedAt ?? 0)).toBe(early)
    if (!early) expect(one?.calledAt).toBe(one?.bookedAt as number)
  }
}, 60_000)

test("whoever finds no time to book comes as anybody without a booking, and who finds another time comes for that one", async () => {
  const early = day.callers.filter(({ arrivesAt }) => arrivesAt < 9.5 * 3600)
  const crowd = {
    ...full,
    callers: [...early, ...early],
    shifts: full.shifts.map((one) => ({ ...one, until: 10 * 3600 })),
  }
  const outcome = await played("due", crowd, { ...plain, booked: 1 })
  const without = of(outcome, "walk-in").length
  expect(without).toBeGreaterThan(0)
  expect(outcome.notes.join()).toContain(`bookings that were not to be had: ${without}`)
  const late = of(outcome, "booked").map(({ arrivedAt, bookedAt }) => (arrivedAt - (bookedAt ?? 0)) / 60_000)
  expect(Math.max(...late)).toBeLessThanOrEqual(20)
  expect(Math.min(...late)).toBeGreaterThanOrEqual(-30)
}, 60_000)

test("without stretch people give up as they did, and what really happened stands beside", async () => {
  const callers = day.callers
    .filter(({ arrivesAt }) => arrivesAt < 9.5 * 3600)
    .map((caller, index) => (index % 5 === 0 ? { ...caller, gaveUpAfter: 5, reallyWaited: null } : caller))
  const outcome = await played("fifo", { ...full, callers }, plain)
  const gone = outcome.lived.filter(({ gaveUp }) => gaveUp)
  expect(gone.length).toBeGreaterThan(0)
  expect(gone.filter(({ calledAt }) => calledAt !== null)).toEqual([])
  expect(reallyWaited(outcome.lived).mean).toBeGreaterThan(0)
  expect(report([outcome], true)).toMatch(/^all +all +really +\d+/m)
}, 60_000)

test("who is there at closing time stays until all are served, and whose shift ends before goes only when nobody waits", async () => {
  // Visits of five minutes as planned; two that take far longer come when two thirds of the session are over.
  const caller = (minutes: number, serviceSeconds: number): Caller => ({
    ...{ arrivesAt: 8 * 3600 + minutes * 60, kind: "AA", priority: 0, serviceSeconds },
    ...{ gaveUpAfter: null, reallyWaited: serviceSeconds > 600 ? null : 0 },
  })
  const long = [caller(35, 1700), caller(36, 1700)]
  const callers = [...long, ...Array.from({ length: 6 }, (_, index) => caller(37 + index, 200))]
  const shift = (until: number): Shift => ({ kinds: ["AA"], from: 8 * 3600, until: until * 3600 })
  const on: RealDay = { day: day.day, callers, shifts: [shift(9), shift(8.7)] }
  const outcome = await played("due", on, { ...plain, stretch: 1.4 })
  expect(measure(outcome.lived)).toMatchObject({ people: 8, unserved: 0, refused: 0, served: 8 })
  expect(ending(outcome).afterClosing).toBeGreaterThan(0)
  expect(outcome.openMs).toBeGreaterThan((1 + 0.7) * 3_600_000)
}, 60_000)

const anyDay = fc
  .record({
    callers: fc.array(
      fc.record({
        arrivesAt: fc.integer({ min: 8 * 3600, max: 11 * 3600 - 1 }),
        kind: fc.constantFrom("AA", "AA", "BB"),
        serviceSeconds: fc.integer({ min: 10, max: 1500 }),
      }),
      { minLength: 1, maxLength: 70 },
    ),
    leaving: fc.array(fc.integer({ min: 8.5 * 3600, max: 11 * 3600 }), { minLength: 1, maxLength: 3 }),
  })
  .map(({ callers, leaving }): RealDay => {
    const shift = (until: number): Shift => ({ kinds: ["AA"], from: 8 * 3600, until })
    const usualCaller = { priority: 0, gaveUpAfter: null, reallyWaited: 0 }
    const came = callers.map((caller): Caller => ({ ...usualCaller, ...caller }))
    return {
      day: day.day,
      callers: came.sort((a, b) => a.arrivesAt - b.arrivesAt),
      shifts: [shift(11 * 3600), ...leaving.map(shift)],
    }
  })

test("on whatever day nobody with a number goes home unserved, as long as the counters stay until the hall is empty", async () => {
  await fc.assert(
    fc.asyncProperty(anyDay, fc.constantFrom<Policy[]>("due", "fifo", "booked-first"), async (any, policy) => {
      const { lived } = await played(policy, any, { booked: 0.4, stretch: 1.4, needs: 0.2, ready: 0.5 })
      expect(measure(lived).unserved).toBe(0)
      expect(lived.every(({ calledAt, refused }) => (calledAt === null) !== (refused === null))).toBe(true)
    }),
    { numRuns: 6 },
  )
}, 60_000)

test("whom the records put first are those with a need, where that is asked for", () => {
  const people = peopleOf(day, { ...plain, needs: "file" })
  const first = new Set(day.callers.filter(({ priority }) => priority === 2).map(({ arrivesAt }) => arrivesAt))
  const withNeed = people.filter((one) => one.class === "need")
  expect(withNeed.length).toBeGreaterThan(10)
  expect(withNeed.every(({ arrivesAt }) => first.has(arrivesAt))).toBe(true)
  expect(people.filter(({ arrivesAt }) => first.has(arrivesAt)).length).toBe(withNeed.length)
})

test("settings are read as they are typed, and compared over days in a table", async () => {
  expect(readSettings("usual")).toEqual(usual)
  expect(readSettings("target=45,help=0")).toEqual({ ...usual, target: 45, help: 0 })
  for (const wrong of ["speed=3", "target", "target=", "target=-1", "target=soon"]) {
    expect(() => readSettings(wrong)).toThrow("a setting is one of target, need, grace, help, booked")
  }
  const played: string[] = []
  const table = await compare({
    ...{ csv, days: ["2026-03-03"], shape: { ...plain, stretch: 2 }, rounds: 2, settings: ["usual", "target=45"] },
    played: (on, round) => void played.push(`${on} ${round}`),
  })
  expect(played).toEqual(["2026-03-03 0", "2026-03-03 1"])
  expect(table).toContain("| fifo |")
  expect(table).toContain("| due, target=30,need=10,grace=15,help=10,booked=0.7 |")
  expect(table).toContain("| due, target=45 |")
  expect(table).toContain("| 2026-03-03 | ")
}, 60_000)

test("a quantile is the value below which the share lies", () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  expect([quantile(values, 0.5), quantile(values, 0.9), quantile(values, 0.95), quantile([], 0.5)]).toEqual([
    5,
    9,
    10,
    null,
  ])
})
