import type { Database } from "bun:sqlite"
import { pathOfChunk } from "../../../domain/visits/recording/segments.ts"
import type { Invariant } from "../parts.ts"

interface Segment {
  id: string
  visit: string
  thread: string
  consent: string
  startedAt: number
  first: string
  head: string
  chunks: number
  closedAt: number | null
}

interface Chunk {
  seq: number
  hash: string
  length: number
  at: number
  head: string
}

/** A piece of a recording that was acknowledged is there with its bytes, and each segment is one chain from its beginning to its end. */
export const recordings: Invariant = {
  name: "what was recorded is whole",
  watch: (sim, broken) => {
    const acknowledged = new Map<string, string>()
    const ends = new Map<string, string>()
    return {
      answered(reply) {
        const { what, about } = reply.asked
        if (what === "chunk" && "ok" in reply) acknowledged.set(`${about.segment} ${about.seq}`, String(about.hash))
      },
      done({ facts }) {
        for (const { kind, body } of facts) {
          if (kind === "recording.closed") ends.set(body.segment, `${body.chunks} ${body.head}`)
        }
      },
      store(raw, when) {
        const found = new Map<string, string>()
        for (const segment of segmentsIn(raw)) {
          const { id, head, chunks, closedAt } = segment
          const rows = chunksOf(raw, id)
          for (const wrong of chainWrong(segment, rows)) broken(`the segment ${id}: ${wrong}`)
          for (const row of rows) {
            found.set(`${id} ${row.seq}`, row.hash)
            if (!sim.shelf.has(pathOfChunk(segment, row))) broken(`of ${id} the bytes of ${row.seq} are not there`)
          }
          const end = ends.get(id)
          if (end !== undefined && end !== `${chunks} ${head}`) broken(`${id} has ${chunks} ${head}, told is ${end}`)
          if (when === "the end" && closedAt === null) broken(`the segment ${id} is still open`)
        }
        for (const [chunk, hash] of acknowledged) {
          if (found.get(chunk) !== hash) broken(`${chunk} was acknowledged with ${hash}, and is ${found.get(chunk)}`)
        }
      },
    }
  },
}

const segmentsIn = (raw: Database) =>
  raw
    .query<Segment, []>(
      `SELECT id, visit, thread, consent, started_at AS startedAt, first, head, chunks, closed_at AS closedAt
       FROM recording_segment ORDER BY id`,
    )
    .all()

const chunksOf = (raw: Database, segment: string) =>
  raw
    .query<Chunk, [string]>("SELECT seq, hash, length, at, head FROM recording_chunk WHERE segment = ? ORDER BY seq")
    .all(segment)

/** The chain as it is described, worked out anew. */
function chainWrong(segment: Segment, rows: Chunk[]): string[] {
  const wrong: string[] = []
  let head = hashed("rec-v1", segment.visit, segment.id, segment.startedAt, segment.consent)
  if (head !== segment.first) wrong.push("it begins otherwise")
  for (const [index, { seq, hash, length, at, head: said }] of rows.entries()) {
    if (seq !== index + 1) wrong.push(`after ${index} comes ${seq}`)
    head = hashed(head, hash, seq, length, at)
    if (said !== head) wrong.push(`${seq} does not follow from the one before`)
  }
  if (rows.length !== segment.chunks) wrong.push(`${segment.chunks} pieces are counted and ${rows.length} are there`)
  if (head !== segment.head) wrong.push("its head is not that of the last piece")
  return wrong
}

const hashed = (...parts: (string | number)[]) => new Bun.CryptoHasher("sha256").update(parts.join("|")).digest("hex")
