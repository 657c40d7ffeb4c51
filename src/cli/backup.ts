import { closeSync, cpSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs"
import { dirname, join, relative, resolve, sep } from "node:path"
import { hasStore, StoreProblem } from "../../db/open.ts"
import { copyFile, verifyFile } from "../../db/verify.ts"
import { EnvProblem, readEnv } from "../base/env.ts"
import { filesIn } from "../outside/storage.ts"
import { manifestFile, manifestOf } from "./backup/manifest.ts"
import { counted } from "./mistakes.ts"
import { helped, understood, wordsOf } from "./usage.ts"
import { writeWhole } from "./whole-file.ts"

/*
 *   npm run backup -- /srv/backups
 *
 * Takes a backup into a new folder there, while the server runs: the database as it is at one moment, and the files beside it. It is looked
 * through before it gets its name, so a folder with a name is a whole backup. The keys are not in it.
 */

const usage = `Usage: npm run backup -- <folder>

Makes a new folder in it with the database of DATA_DIR (default ./data) and its files; the server may go on meanwhile.
The keys (KEYS_FILE) are not in it: keep a copy of them elsewhere, for without them nobody reads it.`

process.umask(0o077)

function main(args: string[]): number {
  if (helped(args, usage)) return 0
  const [into = ""] = understood(() => wordsOf(args, ["folder"]), usage)
  const { dataDir } = readEnv({ ...process.env, PORT: undefined, NODE_ENV: undefined })
  if (!hasStore(dataDir)) throw new StoreProblem(`There is no database in ${dataDir}.`)
  const parent = resolve(into)
  // A folder is made, a whole way to it is not: that would be a disk that is not there, or a slip.
  if (!existsSync(dirname(parent)))
    throw new StoreProblem(`There is no folder ${dirname(parent)} to put a backup into.`)
  const way = relative(dataDir, parent)
  if (way === "" || (!way.startsWith(`..${sep}`) && way !== ".." && !way.startsWith(sep))) {
    throw new StoreProblem(`A backup of ${dataDir} must lie outside it, best on another disk.`)
  }
  const at = new Date()
  const folder = unused(join(parent, `dawr-${at.toISOString().replace(/:/g, "-").replace(/\..*$/, "Z")}`))
  const aside = `${folder}.new`
  try {
    rmSync(aside, { recursive: true, force: true })
    mkdirSync(aside, { recursive: true })
    copyFile(join(dataDir, "dawr.db"), join(aside, "dawr.db"))
    onDisk(join(aside, "dawr.db"))
    // After the database: of every file that it names the bytes were there before.
    if (existsSync(filesIn(dataDir))) cpSync(filesIn(dataDir), filesIn(aside), { recursive: true, filter: isWhole })
    const { wrong, facts, heads } = verifyFile(join(aside, "dawr.db"))
    if (wrong.length > 0) {
      throw new StoreProblem(`The copy is not whole, so there is no backup: ${wrong.join("; ")}.`)
    }
    const manifest = manifestOf(aside, at, heads)
    writeWhole(join(aside, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`)
    renameSync(aside, folder)
    onDisk(dirname(folder))
    const files = Object.keys(manifest.files).length - 1
    process.stdout.write(`${folder}: ${counted(facts, "fact", "facts")}, ${counted(files, "file", "files")}.\n`)
    return 0
  } catch (thrown) {
    leave(aside)
    const why = notTaken(thrown)
    throw why === null ? thrown : cannotBeIn(parent, why)
  }
}

/** Why the folder took nothing, where the folder or its disk is the cause: `null` for a mistake of ours. */
function notTaken(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || !("code" in thrown)) return null
  const isDisk = "syscall" in thrown || /^SQLITE_(CANTOPEN|FULL|IOERR|READONLY)/.test(String(thrown.code))
  return isDisk ? thrown.message : null
}

function cannotBeIn(parent: string, why: string): StoreProblem {
  return new StoreProblem(
    `No backup can be put into ${parent} (${why}). Name a folder on a disk that has room and may be written to.`,
  )
}

/** A folder that could not be made, or whose disk has gone, must not hide why. */
function leave(aside: string): void {
  try {
    rmSync(aside, { recursive: true, force: true })
  } catch {
    // What is left of it has a name that no backup has.
  }
}

/** Two may be taken within a second. */
function unused(folder: string): string {
  for (let number = 2, name = folder; ; number++) {
    if (!existsSync(name)) return name
    name = `${folder}-${number}`
  }
}

/** What is being put there has another name until it is whole. */
const isWhole = (path: string) => !path.endsWith(".new")

function onDisk(path: string): void {
  const handle = openSync(path, "r")
  fsyncSync(handle)
  closeSync(handle)
}

try {
  process.exit(main(process.argv.slice(2)))
} catch (thrown) {
  const isTold = thrown instanceof StoreProblem || thrown instanceof EnvProblem
  process.stderr.write(`${isTold ? thrown.message : thrown instanceof Error ? thrown.stack : thrown}\n`)
  process.exit(65)
}
