import { and, asc, desc, eq, lte, sql } from "drizzle-orm"
import { type HoldRow, type HoldState, heldPeople, heldPlaces, holds } from "../../../db/schema/availability.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { type Instant, minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { authorize } from "../access/authorize.ts"
import type { Citizen } from "../access/subject.ts"
import { peopleIn } from "../people/acting.ts"
import { countHold, partyOf } from "./party.ts"
import { passOn } from "./release.ts"
import { holdPauseMinutes, holdTimes } from "./rules.ts"
import { readVisit, type WantedVisit } from "./visit.ts"
import { keepPlaces, serviceDayOf } from "./writes.ts"

export interface WantedHold extends WantedVisit {
  /** Whom it is for; the citizen alone when left out. */
  for?: string[]
}

const p = sql.placeholder

const holdWith = statement((db) =>
  db
    .select()
    .from(holds)
    .where(eq(holds.id, p("id"))),
)

const latestFor = statement((db) =>
  db
    .select()
    .from(holds)
    .where(and(eq(holds.person, p("person")), eq(holds.service, p("service"))))
    .orderBy(desc(holds.until))
    .limit(1),
)

const runOut = statement((db) =>
  db
    .select()
    .from(holds)
    .where(and(eq(holds.office, p("office")), lte(holds.until, p("now")), sql`${holds.state} = 'live'`))
    .orderBy(asc(holds.until))
    .limit(expireMax),
)

export const insertHold = statement((db) => db.insert(holds).values(placeholders(holds)))
const dropPlaces = statement((db) =>
  db
    .delete(heldPlaces)
    .where(eq(heldPlaces.hold, p("id")))
    .returning({ startsAt: heldPlaces.startsAt }),
)
const dropPeople = statement((db) => db.delete(heldPeople).where(eq(heldPeople.hold, p("id"))))
const setState = statement((db) =>
  db
    .update(holds)
    .set({ state: sql`${p("state")}`, until: sql`${p("until")}`, booking: sql`${p("booking")}` })
    .where(and(eq(holds.id, p("id")), sql`${holds.state} in ('live', 'expired')`))
    .returning({ id: holds.id }),
)

const expireMax = 200

/**
 * Keeps places for ten minutes while the form is filled. A second hold for the same person and service moves the first, in this same
 * turn: if the new place is not to be had, the old one stays. Asking for the same again only prolongs it.
 * Refuses `hold_limit` (with `again`: when the pause is over), `limit_reached`, `already_booked`, what `partyOf` refuses, and what reading
 * and keeping a visit refuse: `slot_full` with alternatives, `too_soon`, `service_not_here` and so on.
 */
export async function hold(tx: Tx, citizen: Citizen, wanted: WantedHold): Promise<HoldRow> {
  const acting = await partyOf(tx, citizen, wanted.for, wanted.service, tx.now)
  const party = peopleIn(acting)
  const visit = await readVisit(tx, wanted, { people: party.length, now: tx.now })
  const service = visit.service.code
  const last = await lastHold(tx, citizen.id, service)
  const standing = last?.state === "live" && last.until > tx.now ? last : null
  const times = holdTimes(tx.now, last && { ...last, used: last.state === "used" })
  if (standing && isSame(standing, { office: visit.office.code, startsAt: visit.startsAt, people: party })) {
    // What was offered from the waiting list has its own time, which choosing the same place again does not lengthen.
    const isLonger = standing.waiting === null && times !== null && times.until > standing.until
    return isLonger ? prolong(tx, standing, times.until) : standing
  }
  if (!times) throw new Refusal("hold_limit", { again: (last?.until ?? tx.now) + holdPauseMinutes * minute })

  if (standing) await endHold(tx, standing, "moved")
  else if (last?.state === "live")
    await (last.office === visit.office.code ? sayExpired(tx, last) : endHold(tx, last, "expired"))
  const day = await serviceDayOf(tx, visit)
  const row: HoldRow = {
    id: tx.id(),
    person: citizen.id,
    office: visit.office.code,
    line: visit.line.code,
    service,
    day,
    startsAt: visit.startsAt,
    width: visit.width,
    length: visit.length,
    people: party,
    ...times,
    state: "live",
    booking: null,
    waiting: null,
  }
  await insertHold(tx).execute(row)
  await countHold(tx, row, acting)
  await keepPlaces(tx, visit, row)
  const { id, line, startsAt, width, length, until } = row
  const body = { hold: id, line, service, day, startsAt, width, length, people: party, until, subject: citizen.id }
  // Where the first was in another office, that office's stream does not hear of it: this turn does not have that office to itself, and
  // the hold had said itself how long it would last at most.
  if (standing) await tx.say(row.office, "hold.moved", { ...body, from: standing.id })
  else await tx.say(row.office, "hold.made", body)
  return row
}

