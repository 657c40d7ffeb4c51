import type { RealDay } from "./day.ts"
import type { Given, Hall, Policy, SentAway } from "./hall.ts"
import { type Class, midnightOf, peopleOf, type Shape, type Visitor } from "./people.ts"
import { kindsOf } from "./plan.ts"
import { openingOf, plannedShifts, type Shift } from "./shifts.ts"

/** What became of one person. Times are epoch milliseconds. */
export interface Lived {
  name: string
  kind: string
  class: Class
  arrivedAt: number
  /** The time of the booking, of whoever has one. */
  bookedAt: number | null
  due: number | null
  calledAt: number | null
  refused: SentAway | null
  gaveUp: boolean
  /** Seconds of waiting, of whoever was really served. */
  reallyWaited: number | null
}

export interface Outcome {
  policy: Policy
  lived: Lived[]
  /** Milliseconds of service and of open counters. */
  busyMs: number
  openMs: number
  closesAt: number
  /** The time of the day at which it was stopped; null where it was played to its end. */
  stoppedAt: number | null
  /** What the figures alone do not say: a sentence each. */
  notes: string[]
}

interface Happening {
  at: number
  order: number
  run: () => Promise<void>
}

/** An agent at a counter. */
interface Post {
  counter: number
  shift: Shift
  openedAt: number
}

/**
 * Lives a day in a hall: people book beforehand, come, wait, are called by the policy and served as long as they really were. Agents come
 * when they really came and go when they really went, after the person in hand; where the day is stretched they behave as in a hall, and
 * nobody goes home as long as people wait whom they serve. The hall's own rules decide everything else. `signal` stops it early.
 */
export async function live(
  hall: Hall,
  day: RealDay,
  shape: Shape,
  policy: Policy,
  signal?: AbortSignal,
): Promise<Outcome> {
  const midnight = midnightOf(day)
  const at = (seconds: number) => midnight + seconds * 1000
  const hours = openingOf(day.shifts)
  const isStretched = shape.stretch > 1
  const shifts = plannedShifts(day.shifts, kindsOf(day), { toTheEnd: isStretched })
  const agenda = openAgenda()
  const lives: Lived[] = []
  const ofTicket = new Map<string, { visitor: Visitor; life: Lived }>()
  const free = Array.from({ length: hall.counters }, (_, index) => index + 1)
  /** Agents for whom there is no counter until a colleague leaves one. */
  const standing: Shift[] = []
  const posts = new Set<Post>()
  const idle = new Set<Post>()
  let [busyMs, openMs] = [0, 0]

  async function sitDown(shift: Shift): Promise<void> {
    const counter = free.shift()
    if (counter === undefined) standing.push(shift)
    else if (await hall.openCounter(counter, shift.kinds)) {
      const post = { counter, shift, openedAt: hall.now() }
      posts.add(post)
      await work(post)
    }
    // Somebody else sits there; the agent looks for the next one.
    else await sitDown(shift)
  }

  async function goHome(post: Post): Promise<void> {
    await hall.closeCounter(post.counter)
    openMs += hall.now() - post.openedAt
    posts.delete(post)
    idle.delete(post)
    free.push(post.counter)
    const next = standing.shift()
    if (next && at(next.until) > hall.now()) await sitDown(next)
  }

  async function work(post: Post): Promise<void> {
    const isLate = hall.now() >= at(post.shift.until)
    if (isLate && !isStretched) return goHome(post)
    const ticket = await hall.next(post.counter, policy)
    if (ticket === null && isLate) return goHome(post)
    if (ticket === null) {
      idle.add(post)
      return
    }
    idle.delete(post)
    const who = ofTicket.get(ticket)
    if (who) who.life.calledAt = hall.now()
    const length = (who?.visitor.serviceSeconds ?? 60) * 1000
    busyMs += length
    agenda.plan(hall.now() + length, async () => {
      await hall.finish(post.counter, ticket)
      await work(post)
    })
  }

  async function wakeIdle(): Promise<void> {
    for (const post of [...idle]) await work(post)
  }

  async function come(visitor: Visitor, booking: { code: string; startsAt: number } | null): Promise<void> {
    const life: Lived = {
      name: visitor.name,
      kind: visitor.kind,
      // Whoever wished to book and found no time comes as anybody without a booking.
      class: visitor.class === "booked" && !booking ? "walk-in" : visitor.class,
      arrivedAt: hall.now(),
      bookedAt: booking?.startsAt ?? null,
      due: null,
      calledAt: null,
      refused: null,
      gaveUp: false,
      reallyWaited: visitor.reallyWaited,
    }
    lives.push(life)
    const isInNeed = visitor.class === "need"
    const answer = booking
      ? await hall.checkIn(booking.code, { need: isInNeed, ready: visitor.isReady })
      : await hall.walkIn(visitor.name, visitor.kind, isInNeed)
    if (!isGiven(answer)) {
      life.refused = answer
      return
    }
    life.due = answer.due
    ofTicket.set(answer.ticket, { visitor, life })
    if (visitor.gaveUpAfter !== null) {
      agenda.plan(hall.now() + visitor.gaveUpAfter * 1000, async () => {
        if (life.calledAt !== null) return
        life.gaveUp = true
        await hall.leave(answer.ticket)
      })
    }
  }

  let unbooked = 0
  for (const visitor of peopleOf(day, shape)) {
    if (signal?.aborted) break
    const wished = visitor.bookedAt === null ? null : at(Math.min(Math.max(visitor.bookedAt, hours.from), hours.until))
    const booking = wished === null ? null : await hall.book(visitor.name, visitor.kind, wished)
    if (wished !== null && booking === null) unbooked++
    // Who was given another time than the wished one comes for that one, as early or late as before.
    const comes = at(visitor.arrivesAt) + (booking && wished !== null ? booking.startsAt - wished : 0)
    agenda.plan(Math.min(Math.max(comes, at(hours.from)), at(hours.until) - 1000), () => come(visitor, booking))
  }
  for (const shift of shifts) {
    agenda.plan(at(shift.from), () => sitDown(shift))
    agenda.plan(at(shift.until), async () => {
      for (const post of [...idle]) if (post.shift === shift) await work(post)
    })
  }

  for (let next = agenda.take(); next && !signal?.aborted; next = agenda.take()) {
    while ((await hall.until(next.at)) && !signal?.aborted) await wakeIdle()
    if (!signal?.aborted) await next.run()
  }
  for (const { openedAt } of posts) openMs += hall.now() - openedAt
  const passedBy = `bookings that were not to be had: ${unbooked}; these people came without`
  return {
    policy,
    lived: lives,
    busyMs,
    openMs,
    closesAt: at(hours.until),
    stoppedAt: signal?.aborted ? hall.now() : null,
    notes: [...hall.notes(), ...(unbooked > 0 ? [passedBy] : [])],
  }
}

function isGiven(answer: Given | SentAway): answer is Given {
  return "ticket" in answer
}

/** What is still to happen, the earliest first; of equals what was planned first. */
function openAgenda() {
  const happenings: Happening[] = []
  let order = 0
  return {
    plan(at: number, run: () => Promise<void>) {
      happenings.push({ at, order: order++, run })
    },
    take(): Happening | undefined {
      let best = 0
      for (const [index, one] of happenings.entries()) {
        const first = happenings[best]
        if (first && (one.at < first.at || (one.at === first.at && one.order < first.order))) best = index
      }
      return happenings.splice(best, 1)[0]
    },
  }
}
