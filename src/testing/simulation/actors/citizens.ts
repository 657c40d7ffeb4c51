import { dayIn } from "../../../base/time.ts"
import type { Citizen } from "../../../domain/access/subject.ts"
import { hold, releaseHold } from "../../../domain/availability/holds.ts"
import { returnToWaitlist } from "../../../domain/availability/offers.ts"
import { slotsOffered } from "../../../domain/availability/reads.ts"
import { joinWaitlist, leaveWaitlist } from "../../../domain/availability/waitlist.ts"
import { takeOffer } from "../../../domain/bookings/offered.ts"
import { acceptProposal } from "../../../domain/bookings/requests.ts"
import { wishAhead } from "../../../domain/bookings/wishes.ts"
import { book, cancel, move } from "../../../domain/bookings/writes.ts"
import type { Actor, Caller } from "../parts.ts"
import type { Simulation } from "../simulation.ts"
import { type OfficeCode, offices, servicesOf, videoOffice } from "../world.ts"
import { asking } from "./asking.ts"

/** People at home: they look for a time, keep it, book it, think better of it, and wait for a better one. */
export const citizens: Actor = {
  name: "citizens",
  everyMinutes: 5,
  async act(sim) {
    const id = sim.draw.one(sim.world.citizens) ?? ""
    const doing = sim.draw.weighted(doings)
    await doing(sim, { kind: "citizen", id })
  },
}

const doings: [number, (sim: Simulation, who: Caller) => void | Promise<void>][] = [
  [30, books],
  [25, holds],
  [25, confirms],
  [4, releases],
  [14, moves],
  [12, cancels],
  [4, wishes],
  [3, cancelsAnothers],
  [5, acceptsProposal],
  [12, waits],
  [10, takesOffer],
  [3, stopsOrBeginsAgain],
]

const as = asking<Citizen>

async function books(sim: Simulation, who: Caller): Promise<void> {
  const wanted = await wish(sim)
  if (wanted) as(sim, who, wanted.office)("book", { ...wanted }, (tx, me) => book(tx, me, wanted))
}

async function holds(sim: Simulation, who: Caller): Promise<void> {
  const wanted = await wish(sim)
  if (wanted) as(sim, who, wanted.office)("hold", { ...wanted }, (tx, me) => hold(tx, me, wanted))
}

function confirms(sim: Simulation, who: Caller): void {
  // Also one that has run out, or that another page has used.
  const [held] = sim.rows<Held>("SELECT id, office FROM hold WHERE person = ? ORDER BY since DESC LIMIT 1", who.id)
  if (!held) return
  const about = { hold: held.id }
  as(sim, who, held.office)("confirm", about, (tx, me) => book(tx, me, about))
}

function releases(sim: Simulation, who: Caller): void {
  const [held] = sim.rows<Held>("SELECT id, office FROM hold WHERE person = ? AND state = 'live'", who.id)
  if (held) as(sim, who, held.office)("release", { hold: held.id }, (tx, me) => releaseHold(tx, me, held.id))
}

async function moves(sim: Simulation, who: Caller): Promise<void> {
  const mine = own(sim, who)
  const slot = mine && (await freeTime(sim, mine.office as OfficeCode, mine.service, 0.7))
  if (!mine || !slot) return
  as(sim, who, mine.office)("move", { booking: mine.id, slot }, (tx, me) => move(tx, me, mine.id, slot))
}

function cancels(sim: Simulation, who: Caller): void {
  const mine = own(sim, who)
  if (mine) as(sim, who, mine.office)("cancel", { booking: mine.id }, (tx, me) => cancel(tx, me, mine.id))
}

/** Who has booked by video wishes for a woman, or no more. */
function wishes(sim: Simulation, who: Caller): void {
  const [mine] = sim.rows<{ id: string; wants: "female" | null }>(
    "SELECT id, wants FROM booking WHERE office = ? AND person = ? AND state = 'confirmed' ORDER BY id",
    ...[videoOffice, who.id],
  )
  if (!mine) return
  const about = { booking: mine.id, wants: mine.wants === null ? ("female" as const) : null }
  as(sim, who, videoOffice)("wish_ahead", about, (tx, me) => wishAhead(tx, me, mine.id, about.wants))
}

