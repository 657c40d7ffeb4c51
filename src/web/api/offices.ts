import { z } from "@hono/zod-openapi"
import { addDays, type Instant, readDay } from "../../base/day.ts"
import { hijriDay } from "../../base/hijri.ts"
import { Refusal } from "../../base/refusal.ts"
import { dayIn, endOfDay, isoWithOffset } from "../../base/time.ts"
import { type Action, authorize } from "../../domain/access/authorize.ts"
import { isStaff } from "../../domain/access/subject.ts"
import { plannedDays } from "../../domain/availability/plan.ts"
import { type Offer, slotsShown } from "../../domain/availability/reads.ts"
import { peopleMax } from "../../domain/availability/rules.ts"
import { changeable } from "../../domain/bookings/writes.ts"
import { allServices, type Service } from "../../domain/catalogue/reads.ts"
import { factsSince } from "../../domain/offices/facts.ts"
import { allOffices, lineFor, type Office, office } from "../../domain/offices/reads.ts"
import { partyMax } from "../../domain/queue/arrivals.ts"
import { waitingIn } from "../../domain/queue/counters.ts"
import { countersOf } from "../../domain/queue/tickets.ts"
import type { Context, House } from "../house.ts"
import { noteReads } from "../noting.ts"
import { orNull, paged, presentCounter, presentFact } from "../present.ts"
import { invalid } from "./asked.ts"
import { call } from "./endpoint.ts"
import { cursor, dayText, id, officePath, serviceCode, wholeText } from "./forms.ts"
import { counter, fact, list, office as officeShape, slotDays } from "./shapes.ts"
import { anybody, citizenOrStaff } from "./subjects.ts"

const texts = new WeakMap<Offer, string>()

/** The same for all who are shown it. */
function textOf(offer: Offer): string {
  const known = texts.get(offer)
  if (known !== undefined) return known
  const { zone } = offer
  const days = offer.days.map(({ day, slots }) => ({
    day,
    hijri: hijriDay(day),
    slots: slots.map(({ id, startsAt, endsAt, free }) => ({
      id,
      startsAt: isoWithOffset(startsAt, zone),
      endsAt: isoWithOffset(endsAt, zone),
      free,
    })),
  }))
  const text = JSON.stringify({ zone, days })
  texts.set(offer, text)
  return text
}

/** Offices as anybody may see them, and what their staff and integrators may see besides. */
export const officeCalls = [
  call({
    method: "get",
    path: "/api/v1/offices",
    tag: "Offices",
    summary: "The offices: hours today, open now, how busy",
    gate: "anyone",
    query: z.object({ cursor }),
    answers: { 200: list(officeShape) },
    async handle(c, { query }) {
      const { house } = c.var
      const page = paged(
        await allOffices(house.store),
        query.cursor,
        ({ code }) => code,
        (row) => row,
      )
      const services = await allServices(house.store)
      const items = []
      for (const row of page.items) items.push(await presentOffice(house, row, services))
      return { status: 200, body: { items, next: page.next } }
    },
  }),

  call({
    method: "get",
    path: "/api/v1/offices/{code}",
    tag: "Offices",
    summary: "One office",
    gate: "anyone",
    params: officePath,
    answers: { 200: officeShape },
    async handle(c, { params }) {
      const { house } = c.var
      const row = await office(house.store, params.code)
      return { status: 200, body: await presentOffice(house, row, await allServices(house.store)) }
    },
  }),

  call({
    method: "get",
    path: "/api/v1/offices/{code}/counters",
    tag: "Offices",
    summary: "The counters, who sits there and whom they serve",
    gate: "counter.list",
    params: officePath,
    query: z.object({ cursor }),
    answers: { 200: list(counter) },
    async handle(c, { params, query }) {
      const { store } = c.var.house
      const here = await officeWithin(c, "counter.list", params.code)
      const all = await countersOf(store, here.code)
      return {
        status: 200,
        body: paged(
          all,
          query.cursor,
          ({ id }) => id,
          (row) => presentCounter(row, here.zone),
        ),
      }
    },
  }),

  call({
    method: "get",
    path: "/api/v1/offices/{code}/slots",
    tag: "Booking",
    summary: "What can be booked",
    description:
      "Full slots are listed with `free` 0. Ramadan nights past midnight belong to the day on which they begin. With `moving` it says where that booking can go: its own places are free to it, its own start is no other time, and `people` is the booking's.",
    gate: "anyone",
    params: officePath,
    query: z.object({
      service: serviceCode,
      from: dayText.optional().openapi({ description: "Today where it is left out." }),
      days: wholeText(1, 62, 7).optional(),
      people: wholeText(1, 20, 1).optional(),
      moving: id.optional().openapi({ description: "A booking that the caller may move, of this office and service." }),
    }),
    answers: { 200: slotDays },
    refusals: [
      ...(["not_found", "service_not_here", "service_online_only", "too_many_people"] as const),
      ...(["not_signed_in", "forbidden", "wrong_state"] as const),
    ],
    async handle(c, { params, query }) {
      const { store, clock } = c.var.house
      const now = clock.office()
      const here = await office(store, params.code)
      const from = query.from === undefined ? dayIn(now, here.zone) : readDay(query.from)
      if (!from) throw invalid([{ path: "from", message: "no_day" }])
      const most = isStaff(c.var.subject) ? partyMax : peopleMax
      if ((query.people ?? 1) > most) throw new Refusal("too_many_people", { most })
      const asked = {
        office: here.code,
        service: query.service,
        from,
        days: query.days ?? 7,
        people: query.people ?? 1,
        now,
        ...(query.moving === undefined ? {} : await ofMoving(c, query.moving, here, query.service)),
      }
      const offer = await slotsShown(store, asked)
      const until = endOfDay(dayIn(now, here.zone), here.zone)
      // Where a booking can go is the caller's own.
      const keep = query.moving === undefined ? { of: offer, until } : undefined
      return { status: 200, text: textOf(offer), keep }
    },
  }),

  call({
    method: "get",
    path: "/api/v1/offices/{code}/facts",
    tag: "Offices",
    summary: "What happened, in order",
    description: "Ids and states only, never a name or a number of a person. `next` is the `since` of what follows.",
    gate: "facts.read",
    params: officePath,
    query: z.object({
      since: wholeText(0, Number.MAX_SAFE_INTEGER, 0).optional(),
      limit: wholeText(1, 1000, 100).optional(),
    }),
    answers: { 200: list(fact) },
    async handle(c, { params, query }) {
      const here = await officeWithin(c, "facts.read", params.code)
      const limit = query.limit ?? 100
      // One more than asked for tells whether anything follows.
      const found = await factsSince(c.var.house.store, here.code, query.since ?? 0, limit + 1)
      const items = found.slice(0, limit)
      const next = found.length > limit ? String(items.at(-1)?.seq) : null
      return { status: 200, body: { items: items.map((row) => presentFact(row, here.zone)), next } }
    },
  }),
]

