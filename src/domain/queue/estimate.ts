import type { ProfileLine } from "../../../db/schema/queue.ts"
import { type Instant, minute } from "../../base/day.ts"

/*
 * What will happen if everything goes as it has gone: a small, deterministic run of the rest of the day. It has no memory and no chance;
 * the same hall gives the same answer, so a range moves only when something has happened.
 */

export interface Waiter {
  id: string
  line: string
  due: Instant
  arrival: number
  /** How long the person will be at the counter. */
  minutes: number
  /** Not called before: the wake time of early and away people, the booked time of those still to come. */
  from: Instant
}

export interface StaffedCounter {
  id: string
  profile: readonly ProfileLine[]
  /** When it can take the next person. */
  freeAt: Instant
}

export interface Hall {
  now: Instant
  /** When nobody is called: prayer, lunch. */
  breaks: readonly { startsAt: Instant; endsAt: Instant }[]
  counters: readonly StaffedCounter[]
  /** Everybody who is here and everybody who is expected. */
  waiters: readonly Waiter[]
}

/** Whoever stands further back than this gets no estimate; the run stays bounded whatever comes through the door. */
export const horizon = 2_000

/** The expected start of each waiter, by id. Who is missing is served by no counter that is open. */
export function expectedStarts(hall: Hall): Map<string, Instant> {
  const starts = new Map<string, Instant>()
  const ready = new Map<string, Waiter[]>()
  const coming = hall.waiters.filter((waiter) => waiter.from > hall.now).sort(later)
  const here = hall.waiters.filter((waiter) => waiter.from <= hall.now).sort((a, b) => order(b, a))
  for (const waiter of here) lineOf(ready, waiter.line).push(waiter)

  const counters = hall.counters
    .filter((counter) => counter.profile.length > 0)
    .map((counter) => ({ ...counter, freeAt: pastBreaks(Math.max(counter.freeAt, hall.now), hall.breaks) }))
  while (counters.length > 0 && starts.size < horizon) {
    // The counter that is free first decides; time never runs back, so people become callable in their order.
    const counter = counters.reduce((first, other) => (other.freeAt < first.freeAt ? other : first))
    for (let next = coming.at(-1); next && next.from <= counter.freeAt; next = coming.at(-1)) {
      coming.pop()
      insert(lineOf(ready, next.line), next)
    }
    const line = firstLine(counter.profile, ready)
    const waiter = line === null ? undefined : ready.get(line)?.pop()
    if (waiter) {
      // A pace makes minutes that are no whole milliseconds; an instant is one.
      starts.set(waiter.id, Math.ceil(counter.freeAt))
      counter.freeAt = pastBreaks(counter.freeAt + waiter.minutes * minute, hall.breaks)
      continue
    }
    const nextFrom = coming.findLast((waiter) => counter.profile.some(({ line }) => line === waiter.line))?.from
    if (nextFrom === undefined) counters.splice(counters.indexOf(counter), 1)
    else counter.freeAt = pastBreaks(nextFrom, hall.breaks)
  }
  return starts
}

export interface WaitRange {
  lowMinutes: number
  highMinutes: number
}

/** A wait as people say it: in fives, wider the further away it is, never narrower than five minutes. */
export function waitRange(now: Instant, start: Instant): WaitRange {
  const minutes = Math.max(0, start - now) / minute
  const lowMinutes = Math.floor((minutes * 0.8) / 5) * 5
  return { lowMinutes, highMinutes: Math.max(Math.ceil((minutes * 1.2) / 5) * 5, lowMinutes + 5) }
}

/** What was observed and what was planned for somebody who has been served today. */
export interface Served {
  tookMinutes: number
  plannedMinutes: number
}

const trustAfter = 10
const trustLast = 20

/**
 * How fast today goes: 1 = as configured. From ten served people on it is the last twenty that count, oldest first in `served`;
 * before that a single long visit would move every promise in the hall.
 */
export function pace(served: readonly Served[]): number {
  if (served.length < trustAfter) return 1
  const last = served.slice(-trustLast)
  const took = last.reduce((sum, visit) => sum + visit.tookMinutes, 0)
  const planned = last.reduce((sum, visit) => sum + visit.plannedMinutes, 0)
  return planned > 0 ? Math.min(4, Math.max(0.25, took / planned)) : 1
}

/** When a counter will be free that has been with somebody `since`; who overruns is given a little more, again and again. */
export function freeAt(now: Instant, since: Instant, minutes: number): Instant {
  return Math.max(since + minutes * minute, now + (minutes * minute) / 4)
}

function firstLine(profile: readonly ProfileLine[], ready: Map<string, Waiter[]>): string | null {
  let best: { line: string; at: number; arrival: number } | null = null
  for (const { line, handicap } of profile) {
    const head = ready.get(line)?.at(-1)
    if (!head) continue
    const at = head.due + handicap * minute
    if (!best || at < best.at || (at === best.at && head.arrival < best.arrival)) {
      best = { line, at, arrival: head.arrival }
    }
  }
  return best?.line ?? null
}

/** Lines are kept with their head at the end, where taking is cheap. */
function insert(line: Waiter[], waiter: Waiter): void {
  let [low, high] = [0, line.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const other = line[middle]
    if (other && order(other, waiter) > 0) low = middle + 1
    else high = middle
  }
  line.splice(low, 0, waiter)
}

const order = (a: Waiter, b: Waiter) => a.due - b.due || a.arrival - b.arrival
const later = (a: Waiter, b: Waiter) => b.from - a.from || order(b, a)

function lineOf(lines: Map<string, Waiter[]>, code: string): Waiter[] {
  let line = lines.get(code)
  if (!line) {
    line = []
    lines.set(code, line)
  }
  return line
}

function pastBreaks(at: Instant, breaks: Hall["breaks"]): Instant {
  const within = breaks.find((pause) => pause.startsAt <= at && at < pause.endsAt)
  return within ? pastBreaks(within.endsAt, breaks) : at
}
