import { type Day, daysBetween, hour, type Instant } from "../base/day.ts"
import { hijriDay } from "../base/hijri.ts"
import { dayIn } from "../base/time.ts"
import type { Lang } from "./lang.ts"
import { counted } from "./plural.ts"

/*
 * Dates and times as people read them. Everything is formatted here on the server, because browsers disagree about the Hijri calendar,
 * with Latin digits, so that a number is the same on paper, on the wall and in the hand.
 */

const nbsp = "\u00a0"
/** Locales are written out: `ar-SA` alone no longer means Hijri (CLDR 46), and `en-SA` writes dates the American way. */
const gregorian = { ar: "ar-u-ca-gregory-nu-latn", en: "en-GB-u-ca-gregory-nu-latn" } as const
const hijri = { ar: "ar-u-ca-islamic-umalqura-nu-latn", en: "en-GB-u-ca-islamic-umalqura-nu-latn" } as const

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  let found = formatters.get(key)
  if (!found) {
    found = new Intl.DateTimeFormat(locale, options)
    formatters.set(key, found)
  }
  return found
}

/** Intl puts marks of direction into Arabic dates; the page's own isolation does that job. */
function plain(text: string): string {
  return text
    .replace(/[\u200e\u200f\u061c\u2066-\u2069]/g, "")
    .replaceAll("،", "")
    .replace(/\s+/g, " ")
    .trim()
}

function noon(day: Day): Date {
  return new Date(`${day}T12:00:00Z`)
}

export interface TimeParts {
  /** 10:30; in English by the 24-hour clock. */
  figure: string
  /** ص or م; empty in English. */
  half: string
}

export function timeParts(at: Instant, zone: string, lang: Lang): TimeParts {
  const text = formatter("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(at)
  if (lang === "en") return { figure: text, half: "" }
  const [hours = 0, minutes = 0] = text.split(":").map(Number)
  return { figure: `${hours % 12 || 12}:${String(minutes).padStart(2, "0")}`, half: hours < 12 ? "ص" : "م" }
}

/** "10:30 ص", "14:30": the half of the day never parts from its figure. */
export function timeText(at: Instant, zone: string, lang: Lang): string {
  const { figure, half } = timeParts(at, zone, lang)
  return half ? `${figure}${nbsp}${half}` : figure
}

/** "10:30:05": to the second, by the 24-hour clock in both languages; for whoever compares records. */
export function secondText(at: Instant, zone: string, lang: Lang): string {
  const options = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone } as const
  return formatter(gregorian[lang], options).format(at)
}

/** "من 9:00 إلى 9:20 ص", "09:00–09:20". */
export function timeRange(from: Instant, until: Instant, zone: string, lang: Lang): string {
  if (lang === "en") return `${timeText(from, zone, lang)}–${timeText(until, zone, lang)}`
  const [first, last] = [timeParts(from, zone, lang), timeParts(until, zone, lang)]
  // One half of the day is said once where both are in the same one, not where nearly a whole day lies between them.
  const start = first.half === last.half && until - from < 12 * hour ? first.figure : timeText(from, zone, lang)
  const isMidnight = timeText(until, zone, "en") === "00:00"
  const end = isMidnight ? `منتصف${nbsp}الليل` : `${last.figure}${nbsp}${last.half}`
  return `من${nbsp}${start} إلى${nbsp}${end}`
}

/** "الثلاثاء 24 نوفمبر", "Tuesday 24 November". */
export function dayText(day: Day, lang: Lang, { year = false, weekday = true } = {}): string {
  const options: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", timeZone: "UTC" }
  if (weekday) options.weekday = "long"
  if (year) options.year = "numeric"
  return plain(formatter(gregorian[lang], options).format(noon(day))).replace(",", "")
}

/** "14 جمادى الآخرة", with the year "14 جمادى الآخرة 1448 هـ"; nothing on a day for which there is no table. */
export function hijriText(day: Day, lang: Lang, { year = false } = {}): string {
  const options: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", timeZone: "UTC" }
  if (year) options.year = "numeric"
  if (hijriDay(day) === null) return ""
  // The era never parts from its year.
  return plain(formatter(hijri[lang], options).format(noon(day))).replace(/ (هـ|AH)$/, `${nbsp}$1`)
}

/** "الثلاثاء", "Tue". */
export function weekdayText(day: Day, lang: Lang, length: "long" | "short" = "long"): string {
  return plain(
    formatter(gregorian[lang], { weekday: lang === "ar" ? "long" : length, timeZone: "UTC" }).format(noon(day)),
  )
}

/** The month alone: "نوفمبر", "November". */
export function monthText(day: Day, lang: Lang, length: "long" | "short" = "long"): string {
  return plain(
    formatter(gregorian[lang], { month: lang === "ar" ? "long" : length, timeZone: "UTC" }).format(noon(day)),
  )
}

/** "اليوم", "غدًا", "بعد يومين", "قبل 3 أيام"; `from` is the reader's today. */
export function relativeDay(day: Day, from: Day, lang: Lang): string {
  const ahead = daysBetween(from, day)
  if (ahead === 0) return lang === "ar" ? "اليوم" : "today"
  if (ahead === 1) return lang === "ar" ? "غدًا" : "tomorrow"
  if (ahead === -1) return lang === "ar" ? "أمس" : "yesterday"
  const days = counted("daysAfter", Math.abs(ahead), lang)
  if (lang === "ar") return ahead > 0 ? `بعد ${days}` : `قبل ${days}`
  return ahead > 0 ? `in ${days}` : `${days} ago`
}

/** "من 20 إلى 35 دقيقة", "20 to 35 minutes": whole minutes, counted by the upper number. */
export function minuteRange(low: number, high: number, lang: Lang): string {
  if (high < 1 || low >= high) return counted("minutes", Math.max(0, high), lang)
  if (low < 1) return `${lang === "ar" ? "حتى" : "up to"} ${counted("minutesAfter", high, lang)}`
  if (lang === "en") return `${low} to ${high}${nbsp}minutes`
  // The upper number two is said without a figure, and then so is the one before it.
  const from = high === 2 ? "دقيقة" : low
  return `من${nbsp}${from} إلى ${counted("minutesAfter", high, "ar")}`
}

/** Day and time in one line: "الثلاثاء 24 نوفمبر، 10:30 ص". */
export function momentText(at: Instant, zone: string, lang: Lang): string {
  const day = dayText(dayIn(at, zone), lang)
  return lang === "ar" ? `${day}، ${timeText(at, zone, lang)}` : `${day}, ${timeText(at, zone, lang)}`
}

/** A zone's city as the reader knows it, for a time that is not the reader's own. */
export function zoneName(zone: string, lang: Lang): string {
  const known: Record<string, { ar: string; en: string }> = {
    "Asia/Riyadh": { ar: "بتوقيت الرياض", en: "Riyadh time" },
    "Europe/Berlin": { ar: "بتوقيت برلين", en: "Berlin time" },
  }
  const city = zone.split("/").at(-1)?.replaceAll("_", " ") ?? zone
  return known[zone]?.[lang] ?? (lang === "ar" ? `بتوقيت ${city}` : `${city} time`)
}

/** Halalas as riyals: "300 ريال", "50 ريالًا", "SAR 300", and "12.50 ريال" where there are halalas. */
export function moneyText(halalas: number, lang: Lang): string {
  if (halalas % 100 === 0) return counted("riyals", halalas / 100, lang)
  const figure = (halalas / 100).toFixed(2)
  return lang === "ar" ? `${figure}${nbsp}ريال` : `SAR${nbsp}${figure}`
}
