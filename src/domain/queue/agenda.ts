import { and, count, eq, lte, sql } from "drizzle-orm"
import type { SQLiteColumn } from "drizzle-orm/sqlite-core"
import { heldBack, holds } from "../../../db/schema/availability.ts"
import { bookings, isAhead } from "../../../db/schema/bookings.ts"
import { counters, tickets } from "../../../db/schema/queue.ts"
import { waitlist } from "../../../db/schema/waitlist.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"

/**
 * A column behind a unary plus, by which no index is in order: else the engine would rather go through all rows, office by office, than sort
 * the few that are due (sqlite.org/lang_expr.html#operators).
 */
const outOfOrder = (office: SQLiteColumn) => sql<string>`+${office}`

const liveOffices = statement((db) =>
  db.selectDistinct({ office: tickets.office }).from(tickets).where(sql`${tickets.live} = 1`),
)
const openOffices = statement((db) =>
  db.selectDistinct({ office: counters.office }).from(counters).where(sql`${counters.state} <> 'closed'`),
)
const heldOffices = statement((db) =>
  db
    .selectDistinct({ office: holds.office })
    .from(holds)
    .where(sql`${holds.state} = 'live' and ${holds.until} <= ${sql.placeholder("now")}`),
)
const bookedOffices = statement((db) =>
  db
    .selectDistinct({ office: outOfOrder(bookings.office) })
    .from(bookings)
    .where(and(isAhead, lte(bookings.startsAt, sql.placeholder("now")))),
)

const releasingOffices = statement((db) =>
  db
    .selectDistinct({ office: outOfOrder(heldBack.office) })
    .from(heldBack)
    .where(sql`${heldBack.releaseAt} <= ${sql.placeholder("now")}`),
)
const waitedOffices = statement((db) =>
  db
    .selectDistinct({ office: outOfOrder(waitlist.office) })
    .from(waitlist)
    .where(sql`${waitlist.state} = 'waiting' and ${waitlist.lookAt} <= ${sql.placeholder("now")}`),
)
/** An offer that has come to something by another way than its own button. */
const answeredOffices = statement((db) =>
  db
    .selectDistinct({ office: waitlist.office })
    .from(waitlist)
    .innerJoin(holds, eq(holds.id, waitlist.hold))
    .where(sql`${waitlist.state} = 'offered' and ${holds.state} <> 'live'`),
)

/** Offices in which the passing of time may change something at `now`; the others are left in peace. */
export async function officesWithWork(store: Store, now: Instant): Promise<string[]> {
  const found = [
    ...(await liveOffices(store).execute()),
    ...(await openOffices(store).execute()),
    ...(await heldOffices(store).execute({ now })),
    ...(await bookedOffices(store).execute({ now })),
    ...(await releasingOffices(store).execute({ now })),
    ...(await waitedOffices(store).execute({ now })),
    ...(await answeredOffices(store).execute()),
  ]
  return [...new Set(found.map(({ office }) => office))].sort()
}

const waitingCounts = statement((db) =>
  db
    .select({ office: tickets.office, n: count() })
    .from(tickets)
    .where(sql`${tickets.state} = 'waiting'`)
    .groupBy(tickets.office),
)

/** How many may be called, by office; offices where nobody waits are left out. */
export function waitingByOffice(store: Store): Promise<{ office: string; n: number }[]> {
  return waitingCounts(store).execute()
}
