import { describe, expect, test } from "bun:test"
import { and, eq } from "drizzle-orm"
import { slots } from "../../../db/schema/availability.ts"
import { bookings } from "../../../db/schema/bookings.ts"
import { relations } from "../../../db/schema/people.ts"
import { minute } from "../../base/day.ts"
import { isBookingCode } from "../../base/id.ts"
import { granted, refusal, refusedWith, type TestOffice, testOffice } from "../../testing/office.ts"
import type { Citizen } from "../access/subject.ts"
import { hold, liveHold, type WantedHold } from "../availability/holds.ts"
import { bookingByCode, bookingFor, bookingsOf } from "./reads.ts"
import { type Booker, book, cancel } from "./writes.ts"

const wanted = (office: TestOffice, time: string, more: Partial<WantedHold> = {}): WantedHold => ({
  office: "RUH-RML",
  service: "PAS-01",
  slot: office.slot(time),
  ...more,
})

const ask = (office: TestOffice, citizen: Citizen, time: string, more: Partial<WantedHold> = {}, by?: Booker) =>
  office.write((tx) => book(tx, citizen, wanted(office, time, more), by))

const keep = (office: TestOffice, citizen: Citizen, time: string, more: Partial<WantedHold> = {}) =>
  office.write((tx) => hold(tx, citizen, wanted(office, time, more)))

const confirm = (office: TestOffice, citizen: Citizen, id: string) =>
  office.write((tx) => book(tx, citizen, { hold: id }))

async function takenAt(office: TestOffice, time: string): Promise<number> {
  const here = and(eq(slots.startsAt, office.at(time)), eq(slots.line, "PAS"))
  const [row] = await office.store.db.select().from(slots).where(here)
  return row?.taken ?? 0
}

const narrow = { lines: [{ code: "PAS", public: 1, staffExtra: 0 }] }

describe("the last place", () => {
  test("goes to one citizen, however many ask at once", async () => {
    const office = await testOffice({ citizens: 200, lines: [{ code: "PAS", public: 5 }] })
    const settled = await Promise.allSettled(office.citizens(200).map((citizen) => ask(office, citizen, "11:30")))
    expect(granted(settled)).toHaveLength(5)
    expect(refusedWith(settled)).toEqual(Array.from({ length: 195 }, () => "slot_full"))
    await office.restart()
    expect(await takenAt(office, "11:30")).toBe(5)
    expect(await office.store.db.select().from(bookings)).toHaveLength(5)
  })

  test("is not gone when its slot's first touch is refused: the refused turn leaves nothing", async () => {
    const office = await testOffice(narrow)
    expect((await refusal(ask(office, office.citizen(1), "14:15", { service: "PAS-04" }))).code).toBe("office_closed")
    await ask(office, office.citizen(1), "14:15")
  })

  test("between two visits of two slots that share one goes to one of them, whole", async () => {
    const office = await testOffice(narrow)
    const settled = await Promise.allSettled([
      ask(office, office.citizen(1), "11:30", { service: "PAS-04" }),
      ask(office, office.citizen(2), "11:45", { service: "PAS-04" }),
    ])
    expect(granted(settled)).toHaveLength(1)
    expect(await takenAt(office, "11:30")).toBe(1)
    expect(await takenAt(office, "11:45")).toBe(1)
    expect(await takenAt(office, "12:00")).toBe(0)
  })

  test("is refused with the three nearest that are free, and nobody is told more than that", async () => {
    const office = await testOffice(narrow)
    await ask(office, office.citizen(1), "11:30")
    const no = await refusal(ask(office, office.citizen(2), "11:30"))
    const ids = (no.details["alternatives"] as { id: string }[]).map(({ id }) => id)
    expect(ids).toEqual(["11:00", "11:15", "11:45"].map((time) => office.slot(time)))
  })
})

