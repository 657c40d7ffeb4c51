import { join } from "node:path"
import { connect } from "../../../db/dialect.ts"
import type { Stock } from "./bare-bookings.ts"
import { type Form, findForm, type Known } from "./booking-statements.ts"
import type { Ask } from "./clients/connection.ts"
import type { Load, Loaded } from "./clients/load.ts"
import type { Loop, Looped } from "./clients/statements.ts"
import { beside, type Figure, median, type Part, progress, type Rate } from "./figure.ts"
import { type Citizen, inFolder, office, type Prepared, prepare, service } from "./prepare.ts"
import type { Run } from "./recording.ts"
import {
  type Client,
  type Running,
  spending,
  startBare,
  startBareBookings,
  startClient,
  startHouse,
} from "./running.ts"

export interface Wanted {
  disk: string
  connections: number[]
  /** Bookings of each round. */
  each: number
  rounds: number
  /** Bookings before anything is measured, so that programs are warm and the days' places are there. */
  warmth: number
}

/**
 * Durable bookings a second over HTTP; every one that is counted was answered 201 and is on disk. Beside them, by turns:
 *
 * - a bare Hono route that reads JSON and answers JSON, asked by the same client: what the requests alone cost;
 * - a raw loop over a store of the same making, on the same disk and with the same settings, that runs the statements which one booking
 *   really ran (written down in a server of its own), as many bookings to a COMMIT as the house came to. It leaves out all but SQLite: HTTP,
 *   JSON, rules, rights, ids, hashes of facts, whoever is told; and where a booking reads what it has read before, the loop reads it anew
 *   only if the house did;
 * - the same statements behind a bare Hono route that commits together what comes together and decides nothing: what is left of a server of
 *   one thread that does nothing but HTTP and SQLite.
 */
export async function bookings({ disk, connections, each, rounds, warmth }: Wanted): Promise<Part> {
  return inFolder(disk, async (folder) => {
    progress("bookings: making people and stores")
    const people = connections.length * rounds * each
    const real = await prepare(join(folder, "house"), { citizens: warmth + people })
    const raw = await prepare(join(folder, "raw"), { citizens: warmth + 2 + 2 * people })
    const [recorded, house, bare] = [await recordForm(raw, warmth), await startHouse(real), await startBare()]
    const routed = await startBareBookings()
    const [client, loop] = [startClient("load.ts"), startClient("statements.ts")]
    try {
      const { form, days } = recorded
      const slots = await freeSlots(house.origin)
      await load(client, house, connections[0] ?? 1, real.citizens.slice(0, warmth), slots)
      await load(client, bare, connections[0] ?? 1, real.citizens.slice(0, warmth), slots)
      const figures: Figure[] = []
      let [own, others, kept] = [
        real.citizens.slice(warmth),
        raw.citizens.slice(warmth + 2),
        raw.citizens.slice(warmth + 2 + people),
      ]
      for (const count of connections) {
        const seen = { house: [] as Rate[], bare: [] as Rate[], raw: [] as Rate[], routed: [] as Rate[] }
        const sizes: number[] = []
        for (let round = 1; round <= rounds; round++) {
          progress(`bookings: ${count} connections, round ${round} of ${rounds}`)
          const before = batches(real)
          seen.house.push(await load(client, house, count, own.slice(0, each), slots))
          const batch = Math.max(1, Math.round(each / (batches(real) - before)))
          sizes.push(batch)
          seen.bare.push(await load(client, bare, count, own.slice(0, each), slots))
          seen.raw.push(await runLoop(loop, raw, form, others.slice(0, each), days, batch))
          seen.routed.push(
            await runRouted(client, routed, raw, form, { count, people: kept.slice(0, each), slots, days }),
          )
          own = own.slice(each)
          others = others.slice(each)
          kept = kept.slice(each)
        }
        const what = `durable bookings over HTTP, ${count} connections`
        const loopWhat = `raw SQLite, ${median(sizes)} to a commit`
        figures.push(
          { ...beside(what, seen.house, "bare JSON", seen.bare), aim: aims.get(count) },
          {
            ...beside(what, seen.house, loopWhat, seen.raw),
            aim: { ratioLeast: 0.5 },
            note: `${form.steps.length} statements a booking`,
          },
          beside(what, seen.house, "the same behind a bare route", seen.routed),
        )
      }
      await Promise.all([house.stop(), bare.stop(), routed.stop()])
      return { figures }
    } finally {
      client.close()
      loop.close()
    }
  })
}

const aims = new Map([[64, { least: 3_500 }]])

