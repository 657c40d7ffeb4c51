import { type SQL, sql } from "drizzle-orm"
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core"
import type { Tx } from "./write.ts"

/** So many rows of a table go in one turn: whoever books meanwhile does not wait for all that is old. */
export const rowsMax = 1_000

/**
 * Deletes the rows of `table` for which `over` holds, at most `rowsMax` of them, and answers how many those were: as long as it is all of
 * them there may be more. `key` is the table's primary key. `over` should be something that an index finds.
 */
export async function clear(
  tx: Tx,
  table: SQLiteTable,
  key: [SQLiteColumn, ...SQLiteColumn[]],
  over: SQL | undefined,
): Promise<number> {
  const fields = Object.fromEntries(key.map((column) => [column.name, column]))
  const some = tx.db.select(fields).from(table).where(over).limit(rowsMax)
  const gone = await tx.db
    .delete(table)
    .where(sql`(${sql.join(key, sql`, `)}) in ${some}`)
    .returning({ one: sql`1` })
  return gone.length
}
