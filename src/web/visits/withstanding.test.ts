import { expect, setDefaultTimeout, test } from "bun:test"
import { join } from "node:path"
import { and, eq, isNotNull } from "drizzle-orm"
import { openStore } from "../../../db/open.ts"
import { staff } from "../../../db/schema/access.ts"
import { people } from "../../../db/schema/people.ts"
import { counters } from "../../../db/schema/queue.ts"
import { readStore } from "../../../db/store.ts"
import { openWriter, type Turn } from "../../../db/write.ts"
import { machineClock, machineTimers, type Timers } from "../../base/clock.ts"
import { staffOf } from "../../domain/access/keys.ts"
import { kept } from "../../domain/access/memory.ts"
import { startSession } from "../../domain/access/sessions.ts"
import { type Citizen, mint } from "../../domain/access/subject.ts"
import { openCounter } from "../../domain/queue/counters.ts"
import { walkIn } from "../../domain/visits/arriving.ts"
import { resume } from "../../domain/visits/calls.ts"
import { answer, ring } from "../../domain/visits/ringing.ts"
import { newContext } from "../../testing/browser.ts"
import { counting, flow, frames, launchFilming } from "../../testing/calls.ts"
import { freePort } from "../../testing/coturn.ts"
import { ownFolder, runServer } from "../../testing/process.ts"
import { freeze } from "../../testing/renderers.ts"
import { asAgent, asCitizen, hearing } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { videoHall } from "../../testing/video.ts"

setDefaultTimeout(90_000)

test("a call goes on by the same connection while the server is killed and away for four seconds, and both pages are back in it", async () => {
  const folder = ownFolder()
  const env = { DEMO: "1", PORT: String(await freePort()) }
  const first = runServer(folder, env)
  const origin = await first.origin()
  await first.kill("SIGTERM")
  const { id, cookies } = await callIn(join(folder, "data"))

  const before = runServer(folder, env)
  await before.origin()
  const pages = await Promise.all(
    cookies.map(async (cookie) => {
      const context = await newContext({ films: true, lang: "en", baseURL: origin })
      await context.addCookies([{ ...cookie, url: origin }])
      const page = await context.newPage()
      await counting(page)
      return page
    }),
  )
  const [citizen, desk] = pages
  if (!citizen || !desk) throw new Error("two pages were opened")
  await citizen.goto(`/visits/${id}`)
  await desk.goto("/desk")
  await Promise.all(pages.map((page) => frames(page, 5)))

  await before.kill("SIGKILL")
  await Promise.all(pages.map((page) => page.locator("html[data-live-state=away]").waitFor({ state: "attached" })))
  // The sound and picture of who talks do not know that there is a server.
  await Promise.all(pages.map((page) => frames(page, 10)))
  await Bun.sleep(4_000)
  const after = runServer(folder, env)
  await after.origin()
  await Promise.all(pages.map((page) => page.locator("html[data-live-state=live]").waitFor({ state: "attached" })))
  await Promise.all(pages.map((page) => page.locator('[data-call-state="call"]').waitFor({ state: "attached" })))
  await desk.locator(".call-agent[data-phase=call]").waitFor()
  await Promise.all(pages.map((page) => frames(page, 5)))
  const made = await Promise.all(
    pages.map((page) => page.evaluate(() => (window as unknown as { connections: unknown[] }).connections.length)),
  )
  expect(made).toEqual([1, 1])
  expect((await flow(desk)).open).toBe(1)
  for (const page of pages) await page.context().close()
  await after.kill("SIGTERM")
})

/** Time in the hall passes as the test lets it; what looks at it again and again looks forty times as often. */
const often: Timers = { ...machineTimers, every: (milliseconds, run) => machineTimers.every(milliseconds / 40, run) }

