import { raw } from "hono/html"
import { bookingFor } from "../../domain/bookings/reads.ts"
import { openStates } from "../../domain/bookings/rules.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { common } from "../../i18n/common.ts"
import { timeText } from "../../i18n/dates.ts"
import { inLang } from "../../i18n/lang.ts"
import { OtherClock, readerZone } from "../clocks.tsx"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { qrCode } from "../qr.ts"
import { ButtonLink } from "../shell/controls.tsx"
import { calendarOf } from "./calendar.ts"
import { arrivalFrom, BigHour, BothCalendars } from "./moments.tsx"
import { Names, namesOf } from "./people.tsx"
import { Code, StatePill, standing } from "./standing.tsx"
import { mustBeCitizen } from "./who.ts"

/** What to bring, on a phone or on paper: A6, or the 80 mm of a receipt printer with `?paper=80`. */
export async function slipPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = citizenWords[lang]
  const { store } = house
  const booking = await bookingFor(store, mustBeCitizen(c), c.req.param("id") ?? "", c.var.house.clock.office())
  // Whatever is over has nothing to show at a door.
  if (!openStates.includes(booking.state)) return c.redirect(paths.booking(booking.id), 303)
  const [office, service] = [await officeOf(store, booking.office), await serviceOf(store, booking.service)]
  const { zone } = office
  const narrow = c.req.query("paper") === "80"
  const qr = await qrCode(booking.code)
  return show(
    c,
    {
      title: words.slipTitle,
      styles: ["citizen"],
      scripts: ["slip"],
      bodyClass: narrow ? "slip-page slip-narrow" : "slip-page",
    },
    <div class="column">
      <article class="slip card stack">
        <header class="row row-apart">
          <h1 class="visit-title">{words.slipTitle}</h1>
          {standing(booking) !== "confirmed" && <StatePill booking={booking} lang={lang} />}
        </header>
        <BothCalendars at={booking.startsAt} zone={zone} lang={lang} />
        <BigHour at={booking.startsAt} zone={zone} lang={lang} />
        <OtherClock at={booking.startsAt} zone={zone} reader={readerZone(c)} lang={lang} words={words} />
        <div class="slip-code">
          <div class="slip-qr" role="img" aria-label={words.slipQr}>
            {raw(qr)}
          </div>
          <p>
            <span class="quiet small">{words.code}</span>
            <br />
            <Code code={booking.code} />
          </p>
        </div>
        <div>
          <p class="strong">{inLang(service.name, lang)}</p>
          <p>{inLang(office.name, lang)}</p>
          <p class="quiet">{inLang(office.address, lang)}</p>
        </div>
        <Names names={await namesOf(house, booking.who)} label={words.people} lang={lang} />
        {service.documents.length > 0 && (
          <div>
            <p class="strong">{words.papers}</p>
            <ul class="papers">
              {service.documents.map((paper) => (
                <li>{inLang(paper, lang)}</li>
              ))}
            </ul>
          </div>
        )}
        {!office.video && (
          <p class="small">
            {words.arriveFrom(timeText(await arrivalFrom(store, office, booking.startsAt), zone, lang))}
          </p>
        )}
      </article>
      <p class="quiet no-print">{words.slipShow}</p>
      <div class="actions no-print">
        <button type="button" class="button button-main" data-print hidden>
          {words.print}
        </button>
        <ButtonLink href={paths.bookingCalendar(booking.id)}>{words.addToCalendar}</ButtonLink>
      </div>
      <div class="segments no-print">
        <a href={paths.slip(booking.id)} aria-current={narrow ? undefined : "true"}>
          {words.printA6}
        </a>
        <a href={`${paths.slip(booking.id)}?paper=80`} aria-current={narrow ? "true" : undefined}>
          {words.print80}
        </a>
      </div>
      <noscript>
        <p class="quiet small no-print">{words.printHint}</p>
      </noscript>
      <p class="no-print">
        <a href={paths.booking(booking.id)}>{common[lang].back}</a>
      </p>
    </div>,
  )
}

/** The booking as a file for the person's own calendar. */
export async function calendarFile(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = citizenWords[lang]
  const { store, env, clock } = house
  const booking = await bookingFor(store, mustBeCitizen(c), c.req.param("id") ?? "", c.var.house.clock.office())
  const [office, service] = [await officeOf(store, booking.office), await serviceOf(store, booking.service)]
  const papers = service.documents.map((paper) => inLang(paper, lang)).join(lang === "ar" ? "، " : ", ")
  const notes = [words.icsNote(booking.code), ...(papers ? [words.icsPapers(papers)] : [])]
  const text = calendarOf({
    id: `${booking.id}@${new URL(env.origin).hostname}`,
    madeAt: clock.office(),
    startsAt: booking.startsAt,
    endsAt: booking.endsAt,
    state: openStates.includes(booking.state)
      ? booking.state === "requested"
        ? "TENTATIVE"
        : "CONFIRMED"
      : "CANCELLED",
    title: `${inLang(service.name, lang)} · ${inLang(office.name, lang)}`,
    place: `${inLang(office.name, lang)}, ${inLang(office.address, lang)}`,
    notes: notes.join("\n"),
    link: env.origin + paths.booking(booking.id),
  })
  return c.body(text, 200, {
    "Content-Type": "text/calendar; charset=utf-8",
    "Content-Disposition": `attachment; filename="appointment-${booking.code}.ics"`,
  })
}
