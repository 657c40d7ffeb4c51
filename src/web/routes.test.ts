import { afterAll, expect, test } from "bun:test"
import { createApp } from "../app.ts"
import type { Action } from "../domain/access/authorize.ts"
import { type Caller, everyCaller, type Thing, type Verdict, verdict } from "../testing/callers.ts"
import { scansOf, watchStatements } from "../testing/plans.ts"
import { testServer } from "../testing/server.ts"
import { type EveryThing, everyThing, everyWhose } from "../testing/things.ts"
import type { Gate } from "./house.ts"
import { calls, pages } from "./routes.ts"

/*
 * Every route of the house, asked by everybody there is about what is theirs, what is somebody else's and what is in another office, and the
 * answers compared with the table of rights.
 *
 * A new route without a place for something in its path needs nothing here. One that names something needs that the thing is found by
 * `kinds`, and a line in `asks` where what is asked of the thing is not what the gate asks.
 */

const elsewhere = "JED-SRF"
const server = await testServer({ plan: { citizens: 3, counters: 2, more: [{ code: elsewhere, counters: 2 }] } })
const { office } = server
const callers = await everyCaller(server)
const things = await everyThing(server, elsewhere)
const watched = watchStatements()

afterAll(() => {
  watched.end()
  expect(server.bugs).toEqual([])
})

/** What stands in a path, by what stands before it. */
const kinds: [RegExp, keyof EveryThing][] = [
  [/\/(?:offices|day|kiosk|board|hall|recordings\/in)\/:\w+/, "office"],
  [/\/counters\/:id/, "counter"],
  [/\/bookings\/:id/, "booking"],
  [/\/holds\/:id/, "hold"],
  [/\/waitlist\/:id/, "waiting"],
  [/\/tickets\/:id/, "ticket"],
  [/\/visits\/:id/, "visit"],
  [/\/devices\/:id/, "device"],
  [/\/keys\/:id/, "key"],
  [/\/privacy\/requests\/:id/, "privacyRequest"],
]

/** Pages whose gate asks for less than what they then do with the thing that they name. */
const asks: Record<string, Action> = {
  "GET /bookings/:id": "booking.read",
  "GET /bookings/:id/slip": "booking.read",
  "GET /bookings/:id/calendar.ics": "booking.read",
  "GET /bookings/:id/cancellation": "booking.read",
  "POST /bookings/:id/cancellation": "booking.change",
  "GET /bookings/:id/move": "booking.read",
  "POST /bookings/:id/move": "booking.change",
  "GET /bookings/:id/again": "booking.read",
  "POST /bookings/:id/acceptance": "booking.change",
  "GET /holds/:id": "hold.change",
  "POST /holds/:id/release": "hold.change",
  "POST /waitlist/:id/leave": "waitlist_entry.change",
  "POST /waitlist/:id/return": "waitlist_entry.change",
  "POST /waitlist/:id/acceptance": "waitlist_entry.change",
  // Before a program may change a booking, or answer it, it has to be one that it may see.
  "POST /api/v1/bookings/:id/cancellation": "booking.read",
  "POST /api/v1/bookings/:id/move": "booking.read",
  "POST /api/v1/bookings/:id/acceptance": "booking.read",
  "POST /api/v1/bookings/:id/refusal": "booking.read",
  "POST /api/v1/bookings/:id/proposal": "booking.read",
}

/** Screens of a hall: opened by anybody, they show in their own words what they are not to whoever is no screen. */
const screens = new Set(["GET /board", "GET /board/:office", "GET /kiosk", "GET /kiosk/:office"])

