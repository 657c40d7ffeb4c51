import { expect, test } from "bun:test"
import { hour } from "../../base/day.ts"
import { book, cancel } from "../../domain/bookings/writes.ts"
import { notify } from "../../domain/notifications/outbox.ts"
import { triesMax } from "../../domain/notifications/rules.ts"
import { stepMessages } from "../../jobs/messages.ts"
import { NotTaken } from "../../outside/letter.ts"
import { violations } from "../../testing/axe.ts"
import { open } from "../../testing/live.ts"
import { asAgent, asCitizen, asSupervisor, hearing, type Screen } from "../../testing/screens.ts"
import { type TestServer, testServer } from "../../testing/server.ts"
import { ownLook } from "../look.ts"

/* Messages in a real browser: they come by themselves, and everybody can read them. */

const long = 60_000

async function booked(server: TestServer, number: number, time: string) {
  const { office } = server
  const wanted = { office: office.code, service: "PAS-01", slot: office.slot(time, { on: "2026-11-24" }) }
  return office.write((tx) => book(tx, office.citizen(number), wanted))
}

/** Whether anything on the page is wider than the page. */
const overflows = ({ page }: Screen) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)

test(
  "a message comes into an open inbox and onto the bell of every other page of its owner, without a press",
  async () => {
    const server = await testServer()
    const [inbox, elsewhere, other] = [
      await asCitizen(server, 1),
      await asCitizen(server, 1),
      await asCitizen(server, 2),
    ]
    await inbox.page.goto("/inbox")
    await elsewhere.page.goto("/bookings")
    await other.page.goto("/inbox")
    await hearing(inbox, elsewhere, other)
    expect(await inbox.page.locator(".message").count()).toBe(0)
    const made = await booked(server, 1, "12:00")
    await inbox.page.waitForSelector(".message-unread")
    await inbox.page.waitForSelector(".bell-count")
    await elsewhere.page.waitForSelector(".bell-count")
    expect(await elsewhere.page.locator(".bell-count").textContent()).toBe("1")
    await server.house.hub.settled()
    expect(await other.page.locator(".bell-count").count()).toBe(0)

    await inbox.page.keyboard.press("Tab")
    await inbox.page.locator('button[name="open"]').press("Enter")
    await inbox.page.waitForURL(`**/bookings/${made.id}`)
    await elsewhere.page.waitForSelector(".bell-count", { state: "detached" })
    expect([...inbox.troubles, ...elsewhere.troubles, ...other.troubles, ...server.bugs]).toEqual([])
  },
  long,
)

test(
  "the sixth page of a citizen works without a wire, its bell is read anew when they come back to it, and the next wire is its own",
  async () => {
    const server = await testServer()
    const { office } = server
    const wires = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const wire = await open(`${server.origin.replace("http", "ws")}/live`, {})
        wire.say({ token: (await server.citizen(1).token()) ?? "" })
        wire.say({ sub: ["inbox"] })
        await wire.next((message) => "snapshot" in message)
        return wire
      }),
    )
    const screen = await asCitizen(server, 1)
    const { page } = screen
    await page.goto("/bookings")
    await page.locator("html[data-live-state=away]").waitFor({ state: "attached" })
    expect(await page.locator(".bell-count").count()).toBe(0)
    const made = await booked(server, 1, "12:00")
    const comeBack = () => page.evaluate(() => window.dispatchEvent(new Event("focus")))
    await comeBack()
    await page.waitForSelector(".bell-count")
    expect(await page.locator(".bell-count").textContent()).toBe("1")
    await office.write((tx) => cancel(tx, office.citizen(1), made.id))
    await comeBack()
    await page.locator(".bell-count", { hasText: "2" }).waitFor()
    expect(await page.locator("html").getAttribute("data-live-state")).toBe("away")

    wires[0]?.close()
    await page.reload()
    await hearing(screen)
    await booked(server, 1, "13:00")
    await page.locator(".bell-count", { hasText: "3" }).waitFor()
    await page.click("a.bell")
    await page.waitForURL("**/inbox")
    expect(await page.locator(".message").count()).toBe(3)
    expect([...screen.troubles, ...server.bugs]).toEqual([])
    for (const wire of wires) wire.close()
  },
  long,
)

test(
  "the inbox works where no script runs",
  async () => {
    const server = await testServer()
    await booked(server, 1, "12:00")
    const { page } = await asCitizen(server, 1, { javaScript: false })
    await page.goto("/inbox")
    await page.click('button[name="read"]')
    await page.waitForSelector(".message:not(.message-unread)")
    expect(await page.locator(".bell-count").count()).toBe(0)
    expect(server.bugs).toEqual([])
  },
  long,
)

for (const lang of ["ar", "en"] as const) {
  test(
    `nothing stands in the way of a reader with a disability: a dead letter, an agent's settings, ${lang}`,
    async () => {
      const server = await testServer()
      const { office } = server
      const { id } = await booked(server, 1, "12:00")
      await booked(server, 1, "13:00").catch(() => null)
      await office.write((tx) => cancel(tx, office.agent(1), id, "No power in the hall"))
      const mobile = await office.person({ mobile: "+966550000001" })
      await office.write((tx) => {
        const data = { booking: id, office: office.code, service: "PAS-01", startsAt: office.at("12:00") }
        return notify(tx, { to: { kind: "citizen", id: mobile.id }, kind: "booking_struck", data, dedupe: "struck" })
      })
      const refused = () => Promise.reject(new NotTaken("no answer in time"))
      const stay = { soon: new AbortController().signal, now: new AbortController().signal }
      const parts = {
        clock: office.clock,
        keys: server.keys,
        log: server.house.log,
        store: office.store,
        look: ownLook,
      }
      const more = {
        writer: office.writer,
        post: { mail: refused, sms: refused },
        inboxAt: () => "",
        visitAt: (id: string) => `/visits/${id}`,
        demo: false,
      }
      for (let round = 0; round <= triesMax; round++) {
        await stepMessages({ ...parts, ...more }, stay)
        if (round < triesMax) office.clock.advance(6 * hour)
      }
      const found: string[] = []
      const look = async (name: string, screen: Screen, path: string) => {
        await screen.page.goto(`${path}?lang=${lang}`)
        for (const line of await violations(screen.page)) found.push(`${name}: ${line}`)
        if (await overflows(screen)) found.push(`${name}: wider than the screen`)
      }
      for (const colorScheme of ["light", "dark"] as const) {
        const lead = await asSupervisor(server, { lang, colorScheme, viewport: { width: 390, height: 844 } })
        await look(`dead letters ${colorScheme}`, lead, "/messages/dead")
        expect(await lead.page.locator(".message").count()).toBe(1)
      }
      await look("an agent's settings", await asAgent(server, 1, { lang }), "/account/messages")
      expect(found).toEqual([])
      expect(server.bugs).toEqual([])
    },
    2 * long,
  )
}
