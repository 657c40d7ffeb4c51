import { describe, expect, test } from "bun:test"
import { day, hour, minute } from "../../base/day.ts"
import { dayChange, type TestOffice, testOffice } from "../../testing/office.ts"
import { book } from "../bookings/writes.ts"
import { hold } from "./holds.ts"
import { nearestAlternatives, type OfferAsked, slotsOffered } from "./reads.ts"

const offer = (office: TestOffice, asked: Partial<OfferAsked> = {}) =>
  slotsOffered(office.store, {
    office: office.code,
    service: "PAS-01",
    from: office.today,
    days: 1,
    now: office.clock.office(),
    ...asked,
  })

const slotsOf = async (office: TestOffice, asked: Partial<OfferAsked> = {}) =>
  (await offer(office, asked)).days.flatMap(({ slots }) => slots)

const freeAt = async (office: TestOffice, time: string, asked: Partial<OfferAsked> = {}) =>
  (await slotsOf(office, asked)).find(({ id }) => id === office.slot(time))?.free

describe("what an office offers", () => {
  test("today from an hour ahead until the last slot before closing", async () => {
    const office = await testOffice()
    const slots = await slotsOf(office)
    expect(slots[0]).toEqual({
      id: office.slot("11:00"),
      startsAt: office.at("11:00"),
      endsAt: office.at("11:15"),
      free: 3,
    })
    expect(slots.at(-1)?.id).toBe(office.slot("14:15"))
    expect(slots).toHaveLength(14)
  })

  test("a visit of two slots is offered no later than two slots before closing", async () => {
    const office = await testOffice()
    const slots = await slotsOf(office, { service: "PAS-04" })
    expect(slots.at(-1)).toMatchObject({ id: office.slot("14:00"), endsAt: office.at("14:30") })
  })

  test("a visit of two slots is not offered across a break", async () => {
    const office = await testOffice({
      hours: [
        { start: "07:30", minutes: 420 },
        { layer: "break", start: "12:00", minutes: 30 },
      ],
    })
    const ids = (await slotsOf(office, { service: "PAS-04" })).map(({ id }) => id)
    expect(ids).toContain(office.slot("11:30"))
    expect(ids).not.toContain(office.slot("11:45"))
    expect(ids).not.toContain(office.slot("12:00"))
    expect(ids).toContain(office.slot("12:30"))
  })

  test("every day asked for stands in the answer, a closed one without slots", async () => {
    const office = await testOffice()
    const { days, zone } = await offer(office, { days: 7 })
    expect(zone).toBe("Asia/Riyadh")
    expect(days.map(({ day, slots }) => [day as string, slots.length])).toEqual([
      ["2026-11-22", 14],
      ["2026-11-23", 28],
      ["2026-11-24", 28],
      ["2026-11-25", 28],
      ["2026-11-26", 28],
      ["2026-11-27", 0],
      ["2026-11-28", 0],
    ])
  })

  test("nothing beyond the office's window", async () => {
    const office = await testOffice({ furthestDays: 2 })
    const { days } = await offer(office, { days: 5 })
    expect(days.map(({ slots }) => slots.length)).toEqual([14, 28, 28, 0, 0])
  })

  test("nothing of the past, however the question is put", async () => {
    const office = await testOffice()
    expect(await slotsOf(office, { from: day("2026-11-15"), days: 7 })).toEqual([])
  })

  test("nothing on a day that the supervisor has closed", async () => {
    const office = await testOffice()
    expect(await slotsOf(office)).not.toEqual([])
    await dayChange(office, { day: office.today })
    expect(await slotsOf(office)).toEqual([])
  })

  test("a full slot is listed with nothing free, so that people see that the office is open", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 1, staffExtra: 1 }] })
    await office.write((tx) =>
      book(tx, office.citizen(), { office: "RUH-RML", service: "PAS-01", slot: office.slot("11:30") }),
    )
    expect(await freeAt(office, "11:30")).toBe(0)
    expect(await freeAt(office, "11:45")).toBe(1)
    expect(await freeAt(office, "11:30", { forStaff: true })).toBe(1)
  })

  test("staff are offered what begins in a moment", async () => {
    const office = await testOffice()
    expect((await slotsOf(office, { forStaff: true }))[0]?.id).toBe(office.slot("10:15"))
  })

  test("a family of three sees how many more families fit, over all the slots that it needs", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 6 }] })
    const wanted = { office: "RUH-RML", service: "PAS-01", slot: office.slot("11:30") }
    await office.write((tx) => book(tx, office.citizen(), wanted))
    expect(await freeAt(office, "11:30", { people: 3 })).toBe(1)
    expect(await freeAt(office, "11:45", { people: 3 })).toBe(2)
    expect(await freeAt(office, "11:15", { people: 3, service: "PAS-04" })).toBe(1)
  })

  test("another line of the same office has its own places", async () => {
    const office = await testOffice()
    const slots = await slotsOf(office, { service: "RES-04" })
    expect(slots[0]?.id).toBe(office.slot("11:00", { line: "RES" }))
  })

  test("a night session in Ramadan belongs to the day on which it begins, also after midnight", async () => {
    const office = await testOffice({
      now: "2027-02-10T12:00",
      seasons: [{ id: "ramadan", first: "2027-02-08", last: "2027-03-08" }],
      hours: [
        { start: "07:30", minutes: 420 },
        { layer: "season", season: "ramadan", rrule: "FREQ=DAILY", start: "21:00", minutes: 240 },
      ],
    })
    const { days } = await offer(office, { days: 2 })
    const [tonight, tomorrow] = days
    expect(tonight?.slots[0]?.startsAt).toBe(office.at("21:00", "2027-02-10"))
    expect(tonight?.slots.at(-1)?.startsAt).toBe(office.at("00:45", "2027-02-11"))
    expect(tomorrow?.slots[0]?.startsAt).toBe(office.at("21:00", "2027-02-11"))
  })

  test("13:00 stays 13:00 when the clocks change, and no slot is lost or doubled", async () => {
    for (const [dated, offset] of [
      ["2027-03-26", 1],
      ["2027-03-29", 2],
    ] as const) {
      const office = await testOffice({
        code: "BER-MIS",
        zone: "Europe/Berlin",
        now: "2027-03-25T10:00",
        hours: [{ rrule: "FREQ=DAILY", start: "13:00", minutes: 300 }],
      })
      const slots = await slotsOf(office, { from: day(dated), days: 1 })
      expect(slots).toHaveLength(20)
      expect(slots[0]?.startsAt).toBe(Date.parse(`${dated}T13:00:00Z`) - offset * hour)
    }
  })

  test("a night of five real hours offers each of them once", async () => {
    const office = await testOffice({
      code: "BER-MIS",
      zone: "Europe/Berlin",
      now: "2026-10-24T10:00",
      hours: [{ rrule: "FREQ=DAILY", start: "00:00", minutes: 240 }],
    })
    const slots = await slotsOf(office, { from: day("2026-10-25"), days: 1 })
    expect(slots).toHaveLength(20)
    expect(new Set(slots.map(({ id }) => id)).size).toBe(20)
  })
})

