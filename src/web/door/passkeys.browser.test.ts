import { expect, test } from "bun:test"
import type { Page } from "playwright-core"
import { makeEnrolment } from "../../domain/access/enrolment.ts"
import { passkeysOf } from "../../domain/access/passkeys.ts"
import { hashPassword } from "../../domain/access/passwords.ts"
import { enrol } from "../../domain/people/writes.ts"
import { violations } from "../../testing/axe.ts"
import { asCitizen, asStranger, type Screen, withAuthenticator } from "../../testing/screens.ts"
import { type TestServer, testServer } from "../../testing/server.ts"

/* Accounts as people meet them: in a real browser, with an authenticator that the browser plays itself (W3C WebAuthn §11). */

const long = 60_000
const password = "four green camels walk"
const number = "1000000008"
const name = { ar: "نورة العتيبي", en: "Noura Al-Otaibi" }

/** Somebody who is known to the house and holds a fresh code from a counter. */
async function known(server: TestServer) {
  const passwordHash = await hashPassword(password)
  const id = await server.office.write((tx) =>
    enrol(tx, server.keys, { kind: "citizen", name, nationalId: number, birthYear: 1990, passwordHash }),
  )
  const owner = { kind: "citizen" as const, id }
  const now = server.office.clock.real()
  const { code } = await server.office.write((tx) =>
    makeEnrolment(tx, server.keys, owner, { channel: "counter", by: "test" }, now),
  )
  return { owner, code }
}

async function enrolHere({ page }: Screen, code: string): Promise<string[]> {
  await page.goto("/enrol?lang=en")
  await page.fill("#number", number)
  await page.fill("#code", code)
  await page.click("main form button")
  await page.fill("#password", password)
  await page.click("main form button")
  await page.fill("#name", "My phone")
  await page.click("main form button")
  await page.waitForSelector(".codes li")
  return page.locator(".codes li").allTextContents()
}

async function toSecondStep(page: Page) {
  await page.goto("/sign-in?lang=en")
  await page.fill("#number", number)
  await page.fill("#password", password)
  await page.click("main form[action='/sign-in'] button")
  await page.waitForURL("**/sign-in/second")
}

const signOut = (page: Page) => page.click("form[action='/sign-out'] button")

test(
  "from a code to an account, and in again by password and passkey, and by the passkey alone",
  async () => {
    const server = await testServer()
    const { owner, code } = await known(server)
    const screen = await asStranger(server)
    const { page } = screen
    await withAuthenticator(page)
    const codes = await enrolHere(screen, code)
    expect(new Set(codes).size).toBe(10)
    expect(await violations(page)).toEqual([])
    await page.click("main a.button-main")
    await signOut(page)

    await toSecondStep(page)
    expect(await violations(page)).toEqual([])
    await page.click("[data-passkey] button")
    await page.waitForURL("**/")
    await signOut(page)

    await page.goto("/sign-in?lang=en&next=/bookings")
    await page.click("[data-passkey] button")
    await page.waitForURL("**/bookings")
    const [passkey] = await passkeysOf(server.office.store, owner)
    expect([passkey?.name, passkey?.failures]).toEqual(["My phone", 0])
    expect([...screen.troubles, ...server.bugs]).toEqual([])
  },
  long,
)

