import { afterAll, expect, setDefaultTimeout, test } from "bun:test"
import { eq } from "drizzle-orm"
import type { Page } from "playwright-core"
import { services } from "../../../db/schema/catalogue.ts"
import { startSession } from "../../domain/access/sessions.ts"
import { enrol } from "../../domain/people/writes.ts"
import { newPage } from "../../testing/browser.ts"
import { relate } from "../../testing/family.ts"
import { testServer } from "../../testing/server.ts"

const server = await testServer({ plan: { citizens: 20, counters: 2 } })
const { office } = server

const [noura, omar] = await office.write(async (tx) => {
  const name = { ar: "إصدار جواز سفر سعودي", en: "Issue Saudi passport" }
  const documents = [{ ar: "الهوية", en: "identity card" }]
  await tx.db.update(services).set({ name, documents }).where(eq(services.code, "PAS-01"))
  const given = { kind: "citizen" as const, birthYear: 1990 }
  const mother = await enrol(tx, server.keys, { ...given, name: { ar: "نورة", en: "Noura" } })
  const father = await enrol(tx, server.keys, { ...given, name: { ar: "عمر", en: "Omar" } })
  const child = { kind: "citizen" as const, name: { ar: "جود", en: "Joud" }, birthYear: 2018 }
  await relate(tx, mother, await enrol(tx, server.keys, child), "child")
  return [mother, father] as const
})

setDefaultTimeout(60_000)

afterAll(() => {
  expect(server.bugs).toEqual([])
})

/** Goes on from the page that asks who it is, as signing in does; how one proves who one is has tests of its own. */
async function signIn(page: Page, person: string): Promise<void> {
  await page.locator("#number").waitFor()
  const next = new URL(page.url()).searchParams.get("next") ?? ""
  const given = { kind: "citizen" as const, subject: person, role: "citizen", factors: "password", userAgent: "" }
  const { token } = await office.write((tx) => startSession(tx, given, office.clock.real()))
  await page.context().addCookies([{ name: "sid", value: token, url: server.origin }])
  await page.goto(next)
}

/** Nothing is wider than the screen, so that nobody has to push a page from side to side. */
async function fits(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)
}

test("in Arabic and without scripts: from the question to the slip, with a child, on a narrow phone", async () => {
  const page = await newPage({ javaScript: false, viewport: { width: 320, height: 640 }, baseURL: server.origin })
  await page.goto("/")
  expect(await page.locator("h1").textContent()).toBe("ماذا تريد أن تُنجز؟")
  await page.locator("#q").fill("اصدار جواز")
  await page.locator("#q").press("Enter")
  await page.getByRole("link", { name: "إصدار جواز سفر سعودي" }).click()
  expect(await fits(page)).toBe(true)
  await page.getByRole("link", { name: /^احجز في/ }).click()
  await page.getByRole("radio", { name: /12:30/ }).check()
  await page.getByRole("button", { name: "تابع بعد تسجيل الدخول" }).click()
  await signIn(page, noura)
  expect(await page.locator(".time-tile input:checked").getAttribute("value")).toBe(office.slot("12:30"))
  await page.getByLabel("جود").check()
  await page.getByRole("button", { name: "اعرض الأوقات" }).click()
  expect(await fits(page)).toBe(true)
  await page.getByRole("radio", { name: /12:30/ }).check()
  await page.getByRole("button", { name: "تابع" }).click()
  expect(await page.getByText("نحجزه لك 10").count()).toBe(1)
  expect(await page.getByText("جود").count()).toBe(1)
  await page.getByRole("button", { name: "أكّد الموعد" }).click()
  expect(await page.getByText("تم الحجز").count()).toBe(1)
  await page.getByRole("link", { name: "افتح الإشعار" }).click()
  expect(await page.locator(".big-hour").textContent()).toContain("12:30")
  const qr = await page.locator(".slip-qr svg").boundingBox()
  // 25 mm are 94.5 CSS pixels.
  expect(qr?.width ?? 0).toBeGreaterThanOrEqual(95)
  expect(await fits(page)).toBe(true)
})

test("in English and with scripts: both clocks, the minutes that are left, and a slip that prints", async () => {
  const page = await newPage({ lang: "en", timeZone: "Europe/Berlin", baseURL: server.origin })
  const errors: string[] = []
  page.on("pageerror", ({ message }) => errors.push(message))
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()))
  await page.goto("/search?q=passport")
  await page.getByRole("link", { name: "Issue Saudi passport" }).click()
  await page.getByRole("link", { name: /^Book at/ }).click()
  await page.getByText("11:15 your time").waitFor()
  await page.getByRole("radio", { name: /^13:15/ }).check()
  await page.getByRole("button", { name: "Sign in and go on" }).click()
  await signIn(page, omar)
  await page.waitForURL(/slots/)
  await page.getByRole("button", { name: "Go on" }).click()
  await page.getByText(/(10:00|9:5\d) left$/).waitFor()
  await page.getByRole("button", { name: "Confirm" }).click()
  await page.getByText("You are booked.").waitFor()
  expect(await page.getByText("11:15 your time").count()).toBe(1)
  await page.getByRole("link", { name: "Open the slip" }).click()
  await page.getByRole("button", { name: "Print" }).waitFor()
  expect(errors).toEqual([])
})

test("a family's times are shown as soon as it is named, where scripts run", async () => {
  const page = await newPage({ lang: "en", baseURL: server.origin })
  await page.goto(`/sign-in?next=${encodeURIComponent(`/offices/${office.code}/slots?service=PAS-10`)}`)
  await signIn(page, noura)
  await page.getByLabel("Joud").check()
  await page.waitForURL(/for=.*for=/)
  expect(await page.getByText("room for all of you (2)").count()).toBe(1)
})
