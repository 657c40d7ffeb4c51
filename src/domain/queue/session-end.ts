import { and, eq, gte, sql } from "drizzle-orm"
import { type CounterRow, type TicketRow, tickets } from "../../../db/schema/queue.ts"
import { statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant, minute } from "../../base/day.ts"
import type { OfficeFault } from "../bookings/again.ts"
import type { Session } from "../offices/hours.ts"
import { type Office, office, sessionsAround } from "../offices/reads.ts"
import { bookingMissed, bookingOfOursFailed } from "./booked.ts"
import { shut } from "./counters.ts"
import { officeFault } from "./fault.ts"
import { sessionOfArrival } from "./sessions.ts"
import { bookedStart, change, countersOf, letGo } from "./tickets.ts"

/** Who came in time is still called this long after closing time, as long as a counter is open; longer where counters are still at it. */
const overtimeMinutes = 30
/** A counter is at it with somebody in hand, and so long after. */
const betweenMinutes = 10
/** By then nobody is at a counter any more; what is still in a hand was forgotten there. */
const forgottenHours = 3

export interface SessionEnd {
  /** Tickets that ended unserved: their holders are told so, with the next bookings. */
  left: TicketRow[]
  closed: number
}

/**
 * A step of the clock: ends what a session has left behind, so that nobody stands in a queue that no longer moves. Everybody who was not
 * served leaves with the office's reason, and counters that nobody closed are closed. (Bookings for which nobody came are ended in the
 * bookings' own room.) It does nothing while a session is on, and may be run at any rhythm.
 */
export async function endSessions(tx: Tx, officeCode: string): Promise<SessionEnd> {
  const here = await office(tx, officeCode)
  const sessions = await sessionsAround(tx, here, tx.now)
  const open = (await countersOf(tx, here.code)).filter(({ state }) => state === "open")
  const live = await liveTickets(tx).execute({ office: here.code })
  const ended = (session: Session | null, after: number) => session === null || tx.now >= session.endsAt + after
  const after = live.length > 0 ? await keptOpenMs(tx, here, open) : 0

  const left: TicketRow[] = []
  for (const row of live) {
    const session = sessionOfArrival(sessions, row.day, await servedFrom(tx, row))
    const atCounter = row.state === "called" || row.state === "serving"
    if (ended(session, atCounter ? forgottenHours * hour : after)) left.push(await sendHome(tx, row))
  }

  return { left, closed: await closeCounters(tx, here.code, sessions) }
}

/** How long after closing time those who wait may still be called. */
async function keptOpenMs(tx: Tx, here: Office, open: readonly CounterRow[]): Promise<number> {
  if (open.length === 0) return 0
  if (open.some(({ ticket }) => ticket !== null)) return forgottenHours * hour
  for (const { code } of here.lines) {
    const since = tx.now - betweenMinutes * minute
    const [served] = await servedSince(tx).execute({ office: here.code, line: code, since })
    if (served) return forgottenHours * hour
  }
  return overtimeMinutes * minute
}

/**
 * An instant of the session in which a ticket is served: who checked in this morning for the evening has the evening still to come, and
 * who was sent on from another office came here later than the ticket says.
 */
async function servedFrom(tx: Tx, row: TicketRow): Promise<Instant> {
  const arrived = row.cameFrom === null ? row.arrivedAt : Math.max(row.arrivedAt, row.due - 1)
  return Math.max(arrived, (await bookedStart(tx, row.booking)) ?? arrived)
}

async function sendHome(tx: Tx, row: TicketRow): Promise<TicketRow> {
  await letGo(tx, row.id)
  if (row.state === "serving") {
    // The visit took place and nobody wrote down how it ended.
    const counter = row.counter ?? ""
    const served = { ticket: row.id, counter, outcome: "not_recorded", servedMs: 0, subject: row.person }
    await tx.say(row.office, "ticket.served", served)
    return change(tx, row, { state: "served", endedAt: tx.now, live: false, outcome: "not_recorded" })
  }
  await tx.say(row.office, "ticket.left", { ticket: row.id, why: "office_closed", subject: row.person })
  const fault = await faultAtEnd(tx, row)
  await (fault ? bookingOfOursFailed(tx, row, fault) : bookingMissed(tx, row))
  return change(tx, row, { state: "left", endedAt: tx.now, live: false, wakeAt: null, outcome: "office_closed" })
}

/** By now all have gone home, the woman as well who called somebody that did not come and has not said since that they are here. */
async function faultAtEnd(tx: Tx, row: TicketRow): Promise<OfficeFault | null> {
  const fault = await officeFault(tx, row, tx.now)
  return fault === "no_woman" && row.state === "absent" ? null : fault
}

/** Counters still open long after the last session was over belong to somebody who has gone home. */
async function closeCounters(tx: Tx, officeCode: string, sessions: readonly Session[]): Promise<number> {
  const near = sessions.some(
    ({ startsAt, endsAt }) => tx.now >= startsAt - hour && tx.now < endsAt + overtimeMinutes * minute,
  )
  if (near) return 0
  let closed = 0
  for (const desk of await countersOf(tx, officeCode)) {
    if (desk.state === "closed" || desk.ticket !== null) continue
    await shut(tx, desk, "session_end")
    closed++
  }
  return closed
}

const servedSince = statement((db) =>
  db
    .select({ id: tickets.id })
    .from(tickets)
    .where(
      and(
        eq(tickets.office, sql.placeholder("office")),
        eq(tickets.line, sql.placeholder("line")),
        sql`${tickets.state} = 'served'`,
        gte(tickets.endedAt, sql.placeholder("since")),
      ),
    )
    .limit(1),
)
const liveTickets = statement((db) =>
  db
    .select()
    .from(tickets)
    .where(and(eq(tickets.office, sql.placeholder("office")), sql`${tickets.live} = 1`)),
)
