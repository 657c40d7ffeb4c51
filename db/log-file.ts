import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs"

/*
 * The log beside the database (sqlite.org/fileformat2.html, section 4). At the first frame whose sum is not right the engine stops reading it,
 * because after a cut of the power its end is like that; and what follows is gone without a word. Every commit is synced before the next
 * one begins, so such an end holds one commit at the most: where whole ones follow, the log was damaged afterwards.
 */

const headerBytes = 32
const frameHeaderBytes = 24

/**
 * How many commits stand after the place at which the engine stops reading the log of `file`, and so are lost to it; 0: it is read whole, or to the
 * end that a cut of the power left. Also of a log that is being written to.
 */
export function commitsBehindDamage(file: string): number {
  const path = `${file}-wal`
  if (!existsSync(path)) return 0
  const log = readFileSync(path)
  if (log.length < headerBytes || !headOf(path).equals(log.subarray(0, headerBytes))) return 0
  const magic = log.readUInt32BE(0)
  const little = magic === 0x377f0682
  const pageBytes = pageBytesOf(file)
  if (log.length < headerBytes + frameHeaderBytes + pageBytes) return 0
  let sum = sumOf(log.subarray(0, 24), [0, 0], little)
  // One sector, and synced before any frame: where its own sum is wrong no cut of the power did that. The frames say whose they are.
  const isWhole = (little || magic === 0x377f0683) && isSum(log, 24, sum)
  const salt = isWhole ? log.subarray(16, 24) : log.subarray(headerBytes + 8, headerBytes + 16)
  let isRead = isWhole
  let behind = 0
  for (let at = headerBytes; at + frameHeaderBytes + pageBytes <= log.length; at += frameHeaderBytes + pageBytes) {
    // Left over from before the log was last begun anew.
    const isOwn = salt.equals(log.subarray(at + 8, at + 16))
    if (isRead) {
      sum = sumOf(log.subarray(at, at + 8), sum, little)
      sum = sumOf(log.subarray(at + frameHeaderBytes, at + frameHeaderBytes + pageBytes), sum, little)
      isRead = isOwn && isSum(log, at + 16, sum)
    }
    const isCommit = log.readUInt32BE(at + 4) !== 0
    if (!isRead && isOwn && isCommit) behind++
  }
  return behind > 1 ? behind : 0
}

/** As the database's own header says it, at offset 16 (section 1.3.2). */
function pageBytesOf(file: string): number {
  const said = headOf(file).readUInt16BE(16)
  return said === 1 ? 65_536 : Math.max(512, said)
}

/** The header once more: where it is another one by now, the log was begun anew while it was read. */
function headOf(path: string): Buffer {
  const head = Buffer.alloc(headerBytes)
  const handle = openSync(path, "r")
  try {
    readSync(handle, head, 0, headerBytes, 0)
  } finally {
    closeSync(handle)
  }
  return head
}

type Sum = [number, number]

const isSum = (log: Buffer, at: number, [first, second]: Sum) =>
  log.readUInt32BE(at) === first && log.readUInt32BE(at + 4) === second

/** Section 4.2: over pairs of words, in the order of bytes that the magic number names. */
function sumOf(bytes: Buffer, [from, then]: Sum, little: boolean): Sum {
  let [first, second] = [from, then]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length; at += 8) {
    first = (first + view.getUint32(at, little) + second) >>> 0
    second = (second + view.getUint32(at + 4, little) + first) >>> 0
  }
  return [first, second]
}
