import type { ScopeKind, StaffRole } from "../../../db/schema/access.ts"
import type { Grant } from "../../../db/schema/staff-requests.ts"
import { canAllThat, type Place } from "./authorize.ts"

/*
 * Who of the staff may see whom, and give what to whom. Pure: what is asked of them is all that they know.
 */

export type { Grant }

type Area = Pick<Grant, "scopeKind" | "scope">

/** Whether an area holds another one, whatever offices may be added to either. A region may have offices of several agencies. */
export function contains(outer: Area, inner: Area, places: readonly Place[]): boolean {
  if (outer.scopeKind === "all") return true
  if (outer.scopeKind === inner.scopeKind) return outer.scope === inner.scope
  if (inner.scopeKind !== "office") return false
  const place = places.find(({ code }) => code === inner.scope)
  if (!place) return false
  return outer.scopeKind === "agency" ? place.agency === outer.scope : place.region?.ar === outer.scope
}

/** Whether somebody decides about who may do this: administrators within their area, supervisors about the agents of their offices. */
export function decidesOver(person: Grant, over: Grant, places: readonly Place[]): boolean {
  if (!contains(person, over, places)) return false
  if (person.role === "administrator") return true
  return person.role === "supervisor" && over.role === "agent" && over.scopeKind === "office"
}

/** Whether somebody sees who else works here and what they may do. */
export function seesStaff(person: Grant, of: Grant, places: readonly Place[]): boolean {
  return person.role !== "agent" && contains(person, of, places)
}

/** The roles that somebody can give; nobody gives more than they hold. */
export function rolesToGive({ role }: Pick<Grant, "role">): StaffRole[] {
  if (role === "administrator") return ["agent", "supervisor", "administrator", "auditor"]
  return role === "supervisor" ? ["agent"] : []
}

/** Which kinds of area a role may have: agents and supervisors work in an office, supervisors also in all of a region or an agency. */
export function areasOf(role: StaffRole): ScopeKind[] {
  if (role === "agent") return ["office"]
  return role === "supervisor" ? ["office", "region", "agency"] : ["office", "region", "agency", "all"]
}

export function isSound({ role, scopeKind, scope }: Grant, places: readonly Place[]): boolean {
  if (!areasOf(role).includes(scopeKind)) return false
  switch (scopeKind) {
    case "all":
      return scope === ""
    case "office":
      return places.some(({ code }) => code === scope)
    case "region":
      return places.some(({ region }) => region?.ar === scope)
    case "agency":
      return places.some(({ agency }) => agency === scope)
  }
}

/**
 * Whether this only takes something away: no more in any place than before, and nothing that the role before could not do. An administrator
 * who becomes an agent gains the counter, and that takes two.
 */
export function isLess(from: Grant, to: Grant, places: readonly Place[]): boolean {
  return contains(from, to, places) && canAllThat(from.role, to.role)
}

export function sameGrant(left: Grant, right: Grant): boolean {
  return left.role === right.role && left.scopeKind === right.scopeKind && left.scope === right.scope
}
