import { dayIn } from "../../../base/time.ts"
import type { Citizen } from "../../../domain/access/subject.ts"
import { hold, releaseHold } from "../../../domain/availability/holds.ts"
import { slotsOffered } from "../../../domain/availability/reads.ts"
import { joinWaitlist, leaveWaitlist, returnToWaitlist } from "../../../domain/availability/waitlist.ts"
import { takeOffer } from "../../../domain/bookings/offered.ts"
import { acceptProposal } from "../../../domain/bookings/requests.ts"
import { book, cancel, move } from "../../../domain/bookings/writes.ts"
import type { Actor, Caller } from "../parts.ts"
import { officeScope, type Simulation } from "../simulation.ts"
import { type OfficeCode, offices, servicesOf } from "../world.ts"

/** People at home: they look for a time, keep it, book it, think better of it, and wait for a better one. */
export const citizens: Actor = {
  name: "citizens",
  everyMinutes: 5,
  async act(sim) {
    const id = sim.draw.one(sim.world.citizens) ?? ""
    const doing = sim.draw.weighted(doings)
    await doing(sim, { kind: "citizen", id })
  },
}

type Doing = (sim: Simulation, who: Caller) => Promise<void>

const doings: [number, Doing][] = [
  [
    30,
    async (sim, who) => {
      const wanted = await wish(sim)
      if (!wanted) return
      const { office } = wanted
      sim.ask<Citizen>(
        who,
        "book",
        { ...wanted },
        scopes(office, who),
        async (tx, me) => (await book(tx, me, wanted)).id,
      )
    },
  ],
  [
    25,
    async (sim, who) => {
      const wanted = await wish(sim)
      if (!wanted) return
      const { office } = wanted
      sim.ask<Citizen>(
        who,
        "hold",
        { ...wanted },
        scopes(office, who),
        async (tx, me) => (await hold(tx, me, wanted)).id,
      )
    },
  ],
  [
    25,
    async (sim, who) => {
      // Also one that has run out, or that another page has used.
      const [held] = sim.rows<{ id: string; office: string }>(
        "SELECT id, office FROM hold WHERE person = ? ORDER BY since DESC LIMIT 1",
        who.id,
      )
      if (!held) return
      const about = { hold: held.id }
      sim.ask<Citizen>(
        who,
        "confirm",
        about,
        scopes(held.office, who),
        async (tx, me) => (await book(tx, me, about)).id,
      )
    },
  ],
  [
    4,
    async (sim, who) => {
      const [held] = sim.rows<{ id: string; office: string }>(
        "SELECT id, office FROM hold WHERE person = ? AND state = 'live'",
        who.id,
      )
      if (!held) return
      sim.ask<Citizen>(who, "release", { hold: held.id }, scopes(held.office, who), (tx, me) =>
        releaseHold(tx, me, held.id),
      )
    },
  ],
  [
    14,
    async (sim, who) => {
      const mine = own(sim, who)
      const wanted = mine && (await freeTime(sim, mine.office as OfficeCode, mine.service, 0.7))
      if (!mine || !wanted) return
      const about = { booking: mine.id, slot: wanted }
      sim.ask<Citizen>(
        who,
        "move",
        about,
        scopes(mine.office, who),
        async (tx, me) => (await move(tx, me, mine.id, wanted)).id,
      )
    },
  ],
  [
    12,
    async (sim, who) => {
      const mine = own(sim, who)
      if (!mine) return
      sim.ask<Citizen>(
        who,
        "cancel",
        { booking: mine.id },
        scopes(mine.office, who),
        async (tx, me) => (await cancel(tx, me, mine.id)).id,
      )
    },
  ],
  [
    3,
    async (sim, who) => {
      // Somebody else's booking, whose id has come to them in whatever way.
      const other = own(sim, { ...who, id: sim.draw.one(sim.world.citizens) ?? "" })
      if (!other || other.person === who.id) return
      sim.ask<Citizen>(
        who,
        "cancel_anothers",
        { booking: other.id },
        scopes(other.office, who),
        async (tx, me) => (await cancel(tx, me, other.id)).id,
      )
    },
  ],
  [
    5,
    async (sim, who) => {
      const [asked] = sim.rows<{ id: string; office: string }>(
        "SELECT id, office FROM booking WHERE person = ? AND state = 'requested' AND proposed",
        who.id,
      )
      if (!asked) return
      sim.ask<Citizen>(
        who,
        "accept_proposal",
        { booking: asked.id },
        scopes(asked.office, who),
        async (tx, me) => (await acceptProposal(tx, me, asked.id)).id,
      )
    },
  ],
  [
    12,
    async (sim, who) => {
      const office = sim.draw.one(offices) ?? "RUH-RML"
      const service = sim.draw.one(servicesOf[office]) ?? ""
      sim.ask<Citizen>(
        who,
        "wait",
        { office, service },
        scopes(office, who),
        async (tx, me) => (await joinWaitlist(tx, me, { office, service })).id,
      )
    },
  ],
  [
    10,
    async (sim, who) => {
      const [entry] = sim.rows<{ id: string; office: string }>(
        "SELECT id, office FROM waitlist WHERE state = 'offered' ORDER BY place LIMIT 1",
      )
      const [whose] = sim.rows<{ person: string }>("SELECT person FROM waitlist WHERE id = ?", entry?.id ?? "")
      if (!entry || !whose) return
      const them: Caller = { ...who, id: whose.person }
      sim.ask<Citizen>(
        them,
        "take_offer",
        { entry: entry.id },
        scopes(entry.office, them),
        async (tx, me) => (await takeOffer(tx, me, entry.id)).id,
      )
    },
  ],
  [
    3,
    async (sim, who) => {
      const [entry] = sim.rows<{ id: string; office: string; state: string }>(
        "SELECT id, office, state FROM waitlist WHERE person = ? AND state IN ('waiting', 'offered', 'left') ORDER BY joined_at DESC LIMIT 1",
        who.id,
      )
      if (!entry) return
      if (entry.state === "left") {
        sim.ask<Citizen>(
          who,
          "wait_again",
          { entry: entry.id },
          scopes(entry.office, who),
          async (tx, me) => (await returnToWaitlist(tx, me, entry.id)).id,
        )
      } else {
        sim.ask<Citizen>(who, "stop_waiting", { entry: entry.id }, scopes(entry.office, who), (tx, me) =>
          leaveWaitlist(tx, me, entry.id),
        )
      }
    },
  ],
]

