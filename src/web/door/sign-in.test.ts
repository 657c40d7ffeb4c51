import { afterAll, beforeEach, expect, test } from "bun:test"
import { eq, like } from "drizzle-orm"
import { sessions, staff as staffTable, throttles } from "../../../db/schema/access.ts"
import { people } from "../../../db/schema/people.ts"
import { hour, minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { openCeremony } from "../../domain/access/ceremonies.ts"
import { makeEnrolment } from "../../domain/access/enrolment.ts"
import { handleFor, type Owner } from "../../domain/access/owner.ts"
import { hashPassword } from "../../domain/access/passwords.ts"
import { enrolPasskey } from "../../domain/access/proof.ts"
import { makeCodes } from "../../domain/access/recovery.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { registrationOptions } from "../../domain/access/webauthn.ts"
import { enrol } from "../../domain/people/writes.ts"
import { softAuthenticator } from "../../testing/authenticator.ts"
import { testServer } from "../../testing/server.ts"
import { reading } from "../../testing/signed-in.ts"
import { type Visited, visitor } from "../../testing/visitor.ts"
import { roomOf } from "../passkey-form.tsx"
import { nextOf } from "./next.ts"

const server = await testServer({ plan: { citizens: 1, counters: 1 } })
const { office } = server
const password = "four green camels"
const known = "1000000008"
const unknown = "1000000016"
const name = { ar: "نورة", en: "Noura" }

const passwordHash = await hashPassword(password)
const owners = await office.write(async (tx): Promise<Owner[]> => {
  const citizen = await enrol(tx, server.keys, {
    kind: "citizen",
    name,
    nationalId: known,
    birthYear: 1990,
    passwordHash,
  })
  // Somebody who is known to the house and has no password: a child, say.
  await enrol(tx, server.keys, { kind: "citizen", name, nationalId: "1000000024", birthYear: 2015 })
  const scope = { scopeKind: "office" as const, scope: office.code }
  const lead = await addStaff(tx, { login: "Ruh.Lead", name, passwordHash, role: "supervisor", ...scope }, "test")
  return [
    { kind: "citizen", id: citizen },
    { kind: "staff", id: lead },
  ]
})

afterAll(() => {
  expect(server.bugs).toEqual([])
})

beforeEach(async () => {
  await office.write((tx) => tx.db.delete(throttles).then(() => {}))
})

// Both have a passkey, in one authenticator.
const authenticator = softAuthenticator(server.origin)
for (const owner of owners) {
  const now = office.clock.real()
  const asked = { purpose: "enrol" as const, owner, session: null }
  const opened = await office.write(async (tx) => ({
    handle: await handleFor(tx, owner),
    ...(await openCeremony(tx, asked, now)),
  }))
  const { party } = roomOf(server.house)
  const options = await registrationOptions(party, { ...opened, name: "n", displayName: "n", exclude: [] })
  const given = { owner, session: null, name: "key" }
  await enrolPasskey(roomOf(server.house), authenticator.create(options), given, now, async () => {})
}

// One that was never shown here: it makes a key for this site by itself.
const stranger = softAuthenticator(server.origin)
stranger.create(
  await registrationOptions(roomOf(server.house).party, {
    ...{ challenge: "nobody-asked-for-this", handle: "x".repeat(43), name: "n", displayName: "n", exclude: [] },
  }),
)

const anyone = () => visitor(() => server.origin)
const byCitizen = (who: ReturnType<typeof anyone>, number = known, secret = password, next = "") =>
  who.post("/sign-in", { number, password: secret, next })
const byStaff = (who: ReturnType<typeof anyone>, login = "ruh.lead", secret = password) =>
  who.post("/staff", { login, password: secret })

/** The passkey, once the password was right. */
async function withPasskey(who: ReturnType<typeof anyone>) {
  const asked = await who.post("/passkeys/options", { purpose: "second" })
  return who.post("/sign-in/second", { response: authenticator.get(JSON.parse(asked.text)) })
}
async function citizenIn(who: ReturnType<typeof anyone>, next = "") {
  await byCitizen(who, known, password, next)
  return withPasskey(who)
}
async function staffIn(who: ReturnType<typeof anyone>) {
  await byStaff(who)
  return withPasskey(who)
}

/** What is left of an answer when what belongs to this one request is taken out. */
function bare({ status, headers, text }: Visited, ...typed: string[]) {
  const kept = [...headers].filter(([header]) => !["date", "x-request-id"].includes(header))
  const nonce = /nonce-([\w-]+)/.exec(headers.get("Content-Security-Policy") ?? "")?.[1] ?? "none"
  const said = [text, ...kept.map(([header, value]) => `${header}: ${value}`)].join("\n")
  const same = said.replaceAll(nonce, "NONCE").replace(/data-now="\d+"/, "")
  return [status, typed.reduce((told, one) => told.replaceAll(one, "TYPED"), same)]
}

test("signing out closes what listens under the session, and nothing else", async () => {
  const [leaves, stays] = [anyone(), anyone()]
  await citizenIn(leaves)
  await staffIn(stays)
  const [gone, kept] = [await listen(leaves.cookies.get("sid") ?? ""), await listen(stays.cookies.get("sid") ?? "")]
  await leaves.get("/nothing-here")
  await leaves.post("/sign-out")
  expect(await gone.closed).toBe(4401)
  expect(kept.socket.readyState).toBe(WebSocket.OPEN)
  kept.socket.close()
})

test("a wrong password is answered alike, whether the number is known, unknown, or without a password", async () => {
  const answers = []
  for (const number of [known, unknown, "1000000024"]) {
    answers.push(bare(await byCitizen(anyone(), number, "not the password"), number))
  }
  expect(answers[0]?.[0]).toBe(401)
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
})

test("a browser that knows no passkeys is told of the recovery code, and who works here of what the staff have", async () => {
  const told = async (path: string) => {
    const { text } = await visitor(() => server.origin).get(path)
    return /data-missing="([^"]*)"/.exec(text)?.[1]
  }
  expect(await told("/sign-in")).toContain("recovery code")
  expect(await told("/staff")).toContain("second passkey, or ask your supervisor")
  expect(await told("/staff")).not.toContain("recovery code")
})

