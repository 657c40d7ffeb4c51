import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Scope, Writer } from "../../../db/write.ts"
import type { Chance, Clock } from "../../base/clock.ts"
import { type Day, day, type Instant } from "../../base/day.ts"
import { hijriDay } from "../../base/hijri.ts"
import type { Keys } from "../../base/seal.ts"
import { addDevice } from "../../domain/access/devices.ts"
import { integratorScopes } from "../../domain/access/integrators.ts"
import { makeKey } from "../../domain/access/keys.ts"
import { hashPassword } from "../../domain/access/passwords.ts"
import { demoCode, keepDemoCode } from "../../domain/access/recovery.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { setEmail } from "../../domain/notifications/contact.ts"
import { type SetupPlan, setUp } from "../../domain/offices/setup.ts"
import { keepFamily } from "../../domain/people/family.ts"
import { comesOfAge } from "../../domain/people/rules.ts"
import { enrol } from "../../domain/people/writes.ts"
import { readPlan } from "../plan.ts"
import { addAdministrator, addInvitation, type DemoAdministrator } from "./administrators.ts"
import { demoFamily } from "./family.ts"
import { citizenName, demoMobile, demoNumber, residentName, staffName, staffSex } from "./people.ts"

/** The offices of the demonstration that have agents to try. */
const staffedOffices = ["RUH-RML", "VIR-01"]

/** In the other offices a few people sit at the counters whom nobody signs in as. */
const storySeats = 3

/** One password for all of them; a demonstration has no secrets. */
export const demoPassword = "dawr-demo-2026"

/** People who fill the demo's hall. They have no sign-in, and their numbers lie apart from those of the people who do. */
const hallCount = 170
const hallFirst = 50_000

interface Given {
  writer: Writer
  clock: Clock
  keys: Keys
  chance: Chance
  moment: Instant
  /** The real clock's: keys and devices go by it. */
  now: Instant
  citizens: number
}

export interface DemoCitizen {
  id: string
  name: string
  kind: "citizen" | "resident"
  nationalId: string
  birthYear: number
  birthDay: Day
  /** The same day of the Umm al-Qura calendar. */
  birthDayHijri: string
  mobile: string
  password: string
  recoveryCodes: string[]
  token: string
  dependants: { id: string; name: string }[]
}

export interface DemoStaff {
  name: string
  office: string
  counter?: string
  login: string
  password: string
  recoveryCodes: string[]
  token: string
}

interface DemoDevice {
  office: string
  path: string
  token: string
}

export class DemoPeople {
  readonly citizens: DemoCitizen[] = []
  readonly agents: (DemoStaff & { counter: string; id: string })[] = []
  readonly supervisors: DemoStaff[] = []
  readonly administrators: DemoAdministrator[] = []
  readonly kiosks: DemoDevice[] = []
  readonly boards: DemoDevice[] = []
  readonly integrators: { name: string; token: string; scopes: string[] }[] = []
  /** Ids of the people in the hall, for the morning. */
  readonly hall: { id: string; birthYear: number }[] = []
  /** Who sits at the counters of each office in the morning's story, by their ids. */
  readonly seated = new Map<string, string[]>()
  plan: SetupPlan | null = null

  withOrigin(origin: string) {
    const device = ({ office, path, token }: DemoDevice) => ({ office, url: `${origin}${path}`, token })
    return {
      origin,
      citizens: this.citizens,
      agents: this.agents.map(({ id: _id, ...agent }) => agent),
      supervisors: this.supervisors,
      administrators: this.administrators,
      kiosks: this.kiosks.map(device),
      boards: this.boards.map(device),
      integrators: this.integrators,
    }
  }

