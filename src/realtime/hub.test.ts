import { afterEach, describe, expect, test } from "bun:test"
import { connect } from "node:net"
import {
  board,
  type Client,
  type Hall,
  type handTimers,
  integrator,
  liveHall,
  openIndependent,
  ticketId,
} from "../testing/live.ts"
import { testOffice } from "../testing/office.ts"
import type { Content, ServerMessage } from "./protocol.ts"

const topic = "board:RUH-RML"
const halls: Hall[] = []

async function hall(): Promise<Hall> {
  const opened = await liveHall()
  halls.push(opened)
  opened.letIn("board", board())
  return opened
}

afterEach(async () => {
  for (const { close, errors, office } of halls.splice(0)) {
    await close()
    await office.close()
    expect(errors).toEqual([])
  }
})

const isSnapshot = (message: ServerMessage) => "snapshot" in message
const isChange = (message: ServerMessage) => "change" in message

type Told = { topic: string; seq: number; prev?: number; snapshot?: Content; change?: Content }
const told = (message: ServerMessage) => message as Told
const numbers = (content: Content | undefined) =>
  (content as { called: { number: number }[] }).called.map(({ number }) => number)

async function watching(client: Client, topics = [topic]): Promise<Told> {
  client.say({ sub: topics, as: "json" })
  return told(await client.next(isSnapshot))
}

test("a counter hears at once of whoever has come to wait, though the fact names no counter", async () => {
  const { office, letIn, program, hub, looks } = await hall()
  letIn("agent", office.agent())
  const desk = await program("agent")
  desk.say({ sub: ["counter:RUH-RML.1"], as: "json" })
  await desk.next(isSnapshot)
  await hub.settled()
  looks.length = 0
  await office.write((tx) =>
    tx.say("RUH-RML", "ticket.ready", { ticket: ticketId(1), due: 1, dueBy: "arrival", returns: 0 }),
  )
  await hub.settled()
  expect(looks).toEqual(["counter:RUH-RML.1"])
})

