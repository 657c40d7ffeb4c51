import type { Tx } from "../../../../db/write.ts"
import { approveAndDo, disableStaff } from "../../../domain/access/approvals.ts"
import type { Grant } from "../../../domain/access/roles.ts"
import { ask as askFor, type Wish } from "../../../domain/access/staff-requests.ts"
import type { Staff } from "../../../domain/access/subject.ts"
import { openCounter, pauseCounter } from "../../../domain/queue/counters.ts"
import type { Actor } from "../parts.ts"
import type { Simulation } from "../simulation.ts"
import { type OfficeCode, offices } from "../world.ts"
import { asking, askingEverywhere } from "./asking.ts"

interface Agent {
  id: string
  office: OfficeCode
  counter: string
}

/** Agents are shut out, let in again, and sent to another office, while what they have just asked for is on its way. */
export const personnel: Actor = {
  name: "personnel",
  everyMinutes: 60,
  async act(sim) {
    const all = offices.flatMap((office) =>
      sim.world.agents[office].map((id, index): Agent => ({ id, office, counter: `${office}.${index + 1}` })),
    )
    const astray = all.filter((one) => grantOf(sim, one).scope !== one.office || grantOf(sim, one).isOut)
    const one = sim.draw.one(astray.length > 0 && sim.draw.hits(0.7) ? astray : all)
    if (!one) return
    const { isOut, scope } = grantOf(sim, one)
    if (isOut) return byTwo(sim, one, { kind: "enable", staff: one.id })
    if (scope !== one.office) return byTwo(sim, one, { kind: "grant", staff: one.id, grant: grantIn(one.office) })
    if (sim.draw.hits(0.5)) return shutsOut(sim, one)
    const there = one.office === "RUH-RML" ? "BER-OST" : "RUH-RML"
    byTwo(sim, one, { kind: "grant", staff: one.id, grant: grantIn(there) })
  },
}

const grantIn = (scope: OfficeCode): Grant => ({ role: "agent", scopeKind: "office", scope })

function grantOf(sim: Simulation, { id }: Agent): { scope: string; isOut: boolean } {
  const [row] = sim.rows<{ scope: string; out: number }>(
    "SELECT scope, disabled_at IS NOT NULL AS out FROM staff WHERE id = ?",
    id,
  )
  return { scope: row?.scope ?? "", isOut: row?.out === 1 }
}

function shutsOut(sim: Simulation, one: Agent): void {
  isAtWork(sim, one)
  const ask = asking<Staff>(sim, { kind: "staff", id: sim.world.supervisors[one.office] }, one.office)
  ask("disable", { staff: one.id }, async (tx, me) => (await disableStaff(tx, me, one.id, sim.clock.real())).length)
}

/** One asks, another one approves: what has been asked for already is approved. */
function byTwo(sim: Simulation, one: Agent, wish: Wish): void {
  const [first, second] = sim.world.administrators.map((id) => askingEverywhere<Staff>(sim, { kind: "staff", id }))
  const approve = (request: string) => {
    isAtWork(sim, one)
    const now = sim.clock.real()
    second?.("approve", { request }, (tx, me) => approveAndDo(tx, sim.world.keys, me, request, null, now))
  }
  const [open] = sim.rows<{ id: string }>("SELECT id FROM access_request WHERE subject = ? AND state = 'open'", one.id)
  const about = { kind: wish.kind, staff: one.id }
  const asks = (tx: Tx, me: Staff) => askFor(tx, me, wish, null, sim.clock.real())
  if (open) approve(open.id)
  else first?.("ask_for", about, asks, (reply) => "ok" in reply && approve(reply.ok))
}

/** What the agent is just doing. */
function isAtWork(sim: Simulation, { id, office, counter }: Agent): void {
  const [desk] = sim.rows<{ state: string }>("SELECT state FROM counter WHERE id = ?", counter)
  const ask = asking<Staff>(sim, { kind: "staff", id }, office)
  if (desk?.state === "open") ask("pause", { counter }, (tx, me) => pauseCounter(tx, me, counter))
  else ask("open", { counter }, (tx, me) => openCounter(tx, me, counter))
}
