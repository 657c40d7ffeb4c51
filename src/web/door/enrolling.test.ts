import { afterAll, beforeEach, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { throttles } from "../../../db/schema/access.ts"
import { people } from "../../../db/schema/people.ts"
import { hasCheckDigit } from "../../base/text.ts"
import { makeEnrolment } from "../../domain/access/enrolment.ts"
import { passkeysOf } from "../../domain/access/passkeys.ts"
import { sessionOf, startSession } from "../../domain/access/sessions.ts"
import { softAuthenticator } from "../../testing/authenticator.ts"
import { testServer } from "../../testing/server.ts"
import { leadsTo } from "../../testing/signed-in.ts"
import { visitor } from "../../testing/visitor.ts"

/* From a one-time code to an account, where more than one browser holds the code or somebody is signed in already. */

const server = await testServer({ plan: { citizens: 1, counters: 1 } })
const { office, keys } = server
let last = 100_000_000

afterAll(() => {
  expect(server.bugs).toEqual([])
})

beforeEach(async () => {
  await office.write((tx) => tx.db.delete(throttles).then(() => {}))
})

const anyone = () => visitor(() => server.origin)
type Anyone = ReturnType<typeof anyone>

/** Somebody with a code from the counter. */
async function invited() {
  const number = `1${++last}`
  const { id } = await office.person({ nationalId: number })
  const owner = { kind: "citizen" as const, id }
  const now = office.clock.real()
  const make = () => office.write((tx) => makeEnrolment(tx, keys, owner, { channel: "counter", by: "test" }, now))
  const { code } = await make()
  const hash = async () =>
    (await office.store.db.select({ hash: people.passwordHash }).from(people).where(eq(people.id, id)))[0]?.hash
  return { number, owner, code, make, hash }
}

const choose = (who: Anyone, password: string) => who.post("/enrol/password", { password })

async function withPasskey(who: Anyone) {
  const device = softAuthenticator(server.origin)
  const asked = await who.post("/passkeys/options", { purpose: "enrol" })
  return who.post("/enrol/passkey", { response: device.create(JSON.parse(asked.text)), name: "phone" })
}

test("once a code has brought its passkey, nobody who typed it in elsewhere chooses the password any more", async () => {
  const { number, code, hash } = await invited()
  const [owner, other] = [anyone(), anyone()]
  for (const one of [owner, other]) expect(leadsTo(await one.post("/enrol", { number, code }))).toBe("/enrol/password")
  await choose(owner, "seven quiet mountains")
  expect((await withPasskey(owner)).status).toBe(200)
  const chosen = await hash()
  expect((await choose(other, "three loud valleys here")).status).not.toBe(303)
  expect(await hash()).toBe(chosen)
})

test("a code that does not fit is answered with a hint where the number's check digit does not fit either, known or not", async () => {
  const { number } = await invited()
  const other = (last: number) => `${number.slice(0, 9)}${last}`
  const all = [...Array(10).keys()].map(other)
  const hints = []
  for (const one of all) {
    await office.write((tx) => tx.db.delete(throttles).then(() => {}))
    const answer = await anyone().post("/enrol", { number: one, code: "ABCD EFGH" })
    hints.push([answer.status, answer.text.includes("One digit of the identity number may be wrong")])
  }
  expect(hints).toEqual(all.map((one) => [401, !hasCheckDigit(one)]))
})

test("what was typed stands in the field again, and staff, who type the code alone, read of no number", async () => {
  const { number } = await invited()
  const [citizen, staff] = [anyone(), anyone()]
  const code = 'ABCD-EFGH-JKMN-"PQR'
  const answers = [await citizen.post("/enrol", { number, code }), await staff.post("/staff/enrol", { code })]
  for (const { status, text, headers } of answers) {
    expect([status, text.includes('value="ABCD-EFGH-JKMN-&quot;PQR"')]).toEqual([401, true])
    expect(headers.get("Cache-Control")).toBe("no-store")
  }
  expect(answers.map(({ text }) => text.includes("The number or the code is not right"))).toEqual([true, false])
  expect(answers[1]?.text).toContain("The code is not right, or it is too old.")
})

test("nor does whoever holds an earlier code that another one has taken the place of", async () => {
  const { number, code, make, hash } = await invited()
  const early = anyone()
  await early.post("/enrol", { number, code })
  await make()
  expect((await choose(early, "three loud valleys here")).status).not.toBe(303)
  expect(await hash()).toBeNull()
})

test("a code makes an account also in a browser where somebody is signed in, who is signed out by it", async () => {
  const { number, code, owner } = await invited()
  const now = office.clock.real()
  const given = { kind: "citizen" as const, subject: owner.id, role: "citizen", userAgent: "" }
  const { token } = await office.write((tx) =>
    startSession(tx, { ...given, factors: "number+birth+sms", level: "unproven" }, now),
  )
  const who = anyone()
  who.cookies.set("sid", token)
  await who.get("/enrol")
  expect(leadsTo(await who.post("/enrol", { number, code }))).toBe("/enrol/password")
  expect(await sessionOf(office.store, token, now)).toBeNull()
  await choose(who, "seven quiet mountains")
  expect((await withPasskey(who)).status).toBe(200)
  expect(await passkeysOf(office.store, owner)).toHaveLength(1)
})

test("the own number is no password, also with a little behind it", async () => {
  const { number, code, hash } = await invited()
  const who = anyone()
  await who.post("/enrol", { number, code })
  for (const password of [`${number}ab`, `ab-${number}!`]) {
    const answer = await choose(who, password)
    expect([password, answer.status, answer.text.includes("Do not use your number")]).toEqual([password, 422, true])
  }
  expect(await hash()).toBeNull()
})

test("beside a right code numbers are tried ten times and no more", async () => {
  const { number, code } = await invited()
  for (let tried = 0; tried < 10; tried++) {
    expect((await anyone().post("/enrol", { number: `10${String(tried).padStart(8, "0")}`, code })).status).toBe(401)
  }
  expect((await anyone().post("/enrol", { number, code })).status).toBe(429)
})
