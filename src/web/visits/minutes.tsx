import type { Child } from "hono/jsx"
import type { Instant } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import { authorize } from "../../domain/access/authorize.ts"
import { isStaff } from "../../domain/access/subject.ts"
import { type Office, office as officeOf } from "../../domain/offices/reads.ts"
import { type Minutes, type MinutesCheck, type MinutesPerson, minutesOf } from "../../domain/requests/minutes.ts"
import type { Value } from "../../domain/requests/service.ts"
import { visit } from "../../domain/visits/visits.ts"
import { dayText, hijriText, secondText, timeText } from "../../i18n/dates.ts"
import { stepName } from "../../i18n/identity.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { minutesWords, whatWords } from "../../i18n/minutes.ts"
import { counted } from "../../i18n/plural.ts"
import { recordingWords } from "../../i18n/recording.ts"
import { standingWords } from "../../i18n/verify.ts"
import { callWords } from "../../i18n/visits-agent.ts"
import { show } from "../frame.tsx"
import { type Context, get, type PageRoute } from "../house.ts"
import { noteReads } from "../noting.ts"
import { paths } from "../paths.ts"
import { Card } from "../shell/cards.tsx"
import { ButtonLink } from "../shell/controls.tsx"
import { VerificationMark } from "../verification.tsx"

/** What happened in a visit that is over: for its person, and for the office, whose reading is noted. */
export const minutesRoutes: PageRoute[] = [
  get(paths.visitMinutes(":id"), "minutes.read", minutesPage),
  get(paths.visitMinutesFile(":id"), "minutes.read", minutesFile),
]

/** The minutes that the address names; `null` where none were issued. Refuses `not_found` to whom they do not concern. */
async function opened(c: Context) {
  const { house, subject } = c.var
  const id = c.req.param("id") ?? ""
  const found = await minutesOf(house.store, house.keys, id, house.clock.office())
  // Of a visit without minutes only the visit says whose it is.
  const { person, office: code } = found ?? (await visit(house.store, id)).row
  const office = await officeOf(house.store, code)
  authorize(subject, "minutes.read", isStaff(subject) ? office : { person })
  if (found) await noteReads(c, [{ person, what: "visit", office: code, about: id }])
  return { id, found, office }
}

async function minutesPage(c: Context): Promise<Response> {
  const { lang, subject } = c.var
  const { id, found, office } = await opened(c)
  const words = minutesWords[lang]
  const own = subject?.role === "citizen"
  if (!found?.minutes) {
    return show(
      c,
      { title: words.none, styles: ["verify"] },
      <div class="column">
        <h1>{words.none}</h1>
        <p>{found ? words.erased : words.noneHelp}</p>
        {own && !found && <ButtonLink href={paths.visit(id)}>{words.back}</ButtonLink>}
      </div>,
    )
  }
  const { minutes, body, code, standing, issuedAt } = found
  const [holder] = body?.people ?? []
  const day = dayIn(minutes.happened[0]?.at ?? issuedAt, office.zone)
  return show(
    c,
    { title: words.title, styles: ["verify", "minutes"], scripts: ["slip"], bodyClass: "minutes-page" },
    <article class="column minutes">
      <header>
        <h1>{words.title}</h1>
        <p class="quiet">
          {dayText(day, lang, { year: true })} · {hijriText(day, lang, { year: true })}
          {standing !== "valid" && <strong> · {standingWords[lang][standing]}</strong>}
        </p>
      </header>
      <Card class="stack">
        <dl class="verify-facts">
          <Row term={words.person}>
            <bdi>{holder ? inLang(holder.name, lang) : ""}</bdi>
          </Row>
          {holder?.number && (
            <Row term={words.nationalId}>
              <bdi dir="ltr">{holder.number}</bdi>
            </Row>
          )}
          <Row term={words.office}>{inLang(minutes.office, lang)}</Row>
          <Row term={words.service}>{inLang(minutes.service, lang)}</Row>
          <Row term={words.number}>{minutes.number}</Row>
          {minutes.bookedAt !== null && <Row term={words.booked}>{timeText(minutes.bookedAt, office.zone, lang)}</Row>}
          <Row term={words.outcome}>
            <strong>{words.outcomes[minutes.outcome ?? ""] ?? words.noOutcome}</strong>
          </Row>
        </dl>
        {minutes.word !== null && (
          <div>
            <h2>{words.word}</h2>
            <p class="minutes-word" dir="auto">
              {minutes.word}
            </p>
          </div>
        )}
      </Card>
      {minutes.requests.length > 0 && <Requests minutes={minutes} lang={lang} />}
      <Identity minutes={minutes} office={office} lang={lang} />
      <People minutes={minutes} office={office} lang={lang} />
      <Spent minutes={minutes} lang={lang} />
      {minutes.files.length > 0 && <Files minutes={minutes} office={office} lang={lang} />}
      <Recording minutes={minutes} office={office} lang={lang} />
      {minutes.happened.length > 0 && <Happened minutes={minutes} office={office} lang={lang} />}
      <Card>
        <VerificationMark c={c} code={code} />
      </Card>
      <p class="quiet small">{words.leftOut}</p>
      <div class="actions no-print">
        <button type="button" class="button button-main" data-print hidden>
          {words.print}
        </button>
        <ButtonLink href={paths.visitMinutesFile(id)}>{words.file}</ButtonLink>
        <ButtonLink href={paths.verified(code)}>{words.checkHere}</ButtonLink>
      </div>
    </article>,
  )
}

