import { describe, expect, test } from "bun:test"
import { heldBack, slots } from "../../../db/schema/availability.ts"
import { addDays, day, minute } from "../../base/day.ts"
import { refusal, type TestOffice, testOffice } from "../../testing/office.ts"
import type { Citizen, Staff } from "../access/subject.ts"
import { hold, releaseHold } from "../availability/holds.ts"
import { nearestAlternatives, slotsOffered } from "../availability/reads.ts"
import { closeDay } from "./day-changes.ts"
import { accept, decline } from "./requests.ts"
import { book, cancel, move } from "./writes.ts"

/* A place that was given up is nobody's to hand on: the public is offered it after a while that chance has drawn. */

const plan = { releaseMinutes: [20, 20] as [number, number], lines: [{ code: "PAS", public: 1, staffExtra: 0 }] }

const make = (office: TestOffice, citizen: Citizen, time: string, service = "PAS-01", by?: Staff) =>
  office.write((tx) => book(tx, citizen, { office: office.code, service, slot: office.slot(time) }, by))

const keep = (office: TestOffice, citizen: Citizen, time: string, service = "PAS-01") =>
  office.write((tx) => hold(tx, citizen, { office: office.code, service, slot: office.slot(time) }))

const asked = (office: TestOffice, service = "PAS-01") => ({
  office: office.code,
  service,
  from: office.today,
  days: 1,
  now: office.clock.office(),
})

async function freeAt(office: TestOffice, time: string, more = {}): Promise<number | undefined> {
  const { days } = await slotsOffered(office.store, { ...asked(office), ...more })
  return days[0]?.slots.find(({ id }) => id === office.slot(time))?.free
}

