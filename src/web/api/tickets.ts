import { z } from "@hono/zod-openapi"
import type { Scope, Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Action } from "../../domain/access/authorize.ts"
import type { Subject } from "../../domain/access/subject.ts"
import { type CheckingIn, checkIn, issueTicket } from "../../domain/queue/arrivals.ts"
import { heldTicket } from "../../domain/queue/desk.ts"
import { isHallCode } from "../../domain/queue/hall-code.ts"
import { away, awayMinutesMax, confirmNeed, leave, ready } from "../../domain/queue/holder.ts"
import { queueView } from "../../domain/queue/reads.ts"
import { sessionsNear } from "../../domain/queue/sessions.ts"
import { ticketByNumber, ticketsOf } from "../../domain/queue/tickets.ts"
import type { Context } from "../house.ts"
import { noteReads } from "../noting.ts"
import { bookingCodeOf, holderOf, mobileOf, nationalIdOf } from "../numbers.ts"
import { paged, presentQueueRow, presentTicket, ticketLink } from "../present.ts"
import { invalid } from "./asked.ts"
import { type Answer, call } from "./endpoint.ts"
import { cursor, idPath, need, numberText, officePath, ofRights, people, serviceCode, wholeText } from "./forms.ts"
import { change } from "./idempotency.ts"
import { officeWithin } from "./offices.ts"
import { list, queue, ticket } from "./shapes.ts"
import { anybody, staff } from "./subjects.ts"

