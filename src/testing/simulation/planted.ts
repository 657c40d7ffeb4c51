import { spawn } from "node:child_process"
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Planted } from "./parts.ts"
import { ownFolder } from "./world.ts"

const root = join(import.meta.dir, "..", "..", "..")
/** Within so many seeds of so many days each mistake must be noticed, unless it says that it needs more days. */
export const within = { seeds: 12, days: 1 }

export interface Noticed {
  planted: Planted
  /** The first seed that broke anything, and what it said; `null` where none did. */
  seed: number | null
  said: string
  /** Whether it was noticed by whom it says: by chance another one may stumble over it, and would not the next time. */
  isNoticed: boolean
}

/** Plants each mistake in a copy of the source and runs seeds there, as many copies at a time as said, until one notices it. */
export async function plantEach(
  all: readonly Planted[],
  { copies = 2, ...given }: { copies?: number; seeds?: number; days?: number } = {},
  told: (noticed: Noticed) => void = () => {},
): Promise<Noticed[]> {
  const { seeds, days } = { ...within, ...given }
  const left = [...all]
  const found: Noticed[] = []
  const work = async () => {
    const folder = copyOfSource()
    try {
      for (let one = left.shift(); one; one = left.shift()) {
        const undo = change(folder, one)
        const { seed, said } = await simulate(folder, { seeds, days: one.days ?? days, from: one.from ?? 1 })
        const noticed = { planted: one, seed, said, isNoticed: said.startsWith(`${one.by}.\n`) }
        undo()
        found.push(noticed)
        told(noticed)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  await Promise.all(Array.from({ length: copies }, work))
  return found
}

function copyOfSource(): string {
  const folder = ownFolder()
  for (const part of ["db", "src", "migrations", "public", "package.json", "tsconfig.json"]) {
    cpSync(join(root, part), join(folder, part), { recursive: true })
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
  return folder
}

/** Answers how to undo it. Throws where the source no longer says what is to be changed. */
export function change(folder: string, { name, changes }: Planted): () => void {
  const before = new Map<string, string>()
  for (const { file, find, replace } of changes) {
    const path = join(folder, file)
    const text = readFileSync(path, "utf8")
    const [head, tail, ...more] = text.split(find)
    if (head === undefined || tail === undefined || more.length > 0) {
      throw new Error(
        `${name}: what is to be changed stands ${more.length === 0 ? "nowhere" : "more than once"} in ${file}`,
      )
    }
    if (!before.has(path)) before.set(path, text)
    writeFileSync(path, `${head}${replace}${tail}`)
  }
  return () => {
    for (const [path, text] of before) writeFileSync(path, text)
  }
}

function simulate(
  folder: string,
  { seeds, days, from }: { seeds: number; days: number; from: number },
): Promise<{ seed: number | null; said: string }> {
  const script = join(folder, "src", "testing", "simulation", "command.ts")
  const args = [script, "--seeds", String(seeds), "--days", String(days), "--from", String(from), "--processes", "1"]
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] })
  let text = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part: Buffer) => {
      text += part.toString()
    })
  }
  return new Promise((resolve) => {
    child.on("close", (code) => {
      const [, seed, said = ""] = /^Seed (\d+) breaks a promise: ([^\n]*\n[^\n]*)/m.exec(text) ?? []
      resolve(code === 1 && seed ? { seed: Number(seed), said } : { seed: null, said: text })
    })
  })
}