/** Books with a key of each of these people, and must succeed with all of them. */
async function load(
  client: Client,
  server: Running,
  connections: number,
  people: Citizen[],
  slots: string[],
): Promise<Rate> {
  const asks = people.map((citizen, index) => asking(citizen, slots[index % slots.length] ?? ""))
  const message: Load = { do: "load", origin: server.origin, connections, asks, wanted: 201 }
  const spent = spending(server.pid)
  const { perSecond, refused, firstRefusal } = await client.ask<Loaded>(message)
  if (refused > 0) throw new Error(`${refused} of ${people.length} bookings were refused, first: ${firstRefusal}`)
  return { perSecond, ...spent(people.length) }
}

/** Lays in what the bare route is to keep, and has it kept. */
async function runRouted(
  client: Client,
  routed: Running,
  prepared: Prepared,
  form: Form,
  { count, people, slots, days }: { count: number; people: Citizen[]; slots: string[]; days: readonly number[] },
): Promise<Rate> {
  const message: Stock = { data: prepared.data, form, bookings: knownOfAll(people, days) }
  await routed.ask(message)
  form.counted += people.length
  const before = bookingsIn(prepared)
  const rate = await load(client, routed, count, people, slots)
  const kept = bookingsIn(prepared) - before
  if (kept !== people.length) throw new Error(`the bare route kept ${kept} of ${people.length} bookings`)
  return rate
}

function asking({ token }: Citizen, slot: string): Ask {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" }
  return { method: "POST", path: "/api/v1/bookings", headers, body: JSON.stringify({ office, service, slot }) }
}

interface Slot {
  id: string
  startsAt: string
  free: number
}

async function freeDays(origin: string): Promise<Slot[][]> {
  const answer = await fetch(`${origin}/api/v1/offices/${office}/slots?service=${service}&days=7`)
  const { days } = (await answer.json()) as { days: { slots: Slot[] }[] }
  return days.map(({ slots }) => slots.filter(({ free }) => free > 0))
}

async function freeSlots(origin: string): Promise<string[]> {
  return (await freeDays(origin)).flat().map(({ id }) => id)
}

/** Commits so far: all turns of one have its instant. */
const batches = (prepared: Prepared): number =>
  counted(prepared, "SELECT count(DISTINCT at) AS n FROM fact WHERE stream = ? AND kind = 'booking.made'")

const bookingsIn = (prepared: Prepared): number =>
  counted(prepared, "SELECT count(*) AS n FROM booking WHERE office = ?")

function counted({ data }: Prepared, sql: string): number {
  const { raw } = connect(join(data, "dawr.db"), "read")
  const n = raw.query<{ n: number }, [string]>(sql).get(office)?.n ?? 0
  raw.close()
  return n
}

/** What one booking runs, from two that followed one another in a warm server; and the times of one day at which the loop may book. */
async function recordForm(prepared: Prepared, warmth: number): Promise<{ form: Form; days: number[] }> {
  const server = await startHouse(prepared, "recording.ts")
  const client = startClient("load.ts")
  try {
    // Neither today, which may be over in between, nor tomorrow, which may be today by then.
    const day = (await freeDays(server.origin))[2] ?? []
    const [first, second] = day.slice(day.length / 2)
    if (!first || !second) throw new Error("there is nothing to book")
    await load(
      client,
      server,
      8,
      prepared.citizens.slice(0, warmth),
      day.map(({ id }) => id),
    )
    const record = async (citizen: Citizen | undefined, slot: Slot): Promise<[Run[], Known]> => {
      if (!citizen) throw new Error("nobody is left to book")
      await server.ask("start")
      await load(client, server, 1, [citizen], [slot.id])
      return [(await server.ask("stop")) as Run[], knownOf(citizen, Date.parse(slot.startsAt))]
    }
    const [one, other] = prepared.citizens.slice(warmth)
    const [before, after] = [await record(one, first), await record(other, second)]
    const form = findForm([before[0], after[0]], [before[1], after[1]])
    await server.stop()
    return { form, days: day.map(({ startsAt }) => Date.parse(startsAt)) }
  } finally {
    client.close()
  }
}

function knownOf({ id, token }: Citizen, startsAt: number): Known {
  return { person: id, key: token.split("_")[2] ?? "", startsAt }
}

function knownOfAll(people: readonly Citizen[], times: readonly number[]): Known[] {
  return people.map((citizen, index) => knownOf(citizen, times[index % times.length] ?? 0))
}

async function runLoop(
  client: Client,
  { data }: Prepared,
  form: Form,
  people: Citizen[],
  times: number[],
  batch: number,
): Promise<Rate> {
  const message: Loop = { do: "loop", data, form, bookings: knownOfAll(people, times), batch }
  const { perSecond, work, kept } = await client.ask<Looped>(message)
  if (kept !== people.length) throw new Error(`the raw loop kept ${kept} of ${people.length} bookings`)
  form.counted += people.length
  return { perSecond, work, waited: 0 }
}
