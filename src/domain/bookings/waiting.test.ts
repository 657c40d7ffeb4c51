import { expect, test } from "bun:test"
import fc from "fast-check"
import { heldPlaces, slots } from "../../../db/schema/availability.ts"
import { bookings } from "../../../db/schema/bookings.ts"
import { waitlist } from "../../../db/schema/waitlist.ts"
import { minute } from "../../base/day.ts"
import { isRefusal } from "../../base/refusal.ts"
import { type TestOffice, testOffice } from "../../testing/office.ts"
import { expireHolds } from "../availability/holds.ts"
import { offerPlaces, returnToWaitlist } from "../availability/offers.ts"
import { joinWaitlist, leaveWaitlist, waitsOf } from "../availability/waitlist.ts"
import { takeOffer } from "./offered.ts"
import { book, cancel } from "./writes.ts"

/*
 * Three places, all booked; eight who wait, and others who look in between. Whatever happens in whatever order: nobody who only looks gets a
 * place before those who wait for it, and those who wait get theirs in the order in which they joined.
 */

const times = ["09:00", "09:15", "09:30"]
const on = "2026-11-23"
const waiters = [11, 12, 13, 14, 15, 16, 17, 18]

type Step =
  | { do: "join" | "leave" | "return"; who: number }
  | { do: "cancel" | "take"; which: number }
  | { do: "look"; at: number }
  | { do: "wait"; minutes: number }
  | { do: "job" | "restart" }

const who = fc.constantFrom(...waiters)
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("join" as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("leave" as const, "return" as const), who }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom("cancel" as const, "take" as const), which: fc.nat(9) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("look" as const), at: fc.nat(2) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 4, arbitrary: fc.constant({ do: "job" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "restart" as const }) },
)

test("a place goes to those who wait, in their order, and to the public only when nobody does", async () => {
  const seen = { offers: 0, taken: 0, bought: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 30, maxLength: 90 }), async (steps) => {
      const office = await testOffice({
        citizens: 140,
        releaseMinutes: [0, 20],
        furthestDays: 1,
        hours: [{ rrule: "FREQ=WEEKLY;BYDAY=MO", start: "09:00", minutes: 45 }],
        lines: [{ code: "PAS", public: 1, staffExtra: 0 }],
      })
      try {
        await follow(office, steps, seen)
      } finally {
        await office.close()
      }
    }),
    { numRuns: 40 },
  )
  // It has been about something.
  expect([seen.offers > 20, seen.taken > 8, seen.bought > 3]).toEqual([true, true, true])
}, 120_000)

async function follow(office: TestOffice, steps: Step[], seen: { offers: number; taken: number; bought: number }) {
  const wanted = { office: office.code, service: "PAS-01" }
  const slotAt = (at: number) => office.slot(times[at] ?? "", { on })
  for (const [index] of times.entries()) {
    await office.write((tx) => book(tx, office.citizen(index + 1), { ...wanted, slot: slotAt(index) }))
  }
  let lastJob = office.clock.office()
  let newcomer = 20

  const job = async () => {
    const before = await waiting(office)
    seen.offers += await office.write(async (tx) => {
      await expireHolds(tx, office.code)
      return offerPlaces(tx, office.code)
    })
    lastJob = office.clock.office()
    const after = await waiting(office)
    const offered = before.filter((entry) => !after.some(({ id }) => id === entry.id))
    // Nobody who joined earlier has been passed over.
    for (const { place } of offered) expect(after.filter((other) => other.place < place)).toEqual([])
  }

  for (const step of steps) {
    try {
      if (step.do === "job") await job()
      else if (step.do === "restart") await office.restart()
      else if (step.do === "wait") office.clock.advance(step.minutes * minute)
      else if (step.do === "cancel") {
        const standing = await office.store.db.select().from(bookings)
        const some = standing.filter(({ state }) => state === "confirmed")
        const one = some[step.which % Math.max(1, some.length)]
        if (one) await office.write((tx) => cancel(tx, office.agent(), one.id))
      } else if (step.do === "look") {
        const stranger = office.citizen(newcomer++)
        const inLine = await waiting(office)
        await office.write((tx) => book(tx, stranger, { ...wanted, slot: slotAt(step.at) }))
        seen.bought++
        // The job may be late by so much, and no later.
        if (office.clock.office() - lastJob < 5 * minute) expect(inLine).toEqual([])
      } else if (step.do === "take") {
        const offered = (await office.store.db.select().from(waitlist)).filter(({ state }) => state === "offered")
        const one = offered[step.which % Math.max(1, offered.length)]
        const owner = office.citizen(Number(one?.person.slice(-2) ?? 11))
        await office.write((tx) => takeOffer(tx, owner, one?.id ?? ""))
        seen.taken++
      } else if ("who" in step) await onTheList(office, step.do, step.who)
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown
    }
    await mustBeInOrder(office)
  }
}

async function onTheList(office: TestOffice, what: "join" | "leave" | "return", number: number) {
  const citizen = office.citizen(number)
  const [mine] = await waitsOf(office.store, citizen.id, office.clock.office())
  const id = mine?.id ?? ""
  await office.write<unknown>((tx) => {
    if (what === "join") return joinWaitlist(tx, citizen, { office: office.code, service: "PAS-01" })
    return what === "leave" ? leaveWaitlist(tx, citizen, id) : returnToWaitlist(tx, citizen, id)
  })
}

/** Those who would take any place: without an offer, and without a booking that only an earlier time would better. */
async function waiting({ store }: TestOffice) {
  const booked = await store.db.select().from(bookings)
  const has = new Set(booked.filter(({ state }) => state === "confirmed").map(({ person }) => person))
  const rows = await store.db.select().from(waitlist)
  return rows.filter(({ state, person }) => state === "waiting" && !has.has(person))
}

async function mustBeInOrder({ store, clock }: TestOffice): Promise<void> {
  const now = clock.office()
  const standing = (await store.db.select().from(bookings)).filter(({ state }) => state === "confirmed")
  const kept = (await store.db.select().from(heldPlaces)).filter(({ until }) => until > now)
  for (const { startsAt, taken } of await store.db.select().from(slots)) {
    expect(taken).toBe(standing.filter((booking) => booking.startsAt === startsAt).length)
    expect(taken + kept.filter((place) => place.startsAt === startsAt).length).toBeLessThanOrEqual(1)
  }
  const people = standing.map(({ person }) => person)
  expect(new Set(people).size).toBe(people.length)
}
