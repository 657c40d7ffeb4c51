import { afterAll, expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { hallCode } from "../../domain/queue/hall-code.ts"
import { open } from "../../testing/live.ts"
import { visiting } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { leadsTo, signedIn } from "../../testing/signed-in.ts"
import { visitor } from "../../testing/visitor.ts"

const server = await testServer({ plan: { soonestMinutes: 0 } })
const { office } = server
const stranger = () => visitor(() => server.origin)

afterAll(() => {
  expect(server.bugs).toEqual([])
})

async function walkIn(number: string, service = "PAS-10") {
  const { body } = await server
    .device("kiosk")
    .post(`/api/v1/offices/${office.code}/tickets`, { service, nationalId: number })
  return { ...(body as { id: string; number: number; link: string }), path: new URL(body.link).pathname }
}

test("whoever has the link sees the ticket without signing in, the time first; a wrong link finds nothing", async () => {
  await server.agent(1).post(`/api/v1/counters/${office.code}.1/opening`, {})
  const ticket = await walkIn("1000000008")
  const page = await stranger().get(`${ticket.path}?lang=en`)
  expect(page.status).toBe(200)
  expect(page.text).toContain(`class="number">${ticket.number}<`)
  const other = await walkIn("1000000016")
  const secret = ticket.path.split("/")[3]
  for (const path of [
    `/t/${other.id}/${secret}`,
    `/t/${ticket.id}/${"a".repeat(32)}`,
    `/t/${ticket.id}/x`,
    `/t/nothing/${secret}`,
  ]) {
    expect([path, (await stranger().get(path)).status]).toEqual([path, 404])
  }
})

test("the holder puts the turn off, comes back, and leaves; each shows on the page", async () => {
  const ticket = await walkIn("1000000024")
  const holder = stranger()
  await holder.get(`${ticket.path}?lang=en`)
  expect((await holder.post(`${ticket.path}/away`)).location).toBe(ticket.path)
  expect((await holder.get(ticket.path)).text).toContain("put off, as you asked")
  await holder.post(`${ticket.path}/ready`)
  expect((await holder.get(ticket.path)).text).toContain('data-state="waiting"')
  await holder.post(`${ticket.path}/leave`)
  expect((await holder.get(ticket.path)).text).toContain("You left the line")
  expect((await holder.post(`${ticket.path}/ready`)).location).toBe(ticket.path)
  expect((await holder.get(ticket.path)).text).toContain("You left the line")
})

test("a person who was called and did not come is kept a place, and comes back with one press", async () => {
  const ticket = await walkIn("1000000032", "RES-04")
  const agent = server.agent(2)
  await agent.post(`/api/v1/counters/${office.code}.2/opening`, {})
  await agent.post(`/api/v1/tickets/${ticket.id}/call`)
  const holder = stranger()
  const called = await holder.get(`${ticket.path}?lang=en`)
  expect(called.text).toContain('class="ticket-plate number">2<')
  await agent.post(`/api/v1/tickets/${ticket.id}/absent`)
  const missed = await holder.get(ticket.path)
  expect(missed.text).toContain("Your place is kept until")
  await holder.post(`${ticket.path}/ready`)
  expect((await holder.get(ticket.path)).text).toContain('data-state="waiting"')
})

test("a ticket's own page belongs to its holder; a form from another site changes nothing", async () => {
  const citizen = await visiting(server, { citizen: 3 })
  const { body } = await server
    .citizen(3)
    .post("/api/v1/bookings", { office: office.code, service: "PAS-04", slot: office.slot("10:15") })
  const { body: ticket } = await server
    .device("kiosk")
    .post(`/api/v1/offices/${office.code}/check-ins`, { code: body.code })
  expect(ticket).toMatchObject({ booking: body.id })
  const own = await citizen.get(`/tickets/${ticket.id}`)
  expect(own.status).toBe(303)
  const other = await visiting(server, { citizen: 4 })
  expect((await other.get(`/tickets/${ticket.id}`)).status).toBe(404)
  const path = own.location ?? ""
  const forged = await stranger().ask(`${path}/leave`, {
    method: "POST",
    headers: { Origin: "https://evil.example" },
    body: new URLSearchParams(),
  })
  expect(forged.status).toBe(403)
  expect((await citizen.get(path)).text).not.toContain("You left the line")
})

test("the hall's code checks a person in by phone; an old one does not; signing in may take a few minutes", async () => {
  const { body } = await server
    .citizen(6)
    .post("/api/v1/bookings", { office: office.code, service: "PAS-04", slot: office.slot("10:30") })
  const citizen = await visiting(server, { citizen: 6 })
  const code = hallCode(server.keys, office.code, office.clock.office())
  const scanned = await citizen.get(`/hall/${office.code}/${code}`)
  expect(scanned.status).toBe(303)
  const proof = new URL(scanned.location ?? "", server.origin).searchParams.get("proof") ?? ""
  office.clock.advance(4 * minute)
  expect((await citizen.get(`/hall/${office.code}/${code}?lang=en`)).status).toBe(422)
  const page = await citizen.get(scanned.location ?? "")
  expect(page.text).toContain("I have arrived")
  const bent = await citizen.post(`/hall/${office.code}`, { proof: `${proof}x`, code: body.code })
  expect(bent.status).toBe(422)
  const arrived = await citizen.post(`/hall/${office.code}`, { proof, code: body.code })
  expect([arrived.status, arrived.location?.startsWith("/t/")]).toEqual([303, true])
  const twice = await citizen.post(`/hall/${office.code}`, { proof, code: body.code })
  expect([twice.status, twice.location]).toEqual([303, arrived.location])
  office.clock.advance(15 * minute)
  expect((await citizen.get(scanned.location ?? "")).text).toContain("The code that you scanned has changed")
})

test("a waiting person's page outlives their session: by its link it is read, steered and heard as before", async () => {
  const who = await office.person({ nationalId: "1000000081" })
  const page = await signedIn(server, who)
  const ticket = await walkIn("1000000081")
  expect((await page.get(`/tickets/${ticket.id}`)).location).toBe(ticket.path)
  const agent = server.agent(3)
  await agent.post(`/api/v1/counters/${office.code}.3/opening`, {})
  const listen = async () => {
    const headers = { Cookie: `sid=${page.token}`, Origin: server.origin }
    const wire = await open(`${server.origin.replace("http", "ws")}/live`, headers)
    wire.say({ capability: ticket.path.split("/").slice(2).join(".") })
    wire.say({ sub: [`ticket:${ticket.id}`], as: "html" })
    await wire.next((message) => "snapshot" in message)
    return wire
  }
  const before = await listen()
  expect((await page.get("/bookings")).text).toContain("data-expiry")
  // Nothing stands in front of a turn: it does not depend on the session, so its end is not asked about.
  expect((await page.get(ticket.path)).text).not.toContain("data-expiry")

  office.clock.advance(31 * minute)
  expect((await page.get("/bookings")).location).toStartWith("/sign-in")
  expect((await page.get(ticket.path)).status).toBe(200)
  const after = await listen()
  // The form is still that of the page as it was shown under the session.
  expect(leadsTo(await page.send(`${ticket.path}/away`))).toBe(ticket.path)
  expect((await page.get(`${ticket.path}?lang=en`)).text).toContain("put off, as you asked")
  expect(leadsTo(await page.send(`${ticket.path}/ready`))).toBe(ticket.path)
  await server.house.hub.settled()
  const heardSoFar = [before, after].map(({ heard }) => heard.length)
  expect((await agent.post(`/api/v1/tickets/${ticket.id}/call`)).status).toBe(200)
  for (const wire of [before, after]) {
    const called = await wire.next((message) => "change" in message && String(message.change).includes("called"))
    expect("change" in called && String(called.change)).toContain(String(ticket.number))
  }
  expect([before, after].every(({ heard }, index) => heard.length > (heardSoFar[index] ?? 0))).toBe(true)
  for (const wire of [before, after]) wire.close()
})
