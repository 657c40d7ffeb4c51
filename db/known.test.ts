import { beforeEach, describe, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { type TestOffice, testOffice } from "../src/testing/office.ts"
import { isStillKnown, known } from "./known.ts"
import { offices } from "./schema/offices.ts"

let office: TestOffice
let reads = 0

beforeEach(async () => {
  office = await testOffice({ citizens: 1 })
  reads = 0
})

const ask = (now = 0, validUntil: number | null = null, key = "a") =>
  known(office.store, { kind: "times", stream: office.code, key, now }, async () => {
    reads++
    return { validUntil, read: reads }
  })
const say = (stream: string) =>
  office.write((tx) => tx.say(stream, "booking.missed", { booking: "b", subject: office.citizen(1).id }))

describe("what is known of a stream", () => {
  test("is read once for all who ask, also for those who ask at the same time", async () => {
    const answers = await Promise.all([ask(), ask(), ask()])
    expect([...answers, await ask()].map(({ read }) => read)).toEqual([1, 1, 1, 1])
    expect((await ask(0, null, "b")).read).toBe(2)
  })

  test("is read anew after a fact of the stream, and after none of another", async () => {
    await ask()
    await say("accounts")
    expect((await ask()).read).toBe(1)
    await say(office.code)
    expect((await ask()).read).toBe(2)
  })

  test("is read anew when its time is over, and by whoever's clock says that it has not begun", async () => {
    expect((await ask(100, 200)).read).toBe(1)
    expect((await ask(199, 200)).read).toBe(1)
    expect((await ask(200, 300)).read).toBe(2)
    expect((await ask(150, 300)).read).toBe(3)
  })

  test("is not known where reading it failed", async () => {
    const wanted = { kind: "times", stream: office.code, key: "a", now: 0 } as const
    const failing = () => known(office.store, wanted, () => Promise.reject(new Error("no")))
    expect(failing()).rejects.toThrow("no")
    await failing().catch(() => {})
    expect((await ask()).read).toBe(1)
  })

  test("is said to be so still, at once, until a fact, a change of setup or the time makes it another", async () => {
    const isStill = (value: object, now = 0) => isStillKnown(office.store, value, now)
    const first = await ask(100, 200)
    expect([isStill(first, 99), isStill(first, 100), isStill(first, 199), isStill(first, 200)]).toEqual([
      false,
      true,
      true,
      false,
    ])
    await say("accounts")
    expect(isStill(first, 150)).toBe(true)
    await say(office.code)
    expect(isStill(first, 150)).toBe(false)
    // Nor when somebody else has asked since.
    const second = await ask(100, 200)
    expect([isStill(first, 150), isStill(second, 150)]).toEqual([false, true])
    await office.write((tx) => tx.db.update(offices).set({ furthestDays: 20 }).where(eq(offices.code, office.code)))
    expect(isStill(second, 150)).toBe(false)
    expect(isStill({ validUntil: null })).toBe(false)
  })
})
