import type { Instant } from "../../base/day.ts"
import { wishedOn } from "../../domain/bookings/wishes.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { type Office, office as officeOf } from "../../domain/offices/reads.ts"
import { type CounterDay, type DayView, dayView } from "../../domain/queue/day-view.ts"
import { queueView } from "../../domain/queue/reads.ts"
import { minuteRange, timeText } from "../../i18n/dates.ts"
import { dayWords } from "../../i18n/day.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import type { Rendering } from "../rendering.ts"
import { Card } from "../shell/cards.tsx"
import { Plate, State } from "../shell/marks.tsx"
import { Chart } from "./chart.tsx"

/** The form of the supervisor's buttons; it stands outside the live region. */
export const dayForm = "day-form"

/** A visit counts as too long when it has taken one and a half times what is usual. */
const tooLong = 1.5

/** The supervisor's day as a live region: the sentence first, then what it is made of. */
export async function dayFragment({ store, clock }: Rendering, code: string, lang: Lang): Promise<string> {
  const now = clock.office()
  const here = await officeOf(store, code)
  const [view, queue] = [await dayView(store, code, now), await queueView(store, code, now)]
  const forWoman = await wishedOn(store, code, view.day)
  const codes = view.counters.flatMap(({ ticket }) => (ticket ? [ticket.service] : []))
  const names = new Map(
    await Promise.all(codes.map(async (one) => [one, inLang((await serviceOf(store, one)).name, lang)] as const)),
  )
  const words = dayWords[lang]
  const { early, away, absent, parked } = view.counts
  return String(
    <>
      <Sentence view={view} here={here} lang={lang} />
      <div class="day-grid">
        <Late view={view} here={here} lang={lang} />
        <Counters view={view} names={names} forWoman={forWoman} lang={lang} />
        <Card>
          <h2>{words.lines}</h2>
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">{words.line}</th>
                <th scope="col">{words.waiting}</th>
                <th scope="col">{words.wait}</th>
                <th scope="col">{words.counters}</th>
              </tr>
            </thead>
            <tbody>
              {queue.lines.map(({ line, waiting, wait, openCounters }) => (
                <tr>
                  <td class="strong">
                    {inLang(here.lines.find((one) => one.code === line)?.name ?? { ar: line, en: line }, lang)}
                  </td>
                  <td class="number">{waiting}</td>
                  <td>{wait ? minuteRange(wait.lowMinutes, wait.highMinutes, lang) : words.unknown}</td>
                  <td>{openCounters}</td>
                </tr>
              ))}
              <tr class="quiet">
                <td>{words.aside}</td>
                <td class="number">{early + away + absent + parked}</td>
                <td colspan={2}>{words.notCalled}</td>
              </tr>
            </tbody>
          </table>
          <p class="quiet small">{words.servedToday(counted("people", view.counts.served, lang))}</p>
        </Card>
        <Card>
          <h2>{words.chart}</h2>
          <Chart view={view} zone={here.zone} lang={lang} />
        </Card>
      </div>
    </>,
  )
}

function Sentence({ view, here, lang }: { view: DayView; here: Office; lang: Lang }) {
  const words = dayWords[lang]
  const late = view.late.length
  const until = view.late.reduce<Instant>((last, { due }) => Math.max(last, due), 0)
  return (
    <div class="day-sentence">
      <p>
        <strong>
          {words.waitingAnd(
            counted("waiting", view.counts.waiting, lang),
            counted("countersOpen", view.openCounters, lang),
          )}
        </strong>{" "}
        {view.longestWait && words.longest(counted("minutesAfter", view.longestWait.minutes, lang))}
        {view.session === null && ` ${words.closedNow}`}
      </p>
      <p>
        {late > 0 ? (
          <>
            <span class="day-late">
              {words.willMiss(counted("people", late, lang), timeText(until, here.zone, lang))}
            </span>{" "}
            {words.ifNothing}
          </>
        ) : (
          view.session && words.allOnTime
        )}
      </p>
    </div>
  )
}

const lateShown = 6

function Late({ view, here, lang }: { view: DayView; here: Office; lang: Lang }) {
  const words = dayWords[lang]
  const more = view.withOneMore
  const helps = more !== null && more.late < view.late.length
  return (
    <Card>
      <div class="row row-apart">
        <h2>{words.missTitle}</h2>
        {helps && (
          <button
            type="submit"
            form={dayForm}
            name="do"
            value={`open ${here.code}.${more.counter}`}
            class="button button-main"
          >
            {words.openCounter(more.counter)}
          </button>
        )}
      </div>
      {view.late.length === 0 ? (
        <div class="day-none">
          <p class="strong">{words.missNobody}</p>
          <p class="quiet small">{words.missNobodyHelp}</p>
        </div>
      ) : (
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">{words.number}</th>
              <th scope="col">{words.before}</th>
              <th scope="col">{words.expected}</th>
              <th scope="col">
                <span class="spoken">{words.late}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {view.late.slice(0, lateShown).map((one) => (
              <tr>
                <td class="number">{one.number}</td>
                <td>{timeText(one.due, here.zone, lang)}</td>
                <td>{one.expectedStart === null ? words.unknown : timeText(one.expectedStart, here.zone, lang)}</td>
                <td>
                  <State sign="late">{words.lateBy(counted("minutesAfter", one.missesByMinutes, lang))}</State>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {helps && <p class="quiet small">{words.withOne(more.counter, counted("people", more.late, lang))}</p>}
    </Card>
  )
}

interface CountersProps {
  view: DayView
  names: Map<string, string>
  /** How many of the day's bookings ask for a woman at the counter. */
  forWoman: number
  lang: Lang
}

function Counters({ view, names, forWoman, lang }: CountersProps) {
  const words = dayWords[lang]
  return (
    <Card>
      <h2>{words.counters}</h2>
      <table class="plain">
        <tbody>
          {view.counters.map((one) => (
            <tr>
              <th scope="row">
                <Plate value={one.number} label={words.counter} tone={one.state === "open" ? "deep" : "closed"} />
              </th>
              <td class="number">{one.ticket?.number ?? ""}</td>
              <td>{one.ticket ? names.get(one.ticket.service) : ""}</td>
              <td class="quiet nowrap">{one.state === "closed" ? "" : counted("minutes", one.sinceMinutes, lang)}</td>
              <td>
                <CounterState one={one} lang={lang} />
              </td>
              <td>
                {one.state !== "closed" && !one.ticket && (
                  <button type="submit" form={dayForm} name="do" value={`close ${one.id}`} class="link">
                    {words.close}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {forWoman > 0 && <p class="quiet small">{counted("bookingsForWoman", forWoman, lang)}.</p>}
    </Card>
  )
}

function CounterState({ one, lang }: { one: CounterDay; lang: Lang }) {
  const words = dayWords[lang]
  if (one.state === "closed") return <span class="faint">{words.closedState}</span>
  if (one.ticket?.state === "called") return <State sign="called">{words.calledState}</State>
  if (one.ticket && one.sinceMinutes > one.ticket.expectedMinutes * tooLong) {
    return <State sign="late">{words.tooLong(counted("minutes", one.ticket.expectedMinutes, lang))}</State>
  }
  if (one.ticket) return <State sign="serving">{words.serving}</State>
  return one.state === "paused" ? (
    <State sign="parked">{words.pausedState}</State>
  ) : (
    <State sign="waiting">{words.idle}</State>
  )
}
