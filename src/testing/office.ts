import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { and, asc, eq, sql } from "drizzle-orm"
import type { AnyFact, FactKind } from "../../db/facts.ts"
import { type OpenStore, openStore } from "../../db/open.ts"
import { staff as staffTable } from "../../db/schema/access.ts"
import { agencies, type Channel, sectors, services, type Words } from "../../db/schema/catalogue.ts"
import { facts } from "../../db/schema/facts.ts"
import {
  type BookingMode,
  dayChanges,
  holidays,
  lines,
  offices,
  openingRules,
  type RuleLayer,
  seasons,
} from "../../db/schema/offices.ts"
import { people, personKeys, relations } from "../../db/schema/people.ts"
import { counters } from "../../db/schema/queue.ts"
import { readStore, type Store } from "../../db/store.ts"
import { openWriter, type Scope, type Turn, type Tx, type Writer } from "../../db/write.ts"
import { handClock, machineChance } from "../base/clock.ts"
import { type Day, day, type Instant } from "../base/day.ts"
import { Keys, makeKeyMaterial } from "../base/seal.ts"
import { type Citizen, mint, type Staff } from "../domain/access/subject.ts"
import { personKey, sealedColumns } from "../domain/people/sealed.ts"
import { type NewPerson, putPerson } from "../domain/people/writes.ts"
import { atTheEnd } from "./cleanup.ts"

/** One office of a test. What is left out is as in RUH-RML: 07:30 for 420 minutes from Sunday to Thursday, lines PAS and RES. */
export interface OfficePlan {
  code?: string
  zone?: string
  mode?: BookingMode
  video?: boolean
  gridMinutes?: number
  counters?: number
  soonestMinutes?: number
  furthestDays?: number
  earlyMinutes?: number
  /** How long a cancelled place is held back, from the one bound to the other; not at all where it is left out. */
  releaseMinutes?: [least: number, most: number]
  lines?: LinePlan[]
  hours?: HoursPlan[]
}

export interface LinePlan {
  code: string
  public?: number
  staffExtra?: number
  targetMinutes?: number
  needTargetMinutes?: number
  graceMinutes?: number
}

export interface HoursPlan {
  layer?: RuleLayer
  rrule?: string
  start: string
  minutes: number
  season?: string
  bookingOnly?: boolean
}

export interface TestPlan extends OfficePlan {
  /** The wall time at the office when the test begins. */
  now?: string
  /** Further offices beside the first. */
  more?: (OfficePlan & { code: string })[]
  seasons?: { id: string; first: string; last: string }[]
  holidays?: { first: string; last?: string }[]
  services?: ServicePlan[]
  /** How many citizens there are to act for. */
  citizens?: number
}

export interface ServicePlan {
  code: string
  sector: string
  minutes: number | null
  channels?: Channel[]
  bookingOnly?: boolean
}

const workdays = "FREQ=WEEKLY;WKST=SU;BYDAY=SU,MO,TU,WE,TH"

/** Every length there is: shorter than the grid, just the grid, two slots, and one that nobody does at a counter. */
const usualServices: ServicePlan[] = [
  { code: "PAS-01", sector: "PAS", minutes: 15, channels: ["online", "office"] },
  { code: "PAS-02", sector: "PAS", minutes: null, channels: ["online"] },
  { code: "PAS-04", sector: "PAS", minutes: 20 },
  { code: "PAS-05", sector: "PAS", minutes: 15, channels: ["online", "video"] },
  { code: "PAS-08", sector: "PAS", minutes: 25 },
  { code: "PAS-10", sector: "PAS", minutes: 5 },
  { code: "RES-01", sector: "RES", minutes: 20, channels: ["online", "office"] },
  { code: "RES-04", sector: "RES", minutes: 10, channels: ["online", "video", "office"] },
  { code: "RES-15", sector: "RES", minutes: 25 },
  { code: "MUN-01", sector: "MUN", minutes: 20 },
  { code: "CIV-01", sector: "CIV", minutes: 15 },
]

export type TestOffice = Awaited<ReturnType<typeof testOffice>>

/**
 * A believable office on a real store in a temporary folder, at 10:00 of Sunday 22 November 2026 in Riyadh unless the plan says otherwise.
 * The clock stands still until the test moves it. The folder goes when the tests of the process are through, or with `close()`.
 */
