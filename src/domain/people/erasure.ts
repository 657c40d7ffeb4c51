import { and, eq, inArray, isNull, or, type SQLWrapper, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { apiKeys, idempotency, sessions } from "../../../db/schema/access.ts"
import { heldPeople, heldPlaces, holds } from "../../../db/schema/availability.ts"
import { bookingPeople, bookings } from "../../../db/schema/bookings.ts"
import { issuedDocuments } from "../../../db/schema/documents.ts"
import { contacts, deliveries, messages, mutes } from "../../../db/schema/messages.ts"
import {
  ceremonies,
  confirmations,
  enrolments,
  oneTimeCodes,
  passkeyOwners,
  passkeys,
  preSessions,
  recoveryCodes,
} from "../../../db/schema/passkeys.ts"
import { people, personKeys } from "../../../db/schema/people.ts"
import { tickets } from "../../../db/schema/queue.ts"
import { accessRequests } from "../../../db/schema/staff-requests.ts"
import { waitlist } from "../../../db/schema/waitlist.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { endAll } from "../access/sessions.ts"
import { dropCarriedOut } from "./carried-out.ts"
import { dropFamily } from "./family.ts"
import { heldUntil } from "./legal-holds.ts"
import { dropProxies } from "./proxies.ts"
import { dropVisitsOf } from "./video.ts"

/** What must come to an end first. `office` and `at` tell where and when; a legal hold names only its end. */
export interface Obstacle {
  kind: "booking" | "ticket" | "place" | "waiting" | "legal_hold"
  /** Of the booking, ticket, held place or entry of the waiting list. */
  id: string | null
  office: string | null
  at: Instant | null
}

/** What stands against erasing this person now. `now` is the office's clock, `realNow` the real one. */
export async function obstacles(store: Store, person: string, now: Instant, realNow: Instant): Promise<Obstacle[]> {
  const ofBookings = store.db
    .select({ id: bookingPeople.booking })
    .from(bookingPeople)
    .where(and(eq(bookingPeople.person, person), sql`${bookingPeople.open}`))
  const open = await store.db
    .select({ id: bookings.id, office: bookings.office, at: bookings.startsAt })
    .from(bookings)
    .where(
      or(
        inArray(bookings.id, ofBookings),
        and(eq(bookings.person, person), inArray(bookings.state, ["requested", "confirmed", "arrived"])),
      ),
    )
  const live = await store.db
    .select({ id: tickets.id, office: tickets.office, at: tickets.arrivedAt })
    .from(tickets)
    .where(and(eq(tickets.holder, person), eq(tickets.live, true)))
  const places = await store.db
    .select({ id: holds.id, office: holds.office, at: holds.startsAt })
    .from(holds)
    .where(and(eq(holds.person, person), eq(holds.state, "live"), sql`${holds.until} > ${now}`))
  const waits = await store.db
    .select({ id: waitlist.id, office: waitlist.office, at: waitlist.joinedAt })
    .from(waitlist)
    .where(and(eq(waitlist.person, person), inArray(waitlist.state, ["waiting", "offered"])))
  const held = await heldUntil(store, person, realNow)
  return [
    ...open.map((one): Obstacle => ({ kind: "booking", ...one })),
    ...live.map((one): Obstacle => ({ kind: "ticket", ...one })),
    ...places.map((one): Obstacle => ({ kind: "place", ...one })),
    ...waits.map((one): Obstacle => ({ kind: "waiting", ...one })),
    ...(held === null ? [] : [{ kind: "legal_hold" as const, id: null, office: null, at: held }]),
  ]
}

/**
 * Destroys the person's key and everything that the person alone is the subject of; what happened in the offices stays, about somebody
 * whom nothing names any more. The record of facts holds only ids and stays whole. The same number can be enrolled again, as somebody new.
 * Answers the sessions that ended, whose sockets are to be closed.
 *
 * Refuses `erasure_blocked` with the `obstacles`, `not_found` for nobody and for somebody who has been erased already.
 */
export async function erase(tx: Tx, person: string, by: string, realNow: Instant): Promise<string[]> {
  const [there] = await tx.db
    .select({ id: people.id })
    .from(people)
    .where(and(eq(people.id, person), isNull(people.erasedAt)))
  if (!there) throw new Refusal("not_found", { what: "person" })
  const against = await obstacles(tx, person, tx.now, realNow)
  if (against.length > 0) throw new Refusal("erasure_blocked", { obstacles: against })

  const ended = await endAll(tx, { kind: "citizen", id: person }, "erased", realNow)
  await destroyKey(tx, person)
  await takeAccess(tx, person)
  await takeMessages(tx, person)
  await unlinkVisits(tx, person)
  await dropVisitsOf(tx, person)
  await unlinkDocuments(tx, person)
  await dropCarriedOut(tx, person)
  await dropFamily(tx, person)
  await dropProxies(tx, person)
  await tx.say(accountsStream, "person.erased", { by: by === person ? "citizen" : by, subject: person })
  return ended
}

async function destroyKey(tx: Tx, person: string): Promise<void> {
  await tx.db.delete(personKeys).where(eq(personKeys.person, person))
  const gone = { nameSealed: null, numberSealed: null, birthSealed: null, mobileSealed: null }
  await tx.db
    .update(people)
    .set({ ...gone, numberIndex: null, mobileIndex: null, birthYear: null, passwordHash: null, erasedAt: tx.now })
    .where(eq(people.id, person))
}

async function takeAccess(tx: Tx, person: string): Promise<void> {
  const ownOf = ({ kind, owner }: { kind: SQLWrapper; owner: SQLWrapper }) =>
    sql`${kind} = 'citizen' and ${owner} = ${person}`
  // What was confirmed with a passkey stays, as the proof that it was.
  await tx.db.delete(confirmations).where(and(ownOf(confirmations), isNull(confirmations.usedAt)))
  for (const table of [passkeys, passkeyOwners, recoveryCodes, enrolments, oneTimeCodes, preSessions, ceremonies]) {
    await tx.db.delete(table).where(ownOf(table))
  }
  await tx.db.delete(accessRequests).where(eq(accessRequests.subject, person))
  await tx.db.delete(sessions).where(and(eq(sessions.kind, "citizen"), eq(sessions.subject, person)))
  const keys = await tx.db
    .delete(apiKeys)
    .where(and(eq(apiKeys.kind, "citizen"), eq(apiKeys.subject, person)))
    .returning({ id: apiKeys.id })
  for (const { id } of keys) await tx.say(accountsStream, "key.revoked", { key: id, by: "erased", subject: person })
  await tx.db.delete(idempotency).where(eq(idempotency.caller, `citizen:${person}`))
}

async function takeMessages(tx: Tx, person: string): Promise<void> {
  const own = and(eq(messages.ownerKind, "citizen"), eq(messages.owner, person))
  await tx.db.delete(deliveries).where(eq(deliveries.owner, person))
  await tx.db.delete(messages).where(own)
  await tx.db.delete(mutes).where(and(eq(mutes.kind, "citizen"), eq(mutes.owner, person)))
  await tx.db.delete(contacts).where(and(eq(contacts.kind, "citizen"), eq(contacts.owner, person)))
}

/** Whoever was handed one of these may go on asking whether it holds; about whom it is, nothing tells any more. */
async function unlinkDocuments(tx: Tx, person: string): Promise<void> {
  await tx.db
    .update(issuedDocuments)
    .set({ person: null, codeSealed: null, bodySealed: null })
    .where(eq(issuedDocuments.person, person))
}

/** Tickets of somebody who is known are held by the person's id. Bookings keep it, which names nobody now: they were made with an office, whose days must go on adding up. */
async function unlinkVisits(tx: Tx, person: string): Promise<void> {
  await tx.db
    .update(tickets)
    .set({ person: null, holder: null, note: null, undo: null })
    .where(eq(tickets.holder, person))
  await tx.db.update(bookings).set({ reason: null }).where(eq(bookings.person, person))
  await tx.db.delete(waitlist).where(eq(waitlist.person, person))
  const own = tx.db.select({ id: holds.id }).from(holds).where(eq(holds.person, person))
  await tx.db.delete(heldPlaces).where(inArray(heldPlaces.hold, own))
  await tx.db.delete(heldPeople).where(or(inArray(heldPeople.hold, own), eq(heldPeople.person, person)))
  await tx.db.delete(holds).where(eq(holds.person, person))
}
