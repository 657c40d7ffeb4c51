import { asc, eq, inArray, notInArray, sql } from "drizzle-orm"
import type { SQLiteTable } from "drizzle-orm/sqlite-core"
import { agencies, type Channel, sectors, services, type Words } from "../../../db/schema/catalogue.ts"
import {
  type BookingMode,
  holidays,
  lines,
  offices,
  openingRules,
  type RuleLayer,
  seasons,
} from "../../../db/schema/offices.ts"
import { counters } from "../../../db/schema/queue.ts"
import type { Tx } from "../../../db/write.ts"
import type { Day } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { retireCounters, retireLines, setUpCounters, setUpLines } from "./hall.ts"

/** What an agency's files say, read and checked. Applying it twice is the same as once. */
export interface SetupPlan {
  agencies: { code: string; name: Words }[]
  sectors: { code: string; name: Words }[]
  services: {
    code: string
    sector: string
    name: Words
    audience: Words
    channels: Channel[]
    minutes: number | null
    documents: Words[]
    feeHalalas: number | null
    feeNote: Words | null
    bookingOnly: boolean
    sensitive: boolean
  }[]
  offices: PlannedOffice[]
  seasons: { id: string; name: Words; first: Day; last: Day; provisional: boolean }[]
  holidays: { name: Words; first: Day; last: Day; provisional: boolean }[]
  /** The agency's own name, logo and colours. */
  look: { name?: Words; logo?: string; accent?: string; accentDark?: string } | null
}

export interface PlannedOffice {
  code: string
  agency: string
  name: Words
  city: string | null
  region: Words | null
  address: Words
  zone: string
  sectors: string[]
  counters: number
  video: boolean
  bookingMode: BookingMode
  gridMinutes: number
  soonestMinutes: number
  furthestDays: number
  earlyMinutes: number
  releaseMinutesMin: number
  releaseMinutesMax: number
  hours: {
    layer: RuleLayer
    season: string | null
    rrule: string
    start: string
    minutes: number
    validFrom: Day | null
    validTo: Day | null
    bookingOnly: boolean
  }[]
  lines: {
    code: string
    name: Words
    public: number
    staffExtra: number
    targetMinutes: number
    needTargetMinutes: number
    graceMinutes: number
  }[]
}

/** What applying a plan came to. */
export interface SetUp {
  /** Whether anything at all is different now. */
  changed: boolean
  /** Offices whose hours, calendar, lines or counters are different now, new ones included; their versions have risen. */
  offices: string[]
}

/**
 * Writes the plan over what is there; applied a second time it changes nothing and says nothing. Hours of the plan's offices and the
 * calendar are replaced. A line or a counter that the plan no longer has is retired, unless somebody still depends on it. Offices,
 * services and sectors that the plan does not name stay as they are, because bookings and tickets speak of them; an office keeps the
 * seasons that its hours name. Whoever calls it brings the bookings of the answer's offices in line with their new hours, in the same turn.
 * Refuses `setup_invalid` with `mistakes`.
 */
export async function setUp(tx: Tx, plan: SetupPlan): Promise<SetUp> {
  const before = await pictures(tx)
  for (const row of plan.agencies) await put(tx, agencies, row, agencies.code)
  for (const [position, row] of plan.sectors.entries()) await put(tx, sectors, { ...row, position }, sectors.code)
  for (const [position, row] of plan.services.entries()) await put(tx, services, { ...row, position }, services.code)

  const codes = plan.offices.map(({ code }) => code)
  await tx.db.delete(openingRules).where(inArray(openingRules.office, codes))
  const named = await tx.db.selectDistinct({ season: openingRules.season }).from(openingRules)
  const kept = [...plan.seasons.map(({ id }) => id), ...named.flatMap(({ season }) => season ?? [])]
  await tx.db.delete(seasons).where(notInArray(seasons.id, kept))
  for (const row of plan.seasons) await put(tx, seasons, row, seasons.id)
  await tx.db.delete(holidays)
  for (const [index, row] of plan.holidays.entries())
    await tx.db.insert(holidays).values({ ...row, id: `h${index + 1}` })

  const mistakes: string[] = []
  for (const [position, planned] of plan.offices.entries()) {
    mistakes.push(...(await setUpOffice(tx, planned, position)))
  }
  if (mistakes.length > 0) throw new Refusal("setup_invalid", { mistakes })

  const after = await pictures(tx)
  const changed = [...after.offices].filter(([code, picture]) => before.offices.get(code) !== picture)
  for (const [code] of changed) {
    const isNew = !before.offices.has(code)
    const [raised] = await tx.db
      .update(offices)
      .set({ version: sql`${offices.version} + ${isNew ? 0 : 1}` })
      .where(eq(offices.code, code))
      .returning({ version: offices.version })
    await tx.say(code, "office.set_up", { office: code, version: raised?.version ?? 1 })
  }
  return {
    changed: changed.length > 0 || before.catalogue !== after.catalogue,
    offices: changed.map(([code]) => code),
  }
}

