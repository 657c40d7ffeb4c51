import { afterAll, beforeEach, expect, test } from "bun:test"
import { rolesFor } from "../../domain/access/authorize.ts"
import { testServer } from "../../testing/server.ts"
import { endpoints } from "./endpoints.ts"

const server = await testServer({ plan: { citizens: 5, counters: 2 } })
const { office } = server
const [citizen, agent, kiosk, supervisor] = [
  server.citizen(1),
  server.agent(1),
  server.device("kiosk"),
  server.supervisor(),
]
// Keys are facts too: they are made before anything is counted.
await Promise.all([citizen, agent, kiosk, supervisor].map((caller) => caller.token()))
const booking = (
  await citizen.post("/api/v1/bookings", { office: "RUH-RML", service: "PAS-10", slot: office.slot("12:00") })
).body
const held = (await citizen.post("/api/v1/holds", { office: "RUH-RML", service: "PAS-04", slot: office.slot("13:00") }))
  .body
const ticket = (await kiosk.post("/api/v1/offices/RUH-RML/tickets", { service: "PAS-10", mobile: "0551234567" })).body
await agent.post("/api/v1/counters/RUH-RML.1/opening")

let head = 0
beforeEach(async () => {
  head = await server.head()
})

afterAll(async () => {
  expect(await server.deviations()).toEqual([])
  expect(server.bugs).toEqual([])
})

async function nothingChanged() {
  expect(await server.head()).toBe(head)
}

/** Who may make the call, so that it is the input that is refused and not the caller. */
function callerFor(gate: (typeof endpoints)[number]["gate"]) {
  if (gate === "anyone") return server.nobody
  const who = rolesFor(gate)
  if (who.includes("agent")) return agent
  if (who.includes("citizen")) return citizen
  if (who.includes("kiosk")) return kiosk
  return supervisor
}

const writes = endpoints.filter(({ form }) => form.method !== "get")
const things: Record<string, string> = {
  bookings: booking.id,
  holds: held.id,
  tickets: ticket.id,
  counters: "RUH-RML.1",
}

/** The path of a call at something that is there. */
function there(path: string): string {
  const kind = path.split("/")[3] ?? ""
  return path
    .replace("{code}", "RUH-RML")
    .replace("{day}", "2026-11-29")
    .replace("{id}", things[kind] ?? "x")
}

/** Not one of these names anything. */
const noIds = [
  ...["-1", "0", "9007199254740993", "1e3", "01", "1.5", "NaN", "null", "undefined", "true", "[object Object]"],
  ...["' OR '1'='1", "1; DROP TABLE booking --", '" or ""="', "%27%20OR%201=1", "١٢٣", "１２３", "０１"],
  ...[
    "../../etc/passwd",
    "..%2f..%2fetc",
    "<script>alert(1)</script>",
    "\u202eabc",
    "a\u0000b",
    "%00",
    "=HYPERLINK(1)",
  ],
  ...["x".repeat(5_000), "__proto__", "constructor", "é", "e\u0301", "🕌", ".", "..."],
]

test("an id that is none finds nothing, in every call that takes one", async () => {
  for (const { form, gate } of endpoints.filter(({ form }) => form.path.includes("{"))) {
    const last = [...form.path.matchAll(/\{\w+\}/g)].at(-1)?.[0] ?? ""
    for (const id of noIds) {
      const path = there(form.path.replace(last, encodeURIComponent(id)))
      const { status, type } = await callerFor(gate).send(
        form.method.toUpperCase(),
        path,
        form.method === "get" ? undefined : {},
      )
      // Two dots are taken out of a path before it is sent; then another path is asked for.
      const fine = status === 404 || status === 400 || (status === 405 && id.startsWith("."))
      expect([form.method, form.path, id.slice(0, 40), fine || status]).toEqual([
        form.method,
        form.path,
        id.slice(0, 40),
        true,
      ])
      expect(type).toStartWith("application/problem+json")
    }
  }
  await nothingChanged()
})

