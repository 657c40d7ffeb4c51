import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { addDays, day, hour, minute } from "../base/day.ts"
import { wallToInstant } from "../base/time.ts"
import {
  dayText,
  hijriText,
  minuteRange,
  momentText,
  moneyText,
  monthText,
  relativeDay,
  timeRange,
  timeText,
  weekdayText,
  zoneName,
} from "./dates.ts"
import { languages } from "./lang.ts"

const nbsp = "\u00a0"
const riyadh = "Asia/Riyadh"
const tuesday = day("2026-11-24")
const at = (time: string, on = tuesday) => wallToInstant(on, time, riyadh)
/** As a reader sees it: the space that holds things together looks like any other. */
const seen = (text: string) => text.replaceAll(nbsp, " ")

describe("a time", () => {
  test("is said by halves of the day in Arabic and by twenty-four hours in English", () => {
    const times = ["00:00", "00:05", "09:00", "11:59", "12:00", "12:30", "13:00", "23:59"]
    expect(times.map((time) => seen(timeText(at(time), riyadh, "ar")))).toEqual([
      ...["12:00 ص", "12:05 ص", "9:00 ص", "11:59 ص", "12:00 م", "12:30 م", "1:00 م", "11:59 م"],
    ])
    expect(times.map((time) => timeText(at(time), riyadh, "en"))).toEqual(times)
  })

  test("is the office's, not the machine's or the reader's", () => {
    expect(timeText(Date.parse("2026-11-24T07:30:00Z"), riyadh, "en")).toBe("10:30")
    expect(timeText(Date.parse("2026-11-24T07:30:00Z"), "Europe/Berlin", "en")).toBe("08:30")
    expect(zoneName("Europe/Berlin", "ar")).toBe("بتوقيت برلين")
    expect(zoneName("America/New_York", "en")).toBe("New York time")
  })

  test("from one to another names the half of the day once where it is the same", () => {
    expect(seen(timeRange(at("09:00"), at("09:20"), riyadh, "ar"))).toBe("من 9:00 إلى 9:20 ص")
    expect(seen(timeRange(at("11:30"), at("12:15"), riyadh, "ar"))).toBe("من 11:30 ص إلى 12:15 م")
    expect(seen(timeRange(at("23:30"), at("23:30") + hour, riyadh, "ar"))).toBe("من 11:30 م إلى 12:30 ص")
    expect(seen(timeRange(at("08:00"), at("08:00") + 16 * hour, riyadh, "ar"))).toBe("من 8:00 ص إلى منتصف الليل")
    expect(seen(timeRange(at("08:00"), at("08:00") + 17 * hour, riyadh, "ar"))).toBe("من 8:00 ص إلى 1:00 ص")
    expect(timeRange(at("09:00"), at("09:20"), riyadh, "en")).toBe("09:00–09:20")
  })
})

describe("a day", () => {
  test("is said with its weekday, and with the year where that is asked", () => {
    expect(dayText(tuesday, "ar")).toBe("الثلاثاء 24 نوفمبر")
    expect(dayText(tuesday, "en")).toBe("Tuesday 24 November")
    expect(dayText(tuesday, "ar", { year: true })).toBe("الثلاثاء 24 نوفمبر 2026")
    expect(dayText(tuesday, "en", { year: true, weekday: false })).toBe("24 November 2026")
    expect([weekdayText(tuesday, "ar"), weekdayText(tuesday, "en", "short")]).toEqual(["الثلاثاء", "Tue"])
    expect([monthText(tuesday, "ar"), monthText(tuesday, "en", "short")]).toEqual(["نوفمبر", "Nov"])
  })

  test("stays that day though this machine stands west of Greenwich, on 29 February too", () => {
    expect(new Date(2026, 2, 1).getTimezoneOffset()).toBeGreaterThan(0)
    expect(dayText(day("2026-03-01"), "en")).toBe("Sunday 1 March")
    expect(dayText(day("2028-02-29"), "ar")).toBe("الثلاثاء 29 فبراير")
  })

  test("has its Hijri date, whose era never parts from the year", () => {
    expect(hijriText(tuesday, "ar")).toBe("14 جمادى الآخرة")
    expect(hijriText(tuesday, "ar", { year: true })).toBe(`14 جمادى الآخرة 1448${nbsp}هـ`)
    expect(hijriText(day("2026-03-20"), "ar", { year: true })).toBe(`1 شوال 1447${nbsp}هـ`)
    expect(hijriText(day("2026-03-20"), "en", { year: true })).toBe(`1 Shawwal 1447${nbsp}AH`)
  })

  test("for which there is no table has no Hijri date", () => {
    expect(hijriText(day("2174-11-25"), "ar")).not.toBe("")
    expect(hijriText(day("2174-11-26"), "ar")).toBe("")
  })

  test("is told from today", () => {
    const told = (days: number) => [seen(relativeDay(addDays(tuesday, days), tuesday, "ar"))]
    expect([-3, -2, -1, 0, 1, 2, 3, 11, 100].flatMap(told)).toEqual([
      ...["قبل 3 أيام", "قبل يومين", "أمس", "اليوم", "غدًا"],
      ...["بعد يومين", "بعد 3 أيام", "بعد 11 يومًا", "بعد 100 يوم"],
    ])
    expect([-2, 0, 1, 5].map((days) => seen(relativeDay(addDays(tuesday, days), tuesday, "en")))).toEqual([
      ...["2 days ago", "today", "tomorrow", "in 5 days"],
    ])
  })

  test("and its time stand in one line", () => {
    expect(seen(momentText(at("10:30"), riyadh, "ar"))).toBe("الثلاثاء 24 نوفمبر، 10:30 ص")
    expect(momentText(at("10:30"), riyadh, "en")).toBe("Tuesday 24 November, 10:30")
    // Half an hour past midnight in Riyadh, while it is still the evening before in UTC.
    expect(momentText(Date.parse("2026-02-17T21:30:00Z"), riyadh, "en")).toBe("Wednesday 18 February, 00:30")
  })
})

