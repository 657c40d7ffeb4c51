import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { hold, resume } from "../../domain/visits/calls.ts"
import { invite } from "../../domain/visits/participants.ts"
import { hashOf } from "../../domain/visits/recording/chain.ts"
import { answersIn, standingOf } from "../../domain/visits/recording/consents.ts"
import { recordingLimits, recordingTimes } from "../../domain/visits/recording/times.ts"
import { bytesOf, recordingHall } from "../../testing/recorded.ts"
import { visiting } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import type { Visitor } from "../../testing/visitor.ts"
import { recorderFragment } from "../agent/record.tsx"
import { recordFragment } from "./record.tsx"

const hall = await recordingHall({ citizens: 6, counters: 3 })
const server = await testServer({ office: hall })
hall.storage = server.house.storage
const who = hall.citizen(1)
const { row } = await hall.video.inCall(who)
const id = row.id

let agent: Visitor
let citizen: Visitor

beforeAll(async () => {
  agent = await visiting(server, { agent: 1 })
  citizen = await visiting(server, { citizen: 1 })
  await agent.get("/desk")
  await citizen.get(`/visits/${id}`)
})

afterAll(() => {
  expect(server.bugs).toEqual([])
})

interface Given {
  segment?: string
  seq?: number
  prev: string
  bytes?: Uint8Array<ArrayBuffer>
  hash?: string
  type?: string
  by?: Visitor
}

const first = "a".repeat(32)

function sends({ segment = first, seq = 1, prev, bytes = bytesOf(seq), hash, type, by = agent }: Given) {
  return by.ask(`/visits/${id}/recording/${segment}/chunks/${seq}`, {
    method: "POST",
    body: bytes,
    headers: {
      ...{ Origin: server.origin, "Sec-Fetch-Site": "same-origin", Accept: "application/json" },
      ...{ "X-Form-Token": by.formToken, "X-Prev": prev, "X-Sha256": hash ?? hashOf(bytes), "X-Age": "0" },
      ...{ "Content-Type": type ?? "application/octet-stream" },
    },
  })
}

async function opens(by = agent, segment = first) {
  const { id: of } = await hall.video.participant(id, "citizen")
  const fields = { segment, of, what: "camera", mime: "video/webm;codecs=vp8,opus", age: "0" }
  return by.post(`/visits/${id}/recording`, fields, { Accept: "application/json" })
}

