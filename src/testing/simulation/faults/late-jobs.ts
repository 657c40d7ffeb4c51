import { minute } from "../../../base/day.ts"
import type { Fault } from "../parts.ts"

/** The jobs do not come for a while. */
export const lateJobs: Fault = {
  name: "late jobs",
  everyHours: 12,
  strike(sim) {
    sim.jobsRestUntil = sim.trueTime + sim.draw.whole(10, 120) * minute
  },
}
