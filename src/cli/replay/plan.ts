import type { SetupPlan } from "../../domain/offices/setup.ts"
import type { RealDay } from "./day.ts"
import type { Settings } from "./settings.ts"
import { mostAtWork, openingOf, plannedShifts } from "./shifts.ts"

export const officeCode = "RPL-01"

/** The kinds of a day, the most frequent first. */
export function kindsOf(day: RealDay): string[] {
  const counts = new Map<string, number>()
  for (const { kind } of day.callers) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1]).map(([kind]) => kind)
}

const gridMinutes = 15

/**
 * The plan of an office that has the day's kinds as lines, its hours, and as many counters as were ever worked at once. Each line offers
 * as bookings its share of the counters, by the work that it makes.
 */
export function planOf(day: RealDay, stretch: number, settings: Settings): SetupPlan {
  const { from, until } = openingOf(day.shifts)
  const kinds = kindsOf(day)
  const shifts = plannedShifts(day.shifts, kinds)
  const atWork = shifts.reduce((sum, shift) => sum + shift.until - shift.from, 0) / (until - from)
  const work = (kind: string) =>
    day.callers.filter((caller) => caller.kind === kind).reduce((sum, { serviceSeconds }) => sum + serviceSeconds, 0)
  const workOfAll = kinds.reduce((sum, kind) => sum + work(kind), 0)
  const mean = (kind: string) => {
    const own = day.callers.filter((caller) => caller.kind === kind && caller.reallyWaited !== null)
    return own.reduce((sum, { serviceSeconds }) => sum + serviceSeconds, 0) / Math.max(1, own.length)
  }
  const named = (text: string) => ({ ar: text, en: text })
  return {
    look: null,
    agencies: [{ code: "replay", name: named("Replay") }],
    sectors: kinds.map((code) => ({ code, name: named(code) })),
    services: kinds.map((code) => ({
      code: `${code}-01`,
      sector: code,
      name: named(code),
      audience: named("everyone"),
      channels: ["office" as const],
      minutes: Math.max(1, Math.round((mean(code) * stretch) / 60)),
      documents: [],
      feeHalalas: null,
      feeNote: null,
      bookingOnly: false,
      sensitive: false,
    })),
    offices: [
      {
        code: officeCode,
        agency: "replay",
        name: named("Replay"),
        city: null,
        region: null,
        address: named("Replay"),
        zone: "UTC",
        sectors: kinds,
        counters: mostAtWork(shifts),
        video: false,
        bookingMode: "instant",
        gridMinutes,
        soonestMinutes: 0,
        furthestDays: 30,
        earlyMinutes: 720,
        releaseMinutesMin: 0,
        releaseMinutesMax: 0,
        hours: [
          {
            layer: "base",
            season: null,
            rrule: "FREQ=DAILY",
            start: clock(from),
            minutes: (until - from) / 60,
            validFrom: null,
            validTo: null,
            bookingOnly: false,
          },
        ],
        lines: kinds.map((code) => ({
          code,
          name: named(code),
          public: Math.max(1, Math.round((settings.booked * atWork * work(code)) / workOfAll)),
          staffExtra: 0,
          targetMinutes: settings.target,
          needTargetMinutes: settings.need,
          graceMinutes: settings.grace,
        })),
      },
    ],
    seasons: [],
    holidays: [],
  }
}

/** Seconds after midnight as a wall time. */
function clock(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 16)
}
