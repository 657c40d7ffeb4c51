import { afterAll, describe, expect, test } from "bun:test"
import { day } from "../../base/day.ts"
import type { Citizen } from "../../domain/access/subject.ts"
import { closeDay } from "../../domain/bookings/day-changes.ts"
import { bookingById, bookingsOf } from "../../domain/bookings/reads.ts"
import { decline, propose } from "../../domain/bookings/requests.ts"
import { book } from "../../domain/bookings/writes.ts"
import { testServer } from "../../testing/server.ts"
import { leadsTo, reading, signedIn } from "../../testing/signed-in.ts"
import type { Visited } from "../../testing/visitor.ts"

const server = await testServer({
  plan: {
    citizens: 40,
    counters: 2,
    more: [{ code: "JED-MUN", mode: "request", counters: 1, lines: [{ code: "MUN" }] }],
  },
})
const { office } = server
const tomorrow = "2026-11-23"

afterAll(() => {
  expect(server.bugs).toEqual([])
})

let nextCitizen = 1
const someone = () => office.citizen(nextCitizen++)
const idIn = (visited: Visited) => leadsTo(visited).split("/").at(-1) ?? ""

async function booked(citizen: Citizen, slot: string, { service = "PAS-08", for: whom = [] as string[] } = {}) {
  const who = await signedIn(server, citizen)
  const held = await who.send("/holds", { office: slot.split(".")[0] ?? "", service, slot, for: whom })
  const made = await who.send("/bookings", { hold: idIn(held) })
  expect([held.status, made.status]).toEqual([303, 303])
  return { who, page: leadsTo(made), id: idIn(made) }
}

/** Takes what is left of a slot, so that it is full. */
async function fill(slot: string, service = "PAS-10", places = 3) {
  const wanted = { office: slot.split(".")[0] ?? "", service, slot }
  for (let taken = 0; taken < places; taken++) await office.write((tx) => book(tx, someone(), wanted))
}

describe("a booking", () => {
  test("for a mother and her children names them, and takes places for all", async () => {
    const mother = someone()
    const children = await office.children(mother, 2)
    const slot = office.slot("08:30", { on: "2026-11-24" })
    const { who, page, id } = await booked(mother, slot, { service: "PAS-10", for: [mother.id, ...children] })
    expect((await bookingById(office.store, id))?.width).toBe(3)
    expect(reading(await who.get(page))).toContain("Who comes: Someone , Someone , Someone")
    expect(reading(await who.get("/bookings"))).toContain("Someone")
    const times = await who.get(`/offices/${office.code}/slots?service=PAS-10&day=2026-11-24`)
    expect(times.text).not.toContain(`value="${slot}"`)
  })

  test("is nobody else's to see, to move or to cancel", async () => {
    const { page } = await booked(someone(), office.slot("09:30", { on: tomorrow }))
    const other = await signedIn(server, someone())
    for (const path of [page, `${page}/slip`, `${page}/calendar.ics`, `${page}/move`, `${page}/cancellation`]) {
      expect([path, (await other.get(path)).status]).toEqual([path, 404])
    }
    for (const path of [`${page}/cancellation`, `${page}/move`, `${page}/acceptance`]) {
      expect([path, (await other.send(path, { slot: office.slot("10:00", { on: tomorrow }) })).status]).toEqual([
        path,
        404,
      ])
    }
  })

  test("moves: the old time stays until the new one is taken", async () => {
    const { who, page, id } = await booked(someone(), office.slot("10:15", { on: tomorrow }), { service: "PAS-10" })
    const full = office.slot("10:45", { on: tomorrow })
    await fill(full)
    expect(reading(await who.get(`${page}/move`))).toContain("Monday 23 November, 10:15. It is kept until")
    const refused = await who.send(`${page}/move`, { slot: full })
    expect(refused.status).toBe(409)
    expect(refused.text).toContain(`action="/bookings/${id}/move"`)
    expect((await bookingById(office.store, id))?.startsAt).toBe(office.at("10:15", tomorrow))
    const moved = await who.send(`${page}/move`, { slot: office.slot("11:30", { on: tomorrow }) })
    expect(reading(await who.get(moved.location ?? ""))).toContain("Your appointment is moved")
    expect((await bookingById(office.store, id))?.startsAt).toBe(office.at("11:30", tomorrow))
  })

  test("is cancelled after a question, once, with a reason if one likes", async () => {
    const { who, page, id } = await booked(someone(), office.slot("11:45", { on: tomorrow }))
    const before = await server.head()
    expect(reading(await who.get(`${page}/cancellation`))).toContain("cannot be brought back")
    expect(await server.head()).toBe(before)
    const long = await who.send(`${page}/cancellation`, { reason: "x".repeat(501) })
    expect([long.status, long.text.includes("x".repeat(501))]).toEqual([400, true])
    expect((await who.send(`${page}/cancellation`, { reason: "done online" })).status).toBe(303)
    expect((await bookingById(office.store, id))?.state).toBe("cancelled")
    expect(reading(await who.get(page))).toContain("You cancelled this appointment")
    const again = await who.send(`${page}/cancellation`)
    expect([again.status, leadsTo(again)]).toEqual([303, page])
    expect(reading(await who.get(page))).toContain("Cancelled")
    expect(leadsTo(await who.get(`${page}/slip`))).toBe(page)
  })

  test("whose time the office took away says so first, and offers new ones", async () => {
    const away = "2026-11-30"
    const { who, page, id } = await booked(someone(), office.slot("09:00", { on: away }))
    await office.write((tx) => closeDay(tx, office.supervisor(), { office: office.code, day: day(away) }))
    const struck = await who.get(page)
    expect(reading(struck)).toContain("The office changed its hours, and this time is no longer possible")
    expect(struck.text.indexOf("no longer possible")).toBeLessThan(struck.text.indexOf("visit-title"))
    const [, slot = ""] = /name="slot" value="([^"]+)"/.exec(struck.text) ?? []
    expect((await who.send(`${page}/move`, { slot })).status).toBe(303)
    expect((await bookingById(office.store, id))?.struckAt).toBeNull()
    expect(reading(await who.get(`/offices/${office.code}`))).toContain("Changed hours")
  })

  test("tells from when one may check in, and never before the doors are open", async () => {
    const first = await booked(someone(), office.slot("07:30", { on: tomorrow }))
    const later = await booked(someone(), office.slot("08:30", { on: tomorrow }))
    for (const [{ who, page }, from] of [
      [first, "07:30"],
      [later, "08:00"],
    ] as const) {
      expect(reading(await who.get(page))).toContain(`Check-in: from ${from}.`)
      expect(reading(await who.get(`${page}/slip`))).toContain(`Check-in: from ${from}.`)
    }
  })

  test("goes into the person's calendar at the right instant", async () => {
    const { who, page, id } = await booked(someone(), office.slot("12:45", { on: tomorrow }), { service: "PAS-10" })
    const file = await who.get(`${page}/calendar.ics`)
    expect(file.headers.get("Content-Type")).toBe("text/calendar; charset=utf-8")
    expect(file.text).toContain(`UID:${id}@localhost\r\n`)
    expect(file.text).toContain("DTSTART:20261123T094500Z\r\nDTEND:20261123T100000Z\r\n")
  })
})

