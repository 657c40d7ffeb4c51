import { and, asc, count, desc, eq, inArray, isNull, lte, or, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { type Channel, type DeliveryRow, deliveries, type MessageRow, messages } from "../../../db/schema/messages.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { type Instant, minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { waitAfter } from "./rules.ts"

/*
 * Deliveries on their way. One is taken in a turn, sent outside of any turn, and its outcome written in a second one. Who takes it has it
 * for a while (`leaseUntil`): if the process dies between sending and writing, it is taken and sent again under the same id, by which a
 * provider can tell that it has seen it. So everything is sent at least once, and twice only then.
 */

/** Longer than any try may last. */
export const leaseFor = 2 * minute

export interface Taken {
  delivery: DeliveryRow
  message: MessageRow
}

const p = sql.placeholder
// Word for word as in the index `delivery_due`, or the engine would not use it.
const isOpen = sql`(${deliveries.state} = 'pending' or ${deliveries.state} = 'failed')`
const isDue = and(
  eq(deliveries.channel, p("channel")),
  lte(deliveries.nextAt, p("now")),
  or(isNull(deliveries.leaseUntil), lte(deliveries.leaseUntil, p("now"))),
  isOpen,
)

const isOfMessage = and(eq(messages.owner, deliveries.owner), eq(messages.id, deliveries.message))

const dueNow = statement((db) =>
  db
    .select({ delivery: deliveries, message: messages })
    .from(deliveries)
    .innerJoin(messages, isOfMessage)
    .where(isDue)
    .orderBy(asc(deliveries.nextAt))
    .limit(p("most")),
)
const anyDue = statement((db) => db.select({ id: deliveries.id }).from(deliveries).where(isDue).limit(1))
const begin = statement((db) =>
  db
    .update(deliveries)
    .set({ tries: sql`${deliveries.tries} + 1`, leaseUntil: sql`${p("leaseUntil")}` })
    .where(eq(deliveries.id, p("id"))),
)

/** Whether there is anything to do on a channel; what is not due costs no turn. */
export async function hasDue(store: Store, channel: Channel, now: Instant): Promise<boolean> {
  return (await anyDue(store).execute({ channel, now })).length > 0
}

/** Takes at most `most` deliveries of a channel to be sent now. What is of no use any more is given up on the way. */
export async function takeDue(tx: Tx, channel: Channel, most: number): Promise<Taken[]> {
  const taken: Taken[] = []
  for (const { delivery, message } of await dueNow(tx).execute({ channel, now: tx.now, most })) {
    if (message.until <= tx.now) {
      await giveUp(tx, delivery, "too_late")
      continue
    }
    // Counted when it begins, so that one which brings the process down is not begun for ever.
    await begin(tx).execute({ id: delivery.id, leaseUntil: tx.now + leaseFor })
    taken.push({ delivery: { ...delivery, tries: delivery.tries + 1 }, message })
  }
  return taken
}

export interface Outcome {
  delivery: DeliveryRow
  /** `null`: it was taken. Else why not, in a word or two and without an address; `final` where another try would do no better. */
  failed: { why: string; final?: boolean } | null
}

const setSent = statement((db) =>
  db
    .update(deliveries)
    .set({
      state: sql`'sent'`,
      leaseUntil: null,
      lastError: null,
      endedAt: sql`${p("now")}`,
      secretSealed: sql`case when ${p("keepSecret")} then ${deliveries.secretSealed} end`,
    })
    .where(and(eq(deliveries.id, p("id")), isOpen))
    .returning({ id: deliveries.id }),
)
const setFailed = statement((db) =>
  db
    .update(deliveries)
    .set({
      state: sql`'failed'`,
      leaseUntil: null,
      lastError: sql`${p("why")}`,
      nextAt: sql`${p("nextAt")}`,
    })
    .where(and(eq(deliveries.id, p("id")), isOpen)),
)
const setDead = statement((db) =>
  db
    .update(deliveries)
    .set({
      state: sql`'dead'`,
      leaseUntil: null,
      lastError: sql`${p("why")}`,
      endedAt: sql`${p("now")}`,
      // What may be tried again needs its code; what comes too late never will.
      secretSealed: sql`case when ${p("why")} <> 'too_late' then ${deliveries.secretSealed} end`,
    })
    .where(and(eq(deliveries.id, p("id")), isOpen))
    .returning({ id: deliveries.id }),
)

/** Writes what came of deliveries. `keepSecrets`: in a demonstration, whose page shows what would have been sent. */
export async function writeOutcomes(tx: Tx, outcomes: Outcome[], { keepSecrets = false } = {}): Promise<void> {
  for (const { delivery, failed } of outcomes) {
    const { id, channel, tries } = delivery
    if (failed === null) {
      const sent = await setSent(tx).execute({ id, now: tx.now, keepSecret: keepSecrets ? 1 : 0 })
      if (sent.length > 0) await tx.say(accountsStream, "message.sent", { delivery: id, channel, tries })
      continue
    }
    const wait = failed.final ? null : waitAfter(tries)
    if (wait === null) await giveUp(tx, delivery, failed.why)
    else await setFailed(tx).execute({ id, why: failed.why, nextAt: tx.now + wait })
  }
}

async function giveUp(tx: Tx, { id, channel, tries }: DeliveryRow, why: string): Promise<void> {
  const dead = await setDead(tx).execute({ id, now: tx.now, why })
  if (dead.length > 0) await tx.say(accountsStream, "message.dead", { delivery: id, channel, tries, why })
}

/** Whose dead letters somebody may see: those of these offices; `null`: all, those of the accounts included. */
export type Offices = string[] | null

const isDead = sql`${deliveries.state} = 'dead'`
const within = (offices: Offices) => (offices === null ? undefined : inArray(messages.office, offices))

/** What was given up, the latest first. `before`: the id of the last one that was seen. */
export async function deadLetters(store: Store, offices: Offices, most: number, before?: string): Promise<Taken[]> {
  const [last] = before
    ? await store.db.select({ at: deliveries.endedAt }).from(deliveries).where(eq(deliveries.id, before))
    : []
  const older = last ? sql`(${deliveries.endedAt}, ${deliveries.id}) < (${last.at}, ${before ?? ""})` : undefined
  return store.db
    .select({ delivery: deliveries, message: messages })
    .from(deliveries)
    .innerJoin(messages, isOfMessage)
    .where(and(isDead, within(offices), older))
    .orderBy(desc(deliveries.endedAt), desc(deliveries.id))
    .limit(most)
}

/** How many there are. */
export async function countDead(store: Store, offices: Offices): Promise<number> {
  const [row] = await store.db
    .select({ n: count() })
    .from(deliveries)
    .innerJoin(messages, isOfMessage)
    .where(and(isDead, within(offices)))
  return row?.n ?? 0
}

/**
 * Has a dead letter tried again from the beginning. Refuses `not_found` where it is none, or not of these offices, and `wrong_state` where
 * it is of no use to anybody any more.
 */
export async function tryAgain(tx: Tx, by: { id: string }, offices: Offices, id: string): Promise<void> {
  const [found] = await tx.db
    .select({ until: messages.until })
    .from(deliveries)
    .innerJoin(messages, isOfMessage)
    .where(and(eq(deliveries.id, id), isDead, within(offices)))
  if (!found) throw new Refusal("not_found", { what: "delivery" })
  if (found.until <= tx.now) throw new Refusal("wrong_state", { state: "too_late" })
  await tx.db
    .update(deliveries)
    .set({ state: "pending", tries: 0, nextAt: tx.now, leaseUntil: null, endedAt: null })
    .where(eq(deliveries.id, id))
  await tx.say(accountsStream, "message.retried", { delivery: id, by: by.id })
}

/** The last deliveries that went out, for the page of a demonstration. */
export function lastSent(store: Store, most: number): Promise<Taken[]> {
  return store.db
    .select({ delivery: deliveries, message: messages })
    .from(deliveries)
    .innerJoin(messages, isOfMessage)
    .where(eq(deliveries.state, "sent"))
    .orderBy(desc(deliveries.endedAt), desc(deliveries.id))
    .limit(most)
}
