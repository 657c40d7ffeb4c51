import { afterAll, expect, setDefaultTimeout, test } from "bun:test"
import { admit, invite } from "../../domain/visits/participants.ts"
import { answer, ring } from "../../domain/visits/ringing.ts"
import { counting, lossy } from "../../testing/calls.ts"
import { asAgent, asCitizen, hearing, type Screen } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { videoHall } from "../../testing/video.ts"

/* Somebody who hears nothing, and an interpreter whose hands must stay readable. */

setDefaultTimeout(180_000)

const hall = await videoHall({ counters: 1, citizens: 3 })
const server = await testServer({ office: hall })
const open: Screen[] = []

// How many words a page may say is counted by the office's clock, so it goes with the pages' own.
let gone = Date.now()
const ticking = setInterval(() => {
  const passed = Date.now() - gone
  gone += passed
  hall.clock.advance(passed)
}, 100)

afterAll(async () => {
  clearInterval(ticking)
  for (const { page } of open) await page.context().close()
  expect(open.flatMap(({ troubles }) => troubles)).toEqual([])
  expect(server.bugs).toEqual([])
})

test("whoever signs stands first, and on a bad network becomes smaller and never slower, nor is the picture paused", async () => {
  const who = hall.citizen(1)
  const agent = hall.agent(1)
  const { row } = await hall.video.walkIn(who)
  await hall.open(1)
  const citizen = await asCitizen(server, 1, { films: true, lang: "en" })
  const desk = await asAgent(server, 1, { films: true, lang: "en" })
  const signer = await asCitizen(server, 2, { films: true, lang: "en" })
  open.push(citizen, desk, signer)
  for (const { page } of open) await counting(page)
  const loses = await lossy(citizen.page)
  await citizen.page.goto(`/visits/${row.id}`)
  await desk.page.goto("/desk")
  await hearing(citizen, desk)
  await hall.write((tx) => ring(tx, agent, row.id, `${hall.code}.1`))
  await desk.page.locator(`[data-visit="${row.id}"]`).waitFor({ state: "attached" })
  await hall.write((tx) => answer(tx, who, row.id))
  const invited = await hall.write((tx) => invite(tx, hall.keys, agent, row.id, { kind: "interpreter", name: "Salma" }))
  await signer.page.goto(`/in/${row.id}/${invited.id}/${hall.keys.capability("visit", invited.id)}`)
  await signer.page.locator("main form button").click()
  await hearing(signer)
  await hall.write((tx) => admit(tx, agent, row.id, invited.id))
  await allFlow()

  // Who came last stands first, and no smaller than the others.
  for (const screen of [citizen, desk]) expect(await kinds(screen)).toEqual(["interpreter", expect.any(String)])
  const before = await signs(signer)
  expect(before.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy)).toEqual([1, 1])

  // Of what comes to the person, a quarter is lost.
  await loses(true)
  await signer.page.getByText("your picture is smaller now").waitFor({ timeout: 60_000 })
  for (const sent of await signs(signer)) {
    expect(sent).toMatchObject({ scaleResolutionDownBy: 2, active: true, preference: "maintain-framerate" })
    expect(sent.maxFramerate ?? 24).toBeGreaterThanOrEqual(20)
  }
  // It is no better however small: four more reports, after two of which anybody else would be heard alone.
  await hearsBad(signer, invited.id, 4)
  for (const sent of await signs(signer)) expect(sent).toMatchObject({ scaleResolutionDownBy: 2, active: true })
  expect(await signer.page.getByText("your picture is paused").count()).toBe(0)
  for (const { page } of open) expect(await page.locator(".call-tile[data-dark]").count()).toBe(0)
  for (const screen of [citizen, desk]) expect(await kinds(screen)).toEqual(["interpreter", expect.any(String)])
})

/** Until a page has heard so many times more that its picture arrives badly. */
const hearsBad = ({ page }: Screen, participant: string, times: number) =>
  page.evaluate(
    ([of, wanted]) =>
      new Promise<void>((resolve) => {
        let heard = 0
        document.addEventListener("dawr:visit", (event) => {
          const word = (event as CustomEvent<Record<string, unknown>>).detail
          if (word["do"] !== "media" || word["of"] !== of || Number(word["loss"]) < 0.12) return
          heard += 1
          if (heard === wanted) setTimeout(resolve, 100)
        })
      }),
    [participant, times] as const,
  )

const allFlow = () =>
  Promise.all(
    open.map(({ page }) =>
      page.waitForFunction(() => document.querySelectorAll('.call-tile[data-media="flowing"]').length === 2),
    ),
  )

/** Who is shown, as the eye reads: from above, and from the side where lines begin. */
const kinds = ({ page }: Screen) =>
  page.locator("[data-call-part=tiles] .call-tile").evaluateAll((tiles: HTMLElement[]) =>
    tiles
      .map((tile) => ({ kind: tile.dataset["kind"] ?? "", at: tile.getBoundingClientRect() }))
      .sort((one, other) => one.at.top - other.at.top || one.at.left - other.at.left)
      .map(({ kind }) => kind),
  )

/** How a page sends its picture, to each of the others. */
const signs = ({ page }: Screen) =>
  page.evaluate(() =>
    (window as unknown as { connections: RTCPeerConnection[] }).connections
      .filter(({ connectionState }) => connectionState === "connected")
      .flatMap((one) => one.getSenders())
      .filter(({ track }) => track?.kind === "video")
      .map((sender) => {
        const { encodings, degradationPreference: preference } = sender.getParameters()
        const { scaleResolutionDownBy, maxFramerate, active } = encodings[0] ?? {}
        return { scaleResolutionDownBy, maxFramerate, active, preference }
      }),
  )
