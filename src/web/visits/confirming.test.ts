import { expect, test } from "bun:test"
import { addDays } from "../../base/day.ts"
import { edit, request } from "../../domain/requests/requests.ts"
import { officeStep } from "../../jobs/office.ts"
import { refusal } from "../../testing/office.ts"
import { visiting } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { seenTalking, serviceHall } from "../../testing/services.ts"
import { serviceFragment } from "../agent/service.tsx"
import { requestFragment } from "./request.tsx"

/* What the person is shown of a service in the visit, and answers, over HTTP. */

async function asked({ demo = false, bare = false } = {}) {
  const hall = await serviceHall()
  const server = await testServer({ office: hall, demo, env: { RECORDING: "off" } })
  const seen = seenTalking(server.house.hub)
  const who = hall.citizen(1)
  const device = await (bare ? null : hall.desk.passkey(who))
  const child = await hall.desk.child(who, "2012-01-01")
  const { row } = await hall.video.inCall(who)
  const fields = { dependant: child, kind: "single", paper: "passport", countries: "GB", until: addDays(hall.today, 9) }
  const draft = await hall.desk.filled(row.id, "PAS-05", fields)
  const visitor = await visiting(server, { citizen: 1 })
  await visitor.get(`/visits/${row.id}`)
  const answer = (verb: string, more = {}) =>
    visitor.post(`/visits/${row.id}/confirmation`, { do: verb, ...more }, { Accept: "application/json" })
  const ask = () => hall.desk.ask(draft.id, seen, 1, demo)
  const shown = (reader = who.id) => requestFragment(server.house, row.id, "en", reader)
  return { hall, server, who, device, visit: row.id, id: draft.id, visitor, answer, ask, shown }
}

test("the draft is shown as it is saved, to its person and nobody else; then the text, and the receipt", async () => {
  const { hall, server, who, device, id, ask, shown, answer } = await asked()
  expect(await shown()).toContain("Joud Al-Otaibi (born 2012)")
  expect(await shown()).toContain("United Kingdom")
  expect((await refusal(shown(hall.citizen(2).id))).code).toBe("not_found")
  const { confirmation } = await ask()
  const text = await shown()
  expect(text).toContain("Read, then confirm")
  expect(text).toContain(`value="passkey ${confirmation}"`)
  expect(text).not.toContain("In the demonstration only")
  // Two minutes later it is no longer there to be confirmed.
  hall.clock.advance(120_000)
  expect(await shown()).not.toContain(`value="passkey`)
  const again = await ask()
  if (!device) throw new Error("nobody here is without a passkey")
  const response = await hall.desk.answer(who, device, again)
  const wrongSession = await answer(`passkey ${again.confirmation}`, { response })
  expect([wrongSession.status, JSON.parse(wrongSession.text).code]).toEqual([400, "passkey_refused"])
  expect((await request(hall.store, id)).state).toBe("asked")
  expect(server.bugs).toEqual([])
})

test("a text that is no longer the one is not answered; a no leads back to the draft", async () => {
  const { hall, id, ask, answer } = await asked()
  const first = await ask()
  const second = await ask()
  const old = await answer(`decline ${first.confirmation}`)
  expect([old.status, JSON.parse(old.text).code]).toEqual([409, "confirmation_over"])
  expect((await answer(`decline ${second.confirmation}`)).status).toBe(204)
  expect((await request(hall.store, id)).state).toBe("draft")
  expect((await answer("decline nothing of the kind")).status).toBe(400)
})

test("a no, and the end of the two minutes, are told to both sides and kept until something else is done", async () => {
  const { hall, server, visit, id, ask, answer, shown } = await asked()
  const panel = () => serviceFragment(server.house, visit, "en", hall.agent().id)
  expect(await panel()).not.toContain("did not confirm")
  await answer(`decline ${(await ask()).confirmation}`)
  expect(await panel()).toContain("The person did not confirm")
  expect(await shown()).toContain("You did not confirm. Nothing was done.")
  await ask()
  expect(await panel()).not.toContain("did not confirm")
  hall.clock.advance(120_000)
  expect(await panel()).toContain("The two minutes are over")
  await hall.write((tx) => officeStep(tx, hall.code))
  expect(await request(hall.store, id)).toMatchObject({ state: "draft", unconfirmed: "over", confirmation: null })
  expect((await hall.facts("request.stale")).at(-1)?.body).toMatchObject({ request: id, visit, why: "time" })
  expect(await panel()).toContain("The two minutes are over")
  expect(await shown()).toContain("The two minutes are over, and nothing was done")
  await hall.write((tx) => edit(tx, hall.keys, hall.agent(), id, { kind: "multiple" }))
  expect(await panel()).not.toContain("The two minutes are over")
})

test("in a demonstration it can be confirmed without a passkey, and nowhere else", async () => {
  const real = await asked()
  const { confirmation } = await real.ask()
  const refused = await real.answer(`demo ${confirmation}`)
  expect([refused.status, JSON.parse(refused.text).code]).toEqual([403, "step_up_needed"])
  // Who has a passkey uses it there too.
  const keyed = await asked({ demo: true })
  const own = await keyed.ask()
  expect(await keyed.shown()).toContain("Confirm with a passkey")
  expect(await keyed.shown()).not.toContain("Confirm without a passkey")
  const denied = await keyed.answer(`demo ${own.confirmation}`)
  expect([denied.status, JSON.parse(denied.text).code]).toEqual([403, "step_up_needed"])
  expect((await request(keyed.hall.store, keyed.id)).state).toBe("asked")
  const show = await asked({ demo: true, bare: true })
  const waiting = await show.ask()
  expect(await show.shown()).toContain("In the demonstration only")
  expect((await show.answer(`demo ${waiting.confirmation}`)).status).toBe(204)
  expect(await request(show.hall.store, show.id)).toMatchObject({ state: "done" })
  expect(await show.shown()).toContain("The service was carried out")
  expect(await show.shown()).toMatch(/<a href="\/verify\/[0-9A-Z-]+" target="_blank"/)
  const page = await show.visitor.get("/account/household/permits")
  expect([page.status, page.text.includes("Joud Al-Otaibi")]).toEqual([200, true])
  // On paper it carries what it is checked by.
  const [printed = ""] = /<div class="print-only">[\s\S]*?<\/div>\s*<\/div>\s*<\/div>/.exec(page.text) ?? []
  const [, code = "-"] = /href="\/verify\/([0-9A-Z-]+)"/.exec(page.text) ?? []
  expect(printed).toContain("<svg")
  expect(printed).toContain("/verify</bdi>")
  expect(printed.replace(/<[^>]*>/g, "")).toContain(code)
  // A second press of the same button finds nothing to answer.
  expect((await show.answer(`demo ${waiting.confirmation}`)).status).toBe(409)
})
