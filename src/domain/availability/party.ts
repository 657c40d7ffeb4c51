import { and, eq, sql } from "drizzle-orm"
import { type HoldRow, heldPeople } from "../../../db/schema/availability.ts"
import { bookingPeople, bookings } from "../../../db/schema/bookings.ts"
import { people } from "../../../db/schema/people.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { type ActingFor, type Actor, actingFor } from "../people/acting.ts"
import { openMax, peopleMax } from "./rules.ts"

/**
 * For whom a visit is, with the proof for each that the citizen may book this service for them now: the people named, each once, or the
 * citizen alone. Refuses `too_many_people`, and what `actingFor` refuses for anybody for whom the citizen may not act.
 */
export async function partyOf(
  store: Store,
  citizen: Actor,
  wanted: readonly string[] | undefined,
  service: string,
  now: Instant,
): Promise<ActingFor[]> {
  const party = [...new Set(wanted ?? [])]
  if (party.length > peopleMax) throw new Refusal("too_many_people", { most: peopleMax })
  return actingFor(store, citizen, party.length === 0 ? [citizen.id] : party, { act: "book", service }, now)
}

const p = sql.placeholder

/** True while a person has room for one more open booking or hold and none open for this service. */
export const hasRoom = sql`(select count(*) from ${bookingPeople} where ${bookingPeople.person} = ${people.id} and ${bookingPeople.open})
  + (select count(*) from ${heldPeople} where ${heldPeople.person} = ${people.id} and ${heldPeople.until} > ${p("now")}) < ${openMax}
  and not exists (select 1 from ${bookingPeople} where ${bookingPeople.person} = ${people.id} and ${bookingPeople.service} = ${p("service")} and ${bookingPeople.open})`

const holdFor = statement((db) =>
  db
    .insert(heldPeople)
    .select(
      db
        .select({
          hold: sql<string>`${p("hold")}`.as("hold"),
          person: people.id,
          until: sql<number>`${p("until")}`.as("until"),
        })
        .from(people)
        .where(and(eq(people.id, p("person")), hasRoom)),
    )
    .onConflictDoNothing()
    .returning({ person: heldPeople.person }),
)

const openFor = statement((db) =>
  db
    .select({ booking: bookingPeople.booking, by: bookings.person })
    .from(bookingPeople)
    .innerJoin(bookings, eq(bookings.id, bookingPeople.booking))
    .where(
      and(eq(bookingPeople.person, p("person")), eq(bookingPeople.service, p("service")), sql`${bookingPeople.open}`),
    ),
)

/** Counts a hold towards everybody it is for. Refuses `already_booked` and `limit_reached`, each held by the statement that writes. */
export async function countHold(tx: Tx, hold: HoldRow, party: readonly ActingFor[]): Promise<void> {
  for (const { person } of party) {
    const values = { hold: hold.id, person, service: hold.service, until: hold.until, now: tx.now }
    const counted = await holdFor(tx).execute(values)
    if (counted.length === 0) throw await whyNoRoom(tx, hold.person, person, hold.service)
  }
}

/** Why a person was not counted: `already_booked` (with the booking where it is the caller's own), else `limit_reached`. */
export async function whyNoRoom(store: Store, caller: string, person: string, service: string): Promise<Refusal> {
  const [open] = await openFor(store).execute({ person, service })
  if (!open) return new Refusal("limit_reached", { person, most: openMax })
  return new Refusal("already_booked", { person, service, ...(open.by === caller ? { booking: open.booking } : {}) })
}
