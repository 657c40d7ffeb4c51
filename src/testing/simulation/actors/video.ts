import type { Tx } from "../../../../db/write.ts"
import type { Citizen, Staff, Subject } from "../../../domain/access/subject.ts"
import { closeCounter, openCounter } from "../../../domain/queue/counters.ts"
import { away } from "../../../domain/queue/holder.ts"
import { arrive, comeBack, goHome, walkIn } from "../../../domain/visits/arriving.ts"
import { end, goOnWithOthers, hold, resume, sendOn } from "../../../domain/visits/calls.ts"
import { connect, presenceIs } from "../../../domain/visits/participants.ts"
import { answer, ringNext, ringOff, ringOnceMore } from "../../../domain/visits/ringing.ts"
import type { Actor, Asked, Caller } from "../parts.ts"
import { minutes, officeScope, type Simulation } from "../simulation.ts"
import { videoOffice as office, servicesOf } from "../world.ts"

type Ask<S extends Subject> = (what: string, about: Asked["about"], turn: (tx: Tx, me: S) => Promise<unknown>) => void

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
    const ask = asking<Citizen>(sim, { kind: "citizen", id: person })
    const isThere =
      sim.rows("SELECT 1 FROM participant WHERE visit = ? AND subject = ? AND presence = 'online'", id, person).length >
      0
    if (state === "called" && sim.draw.hits(0.8)) {
      return ask("answer", { visit: id }, async (tx, me) => (await answer(tx, me, id)).row.id)
    }
    sim.draw.weighted<() => void>([
      [
        isThere ? 1 : 8,
        () => {
          const page = `page-${sim.draw.whole(1, 1_000_000)}`
          ask(
            "connect",
            { visit: id, page },
            async (tx, me) => (await connect(tx, me, id, { page, tab: "tab", session: page }, isThere)).id,
          )
        },
      ],
      [
        state === "absent" || state === "parked" ? 10 : 2,
        () => ask("come_back", { visit: id }, async (tx, me) => (await comeBack(tx, me, id)).row.id),
      ],
      [1, () => ask("away", { visit: id }, async (tx, me) => (await away(tx, me, id, 5)).id)],
      [1, () => ask("go_home", { visit: id }, async (tx, me) => (await goHome(tx, me, id)).row.id)],
    ])()
  },
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
    const ask = asking<Staff>(sim, { kind: "staff", id: sim.world.agents[office][number - 1] ?? "" })
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
    const id = desk.ticket
    if (id === null) {
      const isLate = !(await sim.isOpen(office))
      if (sim.draw.hits(isLate ? 0.3 : 0.03))
        ask("close", { counter }, (tx, me) => closeCounter(tx, me, counter, { confirmed: true }))
      else ask("ring_next", { counter }, async (tx, me) => (await ringNext(tx, me, counter))?.row.id)
      return
    }
    const [visit] = sim.rows<{ phase: string; state: string }>(
      "SELECT v.phase, t.state FROM visit AS v JOIN ticket AS t ON t.id = v.id WHERE v.id = ?",
      id,
    )
    if (visit?.state === "called") {
      sim.draw.weighted<() => void>([
        [3, () => ask("ring_again", { visit: id }, async (tx, me) => (await ringOnceMore(tx, me, id)).id)],
        [2, () => ask("ring_off", { visit: id }, async (tx, me) => (await ringOff(tx, me, id)).row.id)],
        [8, () => {}],
      ])()
      return
    }
    const isThere =
      sim.rows("SELECT 1 FROM participant WHERE visit = ? AND kind = 'agent' AND presence = 'online'", id).length > 0
    const page = `page-${sim.draw.whole(1, 1_000_000)}`
    const service = sim.draw.one(servicesOf[office]) ?? ""
    sim.draw.weighted<() => void>([
      [
        isThere ? 1 : 10,
        () =>
          ask(
            "connect",
            { visit: id, page },
            async (tx, me) => (await connect(tx, me, id, { page, tab: "tab", session: page }, isThere)).id,
          ),
      ],
      [
        visit?.phase === "interrupted" ? 3 : 10,
        () => ask("end", { visit: id }, async (tx, me) => (await end(tx, me, id, { outcome: "done" })).row.id),
      ],
      [3, () => ask("hold_call", { visit: id }, async (tx, me) => (await hold(tx, me, id)).row.id)],
      [6, () => ask("resume", { visit: id }, async (tx, me) => (await resume(tx, me, id)).row.id)],
      [
        visit?.phase === "interrupted" ? 6 : 1,
        () => ask("go_on", { visit: id }, async (tx, me) => (await goOnWithOthers(tx, me, id)).row.id),
      ],
      [
        1,
        () =>
          ask(
            "send_on",
            { visit: id, service },
            async (tx, me) =>
              (await sendOn(tx, sim.world.keys, me, id, { service, reason: "next_step", note: "note" })).row.id,
          ),
      ],
    ])()
  },
}

async function comeIn(sim: Simulation): Promise<void> {
  const now = sim.now()
  const booked = sim.draw.one(
    sim.rows<{ code: string; person: string }>(
      "SELECT code, person FROM booking WHERE office = ? AND state = 'confirmed' AND starts_at BETWEEN ? AND ? ORDER BY id",
      ...[office, now - minutes(30), now + minutes(25)],
    ),
  )
  if (booked && sim.draw.hits(0.8)) {
    const { code, person } = booked
    const ask = asking<Citizen>(sim, { kind: "citizen", id: person })
    return ask("arrive", { code }, async (tx, me) => (await arrive(tx, me, { code, lang: "ar" })).row.id)
  }
  if (!(await sim.isOpen(office)) || sim.draw.hits(0.5)) return
  const service = sim.draw.one(servicesOf[office]) ?? ""
  const ask = asking<Citizen>(sim, { kind: "citizen", id: sim.draw.one(sim.world.citizens) ?? "" })
  ask("walk_in_video", { service }, async (tx, me) => (await walkIn(tx, me, { office, service, lang: "ar" })).row.id)
}

function asking<S extends Subject>(sim: Simulation, who: Caller): Ask<S> {
  return (what, about, turn) => sim.ask<S>(who, what, about, [...officeScope(office), `person:${who.id}`], turn)
}
