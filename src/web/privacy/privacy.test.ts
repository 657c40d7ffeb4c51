import { beforeAll, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { messages } from "../../../db/schema/messages.ts"
import { passkeys } from "../../../db/schema/passkeys.ts"
import { people } from "../../../db/schema/people.ts"
import { verifyChains } from "../../../db/verify.ts"
import { hour, minute } from "../../base/day.ts"
import { startSession } from "../../domain/access/sessions.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { type Citizen, mint } from "../../domain/access/subject.ts"
import { book } from "../../domain/bookings/writes.ts"
import { readsOf } from "../../domain/people/read-log.ts"
import { person } from "../../domain/people/reads.ts"
import { allRequests } from "../../domain/people/requests.ts"
import { enrol } from "../../domain/people/writes.ts"
import { finish } from "../../domain/queue/serving.ts"
import { momentText } from "../../i18n/dates.ts"
import { softAuthenticator } from "../../testing/authenticator.ts"
import { relate } from "../../testing/family.ts"
import { testHall } from "../../testing/hall.ts"
import { keyring } from "../../testing/keyring.ts"
import { visiting } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { leadsTo, reading, signedIn } from "../../testing/signed-in.ts"
import { visitor } from "../../testing/visitor.ts"

const office = await testHall({ citizens: 10 })
const server = await testServer({ office })
const demo = await testServer({ office, demo: true })
const ring = keyring(office, server.origin)
const { keys, write, clock } = office
const now = () => clock.real()

const noura = {
  kind: "citizen" as const,
  name: { ar: "نورة بنت فهد العنزي", en: "Noura Al-Anazi" },
  nationalId: "1087654321",
  mobile: "0557654321",
  birthYear: 1991,
}

let count = 0
/** Somebody new with a child, a message, a passkey, a visit with a note, and an appointment on another day. */
async function someone({ passkey = true } = {}) {
  const nationalId = String(1_087_654_321 + ++count)
  const id = await write((tx) => enrol(tx, keys, { ...noura, nationalId }))
  const who = mint<Citizen>({ role: "citizen", id, kind: "citizen", level: "full" })
  const owner = { kind: "citizen" as const, id }
  await write(async (tx) => {
    const child = await enrol(tx, keys, { kind: "citizen", name: { ar: "جود", en: "Joud" } })
    await relate(tx, id, child, "child")
    await tx.db.insert(messages).values({
      ...{ id: tx.id(), ownerKind: "citizen", owner: id, kind: "new_sign_in", data: {}, about: null, at: tx.now },
      ...{ until: tx.now + hour, readAt: null },
    })
  })
  const authenticator = softAuthenticator(server.origin)
  if (passkey) await ring.enrol(owner, authenticator)
  const agent = office.agent(1)
  await office.walkIn({ who })
  const desk = await visiting(server, { agent: 1 })
  await desk.get("/desk")
  await desk.post("/desk/act", { do: "next", counter: office.counter(1) })
  const [live] = await office.store.db.select().from(people).where(eq(people.id, id))
  if (!live) throw new Error("nobody")
  const ticket = (await office.counterNow(1)).ticket ?? ""
  await desk.post("/desk/act", { do: `serve ${ticket}`, counter: office.counter(1) })
  await write((tx) => finish(tx, agent, ticket, { outcome: "done", note: "came with her mother" }))
  return { id, who, nationalId, authenticator, ticket }
}

beforeAll(() => office.open(1))

test("of a husband who books alone and of a child whom a court gave to another nobody reads that they may be acted for", async () => {
  const { who, id } = await someone()
  await write(async (tx) => {
    const husband = await enrol(tx, keys, { kind: "citizen", name: { ar: "فهد", en: "Fahd" } })
    const nephew = await enrol(tx, keys, { kind: "citizen", name: { ar: "نايف", en: "Nayef" } })
    await relate(tx, id, husband, "spouse")
    await relate(tx, id, nephew, "ward", { until: tx.now - hour })
  })
  const text = reading(await (await signedIn(server, who)).get("/account/data?lang=en"))
  expect(text).toMatch(/Joud child you may act for/)
  expect(text).toMatch(/Fahd husband or wife (?!you may)/)
  expect(text).toMatch(/Nayef [^.]{0,40}ended on/)
  expect(text.match(/you may act for/g)).toHaveLength(1)
})

test("somebody reads everything that is held about them: who they are, visits, messages, passkeys, who looked, what was noted", async () => {
  const { who, nationalId, id } = await someone()
  const wanted = { office: office.code, service: "PAS-08", slot: office.slot("12:00", { on: "2026-11-23" }) }
  const made = await write((tx) => book(tx, who, wanted))
  const session = await signedIn(server, who)
  const page = await session.get("/account/data?lang=en")
  expect(page.status).toBe(200)
  const text = reading(page)
  const held = ["Noura Al-Anazi", nationalId, "0557654321", "1991", "Joud", "you may act for", "came with her mother"]
  for (const one of [...held, "Phone", id, "You were given a number", "Your account was made"]) {
    expect([one, text.includes(one)]).toEqual([one, true])
  }
  expect(text).toContain("An agent of RUH-RML saw your name when your number was called")
  expect(text).not.toContain(office.agent(1).id)
  expect(reading(await session.get("/account/data?lang=ar"))).toContain("موظف من RUH-RML رأى اسمك حين نودي رقمك")

  const answer = await session.send("/account/data/file")
  expect(answer.headers.get("Content-Disposition")).toBe('attachment; filename="my-data.json"')
  const file = JSON.parse(answer.text)
  expect(file.profile).toMatchObject({ ...noura, nationalId, id })
  expect(file.family).toMatchObject([{ name: { en: "Joud" }, kind: "child", mayAct: true }])
  expect(file.bookings).toMatchObject([{ id: made.id, startsAt: new Date(made.startsAt).toISOString() }])
  expect(file.tickets).toMatchObject([{ note: "came with her mother", state: "served" }])
  expect(file.messages[0].text.en.title).not.toBe("")
  expect(file.passkeys).toMatchObject([{ name: "Phone" }])
  expect(file.sessions).toHaveLength(1)
  expect(file.reads).toMatchObject([{ what: "visit", office: office.code, role: "agent" }])
  expect(file.facts.map(({ kind }: { kind: string }) => kind)).toContain("passkey.added")
  // Nothing with which somebody could act as this person.
  const [passkey] = await office.store.db.select().from(passkeys).where(eq(passkeys.owner, id))
  for (const secret of [passkey?.publicKey, session.token, "passwordHash", "numberSealed", "holder"]) {
    expect(answer.text).not.toContain(secret ?? "?")
  }
  const said = await office.facts("data.exported", "accounts")
  expect(said.filter(({ subject }) => subject === id).map(({ body }) => body.form)).toEqual(["page", "page", "file"])
})

test("what the real clock has dated stands there as the house's own clock shows it, as on the page of the account", async () => {
  const { who } = await someone()
  const ahead = await testServer({ office })
  ahead.house.clock = { ...clock, office: () => clock.real() + 3 * hour }
  const session = await signedIn(ahead, who)
  const at = momentText(now() + 3 * hour, "Asia/Riyadh", "en")
  expect(reading(await session.get("/account/security?lang=en"))).toContain(at)
  const page = reading(await session.get("/account/data?lang=en"))
  for (const [part, next] of [
    ["Sessions", "Passkeys"],
    ["Passkeys", "Keys of programs"],
  ] as const) {
    expect([part, page.slice(page.indexOf(part), page.indexOf(next)).includes(at)]).toEqual([part, true])
  }
})

test("a session in which no passkey has spoken lately is asked for one before it shows or sends anything", async () => {
  const session = await signedIn(server, office.citizen(2))
  clock.advance(5 * minute)
  for (const path of ["/account/data", "/account/data/erasure"]) {
    const answer = await session.get(path)
    expect([answer.status, leadsTo(answer)]).toEqual([303, "/step-up"])
  }
  for (const path of ["/account/data/file", "/account/data/erasure"]) {
    expect(leadsTo(await session.send(path))).toBe("/step-up")
  }
  expect(
    (await office.facts("data.exported", "accounts")).some(({ subject }) => subject === office.citizen(2).id),
  ).toBe(false)
})

test("who still has an appointment is told which, with the way to it, and nothing is erased", async () => {
  const { who, id } = await someone()
  const wanted = { office: office.code, service: "PAS-10", slot: office.slot("13:00", { on: "2026-11-24" }) }
  const made = await write((tx) => book(tx, who, wanted))
  const session = await signedIn(server, who)
  const page = await session.get("/account/data/erasure")
  expect(page.text).toContain(`href="/bookings/${made.id}"`)
  expect(page.text).not.toContain("button-danger")
  expect((await session.send("/account/data/erasure")).status).toBe(409)
  expect(await person(office.store, keys, id)).not.toBeNull()
})

test("an erasure is confirmed with a passkey, ends the session, and leaves a record that verifies", async () => {
  const { who, id, authenticator } = await someone()
  const session = await signedIn(server, who)
  const begun = await session.send("/account/data/erasure")
  const confirmation = leadsTo(begun)
  expect(confirmation).toMatch(/^\/account\/data\/erasure\/[\w-]+$/)
  const page = await session.get(`${confirmation}?lang=en`)
  expect(reading(page)).toContain("Erase my data for good")
  expect((await session.send(confirmation, { response: "{}" })).status).toBe(400)
  expect((await session.send(confirmation, { do: "demo" })).status).toBe(403)
  expect(await person(office.store, keys, id)).not.toBeNull()

  const of = confirmation.split("/").at(-1) ?? ""
  const asked = await session.send("/passkeys/options", { purpose: "confirm", of })
  const done = await session.send(confirmation, { response: authenticator.get(JSON.parse(asked.text)) })
  expect([done.status, leadsTo(done)]).toEqual([303, "/erased"])
  expect(await person(office.store, keys, id)).toBeNull()
  expect((await session.get("/account/data")).status).toBe(303)
  expect((await session.get("/erased")).status).toBe(200)
  expect((await office.facts("person.erased", "accounts")).at(-1)).toMatchObject({
    subject: id,
    body: { by: "citizen" },
  })
  expect(verifyChains(office.store.connection.raw).wrong).toEqual([])
})

test("in a demonstration somebody with a passkey erases by it alone", async () => {
  const { who, id } = await someone()
  const session = await signedIn(demo, who)
  const confirmation = leadsTo(await session.send("/account/data/erasure"))
  const { text } = await session.get(confirmation)
  expect([text.includes('value="demo"'), text.includes('data-purpose="confirm"')]).toEqual([false, true])
  expect((await session.send(confirmation, { do: "demo" })).status).toBe(403)
  expect(await person(office.store, keys, id)).not.toBeNull()
})

test("in a demonstration somebody without a passkey may erase too, and nobody else's confirmation is theirs", async () => {
  const { who, id } = await someone({ passkey: false })
  const other = await signedIn(demo, office.citizen(3))
  const session = await signedIn(demo, who)
  const confirmation = leadsTo(await session.send("/account/data/erasure"))
  expect((await other.get(confirmation)).status).toBe(404)
  expect((await other.send(confirmation, { do: "demo" })).status).toBe(404)
  expect(leadsTo(await session.send(confirmation, { do: "demo" }))).toBe("/erased")
  expect(await person(office.store, keys, id)).toBeNull()
})

test("what staff look at is noted once, and the person reads where and what, not who", async () => {
  const who = office.citizen(5)
  const booking = await office.booked(who, "14:15")
  const desk = await visiting(server, { agent: 2 })
  await office.open(2)
  await desk.get(`/desk?q=${booking.code}`)
  await desk.get(`/desk?q=${booking.code}`)
  await server.agent(2).get(`/api/v1/bookings/${booking.id}`)
  await server.person(who.id).get(`/api/v1/bookings/${booking.id}`)
  const found = await readsOf(office.store, who.id)
  expect(found.map(({ what, office: where, role }) => [what, where, role]).sort()).toEqual([
    ["booking", office.code, "agent"],
    ["found", office.code, "agent"],
  ])
  const text = reading(await (await signedIn(server, who)).get("/account/data?lang=en"))
  expect(text).toContain("looked up your number or appointment")
  expect(text).toContain("looked at your appointment")
})

test("a request at the counter has a due date, is answered by whoever may, and an erasure refused by an appointment stays open", async () => {
  const { id, nationalId, who } = await someone()
  const lead = await visiting(server, "supervisor")
  await lead.get("/privacy/requests")
  const unknown = await lead.post("/privacy/requests", { kind: "erasure", number: "1999999999", note: "" })
  expect([unknown.status, unknown.text.includes("1999999999")]).toEqual([422, true])
  const taken = await lead.post("/privacy/requests", { kind: "erasure", number: nationalId, note: "came herself" })
  const path = leadsTo(taken)
  const page = reading(await lead.get(`${path}?lang=en`))
  expect(page).toContain("Noura Al-Anazi")
  expect(page).toContain("came herself")
  // The list names nobody.
  expect(reading(await lead.get("/privacy/requests?lang=en"))).not.toContain("Noura")
  expect((await lead.post(path, { do: "erase", sure: "yes" })).status).toBe(403)

  const admin = await of("administrator")
  expect((await admin.post(path, { do: "erase" })).status).toBe(422)
  const wanted = { office: office.code, service: "PAS-01", slot: office.slot("12:00", { on: "2026-11-25" }) }
  const made = await write((tx) => book(tx, who, wanted))
  const refused = await admin.post(`${path}?lang=en`, { do: "erase", sure: "yes" })
  expect([refused.status, reading(refused).includes("An appointment ahead")]).toEqual([409, true])
  expect((await allRequests(office.store)).open).toHaveLength(1)
  await (await signedIn(server, who)).send(`/bookings/${made.id}/cancellation`)
  expect((await admin.post(path, { do: "erase", sure: "yes" })).status).toBe(303)
  expect(await person(office.store, keys, id)).toBeNull()
  const { open, ended } = await allRequests(office.store)
  expect([open.length, ended.length]).toEqual([0, 1])
})

test("data is printed at the counter only for who has asked for it and waits, and the person sees that it was", async () => {
  const { id, nationalId } = await someone()
  const lead = await visiting(server, "supervisor")
  await lead.get("/privacy/requests")
  const path = leadsTo(await lead.post("/privacy/requests", { kind: "access", number: nationalId, note: "" }))
  const page = await lead.get(`${path}/data?lang=en`)
  expect(reading(page)).toContain(nationalId)
  expect((await readsOf(office.store, id)).map(({ what }) => what)).toContain("data")
  await lead.post(path, { do: "done" })
  expect((await lead.get(`${path}/data`)).status).toBe(404)
  const agent = await visiting(server, { agent: 3 })
  for (const one of ["/privacy/requests", path, "/privacy/holds", "/privacy/reads"]) {
    expect([one, (await agent.get(one)).status]).toEqual([one, 403])
  }
  expect((await agent.get("/privacy/records")).status).toBe(200)
})

test("an administrator holds somebody's data until a day, and lifts it again", async () => {
  const { id, nationalId, who } = await someone()
  const admin = await of("administrator")
  const place = (until: string, number = nationalId) =>
    admin.post("/privacy/holds", { number, reason: "court order 12/8", until })
  for (const wrong of ["2020-01-01", "2040-01-01", "soon", "2026-13-40"]) {
    expect([wrong, (await place(wrong)).status]).toEqual([wrong, 422])
  }
  expect((await place("2027-01-31", "1999999999")).status).toBe(422)
  expect((await place("2027-01-31")).status).toBe(303)
  const page = await admin.get("/privacy/holds?lang=en")
  expect(reading(page)).toContain("court order 12/8")
  const blocked = reading(await (await signedIn(server, who)).get("/account/data/erasure?lang=en"))
  expect(blocked).toContain("Erasure is on hold by law")
  expect(blocked).not.toContain("court order")
  const hold = /name="lift" value="([\w-]+)"/.exec(page.text)?.[1] ?? ""
  expect((await admin.post("/privacy/holds", { lift: hold })).status).toBe(303)
  expect(reading(await (await signedIn(server, who)).get("/account/data/erasure?lang=en"))).not.toContain(
    "on hold by law",
  )
  expect(await person(office.store, keys, id)).not.toBeNull()
})

test("the auditor sees how many people somebody of the staff looked at, and no name of any of them", async () => {
  const auditor = await of("auditor")
  const page = await auditor.get(
    `/privacy/reads?lang=en&login=${office.agent(1).id.toLowerCase()}&from=2026-11-01&until=2026-11-30`,
  )
  expect(page.status).toBe(200)
  expect(reading(page)).not.toContain("Noura")
  expect((await auditor.get("/privacy/reads?lang=en&login=x&from=a&until=b")).status).toBe(200)
  expect((await auditor.get("/privacy/holds")).status).toBe(403)
})

const made = new Map<string, string>()

/** One of the staff whom the plan does not have, with a passkey's word of this moment. */
async function of(role: "administrator" | "auditor") {
  const name = { ar: role, en: role }
  const scope = { scopeKind: "all" as const, scope: "" }
  const id =
    made.get(role) ??
    (await write((tx) => addStaff(tx, { login: role, name, passwordHash: "-", role, ...scope }, "test")))
  made.set(role, id)
  const who = { kind: "staff" as const, subject: id, role, factors: "passkey", userAgent: "test", provenAt: now() }
  const { token } = await write((tx) => startSession(tx, who, now()))
  const one = visitor(() => server.origin)
  one.cookies.set("sid", token)
  await one.get("/privacy/records")
  return one
}

test("a program with an agent's key leaves the traces that the agent's own pages would", async () => {
  const who = office.citizen(6)
  const [program, own] = [server.agent(3), server.person(who.id)]
  await office.open(3)
  const ticket = await office.walkIn({ who })
  const looks = async () =>
    (await readsOf(office.store, who.id)).map(({ what, office: where, role }) => [what, where, role]).sort()
  await own.get(`/api/v1/tickets/${ticket.id}`)
  await server.device("kiosk").get(`/api/v1/offices/${office.code}/tickets?number=${ticket.number}`)
  await program.get(`/api/v1/offices/${office.code}/queue`)
  expect(await looks()).toEqual([])
  await program.get(`/api/v1/offices/${office.code}/tickets?number=${ticket.number}`)
  expect(await looks()).toEqual([["found", office.code, "agent"]])
  await program.get(`/api/v1/tickets/${ticket.id}`)
  await program.get(`/api/v1/tickets/${ticket.id}`)
  expect(await looks()).toEqual([
    ["found", office.code, "agent"],
    ["visit", office.code, "agent"],
  ])
  const called = office.citizen(7)
  const other = await office.walkIn({ who: called })
  const answer = await program.post(`/api/v1/tickets/${other.id}/call`, {})
  expect(answer.status).toBe(200)
  expect((await readsOf(office.store, called.id)).map(({ what }) => what)).toEqual(["visit"])
  expect(await server.deviations()).toEqual([])
})

test("who comes along to a booking is noted as well when it is read by a key", async () => {
  const guardian = office.citizen(8)
  const [child = ""] = await office.children(guardian, 1)
  const wanted = { office: office.code, service: "PAS-04", slot: office.slot("13:45"), for: [guardian.id, child] }
  const made = await server.person(guardian.id).post("/api/v1/bookings", wanted)
  expect(made.status).toBe(201)
  await server.agent(3).get(`/api/v1/bookings/${made.body.id}`)
  for (const id of [guardian.id, child]) {
    expect((await readsOf(office.store, id)).map(({ what }) => what)).toEqual(["booking"])
  }
})
