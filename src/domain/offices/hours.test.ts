import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import fc from "fast-check"
import { addDays, type Day, day, daysFrom, hour, minute } from "../../base/day.ts"
import { isoWithOffset, wallToInstant } from "../../base/time.ts"
import { readPlan } from "../../cli/plan.ts"
import {
  type DayChange,
  nextSession,
  type OfficeHours,
  type OpeningRule,
  openMinutesAfter,
  openMinutesBetween,
  ownSessions,
  type Session,
  sessionAt,
  sessionsBetween,
} from "./hours.ts"

const workdays = "FREQ=WEEKLY;WKST=SU;BYDAY=SU,MO,TU,WE,TH"

function rule(of: Partial<OpeningRule> = {}): OpeningRule {
  const plain = { id: "1", layer: "base", rrule: "FREQ=DAILY", start: "07:30", minutes: 420, season: null } as const
  return { ...plain, validFrom: null, validTo: null, bookingOnly: false, ...of }
}

function hoursOf(rules: Partial<OpeningRule>[], rest: Partial<OfficeHours> = {}): OfficeHours {
  return { zone: "Asia/Riyadh", rules: rules.map(rule), seasons: [], holidays: [], changes: [], ...rest }
}

function berlin(rules: Partial<OpeningRule>[]): OfficeHours {
  return hoursOf(rules, { zone: "Europe/Berlin" })
}

function changed(on: string, of: Partial<DayChange>): DayChange {
  return { day: day(on), kind: "hours", sessions: [], openOnHoliday: false, ...of }
}

function between(hours: OfficeHours, first: string, last = first): Session[] {
  return sessionsBetween(hours, day(first), day(last))
}

