import type { Refusal } from "../base/refusal.ts"
import { rolesFor } from "../domain/access/authorize.ts"
import { isStaff } from "../domain/access/subject.ts"
import { common } from "../i18n/common.ts"
import type { Lang } from "../i18n/lang.ts"
import { waitText } from "../i18n/plural.ts"
import { refusalWords } from "../i18n/refusals.ts"
import { type Drawn, show, showAnybody } from "./frame.tsx"
import type { Context } from "./house.ts"
import { paths } from "./paths.ts"
import { Card } from "./shell/cards.tsx"
import { ButtonLink } from "./shell/controls.tsx"
import { referenceHole } from "./shell/document.tsx"
import { Shape } from "./shell/marks.tsx"

/**
 * A refusal as a page of its own: what happened, why, the way out, a reference. Pages with a form answer with the form instead, and what
 * was typed in it. A stranger who needs to sign in is led there and back.
 */
export function refusalPage(c: Context, refusal: Refusal): Response | Promise<Response> {
  const { lang, here, gate } = c.var
  // A kiosk that is none any more begins again: nobody signs in there.
  const kiosk = /^\/kiosk\/([\w-]+)\//.exec(here)?.[1]
  if (refusal.code === "not_signed_in" && kiosk) return c.redirect(paths.kiosk(kiosk), 303)
  if (refusal.code === "not_signed_in" && (c.req.method === "GET" || c.req.method === "HEAD")) {
    // What no citizen may do is work, and has a door of its own.
    const isWork = gate !== null && gate !== "anyone" && !rolesFor(gate).includes("citizen")
    return c.redirect(`${isWork ? paths.staffSignIn : paths.signIn}?next=${encodeURIComponent(here)}`, 303)
  }
  const retryAfter = refusal.details["retryAfterSeconds"]
  const wait = typeof retryAfter === "number" ? retryAfter : null
  if (wait !== null) c.header("Retry-After", String(wait))
  const { title, help } = refusalWords(refusal.code, lang)
  // Whoever is here without the account may have one: its door is the way on.
  const back = c.req.method === "GET" ? `?next=${encodeURIComponent(here)}` : ""
  const door = refusal.code === "account_needed" ? paths.signIn + back : null
  const said = { title, help, status: refusal.status, wait, door }
  return refusal.code === "unavailable" && c.var.subject === null ? drawnOnce(c, said) : answer(c, said)
}

/** What the pages of a flood are made of never changes. */
const flood = {}

/** What is answered in a flood must cost next to nothing, or the answers themselves would be the flood: drawn once, and then filled in. */
function drawnOnce(c: Context, said: Said): Promise<Response> {
  const make = async () => pageOf(c, said, referenceHole)
  return showAnybody(c, { of: flood, as: String(said.wait), status: said.status, make })
}

/** A bug, as far as the outside may know of it. */
export function bugPage(c: Context): Response | Promise<Response> {
  const words = common[c.var.lang]
  return answer(c, { title: words.bugTitle, help: words.bugHelp, status: 500, wait: null })
}

interface Said {
  title: string
  help: string
  status: number
  /** Seconds until it may be tried again, where that is known. */
  wait: number | null
  /** Where to sign in, where that helps. */
  door?: string | null
}

/** On a screen that works by itself after this long, as if nothing had been. */
const backSeconds = 20

function answer(c: Context, said: Said): Response | Promise<Response> {
  const { page, body } = pageOf(c, said, c.var.requestId)
  return show(c, page, body)
}

/** `reference`: the number of the answer. */
function pageOf(c: Context, said: Said, reference: string): Drawn {
  const { lang, subject } = c.var
  const words = common[lang]
  const { title, status } = said
  if (subject?.role === "kiosk" || subject?.role === "board") {
    // From a screen of the hall no way leads to the pages that everybody has at home, and nobody may be there to press anything.
    const own = paths[subject.role](subject.office)
    c.header("Refresh", `${backSeconds}; url=${own}`)
    const body = <OnScreen {...{ c, said, own, reference }} />
    return subject.role === "kiosk"
      ? { page: { title, status, head: "none", styles: ["kiosk"], bodyClass: "kiosk", theme: "light" }, body }
      : { page: { title, status, head: "none", styles: ["devices"] }, body }
  }
  const home = isStaff(subject) ? (subject.role === "agent" ? paths.desk : paths.days) : paths.home
  const body = (
    <div class="column">
      <Card class="refusal stack">
        <p class="refusal-mark">
          <Shape sign="missed" />
        </p>
        <h1>{title}</h1>
        <What said={said} lang={lang} />
      </Card>
      <div class="actions">
        {said.door && (
          <ButtonLink weight="main" href={said.door}>
            {words.signIn}
          </ButtonLink>
        )}
        <ButtonLink weight={said.door ? "second" : "main"} href={home}>
          {isStaff(subject) ? words.toWork : words.toHome}
        </ButtonLink>
      </div>
      <Reference lang={lang} is={reference} />
    </div>
  )
  return { page: { title, status }, body }
}

/** Large enough for whoever stands before it: a kiosk in its own look, a board as while it is being paired. */
function OnScreen({ c, said, own, reference }: { c: Context; said: Said; own: string; reference: string }) {
  const { lang, subject } = c.var
  const again = (
    <ButtonLink weight="main" wide href={own}>
      {common[lang].startOver}
    </ButtonLink>
  )
  if (subject?.role === "board") {
    return (
      <main class="pairing-screen" id="main">
        <h1>{said.title}</h1>
        <What said={said} lang={lang} />
        {again}
        <Reference lang={lang} is={reference} />
      </main>
    )
  }
  return (
    <main class="kiosk-screen" id="main">
      <div class="kiosk-body">
        <section class="kiosk-card kiosk-trouble">
          <h1>{said.title}</h1>
          <What said={said} lang={lang} />
        </section>
        {again}
        <Reference lang={lang} is={reference} />
      </div>
    </main>
  )
}

function What({ said: { help, wait }, lang }: { said: Said; lang: Lang }) {
  return (
    <>
      <p class="quiet">{help}</p>
      {wait !== null && <p class="strong">{common[lang].again(waitText(wait, lang))}</p>}
    </>
  )
}

function Reference({ lang, is }: { lang: Lang; is: string }) {
  return (
    <p class="faint tiny">
      {common[lang].reference}: <bdi dir="ltr">{is}</bdi>
    </p>
  )
}
