import { minute } from "../../../base/day.ts"
import type { Invariant } from "../parts.ts"

interface Slot {
  office: string
  line: string
  at: number
  taken: number
  held: number
  places: number
  extra: number
}

/**
 * No slot has more people than places, bookings and live holds together. The places that are the staff's count only where the staff have
 * booked, moved or proposed something. Where the agency has taken places away from under those who had them, also by closing and opening
 * again, nobody more comes in.
 */
export const capacity: Invariant = {
  name: "no slot over its places",
  watch: (sim, broken) => {
    const ofStaff = new Set<string>()
    const lineOf = new Map<string, string>()
    /** How many there were when a slot was last seen over its places, because it has fewer now. */
    let promised = new Map<string, number>()
    const look = (isFewer = false) => {
      const over = new Map<string, number>()
      for (const slot of sim.process.raw.query<Slot, [number]>(counted).all(sim.now())) {
        const { office, line, at, taken, held, places, extra } = slot
        const name = `${office} ${line} ${at}`
        const own = places + (ofStaff.has(name) ? extra : 0)
        const most = isFewer ? taken + held : Math.max(own, promised.get(name) ?? 0)
        if (taken + held > own) over.set(name, taken + held)
        // Closed, and perhaps given back later with fewer places: until then nobody comes in.
        if (places === 0) {
          over.set(name, taken + held)
          continue
        }
        const when = new Date(at).toISOString().slice(0, 16)
        if (taken + held > most) broken(`${office} ${line} ${when}: ${taken} booked and ${held} held of ${most}`)
      }
      promised = over
    }
    return {
      done({ asked, facts }) {
        const took = facts.filter(({ kind }) => takes.has(kind))
        for (const fact of asked.by.kind === "staff" ? took : []) {
          if (!("startsAt" in fact.body && "endsAt" in fact.body)) continue
          const line = "line" in fact.body ? fact.body.line : lineOf.get(fact.body.booking)
          for (let at = fact.body.startsAt; at < fact.body.endsAt; at += grid)
            ofStaff.add(`${fact.stream} ${line} ${at}`)
        }
        for (const { kind, body } of took) {
          if (kind === "booking.made" || kind === "booking.requested") lineOf.set(body.booking, body.line)
        }
      },
      committed(turns) {
        const said = turns.flatMap(({ facts }) => facts)
        if (turns.some(({ asked }) => asked.what === "set_up")) look(true)
        else if (said.some(({ kind }) => kind.startsWith("booking.") || kind.startsWith("hold."))) look()
      },
      store: () => look(),
    }
  },
}

const grid = 30 * minute
const takes = new Set<string>([
  "booking.made",
  "booking.requested",
  "booking.moved",
  "booking.proposed",
  "hold.made",
  "hold.moved",
])

/** Rows with room to spare are left out. */
const counted = `
  SELECT * FROM (
    SELECT office, line, starts_at AS at, taken, public_places AS places, staff_extra AS extra,
      (SELECT coalesce(sum(width), 0) FROM held_place AS h
       WHERE h.office = slot.office AND h.line = slot.line AND h.starts_at = slot.starts_at AND h.until > ?) AS held
    FROM slot)
  WHERE taken + held > places`
