import { afterAll, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { apiKeys } from "../../db/schema/access.ts"
import { devices } from "../../db/schema/devices.ts"
import { createApp } from "../app.ts"
import { openLog } from "../base/log.ts"
import { holderNow } from "../domain/access/keys.ts"
import { hashPassword } from "../domain/access/passwords.ts"
import { startSession } from "../domain/access/sessions.ts"
import { enrol } from "../domain/people/writes.ts"
import { raw } from "../testing/raw.ts"
import { testServer } from "../testing/server.ts"
import { visitor } from "../testing/visitor.ts"

const server = await testServer({ plan: { citizens: 1, counters: 1 } })
const { office } = server
const port = Number(new URL(server.origin).port)
const here = `localhost:${port}`
const number = "1000000008"
const password = "four green camels"
const passwordHash = await hashPassword(password)
const person = await office.write((tx) =>
  enrol(tx, server.keys, { kind: "citizen", name: { ar: "نورة", en: "Noura" }, nationalId: number, passwordHash }),
)

afterAll(() => {
  expect(server.bugs).toEqual([])
})

/** Somebody who is signed in, with the cookie and the token of the form. The password alone is half of it; the rest is taken as shown. */
async function signedIn() {
  const who = visitor(() => server.origin)
  await who.post("/sign-in", { number, password })
  const shown = {
    kind: "citizen",
    subject: person,
    role: "citizen",
    factors: "password+passkey",
    userAgent: "",
  } as const
  const { token } = await office.write((tx) => startSession(tx, shown, office.clock.real()))
  who.cookies.set("sid", token)
  await who.get("/nothing-here")
  return { who, cookie: `sid=${who.cookies.get("sid")}`, token: who.formToken }
}

const form = "application/x-www-form-urlencoded"

/** Whether signing out, the smallest change there is, was let through with these headers. */
async function isLetThrough(headers: Record<string, string>, body?: string): Promise<number> {
  const { cookie, token } = await signedIn()
  const text = body ?? `_form=${token}`
  const lines = Object.entries({ Host: here, Cookie: cookie, "Content-Type": form, ...headers })
  const { status } = await raw(
    port,
    `POST /sign-out HTTP/1.1\n${lines.map(([name, value]) => `${name}: ${value}`).join("\n")}\nContent-Length: ${text.length}\n\n`,
    text,
  )
  return status
}

test("a form from our own page is let through, with what old and new browsers say of it", async () => {
  expect(await isLetThrough({ Origin: server.origin, "Sec-Fetch-Site": "same-origin" })).toBe(303)
  expect(await isLetThrough({ Origin: server.origin })).toBe(303)
  expect(await isLetThrough({ "Sec-Fetch-Site": "same-origin" })).toBe(303)
})

test("a form of which nobody says where it comes from is refused, as is one of which anything says that it is not from here", async () => {
  expect(await isLetThrough({})).toBe(403)
  const evil = "https://evil.example"
  expect(await isLetThrough({ Origin: evil, "Sec-Fetch-Site": "same-origin" })).toBe(403)
  for (const site of ["cross-site", "same-site", "none", "same-origin, same-origin", ""]) {
    expect([site, await isLetThrough({ Origin: server.origin, "Sec-Fetch-Site": site })]).toEqual([site, 403])
  }
  for (const origin of [
    "null",
    "",
    `http://127.0.0.1:${port}`,
    `${server.origin}/`,
    `https://${here}`,
    "http://localhost",
  ]) {
    expect([origin, await isLetThrough({ Origin: origin })]).toEqual([origin, 403])
  }
})

test("a Host that agrees with the evil Origin does not make it ours", async () => {
  expect(await isLetThrough({ Host: "evil.example", Origin: "http://evil.example" })).toBe(403)
})

test("a form without this session's token is refused, whatever the browser says", async () => {
  const own = { Origin: server.origin, "Sec-Fetch-Site": "same-origin" }
  const other = await signedIn()
  for (const body of ["", "_form=", `_form=${other.token}`, `_form=${"x".repeat(32)}`, "_form=a&_form=b"]) {
    expect([body, await isLetThrough(own, body)]).toEqual([body, 403])
  }
})

test("a body that is no form is refused, however it is labelled", async () => {
  const { token } = await signedIn()
  for (const type of [
    "application/json",
    "text/plain",
    "application/json, text/plain",
    "text/plain; application/x-www-form-urlencoded",
    "application/xml",
    "multipart/form-data; boundary=x",
  ]) {
    const own = { Origin: server.origin, "Sec-Fetch-Site": "same-origin", "Content-Type": type, "X-Form-Token": token }
    expect([type, await isLetThrough(own, "{}")]).toEqual([type, 415])
  }
  for (const type of ["application/json", "multipart/form-data", "multipart/form-data; boundary=x"]) {
    const signIn = await fetch(`${server.origin}/sign-in`, {
      method: "POST",
      headers: { Origin: server.origin, "Content-Type": type },
      body: JSON.stringify({ number, password }),
    })
    expect([type, signIn.status]).toEqual([type, 415])
  }
})

test("reading changes nothing, and a method that is not there is told so; no field turns one into another", async () => {
  const { who, cookie, token } = await signedIn()
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    const answer = await fetch(`${server.origin}/sign-out`, { method, headers: { Cookie: cookie }, redirect: "manual" })
    expect([method, answer.status, answer.headers.get("Allow")]).toEqual([method, 405, "POST"])
  }
  const override = { Origin: server.origin, "X-Form-Token": token, Cookie: cookie, "X-HTTP-Method-Override": "POST" }
  for (const method of ["PUT", "PATCH", "DELETE", "PROPFIND"]) {
    const answer = await fetch(`${server.origin}/sign-out?_method=POST`, { method, headers: override })
    expect([method, answer.status]).toEqual([method, 405])
  }
  await who.ask("/sign-out?_method=POST", { headers: override })
  expect((await who.post("/live/ticket")).status).toBe(200)
  const head = await fetch(`${server.origin}/sign-in`, { method: "HEAD" })
  expect([head.status, await head.text()]).toEqual([200, ""])
})

