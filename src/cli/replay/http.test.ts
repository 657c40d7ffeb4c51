import { expect, test } from "bun:test"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ownFolder, run } from "../../testing/process.ts"
import { type TestServer, testServer } from "../../testing/server.ts"
import { openBoard } from "./board.ts"
import { readRealDay } from "./day.ts"
import { type DemoKeys, readDemoKeys } from "./demo-file.ts"
import type { Policy } from "./hall.ts"
import { httpHall } from "./http.ts"
import { isUnserved } from "./measure.ts"
import { peopleOf, type Shape } from "./people.ts"
import { report } from "./report.ts"
import { live } from "./run.ts"

const calls = join(import.meta.dir, "made-up-day.csv")
const day = readRealDay(readFileSync(calls, "utf8"), "2026-03-02")
const shape: Shape = { booked: 0.5, stretch: 5, needs: 0.1, ready: 1 }

/** The keys of a test's office as a demonstration writes them down. */
async function keysOf(server: TestServer, { citizens = 8, counters = 3 } = {}): Promise<DemoKeys> {
  const office = server.office.code
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
  const agents = numbers(counters).map(async (number) => ({
    ...{ office, counter: server.office.counter(number) },
    token: (await server.agent(number).token()) ?? "",
  }))
  const people = numbers(citizens).map(async (number) => ({
    id: server.office.citizen(number).id,
    token: (await server.citizen(number).token()) ?? "",
  }))
  return {
    citizens: await Promise.all(people),
    agents: await Promise.all(agents),
    kiosks: [{ office, token: (await server.device("kiosk").token()) ?? "" }],
  }
}

async function playedAt(server: TestServer, keys: DemoKeys, policy: Policy) {
  const plan = { url: server.origin, keys, office: server.office.code, day, speed: 10_000 }
  const { hall, day: fitted } = await httpHall(plan)
  try {
    return { fitted, outcome: await live(hall, fitted, shape, policy) }
  } finally {
    await hall.close()
  }
}

test("a day played over HTTP accounts for everybody and leaves the office as it was found", async () => {
  const server = await testServer({ plan: { soonestMinutes: 0, earlyMinutes: 720 } })
  const keys = await keysOf(server)
  // One counter is at work with somebody in hand, and one person waits.
  const agent = server.agent(1)
  await agent.post(`/api/v1/counters/${server.office.counter(1)}/opening`, { lines: ["PAS"] })
  for (const nationalId of ["1000000008", "1000000016"]) {
    const path = `/api/v1/offices/${server.office.code}/tickets`
    expect((await agent.post(path, { service: "PAS-10", nationalId })).status).toBe(201)
  }
  expect((await agent.post(`/api/v1/counters/${server.office.counter(1)}/next`)).status).toBe(200)
  // Another has lines of its own and is closed.
  const other = server.agent(2)
  const second = server.office.counter(2)
  const own = [
    { line: "RES", handicap: 5 },
    { line: "PAS", handicap: 0 },
  ]
  expect((await other.post(`/api/v1/counters/${second}/opening`, { lines: own })).status).toBe(200)
  expect((await other.post(`/api/v1/counters/${second}/closing`)).status).toBe(200)

  for (const policy of ["due", "booked-first"] as const) {
    const { fitted, outcome } = await playedAt(server, keys, policy)
    const { lived, notes } = outcome
    expect(fitted.shifts).toHaveLength(3)
    expect(lived).toHaveLength(peopleOf(fitted, shape).length)
    const ended = lived.filter(({ calledAt, refused }) => (calledAt === null) !== (refused === null)).length
    expect(ended + lived.filter(isUnserved).length).toBe(lived.length)
    expect(lived.filter(({ calledAt }) => calledAt !== null).length).toBeGreaterThan(lived.length / 2)
    expect(lived.filter((one) => one.class === "booked").length).toBeLessThanOrEqual(keys.citizens.length)
    const text = report([outcome], false)
    if (policy === "due") expect(text).toContain("citizens of the demonstration: 8, each books once")
    expect(text).toContain("bookings that were not to be had")
    expect(text).toContain("agents at work at once: 4; counters here: 3")
    // The board is told over its socket and asks for nothing. It shows the last eight calls, and this day has them all in one moment.
    const [, shown, called] = /over its socket: (\d+) of (\d+), the slowest \d+ ms/.exec(text) ?? []
    expect(Number(called)).toBeGreaterThan(lived.length / 2)
    expect(Number(shown)).toBeGreaterThan(Number(called) / 2)
    if (policy === "due") expect(notes.join()).toContain("people of the office's own who were called in between: 1")

    const queue = (await agent.get(`/api/v1/offices/${server.office.code}/queue`)).body
    expect([queue.items, queue.aside, queue.atCounters]).toEqual([[], [], []])
    const counters = (await agent.get(`/api/v1/offices/${server.office.code}/counters`)).body.items
    expect(counters.map(({ state }: { state: string }) => state === "open")).toEqual([
      true,
      ...Array.from({ length: 7 }, () => false),
    ])
    expect(counters[0].lines).toEqual([{ line: "PAS", handicap: 0 }])
    expect(counters[1].lines).toEqual(own)
    const bookings = await Promise.all(
      keys.citizens.map((_, index) => server.citizen(index + 1).get("/api/v1/bookings")),
    )
    const open = bookings
      .flatMap(({ body }) => body.items)
      .filter(({ state }) => ["confirmed", "arrived"].includes(state))
    expect(open).toEqual([])
  }
  expect(server.bugs).toEqual([])
}, 60_000)

