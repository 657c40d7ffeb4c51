import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { day, hour } from "../../base/day.ts"
import { isoWithOffset, wallToInstant } from "../../base/time.ts"
import { between, hoursOf, told } from "../../testing/hours.ts"
import { nextSession, type OfficeHours, type OpeningRule, ownSessions, type Session, sessionAt } from "./hours.ts"

function berlin(rules: Partial<OpeningRule>[]): OfficeHours {
  return hoursOf(rules, { zone: "Europe/Berlin" })
}

function lengths(sessions: readonly Session[]): number[] {
  return sessions.map(({ startsAt, endsAt }) => (endsAt - startsAt) / hour)
}

describe("in the night in which Berlin's clocks go forward", () => {
  test("half past two does not exist: its session begins at half past three, is marked, and keeps its length", () => {
    const hours = berlin([{ start: "02:30", minutes: 60 }])
    expect(told(hours, "2026-03-28", "2026-03-30")).toEqual([
      "2026-03-28T02:30+01:00 to 03:30+01:00",
      "2026-03-29T03:30+02:00 to 04:30+02:00",
      "2026-03-30T02:30+02:00 to 03:30+02:00",
    ])
    expect(between(hours, "2026-03-28", "2026-03-30").map(({ shifted }) => shifted)).toEqual([false, true, false])
  })

  test("nine o'clock stays nine o'clock on every side of it", () => {
    const hours = berlin([{ start: "09:00", minutes: 300 }])
    expect(told(hours, "2026-03-28", "2026-03-30")).toEqual([
      "2026-03-28T09:00+01:00 to 14:00+01:00",
      "2026-03-29T09:00+02:00 to 14:00+02:00",
      "2026-03-30T09:00+02:00 to 14:00+02:00",
    ])
    expect(between(hours, "2026-03-29").some(({ shifted }) => shifted)).toBe(false)
  })

  test("a night from nine to five has seven hours", () => {
    const hours = berlin([{ start: "21:00", minutes: 480 }])
    expect(told(hours, "2026-03-28")).toEqual(["2026-03-28T21:00+01:00 to 05:00+02:00"])
    expect(lengths(between(hours, "2026-03-27", "2026-03-29"))).toEqual([8, 7, 8])
  })

  test("a session that would end in the skipped hour keeps its length too", () => {
    const hours = berlin([{ start: "00:30", minutes: 120 }])
    expect(told(hours, "2026-03-29")).toEqual(["2026-03-29T00:30+01:00 to 03:30+02:00"])
    expect(lengths(between(hours, "2026-03-29"))).toEqual([2])
  })

  test("a rule that begins at half past three anyway and one that is moved there are one session, not marked", () => {
    const hours = berlin([
      { start: "02:30", minutes: 60 },
      { start: "03:30", minutes: 60 },
    ])
    expect(between(hours, "2026-03-29").map(({ shifted }) => shifted)).toEqual([false])
    expect(told(hours, "2026-03-29")).toEqual(["2026-03-29T03:30+02:00 to 04:30+02:00"])
  })

  test("a break in the skipped hour is taken when the clocks have moved", () => {
    const hours = berlin([
      { start: "21:00", minutes: 480 },
      { layer: "break", start: "02:00", minutes: 30 },
    ])
    const [session] = between(hours, "2026-03-28")
    expect(session?.breaks.map(({ startsAt }) => isoWithOffset(startsAt, "Europe/Berlin"))).toEqual([
      "2026-03-29T03:00:00+02:00",
    ])
  })
})

describe("in the night in which Berlin's clocks go back", () => {
  test("half past two comes twice: the first of the two is meant", () => {
    const hours = berlin([{ start: "02:30", minutes: 15 }])
    expect(told(hours, "2026-10-25")).toEqual(["2026-10-25T02:30+02:00 to 02:45+02:00"])
    expect(between(hours, "2026-10-25")[0]?.shifted).toBe(false)
  })

  test("a session from midnight to four has five hours", () => {
    const hours = berlin([{ start: "00:00", minutes: 240 }])
    expect(lengths(between(hours, "2026-10-24", "2026-10-26"))).toEqual([4, 5, 4])
    expect(told(hours, "2026-10-25")).toEqual(["2026-10-25T00:00+02:00 to 04:00+01:00"])
  })

  test("a day from midnight to midnight has twenty-five hours and touches both its neighbours", () => {
    const sessions = between(berlin([{ start: "00:00", minutes: 1440 }]), "2026-10-24", "2026-10-26")
    expect(lengths(sessions)).toEqual([24, 25, 24])
    expect(sessions[0]?.endsAt).toBe(sessions[1]?.startsAt ?? 0)
    expect(sessions[1]?.endsAt).toBe(sessions[2]?.startsAt ?? 0)
  })
})

