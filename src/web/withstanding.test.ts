import { afterAll, expect, test } from "bun:test"
import { connect } from "node:net"
import { hour } from "../base/day.ts"
import { startSession } from "../domain/access/sessions.ts"
import { raw } from "../testing/raw.ts"
import { testServer } from "../testing/server.ts"
import { visitor } from "../testing/visitor.ts"

/* What comes over the wire when somebody tries it on: bytes that no browser sends, answers that no authenticator gives. */

const server = await testServer({ plan: { citizens: 3, counters: 1 } })
const { office } = server
const port = Number(new URL(server.origin).port)
const here = `localhost:${port}`

afterAll(() => {
  expect(server.bugs).toEqual([])
})

/** Everything that is answered on one connection to these bytes, taken as they stand, until `done` or the end of it. */
function conversation(at: number, bytes: string, done: (text: string) => boolean): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(at, "127.0.0.1")
    let text = ""
    const finish = () => {
      socket.destroy()
      resolve(text)
    }
    socket.on("data", (part: Buffer) => {
      text += part.toString("latin1")
      if (done(text)) finish()
    })
    socket.on("error", finish)
    socket.on("close", finish)
    socket.write(bytes)
  })
}

const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))

test("a request that a proxy could read in another way than we is refused, and nothing that hides in it is heard", async () => {
  const head = `POST /sign-in HTTP/1.1\r\nHost: ${here}\r\nOrigin: ${server.origin}\r\n`
  const hidden = `GET /healthz HTTP/1.1\r\nHost: ${here}\r\n\r\n`
  const bent: Record<string, string> = {
    "a length, and pieces that end before it": `${head}Content-Length: ${hidden.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    "pieces, and a length that ends before them": `${head}Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n${hidden}`,
    "two lengths": `${head}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    "a length with a sign": `${head}Content-Length: +5\r\n\r\n${hidden}`,
    "a space before the colon": `${head}Content-Length : 5\r\n\r\n${hidden}`,
    "a name with a space in it": `${head}Content Length: 5\r\n\r\n${hidden}`,
    "a line that goes on in the next": `${head}X-Long: a\r\n b\r\n\r\n${hidden}`,
    "no host": `GET /sign-in HTTP/1.1\r\n\r\n${hidden}`,
    "another kind of pieces": `${head}Transfer-Encoding: gzip, xchunked\r\n\r\n0\r\n\r\n${hidden}`,
    "a piece of no length": `${head}Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n${hidden}`,
    "a zero byte in a header": `${head}X-Odd: a\u0000b\r\n\r\n${hidden}`,
    "no words of HTTP at all": `\u0016\u0003\u0001\u0002\r\n\r\n${hidden}`,
  }
  const found: string[] = []
  for (const [what, bytes] of Object.entries(bent)) {
    const text = await conversation(port, bytes, () => false)
    const said = statuses(text)
    if (said.some((status) => status < 400 || (status >= 500 && status !== 505)) || said.length > 1) {
      found.push(`${what}: ${said}`)
    }
  }
  expect(found).toEqual([])
})

test("whoever hangs up in the midst of what they send is no mistake of ours in the log", async () => {
  const before = server.lines.length
  const head = `POST /sign-in HTTP/1.1\r\nHost: ${here}\r\nOrigin: ${server.origin}\r\nContent-Type: application/x-www-form-urlencoded\r\n`
  for (const part of ["Content-Length: 100\r\n\r\nnumber=1", "Transfer-Encoding: chunked\r\n\r\n5\r\nnumbe\r\n"]) {
    const socket = connect(port, "127.0.0.1")
    await new Promise<void>((resolve) => socket.write(head + part, () => resolve()))
    // What is answered on another connection afterwards has been read after it.
    await server.nobody.get("/healthz")
    socket.resetAndDestroy()
    for (let turn = 0; turn < 20; turn++) await server.nobody.get("/healthz")
  }
  expect(server.lines.slice(before).filter((line) => line.includes('"level":"error"'))).toEqual([])
})