/** Paths that name nothing of anybody's, or what is only there for a moment: of them the gate alone is asked here. */
const gateAlone = new Set([
  ...["GET /hall/:office", "POST /hall/:office", "GET /account/data/erasure/:id", "POST /account/data/erasure/:id"],
  "POST /api/v1/inbox/:id/read",
  // Which visit, in that office, its tests ask.
  "GET /day/:office/rooms/:id",
  // Who is in a visit is said by its rows: `mustFollow` asks them, and its tests ask it.
  "POST /visits/:id/consent",
  // Whose a recording is, and whose hand the visit is in, the recordings' own tests ask.
  ...["POST /visits/:id/recording", "GET /visits/:id/recording/:segment", "POST /visits/:id/recording/:segment/end"],
  ...["POST /visits/:id/recording/:segment/chunks/:seq", "GET /recordings/of/:visit", "POST /recordings/of/:visit"],
  ...["GET /recordings/reviews/:id", "GET /recordings/reviews/:id/:segment"],
  ...["GET /in/:id/:participant/:secret", "POST /in/:id/:participant/:secret"],
  // From the call on a visit is its agent's and the supervisors': its rows say so, and their tests ask it.
  ...["GET /desk/visits/:id", "POST /desk/visits/:id", "POST /desk/visits/:id/pictures"],
  // What a visit holds is asked for with the visit; who may see a picture, or a rejected check, is said by its rows. Their tests ask it.
  ...["GET /visits/:id/files/:file", "GET /desk/visits/:id/files/:file"],
  ...["GET /desk/pictures/:picture", "GET /desk/checks/:check", "POST /desk/checks/:check"],
  // To a hall one comes on one's feet: there this door is not there for anybody.
  "POST /bookings/:id/arrival",
  // For whom somebody acts is no matter of a thing's owner alone: `acting.ts` says it, and its tests ask it.
  ...["GET /account/household/:id/data", "POST /account/household/proxies/:id/end"],
  ...["GET /account/household/proxies/:id", "POST /account/household/proxies/:id"],
  ...["GET /desk/person/:proof", "POST /desk/person/:proof", "POST /desk/person/:proof/bookings/:id"],
  // Who decides over whom is no matter of a thing's office alone: `roles.ts` says it, and its tests ask it.
  ...["GET /staff/people/:id", "POST /staff/people/:id/rights", "POST /staff/people/:id/disabling"],
  ...["POST /staff/people/:id/enabling", "POST /staff/people/:id/reset", "GET /staff/requests/:id"],
  ...["POST /staff/requests/:id/approval", "POST /staff/requests/:id/refusal", "POST /staff/requests/:id/withdrawal"],
  ...["GET /staff/confirmations/:id", "POST /staff/confirmations/:id"],
])

/** What has to be sent along so that a call gets as far as the thing. */
const bodies: Record<string, object> = {
  "POST /api/v1/bookings": { office: office.code, service: "PAS-01", slot: office.slot("13:00") },
  "POST /api/v1/holds": { office: office.code, service: "PAS-01", slot: office.slot("13:00") },
  "POST /api/v1/bookings/:id/move": { slot: office.slot("13:00") },
  "POST /api/v1/bookings/:id/proposal": { slot: office.slot("13:00") },
  "POST /api/v1/bookings/:id/refusal": { reason: "no" },
  "POST /api/v1/offices/:code/check-ins": { code: "4829107735" },
  "POST /api/v1/offices/:code/tickets": { service: "PAS-10", mobile: "0551234567" },
  "POST /api/v1/offices/:code/days/:day/hours": { sessions: [{ start: "07:30", minutes: 240 }] },
  "POST /api/v1/tickets/:id/need": { need: "infant" },
  "POST /api/v1/tickets/:id/away": { minutes: 10 },
  "POST /api/v1/tickets/:id/finish": { outcome: "done" },
  "POST /api/v1/tickets/:id/transfer": { service: "PAS-08", reason: "correction" },
  "POST /api/v1/tickets/:id/service": { service: "PAS-08" },
  "POST /day/:office": { do: "nothing" },
  "POST /day/:office/hours": { do: "preview", day: office.today },
  "POST /day/:office/requests": { do: "accept nothing" },
  "POST /day/:office/rooms": { do: "nothing" },
  "POST /devices/:id/name": { name: "Wall" },
  "POST /privacy/requests/:id": { do: "prolong" },
  "POST /bookings/:id/move": { slot: office.slot("13:00") },
}
const queries: Record<string, string> = {
  "GET /api/v1/offices/:code/slots": "?service=PAS-01",
  "GET /api/v1/offices/:code/tickets": "?number=999",
  "GET /kiosk/:office/number": "?service=PAS-10",
}

