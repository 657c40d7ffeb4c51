import { eq } from "drizzle-orm"
import { type BookingRow, bookingPeople, bookings } from "../../db/schema/bookings.ts"
import { people } from "../../db/schema/people.ts"
import { type CounterRow, counters, type TicketRow, tickets } from "../../db/schema/queue.ts"
import { minute } from "../base/day.ts"
import { bookingCode } from "../base/id.ts"
import { capabilitiesOf } from "../domain/access/devices.ts"
import { type Citizen, type Device, mint, type Staff } from "../domain/access/subject.ts"
import { type CheckingIn, checkIn, issueTicket, type WalkingIn } from "../domain/queue/arrivals.ts"
import { next } from "../domain/queue/calling.ts"
import { openCounter } from "../domain/queue/counters.ts"
import { finish, serve } from "../domain/queue/serving.ts"
import { type TestPlan, testOffice } from "./office.ts"

export type TestHall = Awaited<ReturnType<typeof testHall>>

/** A `testOffice` with people walking in: what a test about the queue says again and again, through the doors that the screens use. */
export async function testHall(plan: TestPlan = {}) {
  const office = await testOffice({ citizens: 200, ...plan })
  const { code, write } = office
  const kiosk = mint<Device>({ role: "kiosk", id: "kiosk", office: code, capabilities: capabilitiesOf.kiosk })
  let walkIns = 0

  return Object.assign(office, {
    kiosk,
    /** A walk-in at the kiosk: a citizen of the plan, or somebody new each time. */
    async walkIn({ who, ...asked }: Partial<WalkingIn> & { who?: Citizen } = {}, by: Device | Staff = kiosk) {
      const person = who?.id ?? null
      const holder = person ?? `somebody-${++walkIns}`
      const usual = { office: code, service: "PAS-01", lang: "ar" as const, person, holder }
      return write((tx) => issueTicket(tx, by, { ...usual, ...asked }))
    },
    /** A booking for a wall time of today, put there as if it had been made days ago. */
    async booked(who: Citizen, time: string, more: Partial<BookingRow> = {}): Promise<BookingRow> {
      const startsAt = office.at(time, more.day ?? office.today)
      return write(async (tx) => {
        const row: BookingRow = {
          id: tx.id(),
          code: bookingCode(tx.chance),
          state: "confirmed",
          person: who.id,
          office: code,
          line: "PAS",
          service: "PAS-01",
          day: office.today,
          startsAt,
          endsAt: startsAt + 15 * minute,
          width: 1,
          length: 1,
          people: 1,
          madeAt: tx.now,
          madeBy: "citizen",
          byProxy: false,
          proposed: false,
          endedAt: null,
          endedBy: null,
          reason: null,
          struckAt: null,
          wants: null,
          ...more,
        }
        await tx.db.insert(bookings).values(row)
        await tx.db.insert(bookingPeople).values({ booking: row.id, person: who.id, service: row.service, open: true })
        return row
      })
    },
    async arrive(booking: BookingRow, asked: Partial<CheckingIn> = {}, by: Device | Staff | Citizen = kiosk) {
      const usual = { office: code, by: { code: booking.code }, lang: "ar" as const }
      return write((tx) => checkIn(tx, by, { ...usual, ...asked }))
    },
    /** Opens the nth counter with its agent, for these lines or its own. */
    async open(number = 1, lines?: string[]): Promise<CounterRow> {
      const profile = lines?.map((line) => ({ line, handicap: 0 })) ?? null
      return write((tx) => openCounter(tx, office.agent(number), office.counter(number), profile))
    },
    async next(number = 1): Promise<TicketRow | null> {
      return write((tx) => next(tx, office.agent(number), office.counter(number)))
    },
    /** The next person, called and at the counter. */
    async serveNext(number = 1): Promise<TicketRow> {
      const called = await write((tx) => next(tx, office.agent(number), office.counter(number)))
      if (!called) throw new Error("nobody may be called")
      return write((tx) => serve(tx, office.agent(number), called.id))
    },
    async done(ticket: TicketRow, number = 1): Promise<TicketRow> {
      return write((tx) => finish(tx, office.agent(number), ticket.id, { outcome: "done" }))
    },
    async ticketNow(id: string): Promise<TicketRow> {
      const [row] = await office.store.db.select().from(tickets).where(eq(tickets.id, id))
      if (!row) throw new Error(`no ticket ${id}`)
      return row
    },
    async counterNow(number = 1): Promise<CounterRow> {
      const [row] = await office.store.db
        .select()
        .from(counters)
        .where(eq(counters.id, office.counter(number)))
      if (!row) throw new Error(`no counter ${number}`)
      return row
    },
    async bookingNow(id: string): Promise<BookingRow> {
      const [row] = await office.store.db.select().from(bookings).where(eq(bookings.id, id))
      if (!row) throw new Error(`no booking ${id}`)
      return row
    },
    /** Moves the clock to a wall time of today, or of another day. */
    time(wall: string, on: string = office.today): void {
      office.clock.set(office.at(wall, on))
    },
    async bornIn(who: Citizen, birthYear: number, numberIndex: string | null = null): Promise<Citizen> {
      await write((tx) => tx.db.update(people).set({ birthYear, numberIndex }).where(eq(people.id, who.id)).then())
      return who
    },
  })
}

/** The wall time in Riyadh of an instant. */
export function riyadh(at: number | null): string {
  return at === null ? "never" : new Date(at + 3 * 60 * minute).toISOString().slice(11, 16)
}
