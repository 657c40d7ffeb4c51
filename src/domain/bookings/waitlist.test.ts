import { describe, expect, test } from "bun:test"
import { asc } from "drizzle-orm"
import type { AnyFact } from "../../../db/facts.ts"
import { heldBack, heldPlaces, holds } from "../../../db/schema/availability.ts"
import { bookings } from "../../../db/schema/bookings.ts"
import { type WaitRow, waitlist } from "../../../db/schema/waitlist.ts"
import type { Tx } from "../../../db/write.ts"
import { addDays, day, hour, minute } from "../../base/day.ts"
import { refusal, type TestOffice, type TestPlan, testOffice } from "../../testing/office.ts"
import type { Citizen } from "../access/subject.ts"
import { expireHolds, hold, releaseHold } from "../availability/holds.ts"
import { offerPlaces, returnToWaitlist } from "../availability/offers.ts"
import { changePlaces } from "../availability/places.ts"
import { slotsOffered } from "../availability/reads.ts"
import { joinWaitlist, leaveWaitlist, ownEntry, type WantedWait, waitsOf } from "../availability/waitlist.ts"
import { closeDay, restoreDay } from "./day-changes.ts"
import { takeOffer } from "./offered.ts"
import { decline } from "./requests.ts"
import { expireRequests } from "./steps.ts"
import { book, cancel, move } from "./writes.ts"

/* Who waits is offered what comes free, one after the other, before the public sees it. */

const tomorrow = day("2026-11-23")

/** A day of three times with a place each, tomorrow; held back for twenty minutes when given up. */
const small: TestPlan = {
  releaseMinutes: [20, 20],
  furthestDays: 1,
  hours: [{ rrule: "FREQ=WEEKLY;BYDAY=MO", start: "09:00", minutes: 45 }],
  lines: [{ code: "PAS", public: 1, staffExtra: 0 }],
}
const times = ["09:00", "09:15", "09:30"]

const slotAt = (office: TestOffice, time: string) => office.slot(time, { on: tomorrow })
const make = (office: TestOffice, citizen: Citizen, time: string, service = "PAS-01") =>
  office.write((tx) => book(tx, citizen, { office: office.code, service, slot: slotAt(office, time) }))
const join = (office: TestOffice, citizen: Citizen, more: Partial<WantedWait> = {}) =>
  office.write((tx) => joinWaitlist(tx, citizen, { office: office.code, service: "PAS-01", ...more }))
const job = (office: TestOffice) =>
  office.write(async (tx) => {
    await expireHolds(tx, office.code)
    return offerPlaces(tx, office.code)
  })
const take = (office: TestOffice, citizen: Citizen, id: string) => office.write((tx) => takeOffer(tx, citizen, id))

/** The office with every place of tomorrow booked, by citizens 1 to 3. */
async function full(more: TestPlan = {}) {
  const office = await testOffice({ ...small, ...more })
  const made = []
  for (const [index, time] of times.entries()) made.push(await make(office, office.citizen(index + 1), time))
  return { office, made: made.map(({ id }) => id) }
}

async function entryOf(office: TestOffice, { id }: WaitRow) {
  const row = (await office.store.db.select().from(waitlist)).find((one) => one.id === id)
  if (!row) throw new Error("no such entry")
  return row
}

async function offerOf(office: TestOffice, { person, id }: WaitRow) {
  const mine = await waitsOf(office.store, person, office.clock.office())
  return mine.find((one) => one.id === id)?.offer ?? null
}

async function freeTomorrow(office: TestOffice): Promise<number> {
  const asked = { office: office.code, service: "PAS-01", from: tomorrow, days: 1, now: office.clock.office() }
  const { days } = await slotsOffered(office.store, asked)
  return days.flatMap(({ slots }) => slots).reduce((sum, { free }) => sum + free, 0)
}

