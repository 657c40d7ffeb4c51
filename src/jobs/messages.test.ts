import { expect, test } from "bun:test"
import { asc, eq } from "drizzle-orm"
import { deliveries, messages } from "../../db/schema/messages.ts"
import { hour, minute } from "../base/day.ts"
import { openLog } from "../base/log.ts"
import type { Owner } from "../domain/access/owner.ts"
import { book, cancel, move } from "../domain/bookings/writes.ts"
import { chooseChannels, chooseLang, sealEmail, sealSecret, setEmail } from "../domain/notifications/contact.ts"
import { deadLetters, takeDue, tryAgain } from "../domain/notifications/deliveries.ts"
import { notify } from "../domain/notifications/outbox.ts"
import { triesMax } from "../domain/notifications/rules.ts"
import { openMail } from "../outside/mail.ts"
import { openSms } from "../outside/sms.ts"
import { type TestOffice, testOffice } from "../testing/office.ts"
import { headerOf, mailServer, partOf, smsProvider } from "../testing/providers.ts"
import { ownLook } from "../web/look.ts"
import { type MessageParts, stepMessages } from "./messages.ts"

const going = { soon: new AbortController().signal, now: new AbortController().signal }

/** An office whose messages go to a mail server and an SMS provider of the test's own. */
async function sendingOffice(given: { office?: TestOffice; within?: number } = {}) {
  // Nothing here is meant to be late unless a test says so.
  const within = given.within ?? 20_000
  const office = given.office ?? (await testOffice())
  const [mail, sms] = [await mailServer(), await smsProvider()]
  const lines: string[] = []
  const parts = (): MessageParts => ({
    ...{
      clock: office.clock,
      store: office.store,
      writer: office.writer,
      keys: office.keys,
      look: ownLook,
      demo: false,
    },
    log: openLog((line) => lines.push(line), office.clock.real),
    post: {
      mail: openMail({ url: mail.url, from: "no-reply@front.example.gov" }, { within }),
      sms: openSms({ url: sms.url, token: "t", from: null }, { within }),
    },
    inboxAt: () => "https://front.example.gov/inbox",
    visitAt: (id: string) => `/visits/${id}`,
  })
  return Object.assign(office, {
    mail,
    sms,
    lines,
    parts,
    step: () => stepMessages(parts(), going),
    /** Somebody with a mobile, and where asked with an e-mail address. */
    async reachable(number: number, email?: string) {
      const who = await office.person({ mobile: mobileOf(number) })
      if (email) await office.write((tx) => setEmail(tx, office.keys, ownerOf(who), email, who.id))
      return who
    },
    deliveries: () => office.store.db.select().from(deliveries).orderBy(asc(deliveries.id)),
    messagesOf: ({ id }: { id: string }) =>
      office.store.db.select().from(messages).where(eq(messages.owner, id)).orderBy(asc(messages.id)),
  })
}

const mobileOf = (number: number) => `+96655000${String(number).padStart(4, "0")}`
const ownerOf = ({ id }: { id: string }): Owner => ({ kind: "citizen", id })
const codeSoon = (office: TestOffice) => ({ until: office.clock.office() + 10 * minute })

test("a booking is told by mail and by SMS, once each, however often the job comes by", async () => {
  const office = await sendingOffice()
  const who = await office.reachable(1, "Noura@People.Example")
  await office.write((tx) =>
    book(tx, who, { office: office.code, service: "PAS-01", slot: office.slot("12:00", { on: "2026-11-24" }) }),
  )
  for (let round = 0; round < 3; round++) await office.step()
  expect(office.mail.taken).toHaveLength(1)
  expect(office.sms.taken.map(({ to, text }) => [to, text])).toEqual([
    [mobileOf(1), "تأكّد موعدك: الثلاثاء 24 نوفمبر، 12:00\u00a0م، RUH-RML."],
  ])
  const [mail] = office.mail.taken
  if (!mail) throw new Error("no mail")
  expect(mail.to).toEqual(["Noura@people.example"])
  expect(headerOf(mail, "Subject")).toBe("تأكّد موعدك")
  expect(partOf(mail, "text/plain")).toContain("PAS-01، الثلاثاء 24 نوفمبر، 12:00\u00a0م، RUH-RML.")
  expect(partOf(mail, "text/plain")).toContain("https://front.example.gov/inbox")
  expect((await office.deliveries()).map(({ state, tries }) => [state, tries])).toEqual([
    ["sent", 1],
    ["sent", 1],
  ])
  expect((await office.facts("message.sent", "accounts")).map(({ body }) => body.channel).sort()).toEqual([
    "mail",
    "sms",
  ])
  expect(office.lines).toEqual([])
})