test("a Host that is none is refused and never a bug", async () => {
  for (const host of [
    "a/../b?x",
    "",
    "a b",
    "evil.example/sign-in",
    "user@evil",
    "a:b",
    "a:1:2",
    "[::1",
    'x"><script>',
    "%00",
    "a#b",
    "a?b",
  ]) {
    const { status } = await raw(port, `GET /sign-in HTTP/1.1\nHost: ${host}\n\n`)
    expect([host, status]).toEqual([host, 400])
  }
  expect((await raw(port, `GET /sign-in HTTP/1.1\nHost: ${here}\nHost: evil.example\n\n`)).status).toBe(400)
  expect((await raw(port, "GET /sign-in HTTP/1.0\n\n")).status).toBe(400)
  expect((await raw(port, "GET /api/v1/offices HTTP/1.1\nHost: a/../b?x\n\n")).status).toBe(400)
})

test("a page under another name of this machine is sent to its own; programs are answered where they ask", async () => {
  const page = await raw(port, `GET /services/PAS-01?lang=en HTTP/1.1\nHost: 127.0.0.1:${port}\n\n`)
  expect([page.status, page.headers["location"]]).toEqual([307, `${server.origin}/services/PAS-01?lang=en`])
  const evil = await raw(port, "GET //evil.example/x HTTP/1.1\nHost: evil.example\n\n")
  expect([evil.status, evil.headers["location"]]).toEqual([307, `${server.origin}/evil.example/x`])
  const absolute = await raw(port, `GET http://evil.example/sign-in HTTP/1.1\nHost: ${here}\n\n`)
  expect(absolute.status).toBe(200)
  for (const path of ["/api/v1/offices", "/openapi.json", "/healthz", "/readyz"]) {
    const answer = await raw(port, `GET ${path} HTTP/1.1\nHost: evil.example\n\n`)
    expect([path, answer.status]).toEqual([path, 200])
    expect(answer.body).not.toContain("evil.example")
  }
})

