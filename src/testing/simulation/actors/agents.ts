import type { Tx } from "../../../../db/write.ts"
import type { Staff } from "../../../domain/access/subject.ts"
import { callThis, next, recall } from "../../../domain/queue/calling.ts"
import { closeCounter, openCounter, pauseCounter } from "../../../domain/queue/counters.ts"
import { absent, changeService, finish, park, returnTicket, serve } from "../../../domain/queue/serving.ts"
import { transfer } from "../../../domain/queue/transfer.ts"
import { undo } from "../../../domain/queue/undo.ts"
import type { Actor, Asked, Caller } from "../parts.ts"
import { officeScope, type Simulation } from "../simulation.ts"
import { everyScope, type OfficeCode, servicesOf } from "../world.ts"

const halls: OfficeCode[] = ["RUH-RML", "BER-OST"]

interface Desk {
  id: string
  state: string
  ticket: string | null
}

/** Agents in the halls: each looks at the own counter and does what one does next there. */
export const agents: Actor = {
  name: "agents",
  everyMinutes: 2,
  async act(sim) {
    const open: OfficeCode[] = []
    for (const office of halls) if ((await sim.isOpen(office)) || hasWork(sim, office)) open.push(office)
    const office = sim.draw.one(open)
    if (!office) return
    const number = sim.draw.whole(1, sim.world.agents[office].length)
    const who: Caller = { kind: "staff", id: sim.world.agents[office][number - 1] ?? "" }
    const [desk] = sim.rows<Desk>("SELECT id, state, ticket FROM counter WHERE id = ?", `${office}.${number}`)
    if (desk) atDesk(sim, { office, who, desk, isOpen: await sim.isOpen(office) })
  },
}

const hasWork = (sim: Simulation, office: string) =>
  sim.rows("SELECT 1 FROM counter WHERE office = ? AND state <> 'closed' LIMIT 1", office).length > 0

interface At {
  office: OfficeCode
  who: Caller
  desk: Desk
  isOpen: boolean
}

function atDesk(sim: Simulation, at: At): void {
  const { office, who, desk, isOpen } = at
  const ask = (
    what: string,
    about: Asked["about"],
    turn: (tx: Tx, me: Staff) => Promise<unknown>,
    scopes = officeScope(office),
  ) => sim.ask<Staff>(who, what, { counter: desk.id, ...about }, scopes, turn)
  const { draw } = sim
  if (desk.state !== "open") {
    if (isOpen || draw.hits(0.3)) ask("open", {}, (tx, me) => openCounter(tx, me, desk.id))
    return
  }
  if (desk.ticket === null) {
    const aside = any(sim, office, "'parked', 'absent'")
    const waiting = any(sim, office, "'waiting', 'early', 'away'")
    draw.weighted<() => void>([
      [70, () => ask("next", {}, async (tx, me) => (await next(tx, me, desk.id))?.id)],
      [8, () => aside && ask("return", { ticket: aside }, async (tx, me) => (await returnTicket(tx, me, aside)).id)],
      [
        4,
        () =>
          waiting &&
          ask("call_this", { ticket: waiting }, async (tx, me) => (await callThis(tx, me, waiting, desk.id)).id),
      ],
      [4, () => ask("pause", {}, async (tx, me) => (await pauseCounter(tx, me, desk.id)).id)],
      [
        isOpen ? 3 : 20,
        () => ask("close", {}, async (tx, me) => (await closeCounter(tx, me, desk.id, { confirmed: true })).id),
      ],
      [6, () => last(sim, office, ask)],
    ])()
    return
  }
  const id = desk.ticket
  const [held] = sim.rows<{ state: string }>("SELECT state FROM ticket WHERE id = ?", id)
  const service = draw.one(servicesOf["RUH-RML"]) ?? ""
  if (held?.state === "called") {
    draw.weighted<() => void>([
      [60, () => ask("serve", { ticket: id }, async (tx, me) => (await serve(tx, me, id)).id)],
      [12, () => ask("recall", { ticket: id }, async (tx, me) => (await recall(tx, me, id)).id)],
      [15, () => ask("absent", { ticket: id }, async (tx, me) => (await absent(tx, me, id)).id)],
      [8, () => ask("undo", { ticket: id }, async (tx, me) => (await undo(tx, me, id)).id)],
      // Another agent presses at the same moment.
      [5, () => ask("next", {}, async (tx, me) => (await next(tx, me, desk.id))?.id)],
    ])()
    return
  }
  draw.weighted<() => void>([
    [60, () => ask("finish", { ticket: id }, async (tx, me) => (await finish(tx, me, id, { outcome: "done" })).id)],
    [12, () => ask("park", { ticket: id }, async (tx, me) => (await park(tx, me, id)).id)],
    [
      6,
      () =>
        ask("change_service", { ticket: id, service }, async (tx, me) => (await changeService(tx, me, id, service)).id),
    ],
    [
      14,
      () =>
        ask(
          "transfer",
          { ticket: id, service },
          async (tx, me) => (await transfer(tx, me, id, { service, reason: "next_step" })).id,
        ),
    ],
    [
      4,
      () => {
        const there = office === "RUH-RML" ? "BER-OST" : "RUH-RML"
        ask(
          "send",
          { ticket: id, there },
          async (tx, me) => (await transfer(tx, me, id, { service, office: there, reason: "next_step" })).id,
          everyScope,
        )
      },
    ],
    [8, () => ask("undo", { ticket: id }, async (tx, me) => (await undo(tx, me, id)).id)],
  ])()
}

type Ask = (what: string, about: Asked["about"], turn: (tx: Tx, me: Staff) => Promise<unknown>) => void

/** Takes back what was done last on any ticket. */
function last(sim: Simulation, office: string, ask: Ask): void {
  const [row] = sim.rows<{ id: string }>(
    "SELECT id FROM ticket WHERE office = ? AND undo IS NOT NULL ORDER BY id DESC LIMIT 1",
    office,
  )
  if (row) ask("undo", { ticket: row.id }, async (tx, me) => (await undo(tx, me, row.id)).id)
}

function any(sim: Simulation, office: string, states: string): string | undefined {
  return sim.draw.one(
    sim.rows<{ id: string }>(`SELECT id FROM ticket WHERE office = ? AND state IN (${states}) ORDER BY id`, office),
  )?.id
}
