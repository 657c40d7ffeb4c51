import type { Instant } from "./day.ts"

/**
 * The two clocks. `office()` is the time by which people are served (a demo may shift it so that a newcomer at midnight meets an
 * open office); `real()` is what the outside world checks: cookie lifetimes, push signatures.
 */
export interface Clock {
  office(): Instant
  real(): Instant
}

/** Where chance comes from. Injected, so that a simulation can replay a run from its seed. */
export interface Chance {
  bytes(length: number): Uint8Array
}

/** The machine's clock, shifted by `shift` milliseconds for the office. */
export function machineClock(shift = 0): Clock {
  return { office: () => Date.now() + shift, real: () => Date.now() }
}

/** A clock that only moves when told: for tests, replays and the demo's morning. */
export function handClock(start: Instant): Clock & { set(at: Instant): void; advance(milliseconds: number): void } {
  let now = start
  return {
    office: () => now,
    real: () => now,
    set: (at) => {
      now = at
    },
    advance: (milliseconds) => {
      now += milliseconds
    },
  }
}

/** The machine's random source. */
export const machineChance: Chance = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
}
