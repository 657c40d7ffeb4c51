import { z } from "@hono/zod-openapi"

/* What is answered. A test holds every answer of the whole run against these. */

export const words = z
  .object({ ar: z.string(), en: z.string() })
  .openapi("Words", { description: "A name in both languages." })
export const instant = z.iso.datetime({ offset: true }).openapi({ example: "2026-11-22T10:00:00+03:00" })
export const day = z.iso.date().openapi({ example: "2026-11-22" })

/** A page of a list. */
export function list<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().openapi({ description: "Hand it back as `cursor` for what follows; null at the end." }),
  })
}

export const sector = z.object({ code: z.string(), name: words }).openapi("Sector")

export const service = z
  .object({
    code: z.string(),
    sector: z.string(),
    name: words,
    audience: words,
    channels: z.array(z.enum(["online", "office", "video"])),
    minutes: z.int().nullable().openapi({ description: "At the counter; null where it is done online only." }),
    documents: z.array(words),
    feeHalalas: z.int().nullable().openapi({ description: "null = not known, 0 = free" }),
    feeNote: z.union([words, z.null()]),
    bookingOnly: z.boolean().openapi({ description: "An appointment is a condition for the visit." }),
  })
  .openapi("Service")

export const session = z.object({
  startsAt: instant,
  endsAt: instant,
  breaks: z.array(z.object({ startsAt: instant, endsAt: instant })),
  bookingOnly: z.boolean(),
})

export const office = z
  .object({
    code: z.string(),
    agency: z.string(),
    name: words,
    city: z.string().nullable(),
    region: z.union([words, z.null()]),
    address: words,
    zone: z.string().openapi({ example: "Asia/Riyadh" }),
    video: z.boolean(),
    bookingMode: z.enum(["instant", "request"]),
    soonestMinutes: z.int(),
    furthestDays: z.int(),
    earlyMinutes: z.int().openapi({ description: "From this long before a booked start one may check in." }),
    open: z.boolean().openapi({ description: "A session runs now." }),
    today: z.object({ day, sessions: z.array(session) }),
    nextOpening: instant
      .nullable()
      .openapi({ description: "Where it is closed: when it opens next, within two weeks." }),
    busy: z.object({
      waiting: z.int(),
      countersOpen: z.int(),
      level: z.enum(["closed", "quiet", "steady", "busy"]),
    }),
    lines: z.array(z.object({ code: z.string(), name: words, waiting: z.int() })),
    services: z.array(z.string()).openapi({ description: "Codes of what is served here." }),
  })
  .openapi("Office")

export const counter = z
  .object({
    id: z.string(),
    office: z.string(),
    number: z.int(),
    state: z.enum(["closed", "open", "paused"]),
    lines: z.array(z.object({ line: z.string(), handicap: z.int() })),
    staff: z.string().nullable(),
    ticket: z.string().nullable().openapi({ description: "The ticket in hand." }),
    changedAt: instant,
  })
  .openapi("Counter", {
    example: {
      id: "RUH-RML.3",
      office: "RUH-RML",
      number: 3,
      state: "open",
      lines: [
        { line: "PAS", handicap: 0 },
        { line: "RES", handicap: 20 },
      ],
      staff: "019aa0f0-2222-7b1e-9d3c-2f4f4a5f6b7c",
      ticket: null,
      changedAt: "2026-11-22T07:31:00+03:00",
    },
  })

export const slot = z
  .object({
    id: z.string(),
    startsAt: instant,
    endsAt: instant,
    free: z.int().openapi({ description: "How many more visits for so many people fit." }),
  })
  .openapi("Slot", {
    example: {
      id: "RUH-RML.PAS.20261122T0900",
      startsAt: "2026-11-22T12:00:00+03:00",
      endsAt: "2026-11-22T12:30:00+03:00",
      free: 3,
    },
  })

