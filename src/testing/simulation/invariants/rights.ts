import type { Invariant } from "../parts.ts"

/** A booking is changed by whose it is, by the staff of its office, or by time. */
export const rights: Invariant = {
  name: "a booking is changed only by who may",
  watch: (sim, broken) => {
    const owners = new Map<string, string | null>()
    const citizens = new Set(sim.world.citizens)
    return {
      done({ facts }) {
        for (const fact of facts) {
          if (fact.kind === "booking.made" || fact.kind === "booking.requested") {
            owners.set(fact.body.booking, fact.subject)
          }
          if (fact.kind !== "booking.cancelled" && fact.kind !== "booking.moved") continue
          const { booking, by } = fact.body
          if (citizens.has(by) && owners.get(booking) !== by)
            broken(`${fact.kind} of ${booking} by ${by}, a stranger to it`)
        }
      },
    }
  },
}
