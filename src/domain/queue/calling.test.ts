import { describe, expect, test } from "bun:test"
import { tickets } from "../../../db/schema/queue.ts"
import { minute } from "../../base/day.ts"
import { riyadh, testHall } from "../../testing/hall.ts"
import { granted, refusal, refusedWith } from "../../testing/office.ts"
import { callHeadOn, callThis, next, recall } from "./calling.ts"
import { closeCounter, openCounter, pauseCounter } from "./counters.ts"
import { away, leave, ready } from "./holder.ts"
import { absent, changeService, finish, park, returnTicket, serve } from "./serving.ts"
import { take } from "./tickets.ts"

describe("counters", () => {
  test("open with their own lines or with others, pause, and close", async () => {
    const hall = await testHall()
    expect(await hall.open()).toMatchObject({
      state: "open",
      staff: hall.agent().id,
      profile: [{ line: "PAS" }, { line: "RES" }],
    })
    expect((await hall.open(1, ["RES"])).profile).toEqual([{ line: "RES", handicap: 0 }])
    expect((await hall.write((tx) => pauseCounter(tx, hall.agent(), hall.counter()))).state).toBe("paused")
    expect((await refusal(hall.next())).code).toBe("counter_closed")
    expect((await hall.open()).state).toBe("open")
    const closed = await hall.write((tx) => closeCounter(tx, hall.agent(), hall.counter()))
    expect(closed).toMatchObject({ state: "closed", staff: null })
    const said = (await hall.facts()).map(({ kind }) => kind)
    expect(said).toEqual(["counter.opened", "counter.opened", "counter.paused", "counter.opened", "counter.closed"])
  })

  test("seat one person each, and a person sits at one", async () => {
    const hall = await testHall()
    await hall.open()
    const taken = hall.write((tx) => openCounter(tx, hall.agent(2), hall.counter()))
    expect((await refusal(taken)).code).toBe("counter_taken")
    await hall.write((tx) => openCounter(tx, hall.agent(), hall.counter(3)))
    expect((await hall.counterNow(1)).state).toBe("closed")
    expect((await hall.counterNow(3)).staff).toBe(hall.agent().id)
  })

  test("are taken by one of two who ask at once", async () => {
    const hall = await testHall()
    const asked = await Promise.allSettled(
      [1, 2].map((who) => hall.write((tx) => openCounter(tx, hall.agent(who), hall.counter(5)))),
    )
    expect([granted(asked).length, refusedWith(asked)]).toEqual([1, ["counter_taken"]])
  })

  test("do not serve lines that the office has not, nor the same line twice", async () => {
    const hall = await testHall()
    for (const lines of [["MUN"], ["PAS", "PAS"]]) {
      expect((await refusal(hall.open(1, lines))).code).toBe("invalid_field")
    }
  })

  test("are not left with somebody in hand, nor by the last one while people wait, unless that is confirmed", async () => {
    const hall = await testHall()
    await hall.open()
    for (let count = 0; count < 3; count++) await hall.walkIn()
    const called = await hall.next()
    const close = (confirmed = false) =>
      hall.write((tx) => closeCounter(tx, hall.agent(), hall.counter(), { confirmed }))
    const busy = await refusal(close(true))
    expect([busy.code, busy.details["ticket"]]).toEqual([
      "counter_busy",
      { id: called?.id, number: 201, state: "called" },
    ])
    await hall.write((tx) => absent(tx, hall.agent(), called?.id ?? ""))
    const last = await refusal(close())
    expect([last.code, last.details["waiting"]]).toEqual(["last_counter", 2])
    await hall.open(2)
    expect((await close()).state).toBe("closed")
    const other = hall.write((tx) => closeCounter(tx, hall.agent(), hall.counter(2), { confirmed: true }))
    expect((await refusal(other)).code).toBe("not_your_counter")
    const boss = await hall.write((tx) => closeCounter(tx, hall.supervisor(), hall.counter(2), { confirmed: true }))
    expect(boss.state).toBe("closed")
  })
})

