import type { Citizen, Device } from "../../../domain/access/subject.ts"
import { checkIn, issueTicket } from "../../../domain/queue/arrivals.ts"
import { away, leave, ready } from "../../../domain/queue/holder.ts"
import { wish } from "../../../domain/queue/wishes.ts"
import type { Actor, Caller } from "../parts.ts"
import { minutes, officeScope, type Simulation } from "../simulation.ts"
import { type OfficeCode, servicesOf } from "../world.ts"

const halls: OfficeCode[] = ["RUH-RML", "BER-OST"]

/** People in the halls and at their kiosks: they check in, walk in, go for a coffee, come back, go home. */
export const visitors: Actor = {
  name: "visitors",
  everyMinutes: 3,
  async act(sim) {
    const doing = sim.draw.weighted<(sim: Simulation) => Promise<void>>([
      [45, arrive],
      [30, walkIn],
      [25, wait],
    ])
    await doing(sim)
  },
}

async function arrive(sim: Simulation): Promise<void> {
  const now = sim.now()
  const rows = sim.rows<{ code: string; office: OfficeCode }>(
    `SELECT code, office FROM booking WHERE state = 'confirmed' AND office <> 'RUH-VID' AND starts_at BETWEEN ? AND ? ORDER BY id`,
    ...[now - minutes(60), now + minutes(120)],
  )
  const mine = sim.draw.one(rows)
  if (!mine) return
  const { office, code } = mine
  const ready = sim.draw.hits(0.3)
  const about = { office, code, ready: ready ? 1 : 0 }
  sim.ask<Device>(
    kioskOf(sim, office),
    "check_in",
    about,
    officeScope(office),
    async (tx, kiosk) => (await checkIn(tx, kiosk, { office, by: { code }, lang: "ar", ready })).ticket.id,
  )
}

async function walkIn(sim: Simulation): Promise<void> {
  const office = sim.draw.one(halls) ?? "RUH-RML"
  const service = sim.draw.one(servicesOf[office]) ?? ""
  const person = sim.draw.one(sim.world.citizens) ?? null
  const isOpen = await sim.isOpen(office)
  if (!isOpen && sim.draw.hits(0.95)) return
  sim.ask<Device>(
    kioskOf(sim, office),
    "walk_in",
    { office, service, person },
    officeScope(office),
    async (tx, kiosk) => (await issueTicket(tx, kiosk, { office, service, person, holder: person, lang: "ar" })).id,
  )
}

async function wait(sim: Simulation): Promise<void> {
  const mine = sim.draw.one(
    sim.rows<{ id: string; office: string; person: string; state: string }>(
      "SELECT id, office, person, state FROM ticket WHERE live = 1 AND person IS NOT NULL AND office <> 'RUH-VID' ORDER BY id",
    ),
  )
  if (!mine) return
  const { id, office, state } = mine
  const who: Caller = { kind: "citizen", id: mine.person }
  const scopes = [...officeScope(office), `person:${mine.person}` as const]
  if (state === "early" || state === "away" || state === "absent") {
    sim.ask<Citizen>(who, "ready", { ticket: id }, scopes, async (tx, me) => (await ready(tx, me, id)).id)
    return
  }
  const length = sim.draw.whole(1, 20)
  sim.draw.weighted<() => void>([
    [
      5,
      () =>
        sim.ask<Citizen>(
          who,
          "away",
          { ticket: id, length },
          scopes,
          async (tx, me) => (await away(tx, me, id, length)).id,
        ),
    ],
    [2, () => sim.ask<Citizen>(who, "leave", { ticket: id }, scopes, async (tx, me) => (await leave(tx, me, id)).id)],
    [
      2,
      () =>
        sim.ask<Citizen>(who, "wish", { ticket: id }, scopes, async (tx, me) => (await wish(tx, me, id, "female")).id),
    ],
    [
      1,
      () =>
        sim.ask<Citizen>(
          who,
          "wish_no_more",
          { ticket: id },
          scopes,
          async (tx, me) => (await wish(tx, me, id, null)).id,
        ),
    ],
  ])()
}

const kioskOf = (sim: Simulation, office: OfficeCode): Caller => ({ kind: "kiosk", id: sim.world.kiosks[office] })