/** "2026-03-29T03:30+02:00 to 04:30+02:00", a line a session. */
function told(hours: OfficeHours, first: string, last = first): string[] {
  const at = (instant: number) => isoWithOffset(instant, hours.zone).replace(/:00([+-])/, "$1")
  return between(hours, first, last).map(({ startsAt, endsAt }) => `${at(startsAt)} to ${at(endsAt).slice(11)}`)
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

describe("in Ramadan", () => {
  const ramadan = { id: "ramadan-1448", first: day("2027-02-08"), last: day("2027-03-08") }
  const rules: Partial<OpeningRule>[] = [
    { rrule: workdays, start: "07:30", minutes: 420 },
    { start: "16:00", minutes: 300 },
    { layer: "season", season: "ramadan-1448", rrule: workdays, start: "10:00", minutes: 300 },
    { layer: "season", season: "ramadan-1448", start: "21:00", minutes: 240 },
  ]

  test("its hours replace the others whole, from its first day to its last", () => {
    const hours = hoursOf(rules, { seasons: [ramadan] })
    const starts = (on: string) => told(hours, on).map((line) => line.slice(11, 16))
    expect(starts("2027-02-07")).toEqual(["07:30", "16:00"])
    expect(starts("2027-02-08")).toEqual(["10:00", "21:00"])
    expect(starts("2027-02-12")).toEqual(["21:00"])
    expect(starts("2027-03-08")).toEqual(["10:00", "21:00"])
    expect(starts("2027-03-09")).toEqual(["07:30", "16:00"])
  })

  test("a Friday without hours of the season is closed, though the base has some", () => {
    const hours = hoursOf(rules.slice(0, 3), { seasons: [ramadan] })
    expect(told(hours, "2027-02-12")).toEqual([])
  })

  test("announced a day later than the tables say, one day changes and no other", () => {
    const entered = hoursOf(rules, { seasons: [ramadan] })
    const announced = hoursOf(rules, { seasons: [{ ...ramadan, first: day("2027-02-09") }] })
    const differing = daysFrom(day("2027-01-25"), day("2027-03-31")).filter(
      (one) => told(entered, one).join() !== told(announced, one).join(),
    )
    expect(differing).toEqual([day("2027-02-08")])
  })

  test("two in one Gregorian year each have their own hours", () => {
    const hours = hoursOf(
      [
        { start: "08:00", minutes: 360 },
        { layer: "season", season: "ramadan-1451", start: "10:00", minutes: 300 },
        { layer: "season", season: "ramadan-1452", start: "11:00", minutes: 240 },
      ],
      {
        seasons: [
          { id: "ramadan-1451", first: day("2030-01-05"), last: day("2030-02-03") },
          { id: "ramadan-1452", first: day("2030-12-26"), last: day("2031-01-24") },
        ],
      },
    )
    const starts = ["2030-01-04", "2030-01-05", "2030-06-01", "2030-12-26", "2031-01-05", "2031-01-25"].map((on) =>
      told(hours, on)[0]?.slice(11, 16),
    )
    expect(starts).toEqual(["08:00", "10:00", "08:00", "11:00", "11:00", "08:00"])
  })

  test("an office without hours for it goes on as always, with its break", () => {
    const hours = hoursOf([{ rrule: workdays }, { layer: "break", rrule: workdays, start: "12:00", minutes: 30 }], {
      seasons: [ramadan],
    })
    expect(told(hours, "2027-02-08")).toEqual(told(hours, "2027-02-15").map((line) => line.replace("02-15", "02-08")))
    expect(between(hours, "2027-02-08")[0]?.breaks).toHaveLength(1)
  })

  test("inside a longer season its own hours count, whichever of the two is listed first", () => {
    const winter = { id: "winter", first: day("2026-12-01"), last: day("2027-03-31") }
    const all = [...rules, { layer: "season" as const, season: "winter", start: "09:00", minutes: 300 }]
    for (const seasons of [
      [winter, ramadan],
      [ramadan, winter],
    ]) {
      const hours = hoursOf(all, { seasons })
      expect(told(hours, "2027-02-08")[0]?.slice(11, 16)).toBe("10:00")
      expect(told(hours, "2027-02-07")[0]?.slice(11, 16)).toBe("09:00")
    }
  })
})

describe("a break", () => {
  const ramadan = { id: "ramadan", first: day("2027-02-08"), last: day("2027-03-08") }
  const pauses = (hours: OfficeHours, on: string) =>
    between(hours, on).flatMap(({ breaks }) =>
      breaks.map(({ startsAt, endsAt }) =>
        [startsAt, endsAt].map((at) => isoWithOffset(at, hours.zone).slice(11, 16)).join("–"),
      ),
    )

  test("in Abha is from twelve to half past, but not in Ramadan", async () => {
    const hours = await demoHours("AHB-CIV")
    expect(pauses(hours, "2027-02-07")).toEqual(["12:00–12:30"])
    expect(pauses(hours, "2027-02-08")).toEqual([])
    expect(told(hours, "2027-02-08")).toEqual(["2027-02-08T10:00+03:00 to 15:00+03:00"])
    expect(pauses(hours, "2027-03-14")).toEqual(["12:00–12:30"])
  })

  test("that names a season is taken in that season only", () => {
    const hours = hoursOf(
      [
        {},
        { layer: "season", season: "ramadan", start: "10:00", minutes: 300 },
        { layer: "break", season: "ramadan", start: "12:15", minutes: 20 },
      ],
      { seasons: [ramadan] },
    )
    expect(pauses(hours, "2027-02-08")).toEqual(["12:15–12:35"])
    expect(pauses(hours, "2027-02-07")).toEqual([])
  })

  test("at half past midnight pauses the session that began the evening before", () => {
    const hours = hoursOf([
      { start: "21:00", minutes: 240 },
      { layer: "break", start: "00:30", minutes: 10 },
    ])
    expect(pauses(hours, "2027-02-11")).toEqual(["00:30–00:40"])
    expect(between(hours, "2027-02-11")[0]?.breaks[0]?.startsAt).toBe(
      wallToInstant(day("2027-02-12"), "00:30", hours.zone),
    )
  })

  test("is cut to the session, and two that overlap are one", () => {
    const hours = hoursOf([
      { start: "08:00", minutes: 240 },
      { layer: "break", start: "07:45", minutes: 30 },
      { layer: "break", start: "09:00", minutes: 30 },
      { layer: "break", start: "09:15", minutes: 30 },
      { layer: "break", start: "11:50", minutes: 30 },
      { layer: "break", start: "13:00", minutes: 30 },
    ])
    expect(pauses(hours, "2026-11-22")).toEqual(["08:00–08:15", "09:00–09:45", "11:50–12:00"])
    const [session] = between(hours, "2026-11-22")
    if (!session) throw new Error("no session")
    expect(openMinutesBetween(session, session.startsAt, session.endsAt)).toBe(240 - 15 - 45 - 10)
  })

  test("stays where a supervisor has given the day other hours", () => {
    const hours = hoursOf([{}, { layer: "break", start: "12:00", minutes: 30 }], {
      changes: [changed("2026-11-22", { sessions: [{ start: "10:00", minutes: 300 }] })],
    })
    expect(pauses(hours, "2026-11-22")).toEqual(["12:00–12:30"])
  })
})

describe("open minutes", () => {
  const [session] = between(
    hoursOf([
      { start: "08:00", minutes: 240 },
      { layer: "break", start: "10:00", minutes: 30 },
    ]),
    "2026-11-22",
  )
  if (!session) throw new Error("no session")
  const at = (time: string) => wallToInstant(day("2026-11-22"), time, "Asia/Riyadh")

  test("stand still during a break", () => {
    expect(openMinutesAfter(session, at("09:50"), 20)).toBe(at("10:40"))
    expect(openMinutesAfter(session, at("10:10"), 5)).toBe(at("10:35"))
    expect(openMinutesBetween(session, at("09:50"), at("10:40"))).toBe(20)
  })

  test("that end as the break begins end then", () => {
    expect(openMinutesAfter(session, at("09:50"), 10)).toBe(at("10:00"))
  })

  test("begin with the session and end with it", () => {
    expect(openMinutesAfter(session, at("07:00"), 30)).toBe(at("08:30"))
    expect(openMinutesAfter(session, at("11:50"), 30)).toBe(at("12:00"))
    expect(openMinutesBetween(session, at("07:00"), at("13:00"))).toBe(210)
    expect(openMinutesBetween(session, at("13:00"), at("14:00"))).toBe(0)
  })

  test("forth and back are the same, wherever in the session one begins", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 239 }), fc.integer({ min: 0, max: 240 }), (offset, minutes) => {
        const from = session.startsAt + offset * minute
        const until = openMinutesAfter(session, from, minutes)
        const most = openMinutesBetween(session, from, session.endsAt)
        expect(openMinutesBetween(session, from, until)).toBe(Math.min(minutes, most))
      }),
    )
  })
})

