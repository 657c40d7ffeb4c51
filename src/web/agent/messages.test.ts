import { afterAll, expect, test } from "bun:test"
import { end, sendOn, talkPrivately } from "../../domain/visits/calls.ts"
import { messagesOf, readNow, unreadIn, write } from "../../domain/visits/chat.ts"
import { admit, invite, takeUp } from "../../domain/visits/participants.ts"
import { answer, ring, ringOff } from "../../domain/visits/ringing.ts"
import { mustWatch } from "../../domain/visits/visits.ts"
import { agentVisitWords } from "../../i18n/visits-agent.ts"
import { refusal } from "../../testing/office.ts"
import { asAgent, asCitizen, hearing } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { signedIn } from "../../testing/signed-in.ts"
import { videoHall } from "../../testing/video.ts"
import { panelFragment } from "./panel.tsx"
import { agentVisitFragment } from "./visit.tsx"

const hall = await videoHall({
  counters: 4,
  citizens: 14,
  more: [{ code: "VIR-02", video: true, lines: [{ code: "VIR" }], counters: 1 }],
})
const server = await testServer({ office: hall })
const says = (text: string, id: string, number = 1) =>
  hall.write((tx) => write(tx, hall.keys, hall.citizen(number), id, text))

/** How often somebody of the office has read what was new in a visit. */
const reads = async (id: string) => (await hall.facts("visit.read")).filter(({ body }) => body.visit === id).length

/** What was written in a visit, the last first. */
const written = async (id: string) =>
  (await messagesOf(hall.store, hall.keys, (await hall.video.now(id)).row, { reader: "" })).reverse()

/** Waits for what a page does by itself. */
async function until(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await Bun.sleep(20)
}

afterAll(() => {
  expect(server.bugs).toEqual([])
})

test("what somebody who waits writes appears at the desk by itself, and what is being typed there stays", async () => {
  const { row } = await hall.video.walkIn(hall.citizen(1))
  const desk = await asAgent(server, 1, { lang: "en" })
  await desk.page.goto(`/desk/visits/${row.id}`)
  await desk.page.getByText("No messages yet").waitFor()
  await desk.page.locator("textarea").fill("We will call you")
  await hearing(desk)
  await says("The bell does not ring here", row.id)
  await desk.page.locator(".call-messages li", { hasText: "The bell does not ring here" }).waitFor()
  await says("It does now", row.id)
  await desk.page.locator(".call-messages li", { hasText: "It does now" }).waitFor()
  expect(await desk.page.locator("textarea").inputValue()).toBe("We will call you")
  expect(await desk.page.locator('[role="log"]').getAttribute("aria-live")).toBe("polite")
  expect(desk.troubles).toEqual([])
  await desk.page.context().close()
})

test("the desk says how much nobody has read, and without a script a button says that what stands there is read", async () => {
  const { row } = await hall.video.walkIn(hall.citizen(6))
  await says("Do I need the deed?", row.id, 6)
  hall.clock.advance(1_000)
  await says("And the old card?", row.id, 6)
  const panel = () => panelFragment(server.house, hall.code, "en")
  const rowOf = async () => (await panel()).split("<tr").find((one) => one.includes(row.id)) ?? ""
  expect(await rowOf()).toContain("2 unread")
  const desk = await signedIn(server, hall.agent(3))
  for (const lang of ["en", "ar"]) await desk.get(`/desk?lang=${lang}`)
  expect(await rowOf()).toContain("2 unread")
  const page = (await desk.get(`/desk/visits/${row.id}?lang=en`)).text
  expect(await rowOf()).toContain("2 unread")
  const [, word = ""] = /<noscript><form.*? value="(visit-read [^"]+)".*?I have read them/s.exec(page) ?? []
  // It is written in the same instant, and after what the page shows.
  await says("One more thing", row.id, 6)
  await desk.send("/desk/act", { do: word, counter: hall.counter(3) })
  expect(await rowOf()).toContain("1 unread")
  expect(await reads(row.id)).toBe(1)
  await hall.open(3)
  await hall.write((tx) => ring(tx, hall.agent(3), row.id))
  const region = () => agentVisitFragment(server.house, row.id, "en", hall.agent(3).id)
  expect(await region()).toContain('data-unread="1 unread"')
  const [last] = await written(row.id)
  await desk.send("/desk/act", { do: `visit-read ${row.id} ${last?.id}`, counter: hall.counter(3) })
  expect(await region()).toContain('data-unread=""')
  const other = await hall.video.walkIn(hall.citizen(5))
  const foreign = await desk.send("/desk/act", {
    do: `visit-read ${other.row.id} ${last?.id}`,
    counter: hall.counter(3),
  })
  expect(foreign.status).toBe(404)
  await hall.write((tx) => ringOff(tx, hall.agent(3), row.id))
})

