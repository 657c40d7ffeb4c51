import { describe, expect, test } from "bun:test"
import { addDays, type Day } from "../../base/day.ts"
import { granted, refusal, refusedWith } from "../../testing/office.ts"
import { media, type ServiceHall, serviceHall, unmarried } from "../../testing/services.ts"
import type { Citizen } from "../access/subject.ts"
import { verifiedDocument } from "../documents/reads.ts"
import { civilRecord } from "../people/civil.ts"
import { issuePermitNow, type NewPermit, permitsOf, validPermit } from "./permits.ts"
import { askedBy, close, keyFor, type Outcome, request } from "./requests.ts"
import type { Decision, Fields } from "./service.ts"
import { cancelPermit } from "./services/cancel-permit.ts"
import { issuePermit, issuingBy } from "./services/issue-permit.ts"

const hall = await serviceHall()
const { desk, store, keys } = hall
const now = () => hall.clock.office()

const wish = (dependant: string, more: Fields = {}): Fields => ({
  ...{ dependant, kind: "single", paper: "passport", countries: "GB", until: addDays(hall.today, 20) },
  ...more,
})
const decided = (who: Citizen, fields: Fields, service = issuePermit, at: ServiceHall = hall): Promise<Decision> =>
  service.decide(askedBy(at.store, at.keys, { person: who.id }, fields, at.clock.office()))
const codeOf = async (who: Citizen, fields: Fields, service = issuePermit) =>
  (await decided(who, fields, service)).reason.code
const dayIn = (decision: Decision, label: string) => {
  const found = decision.is === "yes" ? decision.lines.find((one) => one.label.en === label) : undefined
  return found?.value.is === "day" ? found.value.day : null
}

describe("twenty-one", () => {
  test("is reached by the Hijri calendar two hundred and twenty-seven days before the other; both ages are shown", async () => {
    const before = await serviceHall({ now: "2025-12-16T10:00" })
    const guardian = before.citizen(1)
    const son = await before.desk.child(guardian, "2005-08-01", { sex: "male" })
    const fields = { ...wish(son), until: "2026-01-30" }
    const yes = await decided(guardian, fields, issuePermit, before)
    expect(yes).toMatchObject({ is: "yes", used: { hijri: 20, gregorian: 20, calendar: "hijri", bound: "birthday" } })
    expect(dayIn(yes, "Until the end of")).toBe("2025-12-16" as Day)

    const after = await serviceHall({ now: "2025-12-17T10:00" })
    const same = await after.desk.child(after.citizen(1), "2005-08-01", { sex: "male" })
    const no = await decided(after.citizen(1), { ...fields, dependant: same }, issuePermit, after)
    expect(no).toMatchObject({ is: "no", reason: { code: "of_age" }, used: { hijri: 21, gregorian: 20 } })
    expect(no.reason.facts.map(({ label }) => label.en)).toContain("Age by the Gregorian calendar")
  })

  test("counts by the rule that holds on the day, and the decision keeps which one it was", async () => {
    const later = await serviceHall({ now: "2025-12-17T10:00" })
    const guardian = later.citizen(1)
    const son = await later.desk.child(guardian, "2005-08-01")
    const fields = { ...wish(son), until: "2026-01-30" }
    const from = (day: string) =>
      issuingBy([
        { from: "1932-09-23" as Day, calendar: "hijri" },
        { from: day as Day, calendar: "gregorian" },
      ])
    expect(await decided(guardian, fields, from("2025-12-18"), later)).toMatchObject({ reason: { code: "of_age" } })
    const now = await decided(guardian, fields, from("2025-12-17"), later)
    expect(now).toMatchObject({ is: "yes", used: { calendar: "gregorian", freeFrom: "2026-08-01" } })
  })

  test("of somebody born on the thirtieth of a Hijri month is reached on the twenty-ninth where the month has no more", async () => {
    const then = await serviceHall({ now: "2026-09-10T10:00" })
    const guardian = then.citizen(1)
    const child = await then.desk.child(guardian, "2006-04-28")
    const yes = await decided(guardian, { ...wish(child), until: "2026-09-20" }, issuePermit, then)
    expect(dayIn(yes, "Until the end of")).toBe("2026-09-10" as Day)
    expect(yes).toMatchObject({ used: { freeFrom: "2026-09-11" } })
  })
})

