import type { Chance } from "../base/clock.ts"
import type { Instant } from "../base/day.ts"
import { token } from "../base/id.ts"
import type { Subject } from "../domain/access/subject.ts"
import { type Hello, liveLimits } from "./protocol.ts"
import type { Reader } from "./topics.ts"

/** Who listens, and the session, device or key by which they were let in: when that ends, so do its sockets. */
export interface Caller {
  subject: Subject
  session: string
}

/** `session` is `null` for a device, which has none but its own key. */
interface Issued {
  subject: Subject
  session: string | null
  until: Instant
}

export interface AdmissionOptions {
  chance: Chance
  authenticate(token: string, from: string): Promise<Caller | null>
  redeemCapability(ticket: string, secret: string): Promise<boolean>
}

/**
 * Who may take part. One-time tickets are for sockets that were opened under a cookie: a page of another origin can open such a socket
 * with the reader's cookies attached, but it cannot ask for a ticket. Only hashes are kept, and only in memory: after a restart every
 * page asks again anyway.
 */
export function createAdmission(options: AdmissionOptions) {
  const issued = new Map<string, Issued>()

  /** Whether it is a ticket of this cookie: known, unused, in time and of this very session. Whatever the answer, it is used up. */
  function redeem(secret: string, cookie: Caller, now: Instant): boolean {
    const key = hash(secret)
    const found = issued.get(key)
    issued.delete(key)
    if (!found || found.until <= now || found.subject.id !== cookie.subject.id) return false
    return found.session === null || found.session === cookie.session
  }

  return {
    /** A ticket for this session, good once and for thirty seconds. Of more than a handful the oldest lapses. */
    issue(subject: Subject, session: string | null, now: Instant): string {
      for (const [key, { until }] of issued) {
        // They stand in the order of their making.
        if (until > now) break
        issued.delete(key)
      }
      const own = [...issued].filter(([, other]) => other.session === session && other.subject.id === subject.id)
      for (const [key] of own.slice(0, Math.max(0, own.length - liveLimits.ticketsPerSession + 1))) issued.delete(key)
      const secret = token(options.chance, 32)
      issued.set(hash(secret), { subject, session, until: now + liveLimits.ticketMilliseconds })
      return secret
    },

    /** Who says hello on a socket that was opened under this cookie and from there; `null` where it is not to be believed. */
    async identify(
      said: Hello,
      { cookie, address }: { cookie: Caller | null; address: string },
      now: Instant,
    ): Promise<{ reader: Reader; session: string } | null> {
      if ("capability" in said) {
        const dot = said.capability.indexOf(".")
        const [ticket, secret] = [said.capability.slice(0, Math.max(0, dot)), said.capability.slice(dot + 1)]
        const isHolder = ticket !== "" && (await options.redeemCapability(ticket, secret))
        return isHolder ? { reader: { subject: null, ticket }, session: `ticket:${ticket}` } : null
      }
      let caller: Caller | null = null
      if ("token" in said) caller = await options.authenticate(said.token, address)
      else if (cookie && redeem(said.ticket, cookie, now)) caller = cookie
      return caller && { reader: { subject: caller.subject, ticket: null }, session: caller.session }
    },

    /** Nobody comes in any more on a ticket of this session. */
    forget(session: string): void {
      for (const [key, other] of issued) if (other.session === session) issued.delete(key)
    },
  }
}

function hash(secret: string): string {
  return new Bun.CryptoHasher("sha256").update(secret).digest("base64url")
}