/** Arriving, waiting, and what the one who waits may say. */
export const ticketCalls = [
  call({
    method: "post",
    path: "/api/v1/offices/{code}/check-ins",
    tag: "Arriving",
    summary: "A booked person is here",
    description:
      "By the booking's code, or by national number and birth year. The owner's own phone sends `hall` too: the code that the hall's screen shows in this minute.",
    gate: "visitor.check_in",
    params: officePath,
    body: z.object({
      code: numberText.optional(),
      nationalId: numberText.optional(),
      birthYear: z
        .int()
        .min(1300)
        .max(2200)
        .optional()
        .openapi({ description: "Of either calendar; up to 1600 it is a Hijri year." }),
      hall: z.string().max(20).optional(),
      need: need.optional(),
      ready: z
        .boolean()
        .optional()
        .openapi({ description: "To be called as soon as possible, also before the booked time." }),
    }),
    example: { code: "4829107735" },
    answers: { 201: ticket },
    refusals: [
      ...(["booking_unknown", "already_arrived", "not_today", "too_early", "hall_code_wrong"] as const),
      ...(["office_closed", "already_waiting", "number_invalid"] as const),
      ...ofRights,
    ],
    async handle(c, { params, body, given }) {
      const { keys } = c.var.house
      const by = await atTheDoor(c, "visitor.check_in", params.code)
      const asked = {
        office: params.code,
        by: whoseBooking(c, by, body),
        lang: c.var.lang,
        need: body.need,
        ready: body.ready,
      }
      const answer = await change(c, given, [`office:${params.code}`], async (tx) => {
        if (by.role === "citizen" && !isHallCode(keys, params.code, body.hall ?? "", tx.now)) {
          throw new Refusal("hall_code_wrong")
        }
        const { ticket: row, lateMinutes } = await checkIn(tx, by, asked)
        return { status: 201, body: { ...(await presentTicket(tx, row.id, tx.now)), lateMinutes } }
      })
      return withLink(c, answer, true)
    },
  }),

  call({
    method: "post",
    path: "/api/v1/offices/{code}/tickets",
    tag: "Arriving",
    summary: "A ticket for somebody without a booking",
    description:
      "A kiosk must say to whom it is bound, by national number or mobile. One person has one live ticket a day; a second request says nothing about it.",
    gate: "ticket.issue",
    params: officePath,
    body: z.object({
      service: serviceCode,
      nationalId: numberText.optional(),
      mobile: numberText.optional(),
      people: people.optional(),
      need: need.optional().openapi({ description: "Counts once staff have seen it; age is known from the record." }),
    }),
    example: { service: "PAS-08", mobile: "0551234567" },
    answers: { 201: ticket },
    refusals: [
      ...([
        "number_required",
        "number_invalid",
        "already_waiting",
        "day_full",
        "booking_only",
        "office_closed",
      ] as const),
      ...(["service_not_here", "service_online_only", "too_many_people"] as const),
    ],
    async handle(c, { params, body, given }) {
      const { keys } = c.var.house
      const by = await atTheDoor(c, "ticket.issue", params.code)
      const nationalId = body.nationalId === undefined ? null : nationalIdOf(body.nationalId)
      const mobile = body.mobile === undefined ? null : mobileOf(body.mobile)
      const answer = await change(c, given, [`office:${params.code}`], async (tx) => {
        const bound = await holderOf(tx, keys, { nationalId, mobile })
        const { service, people, need } = body
        const row = await issueTicket(tx, by, {
          office: params.code,
          service,
          people,
          need,
          ...bound,
          lang: c.var.lang,
        })
        return { status: 201, body: await presentTicket(tx, row.id, tx.now) }
      })
      return withLink(c, answer, true)
    },
  }),

  call({
    method: "get",
    path: "/api/v1/tickets",
    tag: "Waiting",
    summary: "One's own live tickets",
    gate: "ticket.follow",
    query: z.object({ cursor }),
    answers: { 200: list(ticket) },
    async handle(c, { query }) {
      const { store, clock } = c.var.house
      const page = paged(
        await ticketsOf(store, anybody(c).id),
        query.cursor,
        ({ id }) => id,
        ({ id }) => id,
      )
      const items = []
      for (const id of page.items) {
        const body = await presentTicket(store, id, clock.office())
        items.push({ ...body, link: ticketLink(c.var.house, id) })
      }
      return { status: 200, body: { items, next: page.next } }
    },
  }),

  call({
    method: "get",
    path: "/api/v1/offices/{code}/tickets",
    tag: "Waiting",
    summary: "Today's ticket with this number",
    gate: "ticket.find",
    params: officePath,
    query: z.object({ number: wholeText(1, 999_999, 204) }),
    answers: { 200: list(ticket) },
    async handle(c, { params, query }) {
      const { store, clock } = c.var.house
      const here = await officeWithin(c, "ticket.find", params.code)
      const { nearestDay } = await sessionsNear(store, here, clock.office())
      const row = await ticketByNumber(store, here.code, nearestDay, query.number)
      if (row?.person) await noteReads(c, [{ person: row.person, what: "found", office: here.code, about: row.id }])
      const items = row ? [await presentTicket(store, row.id, clock.office())] : []
      return { status: 200, body: { items, next: null } }
    },
  }),

  call({
    method: "get",
    path: "/api/v1/tickets/{id}",
    tag: "Waiting",
    summary: "One ticket: its place, how many before it, how long",
    gate: "ticket.read",
    params: idPath,
    answers: { 200: ticket },
    async handle(c, { params }) {
      const { store, clock } = c.var.house
      const row = await heldTicket(store, anybody(c), params.id, "ticket.read")
      if (row.person) await noteReads(c, [{ person: row.person, what: "visit", office: row.office, about: row.id }])
      return withLink(c, { status: 200, body: await presentTicket(store, row.id, clock.office()) }, false)
    },
  }),

  call({
    method: "post",
    path: "/api/v1/tickets/{id}/leave",
    tag: "Waiting",
    summary: "Go home",
    gate: "ticket.steer",
    params: idPath,
    answers: { 200: ticket },
    handle: (c, { params, given }) => onOwnTicket(c, params.id, given, (tx, by) => leave(tx, by, params.id)),
  }),

  call({
    method: "post",
    path: "/api/v1/tickets/{id}/ready",
    tag: "Waiting",
    summary: "“I am ready”, “I am back”, “I am here”",
    description: "An early person waits at once; who was absent comes back to the front, once and within ten minutes.",
    gate: "ticket.steer",
    params: idPath,
    answers: { 200: ticket },
    handle: (c, { params, given }) => onOwnTicket(c, params.id, given, (tx, by) => ready(tx, by, params.id)),
  }),

  call({
    method: "post",
    path: "/api/v1/tickets/{id}/away",
    tag: "Waiting",
    summary: "“I will be back in … minutes”",
    gate: "ticket.steer",
    params: idPath,
    body: z.object({ minutes: z.int().min(1).max(awayMinutesMax) }),
    example: { minutes: 10 },
    answers: { 200: ticket },
    handle: (c, { params, body, given }) =>
      onOwnTicket(c, params.id, given, (tx, by) => away(tx, by, params.id, body.minutes)),
  }),

  call({
    method: "post",
    path: "/api/v1/tickets/{id}/need",
    tag: "Waiting",
    summary: "Staff have seen that a need is real",
    gate: "ticket.serve",
    params: idPath,
    body: z.object({ need }),
    example: { need: "pregnancy" },
    answers: { 200: ticket },
    refusals: ["office_closed"],
    handle: (c, { params, body, given }) =>
      onOwnTicket(c, params.id, given, (tx) => confirmNeed(tx, staff(c), params.id, body.need)),
  }),

  call({
    method: "get",
    path: "/api/v1/offices/{code}/queue",
    tag: "Waiting",
    summary: "Who waits, in order, and why there",
    gate: "queue.read",
    params: officePath,
    query: z.object({ cursor }),
    answers: { 200: queue },
    async handle(c, { params, query }) {
      const { store, clock } = c.var.house
      const { code, zone } = await officeWithin(c, "queue.read", params.code)
      const view = await queueView(store, code, clock.office(), queueMax)
      const page = paged(
        view.waiting,
        query.cursor,
        ({ id }) => id,
        (row) => presentQueueRow(row, zone),
      )
      const shown = (rows: typeof view.waiting) => rows.map((row) => presentQueueRow(row, zone))
      return {
        status: 200,
        body: { ...page, aside: shown(view.aside), atCounters: shown(view.atCounters), lines: view.lines },
      }
    },
  }),
]

