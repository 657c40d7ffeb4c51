import { expect, test } from "bun:test"
import { and, eq } from "drizzle-orm"
import { sessions } from "../../../db/schema/access.ts"
import { deliveries, messages } from "../../../db/schema/messages.ts"
import { makeEnrolment, readEnrolment } from "../../domain/access/enrolment.ts"
import { heldUntil } from "../../domain/access/owner.ts"
import { makeCodes } from "../../domain/access/recovery.ts"
import { startSession } from "../../domain/access/sessions.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { openSecret } from "../../domain/notifications/contact.ts"
import { personByNumber } from "../../domain/people/reads.ts"
import { openCounter } from "../../domain/queue/counters.ts"
import { counterOf } from "../../domain/queue/tickets.ts"
import { softAuthenticator } from "../../testing/authenticator.ts"
import { keyring } from "../../testing/keyring.ts"
import { visiting } from "../../testing/screens.ts"
import { type TestServer, testServer } from "../../testing/server.ts"
import { leadsTo, reading } from "../../testing/signed-in.ts"
import type { Visited } from "../../testing/visitor.ts"
import { visitor } from "../../testing/visitor.ts"

/* The pages of the staff, with plain requests; in a demonstration, where a step-up stands for the passkey. */

async function house() {
  const server = await testServer({ plan: { citizens: 4, counters: 3 } })
  server.house.demo = true
  const enter = async (who: Awaited<ReturnType<typeof visiting>>, path: string) => {
    const page = await who.get(path)
    expect(page.status).toBe(200)
    return who
  }
  const agent = await enter(await visiting(server, { agent: 1 }), "/desk/accounts")
  const lead = await enter(await visiting(server, "supervisor"), "/staff/people")
  return { server, office: server.office, agent, lead }
}

/** Confirms what a form has led to, as the demonstration lets one. */
async function confirmed(who: Awaited<ReturnType<typeof visiting>>, form: Visited): Promise<Visited> {
  expect([form.status, leadsTo(form)]).toEqual([303, expect.stringContaining("/staff/confirmations/")])
  const path = leadsTo(form)
  await who.get(path)
  return who.post(path, { do: "demo" })
}

const codeIn = (page: Visited) => /<code>([^<]+)<\/code>/.exec(page.text)?.[1] ?? ""
const ownerOfCode = ({ office, keys }: TestServer, code: string) =>
  office.write((tx) => readEnrolment(tx, keys, code, "test", office.clock.real()))

const paper = { office: "RUH-RML", document: "national_id" }
const identity = { ...paper, seen: "yes" }

test("somebody without an account gets one at the counter from one agent, who must have seen the paper", async () => {
  const { server, office, agent } = await house()
  const number = "1000000008"
  expect((await agent.post("/desk/accounts", { do: "find", office: "RUH-RML", number: "12" })).status).toBe(422)
  const found = await agent.post("/desk/accounts", { do: "find", office: "RUH-RML", number })
  expect(reading(found)).toContain("No account with this number")
  const odd = await agent.post("/desk/accounts", { do: "find", office: "RUH-RML", number: "1000000009" })
  const words = "One digit of the identity number may be wrong"
  expect([reading(found).includes(words), reading(odd).includes(words)]).toEqual([false, true])
  const person = { number, ar: "نورة", en: "Noura", day: "١٣", month: "٦", year: "١٤١١", mobile: "0550000001" }
  const unseen = await agent.post("/desk/accounts", { ...paper, ...person, do: "enrol" })
  expect([unseen.status, await personByNumber(office.store, server.keys.index("number", number))]).toEqual([
    ...[422, null],
  ])
  const typo = await agent.post("/desk/accounts", { ...identity, ...person, year: "90", do: "enrol" })
  expect([typo.status, reading(typo)]).toEqual([
    422,
    expect.stringContaining("Write day, month and year as on the identity card"),
  ])
  const made = await agent.post("/desk/accounts", { ...identity, ...person, do: "enrol" })
  const row = await personByNumber(office.store, server.keys.index("number", number))
  expect((await ownerOfCode(server, codeIn(made)))?.owner).toBe(row?.id ?? "")
  expect(row?.birthYear).toBe(1990)
  // In another office nobody of this one gives out anything.
  expect((await agent.post("/desk/accounts", { ...identity, ...person, office: "JED-VIS", do: "enrol" })).status).toBe(
    403,
  )
  expect(server.bugs).toEqual([])
})