export async function testOffice(plan: TestPlan = {}) {
  const main = { code: "RUH-RML", zone: "Asia/Riyadh", ...plan }
  const all = [main, ...(plan.more ?? [])]
  const start = plan.now ?? "2026-11-22T10:00"
  const today = day(start.slice(0, 10))
  const clock = handClock(wallInstant(start, main.zone))
  const citizenCount = plan.citizens ?? 40
  const keys = new Keys(makeKeyMaterial(machineChance))

  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "dawr-test-"))
  let opened: OpenStore
  let writer: Writer
  let store: Store
  const open = () => {
    opened = openStore(folder, { create: true })
    writer = openWriter(opened.writing, { clock })
    store = readStore(opened.reading)
  }
  open()

  const everyScope: Scope[] = [...all.map(({ code }): Scope => `office:${code}`), "accounts"]
  const write = <T>(turn: Turn<T>, scopes: Scope[] = everyScope): Promise<T> => writer.write(turn, { scopes })

  await write(async (tx) => {
    await setUpCatalogue(tx, plan)
    for (const [position, office] of all.entries()) await setUpOffice(tx, office, position)
    await setUpPeople(tx, keys, citizenCount)
  })

  let closed = false
  async function close(): Promise<void> {
    if (closed) return
    closed = true
    await writer.close()
    opened.close()
    rmSync(folder, { recursive: true, force: true })
  }
  atTheEnd(close)

  const zoneOf = (code: string) => all.find((office) => office.code === code)?.zone ?? "Asia/Riyadh"
  /** The instant of a wall time of the office, today unless a day is named. */
  const at = (time: string, on: string = today, office = main.code): Instant =>
    wallInstant(`${on}T${time}`, zoneOf(office))

  return {
    code: main.code,
    zone: main.zone,
    today: today as Day,
    clock,
    keys,
    at,
    write,
    close,
    /** Committed state, as every reader sees it. */
    get store(): Store {
      return store
    },
    get writer(): Writer {
      return writer
    },
    /** The id of the slot that starts at a wall time, e.g. `slot("10:30")` for RUH-RML's first line today. */
    slot(time: string, { line, on = today, office = main.code }: { line?: string; on?: string; office?: string } = {}) {
      const plan = all.find(({ code }) => code === office)
      return `${office}.${line ?? plan?.lines?.[0]?.code ?? "PAS"}.${compactUtc(at(time, on, office))}`
    },
    /** The nth citizen, from 1; the same number is the same person. */
    citizen(number = 1): Citizen {
      if (number > citizenCount)
        throw new Error(`the plan has ${citizenCount} citizens; ask for more with { citizens }`)
      return citizenWith(citizenId(number))
    },
    citizens(count: number): Citizen[] {
      return Array.from({ length: count }, (_, index) => this.citizen(index + 1))
    },
    /** A person of the test's own making, e.g. `person({ birthYear: 1950 })`. */
    async person(values: Partial<NewPerson> = {}): Promise<Citizen> {
      const id = await write(async (tx) => {
        const id = tx.id()
        await putPerson(tx, keys, id, { ...anyone, ...values })
        return id
      })
      return citizenWith(id)
    },
    /** Gives somebody another name. */
    async rename({ id }: Citizen, name: Words): Promise<void> {
      await write(async (tx) => {
        const key = await personKey(tx, keys, id)
        if (!key) throw new Error(`${id} has no key`)
        const { nameSealed } = sealedColumns(key, { name }, tx)
        await tx.db.update(people).set({ nameSealed }).where(eq(people.id, id))
      })
    },
    /** Gives a citizen `count` children and answers their ids. */
    async children(of: Citizen, count: number): Promise<string[]> {
      return write(async (tx) => {
        const ids = Array.from({ length: count }, () => tx.id())
        for (const id of ids) {
          await putPerson(tx, keys, id, { ...anyone, birthYear: 2018 })
          await tx.db.insert(relations).values({ guardian: of.id, dependant: id, kind: "child", until: null })
        }
        return ids
      })
    },
    /** The nth agent of an office, from 1; there is one for every counter. */
    agent(number = 1, office = main.code): Staff {
      return staffWith(agentId(office, number), "agent", office)
    },
    supervisor(office = main.code): Staff {
      return staffWith(supervisorId(office), "supervisor", office)
    },
    counter(number = 1, office = main.code): string {
      return `${office}.${number}`
    },
    /** What was said into the stream of an office, in order, of one kind or of all. */
    async facts<K extends FactKind>(kind?: K, stream = main.code): Promise<Extract<AnyFact, { kind: K }>[]> {
      const here = kind ? and(eq(facts.stream, stream), eq(facts.kind, kind)) : eq(facts.stream, stream)
      const rows = await store.db.select().from(facts).where(here).orderBy(asc(facts.seq))
      return rows as unknown as Extract<AnyFact, { kind: K }>[]
    },
    /** Stops the process' hold on the store and opens it again, as a restart does. */
    async restart(): Promise<void> {
      await writer.close()
      opened.close()
      open()
    },
  }
}

