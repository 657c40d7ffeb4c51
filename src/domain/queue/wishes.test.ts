import { describe, expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { testHall } from "../../testing/hall.ts"
import { refusal } from "../../testing/office.ts"
import { describeSelf } from "../access/staff.ts"
import { callThis } from "./calling.ts"
import { rebuild } from "./rebuild.ts"
import { wish, wishesIn, womenAtWork } from "./wishes.ts"

async function hallWithWoman() {
  const hall = await testHall({ counters: 3, citizens: 6 })
  await hall.write((tx) => describeSelf(tx, hall.agent(2), "female"))
  await hall.write((tx) => describeSelf(tx, hall.agent(3), "male"))
  for (const number of [1, 2, 3]) await hall.open(number)
  const [first, second] = [await hall.walkIn({ who: hall.citizen(1) }), await hall.walkIn({ who: hall.citizen(2) })]
  await hall.write((tx) => wish(tx, hall.citizen(1), first.id, "female"))
  return { hall, first, second, write: hall.write }
}

describe("who waits for a woman", () => {
  test("is passed over by everybody else without losing the place, and is the first whom a woman calls", async () => {
    const { hall, first, second } = await hallWithWoman()
    // Whoever has said nothing is as much nobody's wish as whoever is a man.
    expect((await hall.next(1))?.id).toBe(second.id)
    expect(await hall.next(3)).toBeNull()
    const third = await hall.walkIn({ who: hall.citizen(3) })
    expect((await hall.next(2))?.id).toBe(first.id)
    expect((await hall.next(3))?.id).toBe(third.id)
  })

  test("is not called out of turn by another either, and may take the wish back at any time before", async () => {
    const { hall, first, write } = await hallWithWoman()
    expect((await refusal(write((tx) => callThis(tx, hall.agent(1), first.id)))).code).toBe("wants_another")
    expect((await refusal(write((tx) => wish(tx, hall.citizen(2), first.id, null)))).code).toBe("not_found")
    expect(await wishesIn(hall.store, hall.code)).toEqual(new Set([first.id]))
    await write((tx) => wish(tx, hall.citizen(1), first.id, null))
    expect((await hall.next(1))?.id).toBe(first.id)
    expect((await refusal(write((tx) => wish(tx, hall.citizen(1), first.id, "female")))).code).toBe("wrong_state")
  })

  test("comes before who came later also among those of a woman's other calls: one order for both", async () => {
    const { hall, first, second } = await hallWithWoman()
    expect((await hall.next(2))?.id).toBe(first.id)
    expect((await hall.next(1))?.id).toBe(second.id)
  })

  test("is told whether one is at work, and when she is probably free", async () => {
    const { hall, first } = await hallWithWoman()
    const now = hall.clock.office()
    expect(await womenAtWork(hall.store, hall.code, "PAS", now)).toEqual({ atWork: 1, freeAt: now })
    await hall.next(2)
    const { freeAt } = await womenAtWork(hall.store, hall.code, "PAS", now)
    expect(freeAt).toBeGreaterThanOrEqual(now + minute)
    expect(first.wants).toBeNull()
    await hall.write((tx) => describeSelf(tx, hall.agent(2), null))
    expect(await womenAtWork(hall.store, hall.code, "PAS", now)).toEqual({ atWork: 0, freeAt: null })
  })

  test("is told of by facts as by rows", async () => {
    const { hall, first } = await hallWithWoman()
    const told = rebuild(await hall.facts())
    expect(told.tickets.get(first.id)?.wants).toBe("female")
  })
})
