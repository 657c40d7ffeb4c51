import { describe, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { participants } from "../../../db/schema/visits.ts"
import { minute } from "../../base/day.ts"
import { granted, refusal, refusedWith } from "../../testing/office.ts"
import { videoHall } from "../../testing/video.ts"
import { rebuild } from "../queue/rebuild.ts"
import { transfer } from "../queue/transfer.ts"
import { undo } from "../queue/undo.ts"
import { wake } from "../queue/waking.ts"
import { arrive, comeBack, goHome } from "./arriving.ts"
import { end, goOnWithOthers, hangUp, hold, letPeopleGo, resume, sendOn, talkPrivately } from "./calls.ts"
import { write as chat, messagesOf } from "./chat.ts"
import { admit, invite, joinAsSupervisor, maySignal, reconnectAll, remove, takeUp } from "./participants.ts"
import { panel, visitView } from "./reads.ts"
import { answer, putOff, ring, ringNext, ringOff } from "./ringing.ts"
import { keepTest } from "./self-test.ts"
import { visitStep } from "./steps.ts"
import { mustFollow, roster } from "./visits.ts"

const second = 1_000

describe("somebody in the waiting room", () => {
  test("may come in from fifteen minutes before the booked time, and not earlier", async () => {
    const hall = await videoHall()
    const { write, video } = hall
    const who = hall.citizen(1)
    const booking = await hall.booked(who, "10:30", { line: "VIR", service: "RES-04" })
    const asked = { code: booking.code, lang: "ar" as const }
    expect(await refusal(write((tx) => arrive(tx, who, asked)))).toMatchObject({
      code: "too_early",
      details: { comeAt: hall.at("10:15") },
    })
    hall.time("10:15")
    const { row, phase } = await write((tx) => arrive(tx, who, asked))
    expect([phase, row.person]).toEqual(["lobby", who.id])
    expect((await video.now(row.id)).ticket).toMatchObject({ booking: booking.id, state: "early" })
    expect((await refusal(write((tx) => arrive(tx, hall.citizen(2), asked)))).code).toBe("booking_unknown")
  })

  test("whose phone is locked for twenty minutes keeps the place, is shown as gone, and comes back without a new ticket", async () => {
    const hall = await videoHall()
    const { video, store } = hall
    const ids = []
    for (const number of [1, 2, 3]) ids.push((await video.walkIn(hall.citizen(number))).row.id)
    const [, , third = ""] = ids
    const one = await video.page(hall.citizen(3), third)
    expect((await panel(store, hall.code, hall.clock.office())).waiting.map(({ id }) => id)).toEqual(ids)
    await video.lost(one, "reconnecting")
    await video.pass(20 * minute)
    await video.lost(one, "gone")
    const rows = (await panel(store, hall.code, hall.clock.office())).waiting
    expect(rows.map(({ id }) => id)).toEqual(ids)
    expect(rows.map(({ connectivity }) => connectivity)).toEqual(["offline", "offline", "gone"])
    await video.page(hall.citizen(3), third)
    const view = await visitView(store, hall.keys, third, hall.citizen(3).id, hall.clock.office())
    expect([view.phase, view.place?.ahead, view.self?.state]).toEqual(["lobby", 2, "invited"])
  })

  test("who reloads keeps the place: the row is the same, only page and epoch are others", async () => {
    const hall = await videoHall()
    const { video } = hall
    const { row, ticket } = await video.walkIn(hall.citizen(1))
    const before = await video.page(hall.citizen(1), row.id, "first")
    const after = await video.page(hall.citizen(1), row.id, "second")
    expect([after.id, after.epoch, after.page]).toEqual([before.id, before.epoch + 1, "second"])
    expect((await video.now(row.id)).ticket).toEqual(ticket)
  })

  test("who comes in at the desk without a visit gets one, and the panel hides nobody", async () => {
    const hall = await videoHall()
    const ticket = await hall.walkIn({ who: hall.citizen(1), service: "RES-04" })
    const before = (await panel(hall.store, hall.code, hall.clock.office())).waiting
    expect(before.map(({ id, phase }) => [id, phase])).toEqual([[ticket.id, null]])
    await hall.write((tx) => visitStep(tx, hall.code))
    expect((await hall.video.now(ticket.id)).phase).toBe("lobby")
  })

  test("what the device could do is there for the agent, and what was written opens with the person's key alone", async () => {
    const hall = await videoHall()
    const { write, video, store, keys } = hall
    const { row } = await video.walkIn(hall.citizen(1))
    const test = { camera: "denied", microphone: "ok", speaker: "ok", network: "relay", rttMilliseconds: 40 } as const
    await write((tx) => keepTest(tx, hall.citizen(1), row.id, test))
    await write((tx) => chat(tx, keys, hall.citizen(1), row.id, " هل أنتظر؟ "))
    await write((tx) => chat(tx, keys, hall.agent(1), row.id, "نعم"))
    expect((await refusal(write((tx) => chat(tx, keys, hall.citizen(2), row.id, "x")))).code).toBe("not_found")
    expect((await messagesOf(store, keys, row, { reader: row.person })).map(({ text }) => text)).toEqual([
      "هل أنتظر؟",
      "نعم",
    ])
    const [shown] = (await panel(store, hall.code, hall.clock.office())).waiting
    expect(shown?.test).toMatchObject(test)
    const kept = JSON.stringify(store.connection.raw.query("SELECT * FROM visit_message").all())
    expect(kept).not.toContain("نعم")
    expect(JSON.stringify(await hall.facts("visit.written"))).not.toContain("نعم")
  })
})

test("without a relay the test of the device says so, the agent sees it beforehand, and the call is set up directly", async () => {
  const hall = await videoHall()
  const { write, video, store } = hall
  const who = hall.citizen(1)
  const { row } = await video.walkIn(who)
  const test = { camera: "ok", microphone: "ok", speaker: "ok", network: "direct", rttMilliseconds: null } as const
  await write((tx) => keepTest(tx, who, row.id, test))
  expect((await panel(store, hall.code, hall.clock.office())).waiting[0]?.test?.network).toBe("direct")
  await hall.open()
  await write((tx) => ring(tx, hall.agent(), row.id))
  await write((tx) => answer(tx, who, row.id))
  const [citizen, agent] = [await video.participant(row.id, "citizen"), await video.participant(row.id, "agent")]
  expect(await maySignal(store, row.id, citizen.id, agent.id)).toBe(true)
})

describe("a ring", () => {
  test("that is not answered twice for sixty seconds frees the counter and keeps the place at the front for five minutes", async () => {
    const hall = await videoHall()
    const { write, video } = hall
    const first = await video.walkIn(hall.citizen(1))
    const other = await video.walkIn(hall.citizen(2))
    await hall.open()
    await write((tx) => ringNext(tx, hall.agent(), hall.counter()))
    await video.pass(55 * second)
    expect((await video.now(first.row.id)).ticket.calls).toBe(1)
    await video.pass(10 * second)
    expect((await video.now(first.row.id)).ticket).toMatchObject({ state: "called", calls: 2 })
    await video.pass(55 * second)
    const { ticket, phase, row } = await video.now(first.row.id)
    expect([ticket.state, phase, row.unanswered]).toEqual(["absent", "lobby", 1])
    expect(ticket.keptUntil).toBe(hall.clock.office() + 5 * minute)
    expect((await hall.facts("visit.no_answer")).map(({ body }) => body.rings)).toEqual([2])

    // The counter is free for the next one, and who comes back in time is before all the others.
    expect((await hall.counterNow()).ticket).toBeNull()
    await video.pass(4 * minute)
    await write((tx) => comeBack(tx, hall.citizen(1), first.row.id))
    const next = await write((tx) => ringNext(tx, hall.agent(), hall.counter()))
    expect([next?.row.id, next?.phase]).toEqual([first.row.id, "ringing"])
    expect((await video.now(other.row.id)).phase).toBe("lobby")
  })

  test("that cannot be answered now frees the counter at once and keeps the place at the front all the same", async () => {
    const hall = await videoHall()
    const { write, video } = hall
    const first = await video.walkIn(hall.citizen(1))
    await video.walkIn(hall.citizen(2))
    await hall.open()
    await write((tx) => ringNext(tx, hall.agent(), hall.counter()))
    expect((await refusal(write((tx) => putOff(tx, hall.citizen(2), first.row.id)))).code).toBe("not_found")
    await write((tx) => putOff(tx, hall.citizen(1), first.row.id))
    expect((await hall.counterNow()).ticket).toBeNull()
    const { ticket, phase } = await video.now(first.row.id)
    expect([ticket.state, phase, ticket.keptUntil]).toEqual(["absent", "lobby", hall.clock.office() + 5 * minute])
    expect((await refusal(write((tx) => putOff(tx, hall.citizen(1), first.row.id)))).code).toBe("wrong_state")
    await write((tx) => comeBack(tx, hall.citizen(1), first.row.id))
    expect((await write((tx) => ringNext(tx, hall.agent(), hall.counter())))?.row.id).toBe(first.row.id)
  })

  test("of two agents in the same instant is one agent's, and the other is told whose", async () => {
    const hall = await videoHall()
    const { write, video } = hall
    const { row } = await video.walkIn(hall.citizen(1))
    await hall.open(1)
    await hall.open(2)
    const asked = await Promise.allSettled([1, 2].map((number) => write((tx) => ring(tx, hall.agent(number), row.id))))
    expect([granted(asked).length, refusedWith(asked)]).toEqual([1, ["wrong_state"]])
    const lost = await refusal(write((tx) => ring(tx, hall.agent(2), row.id)))
    expect(lost.details).toMatchObject({ state: "called", counter: hall.counter(1) })
  })

  test("that was meant for somebody else leaves nothing but a fact: the place is as it was", async () => {
    const hall = await videoHall()
    const { write, video } = hall
    const { row, ticket } = await video.walkIn(hall.citizen(1))
    await hall.open()
    await write((tx) => ring(tx, hall.agent(), row.id))
    await write((tx) => ringOff(tx, hall.agent(), row.id))
    const after = await video.now(row.id)
    expect({ ...after.ticket, undo: ticket.undo }).toEqual(ticket)
    expect(after.phase).toBe("lobby")
    expect(await hall.facts("visit.called_off")).toHaveLength(1)
    expect((await refusal(write((tx) => answer(tx, hall.citizen(1), row.id)))).code).toBe("wrong_state")
  })

  test("is answered once, from however many windows, and by nobody else", async () => {
    const hall = await videoHall()
    const { write, video } = hall
    const { row } = await video.walkIn(hall.citizen(1))
    await hall.open()
    await write((tx) => ring(tx, hall.agent(), row.id))
    expect((await refusal(write((tx) => answer(tx, hall.citizen(2), row.id)))).code).toBe("not_found")
    await Promise.all([1, 2].map(() => write((tx) => answer(tx, hall.citizen(1), row.id))))
    expect(await hall.facts("ticket.serving")).toHaveLength(1)
    expect((await video.participant(row.id, "agent")).state).toBe("admitted")
  })
})

describe("a call", () => {
  test("whose time is over is not cut: the window ends, the visit goes on", async () => {
    const hall = await videoHall()
    const { video } = hall
    const { row } = await video.inCall(hall.citizen(1))
    await video.pass(40 * minute)
    expect((await video.now(row.id)).phase).toBe("call")
  })

  test("in which the person reloads stays the same call", async () => {
    const hall = await videoHall()
    const { video } = hall
    const { row } = await video.inCall(hall.citizen(1))
    const one = await video.participant(row.id, "citizen")
    await video.lost(one, "reconnecting")
    const back = await video.page(hall.citizen(1), row.id, "another page")
    expect([back.state, back.epoch, (await video.now(row.id)).phase]).toEqual(["admitted", one.epoch + 1, "call"])
  })

  test("that is lost for good is an interruption; whoever thaws later reaches nobody until let in again", async () => {
    const hall = await videoHall()
    const { write, video, store } = hall
    const { row } = await video.inCall(hall.citizen(1))
    const [who, agent] = [await video.participant(row.id, "citizen"), await video.participant(row.id, "agent")]
    expect(await maySignal(store, row.id, who.id, agent.id)).toBe(true)
    await video.lost(who, "reconnecting")
    expect(await maySignal(store, row.id, who.id, agent.id)).toBe(true)
    await video.lost(who, "gone")
    expect((await video.now(row.id)).phase).toBe("interrupted")
    expect((await refusal(write((tx) => resume(tx, hall.agent(), row.id)))).code).toBe("wrong_state")

    await write((tx) => goOnWithOthers(tx, hall.agent(), row.id))
    expect((await hall.counterNow()).ticket).toBeNull()
    const thawed = await video.page(hall.citizen(1), row.id)
    expect([thawed.state, await maySignal(store, row.id, who.id, agent.id)]).toEqual(["gone", false])
    const view = await visitView(store, hall.keys, row.id, hall.citizen(1).id, hall.clock.office())
    expect([view.phase, view.rejoinUntil]).toEqual(["interrupted", hall.clock.office() + 10 * minute])

    const { due } = (await video.now(row.id)).ticket
    const back = await write((tx) => comeBack(tx, hall.citizen(1), row.id))
    expect([back.phase, back.ticket.state, back.ticket.due]).toEqual(["lobby", "waiting", due])
  })

  test("that was interrupted goes on when the person is back and the agent says so", async () => {
    const hall = await videoHall()
    const { write, video, store } = hall
    const { row } = await video.inCall(hall.citizen(1))
    const [who, agent] = [await video.participant(row.id, "citizen"), await video.participant(row.id, "agent")]
    await video.lost(who, "gone")
    await video.page(hall.citizen(1), row.id)
    expect(await maySignal(store, row.id, who.id, agent.id)).toBe(false)
    await write((tx) => resume(tx, hall.agent(), row.id))
    expect(await maySignal(store, row.id, who.id, agent.id)).toBe(true)
  })

  test("that nobody comes back to frees the counter after ten minutes, and is over with the office's day", async () => {
    const hall = await videoHall()
    const { video } = hall
    const { row } = await video.inCall(hall.citizen(1))
    await video.lost(await video.participant(row.id, "citizen"), "gone")
    await video.pass(11 * minute)
    const { ticket, phase } = await video.now(row.id)
    expect([ticket.state, phase]).toEqual(["parked", "interrupted"])
    expect((await hall.counterNow()).ticket).toBeNull()
  })

  test("outlives the process: rows say who was in it, and everybody gets the whole grace anew", async () => {
    const hall = await videoHall()
    const { video } = hall
    const { row } = await video.inCall(hall.citizen(1))
    await hall.restart()
    const leases = await hall.write((tx) => reconnectAll(tx))
    expect(leases.map(({ visit }) => visit)).toEqual([row.id, row.id])
    const rows = await hall.store.db.select().from(participants)
    expect(rows.map(({ presence, state }) => [presence, state])).toEqual([
      ["reconnecting", "admitted"],
      ["reconnecting", "admitted"],
    ])
    await video.pass(9 * minute)
    expect((await video.now(row.id)).phase).toBe("call")
    await video.pass(2 * minute)
    expect((await video.now(row.id)).phase).toBe("interrupted")
  })

  test("on hold: the person reaches nobody, agent and interpreter go on, and resuming joins all", async () => {
    const hall = await videoHall()
    const { write, video, store, keys } = hall
    const { row } = await video.inCall(hall.citizen(1))
    const invited = await write((tx) => invite(tx, keys, hall.agent(), row.id, { kind: "interpreter", name: "منى" }))
    await write((tx) => takeUp(tx, hall.citizen(5), invited.id))
    const [who, agent] = [await video.participant(row.id, "citizen"), await video.participant(row.id, "agent")]
    expect(await maySignal(store, row.id, agent.id, invited.id)).toBe(false)
    await write((tx) => admit(tx, hall.agent(), row.id, invited.id))
    await write((tx) => hold(tx, hall.agent(), row.id))
    const pairs = [
      [who.id, agent.id],
      [who.id, invited.id],
      [agent.id, invited.id],
    ] as const
    const may = () => Promise.all(pairs.map(([from, to]) => maySignal(store, row.id, from, to)))
    expect(await may()).toEqual([false, false, true])
    await write((tx) => talkPrivately(tx, hall.agent(), row.id, who.id))
    expect(await may()).toEqual([true, false, false])
    await write((tx) => resume(tx, hall.agent(), row.id))
    expect(await may()).toEqual([true, true, true])
  })

  test("that an interpreter drops out of goes on between the two, and the drop is on record", async () => {
    const hall = await videoHall()
    const { write, video, store, keys } = hall
    const { row } = await video.inCall(hall.citizen(1))
    const invited = await write((tx) => invite(tx, keys, hall.agent(), row.id, { kind: "interpreter", name: "منى" }))
    await write((tx) => takeUp(tx, hall.citizen(5), invited.id))
    await write((tx) => admit(tx, hall.agent(), row.id, invited.id))
    await video.page(hall.citizen(5), row.id)
    await video.lost(await video.participant(row.id, "interpreter"), "gone")
    const [who, agent] = [await video.participant(row.id, "citizen"), await video.participant(row.id, "agent")]
    expect([(await video.now(row.id)).phase, await maySignal(store, row.id, who.id, agent.id)]).toEqual(["call", true])
    expect((await video.participant(row.id, "interpreter")).state).toBe("gone")
    const [last] = (await hall.facts("visit.presence")).slice(-1)
    expect(last?.body).toEqual({ visit: row.id, participant: invited.id, state: "gone" })
    await video.page(hall.citizen(5), row.id)
    expect(await maySignal(store, row.id, agent.id, invited.id)).toBe(false)
    await write((tx) => admit(tx, hall.agent(), row.id, invited.id))
    expect(await maySignal(store, row.id, agent.id, invited.id)).toBe(true)
  })

  test("has at most four people, and a supervisor never comes in unannounced", async () => {
    const hall = await videoHall()
    const { write, video, keys } = hall
    const { row } = await video.inCall(hall.citizen(1))
    const ask = () => write((tx) => invite(tx, keys, hall.agent(), row.id, { kind: "guardian", name: "خالد" }))
    const first = await ask()
    const supervisor = await write((tx) => joinAsSupervisor(tx, hall.supervisor(), row.id))
    const joined = (await hall.facts("visit.joined")).map(({ body }) => body.participant)
    expect(joined).toEqual([supervisor.id])
    expect(await refusal(ask())).toMatchObject({ code: "limit_reached", details: { max: 4 } })
    expect((await refusal(write((tx) => joinAsSupervisor(tx, hall.agent(2), row.id)))).code).toBe("forbidden")
    await write((tx) => remove(tx, hall.agent(), row.id, first.id))
    await ask()
    // A supervisor may come again, and takes a chair again.
    await write((tx) => remove(tx, hall.agent(), row.id, supervisor.id))
    await write((tx) => joinAsSupervisor(tx, hall.supervisor(), row.id))
    expect((await refusal(ask())).code).toBe("limit_reached")
  })

  test("who was put out comes back by an invitation that was made since then, and by no other", async () => {
    const hall = await videoHall()
    const { write, video, keys, store } = hall
    const { row } = await video.inCall(hall.citizen(1))
    const guest = hall.citizen(6)
    const ask = () => write((tx) => invite(tx, keys, hall.agent(), row.id, { kind: "guardian", name: "خالد" }))
    const [first, lyingAbout] = [await ask(), await ask()]
    hall.clock.advance(1_000)
    await write((tx) => takeUp(tx, guest, first.id))
    await write((tx) => admit(tx, hall.agent(), row.id, first.id))
    await write((tx) => remove(tx, hall.agent(), row.id, first.id))
    expect((await refusal(write((tx) => takeUp(tx, guest, first.id)))).code).toBe("not_found")
    expect(await write((tx) => takeUp(tx, guest, lyingAbout.id))).toBeNull()
    hall.clock.advance(1_000)
    const anew = await ask()
    expect((await write((tx) => takeUp(tx, guest, anew.id)))?.id).toBe(anew.id)
    await write((tx) => admit(tx, hall.agent(), row.id, anew.id))
    expect((await mustFollow(store, guest, row.id)) as unknown).toMatchObject({ id: anew.id, state: "admitted" })
    const all = await store.db.select().from(participants).where(eq(participants.subject, guest.id))
    expect(all.map(({ state }) => state).sort()).toEqual(["admitted", "removed"])
  })

  test("whose invitation was forwarded is refused to the second account, and the agent sees the attempt", async () => {
    const hall = await videoHall()
    const { write, video, keys } = hall
    const { row } = await video.inCall(hall.citizen(1))
    const { id } = await write((tx) => invite(tx, keys, hall.agent(), row.id, { kind: "interpreter", name: "منى" }))
    expect((await write((tx) => takeUp(tx, hall.citizen(5), id)))?.subject).toBe(hall.citizen(5).id)
    expect(await write((tx) => takeUp(tx, hall.citizen(6), id))).toBeNull()
    const seen = (await hall.facts("visit.invitation_refused")).map(({ body }) => body.by)
    expect(seen).toEqual([hall.citizen(6).id])
    expect((await refusal(mustFollow(hall.store, hall.citizen(6), row.id))).code).toBe("not_found")
    expect((await refusal(mustFollow(hall.store, hall.agent(2), row.id))).code).toBe("not_found")
    // Asked in and not yet let in: that there is a visit, and nothing of it.
    const view = await visitView(hall.store, keys, row.id, hall.citizen(5).id, hall.clock.office())
    expect([view.people, view.messages, view.place, view.test]).toEqual([[], [], null, null])
  })

  test("in a private talk keeps what is written between the two, also from who is held and from the person's own data", async () => {
    const hall = await videoHall()
    const { write, video, store, keys } = hall
    const { row } = await video.inCall(hall.citizen(1))
    const [agent, citizen, guest] = [hall.agent(1), hall.citizen(1), hall.citizen(2)]
    const invited = await write((tx) => invite(tx, keys, agent, row.id, { kind: "guardian", name: "والد" }))
    await write((tx) => chat(tx, keys, citizen, row.id, "before"))
    hall.clock.advance(1_000)
    await write((tx) => takeUp(tx, guest, invited.id))
    await write((tx) => admit(tx, agent, row.id, invited.id))
    const person = await video.participant(row.id, "citizen")
    await write((tx) => talkPrivately(tx, agent, row.id, person.id))
    await write((tx) => chat(tx, keys, citizen, row.id, "alone"))
    const seen = async (reader: string) =>
      (await visitView(store, keys, row.id, reader, hall.clock.office())).messages.map(({ text, wroteAs }) => [
        wroteAs,
        text,
      ])
    expect(await seen(agent.id)).toEqual([
      ["citizen", "before"],
      ["citizen", "alone"],
    ])
    expect(await seen(guest.id)).toEqual([])
    await write((tx) => resume(tx, agent, row.id))
    await write((tx) => chat(tx, keys, guest, row.id, "after"))
    expect(await seen(guest.id)).toEqual([["guardian", "after"]])
  })

  test("that two talk in alone is not walked into, neither by who is asked in nor by a supervisor, who hears once all talk again", async () => {
    const hall = await videoHall()
    const { write, video, store, keys } = hall
    const { row } = await video.inCall(hall.citizen(1))
    const agent = hall.agent(1)
    const invited = await write((tx) => invite(tx, keys, agent, row.id, { kind: "interpreter", name: "x" }))
    await write((tx) => takeUp(tx, hall.citizen(2), invited.id))
    const person = await video.participant(row.id, "citizen")
    await write((tx) => talkPrivately(tx, agent, row.id, person.id))
    expect((await refusal(write((tx) => admit(tx, agent, row.id, invited.id)))).details).toEqual({ state: "private" })
    const joined = await write((tx) => joinAsSupervisor(tx, hall.supervisor(), row.id))
    expect([joined.state, await maySignal(store, row.id, joined.id, person.id)]).toEqual(["held", false])
    await write((tx) => resume(tx, agent, row.id))
    expect(await maySignal(store, row.id, joined.id, person.id)).toBe(true)
  })

  test("is looked at by colleagues while the person waits, and from then on by its agent and supervisors alone", async () => {
    const hall = await videoHall()
    const { write, video, store, keys } = hall
    const { row } = await video.walkIn(hall.citizen(1))
    const seen = (reader: string) => visitView(store, keys, row.id, reader, hall.clock.office())
    expect((await seen(hall.agent(2).id)).id).toBe(row.id)
    await hall.open(1)
    await write((tx) => ring(tx, hall.agent(1), row.id))
    expect((await seen(hall.agent(1).id)).id).toBe(row.id)
    await write((tx) => answer(tx, hall.citizen(1), row.id))
    expect((await refusal(seen(hall.agent(2).id))).code).toBe("not_found")
    expect((await refusal(write((tx) => chat(tx, keys, hall.agent(2), row.id, "x")))).code).toBe("not_found")
    expect((await seen(hall.supervisor().id)).id).toBe(row.id)
    expect((await video.now(row.id)).phase).toBe("call")
  })

  test("that an undo brings back is taken up again by the agent: after a transfer, and after it was finished", async () => {
    const hall = await videoHall()
    const { write, video, store } = hall
    const { row } = await video.inCall(hall.citizen(1))
    const agent = hall.agent(1)
    const hear = async () => {
      const [one, other] = [await video.participant(row.id, "citizen"), await video.participant(row.id, "agent")]
      return maySignal(store, row.id, one.id, other.id)
    }
    await write((tx) => sendOn(tx, hall.keys, agent, row.id, { service: "RES-04", reason: "next_step" }))
    await write((tx) => undo(tx, agent, row.id))
    expect([(await video.now(row.id)).phase, await hear()]).toEqual(["call", false])
    await write((tx) => resume(tx, agent, row.id))
    expect([(await video.now(row.id)).phase, await hear()]).toEqual(["call", true])
    await write((tx) => end(tx, agent, row.id, { outcome: "done" }))
    await write((tx) => undo(tx, agent, row.id))
    expect((await video.now(row.id)).phase).toBe("wrapUp")
    await write((tx) => resume(tx, agent, row.id))
    expect([(await video.now(row.id)).phase, await hear()]).toEqual(["call", true])
  })

  test("is ended by the person: nobody is heard any more, and the agent writes down the outcome", async () => {
    const hall = await videoHall()
    const who = hall.citizen()
    const { row } = await hall.video.inCall(who)
    await hall.write((tx) => goHome(tx, who, row.id))
    expect((await hall.video.now(row.id)).phase).toBe("wrapUp")
    expect((await hall.video.now(row.id)).ticket.state).toBe("serving")
    const [citizen, agent] = [
      await hall.video.participant(row.id, "citizen"),
      await hall.video.participant(row.id, "agent"),
    ]
    expect(await maySignal(hall.store, row.id, citizen.id, agent.id)).toBe(false)
    expect((await refusal(hall.write((tx) => goHome(tx, who, row.id)))).code).toBe("wrong_state")
    await hall.write((tx) => end(tx, hall.agent(), row.id, { outcome: "done" }))
    expect((await hall.video.now(row.id)).phase).toBe("over")
  })

  test("that is over is over: after the talk, the last word is the agent's, and everybody has left", async () => {
    const hall = await videoHall()
    const { write, video } = hall
    const { row } = await video.inCall(hall.citizen(1))
    await write((tx) => hangUp(tx, hall.agent(), row.id))
    expect((await video.now(row.id)).phase).toBe("wrapUp")
    await write((tx) => end(tx, hall.agent(), row.id, { outcome: "done" }))
    const { phase, ticket } = await video.now(row.id)
    expect([phase, ticket.state, ticket.outcome]).toEqual(["over", "served", "done"])
    const told = rebuild(await hall.facts()).tickets.get(row.id)
    expect(told?.state).toBe("served")
  })
})

describe("what the desk does, which knows nothing of calls,", () => {
  test("holds for the call: a ticket that is finished there lets no signal pass, and time closes the visit", async () => {
    const hall = await videoHall()
    const { video, store } = hall
    const { row, ticket } = await video.inCall(hall.citizen(1))
    const [who, agent] = [await video.participant(row.id, "citizen"), await video.participant(row.id, "agent")]
    await hall.done(ticket)
    expect((await video.now(row.id)).phase).toBe("over")
    expect(await maySignal(store, row.id, who.id, agent.id)).toBe(false)
    await video.pass(5 * second)
    expect((await video.now(row.id)).row.overAt).not.toBeNull()
    expect((await hall.facts("visit.moved")).at(-1)?.body).toMatchObject({ to: "over", by: "time", why: "served" })
  })

  test("ends a talk: who is sent on there and answers another agent is not heard by the one before", async () => {
    const hall = await videoHall()
    const { write, video, store } = hall
    const { row } = await video.inCall(hall.citizen(1))
    const before = await video.participant(row.id, "agent")
    await write((tx) => transfer(tx, hall.agent(1), row.id, { service: "PAS-05", reason: "correction" }))
    await video.pass(5 * second)
    expect((await hall.facts("visit.moved")).at(-1)?.body).toMatchObject({ from: "call", to: "lobby", why: "desk" })
    await hall.open(2)
    const ticket = await hall.next(2)
    expect([ticket?.id, (await video.now(row.id)).phase]).toEqual([row.id, "ringing"])
    await write((tx) => answer(tx, hall.citizen(1), row.id))
    const who = await video.participant(row.id, "citizen")
    expect((await video.now(row.id)).phase).toBe("call")
    expect(await maySignal(store, row.id, before.id, who.id)).toBe(false)
    const now = (await roster(store, row.id)).find(({ subject }) => subject === hall.agent(2).id)
    expect(await maySignal(store, row.id, now?.id ?? "", who.id)).toBe(true)
  })
})

describe("somebody sent on", () => {
  test("to another office keeps the time of arrival, what was written and tested, and the note says by whom", async () => {
    const there = { code: "VIR-02", video: true, lines: [{ code: "VIR" }], counters: 1 }
    const hall = await videoHall({ more: [there] })
    const { write, video, store, keys } = hall
    const { row, ticket } = await video.inCall(hall.citizen(1))
    await write((tx) => chat(tx, keys, hall.citizen(1), row.id, "مرحبا"))
    hall.clock.advance(7 * minute)
    const to = { service: "PAS-05", office: "VIR-02", reason: "next_step" as const, note: "جواز ابنته" }
    const after = await write((tx) => sendOn(tx, keys, hall.agent(), row.id, to))
    expect(after.row).toMatchObject({ office: "VIR-02", thread: row.id })
    expect([after.phase, after.ticket.arrivedAt]).toEqual(["lobby", ticket.arrivedAt])
    expect((await video.now(row.id)).phase).toBe("over")
    const now = hall.clock.office()
    const view = await visitView(store, keys, after.row.id, hall.agent(1, "VIR-02").id, now)
    expect(view.sentOn).toMatchObject({ by: { en: hall.agent().id }, note: "جواز ابنته" })
    expect(view.messages.map(({ text }) => text)).toEqual(["مرحبا"])
    expect((await visitView(store, keys, after.row.id, hall.citizen(1).id, now)).sentOn).toBeNull()
  })

  test("within the office waits again with the same visit", async () => {
    const hall = await videoHall()
    const { write, video, keys } = hall
    const { row, ticket } = await video.inCall(hall.citizen(1))
    const to = { service: "PAS-05", reason: "correction" as const, forAgent: hall.agent(2).id }
    const after = await write((tx) => sendOn(tx, keys, hall.agent(), row.id, to))
    expect([after.row.id, after.phase, after.ticket.due]).toEqual([row.id, "lobby", ticket.due])
    const [shown] = (await panel(hall.store, hall.code, hall.clock.office())).waiting
    expect(shown).toMatchObject({ id: row.id, forAgent: hall.agent(2).id, connectivity: "online" })
  })
})

test("an agent who is gone in the middle leaves the office at fault: the person is first in line for the next agent, and is told", async () => {
  const hall = await videoHall()
  const { write, video } = hall
  const other = await video.walkIn(hall.citizen(2))
  const { row } = await video.inCall(hall.citizen(1))
  await hall.open(2)
  await video.lost(await video.participant(row.id, "agent"), "reconnecting")
  await video.lost(await video.participant(row.id, "agent"), "gone")
  await video.pass(55 * second)
  expect((await video.now(row.id)).phase).toBe("interrupted")
  await video.pass(10 * second)
  const { phase, row: after } = await video.now(row.id)
  expect([phase, after.lateAt !== null, (await hall.counterNow(1)).ticket]).toEqual(["lobby", true, null])
  expect(await hall.facts("visit.late")).toHaveLength(1)
  const next = await write((tx) => ringNext(tx, hall.agent(2), hall.counter(2)))
  expect(next?.row.id).toBe(row.id)
  expect((await video.now(other.row.id)).phase).toBe("lobby")
})

test("an office that is late for a booked time puts who waits first in line, once, and says so", async () => {
  const hall = await videoHall()
  const { video } = hall
  const early = await video.walkIn(hall.citizen(1))
  const [one, two] = [await video.here(hall.citizen(2), "10:10"), await video.here(hall.citizen(3), "10:10")]
  hall.time("10:10")
  const order = async () => (await panel(hall.store, hall.code, hall.clock.office())).waiting.map(({ id }) => id)
  await hall.write((tx) => visitStep(tx, hall.code))
  expect(await hall.facts("visit.late")).toHaveLength(0)
  await hall.write((tx) => wake(tx, hall.code))
  await video.pass(11 * minute)
  expect(await order()).toEqual([one.row.id, two.row.id, early.row.id])
  expect(await hall.facts("visit.late")).toHaveLength(2)
  expect((await video.now(one.row.id)).row.lateAt).not.toBeNull()
})

test("where a talk ends, each of those who were in it ends up where that end leads, and nowhere else", async () => {
  const ends = {
    over: ["citizen gone", "agent gone", "interpreter gone"],
    wrapUp: ["citizen gone", "agent admitted", "interpreter gone"],
    waiting: ["citizen invited", "agent gone", "interpreter invited"],
    away: ["citizen gone", "agent gone", "interpreter gone"],
  } as const
  for (const [whereTo, expected] of Object.entries(ends)) {
    const hall = await videoHall()
    const { write, keys } = hall
    const { row } = await hall.video.inCall(hall.citizen(1))
    const { id } = await write((tx) => invite(tx, keys, hall.agent(), row.id, { kind: "interpreter", name: "منى" }))
    await write((tx) => takeUp(tx, hall.citizen(2), id))
    await write((tx) => admit(tx, hall.agent(), row.id, id))
    await write((tx) => letPeopleGo(tx, row.id, whereTo as keyof typeof ends))
    const now = await roster(hall.store, row.id)
    expect([whereTo, now.map(({ kind, state }) => `${kind} ${state}`).toSorted()]).toEqual([
      whereTo,
      [...expected].toSorted(),
    ])
  }
})
