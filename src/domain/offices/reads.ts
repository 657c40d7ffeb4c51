import { asc, eq, gte, sql } from "drizzle-orm"
import { kept } from "../../../db/kept.ts"
import { dayChanges, holidays, lines, offices, openingRules, seasons } from "../../../db/schema/offices.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"
import { addDays } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import type { Service } from "../catalogue/reads.ts"
import { type OfficeHours, type Session, sessionsBetween } from "./hours.ts"

export type OfficeRow = typeof offices.$inferSelect
export type Line = typeof lines.$inferSelect

/** An office with its lines, in their order in the hall; without those that it no longer has. */
export interface Office extends OfficeRow {
  lines: Line[]
}

const everyOffice = statement((db) => db.select().from(offices).orderBy(asc(offices.position)))
const everyLine = statement((db) => db.select().from(lines).where(gte(lines.position, 0)).orderBy(asc(lines.position)))
const rulesOf = statement((db) =>
  db
    .select()
    .from(openingRules)
    .where(eq(openingRules.office, sql.placeholder("office")))
    .orderBy(asc(openingRules.id)),
)
const everySeason = statement((db) => db.select().from(seasons).orderBy(asc(seasons.first)))
const everyHoliday = statement((db) => db.select().from(holidays).orderBy(asc(holidays.first)))
const changesOf = statement((db) =>
  db
    .select()
    .from(dayChanges)
    .where(eq(dayChanges.office, sql.placeholder("office")))
    .orderBy(asc(dayChanges.day)),
)

/** The office with this code. Refuses `not_found`. */
export async function office(store: Store, code: string): Promise<Office> {
  const found = (await officesByCode(store)).get(code)
  if (!found) throw new Refusal("not_found", { what: "office" })
  return found
}

export async function allOffices(store: Store): Promise<Office[]> {
  return [...(await officesByCode(store)).values()]
}

/** Every office, in their order. */
function officesByCode(store: Store): Promise<Map<string, Office>> {
  return kept(store, "offices", async () => {
    const [rows, all] = [await everyOffice(store).execute(), await everyLine(store).execute()]
    const whole = rows.map((row) => ({ ...row, lines: all.filter((line) => line.office === row.code) }))
    return new Map(whole.map((one) => [one.code, one]))
  })
}

/** Holidays with their names, the earlier first; days that end with `last`. */
export const allHolidays = (store: Store) => kept(store, "holidays", () => everyHoliday(store).execute())
/** Seasons with their names, the earlier first. */
export const allSeasons = (store: Store) => kept(store, "seasons", () => everySeason(store).execute())

/** When the office is open: rules, seasons, holidays and the supervisor's changes. */
export async function officeHours(store: Store, office: OfficeRow): Promise<OfficeHours> {
  return kept(store, `hours ${office.code}`, async () => {
    const rules = await rulesOf(store).execute({ office: office.code })
    const seasonRows = await everySeason(store).execute()
    const holidayRows = await everyHoliday(store).execute()
    const changes = await changesOf(store).execute({ office: office.code })
    return { zone: office.zone, rules, seasons: seasonRows, holidays: holidayRows, changes }
  })
}

/**
 * The sessions that a clock reading `now` is concerned with: yesterday's (which may run past midnight), today's and the next `days`.
 */
export async function sessionsAround(store: Store, office: OfficeRow, now: Instant, days = 1): Promise<Session[]> {
  const today = dayIn(now, office.zone)
  return sessionsBetween(await officeHours(store, office), addDays(today, -1), addDays(today, days))
}

/**
 * The line of an office that serves a service: the line of the service's sector where the service has the office's channel; in a video
 * office every service with the video channel. `null` where the office does not serve it.
 */
export function lineFor(office: Office, service: Service): Line | null {
  if (service.minutes === null) return null
  if (office.video) return service.channels.includes("video") ? (office.lines[0] ?? null) : null
  if (!service.channels.includes("office")) return null
  return office.lines.find((line) => line.code === service.sector) ?? null
}

/** As `lineFor`, refusing `service_not_here` (or `service_online_only` where no office serves it). */
export function mustServe(office: Office, service: Service): Line {
  const line = lineFor(office, service)
  if (line) return line
  const onlineOnly = !service.channels.includes("office") && !service.channels.includes("video")
  throw new Refusal(onlineOnly ? "service_online_only" : "service_not_here", {
    service: service.code,
    office: office.code,
  })
}
