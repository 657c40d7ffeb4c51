import { kept } from "../../../db/kept.ts"
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

/** Working out what hours and grid give for a day costs a hundred times what asking for its rows costs, so it is kept. */
const keptDaysMax = 500

/** The sessions and starts of every service day from `from` to `to`, both included; a closed day has none. */
export async function plannedDays(
  store: Store,
  office: OfficeRow,
  from: Day,
  to: Day,
): Promise<Map<Day, PlannedSession[]>> {
  const plan = await kept(store, `plan ${office.code}`, async () => new Map<Day, PlannedSession[]>())
  const days = daysFrom(from, to)
  const missing = days.filter((day) => !plan.has(day))
  const [first, last] = [missing[0], missing.at(-1)]
  const worked =
    first && last
      ? planBetween(await officeHours(store, office), office, first, last)
      : new Map<Day, PlannedSession[]>()
  if (plan.size + worked.size > keptDaysMax) plan.clear()
  const found = new Map(days.map((day) => [day, plan.get(day) ?? worked.get(day) ?? []]))
  for (const [day, sessions] of worked) plan.set(day, sessions)
  return found
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
