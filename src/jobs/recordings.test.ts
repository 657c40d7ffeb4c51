import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { visitFiles } from "../../db/schema/identity.ts"
import { recordingSegments } from "../../db/schema/recordings.ts"
import { visitKeys } from "../../db/schema/visits.ts"
import { machineChance } from "../base/clock.ts"
import { hour } from "../base/day.ts"
import { openIds } from "../base/id.ts"
import { openLog } from "../base/log.ts"
import { erase } from "../domain/people/erasure.ts"
import { clearOld } from "../domain/people/retention.ts"
import { dropVisits } from "../domain/people/video.ts"
import { end } from "../domain/visits/calls.ts"
import { anchorText } from "../domain/visits/recording/anchors.ts"
import { closeSegment } from "../domain/visits/recording/segments.ts"
import { recordingHall } from "../testing/recorded.ts"
import { stepRecordings } from "./recordings.ts"

/** A visit that was recorded and is over, and the hourly look. */
async function afterACall() {
  const hall = await recordingHall()
  const who = hall.citizen(1)
  const { row } = await hall.video.inCall(who)
  const recorder = await hall.recorder(row.id)
  await recorder.answers(who)
  const { segment } = await recorder.goesOn(await recorder.opens(), 3)
  await hall.write((tx) => end(tx, hall.agent(1), row.id, { outcome: "done" }))
  const lines: string[] = []
  const { clock, store, writer, keys, storage } = hall
  const log = openLog((line) => lines.push(line), clock.real)
  const look = () => stepRecordings({ clock, store, writer, keys, storage, log })
  const closes = () => hall.write((tx) => closeSegment(tx, hall.agent(1), row.id, segment, { seq: 3, why: "over" }))
  const left = () => store.db.select().from(recordingSegments)
  const key = () => store.db.select().from(visitKeys).where(eq(visitKeys.thread, row.thread))
  const files = () => storage.list(`visits/${row.thread}/recording`)
  return { hall, who, row, segment, look, lines, closes, left, key, files }
}

test("what a page never brought to its end is closed as incomplete, and a recording is deleted with its files and its key", async () => {
  const { hall, look, left, key, files, row } = await afterACall()
  await look()
  expect(await left()).toMatchObject([{ closedAt: null }])
  hall.clock.advance(25 * hour)
  await look()
  expect(await left()).toMatchObject([{ closedWhy: "incomplete" }])
  // A picture of the visit, which goes with the visit.
  await hall.storage.put(`visits/${row.thread}/picture-1`, Uint8Array.of(1))
  hall.clock.advance(90 * 24 * hour)
  await hall.write((tx) => clearOld(tx, hall.clock.real()))
  expect(await key()).toHaveLength(1)
  await look()
  expect([await left(), await key(), await files()]).toEqual([[], [], []])
  expect(await hall.storage.list(`visits/${row.thread}`)).toEqual([])
  expect(await hall.facts("recording.deleted", "accounts")).toMatchObject([{ body: { chunks: 3, why: "time" } }])
})

test("while a recording is kept for longer than its visit, its key stays and the visit's other files go", async () => {
  const { hall, closes, look, key, files, row } = await afterACall()
  await closes()
  await hall.bend("UPDATE recording_segment SET class = 'status'")
  await hall.storage.put(`visits/${row.thread}/picture-1`, Uint8Array.of(1))
  hall.clock.advance(100 * 24 * hour)
  await hall.write((tx) => clearOld(tx, hall.clock.real()))
  await look()
  expect([(await key()).length, (await files()).length > 0]).toEqual([1, true])
  expect(await hall.storage.list(`visits/${row.thread}`)).toEqual(["recording"])
  hall.clock.advance(301 * 24 * hour)
  await look()
  expect([await key(), await files()]).toEqual([[], []])
})

test("a visit that is deleted takes its files along, though a later one of its thread is kept", async () => {
  const { hall, closes, look, row } = await afterACall()
  await closes()
  const chance = machineChance
  const now = () => hall.clock.office()
  const id = openIds(chance, 0)
  const [old, kept, coming] = [id(now()), id(now()), id(now() + 3 * hour)]
  for (const id of [old, kept, coming]) await hall.storage.put(`visits/${row.thread}/file-${id}`, Uint8Array.of(1))
  const later = (await hall.video.walkIn(hall.citizen(2))).row
  const named = { id: kept, visit: later.id, thread: row.thread, sender: later.person, senderKind: "citizen" as const }
  const more = { nameSealed: "-", type: "application/pdf" as const, bytes: 1, sha256: "-", at: now() }
  await hall.write(async (tx) => {
    await tx.db.insert(visitFiles).values({ ...named, ...more })
  })
  await hall.bend(`UPDATE visit SET thread = '${row.thread}' WHERE id = '${later.id}'`)
  const files = async () => (await hall.storage.list(`visits/${row.thread}`)).filter((name) => name !== "recording")
  hall.clock.advance(2 * hour)
  await look()
  expect(await files()).toHaveLength(3)
  await hall.write((tx) => dropVisits(tx, [{ id: row.id, thread: row.thread }]))
  await look()
  expect((await files()).sort()).toEqual([`file-${kept}`, `file-${coming}`].sort())
})

test("nobody opens the recording of somebody who has been erased: key, rows and files are gone, and a fact of it stays", async () => {
  const { hall, who, closes, look, left, key, files } = await afterACall()
  await closes()
  await hall.write((tx) => erase(tx, who.id, who.id, hall.clock.real()))
  expect([await left(), await key()]).toEqual([[], []])
  await look()
  expect(await files()).toEqual([])
  expect(await hall.facts("recording.deleted", "accounts")).toMatchObject([{ body: { why: "erased" } }])
})

test("once an hour the heads are signed, and the log says the signature whole", async () => {
  const { hall, look, lines, closes } = await afterACall()
  await closes()
  await look()
  await look()
  const said = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "recording_anchored")
  expect(said).toHaveLength(1)
  const [fact] = await hall.facts("recording.anchored", "accounts")
  const { digest, signature } = said[0] as { digest: string; signature: string }
  expect(fact?.body).toEqual({ digest, signature })
  expect(hall.keys.isSignature(anchorText({ at: fact?.at ?? 0, digest }), signature)).toBe(true)
  // An hour later nothing has been recorded, and there is nothing to sign.
  hall.clock.advance(2 * hour)
  await look()
  expect(await hall.facts("recording.anchored", "accounts")).toHaveLength(1)
})