test("who has a password has enrolled, also where nobody has signed in by it yet", async () => {
  const { office, lead } = await house()
  const area = { role: "agent", scopeKind: "office", scope: "RUH-RML" } as const
  const isInvited = async (login: string, passwordHash: string) => {
    const given = { ...area, login, passwordHash, name: { ar: "هدى", en: "Huda" } }
    const id = await office.write((tx) => addStaff(tx, given, "operator"))
    return reading(await lead.get(`/staff/people/${id}?lang=en`)).includes("Has not enrolled yet")
  }
  expect([await isInvited("huda", ""), await isInvited("hessa", "not to be checked")]).toEqual([true, false])
})

test("who has a passkey confirms by it alone, also in a demonstration", async () => {
  const { office, agent } = await house()
  await office.person({ nationalId: "1000000008", mobile: "+966550000001" })
  await keyring(office).enrol({ kind: "staff", id: office.agent(1).id })
  const asks = { ...identity, number: "1000000008", do: "reset", documentEnd: "A123" }
  const path = leadsTo(await agent.post("/desk/accounts", asks))
  const { text } = await agent.get(path)
  expect([text.includes('value="demo"'), text.includes('data-purpose="confirm"')]).toEqual([false, true])
  expect((await agent.post(path, { do: "demo" })).status).toBe(403)
})

test("somebody who has lost everything is let in by an agent and a supervisor, hears of it, and can stop it", async () => {
  const { server, office, agent, lead } = await house()
  const { keys } = server
  const who = await office.person({ nationalId: "1000000008", mobile: "+966550000001" })
  const owner = { kind: "citizen" as const, id: who.id }
  await office.write((tx) => makeCodes(tx, keys, owner, office.clock.real()))
  const asks = { ...identity, number: "1000000008" }
  const one = await agent.post("/desk/accounts", { ...asks, do: "enrol" })
  expect([one.status, reading(one)]).toEqual([409, expect.stringContaining("This person has an account")])
  const short = await agent.post("/desk/accounts", { ...asks, do: "reset", documentEnd: "12" })
  expect(short.status).toBe(422)
  const sent = await confirmed(agent, await agent.post("/desk/accounts", { ...asks, do: "reset", documentEnd: "A123" }))
  const path = leadsTo(sent)
  expect((await agent.post(`${path}/approval`)).status).toBe(403)

  expect(reading(await lead.get("/staff/people"))).toContain("Requests that wait for approval (1)")
  expect(reading(await lead.get(path))).toContain("National identity card · last four: A123")
  const heard = async (id: string) =>
    (await office.store.db.select().from(messages).where(eq(messages.owner, id))).map(({ kind }) => kind)
  expect(await heard(office.supervisor().id)).toEqual(["approval_asked"])
  const done = await confirmed(lead, await lead.post(`${path}/approval`))
  // Neither has all of it: the agent who asked sees the first half, the supervisor who approved the second, and nobody the other.
  const first = codeIn(await agent.get(path))
  expect([first.length, codeIn(done).length, codeIn(await lead.get(path))]).toEqual([9, 9, ""])
  const code = `${first}-${codeIn(done)}`
  for (const wrong of [first, codeIn(done), `${codeIn(done)}-${first}`])
    expect(await ownerOfCode(server, wrong)).toBeNull()
  expect((await ownerOfCode(server, code))?.owner).toBe(who.id)
  expect(await heldUntil(office.store, owner, office.clock.real(), null)).not.toBeNull()
  expect((await lead.post(`${path}/approval`)).status).toBe(409)
  for (const reader of [agent, lead])
    expect(reading(await reader.get(path))).toContain("the agent asks for the reset again at the counter")

  expect(await heard(office.agent(1).id)).toEqual(["request_decided"])
  const told = await office.store.db.select().from(messages).where(eq(messages.owner, who.id))
  expect(told.map(({ kind }) => kind).sort()).toEqual(["reset_asked", "reset_done"])
  const [sms] = await office.store.db
    .select({ secret: deliveries.secretSealed })
    .from(deliveries)
    .where(and(eq(deliveries.message, told[0]?.id ?? ""), eq(deliveries.channel, "sms")))
  const link = new URL((await openSecret(office.store, keys, owner, sms?.secret ?? null)) ?? "")
  expect(link.pathname.length).toBeLessThan(42)
  const stranger = visitor(() => server.origin)
  expect((await stranger.get(link.pathname)).status).toBe(200)
  expect((await stranger.get(`${link.pathname.slice(0, -1)}!`)).status).toBe(410)
  expect((await stranger.post(link.pathname)).status).toBe(200)
  expect(await ownerOfCode(server, code)).toBeNull()
  expect(codeIn(await agent.get(path))).toBe("")
  expect((await stranger.post(link.pathname)).status).toBe(410)
  expect(server.bugs).toEqual([])
})

