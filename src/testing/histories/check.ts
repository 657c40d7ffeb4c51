import type { Asked, End, Event, Said } from "./history.ts"

/*
 * Says what in a history cannot have come from a process that keeps its promises. It knows nothing of how the process works. Where the
 * end of a call is unknown, both are allowed: that it took effect, and that it did not.
 */

/** What may be true of a booking: in which slot, and whether it is still open. */
type May = { slot: string; open: boolean }

interface Call {
  asked: Asked
  /** Its latest end; `null`: it is still going on, or was cut off with the history. */
  end: "ok" | "refused" | "unknown" | null
  said: Said | null
}

/** Sentences, one a fault; none where all promises were kept. */
export function check(events: readonly Event[], end: End): string[] {
  const calls = callsOf(events)
  return [
    ...repeated(events),
    ...capacity(events, end),
    ...kept(calls, end),
    ...lists(events),
    ...calledOnce(calls, end),
    ...numbersOnce(calls, end),
    ...topics(events, end),
    ...end.wrong.map((what) => `the file at the end: ${what}`),
  ]
}

function callsOf(events: readonly Event[]): Map<string, Call> {
  const calls = new Map<string, Call>()
  for (const event of events) {
    if (event.kind === "invoke") {
      const before = calls.get(event.key)
      calls.set(event.key, { asked: event.asked, end: null, said: before?.said ?? null })
    } else if ("key" in event) {
      const call = calls.get(event.key)
      if (!call) continue
      call.end = event.kind
      if (event.kind === "ok") call.said = event.said
    }
  }
  return calls
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

/** The same asking has one answer, however often it is repeated, and is not refused once it was granted. */
function repeated(events: readonly Event[]): string[] {
  const said = new Map<string, Said>()
  return events.flatMap((event) => {
    if (event.kind === "ok") {
      const before = said.get(event.key)
      said.set(event.key, before ?? event.said)
      return before && !same(before, event.said)
        ? [`${event.key} was answered ${JSON.stringify(before)} and then ${JSON.stringify(event.said)}`]
        : []
    }
    return event.kind === "refused" && said.has(event.key)
      ? [`${event.key} was granted and, repeated, refused (${event.code})`]
      : []
  })
}

/** At no moment more acknowledged places are held in a slot than it has; and the store counts them as they are. */
function capacity(events: readonly Event[], end: End): string[] {
  const places = new Map(end.slots.map(({ slot, places }) => [slot, places]))
  const askedBy = new Map<string, Asked>()
  const where = new Map<string, string>()
  const unsure = new Map<string, string>()
  const held = new Map<string, Set<string>>()
  const found: string[] = []
  const hold = (booking: string, slot: string) => {
    where.set(booking, slot)
    const all = held.get(slot) ?? new Set()
    held.set(slot, all.add(booking))
    const most = places.get(slot)
    if (most !== undefined && all.size > most) {
      found.push(`${slot} has ${most} places and was held by ${[...all].join(", ")} at the same time`)
    }
  }
  const letGo = (booking: string) => {
    const slot = where.get(booking)
    if (slot === undefined) return
    where.delete(booking)
    held.get(slot)?.delete(booking)
    unsure.set(booking, slot)
  }
  for (const event of events) {
    if (event.kind === "invoke") {
      askedBy.set(event.key, event.asked)
      // From here on it may have gone from its place.
      if (event.asked.do === "move" || event.asked.do === "cancel") letGo(event.asked.booking)
    } else if (event.kind === "ok" && "booking" in event.said) {
      const { booking, slot, open } = event.said
      if (open && !where.has(booking)) hold(booking, slot)
    } else if (event.kind === "refused") {
      const asked = askedBy.get(event.key)
      if (asked?.do !== "move" && asked?.do !== "cancel") continue
      const slot = unsure.get(asked.booking)
      if (slot !== undefined) hold(asked.booking, slot)
    }
  }
  for (const { slot, places: most, taken } of end.slots) {
    const open = end.bookings.filter((booking) => booking.open && booking.slot === slot).length
    if (open > most) found.push(`${slot} has ${most} places and ${open} bookings at the end`)
    if (open !== taken) found.push(`${slot} counts ${taken} places as taken, and ${open} are`)
  }
  return found
}

/** Whatever was acknowledged is there at the end as the last word about it was; and nothing that nobody can have asked for. */
function kept(calls: Map<string, Call>, end: End): string[] {
  const may = new Map<string, May[]>()
  const owners = new Map<string, string>()
  let loose = 0
  for (const [key, { asked, end: how, said }] of calls) {
    if (asked.do === "book") {
      if (said && "booking" in said) {
        may.set(said.booking, [{ slot: said.slot, open: true }])
        if (owners.has(said.booking)) return [`${said.booking} was given for two askings, one of them ${key}`]
        owners.set(said.booking, asked.person)
      } else if (how !== "refused") loose++
    } else if (asked.do === "move" || asked.do === "cancel") {
      const before = may.get(asked.booking) ?? []
      const after = before.map(({ slot, open }) => ({
        slot: asked.do === "move" ? asked.slot : slot,
        open: asked.do === "move" && open,
      }))
      if (how === "ok") may.set(asked.booking, after)
      else if (how !== "refused") may.set(asked.booking, [...before, ...after])
    }
  }
  const there = new Map(end.bookings.map((booking) => [booking.id, booking]))
  const found: string[] = []
  for (const [id, ways] of may) {
    const row = there.get(id)
    if (!row) found.push(`${id} was acknowledged and is not there`)
    else if (row.person !== owners.get(id)) found.push(`${id} is ${row.person}'s and not its owner's`)
    else if (!ways.some(({ slot, open }) => open === row.open && (!open || slot === row.slot))) {
      found.push(`${id} should be ${ways.map(written).join(" or ")}, and is ${written(row)}`)
    }
  }
  const unknown = end.bookings.filter(({ id, isOld }) => !isOld && !may.has(id))
  if (unknown.length > loose) {
    found.push(`${unknown.map(({ id }) => id).join(", ")}: nobody was told so, and only ${loose} ends are unknown`)
  }
  const granted = [...calls.values()].flatMap(({ said }) => (said && "number" in said ? [said.ticket] : []))
  const tickets = new Set(end.tickets.map(({ id }) => id))
  for (const id of new Set(granted)) if (!tickets.has(id)) found.push(`the number ${id} was given out and is not there`)
  return found
}

const written = ({ slot, open }: May) => (open ? `in ${slot}` : "cancelled")

/** Who looks sees what was acknowledged to them before they looked, and nothing that they had given up. */
function lists(events: readonly Event[]): string[] {
  const askedBy = new Map<string, Asked>()
  /** By person: what is certain of each of their bookings; one with an end that nobody knows is left out. */
  const certain = new Map<string, Map<string, May>>()
  const doubtful = new Set<string>()
  const found: string[] = []
  for (const event of events) {
    if (event.kind === "invoke") {
      askedBy.set(event.key, event.asked)
      continue
    }
    if (!("key" in event)) continue
    const asked = askedBy.get(event.key)
    if (!asked || !("person" in asked)) continue
    const own = certain.get(asked.person) ?? new Map<string, May>()
    certain.set(asked.person, own)
    if ("booking" in asked && event.kind !== "refused") {
      if (event.kind === "unknown") doubtful.add(asked.booking)
      else doubtful.delete(asked.booking)
    }
    if (event.kind !== "ok") continue
    if ("booking" in event.said) own.set(event.said.booking, event.said)
    if (!("bookings" in event.said)) continue
    const shown = new Map(event.said.bookings.map((booking) => [booking.booking, booking]))
    for (const [id, { slot, open }] of own) {
      const seen = shown.get(id)
      if (doubtful.has(id)) continue
      if (!seen || seen.open !== open || (open && seen.slot !== slot)) {
        found.push(
          `${asked.person} was told that ${id} is ${written({ slot, open })} and then saw it ${seen ? written(seen) : "nowhere"}`,
        )
      }
    }
  }
  return found
}

/** Nobody is called by two presses, and nobody is called whom no press can have called. */
function calledOnce(calls: Map<string, Call>, end: End): string[] {
  const by = new Map<string, string>()
  const found: string[] = []
  let loose = 0
  for (const [key, { asked, end: how, said }] of calls) {
    if (asked.do !== "next") continue
    if (said && "ticket" in said && said.ticket !== null) {
      const before = by.get(said.ticket)
      if (before !== undefined) found.push(`${said.ticket} was called by ${before} and by ${key}`)
      by.set(said.ticket, key)
    } else if (how !== "refused" && how !== "ok") loose++
  }
  const strange: string[] = []
  for (const { id, calls: times, isOld } of end.tickets) {
    if (times > 1 && !isOld) found.push(`${id} was called ${times} times`)
    if (by.has(id) && times === 0) found.push(`${id} was called by ${by.get(id)}, and its row does not know it`)
    if (times > 0 && !isOld && !by.has(id)) strange.push(id)
  }
  if (strange.length > loose)
    found.push(`${strange.join(", ")} were called, and only ${loose} presses have an unknown end`)
  return found
}

/** A number is given out once in an office's day. */
function numbersOnce(calls: Map<string, Call>, end: End): string[] {
  const found: string[] = []
  const seen = new Map<string, string>()
  for (const { id, office, day, number } of end.tickets) {
    const name = `${office} ${day} ${number}`
    if (seen.has(name)) found.push(`${id} and ${seen.get(name)} have the same number ${name}`)
    seen.set(name, id)
  }
  const own = new Map(end.tickets.map(({ id, number }) => [id, number]))
  for (const { said } of calls.values()) {
    if (!said || !("number" in said)) continue
    const number = own.get(said.ticket)
    if (number !== undefined && number !== said.number) found.push(`${said.ticket} was ${said.number} and is ${number}`)
  }
  return found
}

/** Each message names the one before it; numbers never go back; what a listener shows at the end is what there is. */
function topics(events: readonly Event[], end: End): string[] {
  const have = new Map<string, { seq: number; shows: string } | null>()
  /** From where the next message of this listener may go on, after it asked. */
  const asked = new Map<string, number | null>()
  const found: string[] = []
  const names = new Map<string, string>()
  for (const event of events) {
    if (event.kind !== "follows" && event.kind !== "hears") continue
    const { listener, topic } = event
    const name = `${listener}, ${topic}`
    names.set(name, topic)
    if (event.kind === "follows") {
      asked.set(name, event.since)
      continue
    }
    const last = have.get(name) ?? null
    const { seq, prev, shows } = event
    if (prev === null) {
      if (!asked.has(name)) found.push(`${name}: the whole came unasked at ${seq}`)
    } else {
      const from = asked.has(name) ? (asked.get(name) ?? null) : (last?.seq ?? null)
      if (prev !== from) found.push(`${name}: ${seq} follows ${prev}, and ${from ?? "nothing"} was there`)
      if (seq < prev) found.push(`${name}: ${seq} follows ${prev}, which is later`)
    }
    if (last && seq < last.seq) found.push(`${name}: goes back from ${last.seq} to ${seq}`)
    asked.delete(name)
    have.set(name, { seq, shows })
  }
  for (const [name, topic] of names) {
    const now = end.topics.find((one) => one.topic === topic)
    const last = have.get(name)
    if (!now) continue
    if (!last) found.push(`${name}: nothing was ever heard`)
    else if (last.shows !== now.shows) found.push(`${name}: shows at ${last.seq} what is not there at ${now.seq}`)
  }
  return found
}
