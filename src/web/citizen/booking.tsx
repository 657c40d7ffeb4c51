import type { Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import { nearestAlternatives } from "../../domain/availability/reads.ts"
import { comesFirst, wasOfficeFault } from "../../domain/bookings/again.ts"
import { type Booking, bookingFor } from "../../domain/bookings/reads.ts"
import { aheadStates, openStates } from "../../domain/bookings/rules.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { liveTicketOfBooking } from "../../domain/queue/tickets.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { dayText, timeText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { visitWords } from "../../i18n/visits.ts"
import { OtherClock, readerZone } from "../clocks.tsx"
import { show } from "../frame.tsx"
import type { Context, House } from "../house.ts"
import { Joining } from "../joining.tsx"
import { paths } from "../paths.ts"
import { Card, IconLine, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"
import { Shape } from "../shell/marks.tsx"
import { arrivalFrom, asHeading, BigHour, BothCalendars, howFar } from "./moments.tsx"
import { Names, namesOf } from "./people.tsx"
import { Code, StatePill, standing } from "./standing.tsx"
import { EarlierWish, Offers, scriptsFor, waitsHere } from "./waiting.tsx"
import { mustBeCitizen } from "./who.ts"
import { BookingWish } from "./wish.tsx"

export async function bookingPage(c: Context): Promise<Response> {
  return bookingAnswer(c, null)
}

/** The booking, with what has just been refused where something was. */
export async function bookingAnswer(c: Context, refused: Refusal | null): Promise<Response> {
  const { house, lang } = c.var
  const words = citizenWords[lang]
  const { store } = house
  const booking = await bookingFor(store, mustBeCitizen(c), c.req.param("id") ?? "", c.var.house.clock.office())
  const [office, service] = [await officeOf(store, booking.office), await serviceOf(store, booking.service)]
  const { zone } = office
  const now = house.clock.office()
  const names = await namesOf(house, booking.who)
  const ticket = await liveTicketOfBooking(store, booking.id)
  const state = standing(booking)
  const open = openStates.includes(booking.state)
  const canChange = aheadStates.includes(booking.state) && booking.startsAt > now
  const first = comesFirst(booking, now)
  const waits = await waitsHere(c)
  const told = refused && refusalWords(refused.code, lang)
  const done = c.req.query("done")
  return show(
    c,
    { title: words.booking, status: refused?.status, styles: ["citizen"], scripts: scriptsFor(waits) },
    <div class="column" data-zone={zone}>
      {told && (
        <Notice tone="late" icon="warning">
          <p class="strong">{told.title}</p>
          <p>{told.help}</p>
        </Notice>
      )}
      <Said booking={booking} done={refused ? undefined : done} lang={lang} />
      {canChange && (await Offers({ c, of: waits.filter(({ office, service }) => isOf(booking, office, service)) }))}
      {state === "struck" && canChange && (
        <Struck c={c} booking={booking} alternatives={await others(house, booking)} />
      )}
      {state === "proposed" && canChange && <Proposed c={c} booking={booking} />}
      <Card class="visit stack">
        <div class="row row-apart">
          <h1 class="visit-title">{open ? asHeading(howFar(booking.startsAt, now, zone, lang)) : words.booking}</h1>
          <StatePill booking={booking} lang={lang} />
        </div>
        <BothCalendars at={booking.startsAt} zone={zone} lang={lang} />
        <BigHour at={booking.startsAt} zone={zone} lang={lang} />
        <OtherClock at={booking.startsAt} zone={zone} reader={readerZone(c)} lang={lang} words={words} />
        <hr />
        <p class="strong">
          <a href={paths.service(service.code)}>{inLang(service.name, lang)}</a>
        </p>
        <p>
          <a href={paths.office(office.code)}>{inLang(office.name, lang)}</a>
          <br />
          <span class="quiet">{inLang(office.address, lang)}</span>
        </p>
        <Names names={names} label={words.people} lang={lang} />
        {open && (
          <p>
            <span class="quiet">{words.code}: </span>
            <Code code={booking.code} />
          </p>
        )}
        {ticket ? (
          <ButtonLink weight="main" wide href={office.video ? paths.visit(ticket.id) : paths.ticket(ticket.id)}>
            {office.video ? visitWords[lang].toVisit : words.followTurn} · {String(ticket.number)}
          </ButtonLink>
        ) : (
          state === "confirmed" && (
            <div class="actions">
              <ButtonLink weight="main" icon="qr" href={paths.slip(booking.id)}>
                {words.openSlip}
              </ButtonLink>
              {canChange && <ButtonLink href={paths.bookingMove(booking.id)}>{words.move}</ButtonLink>}
            </div>
          )
        )}
        {state === "requested" && canChange && (
          <div class="actions">
            <ButtonLink href={paths.bookingMove(booking.id)}>{words.move}</ButtonLink>
          </div>
        )}
        {first && (
          <ButtonLink weight="main" wide href={paths.bookingAgain(booking.id)}>
            {words.againFirst}
          </ButtonLink>
        )}
        {!open && !first && (
          <ButtonLink weight="main" wide href={paths.service(service.code)}>
            {words.bookAgain}
          </ButtonLink>
        )}
      </Card>
      {state === "confirmed" && office.video && !ticket && <Joining {...{ c, booking, office, service }} />}
      {office.video && canChange && <BookingWish c={c} booking={booking} />}
      {state === "confirmed" && !office.video && (
        <Notice icon="info">
          <p>{words.arriveFrom(timeText(await arrivalFrom(store, office, booking.startsAt), zone, lang))}</p>
          <p>{words.arriveHow}</p>
        </Notice>
      )}
      {open && !office.video && service.documents.length > 0 && (
        <IconLine icon="document" title={words.papers}>
          <ul class="papers">
            {service.documents.map((paper) => (
              <li>{inLang(paper, lang)}</li>
            ))}
          </ul>
        </IconLine>
      )}
      {open && (
        <p>
          <a href={paths.bookingCalendar(booking.id)}>{words.addToCalendar}</a>
        </p>
      )}
      {canChange && c.var.session?.level !== "unproven" && <EarlierWish c={c} booking={booking} of={waits} />}
      {canChange && (
        <p>
          <a class="way-out" href={paths.bookingCancellation(booking.id)}>
            {words.cancelIt}
          </a>
        </p>
      )}
      <p>
        <a href={paths.bookings}>{words.bookings}</a>
      </p>
    </div>,
  )
}

const isOf = (booking: Booking, office: string, service: string) =>
  booking.office === office && booking.service === service

/** What came of the last step, or how it ended and why. */
function Said({ booking, done, lang }: { booking: Booking; done: string | undefined; lang: Lang }) {
  const words = citizenWords[lang]
  const { state, endedBy, reason } = booking
  const open = aheadStates.includes(state)
  const news = open && { made: words.made, asked: words.asked, moved: words.moved }[done ?? ""]
  if (news) {
    return (
      <Notice tone="good" icon="check">
        <p class="strong" role="status">
          {news}
        </p>
      </Notice>
    )
  }
  if (state === "requested" && !booking.proposed && booking.struckAt === null) {
    return (
      <Notice icon="clock">
        <p class="strong">{words.requestedTitle}</p>
        <p>{words.requestHow}</p>
      </Notice>
    )
  }
  if (state === "missed") {
    return (
      <Notice tone="late" icon="absent">
        <p class="strong">{words.missedTitle}</p>
        <p>{words.missedHelp}</p>
      </Notice>
    )
  }
  if (state !== "cancelled") return null
  const why = reason === null ? null : (words.reasons[reason as keyof typeof words.reasons] ?? reason)
  const by = { citizen: words.cancelledByYou, time: words.cancelledByTime, office: words.cancelledByOffice }
  const title = wasOfficeFault(booking) ? words.notHeld : by[endedBy ?? "office"]
  return (
    <Notice tone={endedBy === "citizen" ? "info" : "late"} icon={endedBy === "citizen" ? "info" : "warning"}>
      <p class="strong" role="status">
        {title}
      </p>
      {why && endedBy !== "citizen" && (
        <p>
          {words.why}: <bdi class="free-text">{why}</bdi>
        </p>
      )}
    </Notice>
  )
}

const others = ({ store, clock }: House, booking: Booking) => {
  const { office, service, people, startsAt } = booking
  return nearestAlternatives(store, {
    ...{ office, service, people, around: startsAt, now: clock.office() },
    moving: booking,
  })
}

interface StruckProps {
  c: Context
  booking: Booking
  alternatives: Awaited<ReturnType<typeof others>>
}

/** The office took the time away: that comes first, with the new times one press away. */
async function Struck({ c, booking, alternatives }: StruckProps) {
  const { house, lang, formToken } = c.var
  const words = citizenWords[lang]
  const { zone } = await officeOf(house.store, booking.office)
  return (
    <Card class="refusal stack">
      <p class="refusal-mark">
        <Shape sign="late" />
        <span>{words.state.struck}</span>
      </p>
      <h2>{words.struckTitle}</h2>
      <p class="quiet">{words.struckHelp}</p>
      {alternatives.length > 0 && (
        <div class="alternatives">
          {alternatives.map(({ id, startsAt }) => (
            <PostForm action={paths.bookingMove(booking.id)} token={formToken}>
              <Button name="slot" value={id} wide>
                <span class="nowrap">{dayText(dayIn(startsAt, zone), lang)}</span>{" "}
                <strong class="nowrap">{timeText(startsAt, zone, lang)}</strong>
              </Button>
            </PostForm>
          ))}
        </div>
      )}
      <ButtonLink weight="main" wide href={paths.bookingMove(booking.id)}>
        {words.moveTitle}
      </ButtonLink>
    </Card>
  )
}

function Proposed({ c, booking }: { c: Context; booking: Booking }) {
  const { lang, formToken } = c.var
  const words = citizenWords[lang]
  return (
    <Card class="stack">
      <h2>{words.proposedTitle}</h2>
      <p class="quiet">{words.proposedHelp}</p>
      <PostForm action={paths.bookingAcceptance(booking.id)} token={formToken}>
        <Button weight="main" wide>
          {words.accept}
        </Button>
      </PostForm>
      <ButtonLink wide href={paths.bookingMove(booking.id)}>
        {words.otherTime}
      </ButtonLink>
    </Card>
  )
}
