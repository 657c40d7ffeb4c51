import type { Invariant } from "../parts.ts"

/**
 * Whatever the office changes about its days and places, what was promised stays: no booking is cancelled or moved by it. What lies outside
 * the hours now is struck, and whose it is are told; and the times ahead have the places that their line has.
 */
export const promised: Invariant = {
  name: "what was promised stays or is struck and told",
  watch: (sim, broken) => {
    const struck = new Set<string>()
    return {
      done({ asked, facts, now }) {
        for (const { kind, body } of facts) {
          if (changes.has(asked.what) && drops.has(kind))
            broken(`${asked.what} came to ${kind} ${JSON.stringify(body)}`)
          if (kind === "booking.unstruck" || kind === "booking.moved" || kind === "booking.proposed") {
            struck.delete(body.booking)
          }
          if (kind !== "booking.struck") continue
          struck.add(body.booking)
          const told = sim.process.raw
            .query<{ n: number }, [string, number]>(
              "SELECT count(*) AS n FROM message WHERE kind = 'booking_struck' AND about = ? AND at >= ?",
            )
            .get(body.booking, now)
          if (told?.n === 0) broken(`the booking ${body.booking} was struck, and nobody was told`)
        }
      },
      store(raw) {
        const ahead = raw.query<{ id: string; struck: number }, []>(
          "SELECT id, struck_at IS NOT NULL AS struck FROM booking WHERE state IN ('requested', 'confirmed')",
        )
        for (const row of ahead.all()) {
          const is = row.struck === 1
          if (is !== struck.has(row.id)) broken(`the booking ${row.id} is ${is ? "" : "not "}struck, told otherwise`)
        }
        const others = raw.query<{ office: string; line: string; at: number; has: number; places: number }, [number]>(
          `SELECT s.office, s.line, s.starts_at AS at, s.public_places AS has, l.public_places AS places
           FROM slot AS s JOIN line AS l ON l.office = s.office AND l.code = s.line
           WHERE s.starts_at > ? AND s.public_places + s.staff_extra > 0
             AND (s.public_places <> l.public_places OR s.staff_extra <> l.staff_extra)`,
        )
        for (const { office, line, at, has, places } of others.all(sim.now())) {
          broken(`${office} ${line} ${at} has ${has} places, its line ${places}`)
        }
      },
    }
  },
}

/** What the office does about its days and places. */
const changes = new Set(["close_day", "change_hours", "restore_day", "set_up"])
const drops = new Set<string>(["booking.cancelled", "booking.moved", "booking.declined"])
