import { Database } from "bun:sqlite"
import { BunSQLiteDatabase } from "drizzle-orm/bun-sqlite"
import { SQLiteBunSession } from "drizzle-orm/bun-sqlite/session"
import { integer, SQLiteSyncDialect, sqliteTable, text } from "drizzle-orm/sqlite-core"
import type { Day, Instant } from "../src/base/day.ts"

/*
 * The only file that knows which engine runs. Today that is SQLite inside the process; a second engine gets its own constructors here
 * and its own folder of migrations, and nothing else changes.
 */

/** A handle to ask and tell the engine by awaited builders. */
export type Db = Pick<BunSQLiteDatabase, "select" | "selectDistinct" | "insert" | "update" | "delete">

/** Declares a table. Its columns are named in SQL as in code, in snake_case. */
export const table = sqliteTable

/** Whole numbers and flags. */
export const whole = () => integer()
export const flag = () => integer({ mode: "boolean" })
/** Text; `word<…>()` for text from a closed list or with a brand. */
export const words = () => text()
export const word = <T extends string>() => text().$type<T>()
export const day = () => text().$type<Day>()
/** An instant in epoch milliseconds. */
export const instant = () => integer().$type<Instant>()
/** A small structure kept as JSON text, so that both engines read it alike. */
export const json = <T>() => text({ mode: "json" }).$type<T>()

/** The lowest SQLite that is safe to run: earlier ones can lose committed transactions when a WAL is reset (sqlite.org/wal.html). */
const lowestSqlite = [3, 51, 3] as const

export interface Connection {
  readonly raw: Database
  readonly db: BunSQLiteDatabase
  /** Statements prepared on this connection; see `statement.ts`. */
  readonly statements: Map<object, (values: Record<string, unknown>) => unknown>
  readonly setupMark: SetupMark
  /** What all connections to this store know together. */
  readonly shared: Shared
}

/** The mark of the setup as one connection sees it; see `kept.ts`. */
export interface SetupMark {
  read(): Promise<number>
  /** What `read` would answer, where nothing has to be asked for it. */
  seen(): number | null
  /** Whether a statement changes the setup; whoever is about to run one, or has undone one, says `changes`. */
  isChangedBy(text: string): boolean
  changes(): void
  /** A transaction is over: what has been changed in it, if anything, others see from now on. */
  settled(): void
}

/** What the connections to one store know together: one process has the store, so whatever changes it has passed here. */
export interface Shared {
  /** Rises whenever the mark of the setup that one of them sees may have become another. */
  setupVersion: number
  /** The number of the latest fact on disk of each stream, as far as it has been asked for; `null` where no write door is open. */
  heads: Map<string, number> | null
}

/** The tables whose triggers draw the mark anew. */
const setupTables = "agency|sector|service|office|line|season|holiday|opening_rule|day_change"
const setupChange = new RegExp(`^(insert into|update|delete from) "(${setupTables})"`)

/** The engine is asked once for each version. */
function openSetupMark(raw: Database, shared: Shared): SetupMark {
  const statement = lazily(() => raw.prepare<{ mark: number }, []>("SELECT mark FROM setup_mark"))
  let mark = 0
  let seen = -1
  let isUnsettled = false
  return {
    async read() {
      if (seen === shared.setupVersion) return mark
      mark = statement().get()?.mark ?? 0
      seen = shared.setupVersion
      return mark
    },
    seen: () => (seen === shared.setupVersion ? mark : null),
    isChangedBy: (text) => setupChange.test(text),
    changes() {
      shared.setupVersion++
      isUnsettled = true
    },
    settled() {
      if (isUnsettled) shared.setupVersion++
      isUnsettled = false
    },
  }
}

/**
 * SQLite plans a statement anew, at many times the cost of running it, whenever a value is bound that its planner has looked at: that of
 * `column = ?` beside an ORDER BY or an aggregate, that of `LIMIT ?` (sqlite.org/c3ref/c_dbconfig_defensive.html, QPSG). Behind a unary
 * plus, which changes nothing else (sqlite.org/lang_expr.html#operators), it does not look.
 */
class OnePlanDialect extends SQLiteSyncDialect {
  override escapeParam(): string {
    return "+?"
  }
}

function builders(raw: Database, mark: SetupMark): BunSQLiteDatabase {
  const dialect = new OnePlanDialect({ casing: "snake_case" })
  const logQuery = (text: string) => mark.isChangedBy(text) && mark.changes()
  const session = new SQLiteBunSession<Record<string, never>, never>(raw, dialect, undefined, { logger: { logQuery } })
  return new BunSQLiteDatabase("sync", dialect, session, undefined)
}

/**
 * Opens one connection with every setting that the durability promise needs, and asserts those that matter. All connections to one store
 * share one `shared`.
 */
export function connect(file: string, mode: "write" | "read", shared: Shared = nothingShared()): Connection {
  const raw = new Database(file, mode === "read" ? { readonly: true, strict: true } : { readwrite: true, strict: true })
  raw.run("PRAGMA busy_timeout = 2000")
  raw.run("PRAGMA trusted_schema = OFF")
  raw.run("PRAGMA cell_size_check = ON")
  raw.run("PRAGMA cache_size = -65536")
  raw.run("PRAGMA temp_store = MEMORY")
  if (mode === "write") {
    raw.run("PRAGMA journal_mode = WAL")
    raw.run("PRAGMA synchronous = FULL")
    raw.run("PRAGMA foreign_keys = ON")
    raw.run("PRAGMA secure_delete = FAST")
    raw.run("PRAGMA wal_autocheckpoint = 1000")
    raw.run("PRAGMA journal_size_limit = 67108864")
    expectSetting(raw, "journal_mode", "wal")
    expectSetting(raw, "synchronous", 2)
    expectSetting(raw, "foreign_keys", 1)
  } else {
    raw.run("PRAGMA query_only = ON")
  }
  const setupMark = openSetupMark(raw, shared)
  return { raw, db: builders(raw, setupMark), statements: new Map(), setupMark, shared }
}

export const nothingShared = (): Shared => ({ setupVersion: 0, heads: null })

/** The tables are there only once the migrations have run. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

/** Throws where the engine is too old to be trusted with a promise. */
export function assertEngine(version: string = engineVersion()): void {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number)
  const [lowMajor, lowMinor, lowPatch] = lowestSqlite
  const enough =
    major > lowMajor || (major === lowMajor && (minor > lowMinor || (minor === lowMinor && patch >= lowPatch)))
  if (!enough) throw new Error(`SQLite ${lowestSqlite.join(".")} or newer is needed, this runtime carries ${version}`)
}

export function engineVersion(): string {
  const probe = new Database(":memory:")
  const row = probe.query<{ v: string }, []>("SELECT sqlite_version() AS v").get()
  probe.close()
  return row?.v ?? "0"
}

function expectSetting(raw: Database, name: string, wanted: string | number): void {
  const row = raw.query<Record<string, string | number>, []>(`PRAGMA ${name}`).get()
  const found = row ? Object.values(row)[0] : undefined
  if (found !== wanted) throw new Error(`the store could not be set up safely: ${name} is ${found}, not ${wanted}`)
}
