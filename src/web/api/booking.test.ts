import { afterAll, expect, test } from "bun:test"
import { testServer } from "../../testing/server.ts"

const server = await testServer({
  plan: {
    citizens: 60,
    lines: [
      { code: "PAS", public: 20 },
      { code: "RES", public: 2 },
    ],
    more: [{ code: "JED-MUN", mode: "request", lines: [{ code: "MUN" }] }],
  },
})
const { office } = server

afterAll(async () => {
  expect(await server.deviations()).toEqual([])
  expect(server.bugs).toEqual([])
})

const at = (time: string, service = "PAS-04") => ({
  office: "RUH-RML",
  service,
  slot: office.slot(time, { line: service.slice(0, 3) }),
})

test("a place is held, then booked by the hold, then read by its owner and by the office's staff", async () => {
  const citizen = server.citizen(1)
  const held = await citizen.post("/api/v1/holds", at("11:00"))
  expect(held.status).toBe(201)
  expect(held.body).toEqual({
    id: expect.any(String),
    slot: office.slot("11:00"),
    expiresAt: "2026-11-22T10:10:00+03:00",
  })
  const made = await citizen.post("/api/v1/bookings", { hold: held.body.id })
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({
    state: "confirmed",
    office: "RUH-RML",
    line: "PAS",
    service: "PAS-04",
    slot: office.slot("11:00"),
    startsAt: "2026-11-22T11:00:00+03:00",
    people: 1,
    code: expect.stringMatching(/^\d{10}$/),
  })
  const path = `/api/v1/bookings/${made.body.id}`
  expect((await citizen.get(path)).body).toEqual(made.body)
  expect((await server.agent(1).get(path)).body).toEqual(made.body)
  expect((await citizen.get("/api/v1/bookings")).body.items).toEqual([made.body])
  const today = await server.agent(1).get("/api/v1/bookings?state=confirmed")
  expect(today.body.items).toContainEqual(made.body)
  // Confirming twice is answered with the same booking.
  expect((await citizen.post("/api/v1/bookings", { hold: held.body.id })).body).toEqual(made.body)
})

test("what is somebody else's is not there", async () => {
  const made = await server.citizen(2).post("/api/v1/bookings", at("11:30"))
  const path = `/api/v1/bookings/${made.body.id}`
  for (const stranger of [server.citizen(3), server.agent(1, "JED-MUN")]) {
    expect((await stranger.get(path)).status).toBe(404)
    expect((await stranger.post(`${path}/cancellation`, {})).status).toBe(404)
    expect((await stranger.post(`${path}/move`, { slot: office.slot("12:30") })).status).toBe(404)
  }
  expect((await server.citizen(3).get("/api/v1/bookings/019aa0f0-7c5e-7b1e-9d3c-2f4f4a5f6b7c")).status).toBe(404)
  expect((await server.agent(1, "JED-MUN").get("/api/v1/bookings?office=RUH-RML")).status).toBe(403)
})

test("a hold is given up once and for all, and only by whose it is", async () => {
  const held = await server.citizen(4).post("/api/v1/holds", at("12:00"))
  const path = `/api/v1/holds/${held.body.id}`
  expect((await server.citizen(5).delete(path)).status).toBe(404)
  const gone = await server.citizen(4).delete(path)
  expect([gone.status, gone.body]).toEqual([204, ""])
  expect((await server.citizen(4).delete(path)).status).toBe(204)
  expect((await server.citizen(4).post("/api/v1/bookings", { hold: held.body.id })).body.code).toBe("hold_gone")
})

test("a full slot answers with three others, written in the office's time", async () => {
  const wanted = at("13:00", "RES-01")
  for (const number of [6, 7]) expect((await server.citizen(number).post("/api/v1/bookings", wanted)).status).toBe(201)
  const refused = await server.citizen(8).post("/api/v1/bookings", wanted)
  expect(refused.status).toBe(409)
  expect(refused.type).toStartWith("application/problem+json")
  expect(refused.body).toMatchObject({ code: "slot_full", status: 409, requestId: expect.any(String) })
  expect(refused.body.alternatives).toHaveLength(3)
  for (const { id, startsAt, free } of refused.body.alternatives) {
    expect(id).toStartWith("RUH-RML.RES.")
    expect(startsAt).toMatch(/^2026-11-2\dT\d{2}:\d{2}:00\+03:00$/)
    expect(free).toBeGreaterThan(0)
  }
  const taken = await server.citizen(8).post("/api/v1/bookings", { ...wanted, slot: refused.body.alternatives[0].id })
  expect(taken.status).toBe(201)
})

