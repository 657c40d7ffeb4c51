import { z } from "@hono/zod-openapi"
import type { BookingRow } from "../../../db/schema/bookings.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { readDay } from "../../base/day.ts"
import { Refusal, type RefusalCode } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import { authorize } from "../../domain/access/authorize.ts"
import type { Subject } from "../../domain/access/subject.ts"
import { ownHold } from "../../domain/availability/holds.ts"
import { type Booking, bookingFor, bookingsOf, bookingsOfDay, peopleOf } from "../../domain/bookings/reads.ts"
import { accept, acceptProposal, decline, propose } from "../../domain/bookings/requests.ts"
import { book, cancel, move } from "../../domain/bookings/writes.ts"
import { office } from "../../domain/offices/reads.ts"
import type { Context } from "../house.ts"
import { noteReads } from "../noting.ts"
import { paged, presentBooking } from "../present.ts"
import { invalid } from "./asked.ts"
import { consenting, namedIn } from "./consents.ts"
import { type Answer, call } from "./endpoint.ts"
import { cursor, dayText, id, idPath, officeCode, ofRights, shortText, slotId, visit } from "./forms.ts"
import { change } from "./idempotency.ts"
import { officeWithin } from "./offices.ts"
import { booking, list } from "./shapes.ts"
import { anybody, citizen, citizenOrStaff, staff } from "./subjects.ts"

/** Why a time is not to be had. */
const ofPlaces: RefusalCode[] = ["slot_full", "slot_unknown", "slot_past", "too_soon", "too_far", "office_closed"]
const ofPeople: RefusalCode[] = ["limit_reached", "already_booked", ...ofRights, "too_many_people"]
const ofServices: RefusalCode[] = ["service_not_here", "service_online_only", "not_found"]

const consent = z.string().max(400).optional().openapi({ description: "Of integrators: the citizen's consent." })

export const bookingCalls = [
  call({
    method: "post",
    path: "/api/v1/bookings",
    tag: "Booking",
    summary: "Book",
    description:
      "By a hold, or straight away. One booking is one ticket and one call, for however many people. Where the office answers first, it is `requested`.",
    gate: "booking.order",
    body: z.union([z.object({ hold: id, consent }), visit.extend({ consent })]),
    example: { office: "RUH-RML", service: "PAS-08", slot: "RUH-RML.PAS.20261122T0730" },
    answers: { 201: booking },
    refusals: ["hold_expired", "hold_gone", ...ofPlaces, ...ofPeople, ...ofServices],
    async handle(c, { body, given }) {
      const { keys, store } = c.var.house
      const by = anybody(c)
      const where = "hold" in body ? await officeOfHold(store, body.hold, by) : body.office
      if (by.role === "integrator") authorize(by, "booking.order", await office(store, where))
      const owner = by.role === "integrator" ? namedIn(body.consent) : by.id
      return change(c, given, [`office:${where}`, `person:${owner}`], async (tx) => {
        const who = by.role === "integrator" ? await consenting(tx, keys, by, body.consent) : citizen(c)
        const made = await book(tx, who, body, by.role === "integrator" ? by : who)
        return shown(tx, made, 201)
      })
    },
  }),

  call({
    method: "get",
    path: "/api/v1/bookings",
    tag: "Booking",
    summary: "One's own bookings; for staff those of an office's day",
    gate: "booking.list",
    query: z.object({
      office: officeCode.optional().openapi({ description: "Staff: of which office; their own where it is left out." }),
      day: dayText.optional().openapi({ description: "Staff: of which day; today where it is left out." }),
      state: z.enum(["requested", "confirmed", "arrived", "cancelled", "missed", "done"]).optional(),
      cursor,
    }),
    answers: { 200: list(booking) },
    refusals: ["not_found"],
    async handle(c, { query }) {
      const { store } = c.var.house
      const all = (await bookingsAskedFor(c, query)).filter(({ state }) => !query.state || state === query.state)
      const page = paged(
        all,
        query.cursor,
        (row) => row.id,
        (row) => row,
      )
      const items = []
      for (const row of page.items) items.push(await presented(store, row))
      return { status: 200, body: { items, next: page.next } }
    },
  }),

  call({
    method: "get",
    path: "/api/v1/bookings/{id}",
    tag: "Booking",
    summary: "One booking",
    gate: "booking.read",
    params: idPath,
    answers: { 200: booking },
    async handle(c, { params }) {
      const { store, clock } = c.var.house
      const found = await bookingFor(store, anybody(c), params.id, clock.office())
      const about = { what: "booking" as const, office: found.office, about: found.id }
      await noteReads(
        c,
        [...new Set([found.person, ...found.who])].map((person) => ({ person, ...about })),
      )
      return shown(store, found, 200)
    },
  }),

  call({
    method: "post",
    path: "/api/v1/bookings/{id}/cancellation",
    tag: "Booking",
    summary: "Cancel, and give the places back",
    description: "The public is offered them after a while that chance decides; the staff of the office at once.",
    gate: "booking.change",
    params: idPath,
    body: z.object({ reason: shortText.optional() }),
    example: {},
    answers: { 201: booking },
    refusals: ofRights,
    handle: (c, { params, body, given }) =>
      onBooking(c, params.id, given, (tx) => cancel(tx, citizenOrStaff(c), params.id, body.reason), 201),
  }),

  call({
    method: "post",
    path: "/api/v1/bookings/{id}/move",
    tag: "Booking",
    summary: "Move to another time of the same office and service",
    description: "It never has two places and never none: where the new time is not to be had, the old one stays.",
    gate: "booking.change",
    params: idPath,
    body: z.object({ slot: slotId }),
    example: { slot: "RUH-RML.PAS.20261122T0800" },
    answers: { 200: booking },
    refusals: ["same_slot", ...ofPlaces, ...ofRights],
    handle: (c, { params, body, given }) =>
      onBooking(c, params.id, given, (tx) => move(tx, citizenOrStaff(c), params.id, body.slot)),
  }),

  call({
    method: "post",
    path: "/api/v1/bookings/{id}/acceptance",
    tag: "Booking",
    summary: "Say yes",
    description: "Staff say yes to a request; the citizen says yes to the time that the office has proposed.",
    gate: "booking.change",
    params: idPath,
    answers: { 200: booking },
    refusals: ofRights,
    handle: (c, { params, given }) =>
      onBooking(c, params.id, given, (tx) => {
        const by = citizenOrStaff(c)
        return by.role === "citizen" ? acceptProposal(tx, by, params.id) : accept(tx, by, params.id)
      }),
  }),

  call({
    method: "post",
    path: "/api/v1/bookings/{id}/refusal",
    tag: "Booking",
    summary: "Say no to a request, and why",
    gate: "booking.answer",
    params: idPath,
    body: z.object({ reason: shortText }),
    example: { reason: "The file has to be complete first." },
    answers: { 200: booking },
    handle: (c, { params, body, given }) =>
      onBooking(c, params.id, given, (tx) => decline(tx, staff(c), params.id, body.reason)),
  }),

  call({
    method: "post",
    path: "/api/v1/bookings/{id}/proposal",
    tag: "Booking",
    summary: "Name another time for a request",
    gate: "booking.answer",
    params: idPath,
    body: z.object({ slot: slotId }),
    example: { slot: "JED-MUN.MUN.20261122T0800" },
    answers: { 200: booking },
    refusals: ["same_slot", ...ofPlaces],
    handle: (c, { params, body, given }) =>
      onBooking(c, params.id, given, (tx) => propose(tx, staff(c), params.id, body.slot)),
  }),
]

