import type { Storage } from "../../outside/storage.ts"

/** Where the bytes of recordings lie: on the disk when `put` answers, as the real one says, and so there after any crash. */
export class Shelf implements Storage {
  readonly #files = new Map<string, Uint8Array>()

  has(path: string): boolean {
    return this.#files.has(path)
  }

  async put(path: string, bytes: Uint8Array): Promise<void> {
    this.#files.set(path, bytes)
  }

  async get(path: string): Promise<Uint8Array | null> {
    return this.#files.get(path) ?? null
  }

  async drop(path: string): Promise<void> {
    for (const name of this.#files.keys()) if (name === path || name.startsWith(`${path}/`)) this.#files.delete(name)
  }

  async list(path: string): Promise<string[]> {
    const below = [...this.#files.keys()].filter((name) => name.startsWith(`${path}/`))
    return [...new Set(below.map((name) => name.slice(path.length + 1).split("/")[0] ?? ""))].sort()
  }
}
