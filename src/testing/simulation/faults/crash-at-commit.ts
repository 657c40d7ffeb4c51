import type { Fault } from "../parts.ts"

/** The process dies right before COMMIT, or between COMMIT and the answer. */
export const crashAtCommit: Fault = {
  name: "crash at a commit",
  often: 0.002,
  atCommit(sim) {
    sim.struck(crashAtCommit)
    if (sim.draw.hits(0.5)) sim.process.die()
    else sim.dieAfterCommit = true
  },
}