test("a wrong enrolment code is answered alike, and so is a right one with somebody else's number", async () => {
  const now = office.clock.real()
  const [owner] = owners
  if (!owner) throw new Error("nobody is there")
  const { code } = await office.write((tx) =>
    makeEnrolment(tx, server.keys, owner, { channel: "counter", by: "test" }, now),
  )
  const wrong = `${code.slice(0, -1)}${code.endsWith("2") ? "3" : "2"}`
  const tried = async (number: string, given: string) => {
    const answer = await anyone().post("/enrol", { number, code: given })
    return bare(answer, number, given)
  }
  const first = await tried(known, wrong)
  expect(first[0]).toBe(401)
  for (const [number, given] of [
    [unknown, wrong],
    ["1000000024", wrong],
    [unknown, code],
    ["1000000024", code],
    [known, "nothing like a code"],
    ["9999999999", code],
  ] as const) {
    expect([number, await tried(number, given)]).toEqual([number, first])
  }
  expect((await anyone().post("/enrol", { number: known, code })).status).toBe(303)
})

test("who is half in meets one answer to a wrong recovery code, whether there are codes or none; whoever is not, the door", async () => {
  const answers = []
  for (const codes of [0, 10]) {
    await office.write(async (tx) => {
      const [owner] = owners
      if (owner && codes > 0) await makeCodes(tx, server.keys, owner, office.clock.real())
    })
    const who = anyone()
    await byCitizen(who)
    answers.push(bare(await who.post("/sign-in/code", { code: "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-A" }), known))
  }
  expect(answers[0]?.[0]).toBe(401)
  expect(answers[1]).toEqual(answers[0])
  const stranger = await anyone().post("/sign-in/code", { code: "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-A" })
  expect([stranger.status, stranger.location]).toEqual([303, "/sign-in"])
})

test("a passkey's challenge is asked for without a name, and names no passkey of anybody's", async () => {
  for (const number of ["", known, unknown]) {
    const { challenge, ...asked } = JSON.parse(
      (await anyone().post("/passkeys/options", { purpose: "sign_in", number })).text,
    )
    expect(challenge).toMatch(/^[\w-]{43}$/)
    expect(asked).toMatchObject({ allowCredentials: [], userVerification: "required" })
  }
  // Those of an account are told only to whoever knows its password.
  expect((await anyone().post("/passkeys/options", { purpose: "second" })).status).toBe(401)
})

