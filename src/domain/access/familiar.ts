import { and, eq, lte, ne, sql } from "drizzle-orm"
import { sessions } from "../../../db/schema/access.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { SessionRow } from "./sessions.ts"

const alike = statement((db) =>
  db
    .select({ id: sessions.id })
    .from(sessions)
    .where(
      and(
        eq(sessions.kind, sql.placeholder("kind")),
        eq(sessions.subject, sql.placeholder("subject")),
        ne(sessions.id, sql.placeholder("id")),
        lte(sessions.createdAt, sql.placeholder("createdAt")),
        eq(sessions.userAgent, sql.placeholder("userAgent")),
        sql`${sessions.passkey} is ${sql.placeholder("passkey")}`,
      ),
    )
    .limit(1),
)

/**
 * Whether the owner has come in before with the same passkey and a browser of the same name: then the sign-in is no news to them. The
 * address does not count, because a phone has another one at every corner.
 */
export async function isFamiliar(store: Store, session: SessionRow): Promise<boolean> {
  const { id, kind, subject, createdAt, userAgent, passkey } = session
  return (await alike(store).execute({ id, kind, subject, createdAt, userAgent, passkey })).length > 0
}