/** What the list of times must know to move a booking. Whose it is not, for them it is not there. */
async function ofMoving(c: Context, moving: string, here: Office, service: string) {
  const { store, clock } = c.var.house
  anybody(c)
  const by = citizenOrStaff(c)
  const row = await changeable(store, by, moving, clock.office())
  if (row.office !== here.code || row.service !== service) {
    throw invalid([{ path: "moving", message: "other_booking" }])
  }
  await noteReads(c, [{ person: row.person, what: "booking", office: row.office, about: row.id }])
  return { moving: row, people: row.people, forStaff: isStaff(by) }
}

/** The office, provided that the asker may do this there. Refuses `not_found`, `forbidden`. */
export async function officeWithin(c: Context, action: Action, code: string): Promise<Office> {
  const here = await office(c.var.house.store, code)
  authorize(c.var.subject, action, here)
  return here
}

const lookAheadDays = 14

async function presentOffice({ store, clock }: House, here: Office, services: Service[]) {
  const now = clock.office()
  const today = dayIn(now, here.zone)
  const plan = await plannedDays(store, here, addDays(today, -1), addDays(today, lookAheadDays))
  const sessions = [...plan.values()].flat().map(({ session }) => session)
  const current = sessions.find(({ startsAt, endsAt }) => startsAt <= now && now < endsAt)
  // After midnight the session that runs is still yesterday's, and it is the one that whoever asks "today" means.
  const day = current?.day ?? today
  const lines = []
  for (const { code, name } of here.lines) lines.push({ code, name, waiting: await waitingIn(store, here.code, code) })
  const countersOpen = (await countersOf(store, here.code)).filter(({ state }) => state === "open").length
  const waiting = lines.reduce((sum, line) => sum + line.waiting, 0)
  const { code, agency, name, city, region, address, zone, video, bookingMode } = here
  return {
    ...{ code, agency, name, city, region, address, zone, video, bookingMode },
    soonestMinutes: here.soonestMinutes,
    furthestDays: here.furthestDays,
    earlyMinutes: here.earlyMinutes,
    open: current !== undefined,
    today: {
      day,
      sessions: sessions.filter((session) => session.day === day).map((session) => presentSession(session, zone)),
    },
    nextOpening: current ? null : orNull(sessions.find(({ startsAt }) => startsAt > now)?.startsAt ?? null, zone),
    busy: { waiting, countersOpen, level: levelOf(current !== undefined, waiting, countersOpen) },
    lines,
    services: services.filter((row) => lineFor(here, row) !== null).map((row) => row.code),
  }
}

export function presentSession(
  session: {
    startsAt: Instant
    endsAt: Instant
    breaks: readonly { startsAt: Instant; endsAt: Instant }[]
    bookingOnly: boolean
  },
  zone: string,
) {
  const span = ({ startsAt, endsAt }: { startsAt: Instant; endsAt: Instant }) => ({
    startsAt: isoWithOffset(startsAt, zone),
    endsAt: isoWithOffset(endsAt, zone),
  })
  return { ...span(session), breaks: session.breaks.map(span), bookingOnly: session.bookingOnly }
}

/** By how many wait for each counter at work: up to two are soon served, beyond six one had better come later. */
function levelOf(isOpen: boolean, waiting: number, countersOpen: number): "closed" | "quiet" | "steady" | "busy" {
  if (!isOpen) return "closed"
  const each = waiting / Math.max(1, countersOpen)
  if (each <= 2) return "quiet"
  return each <= 6 ? "steady" : "busy"
}
