import type { Chance } from "../base/clock.ts"
import { Refusal } from "../base/refusal.ts"
import { addressOf } from "./address.ts"
import type { Context } from "./house.ts"
import { paths } from "./paths.ts"

/*
 * Who is let in when more come than the house can answer. Whoever serves goes on: desks, halls, what hangs on the wall and what is
 * listened to. Then whoever has come for something; whoever only looks round is sent away first, and told when to come back.
 */

/** The first is let in the longest. */
export type Standing = "work" | "errand" | "browsing"

/** How many requests there may be at once before one of this standing is sent away, in shares of what browsing may fill. */
const shares: Record<Standing, number> = { work: 4, errand: 2, browsing: 1 }

/** So many of those who look round are begun together; what has come in meanwhile is heard before the next of them. */
const browsingTogether = 8

export interface Admission {
  /**
   * Counts a request in; what is answered counts it out. Refuses `unavailable` where the house is full for this standing, and
   * `too_many_requests` where this one holder (an account, a device, an address) has half of what all may have.
   */
  enter(standing: Standing, holder: string): () => void
  /** Resolves when somebody who looks round may begin; `undefined` where that is at once. */
  turn(): Promise<void> | undefined
  numbers(): { inside: number; waiting: number; sentAway: Record<Standing, number> }
}

/** `atOnce`: so many requests are answered at once before browsing is shed. `soon` lets everything in that has arrived, and then runs. */
export function openAdmission(atOnce: number, soon: (run: () => void) => void, chance: Chance): Admission {
  const held = new Map<string, number>()
  const waiting: (() => void)[] = []
  const sentAway: Record<Standing, number> = { work: 0, errand: 0, browsing: 0 }
  let inside = 0
  let begun = 0

  /** Not the same for everybody, or they would all come back together. */
  const later = () => ({ retryAfterSeconds: 2 + ((chance.bytes(1)[0] ?? 0) % 4) })

  function next(): void {
    begun = 0
    for (const start of waiting.splice(0, browsingTogether)) {
      begun++
      start()
    }
    if (begun > 0) soon(next)
  }

  return {
    enter(standing, holder) {
      const own = held.get(holder) ?? 0
      const isFull = inside >= atOnce * shares[standing]
      if (isFull || own >= atOnce / 2) {
        sentAway[standing]++
        throw new Refusal(isFull ? "unavailable" : "too_many_requests", later())
      }
      inside++
      held.set(holder, own + 1)
      let isIn = true
      return () => {
        if (!isIn) return
        isIn = false
        inside--
        const rest = (held.get(holder) ?? 1) - 1
        if (rest > 0) held.set(holder, rest)
        else held.delete(holder)
      }
    },
    turn() {
      if (begun < browsingTogether && waiting.length === 0) {
        if (begun === 0) soon(next)
        begun++
        return undefined
      }
      return new Promise((resolve) => waiting.push(resolve))
    },
    numbers: () => ({ inside, waiting: waiting.length, sentAway: { ...sentAway } }),
  }
}

/** By who asks, as far as they have shown it, and never by what they say of themselves. */
export function standingOf(c: Context): Standing {
  const role = c.var.subject?.role
  if (role === undefined) return "browsing"
  const hasCome = role === "citizen" || role === "integrator"
  // By a ticket for the wire somebody who waits goes on hearing of their turn.
  return hasCome && c.req.path !== paths.liveTicket ? "errand" : "work"
}

/** Whose requests are counted together: an account's, a device's, an address's. */
export function holderOf(c: Context): string {
  const { subject } = c.var
  return subject === null ? addressOf(c) : `${subject.role} ${subject.id}`
}
