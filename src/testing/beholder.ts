import { eq } from "drizzle-orm"
import type { BrowserContext, CDPSession, Page } from "playwright-core"
import { staff } from "../../db/schema/access.ts"
import { startSession } from "../domain/access/sessions.ts"
import type { Lang } from "../i18n/lang.ts"
import { takeAxeAlong } from "./axe.ts"
import { newContext, phone } from "./browser.ts"
import type { Scene } from "./scene.ts"
import type { TestServer } from "./server.ts"
import type { Visit, Who } from "./visits/visit.ts"

interface Eyes {
  context: BrowserContext
  page: Page
  tools: CDPSession
  /** What the page has complained of since it was opened: scripts that failed, parts that are missing, what its policy would not let it do. */
  troubles: string[]
}

export type Beholder = ReturnType<typeof openBeholder>

/** What a page is put together from; none of it may be missing. */
const parts = new Set(["script", "stylesheet", "font", "image", "media"])

/** Looks at one page after the other as whoever may see it, with one window for each language: profiles are slow to make. */
export function openBeholder(scene: Scene) {
  const eyes = new Map<Lang, Promise<Eyes>>()
  const cookies = new Map<string, Promise<{ name: string; value: string } | null>>()

  async function open(lang: Lang): Promise<Eyes> {
    const context = await newContext({ lang, reducedMotion: "reduce" })
    const page = await context.newPage()
    await takeAxeAlong(page)
    const troubles: string[] = []
    page.on("console", (message) => {
      const isAboutTheNetwork = /status of|net::ERR|WebSocket connection/.test(message.text())
      if (message.type() === "error" && !isAboutTheNetwork) troubles.push(message.text())
    })
    page.on("pageerror", (error) => troubles.push(error.message))
    page.on("response", (response) => {
      const isMissing = response.status() >= 400 && parts.has(response.request().resourceType())
      if (isMissing) troubles.push(`${response.status()} for ${new URL(response.url()).pathname}`)
    })
    return { context, page, tools: await context.newCDPSession(page), troubles }
  }

  /** One session for both languages: some people may have but one at a time. */
  function cookieFor(scene: Scene, server: TestServer, who: Who): Promise<{ name: string; value: string } | null> {
    const key = `${server.origin} ${JSON.stringify(who)}`
    const made = cookies.get(key) ?? cookieOf(scene, server, who)
    cookies.set(key, made)
    return made
  }

  return {
    /** Goes there, signed in or paired as the visit says, and does what it says comes first. */
    async visit(visit: Visit, lang: Lang, size: { width: number; height: number } = phone) {
      const own = eyes.get(lang) ?? open(lang)
      eyes.set(lang, own)
      const { context, page, tools, troubles } = await own
      troubles.length = 0
      const server = visit.at === undefined ? scene.full : scene[visit.at]
      const cookie = await cookieFor(scene, server, visit.who)
      await context.setOffline(false)
      await context.clearCookies()
      if (cookie) await context.addCookies([{ ...cookie, url: server.origin }])
      await page.setViewportSize({ width: size.width, height: size.height })
      const address = server.origin + visit.path(scene)
      // From one part of a page to another there is no answer.
      if (page.url().split("#")[0] === address.split("#")[0]) await goTo(page, "about:blank")
      const answer = await goTo(page, address)
      await visit.first?.(page, scene)
      if (visit.isOffline) {
        await page.waitForLoadState("networkidle")
        await context.setOffline(true)
        await page.locator("html[data-live-state=away]").waitFor({ state: "attached" })
      }
      await page.evaluate(() => document.fonts.ready)
      return { page, answer, eyes: { context, page, tools, troubles } }
    },
    /** What the server gives to the same people, unopened. */
    async ask(who: Who, path: string): Promise<Response> {
      const cookie = await cookieFor(scene, scene.full, who)
      const headers = new Headers({ Accept: "text/html" })
      if (cookie) headers.set("Cookie", `${cookie.name}=${cookie.value}`)
      return fetch(scene.full.origin + path, { headers, redirect: "manual" })
    },
  }
}

/** A page that is cut off as often as this is not cut off by chance. */
const goingTries = 5

/**
 * Goes there in the end. A screen that looks by itself whether it is paired, or whose cookie has just been taken away,
 * may load itself anew in the very moment in which it is left, and the later of the two cuts the other off. What is cut off
 * again and again is thrown as the browser said it.
 */
async function goTo(page: Page, address: string) {
  for (let tries = 1; ; tries++) {
    try {
      return await page.goto(address)
    } catch (error) {
      const isCutOff = /interrupted by another navigation|ERR_ABORTED/.test(String(error))
      if (!isCutOff || tries === goingTries) throw error
    }
  }
}

async function cookieOf(
  { half }: Scene,
  server: TestServer,
  who: Who,
): Promise<{ name: string; value: string } | null> {
  if (who === "stranger") return null
  if (who === "kiosk" || who === "board") return { name: "dev", value: await server.deviceToken(who) }
  if (who === "half signed in") return { name: "pre", value: half.second }
  if (who === "enrolling") return { name: "pre", value: half.enrol }
  if (who === "sent a code") return { name: "pre", value: half.code }
  const { office } = server
  const [kind, subject, role] =
    typeof who === "string"
      ? (["staff", await staffWith(server, who), who] as const)
      : "citizen" in who
        ? (["citizen", office.citizen(who.citizen).id, "citizen"] as const)
        : "visitor" in who
          ? (["citizen", office.citizen(who.visitor).id, "citizen"] as const)
          : "agent" in who
            ? (["staff", office.agent(who.agent, who.at).id, "agent"] as const)
            : (["staff", office.supervisor(who.supervisor).id, "supervisor"] as const)
  // A passkey has just spoken, so that no page asks for it first.
  const provenAt = office.clock.real()
  const isVisitor = typeof who !== "string" && "visitor" in who
  const shown = isVisitor
    ? { level: "unproven" as const, factors: "number+birth+sms", provenAt: null }
    : { factors: "password+passkey", provenAt }
  const given = { kind, subject, role, userAgent: "", ...shown }
  const { token } = await office.write((tx) => startSession(tx, given, provenAt))
  return { name: "sid", value: token }
}

async function staffWith({ office }: TestServer, login: string): Promise<string> {
  const [row] = await office.store.db.select().from(staff).where(eq(staff.login, login))
  if (!row) throw new Error(`nobody signs in as ${login}`)
  return row.id
}
