import { expect, test } from "bun:test"
import fc from "fast-check"
import { messages } from "../../../db/schema/messages.ts"
import { hour, type Instant, minute } from "../../base/day.ts"
import { testOffice } from "../../testing/office.ts"
import { hasReminders, tellReminders } from "./reminders.ts"
import { book, cancel, move } from "./writes.ts"

/*
 * Some people book, move and cancel while time passes in short and long steps and the house is started anew. Who is reminded of what is
 * worked out a second time, for each booking by itself and without any mark.
 */

const times = ["10:00", "10:15", "11:00", "12:30"]
const days = ["2026-11-23", "2026-11-24", "2026-11-25"]
const citizens = 12

const to = fc.record({ time: fc.constantFrom(...times), on: fc.constantFrom(...days) })
const who = fc.integer({ min: 1, max: citizens })
const anyStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("book" as const), who, to }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("move" as const), who, to }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cancel" as const), who }) },
  { weight: 1, arbitrary: fc.constant({ do: "restart" as const }) },
  {
    weight: 9,
    arbitrary: fc.record({ do: fc.constant("wait" as const), minutes: fc.constantFrom(5, 20, 45, 120, 300) }),
  },
)

interface Booked {
  id: string
  at: Instant
  /** When something was last said of it. */
  said: Instant
  /** Reminders that are over, told or not: of which time and how many hours ahead. */
  over: Set<string>
}

test("whatever is booked, moved and cancelled in whatever order: each is reminded of what stands, in time and once", async () => {
  let all = 0
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 60, maxLength: 140 }), async (steps) => {
      const office = await testOffice({ citizens, lines: [{ code: "PAS", public: citizens, staffExtra: 0 }] })
      const booked = new Map<number, Booked>()
      const wanted: string[] = []
      for (const step of steps) {
        const now = office.clock.office()
        const own = "who" in step ? booked.get(step.who) : undefined
        const isAhead = own !== undefined && own.at > now
        const at = "to" in step ? office.at(step.to.time, step.to.on) : 0
        const slot = "to" in step ? office.slot(step.to.time, { on: step.to.on }) : ""
        if (step.do === "book" && !own && at > now + hour) {
          const asked = { office: office.code, service: "PAS-01", slot }
          const { id } = await office.write((tx) => book(tx, office.citizen(step.who), asked))
          booked.set(step.who, { id, at, said: now, over: new Set() })
        } else if (step.do === "move" && isAhead && at > now + hour && at !== own.at) {
          await office.write((tx) => move(tx, office.citizen(step.who), own.id, slot))
          Object.assign(own, { at, said: now })
        } else if (step.do === "cancel" && isAhead) {
          await office.write((tx) => cancel(tx, office.citizen(step.who), own.id))
          booked.delete(step.who)
        } else if (step.do === "restart") {
          await office.restart()
        } else if (step.do === "wait") {
          office.clock.advance(step.minutes * minute)
          while (await hasReminders(office.store, office.clock.office())) await office.write(tellReminders)
          for (const [who, one] of booked) wanted.push(...due(who, one, office.clock.office()))
        }
      }
      const told = (await office.store.db.select().from(messages)).filter(({ kind }) => kind === "reminder")
      const said = told.map(({ owner, data, at }) => `${owner} ${data["startsAt"]} ${data["hours"]} ${at}`)
      expect(said.sort()).toEqual(wanted.map((one) => nameIn(one, office)).sort())
      all += said.length
      await office.close()
    }),
    { numRuns: 25 },
  )
  expect(all).toBeGreaterThan(25)
}, 120_000)

/** What somebody has to be told of a booking by now and has not been. */
function due(who: number, booking: Booked, now: Instant): string[] {
  const told: string[] = []
  for (const hours of [24, 2]) {
    const time = booking.at - hours * hour
    const name = `${booking.at} ${hours}`
    if (now < time || booking.over.has(name)) continue
    booking.over.add(name)
    const isOfUse = now < (hours === 24 ? booking.at - 3 * hour : booking.at)
    if (!isOfUse || booking.said > time - 2 * hour) continue
    booking.said = now
    told.push(`${who} ${name} ${now}`)
  }
  return told
}

function nameIn(told: string, office: Awaited<ReturnType<typeof testOffice>>): string {
  const [who = "", ...rest] = told.split(" ")
  return [office.citizen(Number(who)).id, ...rest].join(" ")
}
