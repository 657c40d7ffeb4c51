import { afterAll, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { contacts, deliveries, messages } from "../../../db/schema/messages.ts"
import { hour, minute } from "../../base/day.ts"
import { holdSensitive } from "../../domain/access/owner.ts"
import { startSession } from "../../domain/access/sessions.ts"
import { book, cancel } from "../../domain/bookings/writes.ts"
import { addressOf, sealSecret, setEmail, withoutOf } from "../../domain/notifications/contact.ts"
import { notify } from "../../domain/notifications/outbox.ts"
import { personByMobile } from "../../domain/people/reads.ts"
import { stepMessages } from "../../jobs/messages.ts"
import type { Letter } from "../../outside/letter.ts"
import { NotTaken } from "../../outside/letter.ts"
import { open } from "../../testing/live.ts"
import { visiting } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { leadsTo, reading, signedIn } from "../../testing/signed-in.ts"
import { ownLook } from "../look.ts"

const server = await testServer({ plan: { more: [{ code: "JED-SRF" }], furthestDays: 60 } })
const { office, keys } = server

afterAll(() => {
  expect(server.bugs).toEqual([])
})

type Person = Awaited<ReturnType<typeof office.person>>
const ownerOf = ({ id }: { id: string }) => ({ kind: "citizen" as const, id })
let last = 0

/** Somebody with a mobile of their own. */
const anybody = () => office.person({ mobile: `+9665500${String(++last).padStart(5, "0")}` })

async function booked(who: Person, time = "12:00", on = "2026-11-24", at = office.code) {
  const wanted = { office: at, service: "PAS-01", slot: office.slot(time, { on, office: at }) }
  return office.write((tx) => book(tx, who, wanted))
}

/** Sends what is due, to whoever takes it. */
async function send(take: (letter: Letter) => Promise<void> = async () => {}) {
  const sent: (Letter & { channel: string })[] = []
  const by = (channel: string) => async (letter: Letter) => {
    sent.push({ ...letter, channel })
    await take(letter)
  }
  const stay = { soon: new AbortController().signal, now: new AbortController().signal }
  const post = { mail: by("mail"), sms: by("sms") }
  const { house } = server
  const parts = { clock: office.clock, keys, log: house.log, store: office.store, writer: office.writer, look: ownLook }
  await stepMessages(
    {
      ...parts,
      post,
      inboxAt: () => `${server.origin}/inbox`,
      visitAt: (id: string) => `/visits/${id}`,
      demo: house.demo,
    },
    stay,
  )
  return sent
}

test("a citizen finds each message with what it speaks of one press away, and reading it lowers the bell", async () => {
  const who = await anybody()
  const page = await signedIn(server, who)
  expect(reading(await page.get("/inbox"))).toContain("No messages yet")
  const made = await booked(who)
  const seen = await page.get("/inbox")
  expect(reading(seen)).toContain("Your appointment is confirmed")
  expect(reading(seen)).toContain("Tuesday 24 November, 12:00")
  expect(/bell-count[^>]*>1</.test(seen.text)).toBe(true)
  const id = /name="open" value="([^"]+)"/.exec(seen.text)?.[1] ?? ""
  expect(leadsTo(await page.send("/inbox", { open: id }))).toBe(`/bookings/${made.id}`)
  const after = await page.get("/inbox")
  expect(after.text).not.toContain("bell-count")
  expect(reading(after)).toContain("no new messages")
})

test("messages are read one by one or all at once, and only by their owner", async () => {
  const [who, other] = [await anybody(), await anybody()]
  for (const time of ["11:00", "12:00", "13:00"]) {
    const { id } = await booked(who, time)
    await office.write((tx) => cancel(tx, who, id))
  }
  const [page, stranger] = [await signedIn(server, who), await signedIn(server, other)]
  const { text } = await page.get("/inbox")
  const ids = [...text.matchAll(/name="read" value="([^"]+)"/g)].map(([, id]) => id ?? "")
  expect(ids).toHaveLength(6)
  expect((await stranger.send("/inbox", { read: ids[0] ?? "" })).status).toBe(404)
  expect(leadsTo(await page.send("/inbox", { read: ids[0] ?? "" }))).toBe("/inbox")
  expect(reading(await page.get("/inbox"))).toContain("5 new messages")
  await page.send("/inbox", { all: "read" })
  expect(reading(await page.get("/inbox"))).toContain("no new messages")
  expect((await page.send("/inbox", {})).status).toBe(400)
})

