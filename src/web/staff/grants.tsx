import type { ScopeKind, StaffRole } from "../../../db/schema/access.ts"
import { agencyNames } from "../../domain/access/names.ts"
import { placesIn } from "../../domain/access/places.ts"
import { contains, type Grant, rolesToGive } from "../../domain/access/roles.ts"
import { allOffices } from "../../domain/offices/reads.ts"
import { staffWords } from "../../i18n/staff.ts"
import type { Context } from "../house.ts"
import { Select } from "../shell/controls.tsx"
import { staffHere } from "../staff-head.tsx"
import { areaNames } from "./head.tsx"

/* A role and an area, as one chooses them: no more than one has oneself. */

const roles = ["agent", "supervisor", "administrator", "auditor"] as const
const areaKinds = ["office", "region", "agency", "all"] as const

/** What the two fields say; null for what is none. */
export function readGrant(role: string, area: string): Grant | null {
  const [kind = "", ...rest] = area.split(":")
  const [known, scopeKind] = [roles.find((one) => one === role), areaKinds.find((one) => one === kind)]
  return known && scopeKind ? { role: known, scopeKind, scope: rest.join(":") } : null
}

const written = ({ scopeKind, scope }: Omit<Grant, "role">) => `${scopeKind}:${scope}`

export async function GrantFields({ c, value }: { c: Context; value?: { role: string; area: string } | Grant }) {
  const { lang } = c.var
  const words = staffWords[lang]
  const chosen = value && "area" in value ? value : value && { role: value.role, area: written(value) }
  return (
    <>
      <Select
        name="role"
        label={words.role}
        value={chosen?.role}
        options={rolesToGive(staffHere(c)).map((role: StaffRole) => ({ value: role, label: words.roles[role] }))}
      />
      <Select name="area" label={words.area} value={chosen?.area} options={await areasFor(c)} />
    </>
  )
}

/** The areas that lie within one's own, the widest last. */
async function areasFor(c: Context): Promise<{ value: string; label: string }[]> {
  const { house, lang } = c.var
  const words = staffWords[lang]
  const by = staffHere(c)
  const [places, names] = [await placesIn(house.store), await areaNames(house)]
  const offices = await allOffices(house.store)
  const regions = [...new Set(offices.flatMap(({ region }) => (region ? [region.ar] : [])))]
  const all: [ScopeKind, string[]][] = [
    ["office", offices.map(({ code }) => code)],
    ...(by.role === "administrator"
      ? ([
          ["region", regions],
          ["agency", [...(await agencyNames(house.store)).keys()]],
          ["all", [""]],
        ] as [ScopeKind, string[]][])
      : []),
  ]
  return all.flatMap(([scopeKind, scopes]) =>
    scopes
      .map((scope) => ({ scopeKind, scope }))
      .filter((area) => contains(by, area, places))
      .map((area) => ({
        value: written(area),
        label: scopeKind === "all" ? names(area, lang) : `${words.areaKinds[scopeKind]}: ${names(area, lang)}`,
      })),
  )
}
