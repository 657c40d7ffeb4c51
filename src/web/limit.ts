import type { Instant } from "../base/day.ts"
import { Refusal } from "../base/refusal.ts"

const window = 60_000
const addressesMax = 50_000

/** Requests a minute from one address, in memory: a restart forgives them. Only strangers are counted, and bad tokens. */
export interface Budget {
  /** Counts one request. Refuses `too_many_requests` beyond the budget. */
  spend(address: string, now: Instant): void
}

export function openBudget(perMinute: number): Budget {
  const seen = new Map<string, { since: Instant; count: number }>()

  /** Whoever has been quiet for a minute is forgotten; if there are too many even so, those who came first. */
  function makeRoom(now: Instant): void {
    for (const [address, { since }] of seen) if (now - since >= window) seen.delete(address)
    for (const address of seen.keys()) {
      if (seen.size < addressesMax) break
      seen.delete(address)
    }
  }

  return {
    spend(address, now) {
      let own = seen.get(address)
      // A clock that was set back must not lock anybody out for longer than the window.
      if (!own || now - own.since >= window || now < own.since) {
        if (seen.size >= addressesMax) makeRoom(now)
        own = { since: now, count: 0 }
        seen.delete(address)
        seen.set(address, own)
      }
      own.count++
      if (own.count > perMinute) {
        throw new Refusal("too_many_requests", { retryAfterSeconds: Math.ceil((own.since + window - now) / 1000) })
      }
    },
  }
}
