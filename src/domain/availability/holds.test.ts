import { describe, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { heldPeople, heldPlaces, slots } from "../../../db/schema/availability.ts"
import { minute } from "../../base/day.ts"
import { granted, refusal, refusedWith, type TestOffice, testOffice } from "../../testing/office.ts"
import type { Citizen } from "../access/subject.ts"
import { book } from "../bookings/writes.ts"
import { expireHolds, hold, liveHold, ownHold, releaseHold, type WantedHold } from "./holds.ts"

const wanted = (office: TestOffice, time: string, more: Partial<WantedHold> = {}): WantedHold => ({
  office: "RUH-RML",
  service: "PAS-01",
  slot: office.slot(time),
  ...more,
})

const keep = (office: TestOffice, citizen: Citizen, time: string, more: Partial<WantedHold> = {}) =>
  office.write((tx) => hold(tx, citizen, wanted(office, time, more)))

const narrow = { lines: [{ code: "PAS", public: 1 }] }

describe("a hold", () => {
  test("keeps the place for ten minutes, and says so", async () => {
    const office = await testOffice()
    const kept = await keep(office, office.citizen(), "11:30")
    expect(kept).toMatchObject({
      startsAt: office.at("11:30"),
      until: office.at("10:10"),
      day: office.today,
      width: 1,
      length: 1,
    })
    const [said] = await office.facts("hold.made")
    expect(said).toMatchObject({
      subject: office.citizen().id,
      body: { hold: kept.id, until: kept.until, people: kept.people },
    })
  })

  test("is given to as many as there are places, however many ask at once", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 5 }] })
    const asked = office.citizens(40).map((citizen) => keep(office, citizen, "11:30"))
    const settled = await Promise.allSettled(asked)
    expect(granted(settled)).toHaveLength(5)
    expect(refusedWith(settled)).toEqual(Array.from({ length: 35 }, () => "slot_full"))
  })

  test("leaves a place that it keeps to nobody else, and frees it by running out, without any job", async () => {
    const office = await testOffice(narrow)
    const kept = await keep(office, office.citizen(1), "11:30")
    office.clock.set(kept.until - 1)
    expect((await refusal(keep(office, office.citizen(2), "11:30"))).code).toBe("slot_full")
    office.clock.set(kept.until)
    expect((await keep(office, office.citizen(2), "11:30")).startsAt).toBe(office.at("11:30"))
  })

  test("of two slots keeps both or none", async () => {
    const office = await testOffice(narrow)
    await keep(office, office.citizen(1), "11:45")
    const no = await refusal(keep(office, office.citizen(2), "11:30", { service: "PAS-04" }))
    expect(no.code).toBe("slot_full")
    expect(await office.store.db.select().from(heldPlaces)).toHaveLength(1)
    expect((await keep(office, office.citizen(2), "11:30")).length).toBe(1)
  })

  test("on a full slot is refused with the three nearest that are free", async () => {
    const office = await testOffice(narrow)
    await keep(office, office.citizen(1), "11:30")
    const no = await refusal(keep(office, office.citizen(2), "11:30"))
    expect(no.details["alternatives"]).toEqual(
      ["11:00", "11:15", "11:45"].map((time) => ({
        id: office.slot(time),
        startsAt: office.at(time),
        endsAt: office.at(time) + 15 * minute,
        free: 1,
      })),
    )
  })
})

describe("a second hold for the same service", () => {
  test("moves the first: two tabs of one person keep one place", async () => {
    const office = await testOffice(narrow)
    const first = await keep(office, office.citizen(1), "11:30")
    const second = await keep(office, office.citizen(1), "12:00")
    expect((await ownHold(office.store, office.citizen(1), first.id)).state).toBe("moved")
    expect(await liveHold(office.store, office.citizen(1).id, "PAS-01", office.clock.office())).toMatchObject({
      id: second.id,
    })
    expect((await office.facts("hold.moved"))[0]?.body).toMatchObject({ hold: second.id, from: first.id })
    await keep(office, office.citizen(2), "11:30")
  })

  test("leaves the first where it is when the new place is not to be had", async () => {
    const office = await testOffice(narrow)
    const first = await keep(office, office.citizen(1), "11:30")
    await keep(office, office.citizen(2), "12:00")
    expect((await refusal(keep(office, office.citizen(1), "12:00"))).code).toBe("slot_full")
    expect(await liveHold(office.store, office.citizen(1).id, "PAS-01", office.clock.office())).toEqual(first)
    expect((await refusal(keep(office, office.citizen(3), "11:30"))).code).toBe("slot_full")
  })

  test("at the same time for the same people is the same hold, a little longer", async () => {
    const office = await testOffice(narrow)
    const first = await keep(office, office.citizen(), "11:30")
    office.clock.advance(4 * minute)
    const again = await keep(office, office.citizen(), "11:30")
    expect(again).toEqual({ ...first, until: first.until + 4 * minute })
    office.clock.advance(9 * minute)
    expect((await refusal(keep(office, office.citizen(2), "11:30"))).code).toBe("slot_full")
  })

  test("made at the same moment from ten tabs leaves one", async () => {
    const office = await testOffice(narrow)
    const times = ["11:00", "11:15", "11:30", "11:45", "12:00", "12:15", "12:30", "12:45", "13:00", "13:15"]
    await Promise.all(times.map((time) => keep(office, office.citizen(), time)))
    expect(await office.store.db.select().from(heldPlaces)).toHaveLength(1)
    expect(await office.store.db.select().from(heldPeople)).toHaveLength(1)
  })

  test("in another office gives the first office's place back", async () => {
    const office = await testOffice({ ...narrow, more: [{ code: "RUH-QHK", lines: [{ code: "PAS", public: 1 }] }] })
    await keep(office, office.citizen(1), "11:30")
    const there = { office: "RUH-QHK", service: "PAS-01", slot: office.slot("11:30", { office: "RUH-QHK" }) }
    await office.write((tx) => hold(tx, office.citizen(1), there), ["office:RUH-QHK", "person:citizen-0001"])
    await keep(office, office.citizen(2), "11:30")
  })
})

