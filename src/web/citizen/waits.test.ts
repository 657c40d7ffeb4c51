import { expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { testHall } from "../../testing/hall.ts"
import { officeNow } from "./waits.tsx"

test("how an office stands is worked out once for all who look, and anew as soon as somebody comes, and when it opens or closes", async () => {
  const hall = await testHall({ counters: 1, citizens: 40 })
  const office = await officeOf(hall.store, hall.code)
  const now = () => officeNow(hall, office)
  await hall.open()
  for (let number = 1; number <= 3; number++) await hall.walkIn({ who: hall.citizen(number) })
  const first = await now()
  expect(first.session).not.toBeNull()
  expect(await now()).toBe(first)

  for (let number = 4; number <= 8; number++) await hall.walkIn({ who: hall.citizen(number) })
  const later = await now()
  expect(later.wait?.highMinutes ?? 0).toBeGreaterThan(first.wait?.highMinutes ?? Infinity)
  expect(await now()).toBe(later)

  // Nothing happens, and the minutes go by all the same.
  hall.clock.advance(minute)
  expect(await now()).not.toBe(later)

  const ends = first.session?.endsAt ?? 0
  hall.clock.set(ends - 1)
  expect((await now()).session).not.toBeNull()
  hall.clock.set(ends)
  const closed = await now()
  expect([closed.session, closed.wait]).toEqual([null, null])
  hall.clock.set(closed.opensAt ?? 0)
  expect((await now()).session?.startsAt ?? null).toBe(closed.opensAt)
})
