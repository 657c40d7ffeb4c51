import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { violations } from "./axe.ts"
import { browser, desktop, newPage } from "./browser.ts"

/** As strict a policy as the real pages have: no script but their own, no markup from text. */
const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; require-trusted-types-for 'script'; trusted-types dawr"

const good = (lang: string, direction: string, body: string) =>
  `<!doctype html><html lang="${lang}" dir="${direction}"><head><title>Dawr</title></head><body><main>${body}</main></body></html>`

let server: ReturnType<typeof Bun.serve>

beforeAll(() => {
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url)
      if (pathname === "/page.js") {
        const script = `document.getElementById("zone").textContent = Intl.DateTimeFormat().resolvedOptions().timeZone`
        return new Response(script, { headers: { "content-type": "text/javascript" } })
      }
      if (pathname === "/bad.css") {
        return new Response(".pale { color: #ccc; background: #fff }", { headers: { "content-type": "text/css" } })
      }
      const asked = request.headers.get("accept-language") ?? ""
      const html =
        pathname === "/bad"
          ? `<!doctype html><html><head><title>x</title><link rel="stylesheet" href="/bad.css"></head>
             <body><main><h1>Slots</h1><img src="/x.png"><p class="pale">pale</p><input></main></body></html>`
          : good(
              "ar",
              "rtl",
              `<h1>دور</h1><p id="asked">${asked}</p><p id="zone">-</p><script src="/page.js"></script>`,
            )
      return new Response(html, {
        headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy },
      })
    },
  })
})

afterAll(() => server.stop(true))

describe("a reader's browser", () => {
  test("asks for the reader's language and sits in the reader's zone", async () => {
    const arabic = await newPage({ lang: "ar" })
    const english = await newPage({ lang: "en", timeZone: "Europe/Berlin", viewport: desktop })
    for (const page of [arabic, english]) await page.goto(server.url.href)
    expect(await arabic.locator("#asked").textContent()).toStartWith("ar")
    expect(await arabic.locator("#zone").textContent()).toBe("Asia/Riyadh")
    expect(await english.locator("#asked").textContent()).toStartWith("en")
    expect(await english.locator("#zone").textContent()).toBe("Europe/Berlin")
    expect(english.viewportSize()).toEqual(desktop)
  })

  test("without JavaScript runs none of the page's scripts", async () => {
    const page = await newPage({ javaScript: false })
    await page.goto(server.url.href)
    expect(await page.locator("#zone").textContent()).toBe("-")
  })

  test("shares nothing with the next reader but the program", async () => {
    const [first, second] = [await newPage(), await newPage({ baseURL: server.url.href })]
    await first.context().addCookies([{ name: "seen", value: "1", url: server.url.href }])
    expect(await second.context().cookies()).toBeEmpty()
    expect(first.context().browser()).toBe(await browser())
    expect(second.context().browser()).toBe(await browser())
  })
})

describe("the accessibility check", () => {
  test("finds nothing on a page that is well made, under its strict policy", async () => {
    const page = await newPage()
    await page.goto(server.url.href)
    expect(await violations(page)).toEqual([])
  })

  test("names each fault and where it is", async () => {
    const page = await newPage()
    await page.goto(new URL("/bad", server.url).href)
    const found = await violations(page)
    for (const fault of ["html-has-lang", "image-alt", "color-contrast", "label"]) {
      expect(found.some((line) => line.startsWith(`${fault} (`))).toBe(true)
    }
    expect(found.find((line) => line.startsWith("color-contrast"))).toContain(": p — Element has insufficient")
  })
})
