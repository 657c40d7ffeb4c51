import type { Store } from "../../../db/store.ts"
import type { Scope, Turn, Writer } from "../../../db/write.ts"
import type { handClock } from "../../base/clock.ts"
import { addDays, type Day, hour, type Instant, minute } from "../../base/day.ts"
import { isRefusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import { citizenOf } from "../../domain/access/keys.ts"
import type { Staff, Subject } from "../../domain/access/subject.ts"
import { slotsOffered } from "../../domain/availability/reads.ts"
import { book } from "../../domain/bookings/writes.ts"
import type { Session } from "../../domain/offices/hours.ts"
import { checkIn, issueTicket } from "../../domain/queue/arrivals.ts"
import { next, recall } from "../../domain/queue/calling.ts"
import { openCounter } from "../../domain/queue/counters.ts"
import { absent, finish, park, serve } from "../../domain/queue/serving.ts"

const zone = "Asia/Riyadh"

/** What is told of one office. */
export interface Telling {
  office: string
  counters: number
  /** Services for which people come without a booking, by turns; and with one. */
  walkIns: string[]
  bookings: string[]
  bookedToday: number
  /** Services booked for the coming days. */
  bookedAhead: string[]
  /** For how many hours it has been at work; null: since its opening. */
  lastHours: number | null
  /** A walk-in every so many minutes, and towards the moment. */
  calmEvery: number
  busyEvery: number
}

interface Given {
  writer: Writer
  store: Store
  clock: ReturnType<typeof handClock>
  moment: Instant
  /** The session that is on at the moment. */
  session: Session | null
  kiosk: Subject
  agents: Staff[]
}

interface Seat {
  agent: Staff
  counter: string
  ticket: string | null
  arrivesAt: Instant
  doneAt: Instant
  calls: number
}

/** A day's story with its people in a fixed order: the same moment gives the same morning. */
export class Story {
  readonly #given: Given
  readonly #telling: Telling
  readonly #hall: string[]
  readonly #booked: { code: string; startsAt: Instant; comesAt: Instant }[] = []
  readonly #seats: Seat[] = []
  #walkIns = 0
  #seed: number

  constructor(given: Given, telling: Telling, hall: string[]) {
    this.#given = given
    this.#telling = telling
    this.#hall = hall
    this.#seed = 23 + telling.office.length
  }

  /** When its counters open; null where the office is closed at the moment. */
  get opensAt(): Instant | null {
    const { session, moment } = this.#given
    if (!session) return null
    const { lastHours } = this.#telling
    return lastHours === null ? session.startsAt : Math.max(session.startsAt, moment - lastHours * hour)
  }

  /** Bookings for the rest of this session and the coming days, so that no page of times is blank or untouched. */
  async bookAhead(): Promise<void> {
    const { store, moment, session } = this.#given
    const { office, bookings, bookedToday, bookedAhead } = this.#telling
    const from = dayIn(moment, zone)
    // Today's bookings lie evenly around the moment, so that some have been served, some wait, one is early and some are still to come.
    for (let index = 0; session && index < bookedToday; index++) {
      const service = bookings[index % bookings.length] ?? ""
      await this.#bookFor(service, from, (free) => nearest(free, moment + (index - bookedToday / 2) * 15 * minute))
    }
    for (const code of bookedAhead) {
      for (let ahead = 1; ahead <= 6; ahead++) {
        const { days } = await slotsOffered(store, {
          office,
          service: code,
          from: addDays(from, ahead),
          days: 1,
          now: this.#given.clock.office(),
        })
        const starts = days[0]?.slots ?? []
        for (let index = 0; index < Math.min(3, starts.length) && this.#hall.length > 45; index++) {
          await this.#bookFor(code, addDays(from, ahead), (free) => free[this.#chance(Math.min(10, free.length))])
        }
      }
    }
  }

  async #bookFor(service: string, from: Day, choose: (free: OfferedSlot[]) => OfferedSlot | undefined): Promise<void> {
    const { store, clock } = this.#given
    const { office } = this.#telling
    const offered = await slotsOffered(store, { office, service, from, days: 1, now: clock.office() })
    const slot = choose(offered.days.flatMap(({ slots }) => slots).filter(({ free }) => free > 0))
    const id = this.#hall.shift()
    const citizen = id ? await citizenOf(store, id) : null
    if (!slot || !citizen) return
    const made = await this.#do((tx) => book(tx, citizen, { office, service, slot: slot.id }), citizen.id)
    if (made && dayIn(made.startsAt, zone) === dayIn(this.#given.moment, zone)) {
      const early = 4 + ((this.#booked.length * 7) % 22)
      this.#booked.push({ code: made.code, startsAt: made.startsAt, comesAt: made.startsAt - early * minute })
    }
  }

  /** One minute of the office's day. */
  async live(at: Instant): Promise<void> {
    const { moment, kiosk } = this.#given
    const { office, walkIns, calmEvery, busyEvery } = this.#telling
    const opensAt = this.opensAt
    if (opensAt === null || at < opensAt) return
    if (at === opensAt) await this.#open()
    for (const one of this.#booked.filter(({ comesAt }) => comesAt >= at && comesAt < at + minute)) {
      await this.#do((tx) => checkIn(tx, kiosk, { office, by: { code: one.code }, lang: "ar" }))
    }
    const elapsed = Math.round((at - opensAt) / minute)
    // Towards the moment more come than the counters can take, so that the hall is not empty.
    const everyMinutes = moment - at < 40 * minute ? busyEvery : calmEvery
    const person = elapsed > 2 && elapsed % everyMinutes === 0 ? this.#hall.shift() : undefined
    if (person) {
      const service = walkIns[this.#walkIns++ % walkIns.length] ?? ""
      const visitors = this.#walkIns % 7 === 0 ? 2 : 1
      await this.#do((tx) => issueTicket(tx, kiosk, { office, service, person, people: visitors, lang: "ar" }))
    }
    for (const seat of this.#seats) await this.#work(seat, at, moment)
  }

  async #open(): Promise<void> {
    for (const [index, agent] of this.#given.agents.entries()) {
      const counter = `${this.#telling.office}.${index + 1}`
      await this.#do((tx) => openCounter(tx, agent, counter))
      this.#seats.push({ agent, counter, ticket: null, arrivesAt: 0, doneAt: 0, calls: 0 })
    }
  }

  async #work(seat: Seat, at: Instant, moment: Instant): Promise<void> {
    const { agent } = seat
    const id = seat.ticket
    if (id && seat.arrivesAt > 0 && at >= seat.arrivesAt) {
      await this.#do((tx) => serve(tx, agent, id))
      seat.arrivesAt = 0
    } else if (id && seat.arrivesAt < 0) {
      // Nobody comes: called three times, a minute apart.
      seat.calls++
      if (seat.calls < 3) await this.#do((tx) => recall(tx, agent, id))
      else {
        await this.#do((tx) => absent(tx, agent, id))
        seat.ticket = null
      }
    } else if (id && at >= seat.doneAt && moment - at > 4 * minute) {
      const away = this.#chance(14) === 0
      await this.#do((tx) => (away ? park(tx, agent, id) : finish(tx, agent, id, { outcome: "done" })))
      seat.ticket = null
    }
    if (seat.ticket === null && moment - at > minute) {
      const called = await this.#do((tx) => next(tx, agent, seat.counter))
      if (!called) return
      seat.ticket = called.id
      seat.calls = 1
      const comes = this.#chance(17) !== 0 || moment - at < 12 * minute
      seat.arrivesAt = comes ? at + minute : -1
      seat.doneAt = at + (7 + this.#chance(9)) * minute
    }
  }

  /** A turn of the day; what the house refuses (a full slot, a second ticket) happens to nobody in this story. */
  async #do<T>(turn: Turn<T>, person?: string): Promise<T | null> {
    const scopes: Scope[] = [
      `office:${this.#telling.office}`,
      "accounts",
      ...(person ? [`person:${person}` as const] : []),
    ]
    try {
      return await this.#given.writer.write(turn, { scopes })
    } catch (thrown) {
      if (isRefusal(thrown)) return null
      throw thrown
    }
  }

  /** A whole number below `below`, from a small generator of its own (Numerical Recipes' constants): the demo repeats itself. */
  #chance(below: number): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0
    return below > 0 ? (this.#seed >>> 8) % below : 0
  }
}

interface OfferedSlot {
  id: string
  startsAt: Instant
  free: number
}

/** The free slot that starts nearest to a wished instant. */
function nearest(free: OfferedSlot[], wished: Instant): OfferedSlot | undefined {
  return [...free].sort((a, b) => Math.abs(a.startsAt - wished) - Math.abs(b.startsAt - wished))[0]
}
