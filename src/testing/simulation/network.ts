import type { Entered } from "./door.ts"
import type { Draw } from "./draw.ts"
import type { Fate } from "./fate.ts"
import type { Asked, Passage, Reply } from "./parts.ts"
import type { Simulation } from "./simulation.ts"

const triesMax = 5
/** Requests that arrive within so many milliseconds may come into one batch. */
const together = 1_500

/** The way between whoever asks and the house: it takes its time, and loses and doubles what the faults say. */
export class Network {
  readonly #sim: Simulation
  readonly #draw: Draw
  readonly #fate: Fate

  constructor(sim: Simulation, draw: Draw, fate: Fate) {
    this.#sim = sim
    this.#draw = draw
    this.#fate = fate
  }

  /** Until when what arrives after `from` is still in time for the same batch. */
  batchEnds(from: number): number {
    return from + (this.#draw.hits(0.5) ? together : 0)
  }

  /**
   * Brings a request to the house, and again under the same key while nobody answers. `enter` is the gate; `then` gets what came of it in
   * the end.
   */
  send(asked: Asked, enter: () => Promise<Entered>, then?: (reply: Reply) => void, nth = 1): void {
    const { lost, delay = 1, slow = 0, twice } = this.#passage(asked)
    const again = async () => {
      if (nth < triesMax) this.send(asked, enter, then, nth + 1)
      else this.#sim.answered({ asked, unknown: "nobody answered" }, then)
    }
    const later = () => this.#in(this.#draw.whole(2_000, 30_000), again)
    if (lost === "there") {
      later()
      return
    }
    const end = (reply: Reply | null) => {
      if (reply === null || lost === "back") later()
      else this.#sim.answered(reply, then)
    }
    const arrive = async () => {
      const entered = await enter()
      if (typeof entered !== "function") end(entered)
      else if (slow > 0) this.#in(slow, async () => end(await entered()), true)
      else end(await entered())
    }
    this.#in(delay, arrive, true)
    if (!twice) return
    const echo = async () => {
      const entered = await enter()
      const reply = typeof entered === "function" ? await entered() : entered
      if (reply) this.#sim.answered(reply)
    }
    this.#in(delay + this.#draw.whole(0, 20_000), echo, true)
  }

  #in(milliseconds: number, run: () => Promise<void>, isArrival = false): void {
    this.#sim.plan(this.#sim.trueTime + milliseconds, run, isArrival)
  }

  #passage(asked: Asked): Passage {
    let passage: Passage = { delay: this.#draw.whole(1, 200) }
    for (const fault of this.#fate.hitting("onTheWay")) passage = { ...passage, ...fault.onTheWay?.(this.#sim, asked) }
    return passage
  }
}
