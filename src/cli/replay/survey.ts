import { type Asking, saidNo } from "./asking.ts"
import type { RealDay } from "./day.ts"
import type { DemoKeys } from "./demo-file.ts"
import { kindsOf } from "./plan.ts"
import { mostAtWork, openingOf, type Shift } from "./shifts.ts"

/** A counter of the running office with the key of whoever sits there. */
export interface Desk {
  id: string
  token: string
  /** Whom it served when the replay came, and whether it was open, so that it can be left as it was found. */
  found: { lines: { line: string; handicap: number }[]; isOpen: boolean }
}

/** What of a real day is played in a running office, and with what. */
export interface Survey {
  office: string
  kiosk: string
  desks: Desk[]
  citizens: string[]
  /** The line and the service that stand for each kind of the day. */
  places: Map<string, { line: string; service: string }>
  day: RealDay
  /** Epoch milliseconds by the office's clock. */
  now: number
  closesAt: number
  notes: string[]
}

interface OfficeSeen {
  code: string
  video: boolean
  open: boolean
  nextOpening: string | null
  today: { sessions: { startsAt: string; endsAt: string; bookingOnly: boolean }[] }
  lines: { code: string }[]
}

/**
 * Looks at a running office and cuts the day to what fits it: as many agents as it has counters, and from the day's opening as long as
 * its session still runs. Throws a sentence for what cannot be played there.
 */
export async function survey(
  asking: Asking,
  keys: DemoKeys,
  code: string,
  day: RealDay,
  speed: number,
): Promise<Survey> {
  const now = await asking.clock()
  const seen = await asking.ask(null, "GET", `/offices/${encodeURIComponent(code)}`)
  if (seen.code === "not_found") throw new RangeError(`there is no office ${code} at ${asking.origin}`)
  if (seen.code !== "") throw saidNo("GET", `/offices/${code}`, seen)
  const office = seen.body as OfficeSeen
  const closesAt = endOfSession(office, now)
  const kiosk = keys.kiosks.find((one) => one.office === code)?.token
  const desks = await desksOf(asking, keys, code)
  if (!kiosk || desks.length === 0) {
    throw new RangeError(`the file of --demo has no kiosk or no agents of ${code}; RUH-RML has both`)
  }
  const notes: string[] = []
  const seconds = Math.floor(((closesAt - now) * speed) / 1000)
  const { day: fitted, tooMany, tooLate } = fit(day, desks.length, seconds)
  if (fitted.callers.length === 0 || fitted.shifts.length === 0) {
    throw new RangeError(`${code} closes too soon for anybody of the day to come; play at a higher --speed`)
  }
  const most = mostAtWork(day.shifts)
  if (desks.length < most) {
    notes.push(
      `agents at work at once: ${most}; counters here: ${desks.length}; the longest shifts were taken, and so that the load stays the real one people were left out: ${tooMany}`,
    )
  }
  if (tooLate > 0) notes.push(`people of the day for whom the session leaves no time here: ${tooLate}`)
  if (speed > 1) {
    notes.push(
      `the office's own clock was not sped up: its targets and booked times are ${speed} times as long for these people, so lateness says nothing here, and who had booked said at the door that they were ready`,
    )
  }
  return {
    ...{ office: code, kiosk, desks: desks.slice(0, mostAtWork(fitted.shifts)), now, closesAt, day: fitted, notes },
    citizens: keys.citizens.map(({ token }) => token),
    places: await placesOf(asking, office, fitted),
  }
}

function endOfSession(office: OfficeSeen, now: number): number {
  const { code, open, nextOpening } = office
  if (office.video) throw new RangeError(`${code} works by video and has no hall; name an office with one`)
  const session = office.today.sessions.find(
    ({ startsAt, endsAt }) => Date.parse(startsAt) <= now && now < Date.parse(endsAt),
  )
  if (!open || !session) throw new RangeError(`${code} is closed${nextOpening ? `; it opens at ${nextOpening}` : ""}`)
  if (session.bookingOnly) throw new RangeError(`${code} takes nobody without a booking in this session`)
  return Date.parse(session.endsAt)
}

async function desksOf(asking: Asking, keys: DemoKeys, code: string): Promise<Desk[]> {
  const agents = keys.agents.filter(({ office }) => office === code)
  const first = agents[0]
  if (!first) return []
  const counters = await asking.all<{ id: string; number: number; state: string; lines: Desk["found"]["lines"] }>(
    first.token,
    `/offices/${encodeURIComponent(code)}/counters`,
  )
  return counters
    .sort((a, b) => a.number - b.number)
    .flatMap(({ id, state, lines }) => {
      const agent = agents.find(({ counter }) => counter === id)
      return agent ? [{ id, token: agent.token, found: { lines, isOpen: state === "open" } }] : []
    })
}

/**
 * The day with its longest shifts, as many at once as there are counters, with as many fewer people as hours are left out, so that the load
 * stays the real one; and of that only the first `seconds` from the opening.
 */
export function fit(
  day: RealDay,
  counters: number,
  seconds: number,
): { day: RealDay; tooMany: number; tooLate: number } {
  const length = ({ from, until }: Shift) => until - from
  const hours = (shifts: Shift[]) => shifts.reduce((sum, shift) => sum + length(shift), 0)
  const kept: Shift[] = []
  for (const shift of [...day.shifts].sort((a, b) => length(b) - length(a))) {
    if (mostAtWork([...kept, shift]) <= counters) kept.push(shift)
  }
  const share = hours(kept) / Math.max(1, hours(day.shifts))
  const fewer = day.callers.filter((_, index) => Math.floor((index + 1) * share) > Math.floor(index * share))
  const end = openingOf(kept).from + seconds
  const callers = fewer.filter(({ arrivesAt }) => arrivesAt < end)
  const shifts = day.shifts
    .filter((shift) => kept.includes(shift) && shift.from < end)
    .map((shift) => ({ ...shift, until: Math.min(shift.until, end) }))
  return {
    day: { day: day.day, callers, shifts },
    tooMany: day.callers.length - fewer.length,
    tooLate: fewer.length - callers.length,
  }
}

/** The day's kinds, the most frequent first, on the office's lines by turns. */
async function placesOf(asking: Asking, office: OfficeSeen, day: RealDay): Promise<Survey["places"]> {
  const services = await asking.all<{ code: string; sector: string; bookingOnly: boolean }>(
    null,
    `/services?office=${encodeURIComponent(office.code)}&channel=office`,
  )
  const lines = office.lines.flatMap(({ code: line }) => {
    const service = services.find(({ sector, bookingOnly }) => sector === line && !bookingOnly)
    return service ? [{ line, service: service.code }] : []
  })
  if (lines.length === 0) throw new RangeError(`${office.code} serves nobody without a booking`)
  return new Map(
    kindsOf(day).flatMap((kind, index) => {
      const place = lines[index % lines.length]
      return place ? [[kind, place]] : []
    }),
  )
}
