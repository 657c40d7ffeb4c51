import { z } from "zod"
import { type Day, readDay } from "../base/day.ts"
import { Refusal } from "../base/refusal.ts"
import { readRule } from "../domain/offices/recurrence.ts"

/* The form of an agency's two files: its offices with their hours and lines, and its services. */

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

export const officesFile = z.strictObject({
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

export const servicesFile = z.strictObject({
  sectors: z.record(code, words),
  services: z.array(service).min(1),
})

export type Offices = z.infer<typeof officesFile>
export type Services = z.infer<typeof servicesFile>
