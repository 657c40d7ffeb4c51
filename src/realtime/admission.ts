import type { Chance } from "../base/clock.ts"
import type { Instant } from "../base/day.ts"
import { token } from "../base/id.ts"
import type { Subject } from "../domain/access/subject.ts"
import { liveLimits } from "./protocol.ts"

/** Who listens, and the session, device or key by which they were let in: when that ends, so do its sockets. */
export interface Caller {
  subject: Subject
  session: string
}

interface Issued extends Caller {
  until: Instant
}

/**
 * One-time tickets for the first message of a socket that was opened under a cookie. A page of another origin can open such a socket
 * with the reader's cookies attached, but it cannot ask for a ticket. Only hashes are kept, and only in memory: after a restart every
 * page asks again anyway.
 */
export function createAdmission(chance: Chance) {
  const issued = new Map<string, Issued>()

  return {
    /** A ticket for this session, good once and for thirty seconds. Of more than a handful the oldest lapses. */
    issue(caller: Caller, now: Instant): string {
      for (const [key, { until }] of issued) {
        // They stand in the order of their making.
        if (until > now) break
        issued.delete(key)
      }
      const own = [...issued].filter(([, { session }]) => session === caller.session)
      for (const [key] of own.slice(0, Math.max(0, own.length - liveLimits.ticketsPerSession + 1))) issued.delete(key)
      const secret = token(chance, 32)
      issued.set(hash(secret), { ...caller, until: now + liveLimits.ticketMilliseconds })
      return secret
    },

    /** Whose ticket it was; `null` if it is unknown, used, late or another session's. Whatever the answer, it is used up. */
    redeem(secret: string, session: string, now: Instant): Caller | null {
      const key = hash(secret)
      const found = issued.get(key)
      issued.delete(key)
      if (!found || found.until <= now || found.session !== session) return null
      return { subject: found.subject, session: found.session }
    },

    /** Nobody comes in any more on a ticket of this session. */
    forget(session: string): void {
      for (const [key, caller] of issued) if (caller.session === session) issued.delete(key)
    },
  }
}

function hash(secret: string): string {
  return new Bun.CryptoHasher("sha256").update(secret).digest("base64url")
}
