import type { Invariant } from "../parts.ts"

/** A connection that drops costs nobody the place: not in the waiting room, and not in a call that is taken up again in time. */
export const visits: Invariant = {
  name: "a visit keeps its place through any drop",
  watch: (_sim, broken) => {
    const dues = new Map<string, number>()
    /** Since when a call is interrupted. */
    const interrupted = new Map<string, number>()
    return {
      done({ asked, facts, now }) {
        for (const fact of facts) {
          const isDrop = asked.what === "presence"
          if (isDrop && fact.kind.startsWith("ticket."))
            broken(`a connection's ${asked.about.state} came to ${fact.kind}`)
          if (fact.kind === "visit.moved") {
            const { visit, to } = fact.body
            if (to === "interrupted") interrupted.set(visit, now)
          }
          if (!("ticket" in fact.body && "due" in fact.body)) continue
          const { ticket, due } = fact.body
          const since = interrupted.get(ticket)
          const isInTime = asked.what === "come_back" && since !== undefined && now <= since + keptFor
          if (isInTime && due > (dues.get(ticket) ?? 0))
            broken(`${ticket} came back in time, due ${due} instead of ${dues.get(ticket)}`)
          dues.set(ticket, due)
          interrupted.delete(ticket)
        }
      },
    }
  },
}

/** Ten minutes, as people are told. */
const keptFor = 10 * 60_000
