import { expect, test } from "bun:test"
import fc from "fast-check"
import { heldPlaces, holds, slots } from "../../../db/schema/availability.ts"
import { bookingPeople, bookings } from "../../../db/schema/bookings.ts"
import { type Instant, minute } from "../../base/day.ts"
import { isRefusal } from "../../base/refusal.ts"
import { type TestOffice, testOffice } from "../../testing/office.ts"
import { hold } from "../availability/holds.ts"
import { book, cancel, move } from "./writes.ts"

/*
 * Visits of every length and families of every size ask for the same hour of an office of any grid, all at once. Each gets all of its
 * places or none; who is refused could not have been granted, and is told the three nearest times that were free at that very moment. What
 * is right is worked out a second time here, by a model that knows nothing of rows and statements.
 */

interface Grid {
  gridMinutes: number
  places: number
  slots: number
  /** A break after so many slots; none where it lies outside. */
  breakAfter: number
  release: number
  minutes: number[]
}

type Step =
  | { do: "book" | "hold"; at: number; service: number; people: number }
  | { do: "confirm" | "cancel"; which: number }
  | { do: "move"; which: number; at: number }
  | { do: "wait"; minutes: number }

const anyGrid: fc.Arbitrary<Grid> = fc.record({
  gridMinutes: fc.constantFrom(5, 10, 15, 20, 30, 60),
  places: fc.integer({ min: 1, max: 5 }),
  slots: fc.integer({ min: 4, max: 12 }),
  breakAfter: fc.integer({ min: 1, max: 16 }),
  release: fc.constantFrom(0, 7, 25),
  minutes: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 3, maxLength: 3 }),
})

const at = fc.nat(11)
const which = fc.nat(30)
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom("book" as const, "hold" as const),
      at,
      service: fc.nat(2),
      people: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("confirm" as const, "cancel" as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("move" as const), which, at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 12 }) }) },
)

const start = "13:00"
const familyCount = 24

/** Minutes after midnight at which the break begins; nothing where the grid has none. A rule begins on the day that it is made for. */
function breakOf({ breakAfter, gridMinutes, slots }: Grid): number | undefined {
  const at = 13 * 60 + breakAfter * gridMinutes
  return breakAfter < slots && at < 24 * 60 ? at : undefined
}

const clockOf = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":")

/** What was done, or why not: the starts that are to be had instead, or nothing where there are no times to speak of. */
type Outcome = "done" | { instead: Instant[] } | "no"

interface Visit {
  startsAt: Instant
  width: number
  length: number
  until: Instant
  /** Of a hold: what became of it. */
  isOver: boolean
}

/** An office as simple as it can be said. */
class Model {
  readonly grid: Grid
  readonly starts: Instant[]
  now: Instant
  readonly booked: Visit[] = []
  readonly held: Visit[] = []
  readonly back: { startsAt: Instant; width: number; until: Instant }[] = []

  constructor(grid: Grid, first: Instant, now: Instant) {
    this.grid = grid
    this.now = now
    const hasBreak = breakOf(grid) !== undefined
    this.starts = Array.from({ length: grid.slots }, (_, index) => index)
      .filter((index) => !hasBreak || index !== grid.breakAfter)
      .map((index) => first + index * this.step)
  }

  get step(): number {
    return this.grid.gridMinutes * minute
  }

  need(service: number, people: number): { width: number; length: number } {
    const width = Math.min(people, this.grid.places)
    const each = Math.ceil((this.grid.minutes[service] ?? 1) / this.grid.gridMinutes)
    return { width, length: Math.ceil((each * people) / width) }
  }

  startsOf({ startsAt, length }: Pick<Visit, "startsAt" | "length">): Instant[] {
    return Array.from({ length }, (_, index) => startsAt + index * this.step)
  }

  usedAt(slot: Instant): number {
    const of = (all: Visit[]) => all.filter((one) => !one.isOver && this.startsOf(one).includes(slot))
    const live = of(this.held).filter(({ until }) => until > this.now)
    const resting = this.back.filter(({ startsAt, until }) => startsAt === slot && until > this.now)
    return [...of(this.booked), ...live, ...resting].reduce((sum, { width }) => sum + width, 0)
  }

