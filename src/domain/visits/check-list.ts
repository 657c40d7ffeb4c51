import type { CheckKind, CheckState, Measured, StepKind, StepResult } from "../../../db/schema/identity.ts"
import type { Chance } from "../../base/clock.ts"

/*
 * The list by which an agent looks at who somebody is. Neither side chooses what stands in it: it is drawn, because what can be foreseen can be
 * prepared. It follows the attended remote proofing of NIST SP 800-63A and ETSI TS 119 461. Rules without a store.
 */

export interface Planned {
  kind: StepKind
  withoutSight: boolean
  /** What the picture is of. */
  drawn: string | null
}

const alive: readonly StepKind[] = ["turn_head", "hand_across", "digits", "document_beside"]
const features: readonly StepKind[] = ["diffractive", "personalisation", "material", "print"]
/** Ways that take no sight, no hand and no turning: one hears and repeats. */
const byEar: readonly StepKind[] = ["repeat_digits", "repeat_word"]

/** Steps that the person is asked for, on the page and by the agent; the others are the agent's and the house's own. */
const asked: ReadonlySet<StepKind> = new Set<StepKind>([
  ...(["consent", "picture", "talk"] as const),
  ...alive,
  ...features,
  ...byEar,
])

export const isAsked = (kind: StepKind) => asked.has(kind)
/** Of these the person may have another way instead. */
export const mayExchange = (kind: StepKind) => alive.includes(kind)

/** Codes of words that are short, everyday and unlike each other by ear, in both languages. */
export const spokenWords = ["sea", "palm", "moon", "bread", "door", "rain", "boat", "sun"] as const
export type SpokenWord = (typeof spokenWords)[number]

/** What is drawn for one check: in this order, and nothing of it is left out. */
export function plan(kind: CheckKind, chance: Chance): Planned[] {
  const step = (one: StepKind, drawn: string | null = null): Planned => ({ kind: one, withoutSight: false, drawn })
  const living = some(alive, 2, chance).map((one) => step(one))
  if (kind === "again") return [step("measured"), ...living, step("picture", "face"), step("same_person")]
  return [
    ...[step("measured"), step("consent"), ...living],
    ...some(features, 3, chance).map((one) => step(one)),
    ...[step("picture", "face"), step("picture", "document"), step("data"), step("talk")],
  ]
}

/** The way that comes in the place of another: one that this list does not have yet. */
export function otherWay(there: readonly StepKind[], chance: Chance): Planned {
  const left = byEar.filter((one) => !there.includes(one))
  const [kind = "repeat_digits"] = some(left.length > 0 ? left : byEar, 1, chance)
  return { kind, withoutSight: true, drawn: null }
}

/** What is drawn at the moment in which a step is asked for, so that nobody knows it before. */
export function drawnFor(kind: StepKind, chance: Chance): string | null {
  if (kind === "digits" || kind === "repeat_digits") {
    return Array.from({ length: 4 }, () => below(10, chance)).join("")
  }
  return kind === "repeat_word" ? (some(spokenWords, 1, chance)[0] ?? null) : null
}

/** What the agent's page must receive before anything is decided by it. */
export const conditions = { long: 640, short: 360, fps: 15, loss: 0.05, freshMilliseconds: 15_000 } as const

export type Shortfall = "size" | "fps" | "loss" | "camera" | "silence"

/** What is short of the conditions; nothing where all of them are met. A picture may stand upright, as that of a telephone does. */
export function shortOf(measured: Measured | null, isDark: boolean): Shortfall[] {
  const found: Shortfall[] = isDark ? ["camera"] : []
  if (!measured) return [...found, "silence"]
  const [short, long] = [Math.min(measured.w, measured.h), Math.max(measured.w, measured.h)]
  if (long < conditions.long || short < conditions.short) found.push("size")
  if (measured.fps < conditions.fps) found.push("fps")
  if (measured.loss >= conditions.loss) found.push("loss")
  return found
}

/**
 * What it all comes to; `open` while something is left. One step that failed rejects, whatever else passed; one that was not possible
 * leaves it undecided. `overturned`: a second person has found that what failed had not.
 */
export function outcomeOf(results: readonly (StepResult | null)[], overturned = false): CheckState {
  const counted = results.filter((result) => result !== "exchanged")
  if (counted.includes(null)) return "open"
  if (counted.includes("fail") && !overturned) return "rejected"
  return counted.includes("not_possible") ? "inconclusive" : "verified"
}

/** `count` of them, each as likely as any other, in an order that says nothing. */
function some<T>(all: readonly T[], count: number, chance: Chance): T[] {
  const left = [...all]
  const taken: T[] = []
  while (taken.length < count && left.length > 0) taken.push(...left.splice(below(left.length, chance), 1))
  return taken
}

/** A number from 0 up to and without `most` (256 at the most), each as likely: bytes that would favour the small ones are drawn again. */
function below(most: number, chance: Chance): number {
  const fair = 256 - (256 % most)
  for (;;) {
    const [byte = 0] = chance.bytes(1)
    if (byte < fair) return byte % most
  }
}
