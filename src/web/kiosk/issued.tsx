import { raw } from "hono/html"
import { type Instant, minute } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import type { Office } from "../../domain/offices/reads.ts"
import { promisedBy } from "../../domain/queue/promise.ts"
import { ticketView } from "../../domain/queue/reads.ts"
import { dayText, timeText } from "../../i18n/dates.ts"
import { kioskWords } from "../../i18n/kiosk.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Icon } from "../shell/icons.tsx"
import { kioskOffice, kioskScreen } from "./frame.tsx"
import { qr } from "./parts.tsx"

/** How long the screen with a number can be opened: long enough to print, too short for the next person in line. */
const shownMinutes = 2
const wipeAfterSeconds = 20

/** On to a page that opens for a moment only: neither "back" nor a reload shows it to the next person. */
export function toIssued(c: Context, here: Office, ticket: string): Response {
  const at = Math.floor(c.var.house.clock.office() / minute)
  const proof = `${ticket}.${at}.${c.var.house.keys.capability("issued", `${ticket}.${at}`, 24)}`
  return c.redirect(`${paths.kiosk(here.code)}/issued/${proof}`, 303)
}

export async function issuedPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const here = await kioskOffice(c)
  const [id = "", at = "", secret = ""] = (c.req.param("proof") ?? "").split(".")
  const now = house.clock.office()
  const age = Math.floor(now / minute) - Number(at)
  const fits =
    /^\d{1,12}$/.test(at) &&
    age >= 0 &&
    age <= shownMinutes &&
    secret.length === 24 &&
    house.keys.isCapability("issued", `${id}.${at}`, secret, 24)
  if (!fits) return c.redirect(paths.kiosk(here.code), 303)

  const view = await ticketView(house.store, id, now)
  const words = kioskWords[lang]
  const line = inLang(here.lines.find(({ code }) => code === view.line)?.name ?? { ar: view.line, en: view.line }, lang)
  const kind = view.bookedAt === null ? words.walkin : words.booked(timeText(view.bookedAt, here.zone, lang))
  // Where no counter serves the line, nobody knows; a booked time stands all the same.
  const by = view.wait !== null || view.bookedAt !== null ? timeText(promisedBy(view), here.zone, lang) : words.unknown
  const lateMinutes = view.bookedAt === null ? 0 : Math.floor((view.arrivedAt - view.bookedAt) / minute)
  const link = `${house.env.origin}${paths.ticket(id, house.keys.capability("ticket", id))}`
  const code = raw(await qr(link))
  return kioskScreen(
    c,
    { here, title: words.yourNumber, wipeIn: wipeAfterSeconds, small: true },
    <div class="issued">
      <p class="issued-number number" data-digits={String(view.number).length}>
        {view.number}
      </p>
      <p class="issued-kind">
        {line} · {kind}
      </p>
      {view.state === "early" && view.wakeAt !== null && (
        <p class="issued-note">{words.early(timeText(view.wakeAt, here.zone, lang))}</p>
      )}
      {lateMinutes > 0 && <p class="issued-note">{words.late(counted("minutesAfter", lateMinutes, lang), by)}</p>}
      <div class="kiosk-card issued-facts">
        <div>
          <p class="quiet">{words.by}</p>
          <p class="issued-big">{by}</p>
        </div>
        <div>
          <p class="quiet">{words.ahead}</p>
          <p class="issued-big">{counted("people", view.ahead, lang)}</p>
        </div>
      </div>
      <div class="kiosk-card kiosk-qr">
        <div aria-hidden="true">{code}</div>
        <p>
          <strong>{words.follow}</strong>
          <br />
          {words.followHelp}
        </p>
      </div>
      <p class="issued-paper">
        <Icon name="printer" size={48} /> {words.takePaper}
      </p>
      <div class="issued-end">
        <a class="button button-main" href={paths.kiosk(here.code)} data-done>
          {words.done}
        </a>
        <button type="button" class="button button-second" data-extend hidden>
          {words.moreTime}
        </button>
        <p data-countdown data-words={words.wipes("{n}")} />
      </div>
      <Slip
        here={here}
        lang={lang}
        number={view.number}
        kind={`${line} · ${kind}`}
        by={by}
        code={code}
        now={now}
        demo={house.demo}
      />
    </div>,
  )
}

/** The paper: 80 mm wide, black on white. */
function Slip({
  here,
  lang,
  number,
  kind,
  by,
  code,
  now,
  demo,
}: {
  here: Office
  lang: Lang
  number: number
  kind: string
  by: string
  code: unknown
  now: Instant
  demo: boolean
}) {
  const words = kioskWords[lang]
  return (
    <section class="slip80" aria-hidden="true">
      <p class="slip80-office">{inLang(here.name, lang)}</p>
      <p class="slip80-number number">{number}</p>
      <p>{kind}</p>
      <p class="slip80-by">
        {words.by} <strong>{by}</strong>
      </p>
      <div class="slip80-code">{code as never}</div>
      <p>{words.follow}</p>
      <p class="slip80-small">
        {dayText(dayIn(now, here.zone), lang)} · {timeText(now, here.zone, lang)}
        {demo && ` · ${words.demoData}`}
      </p>
    </section>
  )
}
