import { describe, expect, test } from "bun:test"
import { day } from "../../base/day.ts"
import { riyadh, type TestHall, testHall } from "../../testing/hall.ts"
import { dayChange } from "../../testing/office.ts"
import { away } from "./holder.ts"
import { absent, park } from "./serving.ts"
import { endSessions } from "./session-end.ts"
import { undo } from "./undo.ts"

const end = (hall: TestHall) => hall.write((tx) => endSessions(tx, hall.code))

describe("when a session is over", () => {
  test("everybody who was not served is told, whatever they were waiting for, and the queue is empty", async () => {
    const hall = await testHall({ now: "2026-11-22T13:00" })
    await hall.open()
    const walkIns = []
    for (let count = 0; count < 5; count++) walkIns.push(await hall.walkIn())
    const booking = await hall.booked(hall.citizen(), "13:20")
    const { ticket: early } = await hall.arrive(booking)
    const [first, second, third] = walkIns
    if (!first || !second || !third) throw new Error("nobody came")
    await hall.next()
    await hall.write((tx) => absent(tx, hall.agent(), first.id))
    await hall.serveNext()
    await hall.write((tx) => park(tx, hall.agent(), second.id))
    await hall.write((tx) => away(tx, "bearer", third.id, 30))

    hall.time("14:59")
    expect((await end(hall)).left).toEqual([])
    hall.time("15:00")
    const { left, closed } = await end(hall)
    expect(left.map(({ id }) => id).sort()).toEqual([...walkIns.map(({ id }) => id), early.id].sort())
    expect(left.every(({ state, outcome }) => state === "left" && outcome === "office_closed")).toBe(true)
    expect(closed).toBe(1)
    expect((await hall.bookingNow(booking.id)).state).toBe("missed")
    expect((await hall.facts("ticket.left")).map(({ body }) => body.why)).toEqual(Array(6).fill("office_closed"))
    expect(await end(hall)).toEqual({ left: [], closed: 0 })
  })

  test("who came in time is still called for half an hour, as long as a counter is open", async () => {
    const hall = await testHall({ now: "2026-11-22T14:10" })
    await hall.open()
    const { id } = await hall.walkIn()
    hall.time("14:40")
    await end(hall)
    expect((await hall.next())?.id).toBe(id)
  })

  test("as long as counters are still at it, whoever waits is called, however long after closing; ten minutes after the last, nobody", async () => {
    const hall = await testHall({ now: "2026-11-22T14:00" })
    await hall.open()
    const [first, second] = [await hall.walkIn(), await hall.walkIn({ service: "RES-04" })]
    const third = await hall.walkIn({ service: "PAS-10" }, hall.agent())
    const inHand = await hall.serveNext()
    hall.time("15:20")
    expect((await end(hall)).left).toEqual([])
    await hall.done(inHand)
    hall.time("15:29")
    expect((await end(hall)).left).toEqual([])
    hall.time("15:30")
    const left = (await end(hall)).left.map(({ id }) => id)
    expect(left.sort()).toEqual(
      [first, second, third]
        .map(({ id }) => id)
        .filter((id) => id !== inHand.id)
        .sort(),
    )
  })

  test("nobody waits half an hour before closed counters", async () => {
    const hall = await testHall({ now: "2026-11-22T14:00" })
    const { id } = await hall.walkIn()
    hall.time("14:31")
    await end(hall)
    expect((await hall.ticketNow(id)).state).toBe("left")
  })

  test("a visit is not cut off; one that was forgotten in a hand ends by itself in the evening", async () => {
    const hall = await testHall({ now: "2026-11-22T14:00" })
    await hall.open()
    await hall.walkIn()
    const { id } = await hall.serveNext()
    hall.time("15:30")
    expect(await end(hall)).toEqual({ left: [], closed: 0 })
    hall.time("17:30")
    await end(hall)
    expect(await hall.ticketNow(id)).toMatchObject({ state: "served", outcome: "not_recorded", live: false })
    expect(await hall.counterNow()).toMatchObject({ ticket: null, state: "closed", staff: null })
  })

  test("a night session ends after midnight, and the evening's tickets with it", async () => {
    const hours = [{ start: "21:00", minutes: 240, rrule: "FREQ=DAILY" }]
    const hall = await testHall({ now: "2026-11-22T23:50", hours })
    const before = await hall.walkIn()
    hall.time("00:20", "2026-11-23")
    await end(hall)
    expect((await hall.ticketNow(before.id)).state).toBe("waiting")
    hall.time("01:01", "2026-11-23")
    expect((await end(hall)).left.map(({ id }) => id)).toEqual([before.id])
  })

  test("the morning's session ends while the evening's is still to come", async () => {
    const hours = [
      { start: "07:30", minutes: 420 },
      { start: "16:00", minutes: 300 },
    ]
    const hall = await testHall({ now: "2026-11-22T14:00", hours })
    const morning = await hall.walkIn()
    hall.time("16:05")
    const evening = await hall.walkIn()
    await hall.open()
    await end(hall)
    expect([(await hall.ticketNow(morning.id)).state, (await hall.ticketNow(evening.id)).state]).toEqual([
      "left",
      "waiting",
    ])
    // Numbers go on through the day: two people of one day never bear the same.
    expect([morning.number, evening.number]).toEqual([201, 202])
  })

  test("who checks in this morning for this evening is not sent home at noon, but in the evening", async () => {
    const hours = [
      { start: "07:30", minutes: 420 },
      { start: "16:00", minutes: 300 },
    ]
    const hall = await testHall({ now: "2026-11-22T14:00", hours })
    const booking = await hall.booked(hall.citizen(), "16:15")
    const { ticket } = await hall.arrive(booking, { ready: true })
    expect(riyadh(ticket.due)).toBe("14:30")
    hall.time("15:30")
    await end(hall)
    expect((await hall.ticketNow(ticket.id)).state).toBe("waiting")
    hall.time("16:20")
    await hall.open()
    expect((await hall.next())?.id).toBe(ticket.id)
    await hall.write((tx) => undo(tx, hall.agent(), ticket.id))
    hall.time("21:30")
    expect((await end(hall)).left.map(({ id }) => id)).toEqual([ticket.id])
    expect((await hall.bookingNow(booking.id)).state).toBe("missed")
  })

  test("a day that is closed at noon leaves nobody in a dead queue", async () => {
    const hall = await testHall({ now: "2026-11-22T11:00" })
    const { id } = await hall.walkIn()
    await dayChange(hall, { day: day("2026-11-22") })
    await end(hall)
    expect((await hall.ticketNow(id)).state).toBe("left")
  })
})
