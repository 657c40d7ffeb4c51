import { and, eq, gte, lt, lte, or, sql } from "drizzle-orm"
import { heldBack, heldPlaces, slots } from "../../../db/schema/availability.ts"
import { waitlist } from "../../../db/schema/waitlist.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import { type Day, type Instant, minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Line, Office } from "../offices/reads.ts"
import { plannedAt, plannedDays } from "./plan.ts"
import { nearestAlternatives } from "./reads.ts"
import { mustBeNear, type TakenPlaces, type Visit } from "./visit.ts"

const p = sql.placeholder

/** The slots of a visit. */
const ofVisit = and(
  eq(slots.office, p("office")),
  eq(slots.line, p("line")),
  gte(slots.startsAt, p("startsAt")),
  lt(slots.startsAt, p("endsAt")),
  // Rows of an earlier grid may lie between.
  sql`(${slots.startsAt} - ${p("startsAt")}) % ${p("step")} = 0`,
)

/** Live holds count as taken; an expired one frees its place by this comparison alone, without any job. */
const held = sql`coalesce((select sum(${heldPlaces.width}) from ${heldPlaces}
  where ${heldPlaces.office} = ${slots.office} and ${heldPlaces.line} = ${slots.line}
  and ${heldPlaces.startsAt} = ${slots.startsAt} and ${heldPlaces.until} > ${p("now")}), 0)`

/** What was given up a while ago and rests: the staff may have it at once, the public when its time has come. */
const resting = sql`case when ${p("extra")} = 1 then 0 else coalesce((select sum(${heldBack.width}) from ${heldBack}
  where ${heldBack.office} = ${slots.office} and ${heldBack.line} = ${slots.line}
  and ${heldBack.startsAt} = ${slots.startsAt} and ${heldBack.until} > ${p("now")}), 0) end`

const hasPlaces = sql`${slots.taken} + ${p("width")} + ${held} + ${resting}
  <= ${slots.publicPlaces} + ${p("extra")} * ${slots.staffExtra}`

/** What was the asker's own until this turn gave it back is the asker's still, also where staff have since filled the slot. */
const wasOwn = sql`${slots.startsAt} >= ${p("ownFrom")} and ${slots.startsAt} < ${p("ownUntil")}
  and (${slots.startsAt} - ${p("ownFrom")}) % ${p("ownStep")} = 0 and ${slots.publicPlaces} + ${p("extra")} * ${slots.staffExtra} > 0`

const take = statement((db) =>
  db
    .update(slots)
    .set({ taken: sql`${slots.taken} + ${p("width")}` })
    .where(and(ofVisit, or(hasPlaces, wasOwn)))
    .returning({ day: slots.day, startsAt: slots.startsAt }),
)

const keep = statement((db) =>
  db
    .insert(heldPlaces)
    .select(
      db
        .select({
          hold: sql<string>`${p("hold")}`.as("hold"),
          office: slots.office,
          line: slots.line,
          startsAt: slots.startsAt,
          width: sql<number>`${p("width")}`.as("width"),
          until: sql<number>`${p("until")}`.as("until"),
        })
        .from(slots)
        .where(and(ofVisit, hasPlaces)),
    )
    .returning({ startsAt: heldPlaces.startsAt }),
)

const rowsOf = statement((db) =>
  db
    .select({ day: slots.day, open: sql<number>`${slots.publicPlaces} + ${p("extra")} * ${slots.staffExtra}` })
    .from(slots)
    .where(ofVisit),
)

const free = statement((db) =>
  db
    .update(slots)
    .set({ taken: sql`${slots.taken} - ${p("width")}` })
    .where(ofVisit)
    .returning({ startsAt: slots.startsAt }),
)

const lookAgain = statement((db) =>
  db
    .update(waitlist)
    .set({ lookAt: sql`${p("now")}` })
    .where(and(eq(waitlist.office, p("office")), sql`${waitlist.state} = 'waiting'`)),
)

const insertSlot = statement((db) => db.insert(slots).values(placeholders(slots)).onConflictDoNothing())

export interface Taking {
  /** Staff fill the places that are theirs, and what is held back from the public. */
  forStaff?: boolean
  /** What this turn has just given back of a live hold: it counted as taken all the while. */
  kept?: TakenPlaces | null
  /** What this turn has just given back of the booking that is being moved. */
  moved?: TakenPlaces
}

/**
 * Takes the places of a visit for good and answers its service day. One conditional update holds the promise that an office is never
 * oversold: it matches only rows that have room, and fewer rows than wanted is the refusal. What it took of them goes with the turn.
 * Refuses `slot_full` and `office_closed` with `alternatives`, `slot_unknown`, `too_far`.
 */
export async function takePlaces(tx: Tx, visit: Visit, { forStaff = false, kept, moved }: Taking = {}): Promise<Day> {
  const values = { ...valuesOf(visit, forStaff), ...ownOf(visit, kept ?? moved), now: tx.now }
  let took = await take(tx).execute(values)
  if (took.length === 0 && (await plant(tx, visit))) took = await take(tx).execute(values)
  const [first] = took
  if (!first || took.length !== visit.length) {
    // Given back before looking round, so that the alternatives are what they will be once this turn is undone.
    for (const { startsAt } of took) await free(tx).execute({ ...values, startsAt, endsAt: startsAt + 1 })
    throw await whyNot(tx, visit, forStaff, moved)
  }
  mustBeNear(visit, first.day)
  return first.day
}

