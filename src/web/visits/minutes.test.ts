import { afterAll, expect, test } from "bun:test"
import { createHash, createPublicKey, verify } from "node:crypto"
import { minute } from "../../base/day.ts"
import { issueDocument } from "../../domain/documents/writes.ts"
import { readsOf } from "../../domain/people/read-log.ts"
import { issueMinutes, minutesOf } from "../../domain/requests/minutes.ts"
import { end } from "../../domain/visits/calls.ts"
import { leaveWord } from "../../domain/visits/word.ts"
import { asCitizen } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { reading, signedIn } from "../../testing/signed-in.ts"
import { videoHall } from "../../testing/video.ts"

const elsewhere = "VIR-02"
const hall = await videoHall({ more: [{ code: elsewhere, video: true, lines: [{ code: "VIR" }], counters: 1 }] })
const server = await testServer({ office: hall })
const { write } = hall

afterAll(() => {
  expect(server.bugs).toEqual([])
})

let people = 0
/** A visit that is over, with its minutes. */
async function over() {
  const citizen = hall.citizen(++people)
  const { row } = await hall.video.inCall(citizen)
  await write((tx) => leaveWord(tx, hall.keys, hall.agent(), row.id, "Bring the deed on Sunday"))
  await write((tx) => end(tx, hall.agent(), row.id, { outcome: "referred" }))
  hall.clock.advance(minute)
  await issueMinutes(hall, hall.keys, hall.code)
  return { citizen, id: row.id, path: `/visits/${row.id}/minutes` }
}

test("the person comes from the visit that is over to its minutes, and can have them checked", async () => {
  const { citizen, id, path } = await over()
  const who = await signedIn(server, citizen)
  expect((await who.get(`/visits/${id}?lang=en`)).text).toContain(`href="${path}"`)
  const page = await who.get(`${path}?lang=en`)
  for (const said of ["Minutes of a video visit", "Referred", "Bring the deed on Sunday", "The call began"]) {
    expect(reading(page)).toContain(said)
  }
  expect(page.text).toContain("<svg")
  expect(page.text).toMatch(/<td>\d\d:\d\d:\d\d<\/td>/)
  const code = /href="\/verify\/([0-9A-Z-]+)"/.exec(page.text)?.[1] ?? ""
  const checked = await (await fetch(`${server.origin}/verify/${code}?lang=en`)).text()
  expect(checked).toContain("Valid")
  expect(checked).not.toContain("Bring the deed")
})

test("the same in Arabic", async () => {
  const { citizen, path } = await over()
  const read = reading(await (await signedIn(server, citizen)).get(`${path}?lang=ar`))
  for (const said of ["محضر زيارة مرئية", "أُحيلت", "بدأت المكالمة"]) expect(read).toContain(said)
})

test("the file holds what was signed, and is checked with the published key alone", async () => {
  const { citizen, path } = await over()
  const file = await (await signedIn(server, citizen)).get(`${path}/file`)
  const { text, signed, signature } = JSON.parse(file.text)
  const { keys } = await (await fetch(`${server.origin}/.well-known/jwks.json`)).json()
  const key = createPublicKey({ key: keys[0], format: "jwk" })
  expect(verify(null, Buffer.from(signed), key, Buffer.from(signature, "base64url"))).toBe(true)
  expect(createHash("sha256").update(text).digest("hex")).toBe(JSON.parse(signed).sha256)
})

test("staff of the office read them and it is noted; to everybody else they are not there", async () => {
  const { citizen, path } = await over()
  for (const staff of [hall.supervisor(), hall.agent(2)]) {
    expect(reading(await (await signedIn(server, staff)).get(`${path}?lang=en`))).toContain("Bring the deed")
  }
  const reads = await readsOf(hall.store, citizen.id)
  expect(reads.map(({ what, role }) => [what, role]).toSorted()).toEqual([
    ["visit", "agent"],
    ["visit", "supervisor"],
  ])
  for (const stranger of [hall.citizen(9), hall.agent(1, elsewhere), hall.supervisor(elsewhere)]) {
    expect((await (await signedIn(server, stranger)).get(path)).status).toBe(404)
  }
})

test("minutes of a visit of which nothing is told have no empty card for what happened", async () => {
  const { citizen, id, path } = await over()
  const who = await signedIn(server, citizen)
  const card = "minutes-happened"
  expect((await who.get(`${path}?lang=en`)).text).toContain(card)
  const found = await minutesOf(hall.store, hall.keys, id, hall.clock.office())
  const { row } = await hall.video.walkIn(hall.citizen(10))
  const content = { ...found?.minutes, happened: [] }
  await write((tx) =>
    issueDocument(tx, hall.keys, {
      ...{ kind: "minutes", person: row.person, office: row.office, ref: row.id, until: null, visit: row.id },
      body: { ...(found?.body as NonNullable<NonNullable<typeof found>["body"]>), content },
    }),
  )
  const other = await signedIn(server, hall.citizen(10))
  const page = (await other.get(`/visits/${row.id}/minutes?lang=en`)).text
  expect([page.includes("RES-04"), page.includes(card)]).toEqual([true, false])
})

test("on a phone the fingerprints of files and of the recording break, and nothing is wider than the screen", async () => {
  const { id } = await over()
  const found = await minutesOf(hall.store, hall.keys, id, hall.clock.office())
  const { row } = await hall.video.walkIn(hall.citizen(7))
  const [at, print] = [hall.clock.office(), "a1".repeat(32)]
  const files = [{ from: "citizen", type: "application/pdf", bytes: 9_000, sha256: print, at }]
  const segment = { of: "citizen", what: "camera", from: at, until: at, chunks: 3, head: print, end: null }
  const gaps = [{ from: at, until: at + 40_000 }]
  const people = found?.minutes?.people.map((one) => ({ ...one, gaps }))
  const content = { ...found?.minutes, people, files, recording: { segments: [segment], gaps: [] } }
  await write((tx) =>
    issueDocument(tx, hall.keys, {
      ...{ kind: "minutes", person: row.person, office: row.office, ref: row.id, until: null, visit: row.id },
      body: { ...(found?.body as NonNullable<NonNullable<typeof found>["body"]>), content },
    }),
  )
  const { page } = await asCitizen(server, 7, { viewport: { width: 390, height: 844 } })
  for (const lang of ["en", "ar"]) {
    await page.goto(`${server.origin}/visits/${row.id}/minutes?lang=${lang}`)
    expect(await page.getByText(print).count()).toBe(2)
    expect(await page.getByText(lang === "en" ? "Not connected" : "انقطع الاتصال").count()).toBe(2)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  }
  await page.context().close()
}, 60_000)

test("of a visit that goes on the page says that there are none yet", async () => {
  const citizen = hall.citizen(8)
  const { row } = await hall.video.walkIn(citizen)
  const page = await (await signedIn(server, citizen)).get(`/visits/${row.id}/minutes?lang=en`)
  expect(reading(page)).toContain("There are no minutes of this visit")
})
