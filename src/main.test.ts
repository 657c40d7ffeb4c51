import { describe, expect, test } from "bun:test"
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import { sql } from "drizzle-orm"
import { openStore } from "../db/open.ts"
import { slots } from "../db/schema/availability.ts"
import { bookings } from "../db/schema/bookings.ts"
import { asks, demoFile, ownFolder, runServer } from "./testing/process.ts"
import { pages } from "./web/routes.ts"

/** Made once, gone down cleanly, and only ever copied. */
const oneDemo = makeDemo()

async function makeDemo(): Promise<string> {
  const folder = ownFolder()
  const server = runServer(folder)
  await server.origin()
  expect(await server.kill("SIGTERM")).toBe(0)
  return folder
}

/** A folder of one's own with a demo in it that has gone down cleanly. */
async function madeDemo(): Promise<string> {
  const folder = ownFolder()
  cpSync(await oneDemo, folder, { recursive: true })
  return folder
}

/** Begun here and looked at in the last test, because patience takes its time. */
const slowOnes = sendSlowly()

/** Requests that never come to their end: one in its headers, one in its body, one that says nothing. Resolves when all are let go. */
async function sendSlowly() {
  const server = runServer(await madeDemo())
  const origin = await server.origin()
  const begun = [
    "GET / HTTP/1.1\r\nHo",
    "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n",
    "",
  ]
  const closed = begun.map((text) => {
    const socket = connect(Number(new URL(origin).port), "127.0.0.1")
    socket.write(text)
    const drip = setInterval(() => text !== "" && socket.write("s"), 500)
    socket.on("error", () => {})
    return new Promise<void>((resolve) => socket.on("close", () => resolve())).then(() => clearInterval(drip))
  })
  return { server, origin, closed }
}

