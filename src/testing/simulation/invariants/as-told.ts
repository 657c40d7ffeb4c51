import type { Database } from "bun:sqlite"
import type { AnyFact } from "../../../../db/facts.ts"
import { rebuild } from "../../../domain/queue/rebuild.ts"
import type { Invariant } from "../parts.ts"
import { offices } from "../world.ts"

interface Booking {
  office: string
  line: string
  state: string
  startsAt: number
  endsAt: number
  width: number
  length: number
  wants: string | null
}

/** Slots, bookings, holds, waiting lists, tickets, counters and visits are what the facts alone say. */
export const asTold: Invariant = {
  name: "the tables are what the facts tell",
  watch: (_sim, broken) => {
    const said = new Map<string, AnyFact[]>(offices.map((code) => [code, []]))
    // Holds that a fact of whatever office names as given up for something else, and the latest time of which anything is told.
    const given = new Set<string>()
    let toldAt = 0
    return {
      done({ facts, now }) {
        toldAt = Math.max(toldAt, now)
        for (const fact of facts) {
          said.get(fact.stream)?.push(fact)
          if (fact.kind === "hold.moved") given.add(fact.body.from)
          if ((fact.kind === "booking.made" || fact.kind === "booking.requested") && fact.body.hold)
            given.add(fact.body.hold)
        }
      },
      store(raw) {
        for (const [office, facts] of said) {
          for (const wrong of [
            ...bookingsAndSlots(raw, office, facts),
            ...holds(raw, office, facts, { given, toldAt }),
            ...waits(raw, office, facts),
            ...queue(raw, office, facts),
            ...visits(raw, office, facts),
          ])
            broken(wrong)
        }
      },
    }
  },
}

function bookingsAndSlots(raw: Database, office: string, facts: readonly AnyFact[]): string[] {
  const wrong: string[] = []
  const bookings = new Map<string, Booking>()
  const set = (id: string, changes: Partial<Booking>) => {
    const before = bookings.get(id)
    if (before) bookings.set(id, { ...before, ...changes })
    else wrong.push(`a fact tells of the booking ${id}, which was never made`)
  }
  const taken = new Map<string, number>()
  for (const fact of facts) {
    switch (fact.kind) {
      case "booking.made":
      case "booking.requested":
        bookings.set(fact.body.booking, { ...fact.body, office, wants: null })
        break
      case "booking.moved":
      case "booking.proposed": {
        const { booking, state, startsAt, endsAt, width, length } = fact.body
        set(booking, { state, startsAt, endsAt, width, length })
        break
      }
      case "booking.accepted":
      case "booking.proposal_accepted":
        set(fact.body.booking, { state: "confirmed" })
        break
      case "booking.cancelled":
      case "booking.declined": {
        // Whose visit the office has failed had come already, and the time has been.
        const was = bookings.get(fact.body.booking)?.state
        set(fact.body.booking, { state: was === "arrived" || was === "missed" ? "failed" : "cancelled" })
        break
      }
      case "booking.arrived":
      case "booking.reopened":
        set(fact.body.booking, { state: "arrived" })
        break
      case "booking.wished":
        set(fact.body.booking, { wants: fact.body.wants })
        break
      case "booking.missed":
        set(fact.body.booking, { state: "missed" })
        break
      case "booking.done":
        set(fact.body.booking, { state: "done" })
    }
  }
  for (const { state, line, startsAt, endsAt, width, length } of bookings.values()) {
    for (let index = 0; state !== "cancelled" && index < length; index++) {
      const slot = `${line} ${startsAt + (index * (endsAt - startsAt)) / length}`
      taken.set(slot, (taken.get(slot) ?? 0) + width)
    }
  }
  const rows = raw.query<{ slot: string; taken: number }, [string]>(
    "SELECT line || ' ' || starts_at AS slot, taken FROM slot WHERE office = ?",
  )
  for (const row of rows.all(office)) {
    if (row.taken !== (taken.get(row.slot) ?? 0)) {
      wrong.push(`${office} ${row.slot} has ${row.taken} taken, and the facts tell of ${taken.get(row.slot) ?? 0}`)
    }
    taken.delete(row.slot)
  }
  for (const [slot, width] of taken) wrong.push(`${office} ${slot} has no row, and the facts tell of ${width} taken`)
  const found = raw.query<{ id: string; state: string; at: number; wants: string | null }, [string]>(
    "SELECT id, state, starts_at AS at, wants FROM booking WHERE office = ?",
  )
  let count = 0
  for (const { id, state, at, wants } of found.all(office)) {
    count++
    const told = bookings.get(id)
    const is = told?.state === "failed" ? "cancelled" : told?.state
    if (is !== state || told?.startsAt !== at) {
      wrong.push(`the booking ${id} is ${state} at ${at}, told as ${is} at ${told?.startsAt}`)
    }
    if (told?.wants !== wants) wrong.push(`the booking ${id} wants ${wants}, told is ${told?.wants}`)
  }
  if (count !== bookings.size) wrong.push(`${office} has ${count} bookings, told are ${bookings.size}`)
  return wrong
}

