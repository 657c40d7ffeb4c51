import { describe, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { bookingPeople } from "../../../db/schema/bookings.ts"
import type { TicketRow } from "../../../db/schema/queue.ts"
import { minute } from "../../base/day.ts"
import { riyadh, type TestHall, testHall } from "../../testing/hall.ts"
import { refusal } from "../../testing/office.ts"
import { callThis, next, recall } from "./calling.ts"
import { closeCounter } from "./counters.ts"
import { leave, ready } from "./holder.ts"
import { absent, changeService, finish, park, returnTicket, serve } from "./serving.ts"
import { transfer } from "./transfer.ts"
import { undo } from "./undo.ts"

async function atTen() {
  const hall = await testHall({ now: "2026-11-22T10:00", more: [{ code: "RUH-QHK" }] })
  await hall.open(1)
  await hall.open(2)
  const booking = await hall.booked(hall.citizen(), "10:00")
  const { ticket } = await hall.arrive(booking)
  return { hall, booking, id: ticket.id }
}

const steps = {
  next: { from: "waiting", run: async (hall, id) => expect((await hall.next())?.id).toBe(id) },
  call: { from: "waiting", run: (hall, id) => hall.write((tx) => callThis(tx, hall.agent(), id)) },
  recall: { from: "called", run: (hall, id) => hall.write((tx) => recall(tx, hall.agent(), id)) },
  serve: { from: "called", run: (hall, id) => hall.write((tx) => serve(tx, hall.agent(), id)) },
  absent: { from: "called", run: (hall, id) => hall.write((tx) => absent(tx, hall.agent(), id)) },
  leave: { from: "called", run: (hall, id) => hall.write((tx) => leave(tx, hall.agent(), id)) },
  finish: { from: "serving", run: (hall, id) => hall.write((tx) => finish(tx, hall.agent(), id, { outcome: "done" })) },
  park: { from: "serving", run: (hall, id) => hall.write((tx) => park(tx, hall.agent(), id)) },
  service: { from: "serving", run: (hall, id) => hall.write((tx) => changeService(tx, hall.agent(), id, "RES-01")) },
  transfer: {
    from: "serving",
    run: (hall, id) => hall.write((tx) => transfer(tx, hall.agent(), id, { service: "RES-01", reason: "next_step" })),
  },
  returnParked: { from: "parked", run: (hall, id) => hall.write((tx) => returnTicket(tx, hall.agent(), id)) },
  returnAbsent: { from: "absent", run: (hall, id) => hall.write((tx) => returnTicket(tx, hall.agent(), id)) },
} satisfies Record<string, { from: string; run: (hall: TestHall, id: string) => Promise<unknown> }>

const path: Record<string, (keyof typeof steps)[]> = {
  waiting: [],
  called: ["next"],
  serving: ["next", "serve"],
  parked: ["next", "serve", "park"],
  absent: ["next", "absent"],
}

describe("within thirty seconds", () => {
  for (const [name, { from, run }] of Object.entries(steps)) {
    test(`undoing "${name}" puts ticket, counter and booking back exactly`, async () => {
      const { hall, booking, id } = await atTen()
      for (const step of path[from] ?? []) await steps[step].run(hall, id)
      const { undo: _before, ...before } = await hall.ticketNow(id)
      const [hand, booked] = [(await hall.counterNow()).ticket, (await hall.bookingNow(booking.id)).state]
      hall.clock.advance(minute)
      await run(hall, id)
      const step = (await hall.facts()).filter(({ kind }) => kind.startsWith("ticket.")).at(-1)

      hall.clock.advance(30_000)
      const { undo: after, ...restored } = await hall.write((tx) => undo(tx, hall.agent(), id))
      expect(restored).toEqual(before)
      expect(after).toBeNull()
      expect((await hall.counterNow()).ticket).toBe(hand)
      expect((await hall.bookingNow(booking.id)).state).toBe(booked)
      const said = (await hall.facts("ticket.undone")).at(-1)
      expect(said?.body.cancels).toBe(step?.seq ?? -1)
    })
  }

  test("an undone call leaves the person where they stood: the next counter calls them first", async () => {
    const { hall, id } = await atTen()
    await hall.walkIn()
    await hall.next(1)
    await hall.write((tx) => undo(tx, hall.agent(), id))
    expect((await hall.next(2))?.id).toBe(id)
  })
})

test("a finish that is undone brings the booking back in force; not where the person has booked anew since", async () => {
  const { hall, booking, id } = await atTen()
  const openNow = async () => {
    const rows = await hall.store.db.select().from(bookingPeople).where(eq(bookingPeople.booking, booking.id))
    return rows.map(({ open }) => open)
  }
  await hall.done(await hall.serveNext())
  expect(await openNow()).toEqual([false])
  await hall.write((tx) => undo(tx, hall.agent(), id))
  expect(await openNow()).toEqual([true])
  await hall.write((tx) => finish(tx, hall.agent(), id, { outcome: "done" }))
  await hall.booked(hall.citizen(), "12:00")
  expect(await hall.write((tx) => undo(tx, hall.agent(), id))).toMatchObject({ state: "serving" })
  expect(await openNow()).toEqual([false])
})

describe("what is not undone", () => {
  test("a step of more than thirty seconds ago", async () => {
    const { hall, id } = await atTen()
    await hall.next()
    hall.clock.advance(30_001)
    expect((await refusal(hall.write((tx) => undo(tx, hall.agent(), id)))).code).toBe("undo_too_late")
  })

  test("the step before the last one, or the same step twice", async () => {
    const { hall, id } = await atTen()
    await hall.serveNext()
    await hall.write((tx) => undo(tx, hall.agent(), id))
    expect((await refusal(hall.write((tx) => undo(tx, hall.agent(), id)))).code).toBe("nothing_to_undo")
  })

  test("another agent's step; a supervisor may", async () => {
    const { hall, id } = await atTen()
    await hall.next()
    expect((await refusal(hall.write((tx) => undo(tx, hall.agent(2), id)))).code).toBe("not_your_counter")
    expect((await hall.write((tx) => undo(tx, hall.supervisor(), id))).state).toBe("waiting")
  })

  test("what the person has answered since: who is back is not made absent again", async () => {
    const { hall, id } = await atTen()
    await hall.next()
    await hall.write((tx) => absent(tx, hall.agent(), id))
    await hall.write((tx) => ready(tx, hall.citizen(), id))
    expect((await refusal(hall.write((tx) => undo(tx, hall.agent(), id)))).code).toBe("nothing_to_undo")
  })

  test("a finish, once the counter has called somebody else", async () => {
    const { hall, id } = await atTen()
    await hall.walkIn()
    const first = await hall.serveNext()
    await hall.done(first)
    const second = await hall.next()
    const { code, details } = await refusal(hall.write((tx) => undo(tx, hall.agent(), id)))
    expect([code, details["ticket"]]).toEqual(["counter_busy", { id: second?.id, number: 201, state: "called" }])
    expect((await hall.ticketNow(id)).state).toBe("served")
  })

  test("a finish at a counter that has closed, or of a person who has a new ticket", async () => {
    const { hall, id } = await atTen()
    await hall.done(await hall.serveNext())
    await hall.walkIn({ who: hall.citizen() })
    expect((await refusal(hall.write((tx) => undo(tx, hall.agent(), id)))).code).toBe("already_waiting")
    const other = await hall.walkIn()
    await hall.write((tx) => callThis(tx, hall.agent(), other.id))
    await hall.write((tx) => serve(tx, hall.agent(), other.id))
    await hall.done(other)
    await hall.write((tx) => closeCounter(tx, hall.agent(), hall.counter(), { confirmed: true }))
    expect((await refusal(hall.write((tx) => undo(tx, hall.agent(), other.id)))).code).toBe("counter_closed")
  })

  test("a transfer to another office, where the person may have been called already", async () => {
    const { hall, id } = await atTen()
    await hall.serveNext()
    const to = { service: "PAS-01", office: "RUH-QHK", reason: "next_step" as const }
    await hall.write((tx) => transfer(tx, hall.agent(), id, to))
    expect((await refusal(hall.write((tx) => undo(tx, hall.agent(), id)))).code).toBe("nothing_to_undo")
  })
})

describe("a person who is sent on", () => {
  async function serving(plan = {}) {
    const hall = await testHall({ now: "2026-11-22T10:00", more: [{ code: "RUH-QHK" }], ...plan })
    await hall.open(1)
    const booking = await hall.booked(hall.citizen(), "10:00")
    await hall.arrive(booking)
    const ticket = await hall.serveNext()
    hall.clock.advance(12 * minute)
    const send = (to: Partial<Parameters<typeof transfer>[3]>) =>
      hall.write((tx) => transfer(tx, hall.agent(), ticket.id, { service: "RES-01", reason: "correction", ...to }))
    return { hall, booking, ticket, send }
  }

  test("to the right line keeps ticket, number and due", async () => {
    const { hall, ticket, send } = await serving()
    const sent = await send({})
    const { id, number, due, arrivedAt } = ticket
    expect(sent).toMatchObject({ id, number, due, arrivedAt, line: "RES", service: "RES-01", state: "waiting" })
    expect([sent.counter, sent.servingAt, (await hall.counterNow()).ticket]).toEqual([null, null, null])
    expect((await hall.next())?.id).toBe(id)
  })

  test("to the next step is due the new line's target from now", async () => {
    const { ticket, send } = await serving()
    const sent = await send({ reason: "next_step" })
    expect([sent.id, riyadh(sent.due), sent.dueBy, sent.number]).toEqual([ticket.id, "10:57", "step", 101])
  })

  test("to another office gets a ticket there, with where from and the first arrival; the old one ends", async () => {
    const { hall, booking, ticket, send } = await serving()
    const sent = await send({ service: "PAS-01", office: "RUH-QHK", reason: "next_step" })
    expect(sent).toMatchObject({
      office: "RUH-QHK",
      number: 201,
      state: "waiting",
      cameFrom: ticket.id,
      arrivedAt: ticket.arrivedAt,
      person: hall.citizen().id,
    })
    expect(await hall.ticketNow(ticket.id)).toMatchObject({ state: "transferred", live: false })
    expect((await hall.bookingNow(booking.id)).state).toBe("done")
    const here = await hall.facts("ticket.transferred")
    expect(here[0]?.body).toMatchObject({ ticket: ticket.id, to: sent.id, office: "RUH-QHK" })
    expect((await hall.facts("ticket.issued", "RUH-QHK"))[0]?.body.cameFrom).toBe(ticket.id)
  })

  test("to an office that is closed: refused before anything has changed", async () => {
    const evenings = [{ code: "RUH-QHK", hours: [{ start: "16:00", minutes: 240 }] }]
    const { hall, ticket, send } = await serving({ more: evenings })
    const { undo: _kept, ...before } = await hall.ticketNow(ticket.id)
    const facts = (await hall.facts()).length
    const refused = await refusal(send({ service: "PAS-01", office: "RUH-QHK" }))
    expect([refused.code, refused.details]).toEqual(["target_closed", { office: "RUH-QHK" }])
    expect(await hall.ticketNow(ticket.id)).toMatchObject(before)
    expect([(await hall.counterNow()).ticket, (await hall.facts()).length]).toEqual([ticket.id, facts])
  })

  test("after hours to a line that no open counter serves: refused; to one that is still served: sent", async () => {
    const { hall, send } = await serving()
    hall.time("14:40")
    const own = await send({ service: "RES-01" })
    expect(own.state).toBe("waiting")
    const alone = await serving()
    await alone.hall.write((tx) => finish(tx, alone.hall.agent(), alone.ticket.id, { outcome: "done" }))
    await alone.hall.open(1, ["PAS"])
    const walkIn = await alone.hall.walkIn()
    await alone.hall.next()
    alone.hall.time("14:40")
    const asked = alone.hall.write((tx) =>
      transfer(tx, alone.hall.agent(), walkIn.id, { service: "RES-01", reason: "correction" }),
    )
    expect((await refusal(asked)).code).toBe("target_closed")
  })

  test("to a service that nobody offers there: refused", async () => {
    const { send } = await serving()
    expect((await refusal(send({ service: "MUN-01" }))).code).toBe("service_not_here")
    expect((await refusal(send({ service: "MUN-01", office: "RUH-QHK" }))).code).toBe("service_not_here")
  })

  test("straight from the waiting list, because the wrong line was chosen at the door", async () => {
    const hall = await testHall()
    await hall.open(1)
    const walkIn: TicketRow = await hall.walkIn()
    const sent = await hall.write((tx) =>
      transfer(tx, hall.agent(), walkIn.id, { service: "RES-01", reason: "correction" }),
    )
    expect(sent).toMatchObject({ id: walkIn.id, number: walkIn.number, due: walkIn.due, line: "RES" })
  })
})

test("a step says its fact before it is undone: what happened stays readable in order", async () => {
  const { hall, id } = await atTen()
  await hall.write((tx) => next(tx, hall.agent(), hall.counter()))
  await hall.write((tx) => undo(tx, hall.agent(), id))
  const kinds = (await hall.facts()).map(({ kind }) => kind).filter((kind) => kind.startsWith("ticket."))
  expect(kinds).toEqual(["ticket.issued", "ticket.called", "ticket.undone"])
})
