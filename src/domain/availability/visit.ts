import type { Store } from "../../../db/store.ts"
import { addDays, type Day, type Instant, minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import { type Service, service } from "../catalogue/reads.ts"
import { type Line, mustServe, type OfficeRow, office } from "../offices/reads.ts"
import { readSlotId, slotsNeeded } from "./grid.ts"
import { earliestStart } from "./rules.ts"

export interface WantedVisit {
  office: string
  service: string
  /** A slot's id: the visit's first slot. */
  slot: string
}

/** What a visit takes: `width` places in each of `length` consecutive slots of a line. */
export interface Visit {
  office: OfficeRow
  line: Line
  service: Service
  people: number
  startsAt: Instant
  /** The end of the last slot; what was asked for may be shorter. */
  endsAt: Instant
  width: number
  length: number
  /** The furthest service day that may be booked now. */
  lastDay: Day
}

/** What of a booking or a hold says which places it has. */
export interface TakenPlaces {
  office: string
  line: string
  startsAt: Instant
  endsAt: Instant
  width: number
  length: number
}

export interface Asking {
  people: number
  now: Instant
  /** Staff may book up to the start, and into the places that are theirs. */
  forStaff?: boolean
  /** Who kept the place in time need not be early a second time. */
  maySoon?: boolean
}

/**
 * Reads what is wanted into places. Refuses `slot_unknown` for what is no slot of this office and service, `slot_past`, `too_soon`,
 * `too_far`, `service_not_here`, `service_online_only`, and `not_found` for an office or a service that is not there.
 */
export async function readVisit(store: Store, wanted: WantedVisit, asking: Asking): Promise<Visit> {
  const slot = readSlotId(wanted.slot)
  const here = await office(store, wanted.office)
  const asked = await service(store, wanted.service)
  const line = mustServe(here, asked)
  if (!slot || slot.office !== here.code || slot.line !== line.code) {
    throw new Refusal("slot_unknown", { slot: wanted.slot })
  }
  const { gridMinutes, zone, furthestDays } = here
  const { people, now } = asking
  const { width, length } = slotsNeeded(asked.minutes ?? 0, people, line.publicPlaces, gridMinutes)
  const { startsAt } = slot
  const endsAt = startsAt + length * gridMinutes * minute
  const lastDay = addDays(dayIn(now, zone), furthestDays)
  const visit = { office: here, line, service: asked, people, startsAt, endsAt, width, length, lastDay }
  // After midnight the service day may still be the day before; `mustBeNear` asks again once the day is known.
  mustBeInTime(visit, asking)
  mustBeNear(visit, addDays(dayIn(startsAt, zone), -1))
  return visit
}

/** Refuses `slot_past` and `too_soon`. */
function mustBeInTime({ startsAt, office }: Visit, { now, forStaff = false, maySoon = forStaff }: Asking): void {
  if (startsAt <= now) throw new Refusal("slot_past")
  if (startsAt < earliestStart(now, office, maySoon)) {
    throw new Refusal("too_soon", { soonestMinutes: office.soonestMinutes })
  }
}

/** Refuses `too_far` for a service day beyond the office's window. */
export function mustBeNear({ office, lastDay }: Visit, day: Day): void {
  if (day > lastDay) throw new Refusal("too_far", { furthestDays: office.furthestDays, lastDay })
}
