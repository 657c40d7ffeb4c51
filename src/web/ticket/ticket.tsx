import type { Child } from "hono/jsx"
import { type Instant, minute } from "../../base/day.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { promisedBy } from "../../domain/queue/promise.ts"
import { type HallView, hallView, type TicketView, ticketView } from "../../domain/queue/reads.ts"
import { timeParts, timeText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import { ticketWords } from "../../i18n/ticket.ts"
import { paths } from "../paths.ts"
import type { Rendering } from "../rendering.ts"
import { Card } from "../shell/cards.tsx"
import { Button, ButtonLink } from "../shell/controls.tsx"
import { Icon } from "../shell/icons.tsx"
import { Shape, type Sign } from "../shell/marks.tsx"

/** From here on the holder should be in the hall. */
const soonMinutes = 10
const railMax = 4

interface Seen {
  view: TicketView
  lang: Lang
  now: Instant
  zone: string
  papers: string[]
  countersOpen: number
  /** The link of the ticket in which this one goes on. */
  wentOn: string | null
}

/** Which of its looks a ticket has: the state, with waiting told apart by how near the turn is. */
export function lookOf({ state, expectedStart, ahead }: TicketView, now: Instant) {
  if (state !== "waiting") return state
  const near = expectedStart !== null && expectedStart - now <= soonMinutes * minute
  return near || (expectedStart !== null && ahead === 0) ? "soon" : "waiting"
}

/** The live region of a ticket. Its buttons belong to forms that stand outside it, so that no change takes away what is being pressed. */
export async function ticketFragment(house: Rendering, id: string, lang: Lang): Promise<string> {
  const { store, clock, keys } = house
  const now = clock.office()
  const first = await ticketView(store, id, now)
  const hall: HallView = await hallView(store, first.office, now)
  const view = await ticketView(store, id, now, hall)
  const { zone } = await officeOf(store, view.office)
  const service = await serviceOf(store, view.service)
  const papers = service.documents.map((name) => inLang(name, lang))
  const open = hall.hall.counters.filter(
    ({ state, profile }) => state === "open" && profile.some(({ line }) => line === view.line),
  )
  const wentOn = view.wentOnAs ? paths.ticket(view.wentOnAs, keys.capability("ticket", view.wentOnAs)) : null
  const seen = { view, lang, now, zone, papers, countersOpen: open.length, wentOn }
  const look = lookOf(view, now)
  return String(
    <div
      class={`ticket ticket-${look}`}
      data-ticket
      data-state={view.state}
      data-ahead={view.state === "waiting" ? view.ahead : ""}
      data-calls={view.calls}
      data-say={spoken(seen)}
    >
      {look !== "called" && <YourNumber number={view.number} lang={lang} isHeading={!saysMore.has(look)} />}
      <Body {...seen} look={look} />
    </div>,
  )
}

/** Looks with a heading of their own; in the others it is the number. */
const saysMore = new Set<ReturnType<typeof lookOf>>(["soon", "absent"])

function YourNumber({ number, lang, isHeading }: { number: number; lang: Lang; isHeading: boolean }) {
  const inside = (
    <>
      <span class="quiet">{ticketWords[lang].yourNumber}</span> <span class="number">{number}</span>
    </>
  )
  return isHeading ? <h1 class="ticket-number">{inside}</h1> : <p class="ticket-number">{inside}</p>
}

/** What a screen reader says when it matters. */
function spoken({ view, lang }: Seen): string {
  const words = ticketWords[lang]
  if (view.state === "called" && view.counter) return `${words.called}. ${words.calledGo} ${view.counter.number}.`
  if (view.state === "waiting") return `${counted("ahead", view.ahead, lang)}.`
  if (view.state === "absent") return words.missed
  return ""
}

function Body(seen: Seen & { look: ReturnType<typeof lookOf> }) {
  switch (seen.look) {
    case "waiting":
      return <Waiting {...seen} />
    case "soon":
      return <Soon {...seen} />
    case "early":
      return <Early {...seen} />
    case "away":
      return <Away {...seen} />
    case "called":
      return <Called {...seen} />
    case "absent":
      return <Absent {...seen} />
    default:
      return <Ended {...seen} />
  }
}

function Waiting(seen: Seen) {
  const { view, lang, zone, now, countersOpen } = seen
  const words = ticketWords[lang]
  const known = view.expectedStart !== null && view.wait !== null
  const by = promisedBy(view)
  return (
    <>
      <Card class="ticket-card">
        {known ? (
          <>
            <p class="quiet">{words.by}</p>
            <BigTime at={by} zone={zone} lang={lang} />
            <p>
              <strong>{counted("ahead", view.ahead, lang)}</strong>
              {view.wait &&
                ` · ${words.usually(clock(now + view.wait.lowMinutes * minute, zone, lang), clock(now + view.wait.highMinutes * minute, zone, lang))}`}
            </p>
          </>
        ) : (
          <>
            <p class="ticket-headline">{words.unknown}</p>
            <p>
              <strong>{counted("ahead", view.ahead, lang)}</strong> · {words.unknownHelp}
            </p>
          </>
        )}
        <hr />
        <Rail ahead={view.ahead} lang={lang} />
      </Card>
      {known && (
        <Line icon="bell" title={words.mayLeave}>
          {words.mayLeaveHelp}
        </Line>
      )}
      <p class="faint small">{countersOpen > 0 && words.basis(counted("countersOpenAfter", countersOpen, lang))}</p>
      <div class="actions">
        <Button form="ticket-away">{words.needMinutes}</Button>
        <ButtonLink href="#leave">{words.leave}</ButtonLink>
      </div>
    </>
  )
}

function Soon({ view, lang, now, papers }: Seen) {
  const words = ticketWords[lang]
  const minutes = Math.max(1, Math.round(((view.expectedStart ?? now) - now) / minute))
  return (
    <>
      <section class="ticket-near">
        <p class="ticket-mark">
          <Shape sign="next" /> {words.soon}
        </p>
        <h1>{view.ahead === 0 ? words.nextTitle : words.soonTitle}</h1>
        <p>
          {words.soonWithin(counted("minutesAfter", minutes, lang))} {counted("ahead", view.ahead, lang)}.
        </p>
        <Rail ahead={view.ahead} lang={lang} />
      </section>
      {papers.length > 0 && (
        <Line icon="document" title={words.prepare}>
          {papers.join(lang === "ar" ? "، " : ", ")}
        </Line>
      )}
      <div class="actions">
        <Button form="ticket-away">{words.needMinutes}</Button>
        <ButtonLink href="#leave">{words.leave}</ButtonLink>
      </div>
    </>
  )
}

function Early({ view, lang, zone }: Seen) {
  const words = ticketWords[lang]
  const at = view.wakeAt ?? view.due
  return (
    <>
      <Card class="ticket-card">
        <Mark sign="early">{words.early}</Mark>
        <BigTime at={at} zone={zone} lang={lang} />
        <p class="strong">{words.earlyTitle(timeText(at, zone, lang))}</p>
        <p class="quiet">{words.earlyHelp}</p>
      </Card>
      <Button form="ticket-ready" weight="main" wide>
        {words.ready}
      </Button>
      <div class="actions">
        <ButtonLink href="#leave">{words.leave}</ButtonLink>
      </div>
    </>
  )
}

function Away({ view, lang, zone }: Seen) {
  const words = ticketWords[lang]
  return (
    <>
      <Card class="ticket-card">
        <Mark sign="parked">{words.away}</Mark>
        <p>{words.awayUntil(timeText(view.wakeAt ?? view.due, zone, lang))}</p>
      </Card>
      <Button form="ticket-ready" weight="main" wide>
        {words.backNow}
      </Button>
      <div class="actions">
        <ButtonLink href="#leave">{words.leave}</ButtonLink>
      </div>
    </>
  )
}

function Called({ view, lang, zone }: Seen) {
  const words = ticketWords[lang]
  return (
    <section class="ticket-call">
      <h1>
        {words.called}. {words.calledGo}
      </h1>
      <p class="ticket-plate number">{view.counter?.number}</p>
      <p class="ticket-call-number">
        {words.yourNumber} <span class="number">{view.number}</span>
      </p>
      {view.calledAt !== null && <p>{words.calledAt(clock(view.calledAt, zone, lang))}</p>}
      <p class="ticket-call-foot">
        <a href="#leave">{words.cannotCome}</a>
      </p>
    </section>
  )
}

function Absent({ view, lang, zone, now }: Seen) {
  const words = ticketWords[lang]
  const kept = view.keptUntil !== null && view.keptUntil > now
  return (
    <>
      <Card class="ticket-card ticket-missed">
        <Mark sign="missed">{words.missed}</Mark>
        <h1>{words.missedPlain}</h1>
        {view.calledAt !== null && (
          <p class="quiet">{words.missedCalls(view.calls, clock(view.calledAt, zone, lang))}</p>
        )}
      </Card>
      {kept && view.keptUntil !== null && <h2>{words.kept(timeText(view.keptUntil, zone, lang))}</h2>}
      <p class="quiet">{kept ? words.keptHelp : words.keptOver}</p>
      <Button form="ticket-ready" weight="main" wide>
        {words.hereNow}
      </Button>
      <div class="actions">
        <ButtonLink href={paths.slots(view.office, view.service)}>{words.book}</ButtonLink>
        <ButtonLink href="#leave">{words.leave}</ButtonLink>
      </div>
    </>
  )
}

/** At the counter, on hold, or over: one sentence and what comes next. */
function Ended({ view, lang, wentOn }: Seen) {
  const words = ticketWords[lang]
  const [sign, title, help] = ending(view, lang)
  const again = view.state === "left" || view.outcome === "not_possible"
  return (
    <>
      <Card class="ticket-card">
        <Mark sign={sign}>{title}</Mark>
        {help && <p>{help}</p>}
      </Card>
      {again && (
        <ButtonLink weight="main" wide href={paths.slots(view.office, view.service)}>
          {words.book}
        </ButtonLink>
      )}
      {wentOn && (
        <ButtonLink weight="main" wide href={wentOn}>
          {words.toNew}
        </ButtonLink>
      )}
    </>
  )
}

function ending({ state, outcome, counter }: TicketView, lang: Lang): [Sign, string, string] {
  const words = ticketWords[lang]
  if (state === "serving") return ["serving", words.serving, counter ? words.servingAt(counter.number) : ""]
  if (state === "parked") return ["parked", words.parked, words.parkedHelp]
  if (state === "transferred") return ["good", words.movedOn, ""]
  if (state === "left") {
    return outcome === "office_closed"
      ? ["missed", words.officeClosed, words.officeClosedHelp]
      : ["missed", words.left, words.leftHelp]
  }
  if (outcome === "referred") return ["good", words.referred, words.referredHelp]
  if (outcome === "not_possible") return ["missed", words.notPossible, words.notPossibleHelp]
  return ["good", words.served, words.servedHelp]
}

function Mark({ sign, children }: { sign: Sign; children: Child }) {
  return (
    <p class={`ticket-mark state-${sign}`}>
      <Shape sign={sign} /> <span>{children}</span>
    </p>
  )
}

function BigTime({ at, zone, lang }: { at: Instant; zone: string; lang: Lang }) {
  const { figure, half } = timeParts(at, zone, lang)
  return (
    <p class="ticket-time">
      <time datetime={new Date(at).toISOString()}>{figure}</time>
      {half && <small> {half}</small>}
    </p>
  )
}

/** You, those before you (at most a few are drawn), the counter. */
function Rail({ ahead, lang }: { ahead: number; lang: Lang }) {
  const words = ticketWords[lang]
  return (
    <div aria-hidden="true">
      <div class="rail">
        <span class="rail-you" />
        {Array.from({ length: Math.min(ahead, railMax) }, () => (
          <span class="rail-other" />
        ))}
        <span class="rail-end">
          <Icon name="desk" size={20} />
        </span>
      </div>
      <div class="row row-apart faint tiny">
        <span>{words.you}</span>
        <span>{words.counter}</span>
      </div>
    </div>
  )
}

function Line({ icon, title, children }: { icon: "bell" | "document"; title: string; children: Child }) {
  return (
    <div class="icon-line">
      <span class="list-icon">
        <Icon name={icon} />
      </span>
      <div class="grow">
        <p class="strong">{title}</p>
        <p class="quiet small">{children}</p>
      </div>
    </div>
  )
}

function clock(at: Instant, zone: string, lang: Lang): string {
  return timeParts(at, zone, lang).figure
}
