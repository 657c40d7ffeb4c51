import { describe, expect, test } from "bun:test"
import { offices } from "../../../db/schema/offices.ts"
import { day, minute } from "../../base/day.ts"
import { relate } from "../../testing/family.ts"
import { riyadh, type TestHall, testHall } from "../../testing/hall.ts"
import { granted, refusal, refusedWith } from "../../testing/office.ts"
import { type Citizen, type Device, mint } from "../access/subject.ts"
import { book } from "../bookings/writes.ts"
import { checkIn, issueTicket } from "./arrivals.ts"
import { confirmNeed, leave } from "./holder.ts"

describe("a booked person arrives", () => {
  test("ten minutes early: one ticket, left in peace until the booked time, and the booking knows it", async () => {
    const hall = await testHall({ now: "2026-11-22T09:50" })
    const booking = await hall.booked(hall.citizen(), "10:00")
    const { ticket, lateMinutes } = await hall.arrive(booking)
    expect(ticket).toMatchObject({ state: "early", number: 101, line: "PAS", booking: booking.id, dueBy: "booking" })
    expect([riyadh(ticket.due), riyadh(ticket.wakeAt), lateMinutes]).toEqual(["10:05", "10:00", 0])
    expect((await hall.bookingNow(booking.id)).state).toBe("arrived")
    const [arrived] = await hall.facts("booking.arrived")
    expect(arrived?.body).toMatchObject({ booking: booking.id, ticket: ticket.id, people: [hall.citizen().id] })
  })

  test("more than half an hour early: told when to come back, and nothing has happened", async () => {
    const hall = await testHall({ now: "2026-11-22T09:20" })
    const booking = await hall.booked(hall.citizen(), "10:00")
    const { code, details } = await refusal(hall.arrive(booking))
    expect([code, details]).toEqual(["too_early", { startsAt: hall.at("10:00"), comeAt: hall.at("09:30") }])
    expect((await hall.bookingNow(booking.id)).state).toBe("confirmed")
  })

  test("hours early and ready: takes a walk-in's place at once", async () => {
    const hall = await testHall({ now: "2026-11-22T08:00" })
    const booking = await hall.booked(hall.citizen(), "13:00")
    const { ticket } = await hall.arrive(booking, { ready: true })
    expect([ticket.state, riyadh(ticket.due), ticket.number]).toEqual(["waiting", "08:45", 101])
  })

  test("before the doors open, for the first time of the day", async () => {
    const hall = await testHall({ now: "2026-11-22T07:10" })
    const { ticket } = await hall.arrive(await hall.booked(hall.citizen(), "07:30"))
    expect([ticket.state, riyadh(ticket.due), ticket.day as string]).toEqual(["early", "07:35", "2026-11-22"])
  })

  test("twenty minutes late: the place grows gradually and the person is told how late", async () => {
    const hall = await testHall({ now: "2026-11-22T10:20" })
    const { ticket, lateMinutes } = await hall.arrive(await hall.booked(hall.citizen(), "10:00"))
    expect([ticket.state, riyadh(ticket.due), lateMinutes]).toEqual(["waiting", "10:35", 20])
  })

  test("at sixty or over: the record itself gives the smaller due", async () => {
    const hall = await testHall({ now: "2026-11-22T09:40" })
    const elder = await hall.bornIn(hall.citizen(), 1950)
    const { ticket } = await hall.arrive(await hall.booked(elder, "10:00"))
    expect(ticket).toMatchObject({ state: "waiting", need: "age", dueBy: "need", number: 101 })
    expect(riyadh(ticket.due)).toBe("09:50")
  })

  test("at sixty or over, in the morning for the evening: due as a person who is here now, not in the evening", async () => {
    const hours = [
      { start: "07:30", minutes: 420 },
      { start: "16:00", minutes: 300 },
    ]
    const hall = await testHall({ now: "2026-11-22T09:40", hours, earlyMinutes: 720 })
    const elder = await hall.bornIn(hall.citizen(), 1950)
    const { ticket } = await hall.arrive(await hall.booked(elder, "19:30"))
    expect([ticket.state, riyadh(ticket.due), ticket.dueBy]).toEqual(["waiting", "09:50", "need"])
    const { ticket: younger } = await hall.arrive(await hall.booked(hall.citizen(2), "19:30"))
    expect([younger.state, riyadh(younger.due), riyadh(younger.wakeAt)]).toEqual(["early", "19:35", "19:30"])
  })

  test("with what a proxy booked who is none any more: the turn is of whom it is for, and the proxy cannot come in with it", async () => {
    const hall = await testHall({ now: "2026-11-22T09:50" })
    const [giver, holder] = [hall.citizen(1), hall.citizen(2)]
    const booking = await hall.booked(giver, "10:00", { person: holder.id, byProxy: true })
    expect((await refusal(hall.arrive(booking, {}, holder))).code).toBe("booking_unknown")
    const { ticket } = await hall.arrive(booking)
    expect([ticket.person, ticket.holder]).toEqual([giver.id, giver.id])
    const [arrived] = await hall.facts("booking.arrived")
    expect(arrived?.subject).toBe(giver.id)
  })

  test("by the number and birth year of the card, where both agree", async () => {
    const hall = await testHall({ now: "2026-11-22T09:50" })
    const who = await hall.bornIn(hall.citizen(), 1985, "index-of-a-number")
    const booking = await hall.booked(who, "10:00")
    const by = (birthYear: number) => ({ by: { numberIndex: "index-of-a-number", birthYear } })
    expect((await refusal(hall.arrive(booking, by(1986)))).code).toBe("booking_unknown")
    expect((await refusal(hall.arrive(booking, by(1404)))).code).toBe("booking_unknown")
    expect((await hall.arrive(booking, by(1985))).ticket.booking).toBe(booking.id)
  })

  test("by the Hijri birth year of the card", async () => {
    const hall = await testHall({ now: "2026-11-22T09:50" })
    const who = await hall.bornIn(hall.citizen(), 1985, "index-of-a-number")
    const booking = await hall.booked(who, "10:00")
    const by = { numberIndex: "index-of-a-number", birthYear: 1405 }
    expect((await hall.arrive(booking, { by })).ticket.booking).toBe(booking.id)
  })

  test("twice, or both at once: one ticket", async () => {
    const hall = await testHall({ now: "2026-11-22T09:50" })
    const booking = await hall.booked(hall.citizen(), "10:00")
    const both = await Promise.allSettled([hall.arrive(booking), hall.arrive(booking)])
    expect(granted(both)).toHaveLength(1)
    expect(refusedWith(both)).toEqual(["already_arrived"])
    expect((await refusal(hall.arrive(booking))).details["number"]).toBe(101)
  })

  test("on the wrong day, at the wrong office, with a cancelled booking or a wrong code: each is told apart", async () => {
    const hall = await testHall({ now: "2026-11-22T09:50", more: [{ code: "RUH-QHK" }] })
    const [today, tomorrow] = [await hall.booked(hall.citizen(), "10:00"), day("2026-11-23")]
    const later = await hall.booked(hall.citizen(2), "10:00", { day: tomorrow })
    const gone = await hall.booked(hall.citizen(3), "10:00", { state: "cancelled" })
    const elsewhere = mint<Device>({ ...hall.kiosk, id: "k2", office: "RUH-QHK" })
    const codes = [
      (await refusal(hall.arrive(later))).code,
      (await refusal(hall.arrive(today, { office: "RUH-QHK" }, elsewhere))).code,
      (await refusal(hall.arrive(today, {}, elsewhere))).code,
      (await refusal(hall.arrive(gone))).code,
      (await refusal(hall.arrive(today, { by: { code: "3000000000" } }))).code,
      (await refusal(hall.arrive(today, {}, hall.citizen(2)))).code,
    ]
    expect(codes).toEqual([
      ...["not_today", "booking_unknown", "forbidden", "wrong_state", "booking_unknown", "booking_unknown"],
    ])
  })

  test("after the session: the office is closed and says when it opens", async () => {
    const hall = await testHall({ now: "2026-11-22T14:31" })
    const { code, details } = await refusal(hall.arrive(await hall.booked(hall.citizen(), "14:00")))
    expect([code, details["opensAt"]]).toEqual(["office_closed", hall.at("07:30", "2026-11-23")])
  })
})

