import { describe, expect, test } from "bun:test"
import { join } from "node:path"
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
    const { db } = store.reading
    const texts = [...declared].map((build) => (build(db) as unknown as { toSQL(): { sql: string } }).toSQL().sql)
    expect(texts.length).toBeGreaterThan(300)
    expect(scansOf(texts.filter((text) => !wanted.test(text)))).toEqual([])
    store.close()
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
      `select * from "waitlist" indexed by "waitlist_place" where "office" = +? and "state" = 'waiting' order by "place" limit +?`,
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
      /^SEARCH waitlist/,
    ]
    expect(told.map(([said]) => said)).toEqual(isTold.map((one) => expect.stringMatching(one)))
  })
})