test("a bent path never comes past a gate", async () => {
  const { cookie } = await signedIn()
  const guarded = ["/live/ticket", "/api/v1/me"]
  for (const path of guarded) {
    const [, first = "", ...rest] = path.split("/")
    const last = rest.join("/")
    for (const bent of [
      `/${path}`,
      `/${first}%2f${last}`,
      path.toUpperCase(),
      `/${first};a/${last}`,
      `/foo/..${path}`,
      `/%${first.charCodeAt(0).toString(16)}${first.slice(1)}/${last}`,
      `${path}/`,
      `/${first}/./${last}`,
      `/${first}\\${last}`,
      `${path}%00`,
      `/foo/%2e%2e${path}`,
    ]) {
      const { status } = await raw(
        port,
        `POST ${bent} HTTP/1.1\nHost: ${here}\nOrigin: ${server.origin}\nContent-Length: 0\n\n`,
      )
      expect([bent, [401, 404, 405, 415].includes(status)]).toEqual([bent, true])
    }
  }
  // What leads to a page by a detour meets the page's own gate, with the cookie that the API would not look at.
  for (const bent of [
    "/api/../sign-out",
    "/api/%2e%2e/sign-out",
    "/api/v1/..%2f..%2fsign-out",
    "/api/v1/../../sign-out",
  ]) {
    const { status } = await raw(port, `POST ${bent} HTTP/1.1\nHost: ${here}\nCookie: ${cookie}\nContent-Length: 0\n\n`)
    expect([bent, [401, 403, 404].includes(status)]).toEqual([bent, true])
  }
  const wide = [
    "/%ff%zz",
    "//",
    "///",
    "/\\",
    "/%",
    "/%E0%A4%A",
    `/${"a".repeat(8000)}`,
    "/?%ff=%zz",
    "/sign-in?lang=%ff&next=%",
  ]
  for (const path of wide) {
    const { status } = await raw(port, `GET ${path} HTTP/1.1\nHost: ${here}\n\n`)
    expect([path.slice(0, 20), status < 500]).toEqual([path.slice(0, 20), true])
  }
})

test("headers and queries beyond all measure are refused", async () => {
  expect((await raw(port, `GET / HTTP/1.1\nHost: ${here}\nX-Long: ${"a".repeat(20_480)}\n\n`)).status).toBe(431)
  const many = Array.from({ length: 10_000 }, (_, index) => `p${index}=1`).join("&")
  expect([400, 414, 431]).toContain((await raw(port, `GET /sign-in?${many} HTTP/1.1\nHost: ${here}\n\n`)).status)
})

test("a body over the limit is refused, announced or in pieces, whether anybody would have read it or not", async () => {
  const long = "x".repeat(300 * 1024)
  const chunk = `${long.length.toString(16)}\r\n${long}\r\n0\r\n\r\n`
  for (const path of ["/sign-in", "/nothing-here", "/api/v1/bookings", "/api/v1/nothing", "/live/ticket"]) {
    const head = `POST ${path} HTTP/1.1\nHost: ${here}\nOrigin: ${server.origin}\nContent-Type: ${form}`
    const announced = await raw(port, `${head}\nContent-Length: ${long.length}\n\n`, long)
    const pieces = await raw(port, `${head}\nTransfer-Encoding: chunked\n\n`, chunk)
    expect([path, announced.status, pieces.status]).toEqual([path, 413, 413])
  }
})

test("requests that say their own length in two ways are not guessed at", async () => {
  const head = `POST /sign-in HTTP/1.1\nHost: ${here}\nOrigin: ${server.origin}`
  for (const lines of [
    "Content-Length: 4\nTransfer-Encoding: chunked",
    "Content-Length: 4\nContent-Length: 5",
    "Content-Length: -1",
    "Content-Length: 5abc",
    "Transfer-Encoding: xchunked",
  ]) {
    const { status } = await raw(port, `${head}\n${lines}\n\n`, "0\r\n\r\n")
    expect([lines, status]).toEqual([lines, 400])
  }
})

test("whatever the answer is, it carries the headers that keep a page to itself", async () => {
  const answers = {
    page: "/sign-in",
    "not found": "/nothing-here",
    "not found for a program": "/api/v1/nothing",
    call: "/api/v1/offices",
    document: "/openapi.json",
    "page of the document": "/docs",
    file: "/assets/css/base.css",
    "file that is not there": "/assets/nothing.css",
    theme: "/theme.css",
    alive: "/healthz",
    ready: "/readyz",
    numbers: "/metrics",
    redirect: "/sign-out",
  }
  const asked = Object.entries(answers).map(
    async ([what, path]) => [what, await fetch(server.origin + path, { redirect: "manual" })] as const,
  )
  const elsewhere = await fetch(`http://127.0.0.1:${port}/sign-in`, { redirect: "manual" })
  const refused = await fetch(`${server.origin}/sign-in`, { method: "POST" })
  const all = [...(await Promise.all(asked)), ["another host", elsewhere], ["refused form", refused]] as const
  for (const [what, { headers, status }] of all) {
    const found = {
      what,
      isBug: status >= 500,
      csp: headers.get("Content-Security-Policy")?.includes("frame-ancestors 'none'"),
      nosniff: headers.get("X-Content-Type-Options"),
      referrer: headers.get("Referrer-Policy"),
      opener: headers.get("Cross-Origin-Opener-Policy"),
      resource: headers.get("Cross-Origin-Resource-Policy"),
      hasPermissions: headers.has("Permissions-Policy"),
      hasId: headers.has("X-Request-Id"),
      keeps: headers.has("Cache-Control"),
    }
    expect(found).toEqual({
      what,
      isBug: false,
      csp: true,
      nosniff: "nosniff",
      referrer: "same-origin",
      opener: "same-origin",
      resource: "same-origin",
      hasPermissions: true,
      hasId: true,
      keeps: true,
    })
  }
  expect((await fetch(`${server.origin}/sign-in`)).headers.get("Cache-Control")).toBe("no-store")
})

