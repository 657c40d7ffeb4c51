import { beforeAll, expect, test } from "bun:test"
import { connect } from "node:net"
import { agencyFiles, setUpIn } from "../testing/agency.ts"
import { freePort } from "../testing/coturn.ts"
import { ownFolder, type Running, runServer } from "../testing/process.ts"
import { raw } from "../testing/raw.ts"

/*
 * What somebody tries on, against the process as an agency runs it: in production, with its own data, behind https, and nothing of a test in
 * it. That each control works is tried where it stands; here that it is there when it counts.
 */

const host = "front.example.gov"
const origin = `https://${host}`
const port = await freePort()
let server: Running

beforeAll(async () => {
  const folder = ownFolder()
  const { code, said } = await setUpIn(folder, agencyFiles(), ["--yes", "--admin", "layla"])
  if (code !== 0) throw new Error(said)
  server = runServer(folder, {
    ...{ NODE_ENV: "production", PUBLIC_ORIGIN: origin, PORT: String(port), ANONYMOUS_PER_MINUTE: "600" },
  })
  await server.origin()
}, 60_000)

/** As the proxy passes it on. */
function ask(
  path: string,
  { method = "GET", headers = {}, body }: RequestInit & { headers?: Record<string, string> } = {},
) {
  const more = Object.entries({ Host: host, Connection: "close", ...headers }).map(
    ([name, value]) => `${name}: ${value}\n`,
  )
  const length = body === undefined ? "" : `Content-Length: ${Buffer.byteLength(String(body))}\n`
  return raw(port, `${method} ${path} HTTP/1.1\n${more.join("")}${length}\n`, String(body ?? ""))
}

