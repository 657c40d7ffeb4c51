import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { quietly } from "../checking/chromium.ts"

/*
 * A real browser, driven by Chromium's own protocol (chromedevtools.github.io/devtools-protocol), since whoever only runs the program has
 * no library for it.
 */

/** Milliseconds within which the browser has to answer; the slowest answer is a picture that comes after some seconds. */
const patience = 15_000

export class NoAnswer extends Error {
  constructor(method: string) {
    super(`${method}: the browser gave no answer within ${patience / 1_000} s`)
  }
}

export interface Page {
  send(method: string, params: object): Promise<unknown>
  go(url: string): Promise<void>
  close(): Promise<void>
  /** The value of an expression, awaited. */
  evaluate<T>(expression: string): Promise<T>
  /** Waits until an expression is true. */
  until(expression: string): Promise<void>
}

/** Starts the Chromium at `path`; `more`: switches of its own. */
export async function launch(path: string, more: string[] = []) {
  const profile = mkdtempSync(join(tmpdir(), "dawr-bench-browser-"))
  // The sandbox works neither for root nor in most containers, and only our own pages are opened here.
  const plain = ["--headless", "--no-sandbox", "--remote-debugging-port=0"]
  const child = Bun.spawn([path, ...plain, ...quietly, ...more, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "pipe"],
  })
  const socket = new WebSocket(await addressIn(child.stderr))
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Error("Chromium does not answer"))
  })
  const waiting = new Map<number, { resolve(result: unknown): void; reject(cause: Error): void }>()
  let last = 0
  socket.onmessage = ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as {
      id?: number
      result?: unknown
      error?: { message: string }
    }
    const asked = waiting.get(id ?? -1)
    waiting.delete(id ?? -1)
    if (error) asked?.reject(new Error(error.message))
    else asked?.resolve(result)
  }
  const send = (method: string, params: object, sessionId?: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    // timer: a page that never answers ends the bench with a word instead of holding it up for ever
    const late = setTimeout(() => reject(new NoAnswer(method)), patience)
    waiting.set(++last, { resolve, reject })
    socket.send(JSON.stringify({ id: last, method, params, sessionId }))
    return promise.finally(() => clearTimeout(late))
  }

  /** A page in a profile of its own. */
  async function page(): Promise<Page> {
    const { browserContextId } = (await send("Target.createBrowserContext", {})) as { browserContextId: string }
    const made = await send("Target.createTarget", { url: "about:blank", browserContextId, width: 1440, height: 900 })
    const { targetId } = made as { targetId: string }
    const attached = await send("Target.attachToTarget", { targetId, flatten: true })
    const { sessionId } = attached as { sessionId: string }
    const evaluate = async <T>(expression: string) => {
      const params = { expression, awaitPromise: true, returnByValue: true }
      const answer = (await send("Runtime.evaluate", params, sessionId)) as Evaluated
      if (answer.exceptionDetails) throw new Error(`${expression}: ${answer.exceptionDetails.text}`)
      return answer.result.value as T
    }
    return {
      send: (method, params) => send(method, params, sessionId),
      evaluate,
      close: async () => void (await send("Target.closeTarget", { targetId })),
      go: async (url) => void (await send("Page.navigate", { url }, sessionId)),
      async until(expression) {
        for (let look = 0; look < 600; look++) {
          if (await evaluate<boolean>(`Boolean(${expression})`).catch(() => false)) return
          await Bun.sleep(25)
        }
        throw new Error(`the page never came to ${expression}: ${await evaluate<string>("document.body.innerText")}`)
      },
    }
  }

  return {
    page,
    async close(): Promise<void> {
      // Not by a signal: what was started may be a script that stands before the browser, and would be all that ends.
      await send("Browser.close", {}).catch(() => child.kill(9))
      await child.exited
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

interface Evaluated {
  result: { value: unknown }
  exceptionDetails?: { text: string }
}

async function addressIn(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = ""
  const decoder = new TextDecoder()
  const reader = stream.getReader()
  for (;;) {
    const { value, done } = await reader.read()
    if (done) throw new Error(`Chromium did not start:\n${text}`)
    text += decoder.decode(value, { stream: true })
    const found = /listening on (ws:\S+)/.exec(text)?.[1]
    if (!found) continue
    void drain(reader)
    return found
  }
}

/** What nobody reads fills its pipe, and a browser that cannot write what it has to complain of stands still. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}
