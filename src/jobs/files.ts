import type { Store } from "../../db/store.ts"
import { threadsWithKey } from "../domain/visits/files.ts"
import type { Storage } from "../outside/storage.ts"

export interface FileParts {
  store: Store
  storage: Storage
}

/**
 * Takes away the files of visits whose key is gone: nobody can open them any more, so they only take room. A key is made before the first
 * file of its thread lies there, and folders are listed before keys are asked for, so nothing that somebody still has a key to is dropped.
 */
export async function stepFiles({ store, storage }: FileParts): Promise<void> {
  const folders = await storage.list("visits")
  if (folders.length === 0) return
  const kept = await threadsWithKey(store)
  for (const thread of folders) if (!kept.has(thread)) await storage.drop(`visits/${thread}`)
}
