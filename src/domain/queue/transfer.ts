import type { TicketRow } from "../../../db/schema/queue.ts"
import type { Tx } from "../../../db/write.ts"
import { minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Staff } from "../access/subject.ts"
import { type Service, service } from "../catalogue/reads.ts"
import { type Session, sessionAt } from "../offices/hours.ts"
import { type Line, mustServe, type Office, office, sessionsAround } from "../offices/reads.ts"
import { enter } from "./arrivals.ts"
import { bookingDone } from "./booked.ts"
import { mustBeAtHand, ticketHere, workplace } from "./desk.ts"
import { type Place, stepDue } from "./rules.ts"
import { mustBe } from "./states.ts"
import { change, countersOf, letGo, step, uncalled } from "./tickets.ts"
import { writeWish } from "./wishes.ts"

/** `correction`: it was the wrong line, the due stays. `next_step`: the visit goes on elsewhere, due its target from now. */
export type TransferReason = "correction" | "next_step"

export interface Transferring {
  service: string
  /** Another office; left out: this one. */
  office?: string
  reason: TransferReason
}

/**
 * Sends a person on. Inside the office the ticket keeps its number and waits in the service's line. To another office this ticket ends
 * as `transferred` and a new one waits there with the original time of arrival; the turn's scopes name both offices, and the answer is
 * the new ticket.
 *
 * Refuses `target_closed` before anything has changed, `service_not_here`, `booking_only`, `wrong_state`, `not_your_counter`.
 */
export async function transfer(tx: Tx, agent: Staff, ticketId: string, to: Transferring): Promise<TicketRow> {
  const before = await ticketHere(tx, agent, ticketId)
  mustBe(before, "waiting", "called", "serving")
  if (before.state !== "waiting") await mustBeAtHand(tx, agent, before)
  const wanted = await service(tx, to.service)
  const elsewhere = to.office !== undefined && to.office !== before.office
  return elsewhere
    ? toOffice(tx, before, wanted, await office(tx, to.office ?? ""), to.reason)
    : toLine(tx, agent, before, wanted, to.reason)
}

async function toLine(
  tx: Tx,
  agent: Staff,
  before: TicketRow,
  wanted: Service,
  reason: TransferReason,
): Promise<TicketRow> {
  const here = await workplace(tx, agent, "ticket.serve", before.office)
  const line = mustServe(here, wanted)
  const session = sessionAt(await sessionsAround(tx, here, tx.now), tx.now)
  // After hours only a counter that is still open can help; during a session one may open any minute.
  if (!session && !(await isServed(tx, here, line))) throw new Refusal("target_closed", { line: line.code })
  const place = placeFor(tx, before, line, session, reason)
  const moved = { line: line.code, service: wanted.code, due: place.due, dueBy: place.dueBy }
  const fact = await tx.say(before.office, "ticket.transferred", {
    ticket: before.id,
    ...moved,
    reason,
    subject: before.person,
  })
  await letGo(tx, before.id)
  return step(tx, agent, before, { ...uncalled, ...moved, state: "waiting" }, fact)
}

async function toOffice(
  tx: Tx,
  before: TicketRow,
  wanted: Service,
  there: Office,
  reason: TransferReason,
): Promise<TicketRow> {
  const line = mustServe(there, wanted)
  const session = sessionAt(await sessionsAround(tx, there, tx.now), tx.now)
  const minutes = (wanted.minutes ?? 0) * before.people
  if (!session || tx.now + minutes * minute > session.endsAt) {
    throw new Refusal("target_closed", { office: there.code })
  }
  if (wanted.bookingOnly || session.bookingOnly) throw new Refusal("booking_only", { service: wanted.code })
  const place = placeFor(tx, before, line, session, reason)
  // The old ticket ends first: a person has one live ticket a day, in whatever office. It cannot be undone: the other office may have
  // called the person before the agent here has thought better of it.
  await letGo(tx, before.id)
  await bookingDone(tx, before)
  await change(tx, before, { state: "transferred", endedAt: tx.now, live: false, wakeAt: null })
  const after = await enter(tx, there, line, session, place, {
    kind: place.dueBy === "need" ? "need" : "walkin",
    service: wanted.code,
    person: before.person,
    holder: before.holder,
    booking: null,
    people: before.people,
    need: before.need,
    lang: before.lang,
    cameFrom: before.id,
    arrivedAt: before.arrivedAt,
  })
  if (before.wants) await writeWish(tx, after, before.wants)
  await tx.say(before.office, "ticket.transferred", {
    ticket: before.id,
    line: line.code,
    service: wanted.code,
    due: place.due,
    dueBy: place.dueBy,
    reason,
    to: after.id,
    office: there.code,
    subject: before.person,
  })
  return after
}

function placeFor(tx: Tx, before: TicketRow, line: Line, session: Session | null, reason: TransferReason): Place {
  const latest = session?.endsAt ?? Infinity
  if (reason === "correction") return { due: Math.min(before.due, latest), dueBy: before.dueBy, wakeAt: null }
  return { due: session ? stepDue(tx.now, line, session) : tx.now, dueBy: "step", wakeAt: null }
}

async function isServed(tx: Tx, here: Office, line: Line): Promise<boolean> {
  const open = (await countersOf(tx, here.code)).filter(({ state }) => state !== "closed")
  return open.some(({ profile }) => profile.some((entry) => entry.line === line.code))
}