test("what does not fit on one page follows on the next, and nothing is shown twice", async () => {
  const who = await anybody()
  await office.write(async (tx) => {
    for (let index = 0; index < 45; index++) {
      const data = { ticket: `t${index}`, office: office.code, number: 100 + index, counter: 1 }
      await notify(tx, { to: ownerOf(who), kind: "your_turn", data, dedupe: `turn:${index}` })
    }
  })
  const page = await signedIn(server, who)
  const numbers = new Set<string>()
  let path: string | undefined = "/inbox"
  let pages = 0
  while (path) {
    const { text } = await page.get(path)
    for (const [, number] of text.matchAll(/Your number is (\d+)\./g)) numbers.add(number ?? "")
    path = /href="(\/inbox\?before=[^"&]+)"/.exec(text)?.[1]
    pages++
  }
  expect([pages, numbers.size]).toEqual([3, 45])
  expect(reading(await page.get("/inbox?before=nobody"))).toContain("No older messages")
})

test("a program gets the messages as a list in both languages, page by page, and marks them read", async () => {
  const who = await anybody()
  const program = server.person(who.id)
  await booked(who)
  const { status, body } = await program.get("/api/v1/inbox")
  expect(status).toBe(200)
  expect(body).toMatchObject({ unread: 1, next: null })
  expect(body.items[0]).toMatchObject({
    kind: "booking_confirmed",
    title: { ar: "تأكّد موعدك", en: "Your appointment is confirmed" },
    data: { office: office.code, startsAt: "2026-11-24T12:00:00+03:00" },
    readAt: null,
  })
  const { id } = body.items[0]
  expect((await server.citizen(1).post(`/api/v1/inbox/${id}/read`)).status).toBe(404)
  const read = await program.post(`/api/v1/inbox/${id}/read`)
  expect([read.status, read.body.readAt]).toEqual([200, "2026-11-22T10:00:00+03:00"])
  expect((await program.get("/api/v1/inbox")).body.unread).toBe(0)
  expect((await server.nobody.get("/api/v1/inbox")).status).toBe(401)
  expect((await server.device("board").get("/api/v1/inbox")).status).toBe(403)
  expect((await server.agent(1).get("/api/v1/inbox")).body).toEqual({ unread: 0, items: [], next: null })
  expect(await server.deviations()).toEqual([])
})

test("whoever follows their inbox hears of a message over the wire, and nobody else hears of it", async () => {
  const [who, other] = [await anybody(), await anybody()]
  const follow = async (person: Person) => {
    const client = await open(`${server.origin.replace("http", "ws")}/live`, {})
    client.say({ token: (await server.person(person.id).token()) ?? "" })
    client.say({ sub: ["inbox"] })
    const first = await client.next((message) => "snapshot" in message)
    return { client, first }
  }
  const [mine, theirs] = [await follow(who), await follow(other)]
  expect(mine.first).toMatchObject({ topic: "inbox", snapshot: { unread: 0, messages: [] } })
  const made = await booked(who)
  const change = await mine.client.next((message) => "change" in message)
  expect(change).toMatchObject({
    change: { unread: 1, messages: [{ kind: "booking_confirmed", data: { booking: made.id } }] },
  })
  mine.client.say({ sub: ["inbox"], as: "html", view: "bell" })
  const bell = await mine.client.next((message) => "view" in message && message.view === "bell")
  expect("snapshot" in bell && String(bell.snapshot)).toContain("bell-count")
  await server.house.hub.settled()
  expect(theirs.client.heard.some((message) => "change" in message)).toBe(false)
  for (const { client } of [mine, theirs]) client.close()
})