describe("an office that answers first", () => {
  const slot = (time: string) => office.slot(time, { office: "JED-MUN", on: tomorrow })
  const agent = () => office.agent(1, "JED-MUN")

  test("is asked; its other time is taken by the person", async () => {
    const { who, page, id } = await booked(someone(), slot("09:00"), { service: "MUN-01" })
    expect(reading(await who.get(page))).toContain("Waiting for the office")
    await office.write((tx) => propose(tx, agent(), id, slot("11:00")))
    const proposed = await who.get(page)
    expect(reading(proposed)).toContain("The office proposes this time")
    expect(reading(proposed)).toContain("11:00")
    const taken = await who.send(`${page}/acceptance`)
    expect(reading(await who.get(taken.location ?? ""))).toContain("Confirmed")
    expect(leadsTo(await who.send(`${page}/acceptance`))).toBe(page)
  })

  test("says no with its reason", async () => {
    const { who, page, id } = await booked(someone(), slot("12:00"), { service: "MUN-01" })
    await office.write((tx) => decline(tx, agent(), id, "<b>The file</b> is not complete."))
    const declined = await who.get(page)
    expect(declined.text).toContain("&lt;b&gt;The file&lt;/b&gt; is not complete.")
    expect(declined.text).toContain('href="/services/MUN-01"')
  })
})

test("who has booked nothing is told what will stand here and where to begin", async () => {
  const who = await signedIn(server, someone())
  const page = await who.get("/bookings")
  expect(reading(page)).toContain("You have no appointments yet")
  expect(page.text).toContain('href="/"')
})

test("no page that is only looked at changes anything", async () => {
  const { who, page } = await booked(someone(), office.slot("13:45", { on: tomorrow }))
  const before = await server.head()
  const rows = await bookingsOf(office.store, office.citizen(1).id, office.clock.office())
  const slots = `/offices/${office.code}/slots?service=PAS-08`
  for (const path of ["/", "/search?q=PAS", "/sectors/PAS", "/services/PAS-01", `/offices/${office.code}`, slots]) {
    expect([path, (await who.get(path)).status]).toEqual([path, 200])
  }
  for (const path of [page, `${page}/slip`, `${page}/move`, `${page}/cancellation`, `${page}/calendar.ics`]) {
    expect([path, (await who.get(path)).status]).toEqual([path, 200])
  }
  expect(await server.head()).toBe(before)
  expect(await bookingsOf(office.store, office.citizen(1).id, office.clock.office())).toEqual(rows)
})
