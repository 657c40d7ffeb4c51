import type { RealDay } from "./day.ts"
import type { Hall, Policy } from "./hall.ts"
import { type Class, openingOf, peopleOf, type Shape, type Visitor } from "./people.ts"

/** What became of one person. Times are epoch milliseconds. */
export interface Lived {
  kind: string
  class: Class
  arrivedAt: number
  due: number | null
  calledAt: number | null
  /** Sent away at the door, with how many other times were offered. */
  refused: { code: string; offered: number } | null
  gaveUp: boolean
  reallyWaited: number | null
}

export interface Outcome {
  policy: Policy
  lived: Lived[]
  /** Milliseconds of service and of open counters. */
  busyMs: number
  openMs: number
  lastCallAt: number | null
  closesAt: number
  /** Tickets that nobody called before the counters closed. */
  unserved: number
  /** What the figures alone do not say: a sentence each. */
  notes: string[]
}

interface Happening {
  at: number
  order: number
  run: () => Promise<void>
}

/**
 * Lives a day in a hall: people book beforehand, come, wait, are called by the policy and served as long as they really were; counters
 * open and close when their agents really worked. The hall's own rules decide everything else.
 */
export async function live(hall: Hall, day: RealDay, midnight: number, shape: Shape, policy: Policy): Promise<Outcome> {
  const at = (seconds: number) => midnight + seconds * 1000
  const { from, until } = openingOf(day.seats)
  const agenda: Happening[] = []
  let order = 0
  const plan = (when: number, run: () => Promise<void>) => {
    agenda.push({ at: when, order: order++, run })
  }
  const lived = new Map<string, Lived>()
  const ofTicket = new Map<string, { visitor: Visitor; life: Lived }>()
  const idle = new Set<number>()
  const closing = new Set<number>()
  let busyMs = 0

  const visitors = peopleOf(day, shape)
  const codes = new Map<string, string>()
  const unbooked = new Set<string>()
  for (const visitor of visitors) {
    if (visitor.bookedAt === null || !hall.serves(visitor.kind)) continue
    const made = await hall.book(
      visitor.name,
      visitor.kind,
      at(Math.min(Math.max(visitor.bookedAt, from), until - 900)),
    )
    if (made) codes.set(visitor.name, made.code)
    else unbooked.add(visitor.name)
  }

  const work = async (counter: number) => {
    if (closing.has(counter)) return hall.closeCounter(counter)
    const ticket = await hall.next(counter, policy)
    if (ticket === null) {
      idle.add(counter)
      return
    }
    idle.delete(counter)
    const who = ofTicket.get(ticket)
    if (who) who.life.calledAt = hall.now()
    const length = (who?.visitor.serviceSeconds ?? 60) * 1000
    busyMs += length
    plan(hall.now() + length, async () => {
      await hall.finish(counter, ticket)
      await work(counter)
    })
  }
  const wakeIdle = async () => {
    for (const counter of [...idle]) await work(counter)
  }

  let openMs = 0
  for (const [index, seat] of day.seats.entries()) {
    const counter = index + 1
    openMs += (seat.until - seat.from) * 1000
    plan(at(seat.from), async () => {
      await hall.openCounter(counter)
      await work(counter)
    })
    plan(at(seat.until), async () => {
      closing.add(counter)
      if (idle.delete(counter)) await hall.closeCounter(counter)
    })
  }
  // Booked people who are early wait for their time; somebody has to look.
  for (let seconds = from; seconds < until; seconds += 60) plan(at(seconds), wakeIdle)

  for (const visitor of visitors) {
    plan(at(visitor.arrivesAt), async () => {
      const life: Lived = {
        kind: visitor.kind,
        // Whoever wished to book and found no time comes as anybody without a booking.
        class: visitor.class === "booked" && unbooked.has(visitor.name) ? "walk-in" : visitor.class,
        arrivedAt: hall.now(),
        due: null,
        calledAt: null,
        refused: null,
        gaveUp: false,
        reallyWaited: visitor.reallyWaited,
      }
      lived.set(visitor.name, life)
      if (!hall.serves(visitor.kind)) {
        life.refused = { code: nobodyServes, offered: 0 }
        return
      }
      const code = codes.get(visitor.name)
      const isInNeed = visitor.class === "need"
      const given = code ? await hall.checkIn(code, isInNeed) : await hall.walkIn(visitor.name, visitor.kind, isInNeed)
      if (given === null || "refused" in given) {
        life.refused =
          given === null ? { code: "not_checked_in", offered: 0 } : { code: given.refused, offered: given.offered }
        return
      }
      life.due = given.due
      ofTicket.set(given.ticket, { visitor, life })
      if (visitor.gaveUpAfter !== null) {
        plan(hall.now() + visitor.gaveUpAfter * 1000, async () => {
          if (life.calledAt !== null) return
          life.gaveUp = true
          await hall.leave(given.ticket)
        })
      }
      await wakeIdle()
    })
  }

  for (let next = take(agenda); next; next = take(agenda)) {
    await hall.until(next.at)
    await next.run()
  }
  const all = [...lived.values()]
  return {
    policy,
    lived: all,
    busyMs,
    openMs,
    lastCallAt: all.reduce<number | null>((last, { calledAt }) => Math.max(last ?? 0, calledAt ?? 0) || null, null),
    closesAt: at(until),
    unserved: all.filter(({ due, calledAt, gaveUp }) => due !== null && calledAt === null && !gaveUp).length,
    notes: [...hall.notes(), ...notesOf(all, unbooked.size)],
  }
}

/** Why somebody did not even get a number: no counter of the day works on that kind. */
const nobodyServes = "nobody_serves"

function notesOf(lived: readonly Lived[], unbooked: number): string[] {
  const alone = lived.filter(({ refused }) => refused?.code === nobodyServes).map(({ kind }) => kind)
  const unserved = [...new Set(alone)].sort().map((kind) => {
    return `${kind}: nobody serves this line (people: ${alone.filter((one) => one === kind).length})`
  })
  return unbooked > 0
    ? [...unserved, `bookings that were not to be had: ${unbooked}; these people came without`]
    : unserved
}

/** The earliest happening; of equals the one that was planned first. */
function take(agenda: Happening[]): Happening | undefined {
  let best = 0
  for (let index = 1; index < agenda.length; index++) {
    const [one, first] = [agenda[index], agenda[best]]
    if (one && first && (one.at < first.at || (one.at === first.at && one.order < first.order))) best = index
  }
  return agenda.splice(best, 1)[0]
}
