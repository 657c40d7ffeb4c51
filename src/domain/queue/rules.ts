import type { DueBy } from "../../../db/schema/queue.ts"
import { type Instant, minute } from "../../base/day.ts"
import { openMinutesAfter, type Session } from "../offices/hours.ts"

/*
 * A ticket is a promise of a time, and the due time orders the queue. It is a heuristic: the simulation beside it measures what it does
 * to a full hall, and every waiting row can say why it stands where it stands.
 */

/** What a line promises. */
export interface LinePromise {
  targetMinutes: number
  needTargetMinutes: number
  graceMinutes: number
}

/**
 * Where a chain of places stands: the latest due among those who wait in it, how far behind it the next one goes, and how long the first of
 * them has been overdue: a promise that is given now is given that much later, or it would be one more that is not kept.
 */
export interface Chain {
  latestDue: Instant | null
  gapMinutes: number
  overdueMinutes?: number
}

/** A booked person is due this long after the later of the booked time and the arrival. */
const bookedSlackMinutes = 5
/** Every minute beyond the grace costs this many: late costs gradually, there is no cliff. */
const lateFactor = 2
/** Priority needs may claim this part of the walk-ins' places; beyond it they still stand no worse than a walk-in. */
const needShare = 0.5

/** When a booked person is due. `bookedAt` and `arrivedAt` are instants; the answer is never past the session's end. */
export function bookedDue(
  { bookedAt, arrivedAt }: { bookedAt: Instant; arrivedAt: Instant },
  { graceMinutes }: Pick<LinePromise, "graceMinutes">,
  session: Session,
): Instant {
  const beyondGrace = Math.max(0, arrivedAt - bookedAt - graceMinutes * minute)
  const due = Math.max(bookedAt, arrivedAt) + bookedSlackMinutes * minute + lateFactor * beyondGrace
  return Math.min(due, session.endsAt)
}

/** A walk-in takes a place too: behind the last one who waits, and not before the line's target. Only open minutes count. */
export function walkInDue(arrivedAt: Instant, targetMinutes: number, chain: Chain, session: Session): Instant {
  const own = openMinutesAfter(session, arrivedAt, targetMinutes)
  const behind = chain.latestDue === null ? own : openMinutesAfter(session, chain.latestDue, chain.gapMinutes)
  const due = openMinutesAfter(session, Math.max(own, behind), chain.overdueMinutes ?? 0)
  // Whole milliseconds: a gap is a mean and seldom a whole number.
  return Math.round(Math.min(due, session.endsAt))
}

/** As a walk-in, with the needs' own target, their own chain and their share of the places. */
export function needDue(arrivedAt: Instant, needTargetMinutes: number, chain: Chain, session: Session): Instant {
  return walkInDue(arrivedAt, needTargetMinutes, { ...chain, gapMinutes: chain.gapMinutes / needShare }, session)
}

/** What a next step at another line is promised: the target from now, without a place in the walk-ins' chain. */
export function stepDue(now: Instant, { targetMinutes }: LinePromise, session: Session): Instant {
  return Math.min(openMinutesAfter(session, now, targetMinutes), session.endsAt)
}

/** Minutes between two walk-ins of a line: what the counters can do beside the bookings that are still to be served. */
export function walkInGap(line: {
  meanMinutes: number
  plannedCounters: number
  bookedMinutesLeft: number
  openMinutesLeft: number
}): number {
  const forBookings = line.bookedMinutesLeft / Math.max(1, line.openMinutesLeft)
  return line.meanMinutes / Math.max(1, line.plannedCounters - forBookings)
}

export interface Arrival {
  arrivedAt: Instant
  bookedAt: Instant | null
  /** A priority need that is known or confirmed. */
  need: boolean
  /** The person has said "I am ready" before the booked time. */
  ready: boolean
}

export interface Place {
  due: Instant
  dueBy: DueBy
  /** Until then the ticket is early; `null`: it may be called now. */
  wakeAt: Instant | null
}

/**
 * The place of somebody who arrives. Who holds several rights has the smallest due, so no right ever makes a person who may be called
 * later than a plain walk-in of the same minute. A booked person is left in peace until the booked time, unless ready or due earlier by
 * a need; until then nobody takes a walk-in's place too, or checking in at opening would be the way to be first at any hour.
 */
export function placeOf(
  who: Arrival,
  line: LinePromise,
  chains: { walkIn: Chain; need: Chain },
  session: Session,
): Place {
  const { arrivedAt, bookedAt } = who
  const booked = bookedAt === null ? Infinity : bookedDue({ bookedAt, arrivedAt }, line, session)
  const needed = who.need ? needDue(arrivedAt, line.needTargetMinutes, chains.need, session) : Infinity
  const wakeAt = bookedAt !== null && arrivedAt < bookedAt && !who.ready && booked <= needed ? bookedAt : null
  const walkIn = walkInDue(wakeAt ?? arrivedAt, line.targetMinutes, chains.walkIn, session)
  const rights: { due: Instant; dueBy: DueBy }[] = [
    { due: booked, dueBy: "booking" },
    { due: needed, dueBy: "need" },
    { due: walkIn, dueBy: "walkin" },
  ]
  return { ...rights.reduce((smallest, right) => (right.due < smallest.due ? right : smallest)), wakeAt }
}

/** From this age on a person has the right to priority without asking. */
export const needAgeYears = 60

/** Whether somebody born in `birthYear` reaches the age this year; where only the year is known, the doubt goes to the person. */
export function hasAgeNeed(birthYear: number | null, year: number): boolean {
  return birthYear !== null && year - birthYear >= needAgeYears
}