describe("a cancelled place, with people waiting", () => {
  test("is the first one's for a quarter of an hour once its time has come, then the next one's, then everybody's", async () => {
    const { office, made } = await full()
    const [first, second] = [await join(office, office.citizen(11)), await join(office, office.citizen(12))]
    await office.write((tx) => cancel(tx, office.citizen(2), made[1] ?? ""))
    expect(await job(office)).toBe(0)
    office.clock.set(office.at("10:20"))
    // The job has not come yet, and nobody gets in between.
    expect(await freeTomorrow(office)).toBe(0)
    expect((await refusal(make(office, office.citizen(20), "09:15"))).code).toBe("slot_full")
    expect(await job(office)).toBe(1)
    expect(await offerOf(office, first)).toMatchObject({
      startsAt: office.at("09:15", tomorrow),
      until: office.at("10:35"),
    })
    expect(await offerOf(office, second)).toBeNull()
    office.clock.set(office.at("10:35"))
    expect(await freeTomorrow(office)).toBe(0)
    expect(await job(office)).toBe(1)
    expect((await entryOf(office, first)).state).toBe("lapsed")
    expect(await offerOf(office, second)).toMatchObject({ until: office.at("10:50") })
    office.clock.set(office.at("10:50"))
    expect(await job(office)).toBe(0)
    expect(await freeTomorrow(office)).toBe(1)
    await make(office, office.citizen(20), "09:15")
    const said = (await office.facts()).filter(({ kind }) => kind.startsWith("waitlist."))
    expect(said.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      "waitlist.joined citizen-0011",
      "waitlist.joined citizen-0012",
      "waitlist.offered citizen-0011",
      "waitlist.lapsed citizen-0011",
      "waitlist.offered citizen-0012",
      "waitlist.lapsed citizen-0012",
    ])
  })

  test("becomes a booking by one press, and pressing twice is answered with the same", async () => {
    const { office, made } = await full()
    const entry = await join(office, office.citizen(11))
    await office.write((tx) => cancel(tx, office.citizen(2), made[1] ?? ""))
    office.clock.set(office.at("10:20"))
    await job(office)
    const [one, two] = await Promise.all([
      take(office, office.citizen(11), entry.id),
      take(office, office.citizen(11), entry.id),
    ])
    expect(one).toMatchObject({ state: "confirmed", startsAt: office.at("09:15", tomorrow) })
    expect(two.id).toBe(one.id)
    expect(await entryOf(office, entry)).toMatchObject({ state: "taken", booking: one.id })
    expect((await office.facts("waitlist.taken"))[0]).toMatchObject({
      subject: "citizen-0011",
      body: { entry: entry.id, booking: one.id },
    })
    expect(await freeTomorrow(office)).toBe(0)
    expect((await refusal(take(office, office.citizen(12), entry.id))).code).toBe("not_found")
  })

  test("is everybody's a little later, should the job not come at all", async () => {
    const { office, made } = await full()
    const entry = await join(office, office.citizen(11))
    await office.write((tx) => cancel(tx, office.citizen(2), made[1] ?? ""))
    office.clock.set(office.at("10:25") - 1)
    expect((await refusal(make(office, office.citizen(20), "09:15"))).code).toBe("slot_full")
    office.clock.set(office.at("10:25"))
    await make(office, office.citizen(20), "09:15")
    // A job that comes after that promises nobody what is gone.
    expect(await job(office)).toBe(0)
    expect((await entryOf(office, entry)).state).toBe("waiting")
  })

  test("is offered after a restart, though nobody remembers", async () => {
    const { office, made } = await full()
    const entry = await join(office, office.citizen(11))
    await office.write((tx) => cancel(tx, office.citizen(2), made[1] ?? ""))
    office.clock.set(office.at("10:21"))
    await office.restart()
    expect((await refusal(make(office, office.citizen(20), "09:15"))).code).toBe("slot_full")
    expect(await job(office)).toBe(1)
    expect(await offerOf(office, entry)).not.toBeNull()
  })

  test("waits for who joins while it is still held back", async () => {
    const { office, made } = await full()
    await office.write((tx) => cancel(tx, office.citizen(2), made[1] ?? ""))
    office.clock.set(office.at("10:10"))
    const entry = await join(office, office.citizen(11))
    office.clock.set(office.at("10:24"))
    expect((await refusal(make(office, office.citizen(20), "09:15"))).code).toBe("slot_full")
    await job(office)
    expect(await offerOf(office, entry)).not.toBeNull()
  })

  test("is no later everybody's where those who wait wish for other days or another line", async () => {
    const { office, made } = await full({
      furthestDays: 8,
      lines: [
        { code: "PAS", public: 1, staffExtra: 0 },
        { code: "RES", public: 1, staffExtra: 0 },
      ],
    })
    for (const [index, time] of times.entries()) {
      const next = { line: "PAS", on: "2026-11-30" }
      const res = { line: "RES", on: "2026-11-23" }
      const wanted = { office: office.code, service: "PAS-01", slot: office.slot(time, next) }
      await office.write((tx) => book(tx, office.citizen(4 + index), wanted))
      const other = { office: office.code, service: "RES-04", slot: office.slot(time, res) }
      await office.write((tx) => book(tx, office.citizen(7 + index), other))
    }
    await join(office, office.citizen(11), { first: day("2026-11-30") })
    await join(office, office.citizen(12), { service: "RES-04", last: tomorrow })
    await office.write((tx) => cancel(tx, office.citizen(2), made[1] ?? ""))
    office.clock.set(office.at("10:20"))
    await make(office, office.citizen(20), "09:15")
  })

  test("goes to the first whose wish it fits: a family of two lets one go before that needs one place", async () => {
    const { office, made } = await full()
    const parent = office.citizen(11)
    const children = await office.children(parent, 2)
    const family = await join(office, parent, { for: children })
    const one = await join(office, office.citizen(12))
    await office.write((tx) => cancel(tx, office.citizen(2), made[1] ?? ""))
    office.clock.set(office.at("10:20"))
    await job(office)
    expect([await offerOf(office, family), (await offerOf(office, one))?.width]).toEqual([null, 1])
    // The next place beside it is enough for nobody but one; both together are the family's.
    await take(office, office.citizen(12), one.id)
    await office.write((tx) => cancel(tx, office.citizen(3), made[2] ?? ""))
    await office.write(async (tx) => {
      const [booked] = await tx.db.select().from(bookings).orderBy(asc(bookings.madeAt)).limit(1)
      await cancel(tx, office.citizen(1), booked?.id ?? "")
    })
    const mine = (await entryOf(office, one)).booking ?? ""
    await office.write((tx) => cancel(tx, office.citizen(12), mine))
    office.clock.set(office.at("10:40"))
    await job(office)
    expect(await offerOf(office, family)).toMatchObject({ startsAt: office.at("09:00", tomorrow), length: 2 })
  })

  test("that comes free too near its start is offered to nobody who could not answer in time", async () => {
    const office = await testOffice({
      releaseMinutes: [20, 20],
      soonestMinutes: 0,
      furthestDays: 1,
      hours: [{ start: "10:00", minutes: 45 }],
      lines: [{ code: "PAS", public: 1, staffExtra: 0 }],
      now: "2026-11-22T09:50",
    })
    const at = (time: string, citizen: number) =>
      office.write((tx) =>
        book(tx, office.citizen(citizen), { office: office.code, service: "PAS-01", slot: office.slot(time) }),
      )
    const near = await at("10:15", 1)
    await at("10:00", 2)
    await at("10:30", 3)
    const entry = await join(office, office.citizen(11), { last: office.today })
    await office.write((tx) => cancel(tx, office.citizen(1), near.id))
    office.clock.set(office.at("10:03"))
    await job(office)
    expect(await offerOf(office, entry)).toBeNull()
    await at("10:15", 20)
  })
})

