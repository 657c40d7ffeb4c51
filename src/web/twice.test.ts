import { afterAll, describe, expect, test } from "bun:test"
import type { FactKind } from "../../db/facts.ts"
import { startSession } from "../domain/access/sessions.ts"
import { propose } from "../domain/bookings/requests.ts"
import { book } from "../domain/bookings/writes.ts"
import { callThis } from "../domain/queue/calling.ts"
import { serve } from "../domain/queue/serving.ts"
import { testHall } from "../testing/hall.ts"
import { visiting } from "../testing/screens.ts"
import { testServer } from "../testing/server.ts"
import { leadsTo, signedIn } from "../testing/signed-in.ts"
import { type Visited, visitor } from "../testing/visitor.ts"

/*
 * A finger that trembles, a mouse that clicks twice, a page that is sent again: the browser shows what the second was answered with, so that
 * must be what the first was, and what was asked for happens once. No script is at work here.
 */

const asked = "JED-VIS"
const office = await testHall({ citizens: 60, counters: 8, more: [{ code: asked, mode: "request", counters: 2 }] })
const server = await testServer({ office })
const { code, write } = office
await office.open(1)
await office.open(2)
let last = 0
const citizen = () => office.citizen(++last)
const tomorrow = "2026-11-23"
const slot = (time: string, at = code) => office.slot(time, { on: tomorrow, office: at })

afterAll(() => {
  expect(server.bugs).toEqual([])
})

/** Where it leads; that something has been done is said by the answer that did it. */
const answerOf = (page: Visited) => [page.status, leadsTo(page)]

/** Sends the same twice at once, and once more a while after; every answer is the first's, and the fact was said once. */
async function once(kind: FactKind, send: () => Promise<Visited>, at = code): Promise<Visited> {
  const before = (await office.facts(kind, at)).length
  const [first, second] = await Promise.all([send(), send()])
  const third = await send()
  expect([answerOf(second), answerOf(third)]).toEqual([answerOf(first), answerOf(first)])
  expect(first.status).toBe(303)
  expect((await office.facts(kind, at)).length - before).toBe(1)
  return first
}

describe("a citizen who presses twice", () => {
  const wanted = (time: string, at = code) => ({ office: at, service: "PAS-01", slot: slot(time, at) })

  test("holds one place", async () => {
    const who = await signedIn(server, citizen())
    await once("hold.made", () => who.send("/holds", wanted("09:00")))
  })

  test("has one booking", async () => {
    const who = await signedIn(server, citizen())
    const held = await who.send("/holds", wanted("09:15"))
    const hold = (held.location ?? "").split("/").at(-1) ?? ""
    await once("booking.made", () => who.send("/bookings", { hold }))
  })

  test("gives a place up once", async () => {
    const who = await signedIn(server, citizen())
    const held = await who.send("/holds", wanted("09:30"))
    await once("hold.released", () => who.send(`${held.location}/release`))
  })

  test("cancels once, and sees that it is cancelled", async () => {
    const mine = citizen()
    const who = await signedIn(server, mine)
    const made = await write((tx) => book(tx, mine, wanted("09:45")))
    await once("booking.cancelled", () => who.send(`/bookings/${made.id}/cancellation`, { reason: "" }))
  })

  test("moves once, and sees the new time", async () => {
    const mine = citizen()
    const who = await signedIn(server, mine)
    const made = await write((tx) => book(tx, mine, wanted("10:00")))
    await once("booking.moved", () => who.send(`/bookings/${made.id}/move`, { slot: slot("10:30") }))
  })

  test("takes what the office has named once", async () => {
    const mine = citizen()
    const who = await signedIn(server, mine)
    const made = await write((tx) => book(tx, mine, wanted("09:00", asked)))
    await write((tx) => propose(tx, office.supervisor(asked), made.id, slot("11:00", asked)))
    await once("booking.proposal_accepted", () => who.send(`/bookings/${made.id}/acceptance`), asked)
  })
})

describe("somebody who waits and presses twice", () => {
  const linkOf = (id: string) => `/t/${id}/${server.keys.capability("ticket", id)}`

  test("steps away once and is back once", async () => {
    const ticket = await office.walkIn({ who: citizen() })
    const who = await signedIn(server, citizen())
    await once("ticket.away", () => who.send(`${linkOf(ticket.id)}/away`))
    await once("ticket.ready", () => who.send(`${linkOf(ticket.id)}/ready`))
  })

  test("leaves once", async () => {
    const ticket = await office.walkIn({ who: citizen() })
    const who = await signedIn(server, citizen())
    await once("ticket.left", () => who.send(`${linkOf(ticket.id)}/leave`))
  })

  test("arrives by phone once, and gets the one number", async () => {
    const mine = citizen()
    const booking = await office.booked(mine, "10:15")
    const who = await signedIn(server, mine)
    const at = Math.floor(office.clock.office() / 60_000)
    const proof = `${at}.${server.keys.capability("arrival", `${code}.${at}`, 24)}`
    await once("ticket.issued", () => who.send(`/hall/${code}`, { proof, code: booking.code }))
  })
})

