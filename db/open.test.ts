import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { getTableColumns, is } from "drizzle-orm"
import { CasingCache } from "drizzle-orm/casing"
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core"
import { handClock } from "../src/base/clock.ts"
import { atTheEnd } from "../src/testing/cleanup.ts"
import { assertEngine } from "./dialect.ts"
import { type AnyFact, chainHash } from "./facts.ts"
import { applicationId, hasStore, migrations, openStore, StoreProblem } from "./open.ts"
import { verifyFile } from "./verify.ts"
import { openWriter } from "./write.ts"

function folder(): string {
  const path = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "dawr-open-"))
  atTheEnd(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const problemOf = (act: () => unknown): string => {
  try {
    act()
    return "no problem"
  } catch (thrown) {
    return thrown instanceof StoreProblem ? thrown.message : `another error: ${thrown}`
  }
}

test("an SQLite that may lose commits is refused, one that is mended is taken", () => {
  for (const old of ["3.45.1", "3.51.2", "2.99.99", "0"]) expect(() => assertEngine(old)).toThrow("SQLite 3.51.3")
  for (const good of ["3.51.3", "3.54.1", "4.0.0"]) expect(() => assertEngine(good)).not.toThrow()
  expect(() => assertEngine()).not.toThrow()
})

test("a folder without a database is an office that nobody has set up, not an empty one", () => {
  const path = folder()
  expect(problemOf(() => openStore(path, { create: false }))).toContain("npm run setup")
  expect(hasStore(path)).toBe(false)
  expect(problemOf(() => openStore(join(path, "nowhere"), { create: false }))).toContain("no data folder")
})

test("an empty file is refused with a sentence and stays as it is", () => {
  const path = folder()
  writeFileSync(join(path, "dawr.db"), "")
  for (const create of [true, false]) expect(problemOf(() => openStore(path, { create }))).toContain("is empty")
  expect(Bun.file(join(path, "dawr.db")).size).toBe(0)
})

test("a foreign database and a file that is none are refused", () => {
  const path = folder()
  writeFileSync(join(path, "dawr.db"), "once upon a time ".repeat(500))
  expect(problemOf(() => openStore(path, { create: true }))).toContain("not a Dawr database")
  rmSync(join(path, "dawr.db"))
  const other = new Database(join(path, "dawr.db"), { create: true })
  other.run("CREATE TABLE cats (name TEXT)")
  other.close()
  expect(problemOf(() => openStore(path, { create: true }))).toContain("not a Dawr database")
})

test("a store of each earlier version is brought to the same as a new one", () => {
  const inside = (path: string) => {
    const raw = new Database(join(path, "dawr.db"), { readonly: true })
    const all = raw.query("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").all()
    raw.close()
    return all
  }
  const fresh = folder()
  openStore(fresh, { create: true }).close()
  const all = migrations()
  expect(all.length).toBeGreaterThan(1)
  for (const { version } of all) {
    const path = folder()
    const raw = new Database(join(path, "dawr.db"), { create: true })
    raw.run(`PRAGMA application_id = ${applicationId}`)
    for (const { sql } of all.filter((one) => one.version <= version)) raw.run(sql)
    raw.run(`PRAGMA user_version = ${version}`)
    raw.close()
    openStore(path, { create: false }).close()
    expect(inside(path)).toEqual(inside(fresh))
  }
})

test("a store of a newer version is left alone", () => {
  const path = folder()
  openStore(path, { create: true }).close()
  const raw = new Database(join(path, "dawr.db"))
  raw.run("PRAGMA user_version = 9999")
  raw.close()
  expect(problemOf(() => openStore(path, { create: false }))).toContain("newer Dawr")
})

test("a second process is told that the folder is in use; a killed one frees it", async () => {
  const path = folder()
  const holder = Bun.spawn(
    [
      process.execPath,
      "-e",
      `import { openStore } from ${JSON.stringify(join(import.meta.dir, "open.ts"))}
       openStore(${JSON.stringify(path)}, { create: true }); console.log("open"); setInterval(() => {}, 1000)`,
    ],
    { stdout: "pipe", stderr: "inherit" },
  )
  atTheEnd(() => holder.kill("SIGKILL"))
  const reader = holder.stdout.getReader()
  expect(new TextDecoder().decode((await reader.read()).value)).toContain("open")
  expect(problemOf(() => openStore(path, { create: false }))).toContain("Another process")
  holder.kill("SIGKILL")
  await holder.exited
  openStore(path, { create: false }).close()
})

test("a making that was cut off leaves nothing that looks like a store", () => {
  const path = folder()
  writeFileSync(join(path, "dawr.db.new"), "half")
  expect(hasStore(path)).toBe(false)
  openStore(path, { create: true }).close()
  expect(readdirSync(path)).not.toContain("dawr.db.new")
})

test("the write connection is durable and strict, the read connection cannot write", () => {
  const opened = openStore(folder(), { create: true })
  const ask = (name: string) =>
    Object.values(opened.writing.raw.query<Record<string, unknown>, []>(`PRAGMA ${name}`).get() ?? {})[0]
  expect([ask("journal_mode"), ask("synchronous"), ask("foreign_keys"), ask("trusted_schema")]).toEqual([
    "wal",
    2,
    1,
    0,
  ])
  expect(() => opened.reading.raw.run("INSERT INTO meta VALUES ('a', 'b')")).toThrow()
  opened.close()
})

test("a fact can be neither changed nor removed, and the chain shows what was", async () => {
  const opened = openStore(folder(), { create: true })
  const writer = openWriter(opened.writing, { clock: handClock(5_000) })
  for (const why of ["one", "two", "three"]) {
    await writer.write((tx) => tx.say("accounts", "session.ended", { why, subject: "p1" }), { scopes: ["accounts"] })
  }
  const raw = opened.writing.raw
  expect(() => raw.run("UPDATE fact SET kind = 'other'")).toThrow("never changed")
  expect(() => raw.run("DELETE FROM fact")).toThrow("never removed")

  const chain = () => {
    let previous = ""
    for (const row of raw
      .query<Record<string, string> & { seq: number; at: number }, []>("SELECT * FROM fact ORDER BY seq")
      .all()) {
      const { hash, ...rest } = row
      const expected = chainHash(previous, { ...rest, body: JSON.parse(row["body"] ?? "") } as unknown as AnyFact)
      if (expected !== hash) return `broken at ${row.seq}`
      previous = hash ?? ""
    }
    return "whole"
  }
  expect(chain()).toBe("whole")
  raw.run("DROP TRIGGER fact_is_never_changed")
  raw.run('UPDATE fact SET body = \'{"why":"TWO"}\' WHERE seq = 2')
  expect(chain()).toBe("broken at 2")
  await writer.close()
  opened.close()
})

test("the tables on disk are the tables in code, and every one is STRICT", async () => {
  const opened = openStore(folder(), { create: true })
  const raw = opened.writing.raw
  const onDisk = raw
    .query<{ name: string; strict: number }, []>(
      "SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%'",
    )
    .all()
  expect(onDisk.filter(({ strict }) => !strict)).toEqual([])

  const casing = new CasingCache("snake_case")
  const inCode = new Map<string, string[]>()
  for (const file of readdirSync(join(import.meta.dir, "schema")).filter((name) => name.endsWith(".ts"))) {
    const module: Record<string, unknown> = await import(join(import.meta.dir, "schema", file))
    for (const one of Object.values(module)) {
      if (!is(one, SQLiteTable)) continue
      const columns = Object.values(getTableColumns(one)).map((column) => {
        const type =
          column.getSQLType() === "integer" ? "INTEGER" : column.getSQLType() === "text" ? "TEXT" : column.getSQLType()
        const keyed =
          column.primary ||
          getTableConfig(one).primaryKeys.some(({ columns }) => columns.some(({ name }) => name === column.name))
        return `${casing.getColumnCasing(column)} ${type}${column.notNull || keyed ? " NOT NULL" : ""}`
      })
      inCode.set(getTableConfig(one).name, columns.sort())
    }
  }
  expect([...inCode.keys()].sort()).toEqual(onDisk.map(({ name }) => name).sort())
  for (const [name, columns] of inCode) {
    const rows = raw
      .query<{ name: string; type: string; notnull: number; pk: number }, []>(`PRAGMA table_info(${name})`)
      .all()
    const told = rows.map((row) => `${row.name} ${row.type}${row.notnull || row.pk ? " NOT NULL" : ""}`)
    expect([name, ...told.sort()]).toEqual([name, ...columns])
  }
  opened.close()
})

test("a log that was damaged after it was written is not begun with: what stands behind the damage is not given up in silence", async () => {
  const path = folder()
  const opened = openStore(path, { create: true })
  const writer = openWriter(opened.writing, { clock: handClock(Date.parse("2026-11-22T07:00:00Z")) })
  const said = { takenAt: 0, sessions: 0, deliveries: 0 }
  for (let turn = 0; turn < 6; turn++) {
    await writer.write((tx) => tx.say("accounts", "store.restored", said), { scopes: ["accounts"] })
  }
  const log = readFileSync(`${opened.file}-wal`)
  const database = readFileSync(opened.file)
  opened.close()
  const after = (bend: (bytes: Buffer) => Buffer) => {
    const other = folder()
    writeFileSync(join(other, "dawr.db"), database)
    writeFileSync(join(other, "dawr.db-wal"), bend(Buffer.from(log)))
    const problem = problemOf(() => openStore(other, { create: false }).close())
    return { problem, wrong: verifyFile(join(other, "dawr.db")).wrong }
  }
  const turned = (at: number) => (bytes: Buffer) => {
    bytes[at] = (bytes[at] ?? 0) ^ 16
    return bytes
  }
  // In the first frame, in the header; and what a cut of the power leaves: an end that is half there.
  for (const at of [32 + 24 + 100, 17]) {
    const { problem, wrong } = after(turned(at))
    expect(wrong[0]).toMatch(/the log beside it is damaged: \d commits stand behind/)
    expect(problem).toMatch(/dawr\.db-wal is damaged: the last \d commits .* restore a backup/)
  }
  expect(after((bytes) => bytes.subarray(0, bytes.length - 1_000)).problem).toBe("no problem")
  expect(after((bytes) => bytes)).toEqual({ problem: "no problem", wrong: [] })
})
