import { afterAll, afterEach, describe, expect, setDefaultTimeout, test } from "bun:test"
import { hangUp, hold, resume } from "../../domain/visits/calls.ts"
import { answer, ring } from "../../domain/visits/ringing.ts"
import { counting, cutOff, flow, frames } from "../../testing/calls.ts"
import { asAgent, asCitizen, hearing, type Screen } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { videoHall } from "../../testing/video.ts"

setDefaultTimeout(60_000)

const hall = await videoHall({ counters: 14, citizens: 30 })
const server = await testServer({ office: hall })
let last = 0
const open: Screen[] = []

afterEach(async () => {
  const screens = open.splice(0)
  for (const { page } of screens) await page.context().close()
  expect(screens.flatMap(({ troubles }) => troubles)).toEqual([])
})

afterAll(() => {
  expect(server.bugs).toEqual([])
})

const films = { films: true } as const

/** What is done to the page of the person before it loads. */
type Before = (page: Screen["page"]) => Promise<unknown>

/** Somebody waits on their phone, and the nth agent sits at the desk; nobody has rung yet. */
async function waiting(before?: Before) {
  const number = ++last
  const agent = number
  const who = hall.citizen(number)
  const { row } = await hall.video.walkIn(who)
  await hall.open(agent)
  const citizen = await asCitizen(server, number, { ...films, lang: "en" })
  const desk = await asAgent(server, agent, { ...films, lang: "en" })
  open.push(citizen, desk)
  for (const { page } of [citizen, desk]) await counting(page)
  await before?.(citizen.page)
  await citizen.page.goto(`/visits/${row.id}`)
  await desk.page.goto("/desk")
  await hearing(citizen, desk)
  return { id: row.id, who, agent: hall.agent(agent), citizen, desk, at: `${hall.code}.${agent}` }
}

/** Both see each other. */
async function talking(before?: Before) {
  const all = await waiting(before)
  await hall.write((tx) => ring(tx, all.agent, all.id, all.at))
  await all.desk.page.locator(`[data-visit="${all.id}"]`).waitFor({ state: "attached" })
  await hall.write((tx) => answer(tx, all.who, all.id))
  await Promise.all([frames(all.citizen.page), frames(all.desk.page)])
  return all
}

const state = ({ page }: Screen, now: string) =>
  page.locator(`[data-call-state="${now}"]`).waitFor({ state: "attached" })

