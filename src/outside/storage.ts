import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { dirname, join } from "node:path"

/**
 * Where files lie that are too big for the store: pieces of recordings, pictures, papers. They come here sealed and know nothing of whose
 * they are. An agency that keeps them elsewhere gives its own here.
 */
export interface Storage {
  /** On the disk when it answers, whole; what lay there before is written over. May throw, e.g. where the disk is full. */
  put(path: string, bytes: Uint8Array): Promise<void>
  /** `null` where there is nothing. */
  get(path: string): Promise<Uint8Array | null>
  /** Everything below a folder, or one file; nothing there is no mistake. */
  drop(path: string): Promise<void>
  /** The names in a folder, none where there is none. */
  list(path: string): Promise<string[]>
}

/** The folder for them beside the store. */
export const filesIn = (dataDir: string) => join(dataDir, "files")

/** Files in a folder of this machine, readable by their owner alone. */
export function openStorage(root: string): Storage {
  const at = (path: string) => {
    if (!/^[\w-]+(\/[\w-]+)*$/.test(path)) throw new RangeError(`not a place for a file: ${path}`)
    return join(root, path)
  }
  return {
    async put(path, bytes) {
      const file = at(path)
      const folder = dirname(file)
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const aside = `${file}.new`
      rmSync(aside, { force: true })
      const handle = openSync(aside, "wx", 0o600)
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done)
        fsyncSync(handle)
      } finally {
        closeSync(handle)
      }
      renameSync(aside, file)
      // The name must be on the disk as well.
      const of = openSync(folder, "r")
      fsyncSync(of)
      closeSync(of)
    },
    async get(path) {
      const file = Bun.file(at(path))
      return (await file.exists()) ? file.bytes() : null
    },
    async drop(path) {
      rmSync(at(path), { recursive: true, force: true })
    },
    async list(path) {
      return readdir(at(path)).catch((thrown: NodeJS.ErrnoException) => {
        if (thrown.code === "ENOENT") return []
        throw thrown
      })
    },
  }
}