export const slotDays = z
  .object({
    zone: z.string(),
    days: z.array(z.object({ day, hijri: z.string().nullable(), slots: z.array(slot) })),
  })
  .openapi("SlotDays")

export const hold = z.object({ id: z.string(), slot: z.string(), expiresAt: instant }).openapi("Hold", {
  description: "Places kept while the form is filled.",
  example: {
    id: "019aa0f0-7c5e-7b1e-9d3c-2f4f4a5f6b7c",
    slot: "RUH-RML.PAS.20261122T0900",
    expiresAt: "2026-11-22T10:10:00+03:00",
  },
})

export const booking = z
  .object({
    id: z.string(),
    code: z.string().openapi({ description: "Ten digits, the last a check digit." }),
    state: z.enum(["requested", "confirmed", "arrived", "cancelled", "missed", "done"]),
    office: z.string(),
    line: z.string(),
    service: z.string(),
    slot: z.string(),
    day,
    startsAt: instant,
    endsAt: instant,
    people: z.int(),
    for: z.array(z.string()),
    madeAt: instant,
    madeBy: z.string(),
    proposed: z.boolean().openapi({ description: "The office has named another time and waits for the answer." }),
    struck: z.boolean().openapi({ description: "A change of hours took its time away." }),
    endedAt: instant.nullable(),
    endedBy: z.string().nullable(),
    reason: z.string().nullable(),
  })
  .openapi("Booking", {
    example: {
      id: "019aa0f0-7c5e-7b1e-9d3c-2f4f4a5f6b7c",
      code: "4829107735",
      state: "confirmed",
      office: "RUH-RML",
      line: "PAS",
      service: "PAS-08",
      slot: "RUH-RML.PAS.20261122T0900",
      day: "2026-11-22",
      startsAt: "2026-11-22T12:00:00+03:00",
      endsAt: "2026-11-22T12:30:00+03:00",
      people: 1,
      for: ["019aa0f0-1111-7b1e-9d3c-2f4f4a5f6b7c"],
      madeAt: "2026-11-22T10:00:00+03:00",
      madeBy: "citizen",
      proposed: false,
      struck: false,
      endedAt: null,
      endedBy: null,
      reason: null,
    },
  })

export const waiting = z
  .object({
    id: z.string(),
    state: z.enum(["waiting", "offered", "taken", "lapsed", "left"]),
    office: z.string(),
    line: z.string(),
    service: z.string(),
    for: z.array(z.string()),
    firstDay: day,
    lastDay: day,
    joinedAt: instant,
    endedAt: instant.nullable(),
    booking: z.string().nullable().openapi({ description: "What came of it." }),
    offer: z
      .object({ hold: z.string(), slot: z.string(), startsAt: instant, endsAt: instant, expiresAt: instant })
      .nullable()
      .openapi({ description: "What is held for it now." }),
  })
  .openapi("Waiting", {
    description: "A wish for a place that comes free.",
    example: {
      id: "019aa0f0-7c5e-7b1e-9d3c-2f4f4a5f6b7c",
      state: "offered",
      office: "RUH-RML",
      line: "PAS",
      service: "PAS-08",
      for: ["019aa0f0-1111-7b1e-9d3c-2f4f4a5f6b7c"],
      firstDay: "2026-11-22",
      lastDay: "2026-11-30",
      joinedAt: "2026-11-22T10:00:00+03:00",
      endedAt: null,
      booking: null,
      offer: {
        hold: "019aa0f0-3333-7b1e-9d3c-2f4f4a5f6b7c",
        slot: "RUH-RML.PAS.20261122T0900",
        startsAt: "2026-11-22T12:00:00+03:00",
        endsAt: "2026-11-22T12:30:00+03:00",
        expiresAt: "2026-11-22T10:35:00+03:00",
      },
    },
  })

export const ticketState = z.enum([
  "early",
  "waiting",
  "away",
  "called",
  "serving",
  "served",
  "parked",
  "absent",
  "left",
  "transferred",
])

