import { getTableColumns, type Placeholder, type SQL, sql } from "drizzle-orm"
import type { SQLiteTable } from "drizzle-orm/sqlite-core"
import type { Connection, Db } from "./dialect.ts"
import { runner } from "./prepared.ts"
import type { Store } from "./store.ts"

/**
 * Declares a hot statement. It is built and prepared once for each connection and then only bound and run:
 * an unprepared drizzle builder costs several times the statement itself.
 *
 *     const lineHead = statement((db) => db.select().from(tickets).where(eq(tickets.line, sql.placeholder("line"))))
 *     const rows = await lineHead(store).execute({ line: "PAS" })
 */
export function statement<R>(build: (db: Db) => Preparable<R>): (store: Store) => Prepared<R> {
  return prepared(build, (answer) => answer as R)
}

/**
 * Declares a hot statement of which only is asked how many rows it has changed. `RETURNING` would say it too, at twice the cost: SQLite
 * gathers what is returned in a table of its own before it gives out the first row (sqlite.org/lang_returning.html).
 */
export function changing(build: (db: Db) => Preparable<unknown>): (store: Store) => Prepared<number> {
  return prepared(build, (answer) => (answer as { changes: number }).changes)
}

/** Every statement that has been declared: a test asks the engine how it would run each. */
export const declared = new Set<(db: Db) => Preparable<unknown>>()

function prepared<R>(
  build: (db: Db) => Preparable<unknown>,
  read: (answer: unknown) => R,
): (store: Store) => Prepared<R> {
  const key = {}
  declared.add(build)
  return (store) => ({
    // Not async: the store has answered when this returns, and each step in between is paid for by every statement.
    execute(values = none) {
      try {
        store.mustBeOpen()
        const { statements } = store.connection
        let run = statements.get(key)
        if (!run) {
          run = made(build, store.connection)
          statements.set(key, run)
        }
        return Promise.resolve(read(run(values)))
      } catch (thrown) {
        return Promise.reject(thrown)
      }
    },
  })
}

function made(build: (db: Db) => Preparable<unknown>, { db, setupMark }: Connection) {
  const prepared = build(db).prepare()
  const run = runner(prepared)
  if (!setupMark.isChangedBy((prepared as { query: { sql: string } }).query.sql)) return run
  return (values: Record<string, unknown>) => {
    setupMark.changes()
    return run(values)
  }
}

const none: Record<string, unknown> = {}

export interface Prepared<R> {
  /** Runs it with a value for every placeholder; a missing one throws. */
  execute(values?: Record<string, unknown>): Promise<R>
}

type Preparable<R> = PromiseLike<R> & { prepare(): unknown }

/** A placeholder for every column of a table, for `insert(table).values(placeholders(table))`: the row to insert is then the argument. */
export function placeholders<T extends SQLiteTable>(of: T): { [K in keyof T["$inferInsert"]]-?: Placeholder & SQL } {
  const names = Object.keys(getTableColumns(of))
  return Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as never
}
