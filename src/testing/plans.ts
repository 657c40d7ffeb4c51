import { Database, type Statement } from "bun:sqlite"
import { migrations } from "../../db/open.ts"

/*
 * How the engine would run a statement (sqlite.org/eqp.html). One that reads through a whole table is quick as long as there is little in it,
 * and stops everybody for seconds once there is much: every turn of every office waits for the one writer.
 */

/** What there are few of, however large an agency is and however long its house has stood. */
const few = new Set([
  ...["agency", "sector", "service", "office", "line", "season", "holiday", "opening_rule", "day_change", "setup_mark"],
  ...["counter", "device", "device_token", "pairing", "staff", "access_request", "legal_hold", "meta", "retention_run"],
])
/** Indexes that hold only what is under way at this moment. */
const underWay =
  /USING (COVERING )?INDEX (ticket_live|ticket_waiting|hold_until|waitlist_offered|visit_open|delivery_due|delivery_dead|recording_segment_office|privacy_request_open)$/

const { prepare } = Database.prototype

/** Of each of these statements what it reads from one end to the other, though it may grow: `[what the engine says, the statement]`. */
export function scansOf(texts: Iterable<string>): [said: string, text: string][] {
  const raw = new Database(":memory:", { strict: true })
  for (const { sql } of migrations()) raw.run(sql)
  const tables = new Set(
    (prepare.call(raw, "SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[]).map(
      ({ name }) => name,
    ),
  )
  return [...new Set(texts)].flatMap((text) => {
    // By the ids of what was found, when nothing was.
    if (/\bfalse\b/.test(text)) return []
    const plan = prepare.call(raw, `EXPLAIN QUERY PLAN ${text}`).all() as { detail: string }[]
    return plan
      .map(({ detail }) => detail)
      .filter((detail) => {
        const table = /^SCAN (\w+)/.exec(detail)?.[1] ?? ""
        // In the order that was asked for, and no further than was asked for.
        const isCutOff = /ORDER BY .* LIMIT/i.test(text) && / USING (COVERING )?INDEX /.test(detail)
        return tables.has(table) && !few.has(table) && !underWay.test(detail) && !isCutOff
      })
      .map((detail): [string, string] => [detail, text])
  })
}

/** Remembers every statement that reads or changes rows from now on, whoever runs it, until `end`. */
export function watchStatements(): { texts: Set<string>; end(): void } {
  const texts = new Set<string>()
  Database.prototype.prepare = function (this: Database, text: string, ...rest: []): Statement {
    if (/^\s*(select|update|delete|with)\b/i.test(text)) texts.add(text)
    return prepare.call(this, text, ...rest)
  } as typeof prepare
  return {
    texts,
    end() {
      Database.prototype.prepare = prepare
    },
  }
}
