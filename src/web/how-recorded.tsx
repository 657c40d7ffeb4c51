import { type Answered, standing } from "../domain/visits/recording/consents.ts"
import type { RecordingState } from "../domain/visits/recording/stands.ts"
import { timeText } from "../i18n/dates.ts"
import type { Lang } from "../i18n/lang.ts"
import { recordingWords } from "../i18n/recording.ts"
import { type Sign, State } from "./shell/marks.tsx"

/** Whether somebody has still to say whether they may be recorded. */
export const isAsked = (answers: readonly Answered[]) => standing(answers) === "asked"

const signs = {
  ...({ recorded: "serving", interrupted: "late", paused: "parked", refused: "missed", off: "early" } as const),
} satisfies Record<RecordingState["state"], Sign>

/** The same line for everybody in a call: shape and words, never the colour alone. */
export function HowRecorded({
  how,
  waits,
  zone,
  lang,
}: {
  how: RecordingState
  waits: boolean
  zone: string
  lang: Lang
}) {
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
