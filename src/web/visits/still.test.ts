import { afterAll, expect, setDefaultTimeout, test } from "bun:test"
import { eq } from "drizzle-orm"
import { identityChecks } from "../../../db/schema/identity.ts"
import { end } from "../../domain/visits/calls.ts"
import { identityView } from "../../domain/visits/check-reads.ts"
import { drawCheck } from "../../domain/visits/checking.ts"
import { checkedNow } from "../../domain/visits/identity.ts"
import { lies } from "../../domain/visits/pictures.ts"
import { answer, ring } from "../../domain/visits/ringing.ts"
import { violations } from "../../testing/axe.ts"
import { frames } from "../../testing/calls.ts"
import { checksIn } from "../../testing/checks.ts"
import { faults } from "../../testing/layout.ts"
import { asAgent, asCitizen, hearing, type Screen } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { videoHall } from "../../testing/video.ts"
import { takeOut } from "../sealed-files.ts"

setDefaultTimeout(90_000)

const hall = await videoHall({ counters: 2, citizens: 4 })
const server = await testServer({ office: hall })
const films = { films: true, lang: "en" } as const

afterAll(() => {
  expect(server.bugs).toEqual([])
})

test("a list is gone through in a real call: measured, pictured from both sides, and verified by the agent's own buttons", async () => {
  const who = hall.citizen(1)
  const { row } = await hall.video.walkIn(who)
  await hall.open(1)
  const [citizen, desk] = [await asCitizen(server, 1, { ...films, lang: "ar" }), await asAgent(server, 1, films)]
  await citizen.page.goto(`/visits/${row.id}`)
  await desk.page.goto("/desk")
  await hearing(citizen, desk)
  await hall.write((tx) => ring(tx, hall.agent(1), row.id))
  await desk.page.locator(`[data-visit="${row.id}"]`).waitFor({ state: "attached" })
  await hall.write((tx) => answer(tx, who, row.id))
  await Promise.all([frames(citizen.page), frames(desk.page)])

  const button = (verb: string) => desk.page.locator(`[data-view=identity] button[value^="${verb} "]`)
  const checks = checksIn(hall)
  const step = async () => (await checks.now(row.id)).step
  await button("identity-draw").click()
  // What arrives grows to its size in the first seconds; the agent may measure as often as it takes.
  await button("identity-measure").waitFor()
  while ((await step()).kind === "measured") {
    await button("identity-measure").click()
    await desk.page.waitForTimeout(500)
  }
  await citizen.page.locator("[data-step=consent]").waitFor()
  expect(await faultsOf(citizen, 320, 740)).toEqual([])
  const pass = desk.page.locator('[data-view=identity] button[value$=".pass"]')
  for (let now = await step(); now.kind !== "picture"; now = await step()) {
    await desk.page.locator(`button[value="identity-say ${row.id} ${now.place}.pass"]`).click()
    await desk.page.locator(`button[value="identity-say ${row.id} ${now.place + 1}.pass"]`).waitFor()
    if (now.kind === "consent") {
      // The button that was pressed is gone; the focus is at the step that is next.
      expect(await desk.page.evaluate(() => document.activeElement?.id)).toBe(`identity-step-${now.place + 1}-0`)
      // A sign of life: with its way that takes no sight.
      await citizen.page.locator("button[form=visit-other-way]").waitFor()
      expect(await faultsOf(citizen, 320, 740)).toEqual([])
      expect(await faultsOf(desk, 1024, 768)).toEqual([])
    }
  }

  // The person presses; both pictures are there by themselves.
  for (const of of ["face", "document"]) {
    expect((await step()).drawn).toBe(of)
    await citizen.page.locator("[data-take-picture]").click()
    await desk.page.locator("[data-capture][data-sent='1'][data-received='1']").waitFor()
    expect(await desk.page.locator(".identity-now .identity-pictures img").count()).toBe(2)
    const { place } = await step()
    await pass.click()
    await desk.page.locator(`button[value="identity-say ${row.id} ${place + 1}.pass"]`).waitFor()
  }
  const view = await identityView(hall.store, hall.keys, row.id, hall.agent(1).id)
  const pictures = view.check?.steps.flatMap((one) => one.pictures) ?? []
  expect(pictures.map(({ side }) => side)).toEqual(["sent", "received", "sent", "received"])
  for (const { id, thread, sha256 } of pictures) {
    const bytes = await takeOut(server.house, thread, lies(thread, id))
    expect(new Bun.CryptoHasher("sha256").update(bytes).digest("base64url")).toBe(sha256)
  }
  const [sent] = pictures
  if (!sent) throw new Error("no picture")
  const jpeg = await takeOut(server.house, sent.thread, lies(sent.thread, sent.id))
  // Two pages share this browser's one camera, which then grows no larger than the other page has it.
  const [width, height] = sizeOf(jpeg)
  expect(width >= 640 && height >= 360).toBe(true)

  for (const kind of ["data", "talk"]) {
    const now = await step()
    expect(now.kind).toBe(kind as never)
    if (kind === "data") {
      await desk.page.locator(".identity-record").waitFor()
      expect(await faultsOf(desk, 1440, 900)).toEqual([])
    }
    await desk.page.locator(`button[value="identity-say ${row.id} ${now.place}.pass"]`).click()
    if (kind === "data")
      await desk.page.locator(`button[value="identity-say ${row.id} ${now.place + 1}.pass"]`).waitFor()
  }
  await citizen.page.locator("[data-asked=verified]").waitFor()
  expect(await checkedNow(hall.store, row.id)).toBe(true)

  // A reload is another page: who sits there now is anybody's guess.
  await citizen.page.reload()
  await citizen.page.locator("[data-asked=again]").waitFor()
  expect(await checkedNow(hall.store, row.id)).toBe(false)
  expect([...citizen.troubles, ...desk.troubles]).toEqual([])
  await hall.write((tx) => end(tx, hall.agent(1), row.id, { outcome: "done" }))
  for (const { page } of [citizen, desk]) await page.context().close()
})

