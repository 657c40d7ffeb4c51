import { Refusal } from "../../base/refusal.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { talking } from "../../domain/visits/phases.ts"
import { type Answered, answersIn } from "../../domain/visits/recording/consents.ts"
import { recordingState } from "../../domain/visits/recording/stands.ts"
import { participantOf, visit } from "../../domain/visits/visits.ts"
import type { Lang } from "../../i18n/lang.ts"
import { recordingWords } from "../../i18n/recording.ts"
import { HowRecorded, isAsked } from "../how-recorded.tsx"
import { paths } from "../paths.ts"
import type { Rendering } from "../rendering.ts"
import { Button, PostForm } from "../shell/controls.tsx"
import { hashOfShown, shownText } from "./recording.ts"

/**
 * Whether the call is recorded, by what the server has got, and what somebody in it who is not of the office is asked about it or has
 * answered. The buttons belong to `ConsentForm`, which stands outside. Empty where nothing is ever recorded. Refuses `not_found` to whoever
 * is not in the visit.
 */
export async function recordFragment(house: Rendering, id: string, lang: Lang, reader: string): Promise<string> {
  const { store, clock, env } = house
  if (env.recording === "off") return ""
  const of = await visit(store, id)
  const own = await participantOf(store, id, reader)
  if (!own) throw new Refusal("not_found", { what: "view" })
  const { zone } = await officeOf(store, of.row.office)
  const how = await recordingState(store, of, clock.office())
  const answers = await answersIn(store, id)
  const mine = answers.find(({ participant }) => participant === own?.id)
  const isOver = of.phase === "over" || of.phase === "wrapUp"
  const text = await shownText(house, of.ticket.service, lang)
  return String(
    <div class="record" data-record={how.state}>
      {talking.includes(of.phase) && <HowRecorded how={how} waits={isAsked(answers)} zone={zone} lang={lang} />}
      {mine && !isOver && (
        <>
          {/* What is answered to: the form says which text stood here. */}
          <input type="hidden" form={consentForm} name="lang" value={lang} />
          <input type="hidden" form={consentForm} name="text" value={hashOfShown(text)} />
          <Own mine={mine} basis={env.recording} text={text} lang={lang} />
        </>
      )}
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
