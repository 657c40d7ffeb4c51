import { expect, test } from "bun:test"
import fc from "fast-check"
import { minute } from "../../base/day.ts"
import { isRefusal } from "../../base/refusal.ts"
import { testOffice } from "../../testing/office.ts"
import { expireHolds, hold, liveHold, releaseHold } from "../availability/holds.ts"
import { slotsOffered, slotsShown } from "../availability/reads.ts"
import { closeDay, restoreDay } from "./day-changes.ts"
import { bookingsOf } from "./reads.ts"
import { book, cancel, move } from "./writes.ts"

const times = ["11:00", "11:15", "11:30", "12:00"]
const step = fc.record({
  what: fc.constantFrom("hold", "release", "expire", "book", "cancel", "move", "close", "restore", "wait", "wait"),
  who: fc.integer({ min: 1, max: 4 }),
  time: fc.constantFrom(...times),
  minutes: fc.integer({ min: 0, max: 30 }),
})

test("what is shown is what could be taken, whatever was done and however much time has passed since it was worked out", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const office = await testOffice({ citizens: 4, lines: [{ code: "PAS", public: 2 }] })
      const { code, today: day, store, clock } = office
      const chief = office.supervisor()

      const turns: Record<string, (one: (typeof steps)[number]) => Promise<unknown>> = {
        hold: ({ who, time }) =>
          office.write((tx) =>
            hold(tx, office.citizen(who), { office: code, service: "PAS-01", slot: office.slot(time) }),
          ),
        async release({ who }) {
          const found = await liveHold(store, office.citizen(who).id, "PAS-01", clock.office())
          if (found) await office.write((tx) => releaseHold(tx, office.citizen(who), found.id))
        },
        expire: () => office.write((tx) => expireHolds(tx, code)),
        book: ({ who, time }) =>
          office.write((tx) =>
            book(tx, office.citizen(who), { office: code, service: "PAS-01", slot: office.slot(time) }),
          ),
        async cancel({ who }) {
          const [found] = await bookingsOf(store, office.citizen(who).id, clock.office())
          if (found) await office.write((tx) => cancel(tx, office.citizen(who), found.id))
        },
        async move({ who, time }) {
          const [found] = await bookingsOf(store, office.citizen(who).id, clock.office())
          if (found) await office.write((tx) => move(tx, office.citizen(who), found.id, office.slot(time)))
        },
        close: () => office.write((tx) => closeDay(tx, chief, { office: code, day, reason: "water" })),
        restore: () => office.write((tx) => restoreDay(tx, chief, { office: code, day })),
        wait: async ({ minutes }) => clock.advance(minutes * minute),
      }

      for (const one of steps) {
        await turns[one.what]?.(one).catch((thrown) => {
          if (!isRefusal(thrown)) throw thrown
        })
        for (const people of [1, 2]) {
          const asked = { office: code, service: "PAS-01", from: day, days: 3, people, now: clock.office() }
          expect(await slotsShown(store, asked)).toEqual(await slotsOffered(store, asked))
        }
      }
      await office.close()
    }),
    { numRuns: 25 },
  )
})
