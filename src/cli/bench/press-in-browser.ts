import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { findChromium } from "../checking/chromium.ts"
import { firstNumber, office, type Prepared } from "./prepare.ts"

/*
 * A desk and a board in a real browser, driven by Chromium's own protocol (chromedevtools.github.io/devtools-protocol), since whoever only
 * runs the program has no library for it.
 */

/** Milliseconds from each press on the desk to the number standing in the board's page; `null` where there is no Chromium. */
export async function pressInBrowser(origin: string, prepared: Prepared, presses: number): Promise<number[] | null> {
  const path = findChromium()
  if (!path) return null
  const browser = await launch(path)
  try {
    const desk = await browser.page()
    await desk.send("Network.setCookie", { url: origin, name: "sid", value: prepared.agent.session })
    await desk.go(`${origin}/desk`)
    const board = await browser.page()
    await board.go(`${origin}/board/${office}?key=${prepared.boards[0]}`)
    for (const page of [desk, board]) await page.until(`document.documentElement.dataset.liveState === "live"`)
    const times: number[] = []
    for (let turn = 0; turn < presses; turn++) {
      await desk.until(`document.querySelector("#do-next")?.disabled === false`)
      const next = await desk.evaluate<number>(nextNumber)
      await board.evaluate(watchFor(next))
      const pressedAt = await desk.evaluate<number>(pressNext)
      times.push((await board.evaluate<number>("window.shownAt")) - pressedAt)
      await desk.until(`document.querySelector("button[value^='serve ']") !== null`)
      await desk.evaluate(`document.querySelector("button[value^='serve ']").click()`)
    }
    return times
  } finally {
    await browser.close()
  }
}

/** People were put there with numbers that nobody else has, and the button names the next. */
const nextNumber = `Number(/${String(firstNumber).slice(0, 3)}\\d+/.exec(document.querySelector("#do-next").textContent)[0])`

const pressNext = `(() => {
  const at = performance.timeOrigin + performance.now()
  document.querySelector("#do-next").click()
  return at
})()`

const watchFor = (number: number) => `void (window.shownAt = new Promise((resolve) => {
  const region = document.querySelector("[data-live]")
  new MutationObserver((_, observer) => {
    if (!region.textContent.includes("${number}")) return
    observer.disconnect()
    resolve(performance.timeOrigin + performance.now())
  }).observe(region, { childList: true, characterData: true, subtree: true })
}))`

interface Page {
  send(method: string, params: object): Promise<unknown>
  go(url: string): Promise<void>
  /** The value of an expression, awaited. */
  evaluate<T>(expression: string): Promise<T>
  /** Waits until an expression is true. */
  until(expression: string): Promise<void>
}

async function launch(path: string) {
  const profile = mkdtempSync(join(tmpdir(), "dawr-bench-browser-"))
  // The sandbox works neither for root nor in most containers, and only our own pages are opened here.
  const quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
  const plain = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0"]
  const child = Bun.spawn([path, ...plain, ...quiet, `--user-data-dir=${profile}`, "about:blank"], {
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
    waiting.set(++last, { resolve, reject })
    socket.send(JSON.stringify({ id: last, method, params, sessionId }))
    return promise
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
      child.kill()
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
    if (found) return found
  }
}
