import type { z } from "zod"
import { countsFromStart } from "../domain/offices/recurrence.ts"
import type { SetupPlan } from "../domain/offices/setup.ts"
import { sentenceOf } from "./mistakes.ts"
import { type Offices, officesFile, type Services, servicesFile } from "./plan-form.ts"

/*
 * An agency's two files, read. What is wrong is said all at once, with the place in the file, so that nobody mends one mistake to meet the
 * next.
 */

/** Reads the two files' contents. Throws `SetupProblem` naming every mistake and its place. */
export function readPlan(officesJson: string, servicesJson: string): SetupPlan {
  const [first, second] = [parse("offices", officesFile, officesJson), parse("services", servicesFile, servicesJson)]
  if (hasAny(first.raw, "services", "sectors") && hasAny(second.raw, "offices", "agencies")) {
    throw new SetupProblem([
      "the two files are swapped: the file of the offices comes first, then that of the services",
    ])
  }
  const mistakes = [...first.mistakes, ...second.mistakes]
  if (!first.value || !second.value) throw new SetupProblem(mistakes)
  const crossed = crossCheck(first.value, second.value)
  if (crossed.length > 0) throw new SetupProblem(crossed)
  return toPlan(first.value, second.value)
}

export class SetupProblem extends Error {
  readonly mistakes: string[]
  constructor(mistakes: string[]) {
    super(mistakes.join("\n"))
    this.mistakes = mistakes
  }
}

interface Parsed<T> {
  value: T | null
  /** As the file has it, whether it was understood or not. */
  raw?: unknown
  mistakes: string[]
}

const hasAny = (raw: unknown, ...names: string[]) =>
  typeof raw === "object" && raw !== null && names.some((name) => Object.hasOwn(raw, name))

function parse<T>(file: string, schema: z.ZodType<T>, text: string): Parsed<T> {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    return { value: null, mistakes: [`${file}: the file is not JSON (${why})`] }
  }
  const read = schema.safeParse(raw)
  if (read.success) return { value: read.data, raw, mistakes: [] }
  return {
    value: null,
    raw,
    mistakes: read.error.issues.map((issue) => `${file}: ${sentenceOf(issue, raw)}`),
  }
}

