import { afterAll, expect, test } from "bun:test"
import { testServer } from "../../testing/server.ts"

const server = await testServer({ plan: { lines: [{ code: "PAS", public: 50 }, { code: "RES" }] } })
const { office } = server

afterAll(async () => {
  expect(await server.deviations()).toEqual([])
  expect(server.bugs).toEqual([])
})

const wanted = (time: string, service = "PAS-04") => ({ office: "RUH-RML", service, slot: office.slot(time) })
const keyed = (key: string) => ({ headers: { "Idempotency-Key": key } })

test("a request that is repeated gets the same answer and changes nothing a second time", async () => {
  const citizen = server.citizen(1)
  const first = await citizen.post("/api/v1/bookings", wanted("11:00"), keyed("once"))
  const head = await server.head()
  const second = await citizen.post("/api/v1/bookings", wanted("11:00"), keyed("once"))
  expect([first.status, second.status]).toEqual([201, 201])
  expect(second.body).toEqual(first.body)
  expect(await server.head()).toBe(head)
})

test("members in another order are the same request", async () => {
  const { office: where, service, slot } = wanted("11:00")
  const again = await server.citizen(1).post("/api/v1/bookings", { slot, service, office: where }, keyed("once"))
  expect(again.status).toBe(201)
})

test("a key that comes with another body, or at another call, is a mistake and is told so", async () => {
  const citizen = server.citizen(1)
  const other = await citizen.post("/api/v1/bookings", wanted("11:30"), keyed("once"))
  expect([other.status, other.body.code]).toEqual([422, "idempotency_mismatch"])
  const elsewhere = await citizen.post("/api/v1/holds", wanted("11:00"), keyed("once"))
  expect([elsewhere.status, elsewhere.body.code]).toEqual([422, "idempotency_mismatch"])
})

test("another person's key of the same name is another key", async () => {
  const other = await server.citizen(2).post("/api/v1/bookings", wanted("11:30"), keyed("once"))
  expect(other.status).toBe(201)
})

test("a refusal is not kept: the same request may be granted later", async () => {
  const citizen = server.citizen(3)
  const early = await citizen.post("/api/v1/bookings", wanted("10:30"), keyed("again"))
  expect([early.status, early.body.code]).toEqual([422, "too_soon"])
  const other = await citizen.post("/api/v1/bookings", wanted("12:00"), keyed("again"))
  expect(other.status).toBe(201)
})

test("twenty at the same moment with one key make one booking and get equal answers", async () => {
  const citizen = server.citizen(4)
  const head = await server.head()
  const asked = Array.from({ length: 20 }, () =>
    citizen.post("/api/v1/bookings", wanted("12:30"), keyed("all at once")),
  )
  const answers = await Promise.all(asked)
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
  // Besides the citizen's key there is one fact more.
  expect(await server.head()).toBe(head + 2)
})

test("an answer without a body is kept as well", async () => {
  const held = await server.citizen(5).post("/api/v1/holds", wanted("13:00"))
  const path = `/api/v1/holds/${held.body.id}`
  expect((await server.citizen(5).delete(path, keyed("away"))).status).toBe(204)
  const again = await server.citizen(5).delete(path, keyed("away"))
  expect([again.status, again.body]).toEqual([204, ""])
})

test("the kiosk's slip can be printed again from a repeated request, link and all, though the link is kept nowhere", async () => {
  const kiosk = server.device("kiosk")
  const asked = { service: "PAS-10", mobile: "0551112222" }
  const first = await kiosk.post("/api/v1/offices/RUH-RML/tickets", asked, keyed("slip"))
  const again = await kiosk.post("/api/v1/offices/RUH-RML/tickets", asked, keyed("slip"))
  expect(first.body.link).toStartWith(server.origin)
  expect(again.body).toEqual(first.body)
  const rows = office.store.connection.raw.query<{ answer: string }, []>("SELECT answer FROM idempotency").all()
  expect(rows.filter(({ answer }) => answer.includes("/t/"))).toEqual([])
})

test("a consent that is asked for again with the same key is the same one, and is kept nowhere", async () => {
  const asked = { integrator: server.integratorId, hours: 2 }
  const first = await server.citizen(2).post("/api/v1/consents", asked, keyed("consent"))
  office.clock.advance(61_000)
  const again = await server.citizen(2).post("/api/v1/consents", asked, keyed("consent"))
  expect([first.status, again.body]).toEqual([201, first.body])
  expect((await server.citizen(2).post("/api/v1/consents", asked)).body.consent).not.toBe(first.body.consent)
  const other = await server.citizen(2).post("/api/v1/consents", { ...asked, hours: 3 }, keyed("consent"))
  expect(other.body.code).toBe("idempotency_mismatch")
  const rows = office.store.connection.raw.query<{ answer: string }, []>("SELECT answer FROM idempotency").all()
  expect(rows.filter(({ answer }) => answer.includes("~"))).toEqual([])
})

test("after a day the key is free again", async () => {
  office.clock.advance(24 * 3600_000 + 1)
  const slot = office.slot("13:00", { on: "2026-11-23" })
  const later = await server
    .citizen(1)
    .post("/api/v1/bookings", { office: "RUH-RML", service: "PAS-10", slot }, keyed("once"))
  expect(later.status).toBe(201)
})

test("a key that is no key is refused before anything happens", async () => {
  const head = await server.head()
  for (const key of ["", "clé", "x".repeat(256)]) {
    const refused = await server.citizen(1).post("/api/v1/bookings", wanted("13:30"), keyed(key))
    expect([key, refused.status, refused.body.fields?.[0]?.path]).toEqual([key, 400, "Idempotency-Key"])
  }
  expect(await server.head()).toBe(head)
})
