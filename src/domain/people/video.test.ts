import { expect, test } from "bun:test"
import { hour } from "../../base/day.ts"
import { videoHall } from "../../testing/video.ts"
import { end } from "../visits/calls.ts"
import { write as chat } from "../visits/chat.ts"
import { keepTest } from "../visits/self-test.ts"
import { erase } from "./erasure.ts"
import { ownData } from "./own-data.ts"
import { clearOld } from "./retention.ts"

const tables = ["visit", "participant", "visit_message", "visit_test"]

async function afterACall() {
  const hall = await videoHall()
  const { write, keys } = hall
  const who = hall.citizen(1)
  const { row } = await hall.video.inCall(who)
  const test = { camera: "ok", microphone: "ok", speaker: "ok", network: "direct", rttMilliseconds: 1 } as const
  await write((tx) => keepTest(tx, who, row.id, test))
  await write((tx) => chat(tx, keys, who, row.id, "سرّ"))
  await write((tx) => end(tx, hall.agent(), row.id, { outcome: "done" }))
  const counts = () =>
    tables.map((table) => hall.store.connection.raw.query(`SELECT count(*) AS n FROM ${table}`).get() as { n: number })
  return { hall, who, counts: () => counts().map(({ n }) => n) }
}

test("a video visit stands in the own data of its person, in clear", async () => {
  const { hall, who } = await afterACall()
  const [visit, ...more] = (await ownData(hall.store, hall.keys, who.id, hall.clock.office())).videoVisits
  expect(more).toEqual([])
  expect(visit).toMatchObject({ phase: "over", messages: [{ text: "سرّ" }], tests: [{ network: "direct" }] })
})

test("of a video visit nothing is left ninety days later, and not a day sooner", async () => {
  const { hall, counts } = await afterACall()
  hall.clock.advance(89 * 24 * hour)
  await hall.write((tx) => clearOld(tx, hall.clock.real()))
  expect(counts()).toEqual([1, 2, 1, 1])
  hall.clock.advance(25 * hour)
  await hall.write((tx) => clearOld(tx, hall.clock.real()))
  expect(counts()).toEqual([0, 0, 0, 0])
})

test("of a video visit nothing is left when its person is erased", async () => {
  const { hall, who, counts } = await afterACall()
  await hall.write((tx) => erase(tx, who.id, who.id, hall.clock.real()))
  expect(counts()).toEqual([0, 0, 0, 0])
})
