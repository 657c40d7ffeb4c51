import { addDays } from "../../../base/day.ts"
import { dayIn } from "../../../base/time.ts"
import type { Citizen } from "../../../domain/access/subject.ts"
import { slotsOffered } from "../../../domain/availability/reads.ts"
import { book, cancel } from "../../../domain/bookings/writes.ts"
import { askProxy, beginProxyNow, endProxy } from "../../../domain/people/proxies.ts"
import type { Actor } from "../parts.ts"
import type { Simulation } from "../simulation.ts"
import { holderNamed } from "../world.ts"
import { asking } from "./asking.ts"

const office = "RUH-RML"
const service = "RES-01"

/** Somebody acts for others who have said so, and say otherwise while it is being done. */
export const households: Actor = {
  name: "households",
  everyMinutes: 60,
  async act(sim) {
    const giver = sim.draw.one(sim.world.household.givers) ?? ""
    const ask = asking<Citizen>(sim, { kind: "citizen", id: giver }, office)
    const [proxy] = sim.rows<{ id: string }>(
      "SELECT id FROM proxy WHERE giver = ? AND since IS NOT NULL AND ended_at IS NULL",
      giver,
    )
    if (proxy) {
      await actsFor(sim, giver)
      if (sim.draw.hits(0.4)) ask("end_proxy", { proxy: proxy.id }, (tx, me) => endProxy(tx, me.id, proxy.id))
      return
    }
    const acts = ["book" as const, "change" as const]
    const wanted = { ...holderNamed, acts, services: [], until: addDays(dayIn(sim.now(), "Asia/Riyadh"), 90) }
    ask("give_proxy", {}, async (tx, me) => {
      const { id } = await askProxy(tx, sim.world.keys, me.id, wanted)
      return beginProxyNow(tx, me.id, id)
    })
  },
}

/** Books for the giver, or calls off what stands. */
async function actsFor(sim: Simulation, giver: string): Promise<void> {
  const { holder } = sim.world.household
  const ask = asking<Citizen>(sim, { kind: "citizen", id: holder }, office)
  const [standing] = sim.rows<{ id: string }>(
    `SELECT b.id FROM booking AS b JOIN booking_person AS p ON p.booking = b.id
     WHERE b.person = ? AND p.person = ? AND b.state IN ('requested', 'confirmed') ORDER BY b.id LIMIT 1`,
    ...[holder, giver],
  )
  if (standing) {
    const booking = standing.id
    return ask("cancel_as_proxy", { booking, giver }, (tx, me) => cancel(tx, me, booking))
  }
  const asked = { office, service, from: dayIn(sim.now(), "Asia/Riyadh"), days: 4, now: sim.now() }
  const free = (await slotsOffered(sim.store, asked)).days.flatMap(({ slots }) => slots.filter((slot) => slot.free > 0))
  const slot = sim.draw.one(free)?.id
  if (slot) ask("book_as_proxy", { slot, giver }, (tx, me) => book(tx, me, { office, service, slot, for: [giver] }))
}
