import { type Instant, minute, readDay } from "../../base/day.ts"
import { remember } from "../../base/remember.ts"
import type { Session } from "../offices/hours.ts"

/**
 * The starts of a session's slots. A slot never runs past closing or into a break: minutes at a tail that hold no whole slot stay unused.
 * The grid counts real minutes from the start, so an hour that comes twice has its places twice and one that is skipped has none.
 */
export function slotsOf(session: Session, gridMinutes: number): Instant[] {
  if (!(gridMinutes >= 1)) throw new RangeError("slots need a grid of at least a minute")
  const grid = gridMinutes * minute
  const out: Instant[] = []
  for (let at = session.startsAt; at + grid <= session.endsAt; at += grid) {
    if (!session.breaks.some((pause) => at < pause.endsAt && at + grid > pause.startsAt)) out.push(at)
  }
  return out
}

export interface SlotName {
  office: string
  line: string
  startsAt: Instant
}

/** `<office>.<line>.<YYYYMMDDTHHmm>` in UTC: valid before the slot's row exists. */
export function slotId(office: string, line: string, startsAt: Instant): string {
  return `${office}.${line}.${startText(startsAt)}`
}

const startText = remember(20_000, (startsAt: Instant) => {
  const utc = new Date(startsAt).toISOString()
  return `${utc.slice(0, 4)}${utc.slice(5, 7)}${utc.slice(8, 13)}${utc.slice(14, 16)}`
})

/** Reads a slot's id; `null` for anything that is not exactly one. */
export function readSlotId(text: string): SlotName | null {
  const [, office, line, start] = /^([A-Z0-9-]{2,20})\.([A-Z0-9-]{2,20})\.(\d{8}T\d{4})$/.exec(text) ?? []
  if (!office || !line || !start) return null
  const startsAt = readStart(start)
  return Number.isNaN(startsAt) ? null : { office, line, startsAt }
}

/** Not a number for a time that is none. */
const readStart = remember(20_000, (text: string): Instant => {
  const [year, month, date] = [text.slice(0, 4), text.slice(4, 6), text.slice(6, 8)]
  const [hours, minutes] = [Number(text.slice(9, 11)), Number(text.slice(11, 13))]
  // Beyond the days that the calendar here knows, a day later would be no day at all.
  if (!readDay(`${year}-${month}-${date}`) || hours > 23 || minutes > 59) return Number.NaN
  return Date.UTC(Number(year), Number(month) - 1, Number(date), hours, minutes)
})

/**
 * The places of a visit: `width` places in each of `length` consecutive slots. People of one visit sit side by side where the line has
 * places for that; a family larger than the line's places takes the following slots too.
 */
export function slotsNeeded(
  minutes: number,
  people: number,
  publicPlaces: number,
  gridMinutes: number,
): { width: number; length: number } {
  const width = Math.max(1, Math.min(people, publicPlaces))
  return { width, length: Math.ceil((Math.ceil(minutes / gridMinutes) * people) / width) }
}
