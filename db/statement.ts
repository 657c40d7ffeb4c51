import { getTableColumns, type Placeholder, type SQL, sql } from "drizzle-orm"
import type { SQLiteTable } from "drizzle-orm/sqlite-core"
import type { Db } from "./dialect.ts"
import type { Store } from "./store.ts"

/**
 * Declares a hot statement. It is built and prepared once for each connection and then only bound and run:
 * an unprepared drizzle builder costs several times the statement itself.
 *
 *     const lineHead = statement((db) => db.select().from(tickets).where(eq(tickets.line, sql.placeholder("line"))))
 *     const rows = await lineHead(store).execute({ line: "PAS" })
 */
export function statement<R>(build: (db: Db) => Preparable<R>): (store: Store) => Prepared<R> {
  const key = {}
  return (store) => ({
    async execute(values = {}) {
      store.mustBeOpen()
      let prepared = store.connection.statements.get(key) as Runnable<R> | undefined
      if (!prepared) {
        prepared = build(store.connection.db).prepare() as Runnable<R>
        store.connection.statements.set(key, prepared)
      }
      return await prepared.execute(values)
    },
  })
}

export interface Prepared<R> {
  /** Runs it with a value for every placeholder; a missing one throws. */
  execute(values?: Record<string, unknown>): Promise<R>
}

type Preparable<R> = PromiseLike<R> & { prepare(): unknown }
type Runnable<R> = { execute(values: Record<string, unknown>): PromiseLike<R> }

/** A placeholder for every column of a table, for `insert(table).values(placeholders(table))`: the row to insert is then the argument. */
export function placeholders<T extends SQLiteTable>(of: T): { [K in keyof T["$inferInsert"]]-?: Placeholder & SQL } {
  const names = Object.keys(getTableColumns(of))
  return Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as never
}