describe("whatever the machine's own zone", () => {
  const root = join(import.meta.dir, "..", "..", "..")
  const program = `
    import { readPlan } from "${root}/src/cli/plan.ts"
    import { sessionsBetween } from "${root}/src/domain/offices/hours.ts"
    const file = (name) => Bun.file("${root}/src/cli/demo/" + name).text()
    const plan = readPlan(await file("offices.json"), await file("services.json"))
    for (const { code, zone, hours } of plan.offices) {
      const rules = hours.map((rule, index) => ({ ...rule, id: String(index) }))
      const all = { zone, rules, seasons: plan.seasons, holidays: plan.holidays, changes: [] }
      for (const [first, last] of [["2026-10-01", "2026-10-31"], ["2027-03-01", "2027-03-31"]])
        console.log(code, JSON.stringify(sessionsBetween(all, first, last)))
    }
    console.log(JSON.stringify(new Date(2026, 0, 1).getTimezoneOffset()))
  `
  async function expandedIn(zone: string): Promise<{ sessions: string; offset: string }> {
    const child = Bun.spawn([process.execPath, "-e", program], { env: { ...process.env, TZ: zone }, stderr: "inherit" })
    const lines = (await new Response(child.stdout).text()).trimEnd().split("\n")
    expect(await child.exited).toBe(0)
    return { offset: lines.at(-1) ?? "", sessions: lines.slice(0, -1).join("\n") }
  }

  test("the months of both clock changes and of Ramadan's end come out the same, byte for byte, for every office", async () => {
    const riyadh = await expandedIn("Asia/Riyadh")
    const utc = await expandedIn("UTC")
    const newYork = await expandedIn("America/New_York")
    // The zones did arrive in the children.
    expect([riyadh.offset, utc.offset, newYork.offset]).toEqual(["-180", "0", "300"])
    expect(utc.sessions).toBe(riyadh.sessions)
    expect(newYork.sessions).toBe(riyadh.sessions)
    expect(riyadh.sessions.split("\n").length).toBeGreaterThanOrEqual(20)
    expect(riyadh.sessions.length).toBeGreaterThan(20_000)
  })
})

describe("an evening that runs past midnight", () => {
  const hours = hoursOf([{ start: "21:00", minutes: 240 }])
  const atWall = (on: string, time: string) => wallToInstant(day(on), time, "Asia/Riyadh")

  test("belongs to the day on which it began", () => {
    expect(told(hours, "2027-02-11")).toEqual(["2027-02-11T21:00+03:00 to 01:00+03:00"])
    const around = between(hours, "2027-02-10", "2027-02-12")
    expect(sessionAt(around, atWall("2027-02-12", "00:20"))?.day).toBe(day("2027-02-11"))
    expect(sessionAt(around, atWall("2027-02-11", "00:20"))?.day).toBe(day("2027-02-10"))
  })

  test("is on at its first moment and over at its last", () => {
    const around = between(hours, "2027-02-10", "2027-02-12")
    expect(sessionAt(around, atWall("2027-02-11", "21:00"))?.day).toBe(day("2027-02-11"))
    expect(sessionAt(around, atWall("2027-02-11", "21:00") - 1)).toBeNull()
    expect(sessionAt(around, atWall("2027-02-12", "01:00") - 1)?.day).toBe(day("2027-02-11"))
    expect(sessionAt(around, atWall("2027-02-12", "01:00"))).toBeNull()
  })

  test("is followed by the next evening", () => {
    const around = between(hours, "2027-02-10", "2027-02-12")
    expect(nextSession(around, atWall("2027-02-12", "00:20"))?.day).toBe(day("2027-02-12"))
    expect(nextSession(around, atWall("2027-02-12", "21:00"))).toBeNull()
  })

  test("keeps its minutes where the next day's hours begin before it ends: no moment belongs to two days", () => {
    const long = hoursOf([
      { rrule: "FREQ=WEEKLY;BYDAY=TH", start: "21:00", minutes: 300 },
      { rrule: "FREQ=WEEKLY;BYDAY=FR", start: "00:00", minutes: 240 },
    ])
    const expected = ["2027-02-11T21:00+03:00 to 02:00+03:00", "2027-02-12T02:00+03:00 to 04:00+03:00"]
    expect(told(long, "2027-02-11", "2027-02-12")).toEqual(expected)
    expect(told(long, "2027-02-12")).toEqual(expected.slice(1))
    // Who looks for hours that overlap sees them as they were said.
    expect(ownSessions(long, day("2027-02-12"))[0]?.startsAt).toBe(atWall("2027-02-12", "00:00"))
  })

  test("swallows a session that lies in it whole", () => {
    const long = hoursOf([
      { rrule: "FREQ=WEEKLY;BYDAY=TH", start: "21:00", minutes: 600 },
      { rrule: "FREQ=WEEKLY;BYDAY=FR", start: "00:00", minutes: 240 },
    ])
    expect(told(long, "2027-02-12")).toEqual([])
  })
})
