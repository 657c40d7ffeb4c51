import { expect, test } from "bun:test"
import { asAgent, asDevice, asStranger, hearing } from "../testing/screens.ts"
import { type TestServer, testServer } from "../testing/server.ts"

/* The hall as people see it: a phone, the board, the agent's desk and the kiosk, each in a browser of its own. */

const minuteMs = 60_000
const long = 60_000

async function walkIn(server: TestServer, number: string, service = "PAS-10") {
  const { status, body } = await server
    .device("kiosk")
    .post(`/api/v1/offices/${server.office.code}/tickets`, { service, nationalId: number })
  expect(status).toBe(201)
  return body as { id: string; number: number; link: string }
}

test(
  "one press of next is seen on the phone, on the board and at the desk",
  async () => {
    const server = await testServer()
    const ticket = await walkIn(server, "1000000008")
    const [phone, board, desk] = [await asStranger(server), await asDevice(server, "board"), await asAgent(server, 1)]
    await phone.page.goto(ticket.link)
    await desk.page.goto("/desk")
    await desk.page.click(`button[value="open ${server.office.code}.1"]`)
    await desk.page.waitForSelector(".hand-next")
    await hearing(phone, board, desk)
    expect(await phone.page.locator("[data-ticket]").getAttribute("data-state")).toBe("waiting")
    expect(await desk.page.locator(".waiting tbody tr").count()).toBe(1)

    await desk.page.keyboard.press("n")
    await desk.page.waitForSelector(".hand-number")
    expect(await desk.page.locator(".hand-number").textContent()).toBe(String(ticket.number))
    await phone.page.waitForSelector(".ticket-called")
    expect(await phone.page.locator(".ticket-plate").textContent()).toBe("1")
    await board.page.waitForSelector(".board-now-active")
    expect(await board.page.locator(".board-now .number").textContent()).toBe(String(ticket.number))
    await board.page.waitForSelector("#board-flash:not([hidden])")
    expect(await board.page.locator("[data-flash-number]").textContent()).toBe(String(ticket.number))

    await desk.page.click('button[value^="serve"]')
    await phone.page.waitForSelector(".ticket-serving")
    await desk.page.keyboard.press("f")
    await phone.page.waitForSelector(".ticket-served")
    expect([...phone.troubles, ...board.troubles, ...desk.troubles, ...server.bugs]).toEqual([])
  },
  long,
)

test(
  "two agents see one list, and the second to press next gets the next person",
  async () => {
    const server = await testServer()
    const [first, second] = [await walkIn(server, "1000000008"), await walkIn(server, "1000000016")]
    const [one, two] = [await asAgent(server, 1), await asAgent(server, 2)]
    for (const [index, { page }] of [one, two].entries()) {
      await page.goto("/desk")
      await page.click(`button[value="open ${server.office.code}.${index + 1}"]`)
      await page.waitForSelector(".hand-next")
    }
    await hearing(one, two)
    await one.page.click(".hand-next")
    await two.page.waitForFunction(() => document.querySelectorAll(".waiting tbody tr").length === 1)
    await two.page.click(".hand-next")
    await two.page.waitForSelector(".hand-number")
    expect(await one.page.locator(".hand-number").textContent()).toBe(String(first.number))
    expect(await two.page.locator(".hand-number").textContent()).toBe(String(second.number))
  },
  long,
)

test(
  "the last counter that is closed while somebody waits asks, and closes when told again",
  async () => {
    const server = await testServer()
    await walkIn(server, "1000000008")
    const desk = await asAgent(server, 1)
    await desk.page.goto("/desk?lang=en")
    await desk.page.click(`button[value="open ${server.office.code}.1"]`)
    await desk.page.waitForSelector(".hand-next")
    await desk.page.click('button[value="close"]')
    await desk.page.click('button[value="close-anyway"]')
    await desk.page.waitForSelector(`button[value="open ${server.office.code}.1"]`)
    expect(server.bugs).toEqual([])
  },
  long,
)

