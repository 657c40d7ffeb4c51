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
import { type SetupPlan, setUp } from "../../domain/offices/setup.ts"
import { enrol } from "../../domain/people/writes.ts"
import { checkIn, issueTicket } from "../../domain/queue/arrivals.ts"
import { callThis, next } from "../../domain/queue/calling.ts"
import { closeCounter, openCounter } from "../../domain/queue/counters.ts"
import { confirmNeed, leave } from "../../domain/queue/holder.ts"
import { queueView } from "../../domain/queue/reads.ts"
import { finish, serve } from "../../domain/queue/serving.ts"
import { counter as counterRow, ticket as ticketRow } from "../../domain/queue/tickets.ts"
import { wake } from "../../domain/queue/waking.ts"
import type { RealDay, Seat } from "./day.ts"
import { chosenBy, type Hall, helpAfterMinutes, type Policy } from "./hall.ts"
import { midnightOf, openingOf } from "./people.ts"

const office = "RPL-01"
const scopes: Scope[] = [`office:${office}`, "accounts"]

/** The plan of an office that has the day's kinds as lines and its agents as counters. */
export function planOf(day: RealDay, stretch: number): SetupPlan {
  const { from, until } = openingOf(day.seats)
  const kinds = kindsOf(day)
  const mean = (kind: string) => {
    const own = day.callers.filter((caller) => caller.kind === kind && caller.reallyWaited !== null)
    return own.reduce((sum, { serviceSeconds }) => sum + serviceSeconds, 0) / Math.max(1, own.length)
  }
  const named = (text: string) => ({ ar: text, en: text })
  const clock = (seconds: number) =>
    `${String(Math.floor(seconds / 3600)).padStart(2, "0")}:${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")}`
  return {
    look: null,
    agencies: [{ code: "replay", name: named("Replay") }],
    sectors: kinds.map((code) => ({ code, name: named(code) })),
    services: kinds.map((code) => ({
      code: `${code}-01`,
      sector: code,
      name: named(code),
      audience: named("everyone"),
      channels: ["office" as const],
      minutes: Math.max(1, Math.round((mean(code) * stretch) / 60)),
      documents: [],
      feeHalalas: null,
      feeNote: null,
      bookingOnly: false,
      sensitive: false,
    })),
    offices: [
      {
        code: office,
        agency: "replay",
        name: named("Replay"),
        city: null,
        region: null,
        address: named("Replay"),
        zone: "UTC",
        sectors: kinds,
        counters: day.seats.length,
        video: false,
        bookingMode: "instant",
        gridMinutes: 15,
        soonestMinutes: 0,
        furthestDays: 30,
        earlyMinutes: 720,
        releaseMinutesMin: 0,
        releaseMinutesMax: 0,
        hours: [
          {
            layer: "base",
            season: null,
            rrule: "FREQ=DAILY",
            start: clock(from),
            minutes: (until - from) / 60,
            validFrom: null,
            validTo: null,
            bookingOnly: false,
          },
        ],
        lines: kinds.map((code) => ({
          code,
          name: named(code),
          public: day.seats.length,
          staffExtra: 0,
          targetMinutes: 45,
          needTargetMinutes: 10,
          graceMinutes: 15,
        })),
      },
    ],
    seasons: [],
    holidays: [],
  }
}

/** The nine most frequent kinds: a hall has no more lines. */
function kindsOf(day: RealDay): string[] {
  const counts = new Map<string, number>()
  for (const { kind } of day.callers) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 9)
    .map(([kind]) => kind)
}

