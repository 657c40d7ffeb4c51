import { afterEach, describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Page } from "playwright-core"
import { newPage } from "../testing/browser.ts"
import { board, type Hall, handTimers, liveHall, ticketId } from "../testing/live.ts"
import { type Assets, openAssets } from "../web/assets.ts"

const topic = "board:RUH-RML"
const own = join(import.meta.dir)

/** The pages of this test have modules of their own beside the real ones. */
async function assetsWith(modules: Record<string, string>): Promise<Assets> {
  const root = mkdtempSync(join(tmpdir(), "dawr-pages-"))
  const folder = join(root, "src", "client", "pages")
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(modules)) writeFileSync(join(folder, name), text)
  const assets = await openAssets({
    root,
    look: { name: { ar: "دَوْر", en: "Dawr" }, logo: null, accent: null, accentDark: null },
  })
  rmSync(root, { recursive: true })
  return assets
}

interface Stage extends Hall {
  /** What the page's body holds. */
  body: string
  /** How the request for a one-time ticket is answered; by default with a ticket. */
  ticketStatus: number
  asked: { token: string | null }[]
}

const open: Hall[] = []

afterEach(async () => {
  for (const { close, errors, office } of open.splice(0)) {
    await close()
    await office.close()
    expect(errors).toEqual([])
  }
})

/** An office whose pages carry the policy that the real ones carry. */
async function stage(modules: Record<string, string> = {}): Promise<Stage> {
  const assets = await assetsWith({
    "live.ts": `import { listen } from "${own}/live.ts"\nlisten()`,
    // A second module of the same page, as a board has one: what both use must be loaded once.
    "second.ts": `import { listen } from "${own}/live.ts"\nglobalThis.live = listen()`,
    ...modules,
  })
  const timers = handTimers()
  const stage: Stage = Object.assign(await liveHall({ timers, pages: answer }), {
    body: "",
    ticketStatus: 200,
    asked: [],
  })
  open.push(stage)
  stage.letIn("board", board())

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith("/assets/")) return assets.serve(request)
    if (pathname === "/live/ticket") {
      stage.asked.push({ token: request.headers.get("x-form-token") })
      if (stage.ticketStatus !== 200) return new Response(null, { status: stage.ticketStatus })
      return Response.json({ ticket: stage.hub.issueTicket(board(), "board") })
    }
    if (pathname !== "/") return new Response(null, { status: 404 })
    const nonce = "bm9uY2U"
    const scripts = ["live.js", "second.js", ...Object.keys(modules).map((name) => name.replace(".ts", ".js"))]
    const head = scripts
      .map((name) => `<script type="module" nonce="${nonce}" src="${assets.url(name)}"></script>`)
      .join("")
    return new Response(
      `<!doctype html><html lang="ar" dir="rtl" data-now="${Date.now() + 3_600_000}" data-zone="Asia/Riyadh">
       <head><title>Dawr</title><meta name="csrf" content="form-token">${head}</head><body>${stage.body}</body></html>`,
      {
        headers: {
          "Content-Type": "text/html; charset=utf-8",
          "Set-Cookie": "sid=board; HttpOnly; SameSite=Lax",
          "Content-Security-Policy": `default-src 'none'; script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types dawr`,
        },
      },
    )
  }
  return stage
}

const violations = new WeakMap<Page, string[]>()

