import type { Store } from "../../../db/store.ts"
import { addDays, type Instant } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import { plannedDays } from "../../domain/availability/plan.ts"
import type { Office } from "../../domain/offices/reads.ts"
import { relativeDay, timeText } from "../../i18n/dates.ts"
import type { Lang } from "../../i18n/lang.ts"

const lookAheadDays = 14

/** `null` while the office has its hours; else when it has them again, as far as the next two weeks say. */
export async function nextStaffed(
  store: Store,
  office: Office,
  now: Instant,
): Promise<{ opensAt: Instant | null } | null> {
  const today = dayIn(now, office.zone)
  const plan = await plannedDays(store, office, addDays(today, -1), addDays(today, lookAheadDays))
  const sessions = [...plan.values()].flat().map(({ session }) => session)
  if (sessions.some(({ startsAt, endsAt }) => startsAt <= now && now < endsAt)) return null
  return { opensAt: sessions.find(({ startsAt }) => startsAt > now)?.startsAt ?? null }
}

/** "tomorrow, 9:00 am". */
export function backText(at: Instant, now: Instant, zone: string, lang: Lang): string {
  const comma = lang === "ar" ? "، " : ", "
  return relativeDay(dayIn(at, zone), dayIn(now, zone), lang) + comma + timeText(at, zone, lang)
}
