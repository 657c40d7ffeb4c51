import { describe, expect, test } from "bun:test"
import { refusal } from "../../testing/office.ts"
import { type VideoHall, videoHall } from "../../testing/video.ts"
import { inboxOf } from "../notifications/inbox.ts"
import { hangUp } from "./calls.ts"
import type { Received } from "./checking.ts"
import { joinAsSupervisor, leaveAsSupervisor, maySignal } from "./participants.ts"
import { ring, ringNext } from "./ringing.ts"
import { type ReceivedBy, rooms } from "./rooms.ts"
import { endStuck, type StuckReason } from "./stuck.ts"
import { roster } from "./visits.ts"

const look = (hall: VideoHall, received: ReceivedBy = () => null) =>
  rooms(hall.store, hall.code, hall.clock.office(), () => null, received)

test("a room says who serves, which number, what is going on since when, and how both are connected", async () => {
  const hall = await videoHall()
  const { row, ticket } = await hall.video.inCall(hall.citizen(1))
  hall.clock.advance(60_000)
  await hall.video.lost(await hall.video.participant(row.id, "citizen"), "reconnecting")
  const { rooms: all, waiting } = await look(hall)
  expect(waiting).toEqual([])
  expect(all).toMatchObject([
    {
      ...{ id: row.id, number: ticket.number, phase: "call", connectivity: "reconnecting", supervisors: [] },
      since: hall.clock.office() - 60_000,
      agent: { connectivity: "online" },
      recording: { state: "off" },
    },
  ])
  expect(all[0]?.agent.name?.en).toContain("agent")
})

test("what each page last said of what it receives stands in the room, and nothing that is old", async () => {
  const hall = await videoHall()
  const { row } = await hall.video.inCall(hall.citizen(1))
  const [person, agent] = [
    await hall.video.participant(row.id, "citizen"),
    await hall.video.participant(row.id, "agent"),
  ]
  const said: Received = { w: 640, h: 360, fps: 20, loss: 0.01, at: hall.clock.office() }
  const received: ReceivedBy = (by, of) => (by === agent.id && of === person.id ? said : null)
  expect((await look(hall, received)).rooms[0]?.quality).toEqual({ ofPerson: said, ofAgent: null })
  hall.clock.advance(21_000)
  expect((await look(hall, received)).rooms[0]?.quality).toEqual({ ofPerson: null, ofAgent: null })
})

test("nobody who waits is missing, whatever has become of their connection, and whether or not they opened the page", async () => {
  const hall = await videoHall()
  const waits = [await hall.video.walkIn(hall.citizen(1)), await hall.video.walkIn(hall.citizen(2))]
  await hall.walkIn({ who: hall.citizen(3), service: "RES-04" })
  await hall.video.page(hall.citizen(1), waits[0]?.row.id ?? "")
  await hall.video.lost(await hall.video.participant(waits[0]?.row.id ?? "", "citizen"), "gone")
  const { waiting } = await look(hall)
  expect(waiting.map(({ connectivity }) => connectivity)).toEqual(["gone", "offline", "offline"])
})

test("a supervisor joins before everybody's eyes, and leaves as openly; gone, nothing reaches them", async () => {
  const hall = await videoHall()
  const { row } = await hall.video.inCall(hall.citizen(1))
  const one = await hall.write((tx) => joinAsSupervisor(tx, hall.supervisor(), row.id))
  const person = await hall.video.participant(row.id, "citizen")
  expect((await look(hall)).rooms[0]?.supervisors).toEqual([hall.supervisor().id])
  expect(await maySignal(hall.store, row.id, one.id, person.id)).toBe(true)
  await hall.write((tx) => leaveAsSupervisor(tx, hall.supervisor(), row.id))
  expect(await maySignal(hall.store, row.id, one.id, person.id)).toBe(false)
  expect((await roster(hall.store, row.id)).map(({ kind }) => kind)).not.toContain("supervisor")
  expect((await hall.facts("visit.removed")).at(-1)?.body.why).toBe("left")
  const again = hall.write((tx) => leaveAsSupervisor(tx, hall.supervisor(), row.id))
  expect((await refusal(again)).code).toBe("not_found")
  // Two chairs are there again.
  await hall.write((tx) => joinAsSupervisor(tx, hall.supervisor(), row.id))
  expect((await hall.video.now(row.id)).row.thirds).toBe(1)
})

describe("a visit that hangs, ended by a supervisor", () => {
  const ended = async (reason: StuckReason, before: (hall: VideoHall) => Promise<string>) => {
    const hall = await videoHall()
    const id = await before(hall)
    const other = await hall.video.walkIn(hall.citizen(2))
    await hall.write((tx) => endStuck(tx, hall.supervisor(), id, { reason, outcome: "referred" }))
    expect((await hall.counterNow()).ticket).toBeNull()
    const said = (await hall.facts("visit.ended_by_supervisor")).at(-1)?.body
    expect(said).toMatchObject({ visit: id, reason, by: hall.supervisor().id })
    return { hall, id, other, said, now: await hall.video.now(id) }
  }
  const inCall = async (hall: VideoHall) => (await hall.video.inCall(hall.citizen(1))).row.id
  const ringing = async (hall: VideoHall) => {
    const { row } = await hall.video.walkIn(hall.citizen(1))
    await hall.open(1)
    await hall.write((tx) => ring(tx, hall.agent(), row.id))
    return row.id
  }

  test("by the office's fault leaves the person first in line, and tells them", async () => {
    const { hall, id, now, said } = await ended("agent_away", inCall)
    expect([now.phase, now.ticket.state, said?.ours]).toEqual(["lobby", "waiting", true])
    expect((await inboxOf(hall.store, hall.citizen(1).id, 10)).map(({ kind }) => kind)).toContain("visit_late")
    const next = await hall.write((tx) => ringNext(tx, hall.agent(), hall.counter(1)))
    expect(next?.row.id).toBe(id)
  })

  test("while it rings, by a fault of ours, has called nobody", async () => {
    const { now, said } = await ended("technical", ringing)
    expect([now.phase, now.ticket.state, now.row.lateAt !== null, said?.ours]).toEqual(["lobby", "waiting", true, true])
  })

  test("because the person is away is a call with an outcome, and a ring that nobody answered", async () => {
    const one = await ended("person_away", inCall)
    expect([one.now.phase, one.now.ticket.outcome, one.said?.ours]).toEqual(["over", "referred", false])
    const two = await ended("person_away", ringing)
    expect([two.now.phase, two.now.ticket.state]).toEqual(["lobby", "absent"])
  })

  test("that nobody wrote up gets its outcome", async () => {
    const { now } = await ended("finished", async (hall) => {
      const id = await inCall(hall)
      await hall.write((tx) => hangUp(tx, hall.agent(), id))
      return id
    })
    expect([now.phase, now.ticket.outcome]).toEqual(["over", "referred"])
  })

  test("is not for who only waits, nor for an agent or another office's supervisor", async () => {
    const hall = await videoHall({ more: [{ code: "VIR-02", video: true, counters: 1 }] })
    const { row } = await hall.video.walkIn(hall.citizen(1))
    const end = (by: Parameters<typeof endStuck>[1]) =>
      refusal(hall.write((tx) => endStuck(tx, by, row.id, { reason: "technical" })))
    expect((await end(hall.supervisor())).code).toBe("wrong_state")
    expect((await end(hall.agent())).code).toBe("forbidden")
    expect((await end(hall.supervisor("VIR-02"))).code).toBe("forbidden")
  })
})
