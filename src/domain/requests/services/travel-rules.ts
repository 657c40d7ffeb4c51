import { addDays, type Day } from "../../../base/day.ts"
import { ageOn, anniversary } from "../../../base/hijri.ts"
import type { CivilRecord, Paper } from "../../people/civil.ts"
import { arab, gulf } from "./countries.ts"

/*
 * Who needs a permit to travel, and how long one may last. The passport directorate has said both that the twenty-one years are counted by
 * the Hijri calendar (August 2025) and, before, by the Gregorian one: so it is a rule with a day from which it holds, both ages are always
 * shown, and a decision keeps the rule that it was made by.
 */

export interface AgePolicy {
  /** The first day on which it holds. */
  from: Day
  calendar: "hijri" | "gregorian"
}

/** The newest last. A change is a line with its day, so that what was decided before stands as it was decided. */
export const agePolicies: readonly AgePolicy[] = [{ from: "1932-09-23" as Day, calendar: "hijri" }]

const years = 21
const singleDays = 60
const multipleDays = 365

export interface Ages {
  hijri: number
  gregorian: number
  calendar: AgePolicy["calendar"]
  /** From this day on no permit is needed. */
  freeFrom: Day
  isFree: boolean
}

export function agesOn(born: Day, today: Day, policies: readonly AgePolicy[] = agePolicies): Ages {
  const calendar = policies.findLast(({ from }) => from <= today)?.calendar ?? "hijri"
  const freeFrom = anniversary(born, years, calendar)
  const [hijri, gregorian] = [ageOn(born, today, "hijri"), ageOn(born, today, "gregorian")]
  return { hijri, gregorian, calendar, freeFrom, isFree: freeFrom <= today }
}

export type PaperProblem = "paper_missing" | "gulf_only" | "paper_short"

/** How many months a paper must still be valid: an identity card beyond three, a passport three or six, by where it goes. */
export function monthsFor(kind: Paper["kind"], to: readonly string[]): 3 | 6 {
  return kind === "national_id" || to.every((code) => arab.has(code)) ? 3 : 6
}

/** Whether one may travel there on this paper of the record. */
export function paperFor(
  { papers }: CivilRecord,
  kind: Paper["kind"],
  to: readonly string[],
  today: Day,
): { paper: Paper; problem: null } | { paper: Paper | null; problem: PaperProblem } {
  const paper = papers.find((one) => one.kind === kind) ?? null
  if (!paper) return { paper, problem: "paper_missing" }
  if (kind === "national_id" && !to.every((code) => gulf.has(code))) return { paper, problem: "gulf_only" }
  const needed = inMonths(today, monthsFor(kind, to))
  const isLong = kind === "national_id" ? paper.until > needed : paper.until >= needed
  return isLong ? { paper, problem: null } : { paper, problem: "paper_short" }
}

export type Bound = "length" | "paper" | "birthday" | "right"

/** The last day that a permit may have, and by what. */
export function lastDay(
  kind: "single" | "multiple",
  { today, paperUntil, freeFrom, rightUntil }: { today: Day; paperUntil: Day; freeFrom: Day; rightUntil: Day | null },
): { day: Day; by: Bound } {
  const bounds: { day: Day; by: Bound }[] = [
    { day: addDays(today, kind === "single" ? singleDays : multipleDays), by: "length" },
    { day: paperUntil, by: "paper" },
    { day: addDays(freeFrom, -1), by: "birthday" },
    ...(rightUntil === null ? [] : [{ day: rightUntil, by: "right" as const }]),
  ]
  return bounds.reduce((least, one) => (one.day < least.day ? one : least))
}

function inMonths(from: Day, months: number): Day {
  return Temporal.PlainDate.from(from).add({ months }).toString() as Day
}
