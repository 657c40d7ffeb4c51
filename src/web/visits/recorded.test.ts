import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { asc, eq } from "drizzle-orm"
import { recordingChunks, recordingGaps, recordingSegments, type SegmentRow } from "../../../db/schema/recordings.ts"
import { hangUp, hold, resume } from "../../domain/visits/calls.ts"
import { answerConsent } from "../../domain/visits/recording/consents.ts"
import { checkRecording, recordingOf } from "../../domain/visits/recording/review.ts"
import { recordingStands } from "../../domain/visits/recording/stands.ts"
import { answer, ring } from "../../domain/visits/ringing.ts"
import { visitStep } from "../../domain/visits/steps.ts"
import { findRemuxer } from "../../outside/remux.ts"
import { frames } from "../../testing/calls.ts"
import { faults } from "../../testing/layout.ts"
import { ownFolder } from "../../testing/process.ts"
import { recordingHall, shown } from "../../testing/recorded.ts"
import { asAgent, asCitizen, asSupervisor, hearing, type Screen } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { signedIn } from "../../testing/signed-in.ts"
import { readerOf } from "../recording-files.ts"

setDefaultTimeout(240_000)

const hall = await recordingHall({ counters: 6, citizens: 8 })
const server = await testServer({ office: hall })
hall.storage = server.house.storage
const open: Screen[] = []
let ticking: ReturnType<typeof setInterval>
let last = 0

// A recording is taken in real time, so the office's clock goes with it: as far as the pages' own, also where a tick comes late.
beforeAll(() => {
  let gone = Date.now()
  ticking = setInterval(() => {
    const passed = Date.now() - gone
    gone += passed
    hall.clock.advance(passed)
  }, 100)
})

afterEach(async () => {
  const troubles = open.flatMap((screen) => screen.troubles).filter((line) => !/status of 503/.test(line))
  expect(troubles).toEqual([])
  for (const { page } of open.splice(0)) await page.context().close()
})

afterAll(() => {
  clearInterval(ticking)
  expect(server.bugs).toEqual([])
})

/** Somebody who has agreed in the waiting room talks with the nth agent, and both read that it is recorded. */
async function recorded() {
  const number = ++last
  const who = hall.citizen(number)
  const agent = hall.agent(number)
  const { row } = await hall.video.walkIn(who)
  await hall.open(number)
  const citizen = await asCitizen(server, number, { films: true, lang: "en", viewport: { width: 320, height: 640 } })
  const desk = await asAgent(server, number, { films: true, lang: "en" })
  open.push(citizen, desk)
  for (const { page } of [citizen, desk]) page.setDefaultTimeout(60_000)
  await citizen.page.goto(`/visits/${row.id}`)
  await desk.page.goto("/desk")
  await hearing(citizen, desk)
  expect(await faults(citizen.page, { target: 44, text: 12 })).toEqual([])
  await citizen.page.getByRole("button", { name: "I agree", exact: true }).click()
  await citizen.page.getByText("You agreed to the recording.").waitFor()
  await hall.write((tx) => ring(tx, agent, row.id, `${hall.code}.${number}`))
  await desk.page.locator(`[data-visit="${row.id}"]`).waitFor({ state: "attached" })
  await hall.write((tx) => answer(tx, who, row.id))
  await Promise.all([frames(citizen.page), frames(desk.page)])
  const all = { id: row.id, thread: row.thread, who, agent, citizen, desk, both: [citizen, desk] }
  await says(all.both, "recorded")
  return all
}

/** Until both sides read this of the recording. */
const says = (both: Screen[], state: string) =>
  Promise.all(both.map(({ page }) => page.locator(`[data-record=${state}] .record-how`).waitFor()))

const segmentsOf = (visit: string): Promise<SegmentRow[]> =>
  hall.store.db
    .select()
    .from(recordingSegments)
    .where(eq(recordingSegments.visit, visit))
    .orderBy(asc(recordingSegments.startedAt))
    .then((rows) => rows)

const gapsOf = (visit: string) =>
  hall.store.db.select().from(recordingGaps).where(eq(recordingGaps.visit, visit)).orderBy(asc(recordingGaps.since))

async function until(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await Bun.sleep(50)
}

const haveCome = (visit: string, chunks: number) =>
  until(async () => {
    const open = (await segmentsOf(visit)).filter(({ closedAt }) => closedAt === null)
    return open.length >= 2 && open.every((one) => one.chunks >= chunks)
  })