test("what comes while the page of messages is looked at is read, and in a hidden page it waits until it is seen", async () => {
  const { row } = await hall.video.walkIn(hall.citizen(7))
  const desk = await asAgent(server, 2, { lang: "en" })
  const { page } = desk
  const unread = async () => (await unreadIn(hall.store, hall.code)).get(row.id) ?? 0
  const isHidden = (is: boolean) =>
    page.evaluate((now) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => now })
      document.dispatchEvent(new Event("visibilitychange"))
    }, is)
  const comes = async (text: string) => {
    hall.clock.advance(1_000)
    await says(text, row.id, 7)
    await page.locator(".call-messages li", { hasText: text }).waitFor()
  }
  await page.goto(`/desk/visits/${row.id}`)
  await hearing(desk)
  await comes("I have the deed here")
  await until(async () => (await unread()) === 0)
  expect(await reads(row.id)).toBe(1)
  await isHidden(true)
  await comes("Shall I send it?")
  expect([await unread(), await reads(row.id)]).toEqual([1, 1])
  await isHidden(false)
  await until(async () => (await unread()) === 0)
  expect(await reads(row.id)).toBe(2)
  expect(desk.troubles).toEqual([])
  await page.context().close()
})

test("the page of messages that is opened behind another has read nothing until it is shown", async () => {
  const { row } = await hall.video.walkIn(hall.citizen(9))
  await says("Is anybody there?", row.id, 9)
  const desk = await asAgent(server, 2, { lang: "en" })
  const { page } = desk
  await page.addInitScript(() => Object.defineProperty(document, "hidden", { configurable: true, get: () => true }))
  await page.goto(`/desk/visits/${row.id}`)
  await hearing(desk)
  await says("I can wait", row.id, 9)
  await page.locator(".call-messages li", { hasText: "I can wait" }).waitFor()
  expect([(await unreadIn(hall.store, hall.code)).get(row.id), await reads(row.id)]).toEqual([2, 0])
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => false })
    document.dispatchEvent(new Event("visibilitychange"))
  })
  await until(async () => !(await unreadIn(hall.store, hall.code)).has(row.id))
  expect(desk.troubles).toEqual([])
  await page.context().close()
})

test("what was written to the agent alone counts for nobody else, and no supervisor who looks in reads it away", async () => {
  const [who, helper] = [hall.citizen(11), hall.citizen(12)]
  const { row } = await hall.video.inCall(who, 4)
  const { id } = await hall.write((tx) =>
    invite(tx, hall.keys, hall.agent(4), row.id, { kind: "interpreter", name: "Huda" }),
  )
  await hall.write((tx) => takeUp(tx, helper, id))
  await hall.write((tx) => admit(tx, hall.agent(4), row.id, id))
  await hall.write((tx) => talkPrivately(tx, hall.agent(4), row.id, id))
  await says("Between you and me", row.id, 12)
  await says("Are you still there?", row.id, 11)
  const unread = async (reader?: string) => (await unreadIn(hall.store, hall.code, reader)).get(row.id) ?? 0
  const lead = hall.supervisor()
  expect([await unread(), await unread(lead.id), await unread(hall.agent(4).id)]).toEqual([1, 1, 2])
  const [last] = await written(row.id)
  await hall.write((tx) => readNow(tx, lead, row.id, last?.id ?? ""))
  expect([await unread(), await unread(lead.id), await unread(hall.agent(4).id)]).toEqual([0, 0, 1])
  await hall.write((tx) => readNow(tx, hall.agent(4), row.id, last?.id ?? ""))
  expect(await unread(hall.agent(4).id)).toBe(0)
  // In the office to which the person is sent on nobody has read any of it; nobody reads for them from here.
  const on = { office: "VIR-02", service: "RES-04", reason: "next_step" } as const
  const { row: there } = await hall.write((tx) => sendOn(tx, hall.keys, hall.agent(4), row.id, on))
  await hall.write((tx) => readNow(tx, hall.agent(4), row.id, last?.id ?? ""))
  expect((await unreadIn(hall.store, "VIR-02")).get(there.id)).toBe(1)
})

