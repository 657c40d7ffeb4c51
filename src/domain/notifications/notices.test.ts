import { expect, test } from "bun:test"
import { and, asc, eq } from "drizzle-orm"
import { bookings } from "../../../db/schema/bookings.ts"
import { deliveries, messages } from "../../../db/schema/messages.ts"
import { minute } from "../../base/day.ts"
import { officeStep } from "../../jobs/office.ts"
import { testHall } from "../../testing/hall.ts"
import { offerMinutes } from "../availability/rules.ts"
import { joinWaitlist } from "../availability/waitlist.ts"
import { closeDay, restoreDay } from "../bookings/day-changes.ts"
import { accept, acceptProposal, decline, propose } from "../bookings/requests.ts"
import { book, cancel, move } from "../bookings/writes.ts"
import { next, recall } from "../queue/calling.ts"
import { absent } from "../queue/serving.ts"
import { undo } from "../queue/undo.ts"
import { inboxOf, markAllRead, markRead, unreadOf } from "./inbox.ts"
import { forgetMessages } from "./outbox.ts"

/* What happens in an office, and what the person concerned is told of it. */

async function telling(plan: Parameters<typeof testHall>[0] = {}) {
  const hall = await testHall(plan)
  return Object.assign(hall, {
    /** What somebody was told, in order. */
    async told({ id }: { id: string }) {
      const rows = await hall.store.db
        .select()
        .from(messages)
        .where(eq(messages.owner, id))
        .orderBy(asc(messages.at), asc(messages.id))
      return rows.map(({ kind, data }) => ({ kind, data }))
    },
    async kinds(who: { id: string }) {
      return (await this.told(who)).map(({ kind }) => kind)
    },
    wanted: (time: string, on = "2026-11-24") => ({
      office: hall.code,
      service: "PAS-01",
      slot: hall.slot(time, { on }),
    }),
  })
}

test("booked, moved and cancelled: each is told once", async () => {
  const hall = await telling()
  const who = hall.citizen(1)
  const made = await hall.write((tx) => book(tx, who, hall.wanted("12:00")))
  hall.clock.advance(minute)
  await hall.write((tx) => move(tx, who, made.id, hall.slot("13:00", { on: "2026-11-25" })))
  hall.clock.advance(minute)
  await hall.write((tx) => cancel(tx, hall.agent(1), made.id, "No power in the hall"))
  expect(await hall.kinds(who)).toEqual(["booking_confirmed", "booking_moved", "booking_cancelled"])
  expect((await hall.told(who)).at(-1)?.data).toMatchObject({ by: "office", startsAt: hall.at("13:00", "2026-11-25") })
})

test("a request is confirmed by the office's yes; its no and its other time are told", async () => {
  const hall = await telling({ mode: "request" })
  const [first, second, third] = [hall.citizen(1), hall.citizen(2), hall.citizen(3)]
  const asked = async (who: typeof first, time: string) =>
    (await hall.write((tx) => book(tx, who, hall.wanted(time)))).id
  const yes = await asked(first, "12:00")
  expect(await hall.kinds(first)).toEqual([])
  await hall.write((tx) => accept(tx, hall.supervisor(), yes))
  expect(await hall.kinds(first)).toEqual(["booking_confirmed"])
  const no = await asked(second, "12:00")
  await hall.write((tx) => decline(tx, hall.supervisor(), no, "The paper is missing"))
  expect(await hall.kinds(second)).toEqual(["booking_cancelled"])
  const other = await asked(third, "12:00")
  await hall.write((tx) => propose(tx, hall.supervisor(), other, hall.slot("13:00", { on: "2026-11-24" })))
  expect(await hall.kinds(third)).toEqual(["booking_proposed"])
  hall.clock.advance(minute)
  await hall.write((tx) => acceptProposal(tx, third, other))
  expect(await hall.kinds(third)).toEqual(["booking_proposed", "booking_confirmed"])
})

test("a visit that was moved waits for the office's yes again, and that yes is told too", async () => {
  const hall = await telling({ mode: "request" })
  const who = hall.citizen(1)
  const { id } = await hall.write((tx) => book(tx, who, hall.wanted("12:00")))
  await hall.write((tx) => accept(tx, hall.supervisor(), id))
  hall.clock.advance(minute)
  await hall.write((tx) => move(tx, who, id, hall.slot("13:00", { on: "2026-11-24" })))
  hall.clock.advance(minute)
  await hall.write((tx) => accept(tx, hall.supervisor(), id))
  expect(await hall.kinds(who)).toEqual(["booking_confirmed", "booking_moved", "booking_confirmed"])
})

