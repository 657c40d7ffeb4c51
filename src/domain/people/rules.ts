import type { Day, Instant } from "../../base/day.ts"
import { anniversary } from "../../base/hijri.ts"
import { searchable } from "../../base/text.ts"
import { dayIn, wallToInstant } from "../../base/time.ts"

/** Births, deeds and ages are of the Kingdom's calendar days, wherever the office or the reader is. */
export const civilZone = "Asia/Riyadh"

/**
 * Until this age a guardian may act for a child: it is the passport directorate's rule for what a guardian completes for the family, counted
 * by the Hijri calendar. Which of the two calendars counts has been answered in both ways; the agency's latest answer counts here.
 */
const guardedUntil = { years: 21, calendar: "hijri" } as const

/** Who may name a proxy, or be one (Child Protection Law, Royal Decree M/14 of 1436, article 1: a child is whoever is under eighteen). */
const grownAt = { years: 18, calendar: "hijri" } as const

/** From when on nobody is this person's guardian any more by birth alone. */
export function comesOfAge(born: Day): Instant {
  return wallToInstant(anniversary(born, guardedUntil.years, guardedUntil.calendar), "00:00", civilZone)
}

/** Whether somebody born in that year can have come of age by then: years of the Hijri calendar are shorter by eleven days. */
export function mayBeOfAge(birthYear: number, at: Instant): boolean {
  return Number(dayIn(at, civilZone).slice(0, 4)) - birthYear >= guardedUntil.years - 1
}

/** Of whom only the year is known, the whole year in which it may be so is waited for. */
export function isGrown({ birthDay, birthYear }: { birthDay: Day | null; birthYear: number | null }, now: Instant) {
  const today = dayIn(now, civilZone)
  if (birthDay !== null) return anniversary(birthDay, grownAt.years, grownAt.calendar) <= today
  return birthYear !== null && birthYear + grownAt.years < Number(today.slice(0, 4))
}

/**
 * Whether what was typed names this person: at least two names, each of them one of the person's in that language, the first and the last
 * among them. Spellings that a reader takes for the same are the same.
 */
export function isNamed(typed: string, name: { ar: string; en: string }): boolean {
  const words = wordsOf(typed)
  return words.length >= 2 && [name.ar, name.en].some((own) => fits(words, wordsOf(own)))
}

function fits(words: string[], own: string[]): boolean {
  const ends = [own.at(0), own.at(-1)]
  return own.length >= 2 && words.every((word) => own.includes(word)) && ends.every((end) => end && words.includes(end))
}

/** What is written apart, with a hyphen or in one is one word: Al-Otaibi and Al Otaibi, عبدالله and عبد الله. */
const wordsOf = (text: string) =>
  searchable(text)
    .replace(/\bal[\s-]+/g, "al")
    .replace(/(^|\s)عبد\s+ال/g, "$1عبدال")
    .replace(/[^\p{L}\p{N}\s]/gu, "")
    .split(/\s+/)
    .filter(Boolean)

/** A proxy may be named for a year at the longest. */
export const proxyDaysMax = 365

/** So many may be named at a time, counted with those that wait for their confirmation. */
export const proxiesMax = 5
