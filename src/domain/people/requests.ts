import { and, asc, desc, eq, isNotNull, isNull, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { type PrivacyRequestKind, type PrivacyRequestState, privacyRequests } from "../../../db/schema/privacy.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { personKey } from "./sealed.ts"

/*
 * What somebody has asked at a counter or by letter about the own data. An answer is due within thirty days, and thirty more where the
 * person is told so in time (PDPL IR 3(1)(a); GDPR 12(3)). The row is the record that must be kept of it.
 */

const dueWithin = 30 * 24 * hour

export type PrivacyRequest = typeof privacyRequests.$inferSelect

/** Refuses `not_found` for nobody. Instants are the real clock's. */
export async function takeRequest(
  tx: Tx,
  keys: Keys,
  given: { kind: PrivacyRequestKind; person: string; note: string; by: string },
  now: Instant,
): Promise<string> {
  const { kind, person, note, by } = given
  const key = await personKey(tx, keys, person)
  if (!key) throw new Refusal("not_found", { what: "person" })
  const id = tx.id()
  const dueAt = now + dueWithin
  await tx.db.insert(privacyRequests).values({
    ...{ id, kind, person, state: "open" as const, askedAt: now, dueAt, takenBy: by },
    noteSealed: note.trim() === "" ? null : key.seal("privacy_request.note", note.trim(), tx.chance),
    ...{ prolongedAt: null, endedBy: null, endedAt: null },
  })
  await tx.say(accountsStream, "privacy_request.taken", { request: id, kind, dueAt, by, subject: person })
  return id
}

/** Thirty days more, once, and only before the first are over. Refuses `request_ended` otherwise. */
export async function prolongRequest(tx: Tx, id: string, by: string, now: Instant): Promise<void> {
  const [row] = await tx.db
    .update(privacyRequests)
    .set({ dueAt: sql`${privacyRequests.dueAt} + ${dueWithin}`, prolongedAt: now })
    .where(and(isOpen(id), isNull(privacyRequests.prolongedAt), sql`${privacyRequests.dueAt} > ${now}`))
    .returning({ dueAt: privacyRequests.dueAt, person: privacyRequests.person })
  if (!row) throw new Refusal("request_ended")
  await tx.say(accountsStream, "privacy_request.prolonged", { request: id, dueAt: row.dueAt, by, subject: row.person })
}

/** Refuses `request_ended` where it is not open. */
export async function endRequest(
  tx: Tx,
  id: string,
  state: Exclude<PrivacyRequestState, "open">,
  by: string,
  now: Instant,
): Promise<PrivacyRequest> {
  const [row] = await tx.db
    .update(privacyRequests)
    .set({ state, endedBy: by, endedAt: now })
    .where(isOpen(id))
    .returning()
  if (!row) throw new Refusal("request_ended")
  await tx.say(accountsStream, "privacy_request.ended", { request: id, state, by, subject: row.person })
  return row
}

const isOpen = (id: string) => and(eq(privacyRequests.id, id), eq(privacyRequests.state, "open"))

/** Refuses `not_found`. */
export async function privacyRequest(store: Store, id: string): Promise<PrivacyRequest> {
  const [row] = await store.db.select().from(privacyRequests).where(eq(privacyRequests.id, id))
  if (!row) throw new Refusal("not_found", { what: "request" })
  return row
}

/** Those that wait for an answer, the one that is due first; and the last that were answered. */
export async function allRequests(store: Store): Promise<{ open: PrivacyRequest[]; ended: PrivacyRequest[] }> {
  const open = await store.db
    .select()
    .from(privacyRequests)
    .where(sql`${privacyRequests.state} = 'open'`)
    .orderBy(asc(privacyRequests.dueAt))
  const ended = await store.db
    .select()
    .from(privacyRequests)
    .where(isNotNull(privacyRequests.endedAt))
    .orderBy(desc(privacyRequests.endedAt))
    .limit(50)
  return { open, ended }
}

/** The note in clear; empty where there is none, or where its person has been erased. */
export async function noteOf(store: Store, keys: Keys, { person, noteSealed }: PrivacyRequest): Promise<string> {
  const key = noteSealed === null ? null : await personKey(store, keys, person)
  return key && noteSealed !== null ? key.open("privacy_request.note", noteSealed) : ""
}