/** Opens the page and notes whatever the policy forbids it. */
async function visit({ origin }: Hall): Promise<Page> {
  const page = await newPage()
  const said: string[] = []
  violations.set(page, said)
  await page.addInitScript(() => {
    const noted: string[] = []
    Object.assign(globalThis, { noted })
    document.addEventListener("securitypolicyviolation", (event) => {
      noted.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`)
    })
  })
  page.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource|WebSocket connection/.test(message.text()))
      said.push(message.text())
  })
  page.on("pageerror", (error) => said.push(String(error)))
  await page.goto(`${origin}/`)
  return page
}

async function nothingForbidden(page: Page): Promise<void> {
  expect(await page.evaluate(() => (globalThis as unknown as { noted: string[] }).noted)).toEqual([])
  expect(violations.get(page)).toEqual([])
}

const live = (page: Page) => page.locator("html[data-live-state=live]").waitFor({ state: "attached" })
const shows = (page: Page, text: string) => page.locator("[data-live]", { hasText: text }).waitFor()

describe("a page with a live region", () => {
  test("follows the hall under the strictest policy, and keeps focus, what is open and what is typed", async () => {
    const hall = await stage()
    const form = `<button id="go">Go</button><input id="typed" value=""><input id="free" value="as given">
      <select id="pick"><option>a</option><option>b</option></select><details id="more"><summary>More</summary>…</details>`
    hall.html = (
      _,
      shown,
    ) => `<p id="what">${(shown.called as { number: number }[]).map(({ number }) => number)}</p>${form}
      <table><tbody><tr id="row"><td>${(shown.called as unknown[]).length}</td></tr></tbody></table><i data-live-keep></i>`
    hall.body = `<div data-live="${topic}" data-seq="1" data-live-ack><p id="what"></p>${form}<i data-live-keep>kept</i></div>`
    const page = await visit(hall)
    await live(page)
    expect(hall.asked[0]?.token).toBe("form-token")

    await page.fill("#typed", "1000000008")
    await page.selectOption("#pick", "b")
    await page.click("summary")
    await page.focus("#go")
    const seq = await hall.call(101)
    await shows(page, "101")
    expect(await page.inputValue("#typed")).toBe("1000000008")
    expect(await page.inputValue("#pick")).toBe("b")
    expect(await page.locator("#more").evaluate((details) => (details as HTMLDetailsElement).open)).toBe(true)
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("go")
    expect(await page.locator("#row").textContent()).toBe("1")
    expect(await page.locator("i").textContent()).toBe("kept")
    expect(await page.locator("[data-live]").getAttribute("data-seq")).toBe(String(seq))

    const wall = { kind: "board", office: "RUH-RML" } as const
    while (hall.hub.shown(wall)[0]?.shown?.seq !== seq) await page.evaluate(() => new Promise(requestAnimationFrame))
    await nothingForbidden(page)
  })

  test("has one wire, however many modules and regions it carries, and tells its modules of every change", async () => {
    const hall = await stage()
    hall.body = `<div data-live="${topic}"></div><aside data-live="${topic}" data-view="short"></aside>
      <script type="application/json" data-live="${topic}" data-live-as="json"></script>`
    const page = await visit(hall)
    await page.evaluate(() => {
      const heard: unknown[] = []
      Object.assign(globalThis, { heard })
      document.addEventListener("dawr:change", (event) => {
        const { view, content, isSnapshot } = (event as CustomEvent).detail
        heard.push([view, typeof content, isSnapshot])
      })
    })
    await live(page)
    expect(hall.hub.numbers()).toMatchObject({ sockets: 1, topics: 3 })
    await page.evaluate(() => (globalThis as unknown as { heard: unknown[] }).heard.splice(0))
    await hall.call(101)
    await page.waitForFunction(() => (globalThis as unknown as { heard: unknown[] }).heard.length === 3)
    const heard = await page.evaluate(() => (globalThis as unknown as { heard: unknown[] }).heard)
    expect(heard).toContainEqual([null, "string", false])
    expect(heard).toContainEqual(["short", "string", false])
    expect(heard).toContainEqual([null, "object", false])
    await nothingForbidden(page)
  })

  test("asks for all the views of a topic at once, and so stays within what the house hears of a page", async () => {
    const hall = await stage()
    const views = ["short", "long", "wide"]
    hall.body = views.map((view) => `<div data-live="${topic}" data-view="${view}"></div>`).join("")
    const page = await newPage()
    const said: unknown[] = []
    page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => said.push(JSON.parse(String(payload)))))
    await page.goto(`${hall.origin}/`)
    // Only one of them is there; the others are refused.
    await page.locator('[data-view="short"] p').waitFor({ state: "attached" })
    expect(said.slice(1)).toEqual([{ sub: [topic], as: "html", view: views }])
  })

  test("follows a region that a module adds later, and forgets one that is taken away", async () => {
    const hall = await stage()
    const page = await visit(hall)
    await page.waitForFunction(() => "live" in globalThis)
    expect(hall.hub.numbers().sockets).toBe(0)
    const rescan = (change: () => void) => page.evaluate(`(${change})(); globalThis.live.rescan()`)
    await rescan(() => {
      const region = document.createElement("div")
      region.dataset["live"] = "board:RUH-RML"
      document.body.append(region)
    })
    await live(page)
    await hall.call(101)
    await shows(page, "101")
    await rescan(() => document.querySelector("[data-live]")?.remove())
    while (hall.hub.numbers().topics > 0) await page.evaluate(() => new Promise(requestAnimationFrame))
  })

  test("says since when it is away, by the office's clock, comes back by itself and shows what it missed", async () => {
    const hall = await stage()
    hall.body = `<p data-live-since="لا تحديث منذ {time}"></p><div data-live="${topic}"></div>`
    const page = await visit(hall)
    await live(page)
    hall.ticketStatus = 503
    hall.hub.endSession("board")
    await page.locator("html[data-live-state=away]").waitFor({ state: "attached" })
    const wall = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Riyadh", hour: "2-digit", minute: "2-digit" })
    const said = (await page.locator("[data-live-since]").textContent()) ?? ""
    const around = [-60_000, 0, 60_000].map((off) => `لا تحديث منذ ${wall.format(Date.now() + 3_600_000 + off)}`)
    expect(around).toContain(said)

    await hall.call(101)
    hall.ticketStatus = 200
    await live(page)
    await shows(page, "101")
    expect(await page.locator("[data-live-since]").textContent()).toBe("")
    await nothingForbidden(page)
  }, 30_000)

  test("notices a hole and asks for what it missed", async () => {
    const hall = await stage()
    hall.body = `<div data-live="${topic}"></div>`
    const page = await newPage()
    const dropped = Promise.withResolvers<void>()
    let isDeaf = true
    const asked: unknown[] = []
    await page.routeWebSocket(/\/live$/, (socket) => {
      const server = socket.connectToServer()
      socket.onMessage((frame) => {
        asked.push(JSON.parse(String(frame)))
        server.send(frame)
      })
      // Of all changes the first is lost on its way.
      server.onMessage((frame) => {
        if (!isDeaf || !String(frame).includes('"change"')) return socket.send(frame)
        isDeaf = false
        dropped.resolve()
      })
    })
    await page.goto(`${hall.origin}/`)
    await live(page)
    const have = Number(await page.locator("[data-live]").getAttribute("data-seq"))
    await hall.call(101)
    await dropped.promise
    const last = await hall.call(102)
    await page.locator(`[data-seq="${last}"]`).waitFor({ state: "attached" })
    await shows(page, "102")
    expect(asked).toContainEqual({ sub: [topic], as: "html", since: have })
  })

  test("whose session is over says so and stops asking", async () => {
    const hall = await stage()
    hall.body = `<div data-live="${topic}"></div>`
    const page = await visit(hall)
    await live(page)
    const told = page.evaluate(
      () => new Promise((resolve) => document.addEventListener("dawr:signed-out", () => resolve("told"))),
    )
    hall.ticketStatus = 401
    hall.hub.endSession("board")
    expect(await told).toBe("told")
    await page.locator("html[data-live-state=away]").waitFor({ state: "attached" })
  })

  test("of a ticket follows it by its link, and speaks only when it matters", async () => {
    const hall = await stage({
      "ticket.ts": `import { listen } from "${own}/live.ts"
        import { followTicket, prepareVoices } from "${own}/announce.ts"
        prepareVoices()
        const region = document.querySelector("[data-live]")
        const said = (globalThis.said = [])
        const follow = followTicket(region, (words, how) => said.push([how, words]))
        region.addEventListener("dawr:change", follow)
        follow()
        listen()`,
    })
    hall.html = (_, shown) =>
      `<p data-ticket data-state="${shown.state === "ticket.called" ? "called" : "waiting"}" data-ahead="${shown.ahead}" data-say="ahead ${shown.ahead}"></p>`
    for (let number = 101; number <= 106; number++) await hall.issue(number)
    const id = ticketId(106)
    hall.body = `<main data-capability="${id}.secret-of-${id}"><div data-live="ticket:${id}"><p data-ticket data-state="waiting" data-ahead="5" data-say="ahead 5"></p></div></main>`
    const page = await visit(hall)
    await live(page)
    expect(hall.asked).toEqual([])
    const timers = hall.timers as ReturnType<typeof handTimers>
    for (let number = 101; number <= 104; number++) {
      await hall.call(number)
      timers.advance(300)
      await page.locator(`[data-ahead="${105 - number}"]`).waitFor({ state: "attached" })
    }
    await hall.call(106)
    await page.locator("[data-state=called]").waitFor({ state: "attached" })
    expect(await page.evaluate(() => (globalThis as unknown as { said: unknown }).said)).toEqual([
      ["polite", "ahead 3"],
      ["polite", "ahead 2"],
      ["polite", "ahead 1"],
      ["assertive", "ahead 0"],
    ])
    expect(await page.locator("[aria-live]").count()).toBe(2)
    await nothingForbidden(page)
  })
})
