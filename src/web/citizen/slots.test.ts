import { afterAll, describe, expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import type { Citizen } from "../../domain/access/subject.ts"
import { book } from "../../domain/bookings/writes.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { testServer } from "../../testing/server.ts"
import { leadsTo, reading, signedIn } from "../../testing/signed-in.ts"
import { type Visited, visitor } from "../../testing/visitor.ts"

const server = await testServer({
  plan: { citizens: 60, counters: 2 },
})
const { office } = server
const tomorrow = "2026-11-23"

afterAll(() => {
  expect(server.bugs).toEqual([])
})

let nextCitizen = 1
const someone = () => office.citizen(nextCitizen++)
const idIn = (visited: Visited) => leadsTo(visited).split("/").at(-1) ?? ""

async function booked(citizen: Citizen, slot: string, { service = "PAS-08", for: whom = [] as string[] } = {}) {
  const who = await signedIn(server, citizen)
  const held = await who.send("/holds", { office: slot.split(".")[0] ?? "", service, slot, for: whom })
  const made = await who.send("/bookings", { hold: idIn(held) })
  expect([held.status, made.status]).toEqual([303, 303])
  return { who, page: leadsTo(made), id: idIn(made) }
}

/** Takes what is left of a slot, so that it is full. */
async function fill(slot: string, service = "PAS-10", places = 3) {
  const wanted = { office: slot.split(".")[0] ?? "", service, slot }
  for (let taken = 0; taken < places; taken++) await office.write((tx) => book(tx, someone(), wanted))
}

describe("choosing a time", () => {
  test("from the times to the slip: chosen, kept, confirmed, in the hand", async () => {
    const who = await signedIn(server, someone())
    const slot = office.slot("12:00")
    const times = await who.get(`/offices/${office.code}/slots?service=PAS-08`)
    expect(times.text).toContain(slot)
    const held = await who.send("/holds", { office: office.code, service: "PAS-08", slot })
    const confirm = await who.get(leadsTo(held))
    expect(reading(confirm)).toContain("It is yours for 10\u00a0minutes while you confirm.".replace("\u00a0", " "))
    expect(reading(confirm)).toContain("Kept for you until 10:10")
    const made = await who.send("/bookings", { hold: idIn(held) })
    expect(reading(await who.get(made.location ?? ""))).toContain("You are booked.")
    const slip = await who.get(`${leadsTo(made)}/slip`)
    expect(slip.text).toContain("<svg")
    expect(reading(slip)).toContain("12:00")
    // Going back to the confirmation, or confirming again, leads to the same booking.
    expect(leadsTo(await who.get(leadsTo(held)))).toBe(leadsTo(made))
    expect(leadsTo(await who.send("/bookings", { hold: idIn(held) }))).toBe(leadsTo(made))
  })

  test("a stranger chooses, signs in, and finds the choice as it was; nothing has been taken by looking", async () => {
    const slot = office.slot("12:15")
    const stranger = visitor(() => server.origin)
    const before = await server.head()
    const times = await stranger.get(`/offices/${office.code}/slots?service=PAS-04`)
    expect(times.text).toContain('action="/holds/new"')
    const way = `/holds/new?office=${office.code}&service=PAS-04&slot=${slot}`
    const toSignIn = await stranger.get(way)
    expect(toSignIn.location).toBe(`/sign-in?next=${encodeURIComponent(way)}`)
    expect(await server.head()).toBe(before)
    const who = await signedIn(server, someone())
    const back = await who.get(way)
    const page = await who.get(back.location ?? "")
    expect(page.text).toMatch(new RegExp(`value="${slot}" checked`))
    const held = await office.facts("hold.made")
    expect(held.some(({ body }) => body.service === "PAS-04")).toBe(false)
  })

  test("strangers are shown one document, each with a nonce of its own; it is true as soon as a place is taken, and nobody's who has signed in", async () => {
    const [way, slot] = [`/offices/${office.code}/slots?service=PAS-08`, office.slot("13:00")]
    const nonces = ({ text }: Visited) => [...new Set([...text.matchAll(/nonce="([^"]+)"/g)].map(([, nonce]) => nonce))]
    const without = (visited: Visited) => visited.text.replaceAll(nonces(visited)[0] ?? "?", "")
    const [one, other] = [visitor(() => server.origin), visitor(() => server.origin)]
    const [first, again] = [await one.get(way), await other.get(way)]
    for (const seen of [first, again]) {
      expect(nonces(seen)).toHaveLength(1)
      expect(seen.headers.get("Content-Security-Policy")).toContain(`'nonce-${nonces(seen)[0]}'`)
      expect(seen.text).not.toContain("csrf")
    }
    expect(nonces(first)).not.toEqual(nonces(again))
    expect(without(again)).toBe(without(first))

    // Whoever asks for something else sees that, and the address goes along.
    const arabic = await one.get(`${way}&lang=ar`)
    expect(arabic.text).toContain('dir="rtl"')
    expect(arabic.text).toContain(`${way.replace("&", "&amp;")}&amp;lang=en`)
    expect((await other.get(`${way}&day=${tomorrow}`)).text).toContain(
      `/slots?service=PAS-08&amp;day=${tomorrow}&amp;lang=ar`,
    )
    expect((await other.get(`${way}&people=2`)).text).toContain("room for all of you (2)")
    expect(reading(await other.get(way, { Cookie: "zone=Europe/Berlin" }))).toContain("11:00 your time")
    // A zone has one name, however it is spelt.
    expect(without(await other.get(way, { Cookie: "zone=europe/BERLIN" }))).toBe(
      without(await other.get(way, { Cookie: "zone=Europe/Berlin" })),
    )
    expect(without(await other.get(way))).toBe(without(first))

    const citizen = someone()
    const who = await signedIn(server, citizen)
    const own = await who.get(way)
    expect(own.text).toContain(`name="for" value="${citizen.id}"`)
    expect((await other.get(way)).text).not.toContain(citizen.id)
    const free = (visited: Visited) =>
      new RegExp(`value="${slot}"[\\s\\S]*?<small>(.*?)</small>`).exec(visited.text)?.[1]?.replace("\u00a0", " ")
    expect([free(first), free(own)]).toEqual(["3 places", "3 places"])
    await office.write((tx) => book(tx, citizen, { office: office.code, service: "PAS-08", slot }))
    expect([free(await one.get(way)), free(await other.get(way))]).toEqual(["مكانان", "2 places"])
  })

  test("whoever asks for a day that cannot be booked, or for more people than may come, reads so beside the times that there are", async () => {
    const way = `/offices/${office.code}/slots?service=PAS-08`
    const [stranger, citizen] = [visitor(() => server.origin), await signedIn(server, someone())]
    for (const who of [stranger, citizen]) {
      const far = await who.get(`${way}&day=2031-01-01`)
      expect([far.status, reading(far)]).toEqual([200, expect.stringContaining("That day is not open for booking yet")])
      expect(far.text).toContain(office.slot("13:15"))
      expect(reading(await who.get(`${way}&day=2020-01-01`))).toContain("That day has passed")
      expect(reading(far)).not.toContain(citizenWords.en.kept)
      // Yesterday lies within what is offered, for nights that are not over, and is past all the same; each answer says its own number.
      for (let time = 0; time < 2; time++) {
        const past = await who.get(`${way}&day=2026-11-21`)
        expect(reading(past)).toContain("That day has passed")
        expect(past.text).toContain(`<bdi dir="ltr">${past.headers.get("X-Request-Id")}</bdi>`)
      }
      for (const day of [tomorrow, "2026-11-27", "no-day"]) {
        expect((await who.get(`${way}&day=${day}`)).text).not.toContain("refusal")
      }
    }
    const many = await stranger.get(`${way}&people=7`)
    expect([many.status, reading(many)]).toEqual([
      422,
      expect.stringContaining("That is more people than one visit may have"),
    ])
    expect(many.text).toContain(office.slot("13:15"))
    const two = await stranger.get(`${way}&people=2`)
    expect([two.status, two.text.includes("room for you all"), / places?</.test(two.text)]).toEqual([200, true, false])
  })

  test("a full time is refused on the same page: what was chosen is kept, three others are one press away", async () => {
    const slot = office.slot("08:00", { on: tomorrow })
    await fill(slot)
    const parent = someone()
    const [child = ""] = await office.children(parent, 1)
    const who = await signedIn(server, parent)
    const refused = await who.send("/holds", { office: office.code, service: "PAS-04", slot, for: [child] })
    expect(refused.status).toBe(409)
    expect(reading(refused)).toContain("That time was taken a moment ago")
    expect(reading(refused)).toContain("What you chose is kept.")
    expect(refused.text).toContain(`value="${child}" checked`)
    const buttons = [...refused.text.matchAll(/<button[^>]*name="slot" value="([^"]+)"/g)].map(([, id]) => id)
    expect(buttons).toHaveLength(3)
    expect(refused.text).toContain('href="#times"')
    expect(refused.text).toContain(refused.headers.get("X-Request-Id") ?? "?")
    // Everything that the refused form held goes with each of them.
    const taken = await who.send("/holds", {
      office: office.code,
      service: "PAS-04",
      slot: buttons[0] ?? "",
      for: [child],
    })
    expect(taken.status).toBe(303)
  })

  test("a time that was taken while its chooser signed in is said to be gone, with others beside", async () => {
    const slot = office.slot("09:00", { on: tomorrow })
    await fill(slot)
    const who = await signedIn(server, someone())
    const page = await who.get(`/offices/${office.code}/slots?service=PAS-04&slot=${slot}`)
    expect(page.status).toBe(200)
    expect(reading(page)).toContain("That time was taken a moment ago")
  })

  test("going on without a time asks for one and loses nothing", async () => {
    const who = await signedIn(server, someone())
    const page = await who.send("/holds", { office: office.code, service: "PAS-04", slot: "" })
    expect(page.status).toBe(400)
    expect(page.text).toContain(office.slot("12:30"))
  })

  test("what the reader's browser says of its zone is shown beside the office's time, and nonsense is not", async () => {
    const reader = visitor(() => server.origin)
    const slots = `/offices/${office.code}/slots?service=PAS-04&day=${tomorrow}`
    expect(reading(await reader.get(slots))).not.toContain("your time")
    reader.cookies.set("zone", "Europe%2FBerlin")
    expect(reading(await reader.get(slots))).toMatch(/10:00 08:00 your time/)
    reader.cookies.set("zone", "Nowhere%2FAtlantis")
    const page = await reader.get(slots)
    expect([page.status, reading(page).includes("your time")]).toEqual([200, false])
  })

  test("a second page of the same person moves what is kept; the first page says so and leads on", async () => {
    const who = await signedIn(server, someone())
    const first = await who.send("/holds", { office: office.code, service: "PAS-08", slot: office.slot("13:00") })
    const second = await who.send("/holds", { office: office.code, service: "PAS-08", slot: office.slot("13:15") })
    const gone = await who.get(leadsTo(first))
    expect(gone.status).toBe(409)
    expect(gone.text).toContain(leadsTo(second))
    const confirmed = await who.send("/bookings", { hold: idIn(first) })
    expect(confirmed.status).toBe(409)
    expect(confirmed.text).toContain(leadsTo(second))
  })

  test("a hold that ran out is confirmed while there is room, and else answered with other times", async () => {
    const [lucky, late] = [await signedIn(server, someone()), await signedIn(server, someone())]
    const [free, contested] = [office.slot("10:00", { on: tomorrow }), office.slot("11:00", { on: tomorrow })]
    const one = await lucky.send("/holds", { office: office.code, service: "PAS-10", slot: free })
    const other = await late.send("/holds", { office: office.code, service: "PAS-10", slot: contested })
    office.clock.advance(11 * minute)
    await fill(contested)
    expect(reading(await lucky.get(leadsTo(one)))).toContain("The ten minutes are over.")
    expect(leadsTo(await lucky.send("/bookings", { hold: idIn(one) }))).toStartWith("/bookings/")
    const refused = await late.send("/bookings", { hold: idIn(other) })
    expect(refused.status).toBe(409)
    expect(reading(refused)).toContain("The ten minutes ran out and the time was taken")
    expect(refused.text.match(/name="slot" value="/g)?.length ?? 0).toBeGreaterThanOrEqual(3)
  })

  test("who gives a kept time up frees it at once", async () => {
    const who = await signedIn(server, someone())
    const held = await who.send("/holds", {
      office: office.code,
      service: "RES-15",
      slot: office.slot("13:00", { line: "RES" }),
    })
    expect(leadsTo(await who.send(`${leadsTo(held)}/release`))).toBe("/services/RES-15")
    expect(await office.facts("hold.released")).toHaveLength(1)
  })
})

describe("limits", () => {
  test("a second appointment for the same service leads to the one there is", async () => {
    const { who, id } = await booked(someone(), office.slot("09:15", { on: tomorrow }))
    const slot = office.slot("12:00", { on: tomorrow })
    const refused = await who.send("/holds", { office: office.code, service: "PAS-08", slot })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain(`href="/bookings/${id}"`)
    expect(refused.text).toContain(`href="/bookings/${id}/move"`)
  })

  test("beyond three open appointments one is led to one's own", async () => {
    const citizen = someone()
    const slots = ["12:00", "12:30", "13:00"]
    for (const [index, service] of ["PAS-08", "PAS-04", "PAS-10"].entries()) {
      await booked(citizen, office.slot(slots[index] ?? "", { on: tomorrow }), { service })
    }
    const who = await signedIn(server, citizen)
    const slot = office.slot("13:30", { line: "RES", on: tomorrow })
    const refused = await who.send("/holds", { office: office.code, service: "RES-15", slot })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('class="button button-second" href="/bookings"')
  })
})
