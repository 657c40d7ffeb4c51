import { createHash } from "node:crypto"
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import type { Head } from "../../../db/facts.ts"

/*
 * What is in a backup: a folder with the database, the files that lie beside it, and this list of them, by which it is known whether one of
 * them has changed since.
 */

const shape = z.object({
  form: z.literal(1),
  /** When it was taken; the real clock's, as in RFC 3339. */
  at: z.string(),
  /** Every file of the folder but this one: bytes and SHA-256, as base64url. */
  files: z.record(z.string(), z.object({ bytes: z.int().min(0), sha256: z.string() })),
  /** Where each chain of facts ended. */
  heads: z.record(z.string(), z.object({ seq: z.int(), hash: z.string() })),
})

export type Manifest = z.infer<typeof shape>

export const manifestFile = "backup.json"

export function readManifest(folder: string): Manifest | null {
  const file = join(folder, manifestFile)
  if (!existsSync(file)) return null
  try {
    return shape.parse(JSON.parse(readFileSync(file, "utf8")))
  } catch {
    return null
  }
}

export function manifestOf(folder: string, at: Date, heads: Record<string, Head>): Manifest {
  const files = Object.fromEntries(filesIn(folder).map((path) => [path, measured(join(folder, path))]))
  return { form: 1, at: at.toISOString(), files, heads }
}

/** What differs between a backup's list and its folder, as sentences. */
export function wrongWithFiles(folder: string, { files }: Manifest): string[] {
  const wrong: string[] = []
  for (const [path, { bytes, sha256 }] of Object.entries(files)) {
    const file = join(folder, path)
    if (!existsSync(file)) wrong.push(`${path} is missing`)
    else if (statSync(file).size !== bytes || hashOf(file) !== sha256) wrong.push(`${path} is not what was put there`)
  }
  const more = filesIn(folder).filter((path) => !Object.hasOwn(files, path))
  return [...wrong, ...more.map((path) => `${path} was not part of the backup`)]
}

const measured = (file: string) => ({ bytes: statSync(file).size, sha256: hashOf(file) })

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => path !== manifestFile)
    .sort()
}

/** By pieces: a recording, or the database, may be larger than memory. */
function hashOf(file: string): string {
  const hash = createHash("sha256")
  const piece = Buffer.alloc(1 << 20)
  const handle = openSync(file, "r")
  try {
    for (let read = readSync(handle, piece); read > 0; read = readSync(handle, piece)) {
      hash.update(piece.subarray(0, read))
    }
  } finally {
    closeSync(handle)
  }
  return hash.digest("base64url")
}
