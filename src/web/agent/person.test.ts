import { afterAll, expect, test } from "bun:test"
import { day, minute } from "../../base/day.ts"
import { startSession } from "../../domain/access/sessions.ts"
import { type Citizen, mint } from "../../domain/access/subject.ts"
import { book } from "../../domain/bookings/writes.ts"
import { enrol } from "../../domain/people/writes.ts"
import { testServer } from "../../testing/server.ts"
import { leadsTo, reading } from "../../testing/signed-in.ts"
import { visitor } from "../../testing/visitor.ts"

const server = await testServer({ plan: { citizens: 2, counters: 2, more: [{ code: "JED-SRF", counters: 1 }] } })
const { office } = server
const name = { ar: "سعد الشهري", en: "Saad Al-Shehri" }
const saad = await office.write((tx) =>
  enrol(tx, server.keys, { kind: "citizen", name, nationalId: "1000000008", birthDay: day("1948-02-01") }),
)
const asSaad = mint<Citizen>({ role: "citizen", id: saad, kind: "citizen", level: "full" })
const shown = { document: "national_id", number: "١٠٠٠٠٠٠٠٠٨", day: "1", month: "2", year: "1948" }

afterAll(() => {
  expect(server.bugs).toEqual([])
})

async function agent(number = 1, at = office.code) {
  const who = visitor(() => server.origin)
  const now = office.clock.real()
  const { id } = office.agent(number, at)
  const given = { kind: "staff" as const, subject: id, role: "agent", factors: "passkey", userAgent: "", provenAt: now }
  const { token } = await office.write((tx) => startSession(tx, given, now))
  who.cookies.set("sid", token)
  await who.get("/desk/person")
  return who
}

test("an agent who has seen the document books, moves and cancels; each fact names the agent and whom it is for", async () => {
  const who = await agent()
  const found = await who.post("/desk/person", shown)
  const here = leadsTo(found)
  expect(here).toStartWith("/desk/person/")
  const page = reading(await who.get(`${here}?service=PAS-01`))
  expect(page).toContain("Saad Al-Shehri")

  const slot = office.slot("12:00")
  const asked = { do: "book", service: "PAS-01", slot, once: "one press" }
  const booked = await who.post(here, asked)
  const booking = new URL(booked.location ?? "", server.origin).searchParams.get("booking") ?? ""
  expect(reading(await who.get(booked.location ?? ""))).toContain("Booked. The number:")
  // The same form sent twice is the same booking.
  expect((await who.post(here, asked)).location).toBe(booked.location)

  await who.post(`${here}/bookings/${booking}`, { do: "move", slot: office.slot("12:30") })
  const cancelled = await who.post(`${here}/bookings/${booking}`, { do: "cancel" })
  expect(cancelled.location).toEndWith("?done=cancelled")

  const by = office.agent(1).id
  const [made] = await office.facts("booking.made")
  expect(made).toMatchObject({ subject: saad, body: { by, people: [saad], rights: ["self"] } })
  expect((await office.facts("booking.moved"))[0]?.body).toMatchObject({ by, people: [saad] })
  expect((await office.facts("booking.cancelled"))[0]?.body).toMatchObject({ by, people: [saad], endedBy: "citizen" })
  const [seen] = await office.facts("person.seen", "accounts")
  expect(seen).toMatchObject({ subject: saad, body: { by, office: office.code, document: "national_id" } })
})

test("number and date must agree with the record, and twenty tries an hour are enough for a desk", async () => {
  const who = await agent(2)
  const wrong = await who.post("/desk/person", { ...shown, year: "1949" })
  expect([wrong.status, reading(wrong).includes("We know nobody")]).toEqual([404, true])
  expect(reading(wrong)).not.toContain("One digit")
  const odd = await who.post("/desk/person", { ...shown, number: "1000000009" })
  expect([odd.status, reading(odd).includes("One digit of the identity number may be wrong")]).toEqual([404, true])
  expect((await who.post("/desk/person", { ...shown, number: "12" })).status).toBe(400)
  for (let times = 0; times < 19; times++) await who.post("/desk/person", { ...shown, number: "1000000107" })
  expect((await who.post("/desk/person", shown)).status).toBe(429)
})

test("what was shown is good for a quarter of an hour, for this agent's session alone", async () => {
  const who = await agent()
  const here = leadsTo(await who.post("/desk/person", shown))
  const colleague = await agent(2)
  expect(leadsTo(await colleague.get(here))).toBe("/desk/person")
  const elsewhere = await agent(1, "JED-SRF")
  expect(leadsTo(await elsewhere.get(here))).toBe("/desk/person")
  expect((await who.get(here.replace(saad, office.citizen(1).id))).location).toBe("/desk/person?over")
  office.clock.set(office.clock.office() + 14 * minute)
  expect((await who.get(here)).status).toBe(200)
  office.clock.set(office.clock.office() + minute)
  const late = await who.post(here, { do: "book", service: "PAS-10", slot: office.slot("13:00"), once: "late" })
  expect(leadsTo(late)).toBe("/desk/person")
  expect(await office.facts("booking.made")).toHaveLength(1)
})

test("a booking of somebody else, or one that is for others too, is not changed here", async () => {
  const others = await office.write((tx) =>
    book(tx, office.citizen(2), { office: office.code, service: "PAS-01", slot: office.slot("13:15") }),
  )
  const own = await office.write((tx) =>
    book(tx, asSaad, { office: office.code, service: "PAS-08", slot: office.slot("13:30") }),
  )
  const who = await agent()
  const here = leadsTo(await who.post("/desk/person", shown))
  expect((await who.post(`${here}/bookings/${others.id}`, { do: "cancel" })).status).toBe(404)
  expect((await who.post(`${here}/bookings/${own.id}`, { do: "cancel" })).status).toBe(303)
})
