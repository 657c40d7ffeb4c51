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
 * booked, moved or proposed something.
 */
export const capacity: Invariant = {
  name: "no slot over its places",
  watch: (sim, broken) => {
    const ofStaff = new Set<string>()
    const lineOf = new Map<string, string>()
    const look = () => {
      for (const slot of sim.process.raw.query<Slot, [number]>(counted).all(sim.now())) {
        const { office, line, at, taken, held, places, extra } = slot
        const most = places + (ofStaff.has(`${office} ${line} ${at}`) ? extra : 0)
        const when = new Date(at).toISOString().slice(0, 16)
        if (taken + held > most) broken(`${office} ${line} ${when}: ${taken} booked and ${held} held of ${most}`)
      }
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
        if (took.length > 0) look()
      },
      store: look,
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
    FROM slot WHERE public_places > 0)
  WHERE taken + held > places`
