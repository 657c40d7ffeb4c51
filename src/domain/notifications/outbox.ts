import { and, asc, eq, inArray, sql } from "drizzle-orm"
import { type Channel, deliveries, type MessageRow, messages } from "../../../db/schema/messages.ts"
import { changing, placeholders, statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant } from "../../base/day.ts"
import { uuidOf } from "../../base/id.ts"
import type { Owner } from "../access/owner.ts"
import { notHeld } from "../people/legal-holds.ts"
import { reachOf, withoutOf } from "./contact.ts"
import { channelsFor, isMessageKind, isUrgent, type MessageBodies, type MessageKind, manners } from "./rules.ts"

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

const insertMessage = changing((db) => db.insert(messages).values(placeholders(messages)).onConflictDoNothing())
const insertDelivery = statement((db) => db.insert(deliveries).values(placeholders(deliveries)).onConflictDoNothing())

/**
 * Puts a message into its owner's inbox and on its way over the owner's channels. Call it in the turn of the change, which says a fact with
 * the owner as its subject: that is what an open inbox listens to. Its words are made when it is shown or sent. Answers its id, or `null`
 * where it had been told before.
 */
export async function notify<K extends MessageKind>(tx: Tx, notice: Notice<K>): Promise<string | null> {
  const { to, kind } = notice
  const data = notice.data as Record<string, string | number | null>
  const row: MessageRow = {
    owner: to.id,
    id: messageId(to, notice.dedupe),
    ownerKind: to.kind,
    kind,
    data,
    about: textOf(data["booking"]) ?? textOf(data["ticket"]) ?? textOf(data["entry"]),
    office: textOf(data["office"]),
    at: tx.now,
    until: Math.max(tx.now, notice.until ?? tx.now + manners[kind].usefulFor),
    readAt: null,
  }
  const made = await insertMessage(tx).execute({ ...row })
  if (made === 0) return null
  await send(tx, row, notice)
  return row.id
}

/** Under which id something is told: the same text for the same owner is the same row. */
export function messageId({ kind, id }: Owner, dedupe: string): string {
  return uuidOf(`${kind}\n${id}\n${dedupe}`)
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
      owner: row.owner,
      message: row.id,
      about: row.about,
      channel,
      // Whoever takes an account over and gives it another address shall not thereby get what tells its owner of it.
      addressSealed: mutable ? null : (reach[channel] ?? null),
      secretSealed: secret,
      state: "pending",
      tries: 0,
      // Deliveries go in the order of these times.
      nextAt: isUrgent(row.kind) ? 0 : tx.now,
      leaseUntil: null,
      lastError: null,
      endedAt: null,
    })
  }
}

const stopSending = statement((db) =>
  db
    .update(deliveries)
    .set({ state: sql`'called_off'`, endedAt: sql`${p("now")}`, secretSealed: null })
    // Word for word as in the index `delivery_about`, or the engine would not use it.
    .where(
      and(eq(deliveries.about, p("about")), sql`(${deliveries.state} = 'pending' or ${deliveries.state} = 'failed')`),
    ),
)

/**
 * What has been said of a booking or ticket is no longer so: what has not been sent is not sent any more. In the inbox it stays, because it
 * was said. Call it before what is said instead.
 */
export async function callOff(tx: Tx, about: string): Promise<void> {
  await stopSending(tx).execute({ about, now: tx.now })
}

/** Messages are kept for a quarter of a year. */
const keptFor = 90 * 24 * hour

/** So many are looked at in one turn. */
const sliceMax = 5_000

const slice = statement((db) =>
  db
    .select({ owner: messages.owner, id: messages.id, at: messages.at })
    .from(messages)
    .where(sql`(${messages.owner}, ${messages.id}) > (${p("owner")}, ${p("id")})`)
    .orderBy(asc(messages.owner), asc(messages.id))
    .limit(sliceMax),
)

/** Where in the table somebody has got to. */
export interface Place {
  owner: string
  id: string
}

/**
 * Forgets messages that were told three months ago, with their deliveries, unless their owner's data is held; in a slice of the table,
 * because an index of their times would be written with each message and read once an hour. Answers where to go on; `null` at the end.
 */
export async function forgetMessages(
  tx: Tx,
  realNow: Instant,
  after: Place = { owner: "", id: "" },
): Promise<Place | null> {
  const rows = await slice(tx).execute({ ...after })
  const old = Map.groupBy(
    rows.filter(({ at }) => at < tx.now - keptFor),
    ({ owner }) => owner,
  )
  for (const [owner, own] of old) {
    const isOld = and(
      eq(messages.owner, owner),
      inArray(
        messages.id,
        own.map(({ id }) => id),
      ),
    )
    const free = await tx.db
      .select({ id: messages.id })
      .from(messages)
      .where(and(isOld, notHeld(messages.owner, realNow)))
    if (free.length === 0) continue
    const ids = free.map(({ id }) => id)
    await tx.db.delete(deliveries).where(and(eq(deliveries.owner, owner), inArray(deliveries.message, ids)))
    await tx.db.delete(messages).where(and(eq(messages.owner, owner), inArray(messages.id, ids)))
  }
  const last = rows.at(-1)
  return last && rows.length === sliceMax ? { owner: last.owner, id: last.id } : null
}

function textOf(value: string | number | null | undefined): string | null {
  return typeof value === "string" ? value : null
}