describe("a board on the wall", () => {
  test("sees first what is, and then each call as it comes, with the number of the fact behind it", async () => {
    const { program, call, office } = await hall()
    const first = await call(101)
    const screen = await program("board")
    const seen = await watching(screen)
    expect(numbers(seen.snapshot)).toEqual([101])
    expect(seen.seq).toBe(first)

    const second = await call(102)
    const change = told(await screen.next())
    expect(change).toMatchObject({ topic, seq: second, prev: first })
    expect(numbers(change.change)).toEqual([102, 101])
    const [, fact] = await office.facts("ticket.called")
    expect(fact?.seq).toBe(second)
  })

  test("is drawn once for all who look at it in one form and language", async () => {
    const { program, page, call, hub, looks } = await hall()
    const screens = await Promise.all([program("board"), program("board"), page("board")])
    for (const screen of screens) await watching(screen)
    looks.length = 0
    await call(101)
    for (const screen of screens) expect(numbers(told(await screen.next(isChange)).change)).toEqual([101])
    await hub.settled()
    expect(looks).toEqual([topic])
    expect(hub.numbers()).toMatchObject({ sockets: 3, topics: 1, messages: 1, dropped: 0 })
  })

  test("gets HTML in its own language where it asks for that, and a named part of it", async () => {
    const { connect, call, letIn } = await hall()
    letIn("other", board())
    const english = await connect({ "Accept-Language": "en" })
    english.say({ token: "board" })
    const arabic = await connect()
    arabic.say({ token: "other", lang: "ar" })
    for (const screen of [english, arabic]) screen.say({ sub: [topic], as: "html" })
    expect(told(await english.next()).snapshot).toStartWith('<p lang="en">')
    expect(told(await arabic.next()).snapshot).toStartWith('<p lang="ar">')

    english.say({ sub: [topic], as: "html", view: "short" })
    expect(await english.next()).toMatchObject({ topic, view: "short" })
    await call(101)
    const both = [await english.next(isChange), await english.next(isChange)]
    expect(both.map((message) => "view" in message && message.view)).toContain("short")
    arabic.say({ sub: [topic], as: "html", view: ["short", "unheard-of"] })
    expect(await arabic.next(isSnapshot)).toMatchObject({ topic, view: "short" })
    expect(await arabic.next((message) => "refused" in message)).toEqual({ refused: topic, code: "not_found" })
    english.say({ sub: [topic], as: "html", view: "unheard-of" })
    expect(await english.next((message) => "refused" in message)).toEqual({ refused: topic, code: "not_found" })
  })

  test("is not told again what it shows already", async () => {
    const { program, hub, call, office } = await hall()
    const screen = await program("board")
    const seen = await watching(screen)
    await office.write((tx) => tx.say("RUH-RML", "counter.paused", { counter: "RUH-RML.1", by: "agent" }))
    await hub.settled()
    await call(101)
    expect(told(await screen.next())).toMatchObject({ prev: seen.seq, seq: seen.seq + 2 })
  })

  test("says what it has shown, and the supervisor sees that", async () => {
    const { program, hub, call } = await hall()
    const screen = await program("board")
    const seen = await watching(screen)
    const wall = { kind: "board", office: "RUH-RML" } as const
    expect(hub.shown(wall)).toMatchObject([{ subject: { role: "board" }, shown: null }])
    const seq = await call(101)
    await screen.next(isChange)
    screen.say({ ack: [{ topic, seq }] })
    screen.say({ ack: [{ topic, seq: seq + 1000 }] })
    screen.say({ sub: [topic], as: "json" })
    await screen.next(isSnapshot)
    expect(seq).toBeGreaterThan(seen.seq)
    expect(hub.shown(wall)).toMatchObject([{ shown: { seq } }])
  })

  test("that was away gets exactly the calls that it missed", async () => {
    const { program, call, hub } = await hall()
    const [stays, leaves] = [await program("board"), await program("board")]
    await watching(stays)
    const { seq } = await watching(leaves)
    leaves.close()
    await leaves.closed
    const missed = [await call(101), await call(102)]
    await stays.next((message) => "seq" in message && message.seq === missed[1])
    await hub.settled()

    const back = await program("board")
    back.say({ sub: [topic], since: seq, as: "json" })
    const heard = [told(await back.next())]
    while (heard.at(-1)?.seq !== missed[1]) heard.push(told(await back.next()))
    expect(heard[0]?.prev).toBe(seq)
    expect(numbers(heard.at(-1)?.change)).toEqual([102, 101])
    for (const [index, message] of heard.entries()) {
      expect(message.snapshot).toBeUndefined()
      if (index > 0) expect(message.prev).toBe(heard[index - 1]?.seq)
    }
  })

  test("that was away too long gets the whole", async () => {
    const { program, call, hub } = await hall()
    const stays = await program("board")
    const { seq } = await watching(stays)
    for (let number = 101; number < 180; number++) {
      await call(number)
      await hub.settled()
    }
    const back = await program("board")
    back.say({ sub: [topic], since: seq, as: "json" })
    expect(numbers(told(await back.next()).snapshot)).toEqual([179, 178, 177, 176, 175])
    back.say({ sub: [topic], since: 4_711_000, as: "json" })
    expect(numbers(told(await back.next()).snapshot)).toEqual([179, 178, 177, 176, 175])
  })

  for (const when of ["whileLooking", "afterLooking"] as const) {
    for (const others of ["alone", "with another board"]) {
      test(`misses nothing when calls are committed while its first picture is drawn (${when}, ${others})`, async () => {
        const opened = await hall()
        const { program, call } = opened
        if (others !== "alone") await watching(await program("board"))
        let number = 100
        opened[when] = async () => {
          if (number < 105) await call(++number)
        }
        await call(++number)
        const screen = await program("board")
        screen.say({ sub: [topic], as: "json" })
        let have = told(await screen.next(isSnapshot))
        let content = have.snapshot
        while (!numbers(content).includes(105)) {
          const message = told(await screen.next())
          expect(message.prev).toBe(have.seq)
          have = message
          content = message.change
        }
        expect(numbers(content)).toEqual([105, 104, 103, 102, 101])
      })
    }
  }

  test("that changes by time alone is looked at again every half minute", async () => {
    const opened = await hall()
    const { program, hub, timers } = opened
    const screen = await program("board")
    const seen = await watching(screen)
    opened.ballast = "ten minutes later"
    ;(timers as ReturnType<typeof handTimers>).advance(30_000)
    await hub.settled()
    expect(told(await screen.next(isChange))).toMatchObject({
      seq: seen.seq,
      prev: seen.seq,
      change: { ballast: "ten minutes later" },
    })
    screen.say({ sub: [topic], since: seen.seq, as: "json" })
    expect(told(await screen.next())).toMatchObject({ seq: seen.seq, change: { ballast: "ten minutes later" } })
  })

  test("through five hundred facts and many broken connections shows in the end what the facts say", async () => {
    const { program, call, issue, hub, office } = await hall()
    const random = seeded(4711)
    const keeps = await program("board")
    await watching(keeps)
    let screen = await program("board")
    let have = await watching(screen)
    let content = have.snapshot
    let breaks = 0

    const follow = async (until: number) => {
      while (have.seq < until) {
        const message = told(await screen.next())
        if (message.snapshot === undefined) expect(message.prev).toBe(have.seq)
        have = message
        content = message.snapshot ?? message.change
      }
    }

    let said = 0
    for (let number = 1; said < 500; ) {
      const together = 1 + Math.floor(random() * 12)
      await Promise.all(Array.from({ length: together }, () => (random() < 0.5 ? call(number++) : issue(number++))))
      said += together
      const what = random()
      if (what < 0.15) {
        screen.close()
        breaks++
        screen = await program("board")
        screen.say({ sub: [topic], since: have.seq, as: "json" })
      } else if (what < 0.3) {
        await hub.settled()
        const [last] = (await office.facts()).slice(-1)
        await follow(last?.seq ?? 0)
      }
    }
    await hub.settled()
    const [last] = (await office.facts()).slice(-1)
    await follow(last?.seq ?? 0)
    const fresh = await program("board")
    expect(breaks).toBeGreaterThan(5)
    expect(content).toEqual((await watching(fresh)).snapshot as Content)
    const calls = (await office.facts("ticket.called")).slice(-5).reverse()
    expect(numbers(content)).toEqual(calls.map(({ body }) => body.number))
  })
})