test("two moves that come together are both told, and the last one goes out", async () => {
  const hall = await telling()
  const who = await hall.person({ mobile: "+966550000001" })
  const { id } = await hall.write((tx) => book(tx, who, hall.wanted("12:00")))
  hall.clock.advance(minute)
  await Promise.all(
    ["13:00", "13:15"].map((time) => hall.write((tx) => move(tx, who, id, hall.slot(time, { on: "2026-11-24" })))),
  )
  expect(await hall.kinds(who)).toEqual(["booking_confirmed", "booking_moved", "booking_moved"])
  const going = await hall.store.db
    .select({ data: messages.data })
    .from(deliveries)
    .innerJoin(messages, and(eq(messages.owner, deliveries.owner), eq(messages.id, deliveries.message)))
    .where(eq(deliveries.state, "pending"))
  expect(going.map(({ data }) => data["startsAt"])).toEqual([hall.at("13:15", "2026-11-24")])
})

test("a day that closes is told to whoever is booked on it, and so is its opening again", async () => {
  const hall = await telling()
  const who = hall.citizen(1)
  await hall.write((tx) => book(tx, who, hall.wanted("12:00")))
  hall.clock.advance(minute)
  const day = { office: hall.code, day: "2026-11-24" as typeof hall.today }
  await hall.write((tx) => closeDay(tx, hall.supervisor(), day))
  expect(await hall.kinds(who)).toEqual(["booking_confirmed", "booking_struck"])
  hall.clock.advance(minute)
  await hall.write((tx) => restoreDay(tx, hall.supervisor(), day))
  expect(await hall.kinds(who)).toEqual(["booking_confirmed", "booking_struck", "booking_confirmed"])
})

test("nobody came: it is told; the same is not told of a time that the office had struck", async () => {
  const hall = await telling()
  const [missed, struck] = [hall.citizen(1), hall.citizen(2)]
  await hall.write((tx) => book(tx, missed, hall.wanted("12:00", hall.today)))
  const { id } = await hall.write((tx) => book(tx, struck, hall.wanted("12:15", hall.today)))
  await hall.write((tx) => tx.db.update(bookings).set({ struckAt: tx.now }).where(eq(bookings.id, id)).then())
  hall.time("15:30")
  await hall.write((tx) => officeStep(tx, hall.code))
  expect(await hall.kinds(missed)).toEqual(["booking_confirmed", "missed"])
  expect(await hall.kinds(struck)).toEqual(["booking_confirmed", "booking_cancelled"])
})

test("who is called is told once, not at every recall; who does not come is told how to come back", async () => {
  const hall = await telling()
  const who = hall.citizen(1)
  const ticket = await hall.walkIn({ who })
  await hall.open(1)
  await hall.next(1)
  await hall.write((tx) => recall(tx, hall.agent(1), ticket.id))
  expect((await hall.told(who)).map(({ kind, data }) => [kind, data["number"], data["counter"]])).toEqual([
    ["your_turn", ticket.number, 1],
  ])
  hall.clock.advance(minute)
  await hall.write((tx) => absent(tx, hall.agent(1), ticket.id))
  const [, missed] = await hall.told(who)
  expect(missed).toMatchObject({ kind: "missed", data: { ticket: ticket.id, keptUntil: hall.at("10:11") } })
})

test("a call that is taken back before it went out does not go out", async () => {
  const hall = await telling()
  const who = await hall.person({ mobile: "+966550000001" })
  const ticket = await hall.walkIn({ who })
  await hall.open(1)
  await hall.write((tx) => next(tx, hall.agent(1), hall.counter(1)))
  const states = async () => (await hall.store.db.select().from(deliveries)).map(({ state }) => state)
  expect(await states()).toEqual(["pending"])
  await hall.write((tx) => undo(tx, hall.agent(1), ticket.id))
  expect(await states()).toEqual(["called_off"])
  await hall.next(1)
  expect(await states()).toEqual(["called_off", "pending"])
})

