import { and, asc, desc, eq, inArray, isNull, or, sql } from "drizzle-orm"
import type { AnyFact } from "../../../db/facts.ts"
import { apiKeys, sessions } from "../../../db/schema/access.ts"
import { holds } from "../../../db/schema/availability.ts"
import { bookingPeople, bookings } from "../../../db/schema/bookings.ts"
import { issuedDocuments } from "../../../db/schema/documents.ts"
import { facts } from "../../../db/schema/facts.ts"
import { contacts, messages, mutes } from "../../../db/schema/messages.ts"
import { confirmations, passkeys, recoveryCodes } from "../../../db/schema/passkeys.ts"
import { people, proxies, relations } from "../../../db/schema/people.ts"
import { legalHolds, privacyRequests } from "../../../db/schema/privacy.ts"
import { tickets } from "../../../db/schema/queue.ts"
import { accessRequests } from "../../../db/schema/staff-requests.ts"
import { waitlist } from "../../../db/schema/waitlist.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys, PersonKey } from "../../base/seal.ts"
import { isBinding, standsFor } from "./acting.ts"
import { carriedOutFor, travelPermitsOf } from "./carried-out.ts"
import { civilRecord } from "./civil.ts"
import { readsOf } from "./read-log.ts"
import { personalData, person as personOf } from "./reads.ts"
import { personKey } from "./sealed.ts"
import { videoVisitsOf } from "./video.ts"

export type OwnData = Awaited<ReturnType<typeof ownData>>

/** More of it is in the file of a longer life than anybody has spent at counters. */
const factsMax = 20_000

/**
 * Everything that is kept about a person, in clear, without what would let somebody act as the person: no hash, no key of a passkey, no
 * token. Instants are numbers. Refuses `not_found` for nobody and for somebody who has been erased.
 */
export async function ownData(store: Store, keys: Keys, person: string, now: Instant) {
  const row = await personalData(store, keys, person)
  const key = await personKey(store, keys, person)
  if (!row || !key) throw new Refusal("not_found", { what: "person" })
  const { db } = store
  const isCitizen = (
    kind: typeof contacts.kind | typeof mutes.kind,
    owner: typeof contacts.owner | typeof mutes.owner,
  ) => and(sql`${kind} = 'citizen'`, sql`${owner} = ${person}`)
  const [contact] = await db.select().from(contacts).where(isCitizen(contacts.kind, contacts.owner))
  const muted = await db.select().from(mutes).where(isCitizen(mutes.kind, mutes.owner))

  return {
    profile: {
      id: row.id,
      kind: row.kind,
      name: row.name,
      nationalId: row.nationalId,
      birthDay: row.birthDay,
      birthYear: row.birthYear,
      mobile: row.mobile,
      email: contact?.emailSealed ? key.open("contact.email", contact.emailSealed) : null,
      language: contact?.lang ?? null,
      notWanted: muted.map(({ theme, channel }) => `${theme}.${channel}`),
      createdAt: row.createdAt,
    },
    civil: await civilRecord(store, keys, person),
    family: await familyOf(store, keys, person, now),
    proxies: await proxiesOf(store, keys, person),
    ...(await visitsOf(store, person, now)),
    videoVisits: await videoVisitsOf(store, person, key),
    services: await carriedOutFor(store, person, key),
    permits: await travelPermitsOf(store, person, key),
    documents: await documentsIn(store, person, key),
    messages: await db
      .select({
        kind: messages.kind,
        data: messages.data,
        office: messages.office,
        at: messages.at,
        readAt: messages.readAt,
      })
      .from(messages)
      .where(and(eq(messages.ownerKind, "citizen"), eq(messages.owner, person)))
      .orderBy(desc(messages.at)),
    ...(await accessOf(store, person)),
    reads: await readsOf(store, person, 10_000),
    requests: await requestsOf(store, person, (sealed) => key.open("privacy_request.note", sealed)),
    legalHolds: await db
      .select({ placedAt: legalHolds.placedAt, until: legalHolds.until, liftedAt: legalHolds.liftedAt })
      .from(legalHolds)
      .where(eq(legalHolds.person, person)),
    facts: await factsOf(store, person),
  }
}

