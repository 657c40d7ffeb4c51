import type { Kept, KeptChunk, KeptSegment } from "./kept.ts"

/*
 * Brings to the server what is kept, chunk after chunk, and goes on after whatever came between: a lost network, a server that has no room,
 * a reload. Of several windows one sends at a time, for all of them.
 */

export interface Sending {
  /** There is something new. */
  poke(): void
}

/** What the server answers of a segment. */
interface State {
  seq: number
  head: string
  isClosed: boolean
}

const waits = [1_000, 2_000, 4_000, 8_000, 15_000]

/** `owner`: the agent who is signed in; what another one has recorded here waits for that one. */
export function openSending(kept: Kept, owner: string): Sending {
  let isRunning = false
  let isWanted = false
  let failures = 0
  let waiting = 0

  window.addEventListener("online", () => {
    clearTimeout(waiting)
    waiting = 0
    poke()
  })
  poke()

  function poke(): void {
    isWanted = true
    if (waiting === 0 && !isRunning) void run()
  }

  async function run(): Promise<void> {
    isRunning = true
    try {
      while (isWanted) {
        isWanted = false
        await navigator.locks.request("dawr-recording", sendAll)
      }
      failures = 0
    } catch {
      isWanted = true
      const wait = waits[Math.min(failures, waits.length - 1)]
      failures += 1
      waiting = window.setTimeout(() => {
        waiting = 0
        poke()
      }, wait)
    } finally {
      isRunning = false
    }
    if (isWanted && waiting === 0) poke()
  }

  async function sendAll(): Promise<void> {
    const alive = await livePages()
    for (const segment of await kept.of(owner)) await sendOne(segment, alive.has(segment.page))
  }

  async function sendOne(given: KeptSegment, isAlive: boolean): Promise<void> {
    const at = `/visits/${given.visit}/recording/${given.id}`
    let { head, sent } = given
    if (head === null) {
      // Nothing was taken before the page was left.
      if (given.made === 0 && (given.ended !== null || !isAlive)) return kept.forget(given.id)
      const opened = await open(given)
      if (opened === null) return kept.forget(given.id)
      head = opened.head
      sent = opened.seq
      await kept.received(given.id, sent, head)
    }
    let isRefused = false
    for (let chunk = await kept.chunk(given.id, sent + 1); chunk; chunk = await kept.chunk(given.id, sent + 1)) {
      const answer = await send(at, chunk, head)
      if (answer === "gone") return kept.forget(given.id)
      if (answer === "refused") {
        isRefused = true
        break
      }
      if (answer.isClosed || answer.seq < sent) return kept.forget(given.id)
      ;({ seq: sent, head } = answer)
      failures = 0
      await kept.received(given.id, sent, head)
    }
    const now = await kept.segment(given.id)
    if (!now) return
    const isWhole = isRefused || sent >= now.made
    if (!isWhole || (now.ended === null && isAlive)) return
    const why = isRefused ? "refused" : (now.ended ?? "page")
    const answer = await ask(`${at}/end`, new URLSearchParams({ seq: String(sent), why }))
    mustGoOn(answer)
    await kept.forget(given.id)
  }

  return { poke }
}

async function open(segment: KeptSegment): Promise<State | null> {
  const { id, of, what, mime, startedAt, visit } = segment
  const form = new URLSearchParams({ segment: id, of, what, mime, age: ageOf(startedAt) })
  const answer = await ask(`/visits/${visit}/recording`, form)
  mustGoOn(answer)
  return answer.ok ? ((await answer.json()) as State) : null
}

/** `refused`: it was taken when nothing is to be recorded. `gone`: there is no such segment, or it is not ours. */
async function send(at: string, chunk: KeptChunk, prev: string): Promise<State | "refused" | "gone"> {
  const hash = hex(await crypto.subtle.digest("SHA-256", chunk.bytes))
  const headers = {
    "X-Prev": prev,
    "X-Sha256": hash,
    "X-Age": ageOf(chunk.at),
    "Content-Type": "application/octet-stream",
  }
  const answer = await ask(`${at}/chunks/${chunk.seq}`, chunk.bytes, headers)
  mustGoOn(answer)
  if (answer.ok) return (await answer.json()) as State
  if (answer.status !== 409) return "gone"
  const told = (await answer.json()) as State & { code: string }
  return told.code === "recording_moved" ? told : "refused"
}

/** Throws where it is to be tried again. */
function mustGoOn({ ok, status }: Response): void {
  const isFinal = status === 403 || status === 404 || status === 409
  if (!ok && !isFinal) throw new Error(`not received: ${status}`)
}

function ask(
  address: string,
  body: URLSearchParams | ArrayBuffer,
  headers: Record<string, string> = {},
): Promise<Response> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? ""
  return fetch(address, {
    method: "POST",
    body,
    headers: { ...headers, "X-Form-Token": token, Accept: "application/json" },
    signal: AbortSignal.timeout(20_000),
  })
}

const ageOf = (at: number) => String(Math.max(0, Date.now() - at))

const hex = (bytes: ArrayBuffer) =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("")

const lockOf = (page: string) => `dawr-page-${page}`

/** Says for as long as this page is there that it is. */
export function stayAlive(page: string): void {
  void navigator.locks.request(lockOf(page), () => new Promise(() => {}))
}

async function livePages(): Promise<Set<string>> {
  const { held = [] } = await navigator.locks.query()
  return new Set(held.map(({ name = "" }) => name.slice(lockOf("").length)))
}