describe("a call", () => {
  test("is ended by the person as well, who is asked once more; the agent has the last word", async () => {
    const { citizen, desk } = await talking()
    await citizen.page.locator('.call-bar a[href="#end"]').click()
    await citizen.page.locator("#end .button-danger").click()
    await citizen.page.locator(".visit-wrapUp").waitFor()
    await desk.page.locator(".call-agent[data-phase=wrapUp]").waitFor()
    expect((await flow(desk.page)).open).toBe(0)
  })

  test("that the agent takes up again after its end opens nobody's camera: the person is asked first", async () => {
    const { id, agent, citizen, desk } = await talking()
    await hall.write((tx) => hangUp(tx, agent, id))
    await state(citizen, "over")
    await desk.page.locator(`button[value="visit-resume ${id}"]`).click()
    await citizen.page.locator("[data-call-part=again]").waitFor()
    const isFilmed = () =>
      citizen.page.locator("[data-call-part=self]").evaluate((video: HTMLVideoElement) => video.srcObject !== null)
    expect(await isFilmed()).toBe(false)
    await citizen.page.locator("[data-call-do=join]").click()
    await Promise.all([frames(citizen.page, 5), frames(desk.page, 5)])
    expect(await isFilmed()).toBe(true)
  })

  test("rings from the desk, is answered on the phone, and both see each other move", async () => {
    const { id, citizen, desk } = await waiting()
    await desk.page.locator(`#row-${id} button`).click()
    await desk.page.locator("[data-asking-yes]").click()
    await desk.page.locator(".call-agent[data-phase=ringing]").waitFor()
    await citizen.page.locator("button[form=visit-answer]").click()
    const from = Date.now()
    const [there, here] = await Promise.all([frames(citizen.page, 5), frames(desk.page, 5)])
    expect((await flow(citizen.page)).open).toBe(1)
    expect((await flow(desk.page)).open).toBe(1)
    if (process.env["DAWR_FIGURES"])
      console.log(`first frame after the answer: citizen ${there - from} ms, agent ${here - from} ms\n`)
  })

  test("has mute, camera and end in sight on a telephone, without scrolling", async () => {
    const { citizen } = await talking()
    await citizen.page.setViewportSize({ width: 390, height: 844 })
    await citizen.page.evaluate(() => window.scrollTo(0, 0))
    for (const one of ['[data-call-do="mute"]', '[data-call-do="camera"]', 'a[href="#end"]']) {
      const box = await citizen.page.locator(`[data-call-part=bar] ${one}`).boundingBox()
      expect(box && box.y >= 0 && box.y + box.height <= 844).toBe(true)
    }
  })

  test("is there again after either side has loaded its page anew", async () => {
    const { citizen, desk } = await talking()
    for (const { page } of [citizen, desk]) {
      const from = Date.now()
      await page.reload()
      const [one, other] = await Promise.all([frames(citizen.page), frames(desk.page)])
      if (process.env["DAWR_FIGURES"]) process.stderr.write(`after a reload: ${Math.max(one, other) - from} ms\n`)
    }
    expect((await flow(desk.page)).open).toBe(1)
    expect((await flow(citizen.page)).open).toBe(1)
  })

  test("on hold lets nothing through: the connections are closed, and not a byte arrives until the agent is back", async () => {
    const { id, agent, citizen, desk } = await talking()
    await hall.write((tx) => hold(tx, agent, id))
    await state(citizen, "held")
    await desk.page.locator(".call-agent[data-phase=hold]").waitFor()
    const [before, beforeThere] = [await flow(desk.page), await flow(citizen.page)]
    expect([before.open, beforeThere.open]).toEqual([0, 0])
    await citizen.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_000)))
    expect([await flow(desk.page), await flow(citizen.page)]).toEqual([before, beforeThere])
    await hall.write((tx) => resume(tx, agent, id))
    await Promise.all([frames(citizen.page), frames(desk.page)])
  })

  test("goes on while the line to the server is gone, by the same connection", async () => {
    const { citizen, desk } = await talking()
    await cutOff(citizen.page)
    await citizen.page.locator("html[data-live-state=away]").waitFor({ state: "attached" })
    await desk.page.getByText("Lost their line to us").waitFor()
    await Promise.all([frames(citizen.page, 10), frames(desk.page, 10)])
    await citizen.page.context().setOffline(false)
    await hearing(citizen)
    await desk.page.getByText("Lost their line to us").waitFor({ state: "detached" })
    await Promise.all([frames(citizen.page, 5), frames(desk.page, 5)])
    const made = (page: Screen["page"]) =>
      page.evaluate(() => (window as unknown as { connections: unknown[] }).connections.length)
    expect([await made(citizen.page), await made(desk.page)]).toEqual([1, 1])
    // That the page asked to be let in again meanwhile, the browser itself complains of.
    const own = citizen.troubles.filter((trouble) => !trouble.includes("ERR_INTERNET_DISCONNECTED"))
    citizen.troubles.splice(0, citizen.troubles.length, ...own)
  })

  test("moves to another window when it is told to: the first one's camera is off, and it does not come back by itself", async () => {
    const { id, citizen, desk } = await talking()
    const second = await citizen.page.context().newPage()
    await counting(second)
    await second.goto(`/visits/${id}`)
    await second.locator('[data-call-state="conflict"] [data-call-do=here]').click()
    await state(citizen, "elsewhere")
    await Promise.all([frames(second), frames(desk.page)])
    expect((await flow(citizen.page)).open).toBe(0)
    expect(
      await citizen.page.locator("[data-call-part=self]").evaluate((video: HTMLVideoElement) => video.srcObject),
    ).toBeNull()
  })

  test("is over for both when the agent hangs up, and camera and microphone are given back", async () => {
    const { id, agent, citizen, desk } = await talking()
    await hall.write((tx) => hangUp(tx, agent, id))
    await state(citizen, "over")
    await state(desk, "over")
    expect([(await flow(citizen.page)).open, (await flow(desk.page)).open]).toEqual([0, 0])
  })
})

test("what is typed is seen by the other as it is typed, and a message arrives", async () => {
  const { citizen, desk } = await talking()
  await desk.page.locator("[data-call-do=typing]").click()
  await desk.page.locator("[data-call-part=typed]").pressSequentially("Helo")
  await citizen.page.locator("[data-call-part=lines]").getByText("Helo").waitFor()
  await desk.page.locator("[data-call-part=typed]").press("Backspace")
  await desk.page.locator("[data-call-part=typed]").pressSequentially("lo there")
  await citizen.page.locator("[data-call-part=lines]").getByText("Hello there").waitFor()
  await desk.page.locator("[data-call-part=chat] > summary").click()
  await desk.page.locator("[data-call-part=write] input").fill("Please open page two")
  await desk.page.locator("[data-call-part=write] button").click()
  await citizen.page.getByText("Please open page two").first().waitFor({ state: "attached" })
})

