import { expect, test } from "bun:test"
import type { Page } from "playwright-core"
import { startSession } from "../../domain/access/sessions.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { placeHold } from "../../domain/people/legal-holds.ts"
import { noteRead } from "../../domain/people/read-log.ts"
import { person } from "../../domain/people/reads.ts"
import { takeRequest } from "../../domain/people/requests.ts"
import { enrol } from "../../domain/people/writes.ts"
import { violations } from "../../testing/axe.ts"
import { testHall } from "../../testing/hall.ts"
import { asCitizen, asStranger, withAuthenticator } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"

const long = 90_000

const office = await testHall({ citizens: 60 })
const server = await testServer({ office })
const { keys, write, clock } = office
const longName = {
  ar: "عبدالرحمن بن عبدالعزيز بن محمد آل عبداللطيف القحطاني",
  en: "Abdulrahman bin Abdulaziz bin Mohammed Al-Abdullatif Al-Qahtani",
}

/** Whatever stands out of the page on the sides. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

async function good(page: Page, path: string) {
  const found: string[] = []
  for (const lang of ["ar", "en"]) {
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 900 })
      const answer = await page.goto(`${path}?lang=${lang}`)
      expect([path, answer?.status()]).toEqual([path, 200])
      expect([path, lang, width, await overflow(page)]).toEqual([path, lang, width, 0])
    }
    found.push(...(await violations(page)).map((one) => `${path} ${lang}: ${one}`))
  }
  expect(found).toEqual([])
}

test(
  "a citizen's pages are whole on a phone and on a desk, in both languages, and fit for everybody",
  async () => {
    const who = office.citizen(1)
    await office.rename(who, longName)
    await office.booked(who, "13:00")
    await write(async (tx) => {
      for (const what of ["visit", "found", "booking", "data"] as const) {
        await noteRead(tx, { staff: office.agent(1).id, person: who.id, what, office: office.code }, clock.real())
      }
    })
    const { page, troubles } = await asCitizen(server, 1)
    for (const path of ["/account/data", "/account/data/erasure", "/erased"]) await good(page, path)
    // What the head and the buttons are for, paper does not need.
    await page.goto("/account/data?lang=en")
    await page.emulateMedia({ media: "print" })
    expect(await page.locator(".actions").isVisible()).toBe(false)
    expect(await page.locator(".masthead").isVisible()).toBe(false)
    expect(await page.locator("h1").isVisible()).toBe(true)
    expect(troubles).toEqual([])
  },
  long,
)

test(
  "the staff's pages are whole too, and say what they say in both languages",
  async () => {
    const nationalId = "1087654321"
    const id = await write((tx) => enrol(tx, keys, { kind: "citizen", name: longName, nationalId }))
    const requests = await write(async (tx) => {
      const given = { person: id, note: "x".repeat(80), by: office.supervisor().id }
      const order = { person: id, reason: "order 12/8", until: clock.real() + 1e9, by: "admin" }
      await placeHold(tx, keys, order, clock.real())
      for (let number = 2; number <= 60; number++) {
        const look = { staff: office.agent(1).id, person: office.citizen(number).id, what: "found" as const }
        await noteRead(tx, { ...look, office: office.code }, clock.real() - number * 1000)
      }
      return [
        await takeRequest(tx, keys, { kind: "access", ...given }, clock.real()),
        await takeRequest(tx, keys, { kind: "erasure", ...given }, clock.real() - 31 * 24 * 3_600_000),
      ]
    })
    const scope = { role: "administrator" as const, scopeKind: "all" as const, scope: "" }
    const staff = await write((tx) =>
      addStaff(tx, { login: "admin", name: longName, passwordHash: "-", ...scope }, "test"),
    )
    const session = { kind: "staff" as const, subject: staff, role: "administrator", factors: "passkey" }
    const { token } = await write((tx) =>
      startSession(tx, { ...session, userAgent: "test", provenAt: clock.real() }, clock.real()),
    )
    const { page, troubles } = await asStranger(server)
    await page.context().addCookies([{ name: "sid", value: token, url: server.origin }])
    const own = requests.flatMap((request) => [`/privacy/requests/${request}`])
    for (const path of [
      ...["/privacy/records", "/privacy/requests", "/privacy/holds", "/privacy/reads"],
      ...own,
      `${own[0]}/data`,
    ]) {
      await good(page, path)
    }
    await page.goto("/privacy/reads?lang=en")
    expect(await page.locator("main").textContent()).toContain("59\u00a0people")
    expect(troubles).toEqual([])
  },
  long,
)

test(
  "somebody erases the own data with the browser's passkey, by keyboard alone",
  async () => {
    const { page, troubles } = await asCitizen(server, 7)
    await withAuthenticator(page)
    await page.goto("/account/passkeys/new?lang=en")
    await page.fill("#name", "My phone")
    await page.click("main form button")
    await page.waitForURL((url) => !url.pathname.endsWith("/new"))
    await page.goto("/account/data?lang=en")
    await page.getByRole("link", { name: "Erase my data" }).focus()
    await page.keyboard.press("Enter")
    await page.getByRole("button", { name: "Go on to erase" }).focus()
    await page.keyboard.press("Enter")
    await page.getByRole("button", { name: "Confirm: erase my data" }).focus()
    await page.keyboard.press("Enter")
    await page.waitForURL("**/erased")
    expect(await person(office.store, keys, office.citizen(7).id)).toBeNull()
    const said = await office.facts("person.erased", "accounts")
    expect(said.map(({ subject }) => subject)).toEqual([office.citizen(7).id])
    expect(troubles).toEqual([])
  },
  long,
)
