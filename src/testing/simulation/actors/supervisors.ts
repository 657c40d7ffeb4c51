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
import type { Actor } from "../parts.ts"
import type { Simulation } from "../simulation.ts"
import { type OfficeCode, offices, servicesOf } from "../world.ts"
import { type Ask, asking } from "./asking.ts"

/** Supervisors and desks: they answer requests, close days, change hours and take it back, book for people, and tidy up. */
export const supervisors: Actor = {
  name: "supervisors",
  everyMinutes: 12,
  async act(sim) {
    const office = sim.draw.one(offices) ?? "RUH-RML"
    const ask = asking<Staff>(sim, { kind: "staff", id: sim.world.supervisors[office] }, office)
    await sim.draw.weighted(doings)(sim, office, (what, about, turn) => ask(what, { office, ...about }, turn))
  },
}

type Doing = (sim: Simulation, office: OfficeCode, ask: Ask<Staff>) => void | Promise<void>

const answers: Doing = async (sim, office, ask) => {
  const booking = some(sim, "booking WHERE state = 'requested' AND office = ?", office)
  if (!booking) return
  const slot = await staffTime(sim, office)
  sim.draw.weighted<() => void>([
    [6, () => ask("accept", { booking }, (tx, me) => accept(tx, me, booking))],
    [2, () => ask("decline", { booking }, (tx, me) => decline(tx, me, booking, "no"))],
    [3, () => slot && ask("propose", { booking, slot }, (tx, me) => propose(tx, me, booking, slot))],
  ])()
}

const closesDay: Doing = async (sim, office, ask) => {
  const day = await someDay(sim, office)
  ask("close_day", { day }, async (tx, me) => (await closeDay(tx, me, { office, day })).struck.length)
}

const changesHours: Doing = async (sim, office, ask) => {
  const day = await someDay(sim, office)
  const sessions = sim.draw.hits(0.5)
    ? [{ start: office === "BER-OST" ? "22:00" : "10:00", minutes: 180 }]
    : [
        { start: "08:00", minutes: 120 },
        { start: "23:00", minutes: 150 },
      ]
  const change = { office, day, sessions, openOnHoliday: true }
  const about = { day, sessions: JSON.stringify(sessions) }
  ask("change_hours", about, async (tx, me) => (await changeHours(tx, me, change)).struck.length)
}

const restoresDay: Doing = (sim, office, ask) => {
  const rows = sim.rows<{ day: Day }>("SELECT day FROM day_change WHERE office = ? ORDER BY day", office)
  const day = sim.draw.one(rows)?.day
  if (day) ask("restore_day", { day }, async (tx, me) => (await restoreDay(tx, me, { office, day })).restored.length)
}

const booksFor: Doing = async (sim, office, ask) => {
  const slot = await staffTime(sim, office)
  const person = sim.draw.one(sim.world.citizens) ?? ""
  const service = servicesOf[office][0] ?? ""
  if (!slot) return
  ask("book_for", { person, slot }, async (tx, me) => {
    const citizen = await citizenOf(tx, person)
    return citizen && book(tx, citizen, { office, service, slot }, me)
  })
}

const movesFor: Doing = async (sim, office, ask) => {
  const [booking, slot] = [someBooking(sim, office), await staffTime(sim, office)]
  if (booking && slot) ask("move_for", { booking, slot }, (tx, me) => move(tx, me, booking, slot))
}

const cancelsFor: Doing = (sim, office, ask) => {
  const booking = someBooking(sim, office)
  if (booking) ask("cancel_for", { booking }, (tx, me) => cancel(tx, me, booking))
}

const confirmsNeed: Doing = (sim, office, ask) => {
  const ticket = some(sim, "ticket WHERE state IN ('early', 'waiting', 'away') AND office = ?", office)
  if (ticket) ask("confirm_need", { ticket }, (tx, me) => confirmNeed(tx, me, ticket, "infant"))
}

const sendsHome: Doing = (sim, office, ask) => {
  const ticket = some(sim, "ticket WHERE state IN ('waiting', 'absent', 'parked') AND office = ?", office)
  if (ticket && office !== "RUH-VID") ask("leave_for", { ticket }, (tx, me) => leave(tx, me, ticket))
}

const closesCounter: Doing = (sim, office, ask) => {
  const counter = some(sim, "counter WHERE office = ?", office)
  if (counter) ask("close", { counter }, (tx, me) => closeCounter(tx, me, counter, { confirmed: true }))
}

const doings: [number, Doing][] = [
  [40, answers],
  [5, closesDay],
  [6, changesHours],
  [6, restoresDay],
  [18, booksFor],
  [5, movesFor],
  [4, cancelsFor],
  [6, confirmsNeed],
  [2, sendsHome],
  [2, closesCounter],
]

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
  some(sim, "booking WHERE state IN ('requested', 'confirmed') AND office = ?", office)

/** The id of one of these rows. */
const some = (sim: Simulation, of: string, office: string) =>
  sim.draw.one(sim.rows<{ id: string }>(`SELECT id FROM ${of} ORDER BY id`, office))?.id
