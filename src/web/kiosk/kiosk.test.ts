import { afterAll, expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { visiting } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"

const server = await testServer({ plan: { soonestMinutes: 0, more: [{ code: "JED-SRF" }] } })
const { office } = server
const base = `/kiosk/${office.code}`

afterAll(() => {
  expect(server.bugs).toEqual([])
})

const numberOn = (text: string) => /class="issued-number number"[^>]*>\s*(\d+)\s*</.exec(text)?.[1]

async function take(number: string, service = "PAS-10", once?: string) {
  const kiosk = await visiting(server, "kiosk")
  const form = await kiosk.get(`${base}/number?service=${service}&lang=en`)
  const key = once ?? /name="once" value="([^"]+)"/.exec(form.text)?.[1] ?? ""
  return { kiosk, answer: await kiosk.post(`${base}/number`, { service, once: key, number, people: "1", need: "" }) }
}

test("a walk-in with an identity number gets a number, and the screen with it opens for a moment only", async () => {
  const { kiosk, answer } = await take("1000000008")
  expect(answer.status).toBe(303)
  const shown = await kiosk.get(answer.location ?? "")
  expect(numberOn(shown.text)).toBe("201")
  expect(shown.text).toContain("Follow it on your phone")
  office.clock.advance(3 * minute)
  const later = await kiosk.get(answer.location ?? "")
  expect([later.status, later.location]).toEqual([303, base])
})

test("digits typed on an Arabic keyboard are the same digits", async () => {
  const { answer } = await take("١٠٠٠٠٠٠٠١٦")
  expect(answer.status).toBe(303)
})

test("a finger that taps twice gets one number", async () => {
  const kiosk = await visiting(server, "kiosk")
  await kiosk.get(`${base}/number?service=PAS-10&lang=en`)
  const form = { service: "PAS-10", once: "tap-tap-tap-tap", number: "1000000024", people: "2", need: "" }
  const [first, second] = await Promise.all([kiosk.post(`${base}/number`, form), kiosk.post(`${base}/number`, form)])
  expect([first.status, second.status]).toEqual([303, 303])
  expect(numberOn((await kiosk.get(first.location ?? "")).text)).toBe(
    numberOn((await kiosk.get(second.location ?? "")).text),
  )
})

test("half a booking's code is told to be no booking of today, not a wrong identity number", async () => {
  const kiosk = await visiting(server, "kiosk")
  await kiosk.get(`${base}/arrive?lang=en`)
  const answer = await kiosk.post(`${base}/arrive`, { code: "48291", number: "", birthYear: "" })
  expect(answer.status).toBe(404)
  expect(answer.text).toContain("We found no appointment with that")
})

test("where nothing is found by a number that has a digit wrong, the words say so, and for no other number", async () => {
  const kiosk = await visiting(server, "kiosk")
  await kiosk.get(`${base}/arrive?lang=en`)
  for (const [number, isSaid] of [
    ["1000000009", true],
    ["1000000008", false],
  ] as const) {
    const arriving = await kiosk.post(`${base}/arrive`, { code: "", number, birthYear: "1990" })
    const printing = await kiosk.post(`${base}/reprint`, { ticket: "999", number })
    for (const answer of [arriving, printing]) {
      expect([answer.status, answer.text.includes("One digit of the identity number may be wrong")]).toEqual([
        404,
        isSaid,
      ])
    }
  }
})

test("a second number for the same person is refused and tells a stranger nothing about the first", async () => {
  await take("1000000032")
  const { answer } = await take("1000000032", "RES-04")
  expect(answer.status).toBe(409)
  expect(answer.text).toContain("There is a number for this person today already")
  expect(answer.text).not.toMatch(/\/t\/|issued-number/)
})

test("no number, half a number and letters are refused where they were typed", async () => {
  for (const number of ["", "123", "abcdefghij", "3000000000"]) {
    const { answer } = await take(number)
    expect([number, answer.status]).toEqual([number, 422])
    expect(answer.text).toContain('name="number"')
  }
})