const allClosed = (visit: string) =>
  until(async () => (await segmentsOf(visit)).every(({ closedAt }) => closedAt !== null))

async function check(visit: string) {
  const of = await recordingOf(hall.store, hall.supervisor(), visit)
  return checkRecording(hall.store, hall.keys, of, (segment) => readerOf(server.house, segment))
}

test("a call is recorded on both sides over a server that refuses once and a reload of the agent's page, and plays whole afterwards", async () => {
  const { id, thread, agent, desk, citizen, both } = await recorded()
  // One is refused, and sent again.
  let refused = 0
  await desk.page.route("**/recording/*/chunks/*", async (route) => {
    if (refused++ === 0) await route.fulfill({ status: 503, body: "{}" })
    else await route.continue()
  })
  await haveCome(id, 4)
  expect(refused).toBeGreaterThan(1)
  // From here on nothing gets through; what the page took meanwhile it brings after it was loaded anew.
  await desk.page.unroute("**/recording/*/chunks/*")
  const before = await segmentsOf(id)
  await desk.page.route("**/recording/**", (route) => route.fulfill({ status: 503, body: "{}" }))
  await keptIn(desk, 4)
  await desk.page.unroute("**/recording/**")
  await desk.page.reload()
  await hearing(desk)
  await until(async () => (await segmentsOf(id)).slice(0, 2).every((one) => one.closedWhy === "page"))
  const brought = (await segmentsOf(id)).slice(0, 2)
  for (const [index, one] of brought.entries()) expect(one.chunks).toBeGreaterThan(before[index]?.chunks ?? 0)
  await Promise.all([frames(citizen.page), frames(desk.page)])
  await says(both, "recorded")
  await haveCome(id, 2)
  expect(await recordingStands(hall.store, id, hall.clock.office())).toBe(true)

  await hall.write((tx) => hangUp(tx, agent, id))
  await allClosed(id)
  expect(await check(id)).toEqual([])
  const parts = await segmentsOf(id)
  expect(parts.map(({ closedWhy }) => closedWhy)).toEqual(["page", "page", "over", "over"])
  expect(new Set(parts.map(({ of }) => of)).size).toBe(2)

  const lead = await asSupervisor(server, { lang: "en" })
  open.push(lead)
  await lead.page.goto(`/recordings/of/${id}`)
  await lead.page.getByLabel("Why do you open it?").fill("to see that it plays")
  await lead.page.getByRole("button", { name: "Open the recording" }).click()
  await lead.page.getByText("The recording is whole").waitFor()
  expect(await faults(lead.page, { target: 24, text: 12 })).toEqual([])
  const videos = lead.page.locator("video")
  expect(await videos.count()).toBe(4)
  // The browser plays it, and moves about in it where it was packed anew.
  const told = await videos.first().evaluate(async (video: HTMLVideoElement) => {
    const wait = (event: string) => new Promise((resolve) => video.addEventListener(event, resolve, { once: true }))
    if (video.readyState < 1) await wait("loadedmetadata")
    const seeking = wait("seeked")
    video.currentTime = Math.min(3, video.duration)
    await seeking
    return { width: video.videoWidth, duration: video.duration, at: video.currentTime }
  })
  expect(told.width).toBeGreaterThan(0)
  if (findRemuxer()) expect(told.duration).toBeGreaterThan(6)

  for (const [index, one] of parts.entries()) {
    const address = await videos.nth(index).getAttribute("src")
    const bytes = await bytesFrom(lead, address ?? "")
    if (findRemuxer()) await decodes(bytes, one)
    else expect(Buffer.from(bytes.subarray(0, 4)).toString("hex")).toBe("1a45dfa3")
  }

  const wrong = parts[1]
  await hall.turnBit({ thread, segment: wrong?.id ?? "", seq: 3 })
  expect(await check(id)).toEqual([{ segment: wrong?.id ?? "", seq: 3, why: "missing" }])
  const again = await signedIn(server, hall.supervisor())
  const { location } = await again.send(`/recordings/of/${id}`, { reason: "to see what is wrong" })
  expect((await again.get(location ?? "")).text).toContain("Part 2, piece 3: missing")
})

