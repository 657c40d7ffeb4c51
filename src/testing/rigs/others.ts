import { Database } from "bun:sqlite"
import { existsSync } from "node:fs"
import { runServer } from "../process.ts"
import { crowd, databaseIn, done, ownHouse } from "./house.ts"
import type { Rig } from "./rig.ts"

/** The file, closed, is read by libSQL, another line of SQLite: whatever reads the format reads the same from it. */
export const others: Rig = {
  promise: "a database that was closed opens and reads the same through another engine",
  rounds: { short: 1, long: 5 },
  needs() {
    try {
      import.meta.resolve(library)
      return null
    } catch {
      return `${library} is not installed`
    }
  },
  async run(rounds, random) {
    const findings: string[] = []
    const counts = { tables: 0, rows: 0 }
    for (let round = 1; round <= rounds; round++) {
      const folder = await ownHouse()
      const server = runServer(folder)
      const people = await crowd(folder, await server.origin(), random)
      await people.work(await server.origin(), { lanes: 6, requests: 40 })
      await server.kill("SIGTERM")
      const file = databaseIn(folder)
      if (existsSync(`${file}-wal`) && Bun.file(`${file}-wal`).size > 0) findings.push("the log is not empty")
      const raw = new Database(file, { readonly: true })
      const other = await otherEngine(file)
      const names = raw.query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      for (const { name } of names.all()) {
        const [own, its] = [rowsOf(raw, name), await other.rows(name)]
        counts.tables++
        counts.rows += own.length
        if (JSON.stringify(own) !== JSON.stringify(its)) findings.push(`${name} reads otherwise`)
      }
      const whole = await other.whole()
      if (whole !== "ok") findings.push(`the other engine says: ${whole}`)
      other.close()
      raw.close()
      done(folder)
    }
    return { findings, counts }
  },
}

const rowsOf = (raw: Database, name: string) => raw.query(`SELECT * FROM "${name}" ORDER BY 1, 2`).values()

/** Of the library, which is there for development alone, what is used here. */
interface Library {
  createClient(of: { url: string }): {
    execute(sql: string): Promise<{ columns: string[]; rows: Record<number, unknown>[] }>
    close(): void
  }
}

const library = "@libsql/client"

async function otherEngine(file: string) {
  const { createClient } = (await import(library)) as Library
  const client = createClient({ url: `file:${file}` })
  return {
    async rows(name: string): Promise<unknown[][]> {
      const { rows, columns } = await client.execute(`SELECT * FROM "${name}" ORDER BY 1, 2`)
      return rows.map((row) => columns.map((_, at) => row[at]))
    },
    async whole(): Promise<unknown> {
      return (await client.execute("PRAGMA integrity_check")).rows[0]?.[0]
    },
    close: () => client.close(),
  }
}