/** Somebody else's booking, whose id has come to them in whatever way. */
function cancelsAnothers(sim: Simulation, who: Caller): void {
  const other = own(sim, { ...who, id: sim.draw.one(sim.world.citizens) ?? "" })
  if (!other || other.person === who.id) return
  as(sim, who, other.office)("cancel_anothers", { booking: other.id }, (tx, me) => cancel(tx, me, other.id))
}

function acceptsProposal(sim: Simulation, who: Caller): void {
  const [asked] = sim.rows<Held>(
    "SELECT id, office FROM booking WHERE person = ? AND state = 'requested' AND proposed",
    who.id,
  )
  if (!asked) return
  as(sim, who, asked.office)("accept_proposal", { booking: asked.id }, (tx, me) => acceptProposal(tx, me, asked.id))
}

function waits(sim: Simulation, who: Caller): void {
  const office = sim.draw.one(offices) ?? "RUH-RML"
  const service = sim.draw.one(servicesOf[office]) ?? ""
  as(sim, who, office)("wait", { office, service }, (tx, me) => joinWaitlist(tx, me, { office, service }))
}

function takesOffer(sim: Simulation, who: Caller): void {
  const [entry] = sim.rows<Held & { person: string }>(
    "SELECT id, office, person FROM waitlist WHERE state = 'offered' ORDER BY place LIMIT 1",
  )
  if (!entry) return
  const them: Caller = { ...who, id: entry.person }
  as(sim, them, entry.office)("take_offer", { entry: entry.id }, (tx, me) => takeOffer(tx, me, entry.id))
}

function stopsOrBeginsAgain(sim: Simulation, who: Caller): void {
  const [wait] = sim.rows<Held & { state: string }>(
    "SELECT id, office, state FROM waitlist WHERE person = ? AND state IN ('waiting', 'offered', 'left') ORDER BY joined_at DESC LIMIT 1",
    who.id,
  )
  if (!wait) return
  const ask = as(sim, who, wait.office)
  const about = { entry: wait.id }
  if (wait.state === "left") ask("wait_again", about, (tx, me) => returnToWaitlist(tx, me, wait.id))
  else ask("stop_waiting", about, (tx, me) => leaveWaitlist(tx, me, wait.id))
}

interface Held {
  id: string
  office: string
}

interface Own extends Held {
  service: string
  person: string
}

function own(sim: Simulation, { id }: Caller): Own | undefined {
  const rows = sim.rows<Own>(
    "SELECT id, office, service, person FROM booking WHERE person = ? AND state IN ('requested', 'confirmed') ORDER BY id",
    id,
  )
  return sim.draw.one(rows)
}

async function wish(sim: Simulation): Promise<{ office: OfficeCode; service: string; slot: string } | null> {
  const office = sim.draw.one(offices) ?? "RUH-RML"
  const service = sim.draw.one(servicesOf[office]) ?? ""
  const slot = await freeTime(sim, office, service, 0.5)
  return slot === null ? null : { office, service, slot }
}

/** A time that the page shows; free ones as often as said, and else whatever stands there: two people look at one page. */
async function freeTime(sim: Simulation, office: OfficeCode, service: string, free: number): Promise<string | null> {
  const now = sim.now()
  const from = dayIn(now, office === "BER-OST" ? "Europe/Berlin" : "Asia/Riyadh")
  const days = sim.draw.weighted([
    [4, 1],
    [4, 2],
    [2, 4],
  ])
  const offer = await slotsOffered(sim.store, { office, service, from, days, now })
  const all = offer.days.flatMap(({ slots }) => slots)
  const wanted = sim.draw.hits(free) ? all.filter((slot) => slot.free > 0) : all
  // Most want the earliest there is, and so they meet.
  return sim.draw.one(sim.draw.hits(0.6) ? wanted.slice(0, 4) : wanted)?.id ?? null
}