function crossCheck(offices: Offices, services: Services): string[] {
  const mistakes: string[] = []
  const agencies = new Set(offices.agencies.map(({ code }) => code))
  const seasons = new Set(offices.calendar.seasons.map(({ id }) => id))
  const sectors = new Set(Object.keys(services.sectors))
  const twice = (what: string, codes: string[]) => {
    for (const repeated of codes.filter((one, index) => codes.indexOf(one) !== index))
      mistakes.push(`${what} ${repeated} stands twice`)
  }
  twice(
    "agency",
    offices.agencies.map(({ code }) => code),
  )
  for (const { code, releaseMinutesMin, releaseMinutesMax } of offices.offices) {
    if (releaseMinutesMax < releaseMinutesMin)
      mistakes.push(`office ${code}: releaseMinutesMax is less than releaseMinutesMin`)
  }
  twice(
    "season",
    offices.calendar.seasons.map(({ id }) => id),
  )
  twice(
    "office",
    offices.offices.map(({ code }) => code),
  )
  twice(
    "service",
    services.services.map(({ code }) => code),
  )
  for (const one of offices.offices) {
    if (!agencies.has(one.agency)) mistakes.push(`office ${one.code}: there is no agency ${one.agency}`)
    twice(
      `office ${one.code}: line`,
      one.lines.map(({ code }) => code),
    )
    for (const code of one.sectors) {
      if (!sectors.has(code)) mistakes.push(`office ${one.code}: there is no sector ${code}`)
    }
    for (const { code } of one.lines) {
      if (!sectors.has(code)) mistakes.push(`office ${one.code}: the line ${code} names no sector`)
    }
    for (const [index, rule] of one.hours.entries()) {
      const place = `office ${one.code}: hours ${index + 1}`
      if (rule.layer === "season" && !(rule.season && seasons.has(rule.season)))
        mistakes.push(`${place}: there is no season ${rule.season ?? ""}`)
      if (rule.layer === "break" && rule.season && !seasons.has(rule.season))
        mistakes.push(`${place}: there is no season ${rule.season}`)
      if (rule.layer !== "season" && rule.layer !== "break" && rule.season)
        mistakes.push(`${place}: only hours of the layers "season" and "break" name a season`)
      if (countsFromStart(rule.rrule) && !rule.validFrom)
        mistakes.push(`${place}: INTERVAL and COUNT are counted from "validFrom"`)
    }
    for (const [index, { validFrom, validTo }] of one.hours.entries()) {
      if (validFrom && validTo && validTo < validFrom)
        mistakes.push(`office ${one.code}: hours ${index + 1}: "validTo" lies before "validFrom"`)
    }
    if (!one.hours.some(({ layer }) => layer === "base"))
      mistakes.push(`office ${one.code}: no hours of the layer "base"`)
  }
  for (const season of offices.calendar.seasons) {
    if (season.last < season.first) mistakes.push(`season ${season.id}: ends before it begins`)
    // A day of two seasons would have the hours of whichever came first.
    const other = offices.calendar.seasons.find(
      (one) => one !== season && one.first <= season.first && season.first <= one.last,
    )
    if (other) mistakes.push(`season ${season.id}: begins while season ${other.id} is on`)
  }
  for (const holiday of offices.calendar.holidays) {
    const whole = holiday.date ? !holiday.first && !holiday.last : holiday.first && holiday.last
    if (!whole) mistakes.push(`holiday ${holiday.en}: give either "date", or "first" and "last"`)
    else if (holiday.first && holiday.last && holiday.last < holiday.first)
      mistakes.push(`holiday ${holiday.en}: ends before it begins`)
    // By the civil service's rule a holiday that meets another is not made up for.
    const taken = offices.calendar.holidays.some((other) => {
      const [first = other.date, last = other.date] = [other.first, other.last]
      return holiday.substitute && first && last && first <= holiday.substitute && holiday.substitute <= last
    })
    if (taken) mistakes.push(`holiday ${holiday.en}: its substitute day is a holiday already`)
  }
  for (const one of services.services) {
    if (!sectors.has(one.sector)) mistakes.push(`service ${one.code}: there is no sector ${one.sector}`)
    const visits = one.channels.includes("office") || one.channels.includes("video")
    if (visits && one.minutes === null) mistakes.push(`service ${one.code}: a visit needs "minutes"`)
  }
  return mistakes
}

function toPlan(offices: Offices, services: Services): SetupPlan {
  const named = (one: { ar: string; en: string }) => ({ ar: one.ar, en: one.en })
  return {
    look: offices.look,
    agencies: offices.agencies.map((one) => ({ code: one.code, name: named(one) })),
    sectors: Object.entries(services.sectors).map(([code, name]) => ({ code, name })),
    services: services.services.map(({ ar, en, ...rest }) => ({ ...rest, name: { ar, en } })),
    offices: offices.offices.map(({ ar, en, lines, hours, ...rest }) => ({
      ...rest,
      name: { ar, en },
      hours: hours.map((rule) => ({
        ...rule,
        season: rule.season ?? null,
        validFrom: rule.validFrom ?? null,
        validTo: rule.validTo ?? null,
      })),
      lines: lines.map((line) => ({
        ...line,
        name: line.name ?? services.sectors[line.code] ?? { ar: line.code, en: line.code },
      })),
    })),
    seasons: offices.calendar.seasons.map(({ ar, en, ...rest }) => ({ ...rest, name: { ar, en } })),
    holidays: offices.calendar.holidays.flatMap((one) => {
      const first = one.date ?? one.first
      const last = one.date ?? one.last
      if (!first || !last) return []
      const row = { name: named(one), first, last, provisional: one.provisional }
      return one.substitute ? [row, { ...row, first: one.substitute, last: one.substitute }] : [row]
    }),
  }
}
