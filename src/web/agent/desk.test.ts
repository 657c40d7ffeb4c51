import { afterAll, beforeAll, expect, test } from "bun:test"
import { visiting } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import type { Visitor } from "../../testing/visitor.ts"

const server = await testServer({ plan: { soonestMinutes: 0 } })
const { office } = server
const counter = (number: number) => `${office.code}.${number}`

let one: Visitor
let two: Visitor

beforeAll(async () => {
  one = await visiting(server, { agent: 1 })
  two = await visiting(server, { agent: 2 })
  for (const [index, who] of [one, two].entries()) {
    await who.get("/desk?lang=en")
    await who.post("/desk/act", { do: `open ${counter(index + 1)}` })
  }
})

afterAll(() => {
  expect(server.bugs).toEqual([])
})

async function walkIn(number: string, service = "PAS-10") {
  const { body } = await server
    .device("kiosk")
    .post(`/api/v1/offices/${office.code}/tickets`, { service, nationalId: number })
  return body as { id: string; number: number }
}

const act = (who: Visitor, at: number, verb: string, more: Record<string, string> = {}) =>
  who.post("/desk/act", { do: verb, counter: counter(at), ...more })
const state = async (id: string) => (await server.agent(1).get(`/api/v1/tickets/${id}`)).body.state

test("a free counter can be chosen, one where somebody sits cannot", async () => {
  const three = await visiting(server, { agent: 3 })
  const page = await three.get("/desk?lang=en")
  expect(page.text).toContain("Choose your counter")
  expect(page.text).toContain("Another agent is here")
  const taken = await three.post("/desk/act", { do: `open ${counter(1)}` })
  expect(taken.status).toBe(409)
  expect(taken.text).toContain("Somebody else is at this counter")
})

test("next, has come, finish: a visit from call to end, and the page says each step", async () => {
  const ticket = await walkIn("1000000008")
  expect((await act(one, 1, "next")).status).toBe(303)
  const called = await one.get("/desk")
  expect(called.text).toContain(`hand-number number">${ticket.number}<`)
  await act(one, 1, `serve ${ticket.id}`)
  expect(await state(ticket.id)).toBe("serving")
  await act(one, 1, `finish ${ticket.id}`, { outcome: "referred", note: "Room 4" })
  expect(await state(ticket.id)).toBe("served")
})

test("next while somebody is served finishes that visit and calls the next person, as one step", async () => {
  const [first, second] = [await walkIn("1000000016"), await walkIn("1000000024")]
  await act(one, 1, "next")
  await act(one, 1, `serve ${first.id}`)
  await act(one, 1, "next")
  expect([await state(first.id), await state(second.id)]).toEqual(["served", "called"])
  const busy = await act(one, 1, "next")
  expect(busy.status).toBe(409)
  expect(busy.text).toContain("There is a ticket in hand")
  await act(one, 1, `absent ${second.id}`)
  expect(await state(second.id)).toBe("absent")
  await act(one, 1, `return ${second.id}`)
  expect(await state(second.id)).toBe("waiting")
  await act(one, 1, `call ${second.id}`)
  await act(one, 1, `serve ${second.id}`)
  await act(one, 1, `finish ${second.id}`)
})

test("nobody waiting is said in a sentence", async () => {
  const answer = await act(one, 1, "next")
  expect(answer.status).toBe(200)
  expect(answer.text).toContain("Nobody may be called now.")
})

