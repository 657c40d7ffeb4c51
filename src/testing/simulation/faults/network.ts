import type { Fault } from "../parts.ts"

/** Requests and answers get lost on their way; whoever asked asks again. */
export const lost: Fault = {
  name: "lost on the way",
  often: 0.06,
  onTheWay(sim) {
    sim.struck(lost)
    return { lost: sim.draw.hits(0.5) ? "there" : "back" }
  },
}

/** Requests are held up, and overtaken by later ones. */
export const delayed: Fault = {
  name: "delayed on the way",
  often: 0.1,
  onTheWay(sim) {
    sim.struck(delayed)
    return { delay: sim.draw.whole(200, 120_000) }
  },
}

/** A request has passed the gate, and what it asks for comes byte by byte. */
export const slow: Fault = {
  name: "arrived slowly",
  often: 0.12,
  onTheWay(sim) {
    sim.struck(slow)
    return { slow: sim.draw.whole(1_000, 60_000) }
  },
}

/** A request arrives twice: a finger that taps twice, a proxy that tries again. */
export const doubled: Fault = {
  name: "arrived twice",
  often: 0.06,
  onTheWay(sim) {
    sim.struck(doubled)
    return { twice: true }
  },
}
