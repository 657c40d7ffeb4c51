import { join } from "node:path"
import { openStore } from "../../../db/open.ts"
import { slots } from "../../../db/schema/availability.ts"
import { bookings } from "../../../db/schema/bookings.ts"
import { tickets } from "../../../db/schema/queue.ts"
import { verifyFile } from "../../../db/verify.ts"
import { slotId } from "../../domain/availability/grid.ts"
import type { End } from "./history.ts"

const quarter = 15 * 60_000

/** What was there before anybody here asked for anything. */
export type Before = ReadonlySet<string>

/** What the file of a process that has ended holds. Bookings of before keep their places and are no part of the history. */
export async function endOf(folder: string, before: Before): Promise<Omit<End, "topics">> {
  const opened = openStore(join(folder, "data"), { create: false })
  const { db } = opened.reading
  const [allSlots, allBookings, allTickets] = [
    await db.select().from(slots),
    await db.select().from(bookings),
    await db.select().from(tickets),
  ]
  opened.close()
  const { wrong } = verifyFile(join(folder, "data", "dawr.db"))
  const old = new Map<string, number>()
  for (const row of allBookings.filter(({ id, state }) => before.has(id) && state !== "cancelled")) {
    for (let step = 0; step < row.length; step++) {
      const slot = slotId(row.office, row.line, row.startsAt + step * quarter)
      old.set(slot, (old.get(slot) ?? 0) + row.width)
    }
  }
  return {
    wrong,
    bookings: allBookings
      .filter(({ id }) => !before.has(id))
      .map(({ id, person, office, line, startsAt, state }) => ({
        ...{ id, person, slot: slotId(office, line, startsAt), open: state !== "cancelled", isOld: false },
      })),
    slots: allSlots.map(({ office, line, startsAt, publicPlaces, taken }) => {
      const slot = slotId(office, line, startsAt)
      const gone = old.get(slot) ?? 0
      // Staff may have filled a slot of the demonstration beyond what is the public's.
      return { slot, places: Math.max(0, publicPlaces - gone), taken: taken - gone }
    }),
    tickets: allTickets.map(({ id, office, day, number, calls }) => ({
      ...{ id, office, day, number, calls, isOld: before.has(id) },
    })),
  }
}

/** The ids of all that is there. */
export async function thereIn(folder: string): Promise<Before> {
  const { bookings, tickets } = await endOf(folder, new Set())
  return new Set([...bookings, ...tickets].map(({ id }) => id))
}