describe("who needs no permit, or may not have one given", () => {
  test("a daughter who is married needs none: the server says so to whatever is posted", async () => {
    const guardian = hall.citizen(2)
    const married = await desk.child(guardian, desk.turning21(600), { marital: "married" })
    const found = await decided(guardian, wish(married))
    expect(found).toMatchObject({ is: "no", reason: { code: "married" } })
    // That she is free from a later day would contradict it.
    expect(found.reason.facts.map(({ label }) => label.en)).not.toContain("Needs no permit from")
    const { row } = await hall.video.inCall(guardian)
    const draft = await desk.filled(row.id, "PAS-05", wish(married))
    expect((await refusal(desk.ask(draft.id))).code).toBe("identity_needed")
    await desk.passkey(guardian)
    expect(await refusal(desk.ask(draft.id))).toMatchObject({ code: "service_refused", details: { reason: "married" } })
    // It ends with the reason in both languages, and a number.
    const ended = await hall.write((tx) => close(tx, keys, hall.agent(), draft.id))
    expect(ended).toMatchObject({ state: "failed", code: "married", number: expect.stringMatching(/^\d{10}$/) })
  })

  test("a son in the military travels by the leave of his service", async () => {
    const guardian = hall.citizen(1)
    const soldier = await desk.child(guardian, desk.turning21(500), { sex: "male", military: true })
    expect(await codeOf(guardian, wish(soldier))).toBe("military")
  })

  test("an uncle learns nothing about the nephew, not even whether there is one, and it is noted", async () => {
    const [father, uncle] = [hall.citizen(3), hall.citizen(4)]
    const nephew = await desk.child(father, "2012-01-01")
    const told = await decided(uncle, wish(nephew))
    expect(told).toEqual(await decided(uncle, wish("nobody at all")))
    expect(told).toMatchObject({ is: "no", reason: { code: "not_guardian", facts: [] } })
    const { row } = await hall.video.inCall(uncle, 2)
    await desk.filled(row.id, "PAS-05", wish(nephew), 2)
    const edits = await hall.facts("request.edited")
    expect(edits.at(-1)).toMatchObject({ subject: uncle.id, body: { decision: "not_guardian" } })
    expect(JSON.stringify(edits)).not.toContain(nephew)
  })

  test("a guardian whose deed has ended is told that, and a child of whom the registry is silent is sent to it", async () => {
    const guardian = hall.citizen(5)
    const until = now() - 1
    const ward = await desk.child(guardian, "2014-01-01", {}, { relation: "ward", deed: "1", until })
    expect(await codeOf(guardian, wish(ward))).toBe("right_ended")
    const silent = await desk.child(guardian, "2014-01-01", {}, { civil: undefined })
    expect(await civilRecord(store, keys, silent)).toBeNull()
    expect(await codeOf(guardian, wish(silent))).toBe("registry_silent")
  })
})

describe("papers", () => {
  const passport = (until: string) => ({ papers: [{ kind: "passport" as const, number: "A1", until: until as Day }] })

  test("a passport of five months goes to Arab countries and no further; the card goes to the Gulf alone", async () => {
    const guardian = hall.citizen(6)
    const five = { papers: [...passport("2027-04-20").papers, ...unmarried.papers.slice(1)] }
    const child = await desk.child(guardian, "2012-01-01", five)
    expect(await codeOf(guardian, wish(child, { countries: "GB" }))).toBe("paper_short_6")
    expect(await codeOf(guardian, wish(child, { countries: "EG,GB" }))).toBe("paper_short_6")
    expect(await codeOf(guardian, wish(child, { countries: "EG,JO" }))).toBe("may_travel")
    expect(await codeOf(guardian, wish(child, { countries: "KW,AE", paper: "national_id" }))).toBe("may_travel")
    expect(await codeOf(guardian, wish(child, { countries: "KW,EG", paper: "national_id" }))).toBe("gulf_only")
  })

  test("three and six months are counted from today to the day; the card must be longer than three", async () => {
    const guardian = hall.citizen(6)
    const card = (until: string) => ({
      papers: [{ kind: "national_id" as const, number: "1", until: until as Day }],
    })
    const cases: [civil: object, more: Fields, code: string][] = [
      [passport("2027-05-22"), { countries: "GB" }, "may_travel"],
      [passport("2027-05-21"), { countries: "GB" }, "paper_short_6"],
      [passport("2027-02-22"), { countries: "EG" }, "may_travel"],
      [passport("2027-02-21"), { countries: "EG" }, "paper_short_3"],
      [card("2027-02-23"), { countries: "AE", paper: "national_id" }, "may_travel"],
      [card("2027-02-22"), { countries: "AE", paper: "national_id" }, "paper_short_3"],
      [card("2027-02-23"), { countries: "AE", paper: "passport" }, "paper_missing"],
    ]
    for (const [civil, more, code] of cases) {
      const child = await desk.child(guardian, "2012-01-01", civil)
      expect([civil, await codeOf(guardian, wish(child, more))]).toEqual([civil, code])
    }
  })

  test("one journey is sixty days at most, several end with a year or the paper, and what is shortened says by what", async () => {
    const guardian = hall.citizen(6)
    const long = await desk.child(guardian, "2012-01-01")
    const until = addDays(hall.today, 900)
    const single = await decided(guardian, wish(long, { until }))
    expect([dayIn(single, "Until the end of"), single.used["bound"]]).toEqual([addDays(hall.today, 60), "length"])
    const multiple = await decided(guardian, wish(long, { until, kind: "multiple" }))
    expect([dayIn(multiple, "Until the end of"), multiple.used["bound"]]).toEqual([addDays(hall.today, 365), "length"])
    const short = await desk.child(guardian, "2012-01-01", passport("2027-08-01"))
    const cut = await decided(guardian, wish(short, { until, kind: "multiple" }))
    expect([dayIn(cut, "Until the end of"), cut.used["bound"]]).toEqual(["2027-08-01" as Day, "paper"])
    const deed = { relation: "ward" as const, deed: "1", until: hall.at("00:00", addDays(hall.today, 40)) }
    const ward = await desk.child(guardian, "2012-01-01", {}, deed)
    const given = await decided(guardian, wish(ward, { until, kind: "multiple" }))
    expect([dayIn(given, "Until the end of"), given.used["bound"]]).toEqual([addDays(hall.today, 39), "right"])
    expect(await codeOf(guardian, wish(long, { until: addDays(hall.today, -1) }))).toBe("until_past")
    expect(dayIn(await decided(guardian, wish(long)), "Until the end of")).toBe(addDays(hall.today, 20))
  })
})