describe("a person with a ticket", () => {
  test("follows it by its secret link alone, and nothing else", async () => {
    const { connect, issue, call } = await hall()
    await issue(101)
    const phone = await connect()
    phone.say({ capability: `${ticketId(101)}.secret-of-${ticketId(101)}` })
    const seen = await watching(phone, [`ticket:${ticketId(101)}`])
    expect(seen.snapshot).toMatchObject({ state: "ticket.issued" })
    await call(101)
    expect(told(await phone.next(isChange)).change).toMatchObject({ state: "ticket.called" })
    phone.say({ sub: [topic, `ticket:${ticketId(102)}`, "inbox"], as: "json" })
    expect(await phone.next()).toEqual({ refused: topic, code: "not_signed_in" })
    expect(await phone.next()).toEqual({ refused: `ticket:${ticketId(102)}`, code: "not_found" })
    expect(await phone.next()).toEqual({ refused: "inbox", code: "malformed" })

    const stranger = await connect()
    stranger.say({ capability: `${ticketId(101)}.guess` })
    expect(await stranger.closed).toMatchObject({ code: 4401 })
  })

  test("is told when somebody before him is called, though the call is not about him", async () => {
    const opened = await hall()
    const { letIn, page, issue, call, office, holders } = opened
    const citizen = letIn("phone", office.citizen(1))
    for (const number of [101, 102, 103]) await issue(number)
    holders.set(ticketId(103), citizen.id)
    const phone = await page("phone")
    const seen = await watching(phone, [`ticket:${ticketId(103)}`])
    expect(seen.snapshot).toMatchObject({ ahead: 2 })
    await call(101)
    expect(told(await phone.next(isChange)).change).toMatchObject({ ahead: 1 })
  })

  test("is not looked at for what happens in another line", async () => {
    const opened = await hall()
    const { letIn, page, issue, office, holders, hub, looks } = opened
    const citizen = letIn("phone", office.citizen(1))
    await issue(101, "RES")
    holders.set(ticketId(101), citizen.id)
    await watching(await page("phone"), [`ticket:${ticketId(101)}`])
    looks.length = 0
    await issue(102, "PAS")
    await hub.settled()
    expect(looks).toEqual([])
    await issue(103, "RES")
    await hub.settled()
    expect(looks).toEqual([`ticket:${ticketId(101)}`])
  })
})