/** Everything that a plan writes, as text to be compared: what an office's days depend on, the calendar included, and the rest. */
async function pictures(tx: Tx): Promise<{ offices: Map<string, string>; catalogue: string }> {
  const calendar = [
    await tx.db.select().from(seasons).orderBy(asc(seasons.id)),
    await tx.db.select().from(holidays).orderBy(asc(holidays.id)),
  ]
  const rows = await tx.db.select().from(offices).orderBy(asc(offices.code))
  const [everyLine, everyRule, everyCounter] = [
    await tx.db.select().from(lines).orderBy(asc(lines.position), asc(lines.code)),
    await tx.db.select().from(openingRules).orderBy(asc(openingRules.id)),
    await tx.db.select().from(counters).orderBy(asc(counters.number)),
  ]
  const ofOffice = new Map<string, string>()
  for (const { version: _version, position: _position, ...office } of rows) {
    const own = <T extends { office: string }>(all: T[]) => all.filter((row) => row.office === office.code)
    const seats = own(everyCounter).map(({ id, number, profile }) => ({ id, number, profile }))
    ofOffice.set(office.code, JSON.stringify([office, own(everyLine), own(everyRule), seats, calendar]))
  }
  const catalogue = [
    await tx.db.select().from(agencies).orderBy(asc(agencies.code)),
    await tx.db.select().from(sectors).orderBy(asc(sectors.position), asc(sectors.code)),
    await tx.db.select().from(services).orderBy(asc(services.position), asc(services.code)),
    rows.map(({ code, position }) => [code, position]),
    calendar,
  ]
  return { offices: ofOffice, catalogue: JSON.stringify(catalogue) }
}

/** Answers what stands in the way. */
async function setUpOffice(tx: Tx, planned: PlannedOffice, position: number): Promise<string[]> {
  const { hours, lines: plannedLines, ...office } = planned
  const [before] = await tx.db.select({ version: offices.version }).from(offices).where(eq(offices.code, office.code))
  await put(tx, offices, { ...office, position, version: before?.version ?? 1 }, offices.code)
  for (const [index, rule] of hours.entries()) {
    const id = `${office.code}.${String(index + 1).padStart(3, "0")}`
    await tx.db.insert(openingRules).values({ ...rule, id, office: office.code })
  }
  const all = plannedLines.map(({ code }) => code)
  const rows = plannedLines.map(({ public: publicPlaces, ...line }) => ({ ...line, publicPlaces }))
  const added = await setUpLines(tx, office.code, rows)
  await setUpCounters(tx, office.code, office.counters, { all, added })
  return [...(await retireLines(tx, office.code, all)), ...(await retireCounters(tx, office.code, office.counters))]
}

async function put<T extends SQLiteTable>(
  tx: Tx,
  into: T,
  row: T["$inferInsert"],
  key: Parameters<typeof sql.param>[0] & object,
): Promise<void> {
  await tx.db
    .insert(into)
    .values(row)
    .onConflictDoUpdate({ target: key as never, set: row as never })
}
