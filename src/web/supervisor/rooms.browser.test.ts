import { afterAll, afterEach, expect, setDefaultTimeout, test } from "bun:test"
import { answer, ring } from "../../domain/visits/ringing.ts"
import { counting, frames } from "../../testing/calls.ts"
import { asAgent, asCitizen, asSupervisor, hearing, type Screen } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { videoHall } from "../../testing/video.ts"

setDefaultTimeout(60_000)

const hall = await videoHall()
const server = await testServer({ office: hall })
const open: Screen[] = []
const films = { films: true, lang: "en" } as const

afterEach(async () => {
  const screens = open.splice(0)
  for (const { page } of screens) await page.context().close()
  expect(screens.flatMap(({ troubles }) => troubles)).toEqual([])
})

afterAll(() => {
  expect(server.bugs).toEqual([])
})

test("a supervisor sees a room as it comes to be, joins it before everybody's eyes, is seen and heard, and leaves it", async () => {
  const who = hall.citizen(1)
  const { row } = await hall.video.walkIn(who)
  await hall.open(1)
  const [citizen, desk] = [await asCitizen(server, 1, films), await asAgent(server, 1, films)]
  const lead = await asSupervisor(server, films)
  open.push(citizen, desk, lead)
  for (const { page } of open) await counting(page)
  await citizen.page.goto(`/visits/${row.id}`)
  await desk.page.goto("/desk")
  await lead.page.goto(`/day/${hall.code}/rooms`)
  await hearing(citizen, desk, lead)
  await lead.page.locator(`[data-waiting="${row.id}"]`).waitFor()

  await hall.write((tx) => ring(tx, hall.agent(), row.id, hall.counter()))
  await desk.page.locator(`[data-visit="${row.id}"]`).waitFor({ state: "attached" })
  await hall.write((tx) => answer(tx, who, row.id))
  await Promise.all([frames(citizen.page), frames(desk.page)])
  await lead.page.locator(".room-join").click()
  await lead.page.waitForURL(new RegExp(`/rooms/${row.id}$`))
  const tiles = ({ page }: Screen) => page.locator('[data-call-part="tiles"] video')
  await tiles(lead).nth(1).waitFor()
  await frames(lead.page)
  await tiles(citizen).nth(1).waitFor()
  await citizen.page.getByText("Supervisor", { exact: false }).first().waitFor({ state: "attached" })

  await lead.page.locator("form .button-danger").click()
  await lead.page.waitForURL(/\/rooms$/)
  await tiles(citizen).nth(1).waitFor({ state: "detached" })
})