const notJson: [body: string, says: string][] = [
  ["{", "malformed"],
  ["{'office':1}", "malformed"],
  ["", "malformed"],
  ["\u0000", "malformed"],
  ['{"a":1}{"b":2}', "malformed"],
  ['{"a":NaN}', "malformed"],
  [`${"[".repeat(100_000)}`, "malformed"],
  [`${"[".repeat(100_000)}${"]".repeat(100_000)}`, "malformed"],
  [`${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`, "malformed"],
  ["null", "invalid_field"],
  ["[]", "invalid_field"],
  ["5", "invalid_field"],
  ['"text"', "invalid_field"],
  ["true", "invalid_field"],
]

test("a body that is no JSON object is refused by every call that needs one", async () => {
  for (const { form, gate } of writes.filter(({ form }) => isNeeded(form))) {
    for (const [raw, code] of notJson) {
      const { status, body } = await callerFor(gate).send(form.method.toUpperCase(), there(form.path), undefined, {
        raw,
      })
      expect([form.path, raw.slice(0, 30), status, body.code]).toEqual([form.path, raw.slice(0, 30), 400, code])
    }
    const latin = await callerFor(gate).send("POST", there(form.path), undefined, {
      raw: new Uint8Array([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d]),
    })
    expect([latin.status, latin.body.code]).toEqual([400, "malformed"])
  }
  await nothingChanged()
})

function isNeeded(form: (typeof endpoints)[number]["form"]): boolean {
  return form.request?.body?.required === true
}

test("a body of another type is refused, also one that hides behind the right one", async () => {
  const raw = JSON.stringify({ office: "RUH-RML", service: "PAS-08", slot: office.slot("13:30") })
  const types = [
    ...[
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/json, text/plain",
    ],
    ...[
      "application/json; charset=utf-16",
      "application/jsonp",
      "text/json",
      "application/ld+json",
      "application/json;text/plain",
    ],
  ]
  for (const type of types) {
    const { status, body } = await citizen.post("/api/v1/bookings", undefined, {
      raw,
      headers: { "Content-Type": type },
    })
    expect([type, status, body.code]).toEqual([type, 415, "unsupported_type"])
  }
  await nothingChanged()
  const bytes = new TextEncoder().encode(raw)
  const untyped = await fetch(`${server.origin}/api/v1/bookings`, {
    method: "POST",
    body: bytes,
    headers: { Authorization: `Bearer ${await citizen.token()}` },
  })
  expect(untyped.status).toBe(415)
  await nothingChanged()
})

test("a body without end is cut off, whether its length is said or not", async () => {
  const raw = JSON.stringify({ office: "RUH-RML", service: "PAS-08", slot: "x".repeat(300_000) })
  const said = await citizen.post("/api/v1/bookings", undefined, { raw })
  expect([said.status, said.body.code]).toEqual([413, "too_large"])
  for (const path of ["/api/v1/bookings", `/api/v1/tickets/${ticket.id}/recall`]) {
    const stream = new ReadableStream({
      start(controller) {
        for (let part = 0; part < 30; part++) controller.enqueue(new TextEncoder().encode("x".repeat(10_000)))
        controller.close()
      },
    })
    const headers = { Authorization: `Bearer ${await agent.token()}`, "Content-Type": "application/json" }
    const chunked = await fetch(server.origin + path, { method: "POST", body: stream, headers })
    expect([path, chunked.status]).toEqual([path, 413])
  }
  await nothingChanged()
})

