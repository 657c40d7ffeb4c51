import { afterAll, beforeEach, expect, spyOn, test } from "bun:test"
import { known } from "../../db/known.ts"
import { day, minute } from "../base/day.ts"
import { wallToInstant } from "../base/time.ts"
import { closeDay } from "../domain/bookings/day-changes.ts"
import { book } from "../domain/bookings/writes.ts"
import { testServer } from "../testing/server.ts"
import { signedIn } from "../testing/signed-in.ts"
import { visitor } from "../testing/visitor.ts"
import { type KeptAnswer, openKeptAnswers } from "./kept-answers.ts"
import { openBudget } from "./limit.ts"

const server = await testServer({ plan: { citizens: 20, counters: 2 } })
const { office } = server
const page = `/offices/${office.code}/slots?service=PAS-10`
const json = `/api/v1${page}&days=3`

afterAll(() => {
  expect(server.bugs).toEqual([])
})

/** Whether the store was asked how it stands, as it is for every answer that is made. */
async function isMade(ask: () => Promise<unknown>): Promise<boolean> {
  const asked = spyOn(office.store.connection.setupMark, "read")
  await ask()
  const times = asked.mock.calls.length
  asked.mockRestore()
  return times > 0
}

async function get(path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(server.origin + path, { headers: { "Accept-Language": "en", ...headers } })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

const said = ({ headers }: { headers: Headers }) =>
  Object.fromEntries(
    [...headers].filter(([name]) => !["date", "x-request-id", "content-security-policy"].includes(name)),
  )
const nonceOf = ({ headers }: { headers: Headers }) =>
  /'nonce-([^']+)'/.exec(headers.get("Content-Security-Policy") ?? "")?.[1] ?? ""

beforeEach(async () => {
  // Whatever was kept is of another time.
  office.clock.advance(minute)
  await office.write((tx) => tx.say(office.code, "booking.missed", { booking: "b", subject: office.citizen(1).id }))
})

test("what a stranger has asked is given to the next one without asking anything, the same but for what is each answer's own", async () => {
  const first = await get(page)
  let next = first
  expect(await isMade(async () => (next = await get(page)))).toBe(false)
  expect([first.status, next.status, said(next)]).toEqual([200, 200, said(first)])
  const [one, other] = [nonceOf(first), nonceOf(next)]
  expect([one.length, other.length, one === other]).toEqual([22, 22, false])
  expect(first.headers.get("X-Request-Id")).not.toBe(next.headers.get("X-Request-Id"))
  expect(next.text).toContain(`nonce="${other}"`)
  expect(next.text.replaceAll(other, one)).toBe(first.text)
})

test("its clock is that of the moment in which it is given", async () => {
  const clockOf = ({ text }: { text: string }) => Number(/data-now="(\d+)"/.exec(text)?.[1])
  const first = await get(page)
  office.clock.advance(7_000)
  let next = first
  expect(await isMade(async () => (next = await get(page)))).toBe(false)
  expect(clockOf(next) - clockOf(first)).toBe(7_000)
})

test("programs get the same text, with a key and without, and one that is wrong is refused all the same", async () => {
  const citizen = server.citizen(1)
  const first = await get(json)
  let next = first
  expect(await isMade(async () => (next = await get(json)))).toBe(false)
  expect([next.text, said(next)]).toEqual([first.text, said(first)])
  const byKey = await citizen.get(json, { headers: { "Accept-Language": "en" } })
  expect([byKey.status, byKey.body, said(byKey)]).toEqual([200, JSON.parse(first.text), said(first)])
  expect((await get(json, { Authorization: "Bearer made-up" })).status).toBe(401)
})

test("a place that is taken is gone from the very next answer", async () => {
  const slot = office.slot("12:00")
  const freeIn = async () => {
    const { text } = await get(json)
    const days = (JSON.parse(text) as { days: { slots: { id: string; free: number }[] }[] }).days
    return days.flatMap(({ slots }) => slots).find(({ id }) => id === slot)?.free
  }
  const [before, shown] = [await freeIn(), (await get(page)).text]
  expect(await isMade(freeIn)).toBe(false)
  await office.write((tx) => book(tx, office.citizen(2), { office: office.code, service: "PAS-10", slot }))
  expect(await freeIn()).toBe((before ?? 0) - 1)
  for (const nth of [3, 4]) {
    await office.write((tx) => book(tx, office.citizen(nth), { office: office.code, service: "PAS-10", slot }))
  }
  expect(await freeIn()).toBe((before ?? 0) - 3)
  expect((await get(page)).text).not.toBe(shown)
})