/** A supervisor's word about a day, put there as if it had been said before the test began. */
export async function dayChange(office: TestOffice, change: Partial<typeof dayChanges.$inferInsert> & { day: Day }) {
  const { code } = office
  const usual = { office: code, kind: "closed" as const, sessions: [], openOnHoliday: false, reason: null, by: "test" }
  await office.write(async (tx) => {
    await tx.db.insert(dayChanges).values({ ...usual, at: tx.now, ...change })
    await tx.db
      .update(offices)
      .set({ version: sql`${offices.version} + 1` })
      .where(eq(offices.code, code))
  })
}

/** The results of turns that were granted. */
export function granted<T>(settled: PromiseSettledResult<T>[]): T[] {
  return settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []))
}

/** The codes with which the rest was refused. A bug among them is thrown, not counted. */
export function refusedWith(settled: PromiseSettledResult<unknown>[]): string[] {
  return settled.flatMap((result) => {
    if (result.status === "fulfilled") return []
    const { reason } = result
    if (!(reason instanceof Error) || !("code" in reason) || reason.name !== "Refusal") throw reason
    return [String(reason.code)]
  })
}

/** Runs what must be refused and answers the refusal's code and details. */
export async function refusal(asked: Promise<unknown>): Promise<{ code: string; details: Record<string, unknown> }> {
  const [settled] = await Promise.allSettled([asked])
  if (settled?.status !== "rejected") throw new Error("expected a refusal, but it was granted")
  const { reason } = settled
  if (!(reason instanceof Error) || reason.name !== "Refusal") throw reason
  return reason as unknown as { code: string; details: Record<string, unknown> }
}

/**
 * Wall time to instant by the runtime's own calendar and not by the project's, so that tests do not repeat a mistake of the code.
 * In a gap the later, in a repeated hour the first.
 */
export function wallInstant(wall: string, zone: string): Instant {
  return Temporal.PlainDateTime.from(wall).toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds
}

function compactUtc(at: Instant): string {
  return new Date(at).toISOString().slice(0, 16).replace(/[-:]/g, "")
}

const named = (text: string) => ({ ar: text, en: text })
const anyone = { kind: "citizen" as const, name: named("Someone"), birthYear: 1990 }
const citizenId = (number: number) => `citizen-${String(number).padStart(4, "0")}`
const agentId = (office: string, number: number) => `agent-${office}-${number}`
const supervisorId = (office: string) => `supervisor-${office}`
const citizenWith = (id: string) => mint<Citizen>({ role: "citizen", id, kind: "citizen", level: "full" })
const staffWith = (id: string, role: "agent" | "supervisor", scope: string) =>
  mint<Staff>({ role, id, login: id, name: named(id), scopeKind: "office", scope })

async function setUpCatalogue(tx: Tx, plan: TestPlan): Promise<void> {
  await tx.db.insert(agencies).values({ code: "interior", name: named("Ministry of Interior") })
  for (const [position, code] of ["PAS", "RES", "CIV", "TRA", "MUN", "VIR"].entries()) {
    await tx.db.insert(sectors).values({ code, name: named(code), position })
  }
  for (const [position, service] of [...usualServices, ...(plan.services ?? [])].entries()) {
    const usual = {
      channels: ["office" as const],
      bookingOnly: false,
      sensitive: false,
      feeHalalas: null,
      documents: [],
    }
    const name = named(service.code)
    await tx.db.insert(services).values({ ...usual, name, audience: named("everyone"), position, ...service })
  }
  for (const season of plan.seasons ?? []) {
    const { id } = season
    await tx.db
      .insert(seasons)
      .values({ id, name: named(id), first: day(season.first), last: day(season.last), provisional: false })
  }
  for (const { first, last = first } of plan.holidays ?? []) {
    await tx.db
      .insert(holidays)
      .values({ id: first, name: named(first), first: day(first), last: day(last), provisional: false })
  }
}

