import type { Store } from "../../../db/store.ts"
import { addDays, type Instant } from "../../base/day.ts"
import { dayIn, wallToInstant } from "../../base/time.ts"
import { sessionAt, sessionsBetween } from "../../domain/offices/hours.ts"
import { officeHours, office as officeOf } from "../../domain/offices/reads.ts"
import type { SetupPlan } from "../../domain/offices/setup.ts"

/** The office whose day the demonstration shows. */
export const shownOffice = "RUH-RML"
const zone = "Asia/Riyadh"

/** Where a new demo's clock stands: ten in the morning of the first day from today on which the shown office has a morning. */
export function demoMoment(realNow: Instant, plan: SetupPlan): Instant {
  const office = plan.offices.find(({ code }) => code === shownOffice)
  const hours = {
    zone,
    rules: (office?.hours ?? []).map((rule, index) => ({ ...rule, id: String(index) })),
    seasons: plan.seasons,
    holidays: plan.holidays,
    changes: [],
  }
  return tenOClock(hours, wallToInstant(dayIn(realNow, zone), "00:00", zone))
}

/** The moment itself while the shown office is open; else ten o'clock of its next working day. Never an earlier one. */
export async function laterMoment(store: Store, now: Instant): Promise<Instant> {
  const hours = await officeHours(store, await officeOf(store, shownOffice))
  const today = dayIn(now, zone)
  if (sessionAt(sessionsBetween(hours, addDays(today, -1), today), now)) return now
  return tenOClock(hours, now)
}

function tenOClock(hours: Parameters<typeof sessionsBetween>[0], from: Instant): Instant {
  const first = dayIn(from, zone)
  for (let ahead = 0; ahead < 400; ahead++) {
    const day = addDays(first, ahead)
    const ten = wallToInstant(day, "10:00", zone)
    const open = sessionAt(sessionsBetween(hours, day, day), ten + 1)
    if (open && ten >= from) return ten
  }
  return from
}
