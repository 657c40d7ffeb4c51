import { type Instant, minute } from "../../base/day.ts"

/** How long a place is kept while the form is filled. */
export const holdMinutes = 10
/** How long one person may keep places for one service in all, however often the hold is renewed, moved or taken again. */
export const holdMinutesInAll = 30
/** After this long without a hold the time that was kept is forgotten. */
export const holdPauseMinutes = 30
/** Open bookings and live holds of one person, counted for whom they are and not who made them. */
export const openMax = 3
/** People of one visit. */
export const peopleMax = 6
/** How long a place is held for whoever is first on the waiting list. */
export const offerMinutes = 15
/** Open entries of one person on waiting lists. */
export const waitsMax = 3
/** For so long one may come back to the place in the list that one has just left. */
export const comeBackMinutes = 10
/** For so long a place that somebody waits for is not the public's after it came free, should the job that offers it be late. */
export const jobLateMinutes = 5
/** Less than this is no time to fill a form; then the answer is that keeping has come to its end. */
const shortestHold = minute

export interface EarlierHold {
  since: Instant
  until: Instant
  used: boolean
}

/**
 * From when a hold counts and until when it stands, given the last one of the same person for the same service; `null` when that person
 * has kept places long enough and has to pause. `since` is not when this hold began but `now` less what was kept before, so that pauses
 * cost nothing and renewing gains nothing.
 */
export function holdTimes(now: Instant, last: EarlierHold | null): { since: Instant; until: Instant } | null {
  const goesOn = last !== null && !last.used && last.until + holdPauseMinutes * minute > now
  const kept = goesOn ? Math.min(now, last.until) - last.since : 0
  const since = now - kept
  const until = Math.min(now + holdMinutes * minute, since + holdMinutesInAll * minute)
  return until - now < shortestHold ? null : { since, until }
}

/** The earliest start that can still be booked; `maySoon` lifts the office's notice, not the arrow of time. */
export function earliestStart(now: Instant, { soonestMinutes }: { soonestMinutes: number }, maySoon: boolean): Instant {
  return maySoon ? now + 1 : Math.max(now + 1, now + soonestMinutes * minute)
}

/**
 * When a place that was given up comes free for the public: after a while that chance draws between the office's two bounds (`share`, from
 * 0 to 1, is the draw), and never after more than half of the time in which it can still be booked, so that a place of today is not lost.
 * `null`: at once, or too late to be booked at all.
 */
export function releaseTime(
  now: Instant,
  startsAt: Instant,
  office: { soonestMinutes: number; releaseMinutesMin: number; releaseMinutesMax: number },
  share: number,
): Instant | null {
  const { releaseMinutesMin: least, releaseMinutesMax: most } = office
  const drawn = (least + (most - least) * share) * minute
  const left = startsAt - Math.max(1, office.soonestMinutes * minute) - now
  const delay = Math.floor(Math.min(drawn, left / 2))
  return delay > 0 ? now + delay : null
}

/** What one slot has. Before the first hold or booking of a day `taken` and `held` are nothing. */
export interface Places {
  places: number
  taken: number
  held: number
  /** The asker has places in it already, enough for the visit: it is the asker's whatever else is taken. */
  isOwn?: boolean
}

/** How many more visits of `width` places fit into all of these slots. Never negative: an office may have lowered its places below what was taken. */
export function visitsThatFit(slots: Places[], width: number): number {
  let free = Number.POSITIVE_INFINITY
  for (const { places, taken, held, isOwn } of slots) {
    const fits = Math.floor((places - taken - held) / width)
    free = Math.min(free, isOwn ? Math.max(1, fits) : fits)
  }
  return Number.isFinite(free) ? Math.max(0, free) : 0
}

/** The `count` values nearest to an instant, the earlier first where two are equally near; in the order of time. */
export function nearest<T extends { startsAt: Instant }>(among: T[], around: Instant, count: number): T[] {
  const distance = (one: T) => Math.abs(one.startsAt - around)
  return among
    .toSorted((left, right) => distance(left) - distance(right) || left.startsAt - right.startsAt)
    .slice(0, count)
    .sort((left, right) => left.startsAt - right.startsAt)
}