/** A guardian in a call with the agent, with a passkey and a child. */
async function together() {
  const own = await serviceHall()
  const guardian = own.citizen(1)
  const device = await own.desk.passkey(guardian)
  const child = await own.desk.child(guardian, "2012-01-01")
  const { row } = await own.video.inCall(guardian)
  const valid = () => validPermit(own.store, child, own.clock.office())
  const all = () => permitsOf(own.store, own.keys, guardian.id, own.clock.office())
  const outcome = async (id: string): Promise<Outcome> => {
    const { outcomeSealed, person } = await request(own.store, id)
    const key = await keyFor(own.store, own.keys, person)
    return JSON.parse(key.open("request.outcome", outcomeSealed ?? ""))
  }
  const give = (service: string, fields: Fields) => own.desk.carriedOut(guardian, device, row.id, service, fields)
  return { own, guardian, device, child, visit: row.id, valid, all, outcome, give }
}

describe("one valid permit at a time", () => {
  test("it is in force at once, anybody can check it, and the guardian is told", async () => {
    const { own, guardian, child, valid, all, outcome, give } = await together()
    const done = await give("PAS-05", wish(child, { countries: "GB,FR", kind: "multiple" }))
    expect(done).toMatchObject({ state: "done", number: expect.stringMatching(/^\d{10}$/) })
    const permit = await valid()
    expect(permit).toMatchObject({ kind: "multiple", issuedAt: own.clock.office(), guardian: guardian.id })
    const [shown] = await all()
    expect(shown).toMatchObject({ state: "valid", isGuardian: true, detail: { countries: ["GB", "FR"] } })
    expect(shown?.detail?.used).toMatchObject({ calendar: "hijri", hijri: 15 })
    const { receipt, reason } = await outcome(done.id)
    expect(receipt.map(({ value }) => value)).toEqual([
      { is: "typed", text: permit?.number ?? "" },
      { is: "day", day: own.today },
      { is: "document", code: shown?.code ?? "" },
    ])
    expect(reason.code).toBe("may_travel")
    expect(await verifiedDocument(own.store, own.keys, shown?.code ?? "", own.clock.office())).toMatchObject({
      ...{ standing: "valid", kind: "permit", until: permit?.until },
    })
    const told = own.store.connection.raw.query("SELECT kind FROM message WHERE owner = ?").all(guardian.id)
    expect(told).toContainEqual({ kind: "permit_issued" })
    expect((await own.facts("permit.issued"))[0]?.subject).toBe(child)
  })

  test("a second one is refused, with cancelling the old one in the same step; done, it is one turn", async () => {
    const { own, guardian, child, valid, all, give } = await together()
    await give("PAS-05", wish(child, { kind: "multiple" }))
    const first = await valid()
    const second = await decided(guardian, wish(child), issuePermit, own)
    expect(second).toMatchObject({
      is: "no",
      reason: { code: "permit_valid" },
      offer: { fields: { replaces: first?.id } },
    })
    const offered = second.is === "no" ? second.offer?.fields : {}
    const yes = await decided(guardian, wish(child, offered), issuePermit, own)
    expect(yes.is === "yes" && yes.lines.map(({ label }) => label.en)).toContain("Cancelled first: permit")
    await give("PAS-05", wish(child, offered))
    const permits = await all()
    expect(permits.map(({ state, kind }) => [state, kind]).sort()).toEqual([
      ["cancelled", "multiple"],
      ["valid", "single"],
    ])
    const old = permits.find(({ state }) => state === "cancelled")
    const seen = await verifiedDocument(own.store, own.keys, old?.code ?? "", own.clock.office())
    expect(seen).toMatchObject({ standing: "cancelled", revokedWhy: "replaced" })
  })

  test("one that has run out does not stand in the way, and becomes so in the turn of the next", async () => {
    const { own, child, all, give, visit } = await together()
    await give("PAS-05", wish(child))
    own.clock.advance(30 * 24 * 3_600_000)
    expect((await all()).map(({ state }) => state)).toEqual(["expired"])
    void visit
    const until = addDays(own.today, 40)
    expect((await decided(own.citizen(1), wish(child, { until }), issuePermit, own)).is).toBe("yes")
    await own.write((tx) =>
      issuePermitNow(tx, own.keys, {
        ...{ dependant: child, guardian: own.citizen(1).id, request: "r", visit: "v", office: own.code },
        ...{ kind: "single", paper: "passport", lastDay: until, detail: { countries: [], used: {} } },
      }),
    )
    expect((await all()).map(({ state }) => state).sort()).toEqual(["expired", "valid"])
    expect(await own.facts("permit.expired")).toHaveLength(1)
  })

  test("two guardians who confirm in the same instant leave exactly one", async () => {
    const own = await serviceHall()
    const [mother, father] = [own.citizen(1), own.citizen(2)]
    const child = await own.desk.child(mother, "2012-01-01", {}, { nationalId: "1000000305" })
    await own.desk.child(father, "2012-01-01", {}, { nationalId: "1000000305" })
    const ready = async (who: Citizen, number: number) => {
      const device = await own.desk.passkey(who)
      const { row } = await own.video.inCall(who, number)
      const draft = await own.desk.filled(row.id, "PAS-05", wish(child), number)
      const asked = await own.desk.ask(draft.id, media, number)
      return { who, asked, answer: await own.desk.answer(who, device, asked) }
    }
    const both = [await ready(mother, 1), await ready(father, 2)]
    const given = await Promise.allSettled(both.map(({ who, asked, answer }) => own.desk.give(who, answer, asked)))
    const ends = granted(given).map(({ state, code }) => [state, code])
    expect(ends.sort()).toEqual([
      ["done", null],
      ["failed", "permit_valid"],
    ])
    const rows = own.store.connection.raw.query("SELECT state FROM travel_permit").all()
    expect(rows).toEqual([{ state: "valid" }])
  })

  test("the index holds it where nothing else has looked", async () => {
    const { own, guardian, child, all } = await together()
    const given: NewPermit = {
      ...{ dependant: child, guardian: guardian.id, request: "r", visit: "v", office: own.code },
      ...{ kind: "single", paper: "passport", lastDay: addDays(own.today, 9), detail: { countries: [], used: {} } },
    }
    const many = [1, 2, 3, 4].map(() => own.write((tx) => issuePermitNow(tx, own.keys, given)))
    const settled = await Promise.allSettled(many)
    expect([granted(settled).length, refusedWith(settled)]).toEqual([
      1,
      ["permit_valid", "permit_valid", "permit_valid"],
    ])
    expect(await all()).toHaveLength(1)
  })
})

describe("a permit that is cancelled", () => {
  test("stops exits and not the return, and says so before it is confirmed", async () => {
    const { own, guardian, child, valid, all, give } = await together()
    expect((await decided(guardian, { dependant: child }, cancelPermit, own)).reason.code).toBe("no_permit")
    await give("PAS-05", wish(child))
    const decision = await decided(guardian, { dependant: child }, cancelPermit, own)
    const said = decision.is === "yes" ? decision.lines.map(({ label }) => label.en) : []
    expect(said.slice(-2)).toEqual([
      "From now on nobody leaves the Kingdom on it",
      "Whoever has left on it may still return",
    ])
    await give("PAS-06", { dependant: child })
    expect(await valid()).toBeNull()
    const [permit] = await all()
    expect(permit).toMatchObject({ state: "cancelled", endedAt: own.clock.office() })
    const seen = await verifiedDocument(own.store, own.keys, permit?.code ?? "", own.clock.office())
    expect(seen).toMatchObject({ standing: "cancelled", revokedWhy: "cancelled_by_guardian" })
    expect((await own.facts("permit.cancelled"))[0]?.subject).toBe(child)
  })
})
