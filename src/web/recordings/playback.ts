import type { ChunkRow, SegmentRow } from "../../../db/schema/recordings.ts"
import { machineTimers } from "../../base/clock.ts"
import { Refusal } from "../../base/refusal.ts"
import { chunksOf, recordingOf, reviewOf } from "../../domain/visits/recording/review.ts"
import { findRemuxer, type Playable, remux } from "../../outside/remux.ts"
import type { Storage } from "../../outside/storage.ts"
import type { Context, House } from "../house.ts"
import { readerOf } from "../recording-files.ts"
import { staffHere } from "../staff-head.tsx"
import { keepPacked, type Packed } from "./packed.ts"

/** A segment as the browser plays it, in ranges; decrypted here, piece by piece. What failed its check is not played: `not_found`. */
export async function play(c: Context): Promise<Response> {
  const { house } = c.var
  const staff = staffHere(c)
  const review = await reviewOf(house.store, staff, c.req.param("id") ?? "", house.clock.real())
  const of = await recordingOf(house.store, staff, review.visit)
  const segment = of.segments.find(({ id }) => id === c.req.param("segment"))
  const isWrong = review.findings.some((one) => one.segment === segment?.id)
  if (!segment || isWrong || segment.chunks === 0) throw new Refusal("not_found", { what: "segment" })
  const file = await playableOf(house, `${review.id} ${segment.id}`, segment)
  const range = rangeOf(c.req.header("Range"), file.size)
  if (range === "beyond") {
    return c.body(null, 416, { "Content-Range": `bytes */${file.size}` })
  }
  const { from, until } = range ?? { from: 0, until: file.size }
  const isSaved = c.req.query("save") !== undefined
  const form = formOf(segment)
  return c.body(streamOf(file, from, until), range ? 206 : 200, {
    "Content-Type": segment.mime.split(";")[0] ?? "video/webm",
    "Content-Length": String(until - from),
    "Accept-Ranges": "bytes",
    ...(range ? { "Content-Range": `bytes ${from}-${until - 1}/${file.size}` } : {}),
    ...(isSaved ? { "Content-Disposition": `attachment; filename="${segment.id}.${form}"` } : {}),
  })
}

/** `null` for the whole, `beyond` for what is not there (RFC 9110 §14). Of several ranges at once the whole is answered. */
export function rangeOf(header: string | undefined, size: number): { from: number; until: number } | "beyond" | null {
  const asked = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "")
  if (!asked || (asked[1] === "" && asked[2] === "")) return null
  const [first, last] = [asked[1] ?? "", asked[2] ?? ""]
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first)
  const until = first === "" || last === "" ? size : Math.min(size, Number(last) + 1)
  return from >= size || until <= from ? "beyond" : { from, until }
}

const pieceBytes = 512 * 1024

function streamOf(file: Playable, from: number, until: number): ReadableStream<Uint8Array> {
  let at = from
  return new ReadableStream({
    async pull(stream) {
      const bytes = await file.read(at, Math.min(until, at + pieceBytes))
      at += bytes.length
      if (bytes.length > 0) stream.enqueue(bytes)
      if (at >= until || bytes.length === 0) stream.close()
    },
  })
}

const kept = new WeakMap<Storage, Packed>()

function playableOf(house: House, name: string, segment: SegmentRow): Promise<Playable> {
  const own = kept.get(house.storage) ?? keepPacked(machineTimers)
  kept.set(house.storage, own)
  return own.get(name, () => openSegment(house, segment))
}

/** Packed anew where that can be done, else as it came. */
export async function openSegment(
  house: Pick<House, "store" | "keys" | "storage" | "log">,
  segment: SegmentRow,
  remuxer = findRemuxer(),
): Promise<Playable> {
  const chunks = await chunksOf(house.store, segment.id)
  const read = readerOf(house, segment)
  const bytesOf = async (chunk: ChunkRow) => {
    const bytes = await read(chunk)
    if (bytes === null) throw new Refusal("not_found", { what: "segment" })
    return bytes
  }
  if (remuxer !== null) {
    try {
      return await remux(remuxer, piecesOf(chunks, bytesOf), formOf(segment))
    } catch (cause) {
      house.log.warn("recording_not_packed", { office: segment.office, cause })
    }
  }
  return asItCame(chunks, bytesOf)
}

async function* piecesOf(chunks: readonly ChunkRow[], bytesOf: (chunk: ChunkRow) => Promise<Uint8Array>) {
  for (const chunk of chunks) yield await bytesOf(chunk)
}

function asItCame(chunks: readonly ChunkRow[], bytesOf: (chunk: ChunkRow) => Promise<Uint8Array>): Playable {
  let size = 0
  const placed = chunks.map((chunk) => {
    const from = size
    size += chunk.length
    return { chunk, from, until: size }
  })
  return {
    size,
    async read(from, until) {
      const parts: Uint8Array[] = []
      for (const one of placed) {
        if (one.until <= from || one.from >= until) continue
        const bytes = await bytesOf(one.chunk)
        parts.push(bytes.subarray(Math.max(0, from - one.from), until - one.from))
      }
      return Buffer.concat(parts)
    },
    close: ignore,
  }
}

const formOf = ({ mime }: SegmentRow) => (mime.includes("mp4") ? "mp4" : "webm")
const ignore = () => {}