const queueMax = 2_000

/** A change of a ticket by whom it belongs to or by the staff of its office. Whose it is not, for him it is not there. */
export async function onOwnTicket(
  c: Context,
  id: string,
  given: unknown,
  turn: (tx: Tx, by: Subject) => Promise<{ id: string }>,
  alsoScopes: Scope[] = [],
): Promise<Answer> {
  const by = anybody(c)
  const { office } = await heldTicket(c.var.house.store, by, id)
  const answer = await change(c, given, [...new Set([`office:${office}` as const, ...alsoScopes])], async (tx) => {
    const after = await turn(tx, by)
    return { status: 200, body: await presentTicket(tx, after.id, tx.now) }
  })
  return withLink(c, answer, false)
}

/**
 * Adds the holder's link where the answer goes to the holder, or to the kiosk that has just issued the ticket and prints it. It is put
 * there after the turn, so that no kept answer holds one.
 */
function withLink(c: Context, answer: Answer, issued: boolean): Answer {
  const role = c.var.subject?.role
  if (!answer.body || !(role === "citizen" || (role === "kiosk" && issued))) return answer
  const { id } = answer.body as { id: string }
  return { ...answer, body: { ...answer.body, link: ticketLink(c.var.house, id) } }
}

/** Whoever asks, provided that they may do this there: before anything is said about what was typed. */
async function atTheDoor(c: Context, action: Action, code: string): Promise<Subject> {
  await officeWithin(c, action, code)
  return anybody(c)
}

function whoseBooking(
  c: Context,
  by: Subject,
  { code, nationalId, birthYear }: { code?: string; nationalId?: string; birthYear?: number },
): CheckingIn["by"] {
  if (code !== undefined) return { code: bookingCodeOf(code) }
  if (by.role === "citizen") throw invalid([{ path: "code", message: "name_code" }])
  if (nationalId === undefined || birthYear === undefined) {
    throw invalid([{ path: "code", message: "name_code_or_number" }])
  }
  return { numberIndex: c.var.house.keys.index("number", nationalIdOf(nationalId)), birthYear }
}