/** What is given up for something in another office is told there alone: `given` holds what any office names. */
function holds(
  raw: Database,
  office: string,
  facts: readonly AnyFact[],
  { given, toldAt }: { given: ReadonlySet<string>; toldAt: number },
): string[] {
  const wrong: string[] = []
  const live = new Map<string, number>()
  const offered = new Map<string, string>()
  for (const fact of facts) {
    switch (fact.kind) {
      case "hold.made":
        live.set(fact.body.hold, fact.body.until)
        break
      case "hold.moved":
        live.delete(fact.body.from)
        live.set(fact.body.hold, fact.body.until)
        break
      case "hold.prolonged":
        live.set(fact.body.hold, fact.body.until)
        break
      case "hold.released":
      case "hold.expired":
        live.delete(fact.body.hold)
        break
      case "booking.made":
      case "booking.requested":
        if (fact.body.hold) live.delete(fact.body.hold)
        break
      case "waitlist.offered":
        offered.set(fact.body.entry, fact.body.hold)
        break
      case "waitlist.taken":
        // A booking that is moved to the place does not name the hold; the wish does.
        live.delete(offered.get(fact.body.entry) ?? "")
    }
  }
  const rows = raw.query<{ id: string; until: number; state: string }, [string]>(
    "SELECT id, until, state FROM hold WHERE office = ?",
  )
  const states = new Map<string, string>()
  for (const { id, until, state } of rows.all(office)) {
    states.set(id, state)
    if (state !== "live") continue
    if (live.get(id) !== until) wrong.push(`the hold ${id} lives until ${until}, told is ${live.get(id) ?? "its end"}`)
  }
  for (const [id, until] of live) {
    const is = states.get(id) ?? "gone"
    if (is === "live" || given.has(id)) continue
    // That its time is over is not told where another office's turn has noticed it, and then it may be cleared away unsaid too.
    const mayBeOver = until <= toldAt && (is === "expired" || is === "gone")
    if (!mayBeOver) wrong.push(`the hold ${id} is ${is}, and the facts tell of one that lives until ${until}`)
  }
  return wrong
}

function waits(raw: Database, office: string, facts: readonly AnyFact[]): string[] {
  const wrong: string[] = []
  const told = new Map<string, string>()
  for (const fact of facts) {
    switch (fact.kind) {
      case "waitlist.joined":
        told.set(fact.body.entry, "waiting")
        break
      case "waitlist.offered":
        told.set(fact.body.entry, "offered")
        break
      case "waitlist.taken":
      case "waitlist.lapsed":
      case "waitlist.left":
        told.set(fact.body.entry, fact.kind.slice("waitlist.".length))
    }
  }
  const entries = raw.query<{ id: string; state: string }, [string]>("SELECT id, state FROM waitlist WHERE office = ?")
  const found = entries.all(office)
  for (const { id, state } of found) {
    if (told.get(id) !== state) wrong.push(`the wish ${id} is ${state}, told is ${told.get(id)}`)
  }
  if (found.length !== told.size) wrong.push(`${office} has ${found.length} wishes, told are ${told.size}`)
  return wrong
}

function queue(raw: Database, office: string, facts: readonly AnyFact[]): string[] {
  const wrong: string[] = []
  const told = rebuild(facts)
  const rows = raw
    .query<Record<string, unknown> & { id: string }, [string]>("SELECT * FROM ticket WHERE office = ?")
    .all(office)
  for (const row of rows) {
    const said = (told.tickets.get(row.id) ?? {}) as Record<string, unknown>
    for (const [column, value] of Object.entries(row)) {
      if (untold.has(column)) continue
      const name = column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
      const is = column === "live" ? value === 1 : value
      if (said[name] !== is) wrong.push(`the ticket ${row.id} has ${column} ${value}, told is ${said[name]}`)
    }
  }
  if (rows.length !== told.tickets.size)
    wrong.push(`${office} has ${rows.length} tickets, told are ${told.tickets.size}`)
  const counters = raw.query<{ id: string; state: string; staff: string | null; ticket: string | null }, [string]>(
    "SELECT id, state, staff, ticket FROM counter WHERE office = ?",
  )
  for (const { id, state, staff, ticket } of counters.all(office)) {
    const said = told.counters.get(id) ?? { state: "closed", staff: null, ticket: null }
    if (said.state !== state || said.staff !== staff || said.ticket !== ticket) {
      wrong.push(`the counter ${id} is ${state} with ${ticket}, told is ${said.state} with ${said.ticket}`)
    }
  }
  return wrong
}

/** What of a ticket is not said in facts. */
const untold = new Set(["holder", "note", "undo"])

function visits(raw: Database, office: string, facts: readonly AnyFact[]): string[] {
  const wrong: string[] = []
  const told = new Map<string, string | null>()
  for (const fact of facts) {
    if (fact.kind === "visit.opened") told.set(fact.body.visit, null)
    if (fact.kind === "visit.moved") told.set(fact.body.visit, fact.body.to)
  }
  const rows = raw
    .query<{ id: string; phase: string }, [string]>("SELECT id, phase FROM visit WHERE office = ?")
    .all(office)
  for (const { id, phase } of rows) {
    const said = told.get(id)
    if (said === undefined || (said !== null && said !== phase))
      wrong.push(`the visit ${id} is ${phase}, told is ${said}`)
  }
  if (rows.length !== told.size) wrong.push(`${office} has ${rows.length} visits, told are ${told.size}`)
  return wrong
}