  /** The table that a first start prints. */
  table(origin: string): string {
    const first = this.citizens[0]
    const resident = this.citizens.find(({ kind }) => kind === "resident")
    const agent = this.agents[2]
    const distant = this.agents.find(({ office }) => office === "VIR-01")
    const supervisor = this.supervisors[0]
    const second = this.administrators[0]
    const kiosk = this.kiosks[0]
    const board = this.boards[0]
    const rows = [
      [
        "Citizen",
        `${origin}/sign-in`,
        `${first?.nationalId}  ${demoPassword}   (${first?.name}, children of every age and a ward)`,
      ],
      [
        "Visitor",
        `${origin}/sign-in/visitor`,
        `${first?.nationalId}, born ${first?.birthDay}   (the same without the account; the code stands at /demo/messages)`,
      ],
      ["Resident", `${origin}/sign-in`, `${resident?.nationalId}  ${demoPassword}   (${resident?.name})`],
      [
        "Agent",
        `${origin}/staff`,
        `${agent?.login}  ${demoPassword}   (${agent?.office}, counter ${agent?.counter.split(".")[1]})`,
      ],
      [
        "By video",
        `${origin}/staff`,
        `${distant?.login}  ${demoPassword}   (agent of ${distant?.office}, for video visits)`,
      ],
      ["Supervisor", `${origin}/staff`, `${supervisor?.login}  ${demoPassword}   (${supervisor?.office})`],
      ["Approver", `${origin}/staff`, `${second?.login}  ${demoPassword}   (administrator; approves what takes two)`],
      ["Kiosk", `${origin}${kiosk?.path}`, ""],
      ["Board", `${origin}${board?.path}`, ""],
      ["API", `${origin}/docs`, "keys are in demo.json in the data folder"],
    ]
    return rows.map(([who, where, what]) => `  ${who?.padEnd(11)} ${where}  ${what}`.trimEnd()).join("\n")
  }
}

export function demoPlan(): SetupPlan {
  const read = (name: string) => readFileSync(join(import.meta.dir, name), "utf8")
  return readPlan(read("offices.json"), read("services.json"))
}

