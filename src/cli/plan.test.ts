import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { day } from "../base/day.ts"
import { readPlan, SetupProblem } from "./plan.ts"

const [officesJson, servicesJson] = await Promise.all(
  ["offices.json", "services.json"].map((name) => Bun.file(join(import.meta.dir, "demo", name)).text()),
)
if (!officesJson || !servicesJson) throw new Error("the demonstration's files are empty")

interface Files {
  offices: { code: string; hours: Record<string, unknown>[]; [name: string]: unknown }[]
  calendar: { seasons: Record<string, unknown>[]; holidays: Record<string, unknown>[] }
}

/** The demonstration's files, changed. */
function planWith(change: (files: Files) => void) {
  const files: Files = JSON.parse(officesJson ?? "")
  change(files)
  return readPlan(JSON.stringify(files), servicesJson ?? "")
}

function mistakesWith(change: (files: Files) => void): string[] {
  try {
    planWith(change)
    return []
  } catch (thrown) {
    if (thrown instanceof SetupProblem) return thrown.mistakes
    throw thrown
  }
}

/** With one more rule of hours for the first office. */
function mistakesOfHours(hours: Record<string, unknown>): string[] {
  return mistakesWith(({ offices }) => offices[0]?.hours.push({ layer: "base", start: "09:00", minutes: 60, ...hours }))
}

test("an office's zone is a place with its clock changes, not an offset that knows of none", () => {
  const mistakesOfZone = (zone: string) => mistakesWith(({ offices }) => Object.assign(offices[0] ?? {}, { zone }))
  expect(mistakesOfZone("Europe/Berlin")).toEqual([])
  for (const zone of ["+03:00", "-0500", "Mars/Olympus", ""]) expect(mistakesOfZone(zone)).toHaveLength(1)
})

const season = "ramadan-1448"
const first = (JSON.parse(officesJson) as Files).offices[0]

describe("an agency's hours", () => {
  test("are taken as the demonstration writes them", () => {
    expect(mistakesWith(() => {})).toEqual([])
  })

  test("may have a break in a season that the calendar names, and in no other", () => {
    const pause = { layer: "break", rrule: "FREQ=DAILY", start: "12:15", minutes: 20 }
    expect(mistakesOfHours({ ...pause, season })).toEqual([])
    expect(mistakesOfHours(pause)).toEqual([])
    expect(mistakesOfHours({ ...pause, season: "summer" }).join()).toContain("there is no season summer")
    expect(mistakesOfHours({ rrule: "FREQ=DAILY", season }).join()).toContain("name a season")
    expect(mistakesOfHours({ rrule: "FREQ=DAILY", layer: "season" }).join()).toContain("there is no season")
  })

  test("every two weeks say since when", () => {
    const fortnight = { rrule: "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU" }
    expect(mistakesOfHours(fortnight).join()).toContain('counted from "validFrom"')
    expect(mistakesOfHours({ rrule: "FREQ=DAILY;COUNT=5" }).join()).toContain('counted from "validFrom"')
    expect(mistakesOfHours({ ...fortnight, validFrom: "2026-11-22" })).toEqual([])
  })

  test("that are no rule are named with their place and the reason", () => {
    const [mistake] = mistakesOfHours({ rrule: "FREQ=SECONDLY" })
    expect(mistake).toStartWith(`offices: office ${first?.code}: hours `)
    expect(mistake).toContain("FREQ=SECONDLY is not a value that it can have")
  })

  test("do not begin at 24:00, and last a day at most", () => {
    expect(mistakesOfHours({ rrule: "FREQ=DAILY", start: "24:00" }).join()).toContain("HH:mm")
    expect(mistakesOfHours({ rrule: "FREQ=DAILY", minutes: 1441 })).toHaveLength(1)
    expect(mistakesOfHours({ rrule: "FREQ=DAILY", minutes: 1440 })).toEqual([])
  })
})

