import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs"
import { dirname } from "node:path"
import { StoreProblem } from "../../db/open.ts"
import type { Store } from "../../db/store.ts"
import type { Writer } from "../../db/write.ts"
import type { Chance } from "../base/clock.ts"
import { Keys, makeKeyMaterial } from "../base/seal.ts"
import { keep, kept } from "../domain/access/memory.ts"
import { writeWhole } from "./whole-file.ts"

/**
 * Opens the installation's keys, or makes them together with a new store. The file stands outside the data folder and is readable by
 * its owner alone. Throws `StoreProblem` where the store is there and its keys are not: without them the numbers in it are lost.
 */
export function openKeys(file: string, { create, chance }: { create: boolean; chance: Chance }): Keys {
  if (!existsSync(file)) {
    if (!create) {
      throw new StoreProblem(
        `The keys of this installation are not at ${file}. Restore that file, or say where it is with KEYS_FILE.`,
      )
    }
    const material = makeKeyMaterial(chance)
    const text = Object.entries(material).map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64url")])
    try {
      mkdirSync(dirname(file), { recursive: true })
      writeWhole(file, `${JSON.stringify(Object.fromEntries(text), null, 2)}\n`)
    } catch (thrown) {
      throw new StoreProblem(
        `The keys cannot be written to ${file} (${thrown instanceof Error ? thrown.message : thrown}). Name another KEYS_FILE.`,
      )
    }
  }
  if ((statSync(file).mode & 0o077) !== 0) {
    throw new StoreProblem(`${file} can be read by others on this machine. Run: chmod 600 ${file}`)
  }
  return read(file)
}

interface Proof {
  store: Store
  writer: Writer
  keys: Keys
  file: string
  isNew: boolean
}

/**
 * Sees to it that a store meets the same keys each time: under others nobody in it would be found, and who came back would be enrolled a
 * second time. A new store takes the keys that it is opened with. Throws `StoreProblem`.
 */
export async function proveKeys({ store, writer, keys, file, isNew }: Proof): Promise<void> {
  const mark = keys.mark()
  const before = isNew ? null : await kept(store, "keys")
  if (before === mark) return
  if (before !== null) {
    throw new StoreProblem(
      `${file} holds the keys of another installation. Restore this one's file, or say where it is with KEYS_FILE.`,
    )
  }
  await writer.write((tx) => keep(tx, "keys", mark), { scopes: [] })
}

function read(file: string): Keys {
  try {
    const raw: unknown = JSON.parse(readFileSync(file, "utf8"))
    const bytes = (name: string) => {
      const value = (raw as Record<string, unknown>)[name]
      if (typeof value !== "string") throw new Error(`no "${name}"`)
      return new Uint8Array(Buffer.from(value, "base64url"))
    }
    return new Keys({ data: bytes("data"), index: bytes("index"), token: bytes("token") })
  } catch (thrown) {
    throw new StoreProblem(`${file} is not a keys file (${thrown instanceof Error ? thrown.message : thrown}).`)
  }
}