describe("a start on a new folder", () => {
  test("makes the demonstration as it is documented, and everybody in it can be", async () => {
    const folder = ownFolder()
    const server = runServer(folder, { DEMO_NOW: "2026-11-22T10:00:00+03:00" })
    const origin = await server.origin()
    const demo = demoFile(folder)

    expect(Object.keys(demo)).toEqual([
      "origin",
      "citizens",
      "agents",
      "supervisors",
      "administrators",
      "kiosks",
      "boards",
      "integrators",
    ])
    expect(demo.origin).toBe(origin)
    const citizen = {
      ...{ id: expect.any(String), name: expect.any(String), kind: expect.stringMatching(/^(citizen|resident)$/) },
      ...{ nationalId: expect.stringMatching(/^[12]\d{9}$/), birthYear: expect.any(Number) },
      ...{ birthDay: expect.stringMatching(/^19|20/), birthDayHijri: expect.stringMatching(/^13|14/) },
      ...{
        mobile: expect.stringMatching(/^\+9665\d{8}$/),
        password: expect.any(String),
        recoveryCodes: expect.any(Array),
      },
      ...{ token: expect.stringMatching(/^dawr_demo_/), dependants: expect.any(Array) },
    }
    const staff = {
      ...{ name: expect.any(String), office: expect.any(String), login: expect.any(String) },
      ...{
        password: expect.any(String),
        recoveryCodes: expect.any(Array),
        token: expect.stringMatching(/^dawr_demo_/),
      },
    }
    const device = (kind: string) => ({
      ...{
        office: expect.any(String),
        url: expect.stringMatching(new RegExp(`^${origin}/${kind}/[A-Z0-9-]+\\?key=dawr_demo_`)),
      },
      token: expect.stringMatching(/^dawr_demo_/),
    })
    for (const one of demo.citizens) expect(one).toEqual(citizen)
    for (const one of demo.agents)
      expect(one).toEqual({ ...staff, counter: expect.stringMatching(new RegExp(`^${one.office}\\.\\d+$`)) })
    for (const one of demo.supervisors) expect(one).toEqual(staff)
    for (const one of demo.kiosks) expect(one).toEqual(device("kiosk"))
    for (const one of demo.boards) expect(one).toEqual(device("board"))
    expect(demo.integrators).toEqual([
      { name: expect.any(String), token: expect.stringMatching(/^dawr_demo_/), scopes: expect.any(Array) },
    ])

    expect(demo.citizens).toHaveLength(12)
    expect(demo.citizens.filter(({ kind }) => kind === "citizen")).toHaveLength(6)
    expect(demo.citizens.every(({ kind, nationalId }) => (kind === "citizen") === nationalId.startsWith("1"))).toBe(
      true,
    )
    expect(demo.citizens[0]?.dependants).toEqual(Array(5).fill({ id: expect.any(String), name: expect.any(String) }))
    expect(demo.citizens.slice(1).every(({ dependants }) => dependants.length === 0)).toBe(true)
    expect(new Set(demo.citizens.map(({ nationalId }) => nationalId)).size).toBe(12)
    expect(new Set([...demo.citizens, ...demo.agents, ...demo.supervisors].map(({ password }) => password)).size).toBe(
      1,
    )

    const { body: offices } = await asks(origin, null, "/api/v1/offices")
    const codes = offices.items.map(({ code }: { code: string }) => code).sort()
    for (const list of [demo.supervisors, demo.kiosks, demo.boards]) {
      expect(list.map(({ office }) => office).sort()).toEqual(codes)
    }
    const lead = (office: string) => demo.supervisors.find((one) => one.office === office)?.token ?? null
    for (const office of ["RUH-RML", "VIR-01"]) {
      const { body } = await asks(origin, lead(office), `/api/v1/offices/${office}/counters`)
      const counters = body.items.map(({ id }: { id: string }) => id).sort()
      expect(demo.agents.flatMap((one) => (one.office === office ? [one.counter] : [])).sort()).toEqual(counters)
      const serving = body.items.filter(({ state }: { state: string }) => state === "open")
      expect(serving).toHaveLength(office === "RUH-RML" ? 2 : 0)
    }
    for (const { token, id } of demo.citizens) {
      expect((await asks(origin, token, "/api/v1/me")).body).toMatchObject({ role: "citizen", id })
      for (const what of ["bookings", "tickets"]) {
        expect((await asks(origin, token, `/api/v1/${what}`)).body.items).toEqual([])
      }
    }
    const roles = [
      [demo.agents, "agent"],
      [demo.supervisors, "supervisor"],
      [demo.kiosks, "kiosk"],
      [demo.boards, "board"],
      [demo.integrators, "integrator"],
    ] as const
    for (const [list, role] of roles) {
      for (const { token } of list) expect((await asks(origin, token, "/api/v1/me")).body).toMatchObject({ role })
    }
    const { body: queue } = await asks(origin, lead("RUH-RML"), "/api/v1/offices/RUH-RML/queue")
    expect(JSON.stringify(queue).length).toBeGreaterThan(200)
    for (const name of readdirSync(join(folder, "data"))) {
      expect([name, statSync(join(folder, "data", name)).mode & 0o077]).toEqual([name, 0])
    }
    await server.kill("SIGTERM")
  })

  test("takes as many citizens as are asked for, half of them nationals", async () => {
    const folder = ownFolder()
    const server = runServer(folder, { DEMO_CITIZENS: "300" })
    const origin = await server.origin()
    const { citizens } = demoFile(folder)
    expect(citizens).toHaveLength(300)
    expect(citizens.filter(({ kind }) => kind === "citizen")).toHaveLength(150)
    expect(new Set(citizens.map(({ nationalId }) => nationalId)).size).toBe(300)
    expect((await asks(origin, citizens[299]?.token ?? "", "/api/v1/me")).status).toBe(200)
    await server.kill("SIGTERM")
  })
})