test("a reminder whose time has come reaches an open inbox, though nobody has done anything", async () => {
  const own = await testServer({ plan: { furthestDays: 60 } })
  const who = await own.office.person()
  const wanted = { office: office.code, service: "PAS-01", slot: own.office.slot("12:00", { on: "2026-11-25" }) }
  await own.office.write((tx) => book(tx, who, wanted))
  const client = await open(`${own.origin.replace("http", "ws")}/live`, {})
  client.say({ token: (await own.person(who.id).token()) ?? "" })
  client.say({ sub: ["inbox"] })
  await client.next((message) => "snapshot" in message)
  own.office.clock.set(own.office.at("12:00", "2026-11-24"))
  const stay = { soon: new AbortController().signal, now: new AbortController().signal }
  const nowhere = async () => {}
  const parts = { clock: own.office.clock, keys: own.keys, log: own.house.log, store: own.office.store, look: ownLook }
  const more = {
    writer: own.office.writer,
    post: { mail: nowhere, sms: nowhere },
    inboxAt: () => "",
    visitAt: (id: string) => `/visits/${id}`,
    demo: false,
  }
  await stepMessages({ ...parts, ...more }, stay)
  const change = await client.next((message) => "change" in message)
  expect(change).toMatchObject({ change: { unread: 2 } })
  client.close()
  expect(own.bugs).toEqual([])
})

test("who chooses a language, signed in, is written to in it; a stranger's wish changes nobody's", async () => {
  const who = await anybody()
  const page = await signedIn(server, who)
  const lang = async () => (await office.store.db.select().from(contacts).where(eq(contacts.owner, who.id)))[0]?.lang
  await page.get("/inbox")
  expect(await lang()).toBeUndefined()
  await page.get("/inbox?lang=en")
  expect(await lang()).toBe("en")
  const facts = (await office.facts("contact.language_chosen", "accounts")).length
  await page.get("/?lang=en")
  expect((await office.facts("contact.language_chosen", "accounts")).length).toBe(facts)
  await page.get("/?lang=ar")
  expect(await lang()).toBe("ar")
})

test("what somebody does not want is chosen on a page, security is not among it, and staff have only what concerns them", async () => {
  const who = await anybody()
  const page = await signedIn(server, who)
  const { text } = await page.get("/account/messages")
  expect([...text.matchAll(/value="(\w+)\.(mail|sms)" checked/g)]).toHaveLength(8)
  expect(text).not.toContain("security.")
  const saved = await page.send("/account/messages", {
    do: "choose",
    lang: "en",
    "want[]": ["turn.sms", "security.sms"],
  })
  expect(saved.status).toBe(200)
  expect((await withoutOf(office.store, ownerOf(who))).sort()).toEqual([
    "bookings.mail",
    "bookings.sms",
    "offers.mail",
    "offers.sms",
    "reminders.mail",
    "reminders.sms",
    "turn.mail",
  ])
  const again = await page.get("/account/messages")
  expect([...again.text.matchAll(/value="(\w+)\.(mail|sms)" checked/g)].map(([, theme]) => theme)).toEqual(["turn"])
  const agent = await visiting(server, { agent: 1 })
  expect((await agent.get("/account/messages")).text).not.toContain('name="want[]"')
})

