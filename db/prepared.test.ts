import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { asc, count, eq, gt, max, sql } from "drizzle-orm"
import { alias } from "drizzle-orm/sqlite-core"
import { atTheEnd } from "../src/testing/cleanup.ts"
import { connect, type Db, flag, json, table, whole, words } from "./dialect.ts"
import { runner } from "./prepared.ts"
import { placeholders } from "./statement.ts"

/* What is asked once a statement here, drizzle asks anew for every row: both must answer the same. */

const halls = table("hall", { code: words(), name: json<{ ar: string }>(), isOpen: flag().notNull(), places: whole() })
const seats = table("seat", { note: words(), hall: words(), taken: flag(), tags: json<string[]>() })
const others = alias(halls, "other")

function store(): Db {
  const folder = mkdtempSync(join(tmpdir(), "dawr-prepared-"))
  const file = join(folder, "a.db")
  new Database(file, { create: true }).close()
  const { raw, db } = connect(file, "write")
  atTheEnd(() => {
    raw.close()
    rmSync(folder, { recursive: true, force: true })
  })
  raw.run("CREATE TABLE hall (code TEXT, name TEXT, is_open INTEGER NOT NULL, places INTEGER) STRICT")
  raw.run("CREATE TABLE seat (note TEXT, hall TEXT, taken INTEGER, tags TEXT) STRICT")
  raw.run(
    `INSERT INTO hall VALUES ('a', '{"ar":"أ"}', 1, 3), ('b', null, 0, null), ('c', 'null', 1, 0), (null, '{"ar":"-"}', 0, 1)`,
  )
  raw.run(
    `INSERT INTO seat VALUES (null, 'a', 1, '["x"]'), ('n', 'a', 0, null), ('m', 'b', null, '[]'), ('o', null, 1, '[]')`,
  )
  return db
}

const place = sql.placeholder
const asked: Record<string, (db: Db) => { prepare(): unknown }> = {
  "every column of one table": (db) => db.select().from(halls).orderBy(asc(halls.places)),
  "some columns by other names": (db) => db.select({ open: halls.isOpen, title: halls.name }).from(halls),
  "a placeholder as such and one for a column": (db) =>
    db
      .select()
      .from(halls)
      .where(sql`${halls.places} >= ${place("least")} and ${eq(halls.isOpen, place("open"))}`),
  "two tables, where the second may lack": (db) => db.select().from(halls).leftJoin(seats, eq(seats.hall, halls.code)),
  "two tables, where the first may lack": (db) => db.select().from(seats).rightJoin(halls, eq(seats.hall, halls.code)),
  "two tables, where either may lack": (db) => db.select().from(seats).fullJoin(halls, eq(seats.hall, halls.code)),
  "two tables that are both there": (db) => db.select().from(halls).innerJoin(seats, eq(seats.hall, halls.code)),
  "a table beside another of its kind": (db) =>
    db.select({ one: halls, two: others }).from(halls).leftJoin(others, gt(others.places, halls.places)),
  "groups of one's own making": (db) =>
    db
      .select({
        seat: { note: seats.note, tags: seats.tags },
        mixed: { code: halls.code, taken: seats.taken },
        open: halls.isOpen,
        worked: { out: sql<number>`${halls.places} + 1`, named: sql<string>`upper(${halls.code})`.as("big") },
      })
      .from(halls)
      .leftJoin(seats, eq(seats.hall, halls.code)),
  "a group of one table alone, whose first column is empty": (db) =>
    db.select({ seat: { note: seats.note, tags: seats.tags } }).from(seats),
  "what is counted and the most": (db) => db.select({ n: count(), most: max(halls.places) }).from(halls),
  "the most of nothing": (db) =>
    db
      .select({ most: max(halls.places) })
      .from(halls)
      .where(sql`false`),
  "a query within a query": (db) => {
    const inner = db
      .select({ code: halls.code, n: sql<number>`length(${halls.name})`.as("n") })
      .from(halls)
      .as("inner")
    return db.select().from(inner)
  },
  "what was inserted": (db) => db.insert(seats).values(placeholders(seats)).returning(),
  "what was changed": (db) =>
    db
      .update(halls)
      .set({ isOpen: sql`${place("open")}` })
      .returning({ code: halls.code, isOpen: halls.isOpen }),
}

for (const [what, build] of Object.entries(asked)) {
  test(`read as drizzle reads it: ${what}`, () => {
    const values = { least: 1, open: true, note: null, hall: "a", taken: false, tags: ["y", "z"] }
    // Of a store of its own, because some change it.
    const prepared = build(store()).prepare() as { all(values: object): unknown[] }
    const wanted = prepared.all(values)
    expect(wanted.length).toBeGreaterThan(0)
    expect(runner(build(store()).prepare())(values)).toEqual(wanted)
  })
}

test("a value that is missing, or not one at all, is an error and no null", () => {
  const run = runner(
    store()
      .select()
      .from(halls)
      .where(eq(halls.code, place("code")))
      .prepare(),
  )
  expect(() => run({})).toThrow("code")
  expect(() => run({ code: undefined })).toThrow("code")
  expect(run({ code: null })).toEqual([])
})

test("a change that is not asked for its rows answers how many it changed", () => {
  const run = runner(
    store()
      .update(halls)
      .set({ places: sql`${place("places")}` })
      .where(eq(halls.isOpen, true))
      .prepare(),
  )
  expect(run({ places: 9 })).toMatchObject({ changes: 2 })
})
