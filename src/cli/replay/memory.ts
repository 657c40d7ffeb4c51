import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openStore } from "../../../db/open.ts"
import { readStore } from "../../../db/store.ts"
import { openWriter, type Scope, type Turn } from "../../../db/write.ts"
import { handClock, machineChance } from "../../base/clock.ts"
import { minute } from "../../base/day.ts"
import { isRefusal } from "../../base/refusal.ts"
import { Keys, makeKeyMaterial } from "../../base/seal.ts"
import { addDevice, capabilitiesOf } from "../../domain/access/devices.ts"
import { citizenOf, staffOf } from "../../domain/access/keys.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { type Device, mint, type Staff } from "../../domain/access/subject.ts"
import { slotsOffered } from "../../domain/availability/reads.ts"
import { book } from "../../domain/bookings/writes.ts"
import { setUp } from "../../domain/offices/setup.ts"
import { enrol } from "../../domain/people/writes.ts"
import { checkIn, issueTicket } from "../../domain/queue/arrivals.ts"
import { callThis, next } from "../../domain/queue/calling.ts"
import { closeCounter, openCounter, waitingIn } from "../../domain/queue/counters.ts"
import { confirmNeed, leave } from "../../domain/queue/holder.ts"
import { queueView } from "../../domain/queue/reads.ts"
import { finish, serve } from "../../domain/queue/serving.ts"
import { endSessions } from "../../domain/queue/session-end.ts"
import { ticket as ticketRow } from "../../domain/queue/tickets.ts"
import { wake } from "../../domain/queue/waking.ts"
import type { RealDay } from "./day.ts"
import { chosenBy, type Hall, type Policy, type SentAway } from "./hall.ts"
import { midnightOf } from "./people.ts"
import { officeCode, planOf } from "./plan.ts"
import { type Settings, usual } from "./settings.ts"
import { openingOf } from "./shifts.ts"

const office = officeCode
const scopes: Scope[] = [`office:${office}`, "accounts"]
/** Nobody books a time that is further from the wished one. */
const awayMax = 60 * minute

