import { afterEach, expect, setDefaultTimeout, test } from "bun:test"
import { answer, ring } from "../../domain/visits/ringing.ts"
import { counting, flow, frames, relayedOnly } from "../../testing/calls.ts"
import { coturn, triesCoturn } from "../../testing/coturn.ts"
import { asAgent, asCitizen, hearing, type Screen } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { videoHall } from "../../testing/video.ts"

/* Networks that let nobody through but the relay, and relays that are not as they should be. */

setDefaultTimeout(90_000)

const open: Screen[] = []
const bugs: string[][] = []

afterEach(async () => {
  for (const { page } of open.splice(0)) await page.context().close()
  expect(bugs.splice(0).flat()).toEqual([])
})

/** Somebody has answered the agent's ring; between the two there is nothing but the relay. */
async function answered(env: Record<string, string>, before?: (page: Screen["page"]) => Promise<unknown>) {
  // A relay goes by the machine's clock and takes no credentials of the past: the office's clock is years ahead of it.
  const hall = await videoHall({ now: "2037-11-22T10:00" })
  const server = await testServer({ office: hall, env })
  bugs.push(server.bugs)
  const who = hall.citizen(1)
  const { row } = await hall.video.walkIn(who)
  await hall.open(1)
  const citizen = await asCitizen(server, 1, { films: true, lang: "en" })
  const desk = await asAgent(server, 1, { films: true, lang: "en" })
  open.push(citizen, desk)
  for (const { page } of [citizen, desk]) {
    await relayedOnly(page)
    await counting(page)
    await before?.(page)
  }
  await citizen.page.goto(`/visits/${row.id}`)
  await desk.page.goto("/desk")
  await hearing(citizen, desk)
  await hall.write((tx) => ring(tx, hall.agent(1), row.id, `${hall.code}.1`))
  await desk.page.locator(`[data-visit="${row.id}"]`).waitFor({ state: "attached" })
  await hall.write((tx) => answer(tx, who, row.id))
  return { citizen, desk, logged: server.bugs }
}

const status = ({ page }: Screen) => page.locator("[data-call-part=status]")

test("a relay that does not take our credentials is named on both sides, and stays so while it is tried again", async () => {
  if (!triesCoturn("a relay that does not take our credentials")) return
  const relay = await coturn("what the relay knows")
  const { citizen, desk, logged } = await answered({ TURN_URLS: relay.urls, TURN_SECRET: "what the house believes" })
  const refused = "The relay refused us. Tell support; you can write here."
  for (const screen of [citizen, desk]) await status(screen).getByText("Connecting you…").waitFor()
  for (const screen of [citizen, desk]) await status(screen).getByText(refused).waitFor()
  // What follows is another try, of which the page says nothing else.
  const tries = (page: Screen["page"]) =>
    page.evaluate(() => (window as unknown as { connections: unknown[] }).connections.length)
  while ((await tries(desk.page)) < 2) await desk.page.waitForTimeout(100)
  for (const screen of [citizen, desk]) expect(await status(screen).innerText()).toBe(refused)
  expect([(await flow(citizen.page)).bytes, (await flow(desk.page)).bytes]).toEqual([0, 0])
  await citizen.page.locator("[data-call-part=chat] > summary").click()
  await citizen.page.locator("[data-call-part=write] input").fill("I see nothing")
  await citizen.page.locator("[data-call-part=write] button").click()
  await desk.page.getByText("I see nothing").first().waitFor({ state: "attached" })
  // Whoever looks after the house is told, and nothing else is wrong.
  const told = logged.splice(0)
  expect(told.length).toBeGreaterThan(0)
  for (const line of told) expect(line).toContain('"event":"relay_refused"')
})

test("where no datagram passes, the call comes about through the relay by TCP, and the agent reads that it does", async () => {
  if (!triesCoturn("a call through a relay by TCP")) return
  const relay = await coturn(undefined, { tcpOnly: true })
  const { citizen, desk } = await answered({ TURN_URLS: relay.urls, TURN_SECRET: relay.secret })
  await Promise.all([frames(citizen.page, 5), frames(desk.page, 5)])
  for (const { page } of [citizen, desk]) expect(await waysOf(page)).toEqual(["relay by tcp"])
  await desk.page.locator("[data-call-part=quality]", { hasText: "through a relay" }).waitFor()
})

test("a line that dies as a page asks for the relay is asked again when it is back, and the first connection has its way", async () => {
  if (!triesCoturn("a line that dies as a page asks for the relay")) return
  const relay = await coturn()
  const { citizen, desk } = await answered({ TURN_URLS: relay.urls, TURN_SECRET: relay.secret }, (page) =>
    page.addInitScript(() => {
      const { send } = WebSocket.prototype
      let isLost = false
      WebSocket.prototype.send = function (data) {
        if (isLost || !String(data).includes('"relays"')) return send.call(this, data)
        isLost = true
        this.close()
      }
    }),
  )
  await Promise.all([frames(citizen.page, 5), frames(desk.page, 5)])
  for (const { page } of [citizen, desk]) {
    // By which protocol is the browser's own choice, and on a busy machine it may think again.
    expect((await waysOf(page)).join()).toMatch(/^relay by (udp|tcp)$/)
    expect(await page.evaluate(() => (window as unknown as { connections: unknown[] }).connections.length)).toBe(1)
  }
})

/** By what kind of candidate, and by which protocol to the relay, each connection of a page sends. */
function waysOf(page: Screen["page"]): Promise<string[]> {
  return page.evaluate(async () => {
    const ways = new Set<string>()
    for (const one of (window as unknown as { connections: RTCPeerConnection[] }).connections) {
      const stats = new Map<string, Record<string, unknown>>()
      const report = await one.getStats()
      report.forEach((stat: Record<string, unknown>) => {
        stats.set(String(stat["id"]), stat)
      })
      for (const transport of stats.values()) {
        if (transport["type"] !== "transport") continue
        const pair = stats.get(String(transport["selectedCandidatePairId"]))
        const local = stats.get(String(pair?.["localCandidateId"]))
        ways.add(`${local?.["candidateType"]} by ${local?.["relayProtocol"]}`)
      }
    }
    return [...ways]
  })
}
