import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import type { Page } from "playwright-core"
import { helped, understood } from "../cli/usage.ts"
import { newContext, type Reader } from "./browser.ts"
import { cleanUp } from "./cleanup.ts"
import { ownFolder, runServer } from "./process.ts"

/*
 *   npm run screens
 *
 * Starts a demonstration of its own and takes the pictures of docs/screens anew, so that they never show what is no longer so.
 * Its server stands at a free port and is given none of our settings, so that neither another server nor an agency's keys come into them.
 */

const usage =
  "Usage: npm run screens\n\nTakes the pictures of docs/screens anew, over the old ones. It takes no options.\n"

interface Demo {
  origin: string
  citizens: { nationalId: string; password: string; token: string }[]
  agents: { counter: string; login: string; password: string; token: string }[]
  supervisors: { login: string; password: string }[]
  administrators: { login: string; password: string }[]
  kiosks: { url: string; token: string }[]
  boards: { url: string }[]
}

const office = "RUH-RML"
const out = join(import.meta.dir, "..", "..", "docs", "screens")
const phone = { width: 390, height: 844 }
const desk = { width: 1440, height: 900 }
const wall = { width: 1920, height: 1080 }
const kiosk = { width: 1080, height: 1920 }

/** Making a demonstration takes seconds; whoever has waited this long waits for nothing. */
const readyWithin = 60_000

async function main(): Promise<void> {
  const folder = ownFolder()
  const server = runServer(folder, { DEMO: "1" })
  const origin = await Promise.race([server.origin(), Bun.sleep(readyWithin)])
  if (!origin) throw new Error(`the server was not ready within ${readyWithin / 1000} s; it said:\n${server.said()}`)
  mkdirSync(out, { recursive: true })
  await takeAll(origin, JSON.parse(readFileSync(join(folder, "data", "demo.json"), "utf8")) as Demo)
  process.stdout.write(`The pictures are in ${out}\n`)
}