/** Of each relation what it is and was, and who of the two may act for the other now. */
async function familyOf(store: Store, keys: Keys, person: string, now: Instant) {
  const rows = await store.db
    .select({ relation: relations, kindOfDependant: people.kind })
    .from(relations)
    .innerJoin(people, eq(people.id, relations.dependant))
    .where(or(eq(relations.guardian, person), eq(relations.dependant, person)))
  return Promise.all(
    rows.map(async ({ relation, kindOfDependant }) => {
      const { guardian, dependant, kind, since, until } = relation
      const isGuardian = guardian === person
      const other = isGuardian ? dependant : guardian
      const isStanding = isBinding(relation, kindOfDependant, now)
      return {
        ...{ id: other, name: (await personOf(store, keys, other))?.name ?? null, kind, isGuardian, since, until },
        ...{ mayAct: isGuardian && isStanding, actsForYou: !isGuardian && isStanding },
      }
    }),
  )
}

/** Whom the person has named, as it was typed, and for whom the person acts. */
async function proxiesOf(store: Store, keys: Keys, person: string) {
  const key = await personKey(store, keys, person)
  const rows = await store.db
    .select()
    .from(proxies)
    .where(or(eq(proxies.giver, person), eq(proxies.holder, person)))
    .orderBy(desc(proxies.askedAt))
  return Promise.all(
    rows.map(async ({ giver, namedSealed, acts, services, since, until, endedAt }) => {
      const isGiven = giver === person
      const named = isGiven && key ? (JSON.parse(key.open("proxy.named", namedSealed)) as { name: string }).name : null
      const name = isGiven ? named : ((await personOf(store, keys, giver))?.name ?? null)
      return { given: isGiven, name, acts, services, since, until, endedAt }
    }),
  )
}

/** What somebody booked as the proxy of another is that one's once the proxy has ended. */
async function isOfEndedProxy(
  store: Store,
  person: string,
  { id, person: owner, service, byProxy }: typeof bookings.$inferSelect,
  now: Instant,
): Promise<boolean> {
  if (!byProxy || owner !== person) return false
  const who = await store.db
    .select({ person: bookingPeople.person })
    .from(bookingPeople)
    .where(eq(bookingPeople.booking, id))
  const givers = who.map(({ person }) => person)
  return !(await standsFor(store, person, givers, service, now))
}

async function visitsOf(store: Store, person: string, now: Instant) {
  const { db } = store
  // Apart, as their indexes are.
  const comesTo = (isOpen: boolean) =>
    db
      .select({ id: bookingPeople.booking })
      .from(bookingPeople)
      .where(
        and(eq(bookingPeople.person, person), isOpen ? sql`${bookingPeople.open}` : sql`not ${bookingPeople.open}`),
      )
  const booked = await db
    .select()
    .from(bookings)
    .where(or(eq(bookings.person, person), inArray(bookings.id, comesTo(true)), inArray(bookings.id, comesTo(false))))
    .orderBy(desc(bookings.startsAt))
  const shown: typeof booked = []
  for (const row of booked) if (!(await isOfEndedProxy(store, person, row, now))) shown.push(row)
  return {
    bookings: shown.map(({ person: owner, byProxy: _byProxy, ...row }) => ({ ...row, own: owner === person })),
    tickets: (
      await db
        .select()
        .from(tickets)
        // Whoever is known holds a ticket by the own id.
        .where(eq(tickets.holder, person))
        .orderBy(desc(tickets.arrivedAt))
    ).map(({ holder: _holder, person: _person, undo: _undo, ...row }) => row),
    heldPlaces: (await db.select().from(holds).where(eq(holds.person, person)).orderBy(desc(holds.until))).map(
      ({ office, service, startsAt, until, state }) => ({ office, service, startsAt, until, state }),
    ),
    waitingList: (
      await db.select().from(waitlist).where(eq(waitlist.person, person)).orderBy(desc(waitlist.joinedAt))
    ).map(({ office, service, firstDay, lastDay, state, joinedAt, endedAt }) => ({
      ...{ office, service, firstDay, lastDay, state, joinedAt, endedAt },
    })),
  }
}

