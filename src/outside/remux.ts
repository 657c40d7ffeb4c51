import { closeSync, fstatSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/*
 * What a browser records has no duration and no index, and cannot be moved about in. Where ffmpeg is installed it is packed anew, without
 * touching sound or picture (`-c copy`).
 */

/** Bytes that can be read from anywhere. */
export interface Playable {
  readonly size: number
  read(from: number, until: number): Promise<Uint8Array>
  close(): void
}

/** Where ffmpeg is; `null` where it is not installed. */
export function findRemuxer(): string | null {
  return Bun.which("ffmpeg")
}

/** No recording takes as long to be packed. */
const longest = 120_000

const folders = "dawr-play-"

/**
 * Takes away what a process that died while it packed has left behind: it lies there decrypted. What somebody may still be packing stays.
 * Answers how many there were.
 */
export function dropUnpacked(root = tmpdir()): number {
  // How old a folder is, by the file system's own clock.
  const mark = mkdtempSync(join(root, folders))
  const now = statSync(mark).mtimeMs
  rmSync(mark, { recursive: true })
  let dropped = 0
  for (const name of readdirSync(root)) {
    if (!name.startsWith(folders)) continue
    const { mtimeMs, uid } = statSync(join(root, name), { throwIfNoEntry: false }) ?? { mtimeMs: now, uid: -1 }
    if (now - mtimeMs <= 2 * longest || uid !== process.getuid?.()) continue
    rmSync(join(root, name), { recursive: true, force: true })
    dropped++
  }
  return dropped
}

/**
 * Packs a recording anew. What comes of it lies in a file that has no name any more as soon as this answers: it is gone with `close`, and
 * with the process. Throws where ffmpeg does not understand it.
 */
export async function remux(
  remuxer: string,
  pieces: AsyncIterable<Uint8Array>,
  form: "webm" | "mp4",
): Promise<Playable> {
  const folder = mkdtempSync(join(tmpdir(), folders))
  const out = join(folder, `out.${form}`)
  try {
    const packing = Bun.spawn(
      [remuxer, "-hide_banner", "-loglevel", "error", "-i", "pipe:0", "-map", "0", "-c", "copy", "-f", form, "-y", out],
      { stdin: "pipe", stdout: "ignore", stderr: "pipe", timeout: longest, env: { PATH: "" } },
    )
    try {
      for await (const piece of pieces) {
        packing.stdin.write(piece)
        await packing.stdin.flush()
      }
    } finally {
      await packing.stdin.end()
    }
    const [code, said] = await Promise.all([packing.exited, new Response(packing.stderr).text()])
    if (code !== 0) throw new Error(`ffmpeg: ${said.trim().slice(0, 500)}`)
    return openFile(out)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function openFile(path: string): Playable {
  const handle = openSync(path, "r")
  let isOpen = true
  return {
    size: fstatSync(handle).size,
    async read(from, until) {
      // By now the number may be another file's.
      if (!isOpen) return new Uint8Array()
      const bytes = new Uint8Array(until - from)
      return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, from))
    },
    close() {
      if (isOpen) closeSync(handle)
      isOpen = false
    },
  }
}