describe("an offer", () => {
  test("is a hold like any other, but for its quarter of an hour, which choosing it again does not lengthen", async () => {
    const { office, made } = await full()
    const entry = await join(office, office.citizen(11))
    await office.write((tx) => cancel(tx, office.citizen(2), made[1] ?? ""))
    office.clock.set(office.at("10:20"))
    await job(office)
    office.clock.set(office.at("10:30"))
    const wanted = { office: office.code, service: "PAS-01", slot: slotAt(office, "09:15") }
    const again = await office.write((tx) => hold(tx, office.citizen(11), wanted))
    expect([again.id, again.until]).toEqual([(await entryOf(office, entry)).hold ?? "", office.at("10:35")])
    // Confirmed on the page of a hold it comes to the same.
    const booked = await office.write((tx) => book(tx, office.citizen(11), { hold: again.id }))
    await job(office)
    expect(await entryOf(office, entry)).toMatchObject({ state: "taken", booking: booked.id })
  })

  test("that runs out is still taken while it has not gone to the next, and not afterwards", async () => {
    const { office, made } = await full()
    const [first, second] = [await join(office, office.citizen(11)), await join(office, office.citizen(12))]
    await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
    office.clock.set(office.at("10:20"))
    await job(office)
    office.clock.set(office.at("10:35") + 1000)
    expect(await take(office, office.citizen(11), first.id)).toMatchObject({ startsAt: office.at("09:00", tomorrow) })
    await office.write((tx) => cancel(tx, office.citizen(2), made[1] ?? ""))
    office.clock.set(office.at("10:56"))
    await job(office)
    office.clock.set(office.at("11:11"))
    await job(office)
    const no = await refusal(take(office, office.citizen(12), second.id))
    expect(no.code).toBe("offer_over")
    expect((no.details["alternatives"] as { id: string }[]).map(({ id }) => id)).toEqual([slotAt(office, "09:15")])
  })

  test("that is turned down goes to the next, and not to the public", async () => {
    const { office, made } = await full()
    const [first, second] = [await join(office, office.citizen(11)), await join(office, office.citizen(12))]
    await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
    office.clock.set(office.at("10:20"))
    await job(office)
    await office.write((tx) => leaveWaitlist(tx, office.citizen(11), first.id))
    expect((await refusal(make(office, office.citizen(20), "09:00"))).code).toBe("slot_full")
    await job(office)
    expect(await offerOf(office, second)).not.toBeNull()
    expect((await refusal(take(office, office.citizen(11), first.id))).code).toBe("offer_over")
  })

  test("whose hold is given up on its own page goes to the next as well", async () => {
    const { office, made } = await full()
    const [first, second] = [await join(office, office.citizen(11)), await join(office, office.citizen(12))]
    await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
    office.clock.set(office.at("10:20"))
    await job(office)
    const held = (await entryOf(office, first)).hold ?? ""
    await office.write((tx) => releaseHold(tx, office.citizen(11), held))
    await job(office)
    expect((await entryOf(office, first)).state).toBe("lapsed")
    expect((await office.facts("waitlist.lapsed"))[0]?.body.why).toBe("given_up")
    expect(await offerOf(office, second)).not.toBeNull()
  })

  test("is given up by booking another time, and the next one gets it", async () => {
    const { office, made } = await full({ lines: [{ code: "PAS", public: 1, staffExtra: 1 }] })
    const [first, second] = [await join(office, office.citizen(11)), await join(office, office.citizen(12))]
    await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
    office.clock.set(office.at("10:20"))
    await job(office)
    const wanted = { office: office.code, service: "PAS-01", slot: slotAt(office, "09:30") }
    await office.write((tx) => book(tx, office.citizen(11), wanted, office.agent()))
    expect((await refusal(make(office, office.citizen(20), "09:00"))).code).toBe("slot_full")
    await job(office)
    expect((await entryOf(office, first)).state).toBe("taken")
    expect(await offerOf(office, second)).toMatchObject({ startsAt: office.at("09:00", tomorrow) })
  })

  test("is not made to who is choosing a time for the same service at that moment", async () => {
    const { office, made } = await full({ more: [{ code: "RUH-QHK" }] })
    const [first, second] = [await join(office, office.citizen(11)), await join(office, office.citizen(12))]
    const elsewhere = { office: "RUH-QHK", service: "PAS-01", slot: office.slot("12:00", { office: "RUH-QHK" }) }
    await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
    office.clock.set(office.at("10:19"))
    await office.write((tx) => hold(tx, office.citizen(11), elsewhere))
    office.clock.set(office.at("10:20"))
    await job(office)
    expect([await offerOf(office, first), (await offerOf(office, second))?.width]).toEqual([null, 1])
    expect((await entryOf(office, first)).state).toBe("waiting")
  })
})

