import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { addDays, type Day, day, daysBetween, daysFrom } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { weekday } from "../../base/time.ts"
import { countsFromStart, daysOf, readRule } from "./recurrence.ts"

const workdays = "FREQ=WEEKLY;WKST=SU;BYDAY=SU,MO,TU,WE,TH"

function days(rrule: string, first: string, last: string, valid: { from?: string; to?: string } = {}): Day[] {
  const validFrom = valid.from ? day(valid.from) : null
  const validTo = valid.to ? day(valid.to) : null
  return [...daysOf({ rrule, validFrom, validTo }, day(first), day(last))]
}

/** Why a rule is refused; `null` where it is taken. */
function whyNot(rrule: string): string | null {
  try {
    readRule(rrule)
    return null
  } catch (thrown) {
    if (!(thrown instanceof Refusal) || thrown.code !== "setup_invalid") throw thrown
    return String(thrown.details["why"])
  }
}

describe("an office that opens on the Kingdom's workdays", () => {
  test("is closed on Friday and Saturday", () => {
    expect(days(workdays, "2026-11-19", "2026-11-23")).toEqual([
      day("2026-11-19"),
      day("2026-11-22"),
      day("2026-11-23"),
    ])
  })

  test("opens from the first day of the rule to its last, both included", () => {
    const valid = { from: "2026-11-22", to: "2026-11-24" }
    expect(days(workdays, "2026-11-01", "2026-11-30", valid)).toEqual([
      day("2026-11-22"),
      day("2026-11-23"),
      day("2026-11-24"),
    ])
    expect(days(workdays, "2026-11-25", "2026-11-30", valid)).toEqual([])
    expect(days(workdays, "2026-11-01", "2026-11-21", valid)).toEqual([])
    expect(days(workdays, "2026-11-24", "2026-11-24", valid)).toHaveLength(1)
  })

  test("has the same days whether a year is asked for at once or day by day", () => {
    const rules = [
      [workdays, undefined],
      ["FREQ=MONTHLY;BYDAY=SU,MO,TU,WE,TH;BYSETPOS=-1", undefined],
      ["FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,TH", "2025-12-25"],
      ["FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", "2024-02-29"],
      ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", undefined],
      ["FREQ=DAILY;INTERVAL=3", "2026-01-02"],
      ["FREQ=DAILY;COUNT=40", "2026-01-02"],
      ["FREQ=DAILY;UNTIL=20260303", undefined],
    ] as const
    for (const [rrule, from] of rules) {
      const whole = days(rrule, "2026-01-01", "2028-12-31", { from })
      const byOnes = daysFrom(day("2026-01-01"), day("2028-12-31")).filter(
        (one) => days(rrule, one, one, { from }).length === 1,
      )
      expect(whole.length).toBeGreaterThan(0)
      expect(byOnes).toEqual(whole)
    }
  })

  test("opens on the same days when its rule began long ago", () => {
    const now = days(workdays, "2036-06-01", "2036-06-30")
    expect(days(workdays, "2036-06-01", "2036-06-30", { from: "2000-01-03" })).toEqual(now)
    expect(now).toHaveLength(22)
  })
})

