import { isRefusal, Refusal } from "../../base/refusal.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { toConfirm } from "../../domain/requests/carrying.ts"
import { type RequestView, receiptsBefore, requestView } from "../../domain/requests/reads.ts"
import { isOpen, unconfirmedOf } from "../../domain/requests/requests.ts"
import { standingOf } from "../../domain/visits/recording/consents.ts"
import { visit } from "../../domain/visits/visits.ts"
import { accountWords } from "../../i18n/account.ts"
import { timeText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { requestWords } from "../../i18n/requests.ts"
import type { Context } from "../house.ts"
import { isBare } from "../passkey-form.tsx"
import { paths } from "../paths.ts"
import type { Rendering } from "../rendering.ts"
import { Before, filledLines, isOver, Receipt } from "../request-lines.tsx"
import { Card, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"

const form = "request-confirm"

/** What the agent carries out for the person, as the person sees it: filled in before their eyes, to be confirmed, done. */
export async function requestFragment(house: Rendering, id: string, lang: Lang, reader: string): Promise<string> {
  const { store, keys, clock } = house
  const { row: of, phase } = await visit(store, id)
  if (of.person !== reader) throw new Refusal("not_found", { what: "view" })
  const view = await requestView(store, keys, id, clock.office())
  if (!view) return ""
  const { zone } = await officeOf(store, of.office)
  const before = await receiptsBefore(store, keys, id, view.row.id)
  // Over by itself, it leaves what was begun to the minutes; nobody fills in any more.
  const isGoingOn = isOpen(view.row) && phase !== "over"
  const text = isGoingOn ? await asked(house, view, lang) : null
  const bare = await isBare(house, { kind: "citizen", id: reader })
  return String(
    <>
      {!isOpen(view.row) && <Ended view={view} zone={zone} lang={lang} />}
      {isGoingOn && (await isUnrecorded(house, id, view)) && <OtherWays view={view} lang={lang} />}
      {isGoingOn && text === null && (
        <Filled view={view} unconfirmed={unconfirmedOf(view.row, clock.office())} lang={lang} />
      )}
      {text !== null && <Asked view={view} text={text} zone={zone} lang={lang} isBare={bare} />}
      <Before receipts={before} zone={zone} lang={lang} />
    </>,
  )
}

/** Somebody in the visit does not want it recorded, and what was begun is not carried out without. */
async function isUnrecorded({ store, env }: Rendering, id: string, { file }: RequestView): Promise<boolean> {
  if (!file.needsRecording || env.recording === "off") return false
  const standing = await standingOf(store, id)
  return standing === "refused" || standing === "withdrawn"
}

/** That somebody does not want to be recorded costs them this way and no service: the others stand here. */
function OtherWays({ view: { row, name }, lang }: { view: RequestView; lang: Lang }) {
  const words = requestWords[lang]
  return (
    <Notice tone="info" icon="info">
      <p class="strong">{words.notWithout(inLang(name, lang))}</p>
      <p>{words.notWithoutHelp}</p>
      <p>
        <a href={paths.service(row.service)}>{words.otherWays}</a>
      </p>
    </Notice>
  )
}

/** The text that waits to be confirmed; `null` where none does, or not any more. */
async function asked({ store, keys, clock }: Rendering, { row }: RequestView, lang: Lang): Promise<string[] | null> {
  if (row.state !== "asked" || row.confirmation === null || isOver(row.askedUntil, clock.office())) return null
  try {
    return (await toConfirm(store, keys, row.person, row.confirmation, clock.real())).text[lang]
  } catch (thrown) {
    if (isRefusal(thrown) && thrown.code === "confirmation_over") return null
    throw thrown
  }
}

function Filled({
  view,
  unconfirmed,
  lang,
}: {
  view: RequestView
  unconfirmed: ReturnType<typeof unconfirmedOf>
  lang: Lang
}) {
  const words = requestWords[lang]
  const lines = filledLines(view, lang)
  return (
    <Card class="stack request">
      <div
        class="stack"
        data-request-state={unconfirmed ? `draft ${unconfirmed}` : "draft"}
        data-say={unconfirmed ? words.notConfirmedYou[unconfirmed] : undefined}
      >
        <h2 class="h3">{words.yours}</h2>
        {unconfirmed && <p class="notice">{words.notConfirmedYou[unconfirmed]}</p>}
        <p class="strong">{inLang(view.name, lang)}</p>
        <p class="quiet small">{words.filling}</p>
        <dl class="facts request-filled">
          {lines.map(({ label, text }) => (
            <>
              <dt>{inLang(label, lang)}</dt>
              <dd>{text === null ? <span class="quiet">{words.empty}</span> : <bdi class="strong">{text}</bdi>}</dd>
            </>
          ))}
        </dl>
      </div>
    </Card>
  )
}

function Asked({
  view,
  text,
  zone,
  lang,
  isBare,
}: {
  view: RequestView
  text: string[]
  zone: string
  lang: Lang
  /** In a demonstration, of somebody who has no passkey to confirm with. */
  isBare: boolean
}) {
  const words = requestWords[lang]
  const { confirmation, askedUntil } = view.row
  return (
    <Card class="stack request request-asked">
      <div class="stack" data-request-state={`asked ${confirmation}`} data-say={words.spoken}>
        <h2 class="h3">{words.confirmTitle}</h2>
        <p>{words.confirmLead}</p>
        <ul class="request-lines request-text">
          {text.map((one) => (
            <li class="strong" dir="auto">
              {one}
            </li>
          ))}
        </ul>
        {askedUntil !== null && <p class="quiet small">{words.confirmUntil(timeText(askedUntil, zone, lang))}</p>}
        {isBare ? (
          <>
            <Button form={form} name="do" value={`demo ${confirmation}`} weight="main" wide>
              {accountWords[lang].confirmBare}
            </Button>
            <p class="quiet small">{accountWords[lang].confirmBareHelp}</p>
          </>
        ) : (
          <Button form={form} name="do" value={`passkey ${confirmation}`} weight="main" wide icon="key">
            {words.confirm}
          </Button>
        )}
        <Button form={form} name="do" value={`decline ${confirmation}`} weight="quiet" wide>
          {words.decline}
        </Button>
      </div>
    </Card>
  )
}

function Ended({ view, zone, lang }: { view: RequestView; zone: string; lang: Lang }) {
  const words = requestWords[lang]
  const { state, id, service } = view.row
  return (
    <Card class="stack request">
      <div
        class="stack"
        data-request-state={`${state} ${id}`}
        data-say={state === "done" ? words.spokenDone : words.spokenFailed}
      >
        <h2 class="h3">{words.yours}</h2>
        <Receipt view={view} zone={zone} lang={lang} />
        <p class="quiet small">{words.keep}</p>
        {service.startsWith("PAS-") && state === "done" && (
          <ButtonLink href={paths.permits} beside>
            {words.toPermits}
          </ButtonLink>
        )}
      </div>
    </Card>
  )
}

/** The form to which the buttons of the region belong; it stands outside, so that no change takes an answer away. */
export function ConfirmAnswer({ c, id }: { c: Context; id: string }) {
  const { lang, formToken } = c.var
  const words = accountWords[lang]
  return (
    <div
      class="request-answer"
      data-request-answer
      data-options={paths.passkeyOptions}
      data-working={words.working}
      data-insecure={words.passkeyInsecure}
      data-missing={words.passkeyMissing}
      data-cancelled={words.passkeyCancelled}
      data-refused={words.passkeyRefused}
      data-offline={words.passkeyOffline}
    >
      <PostForm action={paths.visitConfirmation(id)} token={formToken} id={form} />
      <p role="status" data-request-told />
      <noscript>
        <p class="notice">{requestWords[lang].needsScript}</p>
      </noscript>
    </div>
  )
}
