import { afterAll, expect, test } from "bun:test"
import { goHome } from "../../domain/visits/arriving.ts"
import { answer } from "../../domain/visits/ringing.ts"
import { testServer } from "../../testing/server.ts"
import { signedIn } from "../../testing/signed-in.ts"
import { videoHall } from "../../testing/video.ts"
import { handFragment } from "./hand.tsx"
import { panelFragment } from "./panel.tsx"

const hall = await videoHall()
const server = await testServer({ office: hall })
const desk = await signedIn(server, hall.agent())
await hall.open(1)

afterAll(() => {
  expect(server.bugs).toEqual([])
})

const act = (verb: string, more: Record<string, string> = {}) =>
  desk.send("/desk/act", { do: verb, counter: hall.counter(), ...more })
const state = async (id: string) => (await hall.ticketNow(id)).state
const hand = () => handFragment(server.house, hall.counter(), "en")

/** Somebody before the desk, of whom nothing is known, has a number from there. */
async function standing() {
  await act(`issue ${hall.code}`, { service: "RES-04", holder: "", once: crypto.randomUUID() })
  const [row] = server.house.store.connection.raw
    .query<{ id: string }, []>("SELECT id FROM ticket WHERE person IS NULL AND state = 'waiting' ORDER BY arrival DESC")
    .all()
  if (!row) throw new Error("no number was given")
  return row.id
}

test("an agent of a video office who serves who stands there as well calls both from one desk, each in its own way", async () => {
  const stands = await standing()
  const citizen = hall.citizen(1)
  const { row: sits } = await hall.video.walkIn(citizen)
  const list = await panelFragment(server.house, hall.code, "en")
  for (const what of [`call ${stands}`, `ask call ${sits.id}`]) expect(list).toContain(`value="${what}"`)

  // A number is called as everywhere: nothing rings, no visit is made, and what is done with it stands at the desk.
  await act(`call ${stands}`)
  expect(await state(stands)).toBe("called")
  expect(await hall.facts("visit.opened")).toHaveLength(1)
  const called = await hand()
  for (const verb of ["serve", "recall", "absent"]) expect(called).toContain(`value="${verb} ${stands}"`)
  expect(called).not.toContain("data-visit=")
  await act(`serve ${stands}`)
  expect(await hand()).toContain(`value="finish ${stands}"`)

  // "Next" ends that and rings for who sits before a camera.
  await act("next")
  expect([await state(stands), (await hall.video.now(sits.id)).phase]).toEqual(["served", "ringing"])
  const ringing = await hand()
  expect(ringing).toContain(`data-visit="${sits.id}"`)
  expect(ringing).not.toContain(`value="serve ${sits.id}"`)
  await hall.write((tx) => answer(tx, citizen, sits.id))
  await hall.write((tx) => goHome(tx, citizen, sits.id))
  expect((await hall.video.now(sits.id)).phase).toBe("wrapUp")

  // And the other way round.
  const second = await standing()
  await act("next")
  expect([await state(sits.id), await state(second)]).toEqual(["served", "called"])
  await act(`absent ${second}`)
  expect([await state(second), (await hall.counterNow(1)).ticket]).toEqual(["absent", null])
})