test("a clock that is set back keeps nothing from being sent, and the job comes to its end", async () => {
  const office = await sendingOffice()
  const [early, late] = [await office.reachable(1), await office.reachable(2)]
  const at = (time: string) => ({ office: office.code, service: "PAS-01", slot: office.slot(time) })
  await office.write((tx) => book(tx, early, at("11:00")))
  office.clock.set(office.at("11:30"))
  await office.write((tx) => book(tx, late, at("14:00")))
  office.clock.set(office.at("10:30"))
  let turns = 0
  const writer: typeof office.writer = {
    ...office.writer,
    write(turn, options) {
      if (++turns > 50) throw new Error("without end")
      return office.writer.write(turn, options)
    },
  }
  await stepMessages({ ...office.parts(), writer }, going)
  expect(office.sms.taken.map(({ to }) => to)).toEqual([mobileOf(2)])
})

test("who waits at a page or in the hall does not stand behind a morning's reminders", async () => {
  const office = await sendingOffice()
  const [many, one] = [await office.reachable(1), await office.reachable(2)]
  const visit = { office: office.code, service: "PAS-01", startsAt: office.at("12:00"), hours: 2 }
  await office.write(async (tx) => {
    for (let booking = 1; booking <= 20; booking++) {
      const data = { ...visit, booking: `b${booking}` }
      await notify(tx, { to: ownerOf(many), kind: "reminder", data, dedupe: data.booking })
    }
  })
  office.clock.advance(minute)
  await office.write(async (tx) => {
    const data = { ticket: "t", office: office.code, number: 7, counter: 1 }
    await notify(tx, { to: ownerOf(one), kind: "your_turn", data, dedupe: "call" })
    await notify(tx, { to: ownerOf(one), kind: "one_time_code", data: codeSoon(office), dedupe: "code" })
  })
  await office.step()
  const to = office.sms.taken.map((sms) => sms.to)
  expect(to).toHaveLength(22)
  expect(to.lastIndexOf(mobileOf(2))).toBeLessThan(8)
})

test("each owner is written to in their own language, and what somebody muted is not sent", async () => {
  const office = await sendingOffice()
  const [english, quiet] = [await office.reachable(1), await office.reachable(2, "quiet@people.example")]
  await office.write(async (tx) => {
    await chooseLang(tx, ownerOf(english), "en")
    await chooseChannels(tx, ownerOf(quiet), ["bookings.mail", "turn.sms"])
  })
  for (const who of [english, quiet]) {
    await office.write((tx) => book(tx, who, { office: office.code, service: "PAS-01", slot: office.slot("12:00") }))
  }
  await office.step()
  expect(office.sms.taken.map(({ to, text }) => [to, text])).toEqual([
    [mobileOf(1), "Your appointment is confirmed: Sunday 22 November, 12:00, RUH-RML."],
  ])
  expect(office.mail.taken.map(({ to }) => to)).toEqual([["quiet@people.example"]])
})

test("what a provider does not take is tried again after a minute, then ever later up to six hours, and not before", async () => {
  const office = await sendingOffice({ within: 1_000 })
  const who = await office.reachable(1)
  await office.write((tx) => notify(tx, securityNotice(who, "one")))
  const answers = [500, 429, 400, "silence", 503, 500, 500, 202] as const
  office.sms.answer = (nth) => answers[nth - 1] ?? 202
  const waits = [1, 2, 5, 15, 60, 180, 360]
  await office.step()
  for (const [index, minutes] of waits.entries()) {
    expect(office.sms.asked).toHaveLength(index + 1)
    office.clock.advance(minutes * minute - 1)
    await office.step()
    expect(office.sms.asked).toHaveLength(index + 1)
    office.clock.advance(1)
    await office.step()
  }
  expect(office.sms.asked).toHaveLength(8)
  expect(new Set(office.sms.asked.map(({ id }) => id)).size).toBe(1)
  expect(office.sms.taken).toHaveLength(1)
  const [delivery] = await office.deliveries()
  expect(delivery).toMatchObject({ state: "sent", tries: 8, lastError: null })
})

test("after eight tries it is a dead letter; who may, has it tried again from the beginning", async () => {
  const office = await sendingOffice()
  const who = await office.reachable(1)
  await office.write((tx) => notify(tx, securityNotice(who, "one")))
  office.sms.answer = () => 500
  for (let round = 0; round < 12; round++) {
    await office.step()
    office.clock.advance(6 * hour)
  }
  expect(office.sms.asked).toHaveLength(triesMax)
  const [dead] = await deadLetters(office.store, null, 10)
  expect(dead?.delivery).toMatchObject({ state: "dead", tries: triesMax, lastError: "status 500" })
  expect((await office.facts("message.dead", "accounts")).map(({ body }) => body.why)).toEqual(["status 500"])
  // It comes from no office, so it is nobody's who leads one office alone.
  expect(await deadLetters(office.store, [office.code], 10)).toEqual([])
  const id = dead?.delivery.id ?? ""
  await expect(office.write((tx) => tryAgain(tx, office.supervisor(), [office.code], id))).rejects.toThrow("not_found")
  office.sms.answer = () => 202
  await office.write((tx) => tryAgain(tx, office.supervisor(), null, id))
  await office.step()
  expect(office.sms.taken).toHaveLength(1)
  expect(await deadLetters(office.store, null, 10)).toEqual([])
})

