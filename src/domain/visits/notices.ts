import type { TicketRow } from "../../../db/schema/queue.ts"
import type { VisitRow } from "../../../db/schema/visits.ts"
import type { Tx } from "../../../db/write.ts"
import { callOff, notify } from "../notifications/outbox.ts"
import { visitTimes } from "./times.ts"

/* What the person of a video visit is told outside of its page, which may be closed, or on a telephone that is locked. */

/** The office is late: first in line now, and free to take another time. Once for each time that it is. */
export async function tellLate(tx: Tx, ticket: TicketRow): Promise<void> {
  if (ticket.person === null) return
  const { id, office, number } = ticket
  const to = { kind: "citizen" as const, id: ticket.person }
  await notify(tx, {
    to,
    kind: "visit_late",
    data: { ticket: id, office, number },
    dedupe: `visit_late:${id}:${tx.now}`,
  })
}

/** The person's connection was lost in a call. Of use until the place is not kept any more. */
export async function tellInterrupted(tx: Tx, { id, office, person }: VisitRow): Promise<void> {
  const until = tx.now + visitTimes.interruption
  const to = { kind: "citizen" as const, id: person }
  const data = { ticket: id, office, until }
  await notify(tx, { to, kind: "visit_interrupted", data, until, dedupe: `visit_interrupted:${id}:${tx.now}` })
}

/** The talk goes on, or the person is back: what has not gone out of it does not go out. */
export async function untell(tx: Tx, id: string): Promise<void> {
  await callOff(tx, id)
}
