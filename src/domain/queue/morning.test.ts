import { expect, test } from "bun:test"
import type { TicketRow } from "../../../db/schema/queue.ts"
import { type Instant, minute } from "../../base/day.ts"
import { riyadh, type TestHall, testHall } from "../../testing/hall.ts"
import { granted, refusedWith } from "../../testing/office.ts"
import { next } from "./calling.ts"
import { finish, serve } from "./serving.ts"
import { endSessions } from "./session-end.ts"

/* A whole morning through the real doors: the store, the turns, the rules, the estimate. Only the people are made up. */

interface Seen {
  ticket: TicketRow
  calledAt: Instant
  endedAt: Instant
}

/** Chance that is the same in every run. */
function dice(seed: number) {
  let state = seed
  return (from: number, to: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return from + Math.floor((state / 2_147_483_648) * (to - from + 1))
  }
}

/** Lets everybody come at their time and every counter call as soon as it is free, until closing time. */
async function run(hall: TestHall, comings: { at: Instant; come(): Promise<unknown> }[], minutesOf: () => number) {
  const seen: Seen[] = []
  const counters = Array.from({ length: 8 }, (_, index) => ({ number: index + 1, freeAt: hall.at("07:30") }))
  const hand = new Map<number, { ticket: TicketRow; calledAt: Instant }>()
  const arrivals = [...comings].sort((a, b) => a.at - b.at)
  const close = async (number: number, endedAt: Instant) => {
    const held = hand.get(number)
    if (!held) return
    hand.delete(number)
    await hall.write((tx) => finish(tx, hall.agent(number), held.ticket.id, { outcome: "done" }))
    seen.push({ ...held, endedAt })
  }
  for (let now = hall.at("07:30"); now <= hall.at("15:30"); now += minute) {
    hall.clock.set(now)
    while (arrivals[0] && arrivals[0].at <= now) await arrivals.shift()?.come()
    for (const counter of counters) {
      if (counter.freeAt > now) continue
      await close(counter.number, now)
      const called = await hall.write((tx) => next(tx, hall.agent(counter.number), hall.counter(counter.number)))
      if (!called) continue
      await hall.write((tx) => serve(tx, hall.agent(counter.number), called.id))
      hand.set(counter.number, { ticket: called, calledAt: now })
      counter.freeAt = now + minutesOf() * minute
    }
  }
  return seen
}

test("120 people at the door at opening: who booked waits minutes, every walk-in is told a time at once, all are served before closing", async () => {
  const hall = await testHall({ now: "2026-11-22T07:00", lines: [{ code: "PAS", public: 4 }], citizens: 120 })
  const roll = dice(7)
  const bookings = []
  for (let slot = 0; slot < 26; slot++) {
    for (let place = 0; place < 4; place++) {
      const startsAt = hall.at("08:00") + slot * 15 * minute
      if (startsAt >= hall.at("14:15")) continue
      bookings.push(await hall.booked(hall.citizen(bookings.length + 1), "00:00", { startsAt }))
    }
  }
  hall.time("07:30")
  for (let number = 1; number <= 8; number++) await hall.open(number)
  const door = await Promise.allSettled(Array.from({ length: 120 }, () => hall.walkIn()))
  const walkIns = granted(door)
  expect(new Set(refusedWith(door))).toEqual(new Set(walkIns.length < 120 ? ["day_full"] : []))

  const arrivals = bookings.map((booking) => ({
    at: booking.startsAt - roll(-6, 12) * minute,
    come: () => hall.arrive(booking),
  }))
  const seen = await run(hall, arrivals, () => roll(8, 21))
  await hall.write((tx) => endSessions(tx, hall.code))

  const starts = new Map(bookings.map((booking) => [booking.id, booking.startsAt]))
  const waits = (from: string, until: string) =>
    seen.flatMap(({ ticket, calledAt }) => {
      const bookedAt = starts.get(ticket.booking ?? "")
      if (bookedAt === undefined || bookedAt < hall.at(from) || bookedAt >= hall.at(until)) return []
      return [(calledAt - Math.max(bookedAt, ticket.arrivedAt)) / minute]
    })
  // The crowd stands until noon; whoever has booked is nevertheless called within minutes.
  expect(waits("09:00", "09:15")).toHaveLength(4)
  expect(Math.max(...waits("09:00", "09:15"))).toBeLessThanOrEqual(10)
  expect(Math.max(...waits("08:00", "14:15"))).toBeLessThanOrEqual(20)

  // A promise that was given is kept: everybody with a ticket was called before closing time, and nobody was sent home.
  expect(walkIns.length).toBeGreaterThanOrEqual(90)
  expect(seen).toHaveLength(walkIns.length + bookings.length)
  const lastCall = Math.max(...seen.map(({ calledAt }) => calledAt))
  expect(riyadh(lastCall) <= "14:30").toBe(true)
  expect(await hall.facts("ticket.left")).toEqual([])

  // Walk-ins are called in the order in which they came.
  const order = seen.filter(({ ticket }) => ticket.booking === null).sort((a, b) => a.calledAt - b.calledAt)
  const overtaken = order.filter(({ ticket }, index) =>
    order.slice(0, index).some((before) => before.ticket.arrival > ticket.arrival + 8),
  )
  expect(overtaken).toEqual([])
}, 60_000)
