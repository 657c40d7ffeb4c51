import { and, desc, eq, isNotNull, sql } from "drizzle-orm"
import type { SessionLevel } from "../../../db/schema/access.ts"
import { services } from "../../../db/schema/catalogue.ts"
import { type ProxyAct, people, proxies, type RelationKind, relations } from "../../../db/schema/people.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { mayBeOfAge } from "./rules.ts"

/** By what right one person acts for another. `self`: for nobody else. */
export type Right = "self" | RelationKind | "proxy"

/** What is done for somebody; `data`: their own data is read and taken away, which no proxy may do. */
export type Act = ProxyAct | "data"

declare const proven: unique symbol

/**
 * The proof that `actor` may do this for `person` now. Only `actingFor` makes it, in the turn of the change that it is for; what touches
 * a person takes it and not an id, so nothing can be written for somebody whose right was not looked at.
 */
export interface ActingFor {
  readonly actor: string
  readonly person: string
  readonly right: Right
  readonly [proven]: true
}

/** Who acts. Whoever came in without an account, or to win one back, acts for nobody else. */
export interface Actor {
  id: string
  level?: SessionLevel
}

const p = sql.placeholder

const relationTo = statement((db) =>
  db
    .select({ relation: relations, kind: people.kind, birthYear: people.birthYear })
    .from(relations)
    .innerJoin(people, eq(people.id, relations.dependant))
    .where(and(eq(relations.guardian, p("actor")), eq(relations.dependant, p("person")))),
)
const proxiesFor = statement((db) =>
  db
    .select()
    .from(proxies)
    .where(and(eq(proxies.holder, p("actor")), eq(proxies.giver, p("person")), isNotNull(proxies.since)))
    .orderBy(desc(proxies.until)),
)
const relationsOf = statement((db) =>
  db
    .select({ relation: relations, kind: people.kind })
    .from(relations)
    .innerJoin(people, eq(people.id, relations.dependant))
    .where(eq(relations.guardian, p("actor"))),
)
const proxiesHeld = statement((db) =>
  db
    .select()
    .from(proxies)
    .where(and(eq(proxies.holder, p("actor")), isNotNull(proxies.since))),
)
const sectorOf = statement((db) =>
  db
    .select({ sector: services.sector })
    .from(services)
    .where(eq(services.code, p("code"))),
)

/**
 * Proves that the actor may do this for each of these people at `now`. `service`: the code of the service that it is about, or `null`.
 * Refuses `account_needed` for whoever came in without an account; `of_age`, `right_ended`, `proxy_ended` and `proxy_scope` where there
 * was such a right and it does not reach this, and `not_for_you` for everybody else, also for people who do not exist: the answer must
 * not tell which.
 */
export async function actingFor(
  store: Store,
  actor: Actor,
  who: readonly string[],
  asked: { act: Act; service: string | null },
  now: Instant,
): Promise<ActingFor[]> {
  const proofs: ActingFor[] = []
  for (const person of who) {
    const right = person === actor.id ? "self" : await rightOver(store, actor, person, asked, now)
    proofs.push({ actor: actor.id, person, right } as ActingFor)
  }
  return proofs
}

async function rightOver(
  store: Store,
  actor: Actor,
  person: string,
  asked: { act: Act; service: string | null },
  now: Instant,
): Promise<Right> {
  if ((actor.level ?? "full") !== "full") throw new Refusal("account_needed")
  const asks = { actor: actor.id, person }
  const [found] = await relationTo(store).execute(asks)
  if (found && isBinding(found.relation, found.kind, now)) return found.relation.kind
  if (asked.act === "data") throw found ? ended(found, person, now) : new Refusal("not_for_you")
  const given = await proxiesFor(store).execute(asks)
  const standing = given.filter((proxy) => isStanding(proxy, now))
  for (const { acts, services } of standing) {
    if (acts.includes(asked.act) && (await covers(store, services, asked.service))) return "proxy"
  }
  if (standing.length > 0) throw new Refusal("proxy_scope", { person })
  if (given[0]) throw new Refusal("proxy_ended", { person, since: given[0].endedAt ?? given[0].until })
  throw found ? ended(found, person, now) : new Refusal("not_for_you")
}

/**
 * Whether the actor may do anything at all for one of these people at `now` where it is about this service: by the registry or as a proxy,
 * whichever acts the proxy was given. For what was done by such a right before and is looked at again.
 */
export async function standsFor(
  store: Store,
  actor: string,
  who: readonly string[],
  service: string,
  now: Instant,
): Promise<boolean> {
  for (const person of who) {
    const [found] = await relationTo(store).execute({ actor, person })
    if (found && isBinding(found.relation, found.kind, now)) return true
    for (const proxy of await proxiesFor(store).execute({ actor, person })) {
      if (isStanding(proxy, now) && (await covers(store, proxy.services, service))) return true
    }
  }
  return false
}

type Binding = Pick<typeof relations.$inferSelect, "kind" | "since" | "until">

/**
 * Whether a relation gives a right at `now`. A wife or husband who is a citizen acts for herself or himself and names a proxy; the
 * members of a resident's family stand on the residence of its head, who acts for them (residence rules of the passport directorate).
 */
export function isBinding({ kind, since, until }: Binding, kindOfPerson: string, now: Instant): boolean {
  const isNow = (since === null || since <= now) && (until === null || until > now)
  return isNow && (kind !== "spouse" || kindOfPerson === "resident")
}

export function isStanding(
  { since, until, endedAt }: { since: Instant | null; until: Instant; endedAt: Instant | null },
  now: Instant,
): boolean {
  return since !== null && since <= now && until > now && endedAt === null
}

/** A relation to a child ends with its age, or before by a court: which of them it was, the year of its birth tells. */
function ended(found: { relation: Binding; birthYear: number | null }, person: string, now: Instant): Refusal {
  const { relation, birthYear } = found
  const { kind, until } = relation
  if (until === null || until > now) return new Refusal("not_for_you")
  const isOld = birthYear !== null && mayBeOfAge(birthYear, until)
  return new Refusal(kind === "child" && isOld ? "of_age" : "right_ended", { person, since: until })
}

/** Nothing named: everything. */
async function covers(store: Store, named: string[], service: string | null): Promise<boolean> {
  if (named.length === 0 || service === null || named.includes(service)) return true
  const [row] = await sectorOf(store).execute({ code: service })
  return row !== undefined && named.includes(row.sector)
}

/**
 * Those for whom somebody may book at `now`, with the right by which; the registry's come first. `service`: where it is for one alone, a
 * proxy has to cover it.
 */
export async function actedFor(
  store: Store,
  actor: string,
  now: Instant,
  service: string | null = null,
): Promise<{ person: string; right: Right }[]> {
  const rows = await relationsOf(store).execute({ actor })
  const found = new Map<string, Right>()
  for (const { relation, kind } of rows)
    if (isBinding(relation, kind, now)) found.set(relation.dependant, relation.kind)
  const held = await proxiesHeld(store).execute({ actor })
  for (const proxy of held) {
    const mayBook =
      isStanding(proxy, now) && proxy.acts.includes("book") && (await covers(store, proxy.services, service))
    if (mayBook && !found.has(proxy.giver)) found.set(proxy.giver, "proxy")
  }
  return [...found].map(([person, right]) => ({ person, right }))
}

/** The ids alone. */
export const peopleIn = (party: readonly ActingFor[]) => party.map(({ person }) => person)
