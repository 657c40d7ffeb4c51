import { expect, test } from "bun:test"
import { heldPeople, heldPlaces, holds, slots } from "../../../db/schema/availability.ts"
import { bookingPeople, bookings } from "../../../db/schema/bookings.ts"
import type { Tx, Writer } from "../../../db/write.ts"
import { type Instant, minute } from "../../base/day.ts"
import { isRefusal } from "../../base/refusal.ts"
import { type TestOffice, testOffice } from "../../testing/office.ts"
import { testServer } from "../../testing/server.ts"

/*
 * Many clients at once, through real HTTP: visits of one to four slots, families of one to five, straight bookings and holds, moves and
 * cancellations, all for the same hour. Chance is drawn from a seed, so that a round that goes wrong can be run again.
 */

const clients = 60
const places = 12
const grid = 15 * minute
const hour = ["12:00", "12:15", "12:30", "12:45"]
/** One to four slots. */
const services = ["PAS-10", "PAS-08", "PAS-93", "PAS-94"]

function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    // mulberry32, public domain, by Tommy Ettinger.
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** What a refusal offers is looked at in the very turn that refuses, before any other turn can change it. */
function watched(office: TestOffice, wrong: string[], seen: { refusals: number }): TestOffice {
  const own = office.writer
  const writer: Writer = {
    ...own,
    write: (turn, options) =>
      own.write(async (tx) => {
        try {
          return await turn(tx)
        } catch (thrown) {
          const told = isRefusal(thrown) ? thrown.details["alternatives"] : undefined
          if (Array.isArray(told)) {
            seen.refusals++
            wrong.push(...(await untrue(tx, told)))
          }
          throw thrown
        }
      }, options),
  }
  return Object.create(office, { writer: { get: () => writer } })
}

interface Told {
  startsAt: Instant
  endsAt: Instant
  free: number
}

/** What of the alternatives is not to be had now, by the rows alone. */
async function untrue(tx: Tx, told: Told[]): Promise<string[]> {
  const wrong: string[] = told.length === 3 ? [] : [`${told.length} alternatives`]
  const rows = new Map((await tx.db.select().from(slots)).map((row) => [row.startsAt, row]))
  const held = await tx.db.select().from(heldPlaces)
  for (const { startsAt, endsAt, free } of told) {
    for (let slot = startsAt; slot < endsAt; slot += grid) {
      const row = rows.get(slot)
      const kept = held.filter((place) => place.startsAt === slot && place.until > tx.now)
      const used = (row?.taken ?? 0) + kept.reduce((sum, { width }) => sum + width, 0)
      if (free < 1 || used >= places) wrong.push(`${new Date(slot).toISOString()} has ${used} of ${places}`)
    }
  }
  return wrong
}

for (const seed of [1, 2, 3, 4, 5]) {
  test(`sixty clients race for one hour, and nobody gets half a visit (round ${seed})`, async () => {
    const draw = seeded(seed)
    const office = await testOffice({
      citizens: clients,
      lines: [{ code: "PAS", public: places, staffExtra: 0 }],
      services: [
        { code: "PAS-93", sector: "PAS", minutes: 45 },
        { code: "PAS-94", sector: "PAS", minutes: 60 },
      ],
    })
    const wrong: string[] = []
    const seen = { refusals: 0 }
    const server = await testServer({ office: watched(office, wrong, seen) })
    const families = await Promise.all(
      office.citizens(clients).map(async (one) => [one.id, ...(await office.children(one, 4))]),
    )
    const callers = families.map((_, index) => server.citizen(index + 1))
    await Promise.all(callers.map((caller) => caller.token()))

    const accepted = new Set<string>()
    const gone = new Set<string>()
    const kept = new Set<string>()
    const refused: number[] = []
    const slotAt = () => office.slot(hour[draw(hour.length)] ?? "")

    async function visit(index: number): Promise<void> {
      const caller = callers[index]
      if (!caller) return
      const wanted = {
        office: office.code,
        service: services[draw(services.length)] ?? "",
        slot: slotAt(),
        for: families[index]?.slice(0, 1 + draw(5)),
      }
      const [byHold, gives, moves, cancels] = [draw(2) === 0, draw(5) === 0, draw(2) === 0, draw(3) === 0]
      const next = slotAt()
      let asked: object = wanted
      if (byHold) {
        const hold = await caller.post("/api/v1/holds", wanted)
        if (hold.status !== 201) return mustBeFull(index, hold)
        if (gives) {
          const given = await caller.delete(`/api/v1/holds/${hold.body.id}`)
          expect(given.status).toBe(204)
          return
        }
        kept.add(hold.body.id)
        asked = { hold: hold.body.id }
      }
      const made = await caller.post("/api/v1/bookings", asked)
      // What is held is had.
      if (byHold) expect(made.status).toBe(201)
      if (made.status !== 201) return mustBeFull(index, made)
      expect(made.body.people).toBe(wanted.for?.length)
      accepted.add(made.body.id)
      if (moves && next !== wanted.slot) {
        const moved = await caller.post(`/api/v1/bookings/${made.body.id}/move`, { slot: next })
        if (moved.status !== 200) mustBeFull(index, moved)
        else expect(moved.body.slot).toBe(next)
      }
      if (cancels) {
        const cancelled = await caller.post(`/api/v1/bookings/${made.body.id}/cancellation`, {})
        expect(cancelled.status).toBe(201)
        gone.add(made.body.id)
      }
    }

    function mustBeFull(index: number, { status, body }: { status: number; body: Record<string, unknown> }): void {
      expect([status, body["code"]]).toEqual([409, "slot_full"])
      expect(body["alternatives"]).toHaveLength(3)
      refused.push(index)
    }

    await Promise.all(families.map((_, index) => visit(index)))

    expect(refused.length).toBeGreaterThan(10)
    expect(accepted.size).toBeGreaterThan(5)
    expect([wrong, seen.refusals]).toEqual([[], refused.length])
    await mustBeWhole(office, { accepted, gone, kept })
    await mustBeTrue(office, server)
    expect(await server.deviations()).toEqual([])
    expect(server.bugs).toEqual([])
  }, 60_000)
}