describe("who may listen", () => {
  test("a board to its own office, an agent to his own hall, a citizen to her own ticket", async () => {
    const office = await testOffice({ more: [{ code: "JED-01" }] })
    const opened = await liveHall({ office })
    halls.push(opened)
    const { letIn, program, issue, holders } = opened
    await issue(101)
    letIn("board", board())
    letIn("agent", office.agent(1))
    letIn("reader", integrator(["board:read"], "JED-01"))
    const citizen = letIn("citizen", office.citizen(1))
    holders.set(ticketId(101), citizen.id)
    letIn("stranger", office.citizen(2))

    const everything = [
      topic,
      "board:JED-01",
      "queue:RUH-RML",
      "queue:JED-01",
      "counter:RUH-RML.1",
      `ticket:${ticketId(101)}`,
      "inbox",
    ]
    const allowed = async (who: string) => {
      const client = await program(who)
      client.say({ sub: everything, as: "json" })
      const answers = []
      for (const _ of everything) answers.push(await client.next())
      return answers.map((answer) => ("refused" in answer ? answer.code : "yes"))
    }
    expect(await allowed("board")).toEqual([
      "yes",
      "forbidden",
      "forbidden",
      "forbidden",
      "forbidden",
      "not_found",
      "forbidden",
    ])
    expect(await allowed("agent")).toEqual(["yes", "forbidden", "yes", "forbidden", "yes", "yes", "yes"])
    expect(await allowed("reader")).toEqual([
      "forbidden",
      "yes",
      "forbidden",
      "forbidden",
      "forbidden",
      "not_found",
      "forbidden",
    ])
    expect(await allowed("citizen")).toEqual([
      "forbidden",
      "forbidden",
      "forbidden",
      "forbidden",
      "forbidden",
      "yes",
      "yes",
    ])
    expect(await allowed("stranger")).toEqual([
      "forbidden",
      "forbidden",
      "forbidden",
      "forbidden",
      "forbidden",
      "not_found",
      "yes",
    ])
  })

  test("a browser only from our own pages: no origin, another site, a sibling and none at all are refused", async () => {
    const { url, origin } = await hall()
    const port = Number(new URL(origin).port)
    const refused = [
      "https://evil.example",
      `http://127.0.0.1:${port + 1}`,
      `http://localhost:${port}`,
      "null",
      `${origin}/`,
      "",
    ]
    const status = async (headers: Record<string, string>) =>
      (await handshake(url, headers)).match(/^HTTP\/1\.1 (\d+)/)?.[1]
    for (const Origin of refused) {
      expect(await status({ Origin, Cookie: "sid=board" })).toBe("403")
      expect(await status({ Origin })).toBe("403")
    }
    expect(await status({ Cookie: "sid=board" })).toBe("403")
    expect(await status({ Origin: origin, Cookie: "sid=board" })).toBe("101")
    expect(await status({})).toBe("101")
  })

  test("nobody who asks before he has said who he is", async () => {
    const { connect } = await hall()
    const client = await connect()
    client.say({ sub: [topic] })
    expect(await client.closed).toEqual({ code: 4401, reason: "no_hello" })
  })

  test("nobody who says nothing for five seconds", async () => {
    const { connect, timers } = await hall()
    const client = await connect()
    ;(timers as ReturnType<typeof handTimers>).advance(5_000)
    expect(await client.closed).toEqual({ code: 4401, reason: "no_hello" })
  })

  test("nobody with a key that is none, and nobody twice", async () => {
    const { connect, program } = await hall()
    const client = await connect()
    client.say({ token: "nobody" })
    expect(await client.closed).toMatchObject({ code: 4401 })
    const twice = await program("board")
    twice.say({ token: "board" })
    expect(await twice.closed).toMatchObject({ code: 4400 })
  })

  test("a ticket lets in once, within thirty seconds, and on a socket of its own session", async () => {
    const { connect, hub, origin, letIn, office } = await hall()
    const citizen = letIn("citizen", office.citizen(1))
    letIn("other", office.citizen(2))
    letIn("own-phone", citizen)
    const from = (session: string) => connect({ Origin: origin, Cookie: `sid=${session}` })
    const wayIn = async (client: Client, ticket: string) => {
      client.say({ ticket })
      client.say({ sub: ["inbox"], as: "json" })
      return Promise.race([client.next(isSnapshot).then(() => "in"), client.closed.then(({ code }) => code)])
    }
    const ticket = hub.issueTicket(citizen, "citizen")
    expect(await wayIn(await from("citizen"), ticket)).toBe("in")
    expect(await wayIn(await from("citizen"), ticket)).toBe(4401)

    const late = hub.issueTicket(citizen, "citizen")
    office.clock.advance(30_000)
    expect(await wayIn(await from("citizen"), late)).toBe(4401)

    expect(await wayIn(await from("other"), hub.issueTicket(citizen, "citizen"))).toBe(4401)
    expect(await wayIn(await from("own-phone"), hub.issueTicket(citizen, "citizen"))).toBe(4401)
    expect(await wayIn(await from("nobody"), hub.issueTicket(citizen, "citizen"))).toBe(4401)
    expect(await wayIn(await connect(), hub.issueTicket(citizen, "citizen"))).toBe(4401)

    const both = hub.issueTicket(citizen, "citizen")
    const asked = [await from("citizen"), await from("citizen")].map((client) => wayIn(client, both))
    expect((await Promise.all(asked)).sort()).toEqual([4401, "in"])
  })

  test("a board by the ticket of its own cookie, though it has no session", async () => {
    const { connect, hub, origin, letIn } = await hall()
    letIn("other", board("JED-01"))
    const screen = await connect({ Origin: origin, Cookie: "sid=board" })
    screen.say({ ticket: hub.issueTicket(board(), null) })
    await watching(screen)
    const other = await connect({ Origin: origin, Cookie: "sid=other" })
    other.say({ ticket: hub.issueTicket(board(), null) })
    expect(await other.closed).toMatchObject({ code: 4401 })
  })

  test("nobody any longer whose session has ended: his sockets are closed and his tickets are worth nothing", async () => {
    const { page, hub, letIn, office, ended, connect, origin } = await hall()
    const citizen = letIn("citizen", office.citizen(1))
    const [own, others] = [await page("citizen"), await page("board")]
    await watching(own, ["inbox"])
    await watching(others)
    const ticket = hub.issueTicket(citizen, "citizen")
    const unheard = await connect({ Origin: origin, Cookie: "sid=citizen" })
    ended.add("citizen")
    hub.endSession("citizen")
    expect(await own.closed).toEqual({ code: 4401, reason: "session_over" })
    expect(own.heard.at(-1)).toEqual({ bye: "session_over", retry: null })
    expect(await unheard.closed).toMatchObject({ code: 4401 })
    const again = await connect({ Origin: origin, Cookie: "sid=citizen" })
    again.say({ ticket })
    expect(await again.closed).toMatchObject({ code: 4401 })
    expect(hub.numbers().sockets).toBe(1)
  })

  test("nobody any longer whose session ran out or whose right was taken away without a word: it is noticed within a minute", async () => {
    const opened = await hall()
    const { program, letIn, office, ended, issue, holders, timers } = opened
    await issue(101)
    const citizen = letIn("citizen", office.citizen(1))
    holders.set(ticketId(101), citizen.id)
    const phone = await program("citizen")
    await watching(phone, [`ticket:${ticketId(101)}`])
    const screen = await program("board")
    await watching(screen)
    holders.clear()
    ended.add("board")
    ;(timers as ReturnType<typeof handTimers>).advance(60_000)
    expect(await phone.next((message) => "refused" in message)).toEqual({
      refused: `ticket:${ticketId(101)}`,
      code: "not_found",
    })
    expect(await screen.closed).toMatchObject({ code: 4401 })
  })
})

