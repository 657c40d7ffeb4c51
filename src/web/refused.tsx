import type { Refusal } from "../base/refusal.ts"
import { common } from "../i18n/common.ts"
import { refusalWords } from "../i18n/refusals.ts"
import { show } from "./frame.tsx"
import type { Context } from "./house.ts"
import { paths } from "./paths.ts"
import { Card } from "./shell/cards.tsx"
import { ButtonLink } from "./shell/controls.tsx"
import { Shape } from "./shell/marks.tsx"

/**
 * A refusal as a page of its own: what happened, why, the way out, a reference. Pages with a form answer with the form instead, and what
 * was typed in it. A stranger who needs to sign in is led there and back.
 */
export function refusalPage(c: Context, refusal: Refusal): Response | Promise<Response> {
  const { lang, here, requestId } = c.var
  if (refusal.code === "not_signed_in" && (c.req.method === "GET" || c.req.method === "HEAD")) {
    const staff = /^\/(desk|day|staff)(\/|$|\?)/.test(here)
    return c.redirect(`${staff ? paths.staffSignIn : paths.signIn}?next=${encodeURIComponent(here)}`, 303)
  }
  const retryAfter = refusal.details["retryAfterSeconds"]
  if (typeof retryAfter === "number") c.header("Retry-After", String(retryAfter))
  const { title, help } = refusalWords(refusal.code, lang)
  return show(
    c,
    { title, status: refusal.status },
    <Answer title={title} help={help} lang={lang} reference={requestId} />,
  )
}

/** A bug, as far as the outside may know of it. */
export function bugPage(c: Context): Response | Promise<Response> {
  const { lang, requestId } = c.var
  const words = common[lang]
  return show(
    c,
    { title: words.bugTitle, status: 500 },
    <Answer title={words.bugTitle} help={words.bugHelp} lang={lang} reference={requestId} />,
  )
}

function Answer({
  title,
  help,
  lang,
  reference,
}: {
  title: string
  help: string
  lang: "ar" | "en"
  reference: string
}) {
  const words = common[lang]
  return (
    <div class="column">
      <Card class="refusal stack">
        <p class="refusal-mark">
          <Shape sign="missed" />
        </p>
        <h1>{title}</h1>
        <p class="quiet">{help}</p>
      </Card>
      <div class="actions">
        <ButtonLink weight="main" href={paths.home}>
          {words.toHome}
        </ButtonLink>
      </div>
      <p class="faint tiny">
        {words.reference}: <bdi dir="ltr">{reference}</bdi>
      </p>
    </div>
  )
}