test("a login that nobody has is answered like one with a wrong password, and like one that was disabled", async () => {
  await office.write((tx) =>
    addStaff(
      tx,
      { login: "gone.now", name, passwordHash, role: "agent", scopeKind: "office", scope: office.code },
      "test",
    ).then((id) =>
      tx.db
        .update(staffTable)
        .set({ disabledAt: 1 })
        .where(eq(staffTable.id, id))
        .then(() => {}),
    ),
  )
  const wrong = bare(await byStaff(anyone(), "ruh.lead", "not the password"), "ruh.lead")
  expect(wrong[0]).toBe(401)
  expect(bare(await byStaff(anyone(), "nobody.x"), "nobody.x")).toEqual(wrong)
  expect(bare(await byStaff(anyone(), "gone.now"), "gone.now")).toEqual(wrong)
})

test("who works here and has lost both passkeys is told who can help, and no code leads in", async () => {
  const who = visitor(() => server.origin)
  await byStaff(who)
  const second = await who.get("/sign-in/second")
  expect([second.status, second.text.includes('name="code"')]).toEqual([200, false])
  expect(reading(second)).toContain("second person approves")
  const tried = await who.post("/sign-in/code", { code: "DAWR0-DEM00-DAWR0-DEM00-DAWR0-2" })
  expect([tried.status, who.cookies.has("sid")]).toEqual([403, false])
})

test("who is made to wait is answered alike too, known or not", async () => {
  const answers = []
  for (const number of [known, unknown]) {
    for (let tries = 0; tries < 5; tries++) expect((await byCitizen(anyone(), number, "wrong")).status).toBe(401)
    const sixth = await byCitizen(anyone(), number, "wrong")
    expect([sixth.status, sixth.headers.get("Retry-After")]).toEqual([429, "60"])
    answers.push(bare(sixth, number))
  }
  expect(answers[1]).toEqual(answers[0])
})

/** A try that comes from another address than every one before. */
let addresses = 0
async function byCitizenElsewhere(secret = password) {
  server.house.env.trustedProxies = ["127.0.0.1", "::1"]
  const from = { "X-Forwarded-For": `198.51.100.${++addresses}` }
  const answer = await anyone().post("/sign-in", { number: known, password: secret, next: "" }, from)
  server.house.env.trustedProxies = []
  return answer
}

test("the wait doubles, holds over a restart even with the right password, and success forgives", async () => {
  for (let tries = 0; tries < 5; tries++) await byCitizenElsewhere("wrong")
  office.clock.advance(1000)
  await byCitizenElsewhere("wrong")
  expect((await byCitizenElsewhere()).headers.get("Retry-After")).toBe("2")
  await office.restart()
  expect((await byCitizenElsewhere()).status).toBe(429)
  office.clock.advance(2000)
  expect((await byCitizenElsewhere()).status).toBe(303)
  for (let tries = 0; tries < 5; tries++) expect((await byCitizen(anyone(), known, "wrong")).status).toBe(401)
})

test("the wait never grows beyond a quarter of an hour", async () => {
  await byCitizen(anyone(), known, "wrong")
  await office.write((tx) =>
    tx.db
      .update(throttles)
      .set({ failures: 40 })
      .then(() => {}),
  )
  office.clock.advance(minute)
  await byCitizen(anyone(), known, "wrong")
  expect((await byCitizen(anyone())).headers.get("Retry-After")).toBe("900")
})

test("of fifty guesses in the same instant five are looked at", async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => byCitizen(anyone(), known, "wrong")))
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(45)
})

