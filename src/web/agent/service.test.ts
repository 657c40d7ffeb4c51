import { describe, expect, test } from "bun:test"
import { readLog } from "../../../db/schema/privacy.ts"
import { addDays } from "../../base/day.ts"
import { leave } from "../../domain/queue/holder.ts"
import { park } from "../../domain/queue/serving.ts"
import { request, requestsIn } from "../../domain/requests/requests.ts"
import { visiting } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { seenTalking, serviceHall } from "../../testing/services.ts"
import { signedIn } from "../../testing/signed-in.ts"
import { requestFragment } from "../visits/request.tsx"
import { serviceFragment } from "./service.tsx"
import { agentVisitFragment } from "./visit.tsx"

/* Services at the desk, over HTTP: what the page offers, what the server takes, and what it takes from nobody. */

const elsewhere = "VIR-02"
const hall = await serviceHall({
  ...{ counters: 24, citizens: 28 },
  more: [{ code: elsewhere, video: true, lines: [{ code: "VIR" }], counters: 1 }],
})
const server = await testServer({ office: hall, env: { RECORDING: "off" } })
seenTalking(server.house.hub)
let last = 0

/** Somebody in a call with an agent, who asks with a form as the desk's page does. */
async function atDesk({ passkey = true } = {}) {
  const number = ++last
  const who = hall.citizen(number)
  if (passkey) await hall.desk.passkey(who)
  const child = await hall.desk.child(who, "2012-01-01")
  const married = await hall.desk.child(who, hall.desk.turning21(500), { marital: "married" })
  const { row } = await hall.video.inCall(who, number)
  const visitor = await visiting(server, { agent: number })
  await visitor.get("/desk")
  const json = { Accept: "application/json" }
  const send = (fields: Record<string, string>) => visitor.post("/desk/service", fields, json)
  const open = async () => (await requestsIn(hall.store, row.id))[0]
  const fill = async (more: Record<string, string> = {}) => {
    const id = (await open())?.id ?? ""
    const fields = { "f.dependant": child, "f.kind": "single", "f.paper": "passport", add: "GB" }
    return send({ do: "save", request: id, ...fields, "f.until": addDays(hall.today, 9), ...more })
  }
  const page = () => serviceFragment(server.house, row.id, "en", hall.agent(number).id)
  return { number, who, child, married, visit: row.id, visitor, send, open, fill, page }
}

const press = (verb: string) => new RegExp(`value="${verb} `)