  fits(startsAt: Instant, need: { width: number; length: number }, own?: Visit): boolean {
    const mine = own && own.width >= need.width ? this.startsOf(own) : []
    return this.startsOf({ startsAt, length: need.length }).every(
      (slot) =>
        this.starts.includes(slot) && (mine.includes(slot) || this.usedAt(slot) + need.width <= this.grid.places),
    )
  }

  instead(around: Instant, need: { width: number; length: number }, own?: Visit): { instead: Instant[] } {
    const free = this.starts.filter((one) => one !== own?.startsAt && this.fits(one, need, own))
    const near = free.sort((left, right) => Math.abs(left - around) - Math.abs(right - around) || left - right)
    return { instead: near.slice(0, 3).sort((left, right) => left - right) }
  }

  take(startsAt: Instant, need: { width: number; length: number }, into: Visit[]): Outcome {
    if (!this.fits(startsAt, need)) return this.instead(startsAt, need)
    into.push({ startsAt, ...need, until: this.now + 10 * minute, isOver: false })
    return "done"
  }

  confirm(kept: Visit): Outcome {
    if (kept.isOver) return "done"
    const isLive = kept.until > this.now
    if (!isLive && !this.fits(kept.startsAt, kept)) return this.instead(kept.startsAt, kept)
    kept.isOver = true
    this.booked.push({ ...kept, isOver: false })
    return "done"
  }

  cancel(visit: Visit): Outcome {
    if (visit.isOver) return "no"
    visit.isOver = true
    this.rest(visit, [])
    return "done"
  }

  move(visit: Visit, to: Instant): Outcome {
    if (visit.isOver || to === visit.startsAt) return "no"
    visit.isOver = true
    const fits = this.fits(to, visit, visit)
    const outcome = fits ? "done" : this.instead(to, visit, visit)
    visit.isOver = false
    if (!fits) return outcome
    const before = { ...visit }
    visit.startsAt = to
    this.rest(before, this.startsOf(visit))
    return outcome
  }

  rest(visit: Visit, still: Instant[]): void {
    const left = visit.startsAt - 1 - this.now
    const delay = Math.floor(Math.min(this.grid.release * minute, left / 2))
    for (const startsAt of this.startsOf(visit)) {
      if (!still.includes(startsAt)) this.back.push({ startsAt, width: visit.width, until: this.now + delay })
    }
  }
}

/** Begins a step in the office and answers what it came to, once it has. */
function attempt(office: TestOffice, turn: Parameters<TestOffice["write"]>[0]): Promise<Outcome> {
  return office.write(turn).then(
    () => "done",
    (thrown: unknown) => {
      if (!isRefusal(thrown)) throw thrown
      const alternatives = thrown.details["alternatives"] as { startsAt: Instant }[] | undefined
      return alternatives ? { instead: alternatives.map(({ startsAt }) => startsAt) } : "no"
    },
  )
}

test("each visit gets all of its places or none, and who is refused could not have been granted", async () => {
  await fc.assert(
    fc.asyncProperty(anyGrid, fc.array(anyStep, { minLength: 15, maxLength: 60 }), async (grid, steps) => {
      const { gridMinutes, places, release } = grid
      const pause = breakOf(grid)
      const office = await testOffice({
        gridMinutes,
        soonestMinutes: 0,
        furthestDays: 1,
        releaseMinutes: [release, release],
        citizens: familyCount,
        hours: [
          { rrule: "FREQ=WEEKLY;BYDAY=SU", start, minutes: grid.slots * gridMinutes },
          ...(pause === undefined
            ? []
            : [
                { layer: "break" as const, rrule: "FREQ=WEEKLY;BYDAY=SU", start: clockOf(pause), minutes: gridMinutes },
              ]),
        ],
        lines: [{ code: "PAS", public: places, staffExtra: 0 }],
        services: grid.minutes.map((minutes, index) => ({ code: `PAS-9${index}`, sector: "PAS", minutes })),
      })
      try {
        await race(office, grid, steps)
      } finally {
        await office.close()
      }
    }),
    { numRuns: 40 },
  )
}, 120_000)

