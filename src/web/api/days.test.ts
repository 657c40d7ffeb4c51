import { afterAll, expect, test } from "bun:test"
import { testServer } from "../../testing/server.ts"

const server = await testServer({
  plan: { citizens: 10, holidays: [{ first: "2026-12-02" }], more: [{ code: "RUH-QHK" }] },
})
const { office } = server
const supervisor = server.supervisor()
const days = "/api/v1/offices/RUH-RML/days"

afterAll(async () => {
  expect(await server.deviations()).toEqual([])
  expect(server.bugs).toEqual([])
})

const book = async (number: number, time: string, on: string) => {
  const wanted = { office: "RUH-RML", service: "PAS-04", slot: office.slot(time, { on }) }
  const made = await server.citizen(number).post("/api/v1/bookings", wanted)
  expect(made.status).toBe(201)
  return made.body
}

test("a day that is closed strikes its bookings, keeps them, and gives them back when it is opened again", async () => {
  const booking = await book(1, "09:00", "2026-11-24")
  await server
    .citizen(2)
    .post("/api/v1/holds", { office: "RUH-RML", service: "PAS-04", slot: office.slot("09:00", { on: "2026-11-24" }) })
  const head = await server.head()
  const preview = await supervisor.post(`${days}/2026-11-24/closure`, { preview: true })
  expect([preview.status, preview.body.struck[0].id, preview.body.holdsReleased]).toEqual([200, booking.id, 1])
  expect(await server.head()).toBe(head)

  const closed = await supervisor.post(`${days}/2026-11-24/closure`, { reason: "Water damage" })
  expect(closed.status).toBe(201)
  expect(closed.body).toMatchObject({ day: "2026-11-24", holdsReleased: 1 })
  expect(closed.body.struck[0]).toMatchObject({ id: booking.id, state: "confirmed", struck: true })
  const listed = await server.agent(1).get("/api/v1/offices/RUH-RML/struck-bookings")
  expect(listed.body.items.map(({ id }: { id: string }) => id)).toEqual([booking.id])
  const { body } = await server.nobody.get("/api/v1/offices/RUH-RML/slots?service=PAS-04&from=2026-11-24&days=1")
  expect(body.days[0].slots).toEqual([])

  const restored = await supervisor.post(`${days}/2026-11-24/restoration`)
  expect([restored.status, restored.body.restored[0].id]).toEqual([201, booking.id])
  expect((await server.citizen(1).get(`/api/v1/bookings/${booking.id}`)).body.struck).toBe(false)
  expect((await supervisor.post(`${days}/2026-11-24/restoration`)).status).toBe(404)
})

test("a day with other hours strikes only what lies outside them", async () => {
  const [kept, struck] = [await book(3, "08:00", "2026-11-25"), await book(4, "12:00", "2026-11-25")]
  const changed = await supervisor.post(`${days}/2026-11-25/hours`, { sessions: [{ start: "07:30", minutes: 120 }] })
  expect(changed.status).toBe(201)
  const ids = changed.body.struck.map(({ id }: { id: string }) => id)
  expect([ids.includes(kept.id), ids.includes(struck.id)]).toEqual([false, true])
})

test("hours that cannot be, a day that has been and a holiday nobody meant to work on are refused", async () => {
  const hours = async (day: string, sessions: unknown) => {
    const { status, body } = await supervisor.post(`${days}/${day}/hours`, { sessions })
    return [status, body.code]
  }
  const morning = { start: "07:30", minutes: 120 }
  expect(await hours("2026-11-26", [morning, { start: "08:00", minutes: 60 }])).toEqual([422, "hours_overlap"])
  expect(await hours("2026-11-26", [])).toEqual([400, "invalid_field"])
  expect(await hours("2026-11-26", [{ start: "25:00", minutes: 60 }])).toEqual([400, "invalid_field"])
  expect(await hours("2026-11-26", [{ start: "07:30", minutes: -5 }])).toEqual([400, "invalid_field"])
  expect(await hours("2026-11-26", "07:30-09:00")).toEqual([400, "invalid_field"])
  expect(await hours("2026-11-20", [morning])).toEqual([422, "day_past"])
  expect(await hours("2026-12-02", [morning])).toEqual([422, "office_closed"])
  expect(await hours("2026-02-30", [morning])).toEqual([404, "not_found"])
})

test("only a supervisor of this office speaks of its days", async () => {
  const path = `${days}/2026-11-29/closure`
  for (const stranger of [server.agent(1), server.supervisor("RUH-QHK"), server.citizen(5), server.staff("auditor")]) {
    for (const preview of [true, false]) expect((await stranger.post(path, { preview })).status).toBe(403)
  }
  expect((await server.nobody.post(path, {})).status).toBe(401)
  expect((await server.staff("administrator").post(path, {})).status).toBe(201)
})
