import type { Instant } from "../../base/day.ts"
import type { Caller, RealDay } from "./day.ts"
import { openingOf } from "./shifts.ts"

export interface Shape {
  /** The share of people who come with a booking. */
  booked: number
  /** Services take so many times as long; as many fewer people come, so that the load stays the real one. */
  stretch: number
  /** The share of people with a confirmed need; `file`: those whom the records put first. */
  needs: number | "file"
  /** Of those who come before their booked time, the share who say at the door that they are ready to be called. */
  ready: number
  /** Which of the `stretch` parts of the day's people come: every fifth one from the first on, from the second on … */
  round?: number
}

export const classes = ["booked", "walk-in", "need"] as const
export type Class = (typeof classes)[number]

/** One person of the replayed day. Times are seconds after midnight. */
export interface Visitor {
  name: string
  kind: string
  class: Class
  arrivesAt: number
  /** For whom has a booking: the time that was wished. */
  bookedAt: number | null
  /** Says at the door that they are ready, should they be early. */
  isReady: boolean
  serviceSeconds: number
  gaveUpAfter: number | null
  reallyWaited: number | null
}

/** Midnight of the replayed day. Its records say nothing of a zone, so the replayed office keeps the simplest. */
export function midnightOf(day: RealDay): Instant {
  return Date.parse(`${day.day}T00:00:00Z`)
}

const gridSeconds = 15 * 60

/** Who hung up before this had not meant to wait at all. */
const meantToWaitSeconds = 30
/** Priorities count up to this one, which the bank took before all others. */
const firstPriority = 2
/** A call that lasted longer was one that somebody forgot to end. */
const serviceMaxSeconds = 30 * 60

/**
 * The people of a real day in the shape of a front office: every `stretch`-th of them, with services as many times as long; a share with
 * bookings around the time at which they came, some a little early and some a little late; a share with a need. In a hall with a number in
 * the hand people stay who had given up on the telephone. The same day and shape give the same people.
 */
export function peopleOf(day: RealDay, shape: Shape): Visitor[] {
  const { from, until } = openingOf(day.shifts)
  const every = Math.max(1, Math.round(shape.stretch))
  const round = shape.round ?? 0
  const chance = generator(day.callers.length + round * 977)
  const isStretched = shape.stretch > 1
  return day.callers
    .filter(({ arrivesAt }) => arrivesAt >= from && arrivesAt < until)
    .filter(({ gaveUpAfter }) => !isStretched || gaveUpAfter === null || gaveUpAfter >= meantToWaitSeconds)
    .filter((_, index) => index % every === round % every)
    .map((caller, index) => visitorOf(caller, index, shape, chance))
}

function visitorOf(caller: Caller, index: number, shape: Shape, chance: () => number): Visitor {
  const isStretched = shape.stretch > 1
  const isBooked = chance() < shape.booked
  const isDrawn = chance() < Number(shape.needs)
  const hasNeed = shape.needs === "file" ? caller.priority === firstPriority : isDrawn
  // People come between twenty minutes before and ten minutes after the time that they have booked.
  const bookedAt = Math.round((caller.arrivesAt + (chance() * 30 - 10) * 60) / gridSeconds) * gridSeconds
  const service = isStretched ? Math.min(serviceMaxSeconds, caller.serviceSeconds) : caller.serviceSeconds
  return {
    name: `v${index}`,
    kind: caller.kind,
    class: hasNeed ? "need" : isBooked ? "booked" : "walk-in",
    arrivesAt: caller.arrivesAt,
    bookedAt: isBooked ? bookedAt : null,
    isReady: chance() < shape.ready,
    serviceSeconds: Math.round(service * shape.stretch),
    gaveUpAfter: isStretched ? null : caller.gaveUpAfter,
    reallyWaited: caller.reallyWaited,
  }
}

/** Fractions of one from a small generator (Numerical Recipes' constants), the same for a seed each time. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
