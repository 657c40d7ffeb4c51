import type { AnchorHeads, ChunkRow, Finding, SegmentRow } from "../../../../db/schema/recordings.ts"
import type { Instant } from "../../../base/day.ts"

/*
 * Each chunk of a segment is chained to the one before it, so that none can be changed, taken out or put in between without the rest
 * telling. What the chain alone cannot tell, a tail that was cut or a chain that was written anew as a whole, the fact of the closing and
 * the signed heads do.
 */

/** SHA-256 of the bytes of a chunk, as lower-case hexadecimal. */
export function hashOf(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex")
}

/** The head of a segment that has no chunk yet. `consent` is the hash of the answers that stood then. */
export function firstHead(of: { visit: string; segment: string; startedAt: Instant; consent: string }): string {
  return hashOfText(["rec-v1", of.visit, of.segment, of.startedAt, of.consent].join("|"))
}

/** The head with one more chunk; `at` is the server's time of its receipt. */
export function nextHead(head: string, chunk: { hash: string; seq: number; length: number; at: Instant }): string {
  return hashOfText([head, chunk.hash, chunk.seq, chunk.length, chunk.at].join("|"))
}

export function hashOfText(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex")
}

/** The bytes of a chunk as they came; `null` where there is no such file, or it does not open. */
export type Read = (chunk: ChunkRow) => Promise<Uint8Array | null>

export interface Known {
  /** What the facts say of the segment's end; `null` where it has not been closed. */
  closed: { chunks: number; head: string } | null
  /** What signed heads say of it. */
  anchored: readonly AnchorHeads["segments"][string][]
}

/**
 * Everything that is wrong with a segment, the first chunk first; nothing, where it is whole. Reads every chunk: one that cannot be read is
 * `missing`, one with other bytes `altered`, one that does not follow the one before `chain`.
 */
export async function findingsOf(
  segment: SegmentRow,
  chunks: readonly ChunkRow[],
  read: Read,
  { closed, anchored }: Known,
): Promise<Finding[]> {
  const found: Finding[] = []
  const say = (seq: number, why: Finding["why"]) => found.push({ segment: segment.id, seq, why })
  const heads = new Map<number, string>()
  let head = firstHead({ ...segment, segment: segment.id })
  if (head !== segment.first) say(0, "chain")
  heads.set(0, head)
  const bySeq = new Map(chunks.map((chunk) => [chunk.seq, chunk]))
  // What has come since the segment was read is not judged here.
  const last = Math.max(segment.chunks, closed?.chunks ?? 0)
  for (let seq = 1; seq <= last; seq++) {
    const chunk = bySeq.get(seq)
    if (!chunk) {
      say(seq, seq > chunks.length ? "cut" : "missing")
      continue
    }
    const bytes = await read(chunk)
    if (bytes === null) say(seq, "missing")
    else if (bytes.length !== chunk.length || hashOf(bytes) !== chunk.hash) say(seq, "altered")
    head = nextHead(head, chunk)
    if (head !== chunk.head) say(seq, "chain")
    // The rest is judged by what stands there, so that one chunk that was bent is named and not all that follow it.
    head = chunk.head
    heads.set(seq, head)
  }
  if (head !== segment.head) say(0, "cut")
  if (closed && (closed.chunks !== segment.chunks || closed.head !== head)) say(0, "cut")
  for (const [count, signed] of anchored) if (heads.get(count) !== signed) say(count, "anchor")
  return found
}
