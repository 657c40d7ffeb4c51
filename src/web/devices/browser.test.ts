import { expect, test } from "bun:test"
import type { Page } from "playwright-core"
import { startSession } from "../../domain/access/sessions.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { violations } from "../../testing/axe.ts"
import { newContext, type Reader } from "../../testing/browser.ts"
import { asDevice, asStranger, asSupervisor, hearing } from "../../testing/screens.ts"
import { type TestServer, testServer } from "../../testing/server.ts"

/* Screens that get to their office, and what they leave to whoever comes next, in a real browser. */

const long = 90_000
const kioskSize = { width: 1080, height: 1920 }
const number = "1000000008"

const codeOn = async (page: Page) => (await page.locator("[data-code]").getAttribute("data-code")) ?? ""

/** Approves, on a phone, what the square on the screen leads to. */
async function approveOnPhone(server: TestServer, code: string, reader: Reader = {}): Promise<Page> {
  const { page } = await asSupervisor(server, { viewport: { width: 390, height: 844 }, ...reader })
  await page.goto(`/devices/pairing?code=${code}`)
  await page.fill("#name", "Entrance")
  await page.click("main form button[type=submit]")
  await page.waitForURL("**/devices?done=pairedNow")
  return page
}

/** From the language to the form for a number, as a finger goes. */
async function toTheForm(page: Page): Promise<void> {
  await page.click(".target-language[lang=en]")
  await page.click('a[href$="/services"]')
  await page.click('a[href*="service=PAS-10"]')
  await page.waitForSelector("[data-keypad]:not([hidden])")
}

async function type(page: Page, digits: string): Promise<void> {
  for (const digit of digits) await page.click(`[data-digit="${digit}"]`)
}

test(
  "a kiosk is paired from its own screen and gives its first number",
  async () => {
    const server = await testServer({ plan: { soonestMinutes: 0 } })
    const kiosk = await asStranger(server, { viewport: kioskSize })
    await kiosk.page.goto("/kiosk")
    expect(await violations(kiosk.page)).toEqual([])
    const code = await codeOn(kiosk.page)
    expect((await kiosk.page.locator(".pairing-code").textContent())?.replaceAll(" ", "")).toBe(code)
    expect(await kiosk.page.evaluate(() => document.cookie)).toBe("")

    await approveOnPhone(server, code)
    await kiosk.page.waitForURL(`**/kiosk/${server.office.code}`)
    await toTheForm(kiosk.page)
    await type(kiosk.page, number)
    await kiosk.page.click(".kiosk-form button[type=submit]")
    await kiosk.page.waitForSelector(".issued-number")
    expect(await kiosk.page.locator(".issued-number").textContent()).toBe("201")
    expect([...kiosk.troubles, ...server.bugs]).toEqual([])
  },
  long,
)

test(
  "a screen in which no script runs shows its code and goes on by itself",
  async () => {
    const server = await testServer()
    const context = await newContext({ javaScript: false, baseURL: server.origin })
    const page = await context.newPage()
    await page.goto(`/kiosk/${server.office.code}`)
    await approveOnPhone(server, await codeOn(page))
    await page.locator(".target-language").first().waitFor()
    expect(new URL(page.url()).pathname).toBe(`/kiosk/${server.office.code}`)
  },
  long,
)

test(
  "a key in the address is in no history",
  async () => {
    const server = await testServer()
    const key = (await server.device("board").token()) ?? ""
    const { page } = await asStranger(server)
    await page.goto(`/board/${server.office.code}?key=${key}`)
    await page.waitForSelector(".board-screen")
    expect(page.url()).toBe(`${server.origin}/board/${server.office.code}`)
    const session = await page.context().newCDPSession(page)
    const { entries } = await session.send("Page.getNavigationHistory")
    expect(entries.map(({ url }) => url).join(" ")).not.toContain("key=")
  },
  long,
)

test(
  "a kiosk and a board that are revoked leave what they show without anybody's touch",
  async () => {
    const server = await testServer()
    const [kiosk, board] = [await asDevice(server, "kiosk"), await asDevice(server, "board")]
    await kiosk.page.click(".target-language[lang=en]")
    await hearing(kiosk, board)
    const lead = await asSupervisor(server)
    await lead.page.goto("/devices?lang=en")
    expect(await lead.page.locator(".list .state-serving").count()).toBe(2)
    for (const kind of ["kiosk", "board"] as const) {
      await lead.page.goto(`/devices/${await server.deviceAt(kind, server.office.code)}`)
      await lead.page.click("form[action$='/revocation'] button")
      await lead.page.waitForURL("**/devices?done=revokedNow")
    }
    await kiosk.page.waitForSelector("[data-code^=K]")
    await board.page.waitForSelector("[data-code^=B]")
    expect([...lead.troubles, ...server.bugs]).toEqual([])
  },
  long,
)

/** What stands on the page, in its fields and in its address. */
const everything = (page: Page) =>
  page.evaluate(() => {
    const fields = [...document.querySelectorAll("input")].map(({ value }) => value)
    return [location.href, document.body.textContent, ...fields].join(" ")
  })

