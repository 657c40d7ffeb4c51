import { afterAll, expect, test } from "bun:test"
import { end } from "../../domain/visits/calls.ts"
import { answer, ring } from "../../domain/visits/ringing.ts"
import { testOf } from "../../domain/visits/self-test.ts"
import { faults } from "../../testing/layout.ts"
import { asCitizen, hearing } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { videoHall } from "../../testing/video.ts"

const hall = await videoHall({ citizens: 10, counters: 4 })
const server = await testServer({ office: hall })
hall.time("10:00")

afterAll(() => {
  expect(server.bugs).toEqual([])
})

const narrow = { width: 320, height: 640 }
const demand = { target: 44, text: 12 }

test("somebody comes from the booking into the waiting room, is rung for, and answers", async () => {
  await hall.open(1)
  const citizen = hall.citizen(1)
  const booking = await hall.booked(citizen, "10:10", { line: "VIR", service: "RES-04" })
  const screen = await asCitizen(server, 1, { lang: "en", viewport: narrow, films: true })
  const { page, troubles } = screen
  await page.goto(`/bookings/${booking.id}`)
  await page.getByRole("button", { name: "I am here" }).click()
  await page.waitForURL(/\/visits\//)
  const id = new URL(page.url()).pathname.split("/")[2] ?? ""
  await hearing(screen)
  expect(await faults(page, demand)).toEqual([])
  await page.getByRole("button", { name: "I am ready now" }).click()
  await page.locator(".visit-state.visit-waiting").waitFor()
  await hearing(screen)
  await hall.write((tx) => ring(tx, hall.agent(1), id))
  const answer = page.getByRole("button", { name: "Answer" })
  await answer.waitFor()
  await page.waitForFunction(() => /^[●○] .*calling you/.test(document.title))
  await page.locator("[aria-live=assertive]", { hasText: "calling you" }).waitFor({ state: "attached" })
  expect(await page.locator(".visit-left").textContent()).toMatch(/^(1:00|0:\d\d) left to answer$/)
  expect(await faults(page, demand)).toEqual([])
  await answer.click()
  await page.locator(".visit-state.visit-call").waitFor({ state: "attached" })
  await page.locator("[data-call][data-call-state=call]").waitFor()
  expect((await hall.video.now(id)).phase).toBe("call")
  await page.waitForFunction(() => !/calling/.test(document.title))
  expect(troubles).toEqual([])
  await page.context().close()
})

test("a ring is one colour without movement for whoever asks for none, in Arabic too", async () => {
  const { row } = await hall.video.walkIn(hall.citizen(2))
  await hall.open(2)
  await hall.write((tx) => ring(tx, hall.agent(2), row.id))
  const { page } = await asCitizen(server, 2, { lang: "ar", viewport: narrow, reducedMotion: "reduce" })
  await page.goto(`/visits/${row.id}`)
  await page.locator(".visit-ring").waitFor()
  expect(await page.evaluate(() => getComputedStyle(document.body).animationName)).toBe("none")
  expect(await page.evaluate(() => document.documentElement.dir)).toBe("rtl")
  expect(await faults(page, demand)).toEqual([])
  await page.context().close()
})

test("without a script the ring is answered by its form", async () => {
  const { row } = await hall.video.walkIn(hall.citizen(3))
  await hall.open(3)
  await hall.write((tx) => ring(tx, hall.agent(3), row.id))
  const { page } = await asCitizen(server, 3, { lang: "en", javaScript: false })
  await page.goto(`/visits/${row.id}`)
  await page.getByRole("button", { name: "Answer" }).click()
  await page.locator(".visit-state.visit-call").waitFor({ state: "attached" })
  expect((await hall.video.now(row.id)).phase).toBe("call")
  await page.context().close()
})

test("what was written on either side stands in the room at once", async () => {
  const { row } = await hall.video.walkIn(hall.citizen(4))
  const screen = await asCitizen(server, 4, { lang: "en" })
  const { page } = screen
  await page.goto(`/visits/${row.id}`)
  await hearing(screen)
  await page.getByLabel("Your message").fill("I have both papers here")
  await page.locator("#visit-chat button").click()
  await page.locator(".visit-message-own", { hasText: "I have both papers here" }).waitFor()
  expect(await page.getByLabel("Your message").inputValue()).toBe("")
  await page.context().close()
})

test("what works no more goes as soon as the visit is over, without a reload", async () => {
  const { row } = await hall.video.walkIn(hall.citizen(9))
  await hall.open(4)
  const screen = await asCitizen(server, 9, { lang: "en" })
  const { page } = screen
  await page.goto(`/visits/${row.id}`)
  await hearing(screen)
  const field = page.locator("#visit-chat textarea")
  const file = page.locator("[data-give-file] input[type=file]")
  const test = page.locator("#test > summary")
  for (const part of [field, file, test]) await part.waitFor()
  await hall.write((tx) => ring(tx, hall.agent(4), row.id))
  await hall.write((tx) => answer(tx, hall.citizen(9), row.id))
  await hall.write((tx) => end(tx, hall.agent(4), row.id, { outcome: "done" }))
  await page.locator(".visit-state.visit-over").waitFor()
  await page.locator("[aria-live=polite]", { hasText: "Your visit is done" }).waitFor({ state: "attached" })
  for (const part of [field, file, test]) await part.waitFor({ state: "hidden" })
  expect(
    await page.locator("[data-while-open]").evaluateAll((all) => all.every((one) => one.hasAttribute("hidden"))),
  ).toBe(true)
  await page.context().close()
})

test("the test tells each part of the device alone, and the office gets the results", async () => {
  const { row } = await hall.video.walkIn(hall.citizen(5))
  const screen = await asCitizen(server, 5, { lang: "en", viewport: narrow, films: true })
  const { page, troubles } = screen
  await page.goto(`/visits/${row.id}`)
  await hearing(screen)
  await page.getByText("Try camera and microphone").click()
  await page.getByRole("button", { name: "Begin" }).click()
  await page.locator("[data-result=camera][data-is=ok]").waitFor()
  await page.locator("[data-result=microphone][data-is=ok]").waitFor()
  await page.locator("[data-result=network][data-is=direct]").waitFor()
  await page.getByText("The result was sent to the office.").waitFor()
  expect(await faults(page, demand)).toEqual([])
  await page.getByRole("button", { name: "Play a sound" }).click()
  await page.getByRole("button", { name: "Yes", exact: true }).click()
  await page.locator("[data-result=speaker][data-is=ok]").waitFor()
  await page.waitForFunction(() => document.querySelector("[data-kept]")?.textContent !== "")
  await until(async () => (await testOf(hall.store, row.id))?.speaker === "ok")
  const kept = await testOf(hall.store, row.id)
  expect(kept).toMatchObject({ camera: "ok", microphone: "ok", speaker: "ok", network: "direct" })
  await page.getByRole("button", { name: "Turn the camera off" }).click()
  expect(await page.locator("[data-preview]").isHidden()).toBe(true)
  expect(troubles).toEqual([])
  await page.context().close()
})

test("a camera that is forbidden, busy or missing is told apart, and tried before there is a visit it is sent with the visit", async () => {
  const screen = await asCitizen(server, 6, { lang: "en", films: true })
  const { page } = screen
  await page.addInitScript(() => {
    const names = ["NotReadableError", "NotFoundError", "NotAllowedError", "NotAllowedError"]
    navigator.mediaDevices.getUserMedia = async () => {
      throw new DOMException("", names.shift() ?? "NotAllowedError")
    }
  })
  await page.goto("/visits/test")
  const start = page.locator("[data-test-start]")
  await start.click()
  await page.locator("[data-result=camera][data-is=busy]").waitFor()
  await page.locator("[data-result=microphone][data-is=missing]").waitFor()
  await page.getByRole("button", { name: "Try again" }).click()
  await page.locator("[data-result=camera][data-is=denied]").waitFor()
  await page.locator("[data-result=microphone][data-is=denied]").waitFor()
  await page.locator("[data-test-start]:not([aria-disabled])").waitFor()
  const { row } = await hall.video.walkIn(hall.citizen(6))
  await page.goto(`/visits/${row.id}`)
  await until(async () => (await testOf(hall.store, row.id)) !== null)
  expect(await testOf(hall.store, row.id)).toMatchObject({ camera: "denied", microphone: "denied" })
  await page.context().close()
})

test("a second window asks before it takes over, and the phone that came by the code does not", async () => {
  const { row } = await hall.video.walkIn(hall.citizen(7))
  const laptop = await asCitizen(server, 7, { lang: "en" })
  await laptop.page.goto(`/visits/${row.id}`)
  await hearing(laptop)
  await until(async () => (await hall.video.participant(row.id, "citizen")).epoch === 1)
  const phone = await asCitizen(server, 7, { lang: "en" })
  await phone.page.goto(`/visits/${row.id}`)
  await phone.page.locator("[data-call][data-call-state=conflict]").waitFor()
  const at = Math.floor(hall.clock.office() / 60_000)
  const secret = server.keys.capability("visit_handover", `${row.id}.1.${at}`, 24)
  await phone.page.goto(`/visits/${row.id}?take=${at}.${secret}`)
  await laptop.page.locator("[data-call][data-call-state=elsewhere]").waitFor()
  await phone.page.locator("[data-call][data-call-state=waiting]").waitFor({ state: "attached" })
  expect((await hall.video.participant(row.id, "citizen")).epoch).toBe(2)
  await laptop.page.context().close()
  await phone.page.context().close()
})

async function until(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await Bun.sleep(20)
}
