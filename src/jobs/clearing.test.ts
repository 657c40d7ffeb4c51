import { expect, test } from "bun:test"
import { rowsMax } from "../../db/clearing.ts"
import type { Connection } from "../../db/dialect.ts"
import { hour } from "../base/day.ts"
import { openLog } from "../base/log.ts"
import { type TestOffice, testOffice } from "../testing/office.ts"
import { scansOf, watchStatements } from "../testing/plans.ts"
import { clearRecords } from "./retention.ts"
import { stepHouse } from "./run.ts"

function partsOf({ clock, store, writer }: TestOffice) {
  return { clock, store, writer, log: openLog((line) => expect(line).toBe(""), clock.real) }
}

test("what is old enough to go is found by an index: no round reads through a table that grows", async () => {
  const office = await testOffice({ citizens: 3 })
  const parts = partsOf(office)
  const watched = watchStatements()
  await stepHouse(parts)
  await clearRecords(parts)
  watched.end()
  expect(scansOf(watched.texts)).toEqual([])
  const isAsked = (table: string) => [...watched.texts].some((text) => text.includes(`from "${table}" where`))
  const tables = ["session", "throttle", "idempotency", "hold", "read_log", "waitlist", "api_key", "proxy"]
  expect(tables.filter((table) => !isAsked(table))).toEqual([])
})

/** So many sessions that were over long ago, and one that is not. */
function putSessions({ raw }: Connection, now: number, count: number): void {
  const put = raw.prepare(
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
    return store.connection.raw.query<{ count: number }, []>(text).get()?.count
  }
  const [now, many] = [clock.real(), 2 * rowsMax + 500]
  await office.write(async (tx) => putSessions(tx.connection, now, many))
  const left: (number | undefined)[] = []
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
  expect([...new Set(left)]).toEqual([2 * rowsMax + 501, rowsMax + 501, 501, 1])
})
