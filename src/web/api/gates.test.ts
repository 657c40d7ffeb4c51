import { afterAll, expect, test } from "bun:test"
import { scopeFor } from "../../domain/access/authorize.ts"
import { testServer } from "../../testing/server.ts"
import { endpoints } from "./endpoints.ts"

const server = await testServer({ plan: { citizens: 3, counters: 2 } })

afterAll(() => {
  expect(server.bugs).toEqual([])
})

const callers = {
  citizen: server.citizen(1),
  agent: server.agent(1),
  supervisor: server.supervisor(),
  administrator: server.staff("administrator"),
  auditor: server.staff("auditor"),
  kiosk: server.device("kiosk"),
  board: server.device("board"),
  integrator: server.integrator("bookings:write", "bookings:read", "facts:read", "board:read", "queue:read"),
}
type Caller = keyof typeof callers
const everyRole = Object.keys(callers) as Caller[]

const anyone = everyRole
const staff: Caller[] = ["agent", "supervisor", "administrator", "auditor"]
const desk: Caller[] = ["agent", "supervisor", "administrator"]
const serving: Caller[] = ["agent", "supervisor"]

/** Who may come in where, written down a second time: a gate that moves must be moved here too. */
const matrix: Record<string, Caller[]> = {
  "get /api/v1/me": [...everyRole],
  "get /api/v1/sectors": anyone,
  "get /api/v1/services": anyone,
  "get /api/v1/services/{code}": anyone,
  "get /api/v1/offices": anyone,
  "get /api/v1/offices/{code}": anyone,
  "get /api/v1/offices/{code}/slots": anyone,
  "get /api/v1/offices/{code}/counters": staff,
  "get /api/v1/offices/{code}/facts": ["integrator", "supervisor", "auditor"],
  "post /api/v1/holds": ["citizen"],
  "delete /api/v1/holds/{id}": ["citizen"],
  "post /api/v1/bookings": ["citizen", "integrator"],
  "get /api/v1/bookings": ["citizen", ...staff],
  "get /api/v1/bookings/{id}": ["citizen", ...staff],
  "post /api/v1/bookings/{id}/cancellation": ["citizen", ...desk],
  "post /api/v1/bookings/{id}/move": ["citizen", ...desk],
  "post /api/v1/bookings/{id}/acceptance": ["citizen", ...desk],
  "post /api/v1/bookings/{id}/refusal": desk,
  "post /api/v1/bookings/{id}/proposal": desk,
  "post /api/v1/waitlist": ["citizen"],
  "get /api/v1/waitlist": ["citizen"],
  "delete /api/v1/waitlist/{id}": ["citizen"],
  "post /api/v1/waitlist/{id}/return": ["citizen"],
  "post /api/v1/waitlist/{id}/acceptance": ["citizen"],
  "post /api/v1/consents": ["citizen"],
  "get /api/v1/inbox": ["citizen", ...staff],
  "post /api/v1/inbox/{id}/read": ["citizen", ...staff],
  "post /api/v1/offices/{code}/check-ins": ["kiosk", "citizen", ...serving],
  "post /api/v1/offices/{code}/tickets": ["kiosk", ...serving],
  "get /api/v1/tickets": ["citizen"],
  "get /api/v1/offices/{code}/tickets": ["kiosk", ...serving],
  "get /api/v1/tickets/{id}": ["citizen", "kiosk", ...serving],
  "post /api/v1/tickets/{id}/leave": ["citizen", ...serving],
  "post /api/v1/tickets/{id}/ready": ["citizen", ...serving],
  "post /api/v1/tickets/{id}/away": ["citizen", ...serving],
  "post /api/v1/tickets/{id}/need": serving,
  "get /api/v1/offices/{code}/queue": staff,
  "post /api/v1/counters/{id}/opening": serving,
  "post /api/v1/counters/{id}/pause": serving,
  "post /api/v1/counters/{id}/closing": serving,
  "post /api/v1/counters/{id}/next": serving,
  "post /api/v1/tickets/{id}/call": serving,
  "post /api/v1/tickets/{id}/recall": serving,
  "post /api/v1/tickets/{id}/serve": serving,
  "post /api/v1/tickets/{id}/finish": serving,
  "post /api/v1/tickets/{id}/absent": serving,
  "post /api/v1/tickets/{id}/park": serving,
  "post /api/v1/tickets/{id}/return": serving,
  "post /api/v1/tickets/{id}/transfer": serving,
  "post /api/v1/tickets/{id}/service": serving,
  "post /api/v1/tickets/{id}/undo": serving,
  "post /api/v1/offices/{code}/days/{day}/closure": ["supervisor", "administrator"],
  "post /api/v1/offices/{code}/days/{day}/hours": ["supervisor", "administrator"],
  "post /api/v1/offices/{code}/days/{day}/restoration": ["supervisor", "administrator"],
  "get /api/v1/offices/{code}/struck-bookings": staff,
}

test("every call stands in the matrix, and nothing else does", () => {
  expect(endpoints.map(({ form }) => `${form.method} ${form.path}`).sort()).toEqual(Object.keys(matrix).sort())
})

/** A path at which there is something of the kind, so that the gate is all that can say no to the right role with 403. */
function pathOf(template: string): string {
  return template
    .replace("/services/{code}", "/services/PAS-10")
    .replace("{code}", "RUH-RML")
    .replace("{day}", "2026-11-29")
    .replace("/counters/{id}", "/counters/RUH-RML.1")
    .replace("{id}", "019aa0f0-7c5e-7b1e-9d3c-2f4f4a5f6b7c")
}