test("an agent cannot touch the ticket in another's hand, and is told so on the same page", async () => {
  const ticket = await walkIn("1000000032")
  await act(one, 1, "next")
  const answer = await act(two, 2, `serve ${ticket.id}`)
  expect(answer.status).toBe(403)
  expect(answer.text).toContain("That ticket is at another counter")
  await act(one, 1, `undo ${ticket.id}`)
  expect(await state(ticket.id)).toBe("waiting")
  await act(two, 2, `call ${ticket.id}`)
  await act(two, 2, `serve ${ticket.id}`)
  await act(two, 2, `park ${ticket.id}`)
  expect(await state(ticket.id)).toBe("parked")
  await act(two, 2, `return ${ticket.id}`)
  await act(two, 2, `call ${ticket.id}`)
  await act(two, 2, `serve ${ticket.id}`)
  await act(two, 2, `transfer ${ticket.id}`, { to: "RES-04", reason: "next_step" })
  const moved = (await server.agent(1).get(`/api/v1/tickets/${ticket.id}`)).body
  expect([moved.state, moved.line, moved.number]).toEqual(["waiting", "RES", ticket.number])
  await act(two, 2, `call ${ticket.id}`)
  await act(two, 2, `serve ${ticket.id}`)
  await act(two, 2, `service ${ticket.id}`, { service: "RES-01" })
  expect((await server.agent(1).get(`/api/v1/tickets/${ticket.id}`)).body.service).toBe("RES-01")
  await act(two, 2, `finish ${ticket.id}`)
})

test("a number is given at the desk, found by its digits, and a booked person is checked in by code", async () => {
  const given = await one.post("/desk/act", { do: `issue ${office.code}`, service: "PAS-04", holder: "" })
  const number = /Number (\d+) was given/.exec(given.text)?.[1] ?? ""
  expect(number).toMatch(/^\d{3}$/)
  expect((await one.get(`/desk?q=${number}`)).text).toContain('class="card found"')
  expect((await one.get("/desk?q=999")).text).toContain("No number or appointment of today has that")
  const { body } = await server
    .citizen(7)
    .post("/api/v1/bookings", { office: office.code, service: "PAS-04", slot: office.slot("10:30") })
  expect((await one.get(`/desk?q=${body.code}`)).text).toContain("Check in")
  const onArabicKeys = String(body.code).replace(/\d/g, (digit) => "٠١٢٣٤٥٦٧٨٩"[Number(digit)] ?? "")
  const arrived = await one.post("/desk/act", { do: `checkin ${office.code}`, code: onArabicKeys })
  expect(arrived.text).toMatch(/Number \d+ was given/)
  const wrong = await one.post("/desk/act", { do: `issue ${office.code}`, service: "PAS-04", holder: "12" })
  expect(wrong.status).toBe(422)
})

test("a need that was said at the kiosk is confirmed in the list, and counts from then on", async () => {
  const { body } = await server
    .device("kiosk")
    .post(`/api/v1/offices/${office.code}/tickets`, { service: "PAS-10", mobile: "0551234567", need: "pregnancy" })
  expect((await one.get("/desk?lang=en")).text).toContain(`value="need ${body.id}"`)
  await act(one, 1, `need ${body.id}`)
  const after = (await server.agent(1).get(`/api/v1/tickets/${body.id}`)).body
  expect([body.dueBy, after.dueBy, Date.parse(after.due) < Date.parse(body.due)]).toEqual(["walkin", "need", true])
  expect((await one.get("/desk")).text).not.toContain(`value="need ${body.id}"`)
  await server.agent(1).post(`/api/v1/tickets/${body.id}/leave`)
})

test("the last counter asks before it closes on people who wait, and closes when told again", async () => {
  await act(two, 2, "close")
  const asked = await act(one, 1, "close")
  expect(asked.status).toBe(409)
  expect(asked.text).toContain("Close all the same")
  expect((await act(one, 1, "close-anyway")).status).toBe(303)
  expect((await one.get("/desk")).text).toContain("Choose your counter")
})

test("a made-up verb, a ticket of nobody and a citizen's session change nothing", async () => {
  const citizen = await visiting(server, { citizen: 1 })
  const before = await server.head()
  for (const verb of ["explode 1", "finish nothing", "serve", "open RUH-RML.99", "transfer x"]) {
    expect([verb, (await one.post("/desk/act", { do: verb })).status >= 400]).toEqual([verb, true])
  }
  expect((await citizen.get("/desk")).status).toBe(403)
  expect(await server.head()).toBe(before)
})