describe("every two weeks", () => {
  const fortnight = "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU"

  test("keeps its step over the turn of a year and through one with 53 weeks", () => {
    const found = days(fortnight, "2026-01-01", "2028-12-31", { from: "2025-12-21" })
    expect(found.slice(0, 3)).toEqual([day("2026-01-04"), day("2026-01-18"), day("2026-02-01")])
    for (const [index, one] of found.entries()) {
      const before = found[index - 1]
      if (before) expect(daysBetween(before, one)).toBe(14)
    }
    expect(found).toContain(day("2027-01-03"))
  })

  test("counts from its own first day: a rule that begins a week later has the other weeks", () => {
    const first = days(fortnight, "2026-01-01", "2026-12-31", { from: "2025-12-21" })
    const second = days(fortnight, "2026-01-01", "2026-12-31", { from: "2025-12-28" })
    expect(first.filter((one) => second.includes(one))).toEqual([])
    expect(second.map((one) => addDays(one, -7)).filter((one) => one >= "2026-01-01")).toEqual(
      first.slice(0, second.length),
    )
  })

  test("a week from Sunday keeps Sunday and Thursday together, a week from Monday does not", () => {
    const from = { from: "2026-11-22" }
    const bySunday = days("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,TH", "2026-11-22", "2026-12-06", from)
    const byMonday = days("FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=SU,TH", "2026-11-22", "2026-12-06", from)
    expect(bySunday).toEqual([day("2026-11-22"), day("2026-11-26"), day("2026-12-06")])
    expect(byMonday).toEqual([day("2026-11-22"), day("2026-12-03"), day("2026-12-06")])
  })

  test("is known to count from its start; a rule for every week is not", () => {
    for (const rrule of [fortnight, "FREQ=DAILY;COUNT=3", "INTERVAL=10;FREQ=DAILY", "FREQ=DAILY;INTERVAL=12"])
      expect(countsFromStart(rrule)).toBe(true)
    for (const rrule of [workdays, "FREQ=DAILY;INTERVAL=1", "INTERVAL=1;FREQ=DAILY"])
      expect(countsFromStart(rrule)).toBe(false)
  })
})

describe("a day of the month", () => {
  test("the last working day is a Thursday where the month ends on a weekend", () => {
    const found = days("FREQ=MONTHLY;BYDAY=SU,MO,TU,WE,TH;BYSETPOS=-1", "2026-01-01", "2026-12-31")
    expect(found).toHaveLength(12)
    expect(found.slice(0, 5)).toEqual(
      ["2026-01-29", "2026-02-26", "2026-03-31", "2026-04-30", "2026-05-31"].map((one) => day(one)),
    )
  })

  test("the fifth Thursday is there in the months that have one; the last is the fourth or the fifth", () => {
    expect(days("FREQ=MONTHLY;BYDAY=5TH", "2026-01-01", "2026-12-31")).toEqual(
      ["2026-01-29", "2026-04-30", "2026-07-30", "2026-10-29", "2026-12-31"].map((one) => day(one)),
    )
    const last = days("FREQ=MONTHLY;BYDAY=-1TH", "2026-01-01", "2026-12-31")
    expect(last).toHaveLength(12)
    expect(last.slice(0, 3)).toEqual([day("2026-01-29"), day("2026-02-26"), day("2026-03-26")])
    for (const one of last) expect(addDays(one, 7).slice(0, 7)).not.toBe(one.slice(0, 7))
  })

  test("the 31st leaves the short months out", () => {
    expect(days("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-01", "2026-12-31")).toHaveLength(7)
  })

  test("29 February comes in leap years only", () => {
    expect(days("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-01-01", "2033-12-31")).toEqual([
      day("2028-02-29"),
      day("2032-02-29"),
    ])
  })

  test("a rule with an end has its last day whole, whether the end names a time or not", () => {
    for (const until of ["20260324", "20260324T235959Z", "20260324T000000Z"]) {
      expect(days(`FREQ=DAILY;UNTIL=${until}`, "2026-03-23", "2026-03-26")).toEqual([
        day("2026-03-23"),
        day("2026-03-24"),
      ])
    }
  })

  test("three times in all are counted from the rule's first day", () => {
    const from = { from: "2026-03-01" }
    expect(days("FREQ=DAILY;COUNT=3", "2026-03-03", "2026-03-31", from)).toEqual([day("2026-03-03")])
  })
})