describe("a demonstration at any hour", () => {
  const moments = {
    "at night": "2026-11-23T03:00:00+03:00",
    "on a Friday morning": "2026-11-27T10:00:00+03:00",
    "on a morning of Ramadan": "2027-02-14T10:30:00+03:00",
    "in the night of Ramadan, past midnight": "2027-02-16T00:30:00+03:00",
    "on the feast after it": "2027-03-10T10:00:00+03:00",
    "just when the office opens": "2026-11-22T07:30:00+03:00",
    "a minute before it closes": "2026-11-22T14:29:00+03:00",
    "just when it closes": "2026-11-22T14:30:00+03:00",
    "in a year of which the calendar knows nothing": "2031-05-04T10:00:00+03:00",
    "on a day that has been": "2020-02-29T10:00:00+03:00",
  }
  for (const [when, moment] of Object.entries(moments)) {
    test(`${when} it starts, answers, and starts again without its clock going back`, async () => {
      const folder = ownFolder()
      const server = runServer(folder, { DEMO_NOW: moment })
      const origin = await server.origin()
      const { supervisors, citizens } = demoFile(folder)
      const lead = supervisors.find(({ office }) => office === "RUH-RML")?.token ?? ""
      for (const path of ["/sign-in", "/healthz", "/readyz", "/api/v1/offices", "/api/v1/services"]) {
        expect([path, (await asks(origin, null, path)).status]).toEqual([path, 200])
      }
      const hasHome = pages.some(({ path }) => path === "/")
      expect((await asks(origin, null, "/")).status).toBe(hasHome ? 200 : 404)
      for (const path of ["/api/v1/offices/RUH-RML/queue", "/api/v1/offices/RUH-RML/counters"]) {
        expect([path, (await asks(origin, lead, path)).status]).toEqual([path, 200])
      }
      const at = Date.parse(moment)
      const shown = (text: string) => {
        const clock = /clock reads (.*?) in Riyadh/.exec(text)?.[1] ?? ""
        return Date.parse(`${clock.replace(" at ", " ")} GMT+3`)
      }
      const first = shown(server.said())
      expect(Math.abs(first - at)).toBeLessThan(120_000)
      expect(await server.kill("SIGTERM")).toBe(0)

      const again = runServer(folder)
      const later = await again.origin()
      expect((await asks(later, citizens[0]?.token ?? "", "/api/v1/me")).status).toBe(200)
      const second = shown(again.said())
      expect(second).toBeGreaterThanOrEqual(first)
      const { body: office } = await asks(later, null, "/api/v1/offices/RUH-RML")
      expect([when, office.open]).toEqual([when, true])
      expect(demoFile(folder).origin).toBe(later)
      expect(again.said()).not.toContain('"level":"error"')
      await again.kill("SIGTERM")
    })
  }
})

describe("a start that was cut off while it made the demonstration", () => {
  const folderIn = (folder: string) => join(folder, "data")
  const moments: Record<string, (folder: string) => boolean> = {
    "before there was a key": (folder) => existsSync(join(folderIn(folder), "lock.db")),
    "just after the database was there": (folder) => existsSync(join(folderIn(folder), "dawr.db")),
    "just after the keys were": (folder) => existsSync(`${folderIn(folder)}.keys.json`),
    "in the middle of the people": (folder) => sizeOf(join(folderIn(folder), "dawr.db-wal")) > 400_000,
    "in the middle of the morning": (folder) => sizeOf(join(folderIn(folder), "dawr.db-wal")) > 1_500_000,
    "with everything written but the last word": (folder) => existsSync(join(folderIn(folder), "demo.json")),
  }
  for (const [when, hasCome] of Object.entries(moments)) {
    test(`${when} begins again`, async () => {
      const folder = ownFolder()
      const cut = runServer(folder)
      while (!hasCome(folder) && !cut.isOver()) await Bun.sleep(1)
      expect(await cut.kill("SIGKILL")).toBe("SIGKILL")

      const server = runServer(folder)
      const origin = await server.origin()
      const { citizens, agents } = demoFile(folder)
      expect(citizens).toHaveLength(12)
      for (const token of [citizens[11]?.token, agents[0]?.token]) {
        expect((await asks(origin, token ?? "", "/api/v1/me")).status).toBe(200)
      }
      await server.kill("SIGTERM")
    })
  }
})

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0