describe("keeping places has an end", () => {
  test("after thirty minutes in all a pause is due, and the refusal says until when", async () => {
    const office = await testOffice()
    let last = await keep(office, office.citizen(), "12:00")
    for (const time of ["12:15", "12:30", "12:45", "13:00", "13:15"]) {
      office.clock.advance(5 * minute)
      last = await keep(office, office.citizen(), time)
    }
    expect(last.until).toBe(office.at("10:30"))
    office.clock.set(last.until)
    const no = await refusal(keep(office, office.citizen(), "13:30"))
    expect(no).toMatchObject({ code: "hold_limit", details: { again: office.at("11:00") } })
    office.clock.set(office.at("11:00"))
    expect((await keep(office, office.citizen(), "13:30")).until).toBe(office.at("11:10"))
  })

  test("giving up and beginning anew does not go round it", async () => {
    const office = await testOffice()
    for (let tries = 0; tries < 3; tries++) {
      const kept = await keep(office, office.citizen(), "13:00")
      office.clock.set(kept.until - 1)
      await office.write((tx) => releaseHold(tx, office.citizen(), kept.id))
    }
    expect((await refusal(keep(office, office.citizen(), "13:00"))).code).toBe("hold_limit")
  })

  test("another service has its own thirty minutes", async () => {
    const office = await testOffice()
    for (const time of ["12:00", "12:15", "12:30"]) {
      const kept = await keep(office, office.citizen(), time)
      office.clock.set(kept.until)
    }
    expect((await refusal(keep(office, office.citizen(), "13:00"))).code).toBe("hold_limit")
    await keep(office, office.citizen(), "13:00", { service: "PAS-10" })
  })
})

describe("who may hold how much", () => {
  test("live holds count: a fourth is one too many until one has run out", async () => {
    const office = await testOffice()
    const services = ["PAS-01", "PAS-04", "PAS-08"]
    for (const service of services) await keep(office, office.citizen(), "12:00", { service })
    const fourth = wanted(office, "13:00", { service: "PAS-10" })
    expect(await refusal(office.write((tx) => hold(tx, office.citizen(), fourth)))).toMatchObject({
      code: "limit_reached",
      details: { most: 3, person: office.citizen().id },
    })
    office.clock.advance(10 * minute)
    await office.write((tx) => hold(tx, office.citizen(), fourth))
  })

  test("who has the service booked already need not fill another form", async () => {
    const office = await testOffice()
    const booked = await office.write((tx) => book(tx, office.citizen(), wanted(office, "12:00")))
    expect(await refusal(keep(office, office.citizen(), "13:00"))).toMatchObject({
      code: "already_booked",
      details: { booking: booked.id },
    })
  })

  test("a mother holds for her children; nobody holds for a stranger's", async () => {
    const office = await testOffice()
    const [mother, stranger] = [office.citizen(1), office.citizen(2)]
    const children = await office.children(mother, 2)
    const kept = await keep(office, mother, "12:00", { for: [mother.id, ...children, children[0] ?? ""] })
    expect(kept.people).toEqual([mother.id, ...children])
    expect(kept.width).toBe(3)
    expect((await refusal(keep(office, stranger, "12:30", { for: children }))).code).toBe("not_for_you")
    expect((await refusal(keep(office, stranger, "12:30", { for: ["nobody"] }))).code).toBe("not_for_you")
  })

  test("seven people are too many for one visit", async () => {
    const office = await testOffice()
    const children = await office.children(office.citizen(), 7)
    expect(await refusal(keep(office, office.citizen(), "12:00", { for: children }))).toMatchObject({
      code: "too_many_people",
      details: { most: 6 },
    })
  })
})