describe("a cancelled place", () => {
  test("is offered to nobody a second later, and to everybody once its time has come, without any job", async () => {
    const office = await testOffice(plan)
    const made = await make(office, office.citizen(1), "12:00")
    await office.write((tx) => cancel(tx, office.citizen(1), made.id))
    office.clock.advance(1000)
    expect(await freeAt(office, "12:00")).toBe(0)
    expect((await refusal(make(office, office.citizen(2), "12:00"))).code).toBe("slot_full")
    expect((await refusal(keep(office, office.citizen(3), "12:00"))).code).toBe("slot_full")
    office.clock.set(office.at("10:20") - 1)
    expect((await refusal(make(office, office.citizen(2), "12:00"))).code).toBe("slot_full")
    office.clock.set(office.at("10:20"))
    expect(await freeAt(office, "12:00")).toBe(1)
    await make(office, office.citizen(2), "12:00")
    expect((await refusal(make(office, office.citizen(3), "12:00"))).code).toBe("slot_full")
  })

  test("is not among the nearest alternatives meanwhile", async () => {
    const office = await testOffice(plan)
    const made = await make(office, office.citizen(1), "12:00")
    await office.write((tx) => cancel(tx, office.citizen(1), made.id))
    const around = office.at("12:00")
    const near = async () => (await nearestAlternatives(office.store, { ...asked(office), around })).map(({ id }) => id)
    expect(await near()).toEqual(["11:30", "11:45", "12:15"].map((time) => office.slot(time)))
    office.clock.set(office.at("10:20"))
    expect(await near()).toEqual(["11:45", "12:00", "12:15"].map((time) => office.slot(time)))
  })

  test("of tomorrow ends a page that shows tomorrow's times when it comes free", async () => {
    const office = await testOffice(plan)
    const slot = office.slot("09:00", { on: "2026-11-23" })
    const made = await office.write((tx) =>
      book(tx, office.citizen(1), { office: office.code, service: "PAS-01", slot }),
    )
    await office.write((tx) => cancel(tx, office.citizen(1), made.id))
    const { validUntil } = await slotsOffered(office.store, { ...asked(office), from: addDays(office.today, 1) })
    expect(validUntil).toBe(office.at("10:20"))
  })

  test("is no sooner the one's who gave it up", async () => {
    const office = await testOffice(plan)
    const made = await make(office, office.citizen(1), "12:00")
    await office.write((tx) => cancel(tx, office.citizen(1), made.id))
    expect((await refusal(make(office, office.citizen(1), "12:00"))).code).toBe("slot_full")
  })

  test("is the staff's at once, and then nobody else's", async () => {
    const office = await testOffice(plan)
    const made = await make(office, office.citizen(1), "12:00")
    await office.write((tx) => cancel(tx, office.supervisor(), made.id, "phoned"))
    expect(await freeAt(office, "12:00", { forStaff: true })).toBe(1)
    await make(office, office.citizen(2), "12:00", "PAS-01", office.agent())
    expect(await freeAt(office, "12:00", { forStaff: true })).toBe(0)
    office.clock.set(office.at("10:20"))
    expect((await refusal(make(office, office.citizen(3), "12:00"))).code).toBe("slot_full")
  })

  test("comes back at a moment between the office's two bounds, a different one each time", async () => {
    const office = await testOffice({ releaseMinutes: [5, 30] })
    const moments = new Set<number>()
    for (const citizen of office.citizens(12)) {
      const slot = office.slot("09:00", { on: "2026-11-24" })
      const wanted = { office: office.code, service: "PAS-01", slot }
      const made = await office.write((tx) => book(tx, citizen, wanted, office.agent()))
      await office.write((tx) => cancel(tx, citizen, made.id))
    }
    for (const { body } of await office.facts("booking.cancelled")) {
      expect(body.heldBackUntil).toBeGreaterThanOrEqual(office.at("10:05"))
      expect(body.heldBackUntil).toBeLessThan(office.at("10:30"))
      moments.add(body.heldBackUntil ?? 0)
    }
    expect(moments.size).toBeGreaterThan(6)
  })

  test("of today comes back while half of the time to book it is left, and one that is too near at once", async () => {
    const office = await testOffice({ ...plan, soonestMinutes: 60 })
    const made = await make(office, office.citizen(1), "11:15")
    await office.write((tx) => cancel(tx, office.citizen(1), made.id))
    // It can be booked until 10:15: a quarter of an hour is left, and half of it is kept for others.
    expect((await office.facts("booking.cancelled"))[0]?.body.heldBackUntil).toBe(office.at("10:00") + 7.5 * minute)
    const near = await make(office, office.citizen(2), "12:00")
    office.clock.set(office.at("11:30"))
    await office.write((tx) => cancel(tx, office.citizen(2), near.id))
    expect((await office.facts("booking.cancelled"))[1]?.body.heldBackUntil).toBeNull()
  })

  test("of a day that is closed for all is nobody's, and of a day that opens again comes back in its time", async () => {
    const office = await testOffice(plan)
    const made = await make(office, office.citizen(1), "12:00")
    await office.write((tx) => closeDay(tx, office.supervisor(), { office: office.code, day: office.today }))
    await office.write((tx) => cancel(tx, office.citizen(1), made.id))
    expect((await refusal(make(office, office.citizen(2), "12:00", "PAS-01", office.agent()))).code).toBe(
      "office_closed",
    )
  })
})

