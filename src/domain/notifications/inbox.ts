import { and, count, desc, eq, isNull, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { type MessageRow, messages } from "../../../db/schema/messages.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"

/* What somebody has been told. An owner's id is nobody else's, whether citizen or staff. */

const p = sql.placeholder

const newest = statement((db) =>
  db
    .select()
    .from(messages)
    .where(and(eq(messages.owner, p("owner"))))
    .orderBy(desc(messages.at), desc(messages.id))
    .limit(p("most")),
)
const olderThan = statement((db) =>
  db
    .select()
    .from(messages)
    .where(and(eq(messages.owner, p("owner")), sql`(${messages.at}, ${messages.id}) < (${p("at")}, ${p("id")})`))
    .orderBy(desc(messages.at), desc(messages.id))
    .limit(p("most")),
)
const own = statement((db) =>
  db
    .select()
    .from(messages)
    .where(and(eq(messages.id, p("id")), eq(messages.owner, p("owner")))),
)
const unread = statement((db) =>
  db
    .select({ n: count() })
    .from(messages)
    .where(and(eq(messages.owner, p("owner")), isNull(messages.readAt))),
)
const setRead = statement((db) =>
  db
    .update(messages)
    .set({ readAt: sql`${p("now")}` })
    .where(and(eq(messages.id, p("id")), eq(messages.owner, p("owner")), isNull(messages.readAt)))
    .returning({ id: messages.id }),
)
const setAllRead = statement((db) =>
  db
    .update(messages)
    .set({ readAt: sql`${p("now")}` })
    .where(and(eq(messages.owner, p("owner")), isNull(messages.readAt)))
    .returning({ id: messages.id }),
)

/** The owner's messages, the latest first. `before`: the last one that was seen; where it is not theirs, nothing follows. */
export async function inboxOf(store: Store, owner: string, most: number, before?: string): Promise<MessageRow[]> {
  if (before === undefined) return newest(store).execute({ owner, most })
  const [last] = await own(store).execute({ owner, id: before })
  return last ? olderThan(store).execute({ owner, most, at: last.at, id: last.id }) : []
}

/** How many the owner has not read. */
export async function unreadOf(store: Store, owner: string): Promise<number> {
  return (await unread(store).execute({ owner }))[0]?.n ?? 0
}

/** The owner has read it; once more does no harm. Refuses `not_found` where it is not theirs. */
export async function markRead(tx: Tx, owner: string, id: string): Promise<MessageRow> {
  const [row] = await own(tx).execute({ owner, id })
  if (!row) throw new Refusal("not_found", { what: "message" })
  const read = await setRead(tx).execute({ owner, id, now: tx.now })
  if (read.length > 0) await tx.say(accountsStream, "message.read", { messages: 1, subject: owner })
  return { ...row, readAt: row.readAt ?? tx.now }
}

/** The owner has read everything. */
export async function markAllRead(tx: Tx, owner: string): Promise<void> {
  const read = await setAllRead(tx).execute({ owner, now: tx.now })
  if (read.length > 0) await tx.say(accountsStream, "message.read", { messages: read.length, subject: owner })
}