test(
  "with every passkey lost, a recovery code opens the way to a new one and to nothing else",
  async () => {
    const server = await testServer()
    const { code } = await known(server)
    const lost = await asStranger(server)
    await withAuthenticator(lost.page)
    const [recovery = ""] = await enrolHere(lost, code)

    const fresh = await asStranger(server)
    const { page } = fresh
    await withAuthenticator(page)
    await toSecondStep(page)
    await page.fill("#code", "AAAA0-AAAA0-AAAA0-AAAA0-AAAA0-A")
    await page.click("form[action='/sign-in/code'] button")
    await page.waitForSelector("#code-error")
    await page.fill("#code", recovery.toLowerCase().replaceAll("-", " "))
    await page.click("form[action='/sign-in/code'] button")
    await page.waitForURL("**/account/security")
    await page.goto("/bookings")
    expect(new URL(page.url()).pathname).toBe("/account/security")
    expect(await page.locator(".notice-hold").count()).toBe(2)

    await page.click("a[href='/account/passkeys/new']")
    await page.click("[data-passkey] button")
    await page.waitForURL("**/account/security?done=passkeyAdded")
    expect(await violations(page)).toEqual([])
    await page.goto("/bookings")
    expect(new URL(page.url()).pathname).toBe("/bookings")
    // The code is used up: a second time it opens nothing.
    const again = await asStranger(server)
    await toSecondStep(again.page)
    await again.page.fill("#code", recovery)
    await again.page.click("form[action='/sign-in/code'] button")
    await again.page.waitForSelector("#code-error")
    expect([...fresh.troubles, ...server.bugs]).toEqual([])
  },
  long,
)

test(
  "what changes an account asks for the passkey again once five minutes have gone by, and then goes on where it was",
  async () => {
    const server = await testServer()
    const { owner, code } = await known(server)
    const screen = await asStranger(server)
    const { page } = screen
    await withAuthenticator(page)
    await enrolHere(screen, code)
    server.office.clock.advance(6 * 60_000)
    await page.goto("/account/security")
    expect(await violations(page)).toEqual([])
    await page.click("a[href='/account/password']")
    await page.waitForURL("**/step-up?next=*")
    expect(await violations(page)).toEqual([])
    await page.click("[data-passkey] button")
    await page.waitForURL("**/account/password")
    await page.fill("#password", "password12345")
    await page.click("main form button")
    await page.waitForSelector("#password-error")
    await page.fill("#password", "a boat at the end of the pier")
    await page.click("main form button")
    await page.waitForURL("**/account/security?done=passwordChanged")

    await page.click("summary")
    await page.fill("main details input[name=name]", "هاتفي")
    await page.click("main details button")
    await page.waitForURL("**/account/security?done=saved")
    expect((await passkeysOf(server.office.store, owner)).map(({ name }) => name)).toEqual(["هاتفي"])
    expect([...screen.troubles, ...server.bugs]).toEqual([])
  },
  long,
)

test(
  "an authenticator that says no leaves the person where they were, with words",
  async () => {
    const server = await testServer()
    const { code } = await known(server)
    const screen = await asStranger(server)
    const { page } = screen
    const authenticator = await withAuthenticator(page)
    await enrolHere(screen, code)
    await page.click("main a.button-main")
    await signOut(page)
    await toSecondStep(page)
    await authenticator.verifies(false)
    await page.click("[data-passkey] button")
    await page.waitForFunction(() => document.querySelector("[data-passkey-told]")?.textContent?.includes("Try again"))
    await authenticator.verifies(true)
    await page.click("[data-passkey] button")
    await page.waitForURL("**/")
    expect([...screen.troubles, ...server.bugs]).toEqual([])
  },
  long,
)

test(
  "whoever does nothing is asked before the session ends, and one key puts the end off",
  async () => {
    const server = await testServer()
    const { page, troubles } = await asCitizen(server, 1)
    await page.clock.install()
    await page.goto("/bookings?lang=en")
    const dialog = page.locator("[data-expiry]")
    await page.clock.fastForward(27 * 60_000)
    expect(await dialog.isVisible()).toBe(false)
    await page.clock.fastForward(60_000)
    await dialog.waitFor({ state: "visible" })
    expect(await violations(page)).toEqual([])
    server.office.clock.advance(28 * 60_000)
    await page.keyboard.press("Enter")
    await dialog.waitFor({ state: "hidden" })
    server.office.clock.advance(10 * 60_000)
    await page.goto("/bookings")
    expect(new URL(page.url()).pathname).toBe("/bookings")
    expect([...troubles, ...server.bugs]).toEqual([])
  },
  long,
)