describe("places that are being held", () => {
  test("are free again the moment the hold runs out, though no job has run", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 1 }] })
    const wanted = { office: "RUH-RML", service: "PAS-01", slot: office.slot("12:00") }
    const kept = await office.write((tx) => hold(tx, office.citizen(), wanted))
    expect(await freeAt(office, "12:00")).toBe(0)
    office.clock.set(kept.until - 1)
    expect(await freeAt(office, "12:00")).toBe(0)
    office.clock.set(kept.until)
    expect(await freeAt(office, "12:00")).toBe(1)
  })

  test("are free to the one who holds them", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 1 }] })
    const wanted = { office: "RUH-RML", service: "PAS-01", slot: office.slot("12:00") }
    const kept = await office.write((tx) => hold(tx, office.citizen(), wanted))
    expect(await freeAt(office, "12:00", { ignoring: kept.id })).toBe(1)
  })

  test("say until when a page may show the list", async () => {
    const office = await testOffice()
    const asked = { from: day("2026-11-23") }
    // Nothing held: the list of tomorrow stands until its first start is less than an hour away.
    expect((await offer(office, asked)).validUntil).toBe(office.at("06:30", "2026-11-23") + 1)
    const wanted = { office: "RUH-RML", service: "PAS-01", slot: office.slot("12:00", { on: "2026-11-23" }) }
    await office.write((tx) => hold(tx, office.citizen(1), wanted))
    office.clock.advance(minute)
    await office.write((tx) => hold(tx, office.citizen(2), wanted))
    expect((await offer(office, asked)).validUntil).toBe(office.at("10:10"))
  })
})

describe("what is possible instead", () => {
  test("the three free starts nearest to the wish, in the order of time", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 1 }] })
    for (const [index, time] of ["12:00", "12:15"].entries()) {
      const wanted = { office: "RUH-RML", service: "PAS-01", slot: office.slot(time) }
      await office.write((tx) => book(tx, office.citizen(index + 1), wanted))
    }
    const near = await nearestAlternatives(office.store, {
      office: "RUH-RML",
      service: "PAS-01",
      around: office.at("12:00"),
      now: office.clock.office(),
    })
    expect(near.map(({ id }) => id)).toEqual([office.slot("11:30"), office.slot("11:45"), office.slot("12:30")])
  })

  test("days further on when the near ones are full", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 1 }], hours: [{ start: "12:00", minutes: 15 }] })
    for (const [index, on] of ["2026-11-22", "2026-11-23", "2026-11-24"].entries()) {
      const wanted = { office: "RUH-RML", service: "PAS-01", slot: office.slot("12:00", { on }) }
      await office.write((tx) => book(tx, office.citizen(index + 1), wanted))
    }
    const near = await nearestAlternatives(office.store, {
      office: "RUH-RML",
      service: "PAS-01",
      around: office.at("12:00"),
      now: office.clock.office(),
    })
    expect(near.map(({ startsAt }) => startsAt)).toEqual([
      office.at("12:00", "2026-11-25"),
      office.at("12:00", "2026-11-26"),
      office.at("12:00", "2026-11-29"),
    ])
  })
})
