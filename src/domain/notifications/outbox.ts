import { and, asc, eq, inArray, isNull, lt, lte, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { type Channel, deliveries, type MessageRow, messages } from "../../../db/schema/messages.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant } from "../../base/day.ts"
import type { Owner } from "../access/owner.ts"
import { notHeld } from "../people/legal-holds.ts"
import { reachOf, withoutOf } from "./contact.ts"
import {
  channelsFor,
  isMessageKind,
  type MessageBodies,
  type MessageKind,
  manners,
  type Reminder,
  reminderAfter,
} from "./rules.ts"

/*
 * The outbox. What is to be told is written in the turn that makes it true, so that there is no change without its message and no message
 * without its change; jobs send it afterwards.
 */

export interface Notice<K extends MessageKind = MessageKind> {
  to: Owner
  kind: K
  data: MessageBodies[K]
  /** The same text for the same owner is told once. */
  dedupe: string
  /** When it is to be told: now, unless it is planned. */
  at?: Instant
  /** Until when it is of use; by default as long as its kind is. */
  until?: Instant
  /** The code or link that stands in it, from `sealSecret`. It is shown nowhere but in what is sent. */
  secret?: string
  /** The channel over which was done what it tells of: it goes out over another. */
  used?: Channel
  /** In place of the owner's address on a channel: the one that it was until now, or that is yet to be proved. Sealed as theirs are. */
  address?: { channel: Channel; sealed: string }
}

const p = sql.placeholder

const insertMessage = statement((db) =>
  db.insert(messages).values(placeholders(messages)).onConflictDoNothing().returning({ id: messages.id }),
)
const insertDelivery = statement((db) => db.insert(deliveries).values(placeholders(deliveries)).onConflictDoNothing())

/**
 * Puts a message into its owner's inbox and on its way over the owner's channels; with `at`, when that time has come. Call it in the turn
 * of the change, which says a fact with the owner as its subject: that is what an open inbox listens to. Its words are made when it is
 * shown or sent. Answers its id, or `null` where it had been told before.
 */
export async function notify<K extends MessageKind>(tx: Tx, notice: Notice<K>): Promise<string | null> {
  const { to, kind, dedupe, at = tx.now } = notice
  const data = notice.data as Record<string, string | number | null>
  const row: MessageRow = {
    id: tx.id(),
    ownerKind: to.kind,
    owner: to.id,
    kind,
    data,
    dedupe,
    about: textOf(data["booking"]) ?? textOf(data["ticket"]) ?? textOf(data["entry"]),
    office: textOf(data["office"]),
    at,
    until: Math.max(at, notice.until ?? at + manners[kind].usefulFor),
    toldAt: at > tx.now ? null : tx.now,
    readAt: null,
  }
  const made = await insertMessage(tx).execute({ ...row })
  if (made.length === 0) return null
  if (row.toldAt !== null) await send(tx, row, notice)
  return row.id
}

async function send(tx: Tx, row: MessageRow, notice: Pick<Notice, "secret" | "used" | "address">): Promise<void> {
  if (!isMessageKind(row.kind)) return
  const owner = { kind: row.ownerKind, id: row.owner }
  const { secret = null, used, address } = notice
  const { theme } = manners[row.kind]
  const mutable = theme !== "security" && theme !== "code"
  const own = await reachOf(tx, owner)
  // A code goes where it was asked for and nowhere else.
  const other = address ? { [address.channel]: address.sealed } : {}
  const reach: Partial<Record<Channel, string>> = theme === "code" && address ? other : { ...own, ...other }
  const reachable = (Object.keys(reach) as Channel[]).sort()
  if (reachable.length === 0) return
  const muted = mutable ? await withoutOf(tx, owner) : []
  for (const channel of channelsFor(row.kind, reachable, { muted, used })) {
    await insertDelivery(tx).execute({
      id: tx.id(),
      message: row.id,
      channel,
      // Whoever takes an account over and gives it another address shall not thereby get what tells its owner of it.
      addressSealed: mutable ? null : (reach[channel] ?? null),
      secretSealed: secret,
      state: "pending",
      tries: 0,
      nextAt: tx.now,
      leaseUntil: null,
      lastError: null,
      endedAt: null,
    })
  }
}

const plannedNow = statement((db) =>
  db
    .select()
    .from(messages)
    .where(and(isNull(messages.toldAt), lte(messages.at, p("now"))))
    .orderBy(asc(messages.at))
    .limit(200),
)
const setTold = statement((db) =>
  db
    .update(messages)
    .set({ toldAt: sql`${p("now")}` })
    .where(and(eq(messages.id, p("id")), isNull(messages.toldAt))),
)
const forget = statement((db) => db.delete(messages).where(and(eq(messages.id, p("id")), isNull(messages.toldAt))))

/** Plans a reminder of a visit. One at a time: a booking that is cancelled the next day has written one row for it and not two. */
export async function planReminder(
  tx: Tx,
  to: Owner,
  visit: Omit<MessageBodies["reminder"], "hours">,
  { hours, at, until }: Reminder,
): Promise<void> {
  const dedupe = `reminder:${visit.booking}:${visit.startsAt}:${hours}`
  await notify(tx, { to, kind: "reminder", data: { ...visit, hours }, dedupe, at, until })
}

/** After one reminder, told or too late to be told, comes the next. */
async function planNext(tx: Tx, { ownerKind, owner, kind, data }: MessageRow): Promise<void> {
  if (kind !== "reminder") return
  const { hours, ...visit } = data as unknown as MessageBodies["reminder"]
  const next = reminderAfter(visit.startsAt, hours)
  if (!next || next.until <= tx.now) return
  // Where its time has gone by as well, it is the next to be told.
  const at = Math.max(next.at, tx.now + 1)
  await planReminder(tx, { kind: ownerKind, id: owner }, visit, { ...next, at })
}

/** Tells what was planned for now, and forgets what is of no use any more. Answers how many it looked at: call it again until that is 0. */
export async function tellPlanned(tx: Tx): Promise<number> {
  const planned = await plannedNow(tx).execute({ now: tx.now })
  for (const row of planned) {
    await planNext(tx, row)
    if (row.until <= tx.now) {
      await forget(tx).execute({ id: row.id })
      continue
    }
    await setTold(tx).execute({ id: row.id, now: tx.now })
    await send(tx, row, {})
    await tx.say(accountsStream, "message.told", { message: row.id, kind: row.kind, subject: row.owner })
  }
  return planned.length
}

const forgetPlanned = statement((db) =>
  db.delete(messages).where(and(eq(messages.about, p("about")), isNull(messages.toldAt))),
)
const stopSending = statement((db) =>
  db
    .update(deliveries)
    .set({ state: sql`'called_off'`, endedAt: sql`${p("now")}`, secretSealed: null })
    .where(
      and(
        inArray(
          deliveries.message,
          db
            .select({ id: messages.id })
            .from(messages)
            .where(eq(messages.about, p("about"))),
        ),
        sql`${deliveries.state} in ('pending', 'failed')`,
      ),
    ),
)

/**
 * What has been said of a booking or ticket is no longer so: what was planned is forgotten, what has not been sent is not sent any more.
 * In the inbox it stays, because it was said. Call it before what is said instead.
 */
export async function callOff(tx: Tx, about: string): Promise<void> {
  await forgetPlanned(tx).execute({ about })
  await stopSending(tx).execute({ about, now: tx.now })
}

/** Messages are kept for a quarter of a year. */
const keptFor = 90 * 24 * hour

/** Forgets messages that were told three months ago, with their deliveries, unless their owner's data is held. */
export async function forgetMessages(tx: Tx, realNow: Instant): Promise<void> {
  const before = tx.now - keptFor
  const old = await tx.db
    .select({ id: messages.id })
    .from(messages)
    // Ids sort by when they were made, so that no index of its own is needed; what was planned for later has not been told as long.
    .where(
      and(
        lt(messages.id, firstIdAt(before)),
        sql`${messages.toldAt} is not null`,
        lt(messages.toldAt, before),
        notHeld(messages.owner, realNow),
      ),
    )
    .limit(1_000)
  const ids = old.map(({ id }) => id)
  if (ids.length === 0) return
  await tx.db.delete(deliveries).where(inArray(deliveries.message, ids))
  await tx.db.delete(messages).where(inArray(messages.id, ids))
}

/** No id that was made at `at` or later sorts before this (RFC 9562 §5.7: the first 48 bits are the time). */
function firstIdAt(at: Instant): string {
  const hex = at.toString(16).padStart(12, "0")
  return `${hex.slice(0, 8)}-${hex.slice(8)}`
}

function textOf(value: string | number | null | undefined): string | null {
  return typeof value === "string" ? value : null
}
