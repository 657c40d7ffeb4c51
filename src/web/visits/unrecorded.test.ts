import { afterAll, expect, test } from "bun:test"
import { addDays } from "../../base/day.ts"
import { issuePermit } from "../../domain/requests/services/issue-permit.ts"
import { hindrance } from "../../domain/requests/standing.ts"
import { answerConsent } from "../../domain/visits/recording/consents.ts"
import { recordingHall, shown } from "../../testing/recorded.ts"
import { testServer } from "../../testing/server.ts"
import { seenTalking, serviceHall } from "../../testing/services.ts"
import { signedIn } from "../../testing/signed-in.ts"
import { serviceFragment } from "../agent/service.tsx"
import { requestFragment } from "./request.tsx"

const hall = await serviceHall()
const server = await testServer({ office: hall, env: { RECORDING: "consent" } })
seenTalking(server.house.hub)
const who = hall.citizen(1)

afterAll(() => {
  expect(server.bugs).toEqual([])
})

test("somebody who does not agree to be recorded is not served by video, and is told how else, like the agent", async () => {
  const { desk, write } = hall
  await desk.passkey(who)
  const child = await desk.child(who, "2012-01-01")
  const { row } = await hall.video.inCall(who)
  const fields = { dependant: child, kind: "single", paper: "passport", countries: "GB", until: addDays(hall.today, 9) }
  const draft = await desk.filled(row.id, "PAS-05", fields)
  const mine = () => requestFragment(server.house, row.id, "en", who.id)
  // Not asked yet: nothing is said of other ways.
  expect(await mine()).not.toContain("/services/PAS-05")
  await write((tx) => answerConsent(tx, who, row.id, "refused", shown))
  expect(await mine()).toContain(`href="/services/PAS-05"`)
  expect(await mine()).toContain("by video only while the call is recorded")
  const agents = await serviceFragment(server.house, row.id, "en", hall.agent().id)
  expect(agents).toContain("carried out only while the visit is recorded")
  for (const href of ["/services/PAS-05", "/desk/person"]) expect(agents).toContain(`href="${href}"`)
  expect(agents).not.toContain(`value="ask ${draft.id}"`)
  // Whatever button is pressed: the server refuses.
  const pressed = await (await signedIn(server, hall.agent())).send("/desk/service", {
    do: `ask ${draft.id}`,
    request: draft.id,
    ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`f.${name}`, value])),
  })
  expect([pressed.status, pressed.text.includes("only while the visit is recorded")]).toEqual([422, true])
  expect(await hall.facts("request.asked")).toEqual([])
  const quiet = { ...server.house, env: { ...server.house.env, recording: "off" as const } }
  expect(await requestFragment(quiet, row.id, "en", who.id)).not.toContain("/services/PAS-05")
  expect(await serviceFragment(quiet, row.id, "en", hall.agent().id)).toContain(`value="ask ${draft.id}"`)
})

test("what needs a recording may be done as long as one stands, and no longer", async () => {
  const recorded = await recordingHall()
  const person = recorded.citizen(1)
  const { row } = await recorded.video.inCall(person)
  const recorder = await recorded.recorder(row.id)
  const hinders = () => {
    const place = { visit: row.id, person: person.id, agent: recorded.agent().id, now: recorded.clock.office() }
    return hindrance(recorded.store, { ...issuePermit, identity: 1 }, place, { isRecorded: true })
  }
  expect(await hinders()).toBe("recording")
  await recorder.answers(person)
  await recorder.goesOn(await recorder.opens(), 4)
  expect(await hinders()).toBeNull()
  await recorder.answers(person, "withdrawn")
  expect(await hinders()).toBe("recording")
})
