import { afterAll, describe, expect, test } from "bun:test"
import type { Citizen } from "../../domain/access/subject.ts"
import { finish } from "../../domain/queue/serving.ts"
import { hold, interrupt } from "../../domain/visits/calls.ts"
import { write } from "../../domain/visits/chat.ts"
import { answer, ring } from "../../domain/visits/ringing.ts"
import { testOf } from "../../domain/visits/self-test.ts"
import { violations } from "../../testing/axe.ts"
import { asCitizen } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { leadsTo, reading, signedIn } from "../../testing/signed-in.ts"
import { videoHall } from "../../testing/video.ts"
import { messagesFragment } from "./messages.tsx"
import { visitFragment } from "./region.tsx"

const bugs: string[][] = []

afterAll(() => {
  expect(bugs.flat()).toEqual([])
})

async function house() {
  const hall = await videoHall({ citizens: 40, counters: 4 })
  const server = await testServer({ office: hall })
  bugs.push(server.bugs)
  hall.time("10:00")
  let last = 0
  return {
    hall,
    server,
    /** Somebody new who waits without an appointment. */
    async waiting() {
      const citizen = hall.citizen(++last)
      const { row } = await hall.video.walkIn(citizen)
      return { id: row.id, citizen, who: await visitorFor(citizen) }
    },
    someone: async () => {
      const citizen = hall.citizen(++last)
      return { citizen, who: await visitorFor(citizen) }
    },
  }

  function visitorFor(citizen: Citizen) {
    return signedIn(server, citizen).then((found) => ({ ...found, read: readIn(found) }))
  }

  function readIn(found: Awaited<ReturnType<typeof signedIn>>) {
    return async (path: string) => reading(await found.get(`${path}?lang=en`))
  }
}

const { hall, waiting, someone, server } = await house()

