import type { TicketRow } from "../../db/schema/queue.ts"
import type { Tx } from "../../db/write.ts"
import { isStaff } from "../domain/access/subject.ts"
import { type Look, noteRead, unnoted } from "../domain/people/read-log.ts"
import type { Context } from "./house.ts"

/**
 * Notes that whoever of the staff asks for this page is shown something of these people, before it is shown. The people themselves and
 * devices are not noted. A page that was looked at a moment ago writes nothing.
 */
export async function noteReads(c: Context, looks: readonly Omit<Look, "staff">[]): Promise<void> {
  const { house, subject } = c.var
  if (!isStaff(subject)) return
  const now = house.clock.real()
  const own = looks.map((look) => ({ ...look, staff: subject.id }))
  const fresh = await unnoted(house.store, own, now)
  if (fresh.length === 0) return
  await house.writer.write(
    async (tx) => {
      for (const look of fresh) await noteRead(tx, look, now)
    },
    { scopes: ["accounts"] },
  )
}

/** Whoever comes to the counter is shown to who called them: that is noted in the turn that calls. */
export async function notingCall<T extends TicketRow | null>(c: Context, tx: Tx, calling: Promise<T>): Promise<T> {
  const { subject, house } = c.var
  const called = await calling
  if (called?.person && isStaff(subject)) {
    const { id, office, person } = called
    await noteRead(tx, { staff: subject.id, person, what: "visit", office, about: id }, house.clock.real())
  }
  return called
}
