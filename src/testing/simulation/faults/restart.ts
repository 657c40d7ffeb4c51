import type { Fault } from "../parts.ts"

/** The house is stopped in order and started again. */
export const restart: Fault = {
  name: "restart",
  everyHours: 40,
  strike: (sim) => sim.restart("in order"),
}
