import { RRule } from "rrule"
import { type Day, readDay } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"

/*
 * Recurrence rules (RFC 5545 §3.3.10), cut down to what opening hours need: which days. Times of day, DTSTART and zones have no place in
 * them, because a zone given to the library makes its answer depend on the machine's own (github.com/jakubroztocil/rrule/issues/571).
 */

/** A rule with the days between which it holds, both included; `null` has no end on that side. */
export interface Recurrence {
  rrule: string
  validFrom: Day | null
  validTo: Day | null
}

/** What was worked out: the same few weeks around today are asked for again and again. */
const expanded = new Map<string, readonly Day[]>()
const expandedMax = 5_000

/** The days from `first` to `last`, both included, on which the rule falls, in order. Refuses `setup_invalid` as `readRule` does. */
export function daysOf(rule: Recurrence, first: Day, last: Day): readonly Day[] {
  const from = rule.validFrom && rule.validFrom > first ? rule.validFrom : first
  const to = rule.validTo && rule.validTo < last ? rule.validTo : last
  if (from > to) return []
  const key = `${rule.rrule}|${rule.validFrom ?? ""}|${from}|${to}`
  let days = expanded.get(key)
  if (!days) {
    days = expand(rule, from, to)
    if (expanded.size >= expandedMax) expanded.clear()
    expanded.set(key, days)
  }
  return days
}

/** Where a counting rule begins that has no first day of its own: a Sunday, the first of a month and of a year. */
const epoch = "2023-01-01" as Day

function expand(rule: Recurrence, from: Day, to: Day): Day[] {
  const { until, ...options } = RRule.parseString(readRule(rule.rrule))
  // Only a rule that counts has to be followed from its very first day; for any other that way is long and leads to the same days.
  const dtstart = midnight(countsFromStart(rule.rrule) ? (rule.validFrom ?? epoch) : from)
  const end = midnight(to)
  const recurrence = new RRule({ ...options, dtstart, until: until && until < end ? until : end, tzid: null }, true)
  return recurrence
    .all()
    .map((at) => at.toISOString().slice(0, 10) as Day)
    .filter((day) => from <= day)
}

/** Days stand for themselves as midnights of UTC: nothing but the date goes in or comes out. */
function midnight(day: Day): Date {
  return new Date(`${day}T00:00:00Z`)
}

/** Whether the rule's days depend on where it starts: every second week, ten times in all. */
export function countsFromStart(rrule: string): boolean {
  return /(^|;)(INTERVAL=(?!1(;|$))|COUNT=)/.test(rrule)
}

const grammar = new Map([
  ["FREQ", /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/],
  ["INTERVAL", /^[1-9]\d?$/],
  ["COUNT", /^[1-9]\d{0,3}$/],
  ["UNTIL", /^\d{8}(T([01]\d|2[0-3])[0-5]\d[0-5]\dZ)?$/],
  ["WKST", /^(MO|TU|WE|TH|FR|SA|SU)$/],
  ["BYDAY", /^([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*$/],
  ["BYMONTH", /^([1-9]|1[0-2])(,([1-9]|1[0-2]))*$/],
  ["BYMONTHDAY", /^-?([1-9]|[12]\d|3[01])(,-?([1-9]|[12]\d|3[01]))*$/],
  ["BYSETPOS", /^-?[1-9]\d?(,-?[1-9]\d?)*$/],
])
const longest = 200

/**
 * Checks a recurrence rule by a grammar of our own, because the library takes nonsense without a word, and looks for the days of a rule
 * that has none until the year 9999. UNTIL is the last day, whatever time it names. Refuses `setup_invalid` with `why`.
 */
export function readRule(text: string): string {
  const refuse = (why: string) => new Refusal("setup_invalid", { field: "rrule", given: text.slice(0, 100), why })
  if (text.length > longest) throw refuse("the rule is too long")
  const parts = new Map<string, string>()
  for (const part of text.split(";")) {
    const [name = "", value = "", ...more] = part.split("=")
    const form = grammar.get(name)
    if (!form || more.length > 0) throw refuse(`"${part}" has no place in a rule of opening hours`)
    if (parts.has(name)) throw refuse(`${name} stands twice`)
    if (!form.test(value)) throw refuse(`${name}=${value} is not a value that it can have`)
    parts.set(name, value)
  }
  const why = nonsense(parts)
  if (why) throw refuse(why)
  return text
}

/** Why parts that are right each by itself make no rule together; `null` where they do. */
function nonsense(parts: ReadonlyMap<string, string>): string | null {
  const list = (name: string) => parts.get(name)?.split(",") ?? []
  const [frequency, interval] = [parts.get("FREQ"), Number(parts.get("INTERVAL") ?? 1)]
  const [days, dates, months, positions] = [list("BYDAY"), list("BYMONTHDAY"), list("BYMONTH"), list("BYSETPOS")]
  const ordinals = days.some((one) => one.length > 2)
  const until = parts.get("UNTIL")

  if (!frequency) return "a rule needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"
  if (until && parts.has("COUNT")) return "COUNT and UNTIL exclude each other"
  if (until && !readDay(until.replace(/^(\d{4})(\d\d)(\d\d).*$/, "$1-$2-$3"))) return `UNTIL=${until} is no day`
  if (frequency === "WEEKLY" && days.length === 0) return "a weekly rule names its days with BYDAY"
  if (/^(MONTHLY|YEARLY)$/.test(frequency) && days.length + dates.length === 0)
    return "a monthly or yearly rule names its days with BYDAY or BYMONTHDAY"
  if (frequency === "WEEKLY" && dates.length > 0) return "BYMONTHDAY has no place in a weekly rule"
  if (/^(DAILY|WEEKLY)$/.test(frequency) && ordinals) return "only a monthly or yearly rule numbers its weekdays"
  if (ordinals && dates.length > 0) return "numbered weekdays and BYMONTHDAY exclude each other"
  if (frequency === "DAILY" && interval > 1 && days.length + dates.length + months.length > 0)
    return "a rule for every so many days takes no other choice of days"
  if (frequency === "MONTHLY" && interval > 1 && months.length > 0)
    return "a rule for every so many months takes no BYMONTH"
  if (positions.length > 0) {
    if (frequency !== "MONTHLY" || days.length === 0 || ordinals || dates.length > 0)
      return "BYSETPOS chooses among the weekdays (BYDAY) of a month"
    const most = 4 * new Set(days).size + 1
    if (positions.some((one) => Math.abs(Number(one)) > most)) return `no month has ${most + 1} such days`
  }
  const longestMonth = Math.max(...(months.length > 0 ? months : ["1"]).map((one) => daysIn(Number(one))))
  if (dates.length > 0 && dates.every((one) => Math.abs(Number(one)) > longestMonth)) return "no month has such a day"
  return null
}

/** The most days that a month can have. */
function daysIn(month: number): number {
  if (month === 2) return 29
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}
