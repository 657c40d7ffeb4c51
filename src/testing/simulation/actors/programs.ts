import { dayIn } from "../../../base/time.ts"
import { revokeKey } from "../../../domain/access/integrators.ts"
import { makeKey } from "../../../domain/access/keys.ts"
import type { Citizen, Staff } from "../../../domain/access/subject.ts"
import { hold } from "../../../domain/availability/holds.ts"
import { slotsOffered } from "../../../domain/availability/reads.ts"
import type { Actor } from "../parts.ts"
import type { Simulation } from "../simulation.ts"
import { askingEverywhere } from "./asking.ts"

const wanted = { office: "RUH-RML", service: "PAS-01" } as const

/** Programs that act for people by a key, which is taken away while they are at it. */
export const programs: Actor = {
  name: "programs",
  everyMinutes: 60,
  async act(sim) {
    const [key] = sim.rows<{ id: string; subject: string }>(
      "SELECT id, subject FROM api_key WHERE kind = 'citizen' AND revoked_at IS NULL ORDER BY created_at DESC, id LIMIT 1",
    )
    const administrator = askingEverywhere<Staff>(sim, { kind: "staff", id: sim.world.administrators[0] })
    if (!key) {
      const subject = sim.draw.one(sim.world.citizens) ?? ""
      const given = { kind: "citizen" as const, subject, name: "program", scopes: [], demo: false }
      return administrator("make_key", { subject }, async (tx, me) => {
        await makeKey(tx, given, me.id, sim.clock.real())
      })
    }
    await asks(sim, key)
    if (sim.draw.hits(0.7)) {
      administrator("revoke_key", { key: key.id }, async (tx, me) =>
        String(await revokeKey(tx, key.id, me.id, sim.clock.real())),
      )
    }
  },
}

/** Keeps a time for whose program it is. */
async function asks(sim: Simulation, { id }: { id: string }): Promise<void> {
  const asked = { ...wanted, from: dayIn(sim.now(), "Asia/Riyadh"), days: 4, now: sim.now() }
  const slots = (await slotsOffered(sim.store, asked)).days.flatMap((day) => day.slots.filter(({ free }) => free > 0))
  const slot = sim.draw.one(slots)?.id
  if (!slot) return
  askingEverywhere<Citizen>(sim, { kind: "program", id })("hold", { ...wanted, slot }, (tx, me) =>
    hold(tx, me, { ...wanted, slot }),
  )
}