describe("who has a booking already", () => {
  test("waits for an earlier time, and taking it moves the booking in one turn", async () => {
    const { office, made } = await full()
    const entry = await join(office, office.citizen(3))
    expect(entry.lastDay).toBe(tomorrow)
    await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
    office.clock.set(office.at("10:20"))
    await job(office)
    expect((await office.facts("waitlist.offered"))[0]?.body).toMatchObject({ instead: made[2] })
    const moved = await take(office, office.citizen(3), entry.id)
    expect(moved).toMatchObject({ id: made[2], startsAt: office.at("09:00", tomorrow), state: "confirmed" })
    expect(await entryOf(office, entry)).toMatchObject({ state: "taken", booking: made[2] })
    expect((await office.facts("booking.moved"))[0]?.body).toMatchObject({ from: office.at("09:30", tomorrow) })
    // The time that it left is held back like any other.
    expect(await freeTomorrow(office)).toBe(0)
    office.clock.set(office.at("10:40"))
    expect(await freeTomorrow(office)).toBe(1)
  })

  test("is offered nothing that is not earlier than it is now", async () => {
    const { office, made } = await full()
    const entry = await join(office, office.citizen(3))
    await office.write((tx) => cancel(tx, office.citizen(2), made[1] ?? ""))
    office.clock.set(office.at("10:15"))
    await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
    office.clock.set(office.at("10:20"))
    await job(office)
    expect(await offerOf(office, entry)).toMatchObject({ startsAt: office.at("09:15", tomorrow) })
    await take(office, office.citizen(3), entry.id)
    const later = await join(office, office.citizen(3))
    office.clock.set(office.at("10:35"))
    await job(office)
    expect(await offerOf(office, later)).toMatchObject({ startsAt: office.at("09:00", tomorrow) })
  })

  test("waits for nothing where no earlier time can come free: at the first, or where there is no time left to answer", async () => {
    const { office } = await full({ soonestMinutes: 0 })
    expect((await refusal(join(office, office.citizen(1)))).code).toBe("none_earlier")
    // A quarter of an hour before the second is the last moment at which it could be offered to who has the third.
    office.clock.set(office.at("09:00", tomorrow))
    const { id } = await join(office, office.citizen(3))
    await office.write((tx) => leaveWaitlist(tx, office.citizen(3), id))
    office.clock.advance(1)
    expect((await refusal(join(office, office.citizen(3)))).code).toBe("none_earlier")
  })

  test("and cancels it waits no longer, and what was held goes to the next", async () => {
    const { office, made } = await full()
    const entry = await join(office, office.citizen(3))
    const next = await join(office, office.citizen(11))
    await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
    office.clock.set(office.at("10:20"))
    await job(office)
    expect(await offerOf(office, entry)).not.toBeNull()
    await office.write((tx) => cancel(tx, office.citizen(3), made[2] ?? ""))
    expect(await entryOf(office, entry)).toMatchObject({ state: "left", endedAt: office.at("10:20") })
    expect((await office.facts("waitlist.left"))[0]).toMatchObject({
      subject: "citizen-0003",
      body: { entry: entry.id, by: "citizen-0003" },
    })
    expect(await office.facts("hold.released")).toHaveLength(1)
    expect((await refusal(make(office, office.citizen(20), "09:00"))).code).toBe("slot_full")
    await job(office)
    expect(await offerOf(office, next)).toMatchObject({ startsAt: office.at("09:00", tomorrow) })
    expect((await refusal(take(office, office.citizen(3), entry.id))).code).toBe("offer_over")
  })

  test("and loses it by the office waits no longer either, but is booked anew by what was offered before", async () => {
    const { office, made } = await full()
    const [entry, other] = [await join(office, office.citizen(3)), await join(office, office.citizen(2))]
    await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
    office.clock.set(office.at("10:20"))
    await job(office)
    for (const index of [1, 2]) await office.write((tx) => cancel(tx, office.supervisor(), made[index] ?? "", "closed"))
    expect(await entryOf(office, other)).toMatchObject({ state: "lapsed", hold: null })
    expect((await office.facts("waitlist.lapsed"))[0]?.body).toEqual({ entry: other.id, why: "over" })
    const booked = await take(office, office.citizen(3), entry.id)
    expect(booked.id).not.toBe(made[2])
    expect(booked).toMatchObject({ state: "confirmed", startsAt: office.at("09:00", tomorrow) })
  })

  test("and asked for it in vain waits no longer: declined, or not answered in time", async () => {
    const { office, made } = await full({ mode: "request" })
    const entries = [await join(office, office.citizen(2)), await join(office, office.citizen(3))]
    await office.write((tx) => decline(tx, office.supervisor(), made[1] ?? "", "The file is not complete."))
    const states = () => Promise.all(entries.map(async (entry) => (await entryOf(office, entry)).state))
    expect(await states()).toEqual(["lapsed", "waiting"])
    office.clock.set(office.at("09:30", tomorrow))
    await office.write((tx) => expireRequests(tx, office.code))
    expect(await states()).toEqual(["lapsed", "lapsed"])
  })

  test("but has waited since before, or waits for others, goes on waiting when it is cancelled", async () => {
    const { office, made } = await full({ lines: [{ code: "PAS", public: 1, staffExtra: 1 }] })
    const before = await join(office, office.citizen(11))
    office.clock.advance(minute)
    const wanted = { office: office.code, service: "PAS-01", slot: slotAt(office, "09:30") }
    const { id } = await office.write((tx) => book(tx, office.citizen(11), wanted, office.agent()))
    const [child = ""] = await office.children(office.citizen(3), 1)
    const other = await join(office, office.citizen(3), { for: [child] })
    await office.write((tx) => cancel(tx, office.citizen(11), id))
    await office.write((tx) => cancel(tx, office.citizen(3), made[2] ?? ""))
    for (const entry of [before, other]) expect((await entryOf(office, entry)).state).toBe("waiting")
  })

  test("in an office that answers first asks again by moving", async () => {
    const { office, made } = await full({ mode: "request" })
    const entry = await join(office, office.citizen(3))
    await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
    office.clock.set(office.at("10:20"))
    await job(office)
    expect(await take(office, office.citizen(3), entry.id)).toMatchObject({ id: made[2], state: "requested" })
  })

  test("for other people or at another office cannot wait for a second", async () => {
    const { office } = await full({ more: [{ ...small, code: "RUH-QHK" }] })
    const [child = ""] = await office.children(office.citizen(3), 1)
    const no = await refusal(join(office, office.citizen(3), { for: [office.citizen(3).id, child] }))
    expect(no.code).toBe("already_booked")
    expect((await refusal(join(office, office.citizen(3), { office: "RUH-QHK" }))).code).toBe("already_booked")
  })
})

