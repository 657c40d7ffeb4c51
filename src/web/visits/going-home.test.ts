import { afterAll, describe, expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { describeSelf } from "../../domain/access/staff.ts"
import type { Citizen } from "../../domain/access/subject.ts"
import { comesFirst } from "../../domain/bookings/again.ts"
import { inboxOf } from "../../domain/notifications/inbox.ts"
import { closeCounter } from "../../domain/queue/counters.ts"
import { away } from "../../domain/queue/holder.ts"
import { wake } from "../../domain/queue/waking.ts"
import { putOff, ring } from "../../domain/visits/ringing.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { wishWords } from "../../i18n/wishes.ts"
import { riyadh } from "../../testing/hall.ts"
import { testServer } from "../../testing/server.ts"
import { reading, signedIn } from "../../testing/signed-in.ts"
import { videoHall } from "../../testing/video.ts"

const hall = await videoHall({ lines: [{ code: "VIR", public: 9 }, { code: "PAS" }], citizens: 20 })
const server = await testServer({ office: hall })
const words = citizenWords.en
let last = 0

afterAll(() => {
  expect(server.bugs).toEqual([])
})

type Waiting = Awaited<ReturnType<typeof waiting>>

/** Somebody new in the waiting room, with an appointment in ten minutes. */
async function early(wants: "female" | null = null) {
  const number = ++last
  const citizen = hall.citizen(number)
  const time = riyadh(hall.clock.office() + 10 * minute)
  const { row, ticket } = await hall.video.here(citizen, time)
  if (wants) await wishFor(citizen, row.id)
  return { number, citizen, id: row.id, booking: ticket.booking ?? "", time }
}

/** As `early`, and the booked time has come. */
async function waiting(wants: "female" | null = null) {
  const one = await early(wants)
  hall.time(one.time)
  await hall.write((tx) => wake(tx, hall.code))
  return one
}

async function wishFor(citizen: Citizen, id: string) {
  await (await signedIn(server, citizen)).send(`/visits/${id}/wish`, { wants: "female" })
}

/** Every door by which somebody goes home. */
const doors: [name: string, go: (one: Waiting) => Promise<unknown>][] = [
  ["their room", async ({ citizen, id }) => (await signedIn(server, citizen)).send(`/visits/${id}/leave`)],
  ["a program of theirs", ({ number, id }) => server.citizen(number).post(`/api/v1/tickets/${id}/leave`)],
  [
    "the ticket's own link",
    async ({ citizen, id }) =>
      (await signedIn(server, citizen)).send(`/t/${id}/${server.keys.capability("ticket", id)}/leave`),
  ],
]

const toldOf = async ({ citizen }: Waiting) =>
  (await inboxOf(hall.store, citizen.id, 20)).filter(({ kind }) => kind === "booking_cancelled")

const pageOf = async ({ citizen, booking }: Waiting) =>
  reading(await (await signedIn(server, citizen)).get(`/bookings/${booking}?lang=en`))

describe("who goes home", () => {
  for (const [door, go] of doors) {
    test(`by ${door} while the office is late has not missed it, and takes another time first`, async () => {
      const one = await waiting()
      await hall.video.pass(11 * minute)
      await go(one)
      const booking = await hall.bookingNow(one.booking)
      expect(booking).toMatchObject({ state: "cancelled", endedBy: "office", reason: "office_late" })
      expect(comesFirst(booking, hall.clock.office())).toBe(true)
      expect(await toldOf(one)).toMatchObject([{ data: { by: "office_late" } }])
      const page = await pageOf(one)
      expect(page).toContain(words.againFirst)
      expect(page).toContain(words.reasons.office_late)
    })

    test(`by ${door} because no woman was at work is told that, and not that the office was late or cancelled`, async () => {
      const one = await waiting("female")
      await go(one)
      expect(await hall.bookingNow(one.booking)).toMatchObject({ state: "cancelled", reason: "no_woman" })
      expect((await hall.facts("ticket.left")).at(-1)?.body.why).toBe("no_woman")
      const page = await pageOf(one)
      expect(page).toContain(words.againFirst)
      expect(page).toContain(words.reasons.no_woman)
      for (const untrue of [words.cancelledByOffice, words.reasons.office_late]) expect(page).not.toContain(untrue)
      expect(await toldOf(one)).toMatchObject([{ data: { by: "no_woman" } }])
      const inbox = reading(await (await signedIn(server, one.citizen)).get("/inbox?lang=en"))
      expect(inbox).toContain("No woman was at work at the time of your appointment")
    })

    test(`by ${door} in time has missed it`, async () => {
      const one = await waiting()
      await go(one)
      expect((await hall.bookingNow(one.booking)).state).toBe("missed")
    })
  }
})

describe("who waits for a woman, and none is at work when the time has come", () => {
  test("has missed nothing by going away for a while first", async () => {
    const one = await waiting("female")
    await hall.write((tx) => away(tx, one.citizen, one.id, 10))
    await (await signedIn(server, one.citizen)).send(`/visits/${one.id}/leave`)
    expect(await hall.bookingNow(one.booking)).toMatchObject({ state: "cancelled", reason: "no_woman" })
  })

  test("has missed nothing by not having answered before she went home", async () => {
    const one = await waiting("female")
    await hall.write((tx) => describeSelf(tx, hall.agent(2), "female"))
    await hall.open(2)
    await hall.write((tx) => ring(tx, hall.agent(2), one.id))
    await hall.write((tx) => putOff(tx, one.citizen, one.id))
    expect((await hall.ticketNow(one.id)).state).toBe("absent")
    await hall.write((tx) => closeCounter(tx, hall.agent(2), hall.counter(2), { confirmed: true }))
    const who = await signedIn(server, one.citizen)
    expect((await who.get(`/visits/${one.id}?lang=en`)).text).toContain(`href="/bookings/${one.booking}/again"`)
    expect((await who.get(`/bookings/${one.booking}/again`)).status).toBe(200)
    await who.send(`/visits/${one.id}/leave`)
    expect((await hall.bookingNow(one.booking)).state).toBe("cancelled")
  })

  test("is left waiting also where a woman serves another line alone", async () => {
    const one = await waiting("female")
    await hall.open(2, ["PAS"])
    const room = async () => reading(await (await signedIn(server, one.citizen)).get(`/visits/${one.id}?lang=en`))
    expect(await room()).not.toContain(wishWords.en.free)
    expect(await room()).toContain(wishWords.en.none)
    await hall.open(2, ["PAS", "VIR"])
    expect(await room()).toContain(wishWords.en.free)
    await hall.open(2, ["PAS"])
    await (await signedIn(server, one.citizen)).send(`/visits/${one.id}/leave`)
    expect(await hall.bookingNow(one.booking)).toMatchObject({ state: "cancelled", reason: "no_woman" })
    await hall.write((tx) => closeCounter(tx, hall.agent(2), hall.counter(2), { confirmed: true }))
  })

  test("has missed it by going home before the time", async () => {
    const { citizen, id, booking } = await early("female")
    await (await signedIn(server, citizen)).send(`/visits/${id}/leave`)
    expect((await hall.bookingNow(booking)).state).toBe("missed")
  })
})

test("an agent who takes back that somebody went home late has the booking open again", async () => {
  const one = await waiting()
  await hall.video.pass(11 * minute)
  const desk = server.agent(1)
  expect((await desk.post(`/api/v1/tickets/${one.id}/leave`)).body.state).toBe("left")
  expect(await hall.bookingNow(one.booking)).toMatchObject({ state: "cancelled", reason: "office_late" })
  expect((await desk.post(`/api/v1/tickets/${one.id}/undo`)).status).toBe(200)
  expect(await hall.bookingNow(one.booking)).toMatchObject({ state: "arrived", endedBy: null, reason: null })
})
