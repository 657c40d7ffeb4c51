import type { Connection } from "../../../db/dialect.ts"
import type { Store } from "../../../db/store.ts"
import { addDays, type Day, daysFrom, type Instant } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import { type OfficeHours, type Session, sessionsBetween } from "../offices/hours.ts"
import { type OfficeRow, officeHours } from "../offices/reads.ts"
import { slotsOf } from "./grid.ts"

/** A session of a service day and the starts of its slots, in order. A visit never goes from one session into the next. */
export interface PlannedSession {
  session: Session
  starts: Instant[]
}

interface OfficePlan {
  version: number
  days: Map<Day, PlannedSession[]>
}

/**
 * What hours and grid give for a day never changes while the office's version stands, and working it out costs a hundred times what
 * asking for the rows costs. So it is kept, for each connection, as long as that version is the newest one asked for.
 */
const kept = new WeakMap<Connection, Map<string, OfficePlan>>()
const keptDaysMax = 500

/** The sessions and starts of every service day from `from` to `to`, both included; a closed day has none. */
export async function plannedDays(
  store: Store,
  office: OfficeRow,
  from: Day,
  to: Day,
): Promise<Map<Day, PlannedSession[]>> {
  const plan = planOf(store, office)
  const days = daysFrom(from, to)
  const missing = days.filter((day) => !plan.days.has(day))
  const [first, last] = [missing[0], missing.at(-1)]
  if (first && last) {
    const worked = planBetween(await officeHours(store, office), office, first, last)
    if (plan.days.size > keptDaysMax) plan.days.clear()
    for (const [day, sessions] of worked) plan.days.set(day, sessions)
    return new Map(days.map((day) => [day, plan.days.get(day) ?? worked.get(day) ?? []]))
  }
  return new Map(days.map((day) => [day, plan.days.get(day) ?? []]))
}

/** As `plannedDays`, from hours that are in hand: for what is being changed, or only considered. */
export function planBetween(hours: OfficeHours, office: OfficeRow, from: Day, to: Day): Map<Day, PlannedSession[]> {
  const plan = new Map<Day, PlannedSession[]>(daysFrom(from, to).map((day) => [day, []]))
  for (const session of sessionsBetween(hours, from, to)) {
    plan.get(session.day)?.push({ session, starts: slotsOf(session, office.gridMinutes) })
  }
  return plan
}

/** Where an instant lies on the plan: its service day and session. A session may have begun on the day before. */
export async function plannedAt(
  store: Store,
  office: OfficeRow,
  at: Instant,
): Promise<{ day: Day; planned: PlannedSession } | null> {
  const today = dayIn(at, office.zone)
  const days = await plannedDays(store, office, addDays(today, -1), today)
  for (const [day, sessions] of days) {
    const planned = sessions.find(({ session }) => session.startsAt <= at && at < session.endsAt)
    if (planned) return { day, planned }
  }
  return null
}

function planOf(store: Store, office: OfficeRow): OfficePlan {
  let offices = kept.get(store.connection)
  if (!offices) {
    offices = new Map()
    kept.set(store.connection, offices)
  }
  let plan = offices.get(office.code)
  if (!plan || plan.version !== office.version) {
    plan = { version: office.version, days: new Map() }
    offices.set(office.code, plan)
  }
  return plan
}
