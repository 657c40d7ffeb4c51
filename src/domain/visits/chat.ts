import { and, desc, eq, isNull, sql } from "drizzle-orm"
import { type ParticipantKind, visitMessages, visits } from "../../../db/schema/visits.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { authorize } from "../access/authorize.ts"
import { isStaff, type Staff, type Subject } from "../access/subject.ts"
import { personKey } from "../people/sealed.ts"
import { visitLimits } from "./times.ts"
import { mayLookIn, participantOf, roster, visit } from "./visits.ts"

/* What is written between the person and the office: in the waiting room already, and beside the call. */

export interface Message {
  id: string
  /** An account. */
  sender: string
  senderKind: "citizen" | "staff"
  /** As whom they were in the visit. */
  wroteAs: ParticipantKind
  /** The accounts for whom it is; `null`: for everybody in the visit. */
  heardBy: string[] | null
  text: string
  at: Instant
}

/**
 * Writes to everybody in the visit; while some are kept out, on hold or in a private talk, those who talk write to each other alone. The
 * person, who was let in, and the staff who may look in (`mayLookIn`) may. Refuses `not_found`,
 * `invalid_field` for an empty text and one of more than 2,000 letters, `wrong_state` when the visit is over.
 */
export async function write(tx: Tx, keys: Keys, by: Subject, id: string, text: string): Promise<Message> {
  authorize(by, "visit.listen")
  const found = await visit(tx, id)
  const { row, phase } = found
  const own = await participantOf(tx, id, by.id)
  if (!own || (own.kind !== "citizen" && own.state === "invited")) {
    if (!isStaff(by) || !(await mayLookIn(tx, found, by))) throw new Refusal("not_found", { what: "visit" })
  }
  if (phase === "over") throw new Refusal("wrong_state", { state: phase })
  const said = text.trim()
  if (said === "" || said.length > visitLimits.textLength) {
    throw new Refusal("invalid_field", { field: "text", max: visitLimits.textLength })
  }
  const key = await personKey(tx, keys, row.person)
  if (!key) throw new Refusal("not_found", { what: "visit" })
  const senderKind = isStaff(by) ? ("staff" as const) : ("citizen" as const)
  const isAside = (phase === "hold" || phase === "private") && own?.state === "admitted"
  const heardBy = isAside
    ? (await roster(tx, id)).flatMap((one) => (one.state === "admitted" ? (one.subject ?? []) : []))
    : null
  const wroteAs = own?.kind ?? "agent"
  const sent = { id: tx.id(), sender: by.id, senderKind, wroteAs, heardBy, at: tx.now }
  const textSealed = key.seal("visit_message.text", said, tx.chance)
  await tx.db.insert(visitMessages).values({ ...sent, thread: row.thread, textSealed })
  await tx.say(row.office, "visit.written", { visit: id, message: sent.id, by: by.id })
  return { ...sent, text: said }
}

/** Who reads, and from when to when it is theirs to read. */
export interface Reading {
  reader: string
  from?: Instant | null
  until?: Instant | null
}

/**
 * What was written for this reader, the oldest first, of at most the last `count`. Nothing where the person's key is destroyed. Whoever was
 * asked in reads from when they were let in; the staff to the end of their own visit, not what was written with another office after it.
 */
export async function messagesOf(
  store: Store,
  keys: Keys,
  { thread, person }: { thread: string; person: string },
  { reader, from = null, until = null }: Reading,
  count = 100,
): Promise<Message[]> {
  const rows = (await latest(store).execute({ thread, count })).filter(({ heardBy, at }) => {
    const isTheirs = heardBy === null || heardBy.includes(reader)
    return isTheirs && (from === null || at >= from) && (until === null || at <= until)
  })
  const key = rows.length === 0 ? null : await personKey(store, keys, person)
  if (!key) return []
  return rows
    .map(({ thread: _thread, textSealed, ...row }) => ({ ...row, text: key.open("visit_message.text", textSealed) }))
    .reverse()
}

/**
 * How much of what was written to the office nobody there has read yet, by visit: of all that are open in it. `reader`: also what was
 * written to them and not to everybody.
 */
export async function unreadIn(
  store: Store,
  office: string,
  reader: string | null = null,
): Promise<Map<string, number>> {
  const rows = await unreadOf(store).execute({ office, reader })
  return new Map(rows.map(({ visit: id, count }) => [id, count]))
}

/**
 * Somebody of the office has had before their eyes what was written up to `last`, a message: for their colleagues too it is read. What was
 * written to others stays as it was. Refuses `not_found` to whoever may not look in, and for a message that is not there for them.
 */
export async function readNow(tx: Tx, agent: Staff, id: string, last: string): Promise<void> {
  const found = await visit(tx, id)
  if (!(await mayLookIn(tx, found, agent))) throw new Refusal("not_found", { what: "visit" })
  const { thread, office } = found.row
  const [shown] = await placeOf(tx).execute({ thread, id: last, reader: agent.id })
  if (!shown) throw new Refusal("not_found", { what: "message" })
  // In an office to which the person was sent on nobody has read anything by that.
  if (found.phase === "over") return
  const read = await markRead(tx).execute({ thread, visit: id, upTo: shown.place, reader: agent.id })
  if (read.length > 0) await tx.say(office, "visit.read", { visit: id, message: last, by: agent.id })
}

const p = sql.placeholder
const isHeardBy = (reader: unknown) => sql`(${visitMessages.heardBy} is null
  or exists (select 1 from json_each(${visitMessages.heardBy}) where json_each.value = ${reader}))`
/** What was written within a millisecond is told apart by the order of its writing. */
const place = sql<number>`visit_message.rowid`

const unreadOf = statement((db) =>
  db
    .select({ visit: visits.id, count: sql<number>`count(*)` })
    .from(visits)
    .innerJoin(visitMessages, eq(visitMessages.thread, visits.thread))
    .where(
      and(
        eq(visits.office, p("office")),
        isNull(visits.overAt),
        eq(visitMessages.senderKind, sql`'citizen'`),
        sql`${visitMessages.readIn} is not ${visits.id}`,
        isHeardBy(p("reader")),
      ),
    )
    .groupBy(visits.id),
)

const placeOf = statement((db) =>
  db
    .select({ place })
    .from(visitMessages)
    .where(and(eq(visitMessages.id, p("id")), eq(visitMessages.thread, p("thread")), isHeardBy(p("reader")))),
)

const markRead = statement((db) =>
  db
    .update(visitMessages)
    .set({ readIn: sql`${p("visit")}` })
    .where(
      and(
        eq(visitMessages.thread, p("thread")),
        eq(visitMessages.senderKind, sql`'citizen'`),
        sql`${visitMessages.readIn} is not ${p("visit")}`,
        sql`${place} <= ${p("upTo")}`,
        isHeardBy(p("reader")),
      ),
    )
    .returning({ id: visitMessages.id }),
)

const latest = statement((db) =>
  db
    .select()
    .from(visitMessages)
    .where(eq(visitMessages.thread, p("thread")))
    .orderBy(desc(visitMessages.at), desc(place))
    .limit(p("count")),
)
