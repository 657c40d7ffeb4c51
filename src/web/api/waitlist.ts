import { z } from "@hono/zod-openapi"
import type { Store } from "../../../db/store.ts"
import { type Day, type Instant, readDay } from "../../base/day.ts"
import { returnToWaitlist } from "../../domain/availability/offers.ts"
import { joinWaitlist, leaveWaitlist, ownEntry, type Waiting, waitsOf } from "../../domain/availability/waitlist.ts"
import { takeOffer } from "../../domain/bookings/offered.ts"
import { office } from "../../domain/offices/reads.ts"
import { paged, presentBooking, presentWaiting } from "../present.ts"
import { invalid } from "./asked.ts"
import { call } from "./endpoint.ts"
import { cursor, dayText, forWhom, idPath, officeCode, ofRights, serviceCode } from "./forms.ts"
import { change } from "./idempotency.ts"
import { booking, list, waiting } from "./shapes.ts"
import { citizen } from "./subjects.ts"

/** Waiting for a place that comes free. */
export const waitlistCalls = [
  call({
    method: "post",
    path: "/api/v1/waitlist",
    tag: "Booking",
    summary: "Wait for a place",
    description:
      "Where nothing is free, or only later than one's booking there. What comes free is held for fifteen minutes for who joined first.",
    gate: "visit.arrange",
    body: z.object({
      office: officeCode,
      service: serviceCode,
      for: forWhom,
      first: dayText.optional().openapi({ description: "The first day that would do; today where it is left out." }),
      last: dayText
        .optional()
        .openapi({ description: "The last; the furthest that may be booked where it is left out." }),
    }),
    example: { office: "RUH-RML", service: "PAS-08" },
    answers: { 201: waiting },
    refusals: [
      ...(["times_free", "none_earlier", "waiting_already", "waiting_limit", "already_booked"] as const),
      ...ofRights,
      ...(["too_many_people", "too_far", "service_not_here", "service_online_only", "not_found"] as const),
    ],
    async handle(c, { body, given }) {
      const who = citizen(c)
      const wanted = { ...body, first: dayOf("first", body.first), last: dayOf("last", body.last) }
      return change(c, given, [`office:${body.office}`, `person:${who.id}`], async (tx) => {
        const row = await joinWaitlist(tx, who, wanted)
        return { status: 201, body: await shown(tx, who.id, row.id, tx.now) }
      })
    },
  }),

  call({
    method: "get",
    path: "/api/v1/waitlist",
    tag: "Booking",
    summary: "What one waits for, and what is offered",
    description: "What has ended is listed for a day.",
    gate: "visit.arrange",
    query: z.object({ cursor }),
    answers: { 200: list(waiting) },
    async handle(c, { query }) {
      const { store, clock } = c.var.house
      const all = await waitsOf(store, citizen(c).id, clock.office())
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
    method: "delete",
    path: "/api/v1/waitlist/{id}",
    tag: "Booking",
    summary: "Wait no longer",
    description: "What is being offered goes to the next.",
    gate: "waitlist_entry.change",
    params: idPath,
    answers: { 204: "It is left, or was over already." },
    async handle(c, { params, given }) {
      const who = citizen(c)
      const entry = await ownEntry(c.var.house.store, who, params.id)
      return change(c, given, [`office:${entry.office}`, `person:${who.id}`], async (tx) => {
        await leaveWaitlist(tx, who, params.id)
        return { status: 204 }
      })
    },
  }),

  call({
    method: "post",
    path: "/api/v1/waitlist/{id}/return",
    tag: "Booking",
    summary: "Come back to the same place in the list, up to ten minutes after leaving it",
    gate: "waitlist_entry.change",
    params: idPath,
    answers: { 200: waiting },
    refusals: ["waiting_already", "waiting_limit", ...ofRights],
    async handle(c, { params, given }) {
      const who = citizen(c)
      const entry = await ownEntry(c.var.house.store, who, params.id)
      return change(c, given, [`office:${entry.office}`, `person:${who.id}`], async (tx) => {
        await returnToWaitlist(tx, who, params.id)
        return { status: 200, body: await shown(tx, who.id, params.id, tx.now) }
      })
    },
  }),

  call({
    method: "post",
    path: "/api/v1/waitlist/{id}/acceptance",
    tag: "Booking",
    summary: "Take the place that is offered",
    description: "As a new booking, or by moving the one there is. It never has two places and never none.",
    gate: "waitlist_entry.change",
    params: idPath,
    answers: { 200: booking },
    refusals: ["offer_over", "hold_expired", "hold_gone", "slot_full", "already_booked", "limit_reached", ...ofRights],
    async handle(c, { params, given }) {
      const who = citizen(c)
      const entry = await ownEntry(c.var.house.store, who, params.id)
      return change(c, given, [`office:${entry.office}`, `person:${who.id}`], async (tx) => {
        const taken = await takeOffer(tx, who, params.id)
        return { status: 200, body: presentBooking(taken, (await office(tx, taken.office)).zone) }
      })
    },
  }),
]

/** Refuses `invalid_field` for what is no day. */
function dayOf(field: string, text: string | undefined): Day | undefined {
  if (text === undefined) return undefined
  const day = readDay(text)
  if (!day) throw invalid([{ path: field, message: "no_day" }])
  return day
}

async function shown(store: Store, person: string, id: string, now: Instant): Promise<object> {
  const row = (await waitsOf(store, person, now)).find((one) => one.id === id)
  if (!row) throw new Error(`the entry ${id} of a waiting list was not there to be shown`)
  return presented(store, row)
}

async function presented(store: Store, row: Waiting): Promise<object> {
  return presentWaiting(row, await office(store, row.office))
}
