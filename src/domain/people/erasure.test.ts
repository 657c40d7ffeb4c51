import { expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { eq, or } from "drizzle-orm"
import { sessions } from "../../../db/schema/access.ts"
import { bookingPeople, bookings } from "../../../db/schema/bookings.ts"
import { messages } from "../../../db/schema/messages.ts"
import { people, relations } from "../../../db/schema/people.ts"
import { tickets } from "../../../db/schema/queue.ts"
import { verifyChains } from "../../../db/verify.ts"
import { hour } from "../../base/day.ts"
import { relate } from "../../testing/family.ts"
import { type TestHall, testHall } from "../../testing/hall.ts"
import { refusal } from "../../testing/office.ts"
import { makeKey, subjectOfKey } from "../access/keys.ts"
import { sessionOf, startSession } from "../access/sessions.ts"
import { type Citizen, mint } from "../access/subject.ts"
import { hold, releaseHold } from "../availability/holds.ts"
import { book, cancel } from "../bookings/writes.ts"
import { finish } from "../queue/serving.ts"
import { erase, obstacles } from "./erasure.ts"
import { liftHold, placeHold } from "./legal-holds.ts"
import { person, personByNumber } from "./reads.ts"
import { enrol } from "./writes.ts"

const noura = {
  kind: "citizen" as const,
  name: { ar: "نورة بنت فهد العنزي", en: "Noura Al-Anazi" },
  nationalId: "1087654321",
  mobile: "0557654321",
}

/** Somebody with a child, a session, a key, a message, a past visit with a note, and a booking that is over. */
async function someone(office: TestHall) {
  const { keys, write, clock } = office
  const id = await write((tx) => enrol(tx, keys, noura))
  const who = mint<Citizen>({ role: "citizen", id, kind: "citizen", level: "full" })
  const child = await write((tx) => enrol(tx, keys, { kind: "citizen", name: { ar: "جود", en: "Joud" } }))
  const session = { kind: "citizen" as const, subject: id, role: "citizen", factors: "password" }
  const given = { kind: "citizen" as const, subject: id, name: "my program", scopes: [], demo: true }
  const { cookie, key } = await write(async (tx) => {
    await relate(tx, id, child, "child")
    const { token } = await startSession(tx, { ...session, userAgent: "Nokia 3310" }, clock.real())
    await tx.db.insert(messages).values({
      ...{ id: tx.id(), ownerKind: "citizen", owner: id, kind: "reminder", data: {}, about: null, at: tx.now },
      ...{ until: tx.now + hour, readAt: null },
    })
    return { cookie: token, key: await makeKey(tx, given, id, clock.real()) }
  })
  await office.open(1)
  await office.walkIn({ who })
  const served = await office.serveNext(1)
  await write((tx) => finish(tx, office.agent(1), served.id, { outcome: "done", note: "cries when she waits" }))
  const made = await write((tx) =>
    book(tx, who, { office: office.code, service: "PAS-08", slot: office.slot("12:00") }),
  )
  await write((tx) => cancel(tx, office.supervisor(), made.id, "we know her"))
  return { id, who, child, cookie, key, ticket: served.id, booking: made.id }
}

test("after an erasure nothing tells who it was, nobody gets in any more, and the record of what happened is whole", async () => {
  const office = await testHall({ citizens: 3 })
  const { store, keys, write, clock } = office
  const { id, child, cookie, key, ticket, booking } = await someone(office)
  expect(await sessionOf(store, cookie, clock.real())).not.toBeNull()
  const before = (await office.facts()).length

  const ended = await write((tx) => erase(tx, id, id, clock.real()))

  expect(ended).toHaveLength(1)
  expect(await person(store, keys, id)).toBeNull()
  expect(await personByNumber(store, keys.index("number", noura.nationalId))).toBeNull()
  expect(await sessionOf(store, cookie, clock.real())).toBeNull()
  expect(await subjectOfKey(store, key, clock.real())).toBeNull()
  expect(await store.db.select().from(sessions).where(eq(sessions.subject, id))).toEqual([])
  expect(await store.db.select().from(messages).where(eq(messages.owner, id))).toEqual([])
  expect(
    await store.db
      .select()
      .from(relations)
      .where(or(eq(relations.guardian, id), eq(relations.dependant, id))),
  ).toEqual([])
  expect((await person(store, keys, child))?.name.en).toBe("Joud")
  const [row] = await store.db.select().from(people).where(eq(people.id, id))
  expect(row).toEqual({
    ...{ id, kind: "citizen", createdAt: row?.createdAt ?? 0, erasedAt: clock.office() },
    ...{ nameSealed: null, numberSealed: null, numberIndex: null, birthSealed: null, birthYear: null },
    ...{ mobileSealed: null, mobileIndex: null, passwordHash: null },
  })
  expect(await office.ticketNow(ticket)).toMatchObject({ person: null, holder: null, note: null, undo: null })
  expect(await office.bookingNow(booking)).toMatchObject({ person: id, reason: null, state: "cancelled" })
  expect((await office.facts()).length).toBe(before)
  expect((await office.facts("person.erased", "accounts")).map(({ subject }) => subject)).toEqual([id])
  expect(verifyChains(store.connection.raw).wrong).toEqual([])
})

test("what was sealed lies nowhere in the store any more, not even where rows are deleted", async () => {
  const office = await testHall({ citizens: 3 })
  const { id } = await someone(office)
  const [row] = await office.store.db.select().from(people).where(eq(people.id, id))
  const sealed = row?.numberSealed ?? "?"
  const file = office.store.connection.raw.filename
  const filesWith = () =>
    readdirSync(dirname(file)).filter((name) => readFileSync(join(dirname(file), name)).includes(sealed))
  expect(await office.writer.emptyLog()).toBe(true)
  expect(filesWith()).toEqual(["dawr.db"])
  await office.write((tx) => erase(tx, id, id, office.clock.real()))
  expect(await office.writer.emptyLog()).toBe(true)
  expect(filesWith()).toEqual([])
})

test("the same number can be enrolled again, as somebody new with an own key", async () => {
  const office = await testHall({ citizens: 3 })
  const { id } = await someone(office)
  await office.write((tx) => erase(tx, id, id, office.clock.real()))
  const again = await office.write((tx) => enrol(tx, office.keys, noura))
  expect(again).not.toBe(id)
  expect((await person(office.store, office.keys, again))?.name).toEqual(noura.name)
  expect(await refusal(office.write((tx) => erase(tx, id, id, office.clock.real())))).toMatchObject({
    code: "not_found",
  })
})

test("who still has a booking, a turn, a place that is kept, or data that a court wants, is told so and loses nothing", async () => {
  const office = await testHall({ citizens: 3 })
  const { store, keys, write, clock, code } = office
  const { id, who } = await someone(office)
  const against = async () => (await obstacles(store, id, clock.office(), clock.real())).map(({ kind }) => kind)
  const refused = async () => {
    const { code, details } = await refusal(write((tx) => erase(tx, id, id, clock.real())))
    expect(await person(store, keys, id)).not.toBeNull()
    return [code, (details["obstacles"] as { kind: string }[]).map(({ kind }) => kind)]
  }
  expect(await against()).toEqual([])

  const wanted = { office: code, service: "PAS-01", slot: office.slot("12:00") }
  const held = await write((tx) => hold(tx, who, wanted))
  expect(await refused()).toEqual(["erasure_blocked", ["place"]])
  await write((tx) => releaseHold(tx, who, held.id))
  const made = await write((tx) => book(tx, who, wanted))
  expect(await refused()).toEqual(["erasure_blocked", ["booking"]])
  await write((tx) => cancel(tx, who, made.id))

  const ticket = await office.walkIn({ who })
  expect(await refused()).toEqual(["erasure_blocked", ["ticket"]])
  await write((tx) => tx.db.update(tickets).set({ live: false, state: "left" }).where(eq(tickets.id, ticket.id)).then())

  const order = { person: id, reason: "court order 12/8", until: clock.real() + 24 * hour, by: "admin" }
  const legal = await write((tx) => placeHold(tx, keys, order, clock.real()))
  expect(await refused()).toEqual(["erasure_blocked", ["legal_hold"]])
  await write((tx) => liftHold(tx, legal, "admin", clock.real()))
  expect(await against()).toEqual([])
})

test("somebody who only comes along to another's booking is not erased before it is over", async () => {
  const office = await testHall({ citizens: 3 })
  const { child, who } = await someone(office)
  const made = await office.write((tx) =>
    book(tx, who, { office: office.code, service: "PAS-01", slot: office.slot("12:00"), for: [child] }),
  )
  expect(await refusal(office.write((tx) => erase(tx, child, child, office.clock.real())))).toMatchObject({
    code: "erasure_blocked",
  })
  await office.write((tx) => cancel(tx, who, made.id))
  await office.write((tx) => erase(tx, child, child, office.clock.real()))
  expect(await office.store.db.select().from(bookings).where(eq(bookings.id, made.id))).toHaveLength(1)
  expect(await office.store.db.select().from(bookingPeople).where(eq(bookingPeople.open, true))).toEqual([])
})
