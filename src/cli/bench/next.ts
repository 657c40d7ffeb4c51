import { join } from "node:path"
import { openStore } from "../../../db/open.ts"
import { readStore } from "../../../db/store.ts"
import { openWriter, type Scope, type Turn } from "../../../db/write.ts"
import { handClock } from "../../base/clock.ts"
import { readDay } from "../../base/day.ts"
import { staffOf } from "../../domain/access/keys.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { type SetupPlan, setUp } from "../../domain/offices/setup.ts"
import { next } from "../../domain/queue/calling.ts"
import { openCounter } from "../../domain/queue/counters.ts"
import { finish, serve } from "../../domain/queue/serving.ts"
import { type Figure, type Part, progress, quantile } from "./figure.ts"
import {
  firstNumber,
  type Hall,
  inFolder,
  insertWaiting,
  office,
  service,
  waitingInserter,
  wideOpen,
} from "./prepare.ts"

export interface Wanted {
  disk: string
  /** How many wait in a full hall; a hundred wait in the other. */
  waiting: number
  calls: number
}

/** Who waits, and what the counter takes. */
interface Setting {
  plan: SetupPlan
  /** The people of other lines. */
  others: { of: Hall["of"]; count: number }
  /** The people whom the counter calls, as many after each call as before. */
  own: { of: Hall["of"]; count: number }
}

/**
 * Milliseconds from "next" to the person being called and on disk, in three halls by turns, so that what disturbs the machine disturbs all
 * of them: a hundred people, so many more, and so many more who all wait for common services while the counter takes three rare ones out of
 * sixty. The rows of those who wait are put there by the bench; the call is the house's own turn, its COMMIT included.
 */
export async function callNext({ disk, waiting, calls }: Wanted): Promise<Part> {
  return inFolder(disk, async (folder) => {
    progress(`next: filling halls with ${waiting} people`)
    const own = [
      { line: "PAS", service },
      { line: "RES", service: "RES-12" },
    ]
    const usual = (count: number): Setting => ({
      plan: wideOpen(),
      others: { of: own, count: 0 },
      own: { of: own, count },
    })
    const halls = [
      await openHall(join(folder, "few"), usual(100)),
      await openHall(join(folder, "many"), usual(waiting)),
      await openHall(join(folder, "rare"), rareOnes(waiting)),
    ]
    const times: number[][] = halls.map(() => [])
    const works: number[] = halls.map(() => 0)
    try {
      // Statements are prepared and pages are read by the first calls.
      for (let call = 0; call < 20; call++) for (const hall of halls) await hall.call()
      for (let call = 0; call < calls; call++) {
        if (call % 250 === 0) progress(`next: call ${call} of ${calls} in each hall`)
        for (const [index, hall] of halls.entries()) {
          const { took, work } = await hall.call()
          times[index]?.push(took)
          works[index] = (works[index] ?? 0) + work / calls
        }
      }
    } finally {
      for (const hall of halls) await hall.close()
    }
    const [few = [], many = [], rare = []] = times
    const [fewWork = 0, manyWork = 0, rareWork = 0] = works
    const names: [string, number[], number][] = [
      [`${waiting} waiting`, many, manyWork],
      [`${waiting} waiting for 57 services, 3 others served`, rare, rareWork],
    ]
    const figures = names.flatMap(([name, all, work]) =>
      [0.5, 0.99].map(
        (share): Figure => ({
          what: `next, ${name}, p${share * 100}`,
          value: quantile(all, share),
          unit: "ms",
          baseline: { what: "with 100 waiting", value: quantile(few, share) },
          work: { value: work, baseline: fewWork },
          ...(share === 0.99 ? { aim: { ratioMost: 2 } } : {}),
        }),
      ),
    )
    return { figures }
  })
}

/** Sixty services with a line each: the hall is full of people for the first fifty-seven, and the counter takes the other three. */
function rareOnes(waiting: number): Setting {
  const plan = wideOpen()
  const codes = Array.from({ length: 60 }, (_, index) => `S${String(index + 1).padStart(2, "0")}`)
  const wanted = (code: string) => ({ line: code, service: `${code}-01` })
  const [sector, offered] = [plan.sectors[0], plan.services.find(({ code }) => code === service)]
  if (!sector || !offered) throw new Error("the demonstration's plan has nothing to go by")
  return {
    plan: {
      ...plan,
      sectors: codes.map((code) => ({ ...sector, code })),
      services: codes.map((code) => ({ ...offered, code: `${code}-01`, sector: code })),
      offices: plan.offices.map((one) => ({
        ...one,
        sectors: codes,
        lines: codes.flatMap((code) => one.lines.slice(0, 1).map((line) => ({ ...line, code }))),
      })),
    },
    others: { of: codes.slice(0, 57).map(wanted), count: waiting },
    own: { of: codes.slice(57).map(wanted), count: 30 },
  }
}

async function openHall(folder: string, { plan, others, own }: Setting) {
  const opened = openStore(folder, { create: true })
  const clock = handClock(Date.parse("2026-11-22T07:00:00Z"))
  const writer = openWriter(opened.writing, { clock })
  const scopes: Scope[] = ["accounts", `office:${office}`]
  const write = <T>(turn: Turn<T>) => writer.write(turn, { scopes })
  await write((tx) => setUp(tx, plan))
  const name = { ar: "ب", en: "b" }
  const staff = { login: "bench", name, passwordHash: "-", role: "agent", scopeKind: "office", scope: office } as const
  const agent = await staffOf(readStore(opened.reading), await write((tx) => addStaff(tx, staff, "bench")))
  const day = readDay("2026-11-22")
  if (!agent || !day) throw new Error("the bench's agent is not there")
  const hall = { office, day, now: clock.office() }
  insertWaiting(opened.writing.raw, { ...hall, of: others.of }, others.count)
  insertWaiting(opened.writing.raw, { ...hall, of: own.of }, own.count, others.count)
  const counter = `${office}.1`
  await write((tx) =>
    openCounter(
      tx,
      agent,
      counter,
      own.of.map(({ line }) => ({ line, handicap: 0 })),
    ),
  )
  const putWaiting = waitingInserter(opened.writing.raw)
  let put = others.count + own.count

  return {
    /** Calls once: how many milliseconds and how many microseconds of processor it took. Afterwards as many wait as before. */
    async call(): Promise<{ took: number; work: number }> {
      clock.advance(1000)
      const [began, spentBefore] = [performance.now(), process.cpuUsage()]
      const called = await write((tx) => next(tx, agent, counter))
      const took = performance.now() - began
      const { user, system } = process.cpuUsage(spentBefore)
      // They were put there in the order in which they are due.
      if (called?.number !== firstNumber + put - own.count) throw new Error("not the person who was to be called")
      await write(async (tx) => {
        await serve(tx, agent, called.id)
        await finish(tx, agent, called.id, { outcome: "done" })
        putWaiting({ ...hall, of: own.of }, put++)
      })
      return { took, work: user + system }
    },
    async close(): Promise<void> {
      await writer.close()
      opened.close()
    },
  }
}
