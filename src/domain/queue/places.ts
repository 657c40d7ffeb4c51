import { and, asc, eq, sql } from "drizzle-orm"
import { type DueBy, type TicketRow, tickets } from "../../../db/schema/queue.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { openMinutesBetween, type Session } from "../offices/hours.ts"
import { type Line, office } from "../offices/reads.ts"
import { type HallNow, hallNow, startsIn } from "./hall.ts"
import { gapOf, poolOf, promisedCounters } from "./promised.ts"
import { type Chain, walkInDue } from "./rules.ts"
import { sessionFor } from "./sessions.ts"
import { latestDue } from "./tickets.ts"

/**
 * Where the places of a line's pool end now: for walk-ins, and for those with a priority need. Where the hall is behind, it is so for
 * walk-ins; needs keep their target.
 */
export async function chainsOf(
  store: Store,
  hall: HallNow,
  line: Line,
  session: Session,
): Promise<{ walkIn: Chain; need: Chain }> {
  const pool = poolOf(hall, line.code)
  const gapMinutes = gapOf(hall, line.code, pool, session)
  const ends = async (dueBy: DueBy) => {
    const dues: Instant[] = []
    for (const code of pool.lines) dues.push((await latestDue(store, hall.office.code, code, dueBy)) ?? -Infinity)
    const latest = Math.max(...dues)
    return { latestDue: latest === -Infinity ? null : latest, gapMinutes }
  }
  const overdueMinutes = overdueIn(hall, pool.lines, session)
  return { walkIn: { ...(await ends("walkin")), overdueMinutes }, need: await ends("need") }
}

/** How many open minutes the first of the walk-ins who wait in these lines has been overdue; 0 where nobody is. */
function overdueIn(hall: HallNow, lines: readonly string[], session: Session): number {
  const own = hall.waiting.filter(({ line, dueBy }) => dueBy === "walkin" && lines.includes(line))
  const head = Math.min(hall.now, ...own.map(({ due }) => due))
  return openMinutesBetween(session, head, hall.now)
}

/** When somebody who joins the line now with this due would be served; `null` where nobody will be. */
export function joinedStart(
  hall: HallNow,
  visit: { line: string; service: string; people: number; due: Instant },
): Instant | null {
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
    const head = await headOf(tx, row)
    return { due: head === null ? row.due : Math.min(row.due, head - 1), dueBy: row.dueBy, returns }
  }
  return { ...(await walkInPlace(tx, row)), returns }
}

/** The due of whoever is first among those who wait in the ticket's line; `null` where nobody waits. */
export async function headOf(
  store: Store,
  { office, line }: Pick<TicketRow, "office" | "line">,
): Promise<Instant | null> {
  return (await lineHead(store).execute({ office, line }))[0]?.due ?? null
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
