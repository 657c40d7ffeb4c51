import { expect, test } from "bun:test"
import { waitlist } from "../../../db/schema/waitlist.ts"
import { hour, minute } from "../../base/day.ts"
import { refusal } from "../../testing/office.ts"
import { videoHall } from "../../testing/video.ts"
import { describeSelf } from "../access/staff.ts"
import type { Citizen } from "../access/subject.ts"
import { slotsOffered } from "../availability/reads.ts"
import { comesFirst, timesAgain } from "../bookings/again.ts"
import { bookingFor } from "../bookings/reads.ts"
import { book } from "../bookings/writes.ts"
import { inboxOf } from "../notifications/inbox.ts"
import { closeCounter } from "../queue/counters.ts"
import { endSessions } from "../queue/session-end.ts"
import { wake } from "../queue/waking.ts"
import { wish } from "../queue/wishes.ts"
import { comeBack, goHome } from "./arriving.ts"
import { goOnWithOthers, resume } from "./calls.ts"
import { mayTakeOther, takeOther } from "./late.ts"
import { putOff, ring } from "./ringing.ts"
import { visitStep } from "./steps.ts"

/** One place for the public and one for the staff in each slot; somebody booked for 10:10 whom nobody has called by 10:21. */
async function late() {
  const hall = await videoHall({ lines: [{ code: "VIR", public: 1, staffExtra: 1 }], gridMinutes: 15 })
  const who = hall.citizen(1)
  const { row, ticket } = await hall.video.here(who)
  hall.time("10:10")
  await hall.write((tx) => wake(tx, hall.code))
  await hall.video.pass(11 * minute)
  const id = ticket.booking ?? ""
  const now = () => hall.clock.office()
  const booking = () => bookingFor(hall.store, who, id, now())
  const told = async (kind: string) => (await inboxOf(hall.store, who.id, 20)).filter((one) => one.kind === kind)
  return { hall, who, visit: row.id, id, now, booking, told }
}

test("for whom the office is late is told so once, wherever they look, and that they may take another time", async () => {
  const { hall, visit, told } = await late()
  await hall.video.pass(5 * minute)
  expect(await told("visit_late")).toMatchObject([{ data: { ticket: visit } }])
})

test("who goes home then has not missed it: the office has, and the person comes first", async () => {
  const { hall, who, visit, booking, now, told } = await late()
  await hall.write((tx) => goHome(tx, who, visit))
  expect(await booking()).toMatchObject({ state: "cancelled", endedBy: "office", reason: "office_late" })
  expect(comesFirst(await booking(), now())).toBe(true)
  expect((await hall.facts("ticket.left")).at(-1)?.body.why).toBe("office_late")
  expect(await hall.facts("booking.missed")).toEqual([])
  expect(await told("booking_cancelled")).toMatchObject([{ data: { by: "office_late" } }])
})

test("who goes home then waits no longer for an earlier time of what has ended", async () => {
  const { hall, who, visit, now, booking } = await late()
  const { office, line, service, day, who: people } = await booking()
  const wait = { id: "wait-1", person: who.id, office, line, service, people, firstDay: day, lastDay: day }
  await hall.write((tx) =>
    tx.db.insert(waitlist).values({ ...wait, state: "waiting", place: 1, joinedAt: now(), lookAt: now() }),
  )
  await hall.write((tx) => goHome(tx, who, visit))
  expect((await hall.facts("waitlist.lapsed"))[0]?.body).toEqual({ entry: "wait-1", why: "over" })
})

test("who is called by video is told of a ring and not of a counter", async () => {
  const { hall, visit, told } = await late()
  await hall.open(1)
  await hall.write((tx) => ring(tx, hall.agent(1), visit))
  expect(await told("your_turn")).toMatchObject([{ data: { ticket: visit, video: 1 } }])
})

test("who goes home before the office is late has missed it", async () => {
  const hall = await videoHall()
  const who = hall.citizen(1)
  const { row, ticket } = await hall.video.here(who)
  hall.time("10:10")
  await hall.write((tx) => wake(tx, hall.code))
  await hall.video.pass(5 * minute)
  await hall.write((tx) => goHome(tx, who, row.id))
  const booking = await bookingFor(hall.store, who, ticket.booking ?? "", hall.clock.office())
  expect([booking.state, comesFirst(booking, hall.clock.office())]).toEqual(["missed", false])
})

test("an office that closes on somebody for whom it was late has missed it, not they", async () => {
  const { hall, booking } = await late()
  hall.time("20:00")
  await hall.write(async (tx) => {
    await endSessions(tx, hall.code)
    await visitStep(tx, hall.code)
  })
  expect(await booking()).toMatchObject({ state: "cancelled", endedBy: "office", reason: "office_late" })
})

