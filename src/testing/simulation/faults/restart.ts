import { hour } from "../../../base/day.ts"
import type { Fault } from "../parts.ts"

/** The house is stopped in order and started again; now and then on a machine whose clock is an hour behind until somebody sets it. */
export const restart: Fault = {
  name: "restart",
  everyHours: 20,
  async strike(sim) {
    if (sim.draw.hits(0.5)) {
      const was = sim.clockOff
      sim.clockOff = was - hour
      sim.plan(sim.trueTime + 2 * hour, async () => {
        if (sim.clockOff === was - hour) sim.clockOff = was
      })
    }
    await sim.restart("in order")
  },
}