test("one address may miss twenty times a minute, whomever it names; who gets in does not count", async () => {
  for (let tries = 0; tries < 25; tries++) expect((await byCitizen(anyone())).status).toBe(303)
  for (let tries = 0; tries < 20; tries++) {
    expect((await byCitizen(anyone(), `10000${String(tries).padStart(5, "0")}`, "wrong")).status).toBe(401)
  }
  const next = await byCitizen(anyone())
  expect([next.status, next.headers.get("Retry-After")]).toEqual([429, "60"])
  await office.restart()
  expect((await byStaff(anyone())).status).toBe(429)
  office.clock.advance(minute)
  expect((await byCitizen(anyone())).status).toBe(303)
})

test("one address may miss one account five times a minute and fifty times half a day; another address need not wait for that", async () => {
  for (let tries = 0; tries < 5; tries++) await byCitizen(anyone(), known, "wrong")
  office.clock.advance(2000)
  const sixth = await byCitizen(anyone())
  expect([sixth.status, sixth.headers.get("Retry-After")]).toEqual([429, "58"])
  expect(reading(sixth)).toMatch(/Try again in .?58.? seconds/)
  expect((await byCitizenElsewhere()).status).toBe(303)
  office.clock.advance(minute)
  // Somebody who gets in from there is not counted, however often.
  for (let tries = 0; tries < 10; tries++) expect((await byCitizen(anyone())).status).toBe(303)
  for (let tries = 0; tries < 2; tries++) expect((await byCitizen(anyone(), known, "wrong")).status).toBe(401)
  await office.write((tx) =>
    tx.db
      .update(throttles)
      .set({ failures: 50 })
      .where(like(throttles.key, "halfDay %"))
      .then(() => {}),
  )
  const late = await byCitizen(anyone())
  expect(late.status).toBe(429)
  expect(Number(late.headers.get("Retry-After"))).toBeGreaterThan(11 * 3600)
  // Neither a restart nor a success from elsewhere forgives that.
  await office.restart()
  expect((await byCitizenElsewhere()).status).toBe(303)
  expect((await byCitizen(anyone())).status).toBe(429)
})

test("where a try cannot be counted, nobody is let in", async () => {
  const { writer } = server.house
  const { write } = writer
  writer.write = async () => {
    throw new Refusal("store_busy")
  }
  const [byPassword, byPasskey] = [
    await byCitizen(anyone()),
    await anyone().post("/sign-in/passkey", { response: "{}" }),
  ]
  writer.write = write
  expect([byPassword.status, byPasskey.status]).toEqual([503, 401])
  expect(byPassword.headers.getSetCookie().join()).not.toMatch(/sid=|pre=/)
})

/** A passkey alone, asked for now; `isWrong`: by an authenticator that nobody here knows. */
async function byPasskeyAlone({ isWrong = false } = {}) {
  const who = anyone()
  const asked = JSON.parse((await who.post("/passkeys/options", { purpose: "sign_in" })).text)
  const response = isWrong ? stranger.get({ ...asked, allowCredentials: [] }) : authenticator.get(asked)
  return who.post("/sign-in/passkey", { response })
}

test("of a hundred addresses that guess at ten accounts five guesses at each are looked at, and their owners come in by passkey meanwhile", async () => {
  server.house.env.trustedProxies = ["127.0.0.1", "::1"]
  const accounts = [known, ...Array.from({ length: 9 }, (_, at) => `10000001${String(at).padStart(2, "0")}`)]
  const looked = new Map<string, number>()
  for (let address = 1; address <= 100; address++) {
    const number = accounts[address % accounts.length] ?? known
    const from = { "X-Forwarded-For": `203.0.113.${address}` }
    const { status } = await anyone().post("/sign-in", { number, password: "a guess", next: "" }, from)
    expect([401, 429]).toContain(status)
    if (status === 401) looked.set(number, (looked.get(number) ?? 0) + 1)
  }
  server.house.env.trustedProxies = []
  expect([...looked.values()]).toEqual(accounts.map(() => 5))
  expect((await byCitizen(anyone())).status).toBe(429)
  expect((await byPasskeyAlone()).status).toBe(303)
})