test("what is only true today is not shown tomorrow, and a day that was closed is closed at once", async () => {
  const midnight = wallToInstant(day("2026-11-23"), "00:00", "Asia/Riyadh")
  office.clock.advance(midnight - 1 - office.clock.office())
  await get(page)
  expect(await isMade(() => get(page))).toBe(false)
  office.clock.advance(1)
  expect(await isMade(() => get(page))).toBe(true)
  const before = (await get(json)).text
  await office.write((tx) =>
    closeDay(tx, office.supervisor(), { office: office.code, day: day("2026-11-24"), reason: "Maintenance" }),
  )
  expect((await get(json)).text).not.toBe(before)
})

test("nobody gets what was made for somebody else, and a wish is carried out each time", async () => {
  await get(page)
  const arabic = await get(page, { "Accept-Language": "ar" })
  expect(arabic.text).toContain('<html lang="ar"')
  expect((await get(page)).text).toContain('<html lang="en"')
  const cookie = await get(page, { Cookie: "lang=ar" })
  expect(cookie.text).toContain('<html lang="ar"')
  const own = await signedIn(server, office.citizen(5))
  expect(await isMade(() => own.get(page))).toBe(true)
  expect((await own.get(page)).text).toContain('name="csrf"')
  expect((await get(page)).text).not.toContain('name="csrf"')
  for (let time = 0; time < 2; time++) {
    expect((await get(`${page}&lang=ar`)).headers.getSetCookie().join()).toContain("lang=ar")
  }
  const other = visitor(() => server.origin)
  other.cookies.set("sid", "made-up")
  expect(await isMade(() => other.get(page))).toBe(true)
  const head = await fetch(server.origin + page, { method: "HEAD", headers: { "Accept-Language": "en" } })
  expect([head.status, await head.text()]).toEqual([200, ""])
})

test("staff may ask for larger parties, and what they are told is kept for nobody", async () => {
  const large = `${json}&people=9`
  expect((await server.supervisor().get(large)).status).toBe(200)
  expect((await server.citizen(1).get(large)).status).toBe(422)
  expect((await get(large)).status).toBe(422)
})

test("whoever has spent what an address may is refused, however cheap the answer would be", async () => {
  const small = await testServer({ office, env: { ANONYMOUS_PER_MINUTE: "10" } })
  const statuses = []
  for (let time = 0; time < 12; time++) statuses.push((await fetch(small.origin + page)).status)
  expect(statuses).toEqual([...Array<number>(10).fill(200), 429, 429])
})

test("so many are given before others are heard, and no more are kept than a few hundred", async () => {
  const later: (() => void)[] = []
  const kept = openKeptAnswers(server.house, openBudget(1_000_000), (run) => later.push(run))
  const now = office.clock.office()
  const of = await known(office.store, { kind: "standing", stream: office.code, key: "test", now }, async () => ({
    validUntil: null,
  }))
  const answer: KeptAnswer = { of, until: now + minute, type: "text/plain", body: "the same" }
  const request = new Request("http://localhost/")
  kept.keep("a", answer)
  let given = 0
  while (kept.forStranger("a", request, undefined) !== null) given++
  expect([given >= 8, given <= 200, later.length]).toEqual([true, true, 1])
  later[0]?.()
  expect(await kept.forStranger("a", request, undefined)?.text()).toBe("the same")
  for (let other = 0; other < 1_000; other++) kept.keep(`other ${other}`, answer)
  expect([kept.forProgram("a"), await kept.forProgram("other 999")?.text()]).toEqual([null, "the same"])
})

test("a cookie of any form is looked at in no time", () => {
  const kept = openKeptAnswers(server.house, openBudget(1), () => {})
  const keyFor = (Cookie: string) => kept.keyOf(new Request("http://localhost/", { headers: { Cookie } }), false)
  expect(keyFor("lang=ar")).not.toBeNull()
  expect(keyFor("lang=en; zone=Asia/Riyadh")).not.toBeNull()
  expect(keyFor("__Host-lang=en")).not.toBeNull()
  for (const own of ["sid=a", "lang=ar; sid=a", "dev=a; lang=ar", "sidlang=ar", "x; lang=ar"])
    expect(keyFor(own)).toBeNull()
  // One that a careless pattern would take the age of the world for.
  expect(keyFor(`${"lang=".repeat(2_000)};;`)).toBeNull()
})