test("every field of a body refuses what it cannot be, and names itself", async () => {
  const wrong = [
    -1,
    1e3,
    2 ** 53 + 2,
    1.5,
    true,
    [],
    {},
    ["RUH-RML"],
    "x".repeat(100_000),
    "a\u0000b",
    "\ud800",
    "' OR 1=1 --",
    "٣",
    "<script>",
  ]
  const good = { office: "RUH-RML", service: "PAS-08", slot: office.slot("13:30") }
  for (const field of ["office", "service", "slot"]) {
    for (const value of [...wrong, null, undefined]) {
      const { status, body } = await citizen.post("/api/v1/bookings", { ...good, [field]: value })
      expect([field, String(value).slice(0, 20), [400, 404].includes(status) || status]).toEqual([
        field,
        String(value).slice(0, 20),
        true,
      ])
      if (body.code === "invalid_field") expect([field, body.fields[0].path]).toEqual([field, field])
    }
  }
  const fields: [caller: typeof citizen, path: string, body: object][] = [
    [citizen, "/api/v1/holds", { ...good, for: "citizen-0001" }],
    [citizen, "/api/v1/holds", { ...good, for: [] }],
    [citizen, "/api/v1/holds", { ...good, for: [null] }],
    [citizen, "/api/v1/holds", { ...good, for: Array.from({ length: 1000 }, (_, index) => `p${index}`) }],
    [citizen, `/api/v1/bookings/${booking.id}/cancellation`, { reason: "" }],
    [citizen, `/api/v1/bookings/${booking.id}/cancellation`, { reason: "\u202egnp.exe" }],
    [citizen, `/api/v1/bookings/${booking.id}/cancellation`, { reason: "\ud83d" }],
    [citizen, `/api/v1/bookings/${booking.id}/cancellation`, { reason: "x".repeat(501) }],
    [citizen, `/api/v1/bookings/${booking.id}/move`, { slot: ["a", "b"] }],
    [kiosk, "/api/v1/offices/RUH-RML/check-ins", { nationalId: 1000000008, birthYear: 1990 }],
    [kiosk, "/api/v1/offices/RUH-RML/check-ins", { nationalId: "1000000008", birthYear: "1990" }],
    [kiosk, "/api/v1/offices/RUH-RML/check-ins", { nationalId: "1000000008", birthYear: 1e9 }],
    [kiosk, "/api/v1/offices/RUH-RML/tickets", { service: "PAS-10", mobile: "0551234568", people: 0 }],
    [kiosk, "/api/v1/offices/RUH-RML/tickets", { service: "PAS-10", mobile: "0551234568", people: 1.5 }],
    [kiosk, "/api/v1/offices/RUH-RML/tickets", { service: "PAS-10", mobile: "0551234568", people: 2 ** 53 }],
    [kiosk, "/api/v1/offices/RUH-RML/tickets", { service: "PAS-10", mobile: "0551234568", need: "vip" }],
    [agent, "/api/v1/counters/RUH-RML.1/opening", { lines: [] }],
    [agent, "/api/v1/counters/RUH-RML.1/opening", { lines: [{ line: "PAS", handicap: -5 }] }],
    [agent, "/api/v1/counters/RUH-RML.1/opening", { lines: ["PAS", "PAS"] }],
    [agent, `/api/v1/tickets/${ticket.id}/finish`, { outcome: "won" }],
    [agent, `/api/v1/tickets/${ticket.id}/transfer`, { service: "RES-04", reason: "because" }],
    [agent, `/api/v1/tickets/${ticket.id}/away`, { minutes: "5" }],
    [supervisor, "/api/v1/offices/RUH-RML/days/2026-11-29/hours", { sessions: [{ start: "7:30", minutes: 60 }] }],
    [
      supervisor,
      "/api/v1/offices/RUH-RML/days/2026-11-29/hours",
      { sessions: Array(500).fill({ start: "07:30", minutes: 1 }) },
    ],
  ]
  for (const [caller, path, body] of fields) {
    const answer = await caller.post(path, body)
    expect([path, body, answer.status, answer.body.code]).toEqual([path, body, 400, "invalid_field"])
    expect(answer.body.fields.length).toBeGreaterThan(0)
  }
  for (const [path, body] of [
    ["/api/v1/offices/RUH-RML/tickets", { service: "PAS-10", nationalId: "3000000000" }],
    ["/api/v1/offices/RUH-RML/tickets", { service: "PAS-10", mobile: "12345" }],
    ["/api/v1/offices/RUH-RML/tickets", { service: "PAS-10", mobile: "＋966551234567" }],
  ] as const) {
    expect((await kiosk.post(path, body)).body).toMatchObject({ status: 422, code: "number_invalid" })
  }
  await nothingChanged()
})

