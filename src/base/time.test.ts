import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { addDays, type Day, day, hour, minute } from "./day.ts"
import { addWall, dayIn, instantToWall, isoWithOffset, readInstant, wallToInstant, weekday } from "./time.ts"

const riyadh = "Asia/Riyadh"
const berlin = "Europe/Berlin"

describe("a wall time", () => {
  test("in Riyadh is three hours before UTC all year", () => {
    for (const on of ["2026-01-15", "2026-07-15"]) {
      expect(wallToInstant(day(on), "09:00", riyadh)).toBe(Date.parse(`${on}T06:00:00Z`))
    }
  })

  test("that a clock change skips is the later one", () => {
    expect(isoWithOffset(wallToInstant(day("2026-03-29"), "02:30", berlin), berlin)).toBe("2026-03-29T03:30:00+02:00")
  })

  test("that comes twice is the first one", () => {
    expect(isoWithOffset(wallToInstant(day("2026-10-25"), "02:30", berlin), berlin)).toBe("2026-10-25T02:30:00+02:00")
  })

  test("that comes twice is the first one whether it is asked for in January or in July", async () => {
    for (const today of ["2026-01-15T12:00:00Z", "2026-07-15T12:00:00Z"]) {
      const child = Bun.spawn([process.execPath, "-e", askedOn(today)], { stderr: "inherit" })
      expect(Number(await new Response(child.stdout).text())).toBe(Date.parse("2026-10-25T00:30:00Z"))
    }
  })

  test("is what the clocks show at its instant, wherever no clock change is in the way", () => {
    const zones = fc.constantFrom(riyadh, "UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Asia/Kolkata")
    const days = fc.integer({ min: 0, max: 40_000 }).map((count) => addDays(day("1990-06-15"), count))
    fc.assert(
      fc.property(zones, days, fc.nat(1439), (zone, on, minutes) => {
        const time = addWall({ day: on, time: "00:00" }, minutes).time
        const shown = instantToWall(wallToInstant(on, time, zone), zone)
        const skipped = shown.day !== on || shown.time !== time
        // Where it was skipped, the clocks had moved: an hour before, they stood more than an hour earlier.
        if (!skipped) return
        const before = wallToInstant(on, time, zone) - 24 * hour
        expect(isoWithOffset(before, zone).slice(19)).not.toBe(isoWithOffset(before + 24 * hour, zone).slice(19))
      }),
    )
  })
})

/** A program that finds half past two of 25 October on a machine whose clock stands at `today`. */
function askedOn(today: string): string {
  return `
    const [Machine, now] = [Date, ${Date.parse(today)}]
    globalThis.Date = class extends Machine {
      constructor(...given) { super(...(given.length > 0 ? given : [now])) }
      static now() { return now }
    }
    const { wallToInstant } = await import(${JSON.stringify(`${import.meta.dir}/time.ts`)})
    console.log(wallToInstant("2026-10-25", "02:30", "Europe/Berlin"))
  `
}

describe("the day in a zone", () => {
  test("is the next one in Riyadh when UTC still has the evening before", () => {
    const at = Date.parse("2026-02-17T21:30:00Z")
    expect(dayIn(at, riyadh)).toBe(day("2026-02-18"))
    expect(dayIn(at, "UTC")).toBe(day("2026-02-17"))
    expect(instantToWall(at, riyadh)).toEqual({ day: day("2026-02-18"), time: "00:30" })
  })

  test("turns at midnight to the millisecond", () => {
    const midnight = wallToInstant(day("2026-11-22"), "00:00", riyadh)
    expect(dayIn(midnight, riyadh)).toBe(day("2026-11-22"))
    expect(dayIn(midnight - 1, riyadh)).toBe(day("2026-11-21"))
  })
})

describe("minutes later by the wall clock", () => {
  test("go past midnight, past the year, and not a minute astray in a night of a clock change", () => {
    expect(addWall({ day: day("2026-12-31"), time: "21:00" }, 240)).toEqual({ day: day("2027-01-01"), time: "01:00" })
    expect(addWall({ day: day("2026-03-29"), time: "00:00" }, 240)).toEqual({ day: day("2026-03-29"), time: "04:00" })
    expect(addWall({ day: day("2028-02-28"), time: "23:59" }, 1)).toEqual({ day: day("2028-02-29"), time: "00:00" })
    expect(addWall({ day: day("2026-11-22"), time: "08:00" }, 960)).toEqual({ day: day("2026-11-23"), time: "00:00" })
  })
})

