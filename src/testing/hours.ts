import { join } from "node:path"
import { day } from "../base/day.ts"
import { isoWithOffset } from "../base/time.ts"
import { readPlan } from "../cli/plan.ts"
import {
  type DayChange,
  type OfficeHours,
  type OpeningRule,
  type Session,
  sessionsBetween,
} from "../domain/offices/hours.ts"

/* Hours that a test writes down in a line, and sessions as a line of text. */

export const workdays = "FREQ=WEEKLY;WKST=SU;BYDAY=SU,MO,TU,WE,TH"

export function hoursOf(rules: Partial<OpeningRule>[], rest: Partial<OfficeHours> = {}): OfficeHours {
  const plain = { id: "1", layer: "base", rrule: "FREQ=DAILY", start: "07:30", minutes: 420, season: null } as const
  const every = rules.map((of) => ({ ...plain, validFrom: null, validTo: null, bookingOnly: false, ...of }))
  return { zone: "Asia/Riyadh", rules: every, seasons: [], holidays: [], changes: [], ...rest }
}

export function changed(on: string, of: Partial<DayChange>): DayChange {
  return { day: day(on), kind: "hours", sessions: [], openOnHoliday: false, ...of }
}

export function between(hours: OfficeHours, first: string, last = first): Session[] {
  return sessionsBetween(hours, day(first), day(last))
}

/** "2026-03-29T03:30+02:00 to 04:30+02:00", a line a session. */
export function told(hours: OfficeHours, first: string, last = first): string[] {
  const at = (instant: number) => isoWithOffset(instant, hours.zone).replace(/:00([+-])/, "$1")
  return between(hours, first, last).map(({ startsAt, endsAt }) => `${at(startsAt)} to ${at(endsAt).slice(11)}`)
}

export function demoFile(name: string): string {
  return join(import.meta.dir, "..", "cli", "demo", name)
}

/** The hours of an office of the demonstration, with its calendar. */
export async function demoHours(code: string): Promise<OfficeHours> {
  const read = (name: string) => Bun.file(demoFile(name)).text()
  const plan = readPlan(await read("offices.json"), await read("services.json"))
  const office = plan.offices.find((one) => one.code === code)
  if (!office) throw new Error(`no office ${code}`)
  const rules = office.hours.map((one, index) => ({ ...one, id: String(index) }))
  return { zone: office.zone, rules, seasons: plan.seasons, holidays: plan.holidays, changes: [] }
}
