import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Page } from "playwright-core"
import { newContext } from "../testing/browser.ts"
import { type Assets, openAssets } from "../web/assets.ts"

let server: ReturnType<typeof Bun.serve>
let assets: Assets

beforeAll(async () => {
  const root = mkdtempSync(join(tmpdir(), "dawr-chime-"))
  mkdirSync(join(root, "src", "client", "pages"), { recursive: true })
  // On "#early" it rings by itself, before anybody has touched the page: a question from the test would already count as a touch.
  const hall = `import { openChime } from "${import.meta.dir}/chime.ts"
    const chime = (globalThis.chime = openChime())
    if (location.hash === "#early") {
      chime.ring({ number: 101, counter: 1, calls: 1, at: Date.now() }, ["/20.wav"])
      const heard = chime.isHeard
      chime.silence().then(() => console.log(JSON.stringify({ heard, played: globalThis.played.length })))
    }`
  writeFileSync(join(root, "src", "client", "pages", "hall.ts"), hall)
  assets = await openAssets({
    root,
    look: { name: { ar: "دَوْر", en: "Dawr" }, logo: null, accent: null, accentDark: null },
  })
  rmSync(root, { recursive: true })
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url)
      if (pathname.startsWith("/assets/")) return assets.serve(request)
      if (pathname === "/missing.wav") return new Response(null, { status: 404 })
      const tone = /^\/(\d+)\.wav$/.exec(pathname)?.[1]
      if (tone) return new Response(new Uint8Array(wav(Number(tone))), { headers: { "Content-Type": "audio/wav" } })
      const page = `<!doctype html><html><head><title>Hall</title></head><body><button>x</button><script type="module" src="${assets.url("hall.js")}"></script></body></html>`
      return new Response(page, { headers: { "Content-Type": "text/html; charset=utf-8" } })
    },
  })
})

afterAll(() => server.stop(true))

/** Silence of so many milliseconds: 8 kHz, 8 bit, mono. */
function wav(milliseconds: number): Buffer {
  const samples = milliseconds * 8
  const head = Buffer.alloc(44)
  head.write("RIFF", 0)
  head.writeUInt32LE(36 + samples, 4)
  head.write("WAVEfmt ", 8)
  // Chunk size, channels, rate, bytes a second, bytes a sample, bits.
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8000, 24)
  head.writeUInt32LE(8000, 28)
  head.writeUInt16LE(1, 32)
  head.writeUInt16LE(8, 34)
  head.writeUInt32LE(samples, 40)
  head.write("data", 36)
  return Buffer.concat([head, Buffer.alloc(samples, 128)])
}

/** Runs in the page, before its own scripts. */
function noteWhatIsPlayed(): void {
  const played: string[] = []
  Object.assign(globalThis, { played })
  const start = AudioBufferSourceNode.prototype.start
  AudioBufferSourceNode.prototype.start = function () {
    const clip = Math.round((this.buffer?.duration ?? 0) * 1000)
    played.push(`${clip} begins`)
    // Noted before the page's own handler, which begins the next clip.
    const { onended } = this
    this.onended = (event) => {
      played.push(`${clip} ends`)
      onended?.call(this, event)
    }
    start.call(this)
  }
}

/** A page in a hall, in which it is noted which clip the sound device began and ended, in order. */
async function hall(): Promise<Page> {
  const context = await newContext()
  const page = await context.newPage()
  await page.addInitScript(noteWhatIsPlayed)
  await page.goto(server.url.href)
  await page.waitForFunction(() => "chime" in globalThis)
  return page
}

const played = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const all = globalThis as unknown as { chime: { silence(): Promise<void> }; played: string[] }
    await all.chime.silence()
    return all.played
  })

interface Ring {
  number?: number
  counter?: number
  calls?: number
  secondsAgo?: number
}

const ring = (page: Page, call: Ring, clips: number[] | string[]) =>
  page.evaluate(
    ({ call, clips }) => {
      const { chime } = globalThis as unknown as { chime: { ring(call: object, clips: string[]): boolean } }
      const { secondsAgo = 0, ...named } = call
      const at = Date.now() - secondsAgo * 1000
      return chime.ring({ number: 101, counter: 1, calls: 1, ...named, at }, clips)
    },
    { call, clips: clips.map((clip) => `/${clip}.wav`) },
  )

const wake = async (page: Page) => {
  await page.click("button")
  await page.evaluate(() => (globalThis as unknown as { chime: { wake(): Promise<void> } }).chime.wake())
}

const whole = (clip: number) => [`${clip} begins`, `${clip} ends`]

test("two calls in the same instant are heard one after the other, each whole and in order", async () => {
  const page = await hall()
  await wake(page)
  await page.evaluate(() => {
    const { chime } = globalThis as unknown as { chime: { ring(call: object, clips: string[]): boolean } }
    chime.ring({ number: 101, counter: 1, calls: 1, at: Date.now() }, ["/120.wav", "/60.wav", "/80.wav"])
    chime.ring({ number: 102, counter: 2, calls: 1, at: Date.now() }, ["/120.wav", "/70.wav"])
  })
  expect(await played(page)).toEqual([120, 60, 80, 120, 70].flatMap(whole))
})

test("a call rings once, though it is told twice and the page is loaded again; a recall rings again", async () => {
  const page = await hall()
  await wake(page)
  expect(await ring(page, {}, [20])).toBe(true)
  expect(await ring(page, {}, [20])).toBe(false)
  expect(await played(page)).toEqual(whole(20))
  await page.reload()
  await page.waitForFunction(() => "chime" in globalThis)
  await wake(page)
  expect(await ring(page, {}, [20])).toBe(false)
  expect(await ring(page, { calls: 2 }, [20])).toBe(true)
  expect(await ring(page, { counter: 2 }, [20])).toBe(true)
  expect(await played(page)).toEqual([...whole(20), ...whole(20)])
})

test("a call that is older than a minute sends nobody to a counter", async () => {
  const page = await hall()
  await wake(page)
  expect(await ring(page, { number: 101, secondsAgo: 70 }, [20])).toBe(false)
  expect(await ring(page, { number: 102, secondsAgo: 50 }, [20])).toBe(true)
  expect(await played(page)).toEqual(whole(20))
})

test("a clip that is missing leaves the others to be heard", async () => {
  const page = await hall()
  await wake(page)
  await ring(page, {}, ["20", "missing", "30"])
  expect(await played(page)).toEqual([...whole(20), ...whole(30)])
})

test("a page that may not be heard yet says so, and keeps nobody waiting", async () => {
  const page = await (await newContext()).newPage()
  await page.addInitScript(noteWhatIsPlayed)
  const said = page.waitForEvent("console", (message) => message.type() === "log")
  await page.goto(`${server.url.href}#early`)
  expect(JSON.parse((await said).text())).toEqual({ heard: false, played: 0 })
  await wake(page)
  await ring(page, { number: 102 }, [30])
  expect(await played(page)).toEqual(whole(30))
})