async function race(office: TestOffice, grid: Grid, steps: Step[]): Promise<void> {
  const families: string[][] = []
  for (const citizen of office.citizens(familyCount)) {
    families.push([citizen.id, ...(await office.children(citizen, 4))])
  }
  const model = new Model(grid, office.at(start), office.clock.office())
  // Ids of what the office has made, in the order in which the model has made the same.
  const booked: string[] = []
  const held: string[] = []
  const owners = { booked: [] as number[], held: [] as number[] }
  let next = 0
  let running: { step: Step; expected: Outcome; came: Promise<Outcome> }[] = []

  async function settle(): Promise<void> {
    for (const { step, expected, came } of running) expect({ step, came: await came }).toEqual({ step, came: expected })
    running = []
  }

  for (const step of steps) {
    if (step.do === "wait") {
      await settle()
      office.clock.advance(step.minutes * minute)
      model.now = office.clock.office()
      continue
    }
    if ("service" in step) {
      if (next >= familyCount) continue
      const person = next++
      const startsAt = office.at(start) + step.at * model.step
      const need = model.need(step.service, step.people)
      const wanted = {
        office: office.code,
        service: `PAS-9${step.service}`,
        slot: `${office.code}.PAS.${new Date(startsAt).toISOString().slice(0, 16).replace(/[-:]/g, "")}`,
        for: families[person]?.slice(0, step.people),
      }
      const into = step.do === "book" ? model.booked : model.held
      if (!model.starts.includes(startsAt)) continue
      const expected = model.take(startsAt, need, into)
      if (expected === "done") owners[step.do === "book" ? "booked" : "held"].push(person)
      const ids = step.do === "book" ? booked : held
      const at = into.length - 1
      const came = attempt(office, async (tx) => {
        const citizen = office.citizen(person + 1)
        const made = step.do === "book" ? await book(tx, citizen, wanted) : await hold(tx, citizen, wanted)
        ids[at] = made.id
      })
      running.push({ step, expected, came })
      continue
    }
    if (step.do === "confirm") {
      const which = step.which % Math.max(1, model.held.length)
      const kept = model.held[which]
      if (!kept) continue
      const wasOver = kept.isOver
      const expected = model.confirm(kept)
      const person = owners.held[which] ?? 0
      if (expected === "done" && !wasOver) owners.booked.push(person)
      const at = model.booked.length - 1
      const came = attempt(office, async (tx) => {
        const made = await book(tx, office.citizen(person + 1), { hold: held[which] ?? "" })
        if (!wasOver) booked[at] = made.id
      })
      running.push({ step, expected, came })
      continue
    }
    const which = step.which % Math.max(1, model.booked.length)
    const visit = model.booked[which]
    if (!visit) continue
    const citizen = office.citizen((owners.booked[which] ?? 0) + 1)
    if (!("at" in step)) {
      const expected = model.cancel(visit)
      running.push({ step, expected, came: attempt(office, (tx) => cancel(tx, citizen, booked[which] ?? "")) })
      continue
    }
    const to = office.at(start) + step.at * model.step
    if (!model.starts.includes(to)) continue
    const slot = `${office.code}.PAS.${new Date(to).toISOString().slice(0, 16).replace(/[-:]/g, "")}`
    const expected = model.move(visit, to)
    running.push({ step, expected, came: attempt(office, (tx) => move(tx, citizen, booked[which] ?? "", slot)) })
  }
  await settle()
  await mustBeWhole(office, model)
}

/** What is taken is what the bookings have, by the rows as by the model; what was refused has left nothing. */
async function mustBeWhole(office: TestOffice, model: Model): Promise<void> {
  const standing = model.booked.filter(({ isOver }) => !isOver)
  const rows = await office.store.db.select().from(slots)
  for (const { startsAt, taken, publicPlaces } of rows) {
    const own = standing.filter((visit) => model.startsOf(visit).includes(startsAt))
    expect([startsAt, taken]).toEqual([startsAt, own.reduce((sum, { width }) => sum + width, 0)])
    expect(taken).toBeLessThanOrEqual(publicPlaces)
  }
  const made = await office.store.db.select().from(bookings)
  expect(made).toHaveLength(model.booked.length)
  expect(await office.store.db.select().from(holds)).toHaveLength(model.held.length)
  const kept = await office.store.db.select().from(heldPlaces)
  const live = model.held.filter(({ isOver }) => !isOver)
  expect(kept).toHaveLength(live.reduce((sum, { length }) => sum + length, 0))
  const who = await office.store.db.select().from(bookingPeople)
  expect(who).toHaveLength(made.reduce((sum, { people }) => sum + people, 0))
}