describe("a booking", () => {
  test("stands at once, with a code of ten digits, and the fact holds all that its row needs", async () => {
    const office = await testOffice()
    const made = await ask(office, office.citizen(), "11:30", { service: "PAS-04" })
    expect(made).toMatchObject({
      state: "confirmed",
      day: office.today,
      startsAt: office.at("11:30"),
      endsAt: office.at("12:00"),
      who: [office.citizen().id],
      madeBy: "citizen",
    })
    expect(isBookingCode(made.code)).toBe(true)
    expect(await bookingByCode(office.store, made.code)).toMatchObject({ id: made.id })
    const [said] = await office.facts("booking.made")
    expect(said).toMatchObject({
      subject: office.citizen().id,
      body: {
        booking: made.id,
        line: "PAS",
        startsAt: made.startsAt,
        endsAt: made.endsAt,
        width: 1,
        length: 2,
        people: made.who,
      },
    })
    expect(JSON.stringify(said)).not.toContain(made.code)
  })

  test("of a hold uses the hold's own place, also when it was the last", async () => {
    const office = await testOffice(narrow)
    const kept = await keep(office, office.citizen(), "11:30")
    const made = await confirm(office, office.citizen(), kept.id)
    expect(made.startsAt).toBe(office.at("11:30"))
    expect(await takenAt(office, "11:30")).toBe(1)
    expect(await liveHold(office.store, office.citizen().id, "PAS-01", office.clock.office())).toBeNull()
  })

  test("confirmed twice is one booking: the second answer is the first", async () => {
    const office = await testOffice()
    const kept = await keep(office, office.citizen(), "11:30")
    const [first, second] = await Promise.all([
      confirm(office, office.citizen(), kept.id),
      confirm(office, office.citizen(), kept.id),
    ])
    expect(second).toEqual(first)
    expect(await takenAt(office, "11:30")).toBe(1)
    expect(await office.facts("booking.made")).toHaveLength(1)
  })

  test("made straight away takes the place that the same person holds for it", async () => {
    const office = await testOffice(narrow)
    const kept = await keep(office, office.citizen(), "11:30")
    const made = await ask(office, office.citizen(), "11:30")
    expect(await confirm(office, office.citizen(), kept.id)).toEqual(made)
  })

  test("can be held for a time that is not early enough any more when the form is sent", async () => {
    const office = await testOffice()
    const kept = await keep(office, office.citizen(), "11:00")
    office.clock.advance(8 * minute)
    expect((await confirm(office, office.citizen(), kept.id)).startsAt).toBe(office.at("11:00"))
  })

  test("of a hold that another tab has moved is refused, and says which hold stands", async () => {
    const office = await testOffice()
    const first = await keep(office, office.citizen(), "11:30")
    const second = await keep(office, office.citizen(), "12:00")
    expect(await refusal(confirm(office, office.citizen(), first.id))).toMatchObject({
      code: "hold_gone",
      details: { now: { hold: second.id, startsAt: second.startsAt } },
    })
  })

  test("of a hold that ran out while another tab took a new one is refused as well", async () => {
    const office = await testOffice()
    const first = await keep(office, office.citizen(), "12:00")
    office.clock.set(first.until)
    const second = await keep(office, office.citizen(), "12:30")
    expect(await refusal(confirm(office, office.citizen(), first.id))).toMatchObject({
      code: "hold_gone",
      details: { now: { hold: second.id } },
    })
    expect((await confirm(office, office.citizen(), second.id)).startsAt).toBe(office.at("12:30"))
  })

  test("of another person's hold is not found", async () => {
    const office = await testOffice()
    const kept = await keep(office, office.citizen(1), "11:30")
    expect((await refusal(confirm(office, office.citizen(2), kept.id))).code).toBe("not_found")
  })

  test("at 00:45 of a night's session belongs to the day on which the session began", async () => {
    const office = await testOffice({ hours: [{ rrule: "FREQ=DAILY", start: "21:00", minutes: 300 }] })
    const slot = office.slot("00:45", { on: "2026-11-23" })
    const made = await ask(office, office.citizen(), "12:00", { slot, service: "PAS-04" })
    expect([made.day as string, made.startsAt]).toEqual(["2026-11-22", office.at("00:45", "2026-11-23")])
  })

  test("after midnight of the last night of the window can be had, the next evening cannot", async () => {
    const office = await testOffice({ furthestDays: 2, hours: [{ rrule: "FREQ=DAILY", start: "21:00", minutes: 240 }] })
    const beyond = office.slot("21:00", { on: "2026-11-25" })
    expect((await refusal(ask(office, office.citizen(), "21:00", { slot: beyond }))).code).toBe("too_far")
    const lastNight = office.slot("00:30", { on: "2026-11-25" })
    expect((await ask(office, office.citizen(), "21:00", { slot: lastNight })).day as string).toBe("2026-11-24")
  })

  test("in an hour that the clocks repeat takes that hour and not its twin", async () => {
    const office = await testOffice({
      code: "BER-MIS",
      zone: "Europe/Berlin",
      now: "2026-10-24T10:00",
      hours: [{ rrule: "FREQ=DAILY", start: "00:00", minutes: 240 }],
      lines: [{ code: "PAS", public: 1 }],
    })
    // 02:30 summer time and, an hour later, 02:30 winter time.
    for (const [index, id] of ["BER-MIS.PAS.20261025T0030", "BER-MIS.PAS.20261025T0130"].entries()) {
      const made = await ask(office, office.citizen(index + 1), "12:00", { office: "BER-MIS", slot: id })
      expect(made.day as string).toBe("2026-10-25")
    }
  })
})

