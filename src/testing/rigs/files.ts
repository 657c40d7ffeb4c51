import { Database } from "bun:sqlite"
import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { runServer } from "../process.ts"
import { databaseIn, done, ownHouse, verified } from "./house.ts"
import type { Rig } from "./rig.ts"

interface Bent {
  bend(file: string): void
  /** What a start says before it ends with 78. */
  says: RegExp
  /** Whether a whole look says that something is wrong. */
  isWrong?: boolean
}

/** Database files that are not ours, or not whole. */
const bent: Record<string, Bent> = {
  "an empty file": { bend: (file) => writeFileSync(file, ""), says: /is empty\..*Restore a backup/ },
  "a text": { bend: (file) => writeFileSync(file, "not ours ".repeat(999)), says: /is not a Dawr database/ },
  "a header and nothing else": {
    bend: (file) => truncateSync(file, 100),
    says: /is damaged or cut off .*restore a backup/,
  },
  "half of it": {
    bend: (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
    says: /is damaged or cut off .*restore a backup/,
  },
  "all but its last page": {
    bend: (file) => truncateSync(file, statSync(file).size - 4096),
    says: /is damaged or cut off .*restore a backup/,
  },
  "a database of another program": {
    bend(file) {
      rmSync(file)
      const raw = new Database(file, { create: true })
      raw.run("PRAGMA application_id = 1196444487")
      raw.run("CREATE TABLE person (id TEXT)")
      raw.close()
    },
    says: /is not a Dawr database/,
  },
  "one of a newer Dawr": {
    bend(file) {
      const raw = new Database(file)
      raw.run("PRAGMA user_version = 9999")
      raw.close()
    },
    says: /was written by a newer Dawr .*Update Dawr/,
  },
  "a first page of noise": {
    bend(file) {
      const bytes = readFileSync(file)
      for (let at = 100; at < 4096; at++) bytes[at] = (at * 7919) & 255
      writeFileSync(file, bytes)
    },
    says: /is damaged or cut off .*restore a backup/,
  },
}

export const files: Rig = {
  promise: "what is no whole database of ours is refused in a sentence, with 78, and is not touched",
  rounds: { short: 1, long: 3 },
  async run(rounds) {
    const findings: string[] = []
    const counts = { files: 0 }
    for (let round = 1; round <= rounds; round++) {
      for (const [what, { bend, says }] of Object.entries(bent)) {
        const folder = await ownHouse()
        const file = databaseIn(folder)
        bend(file)
        const before = Bun.hash(readFileSync(file))
        const looked = await verified(folder)
        if (looked.code === 0) findings.push(`${what}: verify finds nothing wrong`)
        const server = runServer(folder)
        const origin = await server.origin().catch(() => null)
        if (origin !== null) {
          findings.push(`${what}: a server serves it`)
          await server.kill("SIGKILL")
        } else {
          const code = await server.ended
          if (code !== 78) findings.push(`${what}: ended with ${code}`)
          if (!says.test(server.said()) || /\n\s+at /.test(server.said())) {
            findings.push(`${what}: said ${server.said().slice(0, 300)}`)
          }
        }
        if (Bun.hash(readFileSync(file)) !== before) findings.push(`${what}: the file is another one now`)
        counts.files++
        done(folder)
      }
    }
    return { findings, counts }
  },
}
