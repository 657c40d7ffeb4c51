import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { atTheEnd } from "./cleanup.ts"

const root = join(import.meta.dir, "..", "..")

/** A folder of this test's own; it goes when the tests are through. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "dawr-run-"))
  atTheEnd(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export type Running = ReturnType<typeof run>

/**
 * Runs a program of ours as a process of its own, with nothing of our environment but what is named. `said()` is what it has written so
 * far, on both streams; `ended` resolves with its exit code, or with the signal that ended it.
 */
export function run(script: string, env: Record<string, string>, args: string[] = []) {
  const { PATH = "", HOME = "" } = process.env
  const child = spawn(process.execPath, [join(root, script), ...args], {
    cwd: root,
    env: { PATH, HOME, PORT: "0", TZ: "America/St_Johns", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let text = ""
  const hearers = new Set<() => void>()
  const hear = (part: Buffer) => {
    text += part.toString()
    for (const hearer of hearers) hearer()
  }
  child.stdout.on("data", hear)
  child.stderr.on("data", hear)
  let isOver = false
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.on("close", (code, signal) => {
      isOver = true
      for (const hearer of hearers) hearer()
      resolve(code ?? signal ?? -1)
    })
  })
  atTheEnd(async () => {
    if (!isOver) child.kill("SIGKILL")
    await ended
  })

  /** The first match in what it says; throws with all that it said if it ends before. */
  function hears(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(text)
        if (!found && !isOver) return
        hearers.delete(look)
        if (found) resolve(found)
        else reject(new Error(`it ended without saying ${pattern}:\n${text}`))
      }
      hearers.add(look)
      look()
    })
  }

  return {
    ended,
    hears,
    said: () => text,
    isOver: () => isOver,
    /** The address at which it is open, when it is. */
    origin: async () => (await hears(/ is open at (http\S+)/))[1] ?? "",
    kill: (signal: NodeJS.Signals) => {
      child.kill(signal)
      return ended
    },
  }
}

/** The server over a data folder below `folder`. */
export function runServer(folder: string, env: Record<string, string> = {}) {
  return run("src/main.ts", { DATA_DIR: join(folder, "data"), ...env })
}

/** What a demo writes down for scripts. */
export interface DemoFile {
  origin: string
  citizens: {
    id: string
    name: string
    kind: "citizen" | "resident"
    nationalId: string
    birthYear: number
    birthDay: string
    birthDayHijri: string
    mobile: string
    password: string
    recoveryCodes: string[]
    token: string
    dependants: { id: string; name: string }[]
  }[]
  agents: DemoStaff[]
  supervisors: Omit<DemoStaff, "counter">[]
  kiosks: { office: string; url: string; token: string }[]
  boards: { office: string; url: string; token: string }[]
  integrators: { name: string; token: string; scopes: string[] }[]
}

interface DemoStaff {
  name: string
  office: string
  counter: string
  login: string
  password: string
  recoveryCodes: string[]
  token: string
}

export function demoFile(folder: string): DemoFile {
  return JSON.parse(readFileSync(join(folder, "data", "demo.json"), "utf8")) as DemoFile
}

/** Asks as a program does; the body is JSON where there is one. */
export async function asks(
  origin: string,
  token: string | null,
  path: string,
  body?: unknown,
  more: Record<string, string> = {},
) {
  const headers = new Headers({ ...more, ...(token ? { Authorization: `Bearer ${token}` } : {}) })
  if (body !== undefined) headers.set("Content-Type", "application/json")
  const method = body === undefined ? "GET" : "POST"
  const response = await fetch(origin + path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get("Content-Type") ?? "") && text !== ""
  return { status: response.status, body: isJson ? JSON.parse(text) : text }
}