describe("a person whose session runs out while they wait", () => {
  test("goes on hearing of their ticket by its link, and of nothing else", async () => {
    const opened = await hall()
    const { connect, letIn, page, office, ended, issue, call, timers, origin } = opened
    await issue(101)
    letIn("citizen", office.citizen(1))
    const link = await connect({ Origin: origin, Cookie: "sid=citizen" })
    link.say({ capability: `${ticketId(101)}.secret-of-${ticketId(101)}` })
    await watching(link, [`ticket:${ticketId(101)}`])
    const inbox = await page("citizen")
    await watching(inbox, ["inbox"])
    ended.add("citizen")
    ;(timers as ReturnType<typeof handTimers>).advance(60_000)
    expect(await inbox.closed).toMatchObject({ code: 4401 })
    await call(101)
    expect(told(await link.next(isChange)).change).toMatchObject({ state: "ticket.called" })
  })
})

describe("a client that misbehaves", () => {
  test("with a message too large, whole or in pieces, is closed", async () => {
    const { program, url } = await hall()
    const client = await program("board")
    client.sendRaw(JSON.stringify({ sub: ["x".repeat(16_385)] }))
    expect(await client.closed).toMatchObject({ code: 1009 })

    const independent = await openIndependent(url)
    independent.say({ token: "board" })
    await watching(independent)
    independent.sendRaw("x".repeat(16_385))
    expect(await independent.closed).toMatchObject({ code: 1009 })

    const inPieces = await openIndependent(url)
    inPieces.say({ token: "board" })
    await watching(inPieces)
    inPieces.sendPieces(["x".repeat(8_000), "x".repeat(8_000), "x".repeat(385)])
    expect(await inPieces.closed).toMatchObject({ code: 1009 })
  })

  test("with a message just small enough is answered", async () => {
    const { program } = await hall()
    const client = await program("board")
    const frame = JSON.stringify({ sub: [topic] })
    client.sendRaw(frame + " ".repeat(16_384 - frame.length))
    expect(told(await client.next()).snapshot).toBeDefined()
  })

  test("in another form than ours is closed, and the code says why", async () => {
    const { program } = await hall()
    const wrong = [
      "",
      "null",
      "[]",
      "{}",
      "{",
      '{"sub":"board:RUH-RML"}',
      '{"sub":[]}',
      '{"sub":["a"],"since":-1}',
      '{"unsub":["a"],"x":1}',
    ]
    for (const frame of wrong) {
      const client = await program("board")
      client.sendRaw(frame)
      expect(await client.closed).toEqual({ code: 4400, reason: "malformed" })
    }
    const binary = await program("board")
    binary.sendRaw(new TextEncoder().encode(JSON.stringify({ sub: [topic] })))
    expect(await binary.closed).toEqual({ code: 1003, reason: "binary" })
  })

  test("that breaks the standard itself is closed without being heard, and nobody else notices", async () => {
    const { program, url, call, hub } = await hall()
    const screen = await program("board")
    await watching(screen)
    const mask = [0, 0, 0, 0]
    const broken = {
      "not masked": [0x81, 2, 0x7b, 0x7d],
      "a reserved kind": [0x83, 0x80, ...mask],
      "no UTF-8": [0x81, 0x82, ...mask, 0xc3, 0x28],
      "a reserved bit": [0xc1, 0x80, ...mask],
      "an end without a beginning": [0x80, 0x80, ...mask],
      "a ping too long": [0x89, 0xfe, 0, 126, ...mask, ...Array.from({ length: 126 }, () => 1)],
      "a goodbye that is none": [0x88, 0x82, ...mask, 0x03, 0xed],
    }
    for (const frame of Object.values(broken)) {
      const socket = connect(Number(new URL(url).port), "127.0.0.1")
      const ended = new Promise((resolve) => socket.once("close", resolve))
      socket.on("error", () => {})
      socket.write(handshakeOf(url, {}))
      socket.once("data", () => socket.write(Buffer.from(frame)))
      await ended
    }
    while (hub.numbers().sockets > 1) await turn()
    await call(101)
    expect(numbers(told(await screen.next(isChange)).change)).toEqual([101])
  })

  test("that talks without end is closed with the twenty-first message in ten seconds, and not with the twentieth", async () => {
    const { program, office } = await hall()
    const client = await program("board")
    for (let round = 0; round < 3; round++) {
      // The first round has the hello too.
      for (let message = round === 0 ? 1 : 0; message < 19; message++) client.say({ pong: message })
      await watching(client)
      office.clock.advance(10_000)
    }
    for (let message = 0; message < 21; message++) client.say({ pong: message })
    expect(await client.closed).toEqual({ code: 4429, reason: "too_many" })
  })

  test("that opens socket after socket gets five as a citizen and eight as a board", async () => {
    const { program, letIn, office } = await hall()
    letIn("citizen", office.citizen(1))
    for (const [who, most, topic] of [
      ["citizen", 5, "inbox"],
      ["board", 8, `board:${office.code}`],
    ] as const) {
      const open: Client[] = []
      for (let count = 0; count < most; count++) {
        const client = await program(who)
        await watching(client, [topic])
        open.push(client)
      }
      const oneMore = await program(who)
      expect(await oneMore.closed).toEqual({ code: 4429, reason: "too_many" })
      open[0]?.close()
      await open[0]?.closed
      await watching(await program(who), [topic])
    }
  })

  test("that asks for more topics than a screen can show is refused the rest", async () => {
    const { program, letIn, office } = await hall()
    letIn("agent", office.agent(1))
    const client = await program("agent")
    client.say({ sub: Array.from({ length: 50 }, (_, index) => `counter:RUH-RML.${index}`), as: "json" })
    client.say({ sub: [topic], as: "json" })
    expect(await client.next((message) => "refused" in message)).toEqual({ refused: topic, code: "limit_reached" })
    client.say({ unsub: ["counter:RUH-RML.1"] })
    await watching(client)
  })

  test("that never reads is dropped, and everybody else gets everything", async () => {
    const opened = await hall()
    const { url, program, call, hub } = opened
    const fast = await program("board")
    await watching(fast)
    const deaf = connect(Number(new URL(url).port), "127.0.0.1")
    deaf.pause()
    deaf.on("error", () => {})
    deaf.write(handshakeOf(url, {}))
    deaf.write(masked(JSON.stringify({ token: "board" })))
    deaf.write(masked(JSON.stringify({ sub: [topic], as: "json" })))
    while (hub.shown({ kind: "board", office: "RUH-RML" }).length < 2) await turn()

    opened.ballast = "x".repeat(100_000)
    let have = 0
    let number = 100
    while (hub.numbers().dropped === 0) {
      const seq = await call(++number)
      const message = told(await fast.next(isChange))
      if (have > 0) expect(message.prev).toBe(have)
      expect(message.seq).toBe(seq)
      have = message.seq
      if (number > 2_000) throw new Error("the deaf socket was never closed")
    }
    expect(hub.numbers().sockets).toBe(1)
    deaf.destroy()
  })
})

