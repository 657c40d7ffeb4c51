import { and, asc, eq, sql } from "drizzle-orm"
import { type DueBy, type TicketRow, tickets } from "../../../db/schema/queue.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { openMinutesBetween, type Session } from "../offices/hours.ts"
import { type Line, office } from "../offices/reads.ts"
import { bookedMinutesLeft, type HallNow, hallNow, plannedFor, promisedCounters, startsIn } from "./hall.ts"
import { type Chain, walkInDue, walkInGap } from "./rules.ts"
import { sessionFor } from "./sessions.ts"
import { latestDue } from "./tickets.ts"

/** Where the places of a line end now: for walk-ins, and for those with a priority need. */
export async function chainsOf(
  store: Store,
  hall: HallNow,
  line: Line,
  session: Session,
): Promise<{ walkIn: Chain; need: Chain }> {
  const gapMinutes = walkInGap({
    meanMinutes: hall.meanMinutes(line.code),
    plannedCounters: plannedFor(hall, line.code),
    bookedMinutesLeft: bookedMinutesLeft(hall, line.code),
    openMinutesLeft: openMinutesBetween(session, hall.now, session.endsAt),
  })
  const ends = async (dueBy: DueBy) => ({
    latestDue: await latestDue(store, hall.office.code, line.code, dueBy),
    gapMinutes,
  })
  return { walkIn: await ends("walkin"), need: await ends("need") }
}

/** When somebody who joins the line now with this due would be served: now where nobody waits there, else by the estimate. */
export function joinedStart(
  hall: HallNow,
  visit: { line: string; service: string; people: number; due: Instant },
): Instant | null {
  if (!hall.waiting.some((row) => row.line === visit.line)) return hall.now
  const { line, due } = visit
  const joining = { id: "joining", line, due, arrival: Infinity, minutes: hall.minutesFor(visit), from: hall.now }
  return startsIn(hall, { counters: promisedCounters(hall, line), more: [joining] }).get(joining.id) ?? null
}

export interface Regained {
  due: Instant
  dueBy: DueBy
  returns: number
}

/**
 * The place of somebody who was absent and is here: at the front, once and within the time that it was kept; after that the place of a
 * walk-in of this minute.
 */
export async function comeBack(tx: Tx, row: TicketRow): Promise<Regained> {
  const returns = row.returns + 1
  if (row.returns === 0 && row.keptUntil !== null && tx.now <= row.keptUntil) {
    const [head] = await lineHead(tx).execute({ office: row.office, line: row.line })
    return { due: head ? Math.min(row.due, head.due - 1) : row.due, dueBy: row.dueBy, returns }
  }
  return { ...(await walkInPlace(tx, row)), returns }
}

/** The place that a walk-in of this minute would get in the ticket's line. */
export async function walkInPlace(tx: Tx, row: TicketRow): Promise<{ due: Instant; dueBy: DueBy }> {
  const here = await office(tx, row.office)
  const session = await sessionFor(tx, here, row.day, tx.now)
  const line = here.lines.find(({ code }) => code === row.line)
  if (!session || !line) return { due: tx.now, dueBy: "walkin" }
  const { walkIn } = await chainsOf(tx, await hallNow(tx, here, session, tx.now), line, session)
  return { due: walkInDue(tx.now, line.targetMinutes, walkIn, session), dueBy: "walkin" }
}

const lineHead = statement((db) =>
  db
    .select({ due: tickets.due })
    .from(tickets)
    .where(
      and(
        eq(tickets.office, sql.placeholder("office")),
        eq(tickets.line, sql.placeholder("line")),
        sql`${tickets.state} = 'waiting'`,
      ),
    )
    .orderBy(asc(tickets.due))
    .limit(1),
)