async function takeAll(origin: string, demo: Demo): Promise<void> {
  async function api(token: string, path: string, body: object = {}) {
    const answer = await fetch(`${origin}/api/v1${path}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    })
    return answer.status === 204 ? null : ((await answer.json()) as Record<string, string>)
  }

  async function picture(
    name: string,
    reader: Reader,
    show: (page: Page) => Promise<unknown>,
    full = false,
  ): Promise<void> {
    const context = await newContext({ ...reader, baseURL: origin })
    const page = await context.newPage()
    await show(page)
    await page.waitForLoadState("networkidle").catch(() => null)
    await page.waitForTimeout(400)
    await page.screenshot({ path: join(out, `${name}.png`), fullPage: full })
    await context.close()
  }

  const [citizen] = demo.citizens
  const walkIn = await api(demo.kiosks[0]?.token ?? "", `/offices/${office}/tickets`, {
    service: "PAS-04",
    nationalId: "1000000024",
  })
  const link = walkIn?.["link"] ?? ""
  const slots = (await (await fetch(`${origin}/api/v1/offices/${office}/slots?service=PAS-01&days=3`)).json()) as {
    days: { slots: { id: string; free: number }[] }[]
  }
  const slot = slots.days.at(1)?.slots.find(({ free }) => free > 0)?.id ?? ""
  const booking = await api(citizen?.token ?? "", "/bookings", { office, service: "PAS-01", slot })
  const agent = demo.agents[3]
  const asCitizen = (then: string) =>
    signIn("/sign-in", "number", citizen?.nationalId ?? "", citizen?.password ?? "", then)
  const asAgent = signIn("/staff", "login", agent?.login ?? "", agent?.password ?? "", "/desk")
  const lead = demo.supervisors[0]
  const asLead = (then: string) => signIn("/staff", "login", lead?.login ?? "", lead?.password ?? "", then)
  const chief = demo.administrators[0]
  const asChief = (then: string) => signIn("/staff", "login", chief?.login ?? "", chief?.password ?? "", then)

  for (const lang of ["ar", "en"] as const) {
    const at = (path: string) => (page: Page) => page.goto(path)
    await picture(`home-phone-${lang}`, { lang, viewport: phone }, asCitizen("/"), true)
    await picture(`service-phone-${lang}`, { lang, viewport: phone }, at("/services/PAS-01"), true)
    await picture(`slots-phone-${lang}`, { lang, viewport: phone }, at(`/offices/${office}/slots?service=PAS-01`))
    await picture(`slots-desktop-${lang}`, { lang, viewport: desk }, at(`/offices/${office}/slots?service=PAS-01`))
    await picture(`slip-phone-${lang}`, { lang, viewport: phone }, asCitizen(`/bookings/${booking?.["id"]}/slip`), true)
    await picture(`sign-in-phone-${lang}`, { lang, viewport: phone }, at("/sign-in"))
    await picture(`ticket-phone-${lang}`, { lang, viewport: phone }, at(link))
    await picture(`ticket-phone-dark-${lang}`, { lang, viewport: phone, colorScheme: "dark" }, at(link))
    await picture(`board-${lang}`, { lang, viewport: wall }, at(demo.boards[0]?.url ?? ""))
    await picture(`kiosk-start-${lang}`, { lang, viewport: kiosk }, async (page) => {
      await page.goto(demo.kiosks[0]?.url ?? "")
      await page.goto(`/kiosk/${office}/start?lang=${lang}`)
    })
    await picture(`day-${lang}`, { lang, viewport: desk }, asLead(`/day/${office}`), true)
    await picture(`security-phone-${lang}`, { lang, viewport: phone }, asCitizen("/account/security"), true)
    await picture(`data-phone-${lang}`, { lang, viewport: phone }, asCitizen("/account/data"), true)
    await picture(`inbox-phone-${lang}`, { lang, viewport: phone }, asCitizen("/inbox"))
    await picture(`household-phone-${lang}`, { lang, viewport: phone }, asCitizen("/account/household"), true)
    await picture(`visitor-phone-${lang}`, { lang, viewport: phone }, at("/sign-in/visitor"))
    await picture(`staff-${lang}`, { lang, viewport: desk }, asChief("/staff/people"))
    await picture(`approval-${lang}`, { lang, viewport: desk }, async (page) => {
      await asChief("/staff/people")(page)
      await page.click("main a[href^='/staff/requests/']")
    })
    await picture(`devices-${lang}`, { lang, viewport: desk }, asLead("/devices"), true)
    await picture(`not-there-phone-${lang}`, { lang, viewport: phone }, at("/nothing-here"))
  }

  const half = async (page: Page) => {
    await page.goto("/sign-in")
    await page.fill("input[name=number]", citizen?.nationalId ?? "")
    await page.fill("input[name=password]", citizen?.password ?? "")
    await Promise.all([page.waitForURL("**/sign-in/second"), page.click("main button[type=submit]")])
  }
  await picture("second-step-phone-ar", { lang: "ar", viewport: phone }, half)
  await picture("second-step-phone-dark-en", { lang: "en", viewport: phone, colorScheme: "dark" }, half)
  await picture("refused-phone-ar", { lang: "ar", viewport: phone }, async (page) => {
    await page.goto("/sign-in")
    await page.fill("input[name=number]", "1000000008")
    await page.fill("input[name=password]", "wrong")
    await Promise.all([page.waitForLoadState("load"), page.click("main button[type=submit]")])
  })
  await picture("pairing-kiosk-ar", { lang: "ar", viewport: kiosk }, (page) => page.goto(`/kiosk/${office}`))
  await picture("board-offline-ar", { lang: "ar", viewport: wall }, async (page) => {
    await page.goto(demo.boards[0]?.url ?? "")
    await page.waitForSelector('html[data-live-state="live"]')
    await page.context().setOffline(true)
    await page.waitForSelector('html[data-live-state="away"]')
  })

  // From here on a counter works: its agent calls the person with the ticket above.
  await api(agent?.token ?? "", `/counters/${agent?.counter}/opening`)
  await picture("desk-idle-ar", { lang: "ar", viewport: desk }, asAgent)
  await picture("board-call-ar", { lang: "ar", viewport: wall }, async (page) => {
    await page.goto(demo.boards[0]?.url ?? "")
    await page.waitForSelector('html[data-live-state="live"]')
    await api(agent?.token ?? "", `/tickets/${walkIn?.["id"]}/call`)
    await page.waitForSelector("#board-flash:not([hidden])")
  })
  await picture("ticket-called-phone-ar", { lang: "ar", viewport: phone }, (page) => page.goto(link))
  await api(agent?.token ?? "", `/tickets/${walkIn?.["id"]}/serve`)
  for (const lang of ["ar", "en"] as const) {
    await picture(`desk-${lang}`, { lang, viewport: desk }, asAgent)
    await picture(`desk-dark-${lang}`, { lang, viewport: desk, colorScheme: "dark" }, asAgent)
  }
  await picture("board-light-en", { lang: "en", viewport: wall }, async (page) => {
    await page.goto(demo.boards[0]?.url ?? "")
    await page.goto(`/board/${office}?theme=light`)
  })
}

const signIn = (path: string, field: string, name: string, password: string, then: string) => async (page: Page) => {
  await page.goto(path)
  await page.fill(`input[name=${field}]`, name)
  await page.fill("input[name=password]", password)
  await Promise.all([page.waitForURL("**/sign-in/second"), page.click("main button[type=submit]")])
  // The demonstration's code stands for a passkey, and the page has filled it in.
  await Promise.all([
    page.waitForURL((url) => !url.pathname.startsWith("/sign-in")),
    page.click("form[action='/sign-in/code'] button"),
  ])
  await page.goto(then)
}

const args = process.argv.slice(2)
if (helped(args, usage)) process.exit(0)
understood(() => parseArgs({ args, options: {} }), usage)

let code = 1
try {
  await main()
  code = 0
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.stack : thrown}\n`)
} finally {
  await cleanUp()
}
process.exit(code)
