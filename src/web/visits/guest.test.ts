import { afterAll, expect, test } from "bun:test"
import { admit, invite, remove } from "../../domain/visits/participants.ts"
import { visiting } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { videoHall } from "../../testing/video.ts"

const hall = await videoHall()
const server = await testServer({ office: hall })
const { write, keys, video } = hall
const agent = hall.agent()
const { row } = await video.inCall(hall.citizen(1))

afterAll(() => {
  expect(server.bugs).toEqual([])
})

/** Somebody who was asked in and has been let in. */
async function guest(citizen: number) {
  const asked = await write((tx) => invite(tx, keys, agent, row.id, { kind: "interpreter", name: "Salma" }))
  const path = `/in/${row.id}/${asked.id}/${keys.capability("visit", asked.id)}`
  const page = await visiting(server, { citizen })
  expect((await page.get(`${path}?lang=en`)).text).not.toContain('value="leave"')
  await page.post(path)
  await write((tx) => admit(tx, agent, row.id, asked.id))
  return { page, path, id: asked.id }
}

test("who was asked in leaves by a button: everybody is told, a chair is free, and the page says how it stands", async () => {
  const { page, path, id } = await guest(2)
  expect((await page.get(path)).text).toContain('value="leave"')
  const other = await visiting(server, { citizen: 3 })
  await other.get("/")
  expect((await other.post(path, { do: "leave" })).status).toBe(404)
  const left = await page.post(path, { do: "leave" })
  expect([left.status, left.location]).toEqual([303, path])
  const after = (await page.get(path)).text
  expect(after).toContain("You are no longer in this visit")
  expect(after).not.toContain("data-call")
  expect((await hall.facts("visit.removed")).map(({ body }) => [body.participant, body.why])).toEqual([[id, "left"]])
  expect((await video.now(row.id)).row.thirds).toBe(0)
  expect((await page.post(path, { do: "leave" })).status).toBe(404)
  expect((await page.post(path)).status).toBe(404)
})

test("who was put out reads that it is over for them, at the address that they know, and an invitation taken back is not there", async () => {
  const { page, path, id } = await guest(4)
  await write((tx) => remove(tx, agent, row.id, id))
  const after = await page.get(path)
  expect([after.status, after.text.includes("You are no longer in this visit")]).toEqual([200, true])
  const asked = await write((tx) => invite(tx, keys, agent, row.id, { kind: "guardian", name: "Huda" }))
  await write((tx) => remove(tx, agent, row.id, asked.id))
  expect((await page.get(`/in/${row.id}/${asked.id}/${keys.capability("visit", asked.id)}`)).status).toBe(404)
})