/** Everything that was signed, to be checked without us: see docs/documents.md. */
async function minutesFile(c: Context): Promise<Response> {
  const { id, found } = await opened(c)
  if (!found) return c.redirect(paths.visitMinutes(id), 303)
  const { text, signed, signature, code } = found
  return c.body(`${JSON.stringify({ text, signed, signature }, null, 2)}\n`, 200, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Disposition": `attachment; filename="minutes-${code.slice(0, 9)}.json"`,
  })
}

interface Part {
  minutes: Minutes
  office: Office
  lang: Lang
}

function Row({ term, children }: { term: string; children?: Child }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Identity({ minutes, office, lang }: Part) {
  const words = minutesWords[lang]
  return (
    <Card class="stack">
      <h2>{words.identity}</h2>
      <p>{words.level[minutes.level]}</p>
      {minutes.checks.map((check) => (
        <Check check={check} office={office} lang={lang} />
      ))}
    </Card>
  )
}

function Check({ check, office, lang }: { check: MinutesCheck; office: Office; lang: Lang }) {
  const words = minutesWords[lang]
  const { kind, state, drawnAt, lapsed, second, steps } = check
  return (
    <div class="minutes-check">
      <p class="strong">
        {words.check[kind]}: {words.checkStates[state]} · {timeText(drawnAt, office.zone, lang)}
      </p>
      {second !== null && <p>{words.second[second]}</p>}
      {lapsed !== null && <p>{words.lapsed[lapsed]}</p>}
      <ul class="small">
        {steps.map(({ kind: step, result, of }) => (
          <li>
            {stepName(step, of, lang)}: {result === null ? "–" : words.results[result]}
          </li>
        ))}
      </ul>
    </div>
  )
}

function People({ minutes: { people }, office, lang }: Part) {
  const words = minutesWords[lang]
  const time = (at: Instant | null) => (at === null ? "" : secondText(at, office.zone, lang))
  const nameOf = (name: MinutesPerson["name"]) => (name ? inLang(name, lang) : words.nameless)
  const lost = people.flatMap(({ name, gaps = [] }) => gaps.map((gap) => ({ name, ...gap })))
  return (
    <Card>
      <h2>{words.people}</h2>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col">{words.as}</th>
            <th scope="col">{words.from}</th>
            <th scope="col">{words.until}</th>
          </tr>
        </thead>
        <tbody>
          {people.map(({ name, kind, joinedAt, leftAt }) => (
            <tr>
              <td>
                <bdi>{nameOf(name)}</bdi>
              </td>
              <td>{callWords[lang].people[kind]}</td>
              <td>{time(joinedAt)}</td>
              <td>{time(leftAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {lost.length > 0 && (
        <ul class="minutes-files">
          {lost.map(({ name, from, until }) => (
            <li>{words.lost(nameOf(name), time(from), until === null ? words.toTheEnd : time(until))}</li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function Spent({ minutes: { spent }, lang }: Pick<Part, "minutes" | "lang">) {
  const words = minutesWords[lang]
  const rows = [
    [words.waited, spent.waited],
    [words.whole, spent.whole],
    ...(spent.held > 0 ? [[words.held, spent.held] as const] : []),
    ...(spent.interrupted > 0 ? [[words.interrupted, spent.interrupted] as const] : []),
  ] as const
  return (
    <Card>
      <h2>{words.spent}</h2>
      <dl class="verify-facts">
        {rows.map(([term, milliseconds]) => (
          <Row term={term}>{words.seconds(Math.round(milliseconds / 1000))}</Row>
        ))}
      </dl>
    </Card>
  )
}

function Requests({ minutes: { requests }, lang }: Pick<Part, "minutes" | "lang">) {
  const words = minutesWords[lang]
  return (
    <Card class="stack">
      <h2>{words.requests}</h2>
      {requests.map(({ number, service, state, lines, reason }) => (
        <div class="minutes-check">
          <p class="strong">
            {inLang(service, lang)}: {words.requestStates[state]}
          </p>
          {number !== null && (
            <p class="small">
              {words.requestNumber} <bdi dir="ltr">{number}</bdi>
            </p>
          )}
          {reason !== null && <p>{inLang(reason, lang)}</p>}
          {lines.length > 0 && (
            <dl class="verify-facts">
              {lines.map(({ label, value }) => (
                <Row term={inLang(label, lang)}>{shownValue(value, lang)}</Row>
              ))}
            </dl>
          )}
        </div>
      ))}
    </Card>
  )
}

function shownValue(value: Value, lang: Lang): Child {
  switch (value.is) {
    case "words":
      return inLang(value.words, lang)
    case "typed":
      return <bdi dir="ltr">{value.text}</bdi>
    case "document":
      return (
        <a href={paths.verified(value.code)}>
          <bdi dir="ltr">{value.code}</bdi>
        </a>
      )
    case "day":
      return dayText(value.day, lang, { year: true })
    case "years":
      return counted("years", value.years, lang)
    case "said":
      return null
  }
}

function Files({ minutes: { files }, office, lang }: Part) {
  const words = minutesWords[lang]
  return (
    <Card>
      <h2>{words.files}</h2>
      <ul class="minutes-files">
        {files.map(({ from, type, bytes, sha256, at }) => (
          <li>
            {words.fileFrom[from]} · <bdi dir="ltr">{type}</bdi> · {words.bytes(bytes)} ·{" "}
            {timeText(at, office.zone, lang)}
            <br />
            <bdi dir="ltr" class="small quiet">
              SHA-256 {sha256}
            </bdi>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Recording({ minutes: { recording }, office, lang }: Part) {
  const words = minutesWords[lang]
  const time = (at: Instant | null) => (at === null ? "…" : secondText(at, office.zone, lang))
  const kinds = callWords[lang].people
  return (
    <Card>
      <h2>{words.recording}</h2>
      <p>{recording === null ? words.recordingNone : words.recorded}</p>
      {recording !== null && (
        <ul class="minutes-files">
          {recording.segments.map(({ of, what, from, until, chunks, head }) => (
            <li>
              {words.segment(
                what === "screen" ? words.screen : kinds[of],
                time(from),
                time(until),
                counted("pieces", chunks, lang),
              )}
              <br />
              <bdi dir="ltr" class="small quiet">
                SHA-256 {head}
              </bdi>
            </li>
          ))}
        </ul>
      )}
      {recording !== null && recording.gaps.length > 0 && (
        <>
          <h3>{words.gaps}</h3>
          <ul class="minutes-files">
            {recording.gaps.map(({ why, from, until }) => (
              <li>{words.gap(recordingWords[lang].why[why], time(from), time(until))}</li>
            ))}
          </ul>
        </>
      )}
    </Card>
  )
}

function Happened({ minutes: { happened }, office, lang }: Part) {
  const words = minutesWords[lang]
  const kinds: Record<string, string> = callWords[lang].people
  return (
    <Card>
      <h2>{words.happened}</h2>
      <ol class="minutes-happened">
        {happened.map(({ at, what, how, who }) => (
          <li>
            <time datetime={new Date(at).toISOString()}>{timeText(at, office.zone, lang)}</time>
            <span>{whatWords[lang][what](how, who === null ? "" : (kinds[who] ?? ""))}</span>
          </li>
        ))}
      </ol>
    </Card>
  )
}
