import { afterAll, beforeEach, expect, test } from "bun:test"
import { and, eq, isNull } from "drizzle-orm"
import { sessions, throttles } from "../../../db/schema/access.ts"
import { oneTimeCodes, preSessions } from "../../../db/schema/passkeys.ts"
import { day, minute } from "../../base/day.ts"
import { may, rolesFor } from "../../domain/access/authorize.ts"
import { capabilitiesOf } from "../../domain/access/devices.ts"
import { type Citizen, type Device, mint } from "../../domain/access/subject.ts"
import { book } from "../../domain/bookings/writes.ts"
import { service } from "../../domain/catalogue/reads.ts"
import { enrol } from "../../domain/people/writes.ts"
import { checkIn } from "../../domain/queue/arrivals.ts"
import { hallCode } from "../../domain/queue/hall-code.ts"
import { leave } from "../../domain/queue/holder.ts"
import { relate } from "../../testing/family.ts"
import { refusal } from "../../testing/office.ts"
import { codeOnPhone, codesSent } from "../../testing/sent-code.ts"
import { testServer } from "../../testing/server.ts"
import { leadsTo, reading } from "../../testing/signed-in.ts"
import { visitor } from "../../testing/visitor.ts"
import { pages } from "../routes.ts"

const server = await testServer({ plan: { citizens: 3, counters: 1 } })
const { office } = server
const name = { ar: "نورة سالم", en: "Noura Salem" }
const number = "1000000008"

/** 12 Jumada al-Ula 1410 of the Umm al-Qura calendar. */
const born = { day: "11", month: "12", year: "1989" }
const bornHijri = { day: "١٢", month: "٥", year: "١٤١٠" }

const [noura, withoutMobile] = await office.write(async (tx) => [
  await enrol(tx, server.keys, {
    ...{ kind: "citizen", name, nationalId: number, mobile: "+966550000001", birthDay: day("1989-12-11") },
  }),
  await enrol(tx, server.keys, { kind: "citizen", name, nationalId: "1000000016", birthDay: day("1989-12-11") }),
])
const asCitizen = mint<Citizen>({ role: "citizen", id: noura ?? "", kind: "citizen", level: "full" })

afterAll(() => {
  expect(server.bugs).toEqual([])
})

beforeEach(async () => {
  await office.write((tx) => tx.db.delete(throttles).then(() => {}))
})

const anyone = () => visitor(() => server.origin)
const ask = (who: ReturnType<typeof anyone>, over: Partial<typeof born & { number: string; next: string }> = {}) =>
  who.post("/sign-in/visitor", { number, ...born, next: "", ...over })
const enter = (who: ReturnType<typeof anyone>, code: string) => who.post("/sign-in/visitor/code", { code })

async function comeIn(over: Parameters<typeof ask>[1] = {}) {
  const who = anyone()
  await ask(who, over)
  const code = await codeOnPhone(server, noura ?? "")
  const entered = await enter(who, code)
  return { who, code, entered }
}

async function unprovenSession() {
  const own = and(eq(sessions.subject, noura ?? ""), isNull(sessions.revokedAt))
  const open = await office.store.db.select().from(sessions).where(own)
  return open.toSorted((left, right) => right.until - left.until)[0]
}

test("a number, a date of birth of either calendar in any digits, and the code that came open a session of half an hour", async () => {
  for (const date of [born, bornHijri]) {
    const { entered, who } = await comeIn({ ...date, number: "١٠٠٠٠٠٠٠٠٨", next: "/bookings" })
    expect([entered.status, leadsTo(entered)]).toEqual([303, "/bookings"])
    const [session] = (
      await office.store.db
        .select()
        .from(sessions)
        .where(eq(sessions.subject, noura ?? ""))
    ).slice(-1)
    expect(session).toMatchObject({ level: "unproven", provenAt: null, passkey: null, factors: "number+birth+sms" })
    expect((session?.until ?? 0) - (session?.createdAt ?? 0)).toBe(30 * minute)
    expect((await who.get("/bookings")).status).toBe(200)
  }
})

