import { z } from "zod"
import { isRefusal, type Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import { slotId } from "../../domain/availability/grid.ts"
import { nearestAlternatives } from "../../domain/availability/reads.ts"
import { type Booking, bookingFor, bookingsOf } from "../../domain/bookings/reads.ts"
import { acceptProposal } from "../../domain/bookings/requests.ts"
import { aheadStates, openStates } from "../../domain/bookings/rules.ts"
import { cancel, move } from "../../domain/bookings/writes.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { liveTicketOfBooking } from "../../domain/queue/tickets.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { dayText, momentText, timeText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context, House } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, Empty, IconLine, LinkList, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm, TextArea } from "../shell/controls.tsx"
import { sectorIcon } from "../shell/icons.tsx"
import { Shape, type Sign } from "../shell/marks.tsx"
import { choiceIn } from "./choice.ts"
import { mustBeCitizen } from "./hold.tsx"
import { arrivalFrom, asHeading, BigHour, BothCalendars, howFar, OtherClock, readerZone } from "./moments.tsx"
import { Names, namesOf } from "./people.tsx"
import { slotsAnswer } from "./slots.tsx"

/** How a booking stands, as its owner sees it: what the office has changed counts before what was agreed. */
export function standing({ state, struckAt, proposed }: Booking): keyof (typeof citizenWords)["ar"]["state"] {
  if (struckAt !== null && aheadStates.includes(state)) return "struck"
  return state === "requested" && proposed ? "proposed" : state
}

const signs: Record<ReturnType<typeof standing>, Sign> = {
  requested: "waiting",
  proposed: "next",
  confirmed: "good",
  arrived: "good",
  cancelled: "missed",
  missed: "missed",
  done: "good",
  struck: "late",
}

/** State in a pill: shape, word and colour. */
export function StatePill({ booking, lang }: { booking: Booking; lang: Lang }) {
  const state = standing(booking)
  const sign = signs[state]
  return (
    <span class={`pill pill-${sign}`}>
      <Shape sign={sign} size={16} />
      <span>{citizenWords[lang].state[state]}</span>
    </span>
  )
}

/** The code in groups, so that it can be read out and typed. */
export function Code({ code }: { code: string }) {
  const groups = [code.slice(0, 3), code.slice(3, 6), code.slice(6)]
  return (
    <bdi dir="ltr" class="booking-code">
      {groups.map((group) => (
        <span>{group}</span>
      ))}
    </bdi>
  )
}

export async function bookingPage(c: Context): Promise<Response> {
  return bookingAnswer(c, null)
}

