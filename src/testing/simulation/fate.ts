import type { Draw } from "./draw.ts"
import type { Fault } from "./parts.ts"

export type Occasion = "onTheWay" | "inTurn" | "atCommit"

/** Which faults of a seed hit on which occasion. */
export class Fate {
  readonly #faults: readonly { fault: Fault; often: number }[]
  readonly #draw: Draw
  readonly #isOff: () => boolean

  constructor(faults: readonly { fault: Fault; often: number }[], draw: Draw, isOff: () => boolean) {
    this.#faults = faults
    this.#draw = draw
    this.#isOff = isOff
  }

  *hitting(occasion: Occasion): Generator<Fault> {
    if (this.#isOff()) return
    for (const { fault, often } of this.#faults) if (fault[occasion] && this.#draw.hits(often)) yield fault
  }
}
