import type { Instant } from "./day.ts"

/**
 * The two clocks. `office()` is the time by which people are served (a demo may shift it so that a newcomer at midnight meets an
 * open office); `real()` is what the outside world checks: cookie lifetimes, push signatures.
 */
export interface Clock {
  office(): Instant
  real(): Instant
}

/** How far the office's clock is ahead of the real one, in milliseconds: what was dated by the real one is shown so much later. */
export function shiftOf(clock: Clock): number {
  return clock.office() - clock.real()
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

/**
 * The machine's random source. It is asked for many bytes at once: asking takes far longer than the few that an id needs. What has been
 * given out is wiped, and given out once.
 */
export const machineChance: Chance = {
  bytes(length) {
    if (length > drawn.length) return crypto.getRandomValues(new Uint8Array(length))
    if (used + length > drawn.length) {
      crypto.getRandomValues(drawn)
      used = 0
    }
    const given = drawn.slice(used, used + length)
    drawn.fill(0, used, used + length)
    used += length
    return given
  },
}

const drawn = new Uint8Array(4096)
let used = drawn.length

/** Running something later. Injected like the clock, so that a test moves time instead of waiting for it. */
export interface Timers {
  /** As soon as what runs now has let go: after pending promises and waiting input. */
  soon(run: () => void): void
  /** Once, after `milliseconds`. Answers how to call it off. */
  after(milliseconds: number, run: () => void): () => void
  /** Again and again. Answers how to end it. */
  every(milliseconds: number, run: () => void): () => void
}

/** The machine's timers. They keep no process alive that has nothing else to do. */
export const machineTimers: Timers = {
  soon: (run) => void setImmediate(run),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds)
    timer.unref()
    return () => clearTimeout(timer)
  },
  every: (milliseconds, run) => {
    const timer = setInterval(run, milliseconds)
    timer.unref()
    return () => clearInterval(timer)
  },
}
