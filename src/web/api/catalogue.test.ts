import { afterAll, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { services } from "../../../db/schema/catalogue.ts"
import { testServer } from "../../testing/server.ts"

const server = await testServer({
  plan: {
    more: [
      { code: "TZE-DAY", zone: "America/New_York", lines: [{ code: "CIV" }] },
      { code: "VIR-01", video: true, lines: [{ code: "VIR" }] },
    ],
  },
})
const { nobody, office } = server

afterAll(async () => {
  expect(await server.deviations()).toEqual([])
  expect(server.bugs).toEqual([])
})

test("anybody may see the sectors and the services without saying who they are", async () => {
  const sectors = await nobody.get("/api/v1/sectors")
  expect(sectors.status).toBe(200)
  expect(sectors.body.items.map(({ code }: { code: string }) => code)).toContain("PAS")
  const services = await nobody.get("/api/v1/services")
  expect(services.body.items.length).toBe(11)
  expect(services.body.next).toBeNull()
})

test("services are narrowed down by sector, channel and office together", async () => {
  const codes = async (query: string) => {
    const { body } = await nobody.get(`/api/v1/services?${query}`)
    return body.items.map(({ code }: { code: string }) => code)
  }
  expect(await codes("sector=RES")).toEqual(["RES-01", "RES-04", "RES-15"])
  expect(await codes("sector=RES&channel=video")).toEqual(["RES-04"])
  expect(await codes("office=VIR-01")).toEqual(["PAS-05", "RES-04"])
  expect(await codes("office=RUH-RML&sector=CIV")).toEqual([])
  const lost = await nobody.get("/api/v1/services?office=NOW-HERE")
  expect([lost.status, lost.body.code]).toEqual([404, "not_found"])
})

test("a search finds a service however its Arabic is spelled, and with a slip in a long word", async () => {
  await office.write(async (tx) => {
    const name = { ar: "إصدار هويّة مقيم", en: "Issue resident identity" }
    await tx.db.update(services).set({ name }).where(eq(services.code, "RES-01"))
  })
  for (const typed of ["إصدار هوية", "اصدار هويه", "الهويه", "هوي", "identity", "Identty", "RES-01", "مقيم اصدار"]) {
    const { body } = await nobody.get(`/api/v1/services?q=${encodeURIComponent(typed)}`)
    expect([typed, body.items[0]?.code]).toEqual([typed, "RES-01"])
  }
  const { body } = await nobody.get(`/api/v1/services?q=${encodeURIComponent("رخصة قيادة")}`)
  expect(body.items).toEqual([])
})

test("a service names the offices that serve it", async () => {
  const { status, body } = await nobody.get("/api/v1/services/RES-04")
  expect(status).toBe(200)
  expect(body).toMatchObject({ code: "RES-04", minutes: 10, feeHalalas: null, offices: ["RUH-RML", "VIR-01"] })
  expect((await nobody.get("/api/v1/services/RES-99")).status).toBe(404)
})

test("an office says whether it is open, its hours today in its own zone, and what it serves", async () => {
  const { body } = await nobody.get("/api/v1/offices/RUH-RML")
  expect(body).toMatchObject({
    zone: "Asia/Riyadh",
    open: true,
    nextOpening: null,
    today: {
      day: "2026-11-22",
      sessions: [{ startsAt: "2026-11-22T07:30:00+03:00", endsAt: "2026-11-22T14:30:00+03:00" }],
    },
    busy: { waiting: 0, countersOpen: 0, level: "quiet" },
  })
  expect(body.services).toContain("PAS-08")
  const far = await nobody.get("/api/v1/offices/TZE-DAY")
  // At ten in Riyadh it is two at night in New York.
  expect(far.body).toMatchObject({ open: false, nextOpening: "2026-11-22T07:30:00-05:00", busy: { level: "closed" } })
})

test("the list of offices shows each of them as it is shown alone", async () => {
  const { body } = await nobody.get("/api/v1/offices")
  expect(body.items.map(({ code }: { code: string }) => code)).toEqual(["RUH-RML", "TZE-DAY", "VIR-01"])
  expect(body.items[0]).toEqual((await nobody.get("/api/v1/offices/RUH-RML")).body)
})

test("slots come by days in both calendars, with what is left for so many people", async () => {
  const path = "/api/v1/offices/RUH-RML/slots?service=PAS-08&from=2026-11-22&days=2"
  const { body } = await nobody.get(path)
  expect(body.zone).toBe("Asia/Riyadh")
  expect(body.days.map(({ day, hijri }: { day: string; hijri: string }) => [day, hijri])).toEqual([
    ["2026-11-22", "1448-06-12"],
    ["2026-11-23", "1448-06-13"],
  ])
  // PAS-08 takes 25 minutes: two slots of a quarter of an hour.
  expect(body.days[0].slots[0]).toEqual({
    id: office.slot("11:00"),
    startsAt: "2026-11-22T11:00:00+03:00",
    endsAt: "2026-11-22T11:30:00+03:00",
    free: 3,
  })
  const family = await nobody.get(`${path}&people=2`)
  expect(family.body.days[0].slots[0].free).toBe(1)
})

test("what cannot be a question about slots is refused by name", async () => {
  const ask = async (query: string) => {
    const { status, body } = await nobody.get(`/api/v1/offices/RUH-RML/slots?${query}`)
    return [status, body.code, body.fields?.[0]?.path]
  }
  expect(await ask("")).toEqual([400, "invalid_field", "service"])
  expect(await ask("service=PAS-08&days=1e3")).toEqual([400, "invalid_field", "days"])
  expect(await ask("service=PAS-08&days=-1")).toEqual([400, "invalid_field", "days"])
  expect(await ask("service=PAS-08&days=99999999999999999999")).toEqual([400, "invalid_field", "days"])
  expect(await ask("service=PAS-08&days=07")).toEqual([400, "invalid_field", "days"])
  expect(await ask(`service=PAS-08&days=${encodeURIComponent("٣")}`)).toEqual([400, "invalid_field", "days"])
  expect(await ask("service=PAS-08&people=0")).toEqual([400, "invalid_field", "people"])
  expect(await ask("service=PAS-08&from=2026-02-30")).toEqual([400, "invalid_field", "from"])
  expect(await ask("service=PAS-08&from=1448-06-12")).toEqual([400, "invalid_field", "from"])
  expect(await ask("service=PAS-08&service=PAS-04")).toEqual([400, "invalid_field", "service"])
  expect(await ask("service=PAS-02")).toEqual([422, "service_online_only", undefined])
  expect(await ask("service=MUN-01")).toEqual([422, "service_not_here", undefined])
  expect(await ask("service=PAS-99")).toEqual([404, "not_found", undefined])
})

test("the furthest and the earliest day that there is give no slots and no error", async () => {
  for (const from of ["1900-01-01", "2200-12-31", "2028-02-29"]) {
    const { status, body } = await nobody.get(`/api/v1/offices/RUH-RML/slots?service=PAS-08&from=${from}&days=1`)
    expect([from, status, body.days?.[0]?.slots]).toEqual([from, 200, []])
  }
})

test("only the staff of an office see its counters", async () => {
  const path = "/api/v1/offices/RUH-RML/counters"
  const { status, body } = await server.agent(1).get(path)
  expect(status).toBe(200)
  expect(body.items[0]).toMatchObject({ id: "RUH-RML.1", number: 1, state: "closed", staff: null, ticket: null })
  expect((await nobody.get(path)).status).toBe(401)
  expect((await server.citizen(1).get(path)).status).toBe(403)
  expect((await server.agent(1, "VIR-01").get(path)).status).toBe(403)
  expect((await server.staff("auditor").get(path)).status).toBe(200)
})

test("facts come in order, without a name, and go on where the page before ended", async () => {
  const reader = server.integrator("facts:read")
  for (const [index, time] of ["11:00", "11:30", "12:00"].entries()) {
    const wanted = { office: "RUH-RML", service: "PAS-08", slot: office.slot(time) }
    const made = await server.citizen(30 + index).post("/api/v1/bookings", wanted)
    expect(made.status).toBe(201)
  }
  const path = "/api/v1/offices/RUH-RML/facts"
  const all = await reader.get(path)
  expect(all.body.items.length).toBeGreaterThanOrEqual(3)
  expect(all.body.next).toBeNull()
  const first = await reader.get(`${path}?limit=2`)
  expect(first.body.items.length).toBe(2)
  const rest = await reader.get(`${path}?since=${first.body.next}&limit=1000`)
  expect([...first.body.items, ...rest.body.items]).toEqual(all.body.items)
  expect(JSON.stringify(all.body)).not.toContain("Someone")
  expect(all.body.items.at(-1)).toMatchObject({
    kind: "booking.made",
    body: { startsAt: expect.stringMatching(/\+03:00$/) },
  })
  expect((await reader.get(`${path}?limit=0`)).status).toBe(400)
  expect((await reader.get(`${path}?since=-1`)).status).toBe(400)
  expect((await server.integrator("board:read").get(path)).body).toMatchObject({ status: 403, scope: "facts:read" })
  expect((await server.supervisor().get(path)).status).toBe(200)
  expect((await server.supervisor("VIR-01").get(path)).status).toBe(403)
  expect((await server.agent(1).get(path)).status).toBe(403)
})
