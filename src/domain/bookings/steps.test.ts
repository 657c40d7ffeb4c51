import { describe, expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { type TestOffice, testOffice } from "../../testing/office.ts"
import type { Citizen } from "../access/subject.ts"
import { closeDay } from "./day-changes.ts"
import { bookingById } from "./reads.ts"
import { markMissed } from "./steps.ts"
import { book } from "./writes.ts"

const make = (office: TestOffice, citizen: Citizen, time: string, on?: string) =>
  office.write((tx) => book(tx, citizen, { office: "RUH-RML", service: "PAS-01", slot: office.slot(time, { on }) }))

const step = (office: TestOffice) => office.write((tx) => markMissed(tx, "RUH-RML"))

describe("a booking whose people have not come", () => {
  test("is missed when its session ends, not before: late costs, but there is no cliff", async () => {
    const office = await testOffice()
    const made = await make(office, office.citizen(), "11:30")
    office.clock.set(office.at("14:30") - minute)
    expect(await step(office)).toBe(0)
    office.clock.set(office.at("14:30"))
    expect(await step(office)).toBe(1)
    expect(await bookingById(office.store, made.id)).toMatchObject({ state: "missed", endedAt: office.clock.office() })
    expect(await office.facts("booking.missed")).toHaveLength(1)
    expect(await step(office)).toBe(0)
  })

  test("in a night's session is missed when the night's session ends", async () => {
    const office = await testOffice({ hours: [{ rrule: "FREQ=DAILY", start: "21:00", minutes: 240 }] })
    await make(office, office.citizen(), "23:30")
    office.clock.set(office.at("00:30", "2026-11-23"))
    expect(await step(office)).toBe(0)
    office.clock.set(office.at("01:00", "2026-11-23"))
    expect(await step(office)).toBe(1)
  })

  test("no longer stands in the way of the next one", async () => {
    const office = await testOffice()
    await make(office, office.citizen(), "11:30")
    office.clock.set(office.at("14:30"))
    await step(office)
    await make(office, office.citizen(), "09:00", "2026-11-24")
  })

  test("because the office closed that day has not been missed by them", async () => {
    const office = await testOffice()
    const made = await make(office, office.citizen(), "11:30")
    await office.write((tx) => closeDay(tx, office.supervisor(), { office: "RUH-RML", day: office.today }))
    office.clock.set(office.at("14:30"))
    expect(await step(office)).toBe(1)
    expect(await bookingById(office.store, made.id)).toMatchObject({ state: "cancelled", endedBy: "office" })
    expect(await office.facts("booking.missed")).toEqual([])
  })
})
