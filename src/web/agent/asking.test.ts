import { afterAll, expect, test } from "bun:test"
import { readLog } from "../../../db/schema/privacy.ts"
import { person } from "../../domain/people/reads.ts"
import { end } from "../../domain/visits/calls.ts"
import { admit, invite, takeUp } from "../../domain/visits/participants.ts"
import { testServer } from "../../testing/server.ts"
import { signedIn } from "../../testing/signed-in.ts"
import { videoHall } from "../../testing/video.ts"
import { panelFragment } from "./panel.tsx"
import { agentVisitFragment } from "./visit.tsx"

const hall = await videoHall()
const server = await testServer({ office: hall })
const desk = await signedIn(server, hall.agent())
const { write, keys } = hall

afterAll(() => {
  expect(server.bugs).toEqual([])
})

let people = 0
let held = ""
const press = (word: string) => desk.send("/desk/act", { do: word, counter: hall.counter() })

/** A call of this agent's with an interpreter in it, by name. */
async function withInterpreter(name: string) {
  if (held !== "") await write((tx) => end(tx, hall.agent(), held, { outcome: "done" }))
  const { row } = await hall.video.inCall(hall.citizen(++people))
  held = row.id
  const { id } = await write((tx) => invite(tx, keys, hall.agent(), row.id, { kind: "interpreter", name }))
  await write((tx) => takeUp(tx, hall.citizen(++people), id))
  await write((tx) => admit(tx, hall.agent(), row.id, id))
  return {
    visit: row.id,
    interpreter: id,
    state: async () => (await hall.video.participant(row.id, "interpreter")).state,
  }
}

test("to put somebody out asks first, by name, and does nothing by that", async () => {
  const { visit, interpreter, state } = await withInterpreter("Salma Odeh")
  const region = await agentVisitFragment(server.house, visit, "en", hall.agent().id)
  const word = `ask visit-remove ${visit} ${interpreter}`
  expect(region).toContain(`value="${word}"`)
  expect(region).not.toContain('value="visit-remove')
  const asked = (await press(word)).text
  expect(asked).toContain("Salma Odeh")
  expect(asked).toContain(`value="visit-remove ${visit} ${interpreter}"`)
  expect(await state()).toBe("admitted")
  await press(`visit-remove ${visit} ${interpreter}`)
  expect((await hall.facts("visit.removed")).map(({ body }) => body.participant)).toContain(interpreter)
})

test("nobody is asked about a visit that is not theirs to look into, nor about what needs no question", async () => {
  const { visit, interpreter } = await withInterpreter("Huda")
  const stranger = await signedIn(server, hall.agent(2))
  const refused = await stranger.send("/desk/act", {
    do: `ask visit-remove ${visit} ${interpreter}`,
    counter: hall.counter(2),
  })
  expect(refused.text).not.toContain("Huda")
  expect((await press(`ask visit-hangup ${visit}`)).status).toBe(400)
})

test("to ring for somebody who waits names the person and the service; going back leaves a word of it and nothing else", async () => {
  const who = hall.citizen(8)
  const { row, ticket } = await hall.video.walkIn(who)
  const panel = await panelFragment(server.house, hall.code, "en")
  expect(panel).toContain(`value="ask call ${row.id}"`)
  const name = (await person(hall.store, keys, who.id))?.name.en ?? "no name"
  const asked = (await press(`ask call ${row.id}`)).text
  for (const said of [`Ring ${name}?`, `Number ${ticket.number}`, "RES-04", `value="call ${row.id}"`]) {
    expect(asked).toContain(said)
  }
  // Who sees a name is written down, as of a call.
  const looks = await hall.store.db.select().from(readLog)
  expect(looks.filter(({ about }) => about === row.id)).toMatchObject([{ person: who.id, staff: hall.agent().id }])
  const before = await hall.video.now(row.id)
  await press(`visit-not-ring ${row.id}`)
  expect(await hall.video.now(row.id)).toEqual(before)
  expect((await hall.facts("visit.not_rung")).map(({ body }) => body)).toEqual([{ visit: row.id, by: hall.agent().id }])
})

test("to let somebody in names them, as whom they come, and the service; going back leaves them waiting", async () => {
  await write((tx) => end(tx, hall.agent(), held, { outcome: "done" }))
  const { row } = await hall.video.inCall(hall.citizen(9))
  held = row.id
  const { id } = await write((tx) => invite(tx, keys, hall.agent(), row.id, { kind: "guardian", name: "Abu Omar" }))
  await write((tx) => takeUp(tx, hall.citizen(10), id))
  const asked = (await press(`ask visit-admit ${row.id} ${id}`)).text
  for (const said of ["Let Abu Omar into the call?", "Guardian", "RES-04"]) expect(asked).toContain(said)
  await press(`visit-not-admit ${row.id} ${id}`)
  expect((await hall.video.participant(row.id, "guardian")).state).toBe("invited")
  expect((await hall.facts("visit.not_admitted")).map(({ body }) => body.participant)).toEqual([id])
  await press(`visit-admit ${row.id} ${id}`)
  expect((await hall.video.participant(row.id, "guardian")).state).toBe("admitted")
})
