import { afterAll, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { apiKeys } from "../../../db/schema/access.ts"
import { hour, minute } from "../../base/day.ts"
import { rolesFor, scopeFor } from "../../domain/access/authorize.ts"
import { startSession } from "../../domain/access/sessions.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { visiting } from "../../testing/screens.ts"
import { type TestServer, testServer } from "../../testing/server.ts"
import { type Visited, visitor } from "../../testing/visitor.ts"
import { calls } from "../routes.ts"

const server = await testServer({ plan: { citizens: 3, counters: 1, more: [{ code: "JED-SRF" }] } })
const { office } = server
const { clock } = office

afterAll(() => {
  expect(server.bugs).toEqual([])
})

let made = 0

/** Somebody who has just shown a passkey. */
async function staffMember(
  role: "supervisor" | "administrator" | "auditor",
  scope: string | null,
  at: TestServer = server,
) {
  const where = scope ? { scopeKind: "office" as const, scope } : { scopeKind: "all" as const, scope: "" }
  const given = { login: `keys-${made++}`, name: { ar: "س", en: "S" }, passwordHash: "-", role, ...where }
  const id = await at.office.write((tx) => addStaff(tx, given, "test"))
  const now = at.office.clock.real()
  const who = { kind: "staff" as const, subject: id, role, factors: "passkey", userAgent: "", provenAt: now }
  const { token } = await at.office.write((tx) => startSession(tx, who, now))
  const browser = visitor(() => at.origin)
  browser.cookies.set("sid", token)
  return browser
}

const wanted = { name: "Reports", "scopes[]": "facts:read", office: "", days: "90", addresses: "" }
const shownKey = ({ text }: Visited) => /<code id="made-key">([^<]+)<\/code>/.exec(text)?.[1] ?? ""
const keyForm = /^dawr_live_[a-z0-9]{8}_[\w-]{49}$/

async function makeOne(more: Record<string, string> = {}, at: TestServer = server) {
  const who = await staffMember("administrator", null, at)
  const page = await who.get(`/keys/new${more["after"] ? `?after=${more["after"]}` : ""}`)
  const once = /name="once" value="([^"]+)"/.exec(page.text)?.[1] ?? ""
  const answer = await who.post("/keys", { ...wanted, once, ...more })
  const key = shownKey(answer)
  return { who, once, answer, key, id: key.split("_")[2] ?? "" }
}

const rowOf = async (id: string) => (await office.store.db.select().from(apiKeys).where(eq(apiKeys.id, id)))[0]

test("an administrator makes a key, sees it once, and it opens what its scopes name until its day", async () => {
  const { who, answer, key, id } = await makeOne()
  expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([200, "no-store"])
  expect(key).toMatch(keyForm)
  const program = server.withToken(key)
  expect((await program.get(`/api/v1/offices/${office.code}/facts`)).status).toBe(200)
  const kept = await rowOf(id)
  // A secret may have an underscore of its own.
  expect(JSON.stringify(kept)).not.toContain(key.split("_").slice(3).join("_").slice(0, 43))
  expect(kept?.until).toBe(clock.real() + 90 * 24 * hour)
  const list = await who.get("/keys?lang=en")
  expect([list.text.includes("Reports"), list.text.includes(id), list.text.includes(key)]).toEqual([true, true, false])
  expect((await office.facts("key.made", "accounts")).at(-1)?.body).toMatchObject({ key: id, scopes: ["facts:read"] })
  const before = clock.real()
  clock.set(before + 90 * 24 * hour)
  expect((await program.get("/api/v1/me")).status).toBe(401)
  clock.set(before)
})

test("a form that is sent twice makes one key, and the second answer does not show it", async () => {
  const { who, once } = await makeOne({ name: "Twice" })
  const again = await who.post("/keys", { ...wanted, once, name: "Twice" })
  expect([again.status, again.location]).toEqual([303, "/keys?done=shownBefore"])
  const rows = await office.store.db.select().from(apiKeys).where(eq(apiKeys.name, "Twice"))
  expect(rows).toHaveLength(1)
})

