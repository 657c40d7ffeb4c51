import { hour } from "../../../base/day.ts"
import type { Invariant } from "../parts.ts"

/** When the faults are over and time goes on, everything comes to its end: who waited was called or has left, no hand holds anything. */
export const endings: Invariant = {
  name: "everything comes to its end",
  watch: (sim, broken) => ({
    store(raw, when) {
      if (when !== "the end") return
      const rows = (sql: string) => raw.query<{ id: string; state: string }, []>(sql).all()
      for (const { id, state } of rows("SELECT id, state FROM ticket WHERE live = 1"))
        broken(`the ticket ${id} is still ${state}`)
      for (const { id, state } of rows("SELECT id, ticket AS state FROM counter WHERE ticket IS NOT NULL"))
        broken(`${id} still holds ${state}`)
      for (const { id, state } of rows("SELECT id, phase AS state FROM visit WHERE over_at IS NULL"))
        broken(`the visit ${id} is still in ${state}`)
      const past = sim.now() - 24 * hour
      for (const { id, state } of rows(
        `SELECT id, state FROM booking WHERE state IN ('requested', 'confirmed') AND ends_at < ${past}`,
      )) {
        broken(`the booking ${id} is still ${state}, a day after its time`)
      }
      for (const { id, state } of rows(
        `SELECT id, state FROM delivery WHERE state IN ('pending', 'failed') AND next_at < ${past}`,
      )) {
        broken(`the delivery ${id} is still ${state}`)
      }
      for (const { id } of rows("SELECT id, state FROM delivery WHERE state = 'sent'")) {
        if (!sim.sent.has(id)) broken(`the delivery ${id} counts as sent and nobody carried it`)
      }
    },
  }),
}
