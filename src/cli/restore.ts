import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { openStore, StoreProblem } from "../../db/open.ts"
import { readStore } from "../../db/store.ts"
import { verifyFile } from "../../db/verify.ts"
import { openWriter } from "../../db/write.ts"
import { machineChance, machineClock } from "../base/clock.ts"
import { EnvProblem, readEnv } from "../base/env.ts"
import { kept } from "../domain/access/memory.ts"
import { restored } from "../domain/bookings/restored.ts"
import { filesIn } from "../outside/storage.ts"
import { readManifest, wrongWithFiles } from "./backup/manifest.ts"
import { openKeys, proveKeys } from "./keys-file.ts"
import { helped, understood, wordsOf } from "./usage.ts"

/*
 *   npm run restore -- /srv/backups/dawr-2026-11-22T08-00-00Z
 *
 * Puts a backup in place as DATA_DIR, which must not be there or hold nothing, with the keys of then. It is looked through first, made ready
 * aside and put in place whole.
 */

const usage = `Usage: npm run restore -- <backup>

Makes DATA_DIR (default ./data) from a backup. It must not be there yet, or be empty: move the old one away first.
KEYS_FILE must be the one of the time of the backup. Everybody signs in anew; what waited to be sent is not sent.`

process.umask(0o077)

async function main(args: string[]): Promise<number> {
  if (helped(args, usage)) return 0
  const [from = ""] = understood(() => wordsOf(args, ["backup"]), usage)
  const { dataDir, keysFile } = readEnv({ ...process.env, PORT: undefined, NODE_ENV: undefined })
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0) {
    throw new StoreProblem(`${dataDir} is not empty. Stop the server and move it away first: nothing is written over.`)
  }
  const backup = resolve(from)
  const manifest = readManifest(backup)
  if (!manifest) throw new StoreProblem(`${backup} is not a backup of Dawr: there is no backup.json in it.`)
  const wrong = [...wrongWithFiles(backup, manifest), ...verifyFile(join(backup, "dawr.db")).wrong]
  if (wrong.length > 0) throw new StoreProblem(`This backup is not whole: ${wrong.join("; ")}. Take another one.`)
  const keys = openKeys(keysFile, { create: false, chance: machineChance })

  const aside = `${dataDir}.new`
  rmSync(aside, { recursive: true, force: true })
  mkdirSync(aside, { recursive: true })
  cpSync(join(backup, "dawr.db"), join(aside, "dawr.db"))
  if (existsSync(filesIn(backup))) cpSync(filesIn(backup), filesIn(aside), { recursive: true })
  const opened = openStore(aside, { create: false })
  try {
    const store = readStore(opened.reading)
    const clock = machineClock(Number((await kept(store, "shift")) ?? 0))
    const writer = openWriter(opened.writing, { clock })
    await proveKeys({ store, writer, keys, file: keysFile, isNew: false })
    const takenAt = Date.parse(manifest.at)
    await writer.write((tx) => restored(tx, takenAt, clock.real()), { scopes: ["accounts"] })
    await writer.emptyLog()
    await writer.close()
  } catch (thrown) {
    opened.close()
    rmSync(aside, { recursive: true, force: true })
    throw thrown
  }
  opened.close()
  mkdirSync(dirname(dataDir), { recursive: true })
  rmSync(dataDir, { recursive: true, force: true })
  renameSync(aside, dataDir)
  process.stdout.write(
    `${dataDir} is as it was at ${manifest.at}. Everybody signs in anew; what waited to be sent is called off.\n` +
      "Keys of programs, screens, passkeys and rights of staff are as they were then: whatever was taken away since is to be taken away again.\n",
  )
  return 0
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    const isTold = thrown instanceof StoreProblem || thrown instanceof EnvProblem
    process.stderr.write(`${isTold ? thrown.message : thrown instanceof Error ? thrown.stack : thrown}\n`)
    process.exit(65)
  },
)
