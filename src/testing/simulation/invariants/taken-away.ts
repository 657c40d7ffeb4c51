import type { AnyFact } from "../../../../db/facts.ts"
import type { Invariant } from "../parts.ts"

/**
 * Nothing is done in anybody's name after the turn that took the right to it away: by whoever was shut out, by a session from before other
 * rights, at a kiosk or with a key that is no more, for somebody who has ended the proxy.
 */
export const takenAway: Invariant = {
  name: "what was taken away does nothing",
  watch: (sim, broken) => {
    /** Staff who are shut out, devices and keys that are no more. */
    const gone = new Set<string>()
    const sessionsOf = new Map<string, Set<string>>()
    /** Sessions of staff from before they were given other rights. */
    const stale = new Set<string>()
    /** Proxies that stand, `holder giver`. */
    const proxies = new Map<string, string>()
    const citizens = new Set([...sim.world.citizens, sim.world.household.holder, ...sim.world.household.givers])

    const hear = (fact: AnyFact) => {
      switch (fact.kind) {
        case "staff.disabled":
          return gone.add(fact.body.staff)
        case "staff.enabled":
          return gone.delete(fact.body.staff)
        case "staff.changed":
          for (const session of sessionsOf.get(fact.body.staff) ?? []) stale.add(session)
          return
        case "device.revoked":
          return gone.add(fact.body.device)
        case "key.revoked":
          return gone.add(fact.body.key)
        case "proxy.given":
          return proxies.set(fact.body.proxy, `${fact.body.holder} ${fact.subject}`)
        case "proxy.ended":
          return proxies.delete(fact.body.proxy)
      }
    }
    const mustBeAllowed = (fact: AnyFact) => {
      if (!fact.kind.startsWith("booking.") || !("people" in fact.body && "by" in fact.body)) return
      const { people, by } = fact.body
      if (!citizens.has(by)) return
      const others = (people ?? []).filter((person) => person !== by)
      const without = others.filter((person) => ![...proxies.values()].includes(`${by} ${person}`))
      for (const person of without) broken(`${fact.kind} by ${by} for ${person}, who has named no such proxy`)
    }

    return {
      done({ asked, session, facts, now }) {
        const { kind, id } = asked.by
        if (gone.has(id)) broken(`${asked.what} by the ${kind} ${id} at ${now}, who may nothing any more`)
        if (session !== null && stale.has(session)) {
          broken(`${asked.what} by ${id} at ${now} with rights from before they were changed`)
        }
        if (session !== null) sessionsOf.set(id, (sessionsOf.get(id) ?? new Set()).add(session))
        for (const fact of facts) {
          mustBeAllowed(fact)
          hear(fact)
        }
      },
    }
  },
}
