import { expect, test } from "bun:test"
import { evidenceOf, verify } from "../../domain/access/confirmation.ts"
import { makeEnrolment } from "../../domain/access/enrolment.ts"
import { request } from "../../domain/access/request-reads.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { violations } from "../../testing/axe.ts"
import { asStranger, type Screen, withAuthenticator } from "../../testing/screens.ts"
import { type TestServer, testServer } from "../../testing/server.ts"

const long = 120_000
const password = "four green camels walk"

/** Types a code in, chooses a password, makes a passkey, and is asked for a second one. */
async function enrolHere(server: TestServer, code: string): Promise<Screen> {
  const screen = await asStranger(server, { viewport: { width: 1280, height: 900 } })
  const { page } = screen
  await withAuthenticator(page)
  await page.goto("/staff/enrol?lang=en")
  await page.fill("#code", code)
  await page.click("main form button")
  await page.fill("#password", password)
  await page.click("main form button")
  await page.click("[data-passkey] button")
  await page.waitForURL((url) => url.searchParams.get("passkeys") === "one")
  return screen
}

/** Somebody who is in place already, with a passkey. */
async function inPlace(server: TestServer, login: string, role: "supervisor" | "administrator"): Promise<Screen> {
  const { office, keys } = server
  const area = role === "supervisor" ? { scopeKind: "office" as const, scope: office.code } : null
  const { code } = await office.write(async (tx) => {
    const given = { login, name: { ar: "نورة العتيبي", en: "Noura Al-Otaibi" }, role }
    const id = await addStaff(tx, { ...given, ...(area ?? { scopeKind: "agency", scope: "interior" }) }, "test")
    return makeEnrolment(tx, keys, { kind: "staff", id }, { channel: "letter", by: "test" }, office.clock.real())
  })
  return enrolHere(server, code)
}

test(
  "an invitation: one asks with a passkey, another approves with theirs, and the new agent signs in",
  async () => {
    const server = await testServer()
    const asker = await inPlace(server, "lead", "supervisor")
    const approver = await inPlace(server, "chief", "administrator")

    const { page } = asker
    await page.goto("/staff/people/new")
    await page.fill("#ar", "سارة الدوسري")
    await page.fill("#en", "Sara Al-Dossari")
    await page.fill("#login", "sara")
    expect(await page.locator("#role option").allTextContents()).toEqual(["Agent"])
    await page.click("main form .button-main")
    await page.waitForURL("**/staff/confirmations/*")
    expect(await page.locator(".staff-lines").innerText()).toContain("Sara Al-Dossari (sara)")
    expect(await violations(page)).toEqual([])
    await page.click("[data-passkey] button")
    await page.waitForURL("**/staff/requests/*?done=sent")
    expect(await violations(page)).toEqual([])
    const path = new URL(page.url()).pathname
    // Whoever asked finds no way to approve, and none by hand.
    expect(await page.locator(`form[action='${path}/approval']`).count()).toBe(0)
    const own = await page.evaluate(async (address) => {
      const _form = document.querySelector<HTMLInputElement>("[name=_form]")?.value ?? ""
      return (await fetch(address, { method: "POST", body: new URLSearchParams({ _form }) })).status
    }, `${path}/approval`)
    expect(own).toBe(403)

    await approver.page.goto("/staff/people")
    expect(await approver.page.locator("h2").first().innerText()).toContain("(1)")
    await approver.page.click(`a[href='${path}']`)
    await approver.page.click(`form[action='${path}/approval'] button`)
    await approver.page.waitForURL("**/staff/confirmations/*")
    await approver.page.click("[data-passkey] button")
    await approver.page.waitForSelector(".staff-code-text")
    expect(await violations(approver.page)).toEqual([])
    const second = await approver.page.locator(".staff-code-text").innerText()
    await page.reload()
    expect(await page.locator("main dl").innerText()).toContain("Approved")
    expect(await violations(page)).toEqual([])
    const code = `${await page.locator(".staff-code-text").innerText()} ${second}`

    const id = path.split("/").at(-1) ?? ""
    const row = await request(server.office.store, id)
    for (const confirmation of [row.askedWith, row.decidedWith]) {
      const kept = await evidenceOf(server.office.store, confirmation ?? "")
      expect(kept && (await verify(kept))).toBe(true)
    }

    const agent = await enrolHere(server, code)
    await agent.page.waitForURL((url) => url.pathname === "/desk")
    await agent.page.click("form[action='/sign-out'] button")
    await agent.page.waitForURL("**/staff")
    await agent.page.click("[data-passkey] button")
    await agent.page.waitForURL((url) => url.pathname === "/desk")

    // Shut out: at once, and the open page finds out.
    await approver.page.goto(`/staff/people/${row.subject}`)
    await approver.page.click("main form .button-danger")
    await approver.page.waitForURL((url) => url.pathname === "/step-up" || url.search.includes("done=saved"))
    if (new URL(approver.page.url()).pathname === "/step-up") {
      await approver.page.click("[data-passkey] button")
      await approver.page.waitForURL(`**/staff/people/${row.subject}`)
      await approver.page.click("main form .button-danger")
      await approver.page.waitForURL("**?done=saved")
    }
    await agent.page.goto("/desk")
    expect(new URL(agent.page.url()).pathname).not.toBe("/desk")
    expect([...asker.troubles, ...approver.troubles, ...agent.troubles, ...server.bugs]).toEqual([])
  },
  long,
)