test("an unknown number, another date of birth and a person without a mobile are answered and written like everybody", async () => {
  const rows = async () => ({
    codes: (await office.store.db.select().from(oneTimeCodes)).length,
    pre: (await office.store.db.select().from(preSessions)).length,
    throttles: (await office.store.db.select().from(throttles)).map(({ failures }) => failures).toSorted(),
  })
  const clear = () =>
    office.write(async (tx) => {
      for (const table of [oneTimeCodes, preSessions, throttles]) await tx.db.delete(table)
    })
  const seen: unknown[] = []
  const sentBefore = await codesSent(server, noura ?? "")
  for (const over of [{}, { number: "1000000107" }, { year: "1990" }, { number: "1000000016" }]) {
    await clear()
    const who = anyone()
    const asked = await ask(who, over)
    const { codes, pre, throttles } = await rows()
    const page = await who.get("/sign-in/visitor/code")
    const wrong = await enter(who, "000000")
    seen.push({
      ...{ status: asked.status, to: leadsTo(asked), cookie: who.cookies.has("pre"), codes, pre, throttles },
      ...{ page: reading(page), wrong: [wrong.status, reading(wrong)] },
    })
  }
  for (const one of seen) expect(one).toEqual(seen[0])
  expect(await codesSent(server, noura ?? "")).toBe(sentBefore + 1)
  expect(await codesSent(server, withoutMobile ?? "")).toBe(0)
})

test("what is no number and no date is said beside its field, and nobody is looked for", async () => {
  const who = anyone()
  const wrong = await ask(who, { number: "123", month: "13" })
  expect(wrong.status).toBe(400)
  expect(wrong.text).toContain('id="number-error"')
  expect(wrong.text).toContain('id="birth-error"')
  expect(await office.store.db.select().from(throttles)).toEqual([])
})

test("a number whose check digit does not fit gets its code like any other, and the words say that a digit may be wrong", async () => {
  const odd = "1000000009"
  const known = await office.write((tx) =>
    enrol(tx, server.keys, {
      ...{ kind: "citizen", name, nationalId: odd, mobile: "+966550000009", birthDay: day("1989-12-11") },
    }),
  )
  const words = "One digit of the identity number may be wrong"
  for (const [typed, isSaid] of [
    [odd, true],
    ["1000000019", true],
    [number, false],
  ] as const) {
    const who = anyone()
    const code = await ask(who, { number: typed })
    expect(reading(await who.get(code.location ?? "")).includes(words)).toBe(isSaid)
    expect(reading(await who.post(code.location ?? "", { code: "000000" })).includes(words)).toBe(isSaid)
  }
  expect(await codesSent(server, known)).toBe(1)
})

test("a code is good once, five tries long, for the browser that asked and until the next is sent", async () => {
  const { who, code } = await comeIn()
  await who.get("/bookings")
  expect(leadsTo(await enter(who, code))).toBe("/sign-in/visitor")
  const other = anyone()
  expect(leadsTo(await enter(other, code))).toBe("/sign-in/visitor")

  const guesser = anyone()
  await ask(guesser)
  const right = await codeOnPhone(server, noura ?? "")
  const wrong = right === "123456" ? "654321" : "123456"
  for (let tries = 0; tries < 5; tries++) expect((await enter(guesser, wrong)).status).toBe(401)
  expect((await enter(guesser, right)).status).toBe(401)

  const [first, second] = [anyone(), anyone()]
  await ask(first)
  const old = await codeOnPhone(server, noura ?? "")
  await ask(second)
  const fresh = await codeOnPhone(server, noura ?? "")
  if (old !== fresh) expect((await enter(first, old)).status).toBe(401)
  expect((await enter(second, fresh)).status).toBe(303)
})