describe("a finger that touches the kiosk twice", () => {
  /** What a browser has on its screen: the hidden fields of the form. */
  async function formAt(path: string) {
    const kiosk = await visiting(server, "kiosk")
    const { text } = await kiosk.get(path)
    const key = /name="once" value="([^"]+)"/.exec(text)?.[1] ?? ""
    return { kiosk, key }
  }

  test("takes one number", async () => {
    const path = `/kiosk/${code}/number`
    const { kiosk, key } = await formAt(`${path}?service=PAS-10`)
    await once("ticket.issued", () => kiosk.post(path, { service: "PAS-10", number: "1000000008", once: key }))
  })

  test("checks in once, and the number stands on the screen", async () => {
    const booking = await office.booked(citizen(), "10:20")
    const { kiosk, key } = await formAt(`/kiosk/${code}/arrive`)
    const fields = { code: booking.code, number: "", birthYear: "", once: key }
    const shown = await once("ticket.issued", () => kiosk.post(`/kiosk/${code}/arrive`, fields))
    expect(shown.location).toContain("/issued/")
  })
})

describe("an agent who clicks twice", () => {
  test("gives one number to somebody without one", async () => {
    const agent = await visiting(server, { agent: 1 })
    const { text } = await agent.get("/desk")
    const key = /name="once" value="([^"]+)"/.exec(text)?.[1] ?? ""
    const before = (await office.facts("ticket.issued")).length
    const send = () => agent.post("/desk/act", { do: `issue ${code}`, service: "PAS-10", holder: "", once: key })
    const [first, second] = await Promise.all([send(), send()])
    expect([first.status, second.status]).toEqual([200, 200])
    expect((await office.facts("ticket.issued")).length - before).toBe(1)
    const told = (page: Visited) => /notice-good.*?<p class="strong">(.*?)</s.exec(page.text)?.[1]
    expect(told(second)).toBe(told(first) ?? "nothing")
  })

  test("calls, serves and finishes one person, and is told why the second click did nothing", async () => {
    const agent = await visiting(server, { agent: 1 })
    await agent.get("/desk")
    const ticket = await office.walkIn({ service: "PAS-10" })
    const act = (verb: string) => agent.post("/desk/act", { do: verb, counter: office.counter(1) })
    for (const [verb, kind] of [
      ["next", "ticket.called"],
      ["serve", "ticket.serving"],
      ["finish", "ticket.served"],
    ] as const) {
      const before = (await office.facts(kind)).length
      const called = (await office.facts("ticket.called")).at(-1)?.body.ticket ?? ticket.id
      const send = () => act(verb === "next" ? verb : `${verb} ${called}`)
      const both = await Promise.all([send(), send()])
      expect([verb, both.map(({ status }) => status).sort()]).toEqual([verb, [303, 409]])
      expect((await office.facts(kind)).length - before).toBe(1)
    }
  })

  test("transfers one person once", async () => {
    const agent = await visiting(server, { agent: 2 })
    await agent.get("/desk")
    const ticket = await office.walkIn({ service: "PAS-10" })
    await write((tx) => callThis(tx, office.agent(2), ticket.id))
    await write((tx) => serve(tx, office.agent(2), ticket.id))
    const before = (await office.facts("ticket.issued")).length
    const fields = { do: `transfer ${ticket.id}`, counter: office.counter(2), to: "RES-01", reason: "next_step" }
    await Promise.all([agent.post("/desk/act", fields), agent.post("/desk/act", fields)])
    expect((await office.facts("ticket.issued")).length - before).toBeLessThanOrEqual(1)
    expect((await office.facts("ticket.transferred")).filter(({ body }) => body.ticket === ticket.id).length).toBe(1)
  })
})

describe("a supervisor who clicks twice", () => {
  test("answers a request once", async () => {
    const lead = await signedInLead()
    for (const [index, [verb, kind, more]] of (
      [
        ["accept", "booking.accepted", {}],
        ["decline", "booking.declined", { reason: "no" }],
        ["propose", "booking.proposed", { slot: slot("12:30", asked) }],
      ] as const
    ).entries()) {
      const mine = citizen()
      const wanted = { office: asked, service: "PAS-01", slot: slot(`08:${30 + 15 * (index % 2)}`, asked) }
      const made = await write((tx) => book(tx, mine, wanted))
      const before = (await office.facts(kind, asked)).length
      const send = () => lead.post(`/day/${asked}/requests`, { do: verb, booking: made.id, ...more })
      const both = await Promise.all([send(), send()])
      expect([verb, both.filter(({ status }) => status < 400).length > 0]).toEqual([verb, true])
      expect([verb, (await office.facts(kind, asked)).length - before]).toEqual([verb, 1])
    }
  })

  async function signedInLead() {
    const who = visitor(() => server.origin)
    const { id, role } = office.supervisor(asked)
    const now = office.clock.real()
    const given = { kind: "staff" as const, subject: id, role, factors: "passkey", userAgent: "", provenAt: now }
    const { token } = await write((tx) => startSession(tx, given, now))
    who.cookies.set("sid", token)
    await who.get(`/day/${asked}/requests`)
    return who
  }
})
