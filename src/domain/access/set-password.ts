import { eq, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { staff } from "../../../db/schema/access.ts"
import { people } from "../../../db/schema/people.ts"
import { statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Owner } from "./owner.ts"

const ofCitizen = statement((db) =>
  db
    .update(people)
    .set({ passwordHash: sql`${sql.placeholder("hash")}` })
    .where(eq(people.id, sql.placeholder("id")))
    .returning({ id: people.id }),
)
const ofStaff = statement((db) =>
  db
    .update(staff)
    .set({ passwordHash: sql`${sql.placeholder("hash")}` })
    .where(eq(staff.id, sql.placeholder("id")))
    .returning({ id: staff.id }),
)

/** Gives the owner another password; whoever asks has hashed it and ends the other sessions. Refuses `not_found`. */
export async function setPassword(tx: Tx, owner: Owner, hash: string): Promise<void> {
  const [changed] = await (owner.kind === "citizen" ? ofCitizen : ofStaff)(tx).execute({ id: owner.id, hash })
  if (!changed) throw new Refusal("not_found")
  await tx.say(accountsStream, "password.changed", { by: owner.id, subject: owner.id })
}
