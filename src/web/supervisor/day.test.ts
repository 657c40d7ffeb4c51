import { afterAll, expect, test } from "bun:test"
import { startSession } from "../../domain/access/sessions.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { visiting } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { visitor } from "../../testing/visitor.ts"

const server = await testServer({
  plan: { more: [{ code: "JED-MUN", mode: "request", lines: [{ code: "MUN" }] }], holidays: [{ first: "2026-11-29" }] },
})
const { office } = server
const lead = await visiting(server, "supervisor")
const day = `/day/${office.code}`

afterAll(() => {
  expect(server.bugs).toEqual([])
})

const book = async (citizen: number, slot: string, service = "PAS-04") =>
  (await server.citizen(citizen).post("/api/v1/bookings", { office: office.code, service, slot })).body

test("the day begins with a sentence and offers the counter that changes it", async () => {
  for (const number of ["1000000008", "1000000016", "1000000024"]) {
    await server
      .device("kiosk")
      .post(`/api/v1/offices/${office.code}/tickets`, { service: "PAS-04", nationalId: number })
  }
  const page = await lead.get(`${day}?lang=en`)
  expect(page.status).toBe(200)
  expect(page.text).toMatch(/3.people are waiting, no counter open\./)
  const button = /value="(open [^"]+)"/.exec(page.text)?.[1] ?? ""
  expect(button).toContain(`open ${office.code}.`)
  const opened = await lead.post(day, { do: button })
  expect([opened.status, opened.location]).toEqual([303, "/desk"])
  expect((await lead.get(day)).text).toContain("one counter open")
})

test("closing a day shows first what it touches, strikes nothing before it is saved, and drops nothing after", async () => {
  const booking = await book(3, office.slot("09:00", { on: "2026-11-24" }))
  const change = { day: "2026-11-24", kind: "closed", reason: "Power" }
  await lead.get(`${day}/hours?lang=en`)
  const preview = await lead.post(`${day}/hours`, { do: "preview", ...change })
  expect(preview.text).toContain("This touches one appointment:")
  expect((await server.citizen(3).get(`/api/v1/bookings/${booking.id}`)).body.state).toBe("confirmed")
  expect(
    (await server.nobody.get(`/api/v1/offices/${office.code}/slots?service=PAS-04&from=2026-11-24&days=1`)).body.days[0]
      .slots.length,
  ).toBeGreaterThan(0)

  const saved = await lead.post(`${day}/hours`, { do: "save", ...change })
  expect(saved.text).toContain("Appointments outside the new hours")
  const after = (await server.citizen(3).get(`/api/v1/bookings/${booking.id}`)).body
  expect(after.state).toBe("confirmed")
  const slots = await server.nobody.get(`/api/v1/offices/${office.code}/slots?service=PAS-04&from=2026-11-24&days=1`)
  expect(slots.body.days.flatMap(({ slots }: { slots: unknown[] }) => slots)).toEqual([])

  const restored = await lead.post(`${day}/hours`, { do: "restore", day: "2026-11-24" })
  expect(restored.text).toContain("usual hours again")
  expect(restored.text).not.toContain("Appointments outside the new hours")
})

test("a struck booking is moved or cancelled with notice by the office", async () => {
  const [first, second] = [
    await book(4, office.slot("08:00", { on: "2026-11-25" })),
    await book(5, office.slot("08:15", { on: "2026-11-25" })),
  ]
  await lead.get(`${day}/hours`)
  await lead.post(`${day}/hours`, { do: "save", day: "2026-11-25", kind: "hours", from0: "10:00", until0: "14:00" })
  const moving = await lead.get(`${day}/requests?move=${first.id}`)
  const slot = /<option value="([^"]+)"/.exec(moving.text)?.[1] ?? ""
  await lead.post(`${day}/requests`, { do: "move", booking: first.id, slot })
  expect((await server.citizen(4).get(`/api/v1/bookings/${first.id}`)).body.slot).toBe(slot)
  await lead.post(`${day}/hours`, { do: "cancel", booking: second.id, reason: "Shorter day" })
  expect((await server.citizen(5).get(`/api/v1/bookings/${second.id}`)).body.state).toBe("cancelled")
  expect((await lead.get(`${day}/hours`)).text).not.toContain("Appointments outside the new hours")
})

test("a holiday opens only when somebody says so on purpose", async () => {
  await lead.get(`${day}/hours?lang=en`)
  const hours = { day: "2026-11-29", kind: "hours", from0: "09:00", until0: "12:00" }
  const refused = await lead.post(`${day}/hours`, { do: "save", ...hours })
  expect(refused.status).toBe(422)
  const opened = await lead.post(`${day}/hours`, { do: "save", ...hours, holiday: "1" })
  expect(opened.text).toContain("The change is saved.")
})

test("hours that overlap, end nowhere or lie in the past are refused and change nothing", async () => {
  const before = await server.head()
  const bad = [
    { day: "2026-11-26", kind: "hours", from0: "09:00", until0: "12:00", from1: "11:00", until1: "13:00" },
    { day: "2026-11-26", kind: "hours", from0: "25:00", until0: "12:00" },
    { day: "2026-11-26", kind: "hours" },
    { day: "2026-11-01", kind: "closed" },
  ]
  for (const change of bad) {
    const answer = await lead.post(`${day}/hours`, { do: "save", ...change } as Record<string, string>)
    expect([change, [400, 422].includes(answer.status)]).toEqual([change, true])
  }
  expect(await server.head()).toBe(before)
})

test("a made-up verb closes no counter", async () => {
  const lead = await visiting(server, "supervisor")
  await lead.get(`/day/${office.code}`)
  expect((await lead.post(`/day/${office.code}`, { do: `explode ${office.code}.1` })).status).toBe(400)
})

test("a supervisor sees the own office and no other; an agent does not see the day; an auditor changes nothing", async () => {
  expect((await lead.get("/day/JED-MUN")).status).toBe(403)
  const agent = await visiting(server, { agent: 1 })
  expect((await agent.get(day)).status).toBe(403)
  expect((await agent.post(day, { do: `close ${office.code}.1` })).status).toBe(403)
  expect((await lead.post(day, { do: "close JED-MUN.1" })).status).toBe(404)
})

test("whoever has several offices finds the ways on beside the list of them", async () => {
  const now = office.clock.real()
  const everywhere = { role: "administrator" as const, scopeKind: "all" as const, scope: "" }
  const given = { login: "huda", name: { ar: "هدى", en: "Huda" }, passwordHash: "-", ...everywhere }
  const token = await office.write(async (tx) => {
    const subject = await addStaff(tx, given, "test")
    const who = { kind: "staff" as const, subject, role: "administrator", factors: "password+passkey", userAgent: "" }
    return (await startSession(tx, who, now)).token
  })
  const administrator = visitor(() => server.origin)
  administrator.cookies.set("sid", token)
  const page = await administrator.get("/day?lang=en")
  expect(page.status).toBe(200)
  for (const way of ['href="/staff/people"', 'href="/devices"', 'action="/sign-out"']) expect(page.text).toContain(way)
})