test("where the browser writes down speech on the device the others read it as live text; where it does not, the room says so", async () => {
  const { citizen, desk } = await talking((page) =>
    page.addInitScript(() => {
      class Ears extends EventTarget {
        static available = async (asked: { processLocally: boolean }) =>
          asked.processLocally ? "available" : "unavailable"
        processLocally = false
        start(): void {
          Object.assign(window, { hears: this })
        }
        stop(): void {
          Object.assign(window, { hears: null })
        }
      }
      Object.assign(window, { SpeechRecognition: Ears })
    }),
  )
  await desk.page.locator("[data-call-do=typing]").click()
  await desk.page.getByText("Nothing writes down what is said here").waitFor()
  expect(await desk.page.locator("[data-call-do=captions]").isVisible()).toBe(false)
  await citizen.page.locator("[data-call-do=typing]").click()
  await citizen.page.locator("[data-call-do=captions]").click()
  const hears = () =>
    citizen.page.evaluate(
      () => (window as unknown as { hears: { processLocally: boolean } | null }).hears?.processLocally,
    )
  expect(await hears()).toBe(true)
  await citizen.page.evaluate(() => {
    const results = [Object.assign([{ transcript: "my name is Sara" }], { isFinal: true })]
    const { hears: ears } = window as unknown as { hears: EventTarget }
    ears.dispatchEvent(Object.assign(new Event("result"), { results, resultIndex: 0 }))
  })
  await desk.page.locator("[data-call-part=lines]").getByText("my name is Sara").waitFor()
  await citizen.page.locator("[data-call-do=captions]").click()
  expect(await hears()).toBeUndefined()
})

test("muting and switching the camera off are seen at the other end, and the camera is really given back", async () => {
  const { citizen, desk } = await talking()
  await citizen.page.locator("[data-call-do=mute]").click()
  await desk.page.locator(".call-marks", { hasText: "Muted" }).waitFor()
  await citizen.page.locator("[data-call-do=camera]").click()
  await desk.page.locator(".call-tile[data-dark]").waitFor({ state: "attached" })
  expect(
    await citizen.page.locator("[data-call-part=self]").evaluate((video: HTMLVideoElement) => video.srcObject),
  ).toBeNull()
  await citizen.page.locator("[data-call-do=camera]").click()
  await desk.page.locator(".call-tile:not([data-dark]) video").first().waitFor()
  await frames(desk.page)
})

test("an interpreter comes by a link, waits to be let in, and all three see each other; put out, nothing reaches them any more", async () => {
  const { id, citizen, desk } = await talking()
  await desk.page.locator(`#invite-${id} > summary`).click()
  await desk.page.locator(`#invite-${id} [name=guestName]`).fill("Salma")
  await desk.page.locator(`#invite-${id} button`).click()
  const link = await desk.page.locator(".call-link").inputValue()
  const guest = await asCitizen(server, 20, { ...films, lang: "en" })
  const late = await asCitizen(server, 19, { lang: "en" })
  open.push(guest, late)
  await counting(guest.page)
  await guest.page.goto(link)
  await guest.page.locator("main form button").click()
  await guest.page.getByText("Waiting for the agent").waitFor()
  // The link was the first one's.
  expect((await late.page.goto(link))?.status()).toBe(404)
  expect((await flow(guest.page)).open).toBe(0)
  await desk.page.locator(".call-person-acts .button-main").click()
  await desk.page.locator("[data-asking-lines]", { hasText: "Interpreter" }).waitFor()
  await desk.page.locator("[data-asking-yes]").click()
  await Promise.all(
    [citizen, desk, guest].map(({ page }) => page.locator('[data-people="2"]').waitFor({ state: "attached" })),
  )
  await Promise.all(
    [citizen, desk, guest].map(({ page }) =>
      page.waitForFunction(() => document.querySelectorAll('.call-tile[data-media="flowing"]').length === 2),
    ),
  )
  // To be put out takes two presses, and the first says who it is.
  await desk.page.locator(".call-person-acts .button-quiet").click()
  await desk.page.locator("[data-asking-title]", { hasText: "Salma" }).waitFor()
  await desk.page.keyboard.press("Escape")
  await desk.page.locator("[data-asking]").waitFor({ state: "hidden" })
  expect((await hall.video.participant(id, "interpreter")).state).toBe("admitted")
  await desk.page.locator(".call-person-acts .button-quiet").click()
  await desk.page.locator("[data-asking-yes]").click()
  await state(guest, "removed")
  await citizen.page.locator('[data-people="1"]').waitFor({ state: "attached" })
  expect((await flow(guest.page)).open).toBe(0)
  await Promise.all([frames(citizen.page), frames(desk.page)])
}, 120_000)