/** Puts the demonstration's agencies, offices, services and people in place. */
export async function seed({ writer, keys, citizens, now }: Given): Promise<DemoPeople> {
  const plan = demoPlan()
  const people = new DemoPeople()
  people.plan = plan
  const passwordHash = await hashPassword(demoPassword)
  const scopes: Scope[] = ["accounts", ...plan.offices.map(({ code }): Scope => `office:${code}`)]

  await writer.write(
    async (tx) => {
      await setUp(tx, plan)
      await tx.say("accounts", "store.set_up", {
        offices: plan.offices.length,
        services: plan.services.length,
        demo: true,
      })
    },
    { scopes },
  )

  for (let first = 0; first < citizens; first += 100) {
    await writer.write(
      async (tx) => {
        for (let index = first; index < Math.min(first + 100, citizens); index++) {
          const kind = index % 2 === 0 ? "citizen" : "resident"
          const place = Math.floor(index / 2)
          const name = kind === "citizen" ? citizenName(place) : residentName(place)
          const [nationalId, mobile, birthDay] = [demoNumber(kind, place), demoMobile(index), demoBirth(index)]
          const birthYear = Number(birthDay.slice(0, 4))
          const id = await enrol(tx, keys, { kind, name, nationalId, mobile, birthDay, passwordHash })
          const family = index === 0 ? demoFamily(tx.now) : []
          const members = await keepFamily(tx, keys, id, family)
          const dependants = family
            .map(({ name }, place) => ({ id: members[place] ?? "", name: name.ar }))
            .filter((_, place) => {
              const { relation, birthDay } = family[place] ?? {}
              return relation !== "spouse" && birthDay !== undefined && comesOfAge(birthDay) > tx.now
            })
          const token = await makeKey(
            tx,
            { kind: "citizen", subject: id, name: "demo", scopes: [], demo: true },
            "setup",
            now,
          )
          await keepDemoCode(tx, keys, { kind: "citizen", id }, now)
          people.citizens.push({
            id,
            name: name.ar,
            kind,
            nationalId,
            birthYear,
            birthDay,
            birthDayHijri: hijriDay(birthDay) ?? "",
            mobile,
            password: demoPassword,
            recoveryCodes: [demoCode],
            token,
            dependants,
          })
        }
      },
      { scopes },
    )
  }

  await writer.write(
    async (tx) => {
      for (let index = 0; index < hallCount; index++) {
        const kind = index % 3 === 2 ? "resident" : "citizen"
        const name = kind === "citizen" ? citizenName(40 + index) : residentName(index)
        const birthYear = index % 9 === 4 ? 1955 : 1970 + ((index * 5) % 34)
        const nationalId = demoNumber(kind, hallFirst + index)
        people.hall.push({ id: await enrol(tx, keys, { kind, name, nationalId, birthYear }), birthYear })
      }
    },
    { scopes },
  )

  await writer.write(
    async (tx) => {
      for (const [officeIndex, office] of plan.offices.entries()) {
        const short = office.code.toLowerCase()
        const isStaffed = staffedOffices.includes(office.code)
        const seats = isStaffed ? office.counters : Math.min(office.counters, storySeats)
        const seated: string[] = []
        people.seated.set(office.code, seated)
        for (let seat = 1; seat <= seats; seat++) {
          const name = staffName(officeIndex, seat)
          const login = `${short}-${seat}`
          const id = await addStaff(
            tx,
            {
              ...{ login, name, passwordHash, role: "agent", scopeKind: "office", scope: office.code },
              sex: staffSex(officeIndex, seat),
            },
            "setup",
          )
          await keepDemoCode(tx, keys, { kind: "staff", id }, now)
          await setEmail(tx, keys, { kind: "staff", id }, `${login}@office.example`, "setup")
          seated.push(id)
          if (!isStaffed) continue
          const ofStaff = { kind: "staff" as const, subject: id, name: "demo", scopes: [], demo: true }
          const token = await makeKey(tx, ofStaff, "setup", now)
          const counter = `${office.code}.${seat}`
          people.agents.push({
            id,
            name: name.ar,
            office: office.code,
            counter,
            login,
            password: demoPassword,
            recoveryCodes: [demoCode],
            token,
          })
        }
        const name = staffName(officeIndex, 0)
        const login = `${short}-lead`
        const lead = await addStaff(
          tx,
          { login, name, passwordHash, role: "supervisor", scopeKind: "office", scope: office.code },
          "setup",
        )
        await keepDemoCode(tx, keys, { kind: "staff", id: lead }, now)
        await setEmail(tx, keys, { kind: "staff", id: lead }, `${login}@office.example`, "setup")
        const ofLead = { kind: "staff" as const, subject: lead, name: "demo", scopes: [], demo: true }
        const token = await makeKey(tx, ofLead, "setup", now)
        people.supervisors.push({
          name: name.ar,
          office: office.code,
          login,
          password: demoPassword,
          recoveryCodes: [demoCode],
          token,
        })
        for (const kind of ["kiosk", "board"] as const) {
          const named = { office: office.code, kind, name: `${office.code} ${kind}` }
          const device = await addDevice(tx, named, "setup", now)
          const key = await makeKey(
            tx,
            { kind: "device", subject: device, name: kind, scopes: [], office: office.code, demo: true },
            "setup",
            now,
          )
          const list = kind === "kiosk" ? people.kiosks : people.boards
          list.push({ office: office.code, path: `/${kind}/${office.code}?key=${key}`, token: key })
        }
      }
      for (const number of [1, 2]) {
        const login = { number, password: demoPassword, passwordHash }
        people.administrators.push(await addAdministrator(tx, keys, login, now))
      }
      await addInvitation(tx, plan, now)
      const token = await makeKey(
        tx,
        { kind: "integrator", subject: tx.id(), name: "Reporting", scopes: [...integratorScopes], demo: true },
        "setup",
        now,
      )
      people.integrators.push({ name: "Reporting", token, scopes: [...integratorScopes] })
    },
    { scopes },
  )
  return people
}

function demoBirth(index: number): Day {
  const two = (number: number) => String(number).padStart(2, "0")
  return day(`${1960 + ((index * 7) % 43)}-${two(1 + ((index * 5 + 4) % 12))}-${two(1 + ((index * 11 + 13) % 28))}`)
}
