import { afterAll, expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { describeSelf } from "../../domain/access/staff.ts"
import type { Citizen } from "../../domain/access/subject.ts"
import { wishAhead } from "../../domain/bookings/wishes.ts"
import { book, cancel, move } from "../../domain/bookings/writes.ts"
import { wake } from "../../domain/queue/waking.ts"
import { wish } from "../../domain/queue/wishes.ts"
import { ringNext } from "../../domain/visits/ringing.ts"
import { wishWords } from "../../i18n/wishes.ts"
import { refusal, testOffice } from "../../testing/office.ts"
import { testServer } from "../../testing/server.ts"
import { leadsTo, reading, signedIn } from "../../testing/signed-in.ts"
import { videoHall } from "../../testing/video.ts"

const hall = await videoHall({ lines: [{ code: "VIR", public: 2, staffExtra: 1 }], citizens: 20 })
const server = await testServer({ office: hall })
const words = wishWords.en
let next = 1

afterAll(() => {
  expect(server.bugs).toEqual([])
})

/** Somebody with a booking by video for this time of today. */
async function booked(time: string) {
  const citizen = hall.citizen(next++)
  const { id, code } = await hall.booked(citizen, time, { line: "VIR", service: "RES-04" })
  return { citizen, who: await signedIn(server, citizen), id, code, page: `/bookings/${id}` }
}

const wantsOf = async (id: string) => (await hall.bookingNow(id)).wants
const wishing = (who: Citizen, id: string) => hall.write((tx) => wishAhead(tx, who, id, "female"))

test("who has booked a video visit says on its page that a woman should call, and takes it back", async () => {
  const { who, id, page } = await booked("13:00")
  const asked = await who.get(`${page}?lang=en`)
  expect(reading(asked)).toContain(words.ahead)
  expect(asked.text).toContain(`action="${page}/wish"`)
  expect(leadsTo(await who.send(`${page}/wish`, { wants: "female" }))).toBe(page)
  expect(await wantsOf(id)).toBe("female")
  expect(reading(await who.get(page))).toContain(words.askedAhead)
  // Pressed twice it is one wish.
  await who.send(`${page}/wish`, { wants: "female" })
  expect((await hall.facts("booking.wished")).filter(({ body }) => body.booking === id)).toHaveLength(1)
  await who.send(`${page}/wish`, { wants: "" })
  expect(await wantsOf(id)).toBeNull()
  expect((await who.send(`${page}/wish`, { wants: "male" })).status).toBe(400)
})

test("nobody else says it for them, and nobody once the time has come", async () => {
  const { citizen, id, page } = await booked("10:05")
  const other = await signedIn(server, hall.citizen(next++))
  expect((await other.send(`${page}/wish`, { wants: "female" })).status).toBe(404)
  hall.time("10:05")
  expect((await refusal(wishing(citizen, id))).code).toBe("wrong_state")
  expect(await wantsOf(id)).toBeNull()
})

test("a hall has no such wish: there one sees who is at the counter", async () => {
  const office = await testOffice({ citizens: 1 })
  const me = office.citizen(1)
  const slot = office.slot("11:00")
  const { id } = await office.write((tx) => book(tx, me, { office: office.code, service: "PAS-01", slot }))
  expect((await refusal(office.write((tx) => wishAhead(tx, me, id, "female")))).code).toBe("not_found")
})

test("the wish goes along when the booking moves, and the ticket has it from the first", async () => {
  const citizen = hall.citizen(next++)
  const slot = (time: string) => hall.slot(time, { line: "VIR" })
  const wanted = { office: hall.code, service: "RES-04", slot: slot("14:00") }
  const { id } = await hall.write((tx) => book(tx, citizen, wanted))
  await wishing(citizen, id)
  await hall.write((tx) => move(tx, citizen, id, slot("11:30")))
  expect(await wantsOf(id)).toBe("female")
  hall.time("11:20")
  const who = await signedIn(server, citizen)
  const visit = leadsTo(await who.send(`/bookings/${id}/arrival`))
  const ticket = visit.split("/").at(-1) ?? ""
  expect((await hall.ticketNow(ticket)).wants).toBe("female")
  expect(reading(await who.get(`${visit}?lang=en`))).toContain(words.asked)
  // A man passes over the ticket, a woman has it where it stands.
  hall.time("11:30")
  await hall.write((tx) => wake(tx, hall.code))
  await hall.write((tx) => describeSelf(tx, hall.agent(2), "female"))
  await hall.open(1)
  await hall.open(2)
  expect(await hall.write((tx) => ringNext(tx, hall.agent(1), hall.counter(1)))).toBeNull()
  expect((await hall.write((tx) => ringNext(tx, hall.agent(2), hall.counter(2))))?.row.id).toBe(ticket)
})

test("where no woman is at work when the time has come, who waits for one takes another time first and loses nothing", async () => {
  await hall.write((tx) => describeSelf(tx, hall.agent(2), null))
  hall.time("11:50")
  const { citizen, who, id } = await booked("12:00")
  await wishing(citizen, id)
  const visit = leadsTo(await who.send(`/bookings/${id}/arrival`))
  const again = `/bookings/${id}/again`
  // Before the time she may still come: it is said what can be done then, and nothing is offered that would be refused.
  const before = await who.get(`${visit}?lang=en`)
  expect(reading(before)).toContain(words.noneYet)
  expect(before.text).not.toContain(again)
  expect(leadsTo(await who.get(again))).toBe(`/bookings/${id}`)
  hall.time("12:00")
  await hall.write((tx) => wake(tx, hall.code))
  expect((await who.get(`${visit}?lang=en`)).text).toContain(`href="${again}"`)
  const slot = /name="slot" value="([^"]+)"/.exec((await who.get(again)).text)?.[1] ?? ""
  const made = leadsTo(await who.send(again, { slot }))
  expect(made).not.toContain(id)
  expect(await wantsOf(made.split("/").at(-1) ?? "")).toBe("female")
  expect(await hall.bookingNow(id)).toMatchObject({ state: "cancelled", endedBy: "office" })
})