test("one address may miss ten times with a passkey, and then once in five seconds; whoever gets in is not counted", async () => {
  for (let tries = 0; tries < 12; tries++) expect((await byPasskeyAlone()).status).toBe(303)
  for (let tries = 0; tries < 10; tries++) expect((await byPasskeyAlone({ isWrong: true })).status).toBe(401)
  const late = await byPasskeyAlone({ isWrong: true })
  expect([late.status, late.headers.get("Retry-After")]).toEqual([429, "5"])
  expect(reading(late)).toMatch(/Try again in .?5.? seconds/)
  await office.restart()
  expect((await byPasskeyAlone()).status).toBe(429)
  office.clock.advance(5_000)
  expect((await byPasskeyAlone()).status).toBe(303)
  expect((await byPasskeyAlone({ isWrong: true })).status).toBe(401)
  expect((await byPasskeyAlone()).status).toBe(429)
  // The password's way is another one.
  expect((await byCitizen(anyone())).status).toBe(303)
})

test("whoever is signed in may miss five times when they say again who they are, and then once in ten seconds", async () => {
  const who = anyone()
  await citizenIn(who)
  const again = async (device: typeof authenticator) => {
    await who.get("/account/security")
    const asked = JSON.parse((await who.post("/passkeys/options", { purpose: "step_up" })).text)
    const response = device === stranger ? device.get({ ...asked, allowCredentials: [] }) : device.get(asked)
    return who.post("/step-up", { response })
  }
  for (let tries = 0; tries < 7; tries++) expect((await again(authenticator)).status).toBe(303)
  for (let tries = 0; tries < 5; tries++) expect((await again(stranger)).status).toBe(401)
  const late = await again(authenticator)
  expect([late.status, late.headers.get("Retry-After")]).toEqual([429, "10"])
  office.clock.advance(10_000)
  expect((await again(authenticator)).status).toBe(303)
})

test("no row that counts failures holds a number or an address", async () => {
  await byCitizen(anyone(), known, "wrong")
  // At the wrong door people type the same.
  await byStaff(anyone(), known, "wrong")
  const rows = await office.store.db.select().from(throttles)
  expect(rows).toHaveLength(7)
  expect(JSON.stringify(rows)).not.toMatch(/1000000008|127\.0\.0\.1|::/)
})

test("every sign-in leaves its trace, let in or refused, by a password or by a passkey, and none says what was typed", async () => {
  const isSignIn = /^(session\.started|sign_in\.refused|passkey\.refused)$/
  const all = async () => (await office.facts(undefined, "accounts")).filter(({ kind }) => isSignIn.test(kind))
  const before = (await all()).length
  await byCitizen(anyone(), known, "wrong")
  await byCitizen(anyone(), unknown, "wrong")
  await byStaff(anyone(), "ruh.lead", "wrong")
  const half = anyone()
  await byCitizen(half)
  const asked = JSON.parse((await half.post("/passkeys/options", { purpose: "second" })).text)
  await half.post("/sign-in/second", { response: stranger.get({ ...asked, allowCredentials: [] }) })
  await citizenIn(anyone())
  await staffIn(anyone())
  await byPasskeyAlone()
  const told = (await all()).slice(before)
  const [citizen = "", lead = ""] = owners.map(({ id }) => id)
  expect(told.map(({ kind, subject }) => [kind, subject])).toEqual([
    ["sign_in.refused", null],
    ["sign_in.refused", null],
    ["sign_in.refused", null],
    ["passkey.refused", citizen],
    ["session.started", citizen],
    ["session.started", lead],
    ["session.started", citizen],
  ])
  // A passkey that is nobody's could be shown without end: it fills no disk with facts.
  const earlier = server.lines.length
  await byPasskeyAlone({ isWrong: true })
  expect(await all()).toHaveLength(before + told.length)
  const logged = server.lines.slice(earlier).join("\n")
  expect(logged).toContain('"event":"passkey_refused"')
  expect(JSON.stringify(told) + logged).not.toMatch(/1000000008|1000000016|ruh\.lead|camels/i)
})

test("a password as long as a book is refused before it is hashed", async () => {
  const book = await byCitizen(anyone(), known, "x".repeat(1_000_000))
  expect(book.status).toBe(413)
  const page = await byCitizen(anyone(), known, "x".repeat(2_000))
  expect(page.status).toBe(400)
  expect(await office.store.db.select().from(throttles)).toEqual([])
})

