import { and, eq, sql } from "drizzle-orm"
import { staff } from "../../../db/schema/access.ts"
import { counters, type TicketRow, tickets } from "../../../db/schema/queue.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { type Instant, minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { sexOf } from "../access/staff.ts"
import type { Citizen, Staff } from "../access/subject.ts"
import { keepWish } from "../bookings/wishes.ts"
import { service } from "../catalogue/reads.ts"
import { heldTicket } from "./desk.ts"
import { mustBe, passedOver } from "./states.ts"
import { bookedStart, ticket } from "./tickets.ts"

/*
 * Who wishes for a woman at the counter. The wish changes nothing about the place: others' agents pass over the ticket, and the first woman
 * who calls has it where it stands. It is the person's own, to make and to take back as long as nobody has called.
 */

export type Wants = NonNullable<TicketRow["wants"]>

/** Makes the wish, or takes it back. Refuses `wrong_state` once called, `not_found`. */
export async function wish(tx: Tx, citizen: Citizen, ticketId: string, wants: Wants | null): Promise<TicketRow> {
  const before = await heldTicket(tx, citizen, ticketId)
  mustBe(before, "early", "waiting", "away", "absent", "parked")
  if (before.wants === wants) return before
  // What the person said last goes along where the booking becomes another one.
  if (before.booking !== null) await keepWish(tx, before.booking, wants)
  return writeWish(tx, before, wants)
}

/** Writes it and says so; for who has proved that they may. */
export async function writeWish(tx: Tx, before: TicketRow, wants: Wants | null): Promise<TicketRow> {
  await tx.db.update(tickets).set({ wants }).where(eq(tickets.id, before.id))
  await tx.say(before.office, "ticket.wished", { ticket: before.id, wants, subject: before.person })
  return { ...before, wants }
}

/** Refuses `wants_another` to an agent whom the person does not want. */
export async function mustSuit(store: Store, agent: Staff, { wants }: Pick<TicketRow, "wants">): Promise<void> {
  if (wants !== null && (await sexOf(store, agent.id)) !== wants) throw new Refusal("wants_another")
}

/** Who of an office's live tickets has a wish. */
export async function wishesIn(store: Store, office: string): Promise<Set<string>> {
  return new Set((await wishing(store).execute({ office })).map(({ id }) => id))
}

export interface Women {
  /** At an open counter now. */
  atWork: number
  /** When the first of them is probably free; `null` where nobody is at work. Nobody knows who else will wish for her before. */
  freeAt: Instant | null
}

/** The women at those of an office's open counters that serve a line. */
export async function womenAtWork(store: Store, office: string, line: string, now: Instant): Promise<Women> {
  const all = await openCounters(store).execute({ office })
  const rows = all.filter(({ profile }) => profile.some((entry) => entry.line === line))
  let freeAt: Instant | null = null
  for (const row of rows) {
    const held = row.ticket === null ? null : await ticket(store, row.ticket)
    const minutes = held ? ((await service(store, held.service)).minutes ?? 10) * held.people : 0
    const free = held ? Math.max(now + minute, (held.servingAt ?? now) + minutes * minute) : now
    freeAt = Math.min(freeAt ?? free, free)
  }
  return { atWork: rows.length, freeAt }
}

/**
 * Whether the booked time of somebody who waits for a woman has come, and none is at work who could call them: it is the office that is not
 * there for them. So it is for who has gone away for a while, or was not there or set aside when a woman still was.
 */
export async function isLeftWaiting(store: Store, ticket: TicketRow, now: Instant): Promise<boolean> {
  const { wants, booking, state, office, line } = ticket
  if (wants === null || booking === null || !passedOver.includes(state)) return false
  if (((await bookedStart(store, booking)) ?? now) > now) return false
  return (await womenAtWork(store, office, line, now)).atWork === 0
}

const wishing = statement((db) =>
  db
    .select({ id: tickets.id })
    .from(tickets)
    .where(
      and(eq(tickets.office, sql.placeholder("office")), sql`${tickets.live} = 1`, sql`${tickets.wants} is not null`),
    ),
)
const openCounters = statement((db) =>
  db
    .select({ ticket: counters.ticket, profile: counters.profile })
    .from(counters)
    .innerJoin(staff, eq(staff.id, counters.staff))
    .where(
      and(
        eq(counters.office, sql.placeholder("office")),
        sql`${counters.state} = 'open'`,
        sql`${staff.sex} = 'female'`,
      ),
    ),
)
