import { z } from "@hono/zod-openapi"
import type { BookingRow } from "../../../db/schema/bookings.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { type Day, readDay } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Staff } from "../../domain/access/subject.ts"
import { changeHours, closeDay, restoreDay, type Struck, struckBy } from "../../domain/bookings/day-changes.ts"
import { peopleOf, struckBookings } from "../../domain/bookings/reads.ts"
import { office } from "../../domain/offices/reads.ts"
import type { Context } from "../house.ts"
import { paged, presentBooking } from "../present.ts"
import { type Answer, call } from "./endpoint.ts"
import { cursor, dayText, officeCode, officePath, shortText, wallTime } from "./forms.ts"
import { change } from "./idempotency.ts"
import { officeWithin } from "./offices.ts"
import { booking, day as dayShape, list } from "./shapes.ts"
import { staff } from "./subjects.ts"

const dayPath = z.object({ code: officeCode, day: dayText })

const sessions = z
  .array(z.object({ start: wallTime, minutes: z.int().min(1).max(1440), bookingOnly: z.boolean().optional() }))
  .min(1)
  .max(8)

const met = z
  .object({
    office: z.string(),
    day: dayShape,
    struck: z
      .array(booking)
      .openapi({ description: "Bookings whose time is no longer open. They stand until somebody settles them." }),
    restored: z.array(booking).openapi({ description: "Bookings that had been struck and whose time is open again." }),
    holdsReleased: z.int(),
  })
  .openapi("DayChange")

/** A supervisor's word about one day of one office. */
export const dayCalls = [
  call({
    method: "post",
    path: "/api/v1/offices/{code}/days/{day}/closure",
    tag: "Running an office",
    summary: "Close a day",
    description: "Bookings on it are listed and marked, never dropped. With `preview` nothing is changed.",
    gate: "day.change",
    params: dayPath,
    body: z.object({ reason: shortText.optional(), preview: z.boolean().optional() }),
    example: { reason: "Maintenance" },
    answers: { 200: met.openapi({ description: "With `preview`." }), 201: met },
    refusals: ["day_past"],
    handle: (c, { params, body, given }) =>
      body.preview
        ? previewed(c, params, { kind: "closed" })
        : onDay(c, params, given, (tx, by, which) => closeDay(tx, by, { ...which, reason: body.reason })),
  }),
  call({
    method: "post",
    path: "/api/v1/offices/{code}/days/{day}/hours",
    tag: "Running an office",
    summary: "Give a day other hours",
    description: "What lies outside them is listed and marked. With `preview` nothing is changed.",
    gate: "day.change",
    params: dayPath,
    body: z.object({
      sessions,
      openOnHoliday: z.boolean().optional(),
      reason: shortText.optional(),
      preview: z.boolean().optional(),
    }),
    example: { sessions: [{ start: "07:30", minutes: 240 }] },
    answers: { 200: met.openapi({ description: "With `preview`." }), 201: met },
    refusals: ["day_past", "hours_overlap", "office_closed"],
    handle: (c, { params, body: { preview, ...wanted }, given }) =>
      preview
        ? previewed(c, params, { kind: "hours", ...wanted })
        : onDay(c, params, given, (tx, by, which) => changeHours(tx, by, { ...which, ...wanted })),
  }),
  call({
    method: "post",
    path: "/api/v1/offices/{code}/days/{day}/restoration",
    tag: "Running an office",
    summary: "Take the word about a day back",
    gate: "day.change",
    params: dayPath,
    answers: { 201: met },
    refusals: ["day_past"],
    handle: (c, { params, given }) => onDay(c, params, given, restoreDay),
  }),
  call({
    method: "get",
    path: "/api/v1/offices/{code}/struck-bookings",
    tag: "Running an office",
    summary: "Bookings that a change of hours has struck and nobody has settled yet",
    gate: "struck.read",
    params: officePath,
    query: z.object({ cursor }),
    answers: { 200: list(booking) },
    async handle(c, { params, query }) {
      const { store } = c.var.house
      const here = await officeWithin(c, "struck.read", params.code)
      const page = paged(
        await struckBookings(store, here.code),
        query.cursor,
        ({ id }) => id,
        (row) => row,
      )
      return { status: 200, body: { items: await shown(store, page.items, here.zone), next: page.next } }
    },
  }),
]

interface WhichDay {
  office: string
  day: Day
}

function onDay(
  c: Context,
  params: { code: string; day: string },
  given: unknown,
  turn: (tx: Tx, by: Staff, which: WhichDay) => Promise<Struck>,
): Promise<Answer> {
  const which = { office: params.code, day: mustBeDay(params.day) }
  return change(c, given, [`office:${which.office}`], async (tx) => ({
    status: 201,
    body: await presentStruck(tx, which, await turn(tx, staff(c), which)),
  }))
}

async function previewed(
  c: Context,
  params: { code: string; day: string },
  wanted: Parameters<typeof struckBy>[3],
): Promise<Answer> {
  const { store, clock } = c.var.house
  await officeWithin(c, "day.change", params.code)
  const which = { office: params.code, day: mustBeDay(params.day) }
  const struck = await struckBy(store, which.office, which.day, wanted, clock.office())
  return { status: 200, body: await presentStruck(store, which, struck) }
}

async function presentStruck(store: Store, { office: code, day }: WhichDay, { struck, restored, released }: Struck) {
  const { zone } = await office(store, code)
  return {
    office: code,
    day,
    struck: await shown(store, struck, zone),
    restored: await shown(store, restored, zone),
    holdsReleased: released.length,
  }
}

async function shown(store: Store, rows: BookingRow[], zone: string) {
  const out = []
  for (const row of rows) out.push(presentBooking({ ...row, who: await peopleOf(store, row.id) }, zone))
  return out
}

function mustBeDay(text: string): Day {
  const day = readDay(text)
  if (!day) throw new Refusal("not_found")
  return day
}