describe("what else gives places up", () => {
  test("a move holds the old place back in the same manner, and says so", async () => {
    const office = await testOffice(plan)
    const made = await make(office, office.citizen(1), "12:00")
    await office.write((tx) => move(tx, office.citizen(1), made.id, office.slot("13:00")))
    expect((await office.facts("booking.moved"))[0]?.body.heldBackUntil).toBe(office.at("10:20"))
    expect((await refusal(make(office, office.citizen(2), "12:00"))).code).toBe("slot_full")
    office.clock.set(office.at("10:20"))
    await make(office, office.citizen(2), "12:00")
  })

  test("a move by one slot holds back only the slot that it leaves", async () => {
    const office = await testOffice(plan)
    const made = await make(office, office.citizen(1), "12:00", "PAS-04")
    await office.write((tx) => move(tx, office.citizen(1), made.id, office.slot("12:15")))
    const back = await office.store.db.select().from(heldBack)
    expect(back.map(({ startsAt, width }) => [startsAt, width])).toEqual([[office.at("12:00"), 1]])
    // And the way back is no shorter for the one who left it.
    const no = await refusal(office.write((tx) => move(tx, office.citizen(1), made.id, office.slot("12:00"))))
    expect(no.code).toBe("slot_full")
  })

  test("a request that the office declines is held back as well", async () => {
    const office = await testOffice({ ...plan, mode: "request" })
    const made = await make(office, office.citizen(1), "12:00")
    await office.write((tx) => decline(tx, office.agent(), made.id, "no"))
    expect((await office.facts("booking.declined"))[0]?.body.heldBackUntil).toBe(office.at("10:20"))
    expect((await refusal(make(office, office.citizen(2), "12:00"))).code).toBe("slot_full")
  })

  test("a mere hold that is given up is free at once", async () => {
    const office = await testOffice(plan)
    const kept = await keep(office, office.citizen(1), "12:00")
    await office.write((tx) => releaseHold(tx, office.citizen(1), kept.id))
    await make(office, office.citizen(2), "12:00")
  })
})

describe("a place that is kept for somebody is that person's", () => {
  test("though staff have meanwhile filled the slot with a place of theirs", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 1, staffExtra: 1 }] })
    const kept = await keep(office, office.citizen(1), "12:00")
    await make(office, office.citizen(2), "12:00", "PAS-01", office.agent())
    const made = await office.write((tx) => book(tx, office.citizen(1), { hold: kept.id }))
    expect(made.startsAt).toBe(office.at("12:00"))
    const [row] = (await office.store.db.select().from(slots)).filter(({ startsAt }) => startsAt === made.startsAt)
    expect(row?.taken).toBe(2)
  })

  test("though a place beside it was cancelled and taken by staff while it was held back", async () => {
    const office = await testOffice({ ...plan, lines: [{ code: "PAS", public: 2, staffExtra: 0 }] })
    const made = await make(office, office.citizen(1), "12:00")
    const kept = await keep(office, office.citizen(2), "12:00")
    await office.write((tx) => cancel(tx, office.citizen(1), made.id))
    await make(office, office.citizen(3), "12:00", "PAS-01", office.agent())
    await office.write((tx) => book(tx, office.citizen(2), { hold: kept.id }))
    expect((await refusal(make(office, office.citizen(4), "12:00", "PAS-01", office.agent()))).code).toBe("slot_full")
  })

  test("but not when the hold has run out and others have come first", async () => {
    const office = await testOffice(plan)
    const kept = await keep(office, office.citizen(1), "12:00")
    office.clock.set(kept.until)
    await make(office, office.citizen(2), "12:00")
    expect((await refusal(office.write((tx) => book(tx, office.citizen(1), { hold: kept.id })))).code).toBe(
      "hold_expired",
    )
  })

  test("and gives no right to a time beside it", async () => {
    const office = await testOffice(plan)
    await make(office, office.citizen(2), "12:15")
    await keep(office, office.citizen(1), "12:00")
    expect((await refusal(make(office, office.citizen(1), "12:00", "PAS-04"))).code).toBe("slot_full")
    expect((await refusal(make(office, office.citizen(1), "12:15"))).code).toBe("slot_full")
  })
})

