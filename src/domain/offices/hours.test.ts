import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { addDays, type Day, day, daysFrom, minute } from "../../base/day.ts"
import { isoWithOffset, wallToInstant } from "../../base/time.ts"
import { between, changed, demoFile, demoHours, hoursOf, told, workdays } from "../../testing/hours.ts"
import { type OfficeHours, type OpeningRule, openMinutesAfter, openMinutesBetween, sessionsBetween } from "./hours.ts"

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