describe("a late confirm", () => {
  test("still succeeds while there is room", async () => {
    const office = await testOffice(narrow)
    const kept = await keep(office, office.citizen(), "12:00")
    office.clock.set(kept.until + minute)
    expect((await confirm(office, office.citizen(), kept.id)).startsAt).toBe(office.at("12:00"))
  })

  test("after another has taken the place is refused with three alternatives", async () => {
    const office = await testOffice(narrow)
    const kept = await keep(office, office.citizen(1), "12:00")
    office.clock.set(kept.until)
    await ask(office, office.citizen(2), "12:00")
    const no = await refusal(confirm(office, office.citizen(1), kept.id))
    expect(no.code).toBe("hold_expired")
    expect((no.details["alternatives"] as { id: string }[]).map(({ id }) => id)).toEqual(
      ["11:30", "11:45", "12:15"].map((time) => office.slot(time)),
    )
  })

  test("too late for the time itself is refused with three alternatives", async () => {
    const office = await testOffice()
    const kept = await keep(office, office.citizen(), "11:00")
    office.clock.set(office.at("11:05"))
    const no = await refusal(confirm(office, office.citizen(), kept.id))
    expect(no.code).toBe("hold_expired")
    expect(no.details["alternatives"]).toHaveLength(3)
  })
})

test("a hold that ran out gives no right to act that has ended since", async () => {
  const office = await testOffice()
  const [child = ""] = await office.children(office.citizen(), 1)
  const kept = await keep(office, office.citizen(), "12:30", { for: [child] })
  await office.write(async (tx) => {
    await tx.db.update(relations).set({ until: kept.until }).where(eq(relations.dependant, child))
  })
  office.clock.set(kept.until)
  expect((await refusal(confirm(office, office.citizen(), kept.id))).code).toBe("right_ended")
})

