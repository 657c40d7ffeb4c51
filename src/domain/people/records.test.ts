import { expect, test } from "bun:test"
import { testOffice } from "../../testing/office.ts"
import { impersonal, recordNames, records } from "./records.ts"

test("every table stands in the record of what is kept about people, or is said to hold nothing about anybody", async () => {
  const office = await testOffice({ citizens: 1 })
  const tables = office.store.connection.raw
    .query<{ name: string }, []>(
      "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%'",
    )
    .all()
    .map(({ name }) => name)
  const named = recordNames.flatMap((name) => records[name].tables.filter((table) => !table.includes(".")))
  expect([...named, ...impersonal].map(String).sort()).toEqual(tables.sort())
})

test("a column that is named on its own is there", async () => {
  const office = await testOffice({ citizens: 1 })
  const columns = recordNames.flatMap((name) => records[name].tables.filter((table) => table.includes(".")))
  expect(columns.length).toBeGreaterThan(0)
  for (const column of columns) {
    const [table, name] = column.split(".")
    const rows = office.store.connection.raw.query<{ name: string }, []>(`PRAGMA table_info(${table})`).all()
    expect([column, rows.some((row) => row.name === name)]).toEqual([column, true])
  }
})
