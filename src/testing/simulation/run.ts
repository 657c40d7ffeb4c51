import { hour, minute } from "../../base/day.ts"
import { runJobs } from "./actors/jobs.ts"
import { Draw } from "./draw.ts"
import { actors, faults, invariants } from "./list.ts"
import type { Fault } from "./parts.ts"
import { Simulation } from "./simulation.ts"
import { beginnings, world } from "./world.ts"

export interface Outcome {
  seed: number
  hash: string
  breaches: readonly { invariant: string; what: string }[]
  requests: number
  turns: number
  faults: Map<string, number>
}

/** So often the whole store is looked at between turns. */
const lookEveryHours = 8
/** After the last day: long enough for whatever is under way to come to its end. */
const settlingHours = 30

/** Lives through one seed: `days` virtual days with faults, then some quiet hours. */
export async function runSeed(
  seed: number,
  { days, say, quiet = false }: { days: number; say?: (line: string) => void; quiet?: boolean },
): Promise<Outcome> {
  const draw = new Draw(`seed ${seed}`).of("plan")
  const begins = Date.parse(`${draw.one(beginnings)}T00:00:00Z`)
  const until = begins + days * 24 * hour
  const chosen = quiet ? [] : mixture(draw)
  const sim = new Simulation({
    ...{ seed, begins, until, invariants, world: await world(), say },
    faults: chosen,
  })
  try {
    for (const actor of actors) {
      const own = draw.of(actor.name)
      const mean = actor.everyMinutes * minute
      const act = async () => {
        if (sim.isCalm) return
        sim.plan(sim.trueTime + own.wait(mean), act)
        await actor.act(sim)
      }
      sim.plan(begins + own.wait(mean), act)
    }
    for (const { fault } of chosen) strikes(sim, fault, draw.of(fault.name))
    const look = async () => {
      if (sim.isCalm) return
      sim.plan(sim.trueTime + lookEveryHours * hour, look)
      sim.look("now and then")
    }
    sim.plan(begins + lookEveryHours * hour, look)
    await sim.live()
    await settle(sim)
    const { counts, breaches } = sim
    return { seed, hash: sim.hash(), breaches, requests: counts.requests, turns: counts.turns, faults: counts.faults }
  } finally {
    await sim.process.close()
  }
}

/** Of each fault whether this seed has it at all, and how much. */
function mixture(draw: Draw): { fault: Fault; often: number }[] {
  return faults.flatMap((fault) => {
    const own = draw.of(`mixture ${fault.name}`)
    return own.hits(0.6) ? [{ fault, often: (fault.often ?? 0) * (0.2 + 1.8 * own.share()) }] : []
  })
}

function strikes(sim: Simulation, fault: Fault, draw: Draw): void {
  const { everyHours, strike } = fault
  if (!everyHours || !strike) return
  const come = async () => {
    if (sim.isCalm) return
    sim.plan(sim.trueTime + draw.wait(everyHours * hour), come)
    sim.struck(fault)
    await strike(sim)
  }
  sim.plan(sim.trueTime + draw.wait(everyHours * hour), come)
}

/** The faults are over, nobody does anything new, and time goes on: whatever is under way comes to its end. */
async function settle(sim: Simulation): Promise<void> {
  if (sim.breaches.length > 0) return
  await sim.calmDown()
  const until = sim.now() + settlingHours * hour
  // A clock that had been ahead: the house's own time stands still until the true one has caught up.
  sim.pass(Math.max(0, sim.now() - sim.trueTime))
  while (sim.now() < until && sim.breaches.length === 0) {
    sim.pass(30 * minute)
    await runJobs(sim)
    await sim.live()
  }
  if (sim.breaches.length === 0) sim.look("the end")
}
