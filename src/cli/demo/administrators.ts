import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import type { Keys } from "../../base/seal.ts"
import { makeKey, staffOf } from "../../domain/access/keys.ts"
import { demoCode, keepDemoCode } from "../../domain/access/recovery.ts"
import { staffForSignIn } from "../../domain/access/sessions.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { ask } from "../../domain/access/staff-requests.ts"
import { setEmail } from "../../domain/notifications/contact.ts"
import type { SetupPlan } from "../../domain/offices/setup.ts"
import { staffName } from "./people.ts"

/* Who makes two of what takes two. */

/** Somebody who answers for all offices of an agency: the second one for what takes two. */
export interface DemoAdministrator {
  name: string
  agency: string
  login: string
  password: string
  recoveryCodes: string[]
  token: string
}

const agency = "interior"

/** What one of them asks for the other can approve. */
export async function addAdministrator(
  tx: Tx,
  keys: Keys,
  { number, password, passwordHash }: { number: number; password: string; passwordHash: string },
  now: Instant,
): Promise<DemoAdministrator> {
  const login = `${agency}-${number}`
  const given = { login, name: staffName(40, number), passwordHash, role: "administrator" as const }
  const id = await addStaff(tx, { ...given, scopeKind: "agency", scope: agency }, "setup")
  await keepDemoCode(tx, keys, { kind: "staff", id }, now)
  await setEmail(tx, keys, { kind: "staff", id }, `${login}@office.example`, "setup")
  const key = { kind: "staff" as const, subject: id, name: "demo", scopes: [], demo: true }
  const token = await makeKey(tx, key, "setup", now)
  return { name: given.name.ar, agency, login, password, recoveryCodes: [demoCode], token }
}

/** The supervisor of the first office has invited somebody, and an administrator finds it waiting. */
export async function addInvitation(tx: Tx, plan: SetupPlan, now: Instant): Promise<void> {
  const office = plan.offices[0]?.code ?? ""
  const lead = await staffForSignIn(tx, `${office.toLowerCase()}-lead`)
  const by = lead && (await staffOf(tx, lead.id))
  if (!by) return
  const grant = { role: "agent" as const, scopeKind: "office" as const, scope: office }
  const login = `${office.toLowerCase()}-new`
  await ask(tx, by, { kind: "invite", login, name: staffName(40, 9), grant }, null, now)
}