describe("a wait", () => {
  const both = (low: number, high: number) => languages.map((lang) => seen(minuteRange(low, high, lang)))

  test("from one number to another is counted by the upper one", () => {
    expect(both(5, 10)).toEqual(["من 5 إلى 10 دقائق", "5 to 10 minutes"])
    expect(both(20, 35)).toEqual(["من 20 إلى 35 دقيقة", "20 to 35 minutes"])
    expect(both(5, 100)[0]).toBe("من 5 إلى 100 دقيقة")
    expect(both(95, 103)[0]).toBe("من 95 إلى 103 دقائق")
    expect(both(1, 2)).toEqual(["من دقيقة إلى دقيقتين", "1 to 2 minutes"])
    expect(both(1, 3)[0]).toBe("من 1 إلى 3 دقائق")
  })

  test("whose ends are the same is one number", () => {
    expect(both(1, 1)).toEqual(["دقيقة واحدة", "one minute"])
    expect(both(2, 2)).toEqual(["دقيقتان", "2 minutes"])
    expect(both(15, 15)).toEqual(["15 دقيقة", "15 minutes"])
  })

  test("that may be none at all goes up to its end", () => {
    expect(both(0, 1)).toEqual(["حتى دقيقة واحدة", "up to one minute"])
    expect(both(0, 2)[0]).toBe("حتى دقيقتين")
    expect(both(0, 10)).toEqual(["حتى 10 دقائق", "up to 10 minutes"])
  })

  test("of no minutes is less than one", () => {
    expect(both(0, 0)).toEqual(["أقل من دقيقة", "less than a minute"])
  })
})

describe("a fee", () => {
  test("is in riyals, in the form that the number asks for", () => {
    const fees = [0, 100, 200, 500, 5_000, 30_000, 1_250, 1_205]
    expect(fees.map((fee) => seen(moneyText(fee, "ar")))).toEqual([
      ...["مجانًا", "ريال واحد", "ريالان", "5 ريالات", "50 ريالًا", "300 ريال", "12.50 ريال", "12.05 ريال"],
    ])
    expect(fees.map((fee) => seen(moneyText(fee, "en")))).toEqual([
      ...["free", "SAR 1", "SAR 2", "SAR 5", "SAR 50", "SAR 300", "SAR 12.50", "SAR 12.05"],
    ])
  })
})

test("nothing that is written holds an unseen mark, another's digits, or a figure that can part from its unit", () => {
  const instants = fc.integer({ min: Date.parse("1990-01-01") / minute, max: Date.parse("2100-01-01") / minute })
  fc.assert(
    fc.property(instants, fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200 }), (minutes, low, more) => {
      const [instant, on] = [minutes * minute, day(new Date(minutes * minute).toISOString().slice(0, 10))]
      for (const lang of languages) {
        const times = [timeText(instant, riyadh, lang), timeRange(instant, instant + more * minute, riyadh, lang)]
        const days = [dayText(on, lang, { year: true }), hijriText(on, lang, { year: true }), weekdayText(on, lang)]
        const counts = [minuteRange(low, low + more, lang), moneyText(low * 100, lang), relativeDay(on, tuesday, lang)]
        for (const text of [...times, ...days, ...counts, momentText(instant, riyadh, lang)]) {
          expect(text).not.toMatch(/[\u200b-\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\u0660-\u0669\u06f0-\u06f9]/)
          expect(text).not.toMatch(/\d [صمهـ]( |$)|undefined|NaN|^\s|\s$| {2}/)
        }
        for (const text of counts) expect(text).not.toMatch(/\d (دقا|دقي|ريا|أيا|يوم|min|day)/)
      }
    }),
    { numRuns: 200 },
  )
})