describe("what cannot be held", () => {
  test("is refused by its name, and leaves nothing behind", async () => {
    const office = await testOffice({ more: [{ code: "MED-CIV", lines: [{ code: "CIV" }] }] })
    const no = async (time: string, more: Partial<WantedHold> = {}) =>
      (await refusal(keep(office, office.citizen(), time, more))).code
    expect(await no("09:00")).toBe("slot_past")
    expect(await no("10:00")).toBe("slot_past")
    expect(await no("10:45")).toBe("too_soon")
    expect(await no("11:07")).toBe("slot_unknown")
    expect(await no("15:00")).toBe("office_closed")
    expect(await no("14:15", { service: "PAS-04" })).toBe("office_closed")
    expect(await no("12:00", { slot: office.slot("11:00", { on: "2026-11-27" }) })).toBe("office_closed")
    expect(await no("12:00", { slot: office.slot("11:00", { on: "2026-12-23" }) })).toBe("too_far")
    expect(await no("12:00", { slot: "RUH-RML.PAS.20991231T0800" })).toBe("too_far")
    expect(await no("12:00", { slot: "RUH-RML.PAS.99991231T0800" })).toBe("slot_unknown")
    expect(await no("12:00", { slot: "RUH-RML.PAS.20261122T9900" })).toBe("slot_unknown")
    expect(await no("12:00", { slot: "'; drop table slot; --" })).toBe("slot_unknown")
    expect(await no("12:00", { slot: office.slot("12:00", { line: "RES" }) })).toBe("slot_unknown")
    expect(await no("12:00", { slot: office.slot("12:00", { office: "MED-CIV" }) })).toBe("slot_unknown")
    expect(await no("12:00", { service: "CIV-01" })).toBe("service_not_here")
    expect(await no("12:00", { service: "PAS-02" })).toBe("service_online_only")
    expect(await no("12:00", { service: "PAS-99" })).toBe("not_found")
    expect(await no("12:00", { office: "NOWHERE" })).toBe("not_found")
    expect(await office.store.db.select().from(slots)).toEqual([])
    expect(await office.facts("hold.made")).toEqual([])
  })

  test("the last day of the window can be held, after midnight too", async () => {
    const office = await testOffice({ furthestDays: 2, hours: [{ rrule: "FREQ=DAILY", start: "21:00", minutes: 240 }] })
    const lastNight = office.slot("00:30", { on: "2026-11-25" })
    expect((await keep(office, office.citizen(), "21:00", { slot: lastNight })).day as string).toBe("2026-11-24")
    const beyond = office.slot("21:00", { on: "2026-11-25" })
    expect((await refusal(keep(office, office.citizen(), "21:00", { slot: beyond }))).code).toBe("too_far")
  })
})

describe("giving up and running out", () => {
  test("a hold given up frees its place at once", async () => {
    const office = await testOffice(narrow)
    const kept = await keep(office, office.citizen(1), "11:30")
    await office.write((tx) => releaseHold(tx, office.citizen(1), kept.id))
    await keep(office, office.citizen(2), "11:30")
    expect(await office.facts("hold.released")).toHaveLength(1)
    // Pressing twice is no mistake.
    await office.write((tx) => releaseHold(tx, office.citizen(1), kept.id))
    expect(await office.facts("hold.released")).toHaveLength(1)
  })

  test("nobody gives up another's hold, or learns that there is one", async () => {
    const office = await testOffice()
    const kept = await keep(office, office.citizen(1), "11:30")
    const others = await refusal(office.write((tx) => releaseHold(tx, office.citizen(2), kept.id)))
    const none = await refusal(office.write((tx) => releaseHold(tx, office.citizen(2), "no such hold")))
    expect([others.code, others.details]).toEqual([none.code, none.details])
  })

  test("the job says once of each hold that it has run out", async () => {
    const office = await testOffice()
    const kept = await keep(office, office.citizen(1), "11:30")
    office.clock.advance(minute)
    await keep(office, office.citizen(2), "11:30")
    office.clock.set(kept.until)
    expect(await office.write((tx) => expireHolds(tx, "RUH-RML"))).toBe(1)
    expect(await office.write((tx) => expireHolds(tx, "RUH-RML"))).toBe(0)
    const said = await office.facts("hold.expired")
    expect(said.map(({ body }) => body.hold)).toEqual([kept.id])
  })

  test("holding alone takes nothing for good", async () => {
    const office = await testOffice()
    await keep(office, office.citizen(), "11:30")
    const [row] = await office.store.db
      .select()
      .from(slots)
      .where(eq(slots.startsAt, office.at("11:30")))
    expect(row?.taken).toBe(0)
  })
})
