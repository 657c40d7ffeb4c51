import { and, asc, desc, eq, gt, or, sql } from "drizzle-orm"
import { type HoldRow, heldBack, holds } from "../../../db/schema/availability.ts"
import { people } from "../../../db/schema/people.ts"
import { type WaitRow, waitlist } from "../../../db/schema/waitlist.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { addDays, type Day, hour, type Instant, minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { dayIn, wallToInstant } from "../../base/time.ts"
import { authorize } from "../access/authorize.ts"
import type { Citizen } from "../access/subject.ts"
import { service as serviceWith } from "../catalogue/reads.ts"
import { mustServe, type OfficeRow, office as officeWith } from "../offices/reads.ts"
import { peopleIn } from "../people/acting.ts"
import { endHold, holdById } from "./holds.ts"
import { partyOf } from "./party.ts"
import { comeBackMinutes, jobLateMinutes, waitsMax } from "./rules.ts"
import { bookedInstead, readDays, startsFor } from "./wish.ts"

/*
 * Waiting for a place that comes free. Whoever finds none, or only one later than he would like, says for which days; when such a place
 * comes free, whoever joined first is held it for a quarter of an hour (`offers.ts`).
 */

export interface WantedWait {
  office: string
  service: string
  /** Who comes; the citizen alone when left out. */
  for?: string[]
  /** The days that would do, both included; all that may be booked now where they are left out. */
  first?: Day
  last?: Day
}

const p = sql.placeholder

/** Written out and not bound: the indexes over what is open are partial ones. */
export const isOpen = sql`(${waitlist.state} = 'waiting' or ${waitlist.state} = 'offered')`

const entryWith = statement((db) =>
  db
    .select()
    .from(waitlist)
    .where(eq(waitlist.id, p("id"))),
)

const openEntries = statement((db) =>
  db
    .select()
    .from(waitlist)
    .where(and(eq(waitlist.person, p("person")), isOpen))
    .orderBy(asc(waitlist.place)),
)

const entriesSince = statement((db) =>
  db
    .select({ entry: waitlist, hold: holds })
    .from(waitlist)
    .leftJoin(holds, eq(holds.id, waitlist.hold))
    .where(and(eq(waitlist.person, p("person")), or(isOpen, gt(waitlist.endedAt, p("since")))))
    .orderBy(desc(waitlist.joinedAt)),
)

const join = statement((db) =>
  db
    .insert(waitlist)
    .select(
      db
        .select({
          id: sql<string>`${p("id")}`.as("id"),
          person: people.id,
          office: sql<string>`${p("office")}`.as("office"),
          line: sql<string>`${p("line")}`.as("line"),
          service: sql<string>`${p("service")}`.as("service"),
          people: sql<string[]>`${p("people")}`.as("people"),
          firstDay: sql<Day>`${p("firstDay")}`.as("first_day"),
          lastDay: sql<Day>`${p("lastDay")}`.as("last_day"),
          state: sql<"waiting">`'waiting'`.as("state"),
          place:
            sql<number>`1 + coalesce((select max(earlier.place) from waitlist as earlier where earlier.office = ${p("office")}), 0)`.as(
              "place",
            ),
          joinedAt: sql<number>`${p("now")}`.as("joined_at"),
          lookAt: sql<number>`${p("lookAt")}`.as("look_at"),
          hold: sql<null>`null`.as("hold"),
          booking: sql<null>`null`.as("booking"),
          endedAt: sql<null>`null`.as("ended_at"),
        })
        .from(people)
        .where(
          and(
            eq(people.id, p("person")),
            sql`(select count(*) from ${waitlist} where ${waitlist.person} = ${people.id} and ${isOpen}) < ${waitsMax}`,
          ),
        ),
    )
    .onConflictDoNothing()
    .returning(),
)

const comeBack = statement((db) =>
  db
    .update(waitlist)
    .set({ state: sql`'waiting'`, endedAt: sql`null`, hold: sql`null`, lookAt: sql`${p("now")}` })
    .where(
      and(
        eq(waitlist.id, p("id")),
        sql`${waitlist.state} = 'left' and ${waitlist.endedAt} > ${p("since")}`,
        sql`(select count(*) from ${waitlist} as other where other.person = ${p("person")}
          and (other.state = 'waiting' or other.state = 'offered')) < ${waitsMax}`,
        sql`not exists (select 1 from ${waitlist} as same where same.person = ${p("person")} and same.office = ${p("office")}
          and same.service = ${p("service")} and (same.state = 'waiting' or same.state = 'offered'))`,
      ),
    )
    .returning(),
)

export const leave = statement((db) =>
  db
    .update(waitlist)
    .set({ state: sql`'left'`, endedAt: sql`${p("now")}` })
    .where(and(eq(waitlist.id, p("id")), isOpen))
    .returning(),
)

/** What rests already is from now on somebody's first, where it is of the line and the days that are waited for. */
const keepForList = statement((db) =>
  db
    .update(heldBack)
    .set({ until: sql`${heldBack.releaseAt} + ${p("late")}` })
    .where(
      and(
        eq(heldBack.office, p("office")),
        eq(heldBack.line, p("line")),
        gt(heldBack.until, p("now")),
        sql`${heldBack.day} between ${p("firstDay")} and ${p("lastDay")}`,
      ),
    ),
)

/**
 * Joins the waiting list of an office for a service. Who has booked there already waits for an earlier time; who comes must then be those
 * of the booking. Refuses `times_free` with `alternatives` where there is something to be had now, `none_earlier` where the office has no time
 * before the booking that could still be offered, `waiting_already` with the `entry`, `waiting_limit`, `already_booked` where another booking is in the way, `too_far`, `invalid_field` for days that are none, `not_for_you`,
 * `too_many_people`, `not_found`, `service_not_here`, `service_online_only`.
 */
