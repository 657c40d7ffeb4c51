import { and, inArray, lte, ne, sql } from "drizzle-orm"
import { holds } from "../../../db/schema/availability.ts"
import { bookings } from "../../../db/schema/bookings.ts"
import { counters, tickets } from "../../../db/schema/queue.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"
import { allOffices, sessionsAround } from "../offices/reads.ts"
import { sessionAt } from "../offices/hours.ts"

/** The offices in which time has brought something about: somebody to wake, a hold or a booking that has lapsed, a session that is over. */
export async function officesWithWork(store: Store, now: Instant): Promise<string[]> {
  const due = new Set<string>()
  for (const { office } of await toWake(store).execute({ now })) due.add(office)
  for (const { office } of await lapsedHolds(store).execute({ now })) due.add(office)
  for (const { office } of await begunBookings(store).execute({ now })) due.add(office)
  const busy = new Set<string>()
  for (const { office } of await withTickets(store).execute()) busy.add(office)
  for (const { office } of await withCounters(store).execute()) busy.add(office)
  if ([...busy].some((office) => !due.has(office))) {
    for (const office of await allOffices(store)) {
      if (!busy.has(office.code) || due.has(office.code)) continue
      if (!sessionAt(await sessionsAround(store, office, now, 0), now)) due.add(office.code)
    }
  }
  return [...due].sort()
}

const toWake = statement((db) =>
  db
    .selectDistinct({ office: tickets.office })
    .from(tickets)
    .where(and(sql`${tickets.state} in ('early', 'away')`, lte(tickets.wakeAt, sql.placeholder("now")))),
)
const lapsedHolds = statement((db) =>
  db
    .selectDistinct({ office: holds.office })
    .from(holds)
    .where(and(sql`${holds.state} = 'live'`, lte(holds.until, sql.placeholder("now")))),
)
const begunBookings = statement((db) =>
  db
    .selectDistinct({ office: bookings.office })
    .from(bookings)
    .where(and(inArray(bookings.state, ["requested", "confirmed"]), lte(bookings.startsAt, sql.placeholder("now")))),
)
const withTickets = statement((db) =>
  db.selectDistinct({ office: tickets.office }).from(tickets).where(sql`${tickets.live} = 1`),
)
const withCounters = statement((db) =>
  db.selectDistinct({ office: counters.office }).from(counters).where(ne(counters.state, "closed")),
)
