import { afterAll, expect, test } from "bun:test"
import { readLog } from "../../../db/schema/privacy.ts"
import { hour } from "../../base/day.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { mint, type Staff } from "../../domain/access/subject.ts"
import { end, hold, resume } from "../../domain/visits/calls.ts"
import { closeSegment } from "../../domain/visits/recording/segments.ts"
import { recordingHall } from "../../testing/recorded.ts"
import { visiting } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { signedIn } from "../../testing/signed-in.ts"
import { rangeOf } from "./playback.ts"

const more = [{ code: "VIR-02", video: true, lines: [{ code: "VIR" }], counters: 1 }]
const hall = await recordingHall({ citizens: 6, counters: 6, more })
const server = await testServer({ office: hall })
hall.storage = server.house.storage
let last = 0

afterAll(() => {
  expect(server.bugs).toEqual([])
})

/** A visit that is over: five chunks, a hold, two more. */
async function recorded() {
  const number = ++last
  const agent = hall.agent(number)
  const who = hall.citizen(number)
  const { row } = await hall.video.inCall(who, number)
  const recorder = await hall.recorder(row.id, number)
  await recorder.answers(who)
  const one = await recorder.goesOn(await recorder.opens(), 5)
  await hall.write((tx) => closeSegment(tx, agent, row.id, one.segment, { seq: 5, why: "stopped" }))
  await hall.write((tx) => hold(tx, agent, row.id))
  await hall.video.pass(10_000)
  await hall.write((tx) => resume(tx, agent, row.id))
  const two = await recorder.goesOn(await recorder.opens(), 2)
  await hall.write((tx) => end(tx, agent, row.id, { outcome: "done" }))
  await hall.write((tx) => closeSegment(tx, agent, row.id, two.segment, { seq: 2, why: "over" }))
  return { id: row.id, thread: row.thread, who, one: one.segment, two: two.segment }
}

const reason = { reason: "a complaint about the tone" }

async function opened(id: string) {
  const reader = await signedIn(server, hall.supervisor())
  const { status, location } = await reader.send(`/recordings/of/${id}`, reason)
  expect(status).toBe(303)
  return { reader, at: location ?? "" }
}

async function auditor(): Promise<Staff> {
  const name = { ar: "مدقق", en: "Auditor" }
  const given = {
    login: `auditor-${last}`,
    name,
    passwordHash: "-",
    role: "auditor",
    scopeKind: "all",
    scope: "",
  } as const
  const id = await hall.write((tx) => addStaff(tx, given, "test"))
  return mint<Staff>({ id, ...given })
}

test("supervisors see the recordings of their own office, auditors of those they answer for, and nobody else any", async () => {
  const { id } = await recorded()
  const lead = await visiting(server, "supervisor")
  expect((await lead.get("/recordings")).location).toBe(`/recordings/in/${hall.code}`)
  const list = await lead.get(`/recordings/in/${hall.code}`)
  expect([list.status, list.text.includes(`/recordings/of/${id}`)]).toEqual([200, true])
  expect((await lead.get("/recordings/in/VIR-02")).status).toBe(404)
  const reader = await signedIn(server, await auditor())
  expect((await reader.get("/recordings")).text).toContain("/recordings/in/VIR-02")
  expect((await reader.get(`/recordings/of/${id}`)).status).toBe(200)
  const elsewhere = await signedIn(server, hall.supervisor("VIR-02"))
  expect((await elsewhere.get(`/recordings/of/${id}`)).status).toBe(404)
  for (const who of [{ agent: 1 }, { citizen: 1 }]) {
    const other = await visiting(server, who)
    for (const path of ["/recordings", `/recordings/in/${hall.code}`, `/recordings/of/${id}`]) {
      expect((await other.get(path)).status).toBe(403)
    }
  }
})

test("the list is searched by number and day, and says so where nothing fits", async () => {
  const { id } = await recorded()
  const lead = await visiting(server, "supervisor")
  const { ticket } = await hall.video.now(id)
  const has = async (query: string) => {
    const { status, text } = await lead.get(`/recordings/in/${hall.code}?lang=en&${query}`)
    return [status, text.includes(`/recordings/of/${id}`)]
  }
  expect(await has(`q=${ticket.number}`)).toEqual([200, true])
  expect(await has(`q=${ticket.number}&day=${hall.today}`)).toEqual([200, true])
  const arabic = String(ticket.number).replace(/\d/g, (digit) => "٠١٢٣٤٥٦٧٨٩"[Number(digit)] ?? "")
  expect(await has(`q=${encodeURIComponent(arabic)}`)).toEqual([200, true])
  for (const query of ["q=999", "q=abc", "q=123456789012", "day=2020-01-01", "day=yesterday", "after=0.x"]) {
    expect([query, ...(await has(query))]).toEqual([query, 200, false])
  }
  expect((await lead.get(`/recordings/in/${hall.code}?lang=en&q=999`)).text).toContain("No recording like that")
})

