import { expect, test } from "bun:test"
import { recordingHall } from "../../testing/recorded.ts"
import { videoHall } from "../../testing/video.ts"
import { leave } from "../queue/holder.ts"
import { recordingsDue } from "./recording/stands.ts"
import { recordingTimes } from "./recording/times.ts"
import { ring } from "./ringing.ts"
import { visitsDue } from "./steps.ts"
import { visitTimes } from "./times.ts"

test("of visits in which nothing is due one statement is asked, and none of them is looked at", async () => {
  const hall = await videoHall()
  const { video, write, clock } = hall
  const due = () => visitsDue(hall.store, hall.code, clock.office())
  const { row: calling } = await video.inCall(hall.citizen(1))
  await video.walkIn(hall.citizen(2))
  const { row: rung } = await video.walkIn(hall.citizen(3))
  await hall.open(2)
  await write((tx) => ring(tx, hall.agent(2), rung.id))
  clock.advance(visitTimes.ring - 1)
  expect(await due()).toEqual([])
  clock.advance(1)
  expect(await due()).toEqual([rung.id])
  expect((await due()).includes(calling.id)).toBe(false)
})

test("each thing that time does to a visit is due when it is, and not a moment before", async () => {
  const hall = await videoHall()
  const { video, write, clock } = hall
  const due = async (id: string) => (await visitsDue(hall.store, hall.code, clock.office())).includes(id)
  // Lost, and nobody watches over it any more.
  const { row: lost } = await video.inCall(hall.citizen(1))
  await video.lost(await video.participant(lost.id, "citizen"), "reconnecting")
  clock.advance(visitTimes.interruption - 1)
  expect(await due(lost.id)).toBe(false)
  clock.advance(1)
  expect(await due(lost.id)).toBe(true)
  // Interrupted: whoever is alone is helped after a minute.
  const { row: broken } = await video.inCall(hall.citizen(2), 2)
  await video.lost(await video.participant(broken.id, "agent"), "gone")
  expect(await due(broken.id)).toBe(false)
  clock.advance(visitTimes.agentBack)
  expect(await due(broken.id)).toBe(true)
  // The ticket is over, the visit is not yet.
  const who = hall.citizen(3)
  const { row: left } = await video.walkIn(who)
  expect(await due(left.id)).toBe(false)
  await write((tx) => leave(tx, who, left.id))
  expect(await due(left.id)).toBe(true)
})

test("a call that is recorded as it should be is not looked at, one of which nothing comes is, until it is said", async () => {
  const hall = await recordingHall()
  const who = hall.citizen(1)
  const { row } = await hall.video.inCall(who)
  const due = () => recordingsDue(hall.store, hall.code, hall.clock.office())
  hall.clock.advance(60_000)
  // Nobody has agreed to anything yet.
  expect(await due()).toEqual([])
  const recorder = await hall.recorder(row.id)
  await recorder.answers(who)
  await recorder.goesOn(await recorder.opens(), 4)
  expect(await due()).toEqual([])
  hall.clock.advance(recordingTimes.silent + 1)
  expect(await due()).toEqual([row.id])
  await hall.video.pass(5_000)
  expect(await due()).toEqual([])
})