interface Route {
  name: string
  method: string
  path: string
  gate: Gate
  isCall: boolean
}
const routes: Route[] = [
  ...pages.map(({ method, path, gate }) => ({ name: `${method} ${path}`, method, path, gate, isCall: false })),
  ...calls.map(({ form, gate }) => {
    const method = form.method.toUpperCase()
    const path = form.path.replace(/\{(\w+)\}/g, ":$1")
    return { name: `${method} ${path}`, method, path, gate, isCall: true }
  }),
]

interface Answered {
  status: number
  location: string
  text: string
}

async function ask({ name, method, isCall }: Route, path: string, caller: Caller): Promise<Answered> {
  const headers = new Headers({ Accept: isCall ? "application/json" : "text/html", "Accept-Language": "en" })
  const sent = bodies[name] ?? {}
  let body: string | URLSearchParams | undefined
  if (isCall) {
    if (caller.key) headers.set("Authorization", `Bearer ${caller.key}`)
    if (method !== "GET") headers.set("Content-Type", "application/json")
    if (method !== "GET") body = JSON.stringify(sent)
  } else {
    const { cookie, formToken } = (await caller.browser?.()) ?? { cookie: "", formToken: "" }
    if (cookie) headers.set("Cookie", cookie)
    if (method !== "GET") headers.set("Origin", server.origin)
    if (method !== "GET") body = new URLSearchParams({ _form: formToken, ...sent })
  }
  const response = await fetch(server.origin + path + (queries[name] ?? ""), {
    method,
    headers,
    body,
    redirect: "manual",
  })
  return { status: response.status, location: response.headers.get("Location") ?? "", text: await response.text() }
}

/** The path with this thing in it; and something of the kind wherever else something stands. */
function pathWith(path: string, kind: keyof EveryThing | null, id: string): string {
  const pattern = kinds.find(([, one]) => one === kind)?.[0]
  const named = pattern ? path.replace(pattern, (match) => match.replace(/:\w+/, id)) : path
  return named
    .replace(/(?<=\/services\/):code\b/, "PAS-01")
    .replace(/(?<=\/sectors\/):code\b/, "PAS")
    .replace(/:day\b/, office.today)
    .replace(/:\w+(\{[^}]*\})?/g, "019aa0f0-7c5e-7b1e-9d3c-2f4f4a5f6b7c")
}

/** What an answer says about the right to ask; what else it says is for other tests. */
function heard(route: Route, caller: Caller, { status, location, text }: Answered): Verdict | "broken" {
  if (status >= 500 || text.includes("    at ")) return "broken"
  if (status === 401) return "stranger"
  // Where it is a right that is missing; that it is not their counter, or that nobody has consented, is another matter.
  if (status === 403)
    return route.isCall && (!text.includes('"forbidden"') || text.includes('"consent"')) ? "in" : "forbidden"
  if (status === 404 && (!route.isCall || text.includes('"not_found"'))) return "not_found"
  if (status !== 303) return "in"
  // Nobody signs in at a kiosk: it goes back to where it shows what it is.
  if (caller.role === null && (location.includes("next=") || /^\/kiosk\/[\w-]+$/.test(location))) return "stranger"
  // Whoever came in to win an account back is led to where that is done, and nowhere else.
  if (caller.level === "recovered" && location === "/account/security") return "forbidden"
  return "in"
}

