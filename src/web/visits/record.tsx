import { office as officeOf } from "../../domain/offices/reads.ts"
import { talking } from "../../domain/visits/phases.ts"
import { type Answered, answersIn, standing } from "../../domain/visits/recording/consents.ts"
import { openGaps, pauseReasons } from "../../domain/visits/recording/gaps.ts"
import { type RecordingState, recordingState } from "../../domain/visits/recording/stands.ts"
import { participantOf, type Visit, visit } from "../../domain/visits/visits.ts"
import { timeText } from "../../i18n/dates.ts"
import type { Lang } from "../../i18n/lang.ts"
import { recordingWords } from "../../i18n/recording.ts"
import { callWords } from "../../i18n/visits-agent.ts"
import { Do, deskForm } from "../agent/hand.tsx"
import { paths } from "../paths.ts"
import type { Rendering } from "../rendering.ts"
import { Button, PostForm } from "../shell/controls.tsx"
import { type Sign, State } from "../shell/marks.tsx"
import { shownText } from "./recording.ts"

/**
 * Whether the call is recorded, by what the server has got; what one is asked about it and what one has answered; for the agent who answered
 * what, and the pause. Buttons of people in the visit belong to `ConsentForm`, which stands outside. `data-run` tells the agent's page
 * whether to record. Empty where nothing is ever recorded.
 */
export async function recordFragment(house: Rendering, id: string, lang: Lang, reader: string): Promise<string> {
  const { store, clock, env } = house
  if (env.recording === "off") return ""
  const now = clock.office()
  const of = await visit(store, id)
  const own = await participantOf(store, id, reader)
  const isAgent = own === null || own.kind === "agent"
  const { zone } = await officeOf(store, of.row.office)
  const isTalk = talking.includes(of.phase)
  const how = await recordingState(store, of, now)
  const answers = await answersIn(store, id)
  const mine = answers.find(({ participant }) => participant === own?.id)
  const text = await shownText(house, of.ticket.service, lang)
  const pauses = isAgent ? (await openGaps(store, id)).some(({ why }) => why === "pause") : false
  const isOver = of.phase === "over" || of.phase === "wrapUp"
  const runs = isAgent && of.phase === "call" && !pauses && standing(answers) === "yes"
  return String(
    <div class="record" data-record={how.state} data-run={isAgent ? (runs ? "yes" : "no") : undefined}>
      {isTalk && <How how={how} waits={standing(answers) === "asked"} zone={zone} lang={lang} />}
      {mine && !isOver && <Own mine={mine} basis={env.recording} text={text} lang={lang} />}
      {isAgent && (isTalk || of.phase === "ringing") && <Everybody answers={answers} lang={lang} />}
      {isAgent && of.phase === "call" && standing(answers) === "yes" && <Pause of={of} pauses={pauses} lang={lang} />}
    </div>,
  )
}

/** The form to which the buttons of the region belong. `back`: where it leads, where that is not the person's own page. */
export function ConsentForm({ visit: id, token, back }: { visit: string; token: string; back?: string }) {
  return (
    <PostForm action={paths.visitConsent(id)} token={token} id={consentForm}>
      {back && <input type="hidden" name="back" value={back} />}
    </PostForm>
  )
}

const consentForm = "visit-consent"

const signs = {
  ...({ recorded: "serving", interrupted: "late", paused: "parked", refused: "missed", off: "early" } as const),
} satisfies Record<RecordingState["state"], Sign>

function How({ how, waits, zone, lang }: { how: RecordingState; waits: boolean; zone: string; lang: Lang }) {
  const words = recordingWords[lang]
  return (
    <p class="record-how" role="status">
      <State sign={signs[how.state]}>{words[how.state]}</State>
      {how.state === "interrupted" && how.since !== null && (
        <span class="small"> {words.interruptedSince(timeText(how.since, zone, lang))}</span>
      )}
      {how.state === "off" && waits && <span class="quiet small"> {words.waitsFor}</span>}
    </p>
  )
}

interface OwnProps {
  mine: Answered
  basis: "notice" | "consent"
  text: string[]
  lang: Lang
}

function Own({ mine, basis, text, lang }: OwnProps) {
  const words = recordingWords[lang]
  if (mine.isOpen) {
    return (
      <section class="card stack record-ask" aria-label={words.title}>
        <h2>{basis === "notice" ? words.askNotice : words.askConsent}</h2>
        {mine.state !== "not_asked" && <p class="strong">{words.again}</p>}
        {text.map((sentence) => (
          <p>{sentence}</p>
        ))}
        <div class="actions">
          {basis === "notice" ? (
            <Say answer="noticed">{words.understood}</Say>
          ) : (
            <>
              <Say answer="given">{words.agree}</Say>
              <Say answer={mine.state === "given" ? "withdrawn" : "refused"}>{words.refuse}</Say>
            </>
          )}
        </div>
      </section>
    )
  }
  const told = {
    ...{ given: words.youAgreed, noticed: words.youNoticed, refused: words.youRefused, withdrawn: words.youWithdrew },
    not_asked: "",
  }
  return (
    <div class="record-own">
      <p class="small">{told[mine.state]}</p>
      {basis === "consent" && (
        <Say answer={mine.state === "given" ? "withdrawn" : "given"}>
          {mine.state === "given" ? words.withdraw : words.agreeNow}
        </Say>
      )}
      <details class="fold" id="record-text" data-live-keep>
        <summary class="small">{words.text}</summary>
        <div class="fold-body stack small">
          {text.map((sentence) => (
            <p>{sentence}</p>
          ))}
        </div>
      </details>
    </div>
  )
}

/** Neither answer is the likelier one. */
function Say({ answer, children }: { answer: string; children: string }) {
  return (
    <Button form={consentForm} name="answer" value={answer}>
      {children}
    </Button>
  )
}

function Everybody({ answers, lang }: { answers: Answered[]; lang: Lang }) {
  const words = recordingWords[lang]
  return (
    <ul class="record-answers small">
      {answers.map((one) => (
        <li>
          {callWords[lang].people[one.kind]}:{" "}
          {one.isOpen && one.state !== "not_asked" ? words.answers.again : words.answers[one.state]}
        </li>
      ))}
    </ul>
  )
}

function Pause({ of: { row }, pauses, lang }: { of: Visit; pauses: boolean; lang: Lang }) {
  const words = recordingWords[lang]
  if (pauses) {
    return (
      <Do verb="record-resume" ticket={row.id} icon="video">
        {words.resume}
      </Do>
    )
  }
  return (
    <details class="fold" id={`record-${row.id}`} data-live-keep>
      <summary class="button button-second">{words.pause}</summary>
      <div class="fold-body stack">
        <label class="field">
          <span class="label">{words.pauseReason}</span>
          <select class="input" name="pauseReason" form={deskForm}>
            {pauseReasons.map((reason) => (
              <option value={reason}>{words.reasons[reason]}</option>
            ))}
          </select>
        </label>
        <Do verb="record-pause" ticket={row.id} icon="pause">
          {words.pause}
        </Do>
      </div>
    </details>
  )
}