describe("on a holiday", () => {
  const nationalDay = { first: day("2028-09-23"), last: day("2028-09-23") }
  const substitute = { first: day("2028-09-24"), last: day("2028-09-24") }
  const rules = [{ rrule: workdays }]

  test("that falls on a Saturday, the Sunday in its place is closed too", () => {
    const hours = hoursOf(rules, { holidays: [nationalDay, substitute] })
    expect(told(hours, "2028-09-22", "2028-09-25").map((line) => line.slice(0, 10))).toEqual(["2028-09-25"])
    expect(told(hoursOf(rules), "2028-09-24")).toHaveLength(1)
  })

  test("hours given before anybody knew of it do not open the office, however long they are", () => {
    const sessions = [{ start: "00:00", minutes: 1440 }]
    const hours = hoursOf(rules, { holidays: [substitute], changes: [changed("2028-09-24", { sessions })] })
    expect(told(hours, "2028-09-24")).toEqual([])
  })

  test("hours that say so open it, however short they are", () => {
    const sessions = [{ start: "10:00", minutes: 5 }]
    const changes = [changed("2028-09-24", { sessions, openOnHoliday: true })]
    expect(told(hoursOf(rules, { holidays: [substitute], changes }), "2028-09-24")).toEqual([
      "2028-09-24T10:00+03:00 to 10:05+03:00",
    ])
  })

  test("a season's hours stay closed as well", () => {
    const hours = hoursOf([...rules, { layer: "season", season: "ramadan", start: "21:00", minutes: 240 }], {
      seasons: [{ id: "ramadan", first: day("2027-02-08"), last: day("2027-03-08") }],
      holidays: [{ first: day("2027-03-04"), last: day("2027-03-13") }],
    })
    expect(told(hours, "2027-03-03", "2027-03-14").map((line) => line.slice(0, 10))).toEqual([
      "2027-03-03",
      "2027-03-14",
    ])
  })

  test("in the demonstration's calendar no substitute day lies in another holiday", async () => {
    const { calendar } = await Bun.file(demoFile("offices.json")).json()
    const spans: { en: string; first: Day; last: Day; substitute?: Day }[] = calendar.holidays.map(
      (one: { en: string; date?: Day; first: Day; last: Day; substitute?: Day }) => ({
        ...one,
        first: one.date ?? one.first,
        last: one.date ?? one.last,
      }),
    )
    const inside = spans.flatMap(({ substitute }) =>
      spans.filter(({ first, last }) => substitute && first <= substitute && substitute <= last),
    )
    expect(inside).toEqual([])
    expect(spans.find(({ first }) => first === "2028-09-23")?.substitute).toBe(day("2028-09-24"))
    expect(spans.find(({ first }) => first === "2028-02-22")?.substitute).toBeUndefined()
  })
})