test("a recording is opened for a reason, which is kept with who opened it and when", async () => {
  const { id, who } = await recorded()
  const reader = await visiting(server, "supervisor")
  await reader.get(`/recordings/of/${id}`)
  const short = await reader.post(`/recordings/of/${id}`, { reason: "  because " })
  expect([short.status, short.text.includes("because")]).toEqual([400, true])
  expect(await hall.facts("recording.reviewed")).toEqual([])
  const { at } = await opened(id)
  expect(await hall.facts("recording.reviewed")).toMatchObject([{ subject: who.id, body: { visit: id, wrong: 0 } }])
  const looks = await hall.store.db.select().from(readLog)
  expect(looks).toMatchObject([{ person: who.id, what: "recording", about: id, office: hall.code }])
  const again = await opened(id)
  expect((await again.reader.get(again.at)).text).toContain("a complaint about the tone")
  // It is theirs who opened it, and for an hour.
  const other = await signedIn(server, await auditor())
  expect((await other.get(at)).status).toBe(404)
  hall.clock.advance(hour + 1)
  expect((await (await visiting(server, "supervisor")).get(at)).status).toBe(404)
})

test("first it says that the recording is whole; then its parts and what was not recorded, in the order of time", async () => {
  const { id, one, two } = await recorded()
  const { reader, at } = await opened(id)
  const { text } = await reader.get(at)
  const places = ["The recording is whole", `${at}/${one}`, "hold", `${at}/${two}`].map((part) => text.indexOf(part))
  expect(places.every((place) => place > 0)).toBe(true)
  expect(places.toSorted((a, b) => a - b)).toEqual(places)
})

test("where a bit was turned it names part and piece, is no evidence, and does not play what it names", async () => {
  const { id, thread, one, two } = await recorded()
  await hall.turnBit({ thread, segment: one, seq: 4 })
  const { reader, at } = await opened(id)
  const { text } = await reader.get(at)
  expect(text).toContain("The recording is no evidence")
  expect(text).toContain("Part 1, piece 4: missing")
  expect(text.indexOf("no evidence")).toBeLessThan(text.indexOf("<video"))
  expect([text.includes(`src="${at}/${one}"`), text.includes(`src="${at}/${two}"`)]).toEqual([false, true])
  expect((await reader.get(`${at}/${one}`)).status).toBe(404)
  expect((await reader.get(`${at}/${two}`)).status).toBe(200)
})

test("what no program can pack anew plays as it came, in whatever ranges a browser asks for", async () => {
  const { id, one } = await recorded()
  const { reader, at } = await opened(id)
  const whole = await reader.get(`${at}/${one}`)
  expect([whole.status, whole.headers.get("Accept-Ranges")]).toEqual([200, "bytes"])
  expect(whole.text).toStartWith("chunk 1chunk 1")
  const part = await reader.get(`${at}/${one}`, { Range: "bytes=130-159" })
  expect([part.status, part.text]).toEqual([206, whole.text.slice(130, 160)])
  expect(part.headers.get("Content-Range")).toBe(`bytes 130-159/${whole.text.length}`)
  const beyond = await reader.get(`${at}/${one}`, { Range: `bytes=${whole.text.length}-` })
  expect(beyond.status).toBe(416)
})

test("ranges are read as the standard writes them", () => {
  expect(rangeOf(undefined, 100)).toBeNull()
  expect(rangeOf("bytes=0-", 100)).toEqual({ from: 0, until: 100 })
  expect(rangeOf("bytes=10-19", 100)).toEqual({ from: 10, until: 20 })
  expect(rangeOf("bytes=-5", 100)).toEqual({ from: 95, until: 100 })
  expect(rangeOf("bytes=90-500", 100)).toEqual({ from: 90, until: 100 })
  expect(rangeOf("bytes=100-", 100)).toBe("beyond")
  expect(rangeOf("bytes=5-2", 100)).toBe("beyond")
  for (const odd of ["bytes=-", "lines=1-2", "bytes=1-2,5-6"]) expect(rangeOf(odd, 100)).toBeNull()
})
