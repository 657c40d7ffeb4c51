import type { AnyFact } from "../../../../db/facts.ts"
import type { Done, Invariant } from "../parts.ts"
import type { World } from "../world.ts"

interface Told {
  office: string
  line: string
  due: number
  arrival: number
  state: string
  /** When an early or absent-minded person may be called. */
  wakeAt: number | null
  wants: string | null
}

/**
 * "Next" by a model of its own, from the facts alone: over the counter's lines the lowest due plus the line's handicap, of equals who came
 * first, among those who wait or whose time has come; whoever wishes for a woman only by one. And nobody is in two hands.
 */
export const nextIsLowest: Invariant = {
  name: "the one called is the lowest due of those who may be called",
  watch: (sim, broken) => {
    const tickets = new Map<string, Told>()
    const counters = new Map<string, { lines: { line: string; handicap: number }[]; ticket: string | null }>()
    const women = womenOf(sim.world)

    const expected = ({ asked, now }: Done): string => {
      const counter = String(asked.about.counter)
      const lines = counters.get(counter)?.lines ?? []
      const office = counter.slice(0, counter.lastIndexOf("."))
      let best: { id: string; rank: number; arrival: number } | null = null
      for (const [id, told] of tickets) {
        const line = lines.find((one) => one.line === told.line)
        const isUp = told.state === "waiting" || (told.wakeAt !== null && told.wakeAt <= now)
        if (!line || told.office !== office || !isUp || (told.wants !== null && !women.has(asked.by.id))) continue
        const rank = told.due + line.handicap * 60_000
        if (!best || rank < best.rank || (rank === best.rank && told.arrival < best.arrival)) {
          best = { id, rank, arrival: told.arrival }
        }
      }
      return best?.id ?? ""
    }

    return {
      done(turn) {
        if (calls.has(turn.asked.what) && !turn.isRepeated) {
          const rightly = expected(turn)
          const called = turn.facts.find(({ kind }) => kind === "ticket.called")
          const really = called?.kind === "ticket.called" ? called.body.ticket : ""
          if (rightly !== really)
            broken(`${turn.asked.about.counter} called ${really || "nobody"}, and ${rightly || "nobody"} was next`)
        }
        for (const fact of turn.facts) {
          if (fact.kind === "ticket.called") {
            const { ticket, counter } = fact.body
            const state = tickets.get(ticket)?.state
            if (state !== "waiting" && state !== "parked") broken(`${ticket} is called to ${counter} and was ${state}`)
            const held = counters.get(counter)?.ticket
            if (held) broken(`${counter} calls ${ticket} with ${held} in hand`)
          }
          hear(fact, tickets, counters)
        }
      },
    }
  },
}

/** The requests by which somebody calls whoever is next. */
const calls = new Set(["next", "ring_next"])

function womenOf({ agents }: World): Set<string> {
  return new Set(Object.values(agents).map(([first = ""]) => first))
}

function hear(
  fact: AnyFact,
  tickets: Map<string, Told>,
  counters: Map<string, { lines: { line: string; handicap: number }[]; ticket: string | null }>,
): unknown {
  const set = (id: string, changes: Partial<Told>) => {
    const before = tickets.get(id)
    if (before) tickets.set(id, { ...before, ...changes })
  }
  const letGo = (id: string) => {
    for (const counter of counters.values()) if (counter.ticket === id) counter.ticket = null
  }
  const waits = (id: string, { due, line }: { due: number; line?: string }) => {
    letGo(id)
    set(id, { state: "waiting", wakeAt: null, due, ...(line === undefined ? {} : { line }) })
  }
  switch (fact.kind) {
    case "ticket.issued": {
      const { ticket, line, due, arrival, state, wakeAt } = fact.body
      return tickets.set(ticket, { office: fact.stream, line, due, arrival, state, wakeAt, wants: null })
    }
    case "ticket.woken":
      return set(fact.body.ticket, { state: "waiting", wakeAt: null })
    case "ticket.ready":
    case "ticket.returned":
      return waits(fact.body.ticket, fact.body)
    case "ticket.transferred":
      if (fact.body.to === undefined) return waits(fact.body.ticket, fact.body)
      letGo(fact.body.ticket)
      return tickets.delete(fact.body.ticket)
    case "ticket.need_confirmed":
      return set(fact.body.ticket, { due: fact.body.due, state: fact.body.state, wakeAt: fact.body.wakeAt })
    case "ticket.wished":
      return set(fact.body.ticket, { wants: fact.body.wants })
    case "ticket.away":
      return set(fact.body.ticket, { state: "away", wakeAt: fact.body.until })
    case "ticket.called": {
      const counter = counters.get(fact.body.counter)
      if (counter) counter.ticket = fact.body.ticket
      return set(fact.body.ticket, { state: "called", wakeAt: null })
    }
    case "ticket.serving":
      return set(fact.body.ticket, { state: "serving" })
    case "ticket.service_changed":
      return set(fact.body.ticket, { line: fact.body.line })
    case "ticket.served":
    case "ticket.left":
    case "ticket.absent":
    case "ticket.parked":
      letGo(fact.body.ticket)
      return set(fact.body.ticket, { state: fact.kind.slice("ticket.".length), wakeAt: null })
    case "ticket.undone": {
      const { ticket, state, due, line, wakeAt, counter } = fact.body
      letGo(ticket)
      const back = counter === null ? undefined : counters.get(counter)
      if (back && (state === "called" || state === "serving")) back.ticket = ticket
      return set(ticket, { state, due, line, wakeAt: state === "early" || state === "away" ? wakeAt : null })
    }
    case "counter.opened": {
      const { counter, lines } = fact.body
      return counters.set(counter, { lines, ticket: counters.get(counter)?.ticket ?? null })
    }
  }
}
