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
/** Indexes that hold only what is under way at this moment, or just what is asked for. */
const small = new Set([
  ...["ticket_live", "ticket_waiting", "hold_until", "waitlist_offered", "visit_open", "delivery_due", "delivery_dead"],
  ...["recording_segment_office", "privacy_request_open", "privacy_request_ended"],
])

const { prepare } = Database.prototype

/** Columns of which many rows have the same value: what is looked for by them alone grows with the table. */
const common = new Set(["office", "line", "stream", "kind", "state", "live", "service", "channel", "owner_kind"])
/** What is found by them all the same: indexes of what is under way, or of the last weeks. */
const ofToday = new Set([
  ...["ticket_asleep", "ticket_chain", "ticket_free", "ticket_wishing", "waitlist_waiting", "held_back_slot"],
  ...["booking_asked", "booking_struck"],
  // By kinds of which there are few: staff, programs.
  ...["passkey_of", "api_key_subject"],
])

/**
 * Of each of these statements what it reads from one end to the other, or of a whole office, though it may grow: `[what the engine says, the
 * statement]`.
 */
export function scansOf(texts: Iterable<string>): [said: string, text: string][] {
  const raw = new Database(":memory:", { strict: true })
  for (const { sql } of migrations()) raw.run(sql)
  const rows = prepare.call(raw, "SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[]
  const tables = new Set(rows.map(({ name }) => name))
  return [...new Set(texts)].flatMap((text) => {
    const bare = text.replace(/'[^']*'/g, "''")
    // By the ids of what was found, when nothing was.
    if (/\bfalse\b/.test(bare)) return []
    const plan = prepare.call(raw, `EXPLAIN QUERY PLAN ${text}`).all() as { detail: string }[]
    const named = tablesByName(bare, tables)
    return plan
      .map(({ detail }) => detail)
      .filter((detail) => {
        const [, name = "", index = ""] = /^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?/.exec(detail) ?? []
        const table = named.get(name)
        // In the order of an index, and no further than was asked for.
        const isCutOff = index !== "" && /order by .* limit/i.test(bare) && !/\bwhere\b/i.test(bare)
        const isScan = table !== undefined && !few.has(table) && !small.has(index) && !isCutOff
        return isScan || isOfAll(detail, bare, named)
      })
      .map((detail): [string, string] => [detail, text])
  })
}

/** Whether it goes through all that an office, or a kind, has ever had. */
function isOfAll(detail: string, text: string, named: ReadonlyMap<string, string>): boolean {
  const found = /^SEARCH (\w+) USING (?:COVERING )?(?:INDEX (\w+)|PRIMARY KEY) \((.*)\)/.exec(detail)
  const [, name = "", index = "", terms = ""] = found ?? []
  const table = named.get(name)
  if (table === undefined || few.has(table) || small.has(index) || ofToday.has(index)) return false
  // The first or the last one, by an end of the index.
  if (/\b(min|max)\(/i.test(text)) return false
  return terms.split(" AND ").every((term) => term.endsWith("=?") && common.has(term.slice(0, -2)))
}

/** The plan names a table as the statement does. */
function tablesByName(text: string, tables: ReadonlySet<string>): Map<string, string> {
  const named = new Map([...tables].map((name) => [name, name]))
  for (const [, table = "", alias = ""] of text.matchAll(
    /\b(?:from|join|update)\s+"?(\w+)"?\s+(?:as\s+)?"?(\w+)"?/gi,
  )) {
    if (tables.has(table) && !named.has(alias)) named.set(alias, table)
  }
  return named
}

/** Of the tests' own: what an office has ever said, to compare. */
const ofTests = /from "fact" where "fact"\."stream" = \+\? order by "fact"\."seq" asc$/

/** Remembers every statement that reads or changes rows from now on, whoever runs it, until `end`. */
export function watchStatements(): { texts: Set<string>; end(): void } {
  const texts = new Set<string>()
  Database.prototype.prepare = function (this: Database, text: string, ...rest: []): Statement {
    if (/^\s*(select|update|delete|with)\b/i.test(text) && !ofTests.test(text)) texts.add(text)
    return prepare.call(this, text, ...rest)
  } as typeof prepare
  return {
    texts,
    end() {
      Database.prototype.prepare = prepare
    },
  }
}
