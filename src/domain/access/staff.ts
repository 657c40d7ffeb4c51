import { accountsStream } from "../../../db/facts.ts"
import { type ScopeKind, type StaffRole, staff } from "../../../db/schema/access.ts"
import type { Words } from "../../../db/schema/catalogue.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"

const insertStaff = statement((db) => db.insert(staff).values(placeholders(staff)))

export interface NewStaff {
  login: string
  name: Words
  /** Chosen by the person at enrolment; none is handed out. */
  passwordHash?: string
  role: StaffRole
  scopeKind: ScopeKind
  scope: string
}

export async function addStaff(tx: Tx, given: NewStaff, by: string): Promise<string> {
  const id = tx.id()
  await insertStaff(tx).execute({
    passwordHash: "",
    ...given,
    id,
    login: given.login.toLowerCase(),
    createdAt: tx.now,
    disabledAt: null,
  })
  await tx.say(accountsStream, "staff.added", { staff: id, role: given.role, scope: given.scope, by, subject: id })
  return id
}

/** Whether anybody works here yet; until then nobody can sign in to run the house. */
export async function hasStaff(store: Store): Promise<boolean> {
  return (await store.db.select({ id: staff.id }).from(staff).limit(1)).length > 0
}
