import { describe, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { identityChecks } from "../../../db/schema/identity.ts"
import { confirmations } from "../../../db/schema/passkeys.ts"
import { addDays, minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { refusal } from "../../testing/office.ts"
import { media, type ServiceHall, serviceHall, unmarried } from "../../testing/services.ts"
import { evidenceOf, freeze, verify } from "../access/confirmation.ts"
import { addressOf, langOf } from "../notifications/contact.ts"
import { dropCarriedOut } from "../people/carried-out.ts"
import { keepCivilRecord } from "../people/civil.ts"
import { ownData } from "../people/own-data.ts"
import { clearOld } from "../people/retention.ts"
import { setMobile } from "../people/writes.ts"
import { end, hold } from "../visits/calls.ts"
import { admit, invite, remove, takeUp } from "../visits/participants.ts"
import { carryOutNow, toConfirm } from "./carrying.ts"
import { issueMinutes } from "./minutes.ts"
import { validPermit } from "./permits.ts"
import { begin, decline, edit, keyFor, type Outcome, request, requestMoves, requestsIn, withdraw } from "./requests.ts"
import { issuePermit } from "./services/issue-permit.ts"
import { hindrance, mustStand } from "./standing.ts"

/** A guardian in a call, with a request that waits to be confirmed. */
async function asked() {
  const hall = await serviceHall()
  const { desk, video, write, keys, store } = hall
  const [guardian, agent] = [hall.citizen(1), hall.agent()]
  const device = await desk.passkey(guardian)
  const child = await desk.child(guardian, "2012-01-01")
  const { row } = await video.inCall(guardian)
  const fields = { dependant: child, kind: "single", paper: "passport", countries: "GB", until: addDays(hall.today, 9) }
  const draft = await desk.filled(row.id, "PAS-05", fields)
  const waiting = await desk.ask(draft.id)
  const now = () => request(store, draft.id)
  const valid = () => validPermit(store, child, hall.clock.office())
  const answer = () => desk.answer(guardian, device, waiting)
  const give = (text: string, more = {}) => desk.give(guardian, text, waiting, more)
  /** Refused, nothing done, and to be asked anew. */
  const isStale = async (given: Promise<unknown>, why: string) => {
    expect(await refusal(given)).toMatchObject({ code: "confirmation_stale", details: { why } })
    expect([(await now()).state, (await now()).confirmation, await valid()]).toEqual(["draft", null, null])
    expect((await hall.facts("request.stale")).at(-1)?.body).toMatchObject({ request: draft.id, why })
  }
  return {
    hall,
    desk,
    video,
    write,
    keys,
    store,
    guardian,
    agent,
    device,
    child,
    fields,
    visit: row.id,
    waiting,
    now,
    valid,
    answer,
    give,
    isStale,
  }
}

test("what was asked in front of an interpreter is asked anew once that one is gone, and stands while they are back in time", async () => {
  const { hall, video, write, keys, guardian, agent, desk, device, visit, waiting, isStale } = await asked()
  const guest = hall.citizen(5)
  const { id: helper } = await write((tx) => invite(tx, keys, agent, visit, { kind: "interpreter", name: "ليلى" }))
  await write((tx) => takeUp(tx, guest, helper))
  await write((tx) => admit(tx, agent, visit, helper))
  await video.page(guest, visit)
  const again = await desk.ask(waiting.id)
  await video.lost(await video.participant(visit, "interpreter"), "reconnecting")
  const signed = await desk.answer(guardian, device, again)
  await write((tx) => remove(tx, agent, visit, helper))
  await isStale(desk.give(guardian, signed, again), "helper")
  const alone = await desk.ask(waiting.id)
  expect((await desk.confirm(guardian, device, alone)).state).toBe("done")
})

test("nothing is asked while the server has not seen by which keys both sides talk: it would hold for any connection", async () => {
  const { desk, guardian, waiting, write, now } = await asked()
  await write((tx) => decline(tx, guardian, waiting.id))
  for (const unseen of [
    { citizen: null, agent: null },
    { ...media, citizen: null },
    { ...media, agent: null },
  ]) {
    expect((await refusal(desk.ask(waiting.id, unseen))).code).toBe("connection_unknown")
  }
  expect((await now()).state).toBe("draft")
  await desk.ask(waiting.id)
})

test("what the person sees is what is frozen and what is done: in one turn, with a receipt and the evidence", async () => {
  const { hall, keys, store, guardian, waiting, now, valid, answer, give } = await asked()
  const shown = await toConfirm(store, keys, guardian.id, waiting.confirmation ?? "", hall.clock.real())
  expect(shown.lines[0]?.label.en).toBe("Issue a travel permit")
  expect(shown.text.en).toHaveLength(shown.lines.length)
  const done = await give(await answer())
  expect(done).toMatchObject({ state: "done", confirmation: null, endedAt: hall.clock.office() })
  expect((await valid())?.request).toBe(done.id)
  const kept = await evidenceOf(store, waiting.confirmation ?? "")
  if (!kept) throw new Error("no evidence was kept")
  expect(await verify(kept)).toBe(true)
  const key = await keyFor(store, keys, guardian.id)
  const outcome: Outcome = JSON.parse(key.open("request.outcome", (await now()).outcomeSealed ?? ""))
  expect(outcome.lines).toEqual(shown.lines)
  const [said] = await hall.facts("request.done")
  expect(said?.body).toMatchObject({ request: done.id, visit: done.visit, number: done.number ?? "" })
})

test("what is kept for ten years as evidence names nobody, and no fact does", async () => {
  const { hall, store, waiting, answer, give } = await asked()
  await give(await answer())
  const [row] = await store.db
    .select()
    .from(confirmations)
    .where(eq(confirmations.id, waiting.confirmation ?? ""))
  const all = JSON.stringify([
    row?.frozen,
    store.connection.raw.query("SELECT * FROM request").all(),
    await hall.facts(),
  ])
  expect(["Joud", "جود", "A12345678", "Kingdom"].filter((name) => all.includes(name))).toEqual([])
})

describe("a confirmation does not hold", () => {
  test("when the agent changes a field, were it back to what it was", async () => {
    const { hall, write, keys, agent, fields, waiting, now, answer, give, valid } = await asked()
    const signed = await answer()
    await write((tx) => edit(tx, keys, agent, waiting.id, { ...fields, countries: "FR" }))
    expect(await now()).toMatchObject({ state: "draft", confirmation: null, version: 3 })
    await write((tx) => edit(tx, keys, agent, waiting.id, fields))
    expect((await refusal(give(signed))).code).toBe("confirmation_stale")
    expect(await valid()).toBeNull()
    expect(await hall.facts("request.asked")).toHaveLength(1)
  })

  test("when it has been asked again since; what was asked last stands", async () => {
    const { hall, desk, waiting, guardian, device, now, answer, give, valid } = await asked()
    const first = await answer()
    const second = await desk.ask(waiting.id)
    expect((await refusal(give(first))).details).toMatchObject({ why: "request" })
    expect([(await now()).confirmation, await valid()]).toEqual([second.confirmation, null])
    expect(await hall.facts("request.stale")).toEqual([])
    expect((await desk.confirm(guardian, device, second)).state).toBe("done")
  })

  test("when the person reloads, or goes on in another window", async () => {
    const { video, guardian, visit, answer, give, isStale } = await asked()
    const signed = await answer()
    await video.page(guardian, visit, "another-page")
    await isStale(give(signed), "page")
  })

  test("when the same page has come in again by another connection", async () => {
    const { video, guardian, visit, answer, give, isStale } = await asked()
    const { page } = await video.participant(visit, "citizen")
    const signed = await answer()
    await video.page(guardian, visit, page ?? "")
    await isStale(give(signed), "page")
  })

  test("when either side's sound and picture come by another key than the server saw before", async () => {
    for (const other of [
      { ...media, citizen: "sha-256 CC" },
      { ...media, agent: "sha-256 CC" },
      { ...media, agent: null },
    ]) {
      const { answer, give, isStale } = await asked()
      await isStale(give(await answer(), { fingerprints: other }), "connection")
    }
  })

  test("while the person is on hold", async () => {
    const { write, agent, visit, answer, give, isStale } = await asked()
    const signed = await answer()
    await write((tx) => hold(tx, agent, visit))
    await isStale(give(signed), "call")
  })

  test("after two minutes", async () => {
    const { hall, answer, give, valid } = await asked()
    const signed = await answer()
    hall.clock.advance(2 * minute)
    expect((await refusal(give(signed))).code).toBe("confirmation_over")
    expect(await valid()).toBeNull()
  })

  test("twice: what was carried out is not carried out again", async () => {
    const { hall, answer, give } = await asked()
    const signed = await answer()
    await give(signed)
    expect((await refusal(give(signed))).code).toBe("confirmation_over")
    expect(await hall.facts("request.done")).toHaveLength(1)
    expect(await hall.facts("permit.issued")).toHaveLength(1)
  })

  test("for anything but the request for which it was asked", async () => {
    const { desk, hall, write, guardian, device, waiting, valid, give } = await asked()
    const owner = { kind: "citizen" as const, id: guardian.id }
    const erasure = { action: "person.erase", object: guardian.id, text: { ar: ["حذف"], en: ["Erase"] } }
    const other = await write((tx) => freeze(tx, owner, erasure, hall.clock.real()))
    const signed = await desk.answer(guardian, device, { confirmation: other.id })
    expect((await refusal(give(signed))).code).toBe("passkey_refused")
    expect((await refusal(desk.give(guardian, signed, { confirmation: other.id }))).code).toBe("not_found")
    expect([await valid(), (await request(hall.store, waiting.id)).state]).toEqual([null, "asked"])
  })

  test("from anybody else's passkey, or by anybody else", async () => {
    const { desk, hall, answer, waiting, valid } = await asked()
    const stranger = hall.citizen(2)
    const device = await desk.passkey(stranger)
    expect((await refusal(desk.answer(stranger, device, waiting))).code).toBe("confirmation_over")
    expect((await refusal(desk.give(stranger, await answer(), waiting))).code).toBe("not_found")
    expect(await valid()).toBeNull()
  })

  test("where what would be done is no longer what was confirmed", async () => {
    const { hall, write, keys, child, answer, give, isStale } = await asked()
    const signed = await answer()
    const papers = [{ kind: "passport" as const, number: "B7", until: addDays(hall.today, 800) }]
    await write((tx) => keepCivilRecord(tx, keys, child, { ...unmarried, papers }))
    await isStale(give(signed), "changed")
  })

  test("where the person says no; what was filled in stays", async () => {
    const { write, guardian, hall, waiting, now, answer, give } = await asked()
    const signed = await answer()
    expect((await refusal(write((tx) => decline(tx, hall.citizen(2), waiting.id)))).code).toBe("not_found")
    await write((tx) => decline(tx, guardian, waiting.id))
    expect([(await now()).state, (await now()).version]).toEqual(["draft", 2])
    expect((await refusal(give(signed))).code).toBe("confirmation_stale")
  })
})

describe("what the service refuses when it comes to it", () => {
  test("is the end of the request, kept with its code and all by which it was decided, and the confirmation is used up", async () => {
    const { hall, write, keys, store, guardian, child, now, waiting, valid, answer, give } = await asked()
    const signed = await answer()
    await write((tx) => keepCivilRecord(tx, keys, child, { ...unmarried, marital: "married" }))
    expect(await give(signed)).toMatchObject({ state: "failed", code: "married" })
    expect(await valid()).toBeNull()
    expect(await evidenceOf(store, waiting.confirmation ?? "")).not.toBeNull()
    const key = await keyFor(store, keys, guardian.id)
    const outcome: Outcome = JSON.parse(key.open("request.outcome", (await now()).outcomeSealed ?? ""))
    expect(outcome).toMatchObject({ reason: { code: "married" }, used: { marital: "married" } })
    expect(outcome.wayOut?.ar).toContain("بلا تصريح")
    expect((await hall.facts("request.failed")).at(-1)?.body).toMatchObject({ code: "married" })
  })
})

/** Confirmed, and what carries it out throws this after it has written. */
async function thrownInTheMidst(thrown: Error) {
  const all = await asked()
  const signed = await all.answer()
  const own = issuePermit.carryOut
  issuePermit.carryOut = async (...given) => {
    await own(...given)
    throw thrown
  }
  const [settled] = await Promise.allSettled([all.give(signed)])
  issuePermit.carryOut = own
  const key = await keyFor(all.store, all.keys, all.guardian.id)
  const outcome: Outcome = JSON.parse(key.open("request.outcome", (await all.now()).outcomeSealed ?? ""))
  return { ...all, signed, settled, outcome, evidence: await evidenceOf(all.store, all.waiting.confirmation ?? "") }
}

test("where what carries it out refuses, nothing of it is left, and it stays that it was confirmed and failed, with what and why", async () => {
  const refused = new Refusal("permit_valid", { until: "2037-01-01" })
  const { hall, settled, outcome, evidence, valid, now, give, signed, waiting } = await thrownInTheMidst(refused)
  expect(settled).toMatchObject({ status: "fulfilled", value: { state: "failed", code: "permit_valid" } })
  expect(await valid()).toBeNull()
  expect(await hall.facts("permit.issued")).toEqual([])
  expect(await now()).toMatchObject({ state: "failed", number: expect.stringMatching(/^\d{10}$/) })
  expect(outcome.reason.words.en).toContain("nothing was changed")
  expect(outcome).toMatchObject({ reason: { code: "permit_valid" }, used: { details: { until: "2037-01-01" } } })
  expect(outcome.lines.length).toBeGreaterThan(2)
  expect(evidence && (await verify(evidence))).toBe(true)
  const given = (await hall.facts("confirmation.given", "accounts")).map(({ body }) => body.confirmation)
  expect(given).toEqual([waiting.confirmation ?? ""])
  expect((await refusal(give(signed))).code).not.toBe("")
})

test("where what carries it out breaks, everything is undone, and the request has failed", async () => {
  const bug = new Error("the printer burns")
  const { settled, outcome, evidence, valid, now, give, signed } = await thrownInTheMidst(bug)
  expect(settled).toMatchObject({ status: "rejected", reason: bug })
  expect([await valid(), evidence]).toEqual([null, null])
  expect(await now()).toMatchObject({ state: "failed", code: "bug", number: expect.stringMatching(/^\d{10}$/) })
  expect(outcome.reason.words.en).toContain("nothing was changed")
  expect((await refusal(give(signed))).code).not.toBe("")
})

describe("below the identity that a service needs", () => {
  test("nothing is asked of somebody without a passkey, and the agent carries nothing out alone", async () => {
    const { hall, desk, write, keys, store, agent } = await asked()
    const other = hall.citizen(2)
    const child = await desk.child(other, "2012-01-01")
    const { row } = await hall.video.inCall(other, 2)
    const fields = { dependant: child, kind: "single", paper: "passport", countries: "GB", until: hall.today }
    const draft = await desk.filled(row.id, "PAS-05", fields, 2)
    expect(await refusal(desk.ask(draft.id, media, 2))).toMatchObject({
      ...{ code: "identity_needed", details: { identity: 2, lacks: "passkey" } },
    })
    expect((await refusal(carryOutNow(hall, keys, hall.agent(2), draft.id))).code).toBe("identity_needed")
    expect(await validPermit(store, child, hall.clock.office())).toBeNull()
    expect((await refusal(write((tx) => edit(tx, keys, agent, draft.id, fields)))).code).toBe("not_your_counter")
  })

  test("a change of contact data waits for the check of this visit, for the page that the person has now", async () => {
    const { hall, desk, write, keys, store, agent, guardian, device, video, visit, waiting } = await asked()
    await write((tx) => withdraw(tx, agent, waiting.id))
    await write((tx) => setMobile(tx, keys, guardian.id, "+966550000001", "test"))
    const draft = await desk.filled(visit, "CIV-12", { mobile: "05 5000 0002", email: "new@example.sa", lang: "en" })
    expect(await refusal(desk.ask(draft.id))).toMatchObject({ code: "identity_needed", details: { lacks: "identity" } })
    await checked(hall, visit)
    const ready = await desk.ask(draft.id)
    const done = await desk.confirm(guardian, device, ready)
    expect(done.state).toBe("done")
    const owner = { kind: "citizen" as const, id: guardian.id }
    expect([
      await addressOf(store, keys, owner, "sms"),
      await addressOf(store, keys, owner, "mail"),
      await langOf(store, owner),
    ]).toEqual(["+966550000002", "new@example.sa", "en"])
    const told = store.connection.raw.query("SELECT kind FROM message WHERE owner = ?").all(guardian.id)
    expect(told.filter((one) => JSON.stringify(one).includes("contact_changed"))).toHaveLength(2)
    const again = await desk.filled(visit, "CIV-12", { mobile: "0550000002" })
    expect(await refusal(desk.ask(again.id))).toMatchObject({ details: { reason: "nothing_changes" } })
    await write((tx) => edit(tx, keys, agent, again.id, { mobile: "0550000003" }))
    await video.page(guardian, visit, "reloaded-page")
    expect((await refusal(desk.ask(again.id))).code).toBe("identity_needed")
  })

  test("what only tells is carried out by the agent, and nothing is confirmed", async () => {
    const { hall, write, keys, agent, waiting, visit } = await asked()
    await write((tx) => withdraw(tx, agent, waiting.id))
    const draft = await write((tx) => begin(tx, keys, agent, visit, "PAS-07"))
    expect(await carryOutNow(hall, keys, agent, draft.id)).toMatchObject({ state: "done", confirmation: null })
  })
})

test("a service that may not do without a recording is not carried out while nothing is recorded", async () => {
  const { hall, store, guardian, agent, visit } = await asked()
  const place = { visit, person: guardian.id, agent: agent.id, now: hall.clock.office() }
  expect(await hindrance(store, issuePermit, place)).toBeNull()
  expect(await hindrance(store, issuePermit, place, { isRecorded: true })).toBe("recording")
  expect((await refusal(mustStand(store, issuePermit, place, { isRecorded: true }))).code).toBe("recording_needed")
  // A house that records nothing has decided so for all of its visits.
  expect(await hindrance(store, issuePermit, place, { isRecorded: false })).toBeNull()
})

describe("a request", () => {
  test("that was left open when the visit ended is given up", async () => {
    const { hall, write, keys, agent, visit, now } = await asked()
    await write((tx) => end(tx, agent, visit, { outcome: "done" }))
    hall.clock.advance(10 * minute)
    await issueMinutes(hall, keys, hall.code)
    expect(await now()).toMatchObject({ state: "withdrawn", confirmation: null })
    expect((await hall.facts("request.withdrawn")).map(({ body }) => body.by)).toEqual(["time"])
  })

  test("is one at a time in a visit, of a service that the office does by video, in a call", async () => {
    const { hall, write, keys, store, agent, visit, waiting } = await asked()
    const beginning = (service: string, id = visit) => refusal(write((tx) => begin(tx, keys, agent, id, service)))
    expect((await beginning("PAS-06")).code).toBe("request_open")
    expect((await beginning("PAS-08")).code).toBe("service_not_here")
    expect((await beginning("RES-04")).code).toBe("service_not_here")
    await write((tx) => withdraw(tx, agent, waiting.id))
    expect((await refusal(write((tx) => withdraw(tx, agent, waiting.id)))).code).toBe("wrong_state")
    const { row } = await hall.video.walkIn(hall.citizen(3))
    expect((await beginning("PAS-06", row.id)).code).toBe("not_your_counter")
    expect((await requestsIn(store, visit)).map(({ state }) => state)).toEqual(["withdrawn"])
  })

  test("is moved only as its table says", async () => {
    for (const state of ["done", "failed"] as const) expect(requestMoves[state]).toEqual([])
    expect(requestMoves.withdrawn).toEqual(["draft"])
    for (const state of ["draft", "asked"] as const) expect(requestMoves[state]).toContain("withdrawn")
  })

  test("goes with its person, and stands in the person's own data until then", async () => {
    const { hall, store, keys, write, guardian, answer, give } = await asked()
    await give(await answer())
    const own = await ownData(store, keys, guardian.id, hall.clock.office())
    expect(own.services).toMatchObject([{ service: "PAS-05", state: "done", fields: { countries: "GB" } }])
    expect(own.permits).toMatchObject([{ guardian: guardian.id, kind: "single", state: "valid" }])
    await write((tx) => dropCarriedOut(tx, guardian.id))
    expect(await requestsIn(store, own.services[0]?.id ?? "")).toEqual([])
  })

  test("is kept for four hundred days after its end, a permit after its last day", async () => {
    const { hall, store, write, answer, give } = await asked()
    await give(await answer())
    const rows = () => [
      store.connection.raw.query("SELECT id FROM request").all().length,
      store.connection.raw.query("SELECT id FROM travel_permit").all().length,
    ]
    const clear = () => write((tx) => clearOld(tx, hall.clock.real()))
    hall.clock.advance(400 * 24 * 60 * minute - 1)
    await clear()
    expect(rows()).toEqual([1, 1])
    hall.clock.advance(minute)
    await clear()
    expect(rows()).toEqual([0, 1])
    hall.clock.advance(10 * 24 * 60 * minute)
    await clear()
    expect(rows()).toEqual([0, 0])
  })
})

/** The agent's list of this visit stands verified for the person's present page. */
async function checked(hall: ServiceHall, visit: string): Promise<void> {
  const { id: participant, page, epoch } = await hall.video.participant(visit, "citizen")
  await hall.write(async (tx) => {
    const check = { id: tx.id(), visit, participant, page: page ?? "", epoch, kind: "full" as const }
    const answered = { state: "verified" as const, agent: hall.agent().id, drawnAt: tx.now, endedAt: tx.now }
    await tx.db.insert(identityChecks).values({ ...check, ...answered })
  })
}
