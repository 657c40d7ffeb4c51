import type { AnyFact } from "../../../db/facts.ts"
import type { DueBy, Need, ProfileLine, TicketRow, TicketState } from "../../../db/schema/queue.ts"
import { liveStates } from "./states.ts"
import { uncalled } from "./tickets.ts"

/** A ticket as far as facts tell it: who holds it and what an agent noted are not said in facts. */
export type ToldTicket = Omit<TicketRow, "holder" | "note" | "undo">

export interface ToldCounter {
  state: "open" | "paused" | "closed"
  staff: string | null
  profile: ProfileLine[]
  ticket: string | null
}

export interface Told {
  tickets: Map<string, ToldTicket>
  counters: Map<string, ToldCounter>
}

/**
 * The queue of an office as its facts tell it, from the first to the last in order. What the tables say and what this says is the same:
 * a check of a restored store, and the proof that nothing happens in the queue without being said.
 */
export function rebuild(facts: readonly AnyFact[]): Told {
  const told: Told = { tickets: new Map(), counters: new Map() }
  for (const fact of facts) tell(told, fact)
  return told
}

function tell(told: Told, fact: AnyFact) {
  const { at, stream } = fact
  const change = (id: string, changes: Partial<ToldTicket>) => {
    const before = told.tickets.get(id)
    if (!before) throw new Error(`a fact speaks of the ticket ${id}, which was never issued`)
    told.tickets.set(id, { ...before, ...changes })
  }
  const ended = { live: false, endedAt: at, wakeAt: null }
  switch (fact.kind) {
    case "ticket.issued": {
      const { ticket: id, dueBy, need, state, day, lang, ...given } = fact.body
      told.tickets.set(id, {
        ...given,
        id,
        office: stream,
        day,
        state: state as TicketState,
        need: need as Need | null,
        dueBy: dueBy as DueBy,
        lang: lang as TicketRow["lang"],
        person: fact.subject,
        ...{ keptUntil: null, counter: null, calledAt: null, calls: 0, servingAt: null, endedAt: null, outcome: null },
        ...{ returns: 0, live: true, wants: null },
      })
      return
    }
    case "ticket.woken":
      return change(fact.body.ticket, { state: "waiting", wakeAt: null })
    case "ticket.ready":
    case "ticket.returned": {
      const { ticket, due, dueBy, returns } = fact.body
      release(told, ticket)
      return change(ticket, { ...uncalled, state: "waiting", due, dueBy: dueBy as DueBy, returns })
    }
    case "ticket.need_confirmed": {
      const { ticket, need, due, dueBy, state, wakeAt } = fact.body
      return change(ticket, {
        need: need as Need,
        due,
        dueBy: dueBy as DueBy,
        state: state as TicketState,
        wakeAt,
      })
    }
    case "ticket.wished":
      return change(fact.body.ticket, { wants: fact.body.wants })
    case "ticket.away":
      return change(fact.body.ticket, { state: "away", wakeAt: fact.body.until })
    case "ticket.called": {
      const { ticket, counter } = fact.body
      hold(told, counter, ticket)
      return change(ticket, { state: "called", counter, calledAt: at, calls: 1, servingAt: null })
    }
    case "ticket.recalled":
      return change(fact.body.ticket, { calls: fact.body.calls, calledAt: at })
    case "ticket.serving":
      return change(fact.body.ticket, { state: "serving", servingAt: at })
    case "ticket.service_changed":
      return change(fact.body.ticket, { line: fact.body.line, service: fact.body.service })
    case "ticket.served":
      release(told, fact.body.ticket)
      return change(fact.body.ticket, { state: "served", ...ended, outcome: fact.body.outcome })
    case "ticket.absent":
      release(told, fact.body.ticket)
      return change(fact.body.ticket, { state: "absent", keptUntil: fact.body.keptUntil })
    case "ticket.parked":
      release(told, fact.body.ticket)
      return change(fact.body.ticket, { state: "parked" })
    case "ticket.left": {
      release(told, fact.body.ticket)
      const outcome = fact.body.why === "office_closed" ? { outcome: fact.body.why } : {}
      return change(fact.body.ticket, { state: "left", ...ended, ...outcome })
    }
    case "ticket.transferred": {
      const { ticket, line, service, due, dueBy, to } = fact.body
      release(told, ticket)
      const moved = { ...uncalled, state: "waiting" as const, line, service, due, dueBy: dueBy as DueBy }
      return change(ticket, to === undefined ? moved : { state: "transferred", ...ended })
    }
    case "ticket.undone": {
      const { ticket, cancels: _cancelled, state, need, dueBy, ...before } = fact.body
      const restored = { ...before, state: state as TicketState, need: need as Need | null, dueBy: dueBy as DueBy }
      release(told, ticket)
      if ((state === "called" || state === "serving") && before.counter) hold(told, before.counter, ticket)
      return change(ticket, { ...restored, live: liveStates.includes(restored.state) })
    }
    case "counter.opened": {
      const { counter, by, lines } = fact.body
      const ticket = told.counters.get(counter)?.ticket ?? null
      told.counters.set(counter, { state: "open", staff: by, profile: lines, ticket })
      return
    }
    case "counter.paused":
      return setCounter(told, fact.body.counter, { state: "paused" })
    case "counter.closed":
      return setCounter(told, fact.body.counter, { state: "closed", staff: null })
  }
}

function hold(told: Told, counter: string, ticket: string): void {
  const held = told.counters.get(counter)?.ticket
  if (held && held !== ticket) throw new Error(`the counter ${counter} was given ${ticket} with ${held} in hand`)
  setCounter(told, counter, { ticket })
}

function release(told: Told, ticket: string): void {
  for (const [counter, held] of told.counters) if (held.ticket === ticket) setCounter(told, counter, { ticket: null })
}

function setCounter(told: Told, counter: string, changes: Partial<ToldCounter>): void {
  const before = told.counters.get(counter)
  if (!before) throw new Error(`a fact speaks of the counter ${counter}, which was never opened`)
  told.counters.set(counter, { ...before, ...changes })
}