describe("a family", () => {
  test("of a mother and three children is one booking with four places", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 4 }] })
    const children = await office.children(office.citizen(), 3)
    const made = await ask(office, office.citizen(), "11:30", { for: [office.citizen().id, ...children] })
    expect(made).toMatchObject({ people: 4, width: 4, length: 1 })
    expect(await takenAt(office, "11:30")).toBe(4)
    expect((await bookingFor(office.store, office.citizen(), made.id, office.clock.office())).who.toSorted()).toEqual(
      made.who.toSorted(),
    )
    expect((await refusal(ask(office, office.citizen(2), "11:30"))).code).toBe("slot_full")
  })

  test("larger than a slot takes the next slots too, all or none", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 2, staffExtra: 0 }] })
    const children = await office.children(office.citizen(), 4)
    await ask(office, office.citizen(2), "11:45")
    expect((await refusal(ask(office, office.citizen(), "11:30", { for: children }))).code).toBe("slot_full")
    expect(await takenAt(office, "11:30")).toBe(0)
    expect(await ask(office, office.citizen(), "12:00", { for: children })).toMatchObject({ width: 2, length: 2 })
  })

  test("does not block its members: the mother has a visit of her own beside the child's", async () => {
    const office = await testOffice()
    const [child = ""] = await office.children(office.citizen(), 1)
    await ask(office, office.citizen(), "11:30", { for: [child] })
    await ask(office, office.citizen(), "12:00")
    expect((await refusal(ask(office, office.citizen(), "12:30", { for: [child] }))).code).toBe("already_booked")
  })

  test("ends where the right to act has ended", async () => {
    const office = await testOffice()
    const [child = ""] = await office.children(office.citizen(), 1)
    const until = office.clock.office()
    await office.write(async (tx) => {
      await tx.db.update(relations).set({ until }).where(eq(relations.dependant, child))
    })
    expect((await refusal(ask(office, office.citizen(), "11:30", { for: [child] }))).code).toBe("right_ended")
  })
})

describe("limits", () => {
  test("one open booking a service, however many tabs confirm at once", async () => {
    const office = await testOffice()
    const times = ["11:00", "11:15", "11:30", "11:45", "12:00"]
    const settled = await Promise.allSettled(times.map((time) => ask(office, office.citizen(), time)))
    expect(granted(settled)).toHaveLength(1)
    expect(refusedWith(settled)).toEqual(Array.from({ length: 4 }, () => "already_booked"))
    const taken = await office.store.db.select().from(slots)
    expect(taken.reduce((sum, row) => sum + row.taken, 0)).toBe(1)
  })

  test("three open bookings in all, however many tabs confirm at once", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 9 }] })
    const services = ["PAS-01", "PAS-04", "PAS-08", "PAS-10"]
    const settled = await Promise.allSettled(
      services.map((service) => ask(office, office.citizen(), "12:00", { service })),
    )
    expect(granted(settled)).toHaveLength(3)
    expect(refusedWith(settled)).toEqual(["limit_reached"])
  })

  test("are counted for the child, whichever parent books", async () => {
    const office = await testOffice()
    const [mother, father] = [office.citizen(1), office.citizen(2)]
    const [child = ""] = await office.children(mother, 1)
    await office.write(async (tx) => {
      await tx.db.insert(relations).values({ guardian: father.id, dependant: child, kind: "child", until: null })
    })
    const settled = await Promise.allSettled([
      ask(office, mother, "11:30", { for: [child] }),
      ask(office, father, "12:00", { for: [child] }),
    ])
    expect(granted(settled)).toHaveLength(1)
    expect(refusedWith(settled)).toEqual(["already_booked"])
    for (const service of ["PAS-04", "PAS-08"]) await ask(office, mother, "12:00", { service, for: [child] })
    const no = await refusal(ask(office, father, "12:00", { service: "PAS-10", for: [child] }))
    expect(no).toMatchObject({ code: "limit_reached", details: { person: child } })
  })

  test("count what is still being held for the person", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 9 }] })
    for (const service of ["PAS-01", "PAS-04"]) await ask(office, office.citizen(), "12:00", { service })
    await keep(office, office.citizen(), "12:00", { service: "PAS-08" })
    expect((await refusal(ask(office, office.citizen(), "12:00", { service: "PAS-10" }))).code).toBe("limit_reached")
  })

  test("make room again when a booking is cancelled", async () => {
    const office = await testOffice()
    const made = await ask(office, office.citizen(), "11:30")
    await office.write((tx) => cancel(tx, office.citizen(), made.id))
    await ask(office, office.citizen(), "12:00")
  })
})

