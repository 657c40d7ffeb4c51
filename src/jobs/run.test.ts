import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { idempotency, sessions, throttles } from "../../db/schema/access.ts"
import { holds } from "../../db/schema/availability.ts"
import { bookings } from "../../db/schema/bookings.ts"
import { counters, tickets } from "../../db/schema/queue.ts"
import type { Timers } from "../base/clock.ts"
import { hour, minute } from "../base/day.ts"
import { openLog } from "../base/log.ts"
import { startSession } from "../domain/access/sessions.ts"
import { hold } from "../domain/availability/holds.ts"
import { joinWaitlist } from "../domain/availability/waitlist.ts"
import { book, cancel } from "../domain/bookings/writes.ts"
import { officesWithWork } from "../domain/queue/agenda.ts"
import { checkIn, issueTicket } from "../domain/queue/arrivals.ts"
import { openCounter } from "../domain/queue/counters.ts"
import { openStorage } from "../outside/storage.ts"
import { type TestOffice, testOffice } from "../testing/office.ts"
import { ownFolder } from "../testing/process.ts"
import { ownLook } from "../web/look.ts"
import { startJobs, stepHouse, stepOffices } from "./run.ts"

const noPost = () => Promise.reject(new Error("nothing is to be sent here"))

/** The office with what the jobs need, and every line that they log. */
function jobsOver(office: TestOffice) {
  const lines: string[] = []
  const { clock, store, writer } = office
  return { lines, parts: { clock, store, writer, log: openLog((line) => lines.push(line), clock.real) } }
}

test("a hold that ran out is said aloud, once, and its place had been free all along", async () => {
  const office = await testOffice()
  const { parts, lines } = jobsOver(office)
  const held = await office.write((tx) =>
    hold(tx, office.citizen(1), { office: office.code, service: "PAS-01", slot: office.slot("12:00") }),
  )
  await stepOffices(parts)
  expect(await office.facts("hold.expired")).toEqual([])
  office.clock.advance(10 * minute)
  await stepOffices(parts)
  await stepOffices(parts)
  expect((await office.facts("hold.expired")).map(({ body }) => body.hold)).toEqual([held.id])
  const [row] = await office.store.db.select().from(holds).where(eq(holds.id, held.id))
  expect(row?.state).toBe("expired")
  expect(lines).toEqual([])
})

test("a place that comes free while somebody waits wakes the job at its time, and again when nobody has taken it", async () => {
  const office = await testOffice({
    releaseMinutes: [20, 20],
    furthestDays: 1,
    hours: [{ rrule: "FREQ=WEEKLY;BYDAY=MO", start: "09:00", minutes: 15 }],
    lines: [{ code: "PAS", public: 1, staffExtra: 0 }],
  })
  const { parts, lines } = jobsOver(office)
  const wanted = { office: office.code, service: "PAS-01", slot: office.slot("09:00", { on: "2026-11-23" }) }
  const made = await office.write((tx) => book(tx, office.citizen(1), wanted))
  for (const number of [2, 3]) {
    await office.write((tx) => joinWaitlist(tx, office.citizen(number), { office: office.code, service: "PAS-01" }))
  }
  await office.write((tx) => cancel(tx, office.citizen(1), made.id))
  const offers = async () => (await office.facts("waitlist.offered")).map(({ subject }) => subject)
  office.clock.set(office.at("10:20") - 1)
  await stepOffices(parts)
  expect(await offers()).toEqual([])
  office.clock.set(office.at("10:20"))
  await stepOffices(parts)
  expect(await offers()).toEqual(["citizen-0002"])
  await office.restart()
  office.clock.set(office.at("10:35"))
  const again = { ...parts, store: office.store, writer: office.writer }
  await stepOffices(again)
  await stepOffices(again)
  expect(await offers()).toEqual(["citizen-0002", "citizen-0003"])
  // Confirmed on the hold's own page, which knows of no list: the entry is settled all the same, and then nothing is left to be done.
  const [held] = (await office.store.db.select().from(holds)).filter(({ state }) => state === "live")
  await office.write((tx) => book(tx, office.citizen(3), { hold: held?.id ?? "" }))
  await stepOffices(again)
  expect(await office.facts("waitlist.taken")).toHaveLength(1)
  const head = (await office.facts()).length
  await stepOffices(again)
  expect(await office.facts()).toHaveLength(head)
  expect(await officesWithWork(office.store, office.clock.office())).toEqual([])
  expect(lines).toEqual([])
})

test("who came early wakes at the booked time, without anybody pressing anything", async () => {
  const office = await testOffice()
  const { parts } = jobsOver(office)
  const agent = office.agent(1)
  const made = await office.write((tx) =>
    book(tx, office.citizen(1), { office: office.code, service: "PAS-01", slot: office.slot("11:30") }),
  )
  office.clock.set(office.at("11:10"))
  const { ticket } = await office.write((tx) =>
    checkIn(tx, agent, { office: office.code, by: { code: made.code }, lang: "ar" }),
  )
  const stateOf = async () => (await office.store.db.select().from(tickets).where(eq(tickets.id, ticket.id)))[0]?.state
  office.clock.set(office.at("11:30") - 1)
  await stepOffices(parts)
  expect(await stateOf()).toBe("early")
  office.clock.set(office.at("11:30"))
  await stepOffices(parts)
  expect(await stateOf()).toBe("waiting")
})

