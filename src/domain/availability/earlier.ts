import type { BookingRow, EndedBy } from "../../../db/schema/bookings.ts"
import type { WaitRow } from "../../../db/schema/waitlist.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { isRefusal } from "../../base/refusal.ts"
import { office as officeWith } from "../offices/reads.ts"
import { endWait } from "./offers.ts"
import { type OfferedSlot, slotsShown } from "./reads.ts"
import { giveBack, leave, openEntry } from "./waitlist.ts"
import { readDays, startsFor } from "./wish.ts"

/* Waiting for an earlier time than that of a booking. */

/** What of a booking tells whose wish is a wish for an earlier time of it. */
type Booked = Pick<BookingRow, "person" | "office" | "service" | "madeAt">

/**
 * The open entry that stands in the list for the sake of a booking: its owner's, for just the people who come (`who`), and made when the
 * booking was there already. Who has waited since before it was made wished for any place, and goes on to.
 */
export async function waitFor(store: Store, booking: Booked, who: readonly string[]): Promise<WaitRow | null> {
  const entry = await openEntry(store, booking)
  const isSame = entry?.people.length === who.length && who.every((one) => entry.people.includes(one))
  return entry && isSame && entry.joinedAt >= booking.madeAt ? entry : null
}

/**
 * Ends the wish for an earlier time of a booking that is cancelled: there is nothing left that could be earlier, and nobody has asked for a new
 * appointment. A place that is held for it goes to the next. It is left where the person cancels, and over where the office or time does; but
 * whose appointment the office or time took keeps an offer that stands, and may take it as a new one.
 */
export async function endWaitFor(
  tx: Tx,
  booking: Booked,
  who: readonly string[],
  { by, endedBy }: { by: string; endedBy: EndedBy },
): Promise<void> {
  const entry = await waitFor(tx, booking, who)
  if (!entry) return
  if (endedBy !== "citizen" && entry.state === "offered") return
  const { id, office, person } = entry
  if (endedBy === "citizen") {
    await leave(tx).execute({ id, now: tx.now })
    await tx.say(office, "waitlist.left", { entry: id, by, subject: person })
  } else await endWait(tx, entry, "over")
  await giveBack(tx, entry, by)
}

/** What a page says of the times before a booking: those that are free now, and whether any could still come free and be offered. */
export async function timesBefore(
  store: Store,
  { office, service, day, startsAt }: BookingRow,
  people: string[],
  now: Instant,
): Promise<{ free: OfferedSlot[]; canCome: boolean }> {
  try {
    const days = readDays(await officeWith(store, office), {}, now, day)
    const starts = await startsFor(store, { office, service, people, ...days }, now, startsAt, slotsShown)
    return { free: starts.filter(({ free }) => free > 0), canCome: starts.length > 0 }
  } catch (thrown) {
    // The booking stands where the office has given its service up, too.
    if (isRefusal(thrown)) return { free: [], canCome: false }
    throw thrown
  }
}
