import { Database } from "bun:sqlite"
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { verifyFile } from "../../../db/verify.ts"
import { manifestOf, wrongWithFiles } from "../../cli/backup/manifest.ts"
import { ownFolder, runServer } from "../process.ts"
import { crowd, done, ownHouse } from "./house.ts"
import type { Rig } from "./rig.ts"

/** What a file says: each table's rows as one hash, and where each chain of facts ends. */
interface Said {
  tables: Map<string, string>
  heads: string
  facts: number
}

/** So many facts one commit of this crowd may hold: its lanes ask at the same time, and each says two or three. */
const commitFactsMost = 20

/**
 * One bit is turned, in the database or in the log beside it. What the engine and the chains notice is named by `verify`; in a backup
 * everything is, by its list. What nobody notices is counted: `slack` where every row reads as before, `silentRows` where one does not,
 * `logEnds` where the end of the log is as a cut of the power leaves it, which only the ends of the chains show.
 */
export const flip: Rig = {
  promise:
    "no turned bit changes a fact unnoticed, a log that was cut shows in the ends of the chains, and a backup names any",
  rounds: { short: 8, long: 300 },
  async run(rounds, random) {
    const findings: string[] = []
    const counts = { named: 0, slack: 0, silentRows: 0, logNamed: 0, logSame: 0, logEnds: 0, backupsNamed: 0 }
    const { database, log } = await used(random)
    const folder = ownFolder()
    const file = join(folder, "dawr.db")
    const put = (bytes: Buffer, beside: Buffer | null) => {
      for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true })
      writeFileSync(file, bytes)
      if (beside) writeFileSync(`${file}-wal`, beside)
    }

    // The log's content is in the database of its own copy: whole, and at rest.
    put(database, log)
    const rest = new Database(file)
    rest.run("PRAGMA wal_checkpoint(TRUNCATE)")
    const before = saidBy(file)
    rest.close()
    const whole = readFileSync(file)
    if (verifyFile(file).wrong.length > 0) findings.push("it was not whole before a bit was turned")
    const manifest = manifestOf(folder, new Date(0), {})

    for (let round = 1; round <= rounds; round++) {
      const bit = random.below(whole.length * 8)
      put(turned(whole, bit), null)
      if (wrongWithFiles(folder, manifest).length > 0) counts.backupsNamed++
      else findings.push(`bit ${bit}: the backup's list does not name it`)
      if (verifyFile(file).wrong.length > 0) {
        counts.named++
        continue
      }
      const changed = differing(before, saidBy(file))
      if (changed.length === 0) counts.slack++
      else counts.silentRows++
      if (changed.includes("fact")) findings.push(`bit ${bit}: a fact is another one, and nothing is said`)
      if (changed.includes("*")) findings.push(`bit ${bit}: it cannot be read, and nothing is said`)
    }
    for (let round = 1; round <= rounds; round++) {
      const bit = random.below(log.length * 8)
      put(database, turned(log, bit))
      if (verifyFile(file).wrong.length > 0) {
        counts.logNamed++
        continue
      }
      const found = saidBy(file)
      const changed = differing(before, found)
      if (changed.length === 0) counts.logSame++
      else if (found.heads !== before.heads && found.facts >= before.facts - commitFactsMost) counts.logEnds++
      else findings.push(`bit ${bit} of the log: ${changed.join(", ")} read otherwise, and nothing is said`)
    }
    return { findings, counts }
  },
}

/** A house in which people have booked, killed so that the log holds some of it. */
async function used(random: Parameters<Rig["run"]>[1]): Promise<{ database: Buffer; log: Buffer }> {
  const folder = await ownHouse()
  const server = runServer(folder)
  const origin = await server.origin()
  const people = await crowd(folder, origin, random)
  await people.work(origin, { lanes: 6, requests: 30 })
  await server.kill("SIGKILL")
  const aside = ownFolder()
  cpSync(join(folder, "data"), aside, { recursive: true })
  done(folder)
  const database = readFileSync(join(aside, "dawr.db"))
  const log = existsSync(join(aside, "dawr.db-wal")) ? readFileSync(join(aside, "dawr.db-wal")) : Buffer.alloc(0)
  done(aside)
  if (log.length < 4096) throw new Error("the log holds nothing")
  return { database, log }
}

function turned(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return copy
}

function saidBy(file: string): Said {
  const tables = new Map<string, string>()
  const raw = new Database(file, { readonly: true })
  try {
    const names = raw.query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for (const { name } of names.all()) {
      const hash = new Bun.CryptoHasher("sha256")
      for (const row of raw.query(`SELECT * FROM "${name}"`).values()) hash.update(JSON.stringify(row))
      tables.set(name, hash.digest("hex"))
    }
  } catch {
    tables.set("*", "cannot be read")
  } finally {
    raw.close()
  }
  const { heads, facts } = verifyFile(file)
  return { tables, heads: JSON.stringify(heads), facts }
}

function differing(before: Said, after: Said): string[] {
  const names = new Set([...before.tables.keys(), ...after.tables.keys()])
  return [...names].filter((name) => before.tables.get(name) !== after.tables.get(name))
}
