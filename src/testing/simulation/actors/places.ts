import { applyPlan } from "../../../cli/apply.ts"
import type { Actor } from "../parts.ts"
import { halls, planned, videoOffice } from "../world.ts"

/** The agency gives its lines other numbers of places: more, fewer than are booked, and the usual ones again. */
export const places: Actor = {
  name: "places",
  everyMinutes: 600,
  async act(sim) {
    const code = sim.draw.one([...halls, videoOffice]) ?? "RUH-RML"
    const isUsual = sim.draw.hits(0.3)
    const offices = planned.offices.map((office) => {
      if (office.code !== code || isUsual) return office
      const lines = office.lines.map((line) => ({
        ...line,
        public: sim.draw.whole(1, 3),
        staffExtra: sim.draw.whole(0, 1),
      }))
      return { ...office, lines }
    })
    const { store, writer, log } = sim.own("set_up", { code, isUsual: isUsual ? 1 : 0 })
    await applyPlan(store, writer, { ...planned, offices }, null).catch((cause: unknown) =>
      log.error("set_up", { cause }),
    )
  },
}
