import { afterAll, expect, test } from "bun:test"
import { end } from "../../domain/visits/calls.ts"
import { admit, invite, takeUp } from "../../domain/visits/participants.ts"
import { testServer } from "../../testing/server.ts"
import { signedIn } from "../../testing/signed-in.ts"
import { videoHall } from "../../testing/video.ts"
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
  expect((await press(`ask visit-end ${visit}`)).status).toBe(400)
})
