import { afterAll, expect, setDefaultTimeout, test } from "bun:test"
import { asAgent, asCitizen, hearing } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { videoHall } from "../../testing/video.ts"

setDefaultTimeout(60_000)

const hall = await videoHall({ counters: 1, citizens: 3 })
const server = await testServer({ office: hall })

afterAll(() => {
  expect(server.bugs).toEqual([])
})

test("the wrong row was about to be let in: called off, everybody waits as before, and all that is left of it is on record", async () => {
  const [first, second] = [await hall.video.walkIn(hall.citizen(1)), await hall.video.walkIn(hall.citizen(2))]
  await hall.open(1)
  const citizen = await asCitizen(server, 2, { lang: "en" })
  const desk = await asAgent(server, 1, { lang: "en" })
  await citizen.page.goto(`/visits/${second.row.id}`)
  await desk.page.goto("/desk")
  await hearing(citizen, desk)
  const place = await citizen.page.locator("[data-region]").innerText()
  const facts = (await hall.facts()).length
  const [yes, no] = ["yes", "no"].map((way) => desk.page.locator(`[data-asking-${way}]`))
  // Whose row it is stands there before anything rings, and going back leaves a word of it alone.
  await desk.page.locator(`#row-${second.row.id} button`).click()
  await no?.click()
  while ((await hall.facts("visit.not_rung")).length === 0)
    await desk.page.evaluate(() => new Promise(requestAnimationFrame))
  expect((await hall.facts()).slice(facts).map(({ kind }) => kind)).toEqual(["visit.not_rung"])
  await desk.page.locator(`#row-${second.row.id} button`).click()
  await yes?.click()
  // And so it does while it rings, with the way back beside it.
  const off = desk.page.locator(`button[value="visit-off ${second.row.id}"]`)
  await off.waitFor()
  await citizen.page.locator("button[form=visit-answer]").waitFor()
  await off.click()
  await off.waitFor({ state: "detached" })
  await citizen.page.locator("button[form=visit-answer]").waitFor({ state: "detached" })
  for (const before of [first, second]) {
    const { phase, ticket } = await hall.video.now(before.row.id)
    expect([phase, { ...ticket, undo: before.ticket.undo }]).toEqual(["lobby", before.ticket])
  }
  expect((await hall.counterNow(1)).ticket).toBeNull()
  expect(await citizen.page.locator("[data-region]").innerText()).toBe(place)
  const said = (await hall.facts()).slice(facts)
  expect(said.filter(({ kind }) => kind === "visit.called_off")).toHaveLength(1)
  expect(said.some(({ kind }) => kind === "ticket.serving")).toBe(false)
  // The right one is called with the next press.
  await desk.page.locator(`#row-${first.row.id} button`).click()
  await yes?.click()
  await desk.page.locator(`button[value="visit-off ${first.row.id}"]`).waitFor()
  expect([...citizen.troubles, ...desk.troubles]).toEqual([])
  for (const { page } of [citizen, desk]) await page.context().close()
})
