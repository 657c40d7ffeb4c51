import { afterAll, describe, expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { book, cancel } from "../../domain/bookings/writes.ts"
import { stepOffices } from "../../jobs/run.ts"
import { violations } from "../../testing/axe.ts"
import { asCitizen } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { leadsTo, reading, signedIn } from "../../testing/signed-in.ts"
import { visitor } from "../../testing/visitor.ts"

const tomorrow = "2026-11-23"
const plan = {
  citizens: 40,
  releaseMinutes: [20, 20] as [number, number],
  furthestDays: 1,
  hours: [{ rrule: "FREQ=WEEKLY;BYDAY=MO", start: "09:00", minutes: 30 }],
  lines: [{ code: "PAS", public: 1, staffExtra: 0 }],
}
const bugs: string[][] = []

afterAll(() => {
  expect(bugs.flat()).toEqual([])
})

/** An office of two times tomorrow, both booked: by citizen 1 at nine, by citizen 2 a quarter later. */
async function fullHouse() {
  const server = await testServer({ plan })
  bugs.push(server.bugs)
  const { office } = server
  const slots = ["09:00", "09:15"].map((time) => office.slot(time, { on: tomorrow }))
  const made: string[] = []
  for (const [index, slot] of slots.entries()) {
    const wanted = { office: office.code, service: "PAS-10", slot }
    made.push((await office.write((tx) => book(tx, office.citizen(index + 1), wanted))).id)
  }
  const times = `/offices/${office.code}/slots?service=PAS-10`
  return {
    server,
    office,
    slots,
    made,
    times,
    joined: async (number: number) => {
      const who = await signedIn(server, office.citizen(number))
      const answer = await who.send("/waitlist", { office: office.code, service: "PAS-10", first: "", last: "" })
      expect(leadsTo(answer)).toBe("/bookings")
      return who
    },
    /** Citizen 1 gives nine o'clock up, and its time comes. */
    async offer() {
      await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
      office.clock.advance(20 * minute)
      await stepOffices(server.house)
    },
  }
}

const actionIn = (text: string, what: string) => new RegExp(`action="(/waitlist/[^"]+/${what})"`).exec(text)?.[1] ?? ""

describe("who finds no time", () => {
  test("says for which days a place would do, and sees it among the appointments", async () => {
    const { server, office, times } = await fullHouse()
    const who = await signedIn(server, office.citizen(11))
    const page = await who.get(times)
    expect(reading(page)).toContain("Every time is taken")
    expect(reading(page)).toContain("Wait for a place to come free")
    expect(page.text).toContain('<select class="input" id="first" name="first">')
    const answer = await who.send("/waitlist", {
      office: office.code,
      service: "PAS-10",
      for: [office.citizen(11).id],
      first: tomorrow,
      last: tomorrow,
    })
    const mine = await who.get(answer.location ?? "")
    expect(reading(mine)).toContain("You are on the waiting list.")
    expect(reading(mine)).toContain("Waiting list")
    expect(reading(mine)).toContain("PAS-10")
    // Joining twice leads to the one place in the list.
    const again = await who.send("/waitlist", { office: office.code, service: "PAS-10" })
    expect(again.status).toBe(422)
    expect(again.text).toContain('href="/bookings"')
    expect(reading(await who.get(times))).toContain("You are on the waiting list for this service")
  })

  test("and is a stranger signs in first, and comes back to the same times", async () => {
    const { server, times } = await fullHouse()
    const page = await visitor(() => server.origin).get(times)
    expect(reading(page)).toContain("Sign in to join the waiting list")
    expect(page.text).toContain(`/sign-in?next=${encodeURIComponent(times)}`)
  })

  test("is led to the free times where there are some", async () => {
    const { server, office, made, slots } = await fullHouse()
    await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
    office.clock.advance(20 * minute)
    const who = await signedIn(server, office.citizen(11))
    const refused = await who.send("/waitlist", { office: office.code, service: "PAS-10" })
    expect(refused.status).toBe(422)
    expect(reading(refused)).toContain("There are free times now")
    expect(refused.text).toContain(`name="slot" value="${slots[0]}"`)
  })

  test("leaves the list, and takes that back", async () => {
    const { joined } = await fullHouse()
    const who = await joined(11)
    const mine = await who.get("/bookings")
    const left = await who.send(actionIn(mine.text, "leave"))
    const page = await who.get(left.location ?? "")
    expect(reading(page)).toContain("You have left the waiting list.")
    expect(actionIn(page.text, "leave")).toBe("")
    const back = await who.send(actionIn(page.text, "return"))
    expect(actionIn((await who.get(back.location ?? "")).text, "leave")).not.toBe("")
  })
})

describe("a place that came free", () => {
  test("stands on top of the first page and of one's appointments, and is taken by one press", async () => {
    const { joined, offer, office } = await fullHouse()
    const who = await joined(11)
    await offer()
    const [home, mine] = [await who.get("/"), await who.get("/bookings")]
    for (const page of [home, mine]) {
      expect(reading(page)).toContain("A place came free for you")
      expect(reading(page)).toContain("Kept for you until 10:35")
    }
    const taken = await who.send(actionIn(mine.text, "acceptance"))
    expect(leadsTo(taken)).toStartWith("/bookings/")
    const booking = await who.get(taken.location ?? "")
    expect(reading(booking)).toContain("You are booked.")
    expect(leadsTo(await who.send(actionIn(mine.text, "acceptance")))).toBe(leadsTo(taken))
    expect(await office.facts("booking.made")).toHaveLength(3)
    expect(reading(await who.get("/bookings"))).not.toContain("A place came free")
  })

  test("that one does not want is the next one's", async () => {
    const { joined, offer, server } = await fullHouse()
    const [first, second] = [await joined(11), await joined(12)]
    await offer()
    await first.send(actionIn((await first.get("/")).text, "leave"))
    await stepOffices(server.house)
    expect(reading(await second.get("/bookings"))).toContain("A place came free for you")
  })

  test("and was not taken in time says so, and the press that came too late is answered with the times", async () => {
    const { joined, offer, office, server } = await fullHouse()
    const first = await joined(11)
    await joined(12)
    await offer()
    const action = actionIn((await first.get("/")).text, "acceptance")
    office.clock.advance(15 * minute)
    await stepOffices(server.house)
    const late = await first.send(action)
    expect(late.status).toBe(409)
    expect(reading(late)).toContain("This time is no longer kept for you")
    expect(reading(await first.get("/bookings"))).toContain("so it went to the next")
    const second = await signedIn(server, office.citizen(12))
    expect(reading(await second.get("/"))).toContain("A place came free for you")
  })

  test("is taken by its own button and not on the page of a hold", async () => {
    const { joined, offer, office } = await fullHouse()
    const who = await joined(11)
    await offer()
    const held = (await office.facts("waitlist.offered"))[0]?.body.hold ?? ""
    expect(leadsTo(await who.get(`/holds/${held}`))).toBe("/bookings")
  })
})

describe("who would rather come earlier", () => {
  test("says so on the appointment's page, and taking the offer moves the appointment", async () => {
    const { server, office, made, offer, slots } = await fullHouse()
    const who = await signedIn(server, office.citizen(2))
    const page = await who.get(`/bookings/${made[1]}`)
    expect(reading(page)).toContain("Would an earlier time be better?")
    await who.send("/waitlist", { booking: made[1] ?? "" })
    expect(reading(await who.get(`/bookings/${made[1]}`))).toContain("You are on the waiting list for an earlier time.")
    await offer()
    const offered = await who.get(`/bookings/${made[1]}`)
    expect(reading(offered)).toContain("moves here")
    const moved = await who.send(actionIn(offered.text, "acceptance"))
    expect(leadsTo(moved)).toBe(`/bookings/${made[1]}`)
    expect(reading(await who.get(moved.location ?? ""))).toContain("Your appointment is moved to the new time.")
    expect((await office.facts("booking.moved"))[0]?.body.startsAt).toBe(office.at("09:00", tomorrow))
    expect(slots).toHaveLength(2)
  })

  test("and has the first time of all is not asked whether to wait for an earlier one", async () => {
    const { server, office, made } = await fullHouse()
    const who = await signedIn(server, office.citizen(1))
    expect(reading(await who.get(`/bookings/${made[0]}`))).not.toContain("Would an earlier time be better?")
    const refused = await who.send("/waitlist", { booking: made[0] ?? "" })
    expect(refused.status).toBe(422)
    expect(reading(refused)).toContain("No time before your appointment can come free any more")
  })

  test("and cancels the appointment is told on that page that the wish ends with it", async () => {
    const { server, office, made } = await fullHouse()
    const who = await signedIn(server, office.citizen(2))
    const told = "You also leave the waiting list for an earlier time."
    expect(reading(await who.get(`/bookings/${made[1]}/cancellation`))).not.toContain(told)
    await who.send("/waitlist", { booking: made[1] ?? "" })
    expect(reading(await who.get(`/bookings/${made[1]}/cancellation`))).toContain(told)
    await who.send(`/bookings/${made[1]}/cancellation`, {})
    expect(reading(await who.get("/bookings"))).not.toContain("Waiting list")
  })

  test("and loses the appointment by the office is told why the wish has ended", async () => {
    const { server, office, made } = await fullHouse()
    const who = await signedIn(server, office.citizen(2))
    await who.send("/waitlist", { booking: made[1] ?? "" })
    await office.write((tx) => cancel(tx, office.supervisor(), made[1] ?? "", "closed"))
    expect(reading(await who.get("/bookings"))).toContain("with it ended your wait for an earlier time")
  })

  test("and could at once is shown the earlier times", async () => {
    const { server, office, made, slots } = await fullHouse()
    await office.write((tx) => cancel(tx, office.citizen(1), made[0] ?? ""))
    office.clock.advance(20 * minute)
    const who = await signedIn(server, office.citizen(2))
    const page = await who.get(`/bookings/${made[1]}`)
    expect(reading(page)).toContain("Earlier times are free")
    expect(reading(page)).not.toContain("Join the waiting list")
    const move = `/bookings/${made[1]}/move?day=${tomorrow}`
    expect(page.text).toContain(`href="${move}"`)
    expect((await who.get(move)).text).toContain(`value="${slots[0]}"`)
    // From a page that was opened before.
    const refused = await who.send("/waitlist", { booking: made[1] ?? "" })
    expect(refused.status).toBe(422)
    expect(reading(refused)).toContain("There are free times now")
    expect(reading(refused)).not.toContain("What you chose is kept.")
    const moved = await who.send(`/bookings/${made[1]}/move`, { slot: slots[0] ?? "" })
    expect(leadsTo(moved)).toBe(`/bookings/${made[1]}`)
  })
})

test("nobody joins, leaves or takes in another's name", async () => {
  const { server, office, joined, offer, made } = await fullHouse()
  const who = await joined(11)
  await offer()
  const mine = await who.get("/bookings")
  const thief = await signedIn(server, office.citizen(12))
  for (const what of ["leave", "acceptance"]) {
    expect((await thief.send(actionIn(mine.text, what))).status).toBe(404)
  }
  expect((await thief.send("/waitlist", { booking: made[1] ?? "" })).status).toBe(404)
  expect(reading(await who.get("/"))).toContain("A place came free for you")
})

for (const lang of ["ar", "en"] as const) {
  test(`the pages of waiting fit a narrow phone and axe finds nothing, in ${lang}`, async () => {
    const { server, joined, offer, times, made } = await fullHouse()
    await joined(11)
    await joined(12)
    const reader = { lang, viewport: { width: 320, height: 700 } }
    const { page, troubles } = await asCitizen(server, 13, reader)
    const fits = async () => {
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      expect(await violations(page)).toEqual([])
    }
    await page.goto(times)
    await fits()
    await page.click(".wait-card button")
    await page.waitForSelector("#waiting")
    await fits()
    await offer()
    const { page: first, troubles: firsts } = await asCitizen(server, 11, reader)
    await first.goto("/bookings")
    expect(await first.locator(".offered").count()).toBe(1)
    expect(await first.locator(".held-left").textContent()).toMatch(/1[45]:/)
    expect(await violations(first)).toEqual([])
    const { page: owner } = await asCitizen(server, 2, reader)
    await owner.goto(`/bookings/${made[1]}`)
    expect(await violations(owner)).toEqual([])
    expect([...troubles, ...firsts]).toEqual([])
  }, 60_000)

  test(`the appointment for which earlier times are free fits a narrow phone and axe finds nothing, in ${lang}`, async () => {
    const { server, offer, made } = await fullHouse()
    await offer()
    const { page, troubles } = await asCitizen(server, 2, { lang, viewport: { width: 320, height: 700 } })
    await page.goto(`/bookings/${made[1]}`)
    expect(await page.locator(`a[href$="/move?day=${tomorrow}"]`).count()).toBe(1)
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    expect(await violations(page)).toEqual([])
    expect(troubles).toEqual([])
  }, 60_000)
}