describe("an agency's calendar", () => {
  const holiday = (of: Record<string, unknown>) => (files: Files) => {
    files.calendar.holidays.push({ ar: "يوم", en: "A day", ...of })
  }

  test("closes the day in place of a holiday on a weekend as well", () => {
    const { holidays } = planWith(holiday({ date: "2026-12-05", substitute: "2026-12-06" }))
    expect(holidays.slice(-2).map(({ first, last }) => [first, last])).toEqual([
      [day("2026-12-05"), day("2026-12-05")],
      [day("2026-12-06"), day("2026-12-06")],
    ])
  })

  test("has no substitute day inside another holiday", () => {
    const inEid = holiday({ date: "2027-03-06", substitute: "2027-03-07" })
    expect(mistakesWith(inEid)).toEqual(["holiday A day: its substitute day is a holiday already"])
  })

  test("has no holiday and no season that ends before it begins, and no day that does not exist", () => {
    expect(mistakesWith(holiday({ first: "2026-12-06", last: "2026-12-05" })).join()).toContain("ends before it begins")
    expect(mistakesWith(holiday({ date: "2026-02-29" })).join()).toContain("YYYY-MM-DD")
    expect(mistakesWith(holiday({ first: "2026-12-06" })).join()).toContain('give either "date", or "first" and "last"')
    const turned = { id: "s", ar: "موسم", en: "A season", first: "2027-01-02", last: "2027-01-01" }
    expect(mistakesWith(({ calendar }) => calendar.seasons.push(turned)).join()).toContain("ends before it begins")
  })
})

describe("a mistake in a file", () => {
  test("is told with its place, what stands there and what is expected, and never in a library's words", () => {
    const told = (change: (office: Record<string, unknown>) => void) =>
      mistakesWith(({ offices: [first] }) => first && change(first as unknown as Record<string, unknown>))
    const cases: [(office: Record<string, unknown>) => void, string][] = [
      [(office) => delete office["counters"], "counters is missing; a number is expected"],
      [(office) => Object.assign(office, { counters: "three" }), 'counters is "three"; a number is expected'],
      [(office) => Object.assign(office, { counters: 2.5 }), "counters is 2.5; a whole number is expected"],
      [(office) => Object.assign(office, { counters: 900 }), "counters is 900; a number of at most 200 is expected"],
      [
        (office) => Object.assign(office, { bookingMode: "later" }),
        'bookingMode is "later"; "instant" or "request" is expected',
      ],
      [
        (office) => Object.assign(office, { address: "Riyadh" }),
        'address is "Riyadh"; a group of fields in braces is expected',
      ],
      [(office) => Object.assign(office, { video: "yes" }), 'video is "yes"; true or false is expected'],
      [
        (office) => Object.assign(office, { sectors: {} }),
        "sectors is a group of fields in braces; a list is expected",
      ],
      [(office) => Object.assign(office, { ar: "" }), 'ar is ""; a text of at least 1 letter is expected'],
      [
        (office) => Object.assign(office, { code: "ruh" }),
        'code is "ruh"; a code of capital letters and digits such as RUH-RML is expected',
      ],
    ]
    for (const [change, sentence] of cases)
      expect(told(change)).toContain(
        `offices: office ${sentence.startsWith("code ") ? first?.["en"] : first?.code}: ${sentence}`,
      )
    expect(told((office) => Object.assign(office, { one: 1, two: 2 }))).toEqual([
      `offices: office ${first?.code} has "one" and "two", which are not known there`,
    ])
    expect(told((office) => Object.assign(office, { code: "", en: "" }))).toContain(
      'offices: office 1: code is ""; a code of capital letters and digits such as RUH-RML is expected',
    )
    const inCalendar = mistakesWith(({ calendar }) => {
      Object.assign(calendar.seasons[0] ?? {}, { last: "soon" })
      calendar.holidays.push({ ar: "يوم", en: "A day", date: "2026-13-01" })
    })
    expect(inCalendar).toEqual([
      `offices: season ${season}: last is "soon"; a day, written YYYY-MM-DD, is expected`,
      'offices: holiday A day: date is "2026-13-01"; a day, written YYYY-MM-DD, is expected',
    ])
    for (const text of ["[]", "null", '"offices"']) {
      try {
        readPlan(text, servicesJson ?? "")
        throw new Error("it was read")
      } catch (thrown) {
        expect(String(thrown)).toContain("offices: the file is")
      }
    }
  })
  test("that is in both, because the one was given for the other, is told as that alone", () => {
    expect(() => readPlan(servicesJson, officesJson)).toThrow(
      "the two files are swapped: the file of the offices comes",
    )
    expect(() => readPlan(servicesJson, servicesJson)).toThrow("offices: agencies is missing")
  })
})
