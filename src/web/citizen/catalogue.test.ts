import { afterAll, describe, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { services } from "../../../db/schema/catalogue.ts"
import { offices } from "../../../db/schema/offices.ts"
import { day } from "../../base/day.ts"
import { book } from "../../domain/bookings/writes.ts"
import { checkIn } from "../../domain/queue/arrivals.ts"
import { dayChange } from "../../testing/office.ts"
import { testServer } from "../../testing/server.ts"
import { reading, signedIn } from "../../testing/signed-in.ts"
import { visitor } from "../../testing/visitor.ts"

const server = await testServer({
  plan: {
    citizens: 10,
    counters: 2,
    hours: [
      { start: "07:30", minutes: 420 },
      { layer: "season", season: "ramadan", rrule: "FREQ=DAILY", start: "21:00", minutes: 240 },
    ],
    seasons: [{ id: "ramadan", first: "2026-12-01", last: "2026-12-29" }],
    holidays: [{ first: "2026-11-25" }],
    services: [{ code: "PAS-30", sector: "PAS", minutes: 15, bookingOnly: true }],
    more: [
      {
        code: "BER-MIS",
        zone: "Europe/Berlin",
        counters: 1,
        lines: [{ code: "PAS" }],
        hours: [{ start: "09:30", minutes: 240 }],
      },
    ],
  },
})
const { office } = server

await office.write(async (tx) => {
  const name = { ar: "إصدار جواز سفر سعودي", en: "Issue Saudi passport" }
  const documents = [{ ar: "الهوية", en: "identity card" }]
  await tx.db.update(services).set({ name, documents, feeHalalas: 30_000 }).where(eq(services.code, "PAS-01"))
  const called = { ar: "شعبة جوازات حي الرمال", en: "Passports, Al-Rimal" }
  await tx.db.update(offices).set({ name: called }).where(eq(offices.code, office.code))
})

afterAll(() => {
  expect(server.bugs).toEqual([])
})

const reader = visitor(() => server.origin)
const arabic = { "Accept-Language": "ar" }

describe("searching", () => {
  test("forgives the spellings that people mix up, and finds offices too", async () => {
    for (const typed of ["إصدار جواز", "اصدار جواز", "اصدار الجواز", "passport"]) {
      const page = await reader.get(`/search?q=${encodeURIComponent(typed)}`)
      expect([typed, page.text.includes('href="/services/PAS-01"')]).toEqual([typed, true])
    }
    for (const typed of ["جوازات الرمال", "al-rimal", "شعبه"]) {
      const page = await reader.get(`/search?q=${encodeURIComponent(typed)}`)
      expect([typed, page.text.includes(`href="/offices/${office.code}"`)]).toEqual([typed, true])
    }
  })

  test("finds nothing without leaving anybody there, and shows what was typed as it is", async () => {
    const page = await reader.get(`/search?q=${encodeURIComponent('<b>"قهوة"')}`)
    expect(page.status).toBe(200)
    expect(reading(page)).toContain("We found nothing for")
    expect(page.text).toContain('href="/sectors/PAS"')
    expect(page.text).not.toContain("<b>")
  })

  test("asks nothing and gets every service", async () => {
    expect((await reader.get("/search?q=")).text).toContain('href="/services/CIV-01"')
  })
})

describe("a service", () => {
  test("that can be done online says so before it offers a visit, and links to nothing that is not there", async () => {
    // A reader of its own: the way to the other language is among the links, and is remembered.
    const reader = visitor(() => server.origin)
    const page = await reader.get("/services/PAS-01")
    expect(page.text.indexOf("You can do this without a visit")).toBeLessThan(page.text.indexOf("Book a visit"))
    expect(reading(page)).toContain("SAR 300")
    const links = [...page.text.matchAll(/<a[^>]* href="(\/[^"#]*)"/g)].map(([, href = ""]) => href)
    for (const href of links.filter((one) => !one.startsWith("/sign-in"))) {
      expect([href, (await reader.get(href.replaceAll("&amp;", "&"))).status]).toEqual([href, 200])
    }
  })

  test("names each office with its first free time, the soonest first and alone in a filled button", async () => {
    const page = await reader.get("/services/PAS-01")
    expect(reading(page)).toContain("First free time: today 11:00")
    expect(page.text.match(/class="button button-main/g)).toHaveLength(1)
    expect(page.text.indexOf(`/offices/${office.code}/slots`)).toBeLessThan(page.text.indexOf("/offices/BER-MIS/slots"))
  })

  test("that is online only offers no visit; one by appointment only says so; one that nobody serves does too", async () => {
    expect(reading(await reader.get("/services/PAS-02"))).not.toContain("Book a visit")
    expect(reading(await reader.get("/services/PAS-30"))).toContain("the office gives out no numbers for this service")
    expect(reading(await reader.get("/services/MUN-01"))).toContain("No office here takes bookings for this service")
  })

  test("that is not there, an office that is not there and a service that the office does not have are refused", async () => {
    expect((await reader.get("/services/NO-99")).status).toBe(404)
    expect((await reader.get("/sectors/NO")).status).toBe(404)
    expect((await reader.get("/offices/NO-NO/slots?service=PAS-01")).status).toBe(404)
    expect((await reader.get(`/offices/${office.code}/slots?service=CIV-01`)).status).toBe(422)
    expect((await reader.get(`/offices/${office.code}/slots?service=PAS-02`)).status).toBe(422)
  })
})

describe("an office", () => {
  test("shows its hours with holidays, a supervisor's change, and Ramadan's nights", async () => {
    const sessions = [{ start: "10:00", minutes: 120 }]
    await dayChange(office, { day: day("2026-11-24"), kind: "hours", sessions })
    const page = reading(await reader.get(`/offices/${office.code}`))
    expect(page).toContain("Today 22 November 12 Jumada II 07:30–14:30")
    expect(page).toContain("24 November 14 Jumada II 10:00–12:00 Changed hours")
    expect(page).toContain("25 November 15 Jumada II Closed 2026-11-25")
    expect(page).toContain("1 December 21 Jumada II 21:00–01:00 ramadan")
  })

  test("speaks Arabic to who reads Arabic, by its own clock", async () => {
    const page = reading(await reader.get("/offices/BER-MIS", arabic))
    expect(page).toContain("بتوقيت برلين")
    expect(page).toContain("من 9:30 ص إلى 1:30 م")
  })

  test("in a night of Ramadan says on which date the hours after midnight fall", async () => {
    const page = reading(await reader.get(`/offices/${office.code}/slots?service=PAS-01&day=2026-12-01`))
    expect(page).toContain("Times on Tuesday 1 December")
    expect(page).toContain("After midnight, Wednesday 2 December 00:00")
  })
})

describe("the first page", () => {
  test("tells a stranger what there is and how long the wait is, and when a closed office opens", async () => {
    const page = reading(await reader.get("/"))
    expect(page).toContain("What do you need done?")
    expect(page).toContain("Open until 14:30")
    expect(page).toContain("Sign in to see and change your appointments.")
    office.clock.set(office.at("15:00"))
    expect(reading(await reader.get("/"))).toContain("Opens tomorrow at 07:30")
    office.clock.set(office.at("10:00"))
  })

  test("shows the next appointment, and once its holder has arrived the turn in its place", async () => {
    const citizen = office.citizen(3)
    const who = await signedIn(server, citizen)
    const slot = office.slot("11:00")
    const made = await office.write((tx) => book(tx, citizen, { office: office.code, service: "PAS-04", slot }))
    const before = await who.get("/")
    expect(reading(before)).toContain("Your next appointment, today")
    expect(before.text).toContain(`href="/bookings/${made.id}/slip"`)
    expect(before.text).toContain(`href="/bookings/${made.id}/move"`)
    office.clock.set(office.at("10:45"))
    const { ticket } = await office.write((tx) =>
      checkIn(tx, citizen, { office: office.code, by: { code: made.code }, lang: "en" }),
    )
    // Nobody stays signed in for so long without doing anything.
    const later = await signedIn(server, citizen)
    const after = await later.get("/")
    expect(reading(after)).toContain("Your place in line")
    expect(after.text).toContain(`href="/tickets/${ticket.id}"`)
    expect((await later.get(`/bookings/${made.id}`)).text).toContain(`href="/tickets/${ticket.id}"`)
  })
})
