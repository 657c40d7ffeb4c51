import { Refusal } from "../../base/refusal.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { talking } from "../../domain/visits/phases.ts"
import { type Answered, answersIn, standing } from "../../domain/visits/recording/consents.ts"
import { openGaps, pauseReasons } from "../../domain/visits/recording/gaps.ts"
import { recordingState } from "../../domain/visits/recording/stands.ts"
import { participantOf, type Visit, visit } from "../../domain/visits/visits.ts"
import type { Lang } from "../../i18n/lang.ts"
import { recordingWords } from "../../i18n/recording.ts"
import { callWords } from "../../i18n/visits-agent.ts"
import { HowRecorded, isAsked } from "../how-recorded.tsx"
import type { Rendering } from "../rendering.ts"
import { Do, deskForm } from "./hand.tsx"

/**
 * The recording as the agent in whose hand the visit is sees it: whether it runs, who answered what, the pause. `data-run` tells the page
 * whether to record now. Empty where nothing is ever recorded. Refuses `not_found` to everybody else.
 */
export async function recorderFragment(house: Rendering, id: string, lang: Lang, reader: string): Promise<string> {
  const { store, clock, env } = house
  const of = await visit(store, id)
  const own = await participantOf(store, id, reader)
  if (own && own.kind !== "agent" && own.kind !== "supervisor") throw new Refusal("not_found", { what: "view" })
  if (env.recording === "off") return ""
  const { zone } = await officeOf(store, of.row.office)
  const how = await recordingState(store, of, clock.office())
  const answers = await answersIn(store, id)
  const pauses = (await openGaps(store, id)).some(({ why }) => why === "pause")
  const mayRun = of.phase === "call" && standing(answers) === "yes"
  const isTalk = talking.includes(of.phase)
  return String(
    <div class="record" data-record={how.state} data-run={mayRun && !pauses ? "yes" : "no"}>
      {isTalk && <HowRecorded how={how} waits={isAsked(answers)} zone={zone} lang={lang} />}
      {(isTalk || of.phase === "ringing") && <Everybody answers={answers} lang={lang} />}
      {mayRun && <Pause of={of} pauses={pauses} lang={lang} />}
    </div>,
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
