import { expect, test } from "bun:test"
import { areasOf, contains, decidesOver, type Grant, isLess, isSound, rolesToGive, seesStaff } from "./roles.ts"

const riyadh = { ar: "الرياض", en: "Riyadh" }
const jeddah = { ar: "مكة", en: "Makkah" }
const places = [
  { code: "RUH-RML", agency: "interior", region: riyadh },
  { code: "RUH-MUN", agency: "city", region: riyadh },
  { code: "JED-VIS", agency: "interior", region: jeddah },
  { code: "VIR-01", agency: "interior", region: null },
]
const areas = [
  ...places.map(({ code }) => ["office", code] as const),
  ...[riyadh, jeddah].map(({ ar }) => ["region", ar] as const),
  ...["interior", "city"].map((code) => ["agency", code] as const),
  ["all", ""] as const,
]
const everyGrant = (["agent", "supervisor", "administrator", "auditor"] as const).flatMap((role) =>
  areas.map(([scopeKind, scope]): Grant => ({ role, scopeKind, scope })).filter((grant) => isSound(grant, places)),
)

test("an area holds those that lie in it, and none of which only a part does", () => {
  const area = (scopeKind: Grant["scopeKind"], scope: string) => ({ scopeKind, scope })
  expect(contains(area("region", riyadh.ar), area("office", "RUH-MUN"), places)).toBe(true)
  expect(contains(area("agency", "interior"), area("office", "VIR-01"), places)).toBe(true)
  expect(contains(area("agency", "interior"), area("region", riyadh.ar), places)).toBe(false)
  // An agency may get an office elsewhere tomorrow; what holds today must hold then.
  expect(contains(area("region", jeddah.ar), area("agency", "city"), places)).toBe(false)
  expect(contains(area("office", "RUH-RML"), area("office", "RUH-MUN"), places)).toBe(false)
})

test("nobody gives more than they hold", () => {
  for (const giver of everyGrant) {
    for (const given of everyGrant) {
      if (!decidesOver(giver, given, places)) continue
      expect(rolesToGive(giver)).toContain(given.role)
      expect(areasOf(given.role)).toContain(given.scopeKind)
      // Whoever got it could not decide over anybody over whom the giver could not.
      for (const third of everyGrant) {
        if (decidesOver(given, third, places)) expect(decidesOver(giver, third, places)).toBe(true)
      }
    }
  }
})

test("of roles alone, only a supervisor who becomes an agent loses and gains nothing", () => {
  const area = { scopeKind: "agency" as const, scope: places[0]?.agency ?? "" }
  const roles = ["agent", "supervisor", "administrator", "auditor"] as const
  const less = roles.flatMap((from) =>
    roles
      .filter((to) => from !== to && isLess({ role: from, ...area }, { role: to, ...area }, places))
      .map((to) => [from, to]),
  )
  expect(less).toEqual([["supervisor", "agent"]])
})

test("what counts as taking away leaves nobody with anything that they did not have", () => {
  for (const before of everyGrant) {
    for (const after of everyGrant.filter((grant) => isLess(before, grant, places))) {
      for (const third of everyGrant) {
        if (decidesOver(after, third, places))
          expect([before, decidesOver(before, third, places)]).toEqual([before, true])
        if (seesStaff(after, third, places)) expect([before, seesStaff(before, third, places)]).toEqual([before, true])
      }
    }
  }
})