test("a camera that is switched off for more than five seconds makes the check count no longer", async () => {
  const who = hall.citizen(2)
  const { row } = await hall.video.walkIn(who)
  await hall.open(2)
  const [citizen, desk] = [await asCitizen(server, 2, films), await asAgent(server, 2, films)]
  await citizen.page.goto(`/visits/${row.id}`)
  await desk.page.goto("/desk")
  await hearing(citizen, desk)
  await hall.write((tx) => ring(tx, hall.agent(2), row.id))
  await desk.page.locator(`[data-visit="${row.id}"]`).waitFor({ state: "attached" })
  await hall.write((tx) => answer(tx, who, row.id))
  await Promise.all([frames(citizen.page), frames(desk.page)])
  await hall.write((tx) => drawCheck(tx, hall.agent(2), row.id))
  await desk.page.locator(".identity-now").waitFor()
  await citizen.page.locator("[data-call-do=camera]").click()
  const dark = async () => {
    const [check] = await hall.store.db.select().from(identityChecks).where(eq(identityChecks.visit, row.id))
    return check
  }
  while ((await dark())?.darkSince === null) await desk.page.waitForTimeout(100)
  hall.clock.advance(6_000)
  await citizen.page.locator("[data-asked=again]").waitFor()
  expect((await dark())?.lapsed).toBe("camera_off")
  for (const { page } of [citizen, desk]) await page.context().close()
})

/** What is wrong with a page at one size, for whoever reads it and for whoever has it read out. */
async function faultsOf({ page }: Screen, width: number, height: number): Promise<string[]> {
  await page.setViewportSize({ width, height })
  await page.evaluate(() => document.fonts.ready)
  return [...(await faults(page, { target: width < 700 ? 44 : 24, text: 13 })), ...(await violations(page))]
}

/** Width and height in a JPEG's frame header (ITU-T T.81 B.2.2). */
function sizeOf(bytes: Uint8Array): [number, number] {
  for (let at = 2; at < bytes.length; ) {
    const [marker = 0, high = 0, low = 0] = [bytes[at + 1], bytes[at + 2], bytes[at + 3]]
    if (marker >= 0xc0 && marker <= 0xc3) {
      const read = (from: number) => (bytes[from] ?? 0) * 256 + (bytes[from + 1] ?? 0)
      return [read(at + 7), read(at + 5)]
    }
    at += 2 + high * 256 + low
  }
  throw new Error("no frame")
}
