import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { changePlaces } from "../src/domain/availability/places.ts"
import { office } from "../src/domain/offices/reads.ts"
import { testOffice } from "../src/testing/office.ts"
import { lines } from "./schema/offices.ts"

/* What is kept of the setup is never older than the setup. */

const places = { line: "PAS", publicPlaces: 7, staffExtra: 0 }
const shown = async (store: Parameters<typeof office>[0], code: string) =>
  (await office(store, code)).lines.find(({ code }) => code === "PAS")?.publicPlaces

test("is seen as it is after a turn has changed it, by whoever reads", async () => {
  const house = await testOffice()
  const before = await shown(house.store, house.code)
  await house.write((tx) => changePlaces(tx, house.supervisor(), { office: house.code, ...places }))
  expect(before).not.toBe(7)
  expect(await shown(house.store, house.code)).toBe(7)
  expect(await house.write((tx) => shown(tx, house.code))).toBe(7)
})

test("is seen anew inside the turn that changes it, and as before once that turn is undone", async () => {
  const house = await testOffice()
  const before = await house.write((tx) => shown(tx, house.code))
  const failing = house.write(async (tx) => {
    await tx.db.update(lines).set({ publicPlaces: 9 }).where(eq(lines.office, house.code))
    expect(await shown(tx, house.code)).toBe(9)
    throw new Error("undone")
  })
  expect(failing).rejects.toThrow("undone")
  await failing.catch(() => {})
  expect(await house.write((tx) => shown(tx, house.code))).toBe(before)
  // The next change must not be taken for the one that was undone.
  const after = await house.write(async (tx) => {
    await tx.db.update(lines).set({ publicPlaces: 8 }).where(eq(lines.office, house.code))
    return shown(tx, house.code)
  })
  expect(after).toBe(8)
})

test("cannot be changed in passing by one who reads it", async () => {
  const house = await testOffice()
  const found = await office(house.store, house.code)
  expect(() => {
    found.lines.length = 0
  }).toThrow()
  expect(Object.isFrozen(found.lines[0])).toBe(true)
})
