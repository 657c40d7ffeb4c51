import { afterAll, describe, expect, test } from "bun:test"
import { connect, type Socket } from "node:net"
import { machineChance } from "../base/clock.ts"
import type { Refusal } from "../base/refusal.ts"
import { refusal } from "../testing/office.ts"
import { testServer } from "../testing/server.ts"
import { openAdmission, type Standing } from "./admission.ts"

const atOnce = 8
const token = "watch-me"
const env = { REQUESTS_AT_ONCE: String(atOnce), TRUSTED_PROXIES: "127.0.0.1, ::1", METRICS_TOKEN: token }
const server = await testServer({ plan: { citizens: 40, counters: 2 }, env })
const { office } = server
const port = Number(new URL(server.origin).port)
const agent = server.agent(1)
const board = server.device("board")
const kiosk = server.device("kiosk")
await Promise.all([agent, board, kiosk, server.citizen(1)].map((caller) => caller.token()))

afterAll(() => {
  expect(server.bugs).toEqual([])
})

/** How many requests the house is answering now, by its own account. */
async function inside(): Promise<number> {
  const answer = await fetch(`${server.origin}/metrics`, { headers: { Authorization: `Bearer ${token}` } })
  return Number(/^dawr_requests\{what="inside"\} (\d+)$/m.exec(await answer.text())?.[1])
}

async function becomes(count: number): Promise<void> {
  while ((await inside()) !== count) await new Promise((resolve) => setImmediate(resolve))
}

let people = 0

