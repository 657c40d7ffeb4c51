import { afterAll, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { people } from "../../../db/schema/people.ts"
import { hallCode } from "../../domain/queue/hall-code.ts"
import { testServer } from "../../testing/server.ts"

const server = await testServer({ plan: { more: [{ code: "JED-MUN", lines: [{ code: "MUN" }] }] } })
const { office } = server
const kiosk = server.device("kiosk")
const elsewhere = server.device("kiosk", "JED-MUN")

afterAll(async () => {
  expect(await server.deviations()).toEqual([])
  expect(server.bugs).toEqual([])
})

const checkIns = "/api/v1/offices/RUH-RML/check-ins"
const tickets = "/api/v1/offices/RUH-RML/tickets"
const later = (minutes: number) => office.clock.advance(minutes * 60_000)

async function booked(number: number, time: string, service = "PAS-10") {
  const wanted = { office: "RUH-RML", service, slot: office.slot(time, { line: service.slice(0, 3) }) }
  const made = await server.citizen(number).post("/api/v1/bookings", wanted)
  expect(made.status).toBe(201)
  return made.body
}

/** Gives a citizen of the plan a national number, so that a kiosk can know the person. */
async function numbered(number: number, nationalId: string) {
  await office.write(async (tx) => {
    const numberIndex = server.keys.index("number", nationalId)
    await tx.db
      .update(people)
      .set({ numberIndex })
      .where(eq(people.id, office.citizen(number).id))
  })
}

test("a booking's code at the kiosk makes a ticket that is early until its time, with the holder's link on the slip", async () => {
  const booking = await booked(1, "11:00")
  const tooEarly = await kiosk.post(checkIns, { code: booking.code })
  expect([tooEarly.status, tooEarly.body.code, tooEarly.body.comeAt]).toEqual([
    422,
    "too_early",
    "2026-11-22T10:30:00+03:00",
  ])
  later(40)
  const arrived = await kiosk.post(checkIns, { code: booking.code.replace(/(\d{5})/, "$1 ") })
  expect(arrived.status).toBe(201)
  expect(arrived.body).toMatchObject({
    state: "early",
    due: "2026-11-22T11:05:00+03:00",
    wakeAt: "2026-11-22T11:00:00+03:00",
    booking: booking.id,
    lateMinutes: 0,
  })
  const { id } = arrived.body
  expect(arrived.body.link).toBe(`${server.origin}/t/${id}/${server.keys.capability("ticket", id)}`)
  const again = await kiosk.post(checkIns, { code: booking.code })
  expect([again.status, again.body.code]).toEqual([409, "already_arrived"])

  // The holder has the link, the staff and the kiosk of another hour have not.
  expect((await server.citizen(1).get(`/api/v1/tickets/${id}`)).body.link).toBe(arrived.body.link)
  expect((await server.agent(1).get(`/api/v1/tickets/${id}`)).body.link).toBeUndefined()
  expect((await kiosk.get(`/api/v1/tickets/${id}`)).body.link).toBeUndefined()
  expect((await server.citizen(2).get(`/api/v1/tickets/${id}`)).status).toBe(404)
  expect((await elsewhere.get(`/api/v1/tickets/${id}`)).status).toBe(404)
  expect((await server.agent(1, "JED-MUN").get(`/api/v1/tickets/${id}`)).status).toBe(404)
})

test("a national number and the birth year do as well as the code, in any digits", async () => {
  await booked(2, "12:00")
  await numbered(2, "1000000008")
  later(55)
  const wrongYear = await kiosk.post(checkIns, { nationalId: "1000000008", birthYear: 1991 })
  expect([wrongYear.status, wrongYear.body.code]).toEqual([404, "booking_unknown"])
  const arrived = await kiosk.post(checkIns, { nationalId: "١٠٠٠٠٠٠٠٠٨", birthYear: 1990 })
  expect([arrived.status, arrived.body.state]).toEqual([201, "early"])
  const ready = await server.citizen(2).post(`/api/v1/tickets/${arrived.body.id}/ready`)
  expect([ready.status, ready.body.state]).toEqual([200, "waiting"])
})

test("the owner's phone checks in with what the hall's screen shows now, and not with yesterday's photograph of it", async () => {
  const booking = await booked(3, "13:00")
  later(60)
  const now = office.clock.office()
  const phone = server.citizen(3)
  for (const hall of [
    undefined,
    "",
    "abcdefgh",
    hallCode(server.keys, "RUH-RML", now - 120_000),
    hallCode(server.keys, "JED-MUN", now),
  ]) {
    const refused = await phone.post(checkIns, { code: booking.code, hall })
    expect([refused.status, refused.body.code]).toEqual([422, "hall_code_wrong"])
  }
  const hall = hallCode(server.keys, "RUH-RML", now - 60_000)
  const stranger = await server.citizen(4).post(checkIns, { code: booking.code, hall })
  expect([stranger.status, stranger.body.code]).toEqual([404, "booking_unknown"])
  const arrived = await phone.post(checkIns, { code: booking.code, hall })
  expect(arrived.status).toBe(201)
  expect(arrived.body.link).toStartWith(server.origin)
})

test("a code that cannot be one, a number that cannot be one and a kiosk of another office are refused", async () => {
  const code = async (body: object, by = kiosk) => {
    const answer = await by.post(checkIns, body)
    return [answer.status, answer.body.code]
  }
  expect(await code({ code: "1234567890" })).toEqual([404, "booking_unknown"])
  expect(await code({ code: "' OR 1=1 --" })).toEqual([404, "booking_unknown"])
  expect(await code({ nationalId: "12345", birthYear: 1990 })).toEqual([422, "number_invalid"])
  expect(await code({ nationalId: "1000000008" })).toEqual([400, "invalid_field"])
  expect(await code({})).toEqual([400, "invalid_field"])
  expect(await code({ code: "4829107735" }, elsewhere)).toEqual([403, "forbidden"])
  expect(await code({ nationalId: "1000000008", birthYear: 1990 }, server.citizen(2))).toEqual([400, "invalid_field"])
})

test("a walk-in at the kiosk is bound to a number, and a second request says nothing about the first", async () => {
  const nameless = await kiosk.post(tickets, { service: "PAS-10" })
  expect([nameless.status, nameless.body.code]).toEqual([422, "number_required"])
  const issued = await kiosk.post(tickets, { service: "PAS-10", mobile: "055 123 4567" })
  expect(issued.status).toBe(201)
  expect(issued.body).toMatchObject({ state: "waiting", line: "PAS", service: "PAS-10", people: 1, booking: null })
  expect(issued.body.link).toContain(`/t/${issued.body.id}/`)
  const second = await kiosk.post(tickets, { service: "RES-04", mobile: "+966551234567" })
  expect([second.status, second.body.code]).toEqual([409, "already_waiting"])
  expect(Object.keys(second.body).sort()).toEqual(["code", "detail", "requestId", "status", "title", "type"])
  expect((await elsewhere.post(tickets, { service: "PAS-10", mobile: "0551234568" })).status).toBe(403)
})

test("somebody who is known here holds the ticket in person", async () => {
  await numbered(5, "1000000016")
  const issued = await kiosk.post(tickets, { service: "PAS-10", nationalId: "1000000016", people: 2, need: "infant" })
  expect(issued.body).toMatchObject({ people: 2, need: "infant", dueBy: "walkin" })
  const mine = await server.citizen(5).get("/api/v1/tickets")
  expect(mine.body.items.map(({ id }: { id: string }) => id)).toEqual([issued.body.id])
  const { number } = issued.body
  const found = await server.agent(1).get(`/api/v1/offices/RUH-RML/tickets?number=${number}`)
  expect(found.body.items.map(({ id }: { id: string }) => id)).toEqual([issued.body.id])
  expect((await kiosk.get("/api/v1/offices/RUH-RML/tickets?number=999999")).body.items).toEqual([])
  expect((await elsewhere.get(`/api/v1/offices/RUH-RML/tickets?number=${number}`)).status).toBe(403)
  const own = await server.citizen(5).get(`/api/v1/tickets/${issued.body.id}`)
  expect([own.status, own.body.number]).toEqual([200, issued.body.number])
  const seen = await server.agent(1).post(`/api/v1/tickets/${issued.body.id}/need`, { need: "infant" })
  expect([seen.status, seen.body.dueBy]).toEqual([200, "need"])
})

test("who waits may go away for a while, and may go home", async () => {
  await numbered(6, "1000000024")
  const { id } = (await kiosk.post(tickets, { service: "PAS-10", nationalId: "1000000024" })).body
  const holder = server.citizen(6)
  expect((await holder.post(`/api/v1/tickets/${id}/away`, { minutes: 999 })).body.fields[0].path).toBe("minutes")
  expect((await holder.post(`/api/v1/tickets/${id}/away`, { minutes: 10 })).body.state).toBe("away")
  expect((await server.citizen(7).post(`/api/v1/tickets/${id}/leave`)).status).toBe(404)
  expect((await holder.post(`/api/v1/tickets/${id}/leave`)).body).toMatchObject({ state: "left", ahead: 0, wait: null })
  const twice = await holder.post(`/api/v1/tickets/${id}/leave`)
  expect([twice.status, twice.body.code, twice.body.state]).toEqual([409, "wrong_state", "left"])
})

test("a service that today cannot honour any more is answered with the next bookings", async () => {
  const late = await testServer({ plan: { now: "2026-11-22T14:20" } })
  const full = await late.device("kiosk").post(tickets, { service: "PAS-08", mobile: "0551234567" })
  expect([full.status, full.body.code]).toEqual([409, "day_full"])
  expect(full.body.alternatives.length).toBeGreaterThan(0)
  expect(full.body.alternatives[0].startsAt).toMatch(/^2026-11-23T.*\+03:00$/)
  const closed = await testServer({ plan: { now: "2026-11-22T20:00" } })
  const shut = await closed.device("kiosk").post(tickets, { service: "PAS-08", mobile: "0551234567" })
  expect([shut.status, shut.body.code, shut.body.opensAt]).toEqual([422, "office_closed", "2026-11-23T07:30:00+03:00"])
  expect([...(await late.deviations()), ...(await closed.deviations())]).toEqual([])
})
