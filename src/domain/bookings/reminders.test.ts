import { expect, test } from "bun:test"
import { and, asc, eq } from "drizzle-orm"
import { messages } from "../../../db/schema/messages.ts"
import type { Day } from "../../base/day.ts"
import { minute } from "../../base/day.ts"
import { testHall } from "../../testing/hall.ts"
import { checkIn } from "../queue/arrivals.ts"
import { closeDay, restoreDay } from "./day-changes.ts"
import { hasReminders, tellReminders } from "./reminders.ts"
import { accept } from "./requests.ts"
import { book, cancel, move } from "./writes.ts"

/* Who is reminded, and when. It is ten o'clock on 22 November; visits have an hour of their own. */

async function reminding(plan: Parameters<typeof testHall>[0] = {}) {
  const hall = await testHall(plan)
  async function step(): Promise<void> {
    while (await hasReminders(hall.store, hall.clock.office())) await hall.write(tellReminders)
  }
  return Object.assign(hall, {
    book: (person: number, time: string, on: string) =>
      hall.write((tx) =>
        book(tx, hall.citizen(person), { office: hall.code, service: "PAS-01", slot: hall.slot(time, { on }) }),
      ),
    /** Lets the time come, with the house at work or (`down`) only at the end of it. */
    async until(time: string, on: string, how: "at work" | "down" = "at work") {
      const at = hall.at(time, on)
      while (how === "at work" && hall.clock.office() < at - 15 * minute) {
        hall.clock.advance(15 * minute)
        await step()
      }
      hall.clock.set(at)
      await step()
    },
    /** How many hours ahead, and when (UTC). */
    async reminders(person: number) {
      const rows = await hall.store.db
        .select()
        .from(messages)
        .where(and(eq(messages.owner, hall.citizen(person).id), eq(messages.kind, "reminder")))
        .orderBy(asc(messages.at))
      return rows.map(({ data, at }) => `${data["hours"]} ${new Date(at).toISOString().slice(5, 16)}`)
    },
  })
}

const closing = (hall: { code: string }, day: string) => ({ office: hall.code, day: day as Day })

test("a day and two hours ahead, once each, however often the house looks", async () => {
  const hall = await reminding()
  await hall.book(1, "12:00", "2026-11-24")
  await hall.until("12:00", "2026-11-24")
  expect(await hall.reminders(1)).toEqual(["24 11-23T09:00", "2 11-24T07:00"])
  const told = await hall.facts("message.told", "accounts")
  expect(told.map(({ subject }) => subject)).toEqual([hall.citizen(1).id, hall.citizen(1).id])
})

test("of the time that the booking has, not of one that it had, and of none that was cancelled", async () => {
  const hall = await reminding()
  const moved = await hall.book(1, "12:00", "2026-11-24")
  const cancelled = await hall.book(2, "12:00", "2026-11-24")
  await hall.until("11:45", "2026-11-23")
  await hall.write((tx) => move(tx, hall.citizen(1), moved.id, hall.slot("13:00", { on: "2026-11-25" })))
  await hall.write((tx) => cancel(tx, hall.citizen(2), cancelled.id))
  await hall.until("13:00", "2026-11-25")
  expect(await hall.reminders(1)).toEqual(["24 11-24T10:00", "2 11-25T08:00"])
  expect(await hall.reminders(2)).toEqual([])
})

test("of a visit that was moved after its reminder: of the new time again", async () => {
  const hall = await reminding()
  const made = await hall.book(1, "12:00", "2026-11-24")
  await hall.until("13:00", "2026-11-23")
  await hall.write((tx) => move(tx, hall.citizen(1), made.id, hall.slot("13:00", { on: "2026-11-25" })))
  await hall.until("12:00", "2026-11-24")
  await hall.until("13:00", "2026-11-25")
  expect(await hall.reminders(1)).toEqual(["24 11-23T09:00", "24 11-24T10:00", "2 11-25T08:00"])
})

test("not before the office has said yes", async () => {
  const hall = await reminding({ mode: "request" })
  const [answered] = [await hall.book(1, "12:00", "2026-11-24"), await hall.book(2, "12:00", "2026-11-24")]
  await hall.until("16:00", "2026-11-23")
  expect(await hall.reminders(1)).toEqual([])
  await hall.write((tx) => accept(tx, hall.supervisor(), answered.id))
  await hall.until("11:00", "2026-11-24")
  expect([await hall.reminders(1), await hall.reminders(2)]).toEqual([["2 11-24T07:00"], []])
})

test("nobody is called to a closed door, and to one that is open again they are", async () => {
  const hall = await reminding()
  await hall.book(1, "12:00", "2026-11-24")
  await hall.book(2, "12:00", "2026-11-25")
  for (const day of ["2026-11-24", "2026-11-25"]) {
    await hall.write((tx) => closeDay(tx, hall.supervisor(), closing(hall, day)))
  }
  await hall.until("16:00", "2026-11-23")
  await hall.write((tx) => restoreDay(tx, hall.supervisor(), closing(hall, "2026-11-25")))
  await hall.until("12:00", "2026-11-25")
  expect([await hall.reminders(1), await hall.reminders(2)]).toEqual([[], ["24 11-24T09:00", "2 11-25T07:00"]])
})

test("none within two hours of what was said of the booking", async () => {
  const hall = await reminding()
  await hall.book(1, "13:45", "2026-11-22")
  await hall.book(2, "14:00", "2026-11-22")
  await hall.book(3, "11:45", "2026-11-23")
  await hall.book(4, "12:00", "2026-11-23")
  await hall.until("12:00", "2026-11-23")
  expect(await hall.reminders(1)).toEqual([])
  expect(await hall.reminders(2)).toEqual(["2 11-22T09:00"])
  expect(await hall.reminders(3)).toEqual(["2 11-23T06:45"])
  expect(await hall.reminders(4)).toEqual(["24 11-22T09:00", "2 11-23T07:00"])
})

test("a house that was down reminds of what is still ahead, as long as that is of use", async () => {
  for (const [until, told] of [
    ["07:45", ["24 11-24T04:45", "2 11-24T07:00"]],
    // So near to one another they would be one too many.
    ["08:45", ["24 11-24T05:45"]],
    ["09:00", ["2 11-24T07:00"]],
    ["11:00", ["2 11-24T08:00"]],
    ["12:00", []],
  ] as const) {
    const hall = await reminding()
    await hall.book(1, "12:00", "2026-11-24")
    await hall.until(until, "2026-11-24", "down")
    await hall.until("12:15", "2026-11-24")
    expect(await hall.reminders(1)).toEqual([...told])
  }
})

test("who is here already needs none", async () => {
  const hall = await reminding({ earlyMinutes: 300 })
  const made = await hall.book(1, "14:00", "2026-11-22")
  await hall.write((tx) => checkIn(tx, hall.agent(1), { office: hall.code, by: { code: made.code }, lang: "ar" }))
  await hall.until("14:00", "2026-11-22")
  expect(await hall.reminders(1)).toEqual([])
})

test("more people at one time than one turn takes are all reminded", async () => {
  const many = 450
  const hall = await reminding({ citizens: many, lines: [{ code: "PAS", public: many, staffExtra: 0 }] })
  for (let person = 1; person <= many; person++) await hall.book(person, "12:00", "2026-11-24")
  await hall.until("12:00", "2026-11-23")
  const rows = await hall.store.db.select().from(messages).where(eq(messages.kind, "reminder"))
  expect(new Set(rows.map(({ owner }) => owner)).size).toBe(many)
  expect(rows).toHaveLength(many)
})
