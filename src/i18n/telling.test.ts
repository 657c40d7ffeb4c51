import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { bookings } from "../../db/schema/bookings.ts"
import { services } from "../../db/schema/catalogue.ts"
import type { MessageRow } from "../../db/schema/messages.ts"
import { type MessageBodies, type MessageKind, manners, messageKinds } from "../domain/notifications/rules.ts"
import { testHall } from "../testing/hall.ts"
import { languages } from "./lang.ts"
import { type Reader, told } from "./telling.ts"

const hall = await testHall()
const number = "1000000008"
const name = { ar: "نورة العتيبي", en: "Noura Al-Otaibi" }
const who = await hall.person({ name, nationalId: number, mobile: "+966550000001" })
const reason = "Noura has to bring her passport"
const booking = await hall.booked(who, "12:00", { reason })

const at = hall.at("10:00")
const visit = { booking: booking.id, office: hall.code, service: "PAS-01", startsAt: hall.at("12:00") }
const turn = { ticket: "019aa0f0-7c5e-7b1e-9d3c-2f4f4a5f6b7c", office: hall.code, number: 204 }
const samples: { [K in MessageKind]: MessageBodies[K] } = {
  factor_added: { factor: "passkey" },
  factor_removed: { factor: "passkey" },
  passkey_alarm: { state: "copied" },
  new_sign_in: { factors: "passkey" },
  recovery_used: { left: 9 },
  reset_asked: { request: "r", office: hall.code },
  reset_done: { request: "r", office: null },
  rights_changed: { request: "r" },
  approval_asked: { request: "r", office: hall.code },
  request_decided: { request: "r", state: "approved" },
  contact_changed: { channel: "mail" },
  proxy_changed: { proxy: "p", by: "given_to_you" },
  service_refused: { ticket: "t", office: hall.code, service: "PAS-01" },
  permit_issued: { permit: "p" },
  permit_cancelled: { permit: "p" },
  one_time_code: { until: hall.at("10:10") },
  email_check: { until: hall.at("12:00") },
  booking_confirmed: visit,
  booking_moved: { ...visit, from: hall.at("11:00") },
  booking_cancelled: { ...visit, by: "office" },
  booking_struck: visit,
  booking_proposed: { ...visit, from: hall.at("11:00") },
  reminder: { ...visit, hours: 2 },
  turn_soon: { ...turn, minutes: 8 },
  your_turn: { ...turn, counter: 3 },
  missed: { ...turn, booking: null, service: "PAS-01", keptUntil: hall.at("10:12"), startsAt: null },
  visit_late: turn,
  visit_interrupted: { ...turn, until: hall.at("10:10") },
  visit_minutes: { ticket: turn.ticket, office: hall.code, service: "PAS-01" },
  place_offered: {
    ...{ entry: "e", hold: "h", office: hall.code, service: "PAS-01" },
    ...{ startsAt: hall.at("12:00"), until: hall.at("10:15") },
  },
}

const codes = messageKinds.filter((kind) => manners[kind].theme === "code")

function say(kind: MessageKind, lang: "ar" | "en", reader: Reader, data: object = samples[kind]) {
  const given = data as MessageRow["data"]
  const office = typeof given["office"] === "string" ? given["office"] : null
  const secret = codes.includes(kind) && reader !== "own" ? "482913" : null
  return told(hall.store, { kind, data: given, office, at }, lang, reader, secret)
}

test("no SMS names a person, a service or a reason, and each fits into two parts", async () => {
  for (const kind of messageKinds) {
    for (const lang of languages) {
      const { sms } = await say(kind, lang, "sms")
      for (const personal of [
        name.ar,
        name.en,
        "Noura",
        "نورة",
        number,
        "PAS-01",
        reason,
        who.id,
        booking.id,
        booking.code,
      ]) {
        expect([kind, lang, personal, sms.includes(personal)]).toEqual([kind, lang, personal, false])
      }
      // A part of a long SMS in Arabic holds 67 letters (3GPP TS 23.038, TS 23.040).
      expect([kind, lang, sms.length <= 134, /null|undefined|NaN/.test(sms)]).toEqual([kind, lang, true, false])
    }
  }
})