/** A change of a booking that is there and the caller's to see; what may be done with it the turn decides. */
async function onBooking(
  c: Context,
  id: string,
  given: unknown,
  turn: (tx: Tx) => Promise<BookingRow>,
  status: 200 | 201 = 200,
): Promise<Answer> {
  const by = anybody(c)
  const { store, clock } = c.var.house
  const row = await bookingFor(store, by, id, clock.office())
  return change(c, given, [`office:${row.office}`, `person:${row.person}`], async (tx) =>
    shown(tx, await turn(tx), status),
  )
}

async function officeOfHold(store: Store, hold: string, by: Subject): Promise<string> {
  // A hold is its owner's alone; an integrator has none to confirm.
  if (by.role !== "citizen") throw new Refusal("not_found", { what: "hold" })
  return (await ownHold(store, by, hold)).office
}

async function bookingsAskedFor(c: Context, query: { office?: string; day?: string }): Promise<BookingRow[]> {
  const { store, clock } = c.var.house
  const by = citizenOrStaff(c)
  if (by.role === "citizen") return bookingsOf(store, by.id, clock.office())
  const code = query.office ?? (by.scopeKind === "office" ? by.scope : undefined)
  if (code === undefined) throw invalid([{ path: "office", message: "name_office" }])
  const here = await officeWithin(c, "booking.list", code)
  const day = query.day === undefined ? dayIn(clock.office(), here.zone) : readDay(query.day)
  if (!day) throw invalid([{ path: "day", message: "no_day" }])
  return bookingsOfDay(store, here.code, day)
}

async function presented(store: Store, row: BookingRow | Booking) {
  const { zone } = await office(store, row.office)
  return presentBooking("who" in row ? row : { ...row, who: await peopleOf(store, row.id) }, zone)
}

async function shown(store: Store, row: BookingRow | Booking, status: 200 | 201): Promise<Answer> {
  return { status, body: await presented(store, row) }
}