describe("a walk-in", () => {
  test("gets a number of digits, the line's second series, rising, each a little later", async () => {
    const hall = await testHall({ now: "2026-11-22T09:00", lines: [{ code: "PAS" }] })
    const first = await hall.walkIn()
    hall.clock.advance(minute)
    const second = await hall.walkIn()
    expect([first.number, second.number, first.state]).toEqual([201, 202, "waiting"])
    expect(riyadh(first.due)).toBe("09:45")
    expect(second.due).toBeGreaterThan(first.due)
  })

  test("of a second line, or with a need: a series of its own", async () => {
    const hall = await testHall()
    const numbers = [
      (await hall.walkIn({ service: "RES-01" })).number,
      (await hall.walkIn({ need: "disability" }, hall.agent())).number,
      (await hall.walkIn({ service: "RES-04", need: "infant" }, hall.agent())).number,
      (await hall.walkIn()).number,
    ]
    expect(numbers).toEqual([401, 501, 502, 201])
  })

  test("says a need at the kiosk: nobody is overtaken until staff have seen it", async () => {
    const hall = await testHall({ now: "2026-11-22T09:00" })
    const said = await hall.walkIn({ need: "pregnancy" })
    expect(said).toMatchObject({ need: "pregnancy", dueBy: "walkin", number: 201 })
    const seen = await hall.write((tx) => confirmNeed(tx, hall.agent(), said.id, "pregnancy"))
    expect([riyadh(seen.due), seen.dueBy, seen.number]).toEqual(["09:10", "need", 201])
  })

  test("asks twice: refused without a word about the first ticket, whichever office", async () => {
    const hall = await testHall({ more: [{ code: "RUH-QHK" }] })
    const ticket = await hall.walkIn({ who: hall.citizen() })
    const again = await refusal(hall.walkIn({ who: hall.citizen(), service: "RES-01" }))
    expect([again.code, again.details]).toEqual(["already_waiting", {}])
    const elsewhere = mint<Device>({ ...hall.kiosk, id: "k2", office: "RUH-QHK" })
    const asked = { office: "RUH-QHK", service: "PAS-01", holder: hall.citizen().id, lang: "ar" as const }
    expect((await refusal(hall.write((tx) => issueTicket(tx, elsewhere, asked)))).code).toBe("already_waiting")
    await hall.write((tx) => leave(tx, hall.citizen(), ticket.id))
    expect((await hall.walkIn({ who: hall.citizen() })).number).toBe(202)
  })

  test("asks from twenty kiosks in the same instant: one ticket", async () => {
    const hall = await testHall()
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => hall.walkIn({ who: hall.citizen() })))
    expect(granted(asked)).toHaveLength(1)
    expect(new Set(refusedWith(asked))).toEqual(new Set(["already_waiting"]))
  })

  test("must give a number at the kiosk; an agent may do without", async () => {
    const hall = await testHall()
    expect((await refusal(hall.walkIn({ holder: null }))).code).toBe("number_required")
    expect((await hall.walkIn({ holder: null }, hall.agent())).holder).toBeNull()
  })

  test("is refused what can only be booked, what is not done here, and what is only online", async () => {
    const hall = await testHall({ services: [{ code: "PAS-99", sector: "PAS", minutes: 15, bookingOnly: true }] })
    const codes = []
    for (const service of ["PAS-99", "MUN-01", "PAS-02"]) codes.push((await refusal(hall.walkIn({ service }))).code)
    expect(codes).toEqual(["booking_only", "service_not_here", "service_online_only"])
    const evening = await testHall({ hours: [{ start: "07:30", minutes: 420, bookingOnly: true }] })
    expect((await refusal(evening.walkIn())).code).toBe("booking_only")
  })

  test("before and after hours: closed, with the next opening", async () => {
    const hall = await testHall({ now: "2026-11-22T07:00" })
    expect((await refusal(hall.walkIn())).details["opensAt"]).toBe(hall.at("07:30"))
    hall.time("15:00", "2026-11-26")
    expect((await refusal(hall.walkIn())).details["opensAt"]).toBe(hall.at("07:30", "2026-11-29"))
  })

  test("half an hour before closing in an empty hall: issued, due by closing time", async () => {
    const hall = await testHall({ now: "2026-11-22T14:00" })
    expect(riyadh((await hall.walkIn()).due)).toBe("14:30")
    hall.time("14:20")
    expect((await refusal(hall.walkIn({ service: "RES-01" }))).code).toBe("day_full")
  })

  test("whom today cannot serve any more: told at once, with the next bookings", async () => {
    const hall = await testHall({ now: "2026-11-22T13:00", counters: 1, lines: [{ code: "PAS" }], soonestMinutes: 0 })
    await hall.open()
    const asked = []
    for (let number = 0; number < 9; number++) asked.push(await Promise.allSettled([hall.walkIn()]))
    // One counter, a quarter of an hour each: six people fit into an hour and a half.
    expect(granted(asked.flat())).toHaveLength(6)
    const { code, details } = await refusal(hall.walkIn())
    expect(code).toBe("day_full")
    const alternatives = details["alternatives"] as { id: string; startsAt: number }[]
    expect(alternatives.length).toBeGreaterThan(0)
    expect(alternatives.every(({ startsAt }) => startsAt >= hall.clock.office())).toBe(true)
  })

  test("at opening time is not turned away because only the first counter is open yet", async () => {
    const hall = await testHall({ now: "2026-11-22T07:31", counters: 2, lines: [{ code: "PAS" }] })
    await hall.open(1)
    // One counter alone would serve 27 people until closing time; two are planned.
    for (let count = 0; count < 40; count++) await hall.walkIn()
    hall.time("08:05")
    expect((await refusal(hall.walkIn())).code).toBe("day_full")
  })

  test("is promised what half of the planned counters can do, should the supervisor open them", async () => {
    const hall = await testHall({ now: "2026-11-22T13:00", counters: 4, lines: [{ code: "PAS" }] })
    await hall.open(1)
    const asked = []
    for (let count = 0; count < 15; count++) asked.push(await Promise.allSettled([hall.walkIn()]))
    expect(granted(asked.flat())).toHaveLength(12)
  })

  test("after 199 in a series comes 1100", async () => {
    const hall = await testHall({ now: "2026-11-22T07:31", lines: [{ code: "PAS" }] })
    const numbers = []
    for (let count = 0; count < 101; count++) {
      const { id, number } = await hall.walkIn()
      numbers.push(number)
      await hall.write((tx) => leave(tx, "bearer", id))
    }
    expect(numbers.slice(97)).toEqual([298, 299, 2100, 2101])
    expect([...numbers].sort((a, b) => a - b)).toEqual(numbers)
  })

  test("after midnight in a night session: still yesterday's service day and its numbers", async () => {
    const hours = [{ start: "21:00", minutes: 240, rrule: "FREQ=DAILY" }]
    const hall = await testHall({ now: "2026-11-22T23:50", hours, lines: [{ code: "PAS" }] })
    const before = await hall.walkIn()
    hall.time("00:20", "2026-11-23")
    const after = await hall.walkIn()
    expect([before.number, after.number]).toEqual([201, 202])
    expect([before.day as string, after.day as string]).toEqual(["2026-11-22", "2026-11-22"])
    const booking = await hall.booked(hall.citizen(), "00:45", {
      day: day("2026-11-22"),
      startsAt: hall.at("00:45", "2026-11-23"),
    })
    expect((await hall.arrive(booking)).ticket).toMatchObject({ day: "2026-11-22", number: 101 })
    hall.time("21:10", "2026-11-23")
    expect((await hall.walkIn()).number).toBe(201)
  })

  test("in the minutes of a break: issued, and the break does not count against the line", async () => {
    const hours = [
      { start: "07:30", minutes: 420 },
      { layer: "break" as const, start: "12:00", minutes: 30 },
    ]
    const hall = await testHall({ now: "2026-11-22T11:40", hours, lines: [{ code: "PAS" }] })
    expect(riyadh((await hall.walkIn()).due)).toBe("12:55")
  })
})