test("more sign-ins at once than the machine should hash are told to come back, and it is not held against them", async () => {
  server.house.env.trustedProxies = ["127.0.0.1", "::1"]
  const tries = Array.from({ length: 60 }, (_, index) => {
    const headers = { "X-Forwarded-For": `forged, 192.0.2.${index}` }
    return anyone().post("/sign-in", { number: `10001${String(index).padStart(5, "0")}`, password: "wrong" }, headers)
  })
  const answers = await Promise.all(tries)
  server.house.env.trustedProxies = []
  const refused = answers.filter(({ status }) => status === 503)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.every(({ headers }) => headers.get("Retry-After") === "2")).toBe(true)
  // Each is that request's own answer, though the page was drawn once.
  for (const { headers, text } of refused) {
    const [, nonce] = /nonce-([\w-]+)/.exec(headers.get("Content-Security-Policy") ?? "") ?? []
    expect([nonce, text.includes(`nonce="${nonce}"`)]).toEqual([expect.any(String), text.includes("nonce=")])
    expect(text).toContain(headers.get("X-Request-Id") ?? "no request id")
  }
  expect(new Set(refused.map(({ headers }) => headers.get("X-Request-Id"))).size).toBe(refused.length)
  const looked = answers.filter(({ status }) => status === 401)
  // One at least is being hashed while thirty-two wait.
  expect(looked.length).toBeGreaterThanOrEqual(33)
  expect(looked.length + refused.length).toBe(60)
  const counted = (await office.store.db.select().from(throttles)).filter(({ failures }) => failures > 0)
  expect(counted).toHaveLength(4 * looked.length)
})

test("a session begins with a new token and the one from before is worth nothing", async () => {
  const who = anyone()
  await citizenIn(who)
  const first = who.cookies.get("sid") ?? ""
  expect(first).toMatch(/^[\w-]{43}$/)
  await who.get("/nothing-here")
  await citizenIn(who)
  const second = who.cookies.get("sid") ?? ""
  expect(second).not.toBe(first)
  expect(await isIn({ sid: first })).toBe(false)
  expect(await isIn({ sid: second })).toBe(true)
})

test("a new password ends also whoever is half in with the one before", async () => {
  const [owner, thief] = [anyone(), anyone()]
  await citizenIn(owner)
  await byCitizen(thief)
  await owner.get("/account/password")
  expect((await owner.post("/account/password", { password: "five yellow camels" })).status).toBe(303)
  const half = await thief.get("/sign-in/second")
  expect([half.status, half.location]).toEqual([303, "/sign-in"])
  await office.write((tx) =>
    tx.db
      .update(people)
      .set({ passwordHash })
      .where(eq(people.id, owners[0]?.id ?? ""))
      .then(() => {}),
  )
})

test("whoever wins the account back with a code ends what a lost device still has open", async () => {
  const [lost, back] = [anyone(), anyone()]
  await citizenIn(lost)
  const now = office.clock.real()
  const [owner] = owners
  if (!owner) throw new Error("nobody is there")
  const [code = ""] = await office.write((tx) => makeCodes(tx, server.keys, owner, now))
  await byCitizen(back)
  expect((await back.post("/sign-in/code", { code })).location).toBe("/account/security")
  await back.get("/account/passkeys/new")
  const asked = await back.post("/passkeys/options", { purpose: "enrol" })
  const response = softAuthenticator(server.origin).create(JSON.parse(asked.text))
  expect((await back.post("/account/passkeys/new", { response, name: "new phone" })).status).toBe(303)
  expect((await lost.get("/account/security")).status).toBe(303)
  expect((await back.get("/account/security")).status).toBe(200)
})

test("a token that somebody planted before the sign-in is not taken over", async () => {
  const who = anyone()
  const planted = "A".repeat(43)
  who.cookies.set("sid", planted)
  expect((await citizenIn(who)).status).toBe(303)
  expect(who.cookies.get("sid")).not.toBe(planted)
  expect(await isIn({ sid: planted })).toBe(false)
})

test("only a hash of the token is on the disk", async () => {
  const who = anyone()
  await citizenIn(who)
  const rows = await office.store.db.select().from(sessions)
  expect(JSON.stringify(rows)).not.toContain(who.cookies.get("sid") ?? "none")
})

