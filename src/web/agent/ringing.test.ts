import { afterAll, expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { hold, resume } from "../../domain/visits/calls.ts"
import { answer, ring } from "../../domain/visits/ringing.ts"
import { testServer } from "../../testing/server.ts"
import { videoHall } from "../../testing/video.ts"
import { visitFragment } from "../visits/region.tsx"
import { handFragment } from "./hand.tsx"
import { agentVisitFragment } from "./visit.tsx"

const hall = await videoHall()
const server = await testServer({ office: hall })
const { write } = hall

afterAll(() => {
  expect(server.bugs).toEqual([])
})

test("while it rings the desk names the buttons that a ring has", async () => {
  const { row } = await hall.video.walkIn(hall.citizen(1))
  await hall.open(1)
  await write((tx) => ring(tx, hall.agent(), row.id))
  const desk = await handFragment(server.house, hall.counter(), "en")
  expect(desk).toContain("has not answered yet: press “Ring again” or “Stop ringing”")
  expect(desk).not.toContain("Did not come")
  await hall.video.pass(3 * minute)
  const page = await visitFragment(server.house, row.id, "en", hall.citizen(1).id)
  expect(page).toContain("You did not answer")
  expect(page).toContain("We rang twice")
})

test("the time of a call goes on from the answer through a hold", async () => {
  const { row } = await hall.video.walkIn(hall.citizen(2))
  await hall.video.page(hall.citizen(2), row.id)
  await write((tx) => ring(tx, hall.agent(), row.id))
  await write((tx) => answer(tx, hall.citizen(2), row.id))
  await hall.video.page(hall.agent(), row.id)
  const answeredAt = hall.clock.office()
  const since = async () =>
    /data-since="(\d+)"/.exec(await agentVisitFragment(server.house, row.id, "en", hall.agent().id))?.[1]
  hall.clock.advance(minute)
  await write((tx) => hold(tx, hall.agent(), row.id))
  expect(await since()).toBe(String(answeredAt + minute))
  hall.clock.advance(minute)
  await write((tx) => resume(tx, hall.agent(), row.id))
  expect(await since()).toBe(String(answeredAt))
})
