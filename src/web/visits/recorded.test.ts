import { afterAll, afterEach, expect, setDefaultTimeout, test } from "bun:test"
import { eq } from "drizzle-orm"
import { recordingSegments } from "../../../db/schema/recordings.ts"
import { answer, ring } from "../../domain/visits/ringing.ts"
import { frames } from "../../testing/calls.ts"
import { asAgent, asCitizen, hearing, type Screen } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { videoHall } from "../../testing/video.ts"

setDefaultTimeout(60_000)

const hall = await videoHall({ counters: 4, citizens: 6 })
const server = await testServer({ office: hall })
const open: Screen[] = []

afterEach(async () => {
  expect(open.flatMap(({ troubles }) => troubles)).toEqual([])
  for (const { page } of open.splice(0)) await page.context().close()
})

afterAll(() => {
  expect(server.bugs).toEqual([])
})

let last = 0

/** Somebody who has agreed in the waiting room talks with the nth agent. */
async function talking() {
  const number = ++last
  const who = hall.citizen(number)
  const { row } = await hall.video.walkIn(who)
  await hall.open(number)
  const citizen = await asCitizen(server, number, { films: true, lang: "en" })
  const desk = await asAgent(server, number, { films: true, lang: "en" })
  open.push(citizen, desk)
  await citizen.page.goto(`/visits/${row.id}`)
  await desk.page.goto("/desk")
  await hearing(citizen, desk)
  await citizen.page.getByRole("button", { name: "I agree", exact: true }).click()
  await citizen.page.getByText("You agreed to the recording.").waitFor()
  const agent = hall.agent(number)
  await hall.write((tx) => ring(tx, agent, row.id, `${hall.code}.${number}`))
  await desk.page.locator(`[data-visit="${row.id}"]`).waitFor({ state: "attached" })
  await hall.write((tx) => answer(tx, who, row.id))
  await Promise.all([frames(citizen.page), frames(desk.page)])
  return { id: row.id, thread: row.thread, who, agent, citizen, desk }
}

const segmentsOf = (visit: string) =>
  hall.store.db.select().from(recordingSegments).where(eq(recordingSegments.visit, visit)).orderBy(recordingSegments.id)

async function until(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await Bun.sleep(50)
}

test("both sides read that the call is recorded once the server has it", async () => {
  const { id, citizen, desk } = await talking()
  for (const { page } of [citizen, desk]) await page.locator("[data-record=recorded]").first().waitFor()
  await until(async () => (await segmentsOf(id)).every(({ chunks }) => chunks > 2))
})