describe("an instant for programs", () => {
  test("carries the zone's offset at that moment", () => {
    expect(isoWithOffset(Date.parse("2026-11-22T07:00:00Z"), riyadh)).toBe("2026-11-22T10:00:00+03:00")
    expect(isoWithOffset(Date.parse("2026-07-01T07:00:00Z"), berlin)).toBe("2026-07-01T09:00:00+02:00")
    expect(isoWithOffset(Date.parse("2026-12-01T07:00:00.999Z"), berlin)).toBe("2026-12-01T08:00:00+01:00")
    expect(isoWithOffset(Date.parse("2026-12-01T07:00:00Z"), "UTC")).toBe("2026-12-01T07:00:00+00:00")
  })

  test("is read with its offset or Z", () => {
    const at = Date.parse("2026-11-22T07:00:00Z")
    for (const text of [
      "2026-11-22T10:00:00+03:00",
      "2026-11-22T07:00Z",
      "2026-11-22T07:00:00.000Z",
      "2026-11-22T02:00-05:00",
    ])
      expect(readInstant(text)).toBe(at)
  })

  for (const text of [
    "2026-11-22T10:00:00",
    "2026-11-22",
    "2026-02-30T10:00:00Z",
    "2026-11-22T24:00:00Z",
    "2026-11-22T10:60:00Z",
    "2026-11-22T10:00:00+25:00",
    "2026-11-22 10:00:00Z",
    "2026-11-22T10:00:00z",
    "2026-11-22T10:00:00+0300",
    "2026-11-22T10:00:00+03:00[Asia/Riyadh]",
    "٢٠٢٦-11-22T10:00:00Z",
    "now",
    "",
  ]) {
    test(`is not read from ${JSON.stringify(text)}`, () => expect(readInstant(text)).toBeNull())
  }

  test("comes back as it went, to the second, from any zone", () => {
    const zones = fc.constantFrom(riyadh, berlin, "America/St_Johns", "Asia/Kathmandu")
    const seconds = fc.integer({ min: Date.parse("1970-01-01") / 1000, max: Date.parse("2199-12-31") / 1000 })
    fc.assert(
      fc.property(zones, seconds, (zone, second) => {
        expect(readInstant(isoWithOffset(second * 1000, zone))).toBe(second * 1000)
      }),
    )
  })
})

test("the week's days are counted from Monday", () => {
  expect(["2026-11-23", "2026-11-26", "2026-11-27", "2026-11-29"].map((on) => weekday(day(on)))).toEqual([1, 4, 5, 7])
  expect(minute * 60).toBe(hour)
})

test("wall clocks and offsets are those of the calendar, in whatever zone and in the very minute of a clock change", () => {
  const zones = [
    "Asia/Riyadh",
    "Europe/Berlin",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
  ]
  const calendar = (at: number, zone: string) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  const changes = zones.flatMap((zone) => {
    const found: { at: number; zone: string }[] = []
    let next = Temporal.Instant.fromEpochMilliseconds(Date.UTC(2011, 0)).toZonedDateTimeISO(zone)
    for (let count = 0; count < 12; count++) {
      const change = next.getTimeZoneTransition("next")
      if (!change) break
      for (const off of [-60_001, -1, 0, 1, 59_999]) found.push({ at: change.epochMilliseconds + off, zone })
      next = change
    }
    return found
  })
  const same = ({ at, zone }: { at: number; zone: string }) => {
    const zoned = calendar(at, zone)
    const text = zoned.toPlainDateTime().toString({ fractionalSecondDigits: 0 })
    expect(instantToWall(at, zone)).toEqual({ day: text.slice(0, 10) as Day, time: text.slice(11, 16) })
    expect(isoWithOffset(at, zone)).toBe(zoned.toString({ timeZoneName: "never", fractionalSecondDigits: 0 }))
  }
  for (const one of changes) same(one)
  const instants = fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(2150, 0) })
  fc.assert(fc.property(fc.record({ at: instants, zone: fc.constantFrom(...zones) }), same), { numRuns: 2_000 })
})