test("an e-mail address counts once the link that went there was opened by who asked for it", async () => {
  const [who, other] = [await anybody(), await anybody()]
  const [page, stranger] = [await signedIn(server, who), await signedIn(server, other)]
  const asked = await page.send("/account/messages", { do: "email", email: "noura@people.example" })
  expect(reading(asked)).toContain("We sent a link to noura@people.example")
  const soon = await page.send("/account/messages", { do: "email", email: "third@people.example" })
  expect([soon.status, reading(soon).includes("Wait three minutes")]).toEqual([400, true])
  expect(await addressOf(office.store, keys, ownerOf(who), "mail")).toBeNull()
  const letters = (await send()).filter(({ subject }) => subject === "أكّد بريدك الإلكتروني")
  expect(letters.map(({ to, channel }) => [to, channel])).toEqual([["noura@people.example", "mail"]])
  const link = new URL(letters[0]?.text.find((line) => line.startsWith("http")) ?? "http://nowhere/")
  const fields = Object.fromEntries(link.searchParams)
  expect((await stranger.get(link.pathname + link.search)).status).toBe(410)
  expect((await stranger.send(link.pathname, fields)).status).toBe(410)
  expect((await page.send(link.pathname, { ...fields, until: String(Number(fields["until"]) + 1) })).status).toBe(410)
  expect(reading(await page.get(link.pathname + link.search))).toContain("noura@people.example")
  expect(await addressOf(office.store, keys, ownerOf(who), "mail")).toBeNull()
  expect((await page.send(link.pathname, fields)).status).toBe(200)
  expect(await addressOf(office.store, keys, ownerOf(who), "mail")).toBe("noura@people.example")
  // The change itself is told by the way that was there before.
  expect((await send()).map(({ to, channel }) => [channel, to.startsWith("+966")])).toEqual([["sms", true]])
  // Nothing of it lies in the store in clear.
  const rows = JSON.stringify([
    await office.store.db.select().from(contacts),
    await office.store.db.select().from(deliveries),
    await office.store.db.select().from(messages),
  ])
  expect(rows).not.toContain("people.example")
  expect((await page.send("/account/messages", { do: "remove" })).status).toBe(200)
  expect(await addressOf(office.store, keys, ownerOf(who), "mail")).toBeNull()
  expect(
    (await send())
      .map(({ to }) => to)
      .sort()
      .at(-1),
  ).toBe("noura@people.example")
})

test("what is no address is said beside the field, a link that is over sends back, and an old proof is asked for anew", async () => {
  const who = await anybody()
  const page = await signedIn(server, who)
  const wrong = await page.send("/account/messages", { do: "email", email: "noura at home" })
  expect([wrong.status, reading(wrong).includes("Write an address like")]).toEqual([400, true])
  expect(wrong.text).toContain('value="noura at home"')
  expect((await page.get("/account/messages/email?to=x&until=1&proof=x")).status).toBe(410)
  expect((await page.get("/account/messages/email")).status).toBe(410)
  const idle = await office.write((tx) =>
    startSession(
      tx,
      {
        ...{ kind: "citizen", subject: who.id, role: "citizen", factors: "password+passkey", userAgent: "" },
        provenAt: office.clock.real() - hour,
      },
      office.clock.real(),
    ),
  )
  const late = await visiting(server, { citizen: 1 })
  late.cookies.set("sid", idle.token)
  await late.get("/account/messages")
  const sent = await late.post("/account/messages", { do: "email", email: "noura@people.example" })
  expect([sent.status, sent.location]).toEqual([303, "/step-up?next=%2Faccount%2Fmessages"])
  expect(await send()).toEqual([])
})

/** The code that went to this number. */
async function codeTo(mobile: string): Promise<string> {
  const letters = (await send()).filter(({ to, channel }) => to === mobile && channel === "sms")
  return /\d{6}/.exec(letters.at(-1)?.text.join(" ") ?? "")?.[0] ?? ""
}

