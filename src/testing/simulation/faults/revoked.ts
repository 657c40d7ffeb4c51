import { endSession } from "../../../domain/access/sessions.ts"
import type { Fault } from "../parts.ts"

/** A session is ended while requests of it are on their way. */
export const revoked: Fault = {
  name: "session revoked in flight",
  often: 0.03,
  onTheWay(sim, { by }) {
    const session = sim.sessionOf(by)
    if (session === undefined) return {}
    sim.struck(revoked)
    // In the very moment in which the request is looked at by the gate, or a little before or after.
    sim.plan(
      sim.trueTime + 1 + sim.draw.whole(0, 200),
      async () => {
        const end = sim.own("revoke").writer.write((tx) => endSession(tx, session, "somebody else", sim.clock.real()), {
          scopes: ["accounts"],
        })
        await end.catch((thrown: unknown) => sim.own("revoke").log.error("revoke", { cause: thrown }))
      },
      true,
    )
    return {}
  },
}