test("a fold that was left open in one call reads nothing of the next person's until their call shows it", async () => {
  await hall.open(3)
  const desk = await asAgent(server, 3, { films: true, lang: "en" })
  await desk.page.goto("/desk")
  await hearing(desk)
  const mark = async (text: string | RegExp) => {
    const sign = desk.page.locator('[data-call-part="unread"]', { hasText: text })
    await sign.waitFor({ state: "attached" })
  }
  const first = await hall.video.walkIn(hall.citizen(13))
  await hall.write((tx) => ring(tx, hall.agent(3), first.row.id))
  await hall.write((tx) => answer(tx, hall.citizen(13), first.row.id))
  const fold = desk.page.locator('[data-call-part="chat"]')
  await fold.locator("summary").click()
  await says("Good morning", first.row.id, 13)
  await until(async () => (await reads(first.row.id)) === 1)
  await hall.write((tx) => end(tx, hall.agent(3), first.row.id, { outcome: "done" }))
  await fold.waitFor({ state: "hidden" })

  const next = await hall.video.walkIn(hall.citizen(14))
  await says("The lift is out of order", next.row.id, 14)
  await hall.write((tx) => ring(tx, hall.agent(3), next.row.id))
  await mark(agentVisitWords.en.unread(1))
  expect(await desk.page.locator(".call-note a", { hasText: "1 unread" }).isVisible()).toBe(true)
  expect(await reads(next.row.id)).toBe(0)
  await hall.write((tx) => answer(tx, hall.citizen(14), next.row.id))
  await until(async () => (await reads(next.row.id)) === 1)
  await mark(/^$/)
  expect(desk.troubles).toEqual([])
  await desk.page.context().close()
})

test("who is in hand writes, and the fold of the call says how much is unread until it is opened, in either language", async () => {
  await hall.open(2)
  const { row } = await hall.video.walkIn(hall.citizen(8))
  const citizen = await asCitizen(server, 8, { films: true, lang: "en" })
  const desk = await asAgent(server, 2, { films: true, lang: "en" })
  await citizen.page.goto(`/visits/${row.id}`)
  await desk.page.goto("/desk")
  await hearing(citizen, desk)
  await hall.write((tx) => ring(tx, hall.agent(2), row.id))
  await hall.write((tx) => answer(tx, hall.citizen(8), row.id))
  const fold = desk.page.locator('[data-call-part="chat"]')
  const mark = async (text: string) => {
    await desk.page
      .locator('[data-call-part="unread"]', { hasText: text === "" ? /^$/ : text })
      .waitFor({ state: "attached" })
  }
  const writes = async (text: string) => {
    hall.clock.advance(1_000)
    const field = citizen.page.locator(".call-write input")
    await field.fill(text)
    await field.press("Enter")
    await desk.page.locator(".call-chat .call-messages li", { hasText: text }).waitFor({ state: "attached" })
  }
  await citizen.page.locator(".call-chat summary").click()
  await writes("One moment please")
  await mark(agentVisitWords.en.unread(1))
  await desk.page.goto("/desk?lang=ar")
  await hearing(desk)
  await mark(agentVisitWords.ar.unread(1))
  await fold.locator("summary").click()
  await mark("")
  await until(async () => !(await unreadIn(hall.store, hall.code)).has(row.id))
  // What comes beside the open fold is before the agent's eyes.
  await writes("Now I am ready")
  await until(async () => (await reads(row.id)) === 2)
  await mark("")
  expect([...desk.troubles, ...citizen.troubles]).toEqual([])
  for (const { page } of [citizen, desk]) await page.context().close()
})

test("all who serve the office hear of who waits, of a call who has it alone, and other offices of nothing", async () => {
  const who = hall.citizen(2)
  const { row } = await hall.video.walkIn(who)
  const hears = (reader: Parameters<typeof mustWatch>[1]) => mustWatch(hall.store, reader, row.id)
  await hears(hall.agent(2))
  await hears(hall.supervisor())
  for (const stranger of [hall.agent(1, "VIR-02"), hall.citizen(3), null]) {
    expect((await refusal(hears(stranger))).code).toMatch(/^not_(found|signed_in)$/)
  }
  await hall.open(1)
  await hall.write((tx) => ring(tx, hall.agent(), row.id))
  await hall.write((tx) => answer(tx, who, row.id))
  await hears(hall.agent())
  for (const other of [hall.agent(2), hall.supervisor()]) expect((await refusal(hears(other))).code).toBe("not_found")
  // Who may look in reads the page all the same, and is promised nothing.
  const lead = await signedIn(server, hall.supervisor())
  const page = await lead.get(`/desk/visits/${row.id}`)
  expect([page.status, page.text.includes(`data-live="visit:${row.id}"`)]).toEqual([200, false])
})
