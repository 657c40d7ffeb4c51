import { afterAll, expect, test } from "bun:test"
import { connect } from "node:net"
import { raw } from "../testing/raw.ts"
import { testServer } from "../testing/server.ts"

const server = await testServer({ plan: { citizens: 2 } })
const { office } = server
const port = Number(new URL(server.origin).port)
const path = `/api/v1/offices/${office.code}/slots?service=PAS-08&days=62`

afterAll(() => {
  expect(server.bugs).toEqual([])
  expect(server.lines.filter((line) => line.includes('"level":"error"'))).toEqual([])
})

/** Each asks for an address of its own, of which nothing is kept. */
const pathOf = (nth: number) => `${path}&nth=${nth}`
/** So many at once that most of them wait for their turn. */
const crowd = 60

test("a large answer that had to wait for its turn is the very answer that came at once, to the last byte", async () => {
  const citizen = server.citizen(1)
  const [key, Host] = [await citizen.token(), `localhost:${port}`]
  const atOnce = await raw(port, `GET ${path} HTTP/1.1\nHost: ${Host}\nAuthorization: Bearer ${key}\n\n`)
  expect(Number(atOnce.headers["content-length"])).toBe(atOnce.body.length)
  expect(atOnce.body.length).toBeGreaterThan(60_000)

  const answers = await Promise.all(
    Array.from({ length: crowd }, async (_, nth) => {
      const answer = await fetch(server.origin + pathOf(nth))
      return { inPieces: answer.headers.get("Transfer-Encoding"), text: await answer.text() }
    }),
  )
  expect(answers.filter(({ text }) => text !== atOnce.body)).toEqual([])
  // A length says that it was sent header by header. Those that came first were answered at once.
  expect(answers.filter(({ inPieces }) => inPieces === "chunked").length).toBeGreaterThan(crowd / 2)
})

test("of such an answer a HEAD has no body, and the connection goes on to the next", async () => {
  const heads = await Promise.all(
    Array.from({ length: crowd }, async () => {
      const head = await fetch(server.origin + path, { method: "HEAD" })
      return [head.status, head.headers.get("Content-Type"), await head.text()]
    }),
  )
  expect(heads).toEqual(Array(crowd).fill([200, "application/json", ""]))
})

test("whoever hangs up in the midst of such an answer leaves nothing behind", async () => {
  await Promise.all(
    Array.from(
      { length: crowd },
      (_, nth) =>
        new Promise<void>((resolve) => {
          const socket = connect(port, "127.0.0.1")
          socket.on("close", () => resolve())
          socket.on("error", () => {})
          socket.on("data", () => socket.destroy())
          socket.write(`GET ${pathOf(crowd + nth)} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`)
        }),
    ),
  )
  expect((await fetch(`${server.origin}/healthz`)).status).toBe(200)
  expect((await (await fetch(server.origin + path)).text()).length).toBeGreaterThan(60_000)
})