test("a client that shares nothing with us but the standard sees the same", async () => {
  const { url, call, hub } = await hall()
  const client = await openIndependent(url)
  client.say({ token: "board" })
  const seen = await watching(client)
  const seq = await call(101)
  expect(told(await client.next(isChange))).toMatchObject({ seq, prev: seen.seq })
  client.sendRaw(new TextEncoder().encode("{}"))
  expect(await client.closed).toEqual({ code: 1003, reason: "binary" })
  expect(hub.numbers().sockets).toBe(0)
})

test("the server says something every fifteen seconds, so that a page knows that it is there", async () => {
  const { program, timers } = await hall()
  const client = await program("board")
  await watching(client)
  ;(timers as ReturnType<typeof handTimers>).advance(30_000)
  const first = await client.next()
  expect(await client.next()).toEqual({ ping: (first as { ping: number }).ping + 1 })
})

test("a server that stops says goodbye and when to come back, and lets nobody in", async () => {
  const { program, hub, url } = await hall()
  const client = await program("board")
  await watching(client)
  hub.close()
  expect(await client.closed).toEqual({ code: 1001, reason: "restart" })
  expect(client.heard.at(-1)).toEqual({ bye: "restart", retry: 2 })
  expect(await handshake(url, {})).toStartWith("HTTP/1.1 503")
})

