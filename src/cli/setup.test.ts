import { describe, expect, test } from "bun:test"
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { count, eq } from "drizzle-orm"
import { openStore } from "../../db/open.ts"
import { bookings } from "../../db/schema/bookings.ts"
import { facts } from "../../db/schema/facts.ts"
import { lines, offices, openingRules } from "../../db/schema/offices.ts"
import { people } from "../../db/schema/people.ts"
import { counters, tickets } from "../../db/schema/queue.ts"
import { readStore, type Store } from "../../db/store.ts"
import { openWriter, type Writer } from "../../db/write.ts"
import { machineChance, machineClock } from "../base/clock.ts"
import { Keys, makeKeyMaterial } from "../base/seal.ts"
import { type Citizen, mint } from "../domain/access/subject.ts"
import { slotsOffered } from "../domain/availability/reads.ts"
import { book } from "../domain/bookings/writes.ts"
import { allOffices } from "../domain/offices/reads.ts"
import { enrol } from "../domain/people/writes.ts"
import { agencyFiles, setUpIn, workdays } from "../testing/agency.ts"
import { softAuthenticator } from "../testing/authenticator.ts"
import { freePort } from "../testing/coturn.ts"
import { ownFolder, run, runServer } from "../testing/process.ts"
import { visitor } from "../testing/visitor.ts"

/** Looks into the store while nobody has it open. */
async function within<T>(folder: string, look: (store: Store, writer: Writer) => Promise<T>): Promise<T> {
  const opened = openStore(join(folder, "data"), { create: false })
  const writer = openWriter(opened.writing, { clock: machineClock() })
  try {
    return await look(readStore(opened.reading), writer)
  } finally {
    await writer.close()
    opened.close()
  }
}

const versions = (folder: string) =>
  within(folder, async (store) => {
    const rows = await store.db.select({ code: offices.code, version: offices.version }).from(offices)
    return Object.fromEntries(rows.map(({ code, version }) => [code, version]))
  })

const factCount = (folder: string) =>
  within(folder, async (store) => (await store.db.select({ n: count() }).from(facts))[0]?.n ?? 0)

/** Books the first free time of RES-01 at AAA-1 from tomorrow on, for somebody new. */
async function bookSomething(folder: string, service = "RES-01"): Promise<string> {
  return within(folder, async (store, writer) => {
    const keys = new Keys(makeKeyMaterial(machineChance))
    const now = Date.now()
    const from = new Date(now + 24 * 3_600_000).toISOString().slice(0, 10) as never
    const { days } = await slotsOffered(store, { office: "AAA-1", service, from, days: 14, now })
    const slot = days.flatMap((one) => one.slots).find(({ free }) => free > 0)
    if (!slot) throw new Error("nothing is free")
    return writer.write(
      async (tx) => {
        const name = { ar: "اسم", en: "Name" }
        const nationalId = `1${String((await tx.db.select().from(people)).length).padStart(9, "0")}`
        const id = await enrol(tx, keys, { kind: "citizen", name, nationalId, birthYear: 1990 })
        const citizen = mint<Citizen>({ role: "citizen", id, kind: "citizen", level: "full" })
        return (await book(tx, citizen, { office: "AAA-1", service, slot: slot.id })).id
      },
      { scopes: ["office:AAA-1", "accounts"] },
    )
  })
}