/** Gives a hold up. Giving up what is over already is no mistake. Refuses `not_found` (also for another's) and `hold_gone` once it is a booking. */
export async function releaseHold(tx: Tx, citizen: Citizen, id: string): Promise<void> {
  const row = await ownHold(tx, citizen, id)
  if (row.state === "used") throw new Refusal("hold_gone", { booking: row.booking })
  if (row.state === "live" && (await endHold(tx, row, "released"))) {
    await tx.say(row.office, "hold.released", { hold: id, by: citizen.id, subject: row.person })
  }
}

/** Says of holds that have run out that they have, so that screens look again; their places are free without it. Answers how many. */
export async function expireHolds(tx: Tx, office: string): Promise<number> {
  const over = await runOut(tx).execute({ office, now: tx.now })
  for (const row of over) await sayExpired(tx, row)
  return over.length
}

export async function holdById(store: Store, id: string): Promise<HoldRow | null> {
  return (await holdWith(store).execute({ id }))[0] ?? null
}

/** The citizen's hold with this id, whatever became of it. Refuses `not_found`. */
export async function ownHold(store: Store, citizen: Citizen, id: string): Promise<HoldRow> {
  const row = await holdById(store, id)
  if (!row) throw new Refusal("not_found", { what: "hold" })
  authorize(citizen, "hold.change", row)
  return row
}

/** The hold that a person has for a service at `now`, or null. */
export async function liveHold(store: Store, person: string, service: string, now: Instant): Promise<HoldRow | null> {
  const last = await lastHold(store, person, service)
  return last?.state === "live" && last.until > now ? last : null
}

/**
 * Ends a hold and frees what it kept; one that has run out may still be used. Answers the starts of what it kept until now, in any order;
 * `null` when it had ended otherwise before.
 */
export async function endHold(
  tx: Tx,
  row: HoldRow,
  state: Exclude<HoldState, "live">,
  booking: string | null = null,
): Promise<Instant[] | null> {
  const until = Math.min(row.until, tx.now)
  const ended = await setState(tx).execute({ id: row.id, state, until, booking })
  if (ended.length === 0) return null
  if (state !== "used") await passOn(tx, row)
  const freed = await dropPlaces(tx).execute({ id: row.id })
  await dropPeople(tx).execute({ id: row.id })
  return row.until > tx.now ? freed.map(({ startsAt }) => startsAt) : []
}

/** What the person held last for a service, whatever became of it. */
export async function lastHold(store: Store, person: string, service: string): Promise<HoldRow | null> {
  return (await latestFor(store).execute({ person, service }))[0] ?? null
}

/** Ends a hold that has run out and says so. */
export async function sayExpired(tx: Tx, row: HoldRow): Promise<void> {
  if (await endHold(tx, row, "expired")) await tx.say(row.office, "hold.expired", { hold: row.id, subject: row.person })
}

async function prolong(tx: Tx, row: HoldRow, until: Instant): Promise<HoldRow> {
  await tx.db.update(holds).set({ until }).where(eq(holds.id, row.id))
  await tx.db.update(heldPlaces).set({ until }).where(eq(heldPlaces.hold, row.id))
  await tx.db.update(heldPeople).set({ until }).where(eq(heldPeople.hold, row.id))
  await tx.say(row.office, "hold.prolonged", { hold: row.id, until, subject: row.person })
  return { ...row, until }
}

function isSame(row: HoldRow, wanted: Pick<HoldRow, "office" | "startsAt" | "people">): boolean {
  const alike = row.office === wanted.office && row.startsAt === wanted.startsAt
  return alike && row.people.length === wanted.people.length && wanted.people.every((id) => row.people.includes(id))
}
