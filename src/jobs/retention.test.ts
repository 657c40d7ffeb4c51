import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { sessions } from "../../db/schema/access.ts"
import { holds } from "../../db/schema/availability.ts"
import { bookingPeople } from "../../db/schema/bookings.ts"
import { messages } from "../../db/schema/messages.ts"
import { confirmationEvidence, confirmations, enrolments } from "../../db/schema/passkeys.ts"
import { readLog, retentionRuns } from "../../db/schema/privacy.ts"
import { waitlist } from "../../db/schema/waitlist.ts"
import { verifyChains } from "../../db/verify.ts"
import { hour } from "../base/day.ts"
import { openLog } from "../base/log.ts"
import { makeEnrolment } from "../domain/access/enrolment.ts"
import { makeKey, subjectOfKey } from "../domain/access/keys.ts"
import { startSession } from "../domain/access/sessions.ts"
import { hold } from "../domain/availability/holds.ts"
import { notify } from "../domain/notifications/outbox.ts"
import { liftHold, placeHold } from "../domain/people/legal-holds.ts"
import { noteRead, readsOf } from "../domain/people/read-log.ts"
import { records } from "../domain/people/records.ts"
import { endRequest, takeRequest } from "../domain/people/requests.ts"
import { nobody } from "../domain/people/retention.ts"
import { finish } from "../domain/queue/serving.ts"
import { type TestHall, testHall } from "../testing/hall.ts"
import { clearRecords, stepRetention } from "./retention.ts"
import { stepHouse } from "./run.ts"

function jobsOver(office: TestHall) {
  const { clock, store, writer } = office
  return { clock, store, writer, log: openLog(() => {}, clock.real) }
}

const days = (count: number) => count * 24 * hour

/** Moves the clock to the morning so many days after the visit's, and clears. */
async function after(office: TestHall, begun: number, count: number) {
  office.clock.set(begun + days(count))
  await clearRecords(jobsOver(office))
}

test("a visit loses its note after three months and its person after thirteen, and stays a visit", async () => {
  const office = await testHall({ citizens: 5 })
  const begun = office.clock.office()
  const who = office.citizen(1)
  await office.open(1)
  await office.walkIn({ who })
  const { id } = await office.serveNext(1)
  await office.write((tx) => finish(tx, office.agent(1), id, { outcome: "done", note: "came with her mother" }))
  const stranger = await office.walkIn({ holder: "hash-of-a-mobile" })
  const booking = await office.booked(office.citizen(2), "09:00", { state: "missed", reason: "ill" })
  const upcoming = await office.booked(office.citizen(3), "14:00", { service: "PAS-08" })
  const whole = await office.ticketNow(id)

  await after(office, begun, records.walkIns.days)
  expect(await office.ticketNow(stranger.id)).toMatchObject({ holder: "hash-of-a-mobile" })
  // Whoever still stands in a queue is not touched; the job of the session's end has not run in this test.
  await office.serveNext(1)
  await office.write((tx) => finish(tx, office.agent(1), stranger.id, { outcome: "done" }))
  await after(office, begun, records.walkIns.days + 1)
  expect(await office.ticketNow(stranger.id)).toMatchObject({ holder: null })

  await after(office, begun, records.notes.days)
  expect(await office.ticketNow(id)).toEqual(whole)
  await after(office, begun, records.notes.days + 1)
  expect(await office.ticketNow(id)).toEqual({ ...whole, note: null, undo: null })
  expect(await office.bookingNow(booking.id)).toMatchObject({ reason: null, person: office.citizen(2).id })

  await after(office, begun, records.visits.days)
  expect((await office.ticketNow(id)).person).toBe(who.id)
  await after(office, begun, records.visits.days + 1)
  expect(await office.ticketNow(id)).toEqual({ ...whole, note: null, undo: null, person: null, holder: null })
  expect(await office.bookingNow(booking.id)).toEqual({ ...booking, reason: null, person: nobody })
  // One that is still open is nobody's past, however old it is.
  expect(await office.bookingNow(upcoming.id)).toEqual(upcoming)
  expect((await office.store.db.select().from(bookingPeople)).map((row) => row.booking)).toEqual([upcoming.id])

  expect((await office.facts("records.cleared")).map(({ body }) => body)).toEqual([
    { record: "walkIns", count: 1 },
    { record: "notes", count: 3 },
    { record: "visits", count: 1 },
    { record: "bookings", count: 1 },
  ])
  expect(verifyChains(office.store.connection.raw).wrong).toEqual([])
})

test("what a court wants is kept beyond its time, and goes when the court wants it no more", async () => {
  const office = await testHall({ citizens: 5 })
  const { keys, write, clock } = office
  const begun = clock.office()
  const [held, other] = [office.citizen(1), office.citizen(2)]
  const [first, second] = [
    await office.booked(held, "09:00", { state: "done" }),
    await office.booked(other, "09:15", { state: "done" }),
  ]
  clock.set(begun + days(390))
  const order = { person: held.id, reason: "order", until: clock.real() + days(100), by: "admin" }
  const hold = await write((tx) => placeHold(tx, keys, order, clock.real()))
  await after(office, begun, 402)
  expect([(await office.bookingNow(first.id)).person, (await office.bookingNow(second.id)).person]).toEqual([
    held.id,
    nobody,
  ])
  await write((tx) => liftHold(tx, hold, "admin", clock.real()))
  await after(office, begun, 403)
  expect((await office.bookingNow(first.id)).person).toBe(nobody)
})

