import { isRefusal } from "../../base/refusal.ts"
import { bookingFor } from "../../domain/bookings/reads.ts"
import { liveTicketOfBooking } from "../../domain/queue/tickets.ts"
import { arrive } from "../../domain/visits/arriving.ts"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { bookingAnswer } from "./booking.tsx"
import { mustBeCitizen } from "./who.ts"

/** "I am here" for a booking; pressed again it leads to the same room. */
export async function arriveNow(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const citizen = mustBeCitizen(c)
  const booking = await bookingFor(house.store, citizen, c.req.param("id") ?? "", house.clock.office())
  try {
    const { row } = await house.writer.write((tx) => arrive(tx, citizen, { code: booking.code, lang }), {
      scopes: [`office:${booking.office}`, `person:${citizen.id}`, "accounts"],
    })
    return c.redirect(paths.visit(row.id), 303)
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    const there = await liveTicketOfBooking(house.store, booking.id)
    return there ? c.redirect(paths.visit(there.id), 303) : bookingAnswer(c, thrown)
  }
}