test(
  "a call that the desk takes back leaves the board, and the person waits again",
  async () => {
    const server = await testServer()
    const ticket = await walkIn(server, "1000000008")
    const [phone, board, desk] = [await asStranger(server), await asDevice(server, "board"), await asAgent(server, 1)]
    await phone.page.goto(ticket.link)
    await desk.page.goto("/desk")
    await desk.page.click(`button[value="open ${server.office.code}.1"]`)
    await desk.page.waitForSelector(".hand-next")
    await hearing(phone, board, desk)
    await desk.page.keyboard.press("n")
    await board.page.waitForSelector("#board-flash:not([hidden])")
    await desk.page.waitForSelector('button[value^="undo"]')
    await desk.page.keyboard.press("z")
    await phone.page.waitForSelector(".ticket-waiting, .ticket-soon")
    await board.page.waitForSelector("#board-flash", { state: "hidden" })
    expect(server.bugs).toEqual([])
  },
  long,
)

test(
  "a board that is reloaded shows the call and does not ring again; one that lost its line says since when",
  async () => {
    const server = await testServer()
    await walkIn(server, "1000000008")
    const board = await asDevice(server, "board")
    await hearing(board)
    await server.agent(1).post(`/api/v1/counters/${server.office.code}.1/opening`, {})
    await server.agent(1).post(`/api/v1/counters/${server.office.code}.1/next`)
    await board.page.waitForSelector("#board-flash:not([hidden])")
    await board.page.reload()
    await board.page.waitForSelector(".board-now-active")
    expect(await board.page.locator("#board-flash").isHidden()).toBe(true)
    await board.page.waitForSelector('html[data-live-state="live"]')
    await board.page.context().setOffline(true)
    await board.page.waitForSelector('html[data-live-state="away"]')
    expect(await board.page.locator(".board-offline").textContent()).toMatch(/\d{2}:\d{2}/)
    await board.page.context().setOffline(false)
    await board.page.waitForSelector('html[data-live-state="live"]')
    expect(await board.page.locator("#board-flash").isHidden()).toBe(true)
  },
  long,
)

test(
  "the kiosk gives a number, prints it, wipes itself, and shows nothing to the next person",
  async () => {
    const server = await testServer()
    const kiosk = await asDevice(server, "kiosk")
    const { page } = kiosk
    await page.addInitScript("window.print = () => { window.printed = (window.printed ?? 0) + 1 }")
    await page.clock.install()
    await page.click('.target-language[lang="ar"]')
    await page.click('a[href$="/services"]')
    await page.click(".kiosk-services .target")
    for (const digit of "1000000008") await page.click(`[data-digit="${digit}"]`)
    await page.click(".kiosk-form .button-main")
    await page.waitForSelector(".issued-number")
    expect(await page.locator(".issued-number").textContent()).toMatch(/^\d{3}$/)
    expect(await page.evaluate("window.printed")).toBe(1)
    await page.clock.runFor(25_000)
    await page.waitForSelector(".kiosk-languages")
    await page.goBack().catch(() => null)
    expect(await page.locator(".issued-number").count()).toBe(0)
    // The address of the number is good for a moment only.
    server.office.clock.advance(5 * minuteMs)
    expect([...kiosk.troubles, ...server.bugs]).toEqual([])
  },
  long,
)

test(
  "a kiosk that nobody touches asks, and then begins again",
  async () => {
    const server = await testServer()
    const { page } = await asDevice(server, "kiosk")
    await page.clock.install()
    await page.goto(`/kiosk/${server.office.code}/start?lang=en`)
    await page.clock.runFor(46_000)
    await page.waitForSelector(".kiosk-idle[open]")
    await page.click("[data-stay]")
    await page.waitForSelector(".kiosk-idle", { state: "hidden" })
    await page.clock.runFor(47_000)
    await page.waitForSelector(".kiosk-idle[open]")
    await page.clock.runFor(16_000)
    await page.waitForSelector(".kiosk-languages")
  },
  long,
)