test("at the session's end nobody is left in a dead queue, counters close, and who never came is missed", async () => {
  const office = await testOffice()
  const { parts, lines } = jobsOver(office)
  const agent = office.agent(1)
  await office.write((tx) => openCounter(tx, agent, office.counter(1)))
  const ticket = await office.write((tx) =>
    issueTicket(tx, agent, {
      office: office.code,
      service: "PAS-01",
      person: office.citizen(1).id,
      people: 1,
      lang: "ar",
    }),
  )
  const made = await office.write((tx) =>
    book(tx, office.citizen(2), { office: office.code, service: "PAS-01", slot: office.slot("12:00") }),
  )
  office.clock.set(office.at("14:29"))
  await stepOffices(parts)
  const look = async () => ({
    ticket: (await office.store.db.select().from(tickets).where(eq(tickets.id, ticket.id)))[0]?.live,
    counter: (
      await office.store.db
        .select()
        .from(counters)
        .where(eq(counters.id, office.counter(1)))
    )[0]?.state,
    booking: (await office.store.db.select().from(bookings).where(eq(bookings.id, made.id)))[0]?.state,
  })
  expect(await look()).toEqual({ ticket: true, counter: "open", booking: "confirmed" })
  office.clock.set(office.at("14:30") + hour)
  for (let round = 0; round < 3; round++) await stepOffices(parts)
  expect(await look()).toEqual({ ticket: false, counter: "closed", booking: "missed" })
  expect(await office.facts("booking.missed")).toHaveLength(1)
  const head = (await office.facts()).length
  await stepOffices(parts)
  expect(await office.facts()).toHaveLength(head)
  expect(lines).toEqual([])
})

test("what goes wrong in one office is logged with its name, holds no other one up, and is tried again", async () => {
  const office = await testOffice({ more: [{ code: "JED-SRF" }] })
  const { parts, lines } = jobsOver(office)
  for (const [person, code] of [
    [1, "RUH-RML"],
    [2, "JED-SRF"],
  ] as const) {
    const wanted = { office: code, service: "PAS-01", slot: office.slot("12:00", { office: code }) }
    await office.write((tx) => hold(tx, office.citizen(person), wanted))
  }
  office.clock.advance(10 * minute)
  let failing = true
  const writer: typeof office.writer = {
    ...office.writer,
    write: (turn, options) =>
      failing && options.scopes.includes("office:JED-SRF")
        ? Promise.reject(new Error("the disk sneezed"))
        : office.writer.write(turn, options),
  }
  await stepOffices({ ...parts, writer })
  expect(await office.facts("hold.expired")).toHaveLength(1)
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: "error", event: "job_failed", office: "JED-SRF", detail: "office_step" }),
  ])
  failing = false
  await stepOffices({ ...parts, writer })
  expect(await office.facts("hold.expired", "JED-SRF")).toHaveLength(1)
  expect(lines).toHaveLength(1)
})

test("a round that takes longer than its interval is not begun twice, and stopping waits for it", async () => {
  const office = await testOffice()
  const { parts, lines } = jobsOver(office)
  await office.write((tx) =>
    hold(tx, office.citizen(1), { office: office.code, service: "PAS-01", slot: office.slot("12:00") }),
  )
  office.clock.advance(10 * minute)
  const ticks: (() => void)[] = []
  const timers: Timers = {
    soon: () => {},
    after: () => () => {},
    every: (_, tick) => {
      ticks.push(tick)
      return () => void ticks.splice(ticks.indexOf(tick), 1)
    },
  }
  let begun = 0
  const gate = Promise.withResolvers<void>()
  const writer: typeof office.writer = {
    ...office.writer,
    async write(turn, options) {
      begun++
      await gate.promise
      return office.writer.write(turn, options)
    },
  }
  const nowhere = { mail: noPost, sms: noPost }
  const messages = {
    keys: office.keys,
    post: nowhere,
    look: ownLook,
    inboxAt: () => "",
    visitAt: (id: string) => `/visits/${id}`,
    demo: false,
    storage: openStorage(ownFolder()),
  }
  const jobs = startJobs({ ...parts, ...messages, writer }, timers)
  const [tick] = ticks
  tick?.()
  while (begun === 0) await Bun.sleep(1)
  tick?.()
  tick?.()
  let isStopped = false
  const stopped = jobs.stop().then(() => {
    isStopped = true
  })
  await Bun.sleep(1)
  expect([begun, isStopped, ticks.length]).toEqual([1, false, 0])
  gate.resolve()
  await stopped
  expect(begun).toBe(1)
  expect(await office.facts("hold.expired")).toHaveLength(1)
  expect(lines).toEqual([])
})

test("what is kept for a time only is forgotten when its time is over, and not before", async () => {
  const office = await testOffice()
  const { parts } = jobsOver(office)
  const now = office.clock.real()
  await office.write(async (tx) => {
    await tx.db.insert(throttles).values({ key: "staff:x", failures: 3, blockedUntil: 0, at: now })
    const answer = { caller: "c", key: "k", requestHash: "h", status: 201, answer: "{}" }
    await tx.db.insert(idempotency).values({ ...answer, at: tx.now })
    await startSession(tx, { kind: "citizen", subject: "x", role: "citizen", factors: "password", userAgent: "" }, now)
  })
  const left = async () => [
    (await office.store.db.select().from(throttles)).length,
    (await office.store.db.select().from(idempotency)).length,
    (await office.store.db.select().from(sessions)).length,
  ]
  office.clock.advance(24 * hour)
  await stepHouse(parts)
  expect(await left()).toEqual([1, 1, 1])
  office.clock.advance(1)
  await stepHouse(parts)
  expect(await left()).toEqual([0, 0, 1])
  office.clock.advance(91 * 24 * hour)
  await stepHouse(parts)
  expect(await left()).toEqual([0, 0, 0])
})