test("one code opens one session, however many browsers' tabs send it at once", async () => {
  const who = anyone()
  await ask(who)
  const code = await codeOnPhone(server, noura ?? "")
  const answers = await Promise.all([1, 2, 3, 4].map(() => enter(who, code)))
  expect(answers.filter(({ location }) => location === "/")).toHaveLength(1)
})

test("a number is sent four codes an hour, known or not, and an address twenty forms in ten minutes", async () => {
  for (const asked of [number, "1000000107"]) {
    for (let times = 0; times < 4; times++) expect((await ask(anyone(), { number: asked })).status).toBe(303)
    const late = await ask(anyone(), { number: asked })
    expect([late.status, Number(late.headers.get("Retry-After")) > 0]).toEqual([429, true])
  }
  await office.write((tx) => tx.db.delete(throttles).then(() => {}))
  for (let times = 0; times < 20; times++) {
    expect((await ask(anyone(), { number: `10000002${10 + times}` })).status).toBe(303)
  }
  expect((await ask(anyone(), { number: "1000000300" })).status).toBe(429)
})

test("whoever knows somebody's number and not the date of birth takes none of their codes", async () => {
  for (let times = 0; times < 6; times++) await ask(anyone(), { day: "12" })
  const { entered } = await comeIn()
  expect(entered.status).toBe(303)
})

test("the session books, moves and cancels for the person alone, and opens nothing else", async () => {
  const child = await office.write(async (tx) => {
    const id = await enrol(tx, server.keys, { kind: "citizen", name, nationalId: "1000000206", birthYear: 2018 })
    await relate(tx, noura ?? "", id, "child")
    return id
  })
  const own = await office.write((tx) =>
    book(tx, asCitizen, { office: office.code, service: "PAS-10", slot: office.slot("13:00") }),
  )
  const { who } = await comeIn()
  await who.get("/bookings")
  const slot = office.slot("12:00")
  const forChild = await who.post("/holds", { office: office.code, service: "PAS-01", slot, for: child })
  expect(forChild.status).toBe(403)
  const held = await who.post("/holds", { office: office.code, service: "PAS-01", slot })
  const made = await who.post("/bookings", { hold: leadsTo(held).split("/")[2] ?? "" })
  const booking = leadsTo(made)
  expect(booking).toStartWith("/bookings/")
  expect((await who.post(`${booking}/move`, { slot: office.slot("12:30") })).status).toBe(303)

  const list = reading(await who.get("/bookings"))
  expect(list).toContain(own.code.slice(0, 3))
  expect(list).toContain("Booked from your account")
  expect(list).not.toContain("PAS-10")
  expect((await who.get(`/bookings/${own.id}`)).status).toBe(404)
  expect((await who.post(`/bookings/${own.id}/cancellation`, { reason: "" })).status).toBe(404)
  expect((await who.post(`${booking}/cancellation`, { reason: "" })).status).toBe(303)
  const family = reading(await who.get(`/offices/${office.code}/slots?service=PAS-01`))
  expect(family).not.toContain("Noura Salem")

  const unproven = mint<Citizen>({ ...asCitizen, level: "unproven" })
  const closed = pages.filter(
    ({ method, gate }) =>
      method === "GET" && gate !== "anyone" && rolesFor(gate).includes("citizen") && !may(unproven, gate),
  )
  expect(closed.map(({ path }) => path)).toContain("/inbox")
  for (const { path } of closed) {
    const answer = await who.get(path.replace(/:\w+/g, own.id))
    expect([path, answer.status, reading(answer).includes("This needs your account")]).toEqual([path, 403, true])
  }
  const open = pages.filter(({ gate }) => gate !== "anyone" && may(unproven, gate)).map(({ path }) => path)
  for (const path of open) expect(path).toMatch(/^\/(holds|bookings|tickets|hall|live)\b/)
})

