import type { Database } from "bun:sqlite"
import type { Done, Invariant, Refused, Reply, Watch, When } from "./parts.ts"
import type { Simulation } from "./simulation.ts"
import { described } from "./thrown.ts"

/** The invariants of a run, and what they have found. */
export class LookingOn {
  readonly breaches: { invariant: string; what: string }[] = []
  readonly #sim: Simulation
  readonly #watches: [name: string, Watch][]

  constructor(sim: Simulation, invariants: readonly Invariant[]) {
    this.#sim = sim
    this.#watches = invariants.map((one) => [one.name, one.watch(sim, (what) => this.broken(one.name, what))])
  }

  broken(invariant: string, what: string): void {
    this.#sim.trace(`BROKEN ${invariant}: ${what}`)
    this.breaches.push({ invariant, what })
  }

  done(turns: readonly Done[]): void {
    for (const turn of turns) this.#each((watch) => watch.done?.(turn))
    this.#each((watch) => watch.committed?.(turns))
  }

  refused(turn: Refused): void {
    this.#each((watch) => watch.refused?.(turn))
  }

  answered(reply: Reply): void {
    this.#each((watch) => watch.answered?.(reply))
  }

  store(raw: Database, when: When): void {
    this.#each((watch) => watch.store?.(raw, when))
  }

  #each(show: (watch: Watch) => void): void {
    for (const [name, watch] of this.#watches) {
      try {
        show(watch)
      } catch (thrown) {
        this.broken(name, described(thrown))
      }
    }
  }
}