test("messages, sessions and enrolments of whom a court asks about outlast their three months, and go with the hold", async () => {
  const office = await testHall({ citizens: 3 })
  const { keys, write, clock, store } = office
  const people = [office.citizen(1), office.citizen(2)] as const
  const begun = clock.real()
  for (const { id } of people) {
    const owner = { kind: "citizen" as const, id }
    await write(async (tx) => {
      await startSession(
        tx,
        { kind: "citizen", subject: id, role: "citizen", factors: "passkey", userAgent: "" },
        begun,
      )
      await makeEnrolment(tx, keys, owner, { channel: "counter", by: "test" }, begun)
      await notify(tx, { to: owner, kind: "recovery_used", data: { left: 1 }, dedupe: "once" })
    })
  }
  const order = { person: people[0].id, reason: "order", until: begun + days(200), by: "admin" }
  const hold = await write((tx) => placeHold(tx, keys, order, begun))
  const left = async () => [
    (await store.db.select().from(sessions)).map(({ subject }) => subject),
    (await store.db.select().from(enrolments)).map(({ owner }) => owner),
    (await store.db.select().from(messages)).map(({ owner }) => owner),
  ]
  clock.advance(days(92))
  await stepHouse(jobsOver(office))
  expect(await left()).toEqual([[people[0].id], [people[0].id], [people[0].id]])
  await write((tx) => liftHold(tx, hold, "admin", clock.real()))
  await stepHouse(jobsOver(office))
  expect(await left()).toEqual([[], [], []])
})

test("holds, waits, looks, keys, proofs and requests go when their time is over, and not before", async () => {
  const office = await testHall({ citizens: 5 })
  const { keys, write, clock, store, code } = office
  const who = office.citizen(1)
  const begun = clock.office()
  const made = await write((tx) => hold(tx, who, { office: code, service: "PAS-01", slot: office.slot("12:00") }))
  const key = await write(async (tx) => {
    await tx.db.update(holds).set({ state: "expired" }).where(eq(holds.id, made.id))
    await tx.db.insert(waitlist).values({
      ...{ id: "w", person: who.id, office: code, line: "PAS", service: "PAS-01", people: [], place: 1 },
      ...{ firstDay: office.today, lastDay: office.today, state: "left", joinedAt: tx.now, lookAt: 0, endedAt: tx.now },
    })
    await noteRead(tx, { staff: office.agent(1).id, person: who.id, what: "visit" }, clock.real())
    const given = { id: "c", kind: "citizen" as const, owner: who.id, action: "a", object: "o", frozen: "{}" }
    await tx.db.insert(confirmations).values({ ...given, nonce: "n", until: tx.now, usedAt: clock.real() })
    await tx.db.insert(confirmationEvidence).values({
      ...{ confirmation: "c", frozen: "{}", nonce: "n", credential: "c", publicKey: "k", rpId: "r", origin: "o" },
      ...{ clientData: "d", authenticatorData: "d", signature: "s", at: clock.real() },
    })
    const asked = await takeRequest(tx, keys, { kind: "access", person: who.id, note: "", by: "lead" }, clock.real())
    await endRequest(tx, asked, "done", "lead", clock.real())
    return makeKey(tx, { kind: "citizen", subject: who.id, name: "n", scopes: [], demo: true }, "t", clock.real())
  })
  const left = async () => ({
    places: (await store.db.select().from(holds)).length,
    waiting: (await store.db.select().from(waitlist)).length,
    reads: (await readsOf(store, who.id)).length,
    proofs: (await store.db.select().from(confirmationEvidence)).length,
  })
  await after(office, begun, records.places.days)
  expect(await left()).toEqual({ places: 1, waiting: 1, reads: 1, proofs: 1 })
  await after(office, begun, records.places.days + 1)
  expect(await left()).toEqual({ places: 0, waiting: 1, reads: 1, proofs: 1 })
  await after(office, begun, records.waiting.days + 1)
  expect(await left()).toEqual({ places: 0, waiting: 0, reads: 1, proofs: 1 })
  await after(office, begun, records.reads.days + 1)
  expect(await left()).toEqual({ places: 0, waiting: 0, reads: 0, proofs: 1 })
  await after(office, begun, records.proofs.days + 1)
  expect(await left()).toEqual({ places: 0, waiting: 0, reads: 0, proofs: 0 })
  expect(await subjectOfKey(store, key, begun)).toBeNull()
  expect(verifyChains(store.connection.raw).wrong).toEqual([])
})

test("it is done once a day, however often it is asked", async () => {
  const office = await testHall({ citizens: 2 })
  const parts = jobsOver(office)
  const ranAt = async () => (await office.store.db.select().from(retentionRuns))[0]?.ranAt
  await stepRetention(parts)
  const first = await ranAt()
  expect(first).toBe(office.clock.real())
  office.clock.advance(23 * hour)
  await stepRetention(parts)
  expect(await ranAt()).toBe(first)
  office.clock.advance(hour + 1)
  await stepRetention(parts)
  expect(await ranAt()).toBe(office.clock.real())
  expect(await office.store.db.select().from(readLog)).toEqual([])
})