test("a turn that is near is told once and to whom the house knows, not to who has just come in", async () => {
  const hall = await telling()
  const [first, second] = [hall.citizen(1), hall.citizen(2)]
  await hall.open(1)
  await hall.walkIn({ who: first })
  await hall.next(1)
  const ticket = await hall.walkIn({ who: second })
  const stranger = await hall.walkIn()
  const step = () => hall.write((tx) => officeStep(tx, hall.code))
  await step()
  expect(await hall.kinds(second)).toEqual([])
  hall.clock.advance(5 * minute)
  await step()
  hall.clock.advance(minute)
  await step()
  expect((await hall.told(second)).map(({ kind, data }) => [kind, data["ticket"]])).toEqual([["turn_soon", ticket.id]])
  expect((await hall.facts("message.told")).map(({ subject }) => subject)).toEqual([second.id])
  expect((await hall.store.db.select().from(messages)).some(({ data }) => data["ticket"] === stranger.id)).toBe(false)
})

test("a ticket that is bound to nobody whom the house knows tells nobody anything", async () => {
  const hall = await telling()
  const ticket = await hall.walkIn()
  await hall.open(1)
  await hall.next(1)
  await hall.write((tx) => absent(tx, hall.agent(1), ticket.id))
  expect(await hall.store.db.select().from(messages)).toEqual([])
})

test("a place that comes free is told to whom it is offered, for as long as it is kept", async () => {
  const hall = await telling({
    furthestDays: 1,
    hours: [{ rrule: "FREQ=WEEKLY;BYDAY=MO", start: "09:00", minutes: 15 }],
    lines: [{ code: "PAS", public: 1, staffExtra: 0 }],
  })
  const [has, waits] = [hall.citizen(1), hall.citizen(2)]
  const made = await hall.write((tx) => book(tx, has, hall.wanted("09:00", "2026-11-23")))
  await hall.write((tx) => joinWaitlist(tx, waits, { office: hall.code, service: "PAS-01" }))
  await hall.write((tx) => cancel(tx, has, made.id))
  await hall.write((tx) => officeStep(tx, hall.code))
  const [offered] = await hall.told(waits)
  expect(offered?.kind).toBe("place_offered")
  expect(offered?.data["until"]).toBe(hall.clock.office() + offerMinutes * minute)
})

test("an inbox is its owner's alone: pages, what is new, what has been read", async () => {
  const hall = await telling()
  const [who, other] = [hall.citizen(1), hall.citizen(2)]
  for (const time of ["11:00", "12:00", "13:00"]) {
    const made = await hall.write((tx) => book(tx, who, hall.wanted(time)))
    hall.clock.advance(minute)
    await hall.write((tx) => cancel(tx, who, made.id))
    hall.clock.advance(minute)
  }
  expect(await unreadOf(hall.store, who.id)).toBe(6)
  const first = await inboxOf(hall.store, who.id, 4)
  const rest = await inboxOf(hall.store, who.id, 4, first.at(-1)?.id)
  const all = [...first, ...rest].map(({ at }) => at)
  expect([first.length, rest.length, all]).toEqual([4, 2, all.toSorted((left, right) => right - left)])
  expect(new Set([...first, ...rest].map(({ id }) => id)).size).toBe(6)
  const [latest] = first
  const id = latest?.id ?? ""
  await expect(hall.write((tx) => markRead(tx, other.id, id))).rejects.toThrow("not_found")
  expect(await inboxOf(hall.store, other.id, 4, id)).toEqual([])
  await hall.write((tx) => markRead(tx, who.id, id))
  await hall.write((tx) => markRead(tx, who.id, id))
  expect(await unreadOf(hall.store, who.id)).toBe(5)
  await hall.write((tx) => markAllRead(tx, who.id))
  expect(await unreadOf(hall.store, who.id)).toBe(0)
  expect((await hall.facts("message.read", "accounts")).map(({ body }) => body.messages)).toEqual([1, 5])
})

test("what was told three months ago is forgotten, with how it was sent", async () => {
  const hall = await telling({ furthestDays: 200 })
  const who = await hall.person({ mobile: "+966550000001" })
  await hall.write((tx) => book(tx, who, hall.wanted("12:00", "2027-05-23")))
  const left = async () => [
    (await hall.store.db.select().from(messages)).length,
    (await hall.store.db.select().from(deliveries)).length,
  ]
  hall.clock.advance(90 * 24 * 60 * minute)
  await hall.write((tx) => forgetMessages(tx, hall.clock.real()))
  expect(await left()).toEqual([1, 1])
  hall.clock.advance(1)
  await hall.write((tx) => forgetMessages(tx, hall.clock.real()))
  expect(await left()).toEqual([0, 0])
})
