import { afterAll, expect, test } from "bun:test"
import { createApp } from "../app.ts"
import { rolesFor } from "../domain/access/authorize.ts"
import { startSession } from "../domain/access/sessions.ts"
import { addStaff } from "../domain/access/staff.ts"
import type { Role } from "../domain/access/subject.ts"
import { testServer } from "../testing/server.ts"
import { calls, pages } from "./routes.ts"

const server = await testServer({ plan: { citizens: 2, counters: 2 } })
const { office, keys } = server
const name = { ar: "اسم", en: "Name" }

afterAll(() => {
  expect(server.bugs).toEqual([])
})

const staffIds = new Map<string, string>([
  ["agent", office.agent(1).id],
  ["supervisor", office.supervisor().id],
])
for (const role of ["administrator", "auditor"] as const) {
  const given = { login: role, name, passwordHash: "-", role, scopeKind: "all" as const, scope: "" }
  staffIds.set(role, await office.write((tx) => addStaff(tx, given, "test")))
}
const devices = new Map<string, { token: string; id: string }>()
for (const kind of ["kiosk", "board"] as const) {
  devices.set(kind, { id: await server.deviceAt(kind, office.code), token: await server.deviceToken(kind) })
}

/** A fresh cookie for each request, because some pages end the session that opened them; and the token that its forms carry. */
async function cookieOf(role: Role): Promise<{ cookie: string; formToken: string }> {
  const device = devices.get(role)
  if (device) return { cookie: `dev=${device.token}`, formToken: keys.capability("form", device.id) }
  const kind = role === "citizen" ? ("citizen" as const) : ("staff" as const)
  const subject = role === "citizen" ? office.citizen(1).id : (staffIds.get(role) ?? "")
  const now = office.clock.real()
  const { token, session } = await office.write((tx) =>
    startSession(tx, { kind, subject, role, factors: "passkey", userAgent: "", provenAt: now }, now),
  )
  return { cookie: `sid=${token}`, formToken: keys.capability("form", session.id) }
}

async function visit(method: string, path: string, role: Role | null) {
  const { cookie, formToken } = role ? await cookieOf(role) : { cookie: "", formToken: "" }
  const headers = new Headers({ Accept: "text/html", "Accept-Language": "en" })
  if (cookie) headers.set("Cookie", cookie)
  if (method !== "GET") headers.set("Origin", server.origin)
  const body = method === "GET" ? undefined : new URLSearchParams({ _form: formToken })
  const response = await fetch(server.origin + path, { method, headers, body, redirect: "manual" })
  return { status: response.status, location: response.headers.get("Location") ?? "", text: await response.text() }
}

/** A path with something of the kind in every place, as far as it is there without anybody's doing. */
function pathOf(template: string): string {
  return template
    .replace(/:office\b|(?<=^\/(?:offices|day)\/):code\b/, office.code)
    .replace(/(?<=^\/services\/):code\b/, "PAS-01")
    .replace(/(?<=^\/sectors\/):code\b/, "PAS")
    .replace(/(?<=^\/counters\/):id\b/, office.counter(1))
    .replace(/:day\b/, office.today)
    .replace(/:\w+(\{[^}]*\})?/g, "019aa0f0-7c5e-7b1e-9d3c-2f4f4a5f6b7c")
}

const everyRole: Role[] = ["citizen", "agent", "supervisor", "administrator", "auditor", "kiosk", "board"]

for (const { method, path, gate } of pages) {
  const who = gate === "anyone" ? "anyone" : rolesFor(gate)
  test(`${method} ${path} lets in ${who === "anyone" ? "anyone" : who.join(", ")} and nobody else`, async () => {
    const asked = pathOf(path)
    for (const role of everyRole) {
      const { status, location, text } = await visit(method, asked, role)
      const isIn = who === "anyone" || who.includes(role)
      if (!isIn) expect([role, status]).toEqual([role, 403])
      // Whoever is let in may still meet a page that is for others of the same role; the gate itself sends nobody to sign in.
      else expect([role, status < 500 && !location.includes("next=")]).toEqual([role, true])
      if (isIn && who !== "anyone") expect([role, status]).not.toEqual([role, 401])
      expect(text).not.toContain("    at ")
    }
    if (who === "anyone") return
    const stranger = await visit(method, asked, null)
    // Nobody signs in at a kiosk: it goes back to where it shows what it is.
    const isKiosks = asked.startsWith("/kiosk/")
    const wanted = method === "GET" || isKiosks ? 303 : 401
    expect(stranger.status).toBe(wanted)
    if (isKiosks) expect(stranger.location).toBe(`/kiosk/${office.code}`)
    else if (method === "GET") expect(stranger.location).toContain(`?next=${encodeURIComponent(asked)}`)
  })
}

test("nothing can be reached that does not stand in the table", () => {
  const listed = new Set([
    ...pages.map(({ method, path }) => `${method} ${path}`),
    ...calls.map(({ form }) => `${form.method.toUpperCase()} ${form.path.replace(/\{(\w+)\}/g, ":$1")}`),
    ...["/healthz", "/readyz", "/metrics", "/assets/*", "/theme.css", "/favicon.ico"].map((path) => `GET ${path}`),
    ...["/openapi.json", "/docs"].map((path) => `GET ${path}`),
  ])
  const found = new Set(createApp(server.house).routes.map(({ method, path }) => `${method} ${path}`))
  // What stands for every method is a gate, or the answer that there is no such method.
  const open = [...found].filter((route) => !route.startsWith("ALL ") && !listed.has(route))
  expect(open).toEqual([])
  expect([...listed].filter((route) => !found.has(route))).toEqual([])
})

test("no path stands in the table twice: the second would never be reached", () => {
  const all = pages.map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ":")}`)
  expect(all.filter((route, index) => all.indexOf(route) !== index)).toEqual([])
})
