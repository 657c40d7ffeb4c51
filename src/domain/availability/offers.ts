import { and, asc, eq, inArray, lte, or, sql } from "drizzle-orm"
import { heldBack, heldPeople, heldPlaces, holds } from "../../../db/schema/availability.ts"
import { type WaitRow, waitlist } from "../../../db/schema/waitlist.ts"
import { statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import { type Day, minute } from "../../base/day.ts"
import { isRefusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import type { Citizen } from "../access/subject.ts"
import { notify } from "../notifications/outbox.ts"
import { office as officeWith } from "../offices/reads.ts"
import type { ActingFor } from "../people/acting.ts"
import { endHold, insertHold, lastHold, sayExpired } from "./holds.ts"
import { countHold, partyOf } from "./party.ts"
import type { OfferedSlot } from "./reads.ts"
import { jobLateMinutes, offerMinutes } from "./rules.ts"
import { readVisit } from "./visit.ts"
import { nextDay, ownEntry, takePlaceBack } from "./waitlist.ts"
import { bookedInstead, placesFor } from "./wish.ts"
import { keepPlaces, serviceDayOf } from "./writes.ts"

/** Of those who wait in an office no more than so many are looked at in one turn, who joined first before the others. */
const lookMax = 500

const p = sql.placeholder

const offered = statement((db) =>
  db
    .select({ entry: waitlist, hold: holds })
    .from(waitlist)
    .innerJoin(holds, eq(holds.id, waitlist.hold))
    .where(and(eq(waitlist.office, p("office")), sql`${waitlist.state} = 'offered'`)),
)

const takeDue = statement((db) =>
  db
    .delete(heldBack)
    .where(and(eq(heldBack.office, p("office")), lte(heldBack.releaseAt, p("now"))))
    .returning({ line: heldBack.line, day: heldBack.day }),
)

const offerIt = statement((db) =>
  db
    .update(waitlist)
    .set({ state: sql`'offered'`, hold: sql`${p("hold")}` })
    .where(and(eq(waitlist.id, p("id")), sql`${waitlist.state} = 'waiting'`))
    .returning({ id: waitlist.id }),
)

/** Who waits for a place on one of these lines (JSON), or is to be looked at again by now; who joined first comes first. */
const whoWaits = statement((db) =>
  db
    .select()
    .from(waitlist)
    .where(
      and(
        eq(waitlist.office, p("office")),
        sql`${waitlist.state} = 'waiting'`,
        or(lte(waitlist.lookAt, p("now")), sql`${waitlist.line} in (select value from json_each(${p("lines")}))`),
      ),
    )
    .orderBy(asc(waitlist.place))
    .limit(lookMax),
)

const lookLater = statement((db) =>
  db
    .update(waitlist)
    .set({ lookAt: sql`${p("at")}` })
    .where(eq(waitlist.id, p("id"))),
)

/**
 * Comes back to the place in the list that was left a moment ago. What came free while nobody waited is everybody's until the next look: whoever
 * is back is looked at in this turn, so that nobody who only looks is faster. Refuses `not_found`, `wrong_state` where it was not left or too
 * long ago, `waiting_already`, `waiting_limit`.
 */
export async function returnToWaitlist(tx: Tx, citizen: Citizen, id: string): Promise<WaitRow> {
  const { office } = await takePlaceBack(tx, citizen, id)
  await offerPlaces(tx, office)
  return ownEntry(tx, citizen, id)
}

/**
 * Offers what has come free to those who wait, in the order in which they joined: each the earliest place that fits, held for a quarter of
 * an hour, one after the other. Belongs to the job, which comes when places are due, and into every turn that adds places, at its end, so
 * that nobody is offered them before. What nobody waits for is for everybody from then on. Answers how many offers were made.
 */
export async function offerPlaces(tx: Tx, code: string): Promise<number> {
  await settleOffers(tx, code)
  const due = await takeDue(tx).execute({ office: code, now: tx.now })
  const office = await officeWith(tx, code)
  const today = dayIn(tx.now, office.zone)
  const nothingFor = new Set<string>()
  let made = 0
  const lines = JSON.stringify([...new Set(due.map(({ line }) => line))])
  for (const entry of await whoWaits(tx).execute({ office: code, lines, now: tx.now })) {
    const isDue = entry.lookAt <= tx.now
    if (isDue && entry.lastDay < today) {
      await endWait(tx, entry, "over")
      continue
    }
    if (isDue) await lookLater(tx).execute({ id: entry.id, at: nextDay(office, tx.now) })
    const freed = due.filter(({ line, day }) => line === entry.line && entry.firstDay <= day && day <= entry.lastDay)
    const spans: [Day, Day][] = isDue
      ? [[entry.firstDay > today ? entry.firstDay : today, entry.lastDay]]
      : [...new Set(freed.map(({ day }) => day))].sort().map((day) => [day, day])
    for (const [firstDay, lastDay] of spans) {
      // What one has not found the next with the same need does not find either: offers only take away.
      const need = `${entry.service} ${entry.people.length} ${firstDay} ${lastDay}`
      if (nothingFor.has(need)) continue
      const outcome = await offerWithin(tx, { ...entry, firstDay, lastDay })
      if (outcome === "nothing") nothingFor.add(need)
      if (outcome === "offered") made++
      if (outcome === "offered") break
    }
  }
  return made
}

/** What became of the places that had been offered: taken by way of the hold itself, or no longer held. */
async function settleOffers(tx: Tx, office: string): Promise<void> {
  for (const { entry, hold } of await offered(tx).execute({ office })) {
    if (hold.state === "live" && hold.until > tx.now) continue
    if (hold.state === "used" && hold.booking) {
      await settleTaken(tx, entry, hold.booking)
      continue
    }
    if (hold.state === "live") await sayExpired(tx, hold)
    await endWait(tx, entry, hold.state === "released" || hold.state === "moved" ? "given_up" : "unanswered")
  }
}

/** The offer has come to a booking. */
export async function settleTaken(tx: Tx, entry: WaitRow, booking: string): Promise<void> {
  const changes = { state: "taken" as const, booking, endedAt: tx.now }
  await tx.db.update(waitlist).set(changes).where(eq(waitlist.id, entry.id))
  await tx.say(entry.office, "waitlist.taken", { entry: entry.id, booking, subject: entry.person })
}

/** Puts entries back whose offer the office itself has taken away, in their old places. */
export async function waitAgain(tx: Tx, entries: string[]): Promise<void> {
  const rows = await tx.db
    .update(waitlist)
    .set({ state: "waiting", hold: null, lookAt: tx.now })
    .where(and(inArray(waitlist.id, entries), eq(waitlist.state, "offered")))
    .returning()
  for (const { id, office, line, service, people, firstDay, lastDay, place, person } of rows) {
    const said = { entry: id, line, service, people, firstDay, lastDay, place }
    await tx.say(office, "waitlist.joined", { ...said, subject: person })
  }
}

/**
 * `nothing`: there is no such place for anybody. `not_now`: there may be, but not for this one, who waits on: a booking or a hold of another
 * kind is in the way, or the people are too many by now.
 */
async function offerWithin(tx: Tx, entry: WaitRow): Promise<"offered" | "nothing" | "not_now"> {
  try {
    const everything = await placesFor(tx, entry, tx.now)
    if (everything.length === 0) return "nothing"
    const acting = await partyOf(tx, { id: entry.person }, entry.people, entry.service, tx.now)
    const instead = await bookedInstead(tx, entry, tx.now)
    const [place] = instead ? everything.filter(({ startsAt }) => startsAt < instead.startsAt) : everything
    return place && (await holdFor(tx, entry, acting, place, instead?.id ?? null)) ? "offered" : "not_now"
  } catch (thrown) {
    if (isRefusal(thrown)) return "not_now"
    throw thrown
  }
}

async function holdFor(
  tx: Tx,
  entry: WaitRow,
  acting: ActingFor[],
  place: OfferedSlot,
  instead: string | null,
): Promise<boolean> {
  const { id: waiting, person, office, service, people } = entry
  const last = await lastHold(tx, person, service)
  // Whoever is choosing at this very moment is not disturbed.
  if (last?.state === "live" && last.until > tx.now) return false
  if (last?.state === "live") await (last.office === office ? sayExpired(tx, last) : endHold(tx, last, "expired"))
  const visit = await readVisit(tx, { office, service, slot: place.id }, { people: people.length, now: tx.now })
  const { startsAt, width, length } = visit
  const until = tx.now + offerMinutes * minute
  const row = {
    ...{ id: tx.id(), person, office, line: visit.line.code, service, day: await serviceDayOf(tx, visit) },
    ...{ startsAt, width, length, people, since: tx.now, until, state: "live" as const, booking: null, waiting },
  }
  await insertHold(tx).execute(row)
  try {
    // A move makes nobody's bookings more than they are.
    if (instead === null) await countHold(tx, row, acting)
    // Not the public's before the job has had its chance to offer it to the next.
    await keepPlaces(tx, visit, { id: row.id, until: until + jobLateMinutes * minute })
  } catch (thrown) {
    for (const of of [heldPlaces, heldPeople]) await tx.db.delete(of).where(eq(of.hold, row.id))
    await tx.db.delete(holds).where(eq(holds.id, row.id))
    throw thrown
  }
  await offerIt(tx).execute({ id: waiting, hold: row.id })
  const { line, day } = row
  const said = { hold: row.id, line, service, day, startsAt, width, length, people, until, waiting }
  await tx.say(office, "hold.made", { ...said, subject: person })
  const body = { entry: waiting, hold: row.id, service, day, startsAt, until, instead }
  await tx.say(office, "waitlist.offered", { ...body, subject: person })
  const data = { entry: waiting, hold: row.id, office, service, startsAt, until }
  const dedupe = `place_offered:${row.id}`
  await notify(tx, { to: { kind: "citizen", id: person }, kind: "place_offered", data, dedupe, until })
  return true
}

/** Ends an entry that nobody has left. What is over has no place that somebody let pass. */
export async function endWait(
  tx: Tx,
  { id, office, person }: WaitRow,
  why: "unanswered" | "given_up" | "over",
): Promise<void> {
  const changes = { state: "lapsed" as const, endedAt: tx.now, ...(why === "over" ? { hold: null } : {}) }
  await tx.db.update(waitlist).set(changes).where(eq(waitlist.id, id))
  await tx.say(office, "waitlist.lapsed", { entry: id, why, subject: person })
}
