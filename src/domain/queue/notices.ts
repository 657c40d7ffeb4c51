import { and, eq, sql } from "drizzle-orm"
import { messages } from "../../../db/schema/messages.ts"
import { type TicketRow, tickets } from "../../../db/schema/queue.ts"
import { statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import { minute } from "../../base/day.ts"
import { callOff, notify } from "../notifications/outbox.ts"
import { office } from "../offices/reads.ts"
import { hallView } from "./reads.ts"

/*
 * What the holder of a ticket is told outside of its page. A ticket that is bound to nobody whom the house knows has only its page and the
 * board.
 */

/** Called to a counter, or rung for by video. `fact` tells one call from the next. */
export async function tellCalled(tx: Tx, ticket: TicketRow, counter: number, fact: number): Promise<void> {
  if (ticket.person === null) return
  // Where the turn has come, nothing is near any more.
  await callOff(tx, ticket.id)
  const { video } = await office(tx, ticket.office)
  const where = { ticket: ticket.id, office: ticket.office, number: ticket.number, counter }
  const data = video ? { ...where, video: 1 as const } : where
  const to = { kind: "citizen" as const, id: ticket.person }
  await notify(tx, { to, kind: "your_turn", data, dedupe: `your_turn:${ticket.id}:${fact}` })
}

/** A step was taken back: what has been said of it and not gone out does not go out. */
export async function untell(tx: Tx, ticket: TicketRow): Promise<void> {
  if (ticket.person !== null) await callOff(tx, ticket.id)
}

/** Did not come when called. `keptUntil`: until when the place is kept. */
export async function tellAbsent(tx: Tx, ticket: TicketRow, keptUntil: number, fact: number): Promise<void> {
  if (ticket.person === null) return
  await callOff(tx, ticket.id)
  const { id, office, service, number } = ticket
  const data = { ticket: id, booking: null, office, service, number, keptUntil, startsAt: null }
  const to = { kind: "citizen" as const, id: ticket.person }
  await notify(tx, { to, kind: "missed", data, dedupe: `missed:${id}:${fact}` })
}

/** So long before the expected start a holder is told. */
const soonMinutes = 10
/** Whoever has just taken a number stands in the hall and knows. */
const settledMinutes = 5

const notTold = statement((db) =>
  db
    .select()
    .from(tickets)
    .where(
      and(
        eq(tickets.office, sql.placeholder("office")),
        sql`${tickets.state} = 'waiting'`,
        sql`${tickets.person} is not null`,
        sql`${tickets.arrivedAt} <= ${sql.placeholder("settled")}`,
        sql`not exists (select 1 from ${messages} as told where told.owner = ${tickets.person}
          and told.about = ${tickets.id} and told.kind = 'turn_soon')`,
      ),
    ),
)

/** Tells holders whose turn is near by the estimate of this moment, each once. A step of a job. Answers how many were told. */
export async function tellSoon(tx: Tx, office: string): Promise<number> {
  const waiting = await notTold(tx).execute({ office, settled: tx.now - settledMinutes * minute })
  if (waiting.length === 0) return 0
  const { starts } = await hallView(tx, office, tx.now)
  let told = 0
  for (const { id, person, number } of waiting) {
    const start = starts.get(id)
    if (person === null || start === undefined || start - tx.now > soonMinutes * minute) continue
    const minutes = Math.max(1, Math.ceil((start - tx.now) / minute))
    const data = { ticket: id, office, number, minutes }
    const to = { kind: "citizen" as const, id: person }
    const message = await notify(tx, { to, kind: "turn_soon", data, dedupe: `turn_soon:${id}` })
    if (message === null) continue
    // Nothing else has happened that an open inbox would hear of.
    await tx.say(office, "message.told", { message, kind: "turn_soon", subject: person })
    told++
  }
  return told
}