test("signing out ends the session, clears what the browser kept, and needs the form's token", async () => {
  const who = anyone()
  await citizenIn(who)
  await who.get("/nothing-here")
  const sid = who.cookies.get("sid") ?? ""
  expect((await who.post("/sign-out", { _form: "x".repeat(32) })).status).toBe(403)
  expect(await isIn({ sid })).toBe(true)
  const out = await who.post("/sign-out")
  expect([out.status, out.location, out.headers.get("Clear-Site-Data")]).toEqual([303, "/", '"cache", "storage"'])
  expect(who.cookies.has("sid")).toBe(false)
  expect(await isIn({ sid })).toBe(false)
})

test("cookies that are no session of ours are nobody: cut, long, twice, or of another form", async () => {
  const who = anyone()
  await citizenIn(who)
  const sid = who.cookies.get("sid") ?? ""
  for (const cookie of [
    `sid=${sid.slice(0, 42)}`,
    `sid=${"a".repeat(4096)}`,
    `sid=${sid}%00`,
    `__Host-sid=${sid}`,
    "sid=",
    "sid",
    `sid=${"b".repeat(43)}; sid=${sid.slice(1)}`,
    "sid=../../etc/passwd; sid='; drop table session",
  ]) {
    const answer = await who.ask("/live/ticket", { method: "POST", headers: { ...fromHere(), Cookie: cookie } })
    expect([cookie.slice(0, 20), answer.status]).toEqual([cookie.slice(0, 20), 401])
  }
})

test("nobody at work for as long as the role allows, and the session is over; work puts it off until the day's limit", async () => {
  for (const [signIn, idle] of [
    [citizenIn, 30],
    [staffIn, 15],
  ] as const) {
    const who = anyone()
    await signIn(who)
    const sid = who.cookies.get("sid") ?? ""
    const began = office.clock.real()
    for (let passed = 0; passed + idle - 1 < 12 * 60; passed += idle - 1) {
      office.clock.advance((idle - 1) * minute)
      await who.get("/nothing-here")
    }
    office.clock.set(began + 12 * hour - 1)
    expect(await isIn({ sid })).toBe(true)
    office.clock.set(began + 12 * hour)
    expect(await isIn({ sid })).toBe(false)

    const idler = anyone()
    await signIn(idler)
    const other = idler.cookies.get("sid") ?? ""
    office.clock.advance(idle * minute - 1)
    expect(await isIn({ sid: other })).toBe(true)
    office.clock.advance(1)
    expect(await isIn({ sid: other })).toBe(false)
  }
})

test("a page that is left open and asks for tickets by itself does not keep anybody signed in", async () => {
  const who = anyone()
  await staffIn(who)
  const sid = who.cookies.get("sid") ?? ""
  for (let passed = 0; passed < 14; passed += 7) {
    office.clock.advance(7 * minute)
    expect(await isIn({ sid })).toBe(true)
  }
  office.clock.advance(minute)
  expect(await isIn({ sid })).toBe(false)
})

test("the session of somebody whose account is disabled is over at once", async () => {
  const who = anyone()
  await staffIn(who)
  const sid = who.cookies.get("sid") ?? ""
  expect(await isIn({ sid })).toBe(true)
  const disable = (at: number | null) =>
    office.write((tx) =>
      tx.db
        .update(staffTable)
        .set({ disabledAt: at })
        .where(eq(staffTable.login, "ruh.lead"))
        .then(() => {}),
    )
  await disable(office.clock.real())
  expect(await isIn({ sid })).toBe(false)
  await disable(null)
})

