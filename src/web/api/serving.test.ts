import { afterAll, beforeAll, expect, test } from "bun:test"
import { testServer } from "../../testing/server.ts"

const server = await testServer({
  plan: { counters: 4, citizens: 5, more: [{ code: "RUH-QHK", lines: [{ code: "RES" }] }] },
})
const { office } = server
const [first, second] = [server.agent(1), server.agent(2)]
const counter = (number: number) => `/api/v1/counters/RUH-RML.${number}`

let mobiles = 0

/** Somebody comes without a booking. */
async function walkIn(service = "PAS-10") {
  const mobile = `05${String(++mobiles).padStart(8, "5")}`
  const issued = await server.device("kiosk").post("/api/v1/offices/RUH-RML/tickets", { service, mobile })
  expect(issued.status).toBe(201)
  return issued.body
}

const step = (agent: typeof first, id: string, verb: string, body?: object) =>
  agent.post(`/api/v1/tickets/${id}/${verb}`, body)

async function called(agent: typeof first, number: number) {
  const answer = await agent.post(`${counter(number)}/next`)
  expect(answer.status).toBe(200)
  return answer.body
}

/** Empties the hall and the hand, so that each situation begins with nobody. */
async function finishEverybody() {
  for (;;) {
    const next = await first.post(`${counter(1)}/next`)
    if (next.status === 204) return
    await step(first, next.body.id ?? next.body.ticket.id, "serve")
    await step(first, next.body.id ?? next.body.ticket.id, "finish", { outcome: "done" })
  }
}

beforeAll(async () => {
  expect((await first.post(`${counter(1)}/opening`)).status).toBe(200)
})

afterAll(async () => {
  expect(await server.deviations()).toEqual([])
  expect(server.bugs).toEqual([])
})

test("an agent sits down, pauses and leaves; nobody sits on another's chair", async () => {
  const opened = await second.post(`${counter(2)}/opening`, { lines: ["RES", { line: "PAS", handicap: 15 }] })
  expect(opened.status).toBe(200)
  expect(opened.body).toMatchObject({
    id: "RUH-RML.2",
    state: "open",
    staff: "agent-RUH-RML-2",
    lines: [
      { line: "RES", handicap: 0 },
      { line: "PAS", handicap: 15 },
    ],
  })
  const taken = await server.agent(3).post(`${counter(2)}/opening`)
  expect([taken.status, taken.body.code]).toEqual([409, "counter_taken"])
  expect((await server.agent(3).post(`${counter(2)}/pause`)).body.code).toBe("not_your_counter")
  expect((await second.post(`${counter(2)}/pause`)).body.state).toBe("paused")
  expect((await second.post(`${counter(2)}/next`)).body.code).toBe("counter_closed")
  expect((await second.post(`${counter(2)}/opening`)).body.state).toBe("open")
  expect((await second.post(`${counter(2)}/opening`, { lines: ["TRA"] })).body.fields).toEqual([
    { path: "lines", message: expect.any(String) },
  ])
  expect((await second.post(`${counter(2)}/closing`)).body).toMatchObject({ state: "closed", staff: null })
  expect((await first.post("/api/v1/counters/RUH-RML.99/opening")).status).toBe(404)
  expect((await server.agent(1, "RUH-QHK").post(`${counter(2)}/opening`)).status).toBe(403)
})

test("nobody to call is no error: the answer is empty", async () => {
  const nobody = await first.post(`${counter(1)}/next`)
  expect([nobody.status, nobody.body]).toEqual([204, ""])
})

test("a person is called, called again, served and done, and the counter says whom it has in hand", async () => {
  const { id } = await walkIn()
  const next = await called(first, 1)
  expect(next).toMatchObject({ id, state: "called", counter: "RUH-RML.1", counterNumber: 1, calls: 1 })
  expect(next.link).toBeUndefined()
  const busy = await first.post(`${counter(1)}/next`)
  expect(busy.status).toBe(409)
  expect(busy.body).toMatchObject({ code: "counter_busy", ticket: { id, number: next.number, state: "called" } })
  expect((await step(first, id, "recall")).body.calls).toBe(2)
  expect((await step(second, id, "serve")).body.code).toBe("not_your_counter")
  expect((await step(first, id, "serve")).body.state).toBe("serving")
  expect((await step(first, id, "recall")).body).toMatchObject({ status: 409, code: "wrong_state", state: "serving" })
  expect((await step(first, id, "finish", {})).body.fields[0].path).toBe("outcome")
  const done = await step(first, id, "finish", { outcome: "done", note: "جواز جديد" })
  expect(done.body).toMatchObject({ state: "served", outcome: "done", endedAt: "2026-11-22T10:00:00+03:00" })
})

test("the last step is taken back within half a minute, and not after it", async () => {
  const { id } = await walkIn()
  await called(first, 1)
  expect((await step(first, id, "undo")).body.state).toBe("waiting")
  expect((await step(first, id, "undo")).body.code).toBe("nothing_to_undo")
  await called(first, 1)
  office.clock.advance(31_000)
  expect((await step(first, id, "undo")).body.code).toBe("undo_too_late")
  await finishInHand(id)
})