test("a bug is answered without a word of the inside, with the headers, and its log holds nobody's secrets", async () => {
  const lines: string[] = []
  const secrets = [
    "dawr_demo_abcdefgh_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    number,
    "+966550000001",
    "s".repeat(43),
    "Noura",
  ]
  const failing = Object.assign(new Error(`Failed query: insert\nparams: ${secrets.join(",")}`), {
    name: "DrizzleQueryError",
    query: "insert into person values (?)",
    params: secrets,
  })
  const broken = {
    ...server.house,
    log: openLog((line) => lines.push(line), Date.now),
    assets: {
      ...server.house.assets,
      serve: () => {
        throw failing
      },
    },
  }
  const app = createApp(broken)
  for (const accept of ["text/html", "application/json"]) {
    const answer = await app.request(`${server.origin}/assets/${secrets.slice(0, 4).join("/")}`, {
      headers: { Host: here, Accept: accept, Cookie: `sid=${"s".repeat(43)}`, Authorization: `Bearer ${secrets[0]}` },
    })
    const text = await answer.text()
    expect(answer.status).toBe(500)
    expect(answer.headers.get("Content-Security-Policy")).toContain("frame-ancestors")
    // The path that was asked for may come back to whoever asked for it; nothing else does.
    for (const inside of ["DrizzleQueryError", "insert into", "params", "src/", "Noura"])
      expect(text).not.toContain(inside)
  }
  expect(lines).toHaveLength(2)
  for (const secret of secrets) expect(lines.join("\n")).not.toContain(secret)
  expect(lines[0]).toContain("insert into person values (?)")

  // Also where the page that says so fails as well.
  broken.assets.url = () => {
    throw failing
  }
  const bare = await app.request(`${server.origin}/assets/x`, { headers: { Host: here, Accept: "text/html" } })
  expect([bare.status, bare.headers.get("X-Content-Type-Options")]).toEqual([500, "nosniff"])
  expect(await bare.text()).toBe("Something went wrong on our side. Nothing was saved.\n")
})

test("what goes wrong in the ordinary way leaves no secret in the log either", async () => {
  const { who, cookie, token } = await signedIn()
  const key = (await server.citizen(1).token()) ?? ""
  await who.post("/sign-in", { number, password: "wrong secret" })
  await who.get(`/t/some-ticket/${"c".repeat(32)}`)
  await server.withToken(`${key.slice(0, -1)}x`).get("/api/v1/me")
  await server.withToken(key).post("/api/v1/bookings", { number })
  await fetch(`${server.origin}/board/${office.code}?key=${key}`, { redirect: "manual" })
  const planted = [
    number,
    password,
    "wrong secret",
    cookie.slice(4),
    token,
    key,
    key.split("_").slice(3).join("_"),
    "c".repeat(32),
  ]
  for (const secret of planted) expect(server.lines.join("\n")).not.toContain(secret)
})

test("strangers spend from their address's budget, and a cookie or key that means nothing does not spare them", async () => {
  const small = await testServer({ office, env: { ANONYMOUS_PER_MINUTE: "10" } })
  const asks = [
    () => fetch(`${small.origin}/sign-in`),
    () => fetch(`${small.origin}/sign-in`, { headers: { Cookie: "sid=made-up" } }),
    () => fetch(`${small.origin}/api/v1/me`, { headers: { Authorization: "Bearer made-up" } }),
    () => fetch(`${small.origin}/sign-in`, { headers: { Cookie: `dev=${"x".repeat(60)}` } }),
    () => fetch(`${small.origin}/sign-in`, { headers: { "X-Forwarded-For": "192.0.2.7" } }),
  ]
  for (let round = 0; round < 2; round++) for (const ask of asks) expect((await ask()).status).not.toBe(429)
  for (const ask of asks) {
    const answer = await ask()
    expect([answer.status, answer.headers.get("Retry-After")]).toEqual([429, "60"])
  }
  expect((await small.citizen(1).get("/api/v1/me")).status).toBe(200)
  expect((await fetch(`${small.origin}/healthz`)).status).toBe(200)
  office.clock.advance(60_000)
  expect((await fetch(`${small.origin}/sign-in`)).status).toBe(200)
})

