import { minute } from "../../../base/day.ts"
import type { Citizen, Staff } from "../../../domain/access/subject.ts"
import { closeCounter, openCounter } from "../../../domain/queue/counters.ts"
import { away } from "../../../domain/queue/holder.ts"
import { arrive, comeBack, goHome, walkIn } from "../../../domain/visits/arriving.ts"
import { end, goOnWithOthers, hold, resume, sendOn } from "../../../domain/visits/calls.ts"
import { connect, presenceIs } from "../../../domain/visits/participants.ts"
import { answer, ringNext, ringOff, ringOnceMore } from "../../../domain/visits/ringing.ts"
import type { Actor } from "../parts.ts"
import type { Simulation } from "../simulation.ts"
import { videoOffice as office, officeScope, servicesOf } from "../world.ts"
import { type Ask, asking } from "./asking.ts"

const asCitizen = (sim: Simulation, id: string) => asking<Citizen>(sim, { kind: "citizen", id }, office)
const asStaff = (sim: Simulation, id: string) => asking<Staff>(sim, { kind: "staff", id }, office)

/** People before their cameras: they arrive, answer, are cut off and come back, and go home. */
export const videoVisitors: Actor = {
  name: "video visitors",
  everyMinutes: 2.5,
  async act(sim) {
    const visits = sim.rows<{ id: string; person: string; state: string; phase: string }>(
      `SELECT v.id, v.person, t.state, v.phase FROM visit AS v JOIN ticket AS t ON t.id = v.id WHERE v.over_at IS NULL ORDER BY v.id`,
    )
    const mine = sim.draw.hits(0.75) ? sim.draw.one(visits) : undefined
    if (!mine) return comeIn(sim)
    const { id, state, person } = mine
    const ask = asCitizen(sim, person)
    const about = { visit: id }
    const isThere = sim.rows(`${online} AND subject = ?`, id, person).length > 0
    if (state === "called" && sim.draw.hits(0.8)) return ask("answer", about, (tx, me) => answer(tx, me, id))
    sim.draw.weighted<() => void>([
      [isThere ? 1 : 8, () => connects(ask, id, isThere, newPage(sim))],
      [
        state === "absent" || state === "parked" ? 10 : 2,
        () => ask("come_back", about, (tx, me) => comeBack(tx, me, id)),
      ],
      [1, () => ask("away", about, (tx, me) => away(tx, me, id, 5))],
      [1, () => ask("go_home", about, (tx, me) => goHome(tx, me, id))],
    ])()
  },
}

const online = "SELECT 1 FROM participant WHERE visit = ? AND presence = 'online'"

const newPage = (sim: Simulation) => `page-${sim.draw.whole(1, 1_000_000)}`

function connects<S extends Citizen | Staff>(ask: Ask<S>, visit: string, isThere: boolean, page: string): void {
  const from = { page, tab: "tab", session: page }
  ask("connect", { visit, page }, (tx, me) => connect(tx, me, visit, from, isThere))
}

/** What connections do by themselves: they are lost, come back, or are given up. */
export const connections: Actor = {
  name: "connections",
  everyMinutes: 6,
  async act(sim) {
    const there = sim.rows<{ id: string; presence: string }>(
      "SELECT id, presence FROM participant WHERE presence IN ('online', 'reconnecting') ORDER BY id",
    )
    const one = sim.draw.one(there)
    if (!one) return
    const state = one.presence === "online" ? "reconnecting" : sim.draw.hits(0.5) ? "online" : "gone"
    const own = sim.own("presence", { participant: one.id, state })
    await own.writer
      .write((tx) => presenceIs(tx, one.id, state), { scopes: officeScope(office) })
      .catch((cause: unknown) => own.log.error("presence", { cause }))
  },
}

/** Agents of the video office. */
export const videoAgents: Actor = {
  name: "video agents",
  everyMinutes: 2.5,
  async act(sim) {
    const number = sim.draw.whole(1, sim.world.agents[office].length)
    const ask = asStaff(sim, sim.world.agents[office][number - 1] ?? "")
    const counter = `${office}.${number}`
    const [desk] = sim.rows<{ state: string; ticket: string | null }>(
      "SELECT state, ticket FROM counter WHERE id = ?",
      counter,
    )
    if (!desk) return
    if (desk.state !== "open") {
      if (await sim.isOpen(office)) ask("open", { counter }, (tx, me) => openCounter(tx, me, counter))
      return
    }
    if (desk.ticket !== null) return atVisit(sim, ask, desk.ticket)
    const isLate = !(await sim.isOpen(office))
    if (sim.draw.hits(isLate ? 0.3 : 0.03))
      ask("close", { counter }, (tx, me) => closeCounter(tx, me, counter, { confirmed: true }))
    else ask("ring_next", { counter }, (tx, me) => ringNext(tx, me, counter))
  },
}

function atVisit(sim: Simulation, ask: Ask<Staff>, id: string): void {
  const [visit] = sim.rows<{ phase: string; state: string }>(
    "SELECT v.phase, t.state FROM visit AS v JOIN ticket AS t ON t.id = v.id WHERE v.id = ?",
    id,
  )
  const about = { visit: id }
  if (visit?.state === "called") {
    sim.draw.weighted<() => void>([
      [3, () => ask("ring_again", about, (tx, me) => ringOnceMore(tx, me, id))],
      [2, () => ask("ring_off", about, (tx, me) => ringOff(tx, me, id))],
      [8, () => {}],
    ])()
    return
  }
  const isThere = sim.rows(`${online} AND kind = 'agent'`, id).length > 0
  const isCut = visit?.phase === "interrupted"
  const page = newPage(sim)
  const service = sim.draw.one(servicesOf[office]) ?? ""
  const on = { service, reason: "next_step", note: "note" } as const
  sim.draw.weighted<() => void>([
    [isThere ? 1 : 10, () => connects(ask, id, isThere, page)],
    [isCut ? 3 : 10, () => ask("end", about, (tx, me) => end(tx, me, id, { outcome: "done" }))],
    [3, () => ask("hold_call", about, (tx, me) => hold(tx, me, id))],
    [6, () => ask("resume", about, (tx, me) => resume(tx, me, id))],
    [isCut ? 6 : 1, () => ask("go_on", about, (tx, me) => goOnWithOthers(tx, me, id))],
    [1, () => ask("send_on", { ...about, service }, (tx, me) => sendOn(tx, sim.world.keys, me, id, on))],
  ])()
}

async function comeIn(sim: Simulation): Promise<void> {
  const now = sim.now()
  const booked = sim.draw.one(
    sim.rows<{ code: string; person: string }>(
      "SELECT code, person FROM booking WHERE office = ? AND state = 'confirmed' AND starts_at BETWEEN ? AND ? ORDER BY id",
      ...[office, now - 30 * minute, now + 25 * minute],
    ),
  )
  if (booked && sim.draw.hits(0.8)) {
    const { code, person } = booked
    return asCitizen(sim, person)("arrive", { code }, (tx, me) => arrive(tx, me, { code, lang: "ar" }))
  }
  if (!(await sim.isOpen(office)) || sim.draw.hits(0.5)) return
  const service = sim.draw.one(servicesOf[office]) ?? ""
  const ask = asCitizen(sim, sim.draw.one(sim.world.citizens) ?? "")
  ask("walk_in_video", { service }, (tx, me) => walkIn(tx, me, { office, service, lang: "ar" }))
}