test("a citizen who stands in the hall checks in alone, and only with the own booking", async () => {
  const hall = await testHall({ now: "2026-11-22T09:50" })
  const booking = await hall.booked(hall.citizen(), "10:00")
  const asked = { office: hall.code, by: { code: booking.code }, lang: "en" as const }
  expect((await refusal(hall.write((tx) => checkIn(tx, hall.citizen(2), asked)))).code).toBe("booking_unknown")
  expect((await hall.write((tx) => checkIn(tx, hall.citizen(), asked))).ticket.lang).toBe("en")
})

test("the evening before is not today, however early an office lets people in; half an hour before a session at midnight is", async () => {
  const hours = [
    { start: "16:00", minutes: 300, rrule: "FREQ=DAILY" },
    { start: "00:30", minutes: 240, rrule: "FREQ=DAILY" },
  ]
  const hall = await testHall({ now: "2026-11-22T20:00", soonestMinutes: 0, hours })
  await hall.write((tx) =>
    tx.db
      .update(offices)
      .set({ earlyMinutes: 720 })
      .then(() => {}),
  )
  const slot = hall.slot("00:30", { on: "2026-11-23" })
  const made = await hall.write((tx) => book(tx, hall.citizen(1), { office: hall.code, service: "PAS-10", slot }))
  const arrive = () =>
    hall.write((tx) => checkIn(tx, hall.agent(1), { office: hall.code, by: { code: made.code }, lang: "ar" }))
  expect((await refusal(arrive())).code).toBe("not_today")
  hall.clock.set(hall.at("23:50"))
  expect(String((await arrive()).ticket.day)).toBe("2026-11-23")
})

