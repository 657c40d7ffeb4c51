import type { ScopeKind, SessionLevel, StaffRole } from "../../../db/schema/access.ts"
import type { Words } from "../../../db/schema/catalogue.ts"
import type { Capability, DeviceKind } from "../../../db/schema/devices.ts"
import type { PersonKind } from "../../../db/schema/people.ts"

/*
 * Authority is a value. These can only be made by the gate (`sessions.ts`, `keys.ts`) after it has checked who asks; whoever holds one
 * need not check again who it is, only what it may do.
 */
declare const minted: unique symbol

/** Without a name: that is sealed, and opened only where it is shown. */
export interface Citizen {
  readonly role: "citizen"
  readonly id: string
  readonly kind: PersonKind
  /** What this session is good for. Whoever holds a key of an account has all of it. */
  readonly level: SessionLevel
  readonly [minted]: true
}

export interface Staff {
  readonly role: StaffRole
  readonly id: string
  readonly login: string
  readonly name: Words
  readonly scopeKind: ScopeKind
  readonly scope: string
  readonly [minted]: true
}

export interface Device {
  readonly role: DeviceKind
  readonly id: string
  readonly office: string
  readonly capabilities: readonly Capability[]
  readonly [minted]: true
}

export interface Integrator {
  readonly role: "integrator"
  readonly id: string
  readonly scopes: readonly string[]
  readonly office: string | null
  readonly [minted]: true
}

export type Subject = Citizen | Staff | Device | Integrator
export type Role = Subject["role"]

export type Unminted<S> = Omit<S, typeof minted>

/** Makes authority. Called by the gate and by tests, nowhere else; a test of the source holds that. */
export function mint<S extends Subject>(subject: Unminted<S>): S {
  return subject as S
}

export function isStaff(subject: Subject | null): subject is Staff {
  return subject !== null && ["agent", "supervisor", "administrator", "auditor"].includes(subject.role)
}
