import type { Store } from "../../../db/store.ts"
import type { Scope, Turn, Writer } from "../../../db/write.ts"
import type { Chance, handClock } from "../../base/clock.ts"
import { addDays, type Day, hour, type Instant, minute } from "../../base/day.ts"
import { isRefusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { dayIn } from "../../base/time.ts"
import { citizenOf, staffOf, subjectOfKey } from "../../domain/access/keys.ts"
import type { Staff, Subject } from "../../domain/access/subject.ts"
import { slotsOffered } from "../../domain/availability/reads.ts"
import { book } from "../../domain/bookings/writes.ts"
import type { Session } from "../../domain/offices/hours.ts"
import { office as officeOf, sessionsAround } from "../../domain/offices/reads.ts"
import { checkIn, issueTicket } from "../../domain/queue/arrivals.ts"
import { next, recall } from "../../domain/queue/calling.ts"
import { openCounter } from "../../domain/queue/counters.ts"
import { absent, finish, park, serve } from "../../domain/queue/serving.ts"
import { shownOffice } from "./moment.ts"
import type { DemoPeople } from "./seed.ts"

interface Given {
  writer: Writer
  store: Store
  clock: ReturnType<typeof handClock>
  keys: Keys
  chance: Chance
  /** Where the clock stands when the morning is over. */
  moment: Instant
  people: DemoPeople
}

const zone = "Asia/Riyadh"
const walkInServices = ["PAS-04", "PAS-10", "RES-11", "PAS-01", "RES-12", "PAS-10", "RES-04", "PAS-08", "RES-13"]
const bookedServices = ["PAS-01", "PAS-03", "RES-11", "PAS-04", "RES-12", "RES-15"]

/**
 * Plays the day so far through the same turns as any real one: people book, come, take numbers, are called and served at two counters,
 * one does not hear the call, one has to fetch a paper. What the demo's screens show is therefore true of its facts.
 */
export async function morning(given: Given): Promise<void> {
  const { store, clock, moment, people } = given
  const here = await officeOf(store, shownOffice)
  const today = dayIn(moment, zone)
  const session = (await sessionsAround(store, here, moment)).find(
    (one) => one.day === today && one.startsAt <= moment && moment < one.endsAt,
  )
  const day = new Story(
    given,
    people.hall.map(({ id }) => id),
  )

  clock.set(Math.max(clock.office(), (session?.startsAt ?? moment) - 2 * hour))
  await day.bookAhead(session ?? null)
  if (session) {
    const kiosk = await subjectOfKey(store, people.kiosks[0]?.token ?? "", clock.office())
    const agents = await Promise.all([0, 1].map((seat) => staffOf(store, people.agents[seat]?.id ?? "")))
    if (kiosk && agents[0] && agents[1]) await day.play(session, kiosk, [agents[0], agents[1]])
  }
  clock.set(moment)
}

/** A day's story with its people in a fixed order: the same moment gives the same morning. */
class Story {
  readonly #given: Given
  readonly #hall: string[]
  readonly #booked: { person: string; code: string; startsAt: Instant }[] = []
  #seed = 20_261_122

  constructor(given: Given, hall: string[]) {
    this.#given = given
    this.#hall = [...hall]
  }

  /** Bookings for the rest of this session and the coming days, so that no page of times is blank or untouched. */
  async bookAhead(session: Session | null): Promise<void> {
    const { store, moment } = this.#given
    const from = dayIn(moment, zone)
    // Today's bookings lie evenly around the moment, so that some have been served, some wait, one is early and some are still to come.
    for (let index = 0; session && index < 24; index++) {
      const service = bookedServices[index % bookedServices.length] ?? "PAS-01"
      await this.#bookFor(service, from, (free) => nearest(free, moment + (index - 12) * 15 * minute))
    }
    for (const code of ["PAS-01", "PAS-04", "RES-11", "RES-12"]) {
      for (let ahead = 1; ahead <= 6; ahead++) {
        const { days } = await slotsOffered(store, {
          office: shownOffice,
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
    const offered = await slotsOffered(store, { office: shownOffice, service, from, days: 1, now: clock.office() })
    const slot = choose(offered.days.flatMap(({ slots }) => slots).filter(({ free }) => free > 0))
    const id = this.#hall.shift()
    const citizen = id ? await citizenOf(store, id) : null
    if (!slot || !citizen) return
    const made = await this.#do((tx) => book(tx, citizen, { office: shownOffice, service, slot: slot.id }), citizen.id)
    if (made && dayIn(made.startsAt, zone) === dayIn(this.#given.moment, zone)) {
      this.#booked.push({ person: citizen.id, code: made.code, startsAt: made.startsAt })
    }
  }

  /** Minute by minute from opening to the moment. */
  async play(session: Session, kiosk: Subject, agents: [Staff, Staff]): Promise<void> {
    const { clock, moment } = this.#given
    const seats = agents.map((agent, index) => ({
      agent,
      counter: `${shownOffice}.${index + 1}`,
      ticket: null as string | null,
      arrivesAt: 0,
      doneAt: 0,
      calls: 0,
    }))
    clock.set(session.startsAt - 5 * minute)
    for (const { agent, counter } of seats) await this.#do((tx) => openCounter(tx, agent, counter))
    const arriving = this.#booked
      .filter(({ startsAt }) => startsAt < moment + 40 * minute)
      .map((one, index) => ({ ...one, at: one.startsAt - (4 + ((index * 7) % 22)) * minute }))
    let walkIns = 0
    for (let at = session.startsAt; at < moment; at += minute) {
      clock.set(at + this.#chance(50) * 1000)
      for (const one of arriving.filter((person) => person.at >= at && person.at < at + minute)) {
        await this.#do((tx) => checkIn(tx, kiosk, { office: shownOffice, by: { code: one.code }, lang: "ar" }))
      }
      const elapsed = (at - session.startsAt) / minute
      const left = (moment - at) / minute
      // Two counters serve about nine people an hour; towards the moment more come than they can take, so that the hall is not empty.
      const everyMinutes = left < 40 ? 4 : 11
      if (elapsed > 2 && elapsed % everyMinutes === 0) {
        const person = this.#hall.shift()
        const service = walkInServices[walkIns++ % walkInServices.length] ?? "PAS-10"
        if (person)
          await this.#do((tx) =>
            issueTicket(tx, kiosk, {
              office: shownOffice,
              service,
              person,
              people: walkIns % 7 === 0 ? 2 : 1,
              lang: "ar",
            }),
          )
      }
      for (const seat of seats) await this.#work(seat, at, moment)
    }
  }

  async #work(
    seat: { agent: Staff; counter: string; ticket: string | null; arrivesAt: Instant; doneAt: Instant; calls: number },
    at: Instant,
    moment: Instant,
  ): Promise<void> {
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
    const scopes: Scope[] = [`office:${shownOffice}`, "accounts", ...(person ? [`person:${person}` as const] : [])]
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
