import type { Tx } from "../../../../db/write.ts"
import { addDays, type Day } from "../../../base/day.ts"
import { dayIn } from "../../../base/time.ts"
import { citizenOf } from "../../../domain/access/keys.ts"
import type { Staff } from "../../../domain/access/subject.ts"
import { slotsOffered } from "../../../domain/availability/reads.ts"
import { changeHours, closeDay, restoreDay } from "../../../domain/bookings/day-changes.ts"
import { accept, decline, propose } from "../../../domain/bookings/requests.ts"
import { book, cancel, move } from "../../../domain/bookings/writes.ts"
import { office as officeWith } from "../../../domain/offices/reads.ts"
import { closeCounter } from "../../../domain/queue/counters.ts"
import { confirmNeed, leave } from "../../../domain/queue/holder.ts"
import type { Actor, Asked, Caller } from "../parts.ts"
import { officeScope, type Simulation } from "../simulation.ts"
import { type OfficeCode, offices, servicesOf } from "../world.ts"

/** Supervisors and desks: they answer requests, close days, change hours and take it back, book for people, and tidy up. */
export const supervisors: Actor = {
  name: "supervisors",
  everyMinutes: 12,
  async act(sim) {
    const office = sim.draw.one(offices) ?? "RUH-RML"
    const who: Caller = { kind: "staff", id: sim.world.supervisors[office] }
    await sim.draw.weighted(doings)(sim, office, (what, about, turn) =>
      sim.ask<Staff>(who, what, { office, ...about }, officeScope(office), turn),
    )
  },
}

type Ask = (what: string, about: Asked["about"], turn: (tx: Tx, me: Staff) => Promise<unknown>) => void
type Doing = (sim: Simulation, office: OfficeCode, ask: Ask) => void | Promise<void>

const doings: [number, Doing][] = [
  [40, answer],
  [
    5,
    async (sim, office, ask) => {
      const day = await someDay(sim, office)
      ask("close_day", { day }, async (tx, me) => (await closeDay(tx, me, { office, day })).struck.length)
    },
  ],
  [
    6,
    async (sim, office, ask) => {
      const day = await someDay(sim, office)
      const sessions = sim.draw.hits(0.5)
        ? [{ start: office === "BER-OST" ? "22:00" : "10:00", minutes: 180 }]
        : [
            { start: "08:00", minutes: 120 },
            { start: "23:00", minutes: 150 },
          ]
      ask(
        "change_hours",
        { day, sessions: JSON.stringify(sessions) },
        async (tx, me) => (await changeHours(tx, me, { office, day, sessions, openOnHoliday: true })).struck.length,
      )
    },
  ],
  [
    6,
    (sim, office, ask) => {
      const day = sim.draw.one(
        sim.rows<{ day: Day }>("SELECT day FROM day_change WHERE office = ? ORDER BY day", office),
      )?.day
      if (day)
        ask("restore_day", { day }, async (tx, me) => (await restoreDay(tx, me, { office, day })).restored.length)
    },
  ],
  [
    18,
    async (sim, office, ask) => {
      const slot = await staffTime(sim, office)
      const person = sim.draw.one(sim.world.citizens) ?? ""
      const service = servicesOf[office][0] ?? ""
      if (!slot) return
      ask("book_for", { person, slot }, async (tx, me) => {
        const citizen = await citizenOf(tx, person)
        return citizen && (await book(tx, citizen, { office, service, slot }, me)).id
      })
    },
  ],
  [
    5,
    async (sim, office, ask) => {
      const [id, slot] = [someBooking(sim, office), await staffTime(sim, office)]
      if (id && slot) ask("move_for", { booking: id, slot }, async (tx, me) => (await move(tx, me, id, slot)).id)
    },
  ],
  [
    4,
    (sim, office, ask) => {
      const id = someBooking(sim, office)
      if (id) ask("cancel_for", { booking: id }, async (tx, me) => (await cancel(tx, me, id)).id)
    },
  ],
  [
    6,
    (sim, office, ask) => {
      const id = someTicket(sim, office, "'early', 'waiting', 'away'")
      if (id) ask("confirm_need", { ticket: id }, async (tx, me) => (await confirmNeed(tx, me, id, "infant")).id)
    },
  ],
  [
    2,
    (sim, office, ask) => {
      const id = someTicket(sim, office, "'waiting', 'absent', 'parked'")
      if (id && office !== "RUH-VID") ask("leave_for", { ticket: id }, async (tx, me) => (await leave(tx, me, id)).id)
    },
  ],
  [
    2,
    (sim, office, ask) => {
      const id = sim.draw.one(
        sim.rows<{ id: string }>("SELECT id FROM counter WHERE office = ? ORDER BY id", office),
      )?.id
      if (id) ask("close", { counter: id }, async (tx, me) => (await closeCounter(tx, me, id, { confirmed: true })).id)
    },
  ],
]

async function answer(sim: Simulation, office: OfficeCode, ask: Ask): Promise<void> {
  const rows = sim.rows<{ id: string }>(
    "SELECT id FROM booking WHERE office = ? AND state = 'requested' ORDER BY id",
    office,
  )
  const id = sim.draw.one(rows)?.id
  if (!id) return
  const slot = await staffTime(sim, office)
  sim.draw.weighted<() => void>([
    [6, () => ask("accept", { booking: id }, async (tx, me) => (await accept(tx, me, id)).id)],
    [2, () => ask("decline", { booking: id }, async (tx, me) => (await decline(tx, me, id, "no")).id)],
    [3, () => slot && ask("propose", { booking: id, slot }, async (tx, me) => (await propose(tx, me, id, slot)).id)],
  ])()
}

async function someDay(sim: Simulation, office: OfficeCode): Promise<Day> {
  const { zone } = await officeWith(sim.store, office)
  return addDays(dayIn(sim.now(), zone), sim.draw.whole(0, 4))
}

async function staffTime(sim: Simulation, office: OfficeCode): Promise<string | null> {
  const { zone } = await officeWith(sim.store, office)
  const service = servicesOf[office][0] ?? ""
  const asked = {
    office,
    service,
    from: dayIn(sim.now(), zone),
    days: sim.draw.whole(1, 3),
    now: sim.now(),
    forStaff: true,
  }
  const all = (await slotsOffered(sim.store, asked)).days.flatMap(({ slots }) => slots)
  return sim.draw.one(all)?.id ?? null
}

const someBooking = (sim: Simulation, office: string) =>
  sim.draw.one(
    sim.rows<{ id: string }>(
      "SELECT id FROM booking WHERE office = ? AND state IN ('requested', 'confirmed') ORDER BY id",
      office,
    ),
  )?.id

const someTicket = (sim: Simulation, office: string, states: string) =>
  sim.draw.one(
    sim.rows<{ id: string }>(`SELECT id FROM ticket WHERE office = ? AND state IN (${states}) ORDER BY id`, office),
  )?.id