describe("staff at the desk", () => {
  test("book for a citizen into the places that are theirs, and the public still sees none", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 1, staffExtra: 1 }] })
    await ask(office, office.citizen(1), "11:30")
    const made = await ask(office, office.citizen(2), "11:30", {}, office.agent())
    expect(made).toMatchObject({ person: office.citizen(2).id, madeBy: "agent" })
    expect((await refusal(ask(office, office.citizen(3), "11:30", {}, office.agent()))).code).toBe("slot_full")
    expect((await office.facts("booking.made"))[1]?.body.by).toBe(office.agent().id)
  })

  test("book what begins in a quarter of an hour, but nothing that has begun", async () => {
    const office = await testOffice()
    await ask(office, office.citizen(), "10:15", {}, office.agent())
    expect((await refusal(ask(office, office.citizen(), "10:00", {}, office.agent()))).code).toBe("slot_past")
  })

  test("of another office do not book here", async () => {
    const office = await testOffice({ more: [{ code: "RUH-QHK" }] })
    const stranger = office.agent(1, "RUH-QHK")
    expect((await refusal(ask(office, office.citizen(), "11:30", {}, stranger))).code).toBe("forbidden")
  })
})

describe("cancelling", () => {
  test("gives the place back at once, in an office that holds none back, and says so", async () => {
    const office = await testOffice(narrow)
    const made = await ask(office, office.citizen(1), "11:30")
    const ended = await office.write((tx) => cancel(tx, office.citizen(1), made.id, "  I am ill  "))
    expect(ended).toMatchObject({
      state: "cancelled",
      endedBy: "citizen",
      reason: "I am ill",
      endedAt: office.clock.office(),
    })
    expect(await takenAt(office, "11:30")).toBe(0)
    await ask(office, office.citizen(2), "11:30")
    const [said] = await office.facts("booking.cancelled")
    expect(said?.body).toEqual({
      booking: made.id,
      people: [office.citizen(1).id],
      by: office.citizen(1).id,
      endedBy: "citizen",
      heldBackUntil: null,
    })
  })

  test("is possible for the citizen until it starts, for the staff as long as nobody has come", async () => {
    const office = await testOffice()
    const made = await ask(office, office.citizen(), "11:30")
    office.clock.set(office.at("11:30"))
    expect((await refusal(office.write((tx) => cancel(tx, office.citizen(), made.id)))).code).toBe("wrong_state")
    expect(await office.write((tx) => cancel(tx, office.agent(), made.id, "phoned"))).toMatchObject({
      endedBy: "office",
    })
    const again = await refusal(office.write((tx) => cancel(tx, office.agent(), made.id)))
    expect(again).toMatchObject({ code: "wrong_state", details: { state: "cancelled" } })
    expect(await takenAt(office, "11:30")).toBe(0)
  })

  test("twice at the same moment frees one place, not two", async () => {
    const office = await testOffice()
    const made = await ask(office, office.citizen(1), "11:30")
    await ask(office, office.citizen(2), "11:30")
    const press = () => office.write((tx) => cancel(tx, office.citizen(1), made.id))
    const settled = await Promise.allSettled([press(), press()])
    expect(refusedWith(settled)).toEqual(["wrong_state"])
    expect(await takenAt(office, "11:30")).toBe(1)
  })

  test("another's booking is not found; another office's staff may not", async () => {
    const office = await testOffice({ more: [{ code: "RUH-QHK" }] })
    const made = await ask(office, office.citizen(1), "11:30")
    expect((await refusal(office.write((tx) => cancel(tx, office.citizen(2), made.id)))).code).toBe("not_found")
    const stranger = office.agent(1, "RUH-QHK")
    expect((await refusal(office.write((tx) => cancel(tx, stranger, made.id)))).code).toBe("forbidden")
  })
})

test("what a person has booked is listed with the open ones first", async () => {
  const office = await testOffice()
  const first = await ask(office, office.citizen(), "11:30")
  await office.write((tx) => cancel(tx, office.citizen(), first.id))
  const later = await ask(office, office.citizen(), "13:00")
  const sooner = await ask(office, office.citizen(), "12:00", { service: "PAS-04" })
  const listed = await bookingsOf(office.store, office.citizen().id, office.clock.office())
  expect(listed.map(({ id }) => id)).toEqual([sooner.id, later.id, first.id])
})
