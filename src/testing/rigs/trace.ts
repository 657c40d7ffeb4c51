import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

/* What a server really asks of the kernel, as strace(1) tells it. */

export const hasStrace = existsSync("/usr/bin/strace")

/** One thing that reached the kernel, in its order. */
export type Call =
  | { do: "write"; file: string; at: number; bytes: Buffer }
  | { do: "cut"; file: string; length: number }
  /** From here on everything written to the file before is on the disk. */
  | { do: "synced"; file: string; from: number }
  | { do: "answered"; body: Record<string, unknown> }

const calls = "pwrite64,fsync,fdatasync,ftruncate,sendto,sendmsg"

/** Starts the server over a folder with every such call written to `log`. */
export async function traced(folder: string, log: string): Promise<{ origin: string; kill(): Promise<void> }> {
  const { PATH = "", HOME = "" } = process.env
  const script = join(import.meta.dir, "..", "..", "main.ts")
  const how = ["-D", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "300000", "-o", log, "-e", `trace=${calls}`]
  const child = spawn("strace", [...how, process.execPath, script], {
    env: { PATH, HOME, PORT: "0", DATA_DIR: join(folder, "data") },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let said = ""
  const origin = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (part: Buffer) => {
        said += part.toString()
        const found = / is open at (http\S+)/.exec(said)?.[1]
        if (found) resolve(found)
      })
    }
    child.on("close", () => reject(new Error(`the traced server ended:\n${said}`)))
  })
  return {
    origin,
    async kill() {
      const ended = new Promise((resolve) => child.on("close", resolve))
      child.kill("SIGKILL")
      await ended
      // The tracer ends a moment after whom it traces.
      while (!/\+\+\+ killed by SIGKILL \+\+\+\s*$/.test(readFileSync(log, "latin1").slice(-200))) await Bun.sleep(50)
    },
  }
}

/** Reads such a log. A write counts from when it was begun, a sync from when it was over, an answer from when it was begun. */
export function readTrace(log: string): Call[] {
  const read: Call[] = []
  /** By thread: a sync that has begun, and how much had come before it. */
  const syncing = new Map<string, { file: string; from: number }>()
  for (const line of readFileSync(log, "latin1").split("\n")) {
    const [, thread = "", rest = ""] = /^(\d+)\s+(.*)$/s.exec(line) ?? []
    const call = /^(\w+)\((?:\d+)<([^>]*)>/.exec(rest)
    const file = plain(call?.[2] ?? "").toString()
    if (/^<\.\.\. (fsync|fdatasync) resumed>/.test(rest)) {
      const begun = syncing.get(thread)
      if (begun && /= 0\s*$/.test(rest)) read.push({ do: "synced", ...begun })
      continue
    }
    switch (call?.[1]) {
      case "pwrite64": {
        const [, bytes = "", , at = "0"] = /, "([^"]*)"(\.\.\.)?, \d+, (\d+)/.exec(rest) ?? []
        read.push({ do: "write", file, at: Number(at), bytes: plain(bytes) })
        break
      }
      case "ftruncate":
        read.push({ do: "cut", file, length: Number(/, (\d+)/.exec(rest)?.[1] ?? 0) })
        break
      case "fsync":
      case "fdatasync":
        if (/unfinished/.test(rest)) syncing.set(thread, { file, from: read.length })
        else if (/= 0\s*$/.test(rest)) read.push({ do: "synced", file, from: read.length })
        break
      case "sendto":
      case "sendmsg": {
        const text = [...rest.matchAll(/"([^"]*)"/g)].map(([, part = ""]) => plain(part).toString()).join("")
        const body = /^HTTP\/1\.1 201.*?\r\n\r\n(\{.*\})/s.exec(text)?.[1]
        if (body) read.push({ do: "answered", body: JSON.parse(body) as Record<string, unknown> })
      }
    }
  }
  return read
}

const plain = (hex: string) => Buffer.from(hex.replaceAll("\\x", ""), "hex")
