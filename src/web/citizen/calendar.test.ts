import { expect, test } from "bun:test"
import { calendarOf, type Event } from "./calendar.ts"

const event: Event = {
  id: "1@office.example",
  madeAt: Date.UTC(2026, 10, 22, 7),
  startsAt: Date.UTC(2026, 10, 24, 7, 30),
  endsAt: Date.UTC(2026, 10, 24, 7, 45),
  state: "CONFIRMED",
  title: "إصدار جواز سفر سعودي · شعبة جوازات حي الرمال",
  place: "Hall 2; second floor, Riyadh",
  notes: "C:\\papers\nبطاقة",
  link: "https://office.example/bookings/1",
}

test("an appointment's times are instants, so that every calendar shows the right hour in its own zone", () => {
  const text = calendarOf(event)
  expect(text).toContain("DTSTART:20261124T073000Z\r\n")
  expect(text).toContain("DTEND:20261124T074500Z\r\n")
})

test("commas, semicolons, backslashes and line breaks in a text end nothing", () => {
  const text = calendarOf(event)
  expect(text).toContain("LOCATION:Hall 2\\; second floor\\, Riyadh\r\n")
  expect(text).toContain("DESCRIPTION:C:\\\\papers\\nبطاقة\r\n")
})

test("every line ends in CRLF and has 75 octets at most, and no Arabic letter is cut in two", () => {
  const text = calendarOf({ ...event, notes: "مستند ".repeat(60) })
  expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/)
  for (const line of text.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
  expect(text.replaceAll("\r\n ", "")).toContain(`DESCRIPTION:${"مستند ".repeat(60)}\r\n`)
  expect(text).not.toContain("\ufffd")
})