describe("the first setup", () => {
  test("makes database, keys and the first administrator, who can sign in behind https", async () => {
    const folder = ownFolder()
    const { code, said } = await setUpIn(folder, agencyFiles(), ["--yes", "--admin", "Layla.N"])
    expect([code, said]).toEqual([0, expect.stringContaining("A new installation")])
    const [, login, invitation = "none"] = /login (\S+), enrolment code (\S+) \(shown this once/.exec(said) ?? []
    expect(login).toBe("layla.n")
    expect(invitation).toMatch(/^(\w{4}-){3}\w{4}$/)
    for (const name of ["data.keys.json", "data/dawr.db"]) expect(statSync(join(folder, name)).mode & 0o077).toBe(0)
    const whole = readFileSync(join(folder, "data", "dawr.db"), "latin1")
    expect(whole).not.toContain(invitation)
    expect(whole).not.toContain(invitation.replaceAll("-", ""))

    const origin = "https://front.example.gov"
    const port = await freePort()
    const server = runServer(folder, { NODE_ENV: "production", PUBLIC_ORIGIN: origin, PORT: String(port) })
    expect(await server.origin()).toBe(origin)
    const who = visitor(() => `http://localhost:${port}`)
    const behind = { Host: "front.example.gov", Origin: origin }
    const own = softAuthenticator(origin)
    expect((await who.post("/staff/enrol", { code: invitation }, behind)).location).toBe("/enrol/password")
    const chosen = await who.post("/enrol/password", { password: "four green camels" }, behind)
    expect(chosen.location).toBe("/enrol/passkey")
    const asked = await who.post("/passkeys/options", { purpose: "enrol" }, behind)
    const response = own.create(JSON.parse(asked.text))
    const answer = await who.post("/enrol/passkey", { response, name: "key" }, behind)
    expect([answer.status, answer.location]).toEqual([303, "/day?passkeys=one"])
    expect([...who.cookies.keys()]).toEqual(["__Host-sid"])
    // Once.
    expect((await who.post("/staff/enrol", { code: invitation }, behind)).status).toBe(403)
    const other = visitor(() => `http://localhost:${port}`)
    expect((await other.post("/staff/enrol", { code: invitation }, behind)).status).toBe(401)
    await who.get("/staff", { Host: "front.example.gov" })
    expect((await who.post("/live/ticket", {}, behind)).status).toBe(200)
    expect(server.said()).not.toContain("dawr-demo")

    const locked = await setUpIn(folder, agencyFiles())
    expect([locked.code, locked.said]).toEqual([65, expect.stringMatching(/Another process is using the data folder/)])
    expect(await server.kill("SIGTERM")).toBe(0)

    const demo = runServer(folder, { DEMO: "1" })
    expect([await demo.ended, demo.said()]).toEqual([78, expect.stringContaining("holds an agency's own data")])
  })

  test("asks before it writes, and without an answer leaves nothing behind", async () => {
    const folder = ownFolder()
    const { code, said } = await setUpIn(folder, agencyFiles(), [])
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(
        /\+ AAA-1 .*3 counters, lines PAS RES(.|\n)*Nothing was changed: there is no terminal to ask/,
      ),
    ])
    expect(readdirSync(folder).sort()).toEqual(["offices.json", "services.json"])
  })

  test("what it is not asked for in its own form it does not guess", async () => {
    for (const [args, what] of [
      [["--force"], "'--force'"],
      [["--admin"], "'--admin <value>'"],
      [["--admin", "!"], '"!" cannot be a login.'],
      [["third.json"], 'What is "'],
      [["--yes=no"], "'--yes'"],
    ] as const) {
      const { code, said } = await setUpIn(ownFolder(), agencyFiles(), [...args])
      const [first, then] = said.split("\n")
      expect([args, code, first, then]).toEqual([
        args,
        64,
        expect.stringContaining(what),
        expect.stringContaining("Usage:"),
      ])
    }
  })

  test("names every mistake with its place, in both files, and changes nothing", async () => {
    const folder = ownFolder()
    const wrong = agencyFiles()
    const [first, second] = wrong.offices.offices
    Object.assign(first, {
      zone: "Mars/Olympus",
      counters: 0,
      hours: [{ layer: "base", rrule: "FREQ=HOURLY", start: "8:00", minutes: 1 }],
    })
    Object.assign(second, { lines: [], surprise: true })
    Object.assign(wrong.services.services[0], { channels: [], minutes: -5 })
    const { code, said } = await setUpIn(folder, wrong)
    expect(code).toBe(65)
    for (const place of [
      'offices: office AAA-1: zone is "Mars/Olympus"; an IANA zone such as Asia/Riyadh is expected.',
      "offices: office AAA-1: counters is 0; a number of at least 1 is expected.",
      'offices: office AAA-1: hours 1: rrule is "FREQ=HOURLY": FREQ=HOURLY is not a value that it can have.',
      'offices: office AAA-1: hours 1: start is "8:00"; a time, written HH:mm, is expected.',
      "offices: office AAA-1: hours 1: minutes is 1; a number of at least 5 is expected.",
      "offices: office BBB-1: lines is an empty list; a list of at least 1 entry is expected.",
      'offices: office BBB-1 has "surprise", which is not known there.',
      "services: service PAS-01: channels is an empty list",
      "services: service PAS-01: minutes is -5; a number of at least 1 is expected.",
    ]) {
      expect(said).toContain(`- ${place}`)
    }

    const crossed = agencyFiles()
    crossed.offices.agencies.push({ code: "interior", ar: "x", en: "x" })
    Object.assign(crossed.offices.offices[0], { agency: "nobody", sectors: ["PAS", "XXX"] })
    crossed.offices.offices[1].code = "AAA-1"
    crossed.offices.offices[1].lines.push({ code: "ZZZ", public: 1 })
    crossed.offices.offices[1].hours.push({
      layer: "season",
      season: "none",
      rrule: workdays,
      start: "08:00",
      minutes: 60,
    })
    crossed.offices.offices[1].hours.push({
      layer: "base",
      rrule: workdays,
      start: "08:00",
      minutes: 60,
      validFrom: "2027-02-01",
      validTo: "2027-01-01",
    })
    const season = (id: string, first: string, last: string) => ({ id, ar: id, en: id, first, last })
    crossed.offices.calendar.seasons.push(
      season("a", "2027-01-01", "2027-02-01"),
      season("b", "2027-02-01", "2027-03-01"),
      season("a", "2028-01-02", "2028-01-01"),
    )
    crossed.offices.calendar.holidays.push({ ar: "x", en: "Feast", first: "2027-01-01" })
    const told = await setUpIn(folder, crossed)
    expect(told.code).toBe(65)
    for (const sentence of [
      "agency interior stands twice",
      "office AAA-1 stands twice",
      "office AAA-1: there is no agency nobody",
      "office AAA-1: there is no sector XXX",
      "office AAA-1: the line ZZZ names no sector",
      "office AAA-1: hours 2: there is no season none",
      'office AAA-1: hours 3: "validTo" lies before "validFrom"',
      "season a stands twice",
      "season a: ends before it begins",
      "season b: begins while season a is on",
      "holiday Feast: give either",
    ]) {
      expect(told.said).toContain(sentence)
    }
    writeFileSync(join(folder, "broken.json"), "{")
    const child = run("src/cli/setup.ts", { DATA_DIR: join(folder, "data"), INIT_CWD: folder }, [
      "broken.json",
      "services.json",
    ])
    expect([await child.ended, child.said()]).toEqual([65, expect.stringContaining("offices: the file is not JSON")])
    expect(readdirSync(folder)).not.toContain("data")
  })

  test("a logo that is not there is a mistake of the file", async () => {
    const wrong = agencyFiles()
    Object.assign(wrong.offices, { look: { logo: "nowhere.svg" } })
    const { code, said } = await setUpIn(ownFolder(), wrong)
    expect([code, said]).toEqual([65, expect.stringContaining("there is no file public/nowhere.svg")])
  })

  test("a demonstration's folder is no place for an agency", async () => {
    const folder = ownFolder()
    const server = runServer(folder)
    await server.origin()
    await server.kill("SIGTERM")
    const { code, said } = await setUpIn(folder, agencyFiles())
    expect([code, said]).toEqual([65, expect.stringContaining("holds a demonstration")])
  })
})

