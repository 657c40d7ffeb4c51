import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { counters, tickets } from "../../../db/schema/queue.ts"
import { minute } from "../../base/day.ts"
import { isRefusal } from "../../base/refusal.ts"
import { type TestHall, testHall } from "../../testing/hall.ts"
import { callThis, recall } from "./calling.ts"
import { closeCounter, pauseCounter } from "./counters.ts"
import { away, confirmNeed, leave, ready } from "./holder.ts"
import { rebuild } from "./rebuild.ts"
import { absent, changeService, finish, park, returnTicket, serve } from "./serving.ts"
import { endSessions } from "./session-end.ts"
import { liveStates } from "./states.ts"
import { transfer } from "./transfer.ts"
import { undo } from "./undo.ts"

/** Something that somebody in the hall tries: `agent` at the counter of the same number, on the `pick`th ticket of the day. */
interface Attempt {
  what: number
  agent: number
  pick: number
  minutes: number
}

const doings: ((hall: TestHall, given: { agent: number; id: string; pick: number }) => Promise<unknown>)[] = [
  (hall, { pick }) => hall.walkIn({ who: hall.citizen(pick + 1), service: pick % 3 ? "PAS-01" : "RES-01" }),
  (hall, { pick, agent }) => hall.walkIn({ who: hall.citizen(pick + 1), need: "disability" }, hall.agent(agent)),
  async (hall, { pick }) => {
    const startsAt = hall.clock.office() + (pick - 3) * 5 * minute
    await hall.arrive(await hall.booked(await hall.person(), "00:00", { startsAt }))
  },
  (hall, { agent }) => hall.open(agent),
  (hall, { agent }) => hall.write((tx) => pauseCounter(tx, hall.agent(agent), hall.counter(agent))),
  (hall, { agent }) =>
    hall.write((tx) => closeCounter(tx, hall.agent(agent), hall.counter(agent), { confirmed: true })),
  (hall, { agent }) => hall.next(agent),
  (hall, { agent }) => hall.next(agent),
  (hall, { agent, id }) => hall.write((tx) => callThis(tx, hall.agent(agent), id)),
  (hall, { agent, id }) => hall.write((tx) => recall(tx, hall.agent(agent), id)),
  (hall, { id }) => hall.write((tx) => serve(tx, hall.supervisor(), id)),
  (hall, { id }) => hall.write((tx) => finish(tx, hall.supervisor(), id, { outcome: "done" })),
  (hall, { id }) => hall.write((tx) => absent(tx, hall.supervisor(), id)),
  (hall, { id }) => hall.write((tx) => park(tx, hall.supervisor(), id)),
  (hall, { id }) => hall.write((tx) => returnTicket(tx, hall.supervisor(), id)),
  (hall, { id }) => hall.write((tx) => changeService(tx, hall.supervisor(), id, "RES-04")),
  (hall, { id }) => hall.write((tx) => transfer(tx, hall.supervisor(), id, { service: "RES-01", reason: "next_step" })),
  (hall, { id }) =>
    hall.write((tx) =>
      transfer(tx, hall.supervisor(), id, { service: "PAS-01", office: "RUH-QHK", reason: "correction" }),
    ),
  (hall, { id }) => hall.write((tx) => undo(tx, hall.supervisor(), id)),
  (hall, { id }) => hall.write((tx) => undo(tx, hall.supervisor(), id)),
  (hall, { id }) => hall.write((tx) => ready(tx, "bearer", id)),
  (hall, { id }) => hall.write((tx) => away(tx, "bearer", id, 5)),
  (hall, { id }) => hall.write((tx) => leave(tx, "bearer", id)),
  (hall, { id }) => hall.write((tx) => leave(tx, hall.supervisor(), id)),
  (hall, { id }) => hall.write((tx) => confirmNeed(tx, hall.supervisor(), id, "infant")),
]

const anyAttempt = fc.record({
  what: fc.nat(doings.length - 1),
  agent: fc.integer({ min: 1, max: 3 }),
  pick: fc.nat(11),
  minutes: fc.constantFrom(0, 0, 0, 1, 6),
})

async function attempt(hall: TestHall, { what, agent, pick, minutes }: Attempt): Promise<void> {
  hall.clock.advance(minutes * minute)
  const rows = await hall.store.db.select({ id: tickets.id }).from(tickets)
  const id = rows[pick % Math.max(1, rows.length)]?.id ?? "none"
  try {
    await doings[what]?.(hall, { agent, id, pick })
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
  }
}

/** What must hold at every moment, whatever has been tried. */
async function inOrder(hall: TestHall): Promise<void> {
  const rows = await hall.store.db.select().from(tickets)
  const desks = await hall.store.db.select().from(counters)
  for (const row of rows) {
    expect(row.live).toBe(liveStates.includes(row.state))
    const hands = desks.filter(({ ticket }) => ticket === row.id)
    const atCounter = row.state === "called" || row.state === "serving"
    expect(hands.map(({ id }) => id)).toEqual(atCounter ? [row.counter ?? "none"] : [])
    if (row.state === "waiting")
      expect([row.counter, row.calledAt, row.calls, row.wakeAt]).toEqual([null, null, 0, null])
    expect(row.wakeAt !== null).toBe(row.state === "early" || row.state === "away")
  }
  for (const desk of desks) expect(desk.state === "closed").toBe(desk.staff === null)
  const live = rows.filter((row) => row.live && row.holder !== null).map(({ holder }) => holder)
  expect(new Set(live).size).toBe(live.length)
}

async function asTold(hall: TestHall, office: string): Promise<void> {
  const told = rebuild(await hall.facts(undefined, office))
  const rows = (await hall.store.db.select().from(tickets)).filter((row) => row.office === office)
  for (const { holder: _holder, note: _note, undo: _undo, ...row } of rows)
    expect(told.tickets.get(row.id)).toEqual(row)
  expect(told.tickets.size).toBe(rows.length)
  for (const desk of await hall.store.db.select().from(counters)) {
    const { state, staff, profile, ticket } = desk
    const said = told.counters.get(desk.id)
    if (said) expect(said).toEqual({ state, staff, profile, ticket })
  }
}

describe("whatever people try in a hall, in whatever order", () => {
  test("every ticket is in one place, every hand holds what it says, and the facts tell the same story", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyAttempt, { minLength: 40, maxLength: 120 }), async (attempts) => {
        const hall = await testHall({ now: "2026-11-22T09:00", counters: 3, more: [{ code: "RUH-QHK" }], citizens: 40 })
        try {
          for (const number of [1, 2]) await hall.open(number)
          for (const each of attempts) await attempt(hall, each)
          await inOrder(hall)
          await asTold(hall, hall.code)
          await asTold(hall, "RUH-QHK")
          hall.time("18:00")
          await hall.write((tx) => endSessions(tx, hall.code))
          await inOrder(hall)
          await asTold(hall, hall.code)
          const left = await hall.store.db.select().from(tickets)
          expect(left.filter((row) => row.live && row.office === hall.code)).toEqual([])
        } finally {
          await hall.close()
        }
      }),
      { numRuns: 25, endOnFailure: true },
    )
  }, 60_000)
})
