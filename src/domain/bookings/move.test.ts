import { describe, expect, test } from "bun:test"
import { and, eq } from "drizzle-orm"
import { slots } from "../../../db/schema/availability.ts"
import { granted, refusal, refusedWith, type TestOffice, testOffice } from "../../testing/office.ts"
import type { Citizen, Staff } from "../access/subject.ts"
import { slotsOffered } from "../availability/reads.ts"
import { bookingById } from "./reads.ts"
import { book, cancel, move } from "./writes.ts"

const make = (office: TestOffice, citizen: Citizen, time: string, service = "PAS-01") =>
  office.write((tx) => book(tx, citizen, { office: "RUH-RML", service, slot: office.slot(time) }))

const moveTo = (office: TestOffice, actor: Citizen | Staff, id: string, time: string) =>
  office.write((tx) => move(tx, actor, id, office.slot(time)))

async function takenAt(office: TestOffice, time: string): Promise<number> {
  const here = and(eq(slots.startsAt, office.at(time)), eq(slots.line, "PAS"))
  const [row] = await office.store.db.select().from(slots).where(here)
  return row?.taken ?? 0
}

const narrow = { lines: [{ code: "PAS", public: 1, staffExtra: 1 }] }

describe("moving a booking", () => {
  test("takes the new place and frees the old, in one turn", async () => {
    const office = await testOffice(narrow)
    const made = await make(office, office.citizen(1), "11:30")
    const moved = await moveTo(office, office.citizen(1), made.id, "12:30")
    expect(moved).toMatchObject({
      id: made.id,
      code: made.code,
      state: "confirmed",
      startsAt: office.at("12:30"),
      who: made.who,
    })
    expect([await takenAt(office, "11:30"), await takenAt(office, "12:30")]).toEqual([0, 1])
    await make(office, office.citizen(2), "11:30")
    const [said] = await office.facts("booking.moved")
    expect(said?.body).toMatchObject({
      booking: made.id,
      from: office.at("11:30"),
      startsAt: office.at("12:30"),
      length: 1,
    })
  })

  test("to a full time is refused and leaves everything as it was", async () => {
    const office = await testOffice(narrow)
    const made = await make(office, office.citizen(1), "11:30")
    await make(office, office.citizen(2), "12:30")
    const before = await bookingById(office.store, made.id)
    expect((await refusal(moveTo(office, office.citizen(1), made.id, "12:30"))).code).toBe("slot_full")
    expect(await bookingById(office.store, made.id)).toEqual(before)
    expect([await takenAt(office, "11:30"), await takenAt(office, "12:30")]).toEqual([1, 1])
    expect(await office.facts("booking.moved")).toEqual([])
  })

  test("by one slot needs only the place that it does not have yet", async () => {
    const office = await testOffice(narrow)
    const made = await make(office, office.citizen(), "11:30", "PAS-04")
    await moveTo(office, office.citizen(), made.id, "11:45")
    expect(await Promise.all(["11:30", "11:45", "12:00"].map((time) => takenAt(office, time)))).toEqual([0, 1, 1])
  })

  test("never shows two places or none to anybody who looks, however many move at once", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 4 }] })
    const made = await Promise.all(
      office.citizens(8).map((citizen, index) => make(office, citizen, index < 4 ? "11:30" : "12:00")),
    )
    let looked = 0
    const stop = office.writer.onFacts(() => {
      looked++
    })
    const moves = made.map((booking, index) => {
      const citizen = office.citizen(index + 1)
      return moveTo(office, citizen, booking.id, index < 4 ? "12:30" : "13:00")
    })
    const total = async () => {
      const rows = await office.store.db.select().from(slots)
      return rows.reduce((sum, row) => sum + row.taken, 0)
    }
    const seen = await Promise.all(Array.from({ length: 20 }, total))
    await Promise.all(moves)
    stop()
    expect(looked).toBeGreaterThan(0)
    expect(new Set([...seen, await total()])).toEqual(new Set([8]))
  })

  test("to one last place goes to one of those who ask; the others keep what they had", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 3 }] })
    const made = await Promise.all(office.citizens(3).map((citizen) => make(office, citizen, "11:30")))
    await make(office, office.citizen(4), "12:30")
    await make(office, office.citizen(5), "12:30")
    const settled = await Promise.allSettled(
      made.map((booking, index) => moveTo(office, office.citizen(index + 1), booking.id, "12:30")),
    )
    expect(granted(settled)).toHaveLength(1)
    expect(refusedWith(settled)).toEqual(["slot_full", "slot_full"])
    expect([await takenAt(office, "11:30"), await takenAt(office, "12:30")]).toEqual([2, 3])
  })

  test("races with cancelling it: one of the two happens, and no place is left over", async () => {
    const office = await testOffice()
    const made = await make(office, office.citizen(), "11:30")
    const settled = await Promise.allSettled([
      office.write((tx) => cancel(tx, office.citizen(), made.id)),
      moveTo(office, office.citizen(), made.id, "12:30"),
    ])
    expect(refusedWith(settled)).toEqual(["wrong_state"])
    expect([await takenAt(office, "11:30"), await takenAt(office, "12:30")]).toEqual([0, 0])
  })

  test("to where it is is refused", async () => {
    const office = await testOffice()
    const made = await make(office, office.citizen(), "11:30")
    expect((await refusal(moveTo(office, office.citizen(), made.id, "11:30"))).code).toBe("same_slot")
  })

  test("to what cannot be booked is refused by its name", async () => {
    const office = await testOffice({ more: [{ code: "RUH-QHK" }] })
    const made = await make(office, office.citizen(), "11:30")
    const no = async (slot: string) =>
      (await refusal(office.write((tx) => move(tx, office.citizen(), made.id, slot)))).code
    expect(await no(office.slot("10:30"))).toBe("too_soon")
    expect(await no(office.slot("09:00"))).toBe("slot_past")
    expect(await no(office.slot("15:00"))).toBe("office_closed")
    expect(await no(office.slot("12:00", { line: "RES" }))).toBe("slot_unknown")
    expect(await no(office.slot("12:00", { office: "RUH-QHK" }))).toBe("slot_unknown")
  })

  test("belongs to its owner until it starts, and to the staff of its office", async () => {
    const office = await testOffice({ ...narrow, more: [{ code: "RUH-QHK" }] })
    const made = await make(office, office.citizen(1), "11:30")
    await make(office, office.citizen(2), "12:30")
    expect((await refusal(moveTo(office, office.citizen(2), made.id, "13:00"))).code).toBe("not_found")
    expect((await refusal(moveTo(office, office.agent(1, "RUH-QHK"), made.id, "13:00"))).code).toBe("forbidden")
    office.clock.set(office.at("11:30"))
    expect((await refusal(moveTo(office, office.citizen(1), made.id, "13:00"))).code).toBe("wrong_state")
    // The staff's own place of that slot.
    expect((await moveTo(office, office.agent(), made.id, "12:30")).startsAt).toBe(office.at("12:30"))
    expect(await takenAt(office, "12:30")).toBe(2)
    const offer = await slotsOffered(office.store, {
      office: "RUH-RML",
      service: "PAS-01",
      from: office.today,
      days: 1,
      now: office.clock.office(),
    })
    expect(offer.days[0]?.slots.find(({ id }) => id === office.slot("12:30"))?.free).toBe(0)
  })
})
