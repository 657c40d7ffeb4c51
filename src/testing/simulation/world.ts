import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openStore } from "../../../db/open.ts"
import { openWriter, type Scope } from "../../../db/write.ts"
import { handClock } from "../../base/clock.ts"
import { day } from "../../base/day.ts"
import { Keys, makeKeyMaterial } from "../../base/seal.ts"
import { addDevice } from "../../domain/access/devices.ts"
import { addStaff, describeSelf } from "../../domain/access/staff.ts"
import { mint, type Staff } from "../../domain/access/subject.ts"
import { setEmail } from "../../domain/notifications/contact.ts"
import { type PlannedOffice, type SetupPlan, setUp } from "../../domain/offices/setup.ts"
import { enrol } from "../../domain/people/writes.ts"
import { Draw } from "./draw.ts"

/*
 * The agency in which every simulation plays: an ordinary office, one that answers requests first and is open over midnight in a zone whose
 * clocks change, and a video office. Few places, few counters and few people, so that they meet.
 */

export const offices = ["RUH-RML", "BER-OST", "RUH-VID"] as const
export type OfficeCode = (typeof offices)[number]

export const servicesOf: Record<OfficeCode, string[]> = {
  "RUH-RML": ["PAS-01", "PAS-02", "RES-01"],
  "BER-OST": ["PAS-01", "RES-01"],
  "RUH-VID": ["VID-01", "VID-02"],
}
export const countersIn: Record<OfficeCode, number> = { "RUH-RML": 3, "BER-OST": 2, "RUH-VID": 2 }
export const videoOffice: OfficeCode = "RUH-VID"
export const halls: readonly OfficeCode[] = ["RUH-RML", "BER-OST"]

/** Days on which a run may begin: the eve of the change of clocks in autumn and in spring, of a holiday, of the new year; and any day. */
export const beginnings = ["2026-10-24", "2027-03-27", "2026-11-23", "2026-12-31", "2027-01-17"] as const
export const citizenCount = 30

export const officeScope = (code: string): Scope[] => [`office:${code}`, "accounts"]
export const everyScope: Scope[] = [...offices.map((code): Scope => `office:${code}`), "accounts"]

export interface World {
  folder: string
  keys: Keys
  citizens: string[]
  /** Agents by office, one for each counter. */
  agents: Record<OfficeCode, string[]>
  supervisors: Record<OfficeCode, string>
  /** Two, because what gives somebody something takes two. */
  administrators: [asks: string, approves: string]
  /** Somebody with an account who acts for the other two when they say so. */
  household: { holder: string; givers: string[] }
}

/** Whom the givers name, as they type it. */
export const holderNamed = { number: "1000000107", name: "Munira Al-Otaibi" }

/** Where things of this run are kept: in memory where the machine has a place for that. */
export function ownFolder(): string {
  return mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "dawr-simulation-"))
}

let made: Promise<World> | null = null

/** The agency as it is set up, made once in a process; runs take copies of it. It is the same in every process. */
export function world(): Promise<World> {
  made ??= make()
  return made
}

export function copyStore(from: string, to: string): void {
  for (const end of ["", "-wal"]) {
    if (existsSync(join(from, `dawr.db${end}`))) copyFileSync(join(from, `dawr.db${end}`), join(to, `dawr.db${end}`))
  }
}