describe("next", () => {
  test("calls the smallest due, puts it in the counter's hand and says so", async () => {
    const hall = await testHall()
    const waiting = await hall.walkIn()
    await hall.open()
    hall.clock.advance(4 * minute)
    expect(await hall.next()).toMatchObject({ id: waiting.id, state: "called", counter: hall.counter(), calls: 1 })
    expect((await hall.counterNow()).ticket).toBe(waiting.id)
    expect((await hall.facts("ticket.called"))[0]?.body).toMatchObject({
      number: 201,
      counterNumber: 1,
      waitedMs: 4 * minute,
      from: "waiting",
    })
  })

  test("answers nobody where nobody may be called", async () => {
    const hall = await testHall({ now: "2026-11-22T09:50" })
    await hall.open()
    expect(await hall.next()).toBeNull()
    await hall.arrive(await hall.booked(hall.citizen(), "10:00"))
    const { id } = await hall.walkIn()
    await hall.write((tx) => away(tx, "bearer", id, 10))
    expect(await hall.next()).toBeNull()
    expect((await hall.counterNow()).ticket).toBeNull()
  })

  test("is refused with somebody in hand, at a closed counter, at another's, and in another office", async () => {
    const hall = await testHall({ more: [{ code: "RUH-QHK" }] })
    await hall.open()
    await hall.open(2)
    await hall.walkIn()
    const called = await hall.next()
    expect((await refusal(hall.next())).details["ticket"]).toMatchObject({ id: called?.id })
    expect((await refusal(hall.next(3))).code).toBe("counter_closed")
    expect((await refusal(hall.write((tx) => next(tx, hall.agent(2), hall.counter(1))))).code).toBe("not_your_counter")
    const stranger = hall.agent(1, "RUH-QHK")
    expect((await refusal(hall.write((tx) => next(tx, stranger, hall.counter(1))))).code).toBe("forbidden")
  })

  test("two counters that press in the same instant get two different people", async () => {
    const hall = await testHall()
    await Promise.all([hall.open(1), hall.open(2), hall.walkIn(), hall.walkIn()])
    const called = await Promise.all([hall.next(1), hall.next(2)])
    expect(new Set(called.map((ticket) => ticket?.id)).size).toBe(2)
    expect(called.map((ticket) => ticket?.counter).sort()).toEqual([hall.counter(1), hall.counter(2)])
  })

  test("eight counters and five people: five are called once each, three counters hear that nobody waits", async () => {
    const hall = await testHall()
    const all = [1, 2, 3, 4, 5, 6, 7, 8]
    for (const number of all) await hall.open(number)
    for (let count = 0; count < 5; count++) await hall.walkIn()
    const called = await Promise.all(all.map((number) => hall.next(number)))
    expect(new Set(called.flatMap((ticket) => ticket?.id ?? [])).size).toBe(5)
    expect(called.filter((ticket) => ticket === null)).toHaveLength(3)
  })

  test("a counter whose button is pressed twice calls one person", async () => {
    const hall = await testHall()
    await hall.open()
    for (let count = 0; count < 3; count++) await hall.walkIn()
    const pressed = await Promise.allSettled([hall.next(), hall.next()])
    expect([granted(pressed).length, refusedWith(pressed)]).toEqual([1, ["counter_busy"]])
  })

  test("a counter does its own work first and helps another line when that is due enough", async () => {
    const hall = await testHall({ now: "2026-11-22T09:00" })
    // Its own line is PAS; RES counts twenty minutes later.
    await hall.open()
    const res = await hall.walkIn({ service: "RES-01" })
    hall.clock.advance(15 * minute)
    const own = await hall.walkIn()
    expect((await hall.next())?.id).toBe(own.id)
    await hall.write((tx) => leave(tx, "bearer", own.id))
    hall.clock.advance(10 * minute)
    await hall.walkIn()
    expect((await hall.next())?.id).toBe(res.id)
  })

  test("a person who is due is never passed over for one who is early, and early ones wake at their time", async () => {
    const hall = await testHall({ now: "2026-11-22T09:50" })
    await hall.open()
    const { ticket: early } = await hall.arrive(await hall.booked(hall.citizen(), "10:00"))
    const walkIn = await hall.walkIn()
    expect((await hall.next())?.id).toBe(walkIn.id)
    await hall.write((tx) => leave(tx, "bearer", walkIn.id))
    await hall.walkIn()
    hall.time("10:00")
    // Awake at the booked time, without any job having run, and due before the walk-in of 09:50.
    expect((await hall.next())?.id).toBe(early.id)
    expect((await hall.facts("ticket.woken")).map(({ body }) => body.ticket)).toEqual([early.id])
  })

  test("an early person who is ready is called when nobody else is due before", async () => {
    const hall = await testHall({ now: "2026-11-22T09:40" })
    await hall.open()
    const { ticket } = await hall.arrive(await hall.booked(hall.citizen(), "10:00"))
    expect(await hall.next()).toBeNull()
    const now = await hall.write((tx) => ready(tx, hall.citizen(), ticket.id))
    expect([now.state, riyadh(now.due)]).toEqual(["waiting", "10:05"])
    expect((await hall.next())?.id).toBe(ticket.id)
  })

  test("a walk-in is served in bounded time however many booked people keep coming", async () => {
    const hall = await testHall({ now: "2026-11-22T09:00", counters: 1, lines: [{ code: "PAS" }] })
    await hall.open()
    const walkIn = await hall.walkIn()
    let served = 0
    for (let count = 1; count <= 20; count++) {
      const startsAt = hall.clock.office()
      await hall.arrive(await hall.booked(hall.citizen(count), "00:00", { startsAt }))
      const called = await hall.next()
      if (called?.id === walkIn.id) break
      await hall.write((tx) => leave(tx, "bearer", called?.id ?? ""))
      served++
      hall.clock.advance(10 * minute)
    }
    expect(served).toBeLessThanOrEqual(5)
    expect((await hall.ticketNow(walkIn.id)).state).toBe("called")
  })

  test("nobody is reordered by a clock that jumps back", async () => {
    const hall = await testHall({ now: "2026-11-22T10:00" })
    await hall.open()
    const first = await hall.walkIn()
    hall.time("08:00")
    const second = await hall.walkIn()
    expect(second.due).toBeGreaterThan(first.due)
    expect(second.arrivedAt).toBeGreaterThanOrEqual(first.arrivedAt)
    await hall.restart()
    hall.time("07:45")
    const third = await hall.walkIn()
    expect(third.due).toBeGreaterThan(second.due)
    expect((await hall.next())?.id).toBe(first.id)
  })

  test("looks nobody up by walking along the queue, and takes the right one of a hundred thousand", async () => {
    const hall = await testHall()
    await hall.open()
    const first = await hall.walkIn()
    await hall.write(async (tx) => {
      const [row] = await tx.db.select().from(tickets)
      if (!row) throw new Error("nobody to copy")
      // By the engine itself: a hundred thousand rows through the builder would take longer than all other tests here.
      tx.connection.raw.run(
        `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
         INSERT INTO ticket (id, office, day, number, line, service, state, people, arrived_at, arrival, due, due_by, calls, returns,
           live, lang)
         SELECT 'crowd-' || i, ?1, ?2, 1000000 + i, iif(i % 2, 'RES', 'PAS'), ?3, 'waiting', 1, ?4, 10 + i,
           ?5 + (i * 7919 % 100000) * 10, 'walkin', 0, 0, 1, 'ar' FROM n`,
        [row.office, row.day, row.service, row.arrivedAt, row.due + 60 * minute],
      )
    })
    expect((await hall.next())?.id).toBe(first.id)
    await hall.write((tx) => leave(tx, "bearer", first.id))
    expect((await hall.next())?.due).toBe(first.due + 60 * minute)

    const { raw } = hall.store.connection
    const query = callHeadOn(hall.store.connection.db).toSQL()
    const plan = raw
      .query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${query.sql}`)
      .all()
      .map(({ detail }) => detail)
    expect(plan.filter((detail) => /\bSCAN ticket\b/.test(detail))).toEqual([])
    expect(plan.filter((detail) => detail.includes("ticket_free (office=? AND line=?)"))).toHaveLength(8)
    expect(plan.filter((detail) => detail.includes("ticket_wishing (office=? AND line=?)"))).toHaveLength(8)
  })
})

test("a hand holds one ticket: the statement that takes it matches only an empty one at an open counter", async () => {
  const hall = await testHall()
  await hall.open(1)
  const [first, second] = [await hall.walkIn(), await hall.walkIn()]
  const took = (number: number, id: string) => hall.write((tx) => take(tx, hall.counter(number), id))
  expect([await took(1, first.id), await took(1, second.id), await took(2, second.id)]).toEqual([true, false, false])
})

describe("at the counter", () => {
  test("called, served and done: the booking is done with it and the counter is free", async () => {
    const hall = await testHall({ now: "2026-11-22T10:00" })
    await hall.open()
    const booking = await hall.booked(hall.citizen(), "10:00")
    await hall.arrive(booking)
    const serving = await hall.serveNext()
    expect(serving.state).toBe("serving")
    hall.clock.advance(7 * minute)
    const done = await hall.write((tx) =>
      finish(tx, hall.agent(), serving.id, { outcome: "referred", note: "to the court" }),
    )
    expect(done).toMatchObject({ state: "served", outcome: "referred", note: "to the court", live: false })
    expect((await hall.counterNow()).ticket).toBeNull()
    expect((await hall.bookingNow(booking.id)).state).toBe("done")
    expect((await hall.facts("ticket.served"))[0]?.body).toMatchObject({ servedMs: 7 * minute, outcome: "referred" })
    const bodies = JSON.stringify((await hall.facts()).map(({ body }) => body))
    expect(bodies).not.toContain("to the court")
  })

  test("a move that the state does not allow is refused with the state it found", async () => {
    const hall = await testHall()
    await hall.open()
    const { id } = await hall.walkIn()
    const act = (move: typeof serve) => hall.write((tx) => move(tx, hall.agent(), id))
    for (const move of [serve, absent, park, recall, returnTicket]) {
      const { code, details } = await refusal(act(move))
      expect([code, details["state"]]).toEqual(["wrong_state", "waiting"])
    }
    await hall.next()
    expect((await refusal(act(park))).details["state"]).toBe("called")
    expect((await refusal(hall.write((tx) => finish(tx, hall.agent(), id, { outcome: "done" })))).code).toBe(
      "wrong_state",
    )
    expect((await refusal(hall.write((tx) => away(tx, "bearer", id, 5)))).details["state"]).toBe("called")
  })

  test("somebody else's ticket is not touched: 'not yours' in the office, 'not there' from elsewhere, all by a supervisor", async () => {
    const hall = await testHall({ more: [{ code: "RUH-QHK" }] })
    await hall.open(1)
    await hall.open(2)
    const { id } = await hall.walkIn()
    await hall.next(1)
    const as = (who: ReturnType<typeof hall.agent>) => hall.write((tx) => serve(tx, who, id))
    expect((await refusal(as(hall.agent(2)))).code).toBe("not_your_counter")
    expect((await refusal(as(hall.agent(1, "RUH-QHK")))).code).toBe("not_found")
    const late = await refusal(hall.write((tx) => callThis(tx, hall.agent(2), id)))
    expect([late.code, late.details]).toEqual(["wrong_state", { state: "called", counter: hall.counter(1) }])
    expect((await as(hall.supervisor())).state).toBe("serving")
  })

  test("calling again counts, and tells the boards", async () => {
    const hall = await testHall()
    await hall.open()
    const { id } = await hall.walkIn()
    await hall.next()
    hall.clock.advance(minute)
    const again = await hall.write((tx) => recall(tx, hall.agent(), id))
    expect([again.calls, again.calledAt]).toEqual([2, hall.clock.office()])
    expect((await hall.facts("ticket.recalled"))[0]?.body).toMatchObject({ calls: 2, number: 201, counterNumber: 1 })
  })

  test("the agent calls one person out of turn, to the own counter", async () => {
    const hall = await testHall()
    await hall.open(2)
    await hall.walkIn()
    const second = await hall.walkIn()
    const called = await hall.write((tx) => callThis(tx, hall.agent(2), second.id))
    expect(called).toMatchObject({ state: "called", counter: hall.counter(2) })
    expect((await refusal(hall.write((tx) => callThis(tx, hall.agent(3), second.id)))).code).toBe("no_counter")
  })

  test("another service at the counter may belong to another line", async () => {
    const hall = await testHall()
    await hall.open()
    await hall.walkIn()
    const { id } = await hall.serveNext()
    const changed = await hall.write((tx) => changeService(tx, hall.agent(), id, "RES-01"))
    expect(changed).toMatchObject({ service: "RES-01", line: "RES", state: "serving", number: 201 })
    expect((await refusal(hall.write((tx) => changeService(tx, hall.agent(), id, "MUN-01")))).code).toBe(
      "service_not_here",
    )
  })
})

describe("a person who does not come", () => {
  async function called() {
    const hall = await testHall({ now: "2026-11-22T10:00" })
    await Promise.all([hall.open(1), hall.open(2)])
    const { id } = await hall.walkIn({ who: hall.citizen() })
    await hall.next(1)
    const gone = await hall.write((tx) => absent(tx, hall.agent(), id))
    return { hall, id, gone }
  }

  test("is not handed to one counter after the other", async () => {
    const { hall, gone } = await called()
    expect([gone.state, riyadh(gone.keptUntil)]).toEqual(["absent", "10:10"])
    expect(await hall.next(2)).toBeNull()
    expect(await hall.next(1)).toBeNull()
  })

  test("comes back to the front once within ten minutes", async () => {
    const { hall, id } = await called()
    for (let count = 0; count < 3; count++) await hall.walkIn()
    hall.clock.advance(9 * minute)
    await hall.write((tx) => ready(tx, hall.citizen(), id))
    expect((await hall.next(2))?.id).toBe(id)
    // The second time there is no front any more, only the place of a walk-in of this minute.
    await hall.write((tx) => absent(tx, hall.agent(2), id))
    const again = await hall.write((tx) => ready(tx, hall.citizen(), id))
    expect([again.dueBy, again.returns]).toEqual(["walkin", 2])
    expect((await hall.next(2))?.id).not.toBe(id)
  })

  test("comes back before whoever has become due in the meantime", async () => {
    const { hall, id } = await called()
    const elder = await hall.walkIn({ who: await hall.bornIn(hall.citizen(2), 1950) })
    expect(elder.due).toBeLessThan((await hall.ticketNow(id)).due)
    await hall.write((tx) => returnTicket(tx, hall.agent(2), id))
    expect((await hall.next(2))?.id).toBe(id)
  })

  test("comes back later with a walk-in's place of that minute", async () => {
    const { hall, id } = await called()
    await hall.walkIn()
    hall.clock.advance(11 * minute)
    const back = await hall.write((tx) => returnTicket(tx, hall.agent(2), id))
    expect(back.due).toBeGreaterThanOrEqual(hall.at("10:56"))
    expect((await hall.next(2))?.id).not.toBe(id)
  })

  test("keeps the booking until the session ends or the visit is over", async () => {
    const hall = await testHall({ now: "2026-11-22T10:00" })
    await hall.open()
    const booking = await hall.booked(hall.citizen(), "10:00")
    const { ticket } = await hall.arrive(booking)
    await hall.next()
    await hall.write((tx) => absent(tx, hall.agent(), ticket.id))
    expect((await hall.bookingNow(booking.id)).state).toBe("arrived")
    await hall.write((tx) => ready(tx, hall.citizen(), ticket.id))
    expect((await hall.serveNext()).id).toBe(ticket.id)
    await hall.done(ticket)
    expect((await hall.bookingNow(booking.id)).state).toBe("done")
  })

  test("a place is kept only for the holder: a stranger learns of no ticket", async () => {
    const { hall, id } = await called()
    expect((await refusal(hall.write((tx) => ready(tx, hall.citizen(2), id)))).code).toBe("not_found")
    expect((await refusal(hall.write((tx) => leave(tx, hall.citizen(2), id)))).code).toBe("not_found")
  })
})

describe("who is set aside or away", () => {
  test("a parked person is never called by another counter, and comes back to this one", async () => {
    const hall = await testHall()
    await Promise.all([hall.open(1), hall.open(2)])
    await hall.walkIn()
    const { id } = await hall.serveNext(1)
    await hall.write((tx) => park(tx, hall.agent(), id))
    expect(await hall.next(2)).toBeNull()
    expect((await refusal(hall.write((tx) => callThis(tx, hall.agent(2), id)))).code).toBe("not_your_counter")
    expect((await refusal(hall.write((tx) => returnTicket(tx, hall.agent(2), id)))).code).toBe("not_your_counter")
    const back = await hall.write((tx) => callThis(tx, hall.agent(1), id))
    expect([back.state, back.counter]).toEqual(["called", hall.counter(1)])
  })

  test("who is away keeps the place and wakes at the time that was said", async () => {
    const hall = await testHall()
    await hall.open()
    const first = await hall.walkIn()
    const second = await hall.walkIn()
    await hall.write((tx) => away(tx, "bearer", first.id, 30))
    expect((await hall.next())?.id).toBe(second.id)
    await hall.write((tx) => leave(tx, "bearer", second.id))
    await hall.walkIn()
    hall.clock.advance(30 * minute)
    expect(await hall.next()).toMatchObject({ id: first.id, due: first.due })
    for (const minutes of [0, 31, 1.5]) {
      const asked = hall.write((tx) => away(tx, "bearer", second.id, minutes))
      expect((await refusal(asked)).code).toBe("invalid_field")
    }
  })

  test("who leaves frees the counter that had called, and the booking is missed", async () => {
    const hall = await testHall({ now: "2026-11-22T10:00" })
    await hall.open()
    const booking = await hall.booked(hall.citizen(), "10:00")
    const { ticket } = await hall.arrive(booking)
    await hall.next()
    const left = await hall.write((tx) => leave(tx, hall.citizen(), ticket.id))
    expect([left.state, left.live, (await hall.counterNow()).ticket]).toEqual(["left", false, null])
    expect((await hall.bookingNow(booking.id)).state).toBe("missed")
  })
})
