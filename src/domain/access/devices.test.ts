import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { devices, deviceTokens } from "../../../db/schema/devices.ts"
import type { Store } from "../../../db/store.ts"
import { hour, minute } from "../../base/day.ts"
import { type TestOffice, testOffice } from "../../testing/office.ts"
import {
  addDevice,
  type DeviceRow,
  deviceOf,
  deviceOfToken,
  devicesIn,
  keepUp,
  type Present,
  pairedFor,
  prolongDevice,
  revokeDevice,
  startToken,
  wantsKeepUp,
} from "./devices.ts"

const day = 24 * hour

/** A paired kiosk, and what its requests do: as the gate does it. */
async function kioskIn(office: TestOffice) {
  const now = () => office.clock.real()
  const id = await office.write((tx) =>
    addDevice(tx, { office: office.code, kind: "kiosk", name: "Door" }, "operator", now()),
  )
  const first = await office.write((tx) => startToken(tx, id, now()))
  return {
    id,
    first,
    at: (token: string): Promise<Present | null> => deviceOfToken(office.store, token, now()),
    /** Comes with this token; answers whether it is let in, and what it is given to come with from now on. */
    async comes(token: string): Promise<{ isIn: boolean; next: string | null }> {
      const present = await deviceOfToken(office.store, token, now())
      if (!present) return { isIn: false, next: null }
      if (!wantsKeepUp(present, now())) return { isIn: true, next: null }
      return { isIn: true, next: await office.write((tx) => keepUp(tx, present, now())) }
    },
    row: async (): Promise<DeviceRow | undefined> =>
      (await office.store.db.select().from(devices).where(eq(devices.id, id)))[0],
    tokens: () => office.store.db.select().from(deviceTokens).where(eq(deviceTokens.device, id)),
  }
}

test("a token is replaced after a day; the old one falls ten minutes after the device has come with the new one", async () => {
  const office = await testOffice({ citizens: 1 })
  const kiosk = await kioskIn(office)
  expect(await kiosk.comes(kiosk.first)).toEqual({ isIn: true, next: null })
  office.clock.advance(day - 1)
  expect((await kiosk.comes(kiosk.first)).next).toBeNull()
  office.clock.advance(1)
  const { next } = await kiosk.comes(kiosk.first)
  expect(next).toMatch(/^[\w-]{43}$/)
  // The page that was asked for at the same time still has the old one, however long its answer takes.
  office.clock.advance(30 * minute)
  expect(await kiosk.comes(kiosk.first)).toEqual({ isIn: true, next: null })
  expect((await kiosk.comes(next ?? "")).isIn).toBe(true)
  office.clock.advance(10 * minute - 1)
  expect((await kiosk.comes(kiosk.first)).isIn).toBe(true)
  office.clock.advance(1)
  expect((await kiosk.comes(kiosk.first)).isIn).toBe(false)
  expect((await kiosk.comes(next ?? "")).isIn).toBe(true)
})

test("an answer with the new token in it that gets lost unpairs nobody: another one is offered, an hour later", async () => {
  const office = await testOffice({ citizens: 1 })
  const kiosk = await kioskIn(office)
  office.clock.advance(day)
  const { next: lost } = await kiosk.comes(kiosk.first)
  office.clock.advance(hour - 1)
  expect((await kiosk.comes(kiosk.first)).next).toBeNull()
  office.clock.advance(1)
  const { next: second } = await kiosk.comes(kiosk.first)
  expect([lost !== null, second !== null, second !== lost]).toEqual([true, true, true])
  // A holiday later the kiosk is switched on again, and is still what it was.
  office.clock.advance(12 * day)
  const { isIn, next } = await kiosk.comes(kiosk.first)
  expect([isIn, next !== null]).toEqual([true, true])
  await kiosk.comes(next ?? "")
  office.clock.advance(10 * minute)
  for (const gone of [kiosk.first, lost, second]) expect((await kiosk.comes(gone ?? "")).isIn).toBe(false)
  office.clock.advance(day)
  const { next: last } = await kiosk.comes(next ?? "")
  await kiosk.comes(last ?? "")
  expect((await kiosk.tokens()).length).toBeLessThanOrEqual(2)
})

