import { asciiDigits } from "../../base/text.ts"
import { bookingByCode } from "../../domain/bookings/reads.ts"
import { allServices } from "../../domain/catalogue/reads.ts"
import type { Office } from "../../domain/offices/reads.ts"
import { type QueueRow, queueView } from "../../domain/queue/reads.ts"
import { sessionsNear } from "../../domain/queue/sessions.ts"
import { ticket, ticketByNumber } from "../../domain/queue/tickets.ts"
import { timeText } from "../../i18n/dates.ts"
import { deskWords } from "../../i18n/desk.ts"
import { inLang } from "../../i18n/lang.ts"
import type { Context } from "../house.ts"
import { noteReads } from "../noting.ts"
import { Card, Empty } from "../shell/cards.tsx"
import { Do } from "./hand.tsx"
import { Row } from "./list.tsx"

/** What a number or a booking's code names today in this office, with what can be done about it. */
export async function found(c: Context, here: Office, asked: string) {
  const { house, lang } = c.var
  const words = deskWords[lang]
  const digits = asciiDigits(asked).replace(/\D/g, "")
  const now = house.clock.office()
  const queue = await queueView(house.store, here.code, now, 100_000)
  const rows = [...queue.waiting, ...queue.aside, ...queue.atCounters]
  const services = new Map((await allServices(house.store)).map((one) => [one.code, inLang(one.name, lang)]))
  const booking = digits.length === 10 ? await bookingByCode(house.store, digits) : null
  const { nearestDay } = await sessionsNear(house.store, here, now)
  const past = digits.length < 10 ? await ticketByNumber(house.store, here.code, nearestDay, Number(digits)) : null
  const row: QueueRow | undefined = rows.find((one) => String(one.number) === digits)
  const whose = row ? (await ticket(house.store, row.id)).person : ((past ?? booking)?.person ?? null)
  const isHere = row !== undefined || past !== null || booking?.office === here.code
  if (whose && isHere) {
    await noteReads(c, [{ person: whose, what: "found", office: here.code, about: (row ?? past ?? booking)?.id }])
  }
  if (row) {
    return (
      <Card class="found">
        <table class="waiting">
          <tbody>
            <Row row={row} zone={here.zone} lang={lang} now={now} services={services} />
          </tbody>
        </table>
      </Card>
    )
  }
  if (booking && booking.office === here.code) {
    return (
      <Card class="found row row-apart">
        <p>
          <strong>{timeText(booking.startsAt, here.zone, lang)}</strong> · {services.get(booking.service)}
        </p>
        {booking.state === "confirmed" && (
          <Do verb="checkin-code" ticket={booking.code}>
            {words.checkIn}
          </Do>
        )}
      </Card>
    )
  }
  if (past) {
    return (
      <Card class="found">
        <p>
          <strong>{past.number}</strong> · {services.get(past.service)} · {words.calledAt}{" "}
          {past.calledAt === null ? "—" : timeText(past.calledAt, here.zone, lang)}
        </p>
      </Card>
    )
  }
  return <Empty title={words.notFound} />
}