test("a mobile counts once the code that went there was typed in, and the one before it is told how to stop that", async () => {
  const who = await anybody()
  const old = (await addressOf(office.store, keys, ownerOf(who), "sms")) ?? ""
  const page = await signedIn(server, who)
  expect(reading(await page.get("/account/messages"))).toContain("Change the mobile number")
  const wrong = await page.send("/account/messages/mobile", { mobile: "0112345678" })
  expect([wrong.status, reading(wrong).includes("This is no mobile number")]).toEqual([400, true])
  expect(wrong.text).toContain('value="0112345678"')
  expect(reading(await page.send("/account/messages/mobile", { mobile: old }))).toContain("your number already")
  const asked = await page.send("/account/messages/mobile", { mobile: "٠٥٥ ٧٠٠ ٠٠٠١" })
  expect([asked.status, leadsTo(asked)]).toEqual([303, "/account/messages/mobile/code"])
  expect(reading(await page.get("/account/messages/mobile/code"))).toContain("+9665…01")
  const code = await codeTo("+966557000001")
  const bad = await page.send("/account/messages/mobile/code", { code: code === "000000" ? "000001" : "000000" })
  expect([bad.status, reading(bad).includes("The code is not right")]).toEqual([400, true])
  expect(await addressOf(office.store, keys, ownerOf(who), "sms")).toBe(old)

  const right = await page.send("/account/messages/mobile/code", { code })
  expect([right.status, right.location]).toEqual([303, "/account/messages?done=mobile"])
  expect(await addressOf(office.store, keys, ownerOf(who), "sms")).toBe("+966557000001")
  expect((await personByMobile(office.store, keys.index("mobile", "+966557000001")))?.id).toBe(who.id)
  expect(await personByMobile(office.store, keys.index("mobile", old))).toBeNull()
  const told = await send()
  expect(told.map(({ to, channel }) => [to, channel])).toEqual([[old, "sms"]])
  expect(told[0]?.text.join(" ")).toContain("أنهِ الجلسات الأخرى")

  const again = await page.send("/account/messages/mobile/code", { code })
  expect([again.status, reading(again).includes("no longer works")]).toEqual([400, true])
  const rows = JSON.stringify([
    await office.store.db.select().from(messages),
    await office.facts(undefined, "accounts"),
  ])
  for (const clear of ["557000001", code]) expect(rows).not.toContain(clear)
})

test("a mobile of another country is taken, its code is over after ten minutes, and nobody has six sent in an hour", async () => {
  const who = await office.person({})
  const page = await signedIn(server, who)
  expect(reading(await page.get("/account/messages"))).toContain("Add a mobile number")
  await page.send("/account/messages/mobile", { mobile: "00971 50 123 4567" })
  const late = await codeTo("+971501234567")
  office.clock.advance(10 * minute)
  const over = await page.send("/account/messages/mobile/code", { code: late })
  expect([over.status, reading(over).includes("no longer works")]).toEqual([400, true])

  const anew = await signedIn(server, who)
  for (let sent = 1; sent < 5; sent++) {
    expect((await anew.send("/account/messages/mobile", { mobile: `+97150123456${sent}` })).status).toBe(303)
  }
  const refused = await anew.send("/account/messages/mobile", { mobile: "+971501234569" })
  expect([refused.status, reading(refused).includes("Try again in 50 minutes")]).toEqual([429, true])
  // The last one sent is the one that counts.
  const code = await codeTo("+971501234564")
  expect((await anew.send("/account/messages/mobile/code", { code })).status).toBe(303)
  expect(await addressOf(office.store, keys, ownerOf(who), "sms")).toBe("+971501234564")
})

test("a mobile is changed by whoever has just shown a passkey, and not within a day of a recovery code", async () => {
  const who = await anybody()
  const now = office.clock.real()
  const owner = {
    kind: "citizen",
    subject: who.id,
    role: "citizen",
    factors: "password+passkey",
    userAgent: "",
  } as const
  const idle = await office.write((tx) => startSession(tx, { ...owner, provenAt: now - hour }, now))
  const late = await visiting(server, { citizen: 1 })
  late.cookies.set("sid", idle.token)
  await late.get("/account/messages")
  for (const asked of [
    await late.get("/account/messages/mobile"),
    await late.post("/account/messages/mobile", { mobile: "0557000002" }),
  ]) {
    expect([asked.status, asked.location]).toEqual([303, "/step-up?next=%2Faccount%2Fmessages%2Fmobile"])
  }
  const page = await signedIn(server, who)
  await office.write((tx) => holdSensitive(tx, ownerOf(who), now))
  expect((await page.send("/account/messages/mobile", { mobile: "0557000002" })).status).toBe(403)
  expect(await send()).toEqual([])
})

