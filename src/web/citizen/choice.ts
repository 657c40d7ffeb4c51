import { z } from "zod"
import { addDays, type Day, type Instant, readDay } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import type { Citizen } from "../../domain/access/subject.ts"
import { readSlotId } from "../../domain/availability/grid.ts"
import { plannedAt } from "../../domain/availability/plan.ts"
import { type Offer, type OfferAsked, type OfferedDay, slotsShown } from "../../domain/availability/reads.ts"
import { peopleMax } from "../../domain/availability/rules.ts"
import { type Service, service as serviceOf } from "../../domain/catalogue/reads.ts"
import { mustServe, type Office, office as officeOf } from "../../domain/offices/reads.ts"
import type { Right } from "../../domain/people/acting.ts"
import { dependants } from "../../domain/people/reads.ts"
import type { Context, House } from "../house.ts"
import { paths } from "../paths.ts"

/* What somebody has chosen so far on the way to an appointment. It travels in the address, so that nothing is lost on any way. */

export interface Choice {
  office: string
  service: string
  slot: string | null
  day: Day | null
  /** Whom it is for, where the asker has said so. */
  for: string[]
  /** How many come, where nobody has signed in. */
  people: number
}

const several = z.union([
  z
    .string()
    .max(60)
    .transform((one) => [one]),
  z.array(z.string().max(60)).max(20),
])

export const choiceFields = z.object({
  office: z.string().max(20).default(""),
  service: z.string().max(20).default(""),
  slot: z.string().max(80).default(""),
  for: several.default([]),
})

/** The choice in the address. What is no day, no slot, no count is as if it were not there. */
export function choiceIn(c: Context, office: string, service: string): Choice {
  const slot = c.req.query("slot") ?? ""
  const people = Number(c.req.query("people") ?? "1")
  return {
    office,
    service,
    slot: readSlotId(slot)?.office === office ? slot : null,
    day: readDay(c.req.query("day") ?? ""),
    for: (c.req.queries("for") ?? []).filter((id) => id.length <= 60).slice(0, 20),
    people: Number.isInteger(people) && people >= 1 && people <= peopleMax ? people : 1,
  }
}

/** Whether the address asks for times for more people than may come together. */
export const asksForTooMany = (c: Context): boolean => Number(c.req.query("people") ?? "1") > peopleMax

/** The address of the times with what is chosen, less or more. */
export function slotsHref(choice: Choice, changed: Partial<Choice> = {}): string {
  const { office, service, slot, day, for: who, people } = { ...choice, ...changed }
  const query = new URLSearchParams()
  if (day) query.set("day", day)
  if (slot) query.set("slot", slot)
  for (const id of who) query.append("for", id)
  if (people > 1 && who.length === 0) query.set("people", String(people))
  const rest = query.toString()
  return paths.slots(office, service) + (rest ? `&${rest}` : "")
}

export interface Family {
  id: string
  name: { ar: string; en: string } | null
  right: Right
}

export interface Times {
  office: Office
  service: Service
  now: Instant
  today: Day
  /** What these times were taken from. */
  offer: Offer
  /** Every service day that can be booked, from today on. */
  days: OfferedDay[]
  /** The one whose times are shown. */
  shown: Day
  /** The asker and those for whom the asker may act; empty for a stranger. The first is the asker, without a name. */
  family: Family[]
  /** Whom it is for, of those. */
  who: string[]
  people: number
}

/**
 * What an office offers for a service to so many people, and what it was worked out from. Refuses `not_found`, `service_not_here`,
 * `service_online_only`.
 */
export async function offerFor(
  house: House,
  choice: Pick<Choice, "office" | "service">,
  people: number,
  own: Pick<OfferAsked, "ignoring" | "moving"> = {},
) {
  const now = house.clock.office()
  const office = await officeOf(house.store, choice.office)
  const service = await serviceOf(house.store, choice.service)
  mustServe(office, service)
  const today = dayIn(now, office.zone)
  const asked = { office: office.code, service: service.code, people, now, ...own }
  // A night that began yesterday may still have times.
  const from = addDays(today, -1)
  const offer = await slotsShown(house.store, { ...asked, from, days: office.furthestDays + 2 })
  return { office, service, now, today, people, offer }
}

/** The times of an office as somebody sees them; refuses as `offerFor` does. `own`: a hold of the asker's, or the booking that is to be moved. */
export async function timesFor(
  house: House,
  choice: Choice,
  asker: Pick<Citizen, "id" | "level"> | null,
  own: Pick<OfferAsked, "ignoring" | "moving"> = {},
): Promise<Times> {
  const now = house.clock.office()
  const family: Family[] = asker
    ? [{ id: asker.id, name: null, right: "self" }, ...(await familyOf(house, asker, choice.service, now))]
    : []
  const named = family.map(({ id }) => id).filter((id) => choice.for.includes(id))
  const who = asker && named.length === 0 ? [asker.id] : named
  const offered = await offerFor(house, choice, asker ? who.length : choice.people, own)
  const { office, today, offer } = offered
  const days = daysShown(offer, today)
  const wished = choice.day ?? (await dayOf(house, office, choice.slot))
  const shown = days.find(({ day }) => day === wished)?.day ?? firstFree(days) ?? today
  return { ...offered, days, shown, family, who }
}

/** The days of an offer that are shown: yesterday only where its night still has times. */
export const daysShown = ({ days }: Offer, today: Day): OfferedDay[] =>
  days.filter(({ day, slots }) => day >= today || slots.length > 0)

/** Those for whom the asker may book; nobody for whoever is here without an account. */
async function familyOf(
  house: House,
  asker: Pick<Citizen, "id" | "level">,
  service: string,
  now: Instant,
): Promise<Family[]> {
  if (asker.level !== "full") return []
  const found = await dependants(house.store, house.keys, asker.id, now, service)
  return found.map(({ person, kind }) => ({ id: person.id, name: person.name, right: kind }))
}

/** The service day of a chosen slot. */
async function dayOf(house: House, office: Office, slot: string | null): Promise<Day | null> {
  const startsAt = slot === null ? null : (readSlotId(slot)?.startsAt ?? null)
  return startsAt === null ? null : ((await plannedAt(house.store, office, startsAt))?.day ?? null)
}

function firstFree(days: OfferedDay[]): Day | null {
  return days.find(({ slots }) => slots.some(({ free }) => free > 0))?.day ?? null
}
