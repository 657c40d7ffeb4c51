import { isoWithOffset } from "../../base/time.ts"
import { bookingsOf } from "../../domain/bookings/reads.ts"
import { inboxOf, unreadOf } from "../../domain/notifications/inbox.ts"
import { office } from "../../domain/offices/reads.ts"
import { boardView, queueView } from "../../domain/queue/reads.ts"
import { counter, ticketsOf } from "../../domain/queue/tickets.ts"
import { visitView, type Watch } from "../../domain/visits/reads.ts"
import type { Topic } from "../../realtime/topics.ts"
import { presentBooking, presentCounter, presentMessage, presentQueueRow, presentTicket } from "../present.ts"
import type { Rendering } from "../rendering.ts"

const latestMessages = 20

/** A topic as programs get it: the same shapes as the calls of the API. */
export async function jsonOf({ store, clock, keys }: Rendering, topic: Topic, watch: Watch): Promise<object> {
  const now = clock.office()
  switch (topic.kind) {
    case "board": {
      const [{ zone }, board] = [await office(store, topic.office), await boardView(store, topic.office, now)]
      return {
        called: board.called.map(({ number, counter, at, calls, active }) => ({
          number,
          counter,
          at: isoWithOffset(at, zone),
          calls,
          active,
        })),
        waiting: Object.fromEntries(board.lines.map(({ line, waiting }) => [line, waiting])),
      }
    }
    case "queue": {
      const [{ zone }, queue] = [await office(store, topic.office), await queueView(store, topic.office, now)]
      const rows = (all: typeof queue.waiting) => all.map((row) => presentQueueRow(row, zone))
      return {
        waiting: rows(queue.waiting),
        aside: rows(queue.aside),
        atCounters: rows(queue.atCounters),
        lines: queue.lines,
      }
    }
    case "counter": {
      const row = await counter(store, topic.id)
      return presentCounter(row, (await office(store, row.office)).zone)
    }
    case "ticket":
      return presentTicket(store, topic.id, now)
    case "visit":
      return visitView(store, keys, topic.id, topic.reader, now, watch)
    case "inbox": {
      const bookings = await Promise.all(
        (await bookingsOf(store, topic.person, now)).map(async (row) =>
          presentBooking(row, (await office(store, row.office)).zone),
        ),
      )
      const live = await ticketsOf(store, topic.person)
      const latest = await inboxOf(store, topic.person, latestMessages)
      return {
        unread: await unreadOf(store, topic.person),
        messages: await Promise.all(latest.map((row) => presentMessage(store, row))),
        bookings,
        tickets: await Promise.all(live.map(({ id }) => presentTicket(store, id, now))),
      }
    }
  }
}
