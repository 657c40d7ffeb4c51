import { z } from "zod"
import { type Day, readDay } from "../base/day.ts"
import { Refusal } from "../base/refusal.ts"
import { countsFromStart, readRule } from "../domain/offices/recurrence.ts"
import type { SetupPlan } from "../domain/offices/setup.ts"
import { sentenceOf } from "./mistakes.ts"

/*
 * The form of an agency's two files: its offices with their hours and lines, and its services. What is wrong is said all at once, with
 * the place in the file, so that nobody mends one mistake to meet the next.
 */

const name = { ar: z.string().trim().min(1).max(200), en: z.string().trim().min(1).max(200) }
const words = z.strictObject(name)
const code = z
  .string()
  .regex(/^[A-Z0-9]{2,8}(-[A-Z0-9]{1,8})?$/, "a code of capital letters and digits such as RUH-RML")
const day = z.string().transform((text, context): Day => {
  const read = readDay(text)
  if (read) return read
  context.addIssue({ code: "custom", message: "a day, written YYYY-MM-DD," })
  return z.NEVER
})
const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time, written HH:mm,")
const zone = z.string().refine((text) => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: text })
    // An offset such as +03:00 is accepted there too, and knows of no summer time.
    return /^[A-Za-z]/.test(text)
  } catch {
    return false
  }
}, "an IANA zone such as Asia/Riyadh")
const rule = z.string().superRefine((text, context) => {
  try {
    readRule(text)
  } catch (thrown) {
    const why = thrown instanceof Refusal ? String(thrown.details.why ?? thrown.code) : "not a recurrence rule"
    context.addIssue({ code: "custom", message: why, params: { isReason: true } })
  }
})

const hours = z.strictObject({
  layer: z.enum(["base", "season", "break", "exception"]),
  season: z.string().optional(),
  rrule: rule,
  start: wallTime,
  minutes: z.int().min(5).max(1440),
  validFrom: day.optional(),
  validTo: day.optional(),
  bookingOnly: z.boolean().default(false),
})

const line = z.strictObject({
  code,
  name: words.optional(),
  public: z.int().min(0).max(500),
  staffExtra: z.int().min(0).max(500).default(0),
  targetMinutes: z.int().min(1).max(480).default(30),
  needTargetMinutes: z.int().min(1).max(480).default(10),
  graceMinutes: z.int().min(0).max(240).default(15),
})

const office = z.strictObject({
  code,
  ...name,
  agency: z.string(),
  city: z.string().nullable().default(null),
  region: words.nullable().default(null),
  address: words,
  zone,
  sectors: z.array(code).min(1),
  counters: z.int().min(1).max(200),
  video: z.boolean().default(false),
  bookingMode: z.enum(["instant", "request"]).default("instant"),
  gridMinutes: z.int().min(5).max(240).default(15),
  soonestMinutes: z.int().min(0).max(10_080).default(0),
  furthestDays: z.int().min(1).max(366).default(30),
  earlyMinutes: z.int().min(0).max(1440).default(720),
  // Half an hour is long enough that nobody can race to a moment agreed on, and short enough that the place is not lost.
  releaseMinutesMin: z.int().min(0).max(1440).default(5),
  releaseMinutesMax: z.int().min(0).max(1440).default(30),
  hours: z.array(hours).min(1),
  lines: z.array(line).min(1).max(9),
})

const colour = z.string().regex(/^#[0-9a-f]{6}$/i, "a colour, written #rrggbb,")

const officesFile = z.strictObject({
  look: z
    .strictObject({
      name: words.optional(),
      logo: z
        .string()
        .regex(/^[\w-]+\.(svg|png)$/, "the name of a file in public/, such as logo.svg,")
        .optional(),
      accent: colour.optional(),
      accentDark: colour.optional(),
    })
    .nullable()
    .default(null),
  agencies: z
    .array(
      z.strictObject({
        code: z.string().regex(/^[a-z0-9-]{2,40}$/, "a code of small letters, digits and hyphens such as interior"),
        ...name,
      }),
    )
    .min(1),
  offices: z.array(office).min(1),
  calendar: z
    .strictObject({
      seasons: z
        .array(
          z.strictObject({
            id: z.string().min(1),
            ...name,
            first: day,
            last: day,
            provisional: z.boolean().default(false),
          }),
        )
        .default([]),
      holidays: z
        .array(
          z.strictObject({
            ...name,
            date: day.optional(),
            first: day.optional(),
            last: day.optional(),
            substitute: day.optional(),
            provisional: z.boolean().default(false),
          }),
        )
        .default([]),
    })
    .default({ seasons: [], holidays: [] }),
})

const service = z.strictObject({
  code,
  sector: code,
  ...name,
  audience: words,
  channels: z.array(z.enum(["online", "office", "video"])).min(1),
  minutes: z.int().min(1).max(480).nullable(),
  documents: z.array(words).default([]),
  feeHalalas: z.int().min(0).nullable().default(null),
  feeNote: words.nullable().default(null),
  bookingOnly: z.boolean().default(false),
  sensitive: z.boolean().default(false),
})

const servicesFile = z.strictObject({
  sectors: z.record(code, words),
  services: z.array(service).min(1),
})

/** Reads the two files' contents. Throws `SetupProblem` naming every mistake and its place. */
export function readPlan(officesJson: string, servicesJson: string): SetupPlan {
  const [first, second] = [parse("offices", officesFile, officesJson), parse("services", servicesFile, servicesJson)]
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

function parse<T>(file: string, schema: z.ZodType<T>, text: string): { value: T | null; mistakes: string[] } {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    return { value: null, mistakes: [`${file}: the file is not JSON (${why})`] }
  }
  const read = schema.safeParse(raw)
  if (read.success) return { value: read.data, mistakes: [] }
  return {
    value: null,
    mistakes: read.error.issues.map((issue) => `${file}: ${sentenceOf(issue, raw)}`),
  }
}

type Offices = z.infer<typeof officesFile>
type Services = z.infer<typeof servicesFile>

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