for (const { form } of endpoints) {
  const name = `${form.method} ${form.path}`
  const isOpen = matrix[name] === anyone

  test(`${name} lets in whom it is for and nobody else`, async () => {
    const path = pathOf(form.path)
    for (const role of everyRole) {
      const { status, body } = await callers[role].send(
        form.method.toUpperCase(),
        path,
        form.method === "get" ? undefined : [],
      )
      const isIn = matrix[name]?.includes(role)
      // An array is no body that any call takes: who is let in is told so, or that there is nothing; nothing is changed either way.
      if (isIn) expect([role, status]).not.toEqual([role, 401])
      if (isIn) expect([role, body.code]).not.toEqual([role, "forbidden"])
      else expect([role, status, body.code]).toEqual([role, 403, "forbidden"])
    }
    const stranger = await server.nobody.send(form.method.toUpperCase(), path, form.method === "get" ? undefined : [])
    if (isOpen) expect(stranger.status).toBeLessThan(401)
    else
      expect([stranger.status, stranger.body.code, stranger.headers.get("WWW-Authenticate")]).toEqual([
        401,
        "not_signed_in",
        "Bearer",
      ])
  })

  test(`${name} is closed to a bad token`, async () => {
    const good = (await callers.citizen.token()) ?? ""
    for (const token of ["x", `${good}x`, good.slice(0, -1), `dawr_live_aaaaaaaa_${"a".repeat(43)}`]) {
      const { status, body } = await server
        .withToken(token)
        .send(form.method.toUpperCase(), pathOf(form.path), form.method === "get" ? undefined : {})
      expect([status, body.code]).toEqual([401, "bad_token"])
    }
  })
}

test("an integrator without the scope stays outside, whatever else its key opens", async () => {
  for (const { form, gate } of endpoints) {
    const scope = gate === "anyone" ? null : scopeFor(gate)
    if (!scope) continue
    const { status, body } = await server
      .integrator("board:read")
      .send(form.method.toUpperCase(), pathOf(form.path), form.method === "get" ? undefined : {})
    expect([status, body.code, body.scope]).toEqual([403, "forbidden", scope])
  }
})

test("a wrong method on a path that is there is answered with the methods that are", async () => {
  const head = await server.head()
  const paths = new Set(endpoints.map(({ form }) => form.path))
  for (const path of paths) {
    const allowed = endpoints.filter(({ form }) => form.path === path).map(({ form }) => form.method.toUpperCase())
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((one) => !allowed.includes(one))) {
      const { status, body, headers, type } = await server.citizen(1).send(method, pathOf(path))
      expect([method, path, status, body.code, type.split(";")[0]]).toEqual([
        method,
        path,
        405,
        "method_not_allowed",
        "application/problem+json",
      ])
      for (const one of allowed) expect(headers.get("Allow")).toContain(one)
    }
  }
  const overridden = await server
    .agent(1)
    .get("/api/v1/counters/RUH-RML.1/opening?_method=POST", { headers: { "X-HTTP-Method-Override": "POST" } })
  expect(overridden.status).toBe(405)
  expect((await server.agent(1).send("HEAD", "/api/v1/counters/RUH-RML.1/opening")).status).toBe(405)
  expect(await server.head()).toBe(head)
})

test("what is not there is a problem document, however the path is bent", async () => {
  const bent = [
    ...[
      "/api/v1/nothing",
      "/api/v2/offices",
      "/api/v1/offices/",
      "/api//v1/offices",
      "/API/v1/offices",
      "/api/v1/Offices",
    ],
    ...["/api/v1/offices/RUH-RML/queue/", "/api/v1/offices;x/RUH-RML", "/api/v1/offices%2fRUH-RML%2fqueue"],
  ]
  for (const path of bent) {
    const { status } = await server.agent(1).get(path)
    expect([path, status]).toEqual([path, 404])
  }
  const { type, body } = await server.nobody.get("/api/v1/nothing")
  expect([type.split(";")[0], body.code, body.type]).toEqual([
    "application/problem+json",
    "not_found",
    "/problems/not_found",
  ])
  // Encoded letters name the same path, and the same gate stands before it.
  expect((await server.nobody.get("/api/v1/offices/RUH-RML/%71ueue")).status).toBe(401)
})

test("a cookie opens nothing here: a program carries its own key", async () => {
  const token = await callers.citizen.token()
  const { status } = await server.nobody.get("/api/v1/bookings", { headers: { Cookie: `sid=${token}; dev=${token}` } })
  expect(status).toBe(401)
})

test("strangers who ask without end are told when to come back; whoever is known goes on", async () => {
  const busy = await testServer({ env: { ANONYMOUS_PER_MINUTE: "10" } })
  const statuses = []
  for (let asked = 0; asked < 12; asked++) statuses.push((await busy.nobody.get("/api/v1/sectors")).status)
  expect(statuses).toEqual([...Array(10).fill(200), 429, 429])
  const refused = await busy.nobody.get("/api/v1/sectors")
  expect(refused.body).toMatchObject({ code: "too_many_requests", retryAfterSeconds: 60 })
  expect(refused.headers.get("Retry-After")).toBe("60")
  expect((await busy.citizen(1).get("/api/v1/sectors")).status).toBe(200)
  busy.office.clock.advance(60_000)
  expect((await busy.nobody.get("/api/v1/sectors")).status).toBe(200)
})
