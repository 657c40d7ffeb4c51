/*
 * Who worked when, read from who served whom; and what a supervisor would make of it who plans the same day for a hall. Times are seconds
 * after midnight.
 */

/** One person served by an agent. */
export interface Call {
  kind: string
  from: number
  until: number
}

export interface Shift {
  /** Kinds that this agent works on, the most frequent first; those for which only help was needed at the end. */
  kinds: string[]
  from: number
  until: number
}

export interface Opening {
  from: number
  until: number
}

const minute = 60
const hour = 60 * minute

/** Who took nobody for so long was not at work; nor was the office open where that holds for everybody. */
const pauseMax = hour
/** Who helped out for less than this was not on shift. */
const shiftMin = hour / 2
/** A kind that makes up less of an agent's work was done by the way. */
const ownShare = 0.05
/** Hours begin and end on the half hour. */
const round = hour / 2
/** So many work on a kind at any moment, that a single long visit does not stop its line. */
const atOnceMin = 2
/** Whoever served this close to closing time was on shift until then. */
const lastStretch = hour

/** The shifts behind each agent's calls: a long pause ends one, and an agent may have several. */
export function shiftsOf(callsByAgent: readonly (readonly Call[])[]): Shift[] {
  const all = callsByAgent.flatMap((calls) => {
    const kinds = kindsOf(calls)
    return runs(calls).map(({ from, until }) => ({ kinds, from, until }))
  })
  const long = all.filter(({ from, until }) => until - from >= shiftMin)
  return (long.length > 0 ? long : all).sort((a, b) => a.from - b.from || a.until - b.until)
}

/**
 * The hours of the day: the longest stretch in which somebody is at work. What the night before left over, and what came after the lines
 * had been down, is no part of it.
 */
export function openingOf(shifts: readonly Shift[]): Opening {
  const stretches = runs(shifts).sort((a, b) => b.until - b.from - (a.until - a.from))
  const { from, until } = stretches[0] ?? { from: 0, until: 0 }
  const opens = Math.round(from / round) * round
  return { from: opens, until: Math.min(24 * hour, Math.max(opens + round, Math.ceil(until / round) * round)) }
}

/** Spans with less than the pause between them are one. */
function runs(spans: readonly { from: number; until: number }[]): { from: number; until: number }[] {
  const found: { from: number; until: number }[] = []
  for (const { from, until } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = found.at(-1)
    if (last && from - last.until <= pauseMax) last.until = Math.max(last.until, until)
    else found.push({ from, until })
  }
  return found
}

function kindsOf(calls: readonly Call[]): string[] {
  const counts = new Map<string, number>()
  for (const { kind } of calls) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const kinds = [...counts].sort((a, b) => b[1] - a[1])
  return kinds.filter(([, count]) => count >= calls.length * ownShare).map(([kind]) => kind)
}

/**
 * The day as it would be planned: shifts within the hours, and every one of `kinds` is the work of two at any moment; for a part of the day
 * in which it is not, all who are there lend a hand. `toTheEnd`: whoever still served in the last hour is there until closing.
 */
export function plannedShifts(shifts: readonly Shift[], kinds: readonly string[], { toTheEnd = true } = {}): Shift[] {
  const hours = openingOf(shifts)
  const within = shifts
    .filter(({ from, until }) => from < hours.until && until > hours.from)
    .map((shift) => ({
      ...shift,
      from: Math.max(shift.from, hours.from),
      until: Math.min(toTheEnd && shift.until >= hours.until - lastStretch ? hours.until : shift.until, hours.until),
    }))
  return within.map((shift) => {
    const alone = kinds.filter((kind) => {
      const own = within.filter((other) => other.kinds.includes(kind))
      return !shift.kinds.includes(kind) && !covers(own, shift)
    })
    return { ...shift, kinds: [...shift.kinds.filter((kind) => kinds.includes(kind)), ...alone] }
  })
}

/** Whether enough of these are there at any moment of the span. */
function covers(shifts: readonly Shift[], { from, until }: { from: number; until: number }): boolean {
  const moments = [from, ...shifts.map((shift) => shift.until).filter((at) => at > from && at < until)]
  return moments.every((at) => shifts.filter((shift) => shift.from <= at && at < shift.until).length >= atOnceMin)
}

/** How many are at work at once, at most. */
export function mostAtWork(shifts: readonly Shift[]): number {
  return Math.max(
    0,
    ...shifts.map(({ from }) => shifts.filter((other) => other.from <= from && from < other.until).length),
  )
}