test("only so much of the day is played as the session still has time for", async () => {
  const server = await testServer()
  const keys = await keysOf(server)
  // From ten to half past two at this pace: the day's first four and a half hours.
  const { hall, day: fitted } = await httpHall({ url: server.origin, keys, office: server.office.code, day, speed: 1 })
  await hall.close()
  const from = 8 * 3600
  expect(Math.max(...fitted.callers.map(({ arrivesAt }) => arrivesAt))).toBeLessThan(from + 4.5 * 3600)
  expect(Math.max(...fitted.shifts.map(({ until }) => until))).toBeLessThanOrEqual(from + 4.5 * 3600)
  expect(fitted.callers.length).toBeLessThan(day.callers.length)
  expect(hall.notes().join()).toContain("the session leaves no time")
}, 60_000)

test("a replay that is stopped leaves the office as it was found, and says what that came to", async () => {
  const server = await testServer({ plan: { soonestMinutes: 0, earlyMinutes: 720 } })
  const keys = await keysOf(server)
  const stopping = new AbortController()
  const plan = { url: server.origin, keys, office: server.office.code, day, speed: 600, signal: stopping.signal }
  const { hall, day: fitted } = await httpHall(plan)
  const next = hall.next.bind(hall)
  let called = 0
  hall.next = async (counter, policy) => {
    const ticket = await next(counter, policy)
    if (ticket !== null && ++called === 3) stopping.abort()
    return ticket
  }
  const outcome = await live(hall, fitted, shape, "due", stopping.signal)
  expect(outcome.stoppedAt).toBeLessThan(outcome.closesAt)
  expect(report([outcome], false)).toMatch(/^due .*at \d\d:\d\d$/m)
  const [tidied = ""] = await hall.close()
  expect(tidied).toMatch(/^counters closed: [123]; people who left: \d+; bookings cancelled: [1-8]$/)
  const queue = (await server.agent(1).get(`/api/v1/offices/${server.office.code}/queue`)).body
  expect([queue.items, queue.aside, queue.atCounters]).toEqual([[], [], []])
  const counters = (await server.agent(1).get(`/api/v1/offices/${server.office.code}/counters`)).body.items
  expect(counters.some(({ state }: { state: string }) => state === "open")).toBe(false)
  expect(server.bugs).toEqual([])
}, 60_000)

