import { hour } from "../../../base/day.ts"
import { reminderHours, settledFor, usefulUntil } from "../../../domain/notifications/rules.ts"
import type { Invariant } from "../parts.ts"

/** Whoever has had a booking for long enough is told of it before its time; and of one thing nobody is told twice. */
export const reminders: Invariant = {
  name: "every reminder once",
  watch: (sim, broken) => {
    /** Since when a booking stands as it stands. */
    const since = new Map<string, number>()
    return {
      done({ facts, now }) {
        for (const fact of facts) {
          if (fact.kind.startsWith("booking.") && "booking" in fact.body) since.set(String(fact.body.booking), now)
        }
      },
      store(raw) {
        const twice = raw.query<{ about: string; hours: number; n: number }, []>(
          `SELECT about, json_extract(data, '$.hours') AS hours, count(*) AS n FROM message WHERE kind = 'reminder'
           GROUP BY owner, about, hours, json_extract(data, '$.startsAt') HAVING n > 1`,
        )
        for (const { about, hours, n } of twice.all())
          broken(`the booking ${about} was reminded of ${n} times, ${hours} hours ahead`)
        const round = Number(sim.notes.get("reminders") ?? 0)
        const ahead = raw.query<{ id: string; person: string; at: number }, [number]>(
          // Whoever made it as a proxy may be none any more; for whom it is are told in any case.
          `SELECT DISTINCT b.id, iif(b.by_proxy, p.person, b.person) AS person, b.starts_at AS at
           FROM booking AS b JOIN booking_person AS p ON p.booking = b.id
           WHERE b.state = 'confirmed' AND b.struck_at IS NULL AND b.starts_at > ?`,
        )
        const told = raw.query<{ n: number }, [string, string, number]>(
          "SELECT count(*) AS n FROM message WHERE owner = ? AND about = ? AND at > ?",
        )
        for (const { id, person, at } of ahead.all(round)) {
          for (const hours of reminderHours) {
            const remindAt = at - hours * hour
            const isDue = remindAt <= round && round < usefulUntil(at, hours)
            const isSettled = (since.get(id) ?? 0) < remindAt - settledFor
            if (isDue && isSettled && told.get(person, id, remindAt - settledFor)?.n === 0) {
              broken(`nobody was reminded of the booking ${id}, ${hours} hours before ${at}`)
            }
          }
        }
      },
    }
  },
}
