import { and, eq, isNull, or, sql } from "drizzle-orm"
import { offices } from "../../../db/schema/offices.ts"
import { type TicketRow, tickets } from "../../../db/schema/queue.ts"
import { participants, visits } from "../../../db/schema/visits.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { type Instant, minute } from "../../base/day.ts"
import { office } from "../offices/reads.ts"
import { toFront } from "../queue/remote.ts"
import { bookedStart } from "../queue/tickets.ts"
import { close, endTalk, giveUpWaiting, leftAlone } from "./calls.ts"
import { tellLate } from "./notices.ts"
import { presenceIs } from "./participants.ts"
import { talking } from "./phases.ts"
import { recordingStep } from "./recording/stands.ts"
import { ringRanOut } from "./ringing.ts"
import { visitTimes } from "./times.ts"
import { roster, type Visit, visit, visitOf } from "./visits.ts"

/**
 * What time has done to the visits of a video office since the last look; may be run at any rhythm, and says nothing twice. Rings that ran
 * out, connections that nobody watches over any more, interruptions that lasted too long, visits whose ticket is over, and the office's own
 * lateness. The end of the booked time ends no call.
 */
export async function visitStep(tx: Tx, officeCode: string): Promise<void> {
  if (!(await office(tx, officeCode)).video) return
  for (const { ticket } of await unopened(tx).execute({ office: officeCode })) await visitOf(tx, ticket)
  for (const id of await visitsDue(tx, officeCode, tx.now)) await lookAt(tx, await visit(tx, id))
  await beLate(tx, officeCode)
  await recordingStep(tx, officeCode)
}

/**
 * The open visits of an office to which time may have done something by now: one statement, for all in which nothing is due. It may name one too
 * many; what is to be done is decided by `lookAt`.
 */
export async function visitsDue(store: Store, officeCode: string, now: Instant): Promise<string[]> {
  const rows = await due(store).execute({
    ...{ office: officeCode, rung: now - visitTimes.ring, alone: now - visitTimes.agentBack },
    missed: now - visitTimes.interruption,
  })
  return rows.map(({ id }) => id)
}

/** The offices in which somebody waits or talks by video. */
export async function officesWithVisits(store: Store): Promise<string[]> {
  return (await withVisits(store).execute()).map(({ code }) => code)
}

async function lookAt(tx: Tx, found: Visit): Promise<void> {
  const { row, ticket, phase } = found
  if (phase === "over") return close(tx, found, ticket.state)
  if (talking.includes(row.phase) && (phase === "lobby" || phase === "ringing")) return endTalk(tx, found)
  if (phase === "ringing") await ringRanOut(tx, found)
  else if (talking.includes(phase)) await missThem(tx, row.id)
  else if (phase === "interrupted" && ticket.state === "serving") {
    if (await leftAlone(tx, found)) return
    if (tx.now >= row.since + visitTimes.interruption) await giveUpWaiting(tx, found)
  }
}

/** Presence says so itself as long as the process lives; this is for what it did not live to say. */
async function missThem(tx: Tx, id: string): Promise<void> {
  for (const one of await roster(tx, id)) {
    const isOver = tx.now >= one.presenceAt + visitTimes.interruption
    if (one.presence === "reconnecting" && isOver) await presenceIs(tx, one.id, "gone")
  }
}

/**
 * Who was here at the booked time and has not been called is not at fault: first in line now, told at once, and free to take another time.
 * Those who are late together keep their order.
 */
async function beLate(tx: Tx, officeCode: string): Promise<void> {
  const since = tx.now - visitTimes.officeLateMinutes * minute
  const rows = await waitingBooked(tx).execute({ office: officeCode, since })
  const late: { ticket: TicketRow; bookedAt: number }[] = []
  for (const { ticket } of rows) {
    const bookedAt = await bookedStart(tx, ticket.booking)
    if (bookedAt !== null && Math.max(bookedAt, ticket.arrivedAt) <= since) late.push({ ticket, bookedAt })
  }
  // The last one first: each is put before all who wait, so the first of them ends up in front.
  for (const { ticket, bookedAt } of late.sort(lastFirst)) {
    await toFront(tx, ticket)
    await tx.db.update(visits).set({ lateAt: tx.now }).where(eq(visits.id, ticket.id))
    await tx.say(officeCode, "visit.late", { visit: ticket.id, since: bookedAt, subject: ticket.person })
    await tellLate(tx, ticket)
  }
}

type Late = { ticket: TicketRow }
const lastFirst = (a: Late, b: Late) => b.ticket.due - a.ticket.due || b.ticket.arrival - a.ticket.arrival

const waitingBooked = statement((db) =>
  db
    .select({ ticket: tickets })
    .from(visits)
    .innerJoin(tickets, eq(tickets.id, visits.id))
    .where(
      and(
        eq(visits.office, sql.placeholder("office")),
        isNull(visits.overAt),
        isNull(visits.lateAt),
        sql`${tickets.state} = 'waiting'`,
        sql`${tickets.booking} is not null`,
        sql`${tickets.arrivedAt} <= ${sql.placeholder("since")}`,
      ),
    ),
)
const isMissed = sql`exists (select 1 from ${participants} where ${participants.visit} = ${visits.id}
  and ${participants.presence} = 'reconnecting' and ${participants.presenceAt} <= ${sql.placeholder("missed")})`
const due = statement((db) =>
  db
    .select({ id: visits.id })
    .from(visits)
    .innerJoin(tickets, eq(tickets.id, visits.id))
    .where(
      and(
        eq(visits.office, sql.placeholder("office")),
        isNull(visits.overAt),
        or(
          sql`${tickets.state} not in ('early', 'waiting', 'away', 'absent', 'called', 'parked', 'serving')`,
          sql`${visits.phase} in ('call', 'hold', 'private') and ${tickets.state} <> 'serving'`,
          sql`${tickets.state} = 'called' and ${tickets.calledAt} <= ${sql.placeholder("rung")}`,
          sql`${tickets.state} = 'serving' and ${visits.phase} = 'interrupted' and ${visits.since} <= ${sql.placeholder("alone")}`,
          isMissed,
        ),
      ),
    ),
)
const unopened = statement((db) =>
  db
    .select({ ticket: tickets })
    .from(tickets)
    .leftJoin(visits, eq(visits.id, tickets.id))
    .where(
      and(
        eq(tickets.office, sql.placeholder("office")),
        sql`${tickets.live} = 1`,
        isNull(visits.id),
        sql`${tickets.person} is not null`,
      ),
    ),
)
const withVisits = statement((db) =>
  db
    .select({ code: offices.code })
    .from(offices)
    .where(
      and(
        eq(offices.video, true),
        or(
          sql`exists (select 1 from ${tickets} where ${tickets.office} = ${offices.code} and ${tickets.live} = 1)`,
          sql`exists (select 1 from ${visits} where ${visits.office} = ${offices.code} and ${visits.overAt} is null)`,
        ),
      ),
    ),
)
