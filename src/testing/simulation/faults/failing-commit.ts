import type { Fault } from "../parts.ts"
import { Injected } from "../thrown.ts"

/** COMMIT fails: the disk is full to the last page, or it has an error after which nothing may be trusted. */
export const failingCommit: Fault = {
  name: "failing commit",
  often: 0.004,
  atCommit(sim) {
    sim.struck(failingCommit)
    const code = sim.draw.hits(0.7) ? "SQLITE_FULL" : "SQLITE_IOERR_FSYNC"
    throw Object.assign(new Injected(code), { code })
  },
}
