import type { Chance } from "../../base/clock.ts"

/** Chance that is the same for the same text, on every machine: sfc32 (Doty-Humphrey, PractRand), begun from the text's SHA-256. */
export class Draw implements Chance {
  readonly #text: string
  readonly #state: Uint32Array

  constructor(text: string) {
    this.#text = text
    const digest = new Bun.CryptoHasher("sha256").update(text).digest()
    this.#state = Uint32Array.from([0, 4, 8, 12], (at) => digest.readUInt32LE(at))
  }

  /** A source of its own for a part of the run, so that one more draw here moves nothing there. */
  of(part: string): Draw {
    return new Draw(`${this.#text}/${part}`)
  }

  /** 32 random bits. */
  bits(): number {
    const [a = 0, b = 0, c = 0, counter = 0] = this.#state
    const drawn = (a + b + counter) >>> 0
    this.#state[0] = b ^ (b >>> 9)
    this.#state[1] = c + (c << 3)
    this.#state[2] = ((c << 21) | (c >>> 11)) + drawn
    this.#state[3] = counter + 1
    return drawn
  }

  /** From 0 to below 1. */
  share(): number {
    return this.bits() / 2 ** 32
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.share() * (most - least + 1))
  }

  /** True as often as `often` says, from 0 to 1. */
  hits(often: number): boolean {
    return this.share() < often
  }

  one<T>(among: readonly T[]): T | undefined {
    return among[this.whole(0, among.length - 1)]
  }

  /** One of these, the heavier the more often. */
  weighted<T>(among: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.share() * among.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, value] of among) {
      left -= weight
      if (left < 0) return value
    }
    const last = among.at(-1)
    if (!last) throw new RangeError("there is nothing to choose from")
    return last[1]
  }

  /** So long until the next of what comes every `mean` on average, and remembers nothing. */
  wait(mean: number): number {
    return Math.max(1, Math.round(-Math.log(1 - this.share()) * mean))
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.bits() & 0xff)
  }
}