describe("places that are added", () => {
  test("are offered in the very turn that adds them, before anybody else sees them", async () => {
    const { office } = await full()
    const entries = []
    for (const number of [11, 12, 13, 14]) entries.push(await join(office, office.citizen(number)))
    const wanted = { office: office.code, line: "PAS", publicPlaces: 2, staffExtra: 0 }
    await office.write((tx) => changePlaces(tx, office.supervisor(), wanted))
    const starts = await Promise.all(entries.map(async (entry) => (await offerOf(office, entry))?.startsAt ?? null))
    expect(starts).toEqual([...times.map((time) => office.at(time, tomorrow)), null])
    expect(await freeTomorrow(office)).toBe(0)
  })

  test("by a day that opens again are offered as well", async () => {
    const { office } = await full({ furthestDays: 8, holidays: [] })
    const next = day("2026-11-30")
    await office.write((tx) => closeDay(tx, office.supervisor(), { office: office.code, day: next }))
    const entry = await join(office, office.citizen(11))
    await office.write((tx) => restoreDay(tx, office.supervisor(), { office: office.code, day: next }))
    expect(await offerOf(office, entry)).toMatchObject({ startsAt: office.at("09:00", next) })
  })

  test("by a new day that may be booked from midnight on are offered when it begins", async () => {
    const { office } = await full({
      hours: [{ rrule: "FREQ=DAILY", start: "09:00", minutes: 45 }],
      now: "2026-11-22T10:00",
    })
    const entry = await join(office, office.citizen(11), { last: tomorrow })
    expect(entry.lookAt).toBe(office.at("00:00", tomorrow))
    office.clock.set(entry.lookAt)
    await job(office)
    // Its only day is tomorrow's, and that is full.
    expect(await offerOf(office, entry)).toBeNull()
    office.clock.set(office.at("00:00", addDays(tomorrow, 1)))
    await job(office)
    expect((await office.facts("waitlist.lapsed"))[0]?.body).toEqual({ entry: entry.id, why: "over" })
  })

  test("and taken away again by the office put the person back in the same place of the list", async () => {
    const { office, made } = await full()
    const [first, second] = [await join(office, office.citizen(11)), await join(office, office.citizen(12))]
    await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
    office.clock.set(office.at("10:20"))
    await job(office)
    await office.write((tx) => closeDay(tx, office.supervisor(), { office: office.code, day: tomorrow }))
    expect(await entryOf(office, first)).toMatchObject({ state: "waiting", hold: null })
    await office.write((tx) => restoreDay(tx, office.supervisor(), { office: office.code, day: tomorrow }))
    expect(await offerOf(office, first)).toMatchObject({ startsAt: office.at("09:00", tomorrow) })
    expect(await offerOf(office, second)).toBeNull()
  })
})