/** The real turns on a clock that only moves when told: a day in seconds. */
export async function memoryHall(day: RealDay, stretch: number, settings: Settings = usual): Promise<Hall> {
  const plan = planOf(day, stretch, settings)
  const counters = plan.offices[0]?.counters ?? 0
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "dawr-replay-"))
  const opened = openStore(folder, { create: true })
  const midnight = midnightOf(day)
  const clock = handClock(midnight - 12 * 60 * minute)
  const writer = openWriter(opened.writing, { clock })
  const store = readStore(opened.reading)
  const keys = new Keys(makeKeyMaterial(machineChance))
  const write = <T>(turn: Turn<T>) => writer.write(turn, { scopes })
  const people = new Map<string, string>()
  const staff: Staff[] = []
  const profiles = new Map<number, string[]>()
  const can = { office, capabilities: capabilitiesOf.kiosk }
  let kiosk = mint<Device>({ role: "kiosk", id: "kiosk", ...can })

  await write(async (tx) => {
    await setUp(tx, plan)
    const id = await addDevice(tx, { office, kind: "kiosk", name: "kiosk" }, "replay", clock.real())
    kiosk = mint<Device>({ role: "kiosk", id, ...can })
  })
  for (let index = 1; index <= counters; index++) {
    const id = await write((tx) =>
      addStaff(
        tx,
        {
          login: `a${index}`,
          name: { ar: "a", en: "a" },
          passwordHash: "-",
          role: "agent",
          scopeKind: "office",
          scope: office,
        },
        "replay",
      ),
    )
    const agent = await staffOf(store, id)
    if (agent) staff.push(agent)
  }

  async function personOf(name: string): Promise<string> {
    const known = people.get(name)
    if (known) return known
    const made = await write((tx) => enrol(tx, keys, { kind: "citizen", name: { ar: name, en: name } }))
    people.set(name, made)
    return made
  }

  const agentAt = (counter: number): Staff => {
    const agent = staff[counter - 1]
    if (!agent) throw new RangeError(`there is no counter ${counter}`)
    return agent
  }

  /** Whom a policy other than the house's own calls to a counter that works on these lines. */
  async function choose(lines: readonly string[], policy: Exclude<Policy, "due">): Promise<string | null> {
    const { waiting } = await queueView(store, office, clock.office(), Infinity)
    const mine = waiting.filter(({ line }) => lines.includes(line))
    return chosenBy(
      policy,
      mine.map(({ id, line, arrivedAt, why }) => ({
        ...{ id, line, arrivedAt },
        bookedAt: "bookedAt" in why ? why.bookedAt : null,
      })),
    )
  }

  async function need(ticket: string): Promise<void> {
    await write((tx) => confirmNeed(tx, agentAt(1), ticket, "disability"))
  }

  /** When each early person's time comes. */
  const wakes = new Set<number>()
  /** Somebody has come since the counters last looked. */
  let isNews = false
  const closesAt = midnight + openingOf(day.shifts).until * 1000

  return {
    counters,
    now: clock.office,
    notes: () => [],
    async until(at) {
      const first = Math.min(...wakes)
      if (!isNews && first <= at) {
        wakes.delete(first)
        clock.set(Math.max(first, clock.office()))
        await write((tx) => wake(tx, office))
        isNews = true
      }
      if (isNews) {
        isNews = false
        return true
      }
      if (at > clock.office()) clock.set(at)
      // As the process does it by itself: once the session is over and nobody serves any more, whoever still waits is sent home.
      if (at > closesAt) await write((tx) => endSessions(tx, office))
      return false
    },
    async book(name, kind, at) {
      const citizen = await citizenOf(store, await personOf(name))
      const service = `${kind}-01`
      const offer = await slotsOffered(store, { office, service, from: day.day, days: 1, now: clock.office() })
      const free = offer.days.flatMap(({ slots }) => slots).filter((slot) => slot.free > 0)
      const slot = free.sort((a, b) => Math.abs(a.startsAt - at) - Math.abs(b.startsAt - at))[0]
      if (!slot || !citizen || Math.abs(slot.startsAt - at) > awayMax) return null
      const made = await writer.write((tx) => book(tx, citizen, { office, service, slot: slot.id }), {
        scopes: [...scopes, `person:${citizen.id}`],
      })
      return { code: made.code, startsAt: made.startsAt }
    },
    async checkIn(code, { need: hasNeed, ready }) {
      try {
        const { ticket } = await write((tx) =>
          checkIn(tx, kiosk, { office, by: { code }, lang: "ar", need: hasNeed ? "disability" : null, ready }),
        )
        if (hasNeed) await need(ticket.id)
        if (ticket.wakeAt !== null) wakes.add(ticket.wakeAt)
        isNews = true
        return { ticket: ticket.id, due: (await ticketRow(store, ticket.id)).due }
      } catch (thrown) {
        return sentAway(thrown)
      }
    },
    async walkIn(name, kind, hasNeed) {
      const person = await personOf(name)
      try {
        const made = await write((tx) =>
          issueTicket(tx, hasNeed ? agentAt(1) : kiosk, {
            office,
            service: `${kind}-01`,
            person,
            need: hasNeed ? "disability" : null,
            lang: "ar",
          }),
        )
        isNews = true
        return { ticket: made.id, due: made.due }
      } catch (thrown) {
        return sentAway(thrown)
      }
    },
    async openCounter(counter, kinds) {
      profiles.set(counter, [...kinds])
      const profile = kinds.map((line, index) => ({ line, handicap: index === 0 ? 0 : settings.help }))
      await write((tx) => openCounter(tx, agentAt(counter), `${office}.${counter}`, profile))
      return true
    },
    async closeCounter(counter) {
      await write((tx) => closeCounter(tx, agentAt(counter), `${office}.${counter}`, { confirmed: true }))
    },
    async next(counter, policy) {
      const agent = agentAt(counter)
      const id = `${office}.${counter}`
      const lines = profiles.get(counter) ?? []
      // Nobody presses "next" before an empty hall.
      const counts = await Promise.all(lines.map((line) => waitingIn(store, office, line)))
      if (counts.every((count) => count === 0)) return null
      const chosen = policy === "due" ? null : await choose(lines, policy)
      if (policy !== "due" && chosen === null) return null
      return write(async (tx) => {
        const called = chosen === null ? await next(tx, agent, id) : await callThis(tx, agent, chosen, id)
        if (called) await serve(tx, agent, called.id)
        return called?.id ?? null
      })
    },
    async finish(counter, ticket) {
      await write((tx) => finish(tx, agentAt(counter), ticket, { outcome: "done" }))
    },
    async leave(ticket) {
      await write((tx) => leave(tx, "bearer", ticket)).catch((thrown: unknown) => {
        // The office has closed, and sent everybody home before.
        if (!isRefusal(thrown) || thrown.code !== "wrong_state") throw thrown
      })
    },
    async close() {
      await writer.close()
      opened.close()
      rmSync(folder, { recursive: true, force: true })
      return []
    },
  }
}

/** A refusal as the door says it; anything else is thrown on. */
function sentAway(thrown: unknown): SentAway {
  if (!isRefusal(thrown)) throw thrown
  const { alternatives } = thrown.details
  const starts = (Array.isArray(alternatives) ? alternatives : []).map(({ startsAt }) => Number(startsAt))
  return { code: thrown.code, offered: starts.length, firstOffered: starts.length > 0 ? Math.min(...starts) : null }
}