describe("the agent's panel", () => {
  test("offers the services that this office carries out by video, and no other", async () => {
    const { page } = await atDesk()
    const html = await page()
    for (const code of ["PAS-05", "PAS-06", "PAS-07", "CIV-12"]) expect(html).toContain(`value="${code}"`)
    expect(html).not.toContain("RES-04")
  })

  test("saves field by field, adds and takes out countries, and shows the decision with its reason", async () => {
    const { visit, send, open, fill, page } = await atDesk()
    expect((await send({ do: `begin ${visit}`, service: "PAS-05" })).status).toBe(204)
    expect(await page()).toContain("Fill in what is missing")
    expect([(await fill()).status, (await fill({ add: "FR" })).status]).toEqual([204, 204])
    const row = await open()
    expect(await page()).toContain(`drop ${row?.id} GB`)
    await send({ do: `drop ${row?.id} GB`, ...(await asShown(page)) })
    const html = await page()
    expect(html).toContain(`drop ${row?.id} FR`)
    expect(html).not.toContain(`drop ${row?.id} GB`)
    expect(html).toContain("The rules allow it")
    expect(html).toMatch(press("ask"))
  })

  test("to finish while a request is open asks first, and gives it up only when that is pressed", async () => {
    const { visit, number, visitor, send, open } = await atDesk()
    const region = () => agentVisitFragment(server.house, visit, "en", hall.agent(number).id)
    expect(await region()).toContain(`value="visit-end ${visit}"`)
    await send({ do: `begin ${visit}`, service: "PAS-05" })
    const given = (word: string) => ({
      do: word,
      counter: hall.counter(number),
      outcome: "done",
      word: "Bring the deed",
    })
    const act = async (word: string) => {
      const { status, text } = await visitor.post("/desk/act", given(word), { Accept: "application/json" })
      return { status, ...(text === "" ? {} : JSON.parse(text)) }
    }
    const asked = await act(`visit-end ${visit}`)
    expect(asked).toMatchObject({ status: 409, code: "unfinished_request" })
    const left = `${visit} ${(await open())?.id}`
    expect(asked.asks).toMatchObject({ title: "A request is not finished", yes: { verb: `visit-end-anyway ${left}` } })
    expect(asked.asks.lines[0]).toContain("it is given up")
    const now = async () => {
      const { phase, row } = await hall.video.now(visit)
      return [(await open())?.state, phase, row.wordSealed !== null]
    }
    expect(await now()).toEqual(["draft", "call", false])
    await visitor.post("/desk/act", { do: `visit-hangup ${visit}`, counter: hall.counter(number) })
    expect(await act("next")).toMatchObject({ status: 409, asks: { yes: { verb: `next-anyway ${left}` } } })
    expect(await act(`finish ${visit}`)).toMatchObject({ status: 409, code: "unfinished_request" })
    // Without a script the desk comes back with the same question, in the words of its reader.
    for (const [lang, title] of [
      ["en", "A request is not finished"],
      ["ar", "طلب لم يكتمل"],
    ]) {
      const page = await visitor.post(`/desk/act?lang=${lang}`, given("next"))
      expect([page.status, page.text.includes(`${title}`)]).toEqual([409, true])
      expect(page.text).toContain(`value="next-anyway ${left}"`)
    }
    expect(await now()).toEqual(["draft", "wrapUp", false])
    expect((await act(`next-anyway ${left}`)).status).toBeLessThan(300)
    expect(await now()).toEqual(["withdrawn", "over", true])
    expect((await hall.facts("request.withdrawn")).at(-1)?.body).toMatchObject({ visit, by: hall.agent(number).id })
  })

  test("what was given up with the visit is gone from the person's page at once, and open again when the end is taken back", async () => {
    const { visit, number, who, send, open, visitor } = await atDesk()
    const shown = () => requestFragment(server.house, visit, "en", who.id)
    const act = (word: string) => visitor.post("/desk/act", { do: word, counter: hall.counter(number) })
    // What the agent gave up in the call stays given up.
    await send({ do: `begin ${visit}`, service: "PAS-06" })
    await send({ do: `withdraw ${(await open())?.id}` })
    hall.clock.advance(1_000)
    await send({ do: `begin ${visit}`, service: "PAS-05" })
    expect(await shown()).toContain("The agent fills in your request")
    await act(`visit-end-anyway ${visit} ${(await open())?.id}`)
    expect(await shown()).toBe("")
    await act(`undo ${visit}`)
    expect((await requestsIn(hall.store, visit)).map(({ state }) => state)).toEqual(["draft", "withdrawn"])
    expect((await hall.facts("request.brought_back")).at(-1)?.body).toMatchObject({ visit, by: hall.agent(number).id })
    expect(await shown()).toContain("The agent fills in your request")
    const finish = `/api/v1/tickets/${visit}/finish`
    expect((await server.agent(number).post(finish, { outcome: "done", confirmed: true })).status).toBe(200)
    expect((await open())?.state).toBe("withdrawn")
    expect((await server.agent(number).post(`/api/v1/tickets/${visit}/undo`)).status).toBe(200)
    expect((await open())?.state).toBe("draft")
  })

  test("to send somebody to another office while a request is open asks first; inside the office the request goes along", async () => {
    const { visit, number, visitor, send, open } = await atDesk()
    await send({ do: `begin ${visit}`, service: "PAS-05" })
    const act = async (word: string, to: string) => {
      const given = { do: word, counter: hall.counter(number), to, sendNote: "Has the deed" }
      const { status, text } = await visitor.post("/desk/act", given, { Accept: "application/json" })
      return { status, ...(text === "" ? {} : JSON.parse(text)) }
    }
    const asked = await act(`visit-send ${visit}`, `${elsewhere}/RES-04`)
    expect(asked).toMatchObject({ status: 409, code: "unfinished_request" })
    expect(asked.asks.lines[0]).toContain("If you transfer the person to another office, it is given up")
    const program = await server.agent(number).post(`/api/v1/tickets/${visit}/transfer`, {
      ...{ office: elsewhere, service: "RES-04", reason: "next_step" },
    })
    expect([program.status, program.body.code, program.body.services]).toEqual([409, "unfinished_request", ["PAS-05"]])
    expect([(await hall.video.now(visit)).phase, (await open())?.state]).toEqual(["call", "draft"])
    expect((await act(asked.asks.yes.verb, `${elsewhere}/RES-04`)).status).toBe(204)
    expect([(await hall.video.now(visit)).phase, (await open())?.state]).toEqual(["over", "withdrawn"])
    expect((await hall.facts("request.withdrawn")).at(-1)?.body).toMatchObject({ visit, by: hall.agent(number).id })
    expect((await hall.facts("visit.sent_on")).at(-1)?.body).toMatchObject({ visit })

    const other = await atDesk()
    await other.send({ do: `begin ${other.visit}`, service: "PAS-05" })
    const here = { do: `visit-send ${other.visit}`, counter: hall.counter(other.number), to: "RES-04" }
    expect((await other.visitor.post("/desk/act", here, { Accept: "application/json" })).status).toBe(204)
    expect([(await hall.video.now(other.visit)).phase, (await other.open())?.state]).toEqual(["lobby", "draft"])
  })

  test("a program that knows what it gives up sends somebody on with a request open", async () => {
    const { visit, number, send, open } = await atDesk()
    await send({ do: `begin ${visit}`, service: "PAS-05" })
    const on = { office: elsewhere, service: "RES-04", reason: "next_step", confirmed: true }
    expect((await server.agent(number).post(`/api/v1/tickets/${visit}/transfer`, on)).status).toBe(200)
    expect((await open())?.state).toBe("withdrawn")
  })

  test("a supervisor who ends a visit that hangs is told what goes with it, and has given it up at once", async () => {
    const { visit, send, open } = await atDesk()
    await send({ do: `begin ${visit}`, service: "PAS-05" })
    const lead = await signedIn(server, hall.supervisor())
    const rooms = `/day/${hall.code}/rooms`
    expect((await lead.get(`${rooms}?lang=en`)).text).toContain("a request that is not finished is given up with it")
    await lead.send(rooms, { do: `end ${visit}`, [`reason-${visit}`]: "finished" })
    expect([(await hall.video.now(visit)).phase, (await open())?.state]).toEqual(["over", "withdrawn"])
    expect((await hall.facts("request.withdrawn")).at(-1)?.body).toMatchObject({ visit, by: hall.supervisor().id })
    // Where it is the office's fault the visit goes on, and so does what was begun in it.
    const waits = await atDesk()
    await waits.send({ do: `begin ${waits.visit}`, service: "PAS-05" })
    await lead.send(rooms, { do: `end ${waits.visit}`, [`reason-${waits.visit}`]: "technical" })
    expect([(await hall.video.now(waits.visit)).phase, (await waits.open())?.state]).toEqual(["lobby", "draft"])
  })

  test("of a visit that is over without the agent, the person who has left sees nothing being filled in", async () => {
    const { visit, number, who, send, open } = await atDesk()
    await send({ do: `begin ${visit}`, service: "PAS-05" })
    await hall.write((tx) => park(tx, hall.agent(number), visit))
    await hall.write((tx) => leave(tx, who, visit))
    expect([(await hall.video.now(visit)).phase, (await open())?.state]).toEqual(["over", "draft"])
    expect(await requestFragment(server.house, visit, "en", who.id)).toBe("")
  })

  test("an agent of another office, and a colleague with another visit in hand, are asked nothing about what is open in this one", async () => {
    const { visit, send } = await atDesk()
    await send({ do: `begin ${visit}`, service: "PAS-05" })
    const { number } = await atDesk()
    for (const [stranger, counter, status] of [
      [hall.agent(1, elsewhere), hall.counter(1, elsewhere), 404],
      [hall.agent(number), hall.counter(number), 403],
    ] as const) {
      const desk = await signedIn(server, stranger)
      for (const verb of ["visit-hold", "visit-end", "finish"]) {
        const refused = await desk.send("/desk/act?lang=en", { do: `${verb} ${visit}`, counter })
        expect([verb, refused.status, refused.text.includes("it is given up")]).toEqual([verb, status, false])
      }
    }
    const program = await server.agent(1, elsewhere).post(`/api/v1/tickets/${visit}/finish`, { outcome: "done" })
    expect([program.status, program.body.services]).toEqual([404, undefined])
    expect((await hall.video.now(visit)).phase).toBe("call")
  })

  test("a yes to give something up is asked anew when another request was begun since, or another visit is in hand", async () => {
    const { visit, number, visitor, send, open } = await atDesk()
    const act = async (word: string) => {
      const given = { do: word, counter: hall.counter(number), to: `${elsewhere}/RES-04` }
      const { status, text } = await visitor.post("/desk/act", given, { Accept: "application/json" })
      return { status, ...(text === "" ? {} : JSON.parse(text)) }
    }
    await send({ do: `begin ${visit}`, service: "PAS-05" })
    await act(`visit-hangup ${visit}`)
    const answers: string[] = []
    for (const word of [`visit-end ${visit}`, `visit-send ${visit}`, "next"]) {
      answers.push((await act(word)).asks.yes.verb)
    }
    // In another window the agent has gone on with something else for the same person.
    await act(`visit-resume ${visit}`)
    await send({ do: `withdraw ${(await open())?.id}` })
    hall.clock.advance(1_000)
    await send({ do: `begin ${visit}`, service: "PAS-06" })
    await act(`visit-hangup ${visit}`)
    for (const answer of answers) {
      const again = await act(answer)
      expect(again).toMatchObject({ status: 409, code: "unfinished_request" })
      expect([again.asks.lines[0], again.asks.yes.verb]).toEqual([
        expect.stringContaining("PAS-06"),
        answer.replace(/\S+$/, (await open())?.id ?? "-"),
      ])
    }
    expect([(await hall.video.now(visit)).phase, (await open())?.state]).toEqual(["wrapUp", "draft"])
    // And then has finished with this one, and has another person in hand.
    const stale = (await act("next")).asks.yes.verb
    await act((await act(`visit-end ${visit}`)).asks.yes.verb)
    const { row } = await hall.video.inCall(hall.citizen(++last), number)
    await act(`visit-hangup ${row.id}`)
    expect((await act(stale)).status).toBe(409)
    expect((await hall.video.now(row.id)).phase).toBe("wrapUp")
  })

  test("to finish while a request waits to be confirmed asks too, and so is a program told, unless it says that it knows", async () => {
    const { visit, number, visitor, send, open, fill, page } = await atDesk()
    await send({ do: `begin ${visit}`, service: "PAS-05" })
    await fill()
    await send({ do: `ask ${(await open())?.id}`, ...(await asShown(page)) })
    expect((await open())?.state).toBe("asked")
    const act = { do: `visit-end ${visit}`, counter: hall.counter(number) }
    expect((await visitor.post("/desk/act", act)).status).toBe(409)
    const finish = `/api/v1/tickets/${visit}/finish`
    const program = await server.agent(number).post(finish, { outcome: "done" })
    expect([program.status, program.body.code]).toEqual([409, "unfinished_request"])
    expect(program.body.services).toEqual(["PAS-05"])
    expect((await hall.video.now(visit)).phase).toBe("call")
    expect((await server.agent(number).post(finish, { outcome: "done", confirmed: true })).status).toBe(200)
    expect((await hall.ticketNow(visit)).state).toBe("served")
  })

  test("of a married daughter names her and says that she needs none; there is nothing to ask, and the server asks nobody", async () => {
    const { visit, send, open, fill, married, page } = await atDesk()
    await send({ do: `begin ${visit}`, service: "PAS-05" })
    await fill({ "f.dependant": married })
    const html = await page()
    expect(html).toContain("No permit needed: married")
    expect(html).not.toMatch(press("ask"))
    const row = await open()
    const forged = await send({ do: `ask ${row?.id}`, ...(await asShown(page)) })
    expect([forged.status, JSON.parse(forged.text).code]).toEqual([422, "service_refused"])
    await send({ do: `close ${row?.id}`, ...(await asShown(page)) })
    expect(await page()).toContain("The service was not carried out")
    expect(await open()).toMatchObject({ state: "failed", code: "married" })
  })

  test("below the identity that is needed has no button to ask with, says what is missing, and the server refuses it too", async () => {
    const { visit, send, open, fill, page } = await atDesk({ passkey: false })
    await send({ do: `begin ${visit}`, service: "PAS-05" })
    await fill()
    const html = await page()
    expect(html).not.toMatch(press("ask"))
    expect(html).toContain("The person has no passkey")
    const row = await open()
    for (const verb of ["ask", "carry"]) {
      const forged = await send({ do: `${verb} ${row?.id}`, ...(await asShown(page)) })
      expect([verb, forged.status, JSON.parse(forged.text).code]).toEqual([verb, 403, "identity_needed"])
    }
    await send({ do: `withdraw ${row?.id}` })
    await send({ do: `begin ${visit}`, service: "CIV-12" })
    const empty = await page()
    expect(empty).toContain("Fill in what is missing")
    for (const early of ["The rules do not allow it", "End the request for this reason"]) {
      expect(empty).not.toContain(early)
    }
    expect(await page()).toContain("check first in this visit who the person is")
  })

  test("waits once it has asked, and any change of a field makes it ask anew", async () => {
    const { visit, send, open, fill, page } = await atDesk()
    await send({ do: `begin ${visit}`, service: "PAS-05" })
    await fill()
    const row = await open()
    expect((await send({ do: `ask ${row?.id}`, ...(await asShown(page)) })).status).toBe(204)
    expect(await page()).toContain("Waiting for the person to confirm")
    expect(await page()).not.toMatch(press("ask"))
    // What is sent again as it was changes nothing.
    await fill()
    expect((await open())?.state).toBe("asked")
    await fill({ add: "FR" })
    expect(await open()).toMatchObject({ state: "draft", confirmation: null })
    expect(await page()).toMatch(press("ask"))
  })

  test("carries out at once what needs no confirmation", async () => {
    const { visit, send, open, page } = await atDesk({ passkey: false })
    await send({ do: `begin ${visit}`, service: "PAS-07" })
    const row = await open()
    expect(await page()).toMatch(press("carry"))
    await send({ do: `carry ${row?.id}` })
    expect(await page()).toContain("The family has no valid permit")
    // What was done before stays there beside what is done next.
    await send({ do: `begin ${visit}`, service: "PAS-06" })
    expect(await page()).toContain("Earlier receipt")
    expect(await page()).toContain(row?.id ?? "-")
  })

  test("is nobody else's: another agent, a citizen, and whoever has no visit in hand get nothing", async () => {
    const { visit, send, open, fill, number } = await atDesk()
    await send({ do: `begin ${visit}`, service: "PAS-05" })
    const row = await open()
    const other = await atDesk()
    const refused = await other.send({ do: "save", request: row?.id ?? "", "f.kind": "single" })
    expect(refused.status).toBe(403)
    const citizen = await visiting(server, { citizen: number })
    await citizen.get("/bookings")
    expect((await citizen.post("/desk/service", { do: `withdraw ${row?.id}` })).status).toBe(403)
    expect((await request(hall.store, row?.id ?? "")).state).toBe("draft")
    await fill()
    expect(server.bugs).toEqual([])
  })

  test("shows the family's names only after that was noted", async () => {
    const { visit, send, child } = await atDesk()
    await send({ do: `begin ${visit}`, service: "PAS-05" })
    const noted = await hall.store.db.select().from(readLog)
    expect(noted.filter(({ person }) => person === child)).toMatchObject([{ what: "visit", about: visit }])
  })
})

/** What the page's form would send: the fields as they stand on it. */
async function asShown(page: () => Promise<string>): Promise<Record<string, string>> {
  const html = await page()
  const shown: Record<string, string> = {}
  for (const [, name = "", value = ""] of html.matchAll(/name="(f\.\w+)" value="([^"]*)"/g)) shown[name] = value
  for (const [tag] of html.matchAll(/<input[^>]*type="date"[^>]*>/g)) {
    shown[/name="([^"]+)"/.exec(tag)?.[1] ?? ""] = /value="([^"]*)"/.exec(tag)?.[1] ?? ""
  }
  for (const [, name = "", options = ""] of html.matchAll(/<select[^>]*name="(f\.\w+)"[^>]*>(.*?)<\/select>/gs)) {
    shown[name] = /<option value="([^"]*)" selected/.exec(options)?.[1] ?? ""
  }
  return shown
}