test("nor is an e-mail address within that day, also by a link that was sent before", async () => {
  const who = await anybody()
  const page = await signedIn(server, who)
  await page.send("/account/messages", { do: "email", email: "noura@people.example" })
  const line = (await send()).flatMap(({ text }) => text).find((one) => one.includes("proof="))
  const link = new URL(line ?? "http://nowhere/")
  await office.write((tx) => holdSensitive(tx, ownerOf(who), office.clock.real()))
  expect((await page.send("/account/messages", { do: "email", email: "other@people.example" })).status).toBe(403)
  expect((await page.send(link.pathname, Object.fromEntries(link.searchParams))).status).toBe(403)
  expect(await addressOf(office.store, keys, ownerOf(who), "mail")).toBeNull()

  const other = await anybody()
  await office.write((tx) => setEmail(tx, keys, ownerOf(other), "noura@people.example", "test"))
  await office.write((tx) => holdSensitive(tx, ownerOf(other), office.clock.real()))
  const second = await signedIn(server, other)
  expect((await second.send("/account/messages", { do: "remove" })).status).toBe(403)
  expect(await addressOf(office.store, keys, ownerOf(other), "mail")).toBe("noura@people.example")
  expect(await send()).toEqual([])
})

test("what did not arrive is listed for whom it concerns, without whose it is, and is sent again by one press", async () => {
  const [here, there] = [await anybody(), await anybody()]
  await booked(here, "14:00")
  await booked(there, "14:00", "2026-11-24", "JED-SRF")
  for (let round = 0; round < 9; round++) {
    await send(() => Promise.reject(new NotTaken("status 503")))
    office.clock.advance(round < 3 ? 20 * minute : 6 * hour)
  }
  const lead = await visiting(server, "supervisor")
  const page = await lead.get("/messages/dead")
  expect(page.status).toBe(200)
  expect(reading(page)).toContain("tried 8 times")
  expect(reading(page)).toContain("the provider refused it with 503")
  expect(page.text).not.toContain(here.id)
  expect(page.text).not.toContain("+9665500")
  const ids = [...page.text.matchAll(/name="again" value="([^"]+)"/g)].map(([, id]) => id ?? "")
  expect(ids).toHaveLength(1)
  expect(reading(await lead.get("/inbox"))).toContain("Did not arrive: one message")
  const all = await office.store.db.select().from(deliveries).where(eq(deliveries.state, "dead"))
  const foreign = all.find(({ id }) => id !== ids[0])?.id ?? ""
  expect((await lead.post("/messages/dead", { again: foreign })).status).toBe(404)
  expect((await lead.post("/messages/dead", { again: ids[0] ?? "" })).status).toBe(303)
  expect((await send()).map(({ id }) => id)).toContain(ids[0] ?? "")
  expect(reading(await lead.get("/messages/dead"))).toContain("Every message arrived")
  expect((await (await visiting(server, { agent: 1 })).get("/messages/dead")).status).toBe(403)
})

test("a demonstration shows what it would have sent, codes among it; anywhere else there is no such page", async () => {
  expect((await (await visiting(server, { citizen: 1 })).get("/demo/messages")).status).toBe(404)
  const demo = await testServer({ demo: true })
  const who = await demo.office.person({ mobile: "+966550000001" })
  await demo.office.write(async (tx) => {
    const secret = await sealSecret(tx, demo.keys, ownerOf(who), "482913")
    const data = { until: tx.now + 10 * minute }
    await notify(tx, { to: ownerOf(who), kind: "one_time_code", data, dedupe: "code", secret })
  })
  const stay = { soon: new AbortController().signal, now: new AbortController().signal }
  const nowhere = async () => {}
  const parts = {
    clock: demo.office.clock,
    keys: demo.keys,
    log: demo.house.log,
    store: demo.office.store,
    look: ownLook,
  }
  const more = {
    writer: demo.office.writer,
    post: { mail: nowhere, sms: nowhere },
    inboxAt: () => "",
    visitAt: (id: string) => `/visits/${id}`,
    demo: true,
  }
  await stepMessages({ ...parts, ...more }, stay)
  const page = await (await visiting(demo, { citizen: 1 })).get("/demo/messages")
  expect(reading(page)).toContain("رمزك لمرة واحدة: 482913")
  expect(reading(page)).toContain("+966550000001")
  expect(page.text).toContain('href="/demo/messages"')
  expect(demo.bugs).toEqual([])
})
