import { Database, type Statement } from "bun:sqlite"
import { afterAll, expect, test } from "bun:test"
import { rowsMax } from "../../db/clearing.ts"
import type { Connection } from "../../db/dialect.ts"
import { hour } from "../base/day.ts"
import { openLog } from "../base/log.ts"
import { type TestOffice, testOffice } from "../testing/office.ts"
import { clearRecords } from "./retention.ts"
import { stepHouse } from "./run.ts"

/** Every statement that was prepared, by the connection. */
const prepared = new Map<Database, Set<string>>()
const { prepare } = Database.prototype
Database.prototype.prepare = function (this: Database, text: string, ...rest: []): Statement {
  prepared.set(this, (prepared.get(this) ?? new Set()).add(text))
  return prepare.call(this, text, ...rest)
} as typeof prepare

afterAll(() => {
  Database.prototype.prepare = prepare
})

function partsOf({ clock, store, writer }: TestOffice) {
  return { clock, store, writer, log: openLog((line) => expect(line).toBe(""), clock.real) }
}

/** What there are few of, however large the agency is. */
const few = /^SCAN (office|line|legal_hold|setup_mark|counter|agency|sector|service|season|holiday)\b/

test("what is old enough to go is found by an index: no round reads through a table that grows", async () => {
  const office = await testOffice({ citizens: 3 })
  prepared.clear()
  const parts = partsOf(office)
  await stepHouse(parts)
  await clearRecords(parts)
  const texts = [...prepared.values()]
    .flatMap((some) => [...some])
    .filter((text) => /^(select|update|delete)/i.test(text))
  const { raw } = office.store.connection
  const scans = texts.flatMap((text) => {
    // By the ids of what was found, and there was nothing.
    if (/\bfalse\b/.test(text)) return []
    const plan = prepare.call(raw, `EXPLAIN QUERY PLAN ${text}`).all() as { detail: string }[]
    return plan.filter(({ detail }) => /^SCAN /.test(detail) && !few.test(detail)).map(({ detail }) => [detail, text])
  })
  expect(scans).toEqual([])
  for (const table of ["session", "throttle", "idempotency", "hold", "read_log", "waitlist", "api_key", "proxy"]) {
    expect([table, texts.some((text) => text.includes(`from "${table}" where`))]).toEqual([table, true])
  }
})

/** So many sessions that were over long ago, and one that is not. */
function putSessions({ raw }: Connection, now: number, count: number): void {
  const put = prepare.call(
    raw,
    `INSERT INTO session (id, kind, subject, factors, level, created_at, seen_at, idle_until, until, address, user_agent)
     VALUES (?1, 'citizen', 'somebody', 'password', 'full', ?2, ?2, ?2, ?2, '', '')`,
  )
  for (let number = 0; number < count; number++) put.run(`old-${number}`, now - 100 * 24 * hour)
  put.run("open", now)
}

test("much that is old goes in turns of so many rows, so that whoever books in between does not wait for all of it", async () => {
  const office = await testOffice({ citizens: 1 })
  const { clock, writer, store } = office
  const rest = () => {
    const text = "SELECT count(*) AS count FROM session"
    return (prepare.call(store.connection.raw, text).get() as { count: number }).count
  }
  const [now, many] = [clock.real(), 2 * rowsMax + 500]
  await office.write(async (tx) => putSessions(tx.connection, now, many))
  const left: number[] = []
  const watching: typeof writer = Object.create(writer, {
    write: {
      value: (async (turn, options) => {
        const answer = await writer.write(turn, options)
        left.push(rest())
        return answer
      }) satisfies typeof writer.write,
    },
  })
  await stepHouse({ ...partsOf(office), writer: watching })
  expect(left.slice(0, 3)).toEqual([rowsMax + 501, 501, 1])
})
