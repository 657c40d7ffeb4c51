import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { connect } from "../../db/dialect.ts"
import { openStore } from "../../db/open.ts"
import { declared } from "../../db/statement.ts"
import { scansOf } from "./plans.ts"
import { ownFolder } from "./process.ts"

const root = join(import.meta.dir, "..", "..")

/** Reads in whatever declares a statement. */
async function everyDeclaration(): Promise<void> {
  for (const room of ["db", "src/domain", "src/jobs", "src/realtime", "src/outside", "src/web"]) {
    for (const file of new Bun.Glob(`${room}/**/*.{ts,tsx}`).scanSync(root)) {
      if (!file.includes(".test.")) await import(join(root, file))
    }
  }
}

/** Once an hour the files on the disk are held against all threads that still have a key. */
const wanted = /^select "thread" from "visit_key"$/

describe("what the house asks its store", () => {
  test("is found by an index, in every statement that is declared", async () => {
    await everyDeclaration()
    const store = openStore(ownFolder(), { create: true })
    const { db } = connect(store.file, "read")
    const texts = [...declared].map((build) => (build(db) as unknown as { toSQL(): { sql: string } }).toSQL().sql)
    expect(texts.length).toBeGreaterThan(300)
    expect(scansOf(texts.filter((text) => !wanted.test(text)))).toEqual([])
    store.close()
  })

  test("is found by the index of what still waits, where ended rows are kept beside it", () => {
    const raw = openStore(ownFolder(), { create: true }).writing.raw
    const text = `select * from "waitlist" where ("waitlist"."office" = +? and "waitlist"."state" = 'waiting') order by "waitlist"."place" limit +?`
    const [plan] = raw.query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${text}`).all()
    expect(plan?.detail).toContain("waitlist_waiting")
  })

  test("would be told, if it were not", () => {
    const told = scansOf([
      `select "id" from "session" where "user_agent" = +?`,
      `select "id" from "session" where "id" = +?`,
      `select count(*) from "booking" inner join "booking_person" on "booking_person"."booking" = "booking"."id"`,
      `select s.id from session s where s.user_agent = +?`,
      `select "id" from "session" where "user_agent" = +? order by "until" limit 1`,
      `select "id" from "session" where "user_agent" = 'false'`,
      `select "body" from "fact" where "stream" = +? and "at" >= +? and "kind" = 'ticket.called'`,
      `select "office" from "ticket" where "live" = 1`,
      `select "code" from "office"`,
    ])
    const isTold = [
      "SCAN session",
      /^SCAN booking/,
      "SCAN s",
      /^SCAN session USING INDEX/,
      "SCAN session",
      /^SEARCH fact/,
    ]
    expect(told.map(([said]) => said)).toEqual(isTold.map((one) => expect.stringMatching(one)))
  })
})
