import { afterAll, afterEach, expect, setDefaultTimeout, test } from "bun:test"
import { validPermit } from "../../domain/requests/permits.ts"
import { requestsIn } from "../../domain/requests/requests.ts"
import { answer, ring } from "../../domain/visits/ringing.ts"
import { violations } from "../../testing/axe.ts"
import { counting, flow, frames } from "../../testing/calls.ts"
import { asAgent, asCitizen, hearing, type Screen, withAuthenticator } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { serviceHall } from "../../testing/services.ts"

/* A service carried out in a call that is real: two browsers, their cameras, and the browser's own passkey. */

setDefaultTimeout(90_000)

const hall = await serviceHall({ counters: 4, citizens: 10 })
const server = await testServer({ office: hall, env: { RECORDING: "off" } })
const open: Screen[] = []
let last = 0

afterEach(async () => {
  const screens = open.splice(0)
  for (const { page } of screens) await page.context().close()
  expect(screens.flatMap(({ troubles }) => troubles)).toEqual([])
})

afterAll(() => {
  expect(server.bugs).toEqual([])
})

/** A guardian with a passkey on the phone, in a call with an agent; both see each other. */
async function talking() {
  const number = ++last
  const who = hall.citizen(number)
  const child = await hall.desk.child(who, "2012-01-01")
  const films = { films: true, lang: "en" } as const
  const citizen = await asCitizen(server, number, films)
  const desk = await asAgent(server, number, films)
  open.push(citizen, desk)
  for (const { page } of [citizen, desk]) await counting(page)
  await withAuthenticator(citizen.page)
  await citizen.page.goto("/account/passkeys/new")
  await citizen.page.fill("#name", "My phone")
  await citizen.page.click("main form button")
  await citizen.page.waitForURL((url) => !url.pathname.endsWith("/new"))
  const { row } = await hall.video.walkIn(who)
  await hall.open(number)
  await citizen.page.goto(`/visits/${row.id}`)
  await desk.page.goto("/desk")
  await hearing(citizen, desk)
  await hall.write((tx) => ring(tx, hall.agent(number), row.id, hall.counter(number)))
  await desk.page.locator(`[data-visit="${row.id}"]`).waitFor({ state: "attached" })
  await hall.write((tx) => answer(tx, who, row.id))
  await Promise.all([frames(citizen.page), frames(desk.page)])
  return { id: row.id, who, child, citizen: citizen.page, desk: desk.page }
}

type Talking = Awaited<ReturnType<typeof talking>>

/** The agent begins and fills in, field by field. */
async function fillIn({ desk, child }: Talking) {
  await desk.selectOption("[data-visit-service] select[name=service]", "PAS-05")
  await desk.getByRole("button", { name: "Begin the service" }).click()
  await desk.selectOption("[name='f.dependant']", child)
  await desk.selectOption("[name='f.kind']", "multiple")
  await desk.selectOption("[name='f.paper']", "passport")
  await desk.selectOption("select[data-add]", "GB")
  await desk.getByRole("button", { name: "Remove United Kingdom" }).waitFor()
  await desk.fill("[name='f.until']", "2027-01-15")
  await desk.locator("[name='f.until']").blur()
}

test("a permit is filled in before the guardian's eyes, confirmed with the passkey in the call, and both have the receipt", async () => {
  const all = await talking()
  const { id, citizen, desk, child } = all
  await fillIn(all)
  const filled = citizen.locator("[data-request-state=draft]")
  await filled.getByText("Several journeys").waitFor()
  await filled.getByText("15 January 2027").waitFor()
  await desk.getByText("The rules allow it").waitFor()
  await desk.getByRole("button", { name: "Ask the person to confirm" }).click()
  const asked = citizen.locator("[data-request-state^=asked]")
  await asked.waitFor()
  expect(await citizen.locator("[aria-live=polite]").allTextContents()).toContainEqual(expect.any(String))
  await citizen.getByText("You are asked to confirm.").waitFor({ state: "attached" })
  expect(await asked.textContent()).toContain("For: Joud Al-Otaibi")
  expect(await violations(citizen)).toEqual([])
  expect(await violations(desk)).toEqual([])
  const before = await flow(citizen)
  await citizen.getByRole("button", { name: "Confirm with a passkey" }).focus()
  await citizen.keyboard.press("Enter")
  await citizen.locator("[data-request-state^=done]").waitFor()
  await desk.getByText("The service was carried out").waitFor()
  const [request] = await requestsIn(hall.store, id)
  for (const page of [citizen, desk]) await page.getByText(request?.number ?? "-").waitFor()
  expect((await validPermit(hall.store, child, hall.clock.office()))?.request).toBe(request?.id ?? "")
  // The call went on all the while.
  await frames(citizen)
  expect((await flow(citizen)).open).toBe(before.open)
  for (const lang of ["en", "ar"]) {
    await citizen.setViewportSize({ width: 320, height: 740 })
    await citizen.goto(`/visits/${id}?lang=${lang}`)
    await citizen.locator("[data-request-state^=done]").waitFor()
    expect([lang, await citizen.evaluate(() => document.documentElement.scrollWidth)]).toEqual([lang, 320])
  }
  await citizen.goto("/account/household/permits?lang=en")
  await citizen.getByText("Joud Al-Otaibi").waitFor()
  await citizen.getByRole("link", { name: "Check that it is genuine" }).click()
  await citizen.waitForURL("**/verify/**")
})

test("a reload of the guardian's page makes what was asked void; asked anew it is confirmed", async () => {
  const all = await talking()
  const { id, citizen, desk } = all
  await fillIn(all)
  await desk.getByRole("button", { name: "Ask the person to confirm" }).click()
  await citizen.locator("[data-request-state^=asked]").waitFor()
  await citizen.reload()
  await Promise.all([frames(citizen), frames(desk)])
  await citizen.getByRole("button", { name: "Confirm with a passkey" }).click()
  await citizen.getByText("Something has changed since you were asked to confirm").waitFor()
  expect((await requestsIn(hall.store, id))[0]?.state).toBe("draft")
  await desk.getByRole("button", { name: "Ask the person to confirm" }).click()
  await citizen.locator("[data-request-state^=asked]").waitFor()
  await citizen.getByRole("button", { name: "Confirm with a passkey" }).click()
  await citizen.locator("[data-request-state^=done]").waitFor()
})

test("another country after asking takes the text away from the guardian, who confirms nothing else", async () => {
  const all = await talking()
  const { id, citizen, desk } = all
  await fillIn(all)
  await desk.getByRole("button", { name: "Ask the person to confirm" }).click()
  await citizen.locator("[data-request-state^=asked]").waitFor()
  await desk.selectOption("select[data-add]", "FR")
  await citizen.locator("[data-request-state=draft]").getByText("France").waitFor()
  expect(await citizen.getByRole("button", { name: "Confirm with a passkey" }).count()).toBe(0)
  await desk.getByRole("button", { name: "Ask the person to confirm" }).click()
  await citizen.getByRole("button", { name: "I do not confirm" }).click()
  await citizen.locator('[data-request-state="draft declined"]').waitFor()
  expect((await requestsIn(hall.store, id)).map(({ state }) => state)).toEqual(["draft"])
})
