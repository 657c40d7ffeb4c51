import { eq, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { type ScopeKind, type StaffRole, staff } from "../../../db/schema/access.ts"
import type { Words } from "../../../db/schema/catalogue.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Staff } from "./subject.ts"

const sexById = statement((db) =>
  db
    .select({ sex: staff.sex })
    .from(staff)
    .where(eq(staff.id, sql.placeholder("id"))),
)
const insertStaff = statement((db) => db.insert(staff).values(placeholders(staff)))

export interface NewStaff {
  login: string
  name: Words
  /** Chosen by the person at enrolment; none is handed out. */
  passwordHash?: string
  role: StaffRole
  scopeKind: ScopeKind
  scope: string
  sex?: "female" | "male"
}

export async function addStaff(tx: Tx, given: NewStaff, by: string): Promise<string> {
  const id = tx.id()
  await insertStaff(tx).execute({
    passwordHash: "",
    sex: null,
    ...given,
    id,
    login: given.login.toLowerCase(),
    createdAt: tx.now,
    disabledAt: null,
  })
  await tx.say(accountsStream, "staff.added", { staff: id, role: given.role, scope: given.scope, by, subject: id })
  return id
}

/** What somebody says of themselves, so that who wishes for a woman at the counter gets one. Nobody has to; `null` takes it back. */
export async function describeSelf(tx: Tx, by: Staff, sex: "female" | "male" | null): Promise<void> {
  await tx.db.update(staff).set({ sex }).where(eq(staff.id, by.id))
  await tx.say(accountsStream, "staff.described", { staff: by.id, said: sex !== null, by: by.id })
}

/** As it was said; `null` for whoever has not. */
export async function sexOf(store: Store, id: string): Promise<"female" | "male" | null> {
  return (await sexById(store).execute({ id }))[0]?.sex ?? null
}

/** Whether anybody works here yet; until then nobody can sign in to run the house. */
export async function hasStaff(store: Store): Promise<boolean> {
  return (await store.db.select({ id: staff.id }).from(staff).limit(1)).length > 0
}