describe("a supervisor's word about a day", () => {
  test("closing beats every other hour of that day, and of that day alone", () => {
    const hours = hoursOf([{}, { layer: "exception", start: "16:00" }], {
      changes: [changed("2026-11-22", { kind: "closed" })],
    })
    expect(told(hours, "2026-11-22")).toEqual([])
    expect(told(hours, "2026-11-21", "2026-11-23")).toHaveLength(4)
  })

  test("closing counts also where an opening on the holiday was meant", () => {
    const changes = [changed("2026-11-22", { kind: "closed", openOnHoliday: true })]
    const holidays = [{ first: day("2026-11-22"), last: day("2026-11-22") }]
    expect(told(hoursOf([{}], { changes, holidays }), "2026-11-22")).toEqual([])
  })

  test("other hours replace the day's, in Ramadan too", () => {
    const sessions = [
      { start: "08:00", minutes: 60 },
      { start: "22:00", minutes: 180, bookingOnly: true },
    ]
    const hours = hoursOf([{}, { layer: "season", season: "ramadan", start: "10:00" }], {
      seasons: [{ id: "ramadan", first: day("2027-02-08"), last: day("2027-03-08") }],
      changes: [changed("2027-02-10", { sessions })],
    })
    expect(told(hours, "2027-02-10")).toEqual([
      "2027-02-10T08:00+03:00 to 09:00+03:00",
      "2027-02-10T22:00+03:00 to 01:00+03:00",
    ])
    expect(between(hours, "2027-02-10").map(({ bookingOnly }) => bookingOnly)).toEqual([false, true])
  })

  test("hours without a session close the day", () => {
    expect(told(hoursOf([{}], { changes: [changed("2026-11-22", {})] }), "2026-11-22")).toEqual([])
  })

  test("closing a day leaves the night that runs into it open", () => {
    const hours = hoursOf([{ start: "21:00", minutes: 240 }], { changes: [changed("2026-11-22", { kind: "closed" })] })
    expect(told(hours, "2026-11-21", "2026-11-22")).toEqual(["2026-11-21T21:00+03:00 to 01:00+03:00"])
  })
})