test("one booking brings a mother and her children, and nobody for whom she may not act", async () => {
  const children = await office.children(office.citizen(9), 1)
  const mother = server.citizen(9)
  const me = await mother.get("/api/v1/me")
  expect(me.body).toMatchObject({
    role: "citizen",
    id: "citizen-0009",
    dependants: [{ id: children[0], kind: "child" }],
  })
  const made = await mother.post("/api/v1/bookings", { ...at("13:30"), for: ["citizen-0009", ...children] })
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({ people: 2, for: expect.arrayContaining(children) })
  const strange = await mother.post("/api/v1/bookings", { ...at("12:30", "PAS-08"), for: ["citizen-0010"] })
  expect([strange.status, strange.body.code]).toEqual([422, "not_for_you"])
  const unknown = await mother.post("/api/v1/bookings", { ...at("12:30", "PAS-08"), for: ["nobody-at-all"] })
  expect([unknown.status, unknown.body.code]).toEqual([422, "not_for_you"])
})

test("a booking is moved, and keeps its old time where the new one is not to be had", async () => {
  const citizen = server.citizen(11)
  const made = await citizen.post("/api/v1/bookings", at("12:30", "RES-01"))
  const path = `/api/v1/bookings/${made.body.id}/move`
  const full = await citizen.post(path, { slot: at("13:00", "RES-01").slot })
  expect([full.status, full.body.code]).toEqual([409, "slot_full"])
  expect((await citizen.get(`/api/v1/bookings/${made.body.id}`)).body.slot).toBe(at("12:30", "RES-01").slot)
  const same = await citizen.post(path, { slot: at("12:30", "RES-01").slot })
  expect([same.status, same.body.code]).toEqual([422, "same_slot"])
  const moved = await citizen.post(path, { slot: at("12:15", "RES-01").slot })
  expect(moved.status).toBe(200)
  expect(moved.body).toMatchObject({ id: made.body.id, code: made.body.code, startsAt: "2026-11-22T12:15:00+03:00" })
})

test("the times for moving take the booking's own places into account, and say so to nobody else", async () => {
  const citizen = server.citizen(40)
  const wanted = { ...at("10:30", "RES-04"), slot: office.slot("10:30", { line: "RES", on: "2026-11-23" }) }
  const made = await citizen.post("/api/v1/bookings", wanted)
  expect(made.status).toBe(201)
  const path = "/api/v1/offices/RUH-RML/slots?service=RES-04&from=2026-11-23&days=1"
  const freeAt = async (caller: typeof citizen, query: string, time: string) => {
    const { status, body } = await caller.get(path + query)
    expect(status).toBe(200)
    const [day] = body.days as { slots: { startsAt: string; free: number }[] }[]
    return day?.slots.find(({ startsAt }) => startsAt.includes(`T${time}`))?.free ?? null
  }
  const moving = `&moving=${made.body.id}`
  expect(await freeAt(citizen, "", "10:30")).toBe(1)
  // Its own start is no other time.
  expect(await freeAt(citizen, moving, "10:30")).toBe(0)
  expect(await freeAt(citizen, moving, "10:45")).toBe(await freeAt(citizen, "", "10:45"))
  expect(await freeAt(server.agent(1), moving, "10:45")).toBeGreaterThan(0)

  const [stranger, nobody] = [await server.citizen(42).get(path + moving), await server.nobody.get(path + moving)]
  expect([stranger.status, stranger.body.code]).toEqual([404, "not_found"])
  expect([nobody.status, nobody.body.code]).toEqual([401, "not_signed_in"])
  // A program has no page to come back to.
  expect(nobody.body.detail).toContain("Authorization: Bearer")
  expect((await server.device("kiosk").get(path + moving)).body.code).toBe("forbidden")
  const other = await citizen.get(`/api/v1/offices/RUH-RML/slots?service=RES-01${moving}`)
  expect([other.status, other.body.fields[0].path]).toEqual([400, "moving"])
  await citizen.post(`/api/v1/bookings/${made.body.id}/cancellation`)
  expect((await citizen.get(path + moving)).body.code).toBe("wrong_state")
})

