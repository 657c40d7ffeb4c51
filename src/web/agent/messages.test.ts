import { afterAll, expect, test } from "bun:test"
import { write } from "../../domain/visits/chat.ts"
import { answer, ring } from "../../domain/visits/ringing.ts"
import { mustWatch } from "../../domain/visits/visits.ts"
import { refusal } from "../../testing/office.ts"
import { asAgent, hearing } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { signedIn } from "../../testing/signed-in.ts"
import { videoHall } from "../../testing/video.ts"

const hall = await videoHall({ more: [{ code: "VIR-02", video: true, lines: [{ code: "VIR" }], counters: 1 }] })
const server = await testServer({ office: hall })
const says = (text: string, id: string, number = 1) =>
  hall.write((tx) => write(tx, hall.keys, hall.citizen(number), id, text))

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
