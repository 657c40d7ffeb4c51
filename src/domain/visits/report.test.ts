import { expect, test } from "bun:test"
import { addDays, minute } from "../../base/day.ts"
import { refusal } from "../../testing/office.ts"
import { videoHall } from "../../testing/video.ts"
import { markMissed } from "../bookings/steps.ts"
import { wake } from "../queue/waking.ts"
import { goHome } from "./arriving.ts"
import { end, hangUp, resume } from "./calls.ts"
import { report, spread } from "./report.ts"
import { answer, ring } from "./ringing.ts"

const nothing = { mean: null, p50: null, p90: null }
const all = (one: number) => ({ mean: one, p50: one, p90: one })

test("mean, median and ninth tenth are those of the values that there are", () => {
  expect(spread([])).toEqual(nothing)
  expect(spread([5])).toEqual(all(5))
  expect(spread([10, 1, 2, 3, 4, 5, 6, 7, 8, 9])).toEqual({ mean: 5.5, p50: 5, p90: 9 })
})

test("a day with nothing has nothing to say, and a report is of at most ninety-two days", async () => {
  const hall = await videoHall()
  const range = { from: hall.today, to: hall.today }
  const { total, byDay, byService } = await report(hall.store, hall.code, range, hall.clock.office())
  expect(total).toMatchObject({ visits: 0, calls: 0, wait: nothing, known: 0, due: 0 })
  expect([byDay, byService]).toEqual([[], []])
  const asked = (to: typeof hall.today) => report(hall.store, hall.code, { from: hall.today, to }, hall.clock.office())
  expect((await asked(addDays(hall.today, 91))).total.visits).toBe(0)
  expect((await refusal(asked(addDays(hall.today, 92)))).code).toBe("invalid_field")
  expect((await refusal(asked(addDays(hall.today, -1)))).code).toBe("invalid_field")
})

test("figures of a day are what happened in it: waits, rings, a broken call and how long it was broken, outcomes", async () => {
  const hall = await videoHall()
  const { write, clock, video } = hall
  const [one, two] = [await video.walkIn(hall.citizen(1)), await video.walkIn(hall.citizen(2))]
  await hall.open(1)
  clock.advance(4 * minute)
  await write((tx) => ring(tx, hall.agent(), one.row.id))
  await write((tx) => answer(tx, hall.citizen(1), one.row.id))
  await video.page(hall.citizen(1), one.row.id)
  await video.page(hall.agent(), one.row.id)
  clock.advance(3 * minute)
  await video.lost(await video.participant(one.row.id, "citizen"), "gone")
  clock.advance(2 * minute)
  await video.page(hall.citizen(1), one.row.id)
  await write((tx) => resume(tx, hall.agent(), one.row.id))
  clock.advance(5 * minute)
  await write((tx) => hangUp(tx, hall.agent(), one.row.id))
  clock.advance(minute)
  await write((tx) => end(tx, hall.agent(), one.row.id, { outcome: "done" }))
  await write((tx) => ring(tx, hall.agent(), two.row.id))
  await video.pass(2 * minute + 5_000)
  const { total, byService, byDay } = await report(
    hall.store,
    hall.code,
    { from: hall.today, to: hall.today },
    clock.office(),
  )
  expect(total).toMatchObject({
    ...{ visits: 2, calls: 1, called: 2, unanswered: 1, interruptions: 1, recovered: 1, ended: 0 },
    wait: { mean: 9.5 * minute, p50: 4 * minute, p90: 15 * minute },
    length: all(10 * minute),
    recovery: all(2 * minute),
    outcomes: { done: 1 },
    known: 0,
  })
  expect(byService.map(({ service }) => service)).toEqual(["RES-04"])
  expect(byDay.map(({ day }) => day)).toEqual([hall.today])
})

test("who did not come again for the same service within two weeks was helped the first time; before that nobody knows", async () => {
  const hall = await videoHall()
  const finish = async (number: number) => {
    const { row } = await hall.video.inCall(hall.citizen(number))
    await hall.write((tx) => end(tx, hall.agent(), row.id, { outcome: "done" }))
  }
  await finish(1)
  await finish(2)
  const figures = async () => {
    const range = { from: hall.today, to: hall.today }
    return (await report(hall.store, hall.code, range, hall.clock.office())).total
  }
  expect(await figures()).toMatchObject({ known: 0, firstContact: 0 })
  hall.time("10:00", addDays(hall.today, 7))
  await hall.video.walkIn(hall.citizen(1))
  hall.time("10:00", addDays(hall.today, 15))
  expect(await figures()).toMatchObject({ known: 2, firstContact: 1 })
})

test("lateness counts against the office and not staying away: who goes home then is no no-show", async () => {
  const hall = await videoHall()
  const [late, missed] = [hall.citizen(1), hall.citizen(2)]
  const { row } = await hall.video.here(late)
  await hall.booked(missed, "10:30", { line: "VIR", service: "RES-04" })
  hall.time("10:10")
  await hall.write((tx) => wake(tx, hall.code))
  await hall.video.pass(11 * minute)
  await hall.write((tx) => goHome(tx, late, row.id))
  hall.time("23:00")
  await hall.write((tx) => markMissed(tx, hall.code))
  const range = { from: hall.today, to: hall.today }
  const { total } = await report(hall.store, hall.code, range, hall.clock.office())
  expect(total).toMatchObject({ visits: 1, booked: 1, late: 1, due: 1, noShows: 1 })
})
