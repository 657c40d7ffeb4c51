import { expect, test } from "bun:test"
import type { ScopeKind, SessionLevel, StaffRole } from "../../../db/schema/access.ts"
import { isRefusal } from "../../base/refusal.ts"
import { type Action, actions, authorize, may, roles, rolesFor, ruleOf, scopeFor, type Thing } from "./authorize.ts"
import { capabilitiesOf } from "./devices.ts"
import { type Citizen, type Device, type Integrator, mint, type Staff, type Subject } from "./subject.ts"

const name = { ar: "ب", en: "b" }
const citizen = (id = "noura", level: SessionLevel = "full") =>
  mint<Citizen>({ role: "citizen", id, kind: "citizen", level })
const staff = (role: StaffRole, scopeKind: ScopeKind, scope: string) =>
  mint<Staff>({ role, id: "s", login: "s", name, scopeKind, scope })
const device = (role: "kiosk" | "board", office = "RUH-RML") =>
  mint<Device>({ role, id: "d", office, capabilities: capabilitiesOf[role] })
const program = (scopes: string[], office: string | null = null) =>
  mint<Integrator>({ role: "integrator", id: "i", scopes, office })

const riyadh = { code: "RUH-RML", agency: "interior", region: { ar: "الرياض", en: "Riyadh" } }
const jeddah = { code: "JED-SRF", agency: "municipal", region: { ar: "مكة المكرمة", en: "Makkah" } }
const video = { code: "VIR-01", agency: "interior", region: null }

/** What is said of it, as the reader of a refusal hears it. */
function said(subject: Subject | null, action: Action, thing?: Thing) {
  try {
    authorize(subject, action, thing)
    return "yes"
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    return [thrown.code, thrown.details]
  }
}

test("staff act in the office, the region or the agency that they were given, or everywhere", () => {
  const reach = (kind: ScopeKind, scope: string) =>
    [riyadh, jeddah, video].map((place) => may(staff("supervisor", kind, scope), "day.change", place))
  expect(reach("office", "RUH-RML")).toEqual([true, false, false])
  expect(reach("region", "الرياض")).toEqual([true, false, false])
  expect(reach("agency", "interior")).toEqual([true, false, true])
  expect(reach("all", "")).toEqual([true, true, true])
  // What is for all offices together is the affair of whoever answers for all.
  const keys = (kind: ScopeKind, scope: string) => may(staff("administrator", kind, scope), "key.make", "everywhere")
  expect([keys("all", ""), keys("agency", "interior"), keys("office", "RUH-RML")]).toEqual([true, false, false])
})

test("what is out of reach is not there for the public, and for staff it is not theirs unless it is hidden", () => {
  const lead = staff("supervisor", "office", "RUH-RML")
  expect(said(citizen(), "booking.read", { person: "noura" })).toBe("yes")
  expect(said(citizen(), "booking.read", { person: "sara" })).toEqual(["not_found", { what: "booking" }])
  expect(said(citizen(), "hold.change", { person: null })).toEqual(["not_found", { what: "hold" }])
  expect(said(lead, "day.change", jeddah)).toEqual(["forbidden", { office: "JED-SRF" }])
  expect(said(lead, "ticket.serve", jeddah)).toEqual(["not_found", { what: "ticket" }])
  expect(said(staff("auditor", "office", "RUH-RML"), "ticket.serve", riyadh)).toEqual([
    "forbidden",
    { office: "RUH-RML" },
  ])
  expect(said(null, "ticket.serve", riyadh)).toEqual(["not_signed_in", {}])
})

test("a thing that does not say whose it is, or where, is out of reach", () => {
  expect(may(citizen(), "booking.read", riyadh)).toBe(false)
  expect(may(staff("agent", "all", ""), "ticket.serve", { person: "noura" })).toBe(false)
  expect(may(device("kiosk"), "ticket.issue", { person: "noura" })).toBe(false)
  expect(may(program(["facts:read"], "RUH-RML"), "facts.read", "everywhere")).toBe(false)
})

test("whoever came in with a code, by SMS or from a drawer, may what the table says of them and nothing else", () => {
  for (const level of ["unproven", "recovered"] as const) {
    const open = actions.filter((action) => may(citizen("noura", level), action))
    expect(open).toEqual(actions.filter((action) => ruleOf(action)[level] !== undefined))
    expect(open).not.toContain("own_data.read")
    expect(open).not.toContain("account.keep")
  }
  expect(said(citizen("noura", "recovered"), "booking.read", { person: "noura" })).toEqual(["forbidden", {}])
})

test("a device does in its own office what it was allowed, and a key what its scopes name where it is for", () => {
  expect(may(device("kiosk"), "ticket.issue", riyadh)).toBe(true)
  expect(may(device("kiosk", "JED-SRF"), "ticket.issue", riyadh)).toBe(false)
  expect(may(device("board"), "ticket.issue", riyadh)).toBe(false)
  const dumb = mint<Device>({ role: "kiosk", id: "d", office: "RUH-RML", capabilities: ["board:read"] })
  expect([may(dumb, "ticket.issue", riyadh), may(dumb, "board.watch", riyadh)]).toEqual([false, true])
  expect(said(program([]), "facts.read", riyadh)).toEqual(["forbidden", { scope: "facts:read" }])
  expect(said(program(["facts:read"]), "facts.read", riyadh)).toBe("yes")
  expect(said(program(["facts:read"], "JED-SRF"), "facts.read", riyadh)).toEqual(["forbidden", { office: "RUH-RML" }])
  expect(scopeFor("self.read")).toBeNull()
})

test("nobody may do anything without being somebody, and every action is somebody's", () => {
  for (const action of actions) {
    expect([action, may(null, action)]).toEqual([action, false])
    expect([action, rolesFor(action).length > 0]).toEqual([action, true])
    expect(rolesFor(action)).toEqual(roles.filter((role) => ruleOf(action)[role] !== undefined))
  }
})

test("an action that nobody has written down does not compile", () => {
  // @ts-expect-error: there is no such action.
  const asked = () => may(citizen(), "house.burn")
  expect(asked).toThrow()
})