test("whoever is here without the account comes to its door without going out first", async () => {
  const { who } = await comeIn()
  expect((await who.get("/inbox")).text).toContain('href="/sign-in?next=%2Finbox"')
  const door = await who.get("/sign-in?next=/inbox")
  expect([door.status, door.text.includes('value="/inbox"')]).toEqual([200, true])
  // Another code would open no more than they have.
  expect((await who.get("/sign-in/visitor")).status).toBe(303)
})

test("the end is told before it comes, as one that cannot be put off", async () => {
  const { who } = await comeIn()
  const page = await who.get("/bookings")
  expect(page.text).toMatch(/data-expiry="true" data-left="1[78]\d{5}" aria-labelledby/)
  expect(reading(page)).toContain("Your session is about to end")
})

test("it ends after half an hour, whatever is done, and leaves the account's own sessions alone", async () => {
  const { who } = await comeIn()
  const until = (await unprovenSession())?.until ?? 0
  office.clock.set(until - minute)
  expect((await who.get("/bookings")).status).toBe(200)
  office.clock.set(until)
  expect((await who.get("/bookings")).status).toBe(303)
})

/** Booked an hour and more before, and now it is ten minutes to it. */
async function bookedSoon(by: Citizen, time: string) {
  office.clock.set(office.at(time) - 70 * minute)
  const wanted = { office: office.code, service: "PAS-01", slot: office.slot(time) }
  const made = await office.write((tx) => book(tx, by, wanted))
  office.clock.set(office.at(time) - 10 * minute)
  return made
}

test("of a turn that the account booked the session sees number, place and time; of its own it sees and says everything", async () => {
  const kiosk = mint<Device>({ role: "kiosk", id: "kiosk", office: office.code, capabilities: capabilitiesOf.kiosk })
  const arrive = async (by: Citizen, time: string) => {
    const { id, code } = await bookedSoon(by, time)
    const { ticket } = await office.write((tx) => checkIn(tx, kiosk, { office: office.code, by: { code }, lang: "en" }))
    return { id, ticket }
  }
  const { ticket } = await arrive(asCitizen, "12:00")
  const { who } = await comeIn()
  const seen = await who.get(`/tickets/${ticket.id}`)
  expect([seen.status, seen.location, seen.text.includes("/t/")]).toEqual([200, null, false])
  expect(reading(seen)).toContain(String(ticket.number))
  expect(reading(seen)).toContain("Booked from your account")
  const { name } = await service(office.store, "PAS-01")
  expect(seen.text).not.toContain(name.en)
  const unproven = mint<Citizen>({ ...asCitizen, level: "unproven" })
  expect((await refusal(office.write((tx) => leave(tx, unproven, ticket.id)))).code).toBe("not_found")

  await office.write((tx) => leave(tx, asCitizen, ticket.id))
  const own = await arrive(unproven, "13:15")
  const { who: again } = await comeIn()
  expect(leadsTo(await again.get(`/tickets/${own.ticket.id}`))).toStartWith(`/t/${own.ticket.id}/`)
  expect(await office.write((tx) => leave(tx, unproven, own.ticket.id))).toMatchObject({ state: "left" })
})

test("whoever comes in at the hall without the account, with what it booked, is given the number and no more", async () => {
  const { code } = await bookedSoon(asCitizen, "14:15")
  const { who } = await comeIn()
  const scanned = await who.get(`/hall/${office.code}/${hallCode(server.keys, office.code, office.clock.office())}`)
  const proof = new URL(scanned.location ?? "", server.origin).searchParams.get("proof") ?? ""
  await who.get(scanned.location ?? "")
  const arrived = leadsTo(await who.post(`/hall/${office.code}`, { proof, code }))
  expect(arrived).toMatch(/^\/tickets\/[^/]+$/)
  expect((await who.get(arrived)).status).toBe(200)
  expect(leadsTo(await who.post(`/hall/${office.code}`, { proof, code }))).toBe(arrived)
})
