import type { Child } from "hono/jsx"
import { type Day, readDay } from "../../base/day.ts"
import { isRefusal, type Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import { allServices } from "../../domain/catalogue/reads.ts"
import { againDays, type Figures, type Report, report, reportDaysMax, type Spread } from "../../domain/visits/report.ts"
import { dayText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { reportWords } from "../../i18n/report.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, Empty, Notice } from "../shell/cards.tsx"
import { ButtonLink } from "../shell/controls.tsx"
import { managed, supervisorHead } from "./head.tsx"

/** How the video visits of an office went, of a day or of up to 92. */
export async function reportPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const here = await managed(c, "visit.report")
  const words = reportWords[lang]
  const range = rangeOf(c, dayIn(house.clock.office(), here.zone))
  const found = await report(house.store, here.code, range, house.clock.office()).catch(refused)
  const services = new Map((await allServices(house.store)).map(({ code, name }) => [code, inLang(name, lang)]))
  const said =
    range.from === range.to
      ? words.one(dayText(range.from, lang, { year: true }))
      : words.range(dayText(range.from, lang, { year: true }), dayText(range.to, lang, { year: true }))
  const query = `?from=${range.from}&to=${range.to}`
  const isNothing = !isRefusal(found) && found.total.visits + found.total.due === 0
  return show(
    c,
    {
      title: words.title,
      styles: ["supervisor", "report"],
      scripts: ["slip"],
      status: isRefusal(found) ? found.status : 200,
      ...supervisorHead(c, here),
    },
    <div class="column day-column report">
      <header>
        <h1>{words.title}</h1>
        <p class="quiet">
          {inLang(here.name, lang)} · {said} · {words.noPeople}
        </p>
      </header>
      <Range range={range} office={here.code} lang={lang} />
      {isRefusal(found) ? (
        <Notice tone="late" icon="warning">
          <p>{words.tooLong(reportDaysMax)}</p>
        </Notice>
      ) : isNothing ? (
        <Empty title={words.empty}>
          <p>{words.emptyHelp}</p>
        </Empty>
      ) : (
        <>
          <Total of={found.total} lang={lang} />
          {found.byService.length > 1 && (
            <Parts
              title={words.byService}
              head={words.service}
              rows={found.byService.map(({ service, figures }) => [services.get(service) ?? service, figures])}
              lang={lang}
            />
          )}
          {found.byDay.length > 1 && (
            <Parts
              title={words.byDay}
              head={words.day}
              rows={found.byDay.map(({ day, figures }) => [dayText(day, lang), figures])}
              lang={lang}
            />
          )}
          <div class="actions no-print">
            <button type="button" class="button button-second" data-print hidden>
              {words.print}
            </button>
            <ButtonLink href={paths.dayReportFile(here.code) + query}>{words.csv}</ButtonLink>
          </div>
        </>
      )}
      {here.video && (
        <p class="no-print">
          <a href={paths.dayRooms(here.code)}>{words.rooms}</a>
        </p>
      )}
    </div>,
  )
}

/** The same as a table for programs: a line each for all, every service and every day. Seconds, and shares from nought to one. */
export async function reportFile(c: Context): Promise<Response> {
  const { house } = c.var
  const here = await managed(c, "visit.report")
  const range = rangeOf(c, dayIn(house.clock.office(), here.zone))
  const found = await report(house.store, here.code, range, house.clock.office())
  return c.body(csv(found), 200, {
    "Content-Type": "text/csv; charset=utf-8",
    "Content-Disposition": `attachment; filename="visits-${here.code}-${range.from}-${range.to}.csv"`,
  })
}

function refused(thrown: unknown): Refusal {
  if (isRefusal(thrown)) return thrown
  throw thrown
}

/** What was asked for; without it today. */
function rangeOf(c: Context, today: Day): { from: Day; to: Day } {
  const from = readDay(c.req.query("from") ?? "") ?? today
  return { from, to: readDay(c.req.query("to") ?? "") ?? from }
}

function Range({ range, office, lang }: { range: { from: Day; to: Day }; office: string; lang: Lang }) {
  const words = reportWords[lang]
  return (
    <form class="report-range no-print" method="get" action={paths.dayReport(office)}>
      <label class="field">
        <span class="label">{words.from}</span>
        <input class="input" type="date" name="from" value={range.from} required dir="ltr" />
      </label>
      <label class="field">
        <span class="label">{words.to}</span>
        <input class="input" type="date" name="to" value={range.to} required dir="ltr" />
      </label>
      <button type="submit" class="button button-main">
        {words.show}
      </button>
    </form>
  )
}

const outcomes = ["done", "referred", "not_possible", "not_recorded"] as const

function Total({ of, lang }: { of: Figures; lang: Lang }) {
  const words = reportWords[lang]
  const share = (part: number, whole: number): Child =>
    whole === 0 ? words.none : `${percent(part, whole)} · ${words.of(part, whole)}`
  const served = Object.values(of.outcomes).reduce((all, one) => all + one, 0)
  const rows: [name: string, value: Child, means: string][] = [
    [words.visits, of.visits, words.visitsMeans],
    [words.calls, of.calls, words.callsMeans],
    [words.wait, <Spent of={of.wait} lang={lang} />, words.waitMeans],
    [words.length, <Spent of={of.length} lang={lang} />, words.lengthMeans],
    [words.unanswered, share(of.unanswered, of.called), words.unansweredMeans],
    [words.drops, of.calls === 0 ? words.none : (of.interruptions / of.calls).toFixed(2), words.dropsMeans],
    [words.recovered, share(of.recovered, of.interruptions), words.recoveredMeans],
    [words.recovery, <Spent of={of.recovery} lang={lang} />, words.recoveryMeans],
    ...outcomes.map((one): [string, Child, string] => [
      words[one],
      share(of.outcomes[one] ?? 0, served),
      words.outcomeMeans,
    ]),
    [words.firstContact, share(of.firstContact, of.known), words.firstContactMeans(againDays)],
    [words.late, share(of.late, of.booked), words.lateMeans],
    [words.noShows, share(of.noShows, of.due), words.noShowsMeans],
    [words.ended, of.ended, words.endedMeans],
  ]
  return (
    <Card>
      <h2>{words.total}</h2>
      <dl class="report-figures">
        {rows.map(([name, value, means]) => (
          <div>
            <dt>
              {name}
              <span class="quiet small">{means}</span>
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

/** Three numbers of a spread, each with its name. */
function Spent({ of, lang }: { of: Spread; lang: Lang }) {
  const words = reportWords[lang]
  if (of.mean === null) return <>{words.none}</>
  return (
    <ul class="report-spread">
      {(["mean", "p50", "p90"] as const).map((one) => (
        <li>
          <span class="quiet small">{words[one]}</span> <bdi dir="ltr">{clockText(of[one])}</bdi>
        </li>
      ))}
    </ul>
  )
}

interface PartsProps {
  title: string
  head: string
  rows: [name: string, figures: Figures][]
  lang: Lang
}

function Parts({ title, head, rows, lang }: PartsProps) {
  const words = reportWords[lang]
  return (
    <Card class="report-parts">
      <h2>{title}</h2>
      <section class="report-scroll" aria-label={title} tabindex={0}>
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">{head}</th>
              <th scope="col">{words.visits}</th>
              <th scope="col">{words.calls}</th>
              <th scope="col">
                {words.wait}: {words.mean}
              </th>
              <th scope="col">{words.p90}</th>
              <th scope="col">
                {words.length}: {words.mean}
              </th>
              <th scope="col">{words.unanswered}</th>
              <th scope="col">{words.drops}</th>
              <th scope="col">{words.late}</th>
              <th scope="col">{words.noShows}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, one]) => (
              <tr>
                <th scope="row">{name}</th>
                <td>{one.visits}</td>
                <td>{one.calls}</td>
                <td>{clockText(one.wait.mean)}</td>
                <td>{clockText(one.wait.p90)}</td>
                <td>{clockText(one.length.mean)}</td>
                <td>{percent(one.unanswered, one.called)}</td>
                <td>{one.calls === 0 ? "–" : (one.interruptions / one.calls).toFixed(2)}</td>
                <td>{one.late}</td>
                <td>{one.noShows}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  )
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${Math.round((100 * part) / whole)}%`
}

/** "12:05", and with hours "1:02:05". */
function clockText(milliseconds: number | null): string {
  if (milliseconds === null) return "–"
  const seconds = Math.round(milliseconds / 1000)
  const two = (count: number) => String(count).padStart(2, "0")
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

const columns: [name: string, of: (one: Figures) => number | null][] = [
  ["visits", ({ visits }) => visits],
  ["calls", ({ calls }) => calls],
  ...(["wait", "length", "recovery"] as const).flatMap((kind) =>
    (["mean", "p50", "p90"] as const).map((part): [string, (one: Figures) => number | null] => [
      `${kind}_${part}_seconds`,
      (one) => seconds(one[kind][part]),
    ]),
  ),
  ["called", ({ called }) => called],
  ["unanswered", ({ unanswered }) => unanswered],
  ["interruptions", ({ interruptions }) => interruptions],
  ["recovered", ({ recovered }) => recovered],
  ...outcomes.map((one): [string, (of: Figures) => number | null] => [`outcome_${one}`, (of) => of.outcomes[one] ?? 0]),
  ["first_contact_known", ({ known }) => known],
  ["first_contact_resolved", ({ firstContact }) => firstContact],
  ["booked", ({ booked }) => booked],
  ["office_late", ({ late }) => late],
  ["bookings_due", ({ due }) => due],
  ["no_shows", ({ noShows }) => noShows],
  ["ended_by_supervisor", ({ ended }) => ended],
]

const seconds = (milliseconds: number | null) => (milliseconds === null ? null : Math.round(milliseconds / 1000))

/** RFC 4180. Codes, days and numbers alone: nothing in it could be taken for a formula, or needs quotes. */
function csv({ total, byService, byDay }: Report): string {
  const line = (part: string, key: string, one: Figures) =>
    [part, key, ...columns.map(([, of]) => String(of(one) ?? ""))].join(",")
  const lines = [
    ["part", "key", ...columns.map(([name]) => name)].join(","),
    line("total", "", total),
    ...byService.map(({ service, figures }) => line("service", service, figures)),
    ...byDay.map(({ day, figures }) => line("day", day, figures)),
  ]
  return `${lines.join("\r\n")}\r\n`
}
