import { type Instant, minute } from "../../base/day.ts"
import type { Keys } from "../../base/seal.ts"

const codeLength = 8

/**
 * What the hall's screen shows in this minute. Whoever can name it stands, or stood a moment ago, where it can be read; it says nothing
 * about anybody and is worthless two minutes later.
 */
export function hallCode(keys: Keys, office: string, now: Instant): string {
  return keys.capability("hall", `${office}.${Math.floor(now / minute)}`, codeLength)
}

/** Whether this was shown in the hall in this minute or the one before: a phone needs a moment to get from the camera to us. */
export function isHallCode(keys: Keys, office: string, given: string, now: Instant): boolean {
  const thisMinute = Math.floor(now / minute)
  return [thisMinute, thisMinute - 1].some((shown) =>
    keys.isCapability("hall", `${office}.${shown}`, given, codeLength),
  )
}