const form = { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/html" }
const fromHere = { ...form, Origin: origin, "Sec-Fetch-Site": "same-origin" }

/** Nothing of the inside stands in an answer: no path of the source, no line of a trace, no statement. */
const inside = /node_modules|\/src\/|\.tsx?[:)]|\bat \w+ \(|SQLITE|SELECT /

test("every answer, whatever is asked, is none of a bug, tells nothing of the inside, and is bound to https", async () => {
  const paths = [
    ...[
      "/",
      "/sign-in",
      "/staff",
      "/search?q=%27%3B--",
      "/services/PAS-01",
      "/offices/AAA-1/slots?service=PAS-01",
      "/docs",
    ],
    ...[
      "/openapi.json",
      "/healthz",
      "/readyz",
      "/metrics",
      "/api/v1/me",
      "/api/v1/offices",
      "/nothing",
      "/desk",
      "/day",
    ],
    ...[
      "/offices/AAA-1/slots?service=%00",
      "/api/v1/tickets/%ff",
      "/verify/%3Cscript%3E",
      "/assets/nothing.js",
      "/theme.css",
    ],
  ]
  for (const path of paths) {
    const { status, headers, body } = await ask(path, { headers: { Accept: "text/html" } })
    const found = [
      path,
      status < 500,
      inside.test(body),
      headers["strict-transport-security"],
      headers["x-content-type-options"],
    ]
    expect(found).toEqual([path, true, false, "max-age=31536000; includeSubDomains", "nosniff"])
    expect([path, headers["content-security-policy"]?.includes("unsafe-")]).toEqual([path, false])
    for (const cookie of headers["set-cookie"]?.split(/, (?=__Host-|\w+=)/) ?? [])
      expect([path, cookie]).toEqual([path, expect.stringMatching(/^__Host-\w+=.*Path=\/.*HttpOnly.*Secure/)])
  }
})

test("another host's name leads nowhere but to ours, and is in no answer", async () => {
  for (const wrong of ["evil.example", `${host}.evil.example`, `${host}:444`, "localhost"]) {
    const { status, headers, body } = await ask("/sign-in?next=/x", { headers: { Host: wrong, Accept: "text/html" } })
    expect([wrong, status, headers["location"]]).toEqual([wrong, 307, `${origin}/sign-in?next=/x`])
    expect(body).not.toContain("evil")
    const forged = { ...fromHere, Host: wrong, Origin: `https://${wrong}` }
    expect((await ask("/sign-in", { method: "POST", headers: forged, body: "number=1" })).status).toBe(403)
  }
})

test("a form that is not from our own page is refused: of no origin, of another one, of ours without https", async () => {
  const wrong: Record<string, string>[] = [
    {},
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site", Origin: origin },
    { Origin: "https://evil.example" },
    { Origin: "null" },
    { Origin: `http://${host}` },
    { Origin: origin, "Sec-Fetch-Site": "cross-site" },
  ]
  for (const headers of wrong) {
    const { status } = await ask("/sign-in", { method: "POST", headers: { ...form, ...headers }, body: "number=1" })
    expect([headers, status]).toEqual([headers, 403])
  }
  const own = await ask("/sign-in", { method: "POST", headers: fromHere, body: "number=1000000008&password=x" })
  expect([own.status, own.body.includes("1000000008")]).toEqual([401, true])
  const json = { ...fromHere, "Content-Type": "application/json" }
  expect((await ask("/sign-in", { method: "POST", headers: json, body: "{}" })).status).toBe(415)
})

test("nothing of a demonstration is there: no page, no key, no account of it", async () => {
  expect((await ask("/demo/messages", { headers: { Accept: "text/html" } })).status).toBe(404)
  const key = `dawr_demo_aaaaaaaa_${"a".repeat(49)}`
  expect((await ask(`/kiosk/AAA-1?key=${key}`, { headers: { Accept: "text/html" } })).status).toBe(401)
  const { status, body } = await ask("/api/v1/me", { headers: { Authorization: `Bearer ${key}` } })
  expect([status, JSON.parse(body).code]).toEqual([401, "bad_token"])
  expect(server.said()).not.toContain("dawr_demo")
})

test("a key in an address, a bent path, a body without end and a method that is none are refused", async () => {
  const key = `dawr_live_aaaaaaaa_${"a".repeat(49)}`
  expect(JSON.parse((await ask(`/api/v1/me?key=${key}`)).body).code).toBe("key_in_address")
  for (const path of [
    "/assets/../package.json",
    "/assets/%2e%2e/%2e%2e/package.json",
    "/assets/..%2fpackage.json",
    "//evil.example",
  ]) {
    const { status, body } = await ask(path, { headers: { Accept: "text/html" } })
    expect([path, status, body.includes("drizzle")]).toEqual([path, 404, false])
  }
  const long = await ask("/sign-in", { method: "POST", headers: { ...fromHere, "Content-Length": "999999999" } })
  expect(long.status).toBe(413)
  for (const method of ["TRACE", "CONNECT", "PUT", "DELETE"]) {
    const { status } = await ask("/sign-in", { method, headers: fromHere })
    expect([method, status >= 400 && status < 500]).toEqual([method, true])
  }
})

test("a request that a proxy could read in another way ends the connection, and nothing behind it is heard", async () => {
  const hidden = `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`
  const head = `POST /sign-in HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\n`
  const text = await new Promise<string>((resolve) => {
    let said = ""
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(
        `${head}Content-Length: ${hidden.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
      ),
    )
    socket.on("data", (part) => {
      said += part.toString("latin1")
    })
    socket.on("close", () => resolve(said))
    socket.on("error", () => resolve(said))
  })
  expect(text).toMatch(/^HTTP\/1\.1 400/)
  expect(text).not.toContain("alive")
})

test("a socket with a cookie is opened from our own pages and from nowhere else", async () => {
  for (const from of [undefined, "null", "https://evil.example", `http://${host}`]) {
    const { status } = await ask("/live", {
      headers: {
        ...{
          Cookie: `__Host-sid=${"a".repeat(43)}`,
          Connection: "Upgrade",
          Upgrade: "websocket",
          "Sec-WebSocket-Version": "13",
        },
        ...{ "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", ...(from ? { Origin: from } : {}) },
      },
    })
    expect([from, status]).toEqual([from, 403])
  }
})

test("every operation of the document is closed to a stranger, or answers with a document of its shape", async () => {
  const { paths } = JSON.parse((await ask("/openapi.json")).body) as { paths: Record<string, Record<string, unknown>> }
  let asked = 0
  for (const [path, operations] of Object.entries(paths)) {
    for (const method of Object.keys(operations)) {
      const real = path.replaceAll(/\{\w+\}/g, "AAA-1")
      const headers = { "Content-Type": "application/json" }
      const { status, body } = await ask(real, {
        method: method.toUpperCase(),
        headers,
        body: method === "get" ? undefined : "{}",
      })
      const name = `${method} ${real}`
      expect([name, status < 500, inside.test(body)]).toEqual([name, true, false])
      if (status >= 400) expect([name, JSON.parse(body)]).toEqual([name, expect.objectContaining({ status })])
      asked++
    }
  }
  expect(asked).toBeGreaterThan(50)
})

test("strangers without end are told when to come back, and the log of all this holds no mistake of ours and nothing that was typed", async () => {
  let last = { status: 0, headers: {} as Record<string, string> }
  for (let tries = 0; tries < 700 && last.status !== 429; tries++) last = await ask("/api/v1/offices")
  expect([last.status, Number(last.headers["retry-after"]) > 0]).toEqual([429, true])
  expect((await ask("/healthz")).status).toBe(200)
  expect(await server.kill("SIGTERM")).toBe(0)
  const said = server.said()
  expect(said.split("\n").filter((line) => line.includes('"level":"error"'))).toEqual([])
  for (const secret of ["1000000008", "aaaaaaaa_", "evil"])
    expect([secret, said.includes(secret)]).toEqual([secret, false])
})