/** What the house has issued to the person, with all that it says. */
async function documentsIn({ db }: Store, person: string, key: PersonKey) {
  const rows = await db
    .select()
    .from(issuedDocuments)
    .where(eq(issuedDocuments.person, person))
    .orderBy(desc(issuedDocuments.issuedAt))
  return rows.map(({ kind, office, codeSealed, bodySealed, sha256, signature, ...row }) => ({
    ...{ kind, office, sha256, signature, issuedAt: row.issuedAt, until: row.until, revokedAt: row.revokedAt },
    code: codeSealed === null ? null : key.open("issued_document.code", codeSealed),
    text: bodySealed === null ? null : key.open("issued_document.body", bodySealed),
  }))
}

async function accessOf({ db }: Store, person: string) {
  const [codes] = await db
    .select({ left: sql<number>`count(*)` })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.kind, "citizen"), eq(recoveryCodes.owner, person), isNull(recoveryCodes.usedAt)))
  return {
    sessions: (
      await db
        .select()
        .from(sessions)
        .where(and(eq(sessions.kind, "citizen"), eq(sessions.subject, person)))
        .orderBy(desc(sessions.createdAt))
    ).map(({ createdAt, seenAt, until, factors, userAgent, revokedAt }) => ({
      ...{ createdAt, seenAt, until, factors, userAgent, revokedAt },
    })),
    passkeys: await db
      .select({
        name: passkeys.name,
        createdAt: passkeys.createdAt,
        usedAt: passkeys.usedAt,
        backedUp: passkeys.backedUp,
        transports: passkeys.transports,
      })
      .from(passkeys)
      .where(and(eq(passkeys.kind, "citizen"), eq(passkeys.owner, person)))
      .orderBy(asc(passkeys.createdAt)),
    recoveryCodesLeft: codes?.left ?? 0,
    programKeys: await db
      .select({ name: apiKeys.name, createdAt: apiKeys.createdAt, until: apiKeys.until, revokedAt: apiKeys.revokedAt })
      .from(apiKeys)
      .where(and(eq(apiKeys.kind, "citizen"), eq(apiKeys.subject, person))),
    confirmations: (
      await db
        .select()
        .from(confirmations)
        .where(
          and(
            eq(confirmations.kind, "citizen"),
            eq(confirmations.owner, person),
            sql`${confirmations.usedAt} is not null`,
          ),
        )
    ).map(({ action, object, frozen, usedAt }) => ({ action, object, text: JSON.parse(frozen).text, usedAt })),
    /** New ways in that were asked for at a counter. */
    resets: await db
      .select({
        office: accessRequests.scope,
        document: accessRequests.document,
        documentEnd: accessRequests.documentEnd,
        state: accessRequests.state,
        askedAt: accessRequests.askedAt,
        decidedAt: accessRequests.decidedAt,
      })
      .from(accessRequests)
      .where(and(eq(accessRequests.kind, "citizen_reset"), eq(accessRequests.subject, person)))
      .orderBy(desc(accessRequests.askedAt)),
  }
}

async function requestsOf({ db }: Store, person: string, open: (sealed: string) => string) {
  const rows = await db.select().from(privacyRequests).where(eq(privacyRequests.person, person))
  return rows.map(({ kind, state, askedAt, dueAt, endedAt, noteSealed }) => ({
    ...{ kind, state, askedAt, dueAt, endedAt },
    note: noteSealed === null ? null : open(noteSealed),
  }))
}

/** What was said about the person, the last first. */
export async function factsOf(store: Store, person: string): Promise<Pick<AnyFact, "stream" | "at" | "kind">[]> {
  return store.db
    .select({ stream: facts.stream, at: facts.at, kind: facts.kind })
    .from(facts)
    .where(eq(facts.subject, person))
    .orderBy(desc(facts.at))
    .limit(factsMax)
}
