import { asks, type DemoFile, demoFile, ownFolder, runServer } from "../process.ts"
import type { World } from "./calling.ts"
import { check } from "./check.ts"
import { agent, type Hall, kiosk, person } from "./clients.ts"
import { endOf, thereIn } from "./end.ts"
import { type End, History } from "./history.ts"
import { listener, looked } from "./listeners.ts"

/* The real process, with everybody at it at once, killed again and again in the midst of it. */

export interface Plan {
  seed: number
  /** It is over after so many answers, or so many seconds, whichever is given. */
  answers?: number
  seconds?: number
  /** After how many answers it is killed, each time, more or less. */
  killEvery: number
  persons: number
  tell?: (line: string) => void
}

export interface Outcome {
  faults: string[]
  events: number
  kills: number
  counts: Record<"ok" | "refused" | "unknown" | "hears", number>
  history: History
  end: End
}

const office = "RUH-RML"

export async function runHistory(plan: Plan): Promise<Outcome> {
  const { seed, killEvery, persons, tell = () => {} } = plan
  const folder = ownFolder()
  const chance = seeded(seed)
  const history = new History()

  // Made and gone down once, so that what the demonstration holds can be told from what comes now.
  let server = runServer(folder, { DEMO_CITIZENS: String(persons) })
  const port = new URL(await server.origin()).port
  await server.kill("SIGTERM")
  const before = await thereIn(folder)
  const start = () => {
    server = runServer(folder, { PORT: port })
    return server.origin()
  }
  let origin = start()
  const demo = demoFile(folder)
  const seen = await survey(await origin, demo)

  let answers = 0
  let kills = 0
  let killAt = killEvery
  const until = plan.seconds === undefined ? null : performance.now() + plan.seconds * 1000
  const isOver = () => (until === null ? answers >= (plan.answers ?? 0) : performance.now() >= until)
  const world: World = {
    history,
    chance,
    isOver,
    origin: () => origin,
    answered() {
      answers++
      if (answers < killAt || isOver()) return
      killAt = answers + Math.ceil(killEvery * (0.5 + chance()))
      kills++
      tell(`killed for the ${kills}. time after ${answers} answers`)
      origin = server.kill("SIGKILL").then(start)
    },
  }

  const halls: Hall[] = seen.lines.map((service) => ({ code: office, service, waiting: 0 }))
  const boardToken = demo.boards.find((board) => board.office === office)?.token ?? ""
  const agents = demo.agents.filter((one) => one.office === office)
  const topics = [`board:${office}`]
  const ofAgent = [...topics, ...agents.map(({ counter }) => `counter:${counter}`)]
  const listeners = [
    listener(world, "board", boardToken, topics),
    listener(world, "second board", boardToken, topics),
    ...agents.slice(0, 2).map(({ login, token }) => listener(world, login, token, ofAgent)),
  ]
  const kioskToken = demo.kiosks.find((one) => one.office === office)?.token ?? ""
  await Promise.all([
    ...demo.citizens.slice(0, persons).map((citizen) => person(world, citizen, { code: office, ...seen })),
    ...halls.slice(0, 1).map((hall) => kiosk(world, kioskToken, hall)),
    ...agents.map((one) => agent(world, one, halls[0] ?? { code: office, service: "", waiting: 0 })),
  ])

  // All has been said; what is on the way to the screens arrives.
  const now = await looked(await origin, agents[0]?.token ?? "", ofAgent)
  const isThere = () =>
    listeners.every(({ shows }) => now.every(({ topic, shows: text }) => (shows.get(topic) ?? text) === text))
  for (let tries = 0; tries < 500 && !isThere(); tries++) await Bun.sleep(10)
  for (const one of listeners) one.close()
  await server.kill("SIGKILL")

  const end = { ...(await endOf(folder, before)), topics: now }
  const counts = { ok: 0, refused: 0, unknown: 0, hears: 0 }
  for (const { kind } of history.events) if (kind in counts) counts[kind as keyof typeof counts]++
  return { faults: check(history.events, end), events: history.events.length, kills, counts, history, end }
}

/** Few slots, so that many want the same; services of one slot each, so that a booking is one place. */
async function survey(origin: string, demo: DemoFile) {
  const token = demo.citizens[0]?.token ?? null
  const { body } = await asks(origin, token, `/api/v1/services?office=${office}&channel=office`)
  const all: { code: string; minutes: number | null; bookingOnly: boolean }[] = body.items
  const short = all.filter(({ minutes }) => minutes !== null && minutes <= 15)
  const line = (code: string) => code.split("-")[0]
  const services = short.filter(({ code }) => line(code) === line(short[0]?.code ?? "")).map(({ code }) => code)
  const days = await asks(origin, token, `/api/v1/offices/${office}/slots?service=${services[0]}&days=14`)
  const free: string[] = days.body.days.flatMap((day: { slots: { id: string; free: number }[] }) =>
    day.slots.flatMap(({ id, free }) => (free > 0 ? [id] : [])),
  )
  const lines = all.filter(({ bookingOnly }) => !bookingOnly).map(({ code }) => code)
  return { services, slots: free.slice(-6), lines }
}

/** The same numbers for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