describe("a booking by video", () => {
  test("says from when one joins, and lets one in from a quarter of an hour before", async () => {
    const { citizen, who } = await someone()
    const booking = await hall.booked(citizen, "11:00", { line: "VIR", service: "RES-04" })
    const before = await who.read(`/bookings/${booking.id}`)
    expect(before).toContain("Open this page from 10:45")
    expect(before).toContain("Try camera and microphone")
    const early = await who.send(`/bookings/${booking.id}/arrival`)
    expect([early.status, reading(early).includes("You are early")]).toEqual([422, true])
    expect(await hall.facts("visit.opened")).toHaveLength(0)
    hall.time("10:45")
    // Nobody stays signed in for so long without a press.
    const again = await signedIn(server, citizen)
    const there = await again.send(`/bookings/${booking.id}/arrival`)
    expect(leadsTo(there)).toMatch(/^\/visits\//)
    expect(leadsTo(await again.send(`/bookings/${booking.id}/arrival`))).toBe(leadsTo(there))
    expect(reading(await again.get(`/bookings/${booking.id}?lang=en`))).toContain("Open the waiting room")
    expect(reading(await again.get(`${leadsTo(there)}?lang=en`))).toContain("Your appointment is at 11:00")
  })

  test("shows the reader's own clock where that is another one", async () => {
    const { citizen } = await someone()
    const booking = await hall.booked(citizen, "11:00", { line: "VIR", service: "RES-04" })
    const found = await signedIn(server, citizen)
    const there = await found.get(`/bookings/${booking.id}?lang=en`, {
      Cookie: `sid=${found.token}; zone=Europe/London`,
    })
    expect(reading(there)).toContain("Your time: 07:45")
  })

  test("of somebody else is not there to arrive for", async () => {
    const [{ citizen }, { who }] = [await someone(), await someone()]
    const booking = await hall.booked(citizen, "10:10", { line: "VIR", service: "RES-04" })
    expect((await who.send(`/bookings/${booking.id}/arrival`)).status).toBe(404)
  })
})

describe("the waiting room", () => {
  test("takes who comes without an appointment, and once", async () => {
    const { who } = await someone()
    const page = await who.get("/visits/new?office=VIR-01&service=RES-04&lang=en")
    expect(reading(page)).toContain("Wait now by video")
    const wanted = { office: "VIR-01", service: "RES-04" }
    const there = await who.send("/visits", wanted)
    expect(leadsTo(there)).toMatch(/^\/visits\/[0-9a-f-]{36}$/)
    expect(leadsTo(await who.send("/visits", wanted))).toBe(leadsTo(there))
    // For something else it is not the same visit, and the person reads which one it is.
    const other = await who.send("/visits", { ...wanted, service: "PAS-05" })
    expect(other.status).toBe(409)
    expect(reading(other)).toContain("You are waiting for “RES-04” already")
    expect(other.text).toContain(`href="${leadsTo(there)}"`)
  })

  test("is nobody else's", async () => {
    const [{ id }, { who }] = [await waiting(), await someone()]
    for (const rest of ["", "/handover.svg"]) expect((await who.get(`/visits/${id}${rest}`)).status).toBe(404)
    for (const what of ["answer", "back", "away", "leave", "messages", "test"]) {
      expect((await who.send(`/visits/${id}/${what}`, { text: "hello" })).status).toBe(404)
    }
  })

  test("is shown live to its own person alone, whoever else is in the visit", async () => {
    const { id, citizen } = await waiting()
    await hall.open(4)
    await hall.write((tx) => ring(tx, hall.agent(4), id))
    await hall.write((tx) => answer(tx, citizen, id))
    for (const fragment of [visitFragment, messagesFragment]) {
      expect(await fragment(server.house, id, "en", citizen.id)).not.toBe("")
      await expect(fragment(server.house, id, "en", hall.agent(4).id)).rejects.toMatchObject({ code: "not_found" })
    }
  })

  test("says that the time is not known while no agent is at work", async () => {
    const quiet = await house()
    const { id, who } = await quiet.waiting()
    expect(await who.read(`/visits/${id}`)).toContain("We do not know the time yet")
  })

  test("says when somebody is at work again", async () => {
    const evening = await house()
    const { id, citizen } = await evening.waiting()
    evening.hall.time("22:00")
    const text = reading(await (await signedIn(evening.server, citizen)).get(`/visits/${id}?lang=en`))
    expect(text).toContain("Nobody is at work at this hour")
    expect(text).toContain("We are back tomorrow")
    expect(text).toContain("The next free appointment is tomorrow")
  })

  test("keeps the place of who goes away and comes back", async () => {
    const { id, who } = await waiting()
    expect(leadsTo(await who.send(`/visits/${id}/away`))).toBe(`/visits/${id}`)
    expect(await who.read(`/visits/${id}`)).toContain("You are back in line at 10:55")
    await who.send(`/visits/${id}/back`)
    expect(await who.read(`/visits/${id}`)).toContain("You are in the waiting room")
  })

  test("tells at once that the office is late", async () => {
    const { citizen, who } = await someone()
    const { row } = await hall.video.here(citizen, "10:45")
    await hall.video.pass(16 * 60_000)
    const text = await who.read(`/visits/${row.id}`)
    expect(text).toContain("We are late")
    expect(text).toContain("Choose another time")
  })

  test("carries messages both ways", async () => {
    const { id, who } = await waiting()
    const sent = await who.send(`/visits/${id}/messages`, { text: "The lift is <b>broken</b>" })
    expect(leadsTo(sent)).toBe(`/visits/${id}`)
    await hall.write((tx) => write(tx, server.keys, hall.supervisor(), id, "We know"))
    const { text } = await who.get(`/visits/${id}?lang=en`)
    expect(text).toContain("The lift is &lt;b&gt;broken&lt;/b&gt;")
    expect(text).toContain("We know")
  })

  test("keeps the results of the test, and refuses what is none", async () => {
    const { id, who } = await waiting()
    const results = { camera: "denied", microphone: "ok", speaker: "ok", network: "direct", rtt: "31" }
    expect((await who.send(`/visits/${id}/test`, results)).status).toBe(204)
    expect(await testOf(hall.store, id)).toMatchObject({ camera: "denied", network: "direct", rttMilliseconds: 31 })
    expect((await who.send(`/visits/${id}/test`, { ...results, camera: "broken" })).status).toBe(400)
  })

  test("is left for good", async () => {
    const { id, who } = await waiting()
    await who.send(`/visits/${id}/leave`)
    expect(await who.read(`/visits/${id}`)).toContain("You left the waiting room")
  })

  test("can be handed to the phone by a code that ends with the connection it was made for", async () => {
    const { id, citizen, who } = await waiting()
    const qr = await who.get(`/visits/${id}/handover.svg`)
    expect([qr.status, qr.text.startsWith("<svg")]).toEqual([200, true])
    const { epoch } = await hall.video.participant(id, "citizen")
    const at = Math.floor(hall.clock.office() / 60_000)
    const take = `${at}.${server.keys.capability("visit_handover", `${id}.${epoch}.${at}`, 24)}`
    const takes = async (given: string) => (await who.get(`/visits/${id}?take=${given}`)).text.includes("data-takes")
    expect([await takes(take), await takes(`${at}.wrong`)]).toEqual([true, false])
    await hall.video.page(citizen, id)
    expect(await takes(take)).toBe(false)
  })
})

describe("the call", () => {
  test("rings, is answered, holds, breaks off and is over: the page says each", async () => {
    const { id, citizen, who } = await waiting()
    await hall.open(1)
    await hall.video.page(citizen, id)
    await hall.write((tx) => ring(tx, hall.agent(1), id))
    const ringing = await who.read(`/visits/${id}`)
    expect(ringing).toContain("is calling you")
    expect(ringing).toContain("1:00 left to answer")
    expect(leadsTo(await who.send(`/visits/${id}/answer`))).toBe(`/visits/${id}`)
    expect(await who.read(`/visits/${id}`)).toContain("You are with")
    await hall.write((tx) => hold(tx, hall.agent(1), id))
    expect(await who.read(`/visits/${id}`)).toContain("Nobody sees or hears you now")
    const own = await hall.video.participant(id, "citizen")
    await hall.write(async (tx) => interrupt(tx, await hall.video.now(id), own))
    expect(await who.read(`/visits/${id}`)).toMatch(/The agent waits for you until \d\d:\d\d/)
    await hall.write((tx) => finish(tx, hall.agent(1), id, { outcome: "not_possible" }))
    const over = await who.read(`/visits/${id}`)
    expect(over).toContain("It could not be done today")
    expect(over).not.toContain("Your message")
  })

  test("that nobody answers rings twice and keeps the place, and 'I am here' takes it", async () => {
    const { id, who } = await waiting()
    await hall.open(2)
    await hall.write((tx) => ring(tx, hall.agent(2), id))
    await hall.video.pass(60_000)
    expect(await who.read(`/visits/${id}`)).toContain("This is the last ring")
    await hall.video.pass(60_000)
    expect(await who.read(`/visits/${id}`)).toMatch(/Your place is kept until \d\d:\d\d/)
    await who.send(`/visits/${id}/answer`)
    expect((await hall.ticketNow(id)).state).toBe("absent")
    await who.send(`/visits/${id}/back`)
    expect((await hall.ticketNow(id)).state).toBe("waiting")
  })

  test("rings on for who asks for a woman in the moment in which it comes: the press leads back to it", async () => {
    const { id, who } = await waiting()
    await hall.open(1)
    await hall.write((tx) => ring(tx, hall.agent(1), id))
    const pressed = await who.send(`/visits/${id}/wish`, { wants: "female" })
    expect([pressed.status, pressed.location]).toEqual([303, `/visits/${id}`])
    expect(await who.read(`/visits/${id}`)).toContain("is calling you")
  })
})

test("every state of the room is without fault for those who cannot see it", async () => {
  const { id, citizen } = await waiting()
  const number = hall.citizens(40).findIndex((one) => one.id === citizen.id) + 1
  const { page, troubles } = await asCitizen(server, number, { lang: "en", viewport: { width: 320, height: 640 } })
  await page.goto(`/visits/${id}`)
  expect(await violations(page)).toEqual([])
  await hall.open(3)
  await hall.write((tx) => ring(tx, hall.agent(3), id))
  await page.locator(".visit-ring").waitFor()
  expect(await violations(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  await page.goto("/visits/test")
  expect(await violations(page)).toEqual([])
  expect(troubles).toEqual([])
  await page.context().close()
})
