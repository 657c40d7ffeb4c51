import { afterAll, expect, test } from "bun:test"
import { testServer } from "../../testing/server.ts"
import { leadsTo, reading, signedIn } from "../../testing/signed-in.ts"
import { videoHall } from "../../testing/video.ts"
import { roomsFragment } from "./rooms.tsx"

const hall = await videoHall({ more: [{ code: "VIR-02", video: true, lines: [{ code: "VIR" }], counters: 1 }] })
const server = await testServer({ office: hall })
const lead = await signedIn(server, hall.supervisor())
const page = `/day/${hall.code}/rooms`

afterAll(() => {
  expect(server.bugs).toEqual([])
})

const { row, ticket } = await hall.video.inCall(hall.citizen(1))
const waits = await hall.video.walkIn(hall.citizen(2))

test("the supervisor sees every room and everybody who waits, by number and without names, and that there is no relay", async () => {
  const read = reading(await lead.get(`${page}?lang=en`))
  for (const said of [`${ticket.number}`, `${waits.ticket.number}`, "In the call", "There is no relay"]) {
    expect(read.toLowerCase()).toContain(said.toLowerCase())
  }
  expect(reading(await lead.get(`${page}?lang=ar`))).toContain("لا خادم ترحيل")
})

test("that the relay refuses our credentials stands there, with since when and to how many", async () => {
  const env = { ...server.house.env, turn: { urls: ["turn:relay.example:3478"], secret: "a secret" } }
  const region = (lang: "ar" | "en", trouble: { since: number; count: number } | null) =>
    roomsFragment(
      { ...server.house, env },
      hall.code,
      lang,
      "",
      () => null,
      () => null,
      () => trouble,
    )
  const trouble = { since: hall.clock.office(), count: 3 }
  expect(await region("en", trouble)).toMatch(/has refused our credentials since 10:00\. Refused: 3\s+people/)
  expect(await region("ar", trouble)).toMatch(/3\s+أشخاص/)
  expect(await region("en", null)).toContain("A relay (TURN) is configured")
})

test("joins a room, which opens its page, and leaves it", async () => {
  expect(leadsTo(await lead.get(`${page}/${row.id}`))).toBe(page)
  const joined = await lead.send(page, { do: `join ${row.id}` })
  expect(leadsTo(joined)).toBe(`${page}/${row.id}`)
  const room = await lead.get(`${page}/${row.id}?lang=en`)
  expect(room.text).toContain(`data-call-state="waiting"`)
  expect(room.text).toContain(`data-visit="${row.id}"`)
  expect(reading(room)).toContain("Everybody in the room knows that you are in it")
  expect(leadsTo(await lead.send(page, { do: `leave ${row.id}` }))).toBe(page)
  expect(leadsTo(await lead.get(`${page}/${row.id}`))).toBe(page)
})

test("ends a visit that hangs with a reason, and without one nothing", async () => {
  expect((await lead.send(page, { do: `end ${row.id}` })).status).toBe(400)
  expect((await hall.video.now(row.id)).phase).toBe("call")
  await lead.send(page, { do: `end ${row.id}`, [`reason-${row.id}`]: "agent_away" })
  expect((await hall.video.now(row.id)).ticket.state).toBe("waiting")
  const twice = await lead.send(`${page}?lang=en`, { do: `end ${row.id}`, [`reason-${row.id}`]: "agent_away" })
  expect(twice.status).toBe(409)
})

test("nobody of another office, and no agent, joins or ends anything here", async () => {
  for (const stranger of [hall.supervisor("VIR-02"), hall.agent(), hall.citizen(3)]) {
    const who = await signedIn(server, stranger)
    expect((await who.send(page, { do: `join ${row.id}` })).status).toBe(403)
  }
  const elsewhere = await signedIn(server, hall.supervisor("VIR-02"))
  expect((await elsewhere.send("/day/VIR-02/rooms", { do: `join ${row.id}` })).status).toBe(404)
})
