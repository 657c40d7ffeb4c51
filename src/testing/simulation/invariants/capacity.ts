import type { Invariant } from "../parts.ts"

/** No slot has more people than places: bookings and live holds together, with the places that are the staff's. */
export const capacity: Invariant = {
  name: "no slot over its places",
  watch: (sim, broken) => {
    const look = () => {
      const now = sim.now()
      const over = sim.process.raw
        .query<{ office: string; line: string; at: string; taken: number; held: number; places: number }, [number]>(
          `SELECT office, line, datetime(starts_at / 1000, 'unixepoch') AS at, taken, public_places + staff_extra AS places,
             (SELECT coalesce(sum(width), 0) FROM held_place AS h
              WHERE h.office = slot.office AND h.line = slot.line AND h.starts_at = slot.starts_at AND h.until > ?) AS held
           FROM slot WHERE public_places > 0`,
        )
        .all(now)
        .find(({ taken, held, places }) => taken + held > places)
      if (over)
        broken(`${over.office} ${over.line} ${over.at}: ${over.taken} booked and ${over.held} held of ${over.places}`)
    }
    return {
      done({ facts }) {
        if (facts.some(({ kind }) => takes.has(kind))) look()
      },
      store: look,
    }
  },
}

const takes = new Set<string>([
  "booking.made",
  "booking.requested",
  "booking.moved",
  "booking.proposed",
  "hold.made",
  "hold.moved",
])