async function make(): Promise<World> {
  const chance = new Draw("the agency")
  const keys = new Keys(makeKeyMaterial(chance))
  const folder = ownFolder()
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
  const opened = openStore(folder, { create: true })
  const clock = handClock(Date.UTC(2026, 9, 1))
  const writer = openWriter(opened.writing, { clock, chance })
  const write = <T>(turn: Parameters<typeof writer.write<T>>[0]) => writer.write(turn, { scopes: everyScope })
  await write((tx) => setUp(tx, planned))
  const citizens: string[] = []
  for (let index = 0; index < citizenCount; index++) {
    const birthYear = index % 10 === 9 ? 1950 : 1990
    const person = { kind: "citizen" as const, name: named(`c${index}`), birthYear, mobile: `+96650000${1000 + index}` }
    const id = await write((tx) => enrol(tx, keys, person))
    if (index % 3 === 0) await write((tx) => setEmail(tx, keys, { kind: "citizen", id }, `c${index}@example.gov`, id))
    citizens.push(id)
  }
  const hire = (login: string, role: "agent" | "supervisor" | "administrator", scope: string) => {
    const scopeKind = scope === "" ? ("all" as const) : ("office" as const)
    const given = { login, name: named(login), passwordHash: "-", role, scopeKind, scope }
    return write((tx) => addStaff(tx, given, "simulation"))
  }
  const agents = {} as World["agents"]
  const supervisors = {} as World["supervisors"]
  for (const office of offices) {
    agents[office] = []
    for (let number = 1; number <= countersIn[office]; number++) {
      const login = `${office.toLowerCase()}-${number}`
      const id = await hire(login, "agent", office)
      agents[office].push(id)
      const who = { role: "agent", id, login, name: named(login), scopeKind: "office", scope: office } as const
      if (number === 1) await write((tx) => describeSelf(tx, mint<Staff>(who), "female"))
    }
    supervisors[office] = await hire(`${office.toLowerCase()}-chief`, "supervisor", office)
    await write((tx) => addDevice(tx, { office, kind: "kiosk", name: "kiosk" }, "simulation", Date.UTC(2027, 5, 1)))
  }
  const administrators: World["administrators"] = [
    await hire("head-1", "administrator", ""),
    await hire("head-2", "administrator", ""),
  ]
  const member = (nationalId: string, name: string) => {
    const known = { name: named(name), nationalId, birthDay: day("1985-04-01"), birthYear: 1985, passwordHash: "-" }
    return write((tx) => enrol(tx, keys, { kind: "citizen", ...known }))
  }
  const household = {
    holder: await member(holderNamed.number, holderNamed.name),
    givers: [await member("1000000008", "Fahd Al-Harbi"), await member("1000000016", "Sara Al-Harbi")],
  }
  await writer.emptyLog()
  await writer.close()
  opened.close()
  return { folder, keys, citizens, agents, supervisors, administrators, household }
}

const named = (text: string) => ({ ar: text, en: text })

const usualOffice: PlannedOffice = {
  code: "",
  agency: "interior",
  name: named("office"),
  city: "Riyadh",
  region: named("Riyadh"),
  address: named("Riyadh"),
  zone: "Asia/Riyadh",
  sectors: ["PAS", "RES"],
  counters: 2,
  video: false,
  bookingMode: "instant",
  gridMinutes: 30,
  soonestMinutes: 30,
  furthestDays: 7,
  earlyMinutes: 60,
  releaseMinutesMin: 5,
  releaseMinutesMax: 30,
  hours: [],
  lines: [],
}

const line = (code: string, places: number) => ({
  ...{ code, name: named(code), public: places, staffExtra: 1 },
  ...{ targetMinutes: 45, needTargetMinutes: 10, graceMinutes: 15 },
})

const hours = (start: string, minutes: number, rrule = "FREQ=DAILY", layer: "base" | "break" = "base") => ({
  ...{ layer, season: null, rrule, start, minutes, validFrom: null, validTo: null, bookingOnly: false },
})

const service = (code: string, minutes: number, channels: ("office" | "video" | "online")[]) => ({
  ...{ code, sector: code.slice(0, 3), name: named(code), audience: named("everyone"), channels, minutes },
  ...{ documents: [], feeHalalas: null, feeNote: null, bookingOnly: false, sensitive: false },
})

/** The agency as it is set up first. */
export const planned: SetupPlan = {
  look: null,
  agencies: [{ code: "interior", name: named("Interior") }],
  sectors: ["PAS", "RES", "VID"].map((code) => ({ code, name: named(code) })),
  services: [
    service("PAS-01", 30, ["office"]),
    service("PAS-02", 60, ["office"]),
    service("RES-01", 30, ["office"]),
    service("VID-01", 30, ["video"]),
    service("VID-02", 30, ["video"]),
  ],
  offices: [
    {
      ...usualOffice,
      code: "RUH-RML",
      counters: 3,
      hours: [
        hours("07:30", 420, "FREQ=WEEKLY;WKST=SU;BYDAY=SU,MO,TU,WE,TH"),
        hours("12:00", 30, "FREQ=DAILY", "break"),
      ],
      lines: [line("PAS", 2), line("RES", 1)],
    },
    {
      ...usualOffice,
      code: "BER-OST",
      zone: "Europe/Berlin",
      bookingMode: "request",
      releaseMinutesMin: 0,
      releaseMinutesMax: 0,
      hours: [hours("21:30", 360)],
      lines: [line("PAS", 1), line("RES", 1)],
    },
    {
      ...usualOffice,
      code: "RUH-VID",
      video: true,
      sectors: ["VID"],
      hours: [hours("09:00", 360)],
      lines: [line("VID", 2)],
    },
  ],
  seasons: [],
  holidays: [
    { name: named("holiday"), first: day("2026-11-24"), last: day("2026-11-24"), provisional: false },
    { name: named("holiday"), first: day("2027-01-01"), last: day("2027-01-01"), provisional: false },
  ],
}