test("who has lost the second half of an invitation's code is told what is left, and a reset brings another code", async () => {
  const { server, office, lead } = await house()
  const other = visitor(() => server.origin)
  const { token } = await office.write(async (tx) => {
    const grant = { role: "supervisor" as const, scopeKind: "office" as const, scope: office.code }
    const subject = await addStaff(tx, { login: "other", name: { ar: "نورة", en: "Noura" }, ...grant }, "test")
    const now = office.clock.real()
    const factors = { factors: "password+passkey", userAgent: "test", provenAt: now }
    return startSession(tx, { kind: "staff", subject, role: grant.role, ...factors }, now)
  })
  other.cookies.set("sid", token)
  await other.get("/staff/people")
  expect(reading(await lead.get("/staff/people/new"))).toContain("You then have the first half of the enrolment code")
  const invited = { ar: "سارة", en: "Sara", login: "sara", role: "agent", area: `office:${office.code}` }
  const path = leadsTo(await confirmed(lead, await lead.post("/staff/people/new", invited)))
  const lost = "The second half of the code was shown once, to whoever approved."
  expect(reading(await lead.get(path))).not.toContain(lost)

  const asked = leadsTo(await other.post(`${path}/approval`))
  await other.get(asked)
  expect(codeIn(await other.post(asked, { do: "demo" })).length).toBe(9)
  // The page that showed it, loaded again.
  for (const again of [await other.post(asked, { do: "demo" }), await other.get(asked)])
    expect([again.status, leadsTo(again)]).toEqual([303, path])
  const page = await other.get(path)
  expect([reading(page).includes(lost), codeIn(page)]).toEqual([true, ""])
  const first = codeIn(await lead.get(path))

  const [, member = ""] = /href="(\/staff\/people\/[^"]+)"/.exec(page.text.slice(page.text.indexOf(lost))) ?? []
  const reset = leadsTo(await confirmed(other, await other.post(`${member}/reset`)))
  const half = codeIn(await confirmed(lead, await lead.post(`${reset}/approval`)))
  // What the invitation brought is over, and its page says no more of it.
  expect(codeIn(await lead.get(path))).toBe("")
  expect(reading(await lead.get(path))).not.toContain(lost)
  expect(await ownerOfCode(server, `${first}-${half}`)).toBeNull()
  const code = `${codeIn(await other.get(reset))}-${half}`
  expect((await ownerOfCode(server, code))?.owner).toBe(member.split("/").at(-1) ?? "")
  expect(reading(await other.get(reset))).toContain(lost)
  expect(server.bugs).toEqual([])
})

