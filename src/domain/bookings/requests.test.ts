import { describe, expect, test } from "bun:test"
import { slots } from "../../../db/schema/availability.ts"
import { minute } from "../../base/day.ts"
import { refusal, type TestOffice, testOffice } from "../../testing/office.ts"
import type { Citizen } from "../access/subject.ts"
import { requestsOf } from "./reads.ts"
import { accept, acceptProposal, decline, propose } from "./requests.ts"
import { expireRequests } from "./steps.ts"
import { book, cancel, move } from "./writes.ts"

const mawid = { code: "JED-MUN", mode: "request" as const, lines: [{ code: "MUN", public: 1, staffExtra: 0 }] }

const request = (office: TestOffice, citizen: Citizen, time: string) =>
  office.write((tx) => book(tx, citizen, { office: "JED-MUN", service: "MUN-01", slot: office.slot(time) }))

async function takenIn(office: TestOffice): Promise<number> {
  const rows = await office.store.db.select().from(slots)
  return rows.reduce((sum, row) => sum + row.taken, 0)
}

describe("an office that answers first", () => {
  test("gets a request, whose places are taken while it thinks", async () => {
    const office = await testOffice(mawid)
    const asked = await request(office, office.citizen(1), "11:30")
    expect(asked.state).toBe("requested")
    expect(await requestsOf(office.store, "JED-MUN")).toHaveLength(1)
    expect((await refusal(request(office, office.citizen(2), "11:30"))).code).toBe("slot_full")
    expect(await office.facts("booking.requested")).toHaveLength(1)
  })

  test("says yes once", async () => {
    const office = await testOffice(mawid)
    const asked = await request(office, office.citizen(), "11:30")
    expect(await office.write((tx) => accept(tx, office.agent(), asked.id))).toMatchObject({
      state: "confirmed",
      who: asked.who,
    })
    expect((await refusal(office.write((tx) => accept(tx, office.agent(), asked.id)))).code).toBe("wrong_state")
    expect(await requestsOf(office.store, "JED-MUN")).toEqual([])
  })

  test("says no with its reason, and the person may ask anew", async () => {
    const office = await testOffice(mawid)
    const asked = await request(office, office.citizen(), "11:30")
    const speechless = await refusal(office.write((tx) => decline(tx, office.agent(), asked.id, "  ")))
    expect(speechless).toMatchObject({ code: "invalid_field", details: { field: "reason" } })
    const declined = await office.write((tx) => decline(tx, office.agent(), asked.id, "The plan is missing"))
    expect(declined).toMatchObject({ state: "cancelled", endedBy: "office", reason: "The plan is missing" })
    expect(await takenIn(office)).toBe(0)
    expect(JSON.stringify(await office.facts())).not.toContain("The plan is missing")
    await request(office, office.citizen(), "11:30")
  })

  test("proposes another time, and the person takes it", async () => {
    const office = await testOffice(mawid)
    const asked = await request(office, office.citizen(1), "11:30")
    const proposed = await office.write((tx) => propose(tx, office.agent(), asked.id, office.slot("13:00")))
    expect(proposed).toMatchObject({ state: "requested", proposed: true, startsAt: office.at("13:00") })
    // The first time is free for others; the proposed one is not.
    await request(office, office.citizen(2), "11:30")
    expect((await refusal(request(office, office.citizen(3), "13:00"))).code).toBe("slot_full")
    // The office does not answer for the person.
    expect((await refusal(office.write((tx) => accept(tx, office.agent(), asked.id)))).code).toBe("wrong_state")
    const taken = await office.write((tx) => acceptProposal(tx, office.citizen(1), asked.id))
    expect(taken).toMatchObject({ state: "confirmed", proposed: false, startsAt: office.at("13:00") })
  })

  test("proposes another time, and the person would rather not", async () => {
    const office = await testOffice(mawid)
    const asked = await request(office, office.citizen(), "11:30")
    await office.write((tx) => propose(tx, office.agent(), asked.id, office.slot("13:00")))
    expect((await refusal(office.write((tx) => acceptProposal(tx, office.citizen(2), asked.id)))).code).toBe(
      "not_found",
    )
    await office.write((tx) => cancel(tx, office.citizen(), asked.id))
    expect(await takenIn(office)).toBe(0)
  })

  test("is asked again when the person moves what had been confirmed", async () => {
    const office = await testOffice(mawid)
    const asked = await request(office, office.citizen(), "11:30")
    await office.write((tx) => accept(tx, office.agent(), asked.id))
    const moved = await office.write((tx) => move(tx, office.citizen(), asked.id, office.slot("13:00")))
    expect(moved.state).toBe("requested")
    const byStaff = await office.write((tx) => move(tx, office.agent(), asked.id, office.slot("13:30")))
    expect(byStaff.state).toBe("confirmed")
  })

  test("is not asked about what its own staff book", async () => {
    const office = await testOffice(mawid)
    const wanted = { office: "JED-MUN", service: "MUN-01", slot: office.slot("11:30") }
    expect((await office.write((tx) => book(tx, office.citizen(), wanted, office.agent()))).state).toBe("confirmed")
  })

  test("only answers what was asked of it", async () => {
    const office = await testOffice({ ...mawid, more: [{ code: "RUH-RML" }] })
    const asked = await request(office, office.citizen(), "11:30")
    const stranger = office.agent(1, "RUH-RML")
    for (const turn of [
      office.write((tx) => accept(tx, stranger, asked.id)),
      office.write((tx) => decline(tx, stranger, asked.id, "no")),
      office.write((tx) => propose(tx, stranger, asked.id, office.slot("13:00"))),
    ]) {
      expect((await refusal(turn)).code).toBe("forbidden")
    }
    expect((await refusal(office.write((tx) => acceptProposal(tx, office.citizen(), asked.id)))).code).toBe(
      "wrong_state",
    )
  })

  test("that never answers leaves nobody waiting beyond the time that was asked for", async () => {
    const office = await testOffice(mawid)
    const asked = await request(office, office.citizen(), "11:30")
    office.clock.set(office.at("11:30") - minute)
    expect(await office.write((tx) => expireRequests(tx, "JED-MUN"))).toBe(0)
    office.clock.set(office.at("11:30"))
    expect(await office.write((tx) => expireRequests(tx, "JED-MUN"))).toBe(1)
    const [said] = await office.facts("booking.cancelled")
    expect(said?.body).toEqual({ booking: asked.id, by: "time", endedBy: "time", heldBackUntil: null })
    expect(await takenIn(office)).toBe(0)
    await request(office, office.citizen(), "13:00")
  })
})
