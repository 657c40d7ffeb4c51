import { eq, lt, sql } from "drizzle-orm"
import { clear } from "../../../db/clearing.ts"
import { accountsStream } from "../../../db/facts.ts"
import { throttles } from "../../../db/schema/access.ts"
import { statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant, minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"

/*
 * Failed sign-ins, as rows, so that a restart forgives nothing. An attempt counts as failed from the moment it is made, and success takes
 * that back: many attempts in the same instant then see each other, and none is free because the others are still being checked.
 */

/** Five are free; then the wait doubles from a second up to a quarter of an hour (OWASP Authentication Cheat Sheet). */
const freeFailures = 5
const waitMax = 15 * minute

/** One address may fail this often in a minute, whomever it names. Those who get in do not count: a whole office may share an address. */
const addressFailures = 20
const addressWindow = minute

/** One address may fail at one account this often. Guesses that come slowly enough for the wait above run into the second. */
const ofPair = {
  minute: { most: 5, window: minute },
  halfDay: { most: 50, window: 12 * hour },
} as const

/** Who tries. Both are made by a keyed hash: no number, no login and no address stands in a row. */
export interface Attempt {
  account: string
  address: string
  /** The two together, where they have a limit of their own. */
  pair?: string
}

const row = statement((db) =>
  db
    .select()
    .from(throttles)
    .where(eq(throttles.key, sql.placeholder("key"))),
)
const put = statement((db) =>
  db
    .insert(throttles)
    .values({
      key: sql.placeholder("key"),
      failures: sql.placeholder("failures"),
      blockedUntil: sql.placeholder("blockedUntil"),
      at: sql.placeholder("at"),
    })
    .onConflictDoUpdate({
      target: throttles.key,
      set: { failures: sql`excluded.failures`, blockedUntil: sql`excluded.blocked_until`, at: sql`excluded.at` },
    }),
)
const forgive = statement((db) => db.delete(throttles).where(eq(throttles.key, sql.placeholder("key"))))
const takeBack = statement((db) =>
  db
    .update(throttles)
    .set({ failures: sql`max(0, ${throttles.failures} - 1)`, blockedUntil: 0 })
    .where(eq(throttles.key, sql.placeholder("key"))),
)
const countTry = statement((db) => {
  const isOver = sql`(${throttles.at} <= ${sql.placeholder("since")} OR ${throttles.at} > ${sql.placeholder("now")})`
  return db
    .insert(throttles)
    .values({ key: sql.placeholder("key"), failures: 1, blockedUntil: 0, at: sql.placeholder("now") })
    .onConflictDoUpdate({
      target: throttles.key,
      set: {
        failures: sql`CASE WHEN ${isOver} THEN 1 ELSE ${throttles.failures} + 1 END`,
        at: sql`CASE WHEN ${isOver} THEN excluded.at ELSE ${throttles.at} END`,
      },
    })
    .returning({ failures: throttles.failures, at: throttles.at })
})

/**
 * Counts an attempt before it is checked, whoever it is for: an account that does not exist is throttled like one that does. `now` is the
 * real clock's. Refuses `too_many_requests` with `retryAfterSeconds` while this account or this address has to wait.
 */
export async function begin(tx: Tx, { account, address, pair }: Attempt, now: Instant): Promise<void> {
  const [own] = await row(tx).execute({ key: account })
  const [from] = await row(tx).execute({ key: address })
  // Whoever has to wait for more than one reason is told of the longest.
  const until = Math.max(own?.blockedUntil ?? 0, from?.blockedUntil ?? 0, await pairUntil(tx, pair, now))
  if (until > now) throw new Refusal("too_many_requests", { retryAfterSeconds: Math.ceil((until - now) / 1000) })
  if (pair) for (const [name, limit] of pairs) await spendTry(tx, `${name} ${pair}`, limit, now)

  const failures = (own?.failures ?? 0) + 1
  const beyond = failures - freeFailures
  const wait = beyond < 0 ? 0 : Math.min(waitMax, 1000 * 2 ** Math.min(20, beyond))
  await put(tx).execute({ key: account, failures, blockedUntil: wait > 0 ? now + wait : 0, at: now })

  const isRunning = from !== undefined && now - from.at < addressWindow && now >= from.at
  const count = isRunning ? from.failures + 1 : 1
  const since = isRunning ? from.at : now
  const blockedUntil = count >= addressFailures ? since + addressWindow : 0
  await put(tx).execute({ key: address, failures: count, blockedUntil, at: since })
}

/** The attempt was right: the account's failures are forgiven, the address has one attempt less. */
export async function succeeded(tx: Tx, { account, address, pair }: Attempt): Promise<void> {
  await forgive(tx).execute({ key: account })
  await takeBack(tx).execute({ key: address })
  if (pair) await takeBackPair(tx, pair)
}

/** The attempt could not be checked, because too many were waiting: nobody's fault. */
export async function notChecked(tx: Tx, { account, address, pair }: Attempt): Promise<void> {
  await takeBack(tx).execute({ key: account })
  await takeBack(tx).execute({ key: address })
  if (pair) await takeBackPair(tx, pair)
}

const pairs = Object.entries(ofPair)

/** Until when this address has failed at this account often enough. */
async function pairUntil(tx: Tx, pair: string | undefined, now: Instant): Promise<Instant> {
  let until = 0
  for (const [name, { most, window }] of pair ? pairs : []) {
    const [counted] = await row(tx).execute({ key: `${name} ${pair}` })
    const isFull = counted !== undefined && counted.failures >= most && counted.at <= now
    if (isFull) until = Math.max(until, counted.at + window)
  }
  return until
}

async function takeBackPair(tx: Tx, pair: string): Promise<void> {
  for (const [name] of pairs) await takeBack(tx).execute({ key: `${name} ${pair}` })
}

/** The attempt was wrong. */
export async function failed(tx: Tx): Promise<void> {
  await tx.say(accountsStream, "sign_in.refused", { why: "wrong" })
}

/**
 * Counts a try of something that may be tried `most` times in a `window` (milliseconds), before it is looked at. The count stands with the
 * turn: whoever finds it wrong must answer and not throw. Refuses `too_many_requests` with `retryAfterSeconds`.
 */
export async function spendTry(
  tx: Tx,
  key: string,
  { most, window }: { most: number; window: number },
  now: Instant,
): Promise<void> {
  const [counted] = await countTry(tx).execute({ key, now, since: now - window })
  if (!counted || counted.failures <= most) return
  throw new Refusal("too_many_requests", { retryAfterSeconds: Math.ceil((counted.at + window - now) / 1000) })
}

/** It was right: one try less. */
export async function giveBackTry(tx: Tx, key: string): Promise<void> {
  await takeBack(tx).execute({ key })
}

/** What may be done `burst` times at once, and from then on once every `every` milliseconds. */
export interface Pace {
  burst: number
  every: number
}

/**
 * `blocked_until` says until when all that was done is paid for at this pace; the statement lets nobody owe more than the burst. A clock
 * that was set back leaves nobody with more to pay than that.
 */
const go = statement((db) => {
  const now = sql.placeholder("now")
  const most = sql`${now} + ${sql.placeholder("most")}`
  const owed = sql`CASE WHEN ${throttles.blockedUntil} BETWEEN ${now} AND ${most} THEN ${throttles.blockedUntil} ELSE ${now} END`
  return db
    .insert(throttles)
    .values({
      key: sql.placeholder("key"),
      failures: 0,
      blockedUntil: sql`${now} + ${sql.placeholder("every")}`,
      at: now,
    })
    .onConflictDoUpdate({
      target: throttles.key,
      set: { blockedUntil: sql`${owed} + ${sql.placeholder("every")}`, at: sql`excluded.at` },
      setWhere: sql`${owed} + ${sql.placeholder("every")} <= ${most}`,
    })
    .returning({ blockedUntil: throttles.blockedUntil })
})
const goBack = statement((db) =>
  db
    .update(throttles)
    .set({ blockedUntil: sql`${throttles.blockedUntil} - ${sql.placeholder("every")}` })
    .where(eq(throttles.key, sql.placeholder("key"))),
)

/** Counts one more at this pace, before it is looked at. Refuses `too_many_requests` with `retryAfterSeconds`. */
export async function keepPace(tx: Tx, key: string, { burst, every }: Pace, now: Instant): Promise<void> {
  const most = burst * every
  const [gone] = await go(tx).execute({ key, now, every, most })
  if (gone) return
  const [own] = await row(tx).execute({ key })
  const owed = own?.blockedUntil ?? now
  throw new Refusal("too_many_requests", {
    retryAfterSeconds: Math.max(1, Math.ceil((owed + every - most - now) / 1000)),
  })
}

/** It was right, and is not counted: behind one address there may be a whole office. */
export async function countedForNothing(tx: Tx, key: string, { every }: Pace): Promise<void> {
  await goBack(tx).execute({ key, every })
}

/** Forgets failures older than a day; answers how many, see `clear`. */
export function forgetFailures(tx: Tx, now: Instant): Promise<number> {
  return clear(tx, throttles, [throttles.key], lt(throttles.at, now - 24 * hour))
}