/** What a page sends with an answer: which text stood there. */
async function shownTo(by: Visitor, path: string) {
  const { text } = await by.get(path)
  const value = (name: string) =>
    new RegExp(`form="visit-consent" name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? ""
  return { lang: value("lang"), text: value("text") }
}

const json = ({ text }: { text: string }) => JSON.parse(text) as { seq: number; head: string; code: string }

describe("consent", () => {
  test("is asked in the waiting room and answered by a form, without a script too", async () => {
    expect((await citizen.get(`/visits/${id}`)).text).toContain("May we record the call?")
    expect((await opens()).status).toBe(409)
    const fields = await shownTo(citizen, `/visits/${id}`)
    const answered = await citizen.post(`/visits/${id}/consent`, { ...fields, answer: "given" })
    expect([answered.status, answered.location]).toEqual([303, `/visits/${id}`])
    const { text } = await citizen.get(`/visits/${id}`)
    expect(text).not.toContain("May we record the call?")
    expect(text).toContain("You agreed to the recording.")
    expect(await standingOf(hall.store, id)).toBe("yes")
  })

  test("is to the text that was shown, in its language: a yes to another one is none, a no is one to whatever stood there", async () => {
    const next = hall.citizen(4)
    const { row: other } = await hall.video.walkIn(next)
    const reader = await visiting(server, { citizen: 4 })
    const [ar, en] = [
      await shownTo(reader, `/visits/${other.id}?lang=ar`),
      await shownTo(reader, `/visits/${other.id}?lang=en`),
    ]
    expect([ar.lang, en.lang, ar.text === en.text]).toEqual(["ar", "en", false])
    const says = (fields: Record<string, string>) =>
      reader.post(`/visits/${other.id}/consent`, fields, { Accept: "application/json" })
    const crossed = await says({ lang: "ar", text: en.text, answer: "given" })
    expect([crossed.status, json(crossed).code]).toEqual([409, "text_changed"])
    expect((await says({ lang: "ar", text: "0".repeat(64), answer: "given" })).status).toBe(409)
    expect((await says({ answer: "given" })).status).toBe(400)
    // The other language has been chosen in another window since.
    expect((await says({ ...ar, answer: "given" })).status).toBe(303)
    expect((await hall.facts("recording.answered")).at(-1)?.body).toMatchObject({ lang: "ar", text: ar.text })
    expect((await says({ lang: "en", text: "0".repeat(64), answer: "refused" })).status).toBe(303)
    expect(await answersIn(hall.store, other.id)).toMatchObject([{ state: "withdrawn" }])
  })

  test("is nobody's to give who is not in the visit, and not the agent's", async () => {
    const stranger = await visiting(server, { citizen: 5 })
    await stranger.get("/")
    const fields = await shownTo(citizen, `/visits/${id}`)
    expect((await stranger.post(`/visits/${id}/consent`, { ...fields, answer: "given" })).status).toBe(404)
    expect((await agent.post(`/visits/${id}/consent`, { ...fields, answer: "given" })).status).toBe(403)
    expect((await citizen.post(`/visits/${id}/consent`, { ...fields, answer: "noticed" })).status).toBe(409)
    expect((await citizen.post(`/visits/${id}/consent`, { ...fields, answer: "perhaps" })).status).toBe(400)
  })

  test("is asked of who was invited on the page of their link, and leads back there", async () => {
    const asked = await hall.write((tx) =>
      invite(tx, hall.keys, hall.agent(1), id, { kind: "interpreter", name: "Salma" }),
    )
    const path = `/in/${id}/${asked.id}/${hall.keys.capability("visit", asked.id)}`
    const guest = await visiting(server, { citizen: 2 })
    await guest.get(path)
    await guest.post(path)
    expect((await guest.get(path)).text).toContain("May we record the call?")
    const fields = await shownTo(guest, path)
    const answered = await guest.post(`/visits/${id}/consent`, { ...fields, answer: "refused", back: path })
    expect([answered.status, answered.location]).toEqual([303, path])
    expect((await answersIn(hall.store, id)).map(({ state }) => state).sort()).toEqual(["given", "refused"])
    // Not let in yet: what goes on without them is not theirs to stop.
    expect(await standingOf(hall.store, id)).toBe("yes")
    expect(
      (await guest.post(`/visits/${id}/consent`, { ...fields, answer: "refused", back: "//elsewhere.example" }))
        .location,
    ).toBe(`/visits/${id}`)
  })
})

test("an invitation is taken up at its own visit's address, and not at another one's", async () => {
  const { row: other } = await hall.video.walkIn(hall.citizen(5))
  const asked = await hall.write((tx) => invite(tx, hall.keys, hall.agent(1), id, { kind: "guardian", name: "Huda" }))
  const guest = await visiting(server, { citizen: 6 })
  await guest.get("/")
  const secret = hall.keys.capability("visit", asked.id)
  expect((await guest.post(`/in/${other.id}/${asked.id}/${secret}`)).status).toBe(404)
  expect((await hall.video.participant(id, "guardian")).subject).toBeNull()
  expect((await guest.post(`/in/${id}/${asked.id}/${secret}`)).status).toBe(303)
})

test("who answered what is the agent's to see: to everybody else in the visit there is no such view", async () => {
  const forAgent = await recorderFragment(server.house, id, "en", hall.agent(1).id)
  expect(forAgent).toContain("Interpreter: did not agree")
  for (const { id: reader } of [who, hall.citizen(2)]) {
    await expect(recorderFragment(server.house, id, "en", reader)).rejects.toMatchObject({ code: "not_found" })
    expect(await recordFragment(server.house, id, "en", reader)).not.toContain("Interpreter")
  }
  await expect(recordFragment(server.house, id, "en", hall.agent(2).id)).rejects.toMatchObject({ code: "not_found" })
})

describe("a chunk", () => {
  test("comes from the agent in whose hand the visit is, and from nobody else", async () => {
    const other = await visiting(server, { agent: 2 })
    await hall.open(2)
    await other.get("/desk")
    const nobody = await visiting(server, { citizen: 4 })
    await nobody.get("/")
    expect((await opens(other)).status).toBe(403)
    expect((await opens(citizen)).status).toBe(403)
    expect((await opens(nobody)).status).toBe(403)
    const opened = await opens()
    expect(opened.status).toBe(200)
    const { head } = json(opened)
    expect((await sends({ prev: head, by: other })).status).toBe(404)
    expect((await sends({ prev: head, by: citizen })).status).toBe(403)
    expect((await other.get(`/visits/${id}/recording/${first}`, { Accept: "application/json" })).status).toBe(404)
    expect(json(await sends({ prev: head })).seq).toBe(1)
  })

  test("is taken once, in its place; whoever names another is told from where to go on", async () => {
    const state = json(await agent.get(`/visits/${id}/recording/${first}`))
    const again = await sends({ prev: "0".repeat(64) })
    expect([again.status, json(again)]).toEqual([200, expect.objectContaining({ ...state, isKnown: true })])
    const wrong = await sends({ seq: 2, prev: "0".repeat(64) })
    expect([wrong.status, json(wrong)]).toEqual([409, expect.objectContaining({ ...state, code: "recording_moved" })])
    const early = await sends({ seq: 4, prev: state.head })
    expect(json(early)).toMatchObject({ code: "recording_moved", seq: 1 })
    expect(json(await sends({ seq: 2, prev: state.head })).seq).toBe(2)
  })

  test("is refused where its bytes are not those of which it speaks, where it is none, and where it is too big", async () => {
    const { head } = json(await agent.get(`/visits/${id}/recording/${first}`))
    expect((await sends({ seq: 3, prev: head, hash: "f".repeat(64) })).status).toBe(400)
    expect((await sends({ seq: 3, prev: head, bytes: new Uint8Array() })).status).toBe(400)
    expect((await sends({ seq: 3, prev: head, type: "text/plain" })).status).toBe(415)
    const big = new Uint8Array(recordingLimits.chunkBytes + 1)
    expect((await sends({ seq: 3, prev: head, bytes: big })).status).toBe(413)
    expect(json(await agent.get(`/visits/${id}/recording/${first}`)).seq).toBe(2)
  })

  test("is not claimed where the disk is full, and taken as soon as there is room", async () => {
    const { head } = json(await agent.get(`/visits/${id}/recording/${first}`))
    const put = server.house.storage.put
    server.house.storage.put = async () => {
      throw new Error("ENOSPC: no space left on device")
    }
    const refused = await sends({ seq: 3, prev: head })
    expect([refused.status, json(refused).code]).toEqual([503, "unavailable"])
    server.house.storage.put = put
    expect(json(await sends({ seq: 3, prev: head })).seq).toBe(3)
  })

  test("leaves nothing on the disk that was taken when nothing is to be recorded", async () => {
    const { head } = json(await agent.get(`/visits/${id}/recording/${first}`))
    const { put } = server.house.storage
    const kept = () => server.house.storage.list(`visits/${row.thread}/recording/${first}`)
    const before = await kept()
    let puts = 0
    server.house.storage.put = async (path, bytes) => {
      puts++
      await put(path, bytes)
      // Between the bytes and the chain.
      await hall.write((tx) => hold(tx, hall.agent(1), id))
      hall.clock.advance(recordingTimes.slack + 1_000)
    }
    const between = await sends({ seq: 4, prev: head })
    expect([between.status, json(between).code, puts]).toEqual([409, "recording_stopped", 1])
    expect(await kept()).toEqual(before)
    const during = await sends({ seq: 4, prev: head })
    expect([json(during).code, puts]).toEqual(["recording_stopped", 1])
    server.house.storage.put = put
    await hall.write((tx) => resume(tx, hall.agent(1), id))
  })

  test("ends its segment with the number that there are", async () => {
    const at = `/visits/${id}/recording/${first}/end`
    const script = { Accept: "application/json" }
    expect((await agent.post(at, { seq: "2", why: "stopped" }, script)).status).toBe(409)
    expect((await agent.post(at, { seq: "3", why: "stopped" }, script)).status).toBe(200)
    expect((await agent.post(at, { seq: "3", why: "stopped" }, script)).status).toBe(200)
    const { head } = json(await agent.get(`/visits/${id}/recording/${first}`))
    expect(json(await sends({ seq: 4, prev: head }))).toMatchObject({ code: "recording_moved", isClosed: true })
  })
})

test("where an agency only tells people, it tells them; where it records nothing, nobody is asked and nothing taken", async () => {
  const told = await testServer({ office: hall, env: { RECORDING: "notice" } })
  const off = await testServer({ office: hall, env: { RECORDING: "off" } })
  const next = hall.citizen(3)
  const { row: other } = await hall.video.walkIn(next)
  const reader = await visiting(told, { citizen: 3 })
  expect((await reader.get(`/visits/${other.id}`)).text).toContain("This call will be recorded")
  const fields = await shownTo(reader, `/visits/${other.id}`)
  expect((await reader.post(`/visits/${other.id}/consent`, { ...fields, answer: "refused" })).status).toBe(409)
  expect((await reader.post(`/visits/${other.id}/consent`, { ...fields, answer: "noticed" })).status).toBe(303)
  expect(await answersIn(hall.store, other.id)).toMatchObject([{ state: "noticed" }])
  const unasked = await visiting(off, { citizen: 3 })
  const page = (await unasked.get(`/visits/${other.id}`)).text
  expect(page).not.toContain("record-ask")
  expect((await unasked.post(`/visits/${other.id}/consent`, { ...fields, answer: "given" })).status).toBe(404)
})