test("of many requests at once with an old token one is given the new one", async () => {
  const office = await testOffice({ citizens: 1 })
  const kiosk = await kioskIn(office)
  office.clock.advance(day)
  const answers = await Promise.all(Array.from({ length: 20 }, () => kiosk.comes(kiosk.first)))
  expect(answers.filter(({ isIn }) => isIn)).toHaveLength(20)
  expect(answers.filter(({ next }) => next !== null)).toHaveLength(1)
})

test("of two who come with copies of one token the slower one is soon outside, and tokens of other openings stay", async () => {
  const office = await testOffice({ citizens: 1 })
  const kiosk = await kioskIn(office)
  const other = await office.write((tx) => startToken(tx, kiosk.id, office.clock.real()))
  await kiosk.comes(other)
  office.clock.advance(day)
  const { next: thiefs } = await kiosk.comes(kiosk.first)
  await kiosk.comes(thiefs ?? "")
  office.clock.advance(10 * minute)
  expect((await kiosk.comes(kiosk.first)).isIn).toBe(false)
  expect((await kiosk.comes(other)).isIn).toBe(true)
})

test("a device is paired for ninety days, whatever its token; opened anew it has them again", async () => {
  const office = await testOffice({ citizens: 1 })
  const kiosk = await kioskIn(office)
  let token = kiosk.first
  for (let days = 1; days < 90; days++) {
    office.clock.advance(day)
    token = (await kiosk.comes(token)).next ?? token
    await kiosk.comes(token)
  }
  expect(await kiosk.at(token)).not.toBeNull()
  office.clock.advance(day)
  expect(await kiosk.at(token)).toBeNull()
  expect(await deviceOf(office.store, kiosk.id, office.clock.real())).toBeNull()
  await office.write((tx) => prolongDevice(tx, kiosk.id, office.clock.real()))
  expect((await kiosk.row())?.until).toBe(office.clock.real() + pairedFor)
  expect(await kiosk.at(token)).not.toBeNull()
})

test("that a device was here is written at most every five minutes", async () => {
  const office = await testOffice({ citizens: 1 })
  const kiosk = await kioskIn(office)
  expect((await kiosk.row())?.seenAt).toBeNull()
  await kiosk.comes(kiosk.first)
  const seen = office.clock.real()
  office.clock.advance(5 * minute - 1)
  await kiosk.comes(kiosk.first)
  expect((await kiosk.row())?.seenAt).toBe(seen)
  office.clock.advance(1)
  await kiosk.comes(kiosk.first)
  expect((await kiosk.row())?.seenAt).toBe(seen + 5 * minute)
})

test("a revoked device is outside with every token, leaves none behind, and is revoked once", async () => {
  const office = await testOffice({ citizens: 1 })
  const kiosk = await kioskIn(office)
  const now = office.clock.real()
  const revoke = () => office.write((tx) => revokeDevice(tx, kiosk.id, "somebody", now))
  await Promise.all([revoke(), revoke()])
  expect(await kiosk.at(kiosk.first)).toBeNull()
  expect(await kiosk.tokens()).toEqual([])
  expect(await office.facts("device.revoked", "accounts")).toHaveLength(1)
  expect(await devicesIn(office.store, [office.code], now)).toEqual([])
  expect(await devicesIn(office.store, [office.code], now - 1)).toHaveLength(1)
})

test("a device may do what it was allowed, in its own office; what its kind cannot do nobody can allow it", async () => {
  const office = await testOffice({ citizens: 1 })
  const id = await office.write((tx) =>
    addDevice(
      tx,
      { office: office.code, kind: "board", name: "Wall", capabilities: ["ticket:issue", "board:read"] },
      "operator",
      office.clock.real(),
    ),
  )
  const board = await deviceOf(office.store, id, office.clock.real())
  if (!board) throw new Error("the board is not there")
  expect(board.capabilities).toEqual(["board:read"])
})

test("what can be no token is not even looked up", async () => {
  const nowhere = new Proxy({} as Store, {
    get() {
      throw new Error("the store was asked")
    },
  })
  for (const text of ["", "x", "x".repeat(42), "x".repeat(44), `${"x".repeat(42)}/`]) {
    expect(await deviceOfToken(nowhere, text, 0)).toBeNull()
  }
})
