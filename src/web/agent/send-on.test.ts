import { afterAll, expect, test } from "bun:test"
import { end } from "../../domain/visits/calls.ts"
import { visitView } from "../../domain/visits/reads.ts"
import { testServer } from "../../testing/server.ts"
import { signedIn } from "../../testing/signed-in.ts"
import { videoHall } from "../../testing/video.ts"
import { agentVisitFragment } from "./visit.tsx"

const elsewhere = "VIR-02"
const more = [
  { code: elsewhere, video: true, lines: [{ code: "VIR" }], counters: 1 },
  { code: "RUH-RML", counters: 1 },
]
const hall = await videoHall({ more })
const server = await testServer({ office: hall })
const desk = await signedIn(server, hall.agent())

afterAll(() => {
  expect(server.bugs).toEqual([])
})

let people = 0
async function inCall() {
  const citizen = hall.citizen(++people)
  const { row, ticket } = await hall.video.inCall(citizen)
  const send = (more: Record<string, string>) =>
    desk.send("/desk/act", { do: `visit-send ${row.id}`, counter: hall.counter(), ...more })
  const region = () => agentVisitFragment(server.house, row.id, "en", hall.agent().id)
  return { citizen, id: row.id, ticket, send, region }
}

test("the desk offers the services here, those of other video offices, and who else sits at a counter", async () => {
  await hall.open(2)
  const { id, send, region } = await inCall()
  const html = await region()
  expect(html).toContain(`value="RES-04"`)
  expect(html).toContain(`value="${elsewhere}/RES-04"`)
  expect(html).not.toContain("RUH-RML/")
  expect(html).toContain(`value="${hall.agent(2).id}"`)
  expect(html).not.toContain(`<option value="${hall.agent(1).id}"`)
  await send({ to: "RES-04", forAgent: hall.agent(2).id })
  expect((await hall.video.now(id)).ticket.state).toBe("waiting")
})

test("somebody sent to another office waits there with the note, and the visit here is over", async () => {
  const { id, send } = await inCall()
  expect((await send({ to: `${elsewhere}/RES-04`, sendNote: "asks for her daughter" })).status).toBeLessThan(400)
  expect((await hall.video.now(id)).phase).toBe("over")
  const [said] = (await hall.facts("visit.sent_on")).slice(-1)
  const view = await visitView(
    hall.store,
    hall.keys,
    said?.body.to ?? "",
    hall.agent(1, elsewhere).id,
    hall.clock.office(),
  )
  expect(view).toMatchObject({ office: elsewhere, phase: "lobby", sentOn: { note: "asks for her daughter" } })
})

test("who is sent to a colleague for the same service keeps the place, and a second click changes nothing", async () => {
  const { id, ticket, send } = await inCall()
  await send({ to: ticket.service, forAgent: hall.agent(2).id })
  const after = await hall.video.now(id)
  expect([after.row.forAgent, after.ticket.due]).toEqual([hall.agent(2).id, ticket.due])
  expect((await send({ to: "PAS-01" })).status).toBeGreaterThanOrEqual(400)
  expect((await hall.video.now(id)).ticket.service).toBe(ticket.service)
})

test("to an office that has no video, or none, nobody is sent", async () => {
  const { id, send } = await inCall()
  for (const to of ["RUH-RML/RES-04", "NONE/RES-04"]) expect((await send({ to })).status).toBeGreaterThanOrEqual(400)
  expect((await hall.video.now(id)).phase).toBe("call")
  await hall.write((tx) => end(tx, hall.agent(), id, { outcome: "done" }))
})

test("what is written for the person is kept whichever button ends the visit", async () => {
  const ended: string[] = []
  for (const verb of ["visit-end", "next"]) {
    const { id } = await inCall()
    const act = verb === "visit-end" ? `${verb} ${id}` : verb
    // A key that is struck cuts nobody off: the call is ended first.
    if (verb === "next") {
      const refused = await desk.send("/desk/act", { do: verb, counter: hall.counter() })
      expect([refused.status, (await hall.video.now(id)).phase]).toEqual([409, "call"])
      await desk.send("/desk/act", { do: `visit-hangup ${id}`, counter: hall.counter() })
    }
    await desk.send("/desk/act", { do: act, counter: hall.counter(), outcome: "done", word: "Bring the deed" })
    const { row, phase } = await hall.video.now(id)
    ended.push(`${phase} ${row.wordSealed !== null}`)
  }
  expect(ended).toEqual(["over true", "over true"])
})
