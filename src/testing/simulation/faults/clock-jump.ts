import { hour, minute } from "../../../base/day.ts"
import type { Fault } from "../parts.ts"

const jumps = [
  [4, -1],
  [3, -5 * minute],
  [3, -hour],
  [3, 5 * minute],
  [2, hour],
  [1, 24 * hour],
  [1, -24 * hour],
] as const

/** The machine's clock is set, and after a while set right. */
export const clockJump: Fault = {
  name: "clock jump",
  everyHours: 20,
  strike(sim) {
    if (sim.clockOff !== 0 && sim.draw.hits(0.5)) sim.clockOff = 0
    else sim.clockOff += sim.draw.weighted(jumps)
  },
}