describe("going down", () => {
  test("a connection that somebody keeps open holds nobody up, and the store is left whole", async () => {
    const folder = await madeDemo()
    const server = runServer(folder)
    const port = Number(new URL(await server.origin()).port)
    const idle = connect(port, "127.0.0.1")
    idle.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await new Promise((resolve) => idle.once("data", resolve))
    const slow = connect(port, "127.0.0.1")
    slow.write("POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nnumber=")
    await new Promise<void>((resolve) => slow.once("connect", () => resolve()))
    slow.on("error", () => {})
    expect(await server.kill("SIGTERM")).toBe(0)
    expect(sizeOf(join(folder, "data", "dawr.db-wal"))).toBe(0)
    const opened = openStore(join(folder, "data"), { create: false })
    const check = opened.reading.raw.query<{ integrity_check: string }, []>("PRAGMA integrity_check").all()
    opened.close()
    expect(check).toEqual([{ integrity_check: "ok" }])
    idle.destroy()
    slow.destroy()
  })

  test("a successor that comes a little early waits for the folder and takes over", async () => {
    const folder = await madeDemo()
    // Held as a predecessor holds it that is just writing its last. Without waiting, the successor would be gone by the time it is let go.
    const before = openStore(join(folder, "data"), { create: false })
    const after = runServer(folder)
    await Promise.race([after.ended, Bun.sleep(1000)])
    before.close()
    await after.origin()
    expect(await after.kill("SIGTERM")).toBe(0)
  })

  test("killed in the middle of bookings, it has every one that it said yes to, and counts no place twice", async () => {
    const folder = ownFolder()
    const server = runServer(folder, { DEMO_CITIZENS: "60" })
    const origin = await server.origin()
    const { citizens } = demoFile(folder)
    const query = "/api/v1/offices/RUH-RML/slots?service=RES-11&days=10"
    const { body } = await asks(origin, null, query)
    const free: string[] = body.days.flatMap((day: { slots: { id: string; free: number }[] }) =>
      day.slots.flatMap(({ id, free }) => (free > 0 ? [id] : [])),
    )
    expect(free.length).toBeGreaterThan(20)
    const kept: { id: string; token: string }[] = []
    let killed: Promise<number | NodeJS.Signals> | null = null as Promise<number | NodeJS.Signals> | null
    const book = async (token: string, index: number) => {
      const wanted = { office: "RUH-RML", service: "RES-11", slot: free[(index * 7) % free.length] }
      const answer = await asks(origin, token, "/api/v1/bookings", wanted)
      if (answer.status === 201) kept.push({ id: answer.body.id, token })
      if (kept.length === 15) killed ??= server.kill("SIGKILL")
    }
    await Promise.allSettled(
      Array.from({ length: 6 }, async (_, lane) => {
        for (let index = lane; index < citizens.length; index += 6) await book(citizens[index]?.token ?? "", index)
      }),
    )
    expect(await killed).toBe("SIGKILL")
    expect(kept.length).toBeGreaterThanOrEqual(15)

    const again = runServer(folder)
    const later = await again.origin()
    for (const { id, token } of kept) {
      expect((await asks(later, token, `/api/v1/bookings/${id}`)).body).toMatchObject({ id, state: "confirmed" })
    }
    await again.kill("SIGTERM")
    const opened = openStore(join(folder, "data"), { create: false })
    const quarter = 15 * 60_000
    const wrong = await opened.reading.db
      .select({ office: slots.office, line: slots.line, startsAt: slots.startsAt, taken: slots.taken })
      .from(slots)
      .where(
        sql`${slots.taken} <> coalesce((select sum(${bookings.width}) from ${bookings} where ${bookings.office} = ${slots.office}
          and ${bookings.line} = ${slots.line} and ${bookings.state} <> 'cancelled' and ${bookings.startsAt} <= ${slots.startsAt}
          and ${slots.startsAt} < ${bookings.startsAt} + ${bookings.length} * ${quarter}), 0)`,
      )
    const [all] = await opened.reading.db.select({ n: sql<number>`count(*)` }).from(slots)
    opened.close()
    expect(wrong).toEqual([])
    expect(all?.n).toBeGreaterThan(0)
  })
})

