import { addDevice, revokeDevice } from "../../../domain/access/devices.ts"
import type { Device, Staff } from "../../../domain/access/subject.ts"
import { issueTicket } from "../../../domain/queue/arrivals.ts"
import type { Actor } from "../parts.ts"
import { halls, servicesOf } from "../world.ts"
import { asking } from "./asking.ts"
import { kioskIn } from "./visitors.ts"

/** A kiosk is taken away while somebody stands before it, and another one is put there. */
export const kiosks: Actor = {
  name: "kiosks",
  everyMinutes: 12,
  async act(sim) {
    const office = sim.draw.one(halls) ?? "RUH-RML"
    if (!(await sim.isOpen(office))) return
    const chief = asking<Staff>(sim, { kind: "staff", id: sim.world.supervisors[office] }, office)
    const device = kioskIn(sim, office)
    if (device === undefined) {
      const wanted = { office, kind: "kiosk" as const, name: "kiosk" }
      return chief("pair_device", { office }, (tx, me) => addDevice(tx, wanted, me.id, sim.clock.real()))
    }
    const service = sim.draw.one(servicesOf[office]) ?? ""
    const person = sim.draw.one(sim.world.citizens) ?? null
    const walkIn = { office, service, person, holder: person, lang: "ar" as const }
    asking<Device>(sim, { kind: "kiosk", id: device }, office)("walk_in", { office, service, person }, (tx, me) =>
      issueTicket(tx, me, walkIn),
    )
    chief("revoke_device", { device }, (tx, me) => revokeDevice(tx, device, me.id, sim.clock.real()))
  },
}