test("an office that closes on somebody for whom no woman was at work has missed it, and says which it was", async () => {
  const hall = await videoHall()
  const ends = async (who: Citizen) => {
    const { ticket } = await hall.video.here(who, "14:25")
    await hall.write((tx) => wish(tx, who, ticket.id, "female"))
    return { id: ticket.id, booking: () => hall.bookingNow(ticket.booking ?? "") }
  }
  hall.time("14:20")
  const [waits, rung] = [await ends(hall.citizen(1)), await ends(hall.citizen(2))]
  hall.time("14:25")
  await hall.write((tx) => wake(tx, hall.code))
  // Whom a woman has called and who did not come had one there.
  await hall.write((tx) => describeSelf(tx, hall.agent(), "female"))
  await hall.open(1)
  await hall.write((tx) => ring(tx, hall.agent(1), rung.id))
  await hall.write((tx) => putOff(tx, hall.citizen(2), rung.id))
  await hall.write((tx) => closeCounter(tx, hall.agent(1), hall.counter(1), { confirmed: true }))
  hall.time("14:31")
  await hall.write(async (tx) => {
    await endSessions(tx, hall.code)
    await visitStep(tx, hall.code)
  })
  expect(await waits.booking()).toMatchObject({ state: "cancelled", endedBy: "office", reason: "no_woman" })
  expect((await rung.booking()).state).toBe("missed")
})

test("who comes first is offered the places that are kept for the staff, and takes one in the turn in which they leave the line", async () => {
  const { hall, who, visit, id, now, booking } = await late()
  const other = hall.citizen(2)
  const [next] = (await timesAgain(hall.store, await booking(), now())).map(({ startsAt }) => startsAt)
  const slot = hall.slot("10:30", { line: "VIR" })
  expect(next).toBe(hall.at("10:30"))
  const asked = { office: hall.code, service: "RES-04", from: hall.today, days: 1, now: now() }
  const offered = await slotsOffered(hall.store, asked)
  expect(offered.days[0]?.slots.some(({ startsAt }) => startsAt === next)).toBe(false)
  expect(await mayTakeOther(hall.store, await booking(), now())).toBe(true)
  const made = await hall.write((tx) => takeOther(tx, who, id, slot))
  expect(made).toMatchObject({ state: "confirmed", startsAt: hall.at("10:30"), person: who.id })
  expect((await hall.video.now(visit)).phase).toBe("over")
  expect((await booking()).reason).toBe("office_late_made_good")
  expect((await refusal(hall.write((tx) => book(tx, other, { ...asked, slot })))).code).toBe("too_soon")
})

test("it is made good once", async () => {
  const { hall, who, visit, id } = await late()
  await hall.write((tx) => goHome(tx, who, visit))
  await hall.write((tx) => takeOther(tx, who, id, hall.slot("11:00", { line: "VIR" })))
  const again = hall.write((tx) => takeOther(tx, who, id, hall.slot("12:00", { line: "VIR" })))
  expect((await refusal(again)).code).toBe("wrong_state")
})

test("where the time is gone meanwhile nothing is lost: the place in line is as it was", async () => {
  const { hall, who, visit, id } = await late()
  const slot = hall.slot("12:00", { line: "VIR" })
  await hall.write((tx) => book(tx, hall.citizen(2), { office: hall.code, service: "RES-04", slot }))
  await hall.write((tx) => book(tx, hall.citizen(3), { office: hall.code, service: "RES-04", slot }, hall.supervisor()))
  expect((await refusal(hall.write((tx) => takeOther(tx, who, id, slot)))).code).toBe("slot_full")
  expect((await hall.video.now(visit)).ticket.state).toBe("waiting")
})

test("after two weeks nobody comes first any more", async () => {
  const { hall, who, visit, booking } = await late()
  await hall.write((tx) => goHome(tx, who, visit))
  hall.clock.advance(14 * 24 * hour)
  expect(await mayTakeOther(hall.store, await booking(), hall.clock.office())).toBe(false)
})

test("nobody but the person takes another time", async () => {
  const { hall, id } = await late()
  const stranger = hall.write((tx) => takeOther(tx, hall.citizen(2), id, hall.slot("11:00", { line: "VIR" })))
  expect((await refusal(stranger)).code).toBe("not_found")
})

test("whose connection is lost in a call is told until when the place is kept; who lost an agent is told that the office is late", async () => {
  const hall = await videoHall()
  const who = hall.citizen(1)
  const { row } = await hall.video.inCall(who)
  await hall.video.lost(await hall.video.participant(row.id, "citizen"), "gone")
  const told = async () => (await inboxOf(hall.store, who.id, 20)).filter(({ kind }) => kind === "visit_interrupted")
  expect(await told()).toMatchObject([{ data: { ticket: row.id, until: hall.clock.office() + 10 * minute } }])
  await hall.video.page(who, row.id)
  await hall.write((tx) => resume(tx, hall.agent(), row.id))
  await hall.video.lost(await hall.video.participant(row.id, "agent"), "gone")
  expect(await told()).toHaveLength(1)
  await hall.video.pass(65_000)
  expect((await inboxOf(hall.store, who.id, 20)).map(({ kind }) => kind)).toContain("visit_late")
})

test("who comes back after an interruption needs no message of it", async () => {
  const hall = await videoHall()
  const who = await hall.person({ mobile: "+966550000001" })
  const { row } = await hall.video.inCall(who)
  await hall.video.lost(await hall.video.participant(row.id, "citizen"), "gone")
  await hall.write((tx) => goOnWithOthers(tx, hall.agent(), row.id))
  const waiting = () =>
    hall.store.connection.raw
      .query(
        "SELECT count(*) AS n FROM delivery d JOIN message m ON m.id = d.message WHERE m.kind = 'visit_interrupted' AND d.state = 'pending'",
      )
      .get()
  const before = waiting()
  await hall.video.page(who, row.id)
  await hall.write((tx) => comeBack(tx, who, row.id))
  expect([before, waiting()]).toEqual([{ n: 1 }, { n: 0 }])
})