/** Until this page keeps so many chunks that the server has not got. */
const keptIn = ({ page }: Screen, wanted: number) =>
  until(async () => {
    const found = await page.evaluate(async () => {
      const opening = indexedDB.open("dawr-recording")
      const database = await new Promise<IDBDatabase>((resolve) => {
        opening.onsuccess = () => resolve(opening.result)
      })
      const counting = database.transaction("chunks").objectStore("chunks").count()
      await new Promise((resolve) => {
        counting.onsuccess = resolve
      })
      database.close()
      return counting.result
    })
    return found >= wanted
  })

/** As the reviewer's browser gets it. */
async function bytesFrom({ page }: Screen, address: string): Promise<Uint8Array> {
  const answer = await page.request.get(address)
  expect(answer.status()).toBe(200)
  return new Uint8Array(await answer.body())
}

/** Every frame of it, without a word of complaint; sound and picture, and as long as its chunks. */
async function decodes(bytes: Uint8Array, { id, chunks }: SegmentRow): Promise<void> {
  const file = join(ownFolder(), `${id}.webm`)
  writeFileSync(file, bytes)
  const entries = "format=duration:stream=codec_name,nb_read_frames"
  const asked = ["-v", "error", "-count_frames", "-show_entries", entries, "-of", "json", file]
  const { exitCode, stderr, stdout } = Bun.spawnSync(["ffprobe", ...asked])
  expect([exitCode, stderr.toString()]).toEqual([0, ""])
  const { streams, format } = JSON.parse(stdout.toString()) as {
    streams: { codec_name: string; nb_read_frames: string }[]
    format: { duration: string }
  }
  expect(streams.map(({ codec_name }) => codec_name).sort()).toEqual(["opus", "vp8"])
  for (const { nb_read_frames } of streams) expect(Number(nb_read_frames)).toBeGreaterThan(20)
  // A chunk is two seconds; of the last one there may be less.
  expect(Number(format.duration)).toBeGreaterThan(2 * (chunks - 2))
}

test("nothing is recorded on hold, in a pause and after somebody takes their agreement back, and both sides read so", async () => {
  const { id, agent, who, desk, both } = await recorded()
  const running = () => segmentsOf(id).then((all) => all.filter(({ closedAt }) => closedAt === null).length)
  await hall.write((tx) => hold(tx, agent, id))
  await says(both, "paused")
  await allClosed(id)
  await hall.write((tx) => resume(tx, agent, id))
  await says(both, "recorded")
  await desk.page.locator(`#record-${id} > summary`).click()
  await desk.page.locator(`#record-${id} select`).selectOption("document")
  await desk.page.locator(`#record-${id} button`).click()
  await says(both, "paused")
  await allClosed(id)
  await desk.page.getByRole("button", { name: "Go on recording" }).click()
  await says(both, "recorded")
  await both[0]?.page.getByRole("button", { name: "Stop the recording" }).click()
  await says(both, "refused")
  await allClosed(id)
  const withdrawn = (await gapsOf(id)).find(({ why }) => why === "withdrawn")
  for (const { heldUntil } of await segmentsOf(id)) {
    expect((heldUntil ?? 0) - (withdrawn?.since ?? 0)).toBeLessThan(2_500)
  }
  expect(await running()).toBe(0)
  expect((await gapsOf(id)).map(({ why, reason }) => reason ?? why)).toEqual(["hold", "document", "withdrawn"])
  await hall.write((tx) => answerConsent(tx, who, id, "given", shown))
  await says(both, "recorded")
  expect(await check(id)).toEqual([])
})

test("while nothing gets through both sides read that it is interrupted, and it goes on by the same chain", async () => {
  const { id, desk, both } = await recorded()
  await haveCome(id, 1)
  const before = await segmentsOf(id)
  await desk.page.route("**/recording/**", (route) => route.fulfill({ status: 503, body: "{}" }))
  await until(async () => {
    await hall.write((tx) => visitStep(tx, hall.code))
    return (await gapsOf(id)).some(({ why }) => why === "late")
  })
  await says(both, "interrupted")
  await desk.page.unroute("**/recording/**")
  await says(both, "recorded")
  await haveCome(id, 5)
  const after = await segmentsOf(id)
  expect(after.map((one) => one.id)).toEqual(before.map((one) => one.id))
  // Nothing of the time between is missing.
  for (const { id: segment, chunks } of after) {
    const rows = await hall.store.db.select().from(recordingChunks).where(eq(recordingChunks.segment, segment))
    expect(rows).toHaveLength(chunks)
  }
  expect(await check(id)).toEqual([])
})
