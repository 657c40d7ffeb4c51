import type { ChunkRow, SegmentRow } from "../../db/schema/recordings.ts"
import { Refusal } from "../base/refusal.ts"
import { openingKey } from "../domain/visits/files.ts"
import type { Read } from "../domain/visits/recording/chain.ts"
import { type ChunkGiven, isChained, pathOfChunk, placeOfChunk } from "../domain/visits/recording/segments.ts"
import type { House } from "./house.ts"

/* The bytes of recordings, sealed beside the store. */

type Files = Pick<House, "store" | "keys" | "storage">

/** Puts a chunk on the disk, before the turn that chains it. Refuses `unavailable` where it cannot be, e.g. on a full disk: nothing is written. */
export async function putChunk(
  { store, keys, storage, chance, log }: Files & Pick<House, "chance" | "log">,
  row: SegmentRow,
  given: ChunkGiven,
  bytes: Uint8Array,
): Promise<void> {
  const key = await openingKey(store, keys, row.thread)
  try {
    await storage.put(pathOfChunk(row, given), key.seal(placeOfChunk(row.id, given.seq), bytes, chance))
  } catch (cause) {
    log.warn("recording_not_kept", { office: row.office, cause })
    throw new Refusal("unavailable", { why: "storage", retryAfterSeconds: 2 })
  }
}

/** After a refusal: takes from the disk what was put there and is not in the chain. */
export async function dropChunk({ store, storage }: Files, row: SegmentRow, given: ChunkGiven): Promise<void> {
  if (!(await isChained(store, row.id, given))) await storage.drop(pathOfChunk(row, given))
}

/** Reads the chunks of a segment as they came. What is not there, or does not open, is `null`. */
export function readerOf({ store, keys, storage }: Files, segment: SegmentRow): Read {
  const key = openingKey(store, keys, segment.thread)
  return async (chunk: ChunkRow) => {
    const sealed = await storage.get(pathOfChunk(segment, chunk))
    if (sealed === null) return null
    try {
      return (await key).open(placeOfChunk(segment.id, chunk.seq), sealed)
    } catch {
      return null
    }
  }
}