test("a long number that JavaScript would round is never taken for another", async () => {
  const raw = `{"office":"RUH-RML","service":"PAS-08","slot":9007199254740993}`
  expect((await citizen.post("/api/v1/bookings", undefined, { raw })).status).toBe(400)
  const { status } = await citizen.get("/api/v1/offices/RUH-RML/slots?service=PAS-08&days=9007199254740993")
  expect(status).toBe(400)
  await nothingChanged()
})

test("members that nobody asked for change nothing: no role, no owner, no prototype", async () => {
  const made = await server.citizen(2).post("/api/v1/bookings", undefined, {
    raw: `{"office":"RUH-RML","service":"PAS-08","slot":"${office.slot("13:30")}","person":"citizen-0003","state":"arrived","role":"agent",
      "madeBy":"agent","officeId":"X","identityLevel":9,"free":99,"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}`,
  })
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({ state: "confirmed", madeBy: "citizen", for: ["citizen-0002"] })
  expect(({} as { admin?: boolean }).admin).toBeUndefined()
})

test("a query with ten thousand parameters, or one that comes twice, is refused", async () => {
  const many = Array.from({ length: 1_000 }, (_, index) => `p${index}=1`).join("&")
  expect((await server.nobody.get(`/api/v1/services?${many}`)).body.code).toBe("malformed")
  for (const path of [
    "/api/v1/services?q=a&q=b",
    "/api/v1/offices?cursor=a&cursor=a",
    "/api/v1/services?sector=PAS&sector=RES",
  ]) {
    const { status, body } = await server.nobody.get(path)
    expect([path, status, body.code]).toEqual([path, 400, "invalid_field"])
  }
  for (const value of ["%00", "%ed%a0%80%00", "%E2%80%AEabc"]) {
    expect((await server.nobody.get(`/api/v1/services?q=${value}`)).status).toBe(400)
  }
  const array = await server.nobody.get("/api/v1/services?sector[]=PAS&__proto__=x&constructor=y")
  expect(array.status).toBe(200)
})

test("text that a spreadsheet or a page would run is kept as text and comes back as it went in", async () => {
  const reason = `=HYPERLINK("http://evil.example","x") <script>alert(1)</script>`
  const made = await server
    .citizen(4)
    .post("/api/v1/bookings", { office: "RUH-RML", service: "PAS-08", slot: office.slot("11:00") })
  const cancelled = await server.citizen(4).post(`/api/v1/bookings/${made.body.id}/cancellation`, { reason })
  expect(cancelled.body.reason).toBe(reason)
  expect(cancelled.headers.get("X-Content-Type-Options")).toBe("nosniff")
  expect(cancelled.type).toStartWith("application/json")
})

test("the words of a refusal come in the language asked for, the code never changes", async () => {
  const ask = async (language: string) =>
    (await server.nobody.get("/api/v1/services/NOT-1", { headers: { "Accept-Language": language } })).body
  const [arabic, english] = [await ask("ar"), await ask("en-GB,en;q=0.9")]
  expect([arabic.code, english.code]).toEqual(["not_found", "not_found"])
  expect(arabic.title).toMatch(/[\u0600-\u06ff]/)
  expect(english.title).toMatch(/^[A-Z]/)
})

test("what is wrong with a field is said in a few words of the reader's language", async () => {
  const asked = { office: "RUH-RML", slot: 7 }
  const said = async (lang: string) =>
    (await citizen.post("/api/v1/bookings", asked, { headers: { "Accept-Language": lang } })).body.fields
  expect(await said("ar")).toEqual([
    { path: "service", message: "مطلوب" },
    { path: "slot", message: "ليس بالصيغة المطلوبة" },
  ])
  expect(await said("en")).toEqual([
    { path: "service", message: "is missing" },
    { path: "slot", message: "is not of the form that is described" },
  ])
  const days = await citizen.get("/api/v1/offices/RUH-RML/slots?service=PAS-04&from=soon", {
    headers: { "Accept-Language": "ar" },
  })
  expect(days.body.fields).toEqual([{ path: "from", message: "يُكتب اليوم هكذا: YYYY-MM-DD" }])
})
