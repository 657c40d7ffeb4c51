import { afterAll, afterEach, expect, setDefaultTimeout, test } from "bun:test"
import { answer, ring } from "../../domain/visits/ringing.ts"
import { counting, flow, frames, relayedOnly } from "../../testing/calls.ts"
import { coturn, hasCoturn, triesCoturn } from "../../testing/coturn.ts"
import { asAgent, asCitizen, hearing, type Screen } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { videoHall } from "../../testing/video.ts"

setDefaultTimeout(60_000)

const relay = hasCoturn ? await coturn() : null
// A relay goes by the machine's clock and takes no credentials of the past: the office's clock is years ahead of it.
const hall = await videoHall({ counters: 4, now: "2037-11-22T10:00" })
const TURN_SECRET = relay?.secret ?? "a secret of the tests"
const TURN_URLS = relay?.urls ?? "turn:127.0.0.1:3478"
const server = await testServer({ office: hall, env: { TURN_URLS, TURN_SECRET } })
const open: Screen[] = []

afterEach(async () => {
  for (const { page } of open.splice(0)) await page.context().close()
})

afterAll(() => {
  expect(server.bugs).toEqual([])
})

test("the test of the devices tells whether the relay answers from here, to whom it gives nothing yet", async () => {
  if (!triesCoturn("the test of the devices with a relay") || !relay) return
  const { page } = await asCitizen(server, 2, { films: true, lang: "en" })
  await page.goto("/visits/test")
  const network = page.locator('[data-result="network"]')
  await page.locator("[data-test-start]").click()
  await page.locator('[data-result="network"][data-is="relay"]').waitFor()
  expect(await network.innerText()).toContain("the relay answers from your network")
  await relay.kill()
  await page.locator("[data-test-start]:not([aria-disabled])").click()
  await page.locator('[data-result="network"][data-is="blocked"]').waitFor()
  await relay.start()
  await page.context().close()
})

test("two who reach each other through the relay alone have a call through a real coturn, and have it again after the relay was gone", async () => {
  if (!triesCoturn("a call through a relay alone")) return
  const who = hall.citizen(3)
  const { row } = await hall.video.walkIn(who)
  await hall.open(3)
  const citizen = await asCitizen(server, 3, { films: true, lang: "en" })
  const desk = await asAgent(server, 3, { films: true, lang: "en" })
  open.push(citizen, desk)
  for (const { page } of open) {
    await relayedOnly(page)
    await counting(page)
  }
  await citizen.page.goto(`/visits/${row.id}`)
  await desk.page.goto("/desk")
  await hearing(citizen, desk)
  await hall.write((tx) => ring(tx, hall.agent(3), row.id, `${hall.code}.3`))
  await desk.page.locator(`[data-visit="${row.id}"]`).waitFor({ state: "attached" })
  await hall.write((tx) => answer(tx, who, row.id))
  await Promise.all([frames(citizen.page, 5), frames(desk.page, 5)])
  expect([...new Set((await flow(citizen.page)).local)]).toEqual(["relay"])
  expect([...new Set((await flow(desk.page)).local)]).toEqual(["relay"])
  await desk.page.getByText("through a relay").waitFor()
  await relay?.kill()
  await desk.page.locator('[data-media="unstable"], [data-media="restarting"]').first().waitFor()
  await relay?.start()
  await desk.page.locator('.call-tile[data-media="flowing"]').waitFor()
  await Promise.all([frames(citizen.page, 5), frames(desk.page, 5)])
})
