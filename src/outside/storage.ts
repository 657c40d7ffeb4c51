import { mkdir, open, readdir, rename, rm } from "node:fs/promises"
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

/** Files in a folder of this machine, readable by their owner alone. Nothing here keeps anybody waiting but who asked for it. */
export function openStorage(root: string): Storage {
  const at = (path: string) => {
    if (!/^[\w-]+(\/[\w-]+)*$/.test(path)) throw new RangeError(`not a place for a file: ${path}`)
    return join(root, path)
  }
  let puts = 0
  return {
    async put(path, bytes) {
      const file = at(path)
      // A name of its own, so that two who put the same at once do not write into each other.
      const aside = `${file}.${process.pid}-${++puts}.new`
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      try {
        await written(aside, bytes)
        await rename(aside, file)
      } catch (thrown) {
        await rm(aside, { force: true })
        throw thrown
      }
      // The name must be on the disk as well.
      await synced(dirname(file))
    },
    async get(path) {
      const file = Bun.file(at(path))
      return (await file.exists()) ? file.bytes() : null
    },
    async drop(path) {
      await rm(at(path), { recursive: true, force: true })
    },
    async list(path) {
      const names = await readdir(at(path)).catch((thrown: NodeJS.ErrnoException) => {
        if (thrown.code === "ENOENT") return []
        throw thrown
      })
      // What lies aside was begun and never ended: nothing of that name was ever put.
      return names.filter((name) => !name.includes("."))
    },
  }
}

async function written(path: string, bytes: Uint8Array): Promise<void> {
  // What a process that died has left under this name is written over.
  const handle = await open(path, "w", 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function synced(folder: string): Promise<void> {
  const handle = await open(folder, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
