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
  const { lang, here } = c.var
  // A kiosk that is none any more begins again: nobody signs in there.
  const kiosk = /^\/kiosk\/([\w-]+)\//.exec(here)?.[1]
  if (refusal.code === "not_signed_in" && kiosk) return c.redirect(paths.kiosk(kiosk), 303)
  if (refusal.code === "not_signed_in" && (c.req.method === "GET" || c.req.method === "HEAD")) {
    const staff = /^\/(desk|day|staff|privacy)(\/|$|\?)/.test(here)
    return c.redirect(`${staff ? paths.staffSignIn : paths.signIn}?next=${encodeURIComponent(here)}`, 303)
  }
  const retryAfter = refusal.details["retryAfterSeconds"]
  if (typeof retryAfter === "number") c.header("Retry-After", String(retryAfter))
  const { title, help } = refusalWords(refusal.code, lang)
  return answer(c, { title, help, status: refusal.status })
}

/** A bug, as far as the outside may know of it. */
export function bugPage(c: Context): Response | Promise<Response> {
  const words = common[c.var.lang]
  return answer(c, { title: words.bugTitle, help: words.bugHelp, status: 500 })
}

/** On a screen that works by itself after this long, as if nothing had been. */
const backSeconds = 20

function answer(
  c: Context,
  { title, help, status }: { title: string; help: string; status: number },
): Response | Promise<Response> {
  const { lang, requestId, subject } = c.var
  const own = subject?.role === "kiosk" || subject?.role === "board" ? paths[subject.role](subject.office) : null
  // From a kiosk no way leads to the pages that everybody has at home, and nobody may be there to press anything.
  if (own) c.header("Refresh", `${backSeconds}; url=${own}`)
  const home = own ?? paths.home
  const body = <Answer {...{ title, help, lang, home, reference: requestId }} />
  return show(c, { title, status, head: own ? "none" : undefined }, own ? <main id="main">{body}</main> : body)
}

function Answer({
  title,
  help,
  lang,
  home,
  reference,
}: {
  title: string
  help: string
  lang: "ar" | "en"
  home: string
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
        <ButtonLink weight="main" href={home}>
          {words.toHome}
        </ButtonLink>
      </div>
      <p class="faint tiny">
        {words.reference}: <bdi dir="ltr">{reference}</bdi>
      </p>
    </div>
  )
}