for (const route of routes) {
  const { name, gate, path } = route
  const [, kind] = kinds.find(([pattern]) => pattern.test(path)) ?? [null, null]
  const here = callers.filter(({ browser, key, role }) => (route.isCall ? key || role === null : browser))

  if (gate === "anyone") {
    test(`${name} is for anyone`, async () => {
      for (const caller of here) {
        const said = heard(
          route,
          caller,
          await ask(route, pathWith(path, kind, kind ? things[kind].own.id : ""), caller),
        )
        expect([caller.name, said === "broken"]).toEqual([caller.name, false])
        // Whoever came in to win an account back is kept at that.
        if (caller.level !== "recovered" && !screens.has(name))
          expect([caller.name, said]).not.toEqual([caller.name, "forbidden"])
      }
    })
    continue
  }

  test(`${name} lets in whom the table names, to what is within their reach, and nobody else`, async () => {
    const isNamed = /:(?!day\b)\w/.test(path)
    // Fails for a path that names something of which nobody has said what it is.
    expect([name, !isNamed || kind !== null || gateAlone.has(name)]).toEqual([name, true])
    const about = kind && !gateAlone.has(name) ? things[kind] : null
    const asked = (about ? everyWhose : everyWhose.slice(0, 1)).flatMap((whose) => {
      const thing = about?.[whose] ?? null
      return here.map((caller) => ({ whose, caller, thing, wanted: wantedOf(route, caller, thing) }))
    })
    // The refused come first: whatever they changed would be seen, and what those who are let in change stands in nobody's way.
    const before = await changes()
    for (const one of asked.filter(({ wanted }) => wanted !== "in")) await compare(route, about ? kind : null, one)
    expect(await changes()).toBe(before)
    for (const one of asked.filter(({ wanted }) => wanted === "in")) await compare(route, about ? kind : null, one)
  })
}

interface Asked {
  whose: string
  caller: Caller
  thing: Thing | null
  wanted: Verdict
}

function wantedOf({ name, gate }: Route, caller: Caller, thing: Thing | null): Verdict {
  if (gate === "anyone") return "in"
  const atTheGate = verdict(caller, gate, null)
  return atTheGate === "in" ? verdict(caller, asks[name] ?? gate, thing) : atTheGate
}

async function compare(
  route: Route,
  kind: keyof EveryThing | null,
  { whose, caller, thing, wanted }: Asked,
): Promise<void> {
  const answer = await ask(route, pathWith(route.path, kind, thing?.id ?? ""), caller)
  const said = heard(route, caller, answer)
  // Nothing stands at a path that names nothing real; and of a booking that was made with an account an unproven visitor sees nothing.
  const isNothing = thing === null || caller.level === "unproven" || answer.text.includes('"day_change"')
  const mayBeGone = wanted === "in" && said === "not_found" && isNothing
  if (!mayBeGone) expect([caller.name, whose, said, answer.status]).toEqual([caller.name, whose, wanted, answer.status])
}

/** How much has been said so far. That somebody came in is no change that a route makes. */
async function changes(): Promise<number> {
  let count = 0
  for (const stream of [office.code, elsewhere, "accounts"]) {
    count += (await office.facts(undefined, stream)).filter(({ kind }) => !kind.startsWith("session.")).length
  }
  return count
}

test("nothing can be reached that does not stand in the table", () => {
  const listed = new Set([
    ...routes.map(({ name }) => name),
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

test("what is said here about routes is about routes that there are", () => {
  const names = new Set(routes.map(({ name }) => name))
  const said = [...Object.keys(asks), ...gateAlone, ...Object.keys(bodies), ...Object.keys(queries)]
  expect(said.filter((name) => !names.has(name))).toEqual([])
})

test("whatever was asked, nothing was answered by reading through a table that grows", () => {
  watched.end()
  expect(scansOf(watched.texts)).toEqual([])
})
