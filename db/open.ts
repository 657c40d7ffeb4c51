import { Database } from "bun:sqlite"
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs"
import { join } from "node:path"
import { assertEngine, type Connection, connect, nothingShared } from "./dialect.ts"
import { commitsBehindDamage } from "./log-file.ts"

/** "DAWR" in ASCII: how a database file says that it is ours (sqlite.org/pragma.html#pragma_application_id). */
export const applicationId = 0x44415752

export interface OpenStore {
  writing: Connection
  reading: Connection
  file: string
  /** Closes both connections and frees the folder for another process. */
  close(): void
}

/** A sentence for the operator: what is wrong with the data folder and what to do. Not a bug, and not a citizen's business. */
export class StoreProblem extends Error {}

/** Another process has the folder: one that is just going down frees it within moments. */
export class FolderInUse extends StoreProblem {}

/**
 * Opens the store in `folder`, applying what migrations are missing. One process at a time: the second gets a `StoreProblem`.
 * A file that is not there is made only when `create` is set, so that a mistyped path never looks like an empty office.
 */
export function openStore(folder: string, { create }: { create: boolean }): OpenStore {
  assertEngine()
  if (create) makeFolder(folder)
  if (!existsSync(folder)) throw new StoreProblem(`There is no data folder at ${folder}. Run "npm run setup" first.`)
  const unlock = lock(folder)
  try {
    const file = join(folder, "dawr.db")
    if (!existsSync(file)) {
      if (!create) throw new StoreProblem(`There is no database in ${folder}. Run "npm run setup" first.`)
      makeFile(file)
    }
    inspect(file)
    const behind = commitsBehindDamage(file)
    if (behind > 0) {
      throw new StoreProblem(
        `${file}-wal is damaged: the last ${behind} commits stand behind the damage and would be lost. Keep a copy of the whole folder. Then restore a backup, or go on without them: sqlite3 ${file} "PRAGMA wal_checkpoint(TRUNCATE)".`,
      )
    }
    const shared = nothingShared()
    const writing = connect(file, "write", shared)
    migrate(writing.raw, file)
    const reading = connect(file, "read", shared)
    return {
      writing,
      reading,
      file,
      close() {
        reading.raw.close()
        writing.raw.close()
        unlock()
      },
    }
  } catch (thrown) {
    unlock()
    throw isDamage(thrown) ? damaged(join(folder, "dawr.db"), thrown) : thrown
  }
}

/** Whether this is the engine saying that the file is not what a database is (sqlite.org/rescode.html). */
export function isDamage(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error)) return false
  if ("code" in thrown && /^SQLITE_(CORRUPT|NOTADB)/.test(String(thrown.code))) return true
  return thrown.cause !== thrown && isDamage(thrown.cause)
}

export function damaged(file: string, thrown: Error): StoreProblem {
  const said = (thrown.cause instanceof Error ? thrown.cause : thrown).message
  return new StoreProblem(
    `${file} is damaged or cut off (${said}). Keep it as it is, and restore a backup: npm run restore. npm run verify says more.`,
  )
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (thrown) {
    throw new StoreProblem(
      `The data folder ${folder} cannot be made (${thrown instanceof Error ? thrown.message : thrown}). Point DATA_DIR elsewhere.`,
    )
  }
}

/** Whether `folder` holds a database already. */
export function hasStore(folder: string): boolean {
  return existsSync(join(folder, "dawr.db"))
}

/** Removes a database that nobody has used yet, e.g. one whose making was cut off. */
export function removeStore(folder: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(join(folder, `dawr.db${end}`), { force: true })
}

/** Holds an exclusive transaction on `lock.db` for as long as the process lives; the kernel frees it even on `kill -9`. */
function lock(folder: string): () => void {
  const held = new Database(join(folder, "lock.db"), { create: true, readwrite: true })
  try {
    held.run("PRAGMA busy_timeout = 0")
    held.run("PRAGMA journal_mode = DELETE")
    held.run("BEGIN EXCLUSIVE")
  } catch {
    held.close()
    throw new FolderInUse(`Another process is using the data folder ${folder}. Stop it first.`)
  }
  return () => held.close()
}

/** Built aside and renamed when whole, so that a crash half way leaves no file that looks like a store. */
function makeFile(file: string): void {
  const aside = `${file}.new`
  rmSync(aside, { force: true })
  const raw = new Database(aside, { create: true, readwrite: true, strict: true })
  raw.run("PRAGMA synchronous = FULL")
  raw.run(`PRAGMA application_id = ${applicationId}`)
  migrate(raw, aside)
  raw.close()
  const handle = openSync(aside, "r")
  fsyncSync(handle)
  closeSync(handle)
  renameSync(aside, file)
}

function inspect(file: string): void {
  const size = statSync(file).size
  if (size === 0) {
    throw new StoreProblem(
      `${file} is empty. It was not made by Dawr, or it was cut off. Restore a backup, or move it away.`,
    )
  }
  const header = Buffer.alloc(100)
  const handle = openSync(file, "r")
  readSync(handle, header, 0, 100, 0)
  closeSync(handle)
  // The header's form: sqlite.org/fileformat.html, section 1.3; the application id stands at offset 68.
  if (header.toString("latin1", 0, 16) !== "SQLite format 3\0" || header.readUInt32BE(68) !== applicationId) {
    throw new StoreProblem(`${file} is not a Dawr database. Move it away, or point DATA_DIR elsewhere.`)
  }
}

/** The migrations of this engine in order; a file's number is the version that it brings the store to. */
export function migrations(): { version: number; name: string; sql: string }[] {
  const folder = join(import.meta.dir, "..", "migrations", "sqlite")
  return readdirSync(folder)
    .filter((name) => /^\d{4}_.+\.sql$/.test(name))
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 4)), name, sql: readFileSync(join(folder, name), "utf8") }))
}

/** Forward only, each in a transaction of its own. */
function migrate(raw: Database, file: string): void {
  const known = migrations()
  const newest = known.at(-1)?.version ?? 0
  const at = raw.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0
  if (at > newest) {
    throw new StoreProblem(`${file} was written by a newer Dawr (schema ${at}, this one knows ${newest}). Update Dawr.`)
  }
  for (const migration of known.filter(({ version }) => version > at)) {
    raw.run("BEGIN IMMEDIATE")
    try {
      raw.run(migration.sql)
      raw.run(`PRAGMA user_version = ${migration.version}`)
      raw.run("COMMIT")
    } catch (thrown) {
      if (raw.inTransaction) raw.run("ROLLBACK")
      throw new Error(`migration ${migration.name} failed`, { cause: thrown })
    }
  }
}