async function setUpOffice(tx: Tx, plan: OfficePlan & { code: string }, position: number): Promise<void> {
  const { code } = plan
  const planned = plan.lines ?? [{ code: "PAS" }, { code: "RES" }]
  const counterCount = plan.counters ?? 8
  await tx.db.insert(offices).values({
    code,
    agency: "interior",
    name: named(code),
    city: "Riyadh",
    region: named("Riyadh"),
    address: named("Riyadh"),
    zone: plan.zone ?? "Asia/Riyadh",
    sectors: planned.map((line) => line.code),
    video: plan.video ?? false,
    bookingMode: plan.mode ?? "instant",
    gridMinutes: plan.gridMinutes ?? 15,
    counters: counterCount,
    soonestMinutes: plan.soonestMinutes ?? 60,
    furthestDays: plan.furthestDays ?? 30,
    earlyMinutes: plan.earlyMinutes ?? 30,
    releaseMinutesMin: plan.releaseMinutes?.[0] ?? 0,
    releaseMinutesMax: plan.releaseMinutes?.[1] ?? 0,
    position,
    version: 1,
  })
  for (const [order, line] of planned.entries()) {
    await tx.db.insert(lines).values({
      office: code,
      code: line.code,
      name: named(line.code),
      position: order,
      publicPlaces: line.public ?? 3,
      staffExtra: line.staffExtra ?? 1,
      targetMinutes: line.targetMinutes ?? 45,
      needTargetMinutes: line.needTargetMinutes ?? 10,
      graceMinutes: line.graceMinutes ?? 15,
    })
  }
  for (const [order, hours] of (plan.hours ?? [{ start: "07:30", minutes: 420 }]).entries()) {
    await tx.db.insert(openingRules).values({
      id: `${code}-${order}`,
      office: code,
      layer: hours.layer ?? "base",
      rrule: hours.rrule ?? workdays,
      start: hours.start,
      minutes: hours.minutes,
      season: hours.season ?? null,
      validFrom: null,
      validTo: null,
      bookingOnly: hours.bookingOnly ?? false,
    })
  }
  const passwordHash = "nobody signs in by password here"
  const createdAt = tx.now
  const scope = { scopeKind: "office" as const, scope: code, passwordHash, createdAt, disabledAt: null }
  const chief = supervisorId(code)
  await tx.db.insert(staffTable).values({ ...scope, id: chief, login: chief, name: named(chief), role: "supervisor" })
  for (let number = 1; number <= counterCount; number++) {
    const id = agentId(code, number)
    await tx.db.insert(staffTable).values({ ...scope, id, login: id, name: named(id), role: "agent" })
    await tx.db.insert(counters).values({
      id: `${code}.${number}`,
      office: code,
      number,
      state: "closed",
      staff: null,
      profile: planned.map((line, order) => ({ line: line.code, handicap: order === 0 ? 0 : 20 })),
      ticket: null,
      changedAt: createdAt,
    })
  }
}

async function setUpPeople(tx: Tx, keys: Keys, count: number): Promise<void> {
  const made = Array.from({ length: count }, (_, index) => {
    const id = citizenId(index + 1)
    const { key, sealed } = keys.makePersonKey(id, tx.chance)
    const row = { id, kind: anyone.kind, birthYear: anyone.birthYear, createdAt: tx.now }
    return { row: { ...row, ...sealedColumns(key, anyone, tx) }, key: { person: id, sealed } }
  })
  for (let from = 0; from < made.length; from += 100) {
    const some = made.slice(from, from + 100)
    await tx.db.insert(people).values(some.map(({ row }) => row))
    await tx.db.insert(personKeys).values(some.map(({ key }) => key))
  }
}