test("a thousand requests sent at once on one connection get what the budget of their address has and no more, and everybody else is served", async () => {
  const small = await testServer({ office, env: { ANONYMOUS_PER_MINUTE: "100" } })
  const at = Number(new URL(small.origin).port)
  const one = `GET /api/v1/sectors HTTP/1.1\r\nHost: localhost:${at}\r\n\r\n`
  // The runtime ends a connection on which somebody asks on before an answer that takes its time; no browser and no proxy does.
  const said = statuses(await conversation(at, one.repeat(1_000), (all) => statuses(all).length === 1_000))
  expect(said.filter((status) => status !== 200 && status !== 429)).toEqual([])
  expect(said.filter((status) => status === 200).length).toBeLessThanOrEqual(100)
  expect((await small.citizen(1).get("/api/v1/me")).status).toBe(200)
})

test("what is no answer of an authenticator opens nothing and is no bug, in every form that takes one", async () => {
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`
  const answers = ["", "null", "[]", "7", '"text"', "{}", "{", "true", '{"__proto__":{"x":1}}', '{"id":5}', deep]
  for (const path of ["/sign-in/passkey", "/sign-in/second", "/enrol/passkey", "/account/passkeys/new", "/step-up"]) {
    for (const response of answers) {
      const who = visitor(() => server.origin)
      const { status, headers } = await who.post(path, { response, name: "x" })
      expect([path, response.slice(0, 20), status < 500, headers.getSetCookie().join().includes("sid=")]).toEqual([
        path,
        response.slice(0, 20),
        true,
        false,
      ])
    }
    const huge = await visitor(() => server.origin).post(path, { response: "x".repeat(5_000_000) })
    expect([path, huge.status]).toEqual([path, 413])
  }
})

test("a socket with somebody's cookie is opened from our own pages and from nowhere else", async () => {
  const { id } = office.citizen(1)
  const now = office.clock.real()
  const shown = { kind: "citizen", subject: id, role: "citizen", factors: "passkey", userAgent: "" } as const
  const { token } = await office.write((tx) => startSession(tx, shown, now))
  const status = async (origin: string | null) => {
    const lines = [
      `GET /live HTTP/1.1\r\nHost: ${here}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13`,
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      `Cookie: sid=${token}`,
      ...(origin === null ? [] : [`Origin: ${origin}`]),
    ]
    const text = await conversation(port, `${lines.join("\r\n")}\r\n\r\n`, (all) => all.includes("\r\n\r\n"))
    return statuses(text)[0]
  }
  for (const origin of [
    null,
    "null",
    "https://evil.example",
    `http://localhost:${port + 1}`,
    `http://app.localhost:${port}`,
  ]) {
    expect([origin, await status(origin)]).toEqual([origin, 403])
  }
  expect(await status(server.origin)).toBe(101)
})

test("a clock that is set back an hour between choosing a time and confirming it gives nobody the place twice", async () => {
  const [one, other] = [server.citizen(1), server.citizen(2)]
  const asked = { office: "RUH-RML", service: "PAS-08", slot: office.slot("12:30") }
  const held = await one.post("/api/v1/holds", asked)
  expect(held.status).toBe(201)
  office.clock.advance(-hour)
  const made = await one.post("/api/v1/bookings", { hold: held.body.id }, { headers: { "Idempotency-Key": "once" } })
  expect(made.status).toBe(201)
  const again = await one.post("/api/v1/bookings", { hold: held.body.id }, { headers: { "Idempotency-Key": "once" } })
  expect(again.body).toEqual(made.body)
  expect((await other.post("/api/v1/holds", asked)).status).toBe(201)
  const listed = await one.get("/api/v1/bookings")
  expect(listed.body.items.map(({ id }: { id: string }) => id)).toEqual([made.body.id])
  office.clock.advance(hour)
})

test("of a target that names another host the path is answered, and links lead to our own", async () => {
  const { status, body } = await raw(port, `GET https://evil.example/sign-in HTTP/1.1\nHost: ${here}\n\n`)
  expect([status, body.includes("evil.example")]).toEqual([200, false])
})
