import type { Instant } from "../../base/day.ts"
import type { Caller, RealDay, Seat } from "./day.ts"

export interface Shape {
  /** The share of people who come with a booking. */
  booked: number
  /** Services take so many times as long; as many fewer people come, so that the load stays the real one. */
  stretch: number
  /** The share of people with a confirmed need. */
  needs: number
}

export type Class = "booked" | "walk-in" | "need"

/** One person of the replayed day. Times are seconds after midnight. */
export interface Visitor {
  name: string
  kind: string
  class: Class
  arrivesAt: number
  /** For whom has a booking: its time. */
  bookedAt: number | null
  serviceSeconds: number
  gaveUpAfter: number | null
  reallyWaited: number | null
}

/** Midnight of the replayed day. Its records say nothing of a zone, so the replayed office keeps the simplest. */
export function midnightOf(day: RealDay): Instant {
  return Date.parse(`${day.day}T00:00:00Z`)
}

/** The hours of the day: from the hour in which the first counter works to the hour in which the last one stops. */
export function openingOf(seats: readonly Seat[]): { from: number; until: number } {
  const from = Math.floor(Math.min(...seats.map((seat) => seat.from)) / 3600) * 3600
  const until = Math.min(24 * 3600, Math.ceil(Math.max(...seats.map((seat) => seat.until)) / 3600) * 3600)
  return { from, until }
}

const gridSeconds = 15 * 60

/**
 * The people of a real day in the shape of a front office: every `stretch`-th of them, with services as many times as long; a share with
 * bookings around the time at which they came, some a little early and some a little late; a share with a need. The same day and shape
 * give the same people.
 */
export function peopleOf(day: RealDay, shape: Shape): Visitor[] {
  const { from, until } = openingOf(day.seats)
  const chance = generator(day.callers.length)
  const every = Math.max(1, Math.round(shape.stretch))
  return day.callers
    .filter((caller, index) => index % every === 0 && caller.arrivesAt >= from && caller.arrivesAt < until)
    .map((caller, index) => visitorOf(caller, index, shape, chance))
}

function visitorOf(caller: Caller, index: number, shape: Shape, chance: () => number): Visitor {
  const isBooked = chance() < shape.booked
  const hasNeed = chance() < shape.needs
  // People come between twenty minutes before and ten minutes after the time that they have booked.
  const bookedAt = Math.round((caller.arrivesAt + (chance() * 30 - 10) * 60) / gridSeconds) * gridSeconds
  return {
    name: `v${index}`,
    kind: caller.kind,
    class: hasNeed ? "need" : isBooked ? "booked" : "walk-in",
    arrivesAt: caller.arrivesAt,
    bookedAt: isBooked ? bookedAt : null,
    serviceSeconds: Math.round(caller.serviceSeconds * shape.stretch),
    // Whoever gave up on a line gave up within minutes; in a hall with a number in the hand people stay.
    gaveUpAfter: shape.stretch > 1 ? null : caller.gaveUpAfter,
    reallyWaited: caller.reallyWaited,
  }
}

/** Whole numbers from a small generator (Numerical Recipes' constants), as fractions of one. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