/** The real turns on a clock that only moves when told: a day in seconds. */
export async function memoryHall(day: RealDay, stretch: number): Promise<Hall> {
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
  const can = { office, capabilities: capabilitiesOf.kiosk }
  let kiosk = mint<Device>({ role: "kiosk", id: "kiosk", ...can })

  await write(async (tx) => {
    await setUp(tx, planOf(day, stretch))
    const id = await addDevice(tx, { office, kind: "kiosk", name: "kiosk" }, "replay", clock.real())
    kiosk = mint<Device>({ role: "kiosk", id, ...can })
  })
  for (const [index] of day.seats.entries()) {
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

  async function choose(counter: number, policy: Exclude<Policy, "due">): Promise<string | null> {
    // Whose booked time has come waits before anybody is chosen.
    await write((tx) => wake(tx, office))
    const { profile } = await counterRow(store, `${office}.${counter}`)
    const { waiting } = await queueView(store, office, clock.office(), 100_000)
    const mine = waiting.filter(({ line }) => profile.some((entry) => entry.line === line))
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

  const lines = new Set(kindsOf(day))
  /** The lines that a seat works on, its main work first; a counter has no more than eight. */
  const workOf = (seat: Seat | undefined) => (seat?.kinds ?? []).filter((kind) => lines.has(kind)).slice(0, 8)
  const served = new Set(day.seats.flatMap(workOf))

  return {
    now: clock.office,
    serves: (kind) => served.has(kind),
    notes: () => [],
    async until(at) {
      if (at > clock.office()) clock.set(at)
    },
    async book(name, kind, at) {
      const citizen = await citizenOf(store, await personOf(name))
      const service = `${kind}-01`
      const offer = await slotsOffered(store, { office, service, from: day.day, days: 1, now: clock.office() })
      const free = offer.days.flatMap(({ slots }) => slots).filter((slot) => slot.free > 0)
      const slot = free.sort((a, b) => Math.abs(a.startsAt - at) - Math.abs(b.startsAt - at))[0]
      if (!slot || !citizen) return null
      const made = await writer.write((tx) => book(tx, citizen, { office, service, slot: slot.id }), {
        scopes: [...scopes, `person:${citizen.id}`],
      })
      return { code: made.code, startsAt: made.startsAt }
    },
    async checkIn(code, hasNeed) {
      try {
        const { ticket } = await write((tx) =>
          checkIn(tx, kiosk, { office, by: { code }, lang: "ar", need: hasNeed ? "disability" : null }),
        )
        if (hasNeed) await need(ticket.id)
        return { ticket: ticket.id, due: (await ticketRow(store, ticket.id)).due }
      } catch (thrown) {
        if (isRefusal(thrown)) return null
        throw thrown
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
        return { ticket: made.id, due: made.due }
      } catch (thrown) {
        if (!isRefusal(thrown)) throw thrown
        const { alternatives } = thrown.details
        return { refused: thrown.code, offered: Array.isArray(alternatives) ? alternatives.length : 0 }
      }
    },
    async openCounter(counter) {
      const work = workOf(day.seats[counter - 1])
      const profile = work.map((line, index) => ({ line, handicap: index === 0 ? 0 : helpAfterMinutes }))
      // An empty profile would be the counter's own, which is every line.
      if (profile.length === 0) return
      await write((tx) => openCounter(tx, agentAt(counter), `${office}.${counter}`, profile))
    },
    async closeCounter(counter) {
      await write((tx) => closeCounter(tx, agentAt(counter), `${office}.${counter}`, { confirmed: true }))
    },
    async next(counter, policy) {
      if (workOf(day.seats[counter - 1]).length === 0) return null
      const agent = agentAt(counter)
      const id = `${office}.${counter}`
      if (policy === "due") {
        const called = await write(async (tx) => {
          const row = await next(tx, agent, id)
          if (row) await serve(tx, agent, row.id)
          return row
        })
        return called?.id ?? null
      }
      const chosen = await choose(counter, policy)
      if (chosen === null) return null
      await write(async (tx) => {
        await callThis(tx, agent, chosen, id)
        await serve(tx, agent, chosen)
      })
      return chosen
    },
    async finish(counter, ticket) {
      await write((tx) => finish(tx, agentAt(counter), ticket, { outcome: "done" }))
    },
    async leave(ticket) {
      await write((tx) => leave(tx, kiosk, ticket)).catch((thrown: unknown) => {
        if (!isRefusal(thrown)) throw thrown
      })
    },
    async close() {
      await writer.close()
      opened.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
