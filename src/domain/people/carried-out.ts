import { and, desc, eq, inArray, isNull, lt, or } from "drizzle-orm"
import { permits, requests } from "../../../db/schema/requests.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import type { PersonKey } from "../../base/seal.ts"
import { notHeld } from "./legal-holds.ts"

/* What is kept of services that were carried out in visits, as far as it is somebody's: how it is shown, when its time is over, and when its person is erased. */

/** The requests of a person, with what was filled in and what came of it in clear: for the person's own data. */
export async function carriedOutFor({ db }: Store, person: string, key: PersonKey) {
  const rows = await db.select().from(requests).where(eq(requests.person, person)).orderBy(desc(requests.startedAt))
  return rows.map(({ id, office, service, state, code, number, startedAt, endedAt, fieldsSealed, outcomeSealed }) => ({
    ...{ id, office, service, state, code, number, startedAt, endedAt },
    fields: JSON.parse(key.open("request.fields", fieldsSealed)),
    outcome: outcomeSealed === null ? null : JSON.parse(key.open("request.outcome", outcomeSealed)),
  }))
}

/** The permits that a person gave or has. Where they lead to stands under the key of who travels. */
export async function travelPermitsOf({ db }: Store, person: string, key: PersonKey) {
  const rows = await db
    .select()
    .from(permits)
    .where(or(eq(permits.guardian, person), eq(permits.dependant, person)))
    .orderBy(desc(permits.issuedAt))
  return rows.map(({ number, dependant, guardian, kind, paper, state, issuedAt, until, endedAt, detailSealed }) => ({
    ...{ number, dependant, guardian, kind, paper, state, issuedAt, until, endedAt },
    detail:
      dependant === person && detailSealed !== null ? JSON.parse(key.open("travel_permit.detail", detailSealed)) : null,
  }))
}

/** Deletes what ended, or was left open, before then. Answers how many rows there were. */
export async function dropOldRequests(tx: Tx, before: Instant, realNow: Instant, most: number): Promise<number> {
  const old = await tx.db
    .select({ id: requests.id })
    .from(requests)
    .where(
      and(
        or(lt(requests.endedAt, before), and(isNull(requests.endedAt), lt(requests.startedAt, before))),
        notHeld(requests.person, realNow),
      ),
    )
    .limit(most)
  await tx.db.delete(requests).where(
    inArray(
      requests.id,
      old.map(({ id }) => id),
    ),
  )
  return old.length
}

/** As `dropOldRequests`, for permits whose last day was before then. */
export async function dropOldPermits(tx: Tx, before: Instant, realNow: Instant, most: number): Promise<number> {
  const old = await tx.db
    .select({ id: permits.id })
    .from(permits)
    .where(and(lt(permits.until, before), notHeld(permits.dependant, realNow), notHeld(permits.guardian, realNow)))
    .limit(most)
  await tx.db.delete(permits).where(
    inArray(
      permits.id,
      old.map(({ id }) => id),
    ),
  )
  return old.length
}

/** The requests and permits of a person go. One that the person gave to somebody else stays that one's. */
export async function dropCarriedOut(tx: Tx, person: string): Promise<void> {
  await tx.db.delete(requests).where(eq(requests.person, person))
  await tx.db.delete(permits).where(eq(permits.dependant, person))
}