/** Keeps the places of a visit for a hold until `until`, on the same condition and with the same refusals as `takePlaces`. */
export async function keepPlaces(tx: Tx, visit: Visit, hold: { id: string; until: Instant }): Promise<void> {
  const values = { ...valuesOf(visit, false), now: tx.now, hold: hold.id, until: hold.until }
  const kept = await keep(tx).execute(values)
  if (kept.length === visit.length) return
  await tx.db.delete(heldPlaces).where(eq(heldPlaces.hold, hold.id))
  throw await whyNot(tx, visit, false)
}

/** The service day of a visit, whose slots are rows from now on. Refuses `slot_unknown`, `office_closed`, `too_far`. */
export async function serviceDayOf(tx: Tx, visit: Visit): Promise<Day> {
  let [row] = await rowsOf(tx).execute(valuesOf(visit, false))
  if (!row && (await plant(tx, visit))) [row] = await rowsOf(tx).execute(valuesOf(visit, false))
  if (!row) throw await whyNot(tx, visit, false)
  mustBeNear(visit, row.day)
  return row.day
}

/** Gives the places of a booking back. Whether the public may have them at once is `holdBack`'s to say. */
export async function freePlaces(
  tx: Tx,
  { office, line, startsAt, endsAt, width, length }: TakenPlaces,
): Promise<void> {
  const step = (endsAt - startsAt) / length
  const freed = await free(tx).execute({ office, line, startsAt, endsAt, width, step })
  if (freed.length !== length) throw new Error(`a booking had ${length} slots, but ${freed.length} were there to free`)
}

/**
 * Brings the rows of the days that have been touched, from `from` on, in line with the office's hours and places: starts that are no
 * longer open have no places, new ones appear, and what is taken stays as it is.
 * Belongs into every turn that changes hours, seasons, lines, grid or places, after the change; at the turn's end `offerPlaces` gives
 * those who wait the first choice of what was added.
 */
export async function replan(tx: Tx, office: Office, from: Day, to?: Day): Promise<void> {
  await lookAgain(tx).execute({ office: office.code, now: tx.now })
  const within = and(eq(slots.office, office.code), gte(slots.day, from), to ? lte(slots.day, to) : undefined)
  const touched = await tx.db.selectDistinct({ day: slots.day }).from(slots).where(within).orderBy(slots.day)
  const [first, last] = [touched[0], touched.at(-1)]
  if (!first || !last) return
  const plan = await plannedDays(tx, office, first.day, last.day)
  await tx.db.update(slots).set({ publicPlaces: 0, staffExtra: 0 }).where(within)
  for (const { day } of touched) {
    const starts = (plan.get(day) ?? []).flatMap((planned) => planned.starts)
    for (const line of starts.length > 0 ? office.lines : []) {
      const { publicPlaces, staffExtra } = line
      await tx.db
        .insert(slots)
        .values(starts.map((startsAt) => slotRow(line, startsAt, day)))
        .onConflictDoUpdate({
          target: [slots.office, slots.line, slots.startsAt],
          set: { publicPlaces, staffExtra, day },
        })
    }
  }
}

function valuesOf(visit: Visit, forStaff: boolean) {
  const { office, line, startsAt, endsAt, width } = visit
  const step = office.gridMinutes * minute
  return { office: office.code, line: line.code, startsAt, endsAt, width, step, extra: forStaff ? 1 : 0 }
}

/** The span in which the asker had places of at least this width on the same line; nothing where there is none. */
function ownOf(visit: Visit, own: TakenPlaces | null | undefined) {
  if (!own || own.line !== visit.line.code || own.width < visit.width) return { ownFrom: 0, ownUntil: 0, ownStep: 1 }
  return { ownFrom: own.startsAt, ownUntil: own.endsAt, ownStep: (own.endsAt - own.startsAt) / own.length }
}

/** Inserts the slots of the visit's session where there are none; false when there are, or when the visit is on no day's plan. */
async function plant(tx: Tx, visit: Visit): Promise<boolean> {
  const rows = await rowsOf(tx).execute(valuesOf(visit, false))
  if (rows.length > 0) return false
  const at = await plannedAt(tx, visit.office, visit.startsAt)
  if (!at?.planned.starts.includes(visit.startsAt)) return false
  for (const startsAt of at.planned.starts) await insertSlot(tx).execute(slotRow(visit.line, startsAt, at.day))
  return true
}

const slotRow = (line: Line, startsAt: Instant, day: Day) => ({
  office: line.office,
  line: line.code,
  startsAt,
  day,
  publicPlaces: line.publicPlaces,
  staffExtra: line.staffExtra,
  taken: 0,
})

/** Full, closed or never on the plan; only asked once a visit has been refused. */
async function whyNot(tx: Tx, visit: Visit, forStaff: boolean, moved?: TakenPlaces): Promise<Refusal> {
  const rows = await rowsOf(tx).execute(valuesOf(visit, true))
  const { startsAt } = visit
  if (rows.length === 0 && (await plannedAt(tx, visit.office, startsAt))) return new Refusal("slot_unknown")
  const alternatives = await nearestAlternatives(tx, {
    office: visit.office.code,
    service: visit.service.code,
    people: visit.people,
    around: startsAt,
    now: tx.now,
    forStaff,
    // Given back in this turn, so no longer among what is taken.
    moving: moved && { ...moved, isFreed: true },
  })
  const open = rows.length === visit.length && rows.every((row) => row.open > 0)
  return new Refusal(open ? "slot_full" : "office_closed", { alternatives })
}
