import { and, asc, eq, gt, isNull, lt, or, sql } from "drizzle-orm"
import { clear } from "../../../db/clearing.ts"
import { accountsStream } from "../../../db/facts.ts"
import type { Words } from "../../../db/schema/catalogue.ts"
import { type ProxyAct, people, personKeys, proxies } from "../../../db/schema/people.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { addDays, type Day, hour, type Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { cleanText, readNumber } from "../../base/text.ts"
import { dayIn, wallToInstant } from "../../base/time.ts"
import { isStanding } from "./acting.ts"
import { personalData, personByNumber } from "./reads.ts"
import { civilZone, isGrown, isNamed, proxiesMax, proxyDaysMax } from "./rules.ts"
import { openedName, personKey } from "./sealed.ts"

/*
 * Somebody names a grown person to act in the own name: for what, in which services, until when. The giver types number and name and is
 * never told whether anybody here has them: what the giver sees afterwards is what was typed. The row is written first and is nothing
 * until the giver has confirmed it with a passkey.
 */

/** What nobody confirmed goes after a day; what is over after a year and a month, when no booking made by it is left either. */
const unconfirmedFor = 24 * hour
const endedFor = 400 * 24 * hour

export interface WantedProxy {
  number: string
  name: string
  acts: ProxyAct[]
  /** Codes of sectors and services; none: every service. */
  services: string[]
  /** The last day on which it is good. */
  until: Day
}

const p = sql.placeholder
const isOpen = and(isNull(proxies.endedAt), sql`${proxies.until} > ${p("now")}`)

const insertProxy = statement((db) => db.insert(proxies).values(placeholders(proxies)))
const beginProxy = statement((db) =>
  db
    .update(proxies)
    .set({ since: sql`${p("now")}` })
    .where(
      and(
        eq(proxies.id, p("id")),
        eq(proxies.giver, p("giver")),
        isNull(proxies.since),
        isOpen,
        sql`(select count(*) from ${proxies} as other where other.giver = ${p("giver")} and other.since is not null
          and other.ended_at is null and other.until > ${p("now")}) < ${proxiesMax}`,
      ),
    )
    .returning(),
)
const endOpen = statement((db) =>
  db
    .update(proxies)
    .set({ endedAt: sql`${p("now")}`, endedBy: sql`${p("by")}` })
    .where(and(eq(proxies.id, p("id")), or(eq(proxies.giver, p("by")), eq(proxies.holder, p("by"))), isOpen))
    .returning(),
)

/**
 * Writes down whom somebody wants to name; `beginsNow` makes it count. Answers the id and the last four digits of the number.
 * Refuses `invalid_field` with its name for a number, a name, acts or a day that cannot be (a day later than a year from now included),
 * and `forbidden` for a giver who is not grown. It never tells whether the number or the name is known here.
 */
export async function askProxy(
  tx: Tx,
  keys: Keys,
  giver: string,
  wanted: WantedProxy,
): Promise<{ id: string; lastFour: string; until: Instant }> {
  const number = readNumber(wanted.number)
  if (number === null) throw new Refusal("invalid_field", { field: "number" })
  const name = cleanText(wanted.name, "name", 120)
  if (name.split(/\s+/).length < 2) throw new Refusal("invalid_field", { field: "name" })
  if (wanted.acts.length === 0) throw new Refusal("invalid_field", { field: "acts" })
  const today = dayIn(tx.now, civilZone)
  if (wanted.until < today || wanted.until > addDays(today, proxyDaysMax)) {
    throw new Refusal("invalid_field", { field: "until" })
  }
  const own = await personalData(tx, keys, giver)
  const key = await personKey(tx, keys, giver)
  if (!own || !key || !isGrown(own, tx.now)) throw new Refusal("forbidden")
  if (number === own.nationalId) throw new Refusal("invalid_field", { field: "number" })
  const holder = await holderNamed(tx, keys, number, name, giver)
  const id = tx.id()
  const lastFour = number.slice(-4)
  const until = wallToInstant(addDays(wanted.until, 1), "00:00", civilZone)
  const namedSealed = key.seal("proxy.named", JSON.stringify({ name, lastFour }), tx.chance)
  await insertProxy(tx).execute({
    ...{ id, giver, holder, namedSealed, acts: wanted.acts, services: wanted.services },
    ...{ askedAt: tx.now, since: null, until, endedAt: null, endedBy: null },
  })
  return { id, lastFour, until }
}

/**
 * Whoever has this number, this name and an account, and is grown; `null` for nobody. Where nobody has the number, the giver's own data
 * is opened in its place, so that both take the same time.
 */
async function holderNamed(tx: Tx, keys: Keys, number: string, name: string, giver: string): Promise<string | null> {
  const found = await personByNumber(tx, keys.index("number", number))
  const data = await personalData(tx, keys, found?.id ?? giver)
  const fits = data?.name ? isNamed(name, data.name) : false
  const isAble = data !== null && data.passwordHash !== null && data.erasedAt === null && isGrown(data, tx.now)
  return found && fits && isAble ? found.id : null
}