test("a visit of two slots can be moved by one, into a place that it has itself", async () => {
  const citizen = server.citizen(43)
  const long = { office: "RUH-RML", service: "RES-15" }
  const start = office.slot("09:00", { line: "RES", on: "2026-11-24" })
  const [mine, another] = [await citizen.post("/api/v1/bookings", { ...long, slot: start }), server.citizen(44)]
  expect(mine.status).toBe(201)
  expect((await another.post("/api/v1/bookings", { ...long, slot: start })).status).toBe(201)
  const times = async (query: string) => {
    const { body } = await citizen.get(`/api/v1/offices/RUH-RML/slots?service=RES-15&from=2026-11-24&days=1${query}`)
    const slots = body.days[0].slots as { id: string; startsAt: string; free: number }[]
    return slots.find(({ startsAt }) => startsAt.includes("T09:15"))
  }
  expect((await times(""))?.free).toBe(0)
  const next = await times(`&moving=${mine.body.id}`)
  expect(next?.free).toBeGreaterThan(0)
  expect((await citizen.post(`/api/v1/bookings/${mine.body.id}/move`, { slot: next?.id })).status).toBe(200)
})

test("a booking is cancelled once; after that it can neither be cancelled nor moved", async () => {
  const citizen = server.citizen(12)
  const made = await citizen.post("/api/v1/bookings", at("11:00", "PAS-10"))
  const path = `/api/v1/bookings/${made.body.id}`
  const cancelled = await citizen.post(`${path}/cancellation`, { reason: "I am ill" })
  expect(cancelled.status).toBe(201)
  expect(cancelled.body).toMatchObject({ state: "cancelled", endedBy: "citizen", reason: "I am ill" })
  const again = await citizen.post(`${path}/cancellation`)
  expect([again.status, again.body.code, again.body.state]).toEqual([409, "wrong_state", "cancelled"])
  const moved = await citizen.post(`${path}/move`, { slot: office.slot("12:00") })
  expect(moved.body.code).toBe("wrong_state")
})

test("staff of the office cancel for the office, with the office's reason", async () => {
  const made = await server.citizen(13).post("/api/v1/bookings", at("11:15", "PAS-10"))
  const cancelled = await server
    .agent(1)
    .post(`/api/v1/bookings/${made.body.id}/cancellation`, { reason: "No passports today" })
  expect([cancelled.status, cancelled.body.endedBy]).toEqual([201, "office"])
})

test("the same service is booked once, and three bookings are enough for one person", async () => {
  const citizen = server.citizen(14)
  for (const [time, service] of [
    ["11:30", "PAS-10"],
    ["11:45", "PAS-01"],
    ["14:00", "PAS-04"],
  ] as const) {
    expect((await citizen.post("/api/v1/bookings", at(time, service))).status).toBe(201)
  }
  const twice = await citizen.post("/api/v1/bookings", at("12:00", "PAS-10"))
  expect([twice.status, twice.body.code]).toEqual([422, "already_booked"])
  const fourth = await citizen.post("/api/v1/bookings", at("12:00", "PAS-08"))
  expect([fourth.status, fourth.body.code]).toEqual([422, "limit_reached"])
})

test("a slot of another office, a past one, one too far off and one that is none are each refused for what they are", async () => {
  const citizen = server.citizen(15)
  const code = async (slot: string) => {
    const { status, body } = await citizen.post("/api/v1/bookings", { office: "RUH-RML", service: "PAS-04", slot })
    return [status, body.code]
  }
  expect(await code("JED-MUN.MUN.20261122T0900")).toEqual([404, "slot_unknown"])
  expect(await code(office.slot("09:00"))).toEqual([422, "slot_past"])
  expect(await code(office.slot("10:15"))).toEqual([422, "too_soon"])
  expect(await code(office.slot("11:00", { on: "2027-03-01" }))).toEqual([422, "too_far"])
  expect(await code(office.slot("11:07"))).toEqual([404, "slot_unknown"])
  expect(await code("RUH-RML.PAS.99991231T2359")).toEqual([404, "slot_unknown"])
  expect(await code("RUH-RML.PAS.22001231T2345")).toEqual([422, "too_far"])
  for (const slot of [
    "-1",
    "9007199254740993",
    "1e3",
    "01",
    "' OR 1=1 --",
    "RUH-RML.PAS.٢٠٢٦١١٢٢T٠٨٠٠",
    "RUH-RML.PAS.20260230T0800",
  ]) {
    expect([slot, ...(await code(slot))]).toEqual([slot, 404, "slot_unknown"])
  }
})

