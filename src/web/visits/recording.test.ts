import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { invite } from "../../domain/visits/participants.ts"
import { hashOf } from "../../domain/visits/recording/chain.ts"
import { answersIn, standingOf } from "../../domain/visits/recording/consents.ts"
import { recordingLimits } from "../../domain/visits/recording/times.ts"
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

const json = ({ text }: { text: string }) => JSON.parse(text) as { seq: number; head: string; code: string }

describe("consent", () => {
  test("is asked in the waiting room and answered by a form, without a script too", async () => {
    expect((await citizen.get(`/visits/${id}`)).text).toContain("May we record the call?")
    expect((await opens()).status).toBe(409)
    const answered = await citizen.post(`/visits/${id}/consent`, { answer: "given" })
    expect([answered.status, answered.location]).toEqual([303, `/visits/${id}`])
    const { text } = await citizen.get(`/visits/${id}`)
    expect(text).not.toContain("May we record the call?")
    expect(text).toContain("You agreed to the recording.")
    expect(await standingOf(hall.store, id)).toBe("yes")
  })

  test("is nobody's to give who is not in the visit, and not the agent's", async () => {
    const stranger = await visiting(server, { citizen: 5 })
    await stranger.get("/")
    expect((await stranger.post(`/visits/${id}/consent`, { answer: "given" })).status).toBe(404)
    expect((await agent.post(`/visits/${id}/consent`, { answer: "given" })).status).toBe(403)
    expect((await citizen.post(`/visits/${id}/consent`, { answer: "noticed" })).status).toBe(409)
    expect((await citizen.post(`/visits/${id}/consent`, { answer: "perhaps" })).status).toBe(400)
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
    const answered = await guest.post(`/visits/${id}/consent`, { answer: "refused", back: path })
    expect([answered.status, answered.location]).toEqual([303, path])
    expect((await answersIn(hall.store, id)).map(({ state }) => state).sort()).toEqual(["given", "refused"])
    // Not let in yet: what goes on without them is not theirs to stop.
    expect(await standingOf(hall.store, id)).toBe("yes")
    expect(
      (await guest.post(`/visits/${id}/consent`, { answer: "refused", back: "//elsewhere.example" })).location,
    ).toBe(`/visits/${id}`)
  })
})

test("who answered what is the agent's to see: to everybody else in the visit there is no such view", async () => {
  const forAgent = await recorderFragment(server.house, id, "en", hall.agent(1).id)
  expect(forAgent).toContain("Interpreter: did not agree")
  for (const { id: reader } of [who, hall.citizen(2)]) {
    await expect(recorderFragment(server.house, id, "en", reader)).rejects.toMatchObject({ code: "not_found" })
    expect(await recordFragment(server.house, id, "en", reader)).not.toContain("Interpreter")
  }
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
  expect((await reader.post(`/visits/${other.id}/consent`, { answer: "refused" })).status).toBe(409)
  expect((await reader.post(`/visits/${other.id}/consent`, { answer: "noticed" })).status).toBe(303)
  expect(await answersIn(hall.store, other.id)).toMatchObject([{ state: "noticed" }])
  const unasked = await visiting(off, { citizen: 3 })
  const page = (await unasked.get(`/visits/${other.id}`)).text
  expect(page).not.toContain("record-ask")
  expect((await unasked.post(`/visits/${other.id}/consent`, { answer: "given" })).status).toBe(404)
})