test("a page that hangs, though its browser answers for it, is missed and gone; when it thaws it reaches nobody until it is let in again", async () => {
  const hall = await videoHall()
  const server = await testServer({ office: hall, timers: often })
  const who = hall.citizen(1)
  const { row } = await hall.video.walkIn(who)
  await hall.open(1)
  const own = await launchFilming()
  const citizen = await asCitizen(server, 1, { inside: own, lang: "en" })
  const desk = await asAgent(server, 1, { films: true, lang: "en" })
  for (const { page } of [citizen, desk]) await counting(page)
  await desk.page.addInitScript(() => {
    document.addEventListener("dawr:visit", (event) => {
      if ((event as CustomEvent<{ do: string }>).detail.do === "ping") Object.assign(window, { pinged: true })
    })
  })
  await citizen.page.goto(`/visits/${row.id}`)
  await desk.page.goto("/desk")
  await hearing(citizen, desk)
  await hall.write((tx) => ring(tx, hall.agent(1), row.id, `${hall.code}.1`))
  await desk.page.locator(`[data-visit="${row.id}"]`).waitFor({ state: "attached" })
  await hall.write((tx) => answer(tx, who, row.id))
  await Promise.all([frames(citizen.page, 5), frames(desk.page, 5)])

  const thaw = await freeze(own)
  try {
    await desk.page.locator('.call-tile:not([data-media="flowing"])').first().waitFor({ state: "attached" })
    // The agent's page lives and says so in each of these steps.
    for (let passed = 0; passed < 80; passed += 5) {
      await desk.page.evaluate(() => Object.assign(window, { pinged: false }))
      hall.clock.advance(5_000)
      await desk.page.waitForFunction(() => (window as unknown as { pinged: boolean }).pinged)
    }
    await desk.page.locator(".call-agent[data-phase=interrupted]").waitFor()
    expect((await hall.video.participant(row.id, "agent")).presence).toBe("online")
    expect((await flow(desk.page)).open).toBe(0)
  } finally {
    thaw()
  }
  await citizen.page.locator('[data-call-state="interrupted"]').waitFor({ state: "attached" })
  await hearing(citizen)
  expect((await hall.video.participant(row.id, "citizen")).state).toBe("gone")
  expect([(await flow(desk.page)).open, (await flow(citizen.page)).open]).toEqual([0, 0])
  await hall.write((tx) => resume(tx, hall.agent(1), row.id))
  await Promise.all([frames(citizen.page, 5), frames(desk.page, 5)])
  expect(server.bugs).toEqual([])
  await desk.page.context().close()
})

/** Writes a call into the store of a demo that is not running: somebody with an agent of the video office, both signed in. */
async function callIn(data: string) {
  const opened = openStore(data, { create: false })
  const store = readStore(opened.reading)
  const clock = machineClock(Number(await kept(store, "shift")))
  const writer = openWriter(opened.writing, { clock })
  const write = <T>(turn: Turn<T>) => writer.write(turn, { scopes: ["office:VIR-01", "accounts"] })
  const [at] = await store.db.select().from(counters).where(eq(counters.office, "VIR-01"))
  const [working] = await store.db
    .select()
    .from(staff)
    .where(and(eq(staff.scope, "VIR-01"), eq(staff.role, "agent")))
  const [whom] = await store.db.select().from(people).where(isNotNull(people.numberIndex))
  if (!at || !working || !whom) throw new Error("the demo has no video office with somebody in it")
  const agent = await staffOf(store, working.id)
  if (!agent) throw new Error("the agent may not work")
  const citizen = mint<Citizen>({ role: "citizen", id: whom.id, kind: whom.kind, level: "full" })
  const { row } = await write((tx) => walkIn(tx, citizen, { office: "VIR-01", service: "VIR-01", lang: "en" }))
  await write((tx) => openCounter(tx, agent, at.id, null))
  await write((tx) => ring(tx, agent, row.id, at.id))
  await write((tx) => answer(tx, citizen, row.id))
  const signIn = async (kind: "citizen" | "staff", subject: string, role: string) => {
    const who = { kind, subject, role, factors: "password+passkey", userAgent: "test", provenAt: clock.real() }
    const { token } = await write((tx) => startSession(tx, who, clock.real()))
    return { name: "sid", value: token }
  }
  const cookies = [await signIn("citizen", citizen.id, "citizen"), await signIn("staff", agent.id, agent.role)]
  await writer.close()
  opened.close()
  return { id: row.id, cookies }
}
