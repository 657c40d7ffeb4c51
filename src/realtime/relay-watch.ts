import type { Instant } from "../base/day.ts"
import type { RelayTrouble } from "../domain/visits/rooms.ts"
import { visitTimes } from "../domain/visits/times.ts"

/*
 * Whether the relay takes the credentials that the house gives. Only pages find out, and none of them can do anything about it: what they
 * say is gathered here for whoever can. It is over as soon as a call goes through the relay again, or when nobody has said it for long.
 */

export interface RelayWatchOptions {
  now(): Instant
  /** Each time somebody says it who had not said it yet. */
  onRefused(trouble: RelayTrouble): void
}

export type RelayWatch = ReturnType<typeof createRelayWatch>

export function createRelayWatch({ now, onRefused }: RelayWatchOptions) {
  const told = new Set<string>()
  let since: Instant = 0
  let lastAt: Instant = 0

  function current(): RelayTrouble | null {
    if (told.size > 0 && now() - lastAt > visitTimes.relayTrouble) told.clear()
    return told.size === 0 ? null : { since, count: told.size }
  }

  return {
    current,
    /** The relay refused what this participant showed it. */
    refused(participant: string): void {
      if (current() === null) since = now()
      lastAt = now()
      if (told.has(participant)) return
      told.add(participant)
      onRefused({ since, count: told.size })
    },
    /** Somebody's sound and picture go through it. */
    works: () => told.clear(),
  }
}