test("an office that is not there, is closed or has no keys is refused with a sentence", async () => {
  const server = await testServer({ plan: { more: [{ code: "TBK-PAS" }] } })
  const keys = await keysOf(server)
  const plan = { url: server.origin, keys, office: server.office.code, day, speed: 60 }
  await expect(httpHall({ ...plan, office: "NOWHERE" })).rejects.toThrow("there is no office NOWHERE")
  await expect(httpHall({ ...plan, office: "TBK-PAS" })).rejects.toThrow("no kiosk or no agents of TBK-PAS")
  const strangers = { ...keys, agents: keys.agents.map((agent) => ({ ...agent, token: "dawr_nobody" })) }
  await expect(httpHall({ ...plan, keys: strangers })).rejects.toThrow("not those of the process")
  const closed = await testServer({ plan: { now: "2026-11-22T16:00" } })
  await expect(httpHall({ ...plan, url: closed.origin })).rejects.toThrow(
    /RUH-RML is closed; it opens at 2026-11-23T07:30/,
  )
}, 60_000)

test("an address where nobody, or something else, answers is refused with a sentence", async () => {
  const other = Bun.serve({ port: 0, fetch: () => new Response("<html><body>Another house</body></html>") })
  const plan = { keys: { citizens: [], agents: [], kiosks: [] }, office: "RUH-RML", day, speed: 60 }
  try {
    await expect(httpHall({ ...plan, url: "somewhere" })).rejects.toThrow("--url is the address of a running process")
    await expect(httpHall({ ...plan, url: other.url.origin })).rejects.toThrow("is not Dawr")
  } finally {
    await other.stop(true)
  }
  await expect(httpHall({ ...plan, url: other.url.origin })).rejects.toThrow("nobody answers at")
})

test("the command plays in a running process, and says in a sentence what it was not told", async () => {
  const server = await testServer()
  const folder = ownFolder()
  writeFileSync(join(folder, "demo.json"), JSON.stringify(await keysOf(server)))
  expect(() => readDemoKeys(join(folder, "nothing.json"))).toThrow("there is no file")
  const usual = ["--calls", calls, "--day", "2026-03-03", "--url", server.origin]
  const command = (...more: string[]) => run("src/cli/replay.ts", { INIT_CWD: folder }, [...usual, ...more])
  const without = command()
  expect([await without.ended, without.said()]).toEqual([
    65,
    "a running process is named by --url and its keys by --demo, both together\n",
  ])
  const both = command("--demo", "demo.json", "--policy", "all", "--booked", "0.5")
  expect([await both.ended, both.said()]).toEqual([65, expect.stringContaining("play one --policy at a time")])
  const played = command("--demo", "demo.json", "--speed", "10000")
  expect([await played.ended, played.said()]).toEqual([0, expect.stringContaining("played in RUH-RML at 10000 times")])
}, 60_000)

test("Ctrl-C closes the counters of a replay, lets its people go and says so", async () => {
  const server = await testServer({ plan: { soonestMinutes: 0 } })
  const folder = ownFolder()
  const keys = await keysOf(server)
  writeFileSync(join(folder, "demo.json"), JSON.stringify(keys))
  const args = [
    "--calls",
    calls,
    "--day",
    "2026-03-02",
    "--url",
    server.origin,
    "--demo",
    "demo.json",
    "--speed",
    "300",
  ]
  const command = run("src/cli/replay.ts", { INIT_CWD: folder }, args)
  const board = await openBoard(server.origin, keys.kiosks[0]?.token ?? "", server.office.code)
  // The first people have come.
  expect(await board.news(30_000)).toBe(true)
  board.close()
  expect(await command.kill("SIGINT")).toBe(130)
  expect(command.said()).toContain("Stopping: the counters close and the people leave")
  expect(command.said()).toMatch(/Stopped\.\ncounters closed: [123]; people who left: \d+/)
  const queue = (await server.agent(1).get(`/api/v1/offices/${server.office.code}/queue`)).body
  expect([queue.items, queue.aside, queue.atCounters]).toEqual([[], [], []])
}, 60_000)
