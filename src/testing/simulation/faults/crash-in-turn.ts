import type { Fault } from "../parts.ts"
import { Injected } from "../thrown.ts"

/** A turn ends in a bug when its work is done, and leaves nothing behind. */
export const crashInTurn: Fault = {
  name: "crash in a turn",
  often: 0.01,
  inTurn(sim) {
    sim.struck(crashInTurn)
    throw new Injected("a crash in the turn")
  },
}