describe("joining and leaving", () => {
  test("is not needed while there is a time that would do", async () => {
    const office = await testOffice(small)
    const no = await refusal(join(office, office.citizen(11)))
    expect(no.code).toBe("times_free")
    expect((no.details["alternatives"] as { id: string }[]).map(({ id }) => id)).toEqual(
      times.map((time) => slotAt(office, time)),
    )
  })

  test("once for an office and a service, and three times in all, however many pages ask at once", async () => {
    const { office } = await full()
    expect((await refusal(join(office, office.citizen(11), { service: "PAS-05" }))).code).toBe("service_not_here")
    const settled = await Promise.allSettled([
      ...[1, 2, 3].map(() => join(office, office.citizen(11))),
      ...["PAS-10", "PAS-04", "PAS-08"].map((service) => join(office, office.citizen(11), { service })),
    ])
    const codes = settled.map((one) => (one.status === "fulfilled" ? "joined" : one.reason.code))
    expect(codes).toEqual(["joined", "waiting_already", "waiting_already", "joined", "joined", "waiting_limit"])
  })

  test("for days that cannot be is refused by name", async () => {
    const { office } = await full()
    const no = async (more: Partial<WantedWait>) => (await refusal(join(office, office.citizen(11), more))).code
    expect(await no({ first: day("2026-12-24") })).toBe("too_far")
    expect(await no({ first: tomorrow, last: day("2026-11-20") })).toBe("invalid_field")
    expect(await no({ for: ["citizen-0005"] })).toBe("not_for_you")
    expect(await no({ service: "PAS-99" })).toBe("not_found")
    expect(await no({ service: "PAS-02" })).toBe("service_online_only")
  })

  test("who has left by mistake comes back to the same place, for a while", async () => {
    const { office, made } = await full()
    const [first, second] = [await join(office, office.citizen(11)), await join(office, office.citizen(12))]
    await office.write((tx) => leaveWaitlist(tx, office.citizen(11), first.id))
    await office.write((tx) => leaveWaitlist(tx, office.citizen(11), first.id))
    expect(await office.facts("waitlist.left")).toHaveLength(1)
    const back = await office.write((tx) => returnToWaitlist(tx, office.citizen(11), first.id))
    expect([back.state, back.place]).toEqual(["waiting", first.place])
    await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
    office.clock.set(office.at("10:20"))
    await job(office)
    expect([(await offerOf(office, first))?.width, await offerOf(office, second)]).toEqual([1, null])
    await office.write((tx) => leaveWaitlist(tx, office.citizen(12), second.id))
    office.clock.advance(10 * minute)
    const late = await refusal(office.write((tx) => returnToWaitlist(tx, office.citizen(12), second.id)))
    expect(late.code).toBe("wrong_state")
  })

  test("who comes back to what came free in between has it before whoever only looks", async () => {
    const { office, made } = await full()
    const { id } = await join(office, office.citizen(11))
    await office.write((tx) => cancel(tx, office.agent(), made[0] ?? ""))
    office.clock.advance(24 * minute)
    await office.write((tx) => leaveWaitlist(tx, office.citizen(11), id))
    for (let minutes = 0; minutes < 9; minutes++) {
      office.clock.advance(minute)
      await job(office)
    }
    // With the scopes of its doors.
    const scopes = [`office:${office.code}`, `person:${office.citizen(11).id}`] as const
    const turn = (tx: Tx) => returnToWaitlist(tx, office.citizen(11), id)
    const back = await office.writer.write(turn, { scopes: [...scopes] })
    expect(back.state).toBe("offered")
    const wanted = { office: office.code, service: "PAS-01", slot: office.slot("09:00", { on: tomorrow }) }
    expect((await refusal(office.write((tx) => book(tx, office.citizen(20), wanted)))).code).toBe("slot_full")
  })

  test("nobody sees, leaves or takes another's entry", async () => {
    const { office } = await full()
    const { id } = await join(office, office.citizen(11))
    const other = office.citizen(12)
    expect((await refusal(office.write((tx) => leaveWaitlist(tx, other, id)))).code).toBe("not_found")
    expect((await refusal(office.write((tx) => returnToWaitlist(tx, other, id)))).code).toBe("not_found")
    expect((await refusal(take(office, other, id))).code).toBe("not_found")
    expect((await refusal(ownEntry(office.store, other, id))).code).toBe("not_found")
    expect(await waitsOf(office.store, other.id, office.clock.office())).toEqual([])
  })

  test("a wish whose days are over ends, and is told of for a day", async () => {
    const { office } = await full({ furthestDays: 8 })
    const slot = office.slot("09:00", { on: "2026-11-30" })
    await office.write((tx) => book(tx, office.citizen(4), { office: office.code, service: "PAS-01", slot }))
    const entry = await join(office, office.citizen(11), { last: tomorrow })
    office.clock.set(office.at("00:00", addDays(tomorrow, 1)))
    await job(office)
    expect((await entryOf(office, entry)).state).toBe("lapsed")
    const seen = async () => (await waitsOf(office.store, "citizen-0011", office.clock.office())).length
    expect(await seen()).toBe(1)
    office.clock.advance(24 * hour)
    expect(await seen()).toBe(0)
  })
})