test("a booked person checks in by the code, however the reader types it, and is told when it is too early to be called", async () => {
  const citizen = server.citizen(5)
  const { body } = await citizen.post("/api/v1/bookings", {
    office: office.code,
    service: "PAS-04",
    slot: office.slot("10:30"),
  })
  const kiosk = await visiting(server, "kiosk")
  await kiosk.get(`${base}/arrive?lang=en`)
  const wrong = await kiosk.post(`${base}/arrive`, { code: "9999999999", number: "", birthYear: "" })
  expect(wrong.status).toBe(404)
  const answer = await kiosk.post(`${base}/arrive`, {
    code: `https://x.example/b/${body.code}`,
    number: "",
    birthYear: "",
  })
  expect(answer.status).toBe(303)
  const shown = await kiosk.get(answer.location ?? "")
  expect(shown.text).toContain("We will not call you before 10:30")
  const again = await kiosk.post(`${base}/arrive`, { code: body.code, number: "", birthYear: "" })
  expect(again.status).toBe(409)
})

test("a number is printed again only for who knows both the paper and the person", async () => {
  const { kiosk, answer } = await take("1000000040")
  const number = numberOn((await kiosk.get(answer.location ?? "")).text) ?? ""
  await kiosk.get(`${base}/reprint?lang=en`)
  const stranger = await kiosk.post(`${base}/reprint`, { ticket: number, number: "1000000057" })
  expect(stranger.status).toBe(404)
  expect(stranger.text).not.toContain("/t/")
  const nobody = await kiosk.post(`${base}/reprint`, { ticket: number, number: "" })
  expect(nobody.status).toBe(404)
  const holder = await kiosk.post(`${base}/reprint`, { ticket: number, number: "1000000040" })
  expect(numberOn((await kiosk.get(holder.location ?? "")).text)).toBe(number)
})

test("a kiosk works for its own office, and no key of another kind opens one", async () => {
  const kiosk = await visiting(server, "kiosk")
  expect((await kiosk.get("/kiosk/JED-SRF/start")).status).toBe(403)
  expect((await kiosk.get("/kiosk/JED-SRF")).location).toBe(base)
  expect((await kiosk.get("/kiosk")).location).toBe(base)
  const over = await kiosk.get(`${base}?key=dawr_demo_aaaaaaaa_${"a".repeat(49)}`)
  expect(over.status).toBe(401)
  expect(over.text).toContain(`href="${base}"`)
  const board = await server.device("board").token()
  expect((await kiosk.get(`${base}?key=${board}`)).status).toBe(401)
})

test("a service that needs an appointment says so at once, with the nearest times", async () => {
  const booked = await testServer({
    plan: { services: [{ code: "PAS-99", sector: "PAS", minutes: 15, bookingOnly: true }] },
  })
  const kiosk = await visiting(booked, "kiosk")
  await kiosk.get(`${base}/number?service=PAS-99&lang=en`)
  const answer = await kiosk.post(`${base}/number`, {
    service: "PAS-99",
    once: "x",
    number: "1000000008",
    people: "1",
    need: "",
  })
  expect(answer.status).toBe(422)
  expect(answer.text).toContain("This service needs an appointment")
})

test("an office that is closed says when it opens, and gives nothing out", async () => {
  const closed = await testServer({ plan: { now: "2026-11-22T20:00" } })
  const kiosk = await visiting(closed, "kiosk")
  await kiosk.get(`${base}/number?service=PAS-10&lang=en`)
  const answer = await kiosk.post(`${base}/number`, {
    service: "PAS-10",
    once: "x",
    number: "1000000008",
    people: "1",
    need: "",
  })
  expect(answer.status).toBe(422)
  expect(answer.text).toContain("Opens Monday 23 November, 07:30")
})
