import { eq, notInArray, type sql } from "drizzle-orm"
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

/** Minutes by which a counter takes the other lines of its hall later than its own work. */
const helpAfterMinutes = 10

/**
 * Writes the plan over what is there: rows of the plan are put in place, hours and the calendar are replaced, counters are added.
 * What the plan no longer names stays, because bookings and tickets may speak of it; it is the operator's to close.
 */
export async function setUp(tx: Tx, plan: SetupPlan): Promise<void> {
  for (const row of plan.agencies) await put(tx, agencies, row, agencies.code)
  for (const [position, row] of plan.sectors.entries()) await put(tx, sectors, { ...row, position }, sectors.code)
  for (const [position, row] of plan.services.entries()) await put(tx, services, { ...row, position }, services.code)

  const seasonIds = plan.seasons.map(({ id }) => id)
  await tx.db.delete(openingRules)
  await tx.db.delete(seasons).where(notInArray(seasons.id, seasonIds))
  for (const row of plan.seasons) await put(tx, seasons, row, seasons.id)
  await tx.db.delete(holidays)
  for (const [index, row] of plan.holidays.entries())
    await tx.db.insert(holidays).values({ ...row, id: `h${index + 1}` })

  for (const [position, planned] of plan.offices.entries()) await setUpOffice(tx, planned, position)
}

async function setUpOffice(tx: Tx, planned: PlannedOffice, position: number): Promise<void> {
  const { hours, lines: plannedLines, ...office } = planned
  const [before] = await tx.db.select({ version: offices.version }).from(offices).where(eq(offices.code, office.code))
  const version = (before?.version ?? 0) + 1
  await put(tx, offices, { ...office, position, version }, offices.code)
  for (const [index, { public: publicPlaces, ...line }] of plannedLines.entries()) {
    const row = { ...line, office: office.code, position: index, publicPlaces }
    await tx.db
      .insert(lines)
      .values(row)
      .onConflictDoUpdate({ target: [lines.office, lines.code], set: row })
  }
  for (const [index, rule] of hours.entries()) {
    await tx.db.insert(openingRules).values({ ...rule, id: `${office.code}.${index + 1}`, office: office.code })
  }
  for (let number = 1; number <= office.counters; number++) {
    const profile = profileOf(
      plannedLines.map(({ code }) => code),
      number,
    )
    await tx.db
      .insert(counters)
      .values({
        id: `${office.code}.${number}`,
        office: office.code,
        number,
        state: "closed",
        staff: null,
        profile,
        ticket: null,
        changedAt: tx.now,
      })
      .onConflictDoNothing()
  }
  await tx.say(office.code, "office.set_up", { office: office.code, version })
}

/** Counters take the hall's lines by turns as their own work, and help with the others once those are late enough. */
function profileOf(codes: string[], number: number) {
  const own = (number - 1) % codes.length
  const inOrder = [...codes.slice(own), ...codes.slice(0, own)].slice(0, 8)
  return inOrder.map((line, index) => ({ line, handicap: index === 0 ? 0 : helpAfterMinutes }))
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
