import type { Store } from "../../../db/store.ts"
import { type Day, hour, type Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import { nextSession, type Session, sessionAt } from "../offices/hours.ts"
import { type OfficeRow, sessionsAround } from "../offices/reads.ts"

/* Which session a moment, a booking or a ticket belongs to. A session past midnight belongs to the day on which it began. */

/** How far ahead the next opening is looked for: over a long holiday. */
const aheadDays = 21

/** The session in which somebody who came at `at` on this service day is served: the one that was on, else the next, else the last. */
export function sessionOfArrival(sessions: readonly Session[], on: Day, at: Instant): Session | null {
  const days = sessions.filter((session) => session.day === on)
  return days.find((session) => at < session.endsAt) ?? days.at(-1) ?? null
}

/** The session that is on at `now`. Refuses `office_closed` with the time of the next opening. */
export async function sessionNow(store: Store, office: OfficeRow, now: Instant): Promise<Session> {
  const session = sessionAt(await sessionsAround(store, office, now), now)
  if (session) return session
  throw await officeClosed(store, office, now)
}

export async function sessionFor(store: Store, office: OfficeRow, on: Day, at: Instant): Promise<Session | null> {
  return sessionOfArrival(await sessionsAround(store, office, at), on, at)
}

export async function officeClosed(store: Store, office: OfficeRow, now: Instant): Promise<Refusal> {
  const upcoming = nextSession(await sessionsAround(store, office, now, aheadDays), now)
  return new Refusal("office_closed", { office: office.code, opensAt: upcoming?.startsAt ?? null })
}

/** The session that is on, and the service day that screens show: today's, yesterday's while its night is not over, else the calendar's. */
export async function sessionsNear(
  store: Store,
  office: OfficeRow,
  now: Instant,
): Promise<{ current: Session | null; nearestDay: Day; sessions: Session[] }> {
  const sessions = await sessionsAround(store, office, now)
  const current = sessionAt(sessions, now)
  // For a while after closing time the board of a night still belongs to the evening on which it began.
  const justOver = sessions.findLast((session) => session.endsAt <= now && now < session.endsAt + 3 * hour)
  return { current, nearestDay: current?.day ?? justOver?.day ?? dayIn(now, office.zone), sessions }
}
