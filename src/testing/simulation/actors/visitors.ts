import { minute } from "../../../base/day.ts"
import type { Citizen, Device } from "../../../domain/access/subject.ts"
import { checkIn, issueTicket } from "../../../domain/queue/arrivals.ts"
import { away, leave, ready } from "../../../domain/queue/holder.ts"
import { wish } from "../../../domain/queue/wishes.ts"
import type { Actor } from "../parts.ts"
import type { Simulation } from "../simulation.ts"
import { halls, type OfficeCode, servicesOf } from "../world.ts"
import { asking } from "./asking.ts"

/** People in the halls and at their kiosks: they check in, walk in, go for a coffee, come back, go home. */
export const visitors: Actor = {
  name: "visitors",
  everyMinutes: 3,
  async act(sim) {
    const doing = sim.draw.weighted<(sim: Simulation) => void | Promise<void>>([
      [45, arrive],
      [30, walkIn],
      [25, wait],
    ])
    await doing(sim)
  },
}

/** The kiosk that stands in a hall now; none where it has just been taken away. */
export function kioskIn(sim: Simulation, office: OfficeCode): string | undefined {
  const sql =
    "SELECT id FROM device WHERE office = ? AND kind = 'kiosk' AND revoked_at IS NULL ORDER BY id DESC LIMIT 1"
  return sim.rows<{ id: string }>(sql, office)[0]?.id
}

/** `""`: of nobody, who is turned away at the gate. */
const atKiosk = (sim: Simulation, office: OfficeCode) =>
  asking<Device>(sim, { kind: "kiosk", id: kioskIn(sim, office) ?? "" }, office)

function arrive(sim: Simulation): void {
  const now = sim.now()
  const rows = sim.rows<{ code: string; office: OfficeCode }>(
    `SELECT code, office FROM booking WHERE state = 'confirmed' AND office <> 'RUH-VID' AND starts_at BETWEEN ? AND ? ORDER BY id`,
    ...[now - 60 * minute, now + 120 * minute],
  )
  const mine = sim.draw.one(rows)
  if (!mine) return
  const { office, code } = mine
  const ready = sim.draw.hits(0.3)
  const about = { office, code, ready: ready ? 1 : 0 }
  atKiosk(sim, office)("check_in", about, async (tx, kiosk) => {
    return (await checkIn(tx, kiosk, { office, by: { code }, lang: "ar", ready })).ticket
  })
}

async function walkIn(sim: Simulation): Promise<void> {
  const office = sim.draw.one(halls) ?? "RUH-RML"
  const service = sim.draw.one(servicesOf[office]) ?? ""
  const person = sim.draw.one(sim.world.citizens) ?? null
  const isOpen = await sim.isOpen(office)
  if (!isOpen && sim.draw.hits(0.95)) return
  atKiosk(sim, office)("walk_in", { office, service, person }, (tx, kiosk) =>
    issueTicket(tx, kiosk, { office, service, person, holder: person, lang: "ar" }),
  )
}

function wait(sim: Simulation): void {
  const mine = sim.draw.one(
    sim.rows<{ id: string; office: string; person: string; state: string }>(
      "SELECT id, office, person, state FROM ticket WHERE live = 1 AND person IS NOT NULL AND office <> 'RUH-VID' ORDER BY id",
    ),
  )
  if (!mine) return
  const { id, office, state } = mine
  const ask = asking<Citizen>(sim, { kind: "citizen", id: mine.person }, office)
  if (state === "early" || state === "away" || state === "absent") {
    ask("ready", { ticket: id }, (tx, me) => ready(tx, me, id))
    return
  }
  const length = sim.draw.whole(1, 20)
  sim.draw.weighted<() => void>([
    [5, () => ask("away", { ticket: id, length }, (tx, me) => away(tx, me, id, length))],
    [2, () => ask("leave", { ticket: id }, (tx, me) => leave(tx, me, id))],
    [2, () => ask("wish", { ticket: id }, (tx, me) => wish(tx, me, id, "female"))],
    [1, () => ask("wish_no_more", { ticket: id }, (tx, me) => wish(tx, me, id, null))],
  ])()
}