test("of a sensitive service neither mail nor SMS names the service or its office; its owner reads both", async () => {
  await hall.write((tx) => tx.db.update(services).set({ sensitive: true }).where(eq(services.code, "PAS-04")).then())
  const hidden = { ...visit, service: "PAS-04" }
  for (const kind of ["booking_confirmed", "booking_cancelled", "reminder", "booking_struck"] as const) {
    const data = { ...samples[kind], ...hidden }
    for (const reader of ["mail", "sms"] as const) {
      const said = JSON.stringify(await say(kind, "en", reader, data))
      expect([kind, reader, said.includes("PAS-04"), said.includes(hall.code)]).toEqual([kind, reader, false, false])
      expect(said).toContain("12:00")
    }
    const own = JSON.stringify(await say(kind, "en", "own", data))
    expect([kind, own.includes("PAS-04"), own.includes(hall.code)]).toEqual([kind, true, true])
  }
})

test("every message says something in both languages to every reader, and a code is shown only where it is sent", async () => {
  for (const kind of messageKinds) {
    for (const lang of languages) {
      for (const reader of ["own", "mail"] as const) {
        const { title, text } = await say(kind, lang, reader)
        const whole = [title, ...text].join(" ")
        expect([kind, title.length > 3, text.length > 0, /null|undefined|NaN|\.\./.test(whole)]).toEqual([
          kind,
          true,
          true,
          false,
        ])
        expect([kind, lang, /[\u0600-\u06ff]/.test(title)]).toEqual([kind, lang, lang === "ar"])
        const mayShow = codes.includes(kind) && reader === "mail"
        expect([kind, reader, whole.includes("482913")]).toEqual([kind, reader, mayShow])
      }
    }
  }
})

test("an office's own reason is told by mail and to its owner, ours in the reader's language", async () => {
  const cancelled = async (lang: "ar" | "en", reader: Reader) =>
    (await say("booking_cancelled", lang, reader)).text.join(" ")
  expect(await cancelled("en", "mail")).toContain(`The reason: ${reason}`)
  const set = (why: string) =>
    hall.write((tx) => tx.db.update(bookings).set({ reason: why }).where(eq(bookings.id, booking.id)).then())
  await set("office_closed")
  expect(await cancelled("en", "own")).toContain("The office was closed.")
  expect(await cancelled("ar", "own")).toContain("كان المكتب مغلقًا.")
  await set(reason)
})

test("an appointment for which the office was not there is told as that, on a postcard without saying who was waited for", async () => {
  const of = (by: string, lang: "ar" | "en", reader: Reader) => say("booking_cancelled", lang, reader, { ...visit, by })
  for (const by of ["office_late", "no_woman"]) {
    for (const lang of languages) {
      const { title, sms } = await of(by, lang, "own")
      expect([by, lang, /cancelled|أُلغي|ألغى/.test(`${title} ${sms}`)]).toEqual([by, lang, false])
      expect([by, lang, /woman|موظفة/.test(sms), sms.length <= 134]).toEqual([by, lang, false, true])
    }
  }
  expect((await of("no_woman", "en", "own")).title).toBe("No woman was at work at the time of your appointment")
  expect((await of("no_woman", "ar", "own")).title).toBe("لم تكن موظفة في الدوام وقت موعدك")
  expect((await of("office_late", "en", "own")).title).toBe("The office was late for your appointment")
})

test("who is called hears the number and the counter; who missed it, until when the place is kept", async () => {
  expect((await say("your_turn", "ar", "sms")).sms).toBe("حان دورك. رقمك 204، الشباك 3.")
  const ring = { ...turn, counter: 3, video: 1 }
  expect(await say("your_turn", "en", "own", ring)).toMatchObject({
    title: "We are calling you by video",
    text: ["Your number is 204. Open your visit and answer."],
  })
  const given = { kind: "your_turn", data: ring as MessageRow["data"], office: hall.code, at }
  const visitAt = () => "https://front.example.gov/visits/01998e2c-7a00-7000-8000-000000000001"
  for (const lang of languages) {
    const { sms } = await told(hall.store, given, lang, "sms", null, visitAt)
    expect([sms.includes(visitAt()), /counter|الشباك/.test(sms), sms.length <= 134]).toEqual([true, false, true])
  }
  expect((await say("turn_soon", "ar", "sms")).sms).toBe("اقترب دورك. رقمك 204، خلال 8\u00a0دقائق تقريبًا.")
  expect((await say("missed", "en", "sms")).sms).toBe(
    "You missed the call of number 204. Your place is kept until 10:12.",
  )
  const missed = { ...visit, ticket: null, number: null, keptUntil: null }
  expect((await say("missed", "en", "own", missed)).title).toBe("You missed your appointment")
})
