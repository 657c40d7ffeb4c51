import { and, eq } from "drizzle-orm"
import { bookings } from "../../../db/schema/bookings.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Citizen } from "../access/subject.ts"
import { liveHold } from "../availability/holds.ts"
import { partyOf } from "../availability/party.ts"
import { nearestAlternatives, type OfferedSlot } from "../availability/reads.ts"
import { readVisit } from "../availability/visit.ts"
import { type Booking, bookingFor } from "./reads.ts"
import { keepWish } from "./wishes.ts"
import { make } from "./writes.ts"

/*
 * Whoever was there in time for an office that was not finds another time before everybody else: also one of the places that the office
 * keeps for its staff, one that rests after somebody has given it up, and one that begins too soon for the public. Nobody loses a time by
 * it, because only what is free is given. Once for each time that the office was not there, within two weeks.
 */

/** Why such a booking has ended: nobody called the person in time, or no woman was at work for who waited for one. */
const officeFaults = ["office_late", "no_woman"] as const
export type OfficeFault = (typeof officeFaults)[number]

export function isOfficeFault(reason: string | null): reason is OfficeFault {
  return officeFaults.some((fault) => fault === reason)
}

/** What the reason is once it was made good. */
const madeGood = { office_late: "office_late_made_good", no_woman: "no_woman_made_good" } as const

const within = 14 * 24 * hour
const timesShown = 12

type Ended = Pick<Booking, "state" | "endedBy" | "reason">

/** Whether the office itself was not there for this booking, whatever has come of it since. */
export function wasOfficeFault({ state, endedBy, reason }: Ended): boolean {
  if (state !== "cancelled" || endedBy !== "office") return false
  return isOfficeFault(reason) || Object.values(madeGood).some((code) => code === reason)
}

/** Whether this booking's person comes first. */
export function comesFirst(
  { state, endedBy, reason, endedAt }: Pick<Booking, "state" | "endedBy" | "reason" | "endedAt">,
  now: Instant,
): boolean {
  const isOurs = state === "cancelled" && endedBy === "office" && isOfficeFault(reason)
  return isOurs && endedAt !== null && now < endedAt + within
}

/** The next times, for as many as came. */
export function timesAgain(store: Store, { office, service, people }: Booking, now: Instant): Promise<OfferedSlot[]> {
  return nearestAlternatives(store, { office, service, people, around: now, now, forStaff: true }, timesShown)
}

/**
 * Takes another time in the place of one for which the office was not there. Refuses `wrong_state` where that was made good before or is too
 * long ago, `not_found`, and what reading and taking a visit refuse.
 */
export async function bookAgain(tx: Tx, citizen: Citizen, id: string, slot: string): Promise<Booking> {
  const before = await bookingFor(tx, citizen, id, tx.now)
  const { reason } = before
  if (!comesFirst(before, tx.now) || !isOfficeFault(reason)) throw new Refusal("wrong_state", { state: before.state })
  const [first] = await tx.db
    .update(bookings)
    .set({ reason: madeGood[reason] })
    .where(and(eq(bookings.id, id), eq(bookings.reason, reason)))
    .returning({ id: bookings.id })
  if (!first) throw new Refusal("wrong_state", { state: before.state })
  const { office, service } = before
  const party = await partyOf(tx, citizen, before.who, service, tx.now)
  const visit = await readVisit(tx, { office, service, slot }, { people: party.length, now: tx.now, forStaff: true })
  const made = await make(tx, citizen, visit, party, await liveHold(tx, citizen.id, service, tx.now), citizen, true)
  await keepWish(tx, made.id, before.wants)
  return { ...made, wants: before.wants }
}
