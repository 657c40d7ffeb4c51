import { expect, test } from "bun:test"
import { eq, sql } from "drizzle-orm"
import { Refusal } from "../src/base/refusal.ts"
import { changePlaces } from "../src/domain/availability/places.ts"
import { office } from "../src/domain/offices/reads.ts"
import { testOffice } from "../src/testing/office.ts"
import { lines } from "./schema/offices.ts"
import { statement } from "./statement.ts"

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

const ofOffice = statement((db) =>
  db
    .update(lines)
    .set({ publicPlaces: sql`${sql.placeholder("places")}` })
    .where(eq(lines.office, sql.placeholder("office"))),
)

test("is seen anew by a turn that has seen it before, however it changes it and takes it back", async () => {
  const house = await testOffice()
  await house.write(async (tx) => {
    const before = await shown(tx, house.code)
    await tx.db.update(lines).set({ publicPlaces: 9 }).where(eq(lines.office, house.code))
    expect(await shown(tx, house.code)).toBe(9)
    await ofOffice(tx).execute({ office: house.code, places: 10 })
    expect(await shown(tx, house.code)).toBe(10)
    const part = tx.attempt(async () => {
      await ofOffice(tx).execute({ office: house.code, places: 11 })
      expect(await shown(tx, house.code)).toBe(11)
      throw new Refusal("forbidden")
    })
    await part.catch(() => {})
    expect(await shown(tx, house.code)).toBe(10)
    expect(before).not.toBe(10)
  })
  expect(await shown(house.store, house.code)).toBe(10)
})

test("every table whose change draws the mark is known to do so", async () => {
  const { store } = await testOffice()
  const { raw, setupMark } = store.connection
  const drawing = raw
    .query<{ tbl_name: string }, []>(
      "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%setup_mark%'",
    )
    .all()
    .map(({ tbl_name }) => tbl_name)
  expect(drawing.length).toBeGreaterThan(5)
  const forms = (name: string) => [
    `insert into "${name}" ("code")`,
    `update "${name}" set`,
    `delete from "${name}" where`,
  ]
  expect(drawing.flatMap(forms).filter((text) => !setupMark.isChangedBy(text))).toEqual([])
  expect(forms("booking").some(setupMark.isChangedBy)).toBe(false)
})

test("cannot be changed in passing by one who reads it", async () => {
  const house = await testOffice()
  const found = await office(house.store, house.code)
  expect(() => {
    found.lines.length = 0
  }).toThrow()
  expect(Object.isFrozen(found.lines[0])).toBe(true)
})