test("a process that dies between sending and writing sends once more under the same id, and only after its lease", async () => {
  const office = await sendingOffice()
  const who = await office.reachable(1)
  await office.write((tx) => notify(tx, securityNotice(who, "one")))
  const { writer } = office
  let turns = 0
  const dying: typeof writer = {
    ...writer,
    // The first turn takes the delivery, the second would write what came of it.
    write: (turn, options) =>
      ++turns === 2 ? Promise.reject(new Error("the power went")) : writer.write(turn, options),
  }
  await expect(stepMessages({ ...office.parts(), writer: dying }, going)).rejects.toThrow("the power went")
  expect(office.sms.taken).toHaveLength(1)
  await office.restart()
  await office.step()
  expect(office.sms.taken).toHaveLength(1)
  office.clock.advance(2 * minute)
  await office.step()
  expect(office.sms.taken).toHaveLength(2)
  expect(new Set(office.sms.taken.map(({ id }) => id)).size).toBe(1)
  office.clock.advance(hour)
  await office.step()
  expect(office.sms.taken).toHaveLength(2)
})

test("two that take at the same time take different deliveries", async () => {
  const office = await sendingOffice()
  const who = await office.reachable(1)
  for (const name of ["one", "two"]) await office.write((tx) => notify(tx, securityNotice(who, name)))
  const [first, second] = await Promise.all([
    office.write((tx) => takeDue(tx, "sms", 1)),
    office.write((tx) => takeDue(tx, "sms", 1)),
  ])
  expect(new Set([...first, ...second].map(({ delivery }) => delivery.id)).size).toBe(2)
  expect(await office.write((tx) => takeDue(tx, "sms", 1))).toEqual([])
})

test("the same text for the same owner is one message, and one for another owner another", async () => {
  const office = await sendingOffice()
  const [one, other] = [await office.reachable(1), await office.reachable(2)]
  const told = [one, one, other].map((who) => office.write((tx) => notify(tx, securityNotice(who, "same"))))
  expect((await Promise.all(told)).map((id) => id !== null)).toEqual([true, false, true])
  await office.step()
  expect(office.sms.taken.map(({ to }) => to).sort()).toEqual([mobileOf(1), mobileOf(2)])
})

test("a message and its change stand together: a turn that is refused tells nobody anything", async () => {
  const office = await sendingOffice()
  const who = await office.reachable(1)
  const failing = office.write(async (tx) => {
    await notify(tx, securityNotice(who, "one"))
    throw new Error("thought better of it")
  })
  await expect(failing).rejects.toThrow("thought better")
  await office.step()
  expect([office.sms.asked.length, (await office.messagesOf(who)).length]).toEqual([0, 0])
})

test("a mail server that hangs holds no SMS up, and what comes too late for anybody is not sent", async () => {
  const office = await sendingOffice({ within: 1_000 })
  const who = await office.reachable(1, "slow@people.example")
  office.mail.answer = () => "silence"
  await office.write((tx) => notify(tx, { ...securityNotice(who, "one"), kind: "your_turn", data: turnOf(office) }))
  const order: string[] = []
  const parts = office.parts()
  const { mail, sms } = parts.post
  const post = {
    mail: (...letter: Parameters<typeof mail>) => mail(...letter).finally(() => order.push("mail")),
    sms: (...letter: Parameters<typeof sms>) => sms(...letter).finally(() => order.push("sms")),
  }
  await stepMessages({ ...parts, post }, going)
  expect(order).toEqual(["sms", "mail"])
  office.clock.advance(11 * minute)
  await office.step()
  expect(office.mail.asked).toHaveLength(1)
  const [dead] = await deadLetters(office.store, null, 10)
  expect(dead?.delivery).toMatchObject({ channel: "mail", state: "dead", lastError: "too_late" })
  await expect(office.write((tx) => tryAgain(tx, office.supervisor(), null, dead?.delivery.id ?? ""))).rejects.toThrow(
    "wrong_state",
  )
})

