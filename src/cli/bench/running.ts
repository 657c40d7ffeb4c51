import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Subprocess } from "bun"
import type { Prepared } from "./prepare.ts"

/*
 * The programs that a bench runs, each a process of its own on a port that was free. Bun raises its processes' limit of open files to what
 * the machine allows, so that thousands of sockets need nothing more.
 */

export interface Running {
  origin: string
  pid: number
  /** What the program answers to one message to it; for those that were given an ear by a preload. */
  ask(message: unknown): Promise<unknown>
  /** Asks it to stop and waits until it has. Throws where it has complained of a bug. */
  stop(): Promise<void>
}

/** Where the house's processes leave a profile of their work when they end; `null`: none is taken. */
let profiles: string | null = null

export function profileInto(folder: string): void {
  profiles = folder
}

/** What is still running: whatever happens to a part of the bench, nothing of it is there beside the next. */
const alive = new Set<Subprocess>()

export function endEverything(): void {
  for (const child of alive) child.kill("SIGKILL")
  alive.clear()
}

function keepTrack(child: Subprocess): void {
  alive.add(child)
  child.exited.then(() => alive.delete(child))
}

const root = join(import.meta.dir, "..", "..", "..")

/** The house over a prepared store, as `npm start` runs it. */
export function startHouse(
  { data, keysFile }: Prepared,
  preload: string | null = null,
  more: Record<string, string> = {},
): Promise<Running> {
  const before = preload === null ? [] : ["--preload", join(import.meta.dir, preload)]
  const profile = profiles === null ? [] : ["--cpu-prof", "--cpu-prof-md", `--cpu-prof-dir=${profiles}`]
  return start([...profile, ...before, join(root, "src", "main.ts")], {
    DATA_DIR: data,
    KEYS_FILE: keysFile,
    DEMO: "0",
    ...more,
  })
}

/** The baseline: Hono on Bun, with nothing to decide and nothing to keep. */
export const startBare = (): Promise<Running> => start([join(import.meta.dir, "bare.ts")], {})

/** The statements of a booking behind a bare route; it is given what to keep first. */
export const startBareBookings = (): Promise<Running> => start([join(import.meta.dir, "bare-bookings.ts")], {})

async function start(args: string[], env: Record<string, string>): Promise<Running> {
  const { PATH = "", HOME = "" } = process.env
  const ear = createEar()
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: root,
    env: { PATH, HOME, PORT: "0", HOST: "127.0.0.1", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    ipc: ear.hear,
  })
  keepTrack(child)
  const said = keep(child)
  const origin = await said.origin
  let isStopping = false
  child.exited.then((code) => {
    if (!isStopping && child.signalCode !== "SIGKILL")
      process.stderr.write(`A server ended with ${code} in the midst of it:\n${said.text()}\n`)
  })
  return {
    origin,
    pid: child.pid,
    ask: (message) => ear.ask(child, message),
    async stop() {
      isStopping = true
      child.kill("SIGTERM")
      await child.exited
      const bugs = said
        .text()
        .split("\n")
        .filter((line) => line.includes('"level":"error"'))
      if (bugs.length > 0) throw new Error(`the program complained ${bugs.length} times, first: ${bugs[0]}`)
    },
  }
}

/** Keeps what a program says, and finds the address at which it is open. */
function keep(child: Subprocess<"ignore", "pipe", "pipe">) {
  let text = ""
  const origin = Promise.withResolvers<string>()
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const part of stream) {
      text += decoder.decode(part, { stream: true })
      const found = / open at (http\S+)/.exec(text)?.[1]
      if (found) origin.resolve(found)
    }
  }
  Promise.all([read(child.stdout), read(child.stderr)]).then(
    () => origin.reject(new Error(`it ended before it was open:\n${text}`)),
    origin.reject,
  )
  return { origin: origin.promise, text: () => text }
}

/** One question, one answer. */
function createEar() {
  const waiting: { resolve(answer: unknown): void; reject(cause: Error): void }[] = []
  return {
    hear: (answer: unknown) => waiting.shift()?.resolve(answer),
    async ask(child: Subprocess, message: unknown): Promise<unknown> {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      waiting.push({ resolve, reject })
      child.exited.then((code) => reject(new Error(`it ended with ${code} before it answered`)))
      child.send(message)
      return promise
    },
  }
}

/** A client in a process of its own that does one piece of work after the other, as it is told. */
export interface Client {
  ask<T>(message: object): Promise<T>
  close(): void
}

export function startClient(script: "load.ts" | "boards.ts" | "statements.ts" | "visits.ts"): Client {
  const ear = createEar()
  const { PATH = "", HOME = "" } = process.env
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "clients", script)], {
    env: { PATH, HOME },
    stdio: ["ignore", "ignore", "inherit"],
    ipc: ear.hear,
  })
  keepTrack(child)
  return {
    async ask<T>(message: object) {
      const answer = (await ear.ask(child, message)) as { failed?: string }
      if (answer.failed !== undefined) throw new Error(answer.failed)
      return answer as T
    },
    close: () => child.kill(),
  }
}

/** Bytes of memory that the process has to itself or shares; `ps` where there is no /proc. */
export function residentBytes(pid: number): number {
  const status = fromProc(pid, "status")
  const kibibytes = status
    ? /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]
    : Bun.spawnSync(["ps", "-o", "rss=", "-p", String(pid)])
        .stdout.toString()
        .trim()
  return Number(kibibytes) * 1024
}

/**
 * Begins to measure what a process spends; the answer ends it: microseconds of processor for each of `count` things, and the share of the time
 * in which its first thread could have run but had to wait for a processor. Zeros where the machine does not say it in Linux's way (proc(5):
 * /proc/pid/stat, /proc/pid/schedstat).
 */
export function spending(pid: number): (count: number) => { work: number; waited: number } {
  const [workBefore, waitedBefore, began] = [workSeconds(pid), waitedSeconds(pid), performance.now()]
  return (count) => {
    const seconds = (performance.now() - began) / 1000
    return {
      work: ((workSeconds(pid) - workBefore) * 1e6) / count,
      waited: (waitedSeconds(pid) - waitedBefore) / seconds,
    }
  }
}

function workSeconds(pid: number): number {
  const fields = fromProc(pid, "stat")
    ?.replace(/^.*\) /s, "")
    .split(" ")
  return fields ? (Number(fields[11]) + Number(fields[12])) / 100 : 0
}

function waitedSeconds(pid: number): number {
  return Number(fromProc(pid, "schedstat")?.split(" ")[1] ?? 0) / 1e9
}

function fromProc(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8")
  } catch {
    return null
  }
}

/** One that was free a moment ago: a server that is killed and started again is to be found where it was. */
export function freePort(): number {
  const probe = Bun.serve({ port: 0, fetch: () => new Response() })
  const { port } = probe
  probe.stop(true)
  return port ?? 0
}