describe("a setup of what is there", () => {
  test("applied twice it changes nothing and says nothing", async () => {
    const folder = ownFolder()
    await setUpIn(folder, agencyFiles())
    const before = [await versions(folder), await factCount(folder)]
    const again = await setUpIn(folder, agencyFiles(), ["--yes", "--admin", "second"])
    expect(again.said).toContain("Nothing to change.")
    expect(again.said).toContain("--admin was not looked at")
    expect(again.said).not.toContain("code")
    expect([await versions(folder), await factCount(folder)]).toEqual(before)
  })

  test("a change of one office raises its version alone; a change of the calendar raises everyone's", async () => {
    const folder = ownFolder()
    const plan = agencyFiles()
    await setUpIn(folder, plan)
    expect(await versions(folder)).toEqual({ "AAA-1": 1, "BBB-1": 1 })
    Object.assign(plan.offices.offices[1].lines[0] ?? {}, { public: 5 })
    const { said } = await setUpIn(folder, plan)
    expect(said).toContain("~ office BBB-1  line PAS places: 2 → 5")
    expect(await versions(folder)).toEqual({ "AAA-1": 1, "BBB-1": 2 })
    plan.offices.calendar.holidays.push({ ar: "عيد", en: "Feast", date: "2031-01-01" })
    await setUpIn(folder, plan)
    expect(await versions(folder)).toEqual({ "AAA-1": 2, "BBB-1": 3 })
  })

  test("an office that is not in the file keeps its hours, and the season that they name; the calendar is its own too", async () => {
    const folder = ownFolder()
    const plan = agencyFiles()
    plan.offices.calendar.seasons.push({
      id: "summer",
      ar: "صيف",
      en: "Summer",
      first: "2030-06-01",
      last: "2030-08-31",
    })
    plan.offices.offices[1].hours.push({
      layer: "season",
      season: "summer",
      rrule: workdays,
      start: "06:00",
      minutes: 300,
    })
    await setUpIn(folder, plan)
    const alone = agencyFiles()
    alone.offices.offices.pop()
    const { code, said } = await setUpIn(folder, alone)
    expect([code, said]).toEqual([0, expect.stringContaining("= office BBB-1 is not in the file and stays as it is")])
    const rules = await within(folder, (store) =>
      store.db
        .select()
        .from(openingRules)
        .where(eq(openingRules.office, "BBB-1"))
        .then((rows) => rows.length),
    )
    expect(rules).toBe(2)
    const before = await versions(folder)
    alone.offices.calendar.holidays.push({ ar: "عيد", en: "Feast", date: "2031-01-01" })
    await setUpIn(folder, alone)
    expect((await versions(folder))["BBB-1"]).toBe((before["BBB-1"] ?? 0) + 1)
  })

  test("bookings that new hours, a holiday or a season meet are counted before and marked after, and come back with the hours", async () => {
    const folder = ownFolder()
    const plan = agencyFiles()
    await setUpIn(folder, plan)
    const ids = [await bookSomething(folder), await bookSomething(folder)]
    const struckAt = () =>
      within(folder, async (store) => {
        const rows = await store.db.select().from(bookings)
        return ids.map((id) => rows.find((row) => row.id === id)?.struckAt !== null)
      })
    expect(await struckAt()).toEqual([false, false])
    const day = await within(folder, async (store) => (await store.db.select().from(bookings))[0]?.day ?? "")

    const late = agencyFiles()
    late.offices.offices[0].hours = [{ layer: "base", rrule: workdays, start: "13:00", minutes: 60 }]
    const holiday = agencyFiles()
    holiday.offices.calendar.holidays.push({ ar: "عيد", en: "Feast", date: day })
    const season = agencyFiles()
    season.offices.calendar.seasons.push({ id: "s", ar: "موسم", en: "Season", first: day, last: day })
    season.offices.offices[0].hours.push({ layer: "season", season: "s", rrule: workdays, start: "13:30", minutes: 60 })
    for (const changed of [late, holiday, season]) {
      const seen = await setUpIn(folder, changed, [])
      expect(seen.said).toContain("! office AAA-1  2 bookings would lie outside its hours")
      expect(await struckAt()).toEqual([false, false])
      const { said } = await setUpIn(folder, changed)
      expect(said).toContain("stands until the office settles it")
      expect(await struckAt()).toEqual([true, true])
      await setUpIn(folder, plan)
      expect(await struckAt()).toEqual([false, false])
    }
  })

  test("a line goes when nobody depends on it, comes back as it was asked for, and counters take what there is", async () => {
    const folder = ownFolder()
    await setUpIn(folder, agencyFiles())
    const booking = await bookSomething(folder)
    const without = agencyFiles()
    without.offices.offices[0].lines.pop()
    const refused = await setUpIn(folder, without)
    expect([refused.code, refused.said]).toEqual([
      65,
      expect.stringMatching(/line RES cannot go yet: 1 bookings are ahead/),
    ])
    const linesOf = () =>
      within(folder, async (store) =>
        (await allOffices(store)).find(({ code }) => code === "AAA-1")?.lines.map(({ code }) => code),
      )
    expect(await linesOf()).toEqual(["PAS", "RES"])

    await within(folder, (_, writer) =>
      writer.write(
        (tx) =>
          tx.db
            .update(bookings)
            .set({ state: "done" })
            .where(eq(bookings.id, booking))
            .then(() => {}),
        { scopes: [] },
      ),
    )
    const gone = await setUpIn(folder, without)
    expect([gone.code, gone.said]).toEqual([0, expect.stringContaining("- office AAA-1  line RES")])
    expect(await linesOf()).toEqual(["PAS"])
    const profiles = () =>
      within(folder, async (store) => {
        const rows = await store.db.select().from(counters).where(eq(counters.office, "AAA-1")).orderBy(counters.number)
        return rows.map(({ profile }) => profile.map(({ line, handicap }) => `${line}+${handicap}`).join(" "))
      })
    expect(await profiles()).toEqual(["PAS+0", "PAS+0", "PAS+0"])
    const kept = await within(folder, (store) =>
      store.db
        .select()
        .from(lines)
        .where(eq(lines.code, "RES"))
        .then((rows) => rows),
    )
    expect(kept.find(({ office }) => office === "AAA-1")).toMatchObject({
      position: -1,
      publicPlaces: 0,
      staffExtra: 0,
    })
    expect((await setUpIn(folder, without)).said).toContain("Nothing to change.")
    await setUpIn(folder, agencyFiles())
    expect(await linesOf()).toEqual(["PAS", "RES"])
    expect(await profiles()).toEqual(Array(3).fill("PAS+0 RES+10"))
  })

  test("fewer counters than before: one at which somebody sits stays, one that was used is kept for its tickets, the rest go", async () => {
    const folder = ownFolder()
    await setUpIn(folder, agencyFiles())
    const set = (id: string, values: Partial<typeof counters.$inferInsert>) =>
      within(folder, (_, writer) =>
        writer.write(
          (tx) =>
            tx.db
              .update(counters)
              .set(values)
              .where(eq(counters.id, id))
              .then(() => {}),
          { scopes: [] },
        ),
      )
    await set("AAA-1.3", { state: "paused" })
    const fewer = agencyFiles()
    fewer.offices.offices[0].counters = 1
    const refused = await setUpIn(folder, fewer)
    expect([refused.code, refused.said]).toEqual([65, expect.stringContaining("counter 3 cannot go yet: it is open")])
    await set("AAA-1.3", { state: "closed" })
    await within(folder, (_, writer) =>
      writer.write(
        async (tx) => {
          const times = {
            arrivedAt: 1,
            arrival: 1,
            due: 1,
            wakeAt: null,
            keptUntil: null,
            calledAt: 1,
            servingAt: 1,
            endedAt: 2,
          }
          await tx.db.insert(tickets).values({
            ...{
              id: "t",
              office: "AAA-1",
              day: "2026-01-01" as never,
              number: 1,
              line: "PAS",
              service: "PAS-01",
              state: "served",
            },
            ...{
              person: null,
              holder: null,
              booking: null,
              people: 1,
              need: null,
              dueBy: "walkin",
              counter: "AAA-1.2",
              calls: 1,
            },
            ...{
              outcome: "done",
              note: null,
              cameFrom: null,
              returns: 0,
              live: false,
              lang: "ar",
              undo: null,
              ...times,
            },
          })
        },
        { scopes: [] },
      ),
    )
    expect((await setUpIn(folder, fewer)).code).toBe(0)
    const numbers = () =>
      within(folder, async (store) => {
        const rows = await store.db.select().from(counters).where(eq(counters.office, "AAA-1")).orderBy(counters.id)
        return rows.map(({ id, number }) => `${id}=${number}`)
      })
    expect(await numbers()).toEqual(["AAA-1.1=1", "AAA-1.2=-2"])
    expect((await setUpIn(folder, fewer)).said).toContain("Nothing to change.")
    await setUpIn(folder, agencyFiles())
    expect(await numbers()).toEqual(["AAA-1.1=1", "AAA-1.2=2", "AAA-1.3=3"])
  })
})
