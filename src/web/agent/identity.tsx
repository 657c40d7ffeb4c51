import type { PictureRow, StepResult } from "../../../db/schema/identity.ts"
import { Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import type { SpokenWord } from "../../domain/visits/check-list.ts"
import {
  type CheckView,
  type IdentityView,
  identityView,
  mayLook,
  type RecordView,
  type StepView,
} from "../../domain/visits/check-reads.ts"
import { visit } from "../../domain/visits/visits.ts"
import { dayText } from "../../i18n/dates.ts"
import { identityWords, stepName } from "../../i18n/identity.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { visitorWords } from "../../i18n/visitor.ts"
import { paths } from "../paths.ts"
import type { Rendering } from "../rendering.ts"
import { Notice } from "../shell/cards.tsx"
import { type Sign, State } from "../shell/marks.tsx"
import { Do, deskForm } from "./hand.tsx"

/** Who the person in hand is, and the list that shows it: for the staff who serve the visit. Refuses `not_found` to everybody else. */
export async function identityFragment(
  { store, keys, clock }: Rendering,
  id: string,
  lang: Lang,
  reader: string,
): Promise<string> {
  if (!(await mayLook(store, id, reader))) throw new Refusal("not_found", { what: "view" })
  const { row, phase } = await visit(store, id)
  if (phase === "over" || phase === "lobby") return ""
  const view = await identityView(store, keys, id, reader)
  const { zone } = await officeOf(store, row.office)
  const today = dayText(dayIn(clock.office(), zone), lang, { year: true })
  return String(<Identity view={view} id={id} reader={reader} today={today} lang={lang} />)
}

interface Seen {
  id: string
  reader: string
  today: string
  lang: Lang
}

function Identity({ view, ...seen }: Seen & { view: IdentityView }) {
  const words = identityWords[seen.lang]
  const { check, level, mayDraw } = view
  const isRunning = check?.state === "open" && check.lapsedAt === null
  return (
    <section class="identity stack" aria-label={words.title}>
      <div class="identity-level">
        <h2 class="h3">{words.title}</h2>
        <State sign={level === 3 ? "good" : "parked"}>{words.level[level]}</State>
      </div>
      {check && !isRunning && <Outcome check={check} lang={seen.lang} />}
      {mayDraw && (
        <div>
          <Do verb="identity-draw" ticket={seen.id} icon="check">
            {check?.state === "verified" ? words.drawAgain : words.draw}
          </Do>
          <p class="quiet small">{words.drawHelp}</p>
        </div>
      )}
      {check && isRunning && <Running check={check} {...seen} />}
    </section>
  )
}

const signOfState: Record<CheckView["state"], Sign> = {
  open: "waiting",
  verified: "good",
  inconclusive: "parked",
  rejected: "missed",
}

/** What a check came to, and why it may count no longer. */
export function Outcome({ check, lang }: { check: CheckView; lang: Lang }) {
  const words = identityWords[lang]
  const { state, lapsed, second } = check
  return (
    <>
      <p>
        <State sign={lapsed === null ? signOfState[state] : "parked"}>{words.states[state]}</State>
        {lapsed !== null && <span class="quiet small"> {words.lapsed[lapsed]}</span>}
      </p>
      {state === "rejected" && second === null && <Notice tone="late">{words.waitsSecond}</Notice>}
      {second !== null && (
        <p class="small">
          {words.decided(check.secondName ? inLang(check.secondName, lang) : "")}: {words.decisions[second]}
          {check.secondNote && <bdi> · {check.secondNote}</bdi>}
        </p>
      )}
    </>
  )
}

function Running({ check, ...seen }: Seen & { check: CheckView }) {
  const words = identityWords[seen.lang]
  const isOwn = check.agent === seen.reader
  const now = check.steps.find(({ isNow }) => isNow)
  const places = (check.steps.at(-1)?.place ?? 0) + 1
  return (
    <>
      {now && (
        <div class="identity-now stack" aria-live="polite">
          <p class="quiet small">{words.step(now.place + 1, places)}</p>
          <h3
            id={`identity-step-${now.place}-${now.turn}`}
            tabindex={-1}
            data-identity-step={`${now.place}.${now.turn}`}
          >
            {stepName(now.kind, now.drawn, seen.lang)}
          </h3>
          <p>{words.guide[now.kind]}</p>
          <Drawn step={now} lang={seen.lang} />
          {now.kind === "data" && <Recorded record={check.record} today={seen.today} lang={seen.lang} />}
          {now.kind === "picture" && <Pictures pictures={now.pictures} lang={seen.lang} />}
          {now.kind === "same_person" && (
            <Pictures pictures={check.steps.flatMap(({ pictures }) => pictures)} lang={seen.lang} />
          )}
          {isOwn && <Answers step={now} id={seen.id} lang={seen.lang} />}
        </div>
      )}
      <Steps steps={check.steps.filter(({ result }) => result !== null)} lang={seen.lang} />
      {isOwn && (
        <details class="fold" id={`identity-stop-${seen.id}`} data-live-keep>
          <summary class="button button-quiet">{words.stop}</summary>
          <div class="fold-body stack">
            <p class="small">{words.stopHelp}</p>
            <Do verb="identity-stop" ticket={seen.id} class="button-danger">
              {words.stop}
            </Do>
          </div>
        </details>
      )}
    </>
  )
}

/** The buttons of the step that is next. */
function Answers({ step, id, lang }: { step: StepView; id: string; lang: Lang }) {
  const words = identityWords[lang]
  const say = (result: StepResult) => `${id} ${step.place}.${result}`
  if (step.kind === "measured") {
    return (
      <div class="hand-actions">
        <Do verb="identity-measure" ticket={id} class="button-main">
          {words.measure}
        </Do>
        <Do verb="identity-say" ticket={say("not_possible")}>
          {words.goOnAnyway}
        </Do>
      </div>
    )
  }
  return (
    <>
      {step.kind === "picture" && (
        <button
          type="button"
          class="button button-second"
          data-capture={step.place}
          data-sent={step.pictures.filter(({ side }) => side === "sent").length}
          data-received={step.pictures.filter(({ side }) => side === "received").length}
        >
          {words.capture}
        </button>
      )}
      <label class="field">
        <span class="label">{words.note}</span>
        <input
          class="input"
          type="text"
          name="identityNote"
          id={`identity-note-${step.place}-${step.turn}`}
          form={deskForm}
          maxlength={500}
          dir="auto"
          autocomplete="off"
        />
      </label>
      <div class="hand-actions">
        <Do verb="identity-say" ticket={say("pass")} class="button-finish" icon="check">
          {words.results.pass}
        </Do>
        <Do verb="identity-say" ticket={say("fail")} class="button-danger">
          {words.results.fail}
        </Do>
        <Do verb="identity-say" ticket={say("not_possible")}>
          {words.results.not_possible}
        </Do>
        {step.mayExchange && (
          <Do verb="identity-other" ticket={id} class="button-quiet">
            {words.otherWay}
          </Do>
        )}
      </div>
    </>
  )
}

function Drawn({ step, lang }: { step: StepView; lang: Lang }) {
  const words = identityWords[lang]
  if (step.kind === "measured") {
    return step.short.length > 0 && step.measured ? (
      <Notice tone="late">
        {step.short.map((one) => words.short[one]).join(" · ")} (
        <bdi>
          {step.measured.w}×{step.measured.h} · {Math.round(step.measured.fps)} fps ·{" "}
          {Math.round(step.measured.loss * 100)}%
        </bdi>
        )
      </Notice>
    ) : null
  }
  if (step.drawn === null) return null
  if (step.kind === "picture") return <p class="strong">{words.of[step.drawn as "face" | "document"]}</p>
  const isWord = step.kind === "repeat_word"
  return (
    <p>
      {isWord ? words.drawnWord : words.drawnDigits}:{" "}
      <strong class={isWord ? "identity-drawn" : "identity-drawn number"} dir={isWord ? undefined : "ltr"}>
        {isWord ? words.words[step.drawn as SpokenWord] : [...step.drawn].join(" ")}
      </strong>
    </p>
  )
}

function Recorded({ record, today, lang }: { record: RecordView | null; today: string; lang: Lang }) {
  const words = identityWords[lang]
  if (!record) return null
  const { name } = record
  return (
    <>
      <dl class="facts identity-record">
        <dt>{words.number}</dt>
        <dd class="number" dir="ltr">
          {record.number ?? words.notKept}
        </dd>
        <dt>{words.name}</dt>
        <dd>
          {name ? (
            <>
              <bdi lang="ar">{name.ar}</bdi>
              <br />
              <bdi lang="en">{name.en}</bdi>
            </>
          ) : (
            words.notKept
          )}
        </dd>
        <dt>{words.born}</dt>
        <dd>{record.born ? dayText(record.born, lang, { year: true }) : words.notKept}</dd>
        {record.papers.map(({ kind, number, until }) => (
          <>
            <dt>{visitorWords[lang].documents[kind]}</dt>
            <dd>
              <bdi class="number">{number}</bdi> · {words.until(dayText(until, lang, { year: true }))}
            </dd>
          </>
        ))}
      </dl>
      <p class="strong small">{words.validOn(today)}</p>
    </>
  )
}

/** The two of a step beside each other: as the camera took it, and as it arrived. */
export function Pictures({ pictures, lang }: { pictures: readonly PictureRow[]; lang: Lang }) {
  const words = identityWords[lang]
  if (pictures.length === 0) return <p class="quiet small">{words.noPicture}</p>
  return (
    <ul class="identity-pictures">
      {pictures.map((one) => (
        <li>
          <figure>
            <img src={paths.deskPicture(one.id)} alt={words.pictureAlt} loading="lazy" width="320" height="180" />
            <figcaption class="small quiet">{words.sides[one.side]}</figcaption>
          </figure>
        </li>
      ))}
    </ul>
  )
}

/** What was answered, in its order; nothing of it can be taken away. */
export function Steps({ steps, lang }: { steps: readonly StepView[]; lang: Lang }) {
  const words = identityWords[lang]
  if (steps.length === 0) return null
  return (
    <ol class="identity-steps small">
      {steps.map(({ kind, result, note, drawn }) => (
        <li>
          {stepName(kind, drawn, lang)}: {result && <strong>{words.results[result]}</strong>}
          {note && <bdi class="quiet"> · {note}</bdi>}
        </li>
      ))}
    </ol>
  )
}