describe("two rules on one day", () => {
  test("that overlap are one session; capacity is the line's, so nothing adds up", () => {
    const hours = hoursOf([
      { start: "08:00", minutes: 240 },
      { start: "10:00", minutes: 240 },
      { start: "09:00", minutes: 30 },
    ])
    expect(told(hours, "2026-11-22")).toEqual(["2026-11-22T08:00+03:00 to 14:00+03:00"])
  })

  test("that overlap with different terms take people without an appointment all the while", () => {
    const hours = hoursOf([
      { start: "08:00", minutes: 240, bookingOnly: true },
      { start: "10:00", minutes: 240 },
    ])
    expect(between(hours, "2026-11-22").map(({ bookingOnly }) => bookingOnly)).toEqual([false])
  })

  test("that touch are one session with the same terms, two with different ones", () => {
    const touching = (bookingOnly: boolean) =>
      told(
        hoursOf([
          { start: "08:00", minutes: 120 },
          { start: "10:00", minutes: 120, bookingOnly },
        ]),
        "2026-11-22",
      )
    expect(touching(false)).toEqual(["2026-11-22T08:00+03:00 to 12:00+03:00"])
    expect(touching(true)).toEqual(["2026-11-22T08:00+03:00 to 10:00+03:00", "2026-11-22T10:00+03:00 to 12:00+03:00"])
  })

  test("with a pause between them are two sessions", () => {
    expect(
      told(
        hoursOf([
          { start: "16:00", minutes: 60 },
          { start: "08:00", minutes: 60 },
        ]),
        "2026-11-22",
      ),
    ).toEqual(["2026-11-22T08:00+03:00 to 09:00+03:00", "2026-11-22T16:00+03:00 to 17:00+03:00"])
  })
})

describe("whatever rules an office has", () => {
  const someRule = fc
    .record({
      rrule: fc.constantFrom("FREQ=DAILY", workdays, "FREQ=WEEKLY;BYDAY=FR,SA", "FREQ=MONTHLY;BYMONTHDAY=25,29"),
      start: fc
        .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom("00", "15", "30"))
        .map(([hours, minutes]) => `${String(hours).padStart(2, "0")}:${minutes}`),
      minutes: fc.integer({ min: 5, max: 1440 }),
      layer: fc.constantFrom("base" as const, "season" as const, "break" as const),
      bookingOnly: fc.boolean(),
    })
    .map((one) => ({ ...one, season: one.layer === "season" ? "late" : null }))
  const office = fc
    .record({ rules: fc.array(someRule, { maxLength: 5 }), spring: fc.boolean() })
    .map(({ rules, spring }) => ({
      first: day(spring ? "2026-03-20" : "2026-10-18"),
      hours: hoursOf(rules, {
        zone: "Europe/Berlin",
        seasons: [{ id: "late", first: day(spring ? "2026-03-27" : "2026-10-24"), last: day("2026-12-31") }],
      }),
    }))

  test("sessions are in order, none overlaps another, and breaks lie inside", () => {
    fc.assert(
      fc.property(office, ({ hours, first }) => {
        const sessions = sessionsBetween(hours, first, addDays(first, 14))
        for (const [index, session] of sessions.entries()) {
          expect(session.endsAt).toBeGreaterThan(session.startsAt)
          expect(session.startsAt).toBeGreaterThanOrEqual(sessions[index - 1]?.endsAt ?? 0)
          let last = session.startsAt
          for (const pause of session.breaks) {
            expect(pause.startsAt).toBeGreaterThanOrEqual(last)
            expect(pause.endsAt).toBeGreaterThan(pause.startsAt)
            last = pause.endsAt
          }
          expect(session.endsAt).toBeGreaterThanOrEqual(last)
        }
      }),
      { numRuns: 60 },
    )
  })

  test("a day has the same sessions asked for alone or among others", () => {
    fc.assert(
      fc.property(office, ({ hours, first }) => {
        const together = sessionsBetween(hours, first, addDays(first, 14))
        const alone = daysFrom(first, addDays(first, 14)).flatMap((one) => sessionsBetween(hours, one, one))
        expect(alone).toEqual(together)
      }),
      { numRuns: 40 },
    )
  })
})

function demoFile(name: string): string {
  return join(import.meta.dir, "..", "..", "cli", "demo", name)
}

async function demoHours(code: string): Promise<OfficeHours> {
  const read = (name: string) => Bun.file(demoFile(name)).text()
  const plan = readPlan(await read("offices.json"), await read("services.json"))
  const office = plan.offices.find((one) => one.code === code)
  if (!office) throw new Error(`no office ${code}`)
  return {
    zone: office.zone,
    rules: office.hours.map((one, index) => ({ ...one, id: String(index) })),
    seasons: plan.seasons,
    holidays: plan.holidays,
    changes: [],
  }
}
