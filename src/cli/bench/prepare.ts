import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { Connection } from "../../../db/dialect.ts"
import { openStore } from "../../../db/open.ts"
import { openWriter, type Scope, type Tx, type Writer } from "../../../db/write.ts"
import { machineChance, machineClock } from "../../base/clock.ts"
import { type Day, type Instant, minute } from "../../base/day.ts"
import type { Keys } from "../../base/seal.ts"
import { dayIn } from "../../base/time.ts"
import { addDevice } from "../../domain/access/devices.ts"
import { makeKey } from "../../domain/access/keys.ts"
import { startSession } from "../../domain/access/sessions.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { type SetupPlan, setUp } from "../../domain/offices/setup.ts"
import { enrol } from "../../domain/people/writes.ts"
import { demoPlan } from "../demo/seed.ts"
import { openKeys } from "../keys-file.ts"

/** The office at which everything is measured. */
export const office = "RUH-RML"
/** What is booked there and waited for. */
export const service = "PAS-10"

export interface Citizen {
  id: string
  token: string
  /** The value of the session's cookie; empty where no sessions were asked for. */
  session: string
}

/** A store with an office in it, ready for a server or for a loop of statements. */
export interface Prepared {
  data: string
  keysFile: string
  citizens: Citizen[]
  /** Keys of boards, each of a board of its own. */
  boards: string[]
  agent: { token: string; session: string }
}

export interface Wanted {
  plan?: SetupPlan
  citizens?: number
  sessions?: boolean
  boards?: number
  /** How many wait in the office's first line, in the order of their numbers. */
  waiting?: number
}

/** Runs `use` with a folder of its own on this disk, and removes it whatever happens. */
export async function inFolder<T>(disk: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(disk, "dawr-bench-"))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Only the bench's office, open day and night and with more places than a bench can take. */
export function wideOpen(): SetupPlan {
  const plan = demoPlan()
  const hours = {
    ...{ layer: "base" as const, season: null, rrule: "FREQ=DAILY", start: "00:00", minutes: 1440 },
    ...{ validFrom: null, validTo: null, bookingOnly: false },
  }
  return {
    ...plan,
    holidays: [],
    seasons: [],
    offices: plan.offices
      .filter(({ code }) => code === office)
      .map((one) => ({
        ...one,
        soonestMinutes: 0,
        hours: [hours],
        lines: one.lines.map((line) => ({ ...line, public: 5_000 })),
      })),
  }
}

/** Makes a store below `folder` through the house's own turns; only those who wait are put there by hand. */
export async function prepare(folder: string, wanted: Wanted): Promise<Prepared> {
  const [data, keysFile] = [join(folder, "data"), join(folder, "keys.json")]
  const opened = openStore(data, { create: true })
  const keys = openKeys(keysFile, { create: true, chance: machineChance })
  const clock = machineClock()
  const writer = openWriter(opened.writing, { clock })
  const plan = wanted.plan ?? wideOpen()
  const scopes: Scope[] = ["accounts", ...plan.offices.map(({ code }): Scope => `office:${code}`)]
  try {
    await writer.write((tx) => setUp(tx, plan), { scopes })
    const who = { writer, keys, scopes, now: clock.real() }
    const citizens = await manyTimes(who, wanted.citizens ?? 0, (tx) => addCitizen(tx, who, wanted.sessions ?? false))
    const boards = await manyTimes(who, wanted.boards ?? 0, (tx) => addBoard(tx, who.now))
    const [agent = { token: "", session: "" }] = await manyTimes(who, 1, (tx) => addAgent(tx, who.now))
    const zone = plan.offices.find(({ code }) => code === office)?.zone ?? "UTC"
    const hall = { office, day: dayIn(who.now, zone), now: who.now, of: [{ line: "PAS", service }] }
    insertWaiting(opened.writing.raw, hall, wanted.waiting ?? 0)
    return { data, keysFile, citizens, boards, agent }
  } finally {
    await writer.close()
    opened.close()
  }
}

interface Who {
  writer: Writer
  keys: Keys
  scopes: Scope[]
  now: Instant
}

/** Two hundred to a turn: each would cost a savepoint of its own otherwise. */
async function manyTimes<T>({ writer, scopes }: Who, count: number, make: (tx: Tx) => Promise<T>): Promise<T[]> {
  const made: T[] = []
  while (made.length < count) {
    const more = Math.min(200, count - made.length)
    const turn = async (tx: Tx) => {
      const some: T[] = []
      for (let index = 0; index < more; index++) some.push(await make(tx))
      return some
    }
    made.push(...(await writer.write(turn, { scopes })))
  }
  return made
}

const name = { ar: "ب", en: "b" }

async function addCitizen(tx: Tx, { keys, now }: Who, withSession: boolean): Promise<Citizen> {
  // Nobody can be reached: what is sent is the jobs' work, which would run in the midst of what is measured and written down.
  const id = await enrol(tx, keys, { kind: "citizen", name })
  const token = await makeKey(tx, { kind: "citizen", subject: id, name: "bench", scopes: [], demo: true }, "bench", now)
  const who = { kind: "citizen", subject: id, role: "citizen", factors: "password", userAgent: "bench" } as const
  return { id, token, session: withSession ? (await startSession(tx, who, now)).token : "" }
}

async function addBoard(tx: Tx, now: Instant): Promise<string> {
  const id = await addDevice(tx, { office, kind: "board", name: "bench" }, "bench", now)
  return makeKey(tx, { kind: "device", subject: id, name: "bench", scopes: [], office, demo: true }, "bench", now)
}

async function addAgent(tx: Tx, now: Instant): Promise<{ token: string; session: string }> {
  const own = { login: "bench", name, passwordHash: "-", role: "agent", scopeKind: "office", scope: office } as const
  const id = await addStaff(tx, own, "bench")
  const token = await makeKey(tx, { kind: "staff", subject: id, name: "bench", scopes: [], demo: true }, "bench", now)
  const who = { kind: "staff", subject: id, role: "agent", factors: "password", userAgent: "bench" } as const
  return { token, session: (await startSession(tx, who, now)).token }
}

/** The number of the first who waits; those behind count up from here. */
export const firstNumber = 1_000_000

export interface Hall {
  office: string
  day: Day
  now: Instant
  /** Lines and what is waited for there, by turns. */
  of: { line: string; service: string }[]
}

/** Puts people there who wait, due one after the other; `first` is how many have been put there before. */
export function insertWaiting(raw: Connection["raw"], hall: Hall, count: number, first = 0): void {
  const put = waitingInserter(raw)
  raw.run("BEGIN IMMEDIATE")
  for (let index = first; index < first + count; index++) put(hall, index)
  raw.run("COMMIT")
}

/** The same for one at a time. */
export function waitingInserter(raw: Connection["raw"]): (hall: Hall, index: number) => void {
  const insert = raw.prepare(
    `INSERT INTO ticket (id, office, day, number, line, service, state, people, arrived_at, arrival, due, due_by, calls, returns, live, lang)
     VALUES (?, ?, ?, ?, ?, ?, 'waiting', 1, ?, ?, ?, 'walkin', 0, 0, 1, 'ar')`,
  )
  return ({ office: code, day, now, of }, index) => {
    const { line = "", service: wanted = "" } = of[index % of.length] ?? {}
    const id = `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`
    insert.run(id, code, day, firstNumber + index, line, wanted, now, index + 1, now + index * 10 + minute)
  }
}