test("behind a proxy that we trust, its last word says whose request it is; a whole /64 is one household", async () => {
  const env = { ANONYMOUS_PER_MINUTE: "10", TRUSTED_PROXIES: "127.0.0.1, ::1" }
  const small = await testServer({ office, env })
  const from = async (forwarded: string) =>
    (await fetch(`${small.origin}/sign-in`, { headers: { "X-Forwarded-For": forwarded } })).status
  for (let tries = 0; tries < 10; tries++) expect(await from(`198.51.100.${tries}, 192.0.2.1`)).toBe(200)
  expect(await from("192.0.2.2, 192.0.2.1")).toBe(429)
  expect(await from("192.0.2.1, 192.0.2.2")).toBe(200)
  for (let tries = 0; tries < 10; tries++) expect(await from(`2001:db8::${tries + 1}:${tries}`)).toBe(200)
  expect(await from("2001:0db8:0:0:ffff::9")).toBe(429)
  expect(await from("2001:db8:0:1::9")).toBe(200)
})

test("numbers for whoever watches are shown to the right token alone, and not at all where none is configured", async () => {
  const ask = (at: string, token?: string) =>
    fetch(`${at}/metrics`, { headers: token ? { Authorization: `Bearer ${token}` } : {} })
  const none = await ask(server.origin, "anything")
  expect([none.status, none.headers.get("Content-Type")]).toEqual([404, expect.stringContaining("problem+json")])
  const watched = await testServer({ office, env: { METRICS_TOKEN: "watch-me" } })
  expect((await ask(watched.origin)).status).toBe(401)
  expect((await ask(watched.origin, "watch-m")).status).toBe(401)
  const answer = await ask(watched.origin, "watch-me")
  expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, expect.stringContaining("version=0.0.4")])
  expect(await answer.text()).toMatch(/^dawr_memory_bytes \d+$/m)
})

test("a key that was revoked, or whose holder was, opens no wire and does not keep one open", async () => {
  const device = server.device("board")
  const token = (await device.token()) ?? ""
  const socket = new WebSocket(`${server.origin.replace("http", "ws")}/live`)
  const closed = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)))
  await new Promise<void>((resolve) => socket.addEventListener("open", () => resolve()))
  await office.write((tx) =>
    tx.db
      .update(devices)
      .set({ revokedAt: tx.now })
      .then(() => {}),
  )
  socket.send(JSON.stringify({ token }))
  expect(await closed).toBe(4401)
  const key = token.split("_")[2] ?? ""
  expect(await holderNow(office.store, key, office.clock.office())).toBeNull()
  await office.write((tx) =>
    tx.db
      .update(devices)
      .set({ revokedAt: null })
      .then(() => {}),
  )
  expect(await holderNow(office.store, key, office.clock.office())).not.toBeNull()
  await office.write((tx) =>
    tx.db
      .update(apiKeys)
      .set({ revokedAt: tx.now })
      .then(() => {}),
  )
  expect(await holderNow(office.store, key, office.clock.office())).toBeNull()
  expect(await holderNow(office.store, "nothing!", office.clock.real())).toBeNull()
})