const scopes = (office: string, { id }: Caller) => [...officeScope(office), `person:${id}` as const]

interface Own {
  id: string
  office: string
  service: string
  person: string
}

function own(sim: Simulation, { id }: Caller): Own | undefined {
  const rows = sim.rows<Own>(
    "SELECT id, office, service, person FROM booking WHERE person = ? AND state IN ('requested', 'confirmed') ORDER BY id",
    id,
  )
  return sim.draw.one(rows)
}

async function wish(sim: Simulation): Promise<{ office: OfficeCode; service: string; slot: string } | null> {
  const office = sim.draw.one(offices) ?? "RUH-RML"
  const service = sim.draw.one(servicesOf[office]) ?? ""
  const slot = await freeTime(sim, office, service, 0.5)
  return slot === null ? null : { office, service, slot }
}

/** A time that the page shows; free ones as often as said, and else whatever stands there: two people look at one page. */
async function freeTime(sim: Simulation, office: OfficeCode, service: string, free: number): Promise<string | null> {
  const now = sim.now()
  const from = dayIn(now, office === "BER-OST" ? "Europe/Berlin" : "Asia/Riyadh")
  const days = sim.draw.weighted([
    [4, 1],
    [4, 2],
    [2, 4],
  ])
  const offer = await slotsOffered(sim.store, { office, service, from, days, now })
  const all = offer.days.flatMap(({ slots }) => slots)
  const wanted = sim.draw.hits(free) ? all.filter((slot) => slot.free > 0) : all
  // Most want the earliest there is, and so they meet.
  return sim.draw.one(sim.draw.hits(0.6) ? wanted.slice(0, 4) : wanted)?.id ?? null
}
