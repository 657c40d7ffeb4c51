import { minute } from "../../../base/day.ts"
import type { Fault } from "../parts.ts"

/** No page more than there are, for a quarter of an hour. */
export const diskFull: Fault = {
  name: "disk full",
  everyHours: 20,
  strike(sim) {
    sim.process.limitPages(sim.process.pages() + sim.draw.whole(0, 1))
    sim.plan(sim.trueTime + 15 * minute, async () => sim.process.limitPages(null))
  },
}