/** Every accepted booking has all of its places, every refused one has left nothing, and no slot has more than it can. */
async function mustBeWhole(
  { store, facts }: TestOffice,
  { accepted, gone, kept }: { accepted: Set<string>; gone: Set<string>; kept: Set<string> },
): Promise<void> {
  const made = await store.db.select().from(bookings)
  expect(new Set(made.map(({ id }) => id))).toEqual(accepted)
  const standing = made.filter(({ state }) => state !== "cancelled")
  expect(standing.length).toBe(accepted.size - gone.size)
  for (const row of await store.db.select().from(slots)) {
    const here = standing.filter(({ startsAt, endsAt }) => startsAt <= row.startsAt && row.startsAt < endsAt)
    expect(row.taken).toBe(here.reduce((sum, { width }) => sum + width, 0))
    expect(row.taken).toBeLessThanOrEqual(places)
  }
  for (const { startsAt, endsAt, length } of standing) expect(endsAt - startsAt).toBe(length * grid)
  const who = await store.db.select().from(bookingPeople)
  expect(who).toHaveLength(made.reduce((sum, { people }) => sum + people, 0))
  expect(who.filter(({ open }) => open)).toHaveLength(standing.reduce((sum, { people }) => sum + people, 0))
  expect(await store.db.select().from(heldPlaces)).toEqual([])
  expect(await store.db.select().from(heldPeople)).toEqual([])
  const used = (await store.db.select().from(holds)).filter(({ state }) => state === "used")
  expect(new Set(used.map(({ id }) => id))).toEqual(kept)
  expect(await facts("booking.made")).toHaveLength(accepted.size)
  expect(await facts("booking.cancelled")).toHaveLength(gone.size)
}

/** What the list says is free afterwards can be had to the last place, and what it says is full cannot. */
async function mustBeTrue(office: TestOffice, server: Awaited<ReturnType<typeof testServer>>): Promise<void> {
  const slotsOf = async () => {
    const { body } = await server.nobody.get(`/api/v1/offices/${office.code}/slots?service=PAS-10&days=1`)
    return body.days[0].slots.filter(({ id }: { id: string }) => hour.some((time) => id === office.slot(time)))
  }
  let newcomer = 0
  for (const { id, free } of (await slotsOf()) as { id: string; free: number }[]) {
    expect(free).toBeGreaterThanOrEqual(0)
    for (let place = 0; place <= free; place++) {
      const { id: person } = await office.person({ birthYear: 1980 + (newcomer++ % 20) })
      const asked = { office: office.code, service: "PAS-10", slot: id }
      const { status } = await server.person(person).post("/api/v1/bookings", asked)
      expect([id, place, status]).toEqual([id, place, place < free ? 201 : 409])
    }
  }
  expect((await slotsOf()).map(({ free }: { free: number }) => free)).toEqual([0, 0, 0, 0])
}
