import type { Staff } from "../../../domain/access/subject.ts"
import { callThis, next, recall } from "../../../domain/queue/calling.ts"
import { closeCounter, openCounter, pauseCounter } from "../../../domain/queue/counters.ts"
import { absent, changeService, finish, park, returnTicket, serve } from "../../../domain/queue/serving.ts"
import { transfer } from "../../../domain/queue/transfer.ts"
import { undo } from "../../../domain/queue/undo.ts"
import type { Actor, Caller } from "../parts.ts"
import type { Simulation } from "../simulation.ts"
import { halls, type OfficeCode, servicesOf } from "../world.ts"
import { type Ask, asking, askingEverywhere } from "./asking.ts"

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
  const { desk } = at
  if (desk.state !== "open") {
    if (at.isOpen || sim.draw.hits(0.3)) here(sim, at)("open", {}, (tx, me) => openCounter(tx, me, desk.id))
    return
  }
  if (desk.ticket === null) {
    nobodyThere(sim, at)
    return
  }
  const [held] = sim.rows<{ state: string }>("SELECT state FROM ticket WHERE id = ?", desk.ticket)
  const service = sim.draw.one(servicesOf["RUH-RML"]) ?? ""
  if (held?.state === "called") called(sim, at, desk.ticket)
  else serving(sim, at, desk.ticket, service)
}

/** Asks about the own counter. */
function here(sim: Simulation, { who, office, desk }: At): Ask<Staff> {
  const ask = asking<Staff>(sim, who, office)
  return (what, about, turn) => ask(what, { counter: desk.id, ...about }, turn)
}

function nobodyThere(sim: Simulation, at: At): void {
  const { office, desk, isOpen } = at
  const ask = here(sim, at)
  const aside = any(sim, office, "'parked', 'absent'")
  const waiting = any(sim, office, "'waiting', 'early', 'away'")
  sim.draw.weighted<() => void>([
    [70, () => ask("next", {}, (tx, me) => next(tx, me, desk.id))],
    [8, () => aside && ask("return", { ticket: aside }, (tx, me) => returnTicket(tx, me, aside))],
    [4, () => waiting && ask("call_this", { ticket: waiting }, (tx, me) => callThis(tx, me, waiting, desk.id))],
    [4, () => ask("pause", {}, (tx, me) => pauseCounter(tx, me, desk.id))],
    [isOpen ? 3 : 20, () => ask("close", {}, (tx, me) => closeCounter(tx, me, desk.id, { confirmed: true }))],
    [6, () => last(sim, office, ask)],
  ])()
}

function called(sim: Simulation, at: At, id: string): void {
  const ask = here(sim, at)
  const about = { ticket: id }
  sim.draw.weighted<() => void>([
    [60, () => ask("serve", about, (tx, me) => serve(tx, me, id))],
    [12, () => ask("recall", about, (tx, me) => recall(tx, me, id))],
    [15, () => ask("absent", about, (tx, me) => absent(tx, me, id))],
    [8, () => ask("undo", about, (tx, me) => undo(tx, me, id))],
    // Another agent presses at the same moment.
    [5, () => ask("next", {}, (tx, me) => next(tx, me, at.desk.id))],
  ])()
}

function serving(sim: Simulation, at: At, id: string, service: string): void {
  const ask = here(sim, at)
  const about = { ticket: id }
  const there = at.office === "RUH-RML" ? "BER-OST" : "RUH-RML"
  const on = { service, reason: "next_step" } as const
  sim.draw.weighted<() => void>([
    [60, () => ask("finish", about, (tx, me) => finish(tx, me, id, { outcome: "done" }))],
    [12, () => ask("park", about, (tx, me) => park(tx, me, id))],
    [6, () => ask("change_service", { ...about, service }, (tx, me) => changeService(tx, me, id, service))],
    [14, () => ask("transfer", { ...about, service }, (tx, me) => transfer(tx, me, id, on))],
    [
      4,
      () =>
        askingEverywhere<Staff>(sim, at.who)("send", { counter: at.desk.id, ...about, there }, (tx, me) =>
          transfer(tx, me, id, { ...on, office: there }),
        ),
    ],
    [8, () => ask("undo", about, (tx, me) => undo(tx, me, id))],
  ])()
}

/** Takes back what was done last on any ticket. */
function last(sim: Simulation, office: string, ask: Ask<Staff>): void {
  const [row] = sim.rows<{ id: string }>(
    "SELECT id FROM ticket WHERE office = ? AND undo IS NOT NULL ORDER BY id DESC LIMIT 1",
    office,
  )
  if (row) ask("undo", { ticket: row.id }, (tx, me) => undo(tx, me, row.id))
}

function any(sim: Simulation, office: string, states: string): string | undefined {
  return sim.draw.one(
    sim.rows<{ id: string }>(`SELECT id FROM ticket WHERE office = ? AND state IN (${states}) ORDER BY id`, office),
  )?.id
}
