import type { Database } from "bun:sqlite"
import type { AnyFact } from "../../../db/facts.ts"
import type { Instant } from "../../base/day.ts"
import type { Simulation } from "./simulation.ts"

/* What a simulation is put together from. One short file each, and a line in `list.ts`. */

/** Somebody who does one thing at a time, looks at the store as the own page would, and remembers nothing. */
export interface Actor {
  name: string
  /** Virtual minutes between two things that it does, on average. */
  everyMinutes: number
  act(sim: Simulation): Promise<void>
}

/** Something that goes wrong. Each seed draws which faults it has, and of those that come by share how much. */
export interface Fault {
  name: string
  /** Comes over the house from outside, every so many virtual hours on average. */
  everyHours?: number
  strike?(sim: Simulation): void | Promise<void>
  /** The share of occasions on which the others happen; a seed multiplies it. */
  often?: number
  /** To a request between its sender and the house. */
  onTheWay?(sim: Simulation, asked: Asked): Passage
  /** Within a turn, when its work is done: throws. */
  inTurn?(sim: Simulation): void
  /** Right before COMMIT: throws, or lets the house die. */
  atCommit?(sim: Simulation): void
}

export interface Passage {
  lost?: "there" | "back"
  delay?: number
  /** So long its bytes take after the house has seen who asks. */
  slow?: number
  twice?: boolean
}

/** Something that must hold, whatever happens. `broken` is told what does not. */
export interface Invariant {
  name: string
  watch(sim: Simulation, broken: (what: string) => void): Watch
}

export interface Watch {
  /** Each turn that is on disk, in the order in which they were run. */
  done?(turn: Done): void
  /**
   * All turns of one commit, after each of them was `done`: what is on disk is what all of them came to, so whoever compares the store with what
   * was said looks here.
   */
  committed?(turns: readonly Done[]): void
  /** Within a turn that has been refused, before it is undone. */
  refused?(turn: Refused): void
  /** An answer that has reached whoever asked. */
  answered?(reply: Reply): void
  /** The store between turns: every few virtual hours, after each restart, and at the end. */
  store?(raw: Database, when: When): void
}

export type When = "now and then" | "after a restart" | "the end"

/** Who asks: people by their session, a kiosk by its id, a program by the readable part of its key. */
export interface Caller {
  kind: "citizen" | "staff" | "kiosk" | "program" | "house"
  id: string
}

export interface Asked {
  by: Caller
  /** What is asked for, e.g. `book`. */
  what: string
  /** About what: ids, for the trace and for the hash that stands with the key. */
  about: Record<string, string | number | null | string[]>
  key: string
}

/** A turn whose work is done. */
export interface Done {
  asked: Asked
  session: string | null
  /** The turn's own time. */
  now: Instant
  facts: readonly AnyFact[]
  /** What the turn answered. */
  answer: string
  /** Whether it only repeated what an earlier one had answered. */
  isRepeated: boolean
}

export interface Refused {
  asked: Asked
  now: Instant
  code: string
  /** The store as the turn sees it. */
  raw: Database
}

export type Reply = { asked: Asked } & ({ ok: string } | { refused: string } | { unknown: string })

/** A mistake that breaks one promise, as a change of the source. It is made in a copy, never here. */
export interface Planted {
  name: string
  /** The promise. */
  breaks: string
  /** The name of the invariant that notices it; "no bug" where the engine itself does not put up with it. */
  by: string
  /** The seed that is tried first, where it was noticed once; then the following ones. */
  from?: number
  /** Where it shows later than others. */
  days?: number
  changes: {
    /** From the root of the project. */
    file: string
    /** Stands there exactly once. */
    find: string
    replace: string
  }[]
}