test("whoever waits is told the same by the facts as by the rows, and nothing is held twice", async () => {
  const { office, made } = await full()
  const entries: WaitRow[] = []
  for (const number of [11, 12, 13, 14]) entries.push(await join(office, office.citizen(number)))
  await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
  await office.write((tx) => cancel(tx, office.citizen(2), made[1] ?? ""))
  office.clock.set(office.at("10:20"))
  await job(office)
  await take(office, office.citizen(11), entries[0]?.id ?? "")
  await office.write((tx) => leaveWaitlist(tx, office.citizen(14), entries[3]?.id ?? ""))
  await office.write((tx) => move(tx, office.agent(), made[2] ?? "", slotAt(office, "09:30")).catch(() => null))
  office.clock.set(office.at("10:35"))
  await job(office)
  const told = toldWaits(await office.facts())
  const rows = await office.store.db.select().from(waitlist)
  expect(rows.map(({ id, state }) => [id, state]).sort()).toEqual([...told].sort())
  expect(new Set(told.values())).toEqual(new Set(["taken", "lapsed", "offered", "left"]))
  const live = (await office.store.db.select().from(holds)).filter(({ state }) => state === "live")
  expect(live).toHaveLength(1)
  expect(await office.store.db.select().from(heldPlaces)).toHaveLength(1)
  expect(await office.store.db.select().from(heldBack)).toEqual([])
})

/** How every entry stands, from nothing but what was said. */
function toldWaits(facts: AnyFact[]): Map<string, string> {
  const told = new Map<string, string>()
  for (const fact of facts) {
    if (fact.kind === "waitlist.joined") told.set(fact.body.entry, "waiting")
    if (fact.kind === "waitlist.offered") told.set(fact.body.entry, "offered")
    if (fact.kind === "waitlist.taken") told.set(fact.body.entry, "taken")
    if (fact.kind === "waitlist.lapsed") told.set(fact.body.entry, "lapsed")
    if (fact.kind === "waitlist.left") told.set(fact.body.entry, "left")
  }
  return told
}