async function finishInHand(id: string) {
  await step(first, id, "serve")
  expect((await step(first, id, "finish", { outcome: "not_possible" })).status).toBe(200)
}

test("who did not come is absent, and comes back at the counter's word", async () => {
  const { id } = await walkIn()
  await called(first, 1)
  const gone = await step(first, id, "absent")
  expect(gone.body.state).toBe("absent")
  expect(gone.body.keptUntil).toMatch(/\+03:00$/)
  expect((await first.post(`${counter(1)}/next`)).status).toBe(204)
  expect((await step(first, id, "return")).body.state).toBe("waiting")
  await called(first, 1)
  await step(first, id, "serve")
  expect((await step(first, id, "park")).body.state).toBe("parked")
  expect((await step(first, id, "call")).body).toMatchObject({ state: "called", counter: "RUH-RML.1" })
  await finishInHand(id)
})

test("a transfer inside the office keeps number and ticket; to another office it makes a new one", async () => {
  const { id, number, due } = await walkIn()
  await called(first, 1)
  const corrected = await step(first, id, "transfer", { service: "RES-04", reason: "correction" })
  expect(corrected.body).toMatchObject({ id, number, due, state: "waiting", line: "RES", service: "RES-04" })
  await called(first, 1)
  await step(first, id, "serve")
  const on = await step(first, id, "transfer", { service: "RES-04", office: "RUH-QHK", reason: "next_step" })
  expect(on.status).toBe(200)
  expect(on.body).toMatchObject({ office: "RUH-QHK", state: "waiting", cameFrom: id, dueBy: "step" })
  const before = await first.get(`/api/v1/tickets/${id}`)
  expect(before.body).toMatchObject({ state: "transferred", wentOnAs: on.body.id })
  const { id: other } = await walkIn()
  await called(first, 1)
  const nowhere = await step(first, other, "transfer", { service: "MUN-01", reason: "next_step" })
  expect([nowhere.status, nowhere.body.code]).toEqual([422, "service_not_here"])
  const lost = await step(first, other, "transfer", { service: "PAS-10", office: "NOW-HERE", reason: "next_step" })
  expect(lost.status).toBe(404)
  expect((await step(first, other, "service", { service: "PAS-08" })).body.service).toBe("PAS-08")
  await finishInHand(other)
})

test("two counters that ask in the same instant get two people", async () => {
  await finishEverybody()
  expect((await second.post(`${counter(2)}/opening`, { lines: ["PAS"] })).status).toBe(200)
  for (let round = 0; round < 10; round++) {
    const ids = [(await walkIn()).id, (await walkIn()).id]
    const both = await Promise.all([first.post(`${counter(1)}/next`), second.post(`${counter(2)}/next`)])
    expect(both.map(({ body }) => body.id).sort()).toEqual(ids.sort())
    for (const [index, agent] of [first, second].entries()) {
      await step(agent, both[index]?.body.id, "serve")
      await step(agent, both[index]?.body.id, "finish", { outcome: "done" })
    }
  }
})

test("one person is there and two counters ask: one gets the person, the other nobody", async () => {
  const { id } = await walkIn()
  const both = await Promise.all([first.post(`${counter(1)}/next`), second.post(`${counter(2)}/next`)])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 204])
  const [agent] = both[0]?.status === 200 ? [first] : [second]
  await step(agent, id, "serve")
  await step(agent, id, "finish", { outcome: "done" })
})

test("the waiting list is in the order of due times, and each row says why it stands there", async () => {
  const [one, two] = [await walkIn(), await walkIn()]
  const list = await second.get("/api/v1/offices/RUH-RML/queue")
  expect(list.status).toBe(200)
  expect(list.body.items.map(({ id }: { id: string }) => id)).toEqual([one.id, two.id])
  expect(list.body.items[1].why).toMatchObject({
    by: "walkin",
    behind: one.number,
    arrivedAt: expect.stringMatching(/\+03:00$/),
  })
  expect(list.body.lines.find(({ line }: { line: string }) => line === "PAS")).toMatchObject({ waiting: 2 })
  expect((await server.citizen(1).get("/api/v1/offices/RUH-RML/queue")).status).toBe(403)
  expect((await server.agent(1, "RUH-QHK").get("/api/v1/offices/RUH-RML/queue")).status).toBe(403)
})

test("an agent of another office learns nothing about a ticket here, not even that it is there", async () => {
  const { id } = await walkIn()
  const stranger = server.agent(1, "RUH-QHK")
  for (const verb of ["call", "recall", "serve", "absent", "park", "return", "undo", "leave", "ready"]) {
    const refused = await step(stranger, id, verb)
    expect([verb, refused.status, refused.body.code]).toEqual([verb, 404, "not_found"])
  }
})
