import { afterAll, expect, test } from "bun:test"
import type { Page } from "playwright-core"
import { day, minute } from "../../base/day.ts"
import { enrol } from "../../domain/people/writes.ts"
import { violations } from "../../testing/axe.ts"
import { asStranger } from "../../testing/screens.ts"
import { codeOnPhone } from "../../testing/sent-code.ts"
import { testServer } from "../../testing/server.ts"

/* The way without an account as a person with a telephone and nothing else goes it: from a time on the page to an appointment. */

const server = await testServer({ plan: { citizens: 1, counters: 1 } })
const { office } = server
const people = await office.write(async (tx) => {
  const given = (nationalId: string, mobile: string) => ({
    ...{ kind: "citizen" as const, nationalId, mobile, birthDay: day("1989-12-11") },
    name: { ar: "نورة سالم", en: "Noura Salem" },
  })
  return {
    hijri: await enrol(tx, server.keys, given("1000000008", "+966550000001")),
    gregorian: await enrol(tx, server.keys, given("1000000107", "+966550000002")),
    leaving: await enrol(tx, server.keys, given("1000000206", "+966550000003")),
  }
})

afterAll(() => {
  expect(server.bugs).toEqual([])
})

async function type(page: Page, fields: Record<string, string>) {
  for (const [name, text] of Object.entries(fields)) await page.fill(`[name=${name}]`, text)
  await page.locator("main form .button-main").click()
}

test("the end of the session is told once before it comes; what was read is not told again, and the page then leads to the door", async () => {
  const { page, troubles } = await asStranger(server, { lang: "en" })
  await page.goto("/sign-in/visitor?next=/bookings")
  await type(page, { number: "1000000206", day: "11", month: "12", year: "1989" })
  await page.waitForURL(/visitor\/code/)
  await page.clock.install()
  await type(page, { code: await codeOnPhone(server, people.leaving) })
  await page.waitForURL(/\/bookings/)
  const dialog = page.locator("[data-expiry]")
  await page.clock.fastForward(27 * 60_000)
  expect(await dialog.isVisible()).toBe(false)
  await page.clock.fastForward(60_000)
  await dialog.waitFor({ state: "visible" })
  expect(await dialog.textContent()).toContain("cannot be prolonged")
  expect(await violations(page)).toEqual([])
  await page.keyboard.press("Enter")
  await dialog.waitFor({ state: "hidden" })
  await page.clock.fastForward(30_000)
  expect(await dialog.isVisible()).toBe(false)
  office.clock.advance(31 * minute)
  await page.clock.fastForward(2 * 60_000)
  await page.waitForURL(/sign-in/)
  expect(troubles).toEqual([])
})

for (const { lang, whose, fields } of [
  {
    ...{ lang: "ar" as const, whose: "hijri" as const },
    fields: { number: "١٠٠٠٠٠٠٠٠٨", day: "١٢", month: "٥", year: "١٤١٠" },
  },
  {
    ...{ lang: "en" as const, whose: "gregorian" as const },
    fields: { number: "1000000107", day: "11", month: "12", year: "1989" },
  },
]) {
  test(`somebody books without an account, with a ${whose} date of birth`, async () => {
    const { page, troubles } = await asStranger(server, { lang, viewport: { width: 360, height: 740 } })
    await page.goto(`/offices/${office.code}/slots?service=PAS-01`)
    await page.locator(".time-tile input:not([disabled])").first().check()
    await page.locator(".times-form .button-main").click()
    await page.locator('a[href^="/sign-in/visitor"]').click()
    expect(await violations(page)).toEqual([])
    await type(page, fields)
    await page.waitForURL(/visitor\/code/)
    expect(await violations(page)).toEqual([])
    await type(page, { code: await codeOnPhone(server, people[whose]) })
    await page.waitForURL(/\/offices\/.*slot=/)
    await page.locator(".times-form .button-main").click()
    await page.waitForURL(/\/holds\//)
    await page.locator(".foot-bar .button-main").click()
    await page.waitForURL(/\/bookings\/.*done=made/)
    expect(await page.locator(".bell").count()).toBe(0)
    await page.goto("/inbox")
    expect(await page.locator("main").textContent()).toContain(
      lang === "ar" ? "هذا يحتاج إلى حسابك" : "This needs your account",
    )
    expect(troubles).toEqual([])
  })
}