test("whoever is shut out loses sessions and counter in the same moment, and cannot shut out themselves", async () => {
  const { server, office, agent, lead } = await house()
  const { id } = office.agent(1)
  await office.write((tx) => openCounter(tx, office.agent(1), office.counter(1)))
  const stale = await lead.post(`/staff/people/${office.supervisor().id}/disabling`)
  expect(stale.status).toBe(403)
  expect(leadsTo(await lead.post(`/staff/people/${id}/disabling`))).toBe(`/staff/people/${id}`)
  expect(await counterOf(office.store, id)).toBeNull()
  expect((await agent.get("/desk")).status).not.toBe(200)
  const open = await office.store.db.select().from(sessions).where(eq(sessions.subject, id))
  expect(open.map(({ revokedWhy }) => revokedWhy)).toEqual(["disabled"])
  // To let somebody in again takes a second one.
  const asked = await confirmed(lead, await lead.post(`/staff/people/${id}/enabling`))
  expect((await lead.post(`${leadsTo(asked)}/approval`)).status).toBe(403)
  expect(server.bugs).toEqual([])
})

test("too late after the passkey's word nothing is taken away, and the page asks for it again", async () => {
  const { office, lead } = await house()
  office.clock.advance(61_000)
  const { id } = office.agent(2)
  expect(leadsTo(await lead.post(`/staff/people/${id}/disabling`))).toBe("/step-up")
  expect(reading(await lead.get(`/staff/people/${id}`))).not.toContain("Disabled")
})

test("staff of elsewhere are not there", async () => {
  const { server, office, lead } = await house()
  const area = { role: "agent" as const, scopeKind: "office" as const, scope: "NOWHERE" }
  const away = await office.write((tx) =>
    addStaff(tx, { login: "away", name: { ar: "بعيد", en: "Far Away" }, ...area }, "test"),
  )
  expect((await lead.get(`/staff/people/${away}`)).status).toBe(404)
  expect(reading(await lead.get("/staff/people"))).not.toContain("Far Away")
  expect(server.bugs).toEqual([])
})

test("a supervisor enrols with a passkey that stays on its device, and is told so where it does not", async () => {
  const server = await testServer({ plan: { citizens: 1, counters: 1 } })
  const { office, keys } = server
  const grant = { role: "supervisor" as const, scopeKind: "office" as const, scope: office.code }
  const { code } = await office.write(async (tx) => {
    const id = await addStaff(tx, { login: "sara", name: { ar: "سارة", en: "Sara" }, ...grant }, "test")
    return makeEnrolment(tx, keys, { kind: "staff", id }, { channel: "letter", by: "test" }, office.clock.real())
  })
  const who = visitor(() => server.origin)
  await who.get("/staff/enrol")
  await who.post("/staff/enrol", { code })
  await who.post("/enrol/password", { password: "four green camels walk" })
  const make = async (synced: boolean) => {
    const asked = await who.post("/passkeys/options", { purpose: "enrol" })
    const response = softAuthenticator(server.origin, { synced }).create(JSON.parse(asked.text))
    return who.post("/enrol/passkey", { response, name: "Key" })
  }
  const copied = await make(true)
  expect([copied.status, reading(copied)]).toEqual([400, expect.stringContaining("copied between devices")])
  const kept = await make(false)
  // No codes: their way back is that two others see to it. A second passkey is what they are asked for.
  expect([kept.status, kept.location]).toEqual([303, `/day/${office.code}?passkeys=one`])
  expect((await who.post("/account/codes", {})).status).toBe(403)
  await who.get("/account/passkeys/new")
  const more = await who.post("/passkeys/options", { purpose: "enrol" })
  const second = softAuthenticator(server.origin, { synced: true }).create(JSON.parse(more.text))
  expect(reading(await who.post("/account/passkeys/new", { response: second, name: "Phone" }))).toContain(
    "copied between",
  )
  expect(server.bugs).toEqual([])
})