test("an office that answers first is asked: it says another time, the citizen says yes", async () => {
  const citizen = server.citizen(16)
  const where = { line: "MUN", office: "JED-MUN" }
  const asked = await citizen.post("/api/v1/bookings", {
    office: "JED-MUN",
    service: "MUN-01",
    slot: office.slot("11:00", where),
  })
  expect([asked.status, asked.body.state]).toEqual([201, "requested"])
  const path = `/api/v1/bookings/${asked.body.id}`
  const agent = server.agent(1, "JED-MUN")
  expect((await citizen.post(`${path}/acceptance`)).body.code).toBe("wrong_state")
  expect((await citizen.post(`${path}/proposal`, { slot: office.slot("12:00", where) })).status).toBe(403)
  const proposed = await agent.post(`${path}/proposal`, { slot: office.slot("12:00", where) })
  expect(proposed.status).toBe(200)
  expect(proposed.body).toMatchObject({ state: "requested", proposed: true, startsAt: "2026-11-22T12:00:00+03:00" })
  const accepted = await citizen.post(`${path}/acceptance`)
  expect(accepted.body).toMatchObject({ state: "confirmed", proposed: false })
})

test("an office that answers first says yes, or no with a reason", async () => {
  const where = { line: "MUN", office: "JED-MUN" }
  const ask = async (number: number) => {
    const wanted = { office: "JED-MUN", service: "MUN-01", slot: office.slot("13:00", where) }
    return `/api/v1/bookings/${(await server.citizen(number).post("/api/v1/bookings", wanted)).body.id}`
  }
  const agent = server.agent(2, "JED-MUN")
  expect((await agent.post(`${await ask(17)}/acceptance`)).body.state).toBe("confirmed")
  const path = await ask(18)
  const speechless = await agent.post(`${path}/refusal`, {})
  expect([speechless.status, speechless.body.fields[0].path]).toEqual([400, "reason"])
  const refused = await agent.post(`${path}/refusal`, { reason: "The file is not complete" })
  expect(refused.body).toMatchObject({ state: "cancelled", endedBy: "office", reason: "The file is not complete" })
})

test("an integrator books only for whoever has consented, to it and not to another", async () => {
  const consent = async (integrator: string) =>
    (await server.citizen(19).post("/api/v1/consents", { integrator, hours: 2 })).body.consent
  const integrator = server.integrator("bookings:write")
  const me = await integrator.get("/api/v1/me")
  expect(me.body).toEqual({ role: "integrator", id: server.integratorId, office: null, scopes: ["bookings:write"] })
  const wanted = at("12:15", "PAS-10")
  expect((await integrator.post("/api/v1/bookings", wanted)).body).toMatchObject({ status: 403, why: "consent" })
  const another = await consent("integrator-2")
  expect((await integrator.post("/api/v1/bookings", { ...wanted, consent: another })).status).toBe(403)
  const good = await consent(server.integratorId)
  const forged = good.replace("citizen-0019", "citizen-0020")
  expect((await integrator.post("/api/v1/bookings", { ...wanted, consent: forged })).status).toBe(403)
  const unscoped = await server.integrator("facts:read").post("/api/v1/bookings", { ...wanted, consent: good })
  expect([unscoped.status, unscoped.body.scope]).toEqual([403, "bookings:write"])
  const made = await integrator.post("/api/v1/bookings", { ...wanted, consent: good })
  expect([made.status, made.body.madeBy, made.body.for]).toEqual([201, "integrator", ["citizen-0019"]])
})

test("a list longer than a page goes on where the page before ended, each booking once", async () => {
  const large = await testServer({ plan: { citizens: 130, lines: [{ code: "PAS", public: 70 }, { code: "RES" }] } })
  for (let number = 1; number <= 130; number++) {
    const slot = large.office.slot(number % 2 === 0 ? "11:00" : number % 3 === 0 ? "12:00" : "13:00")
    const made = await large.citizen(number).post("/api/v1/bookings", { office: "RUH-RML", service: "PAS-04", slot })
    expect(made.status).toBe(201)
  }
  const first = await large.agent(1).get("/api/v1/bookings")
  expect(first.body.items).toHaveLength(100)
  const second = await large.agent(1).get(`/api/v1/bookings?cursor=${first.body.next}`)
  expect([second.body.items.length, second.body.next]).toEqual([30, null])
  const ids = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id)
  expect(new Set(ids).size).toBe(130)
  // What was never a cursor is not taken for one at the end of the list.
  for (const cursor of ["zzz", Buffer.from(ids[3] ?? "").toString("base64url")]) {
    const { status, body } = await large.agent(1).get(`/api/v1/bookings?cursor=${cursor}`)
    expect([status, body.code, body.fields?.[0]?.path]).toEqual([400, "invalid_field", "cursor"])
  }
})