/** The booking, with what has just been refused where something was. */
async function bookingAnswer(c: Context, refused: Refusal | null): Promise<Response> {
  const { house, lang } = c.var
  const words = citizenWords[lang]
  const { store } = house
  const booking = await bookingFor(store, mustBeCitizen(c), c.req.param("id") ?? "")
  const [office, service] = [await officeOf(store, booking.office), await serviceOf(store, booking.service)]
  const { zone } = office
  const now = house.clock.office()
  const names = await namesOf(store, booking.who)
  const ticket = await liveTicketOfBooking(store, booking.id)
  const state = standing(booking)
  const open = openStates.includes(booking.state)
  const canChange = aheadStates.includes(booking.state) && booking.startsAt > now
  const told = refused && refusalWords(refused.code, lang)
  const done = c.req.query("done")
  return show(
    c,
    { title: words.booking, status: refused?.status, styles: ["citizen"] },
    <div class="column" data-zone={zone}>
      {told && (
        <Notice tone="late" icon="warning">
          <p class="strong">{told.title}</p>
          <p>{told.help}</p>
        </Notice>
      )}
      <Said booking={booking} done={refused ? undefined : done} lang={lang} />
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
          <ButtonLink weight="main" wide href={paths.ticket(ticket.id)}>
            {words.followTurn} · {String(ticket.number)}
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
        {!open && (
          <ButtonLink weight="main" wide href={paths.service(service.code)}>
            {words.bookAgain}
          </ButtonLink>
        )}
      </Card>
      {state === "confirmed" && !office.video && (
        <Notice icon="info">
          <p>{words.arriveFrom(timeText(await arrivalFrom(store, office, booking.startsAt), zone, lang))}</p>
          <p>{words.arriveHow}</p>
        </Notice>
      )}
      {open && service.documents.length > 0 && (
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
  const title =
    endedBy === "citizen" ? words.cancelledByYou : endedBy === "time" ? words.cancelledByTime : words.cancelledByOffice
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

const others = ({ store, clock }: House, { office, service, people, startsAt }: Booking) =>
  nearestAlternatives(store, { office, service, people, around: startsAt, now: clock.office() })

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

/** One turn on the caller's own booking. What it refuses is said on the booking's page, which shows how it stands now. */
async function onOwn(c: Context, turn: Parameters<House["writer"]["write"]>[0], to: string): Promise<Response> {
  const { house } = c.var
  const citizen = mustBeCitizen(c)
  const { office } = await bookingFor(house.store, citizen, c.req.param("id") ?? "")
  try {
    await house.writer.write(turn, { scopes: [`office:${office}`, `person:${citizen.id}`] })
    return c.redirect(to, 303)
  } catch (thrown) {
    if (isRefusal(thrown) && thrown.code === "wrong_state") return bookingAnswer(c, thrown)
    throw thrown
  }
}

/** The person takes the time that the office has named. */
export function takeProposal(c: Context): Promise<Response> {
  const id = c.req.param("id") ?? ""
  return onOwn(c, (tx) => acceptProposal(tx, mustBeCitizen(c), id), `${paths.booking(id)}?done=made`)
}

export function cancelPage(c: Context): Promise<Response> {
  return cancelForm(c, null)
}

async function cancelForm(c: Context, wrong: { typed: string } | null): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = citizenWords[lang]
  const booking = await bookingFor(house.store, mustBeCitizen(c), c.req.param("id") ?? "")
  const { zone, name } = await officeOf(house.store, booking.office)
  const service = await serviceOf(house.store, booking.service)
  const canChange = aheadStates.includes(booking.state) && booking.startsAt > house.clock.office()
  if (!canChange) return c.redirect(paths.booking(booking.id), 303)
  return show(
    c,
    { title: words.cancelTitle, status: wrong ? 400 : 200, styles: ["citizen"] },
    <div class="column">
      <h1>{words.cancelTitle}</h1>
      <Card class="stack">
        <p class="strong">{inLang(service.name, lang)}</p>
        <p>{momentText(booking.startsAt, zone, lang)}</p>
        <p class="quiet">{inLang(name, lang)}</p>
        <Names names={await namesOf(house.store, booking.who)} label={words.people} lang={lang} />
      </Card>
      <p>{words.cancelHelp}</p>
      <PostForm action={paths.bookingCancellation(booking.id)} token={formToken} class="stack">
        <TextArea
          name="reason"
          label={words.cancelReason}
          hint={words.cancelReasonHint}
          error={wrong ? words.reasonLong : undefined}
          value={wrong?.typed}
          maxlength={500}
        />
        <div class="actions">
          <Button weight="danger">{words.cancelYes}</Button>
          <ButtonLink href={paths.booking(booking.id)}>{words.cancelNo}</ButtonLink>
        </div>
      </PostForm>
      <p>
        <a href={paths.bookingMove(booking.id)}>{words.moveBooking}</a>
      </p>
    </div>,
  )
}

const cancelFields = z.object({ reason: z.string().max(20_000).default("") })

export async function cancelNow(c: Context): Promise<Response> {
  const id = c.req.param("id") ?? ""
  const citizen = mustBeCitizen(c)
  const { reason } = await readForm(c, cancelFields)
  try {
    return await onOwn(c, (tx) => cancel(tx, citizen, id, reason), paths.booking(id))
  } catch (thrown) {
    if (isRefusal(thrown) && thrown.code === "invalid_field") return cancelForm(c, { typed: reason })
    throw thrown
  }
}

/** The times of the same office and service; the old time stays until a new one is taken. */
export async function movePage(c: Context): Promise<Response> {
  const booking = await bookingFor(c.var.house.store, mustBeCitizen(c), c.req.param("id") ?? "")
  const canChange = aheadStates.includes(booking.state) && booking.startsAt > c.var.house.clock.office()
  return canChange ? moving(c, booking) : c.redirect(paths.booking(booking.id), 303)
}

const moveFields = z.object({ slot: z.string().max(80).default("") })

export async function moveNow(c: Context): Promise<Response> {
  const { house } = c.var
  const citizen = mustBeCitizen(c)
  const booking = await bookingFor(house.store, citizen, c.req.param("id") ?? "")
  const { slot } = await readForm(c, moveFields)
  try {
    const moved = await house.writer.write((tx) => move(tx, citizen, booking.id, slot), {
      scopes: [`office:${booking.office}`, `person:${citizen.id}`],
    })
    return c.redirect(`${paths.booking(booking.id)}?done=${moved.state === "requested" ? "asked" : "moved"}`, 303)
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code === "not_found") throw thrown
    return thrown.code === "wrong_state" ? bookingAnswer(c, thrown) : moving(c, booking, thrown, slot)
  }
}

async function moving(c: Context, booking: Booking, refused?: Refusal, tried?: string): Promise<Response> {
  const { office, service, line, startsAt, who } = booking
  const wished = c.req.query("slot") ?? tried ?? null
  const choice = { ...choiceIn(c, office, service), slot: wished === slotId(office, line, startsAt) ? null : wished }
  return slotsAnswer(c, choice, { refused, moving: { booking: booking.id, startsAt, people: who } })
}

/** Everything that the person has booked, for whomever: what comes first, then what has been. */
export async function bookingsPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = citizenWords[lang]
  const { store } = house
  const all = await bookingsOf(store, mustBeCitizen(c).id)
  const isOpen = ({ state }: Booking) => openStates.includes(state)
  const parts = [
    { title: words.ahead, own: all.filter(isOpen) },
    { title: words.past, own: all.filter((booking) => !isOpen(booking)).slice(0, 30) },
  ].filter(({ own }) => own.length > 0)
  const rows = new Map(await Promise.all(all.map(async (one) => [one.id, await rowOf(house, one, lang)] as const)))
  return show(
    c,
    { title: words.bookings, styles: ["citizen"] },
    <div class="column">
      <h1>{words.bookings}</h1>
      {parts.length === 0 && (
        <Empty title={words.noBookings}>
          <p>{words.noBookingsHelp}</p>
          <ButtonLink weight="main" href={paths.home}>
            {words.find}
          </ButtonLink>
        </Empty>
      )}
      {parts.map(({ title, own }) => (
        <section class="stack">
          <h2>{title}</h2>
          <LinkList items={own.flatMap(({ id }) => rows.get(id) ?? [])} />
        </section>
      ))}
    </div>,
  )
}

async function rowOf({ store }: House, booking: Booking, lang: Lang) {
  const [office, service] = [await officeOf(store, booking.office), await serviceOf(store, booking.service)]
  const names = await namesOf(store, booking.who)
  return {
    href: paths.booking(booking.id),
    icon: sectorIcon(service.sector),
    title: momentText(booking.startsAt, office.zone, lang),
    line: (
      <>
        {inLang(service.name, lang)} · {inLang(office.name, lang)}
        <br />
        {names.map((name, index) => (
          <>
            {index > 0 && (lang === "ar" ? "، " : ", ")}
            <bdi>{inLang(name, lang)}</bdi>
          </>
        ))}
        <br />
        <StatePill booking={booking} lang={lang} />
      </>
    ),
  }
}
