import { minute } from "../../../base/day.ts"
import { readSlotId } from "../../../domain/availability/grid.ts"
import type { Invariant, Refused } from "../parts.ts"

/**
 * A hold keeps nothing from anybody after its time, whether a job has come by or not: who is told that a time is full is told so of
 * bookings, of holds that stand, and of places that rest. And none stands for longer than it said.
 */
export const holds: Invariant = {
  name: "a hold does not outlive its time",
  watch: (sim, broken) => ({
    refused(turn) {
      if (turn.code !== "slot_full") return
      const wrong = isReallyFull(turn)
      if (wrong !== null) broken(`${turn.asked.what} was told that it is full: ${wrong}`)
    },
    store(raw, when) {
      if (when !== "the end") return
      const old = raw.query<{ id: string; until: number }, [number]>(
        "SELECT id, until FROM hold WHERE state = 'live' AND until <= ?",
      )
      for (const { id, until } of old.all(sim.now() - 60 * minute))
        broken(`the hold ${id} stands, an hour after ${until}`)
    },
  }),
}

const grid = 30 * minute
/** A place that was offered from a waiting list is kept a little longer, so that the next in the list gets it. */
const passedOn = 5 * minute

/** `null` where it is. */
function isReallyFull({ asked, raw, now }: Refused): string | null {
  const { slot, service, hold, booking } = asked.about
  const held = raw
    .query<{ office: string; line: string; startsAt: number; length: number }, [string]>(
      "SELECT office, line, starts_at AS startsAt, length FROM hold WHERE id = ?",
    )
    .get(String(hold ?? ""))
  const named = readSlotId(String(slot ?? ""))
  const moved = raw
    .query<{ length: number }, [string]>("SELECT length FROM booking WHERE id = ?")
    .get(String(booking ?? ""))
  const wanted = held ?? (named && { ...named, length: moved?.length ?? (service === "PAS-02" ? 2 : 1) })
  if (!wanted) return null
  const free: string[] = []
  for (let index = 0; index < wanted.length; index++) {
    const at = wanted.startsAt + index * grid
    const counted = raw
      .query<{ booked: number; held: number; resting: number; places: number | null }, Record<string, string | number>>(
        `SELECT
           (SELECT coalesce(sum(width), 0) FROM booking WHERE office = $office AND line = $line AND id <> $booking
              AND (state <> 'cancelled') AND starts_at <= $at AND ends_at > $at) AS booked,
           (SELECT coalesce(sum(width), 0) FROM hold WHERE office = $office AND line = $line AND state = 'live'
              AND until + CASE WHEN waiting IS NULL THEN 0 ELSE $passedOn END > $now
              AND starts_at <= $at AND starts_at + length * $grid > $at) AS held,
           (SELECT coalesce(sum(width), 0) FROM held_back WHERE office = $office AND line = $line AND starts_at = $at AND until > $now) AS resting,
           (SELECT public_places FROM slot WHERE office = $office AND line = $line AND starts_at = $at) AS places`,
      )
      .get({ office: wanted.office, line: wanted.line, at, now, grid, passedOn, booking: String(booking ?? "") })
    if (!counted) return null
    const { booked, resting, places } = counted
    if (booked + counted.held + resting < (places ?? 0)) {
      free.push(`${places} places, ${booked} booked, ${counted.held} held, ${resting} resting`)
    }
  }
  return free.length === wanted.length ? free.join("; ") : null
}
