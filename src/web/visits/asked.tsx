import { Refusal } from "../../base/refusal.ts"
import { type AskedView, askedView } from "../../domain/visits/check-reads.ts"
import { visit } from "../../domain/visits/visits.ts"
import { identityWords } from "../../i18n/identity.ts"
import type { Lang } from "../../i18n/lang.ts"
import type { Rendering } from "../rendering.ts"
import { Button } from "../shell/controls.tsx"

/** The form to which the button for another way belongs: it stands outside the live region. */
export const otherWayForm = "visit-other-way"

/** What the person is asked for at this moment, in big words. Refuses `not_found` to everybody else. */
export async function askedFragment({ store }: Rendering, id: string, lang: Lang, reader: string): Promise<string> {
  const { row, phase } = await visit(store, id)
  if (row.person !== reader) throw new Refusal("not_found", { what: "view" })
  const view = await askedView(store, id)
  const isOver = phase === "over" || phase === "wrapUp" || phase === "lobby"
  return isOver || view.kind === "none" ? "" : String(<Asked view={view} lang={lang} />)
}

function Asked({ view, lang }: { view: AskedView; lang: Lang }) {
  const words = identityWords[lang]
  if (view.kind !== "step") {
    return (
      <div class="asked asked-calm" data-asked={view.kind}>
        <p>{view.kind === "none" ? "" : words[view.kind]}</p>
      </div>
    )
  }
  const isPicture = view.step === "picture"
  return (
    <div class="asked" data-asked="step" data-step={view.step}>
      <p class="small quiet">{words.askedTitle}</p>
      <p class="asked-words">
        {isPicture ? (view.drawn === "document" ? words.askDocument : words.askFace) : words.ask[view.step]}
      </p>
      {view.drawn !== null && !isPicture && (
        <p class="asked-digits number" dir="ltr">
          {[...view.drawn].join(" ")}
        </p>
      )}
      {isPicture && (
        <button
          type="button"
          class="button button-main"
          data-take-picture={`${view.check}.${view.place}`}
          data-said={JSON.stringify({ taking: words.taking("{left}"), taken: words.taken, failed: words.notTaken })}
        >
          {words.take}
        </button>
      )}
      {view.mayExchange && (
        <p>
          <Button form={otherWayForm}>{words.otherWay}</Button>
          <br />
          <span class="quiet small">{words.otherWayHelp}</span>
        </p>
      )}
    </div>
  )
}