export async function joinWaitlist(tx: Tx, citizen: Citizen, wanted: WantedWait): Promise<WaitRow> {
  const office = await officeWith(tx, wanted.office)
  const line = mustServe(office, await serviceWith(tx, wanted.service))
  const who = peopleIn(await partyOf(tx, citizen, wanted.for, wanted.service, tx.now))
  const wish = { person: citizen.id, office: office.code, service: wanted.service, people: who }
  const instead = await bookedInstead(tx, wish, tx.now)
  const days = readDays(office, wanted, tx.now, instead?.day)
  const starts = await startsFor(tx, { ...wish, ...days }, tx.now, instead?.startsAt)
  const free = starts.filter((start) => start.free > 0)
  if (free.length > 0) throw new Refusal("times_free", { alternatives: free.slice(0, 3) })
  if (instead && starts.length === 0) throw new Refusal("none_earlier")
  const values = { ...wish, ...days, line: line.code, people: JSON.stringify(who), now: tx.now }
  const [row] = await join(tx).execute({ ...values, id: tx.id(), lookAt: nextDay(office, tx.now) })
  if (!row) throw await whyNotJoined(tx, wish)
  await beAwaited(tx, row)
  return row
}

/** Leaves the list; a place that is being offered goes to the next. Leaving what is over is no mistake. Refuses `not_found`. */
export async function leaveWaitlist(tx: Tx, citizen: Citizen, id: string): Promise<void> {
  const entry = await ownEntry(tx, citizen, id)
  const [left] = await leave(tx).execute({ id, now: tx.now })
  if (!left) return
  await giveBack(tx, entry, citizen.id)
  await tx.say(entry.office, "waitlist.left", { entry: id, by: citizen.id, subject: entry.person })
}

/** Gives up the place that was held for an entry which has just ended; `entry`: as it was before. */
export async function giveBack(tx: Tx, entry: WaitRow, by: string): Promise<void> {
  const held = entry.state === "offered" && entry.hold ? await holdById(tx, entry.hold) : null
  if (held?.state === "live" && (await endHold(tx, held, "released"))) {
    await tx.say(held.office, "hold.released", { hold: held.id, by, subject: held.person })
  }
}

/** As `returnToWaitlist` (`offers.ts`), without what is offered to whoever is back. */
export async function takePlaceBack(tx: Tx, citizen: Citizen, id: string): Promise<WaitRow> {
  const { office, service, person, people: party, state } = await ownEntry(tx, citizen, id)
  await partyOf(tx, citizen, party, service, tx.now)
  const since = tx.now - comeBackMinutes * minute
  const [row] = await comeBack(tx).execute({ id, office, service, person, since, now: tx.now })
  if (row) {
    await beAwaited(tx, row)
    return row
  }
  const left = await ownEntry(tx, citizen, id)
  if (left.state !== "left" || (left.endedAt ?? 0) <= since) throw new Refusal("wrong_state", { state })
  throw await whyNotJoined(tx, { person, office, service })
}

/** One's own entry of a waiting list. Refuses `not_found`. */
export async function ownEntry(store: Store, citizen: Citizen, id: string): Promise<WaitRow> {
  const [row] = await entryWith(store).execute({ id })
  if (!row) throw new Refusal("not_found", { what: "waitlist_entry" })
  authorize(citizen, "waitlist_entry.change", row)
  return row
}

/** An entry as its owner sees it: with the place that is held for it now. */
export interface Waiting extends WaitRow {
  offer: HoldRow | null
}

/** For a day one is told what became of a wish. */
const toldHours = 24

/** What a person waits for, and what has ended in the last day; what joined last comes first. */
export async function waitsOf(store: Store, person: string, now: Instant): Promise<Waiting[]> {
  const rows = await entriesSince(store).execute({ person, since: now - toldHours * hour })
  return rows.map(({ entry, hold }) => {
    const isOffered = entry.state === "offered" && hold?.state === "live" && hold.until > now
    return { ...entry, offer: isOffered ? hold : null }
  })
}

/** The next midnight of the office: a day more may be booked then, and one that was waited for may be over. */
export function nextDay({ zone }: OfficeRow, now: Instant): Instant {
  return wallToInstant(addDays(dayIn(now, zone), 1), "00:00", zone)
}

/** Says that somebody waits, and keeps for him what is on its way to being free. */
async function beAwaited(tx: Tx, row: WaitRow): Promise<void> {
  const { id, office, line, service, firstDay, lastDay, place, person } = row
  const late = jobLateMinutes * minute
  await keepForList(tx).execute({ office, line, firstDay, lastDay, now: tx.now, late })
  const said = { entry: id, line, service, people: row.people, firstDay, lastDay, place }
  await tx.say(office, "waitlist.joined", { ...said, subject: person })
}

/** A person's open entry for a service at an office: there is one at most. */
export async function openEntry(
  store: Store,
  { person, office, service }: Pick<WaitRow, "person" | "office" | "service">,
): Promise<WaitRow | null> {
  const open = await openEntries(store).execute({ person })
  return open.find((entry) => entry.office === office && entry.service === service) ?? null
}

async function whyNotJoined(tx: Tx, row: Pick<WaitRow, "person" | "office" | "service">) {
  const same = await openEntry(tx, row)
  return same ? new Refusal("waiting_already", { entry: same.id }) : new Refusal("waiting_limit", { most: waitsMax })
}