test("a code goes over one channel, is nowhere in clear in the store, and is gone from it once sent", async () => {
  const office = await sendingOffice()
  const who = await office.reachable(1, "noura@people.example")
  await office.write(async (tx) => {
    const secret = await sealSecret(tx, office.keys, ownerOf(who), "482913")
    await notify(tx, { to: ownerOf(who), kind: "one_time_code", data: codeSoon(office), dedupe: "code:1", secret })
  })
  const rows = async () => JSON.stringify([await office.deliveries(), await office.messagesOf(who)])
  expect(await rows()).not.toContain("482913")
  await office.step()
  expect(office.sms.taken.map(({ text }) => text)).toEqual(["رمزك لمرة واحدة: 482913. لا تعطه لأحد."])
  expect(office.mail.taken).toEqual([])
  expect((await office.deliveries()).map(({ secretSealed }) => secretSealed)).toEqual([null])
})

test("security is told by every other channel than the one used, to the address that it was, and cannot be muted", async () => {
  const office = await sendingOffice()
  const who = await office.reachable(1, "mine@people.example")
  const owner = ownerOf(who)
  await office.write(async (tx) => {
    await chooseChannels(tx, owner, [])
    await notify(tx, { ...securityNotice(who, "by sms"), used: "sms" })
    await notify(tx, securityNotice(who, "by neither"))
  })
  // Whoever took the account over gives it another address before anything is sent.
  await office.write((tx) => setEmail(tx, office.keys, owner, "thief@people.example", who.id))
  await office.step()
  expect(office.mail.taken.map(({ to }) => to)).toEqual([["mine@people.example"], ["mine@people.example"]])
  expect(office.sms.taken).toHaveLength(1)
})

test("an address that is yet to be proved gets its link and nothing else", async () => {
  const office = await sendingOffice()
  const who = await office.reachable(1)
  await office.write(async (tx) => {
    const sealed = await sealEmail(tx, office.keys, ownerOf(who), "new@people.example")
    const secret = await sealSecret(
      tx,
      office.keys,
      ownerOf(who),
      "https://front.example.gov/account/messages/email?to=x",
    )
    const data = { until: tx.now + hour }
    const address = { channel: "mail" as const, sealed }
    await notify(tx, { to: ownerOf(who), kind: "email_check", data, dedupe: "check", secret, address })
    await notify(tx, securityNotice(who, "one"))
  })
  await office.step()
  expect(office.mail.taken.map(({ to }) => to)).toEqual([["new@people.example"]])
  expect(office.sms.taken).toHaveLength(1)
})

test("staff are written to by mail under a key of their own", async () => {
  const office = await sendingOffice()
  const agent: Owner = { kind: "staff", id: office.agent(1).id }
  await office.write(async (tx) => {
    await setEmail(tx, office.keys, agent, "agent@office.example", "test")
    await notify(tx, { to: agent, kind: "new_sign_in", data: { factors: "passkey" }, dedupe: "sign_in:1" })
  })
  await office.step()
  expect(office.mail.taken.map(({ to }) => to)).toEqual([["agent@office.example"]])
})

test("reminders come a day and two hours ahead, follow a move, and end with the booking", async () => {
  const office = await sendingOffice()
  const who = await office.reachable(1)
  await office.write((tx) => chooseChannels(tx, ownerOf(who), ["reminders.sms"]))
  const slot = (time: string, on: string) => office.slot(time, { on })
  const wanted = { office: office.code, service: "PAS-01", slot: slot("12:00", "2026-11-25") }
  const made = await office.write((tx) => book(tx, who, wanted))
  const stepAt = async (time: string, on: string) => {
    office.clock.set(office.at(time, on))
    await office.step()
    return office.sms.taken.length
  }
  expect(await stepAt("11:59", "2026-11-24")).toBe(0)
  expect(await stepAt("12:00", "2026-11-24")).toBe(1)
  expect(office.sms.taken.at(-1)?.text).toBe("تذكير بموعدك: الأربعاء 25 نوفمبر، 12:00\u00a0م، RUH-RML.")
  // The inbox of somebody who looks at it hears of it, though nobody has done anything.
  expect((await office.facts("message.told", "accounts")).map(({ subject }) => subject)).toEqual([who.id])
  await office.write((tx) => move(tx, who, made.id, slot("13:00", "2026-11-26")))
  expect(await stepAt("10:00", "2026-11-25")).toBe(1)
  expect(await stepAt("13:00", "2026-11-25")).toBe(2)
  await office.write((tx) => cancel(tx, who, made.id))
  expect(await stepAt("12:00", "2026-11-26")).toBe(2)
})

function securityNotice({ id }: { id: string }, name: string) {
  return {
    to: ownerOf({ id }),
    kind: "factor_added" as const,
    data: { factor: "passkey" },
    dedupe: `factor_added:${name}`,
  }
}

function turnOf({ code }: TestOffice) {
  return { ticket: "019aa0f0-7c5e-7b1e-9d3c-2f4f4a5f6b7c", office: code, number: 204, counter: 3 }
}
