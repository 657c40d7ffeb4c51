import { expect, test } from "bun:test"
import { ne, sql } from "drizzle-orm"
import fc from "fast-check"
import type { AnyFact } from "../../../db/facts.ts"
import { heldPlaces, holds, slots } from "../../../db/schema/availability.ts"
import { bookingPeople, bookings } from "../../../db/schema/bookings.ts"
import { day, type Instant, minute } from "../../base/day.ts"
import { isRefusal } from "../../base/refusal.ts"
import { type TestOffice, testOffice } from "../../testing/office.ts"
import { expireHolds, hold, releaseHold } from "../availability/holds.ts"
import { closeDay, restoreDay } from "./day-changes.ts"
import { accept, decline, propose } from "./requests.ts"
import { expireRequests, markMissed } from "./steps.ts"
import { book, cancel, move } from "./writes.ts"

/* Whatever people do, in whatever order: nobody is promised a place that is not there, and no place gets lost. */

const times = ["11:00", "11:15", "11:30", "11:45", "12:00"]
const services = ["PAS-01", "PAS-04", "PAS-08", "PAS-10"]

type Step =
  | { do: "hold" | "book"; who: number; at: number; service: number; family: boolean; staff: boolean }
  | { do: "confirm" | "release"; who: number; which: number }
  | { do: "cancel" | "move" | "answer"; who: number; which: number; at: number; staff: boolean }
  | { do: "wait"; minutes: number }
  | { do: "jobs" }

const who = fc.nat(4)
const at = fc.nat(times.length - 1)
const which = fc.nat(9)
const staff = fc.boolean()
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom("hold" as const, "book" as const),
    who,
    at,
    service: fc.nat(services.length - 1),
    family: fc.boolean(),
    staff,
  }),
  fc.record({ do: fc.constantFrom("confirm" as const, "release" as const), who, which }),
  fc.record({ do: fc.constantFrom("cancel" as const, "move" as const, "answer" as const), who, which, at, staff }),
  fc.record({ do: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ do: fc.constant("jobs" as const) }),
)

const plan = {
  citizens: 5,
  lines: [{ code: "PAS", public: 2, staffExtra: 1 }],
  soonestMinutes: 0,
  releaseMinutes: [0, 20] as [number, number],
}

async function take(office: TestOffice, families: string[][], step: Step): Promise<void> {
  if (step.do === "wait") return office.clock.advance(step.minutes * minute)
  if (step.do === "jobs") {
    await office.write(async (tx) => {
      await expireHolds(tx, office.code)
      await expireRequests(tx, office.code)
      await markMissed(tx, office.code)
    })
    return
  }
  const citizen = office.citizen(step.who + 1)
  const actor = "staff" in step && step.staff ? office.agent() : citizen
  if ("service" in step) {
    const wanted = {
      office: office.code,
      service: services[step.service] ?? "",
      slot: office.slot(times[step.at] ?? ""),
      for: step.family ? families[step.who] : undefined,
    }
    await office.write(async (tx) =>
      step.do === "hold" ? hold(tx, citizen, wanted) : book(tx, citizen, wanted, actor),
    )
    return
  }
  if (!("staff" in step)) {
    const all = await office.store.db.select({ id: holds.id }).from(holds).orderBy(holds.id)
    const id = all.at(-1 - step.which)?.id ?? ""
    await office.write<unknown>((tx) =>
      step.do === "confirm" ? book(tx, citizen, { hold: id }) : releaseHold(tx, citizen, id),
    )
    return
  }
  const all = await office.store.db.select({ id: bookings.id }).from(bookings).orderBy(bookings.id)
  const id = all.at(-1 - step.which)?.id ?? ""
  const slot = office.slot(times[step.at] ?? "")
  const answers = [
    () => office.write((tx) => accept(tx, office.agent(), id)),
    () => office.write((tx) => decline(tx, office.agent(), id, "no")),
    () => office.write((tx) => propose(tx, office.agent(), id, slot)),
  ]
  if (step.do === "cancel") await office.write((tx) => cancel(tx, actor, id))
  else if (step.do === "move") await office.write((tx) => move(tx, actor, id, slot))
  else await answers[step.at % answers.length]?.()
}