describe("the list for a move", () => {
  test("shows the times that the booking's own places make possible, and not its own time", async () => {
    const office = await testOffice(plan)
    const made = await make(office, office.citizen(1), "12:00", "PAS-04")
    await make(office, office.citizen(2), "11:30", "PAS-04")
    const looks = { service: "PAS-04", moving: made }
    expect(await freeAt(office, "12:15", { service: "PAS-04" })).toBe(0)
    expect(await freeAt(office, "12:15", looks)).toBe(1)
    expect(await freeAt(office, "11:45", looks)).toBe(0)
    expect(await freeAt(office, "12:00", looks)).toBe(0)
    await office.write((tx) => move(tx, office.citizen(1), made.id, office.slot("12:15")))
  })

  test("and the alternatives of a move that is refused do not name the time that one has", async () => {
    const office = await testOffice(plan)
    const made = await make(office, office.citizen(1), "12:00", "PAS-04")
    await make(office, office.citizen(2), "12:30", "PAS-04")
    const no = await refusal(office.write((tx) => move(tx, office.citizen(1), made.id, office.slot("12:15"))))
    const ids = (no.details["alternatives"] as { id: string }[]).map(({ id }) => id)
    expect(ids).toEqual(["11:30", "11:45", "13:00"].map((time) => office.slot(time)))
    await office.write((tx) => move(tx, office.citizen(1), made.id, ids[1] ?? ""))
  })

  test("knows that one's own slot stays one's own where staff have filled it beyond the public's places", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 1, staffExtra: 1 }] })
    const made = await make(office, office.citizen(1), "12:00", "PAS-04")
    await make(office, office.citizen(2), "12:15", "PAS-01", office.agent())
    expect(await freeAt(office, "12:15", { service: "PAS-04", moving: made })).toBe(1)
    await office.write((tx) => move(tx, office.citizen(1), made.id, office.slot("12:15")))
  })
})

test("what is held back can be told from the facts alone", async () => {
  const office = await testOffice({ releaseMinutes: [5, 30], lines: [{ code: "PAS", public: 3 }], mode: "request" })
  const made = []
  for (const [index, time] of ["12:00", "12:15", "12:30", "13:00"].entries()) {
    made.push(await make(office, office.citizen(index + 1), time, "PAS-04"))
  }
  const [first, second, third, fourth] = made.map(({ id }) => id)
  await office.write((tx) => cancel(tx, office.citizen(1), first ?? ""))
  await office.write((tx) => decline(tx, office.agent(), second ?? "", "no"))
  await office.write((tx) => accept(tx, office.agent(), third ?? ""))
  await office.write((tx) => move(tx, office.agent(), third ?? "", office.slot("12:45")))
  await office.write((tx) => move(tx, office.citizen(4), fourth ?? "", office.slot("09:00", { on: day("2026-11-23") })))
  expect(await heldBackByFacts(office)).toEqual(await heldBackByRows(office))
  expect((await heldBackByRows(office)).length).toBe(7)
})

async function heldBackByRows(office: TestOffice) {
  const rows = await office.store.db.select().from(heldBack)
  return rows.map(({ startsAt, width, releaseAt }) => `${startsAt} ${width} ${releaseAt}`).sort()
}

/** The places that are held back, from nothing but what was said. */
async function heldBackByFacts(office: TestOffice) {
  interface Told {
    startsAt: number
    endsAt: number
    width: number
    length: number
  }
  const standing = new Map<string, Told>()
  const found: string[] = []
  const giveUp = (given: Told | undefined, until: number | null, still?: Told) => {
    if (!given || until === null) return
    const step = (given.endsAt - given.startsAt) / given.length
    for (let start = given.startsAt; start < given.endsAt; start += step) {
      const stays = still !== undefined && still.startsAt <= start && start < still.endsAt
      if (!stays) found.push(`${start} ${given.width} ${until}`)
    }
  }
  for (const fact of await office.facts()) {
    if (fact.kind === "booking.requested") standing.set(fact.body.booking, fact.body)
    if (fact.kind === "booking.moved") {
      giveUp(standing.get(fact.body.booking), fact.body.heldBackUntil, fact.body)
      standing.set(fact.body.booking, fact.body)
    }
    if (fact.kind === "booking.cancelled" || fact.kind === "booking.declined") {
      giveUp(standing.get(fact.body.booking), fact.body.heldBackUntil)
    }
  }
  return found.sort()
}
