import type { Tx } from "../../../db/write.ts"
import type { Staff } from "../access/subject.ts"
import { shut } from "./counters.ts"
import { counter, counterOf, letGo, step, ticket, uncalled } from "./tickets.ts"

/**
 * Frees the counter of somebody who does not come back to it, and answers its office; `null` where the person sits nowhere. Whoever was
 * called there or served waits again with the place from before: nobody lost it. Needs the scope of the counter's office.
 */
export async function vacate(tx: Tx, agent: Staff, by: string): Promise<string | null> {
  const desk = await counterOf(tx, agent.id)
  if (!desk) return null
  if (desk.ticket !== null) {
    const before = await ticket(tx, desk.ticket)
    const { id, office, due, dueBy, returns, person } = before
    const fact = await tx.say(office, "ticket.returned", { ticket: id, due, dueBy, returns, subject: person })
    await letGo(tx, id)
    await step(tx, agent, before, { ...uncalled, state: "waiting" }, fact)
  }
  await shut(tx, await counter(tx, desk.id), by)
  return desk.office
}
