import { and, eq, sql } from "drizzle-orm"
import { identityChecks, type LapseReason } from "../../../db/schema/identity.ts"
import { tickets } from "../../../db/schema/queue.ts"
import { participants, visits } from "../../../db/schema/visits.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"

/*
 * How sure the house is of who the person in a visit is.
 *
 *     0  nobody has connected by a page of an account
 *     1  signed in by an account
 *     2  and has confirmed one frozen transaction with a passkey (`access/confirmation.ts`)
 *     3  and the list of this visit stands verified, for the page and the connection that the person has now
 *
 * Two is not a state of a visit: it is reached by each confirmation for the transaction that was confirmed, and for nothing else. Whoever
 * executes something that needs two, asks for a confirmation; for three, for a confirmation and `checkedNow`.
 */

export type Level = 0 | 1 | 2 | 3

/**
 * Whether the list stands verified for the citizen's present page and epoch, while the two see each other: not on hold, not after an
 * interruption, not after a rejection that nobody has overturned, and not for as long as the camera is off or nothing of it reaches the agent:
 * it counts again when the picture is back in time. Ask it in the turn that executes.
 */
export async function checkedNow(store: Store, visitId: string): Promise<boolean> {
  return (await standing(store).execute({ visit: visitId })).length > 0
}

/** 0, 1 or 3; two is asked for with each confirmation. */
export async function levelNow(store: Store, visitId: string): Promise<Level> {
  if (await checkedNow(store, visitId)) return 3
  return (await there(store).execute({ visit: visitId })).length > 0 ? 1 : 0
}

/**
 * Whatever was looked at counts no longer, and what was begun is begun anew. `seen`: who was in sight all the while. Says nothing where
 * there is nothing that could lapse.
 */
export async function lapse(
  tx: Tx,
  { id, office, person }: { id: string; office: string; person: string },
  why: LapseReason,
  seen: string | null = null,
): Promise<void> {
  const rows = await expire(tx).execute({ visit: id, why, seen, now: tx.now })
  for (const { check } of rows) await tx.say(office, "check.lapsed", { visit: id, check, why, subject: person })
}

/**
 * The same page is back on another connection: what was looked at goes on counting by its new epoch. Whoever asks has made sure that it is the
 * same load of the page, under the same session, and that nobody took its place in between.
 */
export async function carry(
  tx: Tx,
  { participant, page, from, to }: { participant: string; page: string; from: number; to: number },
): Promise<void> {
  await follow(tx).execute({ participant, page, from, to })
}

const p = sql.placeholder
const standing = statement((db) =>
  db
    .select({ check: identityChecks.id })
    .from(identityChecks)
    .innerJoin(
      participants,
      and(
        eq(participants.id, identityChecks.participant),
        eq(participants.page, identityChecks.page),
        eq(participants.epoch, identityChecks.epoch),
      ),
    )
    .innerJoin(visits, eq(visits.id, identityChecks.visit))
    .innerJoin(tickets, eq(tickets.id, visits.id))
    .where(
      and(
        eq(identityChecks.visit, p("visit")),
        sql`${identityChecks.state} = 'verified'`,
        sql`${identityChecks.lapsedAt} is null`,
        sql`${identityChecks.darkSince} is null`,
        sql`${identityChecks.unseenSince} is null`,
        sql`${participants.state} = 'admitted'`,
        sql`${visits.phase} in ('call', 'private')`,
        sql`${tickets.state} = 'serving'`,
      ),
    )
    .limit(1),
)
const there = statement((db) =>
  db
    .select({ id: participants.id })
    .from(participants)
    .where(
      and(
        eq(participants.visit, p("visit")),
        sql`${participants.kind} = 'citizen'`,
        sql`${participants.subject} is not null`,
        sql`${participants.presence} in ('online', 'reconnecting')`,
      ),
    ),
)
const follow = statement((db) =>
  db
    .update(identityChecks)
    .set({ epoch: sql`${p("to")}` })
    .where(
      and(
        eq(identityChecks.participant, p("participant")),
        eq(identityChecks.page, p("page")),
        eq(identityChecks.epoch, p("from")),
        sql`${identityChecks.lapsedAt} is null`,
      ),
    ),
)
const expire = statement((db) =>
  db
    .update(identityChecks)
    .set({ lapsedAt: sql`${p("now")}`, lapsed: sql`${p("why")}`, asked: null })
    .where(
      and(
        eq(identityChecks.visit, p("visit")),
        sql`${identityChecks.lapsedAt} is null`,
        sql`${identityChecks.participant} is not ${p("seen")}`,
      ),
    )
    .returning({ check: identityChecks.id }),
)
