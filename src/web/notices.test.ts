import { afterAll, expect, test } from "bun:test"
import type { Page } from "playwright-core"
import { ring } from "../domain/visits/ringing.ts"
import { faults } from "../testing/layout.ts"
import { asCitizen, asStranger, hearing } from "../testing/screens.ts"
import { testServer } from "../testing/server.ts"
import { videoHall } from "../testing/video.ts"

const hall = await videoHall({ citizens: 4, counters: 2 })
const [server, video] = [await testServer(), await testServer({ office: hall })]
hall.time("10:00")

afterAll(() => {
  expect([...server.bugs, ...video.bugs]).toEqual([])
})

const demand = { target: 44, text: 13 }

type Away = "no" | "in another tab" | "in another window"

interface Shown {
  words: string
  tag: string
  isOpen: boolean
}

/**
 * A browser without a screen shows no notices and is asked for none: here somebody sits before it who answers in its place, and who looks at
 * another tab when `lookAway` says so, or at another window beside this one.
 */
async function withNotices(page: Page, answer: "granted" | "denied") {
  await page.addInitScript((given) => {
    const shown: Shown[] = []
    let permission: NotificationPermission = "default"
    class Stand extends EventTarget {
      readonly #one: Shown
      constructor(words: string, { tag = "" }: { tag?: string } = {}) {
        super()
        this.#one = { words, tag, isOpen: true }
        if (permission === "granted") shown.push(this.#one)
      }
      static get permission() {
        return permission
      }
      static async requestPermission() {
        permission = given
        return permission
      }
      close() {
        this.#one.isOpen = false
      }
    }
    let away: Away = "no"
    Object.defineProperty(Document.prototype, "hidden", { get: () => away === "in another tab" })
    Document.prototype.hasFocus = () => away === "no"
    Object.assign(globalThis, {
      Notification: Stand,
      noticesShown: shown,
      lookAway: (now: Away) => {
        const was = away
        away = now
        if ([was, now].includes("in another tab")) document.dispatchEvent(new Event("visibilitychange"))
        else window.dispatchEvent(new Event(now === "no" ? "focus" : "blur"))
      },
    })
  }, answer)
  const inPage = globalThis as unknown as { noticesShown: Shown[]; lookAway(now: Away): void }
  return {
    shown: () => page.evaluate(() => (globalThis as unknown as typeof inPage).noticesShown),
    lookAway: (now: Away) => page.evaluate((away) => (globalThis as unknown as typeof inPage).lookAway(away), now),
    until: (count: number) =>
      page.waitForFunction((wanted) => (globalThis as unknown as typeof inPage).noticesShown.length >= wanted, count),
  }
}

test("whoever asked for it is told of the call in another window, again when called again, and not while looking", async () => {
  const agent = server.agent(1)
  await agent.post(`/api/v1/counters/${server.office.code}.1/opening`, {})
  const { body } = await server
    .device("kiosk")
    .post(`/api/v1/offices/${server.office.code}/tickets`, { service: "PAS-10", nationalId: "1000000008" })
  const screen = await asStranger(server, { lang: "en" })
  const { page, troubles } = screen
  const notices = await withNotices(page, "granted")
  const { id, link } = body as { id: string; link: string }
  await page.goto(link)
  await hearing(screen)
  const button = page.getByRole("button", { name: "Alert me also in another window" })
  await button.waitFor()
  expect(await faults(page, demand)).toEqual([])
  await button.click()
  await page.getByText("Your device will alert you").waitFor()
  expect(await button.isVisible()).toBe(false)
  expect(await faults(page, demand)).toEqual([])

  await notices.lookAway("in another tab")
  await agent.post(`/api/v1/counters/${server.office.code}.1/next`, {})
  await notices.until(1)
  expect(await notices.shown()).toEqual([
    { words: "It is your turn. Go to counter 1.", tag: `dawr:ticket:${id}`, isOpen: true },
  ])
  // The offer is no use to somebody who is called, and whoever looks needs no notice.
  expect(await page.getByText("Your device will alert you").isVisible()).toBe(false)
  await notices.lookAway("no")
  expect((await notices.shown()).map(({ isOpen }) => isOpen)).toEqual([false])
  await agent.post(`/api/v1/tickets/${id}/recall`, {})
  await page.locator("[data-ticket][data-calls='2']").waitFor()
  expect(await notices.shown()).toHaveLength(1)
  await notices.lookAway("in another window")
  await agent.post(`/api/v1/tickets/${id}/recall`, {})
  await notices.until(2)
  await agent.post(`/api/v1/tickets/${id}/serve`, {})
  await page.locator(".ticket-serving").waitFor()
  expect((await notices.shown()).map(({ isOpen }) => isOpen)).toEqual([false, false])
  expect(troubles).toEqual([])
  await page.context().close()
})

test("a ring of a video visit is shown too, in Arabic", async () => {
  const { row } = await hall.video.walkIn(hall.citizen(1))
  await hall.open(1)
  const screen = await asCitizen(video, 1)
  const { page } = screen
  const notices = await withNotices(page, "granted")
  await page.goto(`/visits/${row.id}`)
  await hearing(screen)
  await page.getByRole("button", { name: "نبّهني حتى وأنا في نافذة أخرى" }).click()
  await notices.lookAway("in another window")
  await hall.write((tx) => ring(tx, hall.agent(1), row.id))
  await notices.until(1)
  const [told] = await notices.shown()
  expect(told).toMatchObject({ tag: `dawr:visit:${row.id}`, isOpen: true })
  expect(told?.words).toBe((await page.locator("[data-ticket]").getAttribute("data-say")) ?? "")
  await notices.lookAway("no")
  expect((await notices.shown()).map(({ isOpen }) => isOpen)).toEqual([false])
  await page.context().close()
})

test("a browser that refuses says what to do, and one that cannot offers nothing", async () => {
  const { row } = await hall.video.walkIn(hall.citizen(2))
  const screen = await asCitizen(video, 2, { lang: "en" })
  await withNotices(screen.page, "denied")
  await screen.page.goto(`/visits/${row.id}`)
  await screen.page.getByRole("button", { name: "Alert me also" }).click()
  const said = screen.page.getByText("Your browser blocks alerts from this site")
  await said.waitFor()
  expect(await said.evaluate((one) => one === document.activeElement)).toBe(true)
  const other = await asCitizen(video, 2, { lang: "en" })
  await other.page.addInitScript(() => {
    Object.assign(globalThis, {
      Notification: Object.assign(
        () => {
          throw new TypeError("Illegal constructor")
        },
        { permission: "default" },
      ),
    })
  })
  await other.page.goto(`/visits/${row.id}`)
  await other.page.locator("#visit-chat").waitFor()
  expect(await other.page.locator("[data-notices]").isVisible()).toBe(false)
  expect([...screen.troubles, ...other.troubles]).toEqual([])
  for (const { page } of [screen, other]) await page.context().close()
})
