import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { verifyFile } from "../../db/verify.ts"
import { EnvProblem, readEnv } from "../base/env.ts"
import { readManifest, wrongWithFiles } from "./backup/manifest.ts"
import { counted } from "./mistakes.ts"
import { helped, understood, wordsOf } from "./usage.ts"

/*
 *   npm run verify [-- <backup>]
 *
 * Reads the whole database of DATA_DIR, or a backup, and says what is wrong with it; changes nothing, also while the server runs.
 */

const usage = `Usage: npm run verify [-- <backup>]

Without a backup the database of DATA_DIR (default ./data) is looked at; the server may go on meanwhile.`

function main(args: string[]): number {
  if (helped(args, usage)) return 0
  const [backup = null] = understood(() => wordsOf(args, ["backup"], 0), usage)
  const folder =
    backup === null ? readEnv({ ...process.env, PORT: undefined, NODE_ENV: undefined }).dataDir : resolve(backup)
  const file = join(folder, "dawr.db")
  if (!existsSync(file)) {
    process.stderr.write(`There is no database in ${folder}.\n`)
    return 65
  }
  const { wrong, facts, heads } = verifyFile(file)
  const manifest = backup === null ? null : readManifest(folder)
  if (backup !== null) wrong.push(...(manifest ? wrongWithFiles(folder, manifest) : ["backup.json is missing"]))
  if (wrong.length > 0) {
    process.stderr.write(`${folder} is not as it should be:\n${wrong.map((line) => `  - ${line}.\n`).join("")}`)
    return 1
  }
  const streams = Object.entries(heads)
  process.stdout.write(
    `${folder} is whole: ${counted(facts, "fact", "facts")} in ${counted(streams.length, "chain", "chains")}, nothing missing.\n`,
  )
  for (const [stream, { seq, hash }] of streams) process.stdout.write(`  ${stream} ends with ${seq}, ${hash}\n`)
  return 0
}

try {
  process.exit(main(process.argv.slice(2)))
} catch (thrown) {
  const text = thrown instanceof EnvProblem ? thrown.message : thrown instanceof Error ? thrown.stack : thrown
  process.stderr.write(`${text}\n`)
  process.exit(65)
}