describe("what cannot be started says why in a sentence", () => {
  const refused: Record<string, { env?: Record<string, string>; prepare?: (folder: string) => void; says: RegExp }> = {
    "production without https": {
      env: { NODE_ENV: "production", PUBLIC_ORIGIN: "http://front.example.gov" },
      says: /PUBLIC_ORIGIN must begin with https:\/\//,
    },
    "production without an address of its own": {
      env: { NODE_ENV: "production" },
      says: /PUBLIC_ORIGIN must begin with https/,
    },
    "production on a new folder": {
      env: { NODE_ENV: "production", PUBLIC_ORIGIN: "https://front.example.gov" },
      says: /Run "npm run setup" first/,
    },
    "a demonstration in production": {
      env: { NODE_ENV: "production", PUBLIC_ORIGIN: "https://front.example.gov", DEMO: "1" },
      says: /A demo never runs in production/,
    },
    "a new folder that is not to be a demonstration": { env: { DEMO: "0" }, says: /Run "npm run setup" first/ },
    "a range where a proxy's address is meant": {
      env: { TRUSTED_PROXIES: "127.0.0.1, 10.0.0.0/8" },
      says: /TRUSTED_PROXIES must be IP addresses.*10\.0\.0\.0\/8/,
    },
    "a port that is none": { env: { PORT: "many" }, says: /PORT must be a whole number/ },
    "a moment without its offset": {
      env: { DEMO_NOW: "2026-11-22T10:00" },
      says: /DEMO_NOW must be an instant with its offset/,
    },
    "an address with a path": {
      env: { PUBLIC_ORIGIN: "http://localhost:3000/front" },
      says: /scheme, host and port only/,
    },
    "an address that no browser opens": {
      env: { PUBLIC_ORIGIN: "ftp://front.example.gov" },
      says: /scheme, host and port only/,
    },
    "an empty database": { prepare: (folder) => put(folder, ""), says: /dawr\.db is empty/ },
    "somebody else's file": {
      prepare: (folder) => put(folder, "not ours".repeat(200)),
      says: /is not a Dawr database/,
    },
  }
  for (const [what, { env, prepare, says }] of Object.entries(refused)) {
    test(`${what}, and leaves nothing behind`, async () => {
      const folder = ownFolder()
      prepare?.(folder)
      const server = runServer(folder, env)
      expect(await server.ended).toBe(78)
      expect(server.said()).toMatch(says)
      expect(server.said()).not.toMatch(/\n\s+at /)
      if (!prepare) expect(readdirSync(folder)).toEqual([])
    })
  }

  function put(folder: string, text: string): void {
    mkdirSync(join(folder, "data"))
    writeFileSync(join(folder, "data", "dawr.db"), text)
  }

  /** What a start over this folder says before it gives up. */
  async function says(folder: string, env: Record<string, string> = {}): Promise<string> {
    const server = runServer(folder, env)
    expect(await server.ended).toBe(78)
    expect(server.said()).not.toMatch(/\n\s+at /)
    return server.said()
  }

  test("keys that are gone, that others may read, that are none, or that lie with what they open", async () => {
    const folder = await madeDemo()
    const file = join(folder, "data.keys.json")
    const text = readFileSync(file, "utf8")
    chmodSync(file, 0o644)
    expect(await says(folder)).toMatch(/can be read by others .* chmod 600/)
    rmSync(file)
    expect(await says(folder)).toMatch(/The keys of this installation are not at .* KEYS_FILE/)
    expect(existsSync(file)).toBe(false)
    writeFileSync(file, "{}", { mode: 0o600 })
    expect(await says(folder)).toMatch(/is not a keys file/)
    writeFileSync(file, text.replaceAll(/"[\w-]{20}/g, '"'), { mode: 0o600 })
    expect(await says(folder)).toMatch(/is not a keys file/)
    writeFileSync(file, text, { mode: 0o600 })
    const inside = { KEYS_FILE: join(folder, "data", "..keys.json") }
    expect(await says(folder, inside)).toMatch(/must not be inside DATA_DIR/)
  })

  test("a demonstration in production, a folder in use, a port in use", async () => {
    const folder = await madeDemo()
    const production = { NODE_ENV: "production", PUBLIC_ORIGIN: "https://front.example.gov" }
    expect(await says(folder, production)).toMatch(/holds a demonstration, which never runs in production/)
    const server = runServer(folder)
    const { port } = new URL(await server.origin())
    expect(await says(folder)).toMatch(/Another process is using the data folder .* Stop it first/)
    expect(await says(ownFolder(), { PORT: port })).toContain(`Port ${port} is in use`)
    expect((await asks(`http://localhost:${port}`, null, "/readyz")).status).toBe(200)
    await server.kill("SIGTERM")
  })
})

test("who sends a request byte by byte, or nothing at all, is let go, and everybody else is served meanwhile", async () => {
  const { server, origin, closed } = await slowOnes
  expect((await asks(origin, null, "/api/v1/offices")).status).toBe(200)
  await Promise.all(closed)
  expect((await asks(origin, null, "/readyz")).status).toBe(200)
  expect(await server.kill("SIGTERM")).toBe(0)
})
