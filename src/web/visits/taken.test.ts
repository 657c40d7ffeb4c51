import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { asc, eq } from "drizzle-orm"
import { recordingGaps, recordingSegments } from "../../../db/schema/recordings.ts"
import { answerConsent } from "../../domain/visits/recording/consents.ts"
import { checkRecording, recordingOf } from "../../domain/visits/recording/review.ts"
import { recordingStands } from "../../domain/visits/recording/stands.ts"
import { answer, ring } from "../../domain/visits/ringing.ts"
import { frames } from "../../testing/calls.ts"
import { faults } from "../../testing/layout.ts"
import { recordingHall, shown } from "../../testing/recorded.ts"
import { asAgent, asCitizen, hearing, type Screen } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { readerOf } from "../recording-files.ts"

/* A telephone call, or another program, takes the camera in the midst of a call that is recorded. */

setDefaultTimeout(120_000)

const hall = await recordingHall({ counters: 1, citizens: 1 })
const server = await testServer({ office: hall })
hall.storage = server.house.storage
let ticking: ReturnType<typeof setInterval>

// A recording is taken in real time, so the office's clock goes with it.
beforeAll(() => {
  let gone = Date.now()
  ticking = setInterval(() => {
    const passed = Date.now() - gone
    gone += passed
    hall.clock.advance(passed)
  }, 100)
})

const open: Screen[] = []

afterEach(async () => {
  expect(open.flatMap(({ troubles }) => troubles)).toEqual([])
  for (const { page } of open.splice(0)) await page.context().close()
})

afterAll(() => {
  clearInterval(ticking)
  expect(server.bugs).toEqual([])
})

test("a camera that a telephone call takes is told to the agent, had again by one press, and the recording says from when until when", async () => {
  const [who, agent] = [hall.citizen(1), hall.agent(1)]
  const { row } = await hall.video.walkIn(who)
  const { id } = row
  await hall.open(1)
  const citizen = await asCitizen(server, 1, { films: true, lang: "en", viewport: { width: 320, height: 640 } })
  const desk = await asAgent(server, 1, { films: true, lang: "en" })
  open.push(citizen, desk)
  await citizen.page.goto(`/visits/${id}`)
  await desk.page.goto("/desk")
  await hearing(citizen, desk)
  await hall.write((tx) => answerConsent(tx, who, id, "given", shown))
  await hall.write((tx) => ring(tx, agent, id, `${hall.code}.1`))
  await desk.page.locator(`[data-visit="${id}"]`).waitFor({ state: "attached" })
  await hall.write((tx) => answer(tx, who, id))
  await Promise.all([frames(citizen.page), frames(desk.page)])
  await until(() => recordingStands(hall.store, id, hall.clock.office()))

  const marks = desk.page.locator(".call-marks", { hasText: "Camera is interrupted" })
  const again = citizen.page.locator("[data-call-part=devices] button")
  await camera(citizen, "mute")
  await marks.waitFor()
  await citizen.page.getByText("A telephone call or another program has taken").waitFor()
  expect(await faults(citizen.page, { target: 44, text: 12 })).toEqual([])
  await until(async () => (await gaps(id)).length === 1)
  expect(await gaps(id)).toMatchObject([{ why: "camera", by: who.id, until: null }])
  // A service that needs the recording waits; the sound is recorded on.
  expect(await recordingStands(hall.store, id, hall.clock.office())).toBe(false)
  await until(async () => (await running(id)).length === 2)
  await desk.page.locator("[data-record=recorded]").waitFor()

  // The telephone call is over.
  await camera(citizen, "unmute")
  await marks.waitFor({ state: "detached" })
  await again.waitFor({ state: "hidden" })
  await until(async () => (await gaps(id))[0]?.until !== null)

  // Another one, after which the camera does not come back by itself.
  await camera(citizen, "ended")
  await marks.waitFor()
  await until(async () => (await gaps(id)).length === 2)
  await again.click()
  await marks.waitFor({ state: "detached" })
  await again.waitFor({ state: "hidden" })
  await Promise.all([frames(citizen.page), frames(desk.page)])
  await until(async () => (await gaps(id)).every((gap) => gap.until !== null))
  await until(() => recordingStands(hall.store, id, hall.clock.office()))

  // Switched off by the person it is no interruption, and nothing that the recording lacks.
  await citizen.page.locator("[data-call-do=camera]").click()
  await desk.page.locator(".call-marks", { hasText: "Camera is off" }).waitFor()
  expect((await gaps(id)).map(({ why }) => why)).toEqual(["camera", "camera"])
  const of = await recordingOf(hall.store, hall.supervisor(), id)
  expect(await checkRecording(hall.store, hall.keys, of, (segment) => readerOf(server.house, segment))).toEqual([])
})

/** What a browser tells the page of the track that it films with. */
const camera = ({ page }: Screen, told: "mute" | "unmute" | "ended") =>
  page.locator("[data-call-part=self]").evaluate((video: HTMLVideoElement, what) => {
    const [track] = (video.srcObject as MediaStream).getVideoTracks()
    if (what === "ended") track?.stop()
    track?.dispatchEvent(new Event(what))
  }, told)

const gaps = (visit: string) =>
  hall.store.db.select().from(recordingGaps).where(eq(recordingGaps.visit, visit)).orderBy(asc(recordingGaps.since))

const running = async (visit: string) => {
  const all = await hall.store.db.select().from(recordingSegments).where(eq(recordingSegments.visit, visit))
  return all.filter(({ closedAt }) => closedAt === null)
}

async function until(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await Bun.sleep(50)
}
