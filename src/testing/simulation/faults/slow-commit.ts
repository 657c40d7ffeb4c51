import type { Fault } from "../parts.ts"

/** The disk takes its time. */
export const slowCommit: Fault = {
  name: "slow commit",
  often: 0.03,
  atCommit(sim) {
    sim.struck(slowCommit)
    sim.pass(sim.draw.whole(500, 40_000))
  },
}
