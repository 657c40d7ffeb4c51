import { describe, expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { riyadh, testHall } from "../../testing/hall.ts"
import { refusal } from "../../testing/office.ts"
import { recall } from "./calling.ts"
import { pauseCounter } from "./counters.ts"
import { dayView } from "./day-view.ts"
import { away } from "./holder.ts"
import { boardView, counterView, counterViews, queueView, ticketView } from "./reads.ts"
import { absent } from "./serving.ts"
import { transfer } from "./transfer.ts"
import { undo } from "./undo.ts"

const oneLine = { lines: [{ code: "PAS" }] }

describe("the live ticket", () => {
  test("says how many before, and a range that shrinks as they are called", async () => {
    const hall = await testHall({ now: "2026-11-22T09:00", ...oneLine })
    await hall.open(1)
    const walkIns = []
    for (let count = 0; count < 4; count++) walkIns.push(await hall.walkIn())
    const last = walkIns.at(-1)?.id ?? ""
    const seen = () => ticketView(hall.store, last, hall.clock.office())
    expect(await seen()).toMatchObject({ ahead: 3, wait: { lowMinutes: 35, highMinutes: 55 }, counter: null })
    await hall.serveNext()
    expect(await seen()).toMatchObject({ ahead: 2, wait: { lowMinutes: 35, highMinutes: 55 } })
    hall.clock.advance(10 * minute)
    expect(await seen()).toMatchObject({ ahead: 2, wait: { lowMinutes: 25, highMinutes: 45 } })
  })

  test("does not know the wait where no counter serves the line, nor while all are on a pause", async () => {
    const hall = await testHall()
    await hall.open(1, ["RES"])
    const { id } = await hall.walkIn()
    const seen = () => ticketView(hall.store, id, hall.clock.office())
    expect((await seen()).wait).toBeNull()
    await hall.open(2, ["PAS"])
    expect((await seen()).wait).toEqual({ lowMinutes: 0, highMinutes: 5 })
    await hall.write((tx) => pauseCounter(tx, hall.agent(2), hall.counter(2)))
    expect((await seen()).wait).toBeNull()
  })

  test("learns the pace of the day: nine minutes where fourteen were planned", async () => {
    const services = [{ code: "PAS-14", sector: "PAS", minutes: 14 }]
    const hall = await testHall({ now: "2026-11-22T08:00", services, ...oneLine })
    await hall.open()
    for (let count = 0; count < 10; count++) {
      await hall.walkIn({ service: "PAS-14" })
      const serving = await hall.serveNext()
      hall.clock.advance(9 * minute)
      await hall.done(serving)
    }
    const walkIns = []
    for (let count = 0; count < 5; count++) walkIns.push(await hall.walkIn({ service: "PAS-14" }))
    const seen = await ticketView(hall.store, walkIns.at(-1)?.id ?? "", hall.clock.office())
    expect(seen.expectedStart).toBe(hall.clock.office() + 4 * 9 * minute)
  })

  test("once called names the counter, once absent until when the place is kept", async () => {
    const hall = await testHall({ now: "2026-11-22T10:00" })
    await hall.open(3)
    const { id } = await hall.walkIn()
    await hall.next(3)
    const seen = () => ticketView(hall.store, id, hall.clock.office())
    expect(await seen()).toMatchObject({ state: "called", counter: { number: 3 }, calls: 1, ahead: 0, wait: null })
    await hall.write((tx) => absent(tx, hall.agent(3), id))
    const away = await seen()
    expect([away.state, riyadh(away.keptUntil), away.counter]).toEqual(["absent", "10:10", null])
  })

  test("leads on to the ticket in the other office", async () => {
    const hall = await testHall({ more: [{ code: "RUH-QHK" }] })
    await hall.open()
    await hall.walkIn()
    const serving = await hall.serveNext()
    const to = { service: "PAS-01", office: "RUH-QHK", reason: "next_step" as const }
    const after = await hall.write((tx) => transfer(tx, hall.agent(), serving.id, to))
    const seen = await ticketView(hall.store, serving.id, hall.clock.office())
    expect([seen.state, seen.wentOnAs]).toEqual(["transferred", after.id])
  })

  test("that does not exist is not found", async () => {
    const hall = await testHall()
    expect((await refusal(ticketView(hall.store, "none", 0))).code).toBe("not_found")
  })
})

describe("the waiting list", () => {
  test("stands in the order of due times, and every row says why", async () => {
    const hall = await testHall({ now: "2026-11-22T09:20", ...oneLine })
    const elder = await hall.bornIn(hall.citizen(5), 1950)
    const first = await hall.walkIn()
    const second = await hall.walkIn()
    const old = await hall.walkIn({ who: elder })
    hall.time("09:50")
    const { ticket: early } = await hall.arrive(await hall.booked(hall.citizen(1), "10:00"))
    const { ticket: late } = await hall.arrive(await hall.booked(hall.citizen(2), "09:30"))

    const { waiting, aside, lines } = await queueView(hall.store, hall.code, hall.clock.office())
    const rows = waiting.map(({ number, due }) => `${number} ${riyadh(due)}`)
    expect(rows.slice(0, 3)).toEqual(["301 09:30", "201 10:05", "102 10:05"])
    expect(waiting.map(({ id, why }) => [id, why])).toEqual([
      [old.id, { by: "need", need: "age", arrivedAt: hall.at("09:20"), bookedAt: null }],
      [first.id, { by: "walkin", arrivedAt: hall.at("09:20"), behind: null, bookedAt: null }],
      [late.id, { by: "booking", bookedAt: hall.at("09:30"), lateMinutes: 20 }],
      [second.id, { by: "walkin", arrivedAt: hall.at("09:20"), behind: 201, bookedAt: null }],
    ])
    expect(aside.map(({ id, state }) => [id, state])).toEqual([[early.id, "early"]])
    // Nobody is at a counter: the elderly person's due has passed.
    expect(waiting[0]?.missesByMinutes).toBe(20)
    expect(lines).toEqual([{ line: "PAS", waiting: 4, openCounters: 0, wait: null }])
  })

  test("of two lines that the same counters serve names who comes before, whichever line that is in", async () => {
    const hall = await testHall({ now: "2026-11-22T09:20" })
    await hall.open(1, ["PAS", "RES"])
    const [first, other] = [await hall.walkIn(), await hall.walkIn({ service: "RES-01" })]
    const { waiting } = await queueView(hall.store, hall.code, hall.clock.office())
    expect(waiting.map(({ id, why }) => [id, "behind" in why && why.behind])).toEqual([
      [first.id, null],
      [other.id, first.number],
    ])
  })

  test("nobody is late before the time at which they wanted to be back", async () => {
    const hall = await testHall({ now: "2026-11-22T09:00", ...oneLine })
    const { id } = await hall.walkIn()
    await hall.open()
    hall.time("09:40")
    await hall.write((tx) => away(tx, "bearer", id, 20))
    const { aside } = await queueView(hall.store, hall.code, hall.clock.office())
    expect(aside[0]).toMatchObject({ id, state: "away", missesByMinutes: 0 })
  })

  test("shows a window of it and counts all", async () => {
    const hall = await testHall({ now: "2026-11-22T08:00" })
    for (let count = 0; count < 12; count++) await hall.walkIn()
    const view = await queueView(hall.store, hall.code, hall.clock.office(), 5)
    expect(view.waiting.map(({ number }) => number)).toEqual([201, 202, 203, 204, 205])
    expect(view.lines[0]?.waiting).toBe(12)
  })
})

describe("the board", () => {
  test("shows numbers and counters, the newest call first, and which are still awaited", async () => {
    const hall = await testHall({ now: "2026-11-22T09:00" })
    const board = async () => (await boardView(hall.store, hall.code, hall.clock.office())).called
    for (const number of [1, 2]) {
      await hall.open(number)
      await hall.walkIn()
      hall.clock.advance(minute)
      await hall.next(number)
    }
    const short = (calls: Awaited<ReturnType<typeof board>>) =>
      calls.map(({ number, counter, active, calls }) => `${number} at ${counter}${active ? "" : " done"} ×${calls}`)
    expect(short(await board())).toEqual(["202 at 2 ×1", "201 at 1 ×1"])
    hall.clock.advance(minute)
    const first = (await hall.counterNow(1)).ticket ?? ""
    await hall.write((tx) => recall(tx, hall.agent(1), first))
    expect(short(await board())).toEqual(["201 at 1 ×2", "202 at 2 ×1"])
    await hall.write((tx) => absent(tx, hall.agent(1), first))
    expect(short(await board())).toEqual(["201 at 1 done ×2", "202 at 2 ×1"])
  })

  test("takes back a call that was undone, and forgets yesterday", async () => {
    const hall = await testHall()
    await hall.open()
    const { id } = await hall.walkIn()
    await hall.next()
    await hall.write((tx) => undo(tx, hall.agent(), id))
    expect((await boardView(hall.store, hall.code, hall.clock.office())).called).toEqual([])
    await hall.next()
    expect((await boardView(hall.store, hall.code, hall.clock.office())).called).toHaveLength(1)
    expect((await boardView(hall.store, hall.code, hall.at("10:00", "2026-11-23"))).called).toEqual([])
  })

  test("keeps the last eight, and says nothing about people", async () => {
    const hall = await testHall({ now: "2026-11-22T08:00" })
    await hall.open()
    for (let count = 0; count < 10; count++) {
      await hall.walkIn({ who: hall.citizen(count + 1) })
      const serving = await hall.serveNext()
      hall.clock.advance(minute)
      await hall.done(serving)
    }
    const board = await boardView(hall.store, hall.code, hall.clock.office())
    expect(board.called.map(({ number }) => number)).toEqual([210, 209, 208, 207, 206, 205, 204, 203])
    expect(JSON.stringify(board)).not.toContain("citizen")
  })
})

test("a counter shows the ticket in its hand", async () => {
  const hall = await testHall()
  await hall.open(2)
  const { id } = await hall.walkIn()
  await hall.next(2)
  expect((await counterView(hall.store, hall.counter(2))).ticket).toMatchObject({ id, bookedAt: null })
  const all = await counterViews(hall.store, hall.code)
  expect(all.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(all.filter(({ ticket }) => ticket !== null)).toHaveLength(1)
})

describe("the supervisor's day", () => {
  test("says who will be late, and what one more counter would change", async () => {
    const hall = await testHall({ now: "2026-11-22T09:00", counters: 3, ...oneLine })
    await hall.open(1)
    for (let count = 0; count < 10; count++) await hall.walkIn()
    hall.clock.advance(5 * minute)
    const view = await dayView(hall.store, hall.code, hall.clock.office())
    expect(view.counts).toMatchObject({ waiting: 10, served: 0 })
    expect([view.openCounters, view.longestWait]).toEqual([1, { id: expect.any(String), number: 201, minutes: 5 }])
    expect(view.late.length).toBe(view.outlook.late)
    expect(view.outlook.late).toBeGreaterThan(0)
    expect(riyadh(view.outlook.lastCallAt)).toBe("11:20")
    expect(view.withOneMore?.counter).toBe(2)
    expect(view.withOneMore?.late).toBeLessThan(view.outlook.late)
    expect(riyadh(view.withOneMore?.lastCallAt ?? null)).toBe("10:05")
  })

  test("counts what was called on time and late in each half hour, without what was undone", async () => {
    const hall = await testHall({ now: "2026-11-22T09:00", ...oneLine })
    await hall.open()
    const first = await hall.walkIn()
    await hall.serveNext()
    await hall.done(first)
    const second = await hall.walkIn()
    await hall.next()
    await hall.write((tx) => undo(tx, hall.agent(), second.id))
    hall.time("10:05")
    await hall.done(await hall.serveNext())
    const { halfHours, counters } = await dayView(hall.store, hall.code, hall.clock.office())
    const at = (time: string) => halfHours.find(({ from }) => from === hall.at(time))
    expect(at("09:00")).toMatchObject({ onTime: 1, late: 0 })
    expect(at("10:00")).toMatchObject({ onTime: 0, late: 1 })
    expect(halfHours.reduce((sum, { onTime, late }) => sum + onTime + late, 0)).toBe(2)
    expect(halfHours).toHaveLength(14)
    expect(counters[0]).toMatchObject({ state: "open", served: 2, ticket: null })
  })
})