export type ProxyRow = typeof proxies.$inferSelect

/** The giver has confirmed it: it counts from now on. Refuses `proxy_limit`, `confirmation_over` where it is none that waits for that. */
export async function beginProxyNow(tx: Tx, giver: string, id: string): Promise<ProxyRow> {
  const [begun] = await beginProxy(tx).execute({ id, giver, now: tx.now })
  if (!begun) throw await whyNotBegun(tx, giver, id)
  const { holder, acts, services, until } = begun
  await tx.say(accountsStream, "proxy.given", { proxy: id, holder, acts, services, until, subject: giver })
  return begun
}

async function whyNotBegun(tx: Tx, giver: string, id: string): Promise<Refusal> {
  const [waits] = await tx.db
    .select()
    .from(proxies)
    .where(and(eq(proxies.id, id), eq(proxies.giver, giver), isNull(proxies.since), isNull(proxies.endedAt)))
  return new Refusal(waits && waits.until > tx.now ? "proxy_limit" : "confirmation_over")
}

/** Ends it at once: the giver, or the holder who will not have it any more. Ending what is over is no mistake. Refuses `not_found`. */
export async function endProxy(tx: Tx, by: string, id: string): Promise<{ row: ProxyRow; isNews: boolean }> {
  const [row] = await tx.db.select().from(proxies).where(eq(proxies.id, id))
  if (!row || (row.giver !== by && row.holder !== by)) throw new Refusal("not_found", { what: "proxy" })
  const [ended] = await endOpen(tx).execute({ id, by, now: tx.now })
  if (!ended) return { row, isNews: false }
  if (ended.since !== null)
    await tx.say(accountsStream, "proxy.ended", { proxy: id, holder: ended.holder, by, subject: ended.giver })
  return { row: ended, isNews: ended.since !== null }
}

export interface GivenProxy extends ProxyRow {
  /** As the giver typed it. */
  named: { name: string; lastFour: string }
}

/** Whom somebody has named, as it was typed: what stands at `now`. */
export async function proxiesGiven(store: Store, keys: Keys, giver: string, now: Instant): Promise<GivenProxy[]> {
  const key = await personKey(store, keys, giver)
  if (!key) return []
  const rows = await store.db.select().from(proxies).where(eq(proxies.giver, giver)).orderBy(asc(proxies.askedAt))
  return rows
    .filter((row) => isStanding(row, now))
    .map((row) => ({ ...row, named: JSON.parse(key.open("proxy.named", row.namedSealed)) }))
}

/** The name that the giver typed for this proxy; empty where it is not theirs. */
export async function namedIn(store: Store, keys: Keys, giver: string, id: string): Promise<string> {
  const key = await personKey(store, keys, giver)
  const [row] = await store.db
    .select()
    .from(proxies)
    .where(and(eq(proxies.id, id), eq(proxies.giver, giver)))
  return key && row ? JSON.parse(key.open("proxy.named", row.namedSealed)).name : ""
}

/** Of whom somebody is the proxy at `now`, with their names. */
export async function proxiesHeld(
  store: Store,
  keys: Keys,
  holder: string,
  now: Instant,
): Promise<(ProxyRow & { name: Words })[]> {
  const rows = await store.db
    .select({ proxy: proxies, nameSealed: people.nameSealed, keySealed: personKeys.sealed })
    .from(proxies)
    .innerJoin(people, eq(people.id, proxies.giver))
    .innerJoin(personKeys, eq(personKeys.person, people.id))
    .where(and(eq(proxies.holder, holder), gt(proxies.until, now)))
    .orderBy(asc(proxies.askedAt))
  return rows
    .filter(({ proxy }) => isStanding(proxy, now))
    .map(({ proxy, nameSealed, keySealed }) => {
      const name = openedName(keys.personKey(proxy.giver, keySealed), nameSealed)
      return { ...proxy, name: name ?? { ar: "", en: "" } }
    })
}

/** Forgets what nobody confirmed within a day, and what has been over for longer than any booking is kept; answers how many, see `clear`. */
export function forgetProxies(tx: Tx): Promise<number> {
  const over = or(
    and(isNull(proxies.since), lt(proxies.askedAt, tx.now - unconfirmedFor)),
    lt(proxies.until, tx.now - endedFor),
    lt(proxies.endedAt, tx.now - endedFor),
  )
  return clear(tx, proxies, [proxies.id], over)
}

/** Whoever is erased names nobody and acts for nobody: what others typed of the person stays theirs. */
export async function dropProxies(tx: Tx, person: string): Promise<void> {
  await tx.db.delete(proxies).where(eq(proxies.giver, person))
  await tx.db.update(proxies).set({ holder: null }).where(eq(proxies.holder, person))
}