describe("who comes for somebody else", () => {
  const bookedFor = (hall: TestHall, who: Citizen, person: string) =>
    hall.write((tx) => book(tx, who, { office: hall.code, service: "PAS-01", slot: hall.slot("10:00"), for: [person] }))

  test("comes in with the booking while the right stands, and not a minute longer", async () => {
    const hall = await testHall({ now: "2026-11-22T08:00" })
    const [aunt, uncle] = hall.citizens(2) as [Citizen, Citizen]
    const until = hall.at("09:51")
    const wards = [(await hall.person({ birthYear: 2015 })).id, (await hall.person({ birthYear: 2016 })).id] as const
    await hall.write((tx) => relate(tx, aunt.id, wards[0], "ward", { until }))
    await hall.write((tx) => relate(tx, uncle.id, wards[1], "ward", { until }))
    const [hers, his] = [await bookedFor(hall, aunt, wards[0]), await bookedFor(hall, uncle, wards[1])]
    const comes = (who: Citizen, code: string) =>
      hall.write((tx) => checkIn(tx, who, { office: hall.code, by: { code }, lang: "ar" }))
    hall.clock.set(until - minute)
    expect((await comes(aunt, hers.code)).ticket).toMatchObject({ person: aunt.id, booking: hers.id })
    const [arrived] = await hall.facts("booking.arrived")
    expect(arrived?.body).toMatchObject({ people: [wards[0]], by: aunt.id })
    hall.clock.set(until)
    expect((await refusal(comes(uncle, his.code))).code).toBe("right_ended")
  })

  test("and whoever was booked for comes in alone: the number is theirs, whoever made the booking", async () => {
    const hall = await testHall({ now: "2026-11-22T08:00" })
    const [mother, stranger] = hall.citizens(2) as [Citizen, Citizen]
    const child = await hall.person({ birthYear: 2007 })
    await hall.write((tx) => relate(tx, mother.id, child.id, "child"))
    const { code } = await bookedFor(hall, mother, child.id)
    hall.clock.set(hall.at("09:50"))
    const asked = { office: hall.code, by: { code }, lang: "ar" as const }
    expect((await refusal(hall.write((tx) => checkIn(tx, stranger, asked)))).code).toBe("booking_unknown")
    expect((await hall.write((tx) => checkIn(tx, child, asked))).ticket.person).toBe(child.id)
  })
})