async function mustBeInOrder(office: TestOffice): Promise<void> {
  const rows = await office.store.db.select().from(slots)
  const standing = await office.store.db.select().from(bookings).where(ne(bookings.state, "cancelled"))
  const held = await office.store.db.select().from(heldPlaces)
  const now = office.clock.office()
  const grid = 15 * minute
  const promised = new Map<Instant, number>()
  for (const booking of standing) {
    for (let start = booking.startsAt; start < booking.endsAt; start += grid) {
      promised.set(start, (promised.get(start) ?? 0) + booking.width)
    }
  }
  for (const row of rows) {
    expect(row.taken).toBe(promised.get(row.startsAt) ?? 0)
    const live = held.filter((place) => place.startsAt === row.startsAt && place.until > now)
    const kept = live.reduce((sum, place) => sum + place.width, 0)
    expect(row.taken + kept).toBeLessThanOrEqual(row.publicPlaces + row.staffExtra)
  }
  const over = await office.store.db
    .select({ person: bookingPeople.person, open: sql<number>`count(*)` })
    .from(bookingPeople)
    .where(sql`${bookingPeople.open}`)
    .groupBy(bookingPeople.person)
    .having(sql`count(*) > 3`)
  expect(over).toEqual([])
}

for (const mode of ["instant", "request"] as const) {
  test(`no sequence of holding, booking, moving and cancelling oversells an office in ${mode} mode or loses a place`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 10, maxLength: 60 }), async (steps) => {
        const office = await testOffice({ ...plan, mode })
        try {
          const families: string[][] = []
          for (const citizen of office.citizens(5)) families.push([citizen.id, ...(await office.children(citizen, 1))])
          for (const step of steps) {
            try {
              await take(office, families, step)
            } catch (thrown) {
              if (!isRefusal(thrown)) throw thrown
            }
            await mustBeInOrder(office)
          }
          expect(await takenByFacts(office)).toEqual(await takenByRows(office))
        } finally {
          await office.close()
        }
      }),
      { numRuns: 25 },
    )
  })
}

test("what is taken can be told from the facts alone, over closures and moves", async () => {
  const office = await testOffice()
  const on = "2026-11-23"
  const made = await Promise.all(
    office.citizens(6).map((citizen, index) => {
      const slot = office.slot(times[index % 3] ?? "", { on })
      const service = services[index % 2] ?? ""
      return office.write((tx) => book(tx, citizen, { office: "RUH-RML", service, slot }))
    }),
  )
  await office.write((tx) => cancel(tx, office.citizen(1), made[0]?.id ?? ""))
  await office.write((tx) => closeDay(tx, office.supervisor(), { office: "RUH-RML", day: day(on) }))
  const slot = office.slot("09:00", { on: "2026-11-24" })
  await office.write((tx) => move(tx, office.citizen(2), made[1]?.id ?? "", slot))
  await office.write((tx) => restoreDay(tx, office.supervisor(), { office: "RUH-RML", day: day(on) }))
  const byRows = await takenByRows(office)
  expect(byRows.size).toBeGreaterThan(4)
  expect(await takenByFacts(office)).toEqual(byRows)
})

async function takenByRows(office: TestOffice): Promise<Map<string, number>> {
  const rows = await office.store.db.select().from(slots)
  const taken = rows
    .filter((row) => row.taken > 0)
    .map((row): [string, number] => [`${row.line} ${row.startsAt}`, row.taken])
  return new Map(taken.toSorted())
}

/** The places that bookings have, from nothing but what was said. */
async function takenByFacts(office: TestOffice): Promise<Map<string, number>> {
  const standing = new Map<
    string,
    { line: string; startsAt: Instant; endsAt: Instant; width: number; length: number }
  >()
  for (const fact of (await office.facts()) as AnyFact[]) {
    switch (fact.kind) {
      case "booking.made":
      case "booking.requested":
        standing.set(fact.body.booking, fact.body)
        break
      case "booking.moved":
      case "booking.proposed": {
        const before = standing.get(fact.body.booking)
        if (before) standing.set(fact.body.booking, { ...before, ...fact.body })
        break
      }
      case "booking.cancelled":
      case "booking.declined":
        standing.delete(fact.body.booking)
        break
    }
  }
  const taken = new Map<string, number>()
  for (const { line, startsAt, endsAt, width, length } of standing.values()) {
    const step = (endsAt - startsAt) / length
    for (let index = 0; index < length; index++) {
      const key = `${line} ${startsAt + index * step}`
      taken.set(key, (taken.get(key) ?? 0) + width)
    }
  }
  return new Map([...taken].toSorted())
}
