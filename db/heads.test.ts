import { expect, test } from "bun:test"
import { type TestOffice, testOffice } from "../src/testing/office.ts"
import { firstSince, headOfStream } from "./heads.ts"
import type { Tx } from "./write.ts"

const say = (office: TestOffice, tx: Tx) =>
  tx.say(office.code, "booking.missed", { booking: "b", subject: office.citizen(1).id })

/** What the engine says, whatever anybody remembers. */
function onDisk({ store, code }: TestOffice): number {
  const text = "SELECT max(seq) AS seq FROM fact WHERE stream = ?"
  return store.connection.raw.query<{ seq: number }, [string]>(text).get(code)?.seq ?? 0
}

test("the latest fact of a stream is known without asking the engine, and is always the one that is on disk", async () => {
  const office = await testOffice({ citizens: 1 })
  const before = await headOfStream(office.store, office.code)
  expect(before).toBe(onDisk(office))
  expect(office.store.heads?.get(office.code)).toBe(before)
  await office.write((tx) => say(office, tx))
  expect(office.store.heads?.get(office.code)).toBe(before + 1)
  expect(onDisk(office)).toBe(before + 1)
})

test("a turn sees what it has said itself, nobody else does before it is on disk, and nobody does where it came to nothing", async () => {
  const office = await testOffice({ citizens: 1 })
  const before = await headOfStream(office.store, office.code)
  const seen: number[] = []
  const failing = office.write(async (tx) => {
    seen.push(await say(office, tx), await headOfStream(tx, office.code), await headOfStream(office.store, office.code))
    throw new Error("no")
  })
  await expect(failing).rejects.toThrow("no")
  expect(seen).toEqual([before + 1, before + 1, before])
  expect([await headOfStream(office.store, office.code), onDisk(office)]).toEqual([before, before])
})

test("a stream in which nothing was ever said has no latest fact until something is", async () => {
  const office = await testOffice({ citizens: 1 })
  expect(await headOfStream(office.store, "NOWHERE")).toBe(0)
  expect(await headOfStream(office.store, "NOWHERE")).toBe(0)
  await office.writer.write(
    (tx) => tx.say("NOWHERE", "booking.missed", { booking: "b", subject: office.citizen(1).id }),
    { scopes: ["office:NOWHERE"] },
  )
  expect(await headOfStream(office.store, "NOWHERE")).toBe(1)
})

test("the first fact from a moment on is found among all that was said, several of one moment and the time after the last included", async () => {
  const office = await testOffice({ citizens: 1 })
  const before = await headOfStream(office.store, office.code)
  const said: number[] = []
  for (const pause of [1_000, 0, 0, 5_000, 1, 60_000, 0]) {
    office.clock.advance(pause)
    await office.write((tx) => say(office, tx))
    said.push(office.clock.office())
  }
  for (const at of new Set(said.flatMap((one) => [one - 1, one, one + 1]))) {
    const index = said.findIndex((one) => one >= at)
    const first = index < 0 ? before + said.length + 1 : before + index + 1
    expect([at, await firstSince(office.store, office.code, at)]).toEqual([at, first])
  }
  expect(await firstSince(office.store, office.code, 0)).toBe(1)
  expect(await firstSince(office.store, "NOWHERE", 0)).toBe(1)
})

test("where no write door is open the engine is asked each time", async () => {
  const office = await testOffice({ citizens: 1 })
  const head = await headOfStream(office.store, office.code)
  await office.writer.close()
  expect(office.store.heads).toBeNull()
  expect(await headOfStream(office.store, office.code)).toBe(head)
})