test("a topic that cannot be drawn is tried again with the next fact, and takes nothing else with it", async () => {
  const opened = await hall()
  const { program, call, letIn, office, hub, errors } = opened
  letIn("agent", office.agent(1))
  const screen = await program("agent")
  await watching(screen)
  opened.whileLooking = () => Promise.reject(new Error("a bug in a page"))
  await call(101)
  await hub.settled()
  screen.say({ sub: ["counter:RUH-RML.1"], as: "json" })
  expect(await screen.next()).toEqual({ refused: "counter:RUH-RML.1", code: "unavailable" })
  opened.whileLooking = null
  await call(102)
  expect(numbers(told(await screen.next(isChange)).change)).toEqual([102, 101])
  expect(errors.splice(0)).toHaveLength(2)
})

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

function handshakeOf(url: string, headers: Record<string, string>): string {
  const { host, pathname } = new URL(url)
  const asked = {
    Host: host,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  }
  return `GET ${pathname} HTTP/1.1\r\n${Object.entries(asked)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n`
}

/** The first line and headers of the answer, over a bare connection: no client's own idea of what an Origin is. */
function handshake(url: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1")
    socket.on("error", reject)
    socket.once("data", (data) => {
      socket.destroy()
      resolve(String(data))
    })
    socket.write(handshakeOf(url, headers))
  })
}

/** A text frame as a client sends it (RFC 6455 §5.2), for payloads under 126 bytes. */
function masked(text: string): Buffer {
  const payload = Buffer.from(text)
  const mask = [1, 2, 3, 4]
  return Buffer.from([
    0x81,
    0x80 | payload.length,
    ...mask,
    ...payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)),
  ])
}
