import type { Form, Known } from "../booking-statements.ts"
import { fillAll, openLoop } from "../loop.ts"
import { beTold } from "./told.ts"

/*
 * The raw loop: the statements of a booking and nothing else, so many bookings to a COMMIT. Their values are ready before the clock starts.
 */

export interface Loop {
  do: "loop"
  data: string
  form: Form
  bookings: Known[]
  batch: number
}

export interface Looped {
  perSecond: number
  /** Microseconds of processor on each. */
  work: number
  /** By how many the store's bookings have grown. */
  kept: number
}

beTold({ loop })

async function loop({ data, form, bookings, batch }: Loop): Promise<Looped> {
  const store = openLoop(data, form)
  const all = fillAll(form, bookings)
  const before = store.countBookings()
  const [began, workBefore] = [performance.now(), process.cpuUsage()]
  for (let first = 0; first < all.length; first += batch) {
    const some = all.slice(first, first + batch)
    for (const values of some) store.before(values)
    store.commit(some)
  }
  const seconds = (performance.now() - began) / 1000
  const spent = process.cpuUsage(workBefore)
  const kept = store.countBookings() - before
  store.close()
  return { perSecond: bookings.length / seconds, work: (spent.user + spent.system) / bookings.length, kept }
}