/** A request with a body that does not come to its end until it is told to go on. */
function held(from: string, headers: Record<string, string> = {}, path = "/sign-in") {
  // Somebody else each time: nobody's password is guessed so often that it has to wait.
  const body = `number=10000${String(++people).padStart(5, "0")}&password=x`
  const lines = {
    ...{ Host: `localhost:${port}`, Origin: server.origin, "X-Forwarded-For": from },
    ...{ "Content-Type": "application/x-www-form-urlencoded", "Content-Length": String(body.length) },
    ...headers,
  }
  const socket: Socket = connect(port, "127.0.0.1")
  let text = ""
  const answered = new Promise<string>((resolve) => {
    socket.on("data", (part: Buffer) => {
      text += part.toString("latin1")
      if (text.includes("\r\n\r\n")) resolve(text)
    })
    socket.on("close", () => resolve(text))
    socket.on("error", () => resolve(text))
  })
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}`)
  socket.write(`POST ${path} HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n${body.slice(0, 5)}`)
  return {
    /** Status and Retry-After, once it is answered. */
    answer: async () => {
      const all = await answered
      socket.destroy()
      return [Number(/^HTTP\/1\.1 (\d+)/.exec(all)?.[1]), /^retry-after: (\d+)/im.exec(all)?.[1] ?? null] as const
    },
    goOn: () => socket.write(body.slice(5)),
    leave: () => socket.destroy(),
  }
}

const browse = (from: string) =>
  fetch(`${server.origin}/services/PAS-10`, { headers: { "X-Forwarded-For": from, Accept: "text/html" } })

describe("three times as many as there is room for, who write so slowly that nobody is ever through,", () => {
  test("are sent away beyond what there is room for and told when to come back; desks, halls and whoever has come go on", async () => {
    const all = Array.from({ length: atOnce }, (_, number) => held(`192.0.2.${number}`))
    await becomes(atOnce)
    for (let number = 0; number < 2 * atOnce; number++) {
      const [status, after] = await held(`198.51.100.${number}`).answer()
      expect([status, Number(after) >= 2 && Number(after) <= 5]).toEqual([503, true])
    }
    const shown = await browse("203.0.113.1")
    expect([shown.status, Number(shown.headers.get("Retry-After")) > 0]).toEqual([503, true])
    // Drawn once for all, it says each its own number.
    for (const page of [shown, await browse("203.0.113.1")]) {
      const text = await page.text()
      expect(text).toContain("<h1")
      expect(text).toContain(`<bdi dir="ltr">${page.headers.get("X-Request-Id")}</bdi>`)
    }
    const program = await server.nobody.get("/api/v1/sectors", { headers: { "X-Forwarded-For": "203.0.113.2" } })
    expect([program.status, program.body.code, program.headers.has("Retry-After")]).toEqual([503, "unavailable", true])

    // Meanwhile the day goes on.
    expect((await agent.post("/api/v1/counters/RUH-RML.1/opening")).status).toBe(200)
    const walkIn = { service: "PAS-10", mobile: "0551234567" }
    expect((await kiosk.post("/api/v1/offices/RUH-RML/tickets", walkIn)).status).toBe(201)
    const socket = new WebSocket(`${server.origin.replace("http", "ws")}/live`)
    await new Promise<void>((resolve) => socket.addEventListener("open", () => resolve()))
    const told = new Promise<void>((resolve) =>
      socket.addEventListener("message", ({ data }) => String(data).includes(`"number"`) && resolve()),
    )
    socket.send(JSON.stringify({ token: await board.token() }))
    socket.send(JSON.stringify({ sub: [`board:${office.code}`], as: "json" }))
    expect((await agent.post("/api/v1/counters/RUH-RML.1/next")).status).toBe(200)
    await told
    socket.close()
    const place = { office: office.code, service: "PAS-08", slot: office.slot("12:00") }
    expect((await server.citizen(1).post("/api/v1/bookings", place)).status).toBe(201)
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200)

    // Who was let in is answered when the last letter has come; then there is room again.
    for (const one of all) one.goOn()
    for (const one of all) expect((await one.answer())[0]).toBe(401)
    await becomes(0)
    expect((await browse("203.0.113.3")).status).toBe(200)
  })

  test("of one address have half of the room and no more", async () => {
    const all = Array.from({ length: atOnce / 2 }, () => held("192.0.2.77"))
    await becomes(atOnce / 2)
    const [status, after] = await held("192.0.2.77").answer()
    expect([status, Number(after) > 0]).toEqual([429, true])
    expect((await browse("192.0.2.78")).status).toBe(200)
    for (const one of all) one.leave()
    await becomes(0)
  })

  test("who are signed in fill what is for errands and leave the room for work", async () => {
    const all = []
    for (let number = 1; number <= 2 * atOnce; number++) {
      const key = (await server.citizen(number).token()) ?? ""
      const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" }
      all.push(held("192.0.2.1", headers, "/api/v1/holds"))
    }
    await becomes(2 * atOnce)
    const refused = await server.citizen(30).get("/api/v1/bookings")
    expect([refused.status, refused.headers.has("Retry-After")]).toEqual([503, true])
    expect((await agent.get("/api/v1/offices/RUH-RML/queue")).status).toBe(200)
    expect((await board.get("/api/v1/me")).status).toBe(200)
    for (const one of all) one.leave()
    await becomes(0)
    expect((await server.citizen(30).get("/api/v1/bookings")).status).toBe(200)
  })
})

test("a flood of people who look round is answered or sent away, and every call of a desk meanwhile is made", async () => {
  for (let number = 10; number < 20; number++) {
    const walkIn = { service: "PAS-10", mobile: `05512346${number}` }
    expect((await kiosk.post("/api/v1/offices/RUH-RML/tickets", walkIn)).status).toBe(201)
  }
  const desk = server.agent(2)
  expect((await desk.post("/api/v1/counters/RUH-RML.2/opening")).status).toBe(200)
  const flood = Promise.all(
    Array.from({ length: 60 * atOnce }, async (_, number) => {
      const answer = await browse(`198.51.${number % 4}.${number % 250}`)
      await answer.arrayBuffer()
      return [answer.status, answer.headers.has("Retry-After")] as const
    }),
  )
  const called: number[] = []
  for (let round = 0; round < 5; round++) {
    const next = await desk.post("/api/v1/counters/RUH-RML.2/next")
    called.push(next.status, (await desk.post(`/api/v1/tickets/${next.body.id}/serve`)).status)
    called.push((await desk.post(`/api/v1/tickets/${next.body.id}/finish`, { outcome: "done" })).status)
  }
  expect(called).toEqual(Array(15).fill(200))
  for (const [status, saysWhen] of await flood) {
    expect([200, 503]).toContain(status)
    expect(saysWhen).toBe(status === 503)
  }
  await becomes(0)
})

test("whoever asks for much and never reads takes nothing from the others, and gets no more than the line holds", async () => {
  const before = process.memoryUsage.rss()
  const deaf = Array.from({ length: 4 }, (_, number) => {
    const socket = connect(port, "127.0.0.1")
    socket.pause()
    socket.on("error", () => {})
    const from = `X-Forwarded-For: 192.0.2.${number}`
    socket.write(`GET /openapi.json HTTP/1.1\r\nHost: localhost:${port}\r\n${from}\r\n\r\n`.repeat(1_000))
    return socket
  })
  for (let round = 0; round < 50; round++) expect((await browse("203.0.113.9")).status).toBe(200)
  expect((await agent.get("/api/v1/offices/RUH-RML/queue")).status).toBe(200)
  // All that they asked for would be 600 MB.
  expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 2 ** 20)
  for (const socket of deaf) socket.destroy()
  await becomes(0)
})

describe("the door", () => {
  const open = (most: number) => {
    const steps: (() => void)[] = []
    const admission = openAdmission(most, (run) => steps.push(run), machineChance)
    /** Lets in what has arrived, as the loop of events does. */
    const turn = async () => {
      for (const step of steps.splice(0)) step()
      await Promise.resolve()
    }
    return { ...admission, turn: admission.turn, pass: turn }
  }

  test("begins eight of those who look round together, the others in the order in which they came, and nobody twice", async () => {
    const { turn, pass, numbers } = open(100)
    const begun: number[] = []
    for (let number = 0; number < 20; number++) {
      const mine = turn()
      if (mine) void mine.then(() => begun.push(number))
      else begun.push(number)
    }
    expect(begun).toHaveLength(8)
    await pass()
    expect(begun).toEqual(Array.from({ length: 16 }, (_, number) => number))
    expect(numbers().waiting).toBe(4)
    await pass()
    await pass()
    expect(begun).toEqual(Array.from({ length: 20 }, (_, number) => number))
    expect(turn()).toBeUndefined()
  })

  test("sheds looking round first, then errands, and work last", async () => {
    const { enter, numbers } = open(10)
    const filled: Record<Standing, number> = { browsing: 0, errand: 0, work: 0 }
    let holder = 0
    for (const standing of ["browsing", "errand", "work"] as const) {
      for (;;) {
        try {
          enter(standing, String(holder++))
        } catch (thrown) {
          expect((thrown as Refusal).code).toBe("unavailable")
          break
        }
        filled[standing]++
      }
    }
    expect(filled).toEqual({ browsing: 10, errand: 10, work: 20 })
    expect(numbers()).toEqual({ inside: 40, waiting: 0, sentAway: { browsing: 1, errand: 1, work: 1 } })
  })

  test("counts out once whoever leaves, however often they say so", async () => {
    const { enter, numbers } = open(4)
    const leave = enter("browsing", "one")
    enter("browsing", "one")
    expect((await refusal((async () => enter("browsing", "one"))())).code).toBe("too_many_requests")
    leave()
    leave()
    expect(numbers().inside).toBe(1)
    enter("browsing", "one")
  })
})