test(
  "after a number is given, neither back nor reload shows the next person anything",
  async () => {
    const server = await testServer({ plan: { soonestMinutes: 0 } })
    const { page } = await asDevice(server, "kiosk")
    const home = `${server.origin}/kiosk/${server.office.code}`
    await toTheForm(page)
    await type(page, number)
    await page.click(".kiosk-form button[type=submit]")
    await page.waitForSelector(".issued-number")
    await page.click("[data-done]")
    await page.waitForSelector(".target-language")
    for (let steps = 0; steps < 6; steps++) {
      await page.goBack({ waitUntil: "load" }).catch(() => null)
      await page.waitForURL((url) => url.href === home || url.protocol === "about:")
      const left = page.url().startsWith("about:") ? "" : await everything(page)
      expect(left).not.toContain(number)
      expect(left).not.toMatch(/issued-number|\b201\b/)
      if (page.url().startsWith("about:")) break
    }

    await page.goto(home)
    await toTheForm(page)
    await type(page, "1000000016")
    await page.click(".kiosk-form button[type=submit]")
    await page.waitForSelector(".issued-number")
    await page.reload()
    await page.waitForSelector(".target-language")
    expect(page.url()).toBe(home)
    expect(await everything(page)).not.toMatch(/1000000016|issued-number/)
  },
  long,
)

test(
  "a number that was refused is not sent again by whoever comes next and presses reload or back",
  async () => {
    const server = await testServer({ plan: { soonestMinutes: 0 } })
    const { page } = await asDevice(server, "kiosk")
    const home = `${server.origin}/kiosk/${server.office.code}`
    await toTheForm(page)
    await type(page, "1000000099")
    await page.locator("input[name=number]").fill("3000000000")
    await page.click(".kiosk-form button[type=submit]")
    await page.waitForSelector("[data-sent]")
    const sent: string[] = []
    page.on("request", (request) => request.method() === "POST" && sent.push(request.url()))
    await page.reload()
    await page.waitForSelector(".target-language")
    expect(page.url()).toBe(home)
    await page.goBack().catch(() => null)
    await page.waitForURL((url) => url.href === home || url.protocol === "about:")
    expect(sent.filter((url) => url.endsWith("/number"))).toEqual([])
  },
  long,
)

test(
  "a screen with a number wipes itself after twenty seconds; who reads slowly has them again; nothing is kept by the browser",
  async () => {
    const server = await testServer({ plan: { soonestMinutes: 0 } })
    const { page } = await asDevice(server, "kiosk")
    await toTheForm(page)
    expect(await page.locator("input:not([type=hidden]):not([type=radio])").count()).toBeGreaterThan(0)
    for (const field of await page.locator("input:not([type=hidden]):not([type=radio])").all()) {
      expect(await field.getAttribute("autocomplete")).toBe("off")
    }
    await type(page, number)
    await page.clock.install()
    await page.click(".kiosk-form button[type=submit]")
    await page.waitForSelector(".issued-number")
    await page.clock.runFor(19_000)
    await page.click("[data-extend]")
    await page.clock.runFor(19_000)
    expect(await page.locator(".issued-number").count()).toBe(1)
    await page.clock.runFor(1_000)
    await page.waitForSelector(".target-language")
    const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length])
    expect(kept).toEqual([0, 0])
  },
  long,
)

/** An administrator of all offices, with a passkey of this very moment. */
async function asAdministrator(server: TestServer, reader: Reader): Promise<Page> {
  const { office } = server
  const given = { login: "admin", name: { ar: "مدير", en: "Admin" }, passwordHash: "-", role: "administrator" as const }
  const now = office.clock.real()
  const { token } = await office.write(async (tx) => {
    const subject = await addStaff(tx, { ...given, scopeKind: "all", scope: "" }, "test")
    const who = { kind: "staff" as const, subject, role: given.role, factors: "passkey", userAgent: "", provenAt: now }
    return startSession(tx, who, now)
  })
  const screen = await asStranger(server, reader)
  await screen.page.context().addCookies([{ name: "sid", value: token, url: server.origin }])
  return screen.page
}

for (const lang of ["ar", "en"] as const) {
  test(
    `a key just made and a code that a screen shows fit a small phone and axe finds nothing, in ${lang}`,
    async () => {
      const server = await testServer()
      const reader = { lang, viewport: { width: 320, height: 640 } }
      const { page: stranger } = await asStranger(server, reader)
      await stranger.goto("/kiosk")
      const code = await codeOn(stranger)
      const page = await asAdministrator(server, reader)
      await page.goto("/keys/new")
      await page.fill("#name", "Reports")
      await page.locator("input[value='facts:read']").check()
      await page.click("main form button[type=submit]")
      await page.waitForSelector("#made-key")
      const look = async (path: string) => {
        const wider = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        expect([path, wider, await violations(page)]).toEqual([path, 0, []])
      }
      await look("the key that was made")
      await page.goto(`/devices/pairing?code=${code}`)
      await look("a code that a screen shows")
      expect(server.bugs).toEqual([])
    },
    long,
  )
}
