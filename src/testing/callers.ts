import { type Action, ruleOf, scopeFor } from "../domain/access/authorize.ts"
import { addDevice, startToken } from "../domain/access/devices.ts"
import { integratorScopes } from "../domain/access/integrators.ts"
import { makeKey } from "../domain/access/keys.ts"
import { startSession } from "../domain/access/sessions.ts"
import { addStaff } from "../domain/access/staff.ts"
import type { Role } from "../domain/access/subject.ts"
import type { TestServer } from "./server.ts"

/*
 * Everybody who may come to a door of the house, one of each kind: by their browser, by their key, or both. All but the last
 * administrator work or stand in one office.
 */

export interface Caller {
  name: string
  /** `null`: nobody whom the house knows. */
  role: Role | null
  /** Of a citizen: how they came in. */
  level: "full" | "unproven" | "recovered"
  id: string
  /** Where they work or stand; `null`: everywhere, or it does not matter. */
  office: string | null
  /** What an integrator's key names. */
  scopes: readonly string[]
  /** Cookie and form token of a browser, new with each call because some pages end the session that opened them. `null`: has none. */
  browser: (() => Promise<{ cookie: string; formToken: string }>) | null
  /** `null`: has no key. */
  key: string | null
}

export type Thing = { id: string; person: string | null; office: string }

export async function everyCaller(server: TestServer): Promise<Caller[]> {
  const { office, keys } = server
  const now = () => office.clock.real()
  const keyFor = (kind: "citizen" | "staff" | "device" | "integrator", subject: string, scopes: string[] = []) =>
    office.write((tx) => makeKey(tx, { kind, subject, name: "test", scopes, office: null, demo: true }, "test", now()))
  const session = (kind: "citizen" | "staff", subject: string, role: string, level: Caller["level"]) => async () => {
    const who = { kind, subject, role, level, factors: "passkey", userAgent: "", provenAt: now() }
    const { token, session } = await office.write((tx) => startSession(tx, who, now()))
    return { cookie: `sid=${token}`, formToken: keys.capability("form", session.id) }
  }
  const usual = { level: "full" as const, office: null, scopes: [], browser: null, key: null }

  const citizen = office.citizen(1).id
  const callers: Caller[] = [
    { ...usual, name: "nobody", role: null, id: "", browser: async () => ({ cookie: "", formToken: "" }) },
  ]
  for (const level of ["full", "unproven", "recovered"] as const) {
    const name = level === "full" ? "citizen" : `citizen, ${level}`
    const key = level === "full" ? await keyFor("citizen", citizen) : null
    const browser = session("citizen", citizen, "citizen", level)
    callers.push({ ...usual, name, role: "citizen", level, id: citizen, browser, key })
  }
  for (const [role, at] of [
    ...(["agent", "supervisor", "administrator", "auditor"] as const).map((role) => [role, office.code] as const),
    ["administrator", null] as const,
  ]) {
    const name = at === null ? `${role} of everything` : role
    const given = { login: name, name: { ar: name, en: name }, passwordHash: "-", role }
    const area = at === null ? { scopeKind: "all" as const, scope: "" } : { scopeKind: "office" as const, scope: at }
    const id = await office.write((tx) => addStaff(tx, { ...given, ...area }, "test"))
    const browser = session("staff", id, role, "full")
    callers.push({ ...usual, name, role, id, office: at, browser, key: await keyFor("staff", id) })
  }
  for (const kind of ["kiosk", "board"] as const) {
    const id = await office.write((tx) => addDevice(tx, { office: office.code, kind, name: kind }, "test", now()))
    const token = await office.write((tx) => startToken(tx, id, now()))
    const browser = async () => ({ cookie: `dev=${token}`, formToken: keys.capability("form", id) })
    callers.push({
      ...usual,
      name: kind,
      role: kind,
      id,
      office: office.code,
      browser,
      key: await keyFor("device", id),
    })
  }
  for (const scope of [...integratorScopes, null]) {
    const scopes = scope === null ? [] : [scope]
    const name = `integrator with ${scope ?? "no scope"}`
    const id = `program-${scope}`
    callers.push({ ...usual, name, role: "integrator", id, scopes, key: await keyFor("integrator", id, scopes) })
  }
  return callers
}

/** What the table of rights says that this caller meets: let in, or turned away and how. */
export type Verdict = "in" | "stranger" | "forbidden" | "not_found"

/** Reads the table as a reader would, and not by the code that asks it. */
export function verdict({ role, level, id, office, scopes }: Caller, action: Action, thing: Thing | null): Verdict {
  if (role === null) return "stranger"
  const rule = ruleOf(action)
  const reach = role === "citizen" && level !== "full" ? rule[level] : rule[role]
  if (reach === undefined) return "forbidden"
  if (role === "integrator") {
    const scope = scopeFor(action)
    if (scope !== null && !scopes.includes(scope)) return "forbidden"
  }
  if (reach === "any" || thing === null) return "in"
  const isTheirs = reach === "own" ? thing.person === id : office === null || office === thing.office
  if (isTheirs) return "in"
  return role === "citizen" || rule.isHidden ? "not_found" : "forbidden"
}
