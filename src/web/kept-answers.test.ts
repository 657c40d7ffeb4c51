import { afterAll, beforeEach, expect, spyOn, test } from "bun:test"
import { known } from "../../db/known.ts"
import { day, minute } from "../base/day.ts"
import { wallToInstant } from "../base/time.ts"
import { closeDay } from "../domain/bookings/day-changes.ts"
import { book } from "../domain/bookings/writes.ts"
import { raw } from "../testing/raw.ts"
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
  // No nonce and no number is given twice, also to those who get what is kept.
  const many = [first, next, ...(await Promise.all(Array.from({ length: 20 }, () => get(page))))]
  expect(new Set(many.map(nonceOf)).size).toBe(many.length)
  expect(new Set(many.map(({ headers }) => headers.get("X-Request-Id"))).size).toBe(many.length)
  for (const answer of many) expect(answer.text).toContain(`nonce="${nonceOf(answer)}"`)
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
  // By key the key is looked at each time, and nothing else.
  const looks = async (path: string) => {
    const asked = spyOn(office.store.connection.setupMark, "read")
    expect((await citizen.get(path)).status).toBe(200)
    const times = asked.mock.calls.length
    asked.mockRestore()
    return times
  }
  expect([await looks(`${json}&people=2`), await looks(`${json}&people=2`)]).toEqual([expect.any(Number), 1])
  // Nobody's cookies are looked at where programs ask.
  expect(await isMade(() => get(json, { Cookie: "sid=made-up; dev=made-up" }))).toBe(false)
})

test("what is asked otherwise than by GET, or under a host that is none, is what it always was", async () => {
  const [port, whole] = [Number(new URL(server.origin).port), await get(page)]
  const ask = (line: string, host: string) =>
    raw(port, `${line} HTTP/1.1\nHost: ${host}\nAccept-Language: en\nConnection: close\n\n`)
  const here = `localhost:${port}`
  const head = await ask(`HEAD ${page}`, here)
  expect([head.status, head.headers["content-length"], head.body]).toEqual([
    200,
    String(Buffer.byteLength(whole.text)),
    "",
  ])
  for (const method of ["POST", "PUT", "DELETE"]) expect((await ask(`${method} ${page}`, here)).status).toBe(403)
  expect((await ask(`OPTIONS ${page}`, here)).status).toBe(405)
  const [, first, ...rest] = page.split("/")
  expect((await ask(`GET /${rest.join("/")}`, `${here}/${first}`)).status).toBe(400)
  expect((await ask(`GET ${page}`, "elsewhere.example")).status).toBe(307)
})

test("two requests of different headers are never taken for one", async () => {
  const made = await get(page, { Cookie: "lang=ar en-US,", "Accept-Language": "en;q=0.5" })
  const asked = await get(page, { Cookie: "lang=ar", "Accept-Language": "en-US, en;q=0.5" })
  expect([made.text.includes('<html lang="en"'), asked.text.includes('<html lang="ar"')]).toEqual([true, true])
  const berlin = await get(page, { Cookie: "zone=Europe/Berlin" })
  expect([berlin.text === (await get(page)).text, berlin.text.includes("your time")]).toEqual([false, true])
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
  for (const path of [page, json]) {
    await get(path)
    expect(await isMade(() => get(path))).toBe(false)
  }
  const firstDay = async () => (JSON.parse((await get(json)).text) as { days: { day: string }[] }).days[0]?.day
  expect(await firstDay()).toBe("2026-11-22")
  office.clock.advance(1)
  expect(await isMade(() => get(page))).toBe(true)
  expect(await firstDay()).toBe("2026-11-23")
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

test("the clock of a demonstration is said to the minute", async () => {
  const demo = await testServer({ office, demo: true })
  const ribbon = async () =>
    /class="ribbon"[^>]*><span>([^<]*)/.exec(await (await fetch(demo.origin + page)).text())?.[1]
  const first = await ribbon()
  const rest = minute - (office.clock.office() % minute)
  office.clock.advance(rest - 1)
  expect(await ribbon()).toBe(first)
  office.clock.advance(1)
  expect([typeof first, (await ribbon()) === first]).toEqual(["string", false])
})

const request = new Request("http://localhost/")
/** What is kept by itself, with something to be made of that is true. */
async function alone(later: (() => void)[] = []) {
  const kept = openKeptAnswers(server.house, openBudget(1_000_000), (run) => later.push(run))
  const now = office.clock.office()
  const of = await known(office.store, { kind: "standing", stream: office.code, key: "test", now }, async () => ({
    validUntil: null,
  }))
  const answer: KeptAnswer = { of, until: now + minute, type: "text/plain", body: "the same", size: 8 }
  return { kept, answer }
}

test("so many are given in one moment, and then others are heard", async () => {
  const later: (() => void)[] = []
  const { kept, answer } = await alone(later)
  kept.keep("a", answer)
  let given = 0
  while (kept.forStranger("a", request, undefined) !== null) given++
  expect([given >= 8, given <= 200, later.length]).toEqual([true, true, 1])
  later[0]?.()
  expect(await kept.forStranger("a", request, undefined)?.text()).toBe("the same")
})

test("no more are kept than a thousand or sixteen megabytes; what is asked for stays, and what is untrue goes", async () => {
  const { kept, answer } = await alone()
  kept.keep("asked", answer)
  for (let other = 0; other < 3_000; other++) {
    kept.keep(`other ${other}`, answer)
    expect(kept.forProgram("asked")).not.toBeNull()
  }
  expect(kept.numbers()).toEqual({ answers: 1_000, bytes: 8_000 })
  expect([kept.forProgram("other 0"), await kept.forProgram("other 2999")?.text()]).toEqual([null, "the same"])
  const large = 1024 * 1024
  for (let other = 0; other < 40; other++) kept.keep(`large ${other}`, { ...answer, size: large })
  expect(kept.numbers()).toEqual({ answers: 16, bytes: 16 * large })
  kept.keep("large 39", answer)
  expect(kept.numbers()).toEqual({ answers: 16, bytes: 15 * large + 8 })
  // Neither kept nor given once it is not true.
  await office.write((tx) => tx.say(office.code, "booking.missed", { booking: "b", subject: office.citizen(1).id }))
  kept.keep("late", answer)
  expect([kept.forProgram("late"), kept.forProgram("large 39"), kept.numbers().answers]).toEqual([null, null, 15])
})

test("what has a cookie that may be somebody's is kept for nobody, nor what is too long to be asked twice", async () => {
  const { kept } = await alone()
  const keyFor = (Cookie: string, path = "/") => {
    const headers: Record<string, string> = Cookie === "" ? {} : { Cookie }
    const asked = new Request(`http://localhost${path}`, { headers })
    return kept.keyOf({ request: asked, isForProgram: false, lang: "en", zone: null })
  }
  for (const nobodys of ["", "lang=ar", "lang=en; zone=Asia/Riyadh", "__Host-lang=en"])
    expect(keyFor(nobodys)).not.toBeNull()
  for (const own of ["sid=a", "lang=ar; sid=a", "dev=a; lang=ar", "sidlang=ar", "x; lang=ar"])
    expect(keyFor(own)).toBeNull()
  expect([keyFor("", `/?${"a".repeat(300)}`) === null, keyFor("", `/?${"a".repeat(600)}`)]).toEqual([false, null])
  // One that a careless pattern would take the age of the world for.
  expect(keyFor(`${"lang=".repeat(2_000)};;`)).toBeNull()
})