export const ticket = z
  .object({
    id: z.string(),
    number: z.int(),
    state: ticketState,
    office: z.string(),
    day,
    line: z.string(),
    service: z.string(),
    booking: z.string().nullable(),
    people: z.int(),
    need: z.string().nullable(),
    bookedAt: instant.nullable(),
    arrivedAt: instant,
    due: instant,
    dueBy: z.enum(["booking", "walkin", "need", "step"]).openapi({ description: "Which right gives it its place." }),
    ahead: z.int().openapi({ description: "How many of the line are called before, should nobody come." }),
    wait: z
      .object({ lowMinutes: z.int(), highMinutes: z.int() })
      .nullable()
      .openapi({ description: "null = not known yet." }),
    wakeAt: instant.nullable(),
    keptUntil: instant.nullable(),
    counter: z.string().optional().openapi({ description: "Where to go, while it is called or being served." }),
    counterNumber: z.int().optional(),
    calledAt: instant.nullable(),
    calls: z.int(),
    endedAt: instant.nullable(),
    outcome: z.string().nullable(),
    cameFrom: z.string().nullable(),
    wentOnAs: z
      .string()
      .nullable()
      .openapi({ description: "The ticket in another office that goes on where this one ended." }),
    lateMinutes: z.int().optional().openapi({ description: "At check-in: minutes after the booked time." }),
    link: z.url().optional().openapi({ description: "The holder's page; only for whom it was issued to." }),
  })
  .openapi("Ticket", {
    example: {
      id: "019aa0f0-7c5e-7b1e-9d3c-2f4f4a5f6b7c",
      number: 204,
      state: "waiting",
      office: "RUH-RML",
      day: "2026-11-22",
      line: "PAS",
      service: "PAS-08",
      booking: null,
      people: 1,
      need: null,
      bookedAt: null,
      arrivedAt: "2026-11-22T10:00:00+03:00",
      due: "2026-11-22T10:30:00+03:00",
      dueBy: "walkin",
      ahead: 3,
      wait: { lowMinutes: 15, highMinutes: 25 },
      wakeAt: null,
      keptUntil: null,
      calledAt: null,
      calls: 0,
      endedAt: null,
      outcome: null,
      cameFrom: null,
      wentOnAs: null,
    },
  })

export const queueRow = z
  .object({
    id: z.string(),
    number: z.int(),
    state: ticketState,
    line: z.string(),
    service: z.string(),
    people: z.int(),
    need: z.string().nullable(),
    arrivedAt: instant,
    due: instant,
    why: z.looseObject({ by: z.enum(["booking", "walkin", "need", "step"]) }),
    expectedStart: instant.nullable(),
    missesByMinutes: z.int().openapi({ description: "By how much the due will probably be missed." }),
    counter: z.string().optional(),
    counterNumber: z.int().optional(),
    wakeAt: instant.nullable(),
    calls: z.int(),
  })
  .openapi("QueueRow")

export const queue = list(queueRow)
  .extend({
    aside: z.array(queueRow).openapi({ description: "Early, away, parked and absent." }),
    atCounters: z.array(queueRow),
    lines: z.array(
      z.object({
        line: z.string(),
        waiting: z.int(),
        openCounters: z.int(),
        wait: z.object({ lowMinutes: z.int(), highMinutes: z.int() }).nullable(),
      }),
    ),
  })
  .openapi("Queue", { description: "`items` are those who may be called, in their order." })

export const fact = z
  .object({
    seq: z.int(),
    at: instant,
    kind: z.string(),
    subject: z.string().nullable(),
    body: z.record(z.string(), z.unknown()),
  })
  .openapi("Fact", {
    example: {
      seq: 4711,
      at: "2026-11-22T10:00:00+03:00",
      kind: "ticket.woken",
      subject: null,
      body: { ticket: "019aa0f0-7c5e-7b1e-9d3c-2f4f4a5f6b7c" },
    },
    description: "What happened: ids and states, never a name or a number of a person.",
  })
