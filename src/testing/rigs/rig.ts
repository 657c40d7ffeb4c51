/** A way of breaking the house, tried so many times. */
export interface Rig {
  /** What must hold, in one line. */
  promise: string
  rounds: { short: number; long: number }
  /** Why it cannot be tried on this machine; `null`: it can. */
  needs?(): string | null
  run(rounds: number, random: Random): Promise<Report>
}

export interface Report {
  /** Each is a promise that was not kept; none: all is well. */
  findings: string[]
  /** What was tried and seen, for whoever reads the figures. */
  counts: Record<string, number>
}

export interface Random {
  /** 0 up to, and without, 1. */
  (): number
  below(limit: number): number
}

/** The same numbers for the same seed (Mulberry32, public domain), so that what was found once is found again. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return Object.assign(next, { below: (limit: number) => Math.floor(next() * limit) })
}