test("a cookie for https is bound to this host, secure, and out of scripts' reach; over http it cannot be", async () => {
  const who = anyone()
  const plain = (await citizenIn(who)).headers.getSetCookie().join()
  expect(plain).toMatch(/^sid=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax,pre=; Max-Age=0; Path=\/$/)
  const { env } = server.house
  const [before, origin] = [env.origin, "https://front.example.gov"]
  env.origin = origin
  try {
    const answer = await fetch(`${before}/sign-in`, {
      method: "POST",
      redirect: "manual",
      headers: { Host: "front.example.gov", Origin: origin, "Sec-Fetch-Site": "same-origin" },
      body: new URLSearchParams({ number: known, password }),
    })
    expect(answer.status).toBe(303)
    expect(answer.headers.getSetCookie().join()).toMatch(
      /^__Host-pre=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    expect(answer.headers.get("Strict-Transport-Security")).toBe("max-age=31536000; includeSubDomains")
    const headers = { Host: "front.example.gov" }
    const inEnglish = await fetch(`${before}/sign-in?lang=en`, { headers, redirect: "manual" })
    expect(inEnglish.headers.getSetCookie().join()).toMatch(/^__Host-lang=en; .*Secure/)
  } finally {
    env.origin = before
  }
})

test("going on after the sign-in never leads to another site", async () => {
  const base = "http://localhost:1234"
  for (const wish of [
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/.//evil.example",
    "/a/..//evil.example",
    "/%2e//evil.example",
    "/a/%2e%2e//evil.example",
    "/.\\evil.example",
    "/\n//evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "evil.example",
    "\\\\evil.example",
    "/..//..//evil.example",
    "",
    "/ /evil.example",
    "/@evil.example",
    "/bookings/7?from=a&to=//b",
    "/?next=//evil.example",
  ]) {
    const to = nextOf(wish) ?? "/"
    expect([wish, new URL(to, base).origin]).toEqual([wish, base])
  }
  expect(nextOf("/bookings/7?from=a")).toBe("/bookings/7?from=a")
  expect((await citizenIn(anyone(), "/.//evil.example")).location).toBe("/")
  expect((await citizenIn(anyone(), "/bookings?x=1")).location).toBe("/bookings?x=1")
})

const fromHere = () => ({ Origin: server.origin, "Sec-Fetch-Site": "same-origin" })

/** Whether the session behind this cookie is good, asked by the one request that leaves its idle limit alone. */
async function isIn({ sid }: { sid: string }): Promise<boolean> {
  const { status } = await visitor(() => server.origin).ask("/live/ticket", {
    method: "POST",
    headers: { ...fromHere(), Cookie: `sid=${sid}` },
  })
  // Without the form's token a good session is refused as forged; a bad one is nobody's.
  expect([401, 403]).toContain(status)
  return status === 403
}

/** A socket under a session, after its hello has been heard. */
async function listen(sid: string) {
  const [row] = await office.store.db
    .select()
    .from(sessions)
    .where(eq(sessions.id, hashOf(sid)))
  const formToken = server.keys.capability("form", row?.id ?? "")
  const issued = await fetch(`${server.origin}/live/ticket`, {
    method: "POST",
    headers: { ...fromHere(), Cookie: `sid=${sid}`, "X-Form-Token": formToken },
  })
  const { ticket } = (await issued.json()) as { ticket: string }
  const socket = new WebSocket(`${server.origin.replace("http", "ws")}/live`, {
    headers: { Origin: server.origin, Cookie: `sid=${sid}` },
  } as never)
  const closed = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)))
  await new Promise<void>((resolve) => socket.addEventListener("open", () => resolve()))
  const heard = new Promise<void>((resolve) => socket.addEventListener("message", () => resolve()))
  socket.send(JSON.stringify({ ticket }))
  // Any answer to a subscription says that the hello was believed.
  socket.send(JSON.stringify({ sub: ["nothing:here"] }))
  await heard
  return { socket, closed }
}

const hashOf = (secret: string) => new Bun.CryptoHasher("sha256").update(secret).digest("base64url")

test("where no code can be sent nobody is led to ask for one", async () => {
  const { env } = server.house
  const { production } = env
  env.production = true
  try {
    const who = visitor(() => server.origin)
    const door = await who.get("/sign-in?lang=en")
    expect([door.text.includes("/sign-in/visitor"), door.text.includes("any agent to book")]).toEqual([false, true])
    const page = await who.get("/sign-in/visitor")
    expect([page.text.includes("No codes are sent"), page.text.includes('name="number"')]).toEqual([true, false])
    const asked = await who.post("/sign-in/visitor", { number: "1000000008", day: "1", month: "1", year: "1990" })
    expect([asked.text.includes("No codes are sent"), asked.location]).toEqual([true, null])
  } finally {
    env.production = production
  }
})