test("keys are administrators' alone, take a passkey of the last minute, and nobody gives out more than they have", async () => {
  for (const who of [await visiting(server, { citizen: 1 }), await staffMember("supervisor", office.code)]) {
    expect((await who.get("/keys")).status).toBe(403)
    expect((await who.post("/keys", { ...wanted, once: "12345678" })).status).toBe(403)
  }
  expect((await (await staffMember("auditor", null)).get("/keys")).status).toBe(403)

  const local = await staffMember("administrator", office.code)
  await local.get("/keys/new")
  for (const elsewhere of ["", "JED-SRF", "NOWHERE"]) {
    const refused = await local.post("/keys", { ...wanted, once: `elsewhere-${elsewhere}`, office: elsewhere })
    expect([elsewhere, refused.status]).toEqual([elsewhere, 403])
  }
  expect(shownKey(await local.post("/keys", { ...wanted, once: "right-here", office: office.code }))).toMatch(keyForm)
  const { id } = await makeOne({ name: "For all of them" })
  expect((await local.get("/keys")).text).not.toContain("For all of them")
  expect((await local.post(`/keys/${id}/revocation`)).status).toBe(404)

  const late = await staffMember("administrator", null)
  await late.get("/keys")
  clock.advance(minute)
  const sent = await late.post("/keys", { ...wanted, once: "too-late-now" })
  expect([sent.status, sent.location]).toEqual([303, `/step-up?next=${encodeURIComponent("/keys/new")}`])
  expect((await late.get("/keys/new")).status).toBe(303)
  expect((await late.get("/keys")).status).toBe(200)
})

test("what is no name, no scope or no address is refused with what was typed", async () => {
  const who = await staffMember("administrator", null)
  await who.get("/keys/new")
  const { "scopes[]": _none, ...nothing } = wanted
  for (const [fields, said] of [
    [{ ...wanted, name: " " }, "one to sixty letters"],
    [nothing, "Choose one at least"],
    [{ ...wanted, addresses: "192.0.2.0/33" }, "neither an address nor a network"],
    [{ ...wanted, addresses: "example.org" }, "neither an address nor a network"],
  ] as const) {
    const answer = await who.post("/keys?lang=en", { ...fields, once: "wrong-one" })
    expect([said, answer.status, answer.text.includes(said)]).toEqual([said, 422, true])
    expect(answer.text).toContain('name="addresses"')
  }
  expect((await who.post("/keys", { ...wanted, once: "wrong-one", "scopes[]": "everything" })).status).toBe(400)
})

test("a key that is good from one network opens nothing from elsewhere, neither a call nor the wire", async () => {
  const { key: here } = await makeOne({ addresses: "127.0.0.0/8\n::1", "scopes[]": "board:read" })
  const { key: elsewhere } = await makeOne({ addresses: "192.0.2.0/24", "scopes[]": "board:read" })
  expect((await server.withToken(here).get("/api/v1/me")).status).toBe(200)
  expect((await server.withToken(elsewhere).get("/api/v1/me")).status).toBe(401)
  expect(await saidOnTheWire(here)).toContain('"snapshot"')
  expect(await saidOnTheWire(elsewhere)).toBe("closed 4401")
})

/** What comes first on a socket that says hello with this key and asks for the board. */
async function saidOnTheWire(key: string): Promise<string> {
  const socket = new WebSocket(`${server.origin.replace("http", "ws")}/live`)
  const said = Promise.withResolvers<string>()
  socket.addEventListener("open", () => {
    socket.send(JSON.stringify({ token: key }))
    socket.send(JSON.stringify({ sub: [`board:${office.code}`] }))
  })
  socket.addEventListener("message", ({ data }) => {
    if (!String(data).includes('"bye"')) said.resolve(String(data))
  })
  socket.addEventListener("close", ({ code }) => said.resolve(`closed ${code}`))
  const first = await said.promise
  socket.close()
  return first
}

test("a key that is revoked is dead in the same moment, its wire with it; its successor is the same system", async () => {
  const { who, key, id } = await makeOne({ "scopes[]": "board:read" })
  const next = await makeOne({ after: id, "scopes[]": "board:read" })
  const me = async (one: string) => (await server.withToken(one).get("/api/v1/me")).body.id
  expect(await me(next.key)).toBe(await me(key))

  const socket = new WebSocket(`${server.origin.replace("http", "ws")}/live`)
  const closed = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)))
  const heard = new Promise<void>((resolve) => socket.addEventListener("message", () => resolve()))
  socket.addEventListener("open", () => {
    socket.send(JSON.stringify({ token: key }))
    socket.send(JSON.stringify({ sub: [`board:${office.code}`] }))
  })
  await heard
  await who.get("/keys")
  expect((await who.post(`/keys/${id}/revocation`)).location).toBe("/keys?done=revokedNow")
  expect(await closed).toBe(4401)
  expect((await server.withToken(key).get("/api/v1/me")).status).toBe(401)
  expect((await server.withToken(next.key).get("/api/v1/me")).status).toBe(200)
  expect((await office.facts("key.revoked", "accounts")).at(-1)?.body).toMatchObject({ key: id })
  expect((await who.get("/keys?lang=en")).text).toContain("revoked")
})

