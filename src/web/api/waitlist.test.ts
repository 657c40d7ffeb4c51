import { afterAll, expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { stepOffices } from "../../jobs/run.ts"
import type { TestPlan } from "../../testing/office.ts"
import { testServer } from "../../testing/server.ts"

const tomorrow = "2026-11-23"
const plan: TestPlan = {
  citizens: 30,
  releaseMinutes: [20, 20],
  furthestDays: 1,
  hours: [{ rrule: "FREQ=WEEKLY;BYDAY=MO", start: "09:00", minutes: 30 }],
  lines: [{ code: "PAS", public: 1, staffExtra: 0 }],
}
const server = await testServer({ plan })
const { office } = server
const wanted = { office: office.code, service: "PAS-10" }
const slots = ["09:00", "09:15"].map((time) => office.slot(time, { on: tomorrow }))
const made: string[] = []
for (const [index, slot] of slots.entries()) {
  made.push((await server.citizen(index + 1).post("/api/v1/bookings", { ...wanted, slot })).body.id)
}

afterAll(async () => {
  expect(await server.deviations()).toEqual([])
  expect(server.bugs).toEqual([])
})

test("from joining to the booking: what is cancelled is offered to the first, who takes it by one request", async () => {
  const [first, second, stranger] = [server.citizen(11), server.citizen(12), server.citizen(13)]
  const joined = await first.post("/api/v1/waitlist", wanted)
  expect([joined.status, joined.body.state, joined.body.lastDay]).toEqual([201, "waiting", tomorrow])
  expect((await first.post("/api/v1/waitlist", wanted)).body).toMatchObject({
    code: "waiting_already",
    entry: joined.body.id,
  })
  await second.post("/api/v1/waitlist", { ...wanted, first: tomorrow, last: tomorrow })
  await server.citizen(1).post(`/api/v1/bookings/${made[0]}/cancellation`, {})
  office.clock.advance(20 * minute)
  const early = await stranger.post("/api/v1/bookings", { ...wanted, slot: slots[0] })
  expect([early.status, early.body.code]).toEqual([409, "slot_full"])
  await stepOffices(server.house)
  const [entry] = (await first.get("/api/v1/waitlist")).body.items
  expect(entry).toMatchObject({
    id: joined.body.id,
    state: "offered",
    offer: {
      slot: slots[0],
      startsAt: "2026-11-23T09:00:00+03:00",
      endsAt: "2026-11-23T09:15:00+03:00",
      expiresAt: "2026-11-22T10:35:00+03:00",
    },
  })
  const [other] = (await second.get("/api/v1/waitlist")).body.items
  expect([other.state, other.offer]).toEqual(["waiting", null])
  expect((await stranger.post(`/api/v1/waitlist/${entry.id}/acceptance`)).status).toBe(404)
  const taken = await first.post(`/api/v1/waitlist/${entry.id}/acceptance`)
  expect([taken.status, taken.body.slot, taken.body.state]).toEqual([200, slots[0], "confirmed"])
  expect((await first.post(`/api/v1/waitlist/${entry.id}/acceptance`)).body.id).toBe(taken.body.id)
  expect((await first.get("/api/v1/waitlist")).body.items[0]).toMatchObject({
    state: "taken",
    booking: taken.body.id,
    offer: null,
  })
})

test("an earlier time for the booking that one has is taken by moving it", async () => {
  const owner = server.citizen(2)
  const joined = await owner.post("/api/v1/waitlist", wanted)
  const second = server.citizen(12)
  const [waiting] = (await second.get("/api/v1/waitlist")).body.items
  expect((await second.delete(`/api/v1/waitlist/${waiting.id}`)).status).toBe(204)
  const [held] = (await server.citizen(11).get("/api/v1/bookings")).body.items
  await server.citizen(11).post(`/api/v1/bookings/${held.id}/cancellation`, {})
  office.clock.advance(20 * minute)
  await stepOffices(server.house)
  const taken = await owner.post(`/api/v1/waitlist/${joined.body.id}/acceptance`)
  expect([taken.body.id, taken.body.slot]).toEqual([made[1], slots[0]])
})

test("who has left comes back to the place in the list, and nobody leaves for another", async () => {
  const [one, other] = [server.citizen(14), server.citizen(15)]
  // What the move left behind is still held back.
  const { id } = (await one.post("/api/v1/waitlist", wanted)).body
  expect((await other.delete(`/api/v1/waitlist/${id}`)).status).toBe(404)
  expect((await one.delete(`/api/v1/waitlist/${id}`)).status).toBe(204)
  expect((await one.delete(`/api/v1/waitlist/${id}`)).status).toBe(204)
  expect((await one.get("/api/v1/waitlist")).body.items[0].state).toBe("left")
  const back = await one.post(`/api/v1/waitlist/${id}/return`)
  expect([back.status, back.body.state]).toEqual([200, "waiting"])
  expect((await other.post(`/api/v1/waitlist/${id}/return`)).status).toBe(404)
  expect((await one.post(`/api/v1/waitlist/${id}/acceptance`)).body.code).toBe("offer_over")
})

test("where there is a time, or the days are none, one is told so", async () => {
  const asker = server.citizen(16)
  const no = async (body: object) => {
    const { status, body: said } = await asker.post("/api/v1/waitlist", body)
    return [status, said.code]
  }
  expect(await no({ ...wanted, first: "2026-13-01" })).toEqual([400, "invalid_field"])
  expect(await no({ ...wanted, first: tomorrow, last: "2026-11-21" })).toEqual([400, "invalid_field"])
  expect(await no({ ...wanted, first: "2027-01-01" })).toEqual([422, "too_far"])
  expect(await no({ ...wanted, service: "PAS-02" })).toEqual([422, "service_online_only"])
  expect(await no({ ...wanted, for: [office.citizen(1).id] })).toEqual([422, "not_for_you"])
  const first = await server.citizen(2).post("/api/v1/waitlist", wanted)
  expect([first.status, first.body.code]).toEqual([422, "none_earlier"])
  const [left] = (await server.citizen(14).get("/api/v1/waitlist")).body.items
  await server.citizen(14).delete(`/api/v1/waitlist/${left.id}`)
  office.clock.advance(25 * minute)
  const free = await asker.post("/api/v1/waitlist", wanted)
  expect([free.status, free.body.code, free.body.alternatives[0].id]).toEqual([422, "times_free", slots[1]])
  expect(free.body.alternatives[0].startsAt).toBe("2026-11-23T09:15:00+03:00")
})

test("thirty who ask in the very moment a place comes free get nothing, and the first on the list gets it", async () => {
  const race = await testServer({ plan: { ...plan, citizens: 60 } })
  const slot = race.office.slot("09:00", { on: tomorrow })
  const first = await race.citizen(1).post("/api/v1/bookings", { ...wanted, slot })
  await race.citizen(2).post("/api/v1/bookings", { ...wanted, slot: race.office.slot("09:15", { on: tomorrow }) })
  const waiting = [11, 12, 13].map((number) => race.citizen(number))
  for (const one of waiting) expect((await one.post("/api/v1/waitlist", wanted)).status).toBe(201)
  const crowd = Array.from({ length: 30 }, (_, index) => race.citizen(index + 21))
  await Promise.all(crowd.map((one) => one.token()))
  await race.citizen(1).post(`/api/v1/bookings/${first.body.id}/cancellation`, {})
  race.office.clock.advance(20 * minute)
  const [asked] = await Promise.all([
    Promise.all(
      crowd.map((one, index) => one.post(`/api/v1/${index % 2 ? "holds" : "bookings"}`, { ...wanted, slot })),
    ),
    stepOffices(race.house),
    ...waiting.map((one) => one.get("/api/v1/waitlist")),
  ])
  expect(asked.map(({ status }) => status)).toEqual(crowd.map(() => 409))
  const offers = await Promise.all(
    waiting.map(async (one) => (await one.get("/api/v1/waitlist")).body.items[0].offer?.slot ?? null),
  )
  expect(offers).toEqual([slot, null, null])
  expect(race.bugs).toEqual([])
})