describe("a rule that is no rule", () => {
  const nonsense = [
    "FREQ=WEEKLY;BYDAY=SU;COUNT=-1",
    "FREQ=DAILY;COUNT=0",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=-1",
    "FREQ=DAILY;INTERVAL=100",
    "FREQ=DAILY;BYHOUR=99",
    "FREQ=DAILY;BYHOUR=9",
    "FREQ=DAILY;BYMINUTE=0",
    "FREQ=DAILY;TZID=Europe/Berlin",
    "DTSTART;TZID=Europe/Berlin:20260101T090000\nRRULE:FREQ=DAILY",
    "FREQ=DAILY;DTSTART=20260101T090000Z",
    "RRULE:FREQ=DAILY",
    "FREQ=WEEKLY;BYDAY=XX",
    "FREQ=WEEKLY;BYDAY=",
    "FREQ=WEEKLY;BYDAY=SU,",
    "FREQ=WEEKLY;BYDAY=SU\n",
    "FREQ=MONTHLY;BYDAY=6SU",
    "FREQ=MONTHLY;BYDAY=0SU",
    "FREQ=SECONDLY",
    "FREQ=HOURLY",
    "FREQ=daily",
    "freq=DAILY",
    "FREQ=DAILY;RSCALE=ISLAMIC-UMALQURA",
    "FREQ=DAILY;EXDATE=20260329",
    "FREQ=DAILY;UNTIL=20260230",
    "FREQ=DAILY;UNTIL=20261332T999999Z",
    "FREQ=DAILY;UNTIL=99990101",
    "FREQ=DAILY;COUNT=3;UNTIL=20260324",
    "FREQ=DAILY;FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=SU;BYDAY=MO",
    "FREQ=DAILY;",
    "FREQ==DAILY",
    "FREQ=DAILY=",
    "FREQ",
    "BYDAY=SU",
    "",
    ";",
    "every day",
    "FREQ=DAILY;constructor=1",
    "toString=1;FREQ=DAILY",
    "__proto__=1;FREQ=DAILY",
    "FREQ=WEEKLY",
    "FREQ=MONTHLY",
    "FREQ=YEARLY;BYMONTH=3",
    "FREQ=WEEKLY;BYDAY=1SU",
    "FREQ=DAILY;BYDAY=1SU",
    "FREQ=WEEKLY;BYDAY=SU;BYMONTHDAY=5",
    "FREQ=MONTHLY;BYDAY=1SU;BYMONTHDAY=20",
    "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
    "FREQ=MONTHLY;INTERVAL=12;BYMONTH=3;BYMONTHDAY=1",
    "FREQ=DAILY;BYSETPOS=2",
    "FREQ=WEEKLY;BYDAY=SU;BYSETPOS=2",
    "FREQ=MONTHLY;BYDAY=SU;BYSETPOS=6",
    "FREQ=MONTHLY;BYDAY=1SU;BYSETPOS=2",
    "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYMONTH=4,6;BYMONTHDAY=-31",
  ]
  for (const rrule of nonsense) {
    test(`is refused with its reason: ${JSON.stringify(rrule)}`, () => {
      expect(whyNot(rrule)).toBeString()
      expect(() => daysOf({ rrule, validFrom: null, validTo: null }, day("2026-01-01"), day("2026-01-31"))).toThrow(
        Refusal,
      )
    })
  }

  test("is refused by its length before it is read, and only its beginning is repeated", () => {
    const long = `FREQ=DAILY;BYMONTHDAY=${"1,".repeat(2_500)}1`
    expect(long.length).toBeGreaterThan(5_000)
    expect(whyNot(long)).toBe("the rule is too long")
    try {
      readRule(long)
    } catch (thrown) {
      expect(String((thrown as Refusal).details["given"]).length).toBeLessThanOrEqual(100)
    }
  })

  test("whatever is typed, the answer is a rule or a refusal", () => {
    const part = fc.constantFrom(
      ...["FREQ=DAILY", "FREQ=MONTHLY", "FREQ=WEEKLY", "FREQ=YEARLY", "BYDAY=SU,TH", "BYDAY=-1TH", "BYDAY=5MO"],
      ...["BYMONTHDAY=31", "BYMONTHDAY=-1,29", "BYMONTH=2", "BYMONTH=2,12", "BYSETPOS=-1", "BYSETPOS=5", "INTERVAL=12"],
      ...["WKST=SU", "COUNT=2", "UNTIL=20301231", "=", "x", "BYDAY=XX"],
    )
    const typed = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.uniqueArray(part, { maxLength: 5 }).map((parts) => parts.join(";")),
    )
    fc.assert(
      fc.property(typed, (rrule) => {
        if (whyNot(rrule) !== null) return
        // What is taken gives days in order, each once, within what was asked for, and does so at once.
        const found = days(rrule, "2026-01-01", "2027-12-31", { from: "2023-03-14" })
        expect(found).toEqual([...new Set(found)].sort())
        if (rrule.includes("BYDAY=SU,TH")) expect(found.every((one) => [7, 4].includes(weekday(one)))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