test("that a key was used is written once an hour", async () => {
  const { key, id } = await makeOne()
  const program = server.withToken(key)
  expect((await rowOf(id))?.seenAt).toBeNull()
  await program.get("/api/v1/me")
  const first = clock.real()
  expect((await rowOf(id))?.seenAt).toBe(first)
  clock.advance(hour - 1)
  await program.get("/api/v1/me")
  expect((await rowOf(id))?.seenAt).toBe(first)
  clock.advance(1)
  await program.get("/api/v1/me")
  expect((await rowOf(id))?.seenAt).toBe(first + hour)
})

test("a key in an address is refused with words, also beside one that is sent as it should be", async () => {
  const { key } = await makeOne()
  for (const path of [`/api/v1/me?key=${key}`, `/api/v1/offices?lang=en&access_token=${key}`]) {
    for (const caller of [server.nobody, server.withToken(key)]) {
      const { status, body } = await caller.get(path)
      expect([status, body.code]).toEqual([400, "key_in_address"])
    }
  }
  const words = await server.nobody.get(`/api/v1/me?key=${key}&lang=en`)
  expect(words.body.detail).toContain("Authorization header")
  expect(server.lines.join("\n")).not.toContain(key)
})

test("a program that asks without end is told when to come back, by its own key and nobody else's", async () => {
  const small = await testServer({ plan: { citizens: 1 }, env: { KEY_PER_MINUTE: "10" } })
  const [one, two] = [await makeOne({}, small), await makeOne({}, small)]
  const statuses: number[] = []
  for (let asked = 0; asked < 12; asked++) statuses.push((await small.withToken(one.key).get("/api/v1/me")).status)
  expect(statuses).toEqual([...Array(10).fill(200), 429, 429])
  const refused = await small.withToken(one.key).get("/api/v1/me")
  expect([refused.body.code, refused.headers.get("Retry-After")]).toEqual(["too_many_requests", "60"])
  expect((await small.withToken(two.key).get("/api/v1/me")).status).toBe(200)
  small.office.clock.advance(minute)
  expect((await small.withToken(one.key).get("/api/v1/me")).status).toBe(200)
})

/** Every call that a program may make, and the scope that it takes; `null` where any key does. Written down a second time. */
const matrix: Record<string, string | null> = {
  "get /api/v1/me": null,
  "post /api/v1/bookings": "bookings:write",
  "get /api/v1/offices/{code}/facts": "facts:read",
}

test("each scope opens its own calls, no other opens them, and nothing else is open to a program", async () => {
  const open = calls.flatMap(({ form, gate }) => {
    return gate !== "anyone" && rolesFor(gate).includes("integrator") ? [{ form, scope: scopeFor(gate) }] : []
  })
  expect(open.map(({ form }) => `${form.method} ${form.path}`).sort()).toEqual(Object.keys(matrix).sort())
  for (const { form, scope } of open) {
    const name = `${form.method} ${form.path}`
    expect([name, scope]).toEqual([name, matrix[name] ?? null])
    for (const held of ["bookings:write", "facts:read", "board:read"]) {
      const path = form.path.replace("{code}", office.code)
      const { status, body } = await server
        .integrator(held)
        .send(form.method.toUpperCase(), path, form.method === "get" ? undefined : {})
      const isIn = matrix[name] === null || matrix[name] === held
      expect([name, held, status === 403 && body.scope !== undefined]).toEqual([name, held, !isIn])
    }
  }
})

test("a key of one office opens nothing of another", async () => {
  const { key: facts } = await makeOne({ office: office.code })
  const { key: board } = await makeOne({ office: "JED-SRF", "scopes[]": "board:read" })
  expect((await server.withToken(facts).get(`/api/v1/offices/${office.code}/facts`)).status).toBe(200)
  expect((await server.withToken(facts).get("/api/v1/offices/JED-SRF/facts")).status).toBe(403)
  expect(await saidOnTheWire(board)).toContain('"forbidden"')

  const { key: bookings } = await makeOne({ office: "JED-SRF", "scopes[]": "bookings:write" })
  const me = (await server.withToken(bookings).get("/api/v1/me")).body.id
  const consent = await server.citizen(1).post("/api/v1/consents", { integrator: me, hours: 24 })
  expect(consent.status).toBe(201)
  const visit = { office: office.code, service: "PAS-04", slot: office.slot("12:00"), consent: consent.body.consent }
  const booked = await server.withToken(bookings).post("/api/v1/bookings", visit)
  expect([booked.status, booked.body.code]).toEqual([403, "forbidden"])
})
