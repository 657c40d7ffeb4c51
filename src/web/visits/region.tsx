import type { Child } from "hono/jsx"
import { type Instant, minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { staffNames } from "../../domain/access/names.ts"
import { nearestAlternatives } from "../../domain/availability/reads.ts"
import { isIssued } from "../../domain/documents/reads.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { promisedBy } from "../../domain/queue/promise.ts"
import { type TicketView, ticketView } from "../../domain/queue/reads.ts"
import { counter } from "../../domain/queue/tickets.ts"
import { type VisitView, visitView } from "../../domain/visits/reads.ts"
import { timeParts, timeText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { minutesWords } from "../../i18n/minutes.ts"
import { counted } from "../../i18n/plural.ts"
import { visitWords } from "../../i18n/visits.ts"
import { paths } from "../paths.ts"
import type { Rendering } from "../rendering.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink } from "../shell/controls.tsx"
import { Icon, type IconName } from "../shell/icons.tsx"
import { Shape, type Sign } from "../shell/marks.tsx"
import { backText, nextStaffed } from "./staffed.ts"

/** What a visit looks like to its person: the phase, with the waiting told apart by what there is to do. */
export type Look =
  | "early"
  | "waiting"
  | "late"
  | "away"
  | "absent"
  | "aside"
  | "called"
  | "call"
  | "hold"
  | "private"
  | "interrupted"
  | "wrapUp"
  | "over"

interface ClosedNow {
  opensAt: Instant | null
  freeAt: Instant | null
}

interface Seen {
  view: VisitView
  ticket: TicketView
  lang: Lang
  now: Instant
  zone: string
  /** Who serves, as far as anybody does. */
  agent: string | null
  /** Nobody is at work: when somebody is again, and the next time that can be booked, where these are known. */
  closed: ClosedNow | null
  /** The visit is over and its minutes are there to read. */
  hasMinutes: boolean
}

export function lookOf(view: VisitView, state: TicketView["state"]): Look {
  if (view.phase === "ringing") return "called"
  if (view.phase === "interrupted" && state === "parked") return "aside"
  if (view.phase !== "lobby") return view.phase
  if (state === "parked") return "aside"
  if (state === "early" || state === "away" || state === "absent") return state
  return view.lateAt !== null ? "late" : "waiting"
}

/**
 * The live region of a visit for its person and nobody else in it: it has the place and the number. Its buttons belong to forms that stand
 * outside it.
 */
export async function visitFragment(house: Rendering, id: string, lang: Lang, reader: string): Promise<string> {
  const { store, keys, clock } = house
  const now = clock.office()
  const view = await visitView(store, keys, id, reader, now)
  if (view.self?.kind !== "citizen") throw new Refusal("not_found", { what: "view" })
  const ticket = await ticketView(store, id, now)
  const office = await officeOf(store, view.office)
  const agent = await agentOf(house, view, ticket, lang)
  const waits = view.phase === "lobby" && ticket.wait === null
  const staffed = waits ? await nextStaffed(store, office, now) : null
  const asked = { office: view.office, service: view.service, around: now, now }
  const [free = null] = staffed ? await nearestAlternatives(store, asked, 1) : []
  const closed = staffed && { ...staffed, freeAt: free?.startsAt ?? null }
  const look = lookOf(view, ticket.state)
  const hasMinutes = look === "over" && (await isIssued(store, "minutes", id))
  const seen: Seen = { view, ticket, lang, now, zone: office.zone, agent, closed, hasMinutes }
  return String(
    <div
      class={`visit-state visit-${look}`}
      data-ticket
      data-state={look}
      data-ahead={look === "waiting" ? ticket.ahead : ""}
      data-calls={ticket.calls}
      data-number={ticket.number}
      data-rung-at={ticket.calledAt ?? ""}
      data-say={spoken(seen, look)}
    >
      <Body {...seen} look={look} />
    </div>,
  )
}

/** While it rings the counter's agent, in the call who sits in it. */
async function agentOf({ store }: Rendering, view: VisitView, ticket: TicketView, lang: Lang): Promise<string | null> {
  const seated = view.people.find(({ kind, state }) => kind === "agent" && state === "admitted")?.name
  if (seated && view.phase !== "ringing") return inLang(seated, lang)
  const staff = ticket.counter ? (await counter(store, ticket.counter.id)).staff : null
  const name = staff ? (await staffNames(store, [staff])).get(staff) : null
  return name ? inLang(name, lang) : null
}

/** What a screen reader is told when it matters; the region itself is silent. */
function spoken({ view, ticket, lang, zone, agent }: Seen, look: Look): string {
  const words = visitWords[lang]
  switch (look) {
    case "called":
      return `${agent ? words.ringing(agent) : words.ringingPlain}. ${words.answer}.`
    case "waiting":
      return `${counted("ahead", ticket.ahead, lang)}.`
    case "late":
      return words.late
    case "absent":
      return ticket.keptUntil ? `${words.missed}. ${words.kept(timeText(ticket.keptUntil, zone, lang))}.` : words.missed
    case "aside":
      return words.setAside
    case "away":
      return words.away
    case "early":
      return words.early
    case "call":
      return agent ? words.call(agent) : words.callPlain
    case "over":
      return ending(ticket, lang).title
    case "interrupted":
      return isAgentLost(view) ? words.interruptedAgent : words.interrupted
    default:
      return words[look]
  }
}

function Body(seen: Seen & { look: Look }) {
  switch (seen.look) {
    case "early":
      return <Early {...seen} />
    case "waiting":
      return seen.closed ? <Closed {...seen} closed={seen.closed} /> : <Waiting {...seen} />
    case "late":
      return <Late {...seen} />
    case "away":
      return <Away {...seen} />
    case "absent":
      return <Absent {...seen} />
    case "aside":
      return <Aside {...seen} />
    case "called":
      return <Ringing {...seen} />
    case "over":
      return <Over {...seen} />
    default:
      return <Talking {...seen} look={seen.look} />
  }
}

function Early({ ticket, lang, zone }: Seen) {
  const words = visitWords[lang]
  const at = ticket.wakeAt ?? ticket.due
  return (
    <>
      <Card class="visit-card">
        <Mark sign="early">{words.early}</Mark>
        <h2>{words.earlyTitle(timeText(at, zone, lang))}</h2>
        <OwnNumber ticket={ticket} lang={lang} />
        <p class="quiet">{words.earlyHelp}</p>
      </Card>
      <Button form="visit-back" weight="main" wide>
        {words.ready}
      </Button>
    </>
  )
}

function Waiting({ ticket, lang, zone, now }: Seen) {
  const words = visitWords[lang]
  const { wait, ahead } = ticket
  const isNext = ahead === 0 && wait !== null
  return (
    <>
      <Card class="visit-card">
        <Mark sign={isNext ? "next" : "waiting"}>{words.waiting}</Mark>
        {isNext && <h2>{words.next}</h2>}
        {!isNext && wait && (
          <>
            <p class="quiet">{words.by}</p>
            <h2 class="visit-time">
              <BigTime at={promisedBy(ticket)} zone={zone} lang={lang} />
            </h2>
          </>
        )}
        {!wait && <h2>{words.unknown}</h2>}
        <p>
          <strong>{counted("ahead", ahead, lang)}</strong>
          {wait &&
            !isNext &&
            ` · ${words.usually(clock(now + wait.lowMinutes * minute), clock(now + wait.highMinutes * minute))}`}
        </p>
        <OwnNumber ticket={ticket} lang={lang} />
        {!wait && <p class="quiet">{words.unknownHelp}</p>}
        {isNext && <p class="quiet">{words.nextHelp}</p>}
      </Card>
      {wait && !isNext && (
        <Line icon="bell" title={words.mayLook}>
          {words.mayLookHelp}
        </Line>
      )}
      <WaitingWays lang={lang} />
    </>
  )

  function clock(at: Instant): string {
    return timeParts(at, zone, lang).figure
  }
}

/** Nobody is at work at this hour: when somebody is again, and a time of one's own choosing. */
function Closed({ ticket, lang, zone, now, closed }: Seen & { closed: ClosedNow }) {
  const words = visitWords[lang]
  return (
    <>
      <Card class="visit-card">
        <Mark sign="parked">{words.closed}</Mark>
        {closed.opensAt !== null && <h2>{words.backAt(backText(closed.opensAt, now, zone, lang))}</h2>}
        <p class="quiet">{words.closedHelp}</p>
        {closed.freeAt !== null && <p class="strong">{words.freeAt(backText(closed.freeAt, now, zone, lang))}</p>}
        <OwnNumber ticket={ticket} lang={lang} />
      </Card>
      <Book ticket={ticket} lang={lang} />
      <WaitingWays lang={lang} />
    </>
  )
}

function Late({ view, ticket, lang, zone }: Seen) {
  const words = visitWords[lang]
  return (
    <>
      <Card class="visit-card visit-warned">
        <Mark sign="late">{words.late}</Mark>
        <h2>{ticket.ahead === 0 ? words.next : counted("ahead", ticket.ahead, lang)}</h2>
        <p>{words.lateHelp(timeText(view.lateAt ?? ticket.due, zone, lang))}</p>
        <OwnNumber ticket={ticket} lang={lang} />
      </Card>
      <ButtonLink
        href={ticket.booking === null ? paths.slots(ticket.office, ticket.service) : paths.bookingAgain(ticket.booking)}
      >
        {words.otherTime}
      </ButtonLink>
      <WaitingWays lang={lang} />
    </>
  )
}

function Away({ ticket, lang, zone }: Seen) {
  const words = visitWords[lang]
  return (
    <>
      <Card class="visit-card">
        <Mark sign="parked">{words.away}</Mark>
        <p>{words.awayUntil(timeText(ticket.wakeAt ?? ticket.due, zone, lang))}</p>
        <OwnNumber ticket={ticket} lang={lang} />
      </Card>
      <Button form="visit-back" weight="main" wide>
        {words.back}
      </Button>
    </>
  )
}

function Absent({ ticket, lang, zone, now }: Seen) {
  const words = visitWords[lang]
  const kept = ticket.keptUntil !== null && ticket.keptUntil > now ? ticket.keptUntil : null
  return (
    <>
      <Card class="visit-card visit-warned">
        <Mark sign="missed">{words.missed}</Mark>
        {kept !== null && <h2>{words.kept(timeText(kept, zone, lang))}</h2>}
        {ticket.calledAt !== null && <p class="quiet">{words.missedHelp(timeText(ticket.calledAt, zone, lang))}</p>}
        <p>{kept === null ? words.keptOver : words.keptHelp}</p>
      </Card>
      <Button form="visit-back" weight="main" wide>
        {words.here}
      </Button>
      <Book ticket={ticket} lang={lang} isSecond />
    </>
  )
}

/** Interrupted, and the agent has gone on with others. */
function Aside({ view, ticket, lang, zone, now }: Seen) {
  const words = visitWords[lang]
  const until = view.rejoinUntil
  return (
    <>
      <Card class="visit-card visit-warned">
        <Mark sign="parked">{words.setAside}</Mark>
        <p>{until !== null && until > now ? words.setAsideKept(timeText(until, zone, lang)) : words.setAsideOver}</p>
        <OwnNumber ticket={ticket} lang={lang} />
      </Card>
      <Button form="visit-back" weight="main" wide>
        {words.here}
      </Button>
    </>
  )
}

/** "0:48", as it also runs down in the page. */
function leftText(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
}

function Ringing({ view, lang, now, agent }: Seen) {
  const words = visitWords[lang]
  const isLast = view.ring !== null && view.ring.number >= view.ring.of
  return (
    <section class="visit-ring">
      <p class="visit-bell">
        <Icon name="bell" size={48} />
      </p>
      <h2>{agent ? words.ringing(agent) : words.ringingPlain}</h2>
      <p class="visit-left strong" data-until={view.ring?.until} data-words={words.left}>
        {view.ring && words.left.replace("{left}", leftText(view.ring.until - now))}
      </p>
      <Button form="visit-answer" weight="main" wide icon="video">
        {words.answer}
      </Button>
      <p>{isLast ? words.ringLast : words.ringOnce}</p>
      <Button form="visit-not-now">{words.notNow}</Button>
      <p>{words.notNowHelp}</p>
    </section>
  )
}

/** Whose connection it was: who is not at fault is told so. */
function isAgentLost({ people }: VisitView): boolean {
  const agent = people.find(({ kind }) => kind === "agent")
  return agent?.connectivity === "gone" || agent?.connectivity === "reconnecting"
}

const talkingSigns = {
  call: "serving",
  hold: "parked",
  private: "parked",
  interrupted: "late",
  wrapUp: "good",
} as const

function Talking({ view, lang, zone, agent, look }: Seen & { look: keyof typeof talkingSigns }) {
  const words = visitWords[lang]
  const title = look === "call" ? (agent ? words.call(agent) : words.callPlain) : words[look]
  const help = { call: "", hold: words.holdHelp, private: words.privateHelp, wrapUp: words.wrapUpHelp, interrupted: "" }
  const lost = isAgentLost(view) ? null : view.rejoinUntil
  return (
    <Card class={look === "interrupted" ? "visit-card visit-warned" : "visit-card"}>
      <Mark sign={talkingSigns[look]}>{title}</Mark>
      {help[look] && <p>{help[look]}</p>}
      {look === "interrupted" && (
        <p>{lost === null ? words.interruptedAgent : words.interruptedHelp(timeText(lost, zone, lang))}</p>
      )}
      {look === "call" && (
        <noscript>
          <Notice tone="late" icon="warning">
            <p>{words.needsScript}</p>
          </Notice>
        </noscript>
      )}
    </Card>
  )
}

function Over({ view, ticket, lang, hasMinutes }: Seen) {
  const words = visitWords[lang]
  const { sign, title, help, again } = ending(ticket, lang)
  return (
    <>
      <Card class="visit-card">
        <Mark sign={sign}>{title}</Mark>
        {help && <p>{help}</p>}
      </Card>
      {hasMinutes && (
        <ButtonLink weight={again ? "second" : "main"} wide icon="document" href={paths.visitMinutes(view.id)}>
          {minutesWords[lang].read}
        </ButtonLink>
      )}
      {again && <Book ticket={ticket} lang={lang} />}
      {ticket.wentOnAs && (
        <ButtonLink weight="main" wide href={paths.visit(ticket.wentOnAs)}>
          {words.toNew}
        </ButtonLink>
      )}
    </>
  )
}

interface Ending {
  sign: Sign
  title: string
  help: string
  again: boolean
}

function ending({ state, outcome }: TicketView, lang: Lang): Ending {
  const words = visitWords[lang]
  const as = (sign: Sign, title: string, help: string, again = false): Ending => ({ sign, title, help, again })
  if (state === "transferred") return as("good", words.movedOn, "")
  if (state === "left") {
    return outcome === "office_closed"
      ? as("missed", words.officeClosed, words.officeClosedHelp, true)
      : as("missed", words.gone, words.goneHelp, true)
  }
  if (outcome === "referred") return as("good", words.referred, words.referredHelp)
  if (outcome === "not_possible") return as("missed", words.notPossible, words.notPossibleHelp, true)
  return as("good", words.done, words.doneHelp)
}

function WaitingWays({ lang }: { lang: Lang }) {
  const words = visitWords[lang]
  return (
    <div class="actions">
      <Button form="visit-away">{words.goAway}</Button>
      <ButtonLink href="#leave">{words.leave}</ButtonLink>
    </div>
  )
}

function Book({ ticket, lang, isSecond }: { ticket: TicketView; lang: Lang; isSecond?: boolean }) {
  return (
    <ButtonLink weight={isSecond ? "second" : "main"} wide href={paths.slots(ticket.office, ticket.service)}>
      {visitWords[lang].book}
    </ButtonLink>
  )
}

function OwnNumber({ ticket, lang }: { ticket: TicketView; lang: Lang }) {
  return (
    <p class="quiet small">
      {visitWords[lang].yourNumber} <span class="number">{ticket.number}</span>
    </p>
  )
}

function Mark({ sign, children }: { sign: Sign; children: Child }) {
  return (
    <p class={`visit-mark state-${sign}`}>
      <Shape sign={sign} /> <span>{children}</span>
    </p>
  )
}

function BigTime({ at, zone, lang }: { at: Instant; zone: string; lang: Lang }) {
  const { figure, half } = timeParts(at, zone, lang)
  return (
    <time datetime={new Date(at).toISOString()}>
      {figure}
      {half && <small> {half}</small>}
    </time>
  )
}

function Line({ icon, title, children }: { icon: IconName; title: string; children: Child }) {
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
