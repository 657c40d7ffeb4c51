import { afterAll, expect, test } from "bun:test"
import { startSession } from "../../domain/access/sessions.ts"
import type { Citizen } from "../../domain/access/subject.ts"
import { testServer } from "../../testing/server.ts"
import { type Visited, visitor } from "../../testing/visitor.ts"

const server = await testServer({
  plan: { citizens: 30, counters: 2, more: [{ code: "JED-MUN", mode: "request", lines: [{ code: "MUN" }] }] },
})
const { office } = server

afterAll(() => {
  expect(server.bugs).toEqual([])
})

let nextCitizen = 1
const someone = () => office.citizen(nextCitizen++)

async function signedIn(citizen: Citizen) {
  const who = visitor(() => server.origin)
  const given = { kind: "citizen" as const, subject: citizen.id, role: "citizen", factors: "password", userAgent: "" }
  const { token, session } = await office.write((tx) => startSession(tx, given, office.clock.real()))
  who.cookies.set("sid", token)
  const formToken = server.keys.capability("form", session.id)
  return {
    ...who,
    send: (path: string, fields: Record<string, string> = {}) => who.post(path, { _form: formToken, ...fields }),
  }
}

const at = (visited: Visited) => new URL(visited.location ?? "", server.origin).pathname

async function booked(citizen: Citizen, time: string, service = "PAS-08") {
  const who = await signedIn(citizen)
  const held = await who.send("/holds", { office: office.code, service, slot: office.slot(time) })
  const made = await who.send("/bookings", { hold: at(held).split("/").at(-1) ?? "" })
  return { who, page: at(made), id: at(made).split("/").at(-1) ?? "" }
}

test("from the times to the slip: chosen, kept, confirmed, in the hand", async () => {
  const who = await signedIn(someone())
  const times = await who.get(`/offices/${office.code}/slots?service=PAS-08`)
  expect(times.status).toBe(200)
  expect(times.text).toContain(office.slot("12:00"))
  const held = await who.send("/holds", { office: office.code, service: "PAS-08", slot: office.slot("12:00") })
  expect(held.status).toBe(303)
  const confirm = await who.get(at(held))
  expect(confirm.text).toContain("10\u00a0minutes while you confirm")
  expect(confirm.text).toContain("Kept for you until 10:10")
  const made = await who.send("/bookings", { hold: at(held).split("/").at(-1) ?? "" })
  expect(made.status).toBe(303)
  const booking = await who.get(at(made))
  expect(booking.status).toBe(200)
  const slip = await who.get(`${at(made)}/slip`)
  expect(slip.text).toContain("<svg")
  expect(slip.text).toContain("12:00")
  expect((await who.get(at(held))).location).toBe(at(made))
})