test("a program's request or a deletion that another site has a browser send with its cookie is refused, as is one of no form's type", async () => {
  const { cookie, token } = await signedIn()
  const evil = { Cookie: cookie, Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site", "X-Form-Token": token }
  for (const [method, type, status] of [
    ["POST", "application/json", 403],
    ["POST", "text/plain", 403],
    ["POST", "application/json, text/plain", 403],
    ["DELETE", "application/json", 403],
    ["PUT", "application/json", 403],
  ] as const) {
    const headers = { ...evil, "Content-Type": type }
    const { status: said } = await fetch(`${server.origin}/sign-out`, {
      method,
      headers,
      body: "{}",
      redirect: "manual",
    })
    expect([method, type, said]).toEqual([method, type, status])
  }
  // No cookie is looked at where programs ask: there is nothing for another site to borrow.
  for (const method of ["POST", "DELETE"]) {
    const headers = { ...evil, "Content-Type": "application/json" }
    const { status } = await fetch(`${server.origin}/api/v1/holds${method === "POST" ? "" : "/x"}`, {
      method,
      headers,
      body: "{}",
    })
    expect([method, status]).toEqual([method, 401])
  }
  expect((await fetch(`${server.origin}/bookings`, { headers: { Cookie: cookie }, redirect: "manual" })).status).toBe(
    200,
  )
})

test("fields that a form does not have are no fields: not the office, not what it may do, not whose it is, no prototype", async () => {
  const id = await server.deviceAt("board", office.code)
  const before = await office.store.db.select().from(devices).where(eq(devices.id, id))
  const { id: lead, role } = office.supervisor()
  const now = office.clock.real()
  const who = { kind: "staff" as const, subject: lead, role, factors: "passkey", userAgent: "", provenAt: now }
  const { token, session } = await office.write((tx) => startSession(tx, who, now))
  const more =
    "office=JED-SRF&kind=kiosk&capabilities=ticket%3Aissue&revokedAt=1&id=x&role=administrator&identityLevel=9"
  const bent = "__proto__=x&__proto__%5Badmin%5D=1&constructor=x&constructor%5Bprototype%5D%5Badmin%5D=1"
  const answer = await fetch(`${server.origin}/devices/${id}/name`, {
    method: "POST",
    headers: { Cookie: `sid=${token}`, Origin: server.origin, "Content-Type": form },
    body: `_form=${server.keys.capability("form", session.id)}&name=Hall&${more}&${bent}`,
    redirect: "manual",
  })
  expect([303, 400]).toContain(answer.status)
  const after = await office.store.db.select().from(devices).where(eq(devices.id, id))
  expect(after.map((row) => ({ ...row, name: "" }))).toEqual(before.map((row) => ({ ...row, name: "" })))
  expect(({} as { admin?: unknown }).admin).toBeUndefined()
})

test("two hundred wrong passwords of a megabyte each at once are refused unread, and whoever signs in then is let in", async () => {
  const length = new URLSearchParams({ number, password: "x".repeat(1_000_000) }).toString().length
  const head = `POST /sign-in HTTP/1.1\nHost: ${here}\nOrigin: ${server.origin}\nContent-Type: ${form}`
  // What is announced is never sent: nobody who waited for a byte of it could answer.
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => raw(port, `${head}\nContent-Length: ${length}\n\n`)),
  )
  expect([...new Set(answers.map(({ status }) => status))]).toEqual([413])
  const who = visitor(() => server.origin)
  expect((await who.post("/sign-in", { number, password })).status).toBe(303)
})

test("whoever asks for the head of an answer alone is told how long the whole of it is", async () => {
  for (const path of ["/", "/sign-in", "/healthz", "/api/v1/offices", "/openapi.json", "/nowhere", "/theme.css"]) {
    const [head, whole] = [
      await raw(port, `HEAD ${path} HTTP/1.1\nHost: ${here}\nConnection: close\n\n`),
      await fetch(server.origin + path),
    ]
    const length = (await whole.arrayBuffer()).byteLength
    expect([path, head.status, head.body, Number(head.headers["content-length"])]).toEqual([
      path,
      whole.status,
      "",
      length,
    ])
  }
})

test("a path that looks like another host leads nowhere else, and the other language is a wish for once, however it was asked for", async () => {
  const link = async (target: string) => {
    const { body } = await raw(port, `GET ${target} HTTP/1.1\nHost: ${here}\nAccept-Language: ar\n\n`)
    return /<a href="([^"]*)" lang="en" hreflang="en">/.exec(body)?.[1]?.replaceAll("&amp;", "&")
  }
  expect(await link("//evil.example/")).toBe("/evil.example/?lang=en")
  expect(await link("///evil.example/x")).toBe("/evil.example/x?lang=en")
  expect(await link("/\\evil.example/")).toBe("/evil.example/?lang=en")
  expect(await link("/sign-in")).toBe("/sign-in?lang=en")
  expect(await link("/sign-in?next=%2Fbookings")).toBe("/sign-in?next=%2Fbookings&lang=en")
  expect(await link("/search?q=a&lang=ar&lang=ar")).toBe("/search?q=a&lang=en")
  expect(await link("/search?%6Cang=ar&q=a")).toBe("/search?lang=en&q=a")
  expect(await link("/search?xlang=1")).toBe("/search?xlang=1&lang=en")
})