test("what was said last in the waiting room is what goes along to another time", async () => {
  hall.time("12:20")
  const { citizen, who, id } = await booked("12:30")
  await wishing(citizen, id)
  const ticket =
    leadsTo(await who.send(`/bookings/${id}/arrival`))
      .split("/")
      .at(-1) ?? ""
  await hall.write((tx) => wish(tx, citizen, ticket, null))
  expect(await wantsOf(id)).toBeNull()
  hall.time("12:30")
  await hall.write((tx) => wake(tx, hall.code))
  await hall.video.pass(11 * minute)
  const again = `/bookings/${id}/again`
  const slot = /name="slot" value="([^"]+)"/.exec((await who.get(again)).text)?.[1] ?? ""
  const made = leadsTo(await who.send(again, { slot }))
  expect(made).not.toContain(id)
  expect(await wantsOf(made.split("/").at(-1) ?? "")).toBeNull()
})

test("who staffs the day sees how many of its video visits ask for a woman, and nothing where none does", async () => {
  const office = await videoHall({ lines: [{ code: "VIR", public: 9 }], citizens: 5 })
  const own = await testServer({ office })
  const supervisor = await signedIn(own, office.supervisor())
  const read = async (lang = "en") =>
    reading(await supervisor.get(`/day/${office.code}?lang=${lang}`)).replaceAll("\u00a0", " ")
  const booked = async (number: number, time: string, on: string = office.today) => {
    const wanted = { office: office.code, service: "RES-04", slot: office.slot(time, { line: "VIR", on }) }
    return (await office.write((tx) => book(tx, office.citizen(number), wanted))).id
  }
  const wants = (number: number, id: string, wish: "female" | null) =>
    office.write((tx) => wishAhead(tx, office.citizen(number), id, wish))
  const [first, second, third] = [await booked(1, "11:00"), await booked(2, "12:00"), await booked(3, "13:00")]
  expect(await read()).not.toMatch(/asks? for a woman/)
  await wants(1, first, "female")
  expect(await read()).toContain("One appointment asks for a woman.")
  await wants(2, second, "female")
  expect(await read("ar")).toContain("موعدان يطلب صاحباهما موظفة.")
  await wants(3, third, "female")
  expect(await read("ar")).toContain("3 مواعيد يطلب أصحابها موظفة.")
  await wants(2, second, null)
  await office.write((tx) => cancel(tx, office.citizen(3), third))
  // Of another day nothing is said on this one's page.
  await wants(4, await booked(4, "11:00", "2026-11-24"), "female")
  expect(await read()).toContain("One appointment asks for a woman.")
  expect(own.bugs).toEqual([])
})
