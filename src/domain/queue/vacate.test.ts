import { expect, test } from "bun:test"
import { testHall } from "../../testing/hall.ts"
import { callThis } from "./calling.ts"
import { serve } from "./serving.ts"
import { ticket } from "./tickets.ts"
import { vacate } from "./vacate.ts"

test("somebody who is shut out leaves the counter, and whoever stood there waits again in the same place", async () => {
  for (const served of [false, true]) {
    const hall = await testHall({ now: "2026-11-22T10:00" })
    await hall.open()
    const { id, due } = await hall.walkIn()
    await hall.walkIn()
    await hall.write((tx) => callThis(tx, hall.agent(), id))
    if (served) await hall.write((tx) => serve(tx, hall.agent(), id))
    expect(await hall.write((tx) => vacate(tx, hall.agent(), "lead"))).toBe(hall.code)
    expect(await ticket(hall.store, id)).toMatchObject({ state: "waiting", due, counter: null, calls: 0 })
    await hall.open(2)
    expect((await hall.next(2))?.id).toBe(id)
    expect((await hall.facts("counter.closed")).map(({ body }) => body.by)).toEqual(["lead"])
    expect(await hall.write((tx) => vacate(tx, hall.agent(), "lead"))).toBeNull()
  }
})
