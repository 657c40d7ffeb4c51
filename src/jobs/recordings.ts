import type { Keys } from "../base/seal.ts"
import { anchor, wantsAnchor } from "../domain/visits/recording/anchors.ts"
import {
  clearRecordings,
  forgottenFiles,
  threadsCutShort,
  threadsToClear,
  unnamedFiles,
} from "../domain/visits/recording/retention.ts"
import { closeForgotten, officesWithSegments } from "../domain/visits/recording/segments.ts"
import { dropUnpacked } from "../outside/remux.ts"
import type { Storage } from "../outside/storage.ts"
import type { JobParts } from "./run.ts"

export interface RecordingParts extends JobParts {
  keys: Keys
  storage: Storage
}

/**
 * At the start and once an hour: takes away what was left decrypted, closes what no page has brought to its end, deletes what has been kept for as long as it is kept, and signs the heads of
 * what was recorded. The log says each signature, for an operator who copies it from this machine.
 */
export async function stepRecordings(parts: RecordingParts): Promise<void> {
  const { store, writer, clock, keys, log } = parts
  dropUnpacked()
  for (const office of await officesWithSegments(store)) {
    await writer.write((tx) => closeForgotten(tx, office), { scopes: [`office:${office}`] })
  }
  for (;;) {
    const threads = await threadsToClear(store, writer.now(), clock.real())
    if (threads.length === 0) break
    await writer.write((tx) => clearRecordings(tx, threads), { scopes: ["accounts"] })
  }
  await dropForgotten(parts)
  if (!(await wantsAnchor(store, writer.now()))) return
  const { digest, signature } = await writer.write((tx) => anchor(tx, keys), { scopes: ["accounts"] })
  log.info("recording_anchored", { digest, signature })
}

/** Files lie there after their rows are gone, and never the other way round: a folder is listed before its rows are asked for. */
async function dropForgotten({ store, storage, writer }: RecordingParts): Promise<void> {
  const folders = await storage.list("visits")
  if (folders.length === 0) return
  for (const { thread, recording, others } of await forgottenFiles(store, folders)) {
    for (const name of await storage.list(`visits/${thread}`)) {
      if (name === "recording" ? recording : others) await storage.drop(`visits/${thread}/${name}`)
    }
  }
  for (const thread of await threadsCutShort(store)) {
    const names = await storage.list(`visits/${thread}`)
    for (const name of await unnamedFiles(store, thread, names, writer.now())) {
      await storage.drop(`visits/${thread}/${name}`)
    }
  }
}
