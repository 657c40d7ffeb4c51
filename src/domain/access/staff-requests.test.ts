import { describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { eq, sql } from "drizzle-orm"
import { accessRequests } from "../../../db/schema/staff-requests.ts"
import { hour, minute } from "../../base/day.ts"
import { keyring } from "../../testing/keyring.ts"
import { granted, refusal, refusedWith, testOffice } from "../../testing/office.ts"
import { approveAndDo, disableStaff, firstEnrolment, stopReset, takeAway } from "./approvals.ts"
import { firstHalf, readEnrolment } from "./enrolment.ts"
import { staffOf } from "./keys.ts"
import { heldUntil, type Owner } from "./owner.ts"
import { mustSuit, setPasskeyRule } from "./passkey-rules.ts"
import { passkeysOf } from "./passkeys.ts"
import { codesLeft, keepDemoCode } from "./recovery.ts"
import { deciders, request, requestsFor, stateOf } from "./request-reads.ts"
import type { Grant } from "./roles.ts"
import { type MayGo, startSession } from "./sessions.ts"
import { addStaff } from "./staff.ts"
import { ask, forgetRequests, refuseRequest, type Wish, withdrawRequest } from "./staff-requests.ts"
import type { Staff } from "./subject.ts"

const day = 24 * hour
const office = await testOffice({ citizens: 12, counters: 4, more: [{ code: "JED-VIS", counters: 2 }] })
const ring = keyring(office)
const now = () => office.clock.real()
const lead = office.supervisor()
/** The code as its owner types it in: the half of whoever asked and that of whoever approved. */
const whole = (request: string, approved: { code: string } | null) =>
  `${firstHalf(office.keys, request)} ${approved?.code ?? ""}`
let made = 0

/** Somebody of the staff who is nobody else's in this file. */
async function somebody(role: Grant["role"], area: [Grant["scopeKind"], string] = ["agency", "interior"]) {
  const login = `member-${++made}`
  const [scopeKind, scope] = area
  const id = await office.write((tx) =>
    addStaff(tx, { login, name: { ar: login, en: login }, role, scopeKind, scope }, "test"),
  )
  return here(id)
}
async function here(id: string): Promise<Staff> {
  const found = await staffOf(office.store, id)
  if (!found) throw new Error("nobody")
  return found
}
const agentHere: Grant = { role: "agent", scopeKind: "office", scope: "RUH-RML" }
const invitation = (grant: Grant = agentHere): Wish => ({
  ...{ kind: "invite", login: `new-${++made}`, name: { ar: "سارة الدوسري", en: "Sara Al-Dossari" }, grant },
})
const asks = (by: Staff, wish: Wish) => office.write((tx) => ask(tx, by, wish, null, now()))
const approves = (by: Staff, id: string) => office.write((tx) => approveAndDo(tx, office.keys, by, id, null, now()))
const resetOf = (citizen: number): Wish => ({
  ...{ kind: "citizen_reset", person: office.citizen(citizen).id, office: "RUH-RML" },
  ...{ document: "national_id", documentEnd: "١٢ ٣٤" },
})
const first = await somebody("administrator")
const second = await somebody("administrator")

describe("an invitation", () => {
  test("becomes somebody with a code once a second person has approved it, and not before", async () => {
    const wish = invitation()
    const asked = await asks(lead, wish)
    expect([asked.state, asked.subject]).toEqual(["open", null])
    const { owner, enrolment } = await approves(first, asked.id)
    expect(await here(owner.id)).toMatchObject({ role: "agent", scopeKind: "office", scope: "RUH-RML" })
    expect((enrolment?.until ?? 0) - now()).toBe(7 * day)
    const read = await office.write((tx) => readEnrolment(tx, office.keys, whole(asked.id, enrolment), "here", now()))
    expect([read?.kind, read?.owner]).toEqual(["staff", owner.id])
    const row = await request(office.store, asked.id)
    expect([row.state, row.decidedBy, row.subject]).toEqual(["approved", first.id, owner.id])
    const said = (await office.facts(undefined, "accounts")).filter(
      ({ body }) => "request" in body && body.request === asked.id,
    )
    expect(said.map(({ kind }) => kind)).toEqual(["staff.requested", "staff.approved"])
  })

  test("is not approved by whoever made it, nor by somebody without authority there", async () => {
    const { id } = await asks(first, invitation())
    expect((await refusal(approves(first, id))).code).toBe("second_person")
    expect((await refusal(approves(office.agent(1), id))).code).toBe("forbidden")
    expect((await refusal(approves(office.supervisor("JED-VIS"), id))).code).toBe("forbidden")
    expect((await refusal(approves(await somebody("auditor"), id))).code).toBe("forbidden")
    await approves(lead, id)
  })

  test("is approved once, however many do so in the same moment", async () => {
    const { id } = await asks(lead, invitation())
    const settled = await Promise.allSettled([first, second, first].map((by) => approves(by, id)))
    expect(granted(settled)).toHaveLength(1)
    expect(refusedWith(settled)).toEqual(["request_over", "request_over"])
  })

  test("reaches no further than the authority of whoever makes it", async () => {
    const beyond = (by: Staff, grant: Grant) => refusal(asks(by, invitation(grant))).then(({ code }) => code)
    expect(await beyond(lead, { ...agentHere, scope: "JED-VIS" })).toBe("forbidden")
    expect(await beyond(lead, { ...agentHere, role: "supervisor" })).toBe("forbidden")
    expect(await beyond(office.agent(1), agentHere)).toBe("forbidden")
    expect(await beyond(first, { role: "administrator", scopeKind: "all", scope: "" })).toBe("forbidden")
    expect(await beyond(first, { ...agentHere, scope: "NOWHERE" })).toBe("invalid_field")
    expect(await beyond(first, { role: "agent", scopeKind: "agency", scope: "interior" })).toBe("invalid_field")
  })

  test("runs out after a week, and can be withdrawn by whoever made it and refused with a reason by the other", async () => {
    const clockAt = now()
    const { id } = await asks(lead, invitation())
    office.clock.advance(7 * day)
    expect(stateOf(await request(office.store, id), now())).toBe("expired")
    expect((await refusal(approves(first, id))).code).toBe("request_over")
    const withdrawn = await asks(lead, invitation())
    const withdraws = (by: Staff) => office.write((tx) => withdrawRequest(tx, by, withdrawn.id, now()))
    expect((await refusal(withdraws(first))).code).toBe("forbidden")
    await withdraws(lead)
    expect((await refusal(approves(first, withdrawn.id))).code).toBe("request_over")
    const refused = await asks(lead, invitation())
    const refuses = (by: Staff, reason: string) =>
      office.write((tx) => refuseRequest(tx, by, refused.id, reason, now()))
    expect((await refusal(refuses(lead, "no"))).code).toBe("second_person")
    expect((await refusal(refuses(first, "  "))).code).toBe("invalid_field")
    await refuses(first, "ليس لنا شباك شاغر")
    expect((await request(office.store, refused.id)).reason).toBe("ليس لنا شباك شاغر")
    expect(now()).toBeGreaterThan(clockAt)
  })

  test("names a login that nobody has and nobody else is being given", async () => {
    const wish = invitation() as Extract<Wish, { kind: "invite" }>
    const { id } = await asks(lead, wish)
    expect((await refusal(asks(first, { ...wish, login: wish.login.toUpperCase() }))).code).toBe("request_open")
    await approves(first, id)
    expect((await refusal(asks(lead, wish))).code).toBe("login_taken")
  })

  test("counts for nothing once whoever made it has lost the authority", async () => {
    const by = await somebody("administrator")
    const { id } = await asks(by, invitation())
    await office.write((tx) => disableStaff(tx, first, by.id, now()))
    expect((await refusal(approves(second, id))).code).toBe("request_over")
  })

  test("cannot be approved by its maker even by writing to the table", async () => {
    const { id } = await asks(lead, invitation())
    const write = office.write(async (tx) => {
      await tx.db.update(accessRequests).set({ state: "approved", decidedBy: lead.id }).where(eq(accessRequests.id, id))
    })
    expect(await write.then(() => "written", String)).not.toBe("written")
  })
})

describe("rights", () => {
  test("are given by two, and the person's sessions end with it", async () => {
    const agent = await somebody("agent", ["office", "RUH-RML"])
    const { session } = await sessionFor(agent)
    const wish = (by: Staff, role: Grant["role"]): [Staff, Wish] => [
      by,
      { kind: "grant", staff: agent.id, grant: { ...agentHere, role } },
    ]
    expect((await refusal(asks(...wish(agent, "supervisor")))).code).toBe("own_rights")
    expect((await refusal(asks(...wish(lead, "supervisor")))).code).toBe("forbidden")
    expect((await refusal(asks(...wish(first, "agent")))).code).toBe("wrong_state")
    const { id } = await asks(...wish(first, "supervisor"))
    const { ended } = await approves(second, id)
    expect(ended).toEqual([session.id])
    expect((await here(agent.id)).role).toBe("supervisor")
  })

  test("are not approved by the person who would get them", async () => {
    const chief = await somebody("supervisor", ["agency", "interior"])
    const grant = { role: "administrator" as const, scopeKind: "agency" as const, scope: "interior" }
    const { id } = await asks(first, { kind: "grant", staff: chief.id, grant })
    expect((await refusal(approves(chief, id))).code).toBe("second_person")
    // Even where the person has become an administrator in another way meanwhile, it is no longer what was asked.
    await office.write((tx) => takeAway(tx, second, chief.id, { ...agentHere, role: "supervisor" }, now()))
    expect((await refusal(approves(second, id))).code).toBe("request_over")
  })

  test("are taken away by one, at once, and never one's own", async () => {
    const chief = await somebody("supervisor", ["agency", "interior"])
    const { session } = await sessionFor(chief)
    const takes = (by: Staff, id: string, grant: Grant) => office.write((tx) => takeAway(tx, by, id, grant, now()))
    const less = { ...agentHere, role: "supervisor" as const }
    expect((await refusal(takes(chief, chief.id, less))).code).toBe("own_rights")
    expect((await refusal(takes(first, first.id, less))).code).toBe("own_rights")
    expect((await refusal(takes(lead, chief.id, less))).code).toBe("forbidden")
    expect(await takes(first, chief.id, less)).toEqual([session.id])
    const more = { role: "administrator" as const, scopeKind: "agency" as const, scope: "interior" }
    expect((await refusal(takes(first, chief.id, more))).code).toBe("second_person")
  })

  test("somebody is shut out by one and let in again by two", async () => {
    const agent = await somebody("agent", ["office", "RUH-RML"])
    const { session } = await sessionFor(agent)
    const out = (by: Staff, id: string) => office.write((tx) => disableStaff(tx, by, id, now()))
    expect((await refusal(out(lead, lead.id))).code).toBe("own_rights")
    expect((await refusal(out(office.supervisor("JED-VIS"), agent.id))).code).toBe("forbidden")
    expect(await out(lead, agent.id)).toEqual([session.id])
    expect(await staffOf(office.store, agent.id)).toBeNull()
    expect((await refusal(out(lead, agent.id))).code).toBe("wrong_state")
    const { id } = await asks(lead, { kind: "enable", staff: agent.id })
    expect((await refusal(approves(lead, id))).code).toBe("second_person")
    await approves(first, id)
    expect((await here(agent.id)).role).toBe("agent")
  })
})

describe("the factors of somebody of the staff", () => {
  test("are void when a second one has approved it: passkeys, a demonstration's code and sessions", async () => {
    const owner = ring.agent(2)
    await ring.enrol(owner)
    await office.write((tx) => keepDemoCode(tx, office.keys, owner, now()))
    const { session } = await sessionFor(office.agent(2))
    const { id } = await asks(lead, { kind: "reset", staff: owner.id })
    expect(await passkeysOf(office.store, owner)).toHaveLength(1)
    const { ended, enrolment, heldUntil: held } = await approves(first, id)
    expect(ended).toEqual([session.id])
    expect([await passkeysOf(office.store, owner), await codesLeft(office.store, owner)]).toEqual([[], 0])
    expect([enrolment !== null, held]).toEqual([true, null])
  })

  test("stand again as nothing when their owner says that it was not they", async () => {
    const owner = ring.agent(3)
    const { id } = await asks(lead, { kind: "reset", staff: owner.id })
    const { enrolment } = await approves(first, id)
    await ring.enrol(owner)
    await office.write((tx) => stopReset(tx, id, now()))
    expect(await passkeysOf(office.store, owner)).toEqual([])
    const read = await office.write((tx) => readEnrolment(tx, office.keys, whole(id, enrolment), "there", now()))
    expect(read).toBeNull()
    expect((await refusal(office.write((tx) => stopReset(tx, id, now())))).code).toBe("request_over")
  })
})

describe("a citizen at the counter", () => {
  const firstCode = (by: Staff, citizen: number) =>
    office.write((tx) =>
      firstEnrolment(
        tx,
        office.keys,
        by,
        { person: office.citizen(citizen).id, office: "RUH-RML", document: "national_id" },
        now(),
      ),
    )

  test("who has lost everything gets a code for ten minutes by an agent and a supervisor, and a day's hold", async () => {
    const owner = ring.owner(1)
    await ring.enrol(owner)
    const asked = await asks(office.agent(1), resetOf(1))
    expect(asked.documentEnd).toBe("1234")
    expect((await refusal(approves(office.agent(1), asked.id))).code).toBe("second_person")
    expect((await refusal(approves(office.agent(4), asked.id))).code).toBe("forbidden")
    expect((await refusal(approves(office.supervisor("JED-VIS"), asked.id))).code).toBe("forbidden")
    const { enrolment, heldUntil: held } = await approves(lead, asked.id)
    expect((enrolment?.until ?? 0) - now()).toBe(10 * minute)
    expect(held).toBe(now() + day)
    expect(await heldUntil(office.store, owner, now(), null)).toBe(held)
    expect(await passkeysOf(office.store, owner)).toEqual([])
  })

  test("no way leads to a new passkey for an account that is there with fewer than two", async () => {
    const owner = ring.owner(2)
    await ring.enrol(owner)
    expect((await refusal(firstCode(office.agent(1), 2))).code).toBe("has_account")
    // A supervisor who starts it needs a second one too.
    const { id } = await asks(lead, resetOf(2))
    expect((await refusal(approves(lead, id))).code).toBe("second_person")
    expect((await refusal(firstCode(office.agent(1), 2))).code).toBe("has_account")
    expect(await passkeysOf(office.store, owner)).toHaveLength(1)
    await approves(first, id)
    // The code that two have made is not replaced by one that one makes, and a stop opens no shorter way.
    expect((await refusal(firstCode(office.agent(1), 2))).code).toBe("has_account")
    await office.write((tx) => stopReset(tx, id, now()))
    expect((await refusal(firstCode(office.agent(1), 2))).code).toBe("has_account")
  })

  test("who still has the account calls a request off before anybody approves it, and keeps everything", async () => {
    const owner = ring.owner(3)
    await ring.enrol(owner)
    const { id } = await asks(office.agent(1), resetOf(3))
    await office.write((tx) => stopReset(tx, id, now()))
    expect((await refusal(approves(lead, id))).code).toBe("request_over")
    expect(await passkeysOf(office.store, owner)).toHaveLength(1)
  })

  test("without an account gets a first code from one agent, twenty an hour and no more", async () => {
    const { code } = await firstCode(office.agent(1), 4)
    const read = await office.write((tx) => readEnrolment(tx, office.keys, code, "desk", now()))
    expect(read?.owner).toBe(office.citizen(4).id)
    const [seen] = (await office.facts("identity.seen", "accounts")).slice(-1)
    expect(seen).toMatchObject({
      subject: office.citizen(4).id,
      body: { office: "RUH-RML", document: "national_id", by: office.agent(1).id },
    })
    const settled = await Promise.allSettled(Array.from({ length: 25 }, () => firstCode(office.agent(4), 5)))
    expect(granted(settled)).toHaveLength(20)
    expect(new Set(refusedWith(settled))).toEqual(new Set(["too_many_requests"]))
  })
})

test("whoever may decide is named, and where nobody else may, nobody is", async () => {
  const row = await asks(lead, invitation())
  const names = (await deciders(office.store, row)).map(({ id }) => id)
  expect(names).toEqual(expect.arrayContaining([first.id, second.id]))
  expect(names).not.toContain(lead.id)
  const everywhere = { role: "administrator" as const, scopeKind: "all" as const, scope: "" }
  expect(await deciders(office.store, { ...everywhere, askedBy: lead.id, subject: null, was: null })).toEqual([])
})

test("requests are seen by those within whose area they lie, and forgotten after a year", async () => {
  const { id } = await asks(first, invitation({ ...agentHere, scope: "JED-VIS" }))
  const openFor = async (by: Staff) => (await requestsFor(office.store, by, now())).open.map((row) => row.id)
  expect(await openFor(office.supervisor("JED-VIS"))).toContain(id)
  expect(await openFor(second)).toContain(id)
  expect(await openFor(lead)).not.toContain(id)
  expect(await openFor(office.agent(1))).not.toContain(id)
  const forget = (mayGo: MayGo) => office.write((tx) => forgetRequests(tx, mayGo, now() + 500 * day))
  const about = await asks(office.agent(1), resetOf(6))
  // Whoever a legal hold keeps is kept here as well.
  await forget((subject) => sql`${subject} <> ${office.citizen(6).id}`)
  expect((await request(office.store, about.id)).state).toBe("expired")
  await forget(() => sql`true`)
  expect((await refusal(request(office.store, about.id))).code).toBe("not_found")
  expect((await refusal(request(office.store, id))).code).toBe("not_found")
})

test("a passkey that is copied between devices is refused where the agency wants one that stays", async () => {
  const agent: Owner = ring.agent(1)
  const chief: Owner = { kind: "staff", id: lead.id }
  const suits = (owner: Owner, backupEligible: boolean, demo = false) =>
    office
      .write((tx) => mustSuit(tx, owner, { backupEligible }, demo))
      .then(
        () => "suits",
        (thrown) => thrown.code,
      )
  expect([await suits(agent, true), await suits(chief, true), await suits(chief, false)]).toEqual([
    ...["suits", "passkey_synced", "suits"],
  ])
  expect(await suits(chief, true, true)).toBe("suits")
  expect(await suits(ring.owner(1), true)).toBe("suits")
  await office.write((tx) => setPasskeyRule(tx, "interior", { agentsBound: true, leadsBound: false }, first.id))
  expect([await suits(agent, true), await suits(chief, true)]).toEqual(["passkey_synced", "suits"])
})

test("a code that brings passkeys is made in one place of the house, and by whoever runs the host", () => {
  const root = join(import.meta.dir, "../../..")
  const callers = [...new Bun.Glob("src/**/*.{ts,tsx}").scanSync({ cwd: root })]
    .filter((file) => !/\.test\.ts$|^src\/testing\//.test(file))
    .filter((file) => /\bmakeEnrolment\(/.test(readFileSync(join(root, file), "utf8")))
  expect(callers.sort()).toEqual([
    // The first administrator of a new house, before there is anybody else.
    "src/cli/apply.ts",
    ...["src/cli/enrol.ts", "src/domain/access/approvals.ts", "src/domain/access/enrolment.ts"],
  ])
})

async function sessionFor({ id, role }: Staff) {
  const who = { kind: "staff" as const, subject: id, role, factors: "passkey", userAgent: "" }
  return office.write((tx) => startSession(tx, who, now()))
}
